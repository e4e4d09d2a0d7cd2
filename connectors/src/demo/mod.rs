//! Three made-up stores, written as the orders file that Shopify's admin exports.
//!
//! Their trade has what real trade has: a weekly and a yearly season, growth, promotions with discount codes, customers who
//! come back, refunds some days later, cancelled and test orders, orders at a till without a customer, cash on delivery, and
//! in every quarter a best seller that is out of stock for a week and one bad day ([`incidents`] says when).
//!
//! A file depends on nothing but the store, the options and the instant that it is written for. A day's orders depend on
//! the day, not on that instant: a later file has the same orders, with what has happened to them since, so that it can be
//! imported over an earlier one. All amounts are whole cents; subtotal + shipping + taxes = total, and the items' amounts
//! add up to the subtotal.

mod calendar;
mod chance;
mod order;
mod people;
mod shop;
mod write;

use chrono::NaiveDate;
use chrono_tz::Tz;

pub use calendar::incidents;
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
