//! A shop as a subject of the suite for connectors.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use aloftly_connectors::conformance::{Facts, Lake, Scene, Subject, Trouble};
use aloftly_connectors::contract::{Account, App, Connector, Credentials};
use aloftly_connectors::shopify::api::Shopify;
use aloftly_engine::clock::Clock;
use aloftly_simulators::ShopifySimulator;
use aloftly_simulators::clock::Clock as SimulatedClock;
use aloftly_simulators::faults::Fault;
use aloftly_simulators::options::{AppOptions, SimulatorOptions};
use aloftly_simulators::world::{Action, World, WorldOptions};
use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use secrecy::SecretString;
use url::Url;

use super::oracle;
use crate::one_clock::OneClock;

pub(super) const SHOP: &str = "mugs.myshopify.com";
pub(super) const SECRET: &str = "hush";
pub(super) const SCOPES: [&str; 6] =
    ["read_orders", "read_all_orders", "read_products", "read_customers", "read_inventory", "read_locations"];
/// Nothing that goes wrong here goes on for longer.
const MOST: usize = 1_000;

/// A shop of some weeks.
pub(crate) struct ShopSubject {
    pub(super) simulator: ShopifySimulator,
    clock: Arc<OneClock>,
    app: App,
    changes: AtomicU64,
}

impl ShopSubject {
    /// One that holds what the options say, and tells of changes to that address.
    pub(super) async fn over(change: impl FnOnce(&mut WorldOptions), webhooks: Option<Url>) -> Self {
        let now: DateTime<Utc> = "2026-11-20T18:00:00Z".parse().unwrap();
        let mut world = WorldOptions {
            first_day: "2026-10-20".parse().unwrap(),
            orders: 60,
            products: 20,
            customers: 40,
            locations: 2,
            checkouts: 40,
            ..WorldOptions::new(SHOP, now)
        };
        change(&mut world);
        let clock = SimulatedClock::at(now);
        let options = SimulatorOptions {
            clock: clock.clone(),
            shops: vec![world],
            ..SimulatorOptions::new(AppOptions::new("the app", SECRET))
        };
        let simulator = ShopifySimulator::start(options).await.unwrap();
        let app = App {
            client_id: "the app".to_owned(),
            client_secret: SecretString::from(SECRET),
            old_secret: None,
            base: Some(Url::parse(&format!("http://{}", simulator.address())).unwrap()),
            webhooks,
        };
        let subject = Self { simulator, clock: Arc::new(OneClock::new(clock)), app, changes: AtomicU64::new(0) };
        subject.calm();
        subject
    }

    pub(super) fn world<R>(&self, look: impl FnOnce(&World) -> R) -> R {
        self.simulator.world(SHOP, look).unwrap()
    }

    pub(super) fn act(&self, action: Action) {
        self.simulator.act(SHOP, action).unwrap();
    }

    fn fail(&self, fault: &Fault, times: usize) {
        self.simulator.faults(SHOP, |faults| faults.add(fault, times.min(MOST))).unwrap();
    }
}

#[async_trait]
impl Subject for ShopSubject {
    const WAIT: Duration = Duration::from_secs(2);
    const MISSING: &'static str = "updatedAt";

    async fn start(scene: Scene) -> Self {
        let empty = |world: &mut WorldOptions| {
            (world.orders, world.products, world.customers, world.checkouts) = (0, 0, 0, 0);
        };
        match scene {
            Scene::Some => Self::over(|_| {}, None).await,
            Scene::Empty => Self::over(empty, None).await,
        }
    }

