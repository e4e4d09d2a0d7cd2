//! What an import says while it runs and when it is done.

use std::collections::{BTreeMap, BTreeSet};

use aloftly_engine::lake::Snapshot;
use serde::Serialize;

use crate::shopify::{MixedOrderKeys, OrderKeys};

/// How far an import has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Progress {
    /// Bytes of the file that were read, as it is stored: compared with its size they give the part that is done. (Of a
    /// Parquet file: the size of the columns that were read.)
    pub bytes: u64,
    /// Rows that were read, without the header.
    pub rows: u64,
}

/// What an import read and pushed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Bytes of the file, as it is stored.
    pub bytes: u64,
    /// Rows of the file, without the header and without lines that are empty.
    pub rows: u64,
    /// Rows pushed, by dataset.
    pub pushed: BTreeMap<&'static str, u64>,
    /// Columns of the file that the importer does not know and left alone.
    pub ignored_columns: Vec<String>,
    /// Values that were left out because their cell is empty: not measured, which is not zero.
    pub empty_values: u64,
    /// Currencies that occur.
    pub currencies: BTreeSet<String>,
    /// The least and greatest time of orders or events, in microseconds since the epoch.
    pub time_bounds: Option<(i64, i64)>,
    /// By what its orders are known; `None` when it has none.
    #[serde(skip)]
    pub order_keys: Option<OrderKeys>,
}

impl Summary {
    /// Whether what was pushed may join what the store holds. A caller asks this of the state that its commit is based on.
    ///
    /// # Errors
    /// When the store knows its orders by something else than the file.
    pub fn fit(&self, store: &Snapshot) -> Result<(), MixedOrderKeys> {
        self.order_keys.map_or(Ok(()), |keys| keys.fit(store))
    }

    pub(crate) fn saw(&mut self, micros: i64) {
        let (least, greatest) = self.time_bounds.unwrap_or((micros, micros));
        self.time_bounds = Some((least.min(micros), greatest.max(micros)));
    }
}
