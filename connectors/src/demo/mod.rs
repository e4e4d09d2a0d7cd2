//! Three made-up stores, written as the orders file that Shopify's admin exports, and businesses like them in other places.
//!
//! Their trade has what real trade has: a weekly and a yearly season, growth, promotions with discount codes, customers who
//! come back, refunds some days later, cancelled and test orders, orders at a till without a customer, cash on delivery, and
//! in every quarter a best seller that is out of stock for a week and one bad day ([`incidents`] says when).
//!
//! A file depends on nothing but the store, the options and the instant that it is written for. A day's orders depend on
//! the day, not on that instant: a later file has the same orders, with what has happened to them since, so that it can be
//! imported over an earlier one. All amounts are whole cents; subtotal + shipping + taxes = total, and the items' amounts
//! add up to the subtotal.
//!
//! Who visits their sites is told as Google Analytics would tell it ([`write_visits_csv`]): whoever buys there placed one of the orders. What
//! currencies were worth is made up as well ([`write_rates_csv`]).

mod calendar;
mod chance;
mod order;
mod people;
mod rates;
mod shop;
mod visits;
mod visits_file;
mod write;

use chrono::NaiveDate;
use chrono_tz::Tz;

use self::shop::Shop;

pub use calendar::incidents;
pub use rates::write_rates_csv;
pub use visits_file::{visits_mapping, write_visits_csv};
pub use write::{Written, write_orders_csv};

/// The day on which all stores opened.
pub(crate) const OPENING_DAY: NaiveDate = NaiveDate::from_ymd_opt(2024, 1, 1).expect("the first of January exists");

/// One of the stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DemoStore {
    /// A roaster and kitchen shop in New York, which sells in USD.
    NewYork,
    /// A handloom and tea house in Kolkata, which sells in INR.
    Kolkata,
    /// An outfitter in London, which sells in GBP.
    London,
}

impl DemoStore {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::NewYork, Self::Kolkata, Self::London];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.shop().name
    }

    /// The currency it sells in.
    #[must_use]
    pub fn currency(self) -> &'static str {
        self.shop().currency
    }

    /// The zone that its days are of.
    #[must_use]
    pub fn timezone(self) -> Tz {
        self.shop().timezone
    }

    /// The first day of its week.
    #[must_use]
    pub fn week_start(self) -> chrono::Weekday {
        self.shop().week_start
    }

    /// A short name for files.
    #[must_use]
    pub fn slug(self) -> &'static str {
        self.shop().slug
    }
}

/// A made-up business: one of the stores, or one like them in another place.
#[derive(Clone, Debug)]
pub struct Business {
    shop: Shop,
    currency: String,
    /// So many hundredths of the currency is a cent of the shop's amounts.
    unit: i64,
}

impl From<DemoStore> for Business {
    fn from(store: DemoStore) -> Self {
        let shop = *store.shop();
        Self { shop, currency: shop.currency.to_owned(), unit: 1 }
    }
}

impl Business {
    /// One that sells in a currency, at prices that are usual there to a power of ten, and whose days are those of a zone. It trades as
    /// the nearest of the three stores does.
    #[must_use]
    pub fn selling_in(currency: &str, timezone: Tz) -> Self {
        let nearest = match currency {
            "INR" => DemoStore::Kolkata,
            "EUR" | "GBP" => DemoStore::London,
            _ if timezone.name().starts_with("Europe/") => DemoStore::London,
            _ => DemoStore::NewYork,
        };
        let shop = Shop { timezone, ..*nearest.shop() };
        Self { shop, currency: currency.to_owned(), unit: rates::power_of_ten(shop.currency, currency) }
    }

    /// Cents of the shop's amounts as they are written in the currency, `12.50`.
    fn amount(&self, cents: i64) -> String {
        let hundredths = cents * self.unit;
        format!("{}.{:02}", hundredths / 100, hundredths % 100)
    }
}

/// How much a store trades.
#[derive(Clone, Debug)]
pub struct Options {
    /// Files of another seed have other orders.
    pub seed: u64,
    /// How many local days a file covers, the present one included.
    pub days: u32,
    /// About how many orders a day the store had when it opened; it has grown by 15% of that each year.
    pub orders_per_day: u32,
}

impl Default for Options {
    /// 400 days of some 25 to 60 orders each.
    fn default() -> Self {
        Self { seed: 1, days: 400, orders_per_day: 28 }
    }
}

impl Options {
    /// As many orders a day as make a file of about `bytes`, within a fifth.
    #[must_use]
    pub fn of_size(bytes: u64) -> Self {
        /// Bytes of a file for each order a day.
        const BYTES: u64 = 330_000;
        let orders_per_day = u32::try_from((bytes / BYTES).max(1)).unwrap_or(u32::MAX);
        Self { orders_per_day, ..Self::default() }
    }
}

/// Something that happened to a store and that its figures show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incident {
    /// What it was.
    pub kind: IncidentKind,
    /// Its first local day.
    pub first_day: NaiveDate,
    /// Its last local day.
    pub last_day: NaiveDate,
}

/// What happened to a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IncidentKind {
    /// A best seller could not be had.
    StockOut {
        /// The product.
        product: &'static str,
    },
    /// The checkout was down for most of the day.
    BadDay,
    /// A discount code was advertised.
    Promotion {
        /// The code.
        code: &'static str,
        /// What it takes off.
        percent: u32,
    },
}
