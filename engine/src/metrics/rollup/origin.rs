//! Where the parts of an answer came from.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use serde::Serialize;
use utoipa::ToSchema;

use super::super::source;

/// Where the figures that come from a dataset were read, over all stores, periods and tables that the answer is made of. What is read
/// of customers who are followed, and for percentiles over several stores, is not in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Part {
    /// The dataset.
    pub dataset: &'static str,
    /// Partitions, each a month of a store, that were put together from rollups.
    pub rollup: u64,
    /// Of these, those whose rollup was made for this answer.
    pub rolled_up: u64,
    /// Partitions whose cold rows were read.
    pub cold: u64,
    /// Partitions whose hot rows were read.
    pub hot: u64,
    /// Why rows were read where there could have been a rollup.
    pub why_not: BTreeSet<WhyNot>,
}

impl Part {
    /// Notes that all rows of a partition are read.
    pub(crate) fn note_rows(&mut self, part: &source::Part) {
        self.cold += u64::from(!part.cold.is_empty());
        self.hot += u64::from(part.has_hot);
    }
}

/// Why rows were read, and no rollup was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WhyNot {
    /// Orders that came since say otherwise who was new.
    CustomerType,
    /// Amounts are converted, each at the rate of its day.
    Converted,
    /// It is grouped by too many dimensions.
    ManyGroups,
    /// There were too many groups, or values, to keep.
    TooLarge,
    /// It is the first time that it is asked for with this filter.
    FirstTime,
    /// It could not be rolled up.
    Failed,
    /// Newer rows restate rows of the partition, and are not folded into it yet.
    Restated,
    /// The range, or a bucket, begins or ends within a day or hour.
    CutShort,
    /// Nothing is kept.
    Off,
    /// It is how much there is at the end of a time, which does not add up over days.
    Standing,
}

/// Collects where parts come from.
#[derive(Debug, Default)]
pub(crate) struct Origins(Mutex<BTreeMap<&'static str, Part>>);

impl Origins {
    pub(crate) fn add(&self, dataset: &'static str, of: Part) {
        let mut parts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let part = parts.entry(dataset).or_insert_with(|| Part { dataset, ..Part::default() });
        part.rollup += of.rollup;
        part.rolled_up += of.rolled_up;
        part.cold += of.cold;
        part.hot += of.hot;
        part.why_not.extend(of.why_not);
    }

    pub(crate) fn parts(&self) -> Vec<Part> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }
}
