//! What a simulated Shopify is like: the app that it knows, and how it decides what its documents leave open.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use crate::clock::Clock;
use crate::world::WorldOptions;

/// The app that is known to the simulator; there is one.
#[derive(Clone, Debug)]
pub struct AppOptions {
    /// Its client id.
    pub client_id: String,
    /// Its client secret, which signs callbacks and webhooks.
    pub client_secret: String,
    /// What it is called.
    pub name: String,
    /// Where merchants may be sent back to.
    pub redirect_uris: Vec<String>,
    /// What Shopify approved it for. What is not here cannot be asked for.
    pub approved_scopes: BTreeSet<String>,
    /// The version that its webhooks are written in.
    pub webhook_version: String,
    /// Topics that its configuration subscribes to in every shop, the compliance topics among them, and the address of each.
    pub webhooks: Vec<(String, String)>,
}

impl AppOptions {
    /// An app with these credentials, approved for everything that is read here, without webhooks of its own.
    #[must_use]
    pub fn new(client_id: &str, client_secret: &str) -> Self {
        let scopes = [
            "read_orders",
            "read_all_orders",
            "read_products",
            "read_inventory",
            "read_locations",
            "read_customers",
            "read_returns",
            "read_reports",
        ];
        Self {
            client_id: client_id.to_owned(),
            client_secret: client_secret.to_owned(),
            name: "Aloftly".to_owned(),
            redirect_uris: Vec::new(),
            approved_scopes: scopes.into_iter().map(str::to_owned).collect(),
            webhook_version: "2026-10".to_owned(),
            webhooks: Vec::new(),
        }
    }
}

/// How much about customers the app was approved to see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProtectedData {
    /// No customer at all.
    None,
    /// Customers without name, address, mail and telephone, which are null.
    Level1,
    /// Everything.
    Level2,
}

/// Which zone a time in a search is in that says none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SearchZone {
    /// UTC.
    Utc,
    /// The shop's.
    Shop,
}

/// How the cost of a query is worked out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CostRule {
    /// As documented: an object costs 1, a connection 2 and its nodes as often as it may have them, one inside the other multiplied.
    Multiplied,
    /// As was seen of one query in 2025: the same, but a connection of n nodes counts for 2 ln(n) of them.
    Damped,
}

/// The shop's plan, which decides how fast queries may be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plan {
    /// Its public name.
    pub name: &'static str,
    /// Points that the bucket holds.
    pub bucket: f64,
    /// Points that come back a second.
    pub restore: f64,
}

impl Plan {
    /// The plan of most shops.
    pub const STANDARD: Self = Self { name: "Basic", bucket: 2_000.0, restore: 100.0 };
    /// The dearer one.
    pub const ADVANCED: Self = Self { name: "Advanced", bucket: 4_000.0, restore: 200.0 };
    /// For large shops.
    pub const PLUS: Self = Self { name: "Shopify Plus", bucket: 20_000.0, restore: 1_000.0 };
}

/// How the simulator decides what Shopify's documents leave open, and what differs between shops.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Of the shops.
    pub plan: Plan,
    /// How queries are weighed.
    pub cost_rule: CostRule,
    /// The most that one query may cost.
    pub max_query_cost: f64,
    /// The status of a throttled answer: 200, or 429 as some report.
    pub throttled_status: u16,
    /// How much about customers the app was approved to see.
    pub protected_data: ProtectedData,
    /// Which zone times in searches are in that say none.
    pub search_zone: SearchZone,
    /// Whether tips are among an order's lines.
    pub tips_are_lines: bool,
    /// Whether the app was made after March 2026, and gets no tokens but expiring ones.
    pub must_expire: bool,
    /// Scopes that the merchant does not grant although they were asked for.
    pub withheld_scopes: BTreeSet<String>,
    /// Whether somebody who declines is sent back to the app with `error=access_denied`, or stays with Shopify.
    pub cancel_returns: bool,
    /// How long an authorization code is good for.
    pub code_life: Duration,
    /// How long an access token is good for.
    pub access_life: Duration,
    /// How long a refresh token is good for.
    pub refresh_life: Duration,
    /// The versions that are served, oldest first. Another is answered by the oldest.
    pub versions: Vec<String>,
    /// How many bulk queries may run at once.
    pub bulk_limit: usize,
    /// How long a bulk operation waits before it runs.
    pub bulk_delay: Duration,
    /// Objects that a bulk operation writes in a second.
    pub bulk_rate: f64,
    /// How long the address of a bulk result is good for.
    pub bulk_life: Duration,
    /// How many times faster than Shopify webhooks are tried again, compliance waits included.
    pub webhook_speed: f64,
    /// How long an endpoint may take, in real time.
    pub webhook_timeout: Duration,
    /// Whether each try has a webhook id of its own; the event id never changes.
    pub webhook_id_per_try: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            plan: Plan::STANDARD,
            cost_rule: CostRule::Multiplied,
            max_query_cost: 1_000.0,
            throttled_status: 200,
            protected_data: ProtectedData::Level2,
            search_zone: SearchZone::Utc,
            tips_are_lines: true,
            must_expire: true,
            withheld_scopes: BTreeSet::new(),
            cancel_returns: false,
            code_life: Duration::from_secs(60),
            access_life: Duration::from_secs(60 * 60),
            refresh_life: Duration::from_secs(90 * 24 * 60 * 60),
            versions: ["2026-01", "2026-04", "2026-07", "2026-10"].into_iter().map(str::to_owned).collect(),
            bulk_limit: 5,
            bulk_delay: Duration::from_secs(1),
            bulk_rate: 20_000.0,
            bulk_life: Duration::from_secs(7 * 24 * 60 * 60),
            webhook_speed: 1.0,
            webhook_timeout: Duration::from_secs(5),
            webhook_id_per_try: true,
        }
    }
}

/// What to start.
#[derive(Clone, Debug)]
pub struct SimulatorOptions {
    /// Where to listen; port 0 for a free one.
    pub address: SocketAddr,
    /// What everything goes by.
    pub clock: Clock,
    /// The app that it knows.
    pub app: AppOptions,
    /// The shops that there are, each with a domain of its own.
    pub shops: Vec<WorldOptions>,
    /// How it decides what is open.
    pub settings: Settings,
    /// Where it keeps what has to outlive its process, see [`crate::keep`]. Nothing does without it.
    pub folder: Option<PathBuf>,
}

impl SimulatorOptions {
    /// One shop of middling size on a free port of this machine, by the machine's clock.
    #[must_use]
    pub fn new(app: AppOptions) -> Self {
        let clock = Clock::system();
        let shop = WorldOptions::new("fern-and-kettle.myshopify.com", clock.now());
        Self {
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            clock,
            app,
            shops: vec![shop],
            settings: Settings::default(),
            folder: None,
        }
    }
}
