//! What a simulated Google is like: the client that it knows, its people and properties, and how those behave.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::clock::Clock;
use crate::money::Currency;
use crate::world::World;
use crate::world::traffic::TrafficOptions;

/// The client that is registered; there is one.
#[derive(Clone, Debug)]
pub struct ClientOptions {
    /// Its id.
    pub id: String,
    /// Its secret.
    pub secret: String,
    /// What people are told that it is called.
    pub name: String,
    /// Where people may be sent back to.
    pub redirect_uris: Vec<String>,
}

/// Somebody who can sign in.
#[derive(Clone, Debug)]
pub struct User {
    /// Their address.
    pub email: String,
    /// Their name.
    pub name: String,
    /// The numbers of the properties that they can read.
    pub properties: Vec<u64>,
}

/// Shows a world to somebody.
type Show = dyn Fn(&mut dyn FnMut(&World)) + Send + Sync;

/// Looks at a world that somebody else may change.
#[derive(Clone)]
pub struct WorldView(Arc<Show>);

impl WorldView {
    /// By a function that shows it, such as one that asks a simulated Shopify for a shop's.
    pub fn new(show: impl Fn(&mut dyn FnMut(&World)) + Send + Sync + 'static) -> Self {
        Self(Arc::new(show))
    }

    /// At a world that is shared.
    #[must_use]
    pub fn shared(world: Arc<Mutex<World>>) -> Self {
        Self::new(move |look| look(&world.lock().unwrap_or_else(PoisonError::into_inner)))
    }

    /// At a world that never changes.
    #[must_use]
    pub fn of(world: World) -> Self {
        Self::new(move |look| look(&world))
    }

    /// Looks at it.
    pub(super) fn look<R>(&self, look: impl FnOnce(&World) -> R) -> Option<R> {
        let (mut look, mut seen) = (Some(look), None);
        (self.0)(&mut |world| {
            if let Some(look) = look.take() {
                seen = Some(look(world));
            }
        });
        seen
    }
}

impl fmt::Debug for WorldView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WorldView").finish_non_exhaustive()
    }
}

/// A property.
#[derive(Clone, Debug)]
pub struct Property {
    /// Its number.
    pub id: u64,
    /// Its name for people.
    pub name: String,
    /// The number and the name of the account that it belongs to.
    pub account: (u64, String),
    /// Where its days begin.
    pub zone: Tz,
    /// What its amounts are in.
    pub currency: Currency,
    /// When it was made. It knows nothing of before.
    pub created_at: DateTime<Utc>,
    /// Whether it is paid for, and may be asked ten times as much.
    pub is_360: bool,
    /// Which events count as key events.
    pub key_events: Vec<String>,
    /// The shop whose visits it counts.
    pub world: WorldView,
    /// How many visits there are.
    pub traffic: TrafficOptions,
}

impl Property {
    /// A property of that shop, in its zone and currency, made on the day before its first order, with purchases as key events.
    #[must_use]
    pub fn new(id: u64, world: WorldView) -> Self {
        let shop = world.look(|world| {
            let first = world.orders.iter().map(|order| order.processed_at).min();
            let created_at = first.unwrap_or(world.shop.created_at) - chrono::TimeDelta::days(1);
            (world.shop.name.clone(), world.shop.zone, world.shop.currency, created_at)
        });
        let (name, zone, currency, created_at) =
            shop.unwrap_or_else(|| ("A shop".to_owned(), Tz::UTC, Currency::USD, DateTime::UNIX_EPOCH));
        Self {
            id,
            name: format!("{name} – GA4"),
            account: (1_001, name),
            zone,
            currency,
            created_at,
            is_360: false,
            key_events: vec!["purchase".to_owned()],
            world,
            traffic: TrafficOptions::default(),
        }
    }
}

/// Why somebody is told zeros of a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blocked {
    /// It tells of revenue.
    Revenue,
    /// It tells of cost.
    Cost,
}

/// How properties behave.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Names of dimensions and metrics that there are not.
    pub missing: BTreeSet<String>,
    /// Metrics of which zeros are told.
    pub blocked: BTreeMap<String, Blocked>,
    /// Events that reports are made of, and of how many: a sample.
    pub sampling: Option<(u64, u64)>,
    /// Rows with fewer users are withheld from reports that are cut by more than days.
    pub threshold: Option<u64>,
    /// Rows of a day beyond so many are gathered in one.
    pub most_rows: Option<usize>,
    /// The most rows of an answer, whatever is asked for: 250,000.
    pub page_rows: u64,
    /// The most entries of a page of a listing.
    pub page_size: usize,
    /// Listings have no last page.
    pub endless: bool,
    /// Reports always say that there are more rows.
    pub endless_reports: bool,
    /// So many of the next pages of reports behind a first begin with the last row of the page before: the report changed meanwhile.
    pub overlaps: u32,
    /// Reports lack these fields.
    pub missing_fields: BTreeSet<String>,
    /// Columns come in another order than they were asked for.
    pub turned_columns: bool,
    /// Objects have a field that nobody knows.
    pub unknown_fields: bool,
    /// The Data API is off in the client's project.
    pub is_disabled: bool,
    /// What is reported in place of the property's zone and currency.
    pub moved: Option<(Tz, Currency)>,
    /// Tokens that every report costs besides what its size does.
    pub report_tokens: u64,
    /// How long an access token is good for.
    pub access_life: Duration,
    /// How long a code is good for.
    pub code_life: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            missing: BTreeSet::new(),
            blocked: BTreeMap::new(),
            sampling: None,
            threshold: None,
            most_rows: None,
            page_rows: 250_000,
            page_size: 200,
            endless: false,
            endless_reports: false,
            overlaps: 0,
            missing_fields: BTreeSet::new(),
            turned_columns: false,
            unknown_fields: false,
            is_disabled: false,
            moved: None,
            report_tokens: 1,
            access_life: Duration::from_secs(3_599),
            code_life: Duration::from_secs(600),
        }
    }
}

/// What to start.
#[derive(Clone, Debug)]
pub struct GoogleOptions {
    /// Where to listen; port 0 for a free one.
    pub address: SocketAddr,
    /// What everything goes by.
    pub clock: Clock,
    /// The client that it knows.
    pub client: ClientOptions,
    /// Who can sign in.
    pub users: Vec<User>,
    /// The properties that there are.
    pub properties: Vec<Property>,
    /// How they behave.
    pub settings: Settings,
    /// Decides tokens and codes.
    pub seed: u64,
    /// Where it keeps what has to outlive its process, see [`crate::keep`]. Nothing does without it.
    pub folder: Option<PathBuf>,
}

impl GoogleOptions {
    /// One person who can read all of these properties, on a free port of this machine.
    #[must_use]
    pub fn new(client: ClientOptions, clock: Clock, properties: Vec<Property>) -> Self {
        let user = User {
            email: "ada@fern.example".to_owned(),
            name: "Ada Fern".to_owned(),
            properties: properties.iter().map(|property| property.id).collect(),
        };
        Self {
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            clock,
            client,
            users: vec![user],
            properties,
            settings: Settings::default(),
            seed: 1,
            folder: None,
        }
    }
}
