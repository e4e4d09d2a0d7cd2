//! One shop as the simulator runs it: its world, what the app was granted, what it asked for and what it is told.

pub(crate) mod bucket;
pub(crate) mod bulk;
pub(crate) mod grants;
pub(crate) mod subscriptions;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use self::bucket::Bucket;
use self::bulk::Operations;
use self::grants::Grants;
use self::subscriptions::Subscriptions;
use crate::faults::Faults;
use crate::graphql::context::gid;
use crate::options::{AppOptions, Settings};
use crate::webhooks::{Delivery, Queue, payload};
use crate::world::{Happened, Subject, World, WorldOptions};

/// One shop.
pub(crate) struct Shop {
    pub(crate) world: World,
    pub(crate) grants: Grants,
    pub(crate) bucket: Bucket,
    pub(crate) operations: Operations,
    pub(crate) subscriptions: Subscriptions,
    pub(crate) queue: Queue,
    pub(crate) faults: Faults,
}

/// What of a shop outlives the process, besides its world.
#[derive(Deserialize, Serialize)]
pub(crate) struct KeptShop {
    grants: Grants,
    subscriptions: Subscriptions,
    queue: Queue,
    /// How many bulk operations there were.
    operations: u64,
}

/// How long webhooks wait that were left over: who is told is started at the same time, perhaps.
const REST: TimeDelta = TimeDelta::seconds(30);

impl Shop {
    pub(crate) fn new(options: &WorldOptions, settings: &Settings) -> Self {
        Self {
            world: World::new(options),
            grants: Grants::new(&options.domain),
            bucket: Bucket::new(settings.plan),
            operations: Operations::default(),
            subscriptions: Subscriptions::default(),
            queue: Queue::new(&options.domain),
            faults: Faults::default(),
        }
    }

    /// What is to outlive the process.
    pub(crate) fn kept(&self) -> KeptShop {
        KeptShop {
            grants: self.grants.clone(),
            subscriptions: self.subscriptions.clone(),
            queue: self.queue.clone(),
            operations: self.operations.made(),
        }
    }

    /// Goes on from what was kept.
    pub(crate) fn restore(&mut self, kept: KeptShop, now: DateTime<Utc>) {
        let KeptShop { grants, subscriptions, queue, operations } = kept;
        (self.grants, self.subscriptions, self.queue) = (grants, subscriptions, queue);
        self.operations = Operations::after(operations);
        self.queue.rest_until(now + REST);
    }

    /// Tells webhooks what happened.
    pub(crate) fn tell(&mut self, happened: &[Happened], app: &AppOptions, now: DateTime<Utc>) {
        for one in happened {
            let body = payload::of(&self.world, one, now);
            self.send(one.topic, &body, app, now);
        }
    }

    /// Sends a body to whoever subscribed to its topic.
    pub(crate) fn send(&mut self, topic: &str, body: &Value, app: &AppOptions, now: DateTime<Utc>) {
        if !self.grants.is_installed() && !matches!(topic, "app/uninstalled" | "shop/redact" | "customers/redact") {
            return;
        }
        let event = self.queue.new_id();
        let mut listeners = self.subscriptions.listeners(topic);
        let configured = app.webhooks.iter().filter(|(named, _)| named == topic);
        listeners.extend(configured.map(|(_, uri)| subscriptions::Listener::configured(uri)));
        for listener in listeners {
            let body = listener.trim(body);
            let delivery = Delivery::new(topic, event.clone(), listener, &body, now);
            self.queue.push(delivery, &mut self.faults);
        }
    }

    /// The app as the API tells it, with its installation.
    pub(crate) fn app(&self, app: &AppOptions, scopes: &[String]) -> Value {
        let told = |scopes: &[String]| -> Value {
            let scope =
                |handle: &String| json!({ "handle": handle, "description": format!("Lets the app use {handle}") });
            scopes.iter().map(scope).collect()
        };
        let approved: Vec<String> = app.approved_scopes.iter().cloned().collect();
        let mut bare = json!({
            "__typename": "App",
            "id": gid("App", 1_111_111),
            "apiKey": app.client_id,
            "title": app.name,
            "handle": app.name.to_lowercase(),
            "embedded": false,
            "webhookApiVersion": app.webhook_version,
            "developerName": app.name,
            "requestedAccessScopes": told(scopes),
            "availableAccessScopes": told(&approved),
            "installation": null,
        });
        let installation = json!({
            "__typename": "AppInstallation",
            "id": gid("AppInstallation", self.world.shop.id + 7),
            "accessScopes": told(scopes),
            "launchUrl": format!("https://{}/admin/apps/{}", self.world.shop.domain, app.client_id),
            "app": bare,
        });
        if let Some(object) = bare.as_object_mut() {
            object.insert("installation".to_owned(), installation);
        }
        bare
    }

    /// Takes the app off the shop: its tokens die, its subscriptions go, and it is told.
    pub(crate) fn uninstall(&mut self, app: &AppOptions, settings: &Settings, now: DateTime<Utc>) {
        let body = payload::of(&self.world, &Happened { topic: "app/uninstalled", subject: Subject::Shop }, now);
        // It is told before its subscriptions go, over the one that it has for this.
        self.send("app/uninstalled", &body, app, now);
        self.grants.revoke();
        self.subscriptions.clear();
        self.operations.clear();
        let shop = &self.world.shop;
        let body = json!({ "shop_id": shop.id, "shop_domain": shop.domain });
        self.queue.later("shop/redact", body, now + crate::webhooks::sped(TimeDelta::hours(48), settings));
    }
}
