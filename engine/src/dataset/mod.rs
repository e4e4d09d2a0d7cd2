//! Datasets: the typed tables of the lake.
//!
//! A dataset declares what the lake must know to keep its rows right: which column names the **entity** (the
//! thing that is upserted as a whole: an order with all its items), which tells its rows apart, which is the
//! version, which immutable time decides the partition, and how a segment is sorted.

mod commerce;
mod events;
mod payloads;
mod rates;
mod voice;

pub use events::{IS_OTHER, IS_SAMPLED, IS_THRESHOLDED, METRIC_VALUE};
pub use payloads::{PAYLOADS, payloads};
pub use rates::{RATE, RATE_SCALE};

use std::sync::{Arc, LazyLock};

use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use chrono::{DateTime, Datelike, Months, NaiveDate};
use serde::{Deserialize, Serialize};

/// How much time one partition spans.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// One UTC month of [`Dataset::time`].
    Month,
    /// All time: small datasets that describe a current state.
    AllTime,
}

/// The declaration of one table of the lake.
#[derive(Debug)]
pub struct Dataset {
    /// Its name, which is also the first part of its objects' paths.
    pub name: &'static str,
    /// What a row is, for people.
    pub description: &'static str,
    /// The columns. Text is `Utf8View`, bytes are `BinaryView`, instants are `Timestamp(µs, UTC)`, money is [`crate::money::DATA_TYPE`].
    pub schema: SchemaRef,
    /// The text column that names the entity. All rows of an entity are replaced together.
    pub entity: &'static str,
    /// For entities of several rows, the column that tells the rows of one entity apart.
    pub row: Option<&'static str>,
    /// The `Int64` column that orders the states of an entity; a lower one never replaces a higher one. All rows of one
    /// state carry the same version.
    pub version: &'static str,
    /// The immutable, never null instant that decides the partition (and is free of meaning when the span is all time).
    pub time: &'static str,
    /// How much time one partition spans.
    pub span: Span,
    /// The columns by which a cold segment is sorted, ascending, nulls first.
    pub sort: &'static [&'static str],
    /// Columns that say when or how a row came, not what it is: two states that differ only there are the same state.
    pub bookkeeping: &'static [&'static str],
    /// Columns of text and flags whose least and greatest values a segment tells without being opened, because plans ask for them.
    pub bounded: &'static [&'static str],
    /// The column that says which source a row comes from, where the dataset is not one source's. A segment tells the times of each.
    pub origin: Option<&'static str>,
    /// Raised when columns are added; older segments read as null there.
    pub schema_version: u32,
}

impl Dataset {
    /// Whether its rows are things that people count, and not what those were made of.
    #[must_use]
    pub fn is_counted(&self) -> bool {
        self.name != PAYLOADS
    }

    /// Whether only a connection brings its rows, while files may bring others of the same source. Where it has none and nobody reads the source, it is
    /// not known whether there are any.
    #[must_use]
    pub fn is_only_read(&self) -> bool {
        ["checkouts", "customers"].contains(&self.name)
    }

    /// Whether its rows say at which hour something happened. Those of sources that tell by the day, and of what is read once a day, are all at the
    /// beginning of it.
    #[must_use]
    pub fn has_hours(&self) -> bool {
        !["metric_events", "inventory_levels"].contains(&self.name)
    }

    /// The position of a column in [`Dataset::schema`].
    #[must_use]
    pub fn column(&self, name: &str) -> Option<usize> {
        self.schema.index_of(name).ok()
    }

    /// The partition of a row whose [`Dataset::time`] is `micros` after the epoch.
    #[must_use]
    pub fn partition_of(&self, micros: i64) -> Partition {
        match self.span {
            Span::AllTime => Partition::ALL_TIME,
            Span::Month => Partition::month_of(micros),
        }
    }

    /// The times, in microseconds, the end exclusive, that rows of a partition may have.
    #[must_use]
    pub fn times_of(&self, partition: Partition) -> (i64, i64) {
        let start =
            |partition: Partition| partition.first_day().and_time(chrono::NaiveTime::MIN).and_utc().timestamp_micros();
        match self.span {
            Span::AllTime => (i64::MIN, i64::MAX),
            Span::Month => (start(partition), partition.next().map_or(i64::MAX, start)),
        }
    }
}

