//! Builds the columns of a dataset's rows.

use std::sync::Arc;

use aloftly_engine::dataset::Dataset;
use aloftly_engine::lake::LakeError;
use aloftly_engine::money::{self, Money};
use arrow::array::{
    ArrayRef, BooleanBuilder, Decimal128Builder, Int64Builder, RecordBatch, StringViewBuilder,
    TimestampMicrosecondBuilder, new_null_array,
};
use arrow::datatypes::DataType;
use arrow::error::ArrowError;

use crate::ImportError;

/// Long texts are kept in blocks of that size. (The builder's own blocks grow with every batch to 2 MiB, for each column.)
const TEXT_BLOCK: u32 = 32 << 10;
/// Bytes of text beyond which gathered rows are pushed, be they ever so few.
pub(crate) const MANY_BYTES: usize = 8 << 20;

/// A column of text; empty text is null.
#[derive(Debug)]
pub(crate) struct Text(StringViewBuilder);

impl Default for Text {
    fn default() -> Self {
        Self(StringViewBuilder::new().with_fixed_block_size(TEXT_BLOCK))
    }
}

impl Text {
    pub(crate) fn push(&mut self, text: &str) {
        if text.is_empty() {
            self.0.append_null();
        } else {
            self.0.append_value(text);
        }
    }

    pub(crate) fn finish(&mut self) -> ArrayRef {
        Arc::new(self.0.finish())
    }
}

/// A column of instants.
#[derive(Debug, Default)]
pub(crate) struct Instants(TimestampMicrosecondBuilder);

impl Instants {
    pub(crate) fn push(&mut self, micros: Option<i64>) {
        self.0.append_option(micros);
    }

    pub(crate) fn finish(&mut self) -> ArrayRef {
        Arc::new(self.0.finish().with_timezone("UTC"))
    }
}

/// A column of whole numbers.
#[derive(Debug, Default)]
pub(crate) struct Integers(Int64Builder);

impl Integers {
    pub(crate) fn push(&mut self, number: i64) {
        self.0.append_value(number);
    }

    pub(crate) fn push_option(&mut self, number: Option<i64>) {
        self.0.append_option(number);
    }

    pub(crate) fn finish(&mut self) -> ArrayRef {
        Arc::new(self.0.finish())
    }
}

/// A column of flags.
#[derive(Debug, Default)]
pub(crate) struct Flags(BooleanBuilder);

impl Flags {
    pub(crate) fn push(&mut self, flag: Option<bool>) {
        self.0.append_option(flag);
    }

    pub(crate) fn finish(&mut self) -> ArrayRef {
        Arc::new(self.0.finish())
    }
}

/// A column of exact decimals.
#[derive(Debug)]
pub(crate) struct Decimals(Decimal128Builder);

impl Decimals {
    pub(crate) fn money() -> Self {
        Self::of(money::DATA_TYPE)
    }

    pub(crate) fn of(data_type: DataType) -> Self {
        Self(Decimal128Builder::new().with_data_type(data_type))
    }

    pub(crate) fn push(&mut self, raw: i128) {
        self.0.append_value(raw);
    }

    pub(crate) fn push_money(&mut self, amount: Option<Money>) {
        self.0.append_option(amount.map(Money::raw));
    }

    pub(crate) fn finish(&mut self) -> ArrayRef {
        Arc::new(self.0.finish())
    }
}

/// The dataset of that name.
pub(crate) fn dataset(name: &'static str) -> Result<&'static Arc<Dataset>, ImportError> {
    aloftly_engine::dataset::find(name).ok_or_else(|| ImportError::Sink(LakeError::UnknownDataset(name.to_owned())))
}

/// Puts columns into a dataset's order. Columns that may be null need not be given.
pub(crate) fn batch(dataset: &Dataset, columns: &[(&'static str, ArrayRef)]) -> Result<RecordBatch, ArrowError> {
    let rows = columns.first().map_or(0, |(_, column)| column.len());
    if let Some((name, _)) = columns.iter().find(|(name, _)| dataset.column(name).is_none()) {
        return Err(ArrowError::SchemaError(format!("{} has no column {name}", dataset.name)));
    }
    let ordered = dataset.schema.fields().iter().map(|field| {
        let given = columns.iter().find(|(name, _)| name == field.name());
        given.map_or_else(|| new_null_array(field.data_type(), rows), |(_, column)| Arc::clone(column))
    });
    RecordBatch::try_new(Arc::clone(&dataset.schema), ordered.collect())
}
