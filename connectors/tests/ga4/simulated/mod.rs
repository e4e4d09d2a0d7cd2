//! The connector against a simulated Google, over the visits of a made-up shop.

pub(crate) mod conformance;
mod limits;
mod oracle;
mod sign_in;
mod sync;
mod trouble;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use aloftly_connectors::contract::{
    Account, App, Authorization, Callback, Calls, Connector as _, Credentials, Cursor, Failure, Keyring, Mode,
    OAuth as _, Page, Pages, Raw, Session, Task,
};
use aloftly_connectors::ga4::Ga4;
use aloftly_connectors::http::budget::{Budget, MemoryLedger};
use aloftly_connectors::http::{Client, RandomJitter};
use aloftly_engine::clock::Clock;
use aloftly_engine::lake::Slice;
use aloftly_simulators::clock::Clock as SimulatedClock;
use aloftly_simulators::google::{ANALYTICS_SCOPE, ClientOptions, GoogleOptions, GoogleSimulator, Property, WorldView};
use aloftly_simulators::world::{World, WorldOptions};
use async_trait::async_trait;
use chrono::NaiveDate;
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::rows_of;
use crate::one_clock::OneClock;
use crate::support::{Row, number};

const REDIRECT: &str = "http://127.0.0.1:9/back";
/// A verifier and its challenge (RFC 7636, appendix B).
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const EMAIL: &str = "ada@fern.example";
const ID: u64 = 123_456_789;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// What calls are made with.
#[derive(Debug)]
struct Us {
    http: Client,
    clock: Arc<dyn Clock>,
    app: App,
    cancel: CancellationToken,
}

impl Us {
    fn calls(&self) -> Calls<'_> {
        Calls { http: &self.http, clock: &self.clock, app: Some(&self.app), cancel: &self.cancel }
    }
}

/// Keeps credentials in memory.
#[derive(Debug)]
struct Pocket {
    us: Arc<Us>,
    kept: Mutex<Credentials>,
    renewals: AtomicU64,
}

#[async_trait]
impl Keyring for Pocket {
    async fn current(&self) -> Result<Credentials, Failure> {
        Ok(self.kept.lock().unwrap().clone())
    }

    async fn renewed(&self, refused: &Credentials) -> Result<Credentials, Failure> {
        let kept = self.kept.lock().unwrap().clone();
        if !kept.same(refused) {
            return Ok(kept);
        }
        let renewed = Ga4.refresh(&self.us.calls(), refused).await?;
        self.renewals.fetch_add(1, Ordering::SeqCst);
        *self.kept.lock().unwrap() = renewed.clone();
        Ok(renewed)
    }
}

/// A simulated Google, and us.
struct Lab {
    google: GoogleSimulator,
    world: Arc<World>,
    property: Property,
    clock: SimulatedClock,
    waits: Arc<OneClock>,
    us: Arc<Us>,
}

impl Lab {
    /// Some eighty orders from 1 November on, and a property that was made the day before. It is one in the afternoon of 20 November in New
    /// York, where both are.
    async fn start(change: impl FnOnce(&mut GoogleOptions)) -> Self {
        Self::at("2026-11-20T18:00:00Z", 80, |_| {}, change).await
    }

    /// The same at another instant, with so many orders, over another property.
    async fn at(
        now: &str,
        orders: usize,
        other: impl FnOnce(&mut Property),
        change: impl FnOnce(&mut GoogleOptions),
    ) -> Self {
        let now = now.parse().unwrap();
        let options = WorldOptions {
            first_day: day("2026-11-01"),
            orders,
            products: 12,
            customers: 30,
            checkouts: 5,
            ..WorldOptions::new("mugs.myshopify.com", now)
        };
        let world = Arc::new(World::new(&options));
        let shown = Arc::clone(&world);
        let mut property = Property {
            created_at: "2026-10-31T16:00:00Z".parse().unwrap(),
            ..Property::new(ID, WorldView::new(move |look| look(&shown)))
        };
        other(&mut property);
        let clock = SimulatedClock::at(now);
        let client = ClientOptions {
            id: "aloftly.apps.google.test".to_owned(),
            secret: "a secret of the client".to_owned(),
            name: "Aloftly".to_owned(),
            redirect_uris: vec![REDIRECT.to_owned()],
        };
        let mut options = GoogleOptions::new(client, clock.clone(), vec![property.clone()]);
        change(&mut options);
        let google = GoogleSimulator::start(options).await.unwrap();
        let app = App {
            client_id: "aloftly.apps.google.test".to_owned(),
            client_secret: SecretString::from("a secret of the client"),
            old_secret: None,
            base: Some(Url::parse(&google.base()).unwrap()),
            webhooks: None,
        };
        let waits = Arc::new(OneClock::new(clock.clone()));
        let ours: Arc<dyn Clock> = Arc::clone(&waits) as Arc<dyn Clock>;
        let outgoing = Ga4.outgoing(Some(&app), None, &BTreeMap::new()).unwrap();
        let budget = Budget::new(outgoing.budget, outgoing.rules, Arc::new(MemoryLedger::default()));
        let jitter = Arc::new(RandomJitter::new(&*ours));
        let http = Client::new(outgoing.options, budget, Arc::clone(&ours), jitter).unwrap();
        let us = Arc::new(Us { http, clock: ours, app, cancel: CancellationToken::new() });
        Self { google, world, property, clock, waits, us }
    }