/// One UTC month, or all time, of one store's dataset. Its text form is the first day, `2026-11-01`; all time is
/// `1970-01-01`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Partition(NaiveDate);

impl Partition {
    /// The one partition of a dataset that is not cut by time.
    pub const ALL_TIME: Self = Self(NaiveDate::from_epoch_days(0).expect("day 0 of the epoch is a date"));

    /// The month that holds the instant `micros` after the epoch; instants beyond the calendar go to its ends.
    #[must_use]
    pub fn month_of(micros: i64) -> Self {
        let date = DateTime::from_timestamp_micros(micros)
            .map_or(if micros < 0 { NaiveDate::MIN } else { NaiveDate::MAX }, |instant| instant.date_naive());
        Self(date.with_day(1).unwrap_or(date))
    }

    /// The partition whose first day is `date`.
    #[must_use]
    pub const fn starting(date: NaiveDate) -> Self {
        Self(date)
    }

    /// Its first day.
    #[must_use]
    pub const fn first_day(self) -> NaiveDate {
        self.0
    }

    /// The month after it; `None` at the end of the calendar.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        self.0.checked_add_months(Months::new(1)).map(Self)
    }

    /// How many months lie between the first days of this one and a later one.
    #[must_use]
    pub fn months_to(self, later: Self) -> i32 {
        let months = |date: NaiveDate| date.year() * 12 + date.month0().cast_signed();
        months(later.0) - months(self.0)
    }
}

impl std::fmt::Display for Partition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

static DATASETS: LazyLock<Vec<Arc<Dataset>>> = LazyLock::new(|| {
    let all = [commerce::datasets(), voice::datasets(), events::datasets(), rates::datasets()];
    all.into_iter().flatten().map(Arc::new).chain([Arc::clone(payloads())]).collect()
});

/// Every dataset, in the order of their declaration.
#[must_use]
pub fn all() -> &'static [Arc<Dataset>] {
    &DATASETS
}

/// The dataset of that name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Arc<Dataset>> {
    DATASETS.iter().find(|dataset| dataset.name == name)
}

pub(crate) fn instant_type() -> DataType {
    DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
}

fn text(name: &str) -> Field {
    Field::new(name, DataType::Utf8View, true)
}

fn binary(name: &str) -> Field {
    Field::new(name, DataType::BinaryView, true)
}

fn instant(name: &str) -> Field {
    Field::new(name, instant_type(), true)
}

fn money(name: &str) -> Field {
    Field::new(name, crate::money::DATA_TYPE, true)
}

fn integer(name: &str) -> Field {
    Field::new(name, DataType::Int64, true)
}

fn flag(name: &str) -> Field {
    Field::new(name, DataType::Boolean, true)
}

fn required(field: Field) -> Field {
    field.with_nullable(false)
}

fn schema(fields: Vec<Field>) -> SchemaRef {
    Arc::new(Schema::new(fields))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_declared_column_exists_with_its_type() {
        for dataset in all() {
            let field =
                |name: &str| dataset.schema.field_with_name(name).unwrap_or_else(|_| panic!("{}.{name}", dataset.name));
            assert_eq!(field(dataset.entity).data_type(), &DataType::Utf8View, "{}", dataset.name);
            assert!(!field(dataset.entity).is_nullable(), "{}", dataset.name);
            assert_eq!(field(dataset.version).data_type(), &DataType::Int64, "{}", dataset.name);
            assert_eq!(field(dataset.time).data_type(), &instant_type(), "{}", dataset.name);
            assert!(!field(dataset.time).is_nullable(), "{}", dataset.name);
            for name in dataset.row.iter().chain(dataset.sort) {
                field(name);
            }
            for name in dataset.bounded {
                let kind = field(name).data_type();
                assert!(matches!(kind, DataType::Utf8View | DataType::Boolean), "{}.{name}", dataset.name);
            }
        }
    }

    #[test]
    fn a_row_belongs_to_the_utc_month_of_its_time() {
        let micros = |text: &str| text.parse::<DateTime<chrono::Utc>>().unwrap().timestamp_micros();
        for (instant, month) in [
            ("2026-10-31T23:59:59.999999Z", "2026-10-01"),
            ("2026-11-01T00:00:00Z", "2026-11-01"),
            ("1969-12-31T23:59:59.999999Z", "1969-12-01"),
        ] {
            assert_eq!(Partition::month_of(micros(instant)).to_string(), month);
        }
    }
}