    fn connector(&self) -> &'static dyn Connector {
        &Shopify
    }

    fn app(&self) -> Option<App> {
        Some(self.app.clone())
    }

    async fn connect(&self) -> (Credentials, Account) {
        let told = self.simulator.install(SHOP, &SCOPES).unwrap();
        let text = |name: &str| told[name].as_str().unwrap().to_owned();
        let credentials = Credentials::default()
            .with("access_token", text("access_token"))
            .with("refresh_token", text("refresh_token"))
            .with("shop", SHOP)
            .until(Some(self.clock.now() + TimeDelta::seconds(told["expires_in"].as_i64().unwrap())));
        let account = Account {
            zone: Some(chrono_tz::America::New_York),
            currency: Some("USD".to_owned()),
            scopes: SCOPES.map(str::to_owned).to_vec(),
            ..Account::new(SHOP, "Fern & Kettle")
        };
        (credentials, account)
    }

    fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.clock) as Arc<dyn Clock>
    }

    fn expected(&self) -> Facts {
        self.world(oracle::expected)
    }

    fn held(&self, lake: &Lake) -> Facts {
        oracle::held(lake)
    }

    fn change(&self) {
        let number = self.changes.fetch_add(1, Ordering::SeqCst);
        let (product, customer, order) = self.world(|world| {
            let order = world.orders.iter().next().map(|order| order.id);
            (world.products.iter().next().map(|row| row.id), world.customers.iter().next().map(|row| row.id), order)
        });
        let tag = format!("tag-{number}");
        match (product, customer) {
            (Some(product), Some(customer)) => {
                self.act(Action::PlaceOrder { items: Vec::new(), customer: None, guest: false, test: false });
                let title = Some(format!("Mug of kind {number}"));
                self.act(Action::UpdateProduct { product, title, status: None, price: Some(1_000) });
                self.act(Action::UpdateCustomer { customer, tag: Some(tag.clone()), subscribed: None });
                self.act(Action::AbandonCheckout {});
                self.act(Action::TagOrders { orders: order.into_iter().collect(), tag });
            }
            _ => {
                self.act(Action::CreateProduct { title: "A first mug".to_owned() });
                self.act(Action::CreateCustomer {});
            }
        }
        // A little goes by between things that happen.
        self.simulator.clock().advance(Duration::from_secs(7));
    }

    fn change_many(&self) {
        let number = self.changes.fetch_add(1, Ordering::SeqCst);
        let ids = |world: &World| {
            let orders: Vec<u64> = world.orders.iter().map(|order| order.id).collect();
            let products: Vec<u64> = world.products.iter().map(|product| product.id).collect();
            (orders, products, world.customers.iter().map(|customer| customer.id).collect::<Vec<_>>())
        };
        let (orders, products, customers) = self.world(ids);
        let tag = format!("all-{number}");
        self.act(Action::TagOrders { orders, tag: tag.clone() });
        for product in products {
            let title = Some(format!("Mug {product} of kind {number}"));
            self.act(Action::UpdateProduct { product, title, status: None, price: None });
        }
        for customer in customers {
            self.act(Action::UpdateCustomer { customer, tag: Some(tag.clone()), subscribed: None });
        }
    }

    fn trouble(&self, trouble: Trouble, times: usize, after: usize) {
        self.fail(&Fault::Slow { millis: 0 }, after);
        match trouble {
            Trouble::Throttled => {
                self.fail(&Fault::Status { status: 429, retry_after: Some(2) }, 1);
                self.fail(&Fault::Throttled, times - 1);
            }
            Trouble::Failing => self.fail(&Fault::Status { status: 503, retry_after: None }, times),
            Trouble::Truncated => self.fail(&Fault::Truncated, times),
            Trouble::Endless => self.fail(&Fault::Endless, times),
            Trouble::Twice => self.fail(&Fault::Overlap { rows: 3 }, times),
            Trouble::Unknown => self.fail(&Fault::UnknownFields, times),
            Trouble::Missing => self.fail(&Fault::MissingFields { fields: vec![Self::MISSING.to_owned()] }, times),
        }
    }

    fn calm(&self) {
        let calm = |faults: &mut aloftly_simulators::faults::Faults| {
            faults.clear();
            faults.files = true;
        };
        self.simulator.faults(SHOP, calm).unwrap();
    }

    fn expire_tokens(&self) {
        self.simulator.expire_tokens(SHOP).unwrap();
    }

    fn revoke(&self) {
        self.simulator.revoke(SHOP).unwrap();
    }

    fn requests(&self) -> usize {
        let is_of_data = |path: &str| path.ends_with("graphql.json") || path.starts_with("/_storage");
        self.simulator.log().iter().filter(|asked| is_of_data(&asked.path)).count()
    }

    fn people(&self) -> Vec<String> {
        let texts = |world: &World| {
            let customers = world.customers.iter();
            customers.flat_map(|customer| [customer.name()].into_iter().chain(customer.email.clone())).collect()
        };
        self.world(texts)
    }
}