    /// Where Google sends somebody back to who answers the page like that.
    async fn answered(&self, fields: &[(&str, &str)]) -> Vec<(String, String)> {
        let redirect = Url::parse(REDIRECT).unwrap();
        let none = BTreeMap::new();
        let authorization =
            Authorization { fields: &none, state: "the state", challenge: CHALLENGE, redirect: &redirect };
        let page = Ga4.authorize(&self.us.app, &authorization).unwrap();
        let browser =
            reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
        assert_eq!(browser.get(page.clone()).send().await.unwrap().status(), 200, "{page}");
        let mut answer = page.clone();
        answer.set_query(None);
        answer.set_path(&format!("{}/answer", page.path()));
        let asked = page.query_pairs().into_owned();
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let fields: Vec<(String, String)> = asked.chain(fields).collect();
        let back = browser.post(answer).form(&fields).send().await.unwrap();
        let location = Url::parse(back.headers()["location"].to_str().unwrap()).unwrap();
        location.query_pairs().into_owned().collect()
    }

    /// What comes of being sent back with these parameters.
    async fn complete(&self, parameters: &[(String, String)]) -> Result<Credentials, Failure> {
        let (redirect, none) = (Url::parse(REDIRECT).unwrap(), BTreeMap::new());
        let callback = Callback { fields: &none, parameters, verifier: VERIFIER, redirect: &redirect };
        Ga4.complete(&self.us.calls(), &callback).await
    }

    /// Signs in and agrees to everything.
    async fn signed_in(&self) -> Arc<Pocket> {
        let granted = format!("granted {ANALYTICS_SCOPE}");
        let back = self.answered(&[("account", EMAIL), (&granted, "yes"), ("answer", "continue")]).await;
        let kept = self.complete(&back).await.unwrap();
        Arc::new(Pocket { us: Arc::clone(&self.us), kept: Mutex::new(kept), renewals: AtomicU64::new(0) })
    }

    fn session<'a>(&'a self, account: &'a Account, pocket: &'a Pocket) -> Session<'a> {
        Session { calls: self.us.calls(), account, keyring: pocket }
    }

    /// Signs in and connects the first property.
    async fn connected(&self) -> (Arc<Pocket>, Account) {
        let pocket = self.signed_in().await;
        let credentials = pocket.current().await.unwrap();
        let chosen = Ga4.accounts(&self.us.calls(), &credentials).await.unwrap().swap_remove(0);
        let account = Ga4.connect(&self.session(&chosen, &pocket)).await.unwrap();
        (pocket, account)
    }

    /// Reads what the mode says into a store, from the cursor on that is in it.
    async fn sync(&self, pocket: &Pocket, account: &Account, mode: Mode, store: &mut Store) -> Result<(), Failure> {
        let cursor = store.cursor.clone();
        let stream = Ga4.declaration().stream("reports").unwrap();
        let task = Task { stream, mode, cursor: cursor.as_ref() };
        let cursor = Ga4.sync(&self.session(account, pocket), &task, store).await?;
        store.cursor = Some(cursor);
        Ok(())
    }

    /// Paths and statuses of what the Data API was asked since the last time.
    fn calls(&self, since: usize) -> Vec<u16> {
        let asked = self.google.asked();
        let data = asked.into_iter().skip(since).filter(|asked| asked.path.starts_with("/analyticsdata/"));
        data.map(|asked| asked.status).collect()
    }
}

/// Whether a row is in a slice.
fn is_in(slice: &Slice, row: &Row) -> bool {
    let at = i64::try_from(number(row, slice.dataset().time)).unwrap();
    let has =
        |(column, values): &(&str, BTreeSet<String>)| row[*column].as_ref().is_some_and(|own| values.contains(own));
    (slice.range().0..slice.range().1).contains(&at) && slice.conditions().iter().all(has)
}

/// Keeps the rows of each day, as a lake would.
#[derive(Default)]
struct Store {
    days: BTreeMap<NaiveDate, Vec<Row>>,
    cursor: Option<Cursor>,
    /// The days of the pages, as they came.
    came: Vec<NaiveDate>,
    warnings: BTreeSet<String>,
    raw: Vec<Raw>,
    expected: Option<u64>,
    /// After so many pages no other is taken.
    most: Option<usize>,
}

#[async_trait]
impl Pages for Store {
    async fn take(&mut self, page: Page) -> Result<(), Failure> {
        if self.most.is_some_and(|most| self.came.len() >= most) {
            return Err(Failure::Stopped);
        }
        let rows = rows_of(&page);
        assert!(!page.kept.is_empty() && page.records == 1);
        assert!(
            rows.iter().all(|row| page.replaces.iter().any(|slice| is_in(slice, row))),
            "rows are in what is replaced"
        );
        let day = day(page.kept[0].raw.about["day"].as_str().unwrap());
        self.came.push(day);
        let held = self.days.entry(day).or_default();
        held.retain(|row| !page.replaces.iter().any(|slice| is_in(slice, row)));
        held.extend(rows);
        self.cursor = Some(Cursor::from_text(&page.cursor.to_text()).unwrap());
        self.warnings.extend(page.warnings);
        self.expected = page.expected;
        self.raw.extend(page.kept.into_iter().map(|kept| kept.raw));
        Ok(())
    }
}
