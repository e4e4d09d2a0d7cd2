//! Made-up rows: the same for the same seed, and with their totals known before anything is stored.

pub(crate) mod events;
pub(crate) mod shop;

use std::sync::Arc;

use aloftly_engine::dataset::{self, Dataset};
use anyhow::Context as _;
use arrow::array::{
    ArrayRef, BooleanArray, Decimal128Array, Int64Array, RecordBatch, StringViewArray, TimestampMicrosecondArray,
    new_null_array,
};
use arrow::datatypes::DataType;

/// Rows of a batch, as connectors hand them over.
pub(crate) const BATCH_ROWS: usize = 8_192;
/// A day in microseconds.
pub(crate) const DAY: i64 = 86_400_000_000;

/// Chance that is decided by a seed (SplitMix64).
pub(crate) struct Dice(u64);

impl Dice {
    /// The dice of one thing of many: the things may be made in any order.
    pub(crate) fn of(seed: u64, thing: u64) -> Self {
        let mut dice = Self(seed ^ thing.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        dice.next();
        dice
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        word ^ (word >> 31)
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// True that many times out of a hundred.
    pub(crate) fn percent(&mut self, share: u64) -> bool {
        self.below(100) < share
    }

    /// One of these; the first are the more frequent.
    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        let count = from.len() as u64;
        from[self.favoured(count)]
    }

    /// A number below `end`, the lower the more frequent.
    pub(crate) fn favoured(&mut self, end: u64) -> usize {
        usize::try_from(self.below(end) * self.below(end) / end).unwrap_or(0)
    }
}

/// What a column holds for a row.
pub(crate) enum Cells<R> {
    Text(fn(&R) -> Option<String>),
    Whole(fn(&R) -> i64),
    Flag(fn(&R) -> bool),
    /// Microseconds since the epoch.
    Instant(fn(&R) -> Option<i64>),
    /// Units of the column's last decimal.
    Amount(fn(&R) -> i64),
    Nothing,
}

/// The dataset of that name.
pub(crate) fn dataset(name: &str) -> anyhow::Result<&'static Arc<Dataset>> {
    dataset::find(name).with_context(|| format!("no dataset {name}"))
}

/// Rows of a dataset, column by column.
pub(crate) fn batch<R>(dataset: &Dataset, rows: &[R], cells: fn(&str) -> Cells<R>) -> anyhow::Result<RecordBatch> {
    let columns = dataset.schema.fields().iter().map(|field| -> anyhow::Result<ArrayRef> {
        Ok(match cells(field.name()) {
            Cells::Text(of) => Arc::new(rows.iter().map(of).collect::<StringViewArray>()),
            Cells::Whole(of) => Arc::new(Int64Array::from_iter_values(rows.iter().map(of))),
            Cells::Flag(of) => Arc::new(BooleanArray::from_iter(rows.iter().map(|row| Some(of(row))))),
            Cells::Instant(of) => {
                let instants: TimestampMicrosecondArray = rows.iter().map(of).collect();
                Arc::new(instants.with_timezone("UTC"))
            }
            Cells::Amount(of) => {
                let DataType::Decimal128(precision, scale) = *field.data_type() else {
                    anyhow::bail!("{}.{} is no amount", dataset.name, field.name());
                };
                let amounts = Decimal128Array::from_iter_values(rows.iter().map(|row| i128::from(of(row))));
                Arc::new(amounts.with_precision_and_scale(precision, scale)?)
            }
            Cells::Nothing => new_null_array(field.data_type(), rows.len()),
        })
    });
    Ok(RecordBatch::try_new(Arc::clone(&dataset.schema), columns.collect::<anyhow::Result<_>>()?)?)
}
