//! The tiny provider as a subject of the suite for connectors: all that it takes to be run through it.

use std::sync::{Arc, MutexGuard};
use std::time::Duration;

use aloftly_connectors::conformance::{Facts, Lake, Scene, Subject, Trouble};
use aloftly_connectors::contract::{Account, App, Connector, Credentials};
use aloftly_engine::clock::{Clock, FixedClock};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use uuid::Uuid;

use super::Tiny;
use super::provider::{self, Source, Storm};

/// The field that customers lack where one is missing.
pub(super) const MISSING: &str = "version";

/// A clock that whoever waits moves.
#[derive(Debug)]
struct Moved(FixedClock);

impl Clock for Moved {
    fn now(&self) -> DateTime<Utc> {
        self.0.now()
    }

    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }

    fn new_id(&self) -> Uuid {
        self.0.new_id()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        self.0.advance(duration);
        Box::pin(tokio::task::yield_now())
    }
}

struct TinySubject {
    tiny: &'static Tiny,
    clock: Arc<Moved>,
}

impl TinySubject {
    fn source(&self) -> MutexGuard<'_, Source> {
        self.tiny.0.lock().unwrap()
    }
}

#[async_trait]
impl Subject for TinySubject {
    const WAIT: Duration = Duration::from_secs(2);
    const MISSING: &'static str = MISSING;

    async fn start(scene: Scene) -> Self {
        let customers = match scene {
            Scene::Some => 10,
            Scene::Empty => 0,
        };
        let clock = Arc::new(Moved(FixedClock::at("2026-11-20T18:00:00Z".parse().unwrap())));
        Self { tiny: Tiny::with(customers), clock }
    }

    fn connector(&self) -> &'static dyn Connector {
        self.tiny
    }

    fn app(&self) -> Option<App> {
        None
    }

    async fn connect(&self) -> (Credentials, Account) {
        let key = format!("key {}", self.clock.new_id());
        self.source().keys.insert(key.clone());
        (Credentials::default().with("token", key), Account::new("1", "The one"))
    }

    fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.clock) as Arc<dyn Clock>
    }

    fn expected(&self) -> Facts {
        let mut facts = Facts::new();
        for (id, version) in &self.source().customers {
            facts.insert(format!("{id}/version"), version.to_string());
            facts.insert(format!("{id}/name"), provider::name(id));
        }
        facts
    }

    fn held(&self, lake: &Lake) -> Facts {
        let mut facts = Facts::new();
        for row in lake.rows("customers") {
            let id = row["customer_id"].clone().unwrap();
            for (fact, column) in [("version", "row_version"), ("name", "name")] {
                let before = facts.insert(format!("{id}/{fact}"), row[column].clone().unwrap());
                assert_eq!(before, None, "{id} is there twice");
            }
        }
        facts
    }

    fn change(&self) {
        let mut source = self.source();
        let version = source.newest() + 1;
        source.customers.insert(format!("n{version:03}"), version);
        if let Some(first) = source.customers.values_mut().next() {
            *first = version;
        }
    }

    fn change_many(&self) {
        let mut source = self.source();
        let version = source.newest() + 1;
        source.customers.values_mut().for_each(|changed| *changed = version);
    }

    fn trouble(&self, trouble: Trouble, times: usize, after: usize) {
        self.source().storm = Some(Storm { fault: trouble, times, after });
    }

    fn calm(&self) {
        self.source().storm = None;
    }

    fn expire_tokens(&self) {
        self.source().keys.clear();
    }

    fn revoke(&self) {
        self.source().keys.clear();
    }

    fn requests(&self) -> usize {
        self.source().requests
    }

    fn people(&self) -> Vec<String> {
        self.source().customers.keys().map(|id| provider::name(id)).collect()
    }
}

aloftly_connectors::connector_conformance!(TinySubject);
