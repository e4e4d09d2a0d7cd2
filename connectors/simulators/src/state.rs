//! Everything that a running simulator holds, and what is done to it whenever time has passed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::clock::Clock;
use crate::graphql::context::{Context, Quirks};
use crate::graphql::execute::{self, Line};
use crate::graphql::schema;
use crate::keep::{Entry, KeepError, Ledger, Record};
use crate::log::Logged;
use crate::options::{AppOptions, Settings};
use crate::shop::bulk::Operation;
use crate::shop::grants::implied;
use crate::shop::{KeptShop, Shop};
use crate::signing;
use crate::webhooks::send;

/// What signs the addresses of bulk results.
const STORAGE_SECRET: &str = "the storage of the simulator";

/// Everything that a running simulator holds.
pub(crate) struct State {
    pub(crate) clock: Clock,
    pub(crate) origin: String,
    app: Mutex<AppOptions>,
    settings: Mutex<Settings>,
    shops: BTreeMap<String, Mutex<Shop>>,
    log: Mutex<Vec<Logged>>,
    wake: Notify,
    keeping: Option<Keeping>,
}

/// Where things are kept.
pub(crate) struct Keeping {
    pub(crate) record: Record<BTreeMap<String, KeptShop>>,
    pub(crate) ledger: Ledger,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl State {
    pub(crate) fn new(
        clock: Clock,
        origin: String,
        app: AppOptions,
        settings: Settings,
        shops: BTreeMap<String, Mutex<Shop>>,
        keeping: Option<Keeping>,
    ) -> Self {
        Self {
            clock,
            origin,
            app: Mutex::new(app),
            settings: Mutex::new(settings),
            shops,
            log: Mutex::default(),
            wake: Notify::new(),
            keeping,
        }
    }

    /// Keeps what was granted, if there is a folder for it.
    pub(crate) fn keep(&self) -> Result<(), KeepError> {
        let Some(keeping) = &self.keeping else { return Ok(()) };
        keeping.record.write(|| {
            let kept = self.shops.iter().map(|(domain, shop)| (domain.clone(), lock(shop).kept()));
            kept.collect::<BTreeMap<_, _>>()
        })
    }

    /// Keeps what is about to happen, if there is a folder for it.
    pub(crate) fn note_action(&self, entry: &Entry) -> Result<(), KeepError> {
        self.keeping.as_ref().map_or(Ok(()), |keeping| keeping.ledger.add(entry))
    }

    /// The app as it is set now.
    pub(crate) fn app(&self) -> AppOptions {
        lock(&self.app).clone()
    }

    /// The settings as they are now.
    pub(crate) fn settings(&self) -> Settings {
        lock(&self.settings).clone()
    }

    pub(crate) fn change_app(&self, change: impl FnOnce(&mut AppOptions)) {
        change(&mut lock(&self.app));
    }

    pub(crate) fn change_settings(&self, change: impl FnOnce(&mut Settings)) {
        change(&mut lock(&self.settings));
    }

    /// The domains of the shops.
    pub(crate) fn domains(&self) -> Vec<String> {
        self.shops.keys().cloned().collect()
    }

    /// Whether there is such a shop.
    pub(crate) fn knows(&self, domain: &str) -> bool {
        self.shops.contains_key(domain)
    }

    pub(crate) fn note(&self, logged: Logged) {
        lock(&self.log).push(logged);
    }

    pub(crate) fn log(&self) -> Vec<Logged> {
        lock(&self.log).clone()
    }

    pub(crate) fn clear_log(&self) {
        lock(&self.log).clear();
    }

    /// Does something with a shop, after what is due in it was done. Webhooks that come of it are sent by the worker.
    pub(crate) fn with_shop<R>(
        &self,
        domain: &str,
        act: impl FnOnce(&mut Shop, &AppOptions, &Settings, DateTime<Utc>) -> R,
    ) -> Option<R> {
        let (app, settings, now) = (self.app(), self.settings(), self.clock.now());
        let mut shop = lock(self.shops.get(domain)?);
        self.settle(&mut shop, &app, &settings, now);
        let said = act(&mut shop, &app, &settings, now);
        drop(shop);
        self.wake.notify_one();
        Some(said)
    }

    /// Does what is due in a shop by now.
    fn settle(&self, shop: &mut Shop, app: &AppOptions, settings: &Settings, now: DateTime<Utc>) {
        while let Some(operation) = shop.operations.due(now) {
            let found = self.run(shop, &operation, app, settings, now);
            shop.operations.ran(operation.id, found, settings);
        }
        for body in shop.operations.end(now) {
            shop.send("bulk_operations/finish", &body, app, now);
        }
        for (topic, body) in shop.queue.ripe(now) {
            shop.send(&topic, &body, app, now);
        }
    }

    /// Runs the query of a bulk operation.
    fn run(
        &self,
        shop: &Shop,
        operation: &Operation,
        app: &AppOptions,
        settings: &Settings,
        now: DateTime<Utc>,
    ) -> Result<Vec<Line>, ()> {
        let schema = schema::of(&operation.version).ok_or(())?;
        let query =
            schema::read(&operation.version, &operation.query, None, &serde_json::Map::new()).map_err(|_| ())?;
        let scopes = implied(&operation.scopes);
        let mut cx = self.context(shop, &scopes, app, settings, Quirks::default(), now);
        cx.bulk = true;
        let answer = execute::query(schema, &query, &cx);
        if answer.errors.is_empty() { Ok(answer.lines) } else { Err(()) }
    }

    /// What queries of a shop are answered from.
    pub(crate) fn context<'s>(
        &self,
        shop: &'s Shop,
        scopes: &'s BTreeSet<String>,
        app: &AppOptions,
        settings: &'s Settings,
        quirks: Quirks,
        now: DateTime<Utc>,
    ) -> Context<'s> {
        let granted = shop.grants.installed().unwrap_or_default();
        let domain = &shop.world.shop.domain;
        let version = |version: &String| json!({ "displayName": version, "handle": version, "supported": true });
        Context {
            world: &shop.world,
            settings,
            scopes,
            now,
            bulk: false,
            quirks,
            app: shop.app(app, granted),
            operations: shop.operations.told(now, |one| self.file_address(domain, one, settings)),
            subscriptions: shop.subscriptions.told(&app.webhook_version),
            versions: settings.versions.iter().map(version).collect(),
        }
    }

    /// The address of a bulk result: signed, and good without any token until it lapses.
    fn file_address(&self, domain: &str, operation: &Operation, settings: &Settings) -> String {
        let life = chrono::TimeDelta::from_std(settings.bulk_life).unwrap_or(chrono::TimeDelta::MAX);
        let until = (operation.completed_at().unwrap_or_else(|| self.clock.now()) + life).timestamp();
        let signature = Self::file_signature(domain, operation.id, until);
        format!("{}/_storage/{domain}/bulk-{}.jsonl?Expires={until}&Signature={signature}", self.origin, operation.id)
    }

    fn file_signature(domain: &str, id: u64, until: i64) -> String {
        hex::encode(signing::hmac(STORAGE_SECRET, format!("{domain} {id} {until}").as_bytes()))
    }

    /// The file at a signed address; `None` when the signature is wrong or has lapsed.
    pub(crate) fn file(&self, domain: &str, id: u64, until: i64, signature: &str) -> Option<String> {
        let right = Self::file_signature(domain, id, until) == signature && self.clock.now().timestamp() < until;
        right.then_some(())?;
        self.with_shop(domain, |shop, _, _, _| shop.operations.get(id).map(|one| one.file.clone()))?
    }

    /// Does what time brings and sends webhooks, until it is dropped.
    pub(crate) async fn work(self: Arc<Self>) {
        let Ok(client) = send::client(&self.settings()) else { return };
        let mut moves = self.clock.moves();
        loop {
            let mut next = None;
            for domain in self.domains() {
                let due = self.with_shop_quietly(&domain, |shop, now| {
                    let due = shop.queue.due(now);
                    let later = [shop.queue.next(), shop.operations.next()].into_iter().flatten().min();
                    (due, later)
                });
                let Some((due, later)) = due else { continue };
                next = [next, later].into_iter().flatten().min();
                for delivery in due {
                    let (state, client, domain) = (Arc::clone(&self), client.clone(), domain.clone());
                    tokio::spawn(async move {
                        let app = state.app();
                        let well = send::send(&client, &domain, &app, &delivery).await;
                        state.came_back(&domain, delivery, well);
                    });
                }
            }
            let wait = match next {
                Some(next) if self.clock.runs() => (next - self.clock.now()).to_std().unwrap_or_default(),
                _ => Duration::from_secs(60),
            };
            tokio::select! {
                () = self.wake.notified() => {}
                _ = moves.changed() => {}
                () = tokio::time::sleep(wait.max(Duration::from_millis(5))) => {}
            }
        }
    }

    /// A delivery was taken or not.
    fn came_back(&self, domain: &str, delivery: crate::webhooks::Delivery, well: bool) {
        let settings = self.settings();
        self.with_shop(domain, |shop, _, _, now| {
            // What was subscribed to through the API ends with the subscription; only the news of an uninstall outlives it.
            let is_wanted = delivery.topic == "app/uninstalled"
                || delivery.listener.subscription.is_none_or(|id| shop.subscriptions.delivered(id, well));
            shop.queue.came_back(delivery, well || !is_wanted, &settings, now);
        });
        // Nobody waits for an answer who could be told that it failed; the next request is.
        let _ = self.keep();
    }

    /// Like [`State::with_shop`], for the worker, which must not wake itself.
    fn with_shop_quietly<R>(&self, domain: &str, act: impl FnOnce(&mut Shop, DateTime<Utc>) -> R) -> Option<R> {
        let (app, settings, now) = (self.app(), self.settings(), self.clock.now());
        let mut shop = lock(self.shops.get(domain)?);
        self.settle(&mut shop, &app, &settings, now);
        Some(act(&mut shop, now))
    }

    /// What asks a customer's data for, or tells to redact it.
    pub(crate) fn compliance(&self, domain: &str, topic: &'static str, customer: u64) -> Option<()> {
        self.with_shop(domain, |shop, app, settings, now| {
            let world = &shop.world;
            let orders: Vec<u64> = world.orders_of(customer).map(|order| order.id).collect();
            let person = world.customers.get(customer);
            let mut body = json!({
                "shop_id": world.shop.id,
                "shop_domain": world.shop.domain,
                "customer": {
                    "id": customer,
                    "email": person.and_then(|person| person.email.clone()),
                    "phone": person.and_then(|person| person.phone.clone()),
                },
            });
            let asks = topic == "customers/data_request";
            if let Some(fields) = body.as_object_mut() {
                let name = if asks { "orders_requested" } else { "orders_to_redact" };
                fields.insert(name.to_owned(), json!(orders));
                if asks {
                    fields.insert("data_request".to_owned(), json!({ "id": customer / 7 }));
                }
            }
            if asks {
                shop.send(topic, &body, app, now);
            } else {
                let wait = crate::webhooks::sped(chrono::TimeDelta::days(10), settings);
                shop.queue.later(topic, body, now + wait);
            }
        })
    }

    /// How many webhooks of a shop wait or are on their way.
    pub(crate) fn open_webhooks(&self, domain: &str) -> Option<usize> {
        self.with_shop_quietly(domain, |shop, _| shop.queue.open())
    }

    /// The merchant changes what the app may see.
    pub(crate) fn change_scopes(&self, domain: &str, scopes: &[String]) -> Option<()> {
        self.with_shop(domain, |shop, app, _, now| {
            let previous = shop.grants.installed().unwrap_or_default().to_vec();
            let gone: Vec<&str> = previous.iter().filter(|scope| !scopes.contains(scope)).map(String::as_str).collect();
            shop.grants.take_scopes(&gone);
            let body: Value = json!({
                "id": 1,
                "shop_id": format!("gid://shopify/Shop/{}", shop.world.shop.id),
                "previous": previous,
                "current": shop.grants.installed().unwrap_or_default(),
                "updated_at": now.to_rfc3339(),
            });
            shop.send("app/scopes_update", &body, app, now);
        })
    }
}
