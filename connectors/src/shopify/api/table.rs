//! Rows on their way to a dataset, cell by cell.

use std::sync::Arc;

use aloftly_engine::dataset::{self, Dataset};
use aloftly_engine::lake::LakeError;
use aloftly_engine::money::{self, Money};
use arrow::array::ArrayRef;
use arrow::datatypes::DataType;
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;

use super::wire::At;
use crate::columns::{Decimals, Flags, Instants, Integers, Text};
use crate::contract::Failure;

/// What a row has in a column; `None` is null, and so is an empty text.
#[derive(Clone, Copy, Debug)]
pub(super) enum Cell<'a> {
    Text(Option<&'a str>),
    Integer(Option<i64>),
    Money(Option<Money>),
    Flag(Option<bool>),
    Instant(Option<At>),
}

macro_rules! cells {
    ($($kind:ident of $value:ty,)*) => {
        $(
            impl<'a> From<$value> for Cell<'a> {
                fn from(value: $value) -> Self {
                    Self::$kind(Some(value))
                }
            }

            impl<'a> From<Option<$value>> for Cell<'a> {
                fn from(value: Option<$value>) -> Self {
                    Self::$kind(value)
                }
            }
        )*
    };
}

cells! {
    Text of &'a str,
    Integer of i64,
    Money of Money,
    Flag of bool,
    Instant of At,
}

impl<'a> From<&'a String> for Cell<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(Some(text))
    }
}

/// A cell with the name of its column.
pub(super) type Named<'a> = (&'static str, Cell<'a>);

#[derive(Debug)]
enum Column {
    Text(Text),
    Integers(Integers),
    Money(Decimals),
    Flags(Flags),
    Instants(Instants),
}

impl Column {
    fn of(data_type: &DataType) -> Option<Self> {
        Some(match data_type {
            DataType::Utf8View => Self::Text(Text::default()),
            DataType::Int64 => Self::Integers(Integers::default()),
            DataType::Boolean => Self::Flags(Flags::default()),
            DataType::Timestamp(..) => Self::Instants(Instants::default()),
            other if *other == money::DATA_TYPE => Self::Money(Decimals::money()),
            _ => return None,
        })
    }

    /// Takes a cell; `false` when it is of another type.
    fn push(&mut self, cell: Option<Cell<'_>>) -> bool {
        match (self, cell) {
            (Self::Text(column), None) => column.push(""),
            (Self::Text(column), Some(Cell::Text(text))) => column.push(text.unwrap_or_default()),
            (Self::Integers(column), None) => column.push_option(None),
            (Self::Integers(column), Some(Cell::Integer(number))) => column.push_option(number),
            (Self::Money(column), None) => column.push_money(None),
            (Self::Money(column), Some(Cell::Money(amount))) => column.push_money(amount),
            (Self::Flags(column), None) => column.push(None),
            (Self::Flags(column), Some(Cell::Flag(flag))) => column.push(flag),
            (Self::Instants(column), None) => column.push(None),
            (Self::Instants(column), Some(Cell::Instant(at))) => column.push(at.map(|at| at.0)),
            _ => return false,
        }
        true
    }

    fn finish(&mut self) -> ArrayRef {
        match self {
            Self::Text(column) => column.finish(),
            Self::Integers(column) => column.finish(),
            Self::Money(column) => column.finish(),
            Self::Flags(column) => column.finish(),
            Self::Instants(column) => column.finish(),
        }
    }
}

/// Gathers the rows of one dataset.
#[derive(Debug)]
pub(super) struct Table {
    dataset: &'static Arc<Dataset>,
    columns: Vec<Column>,
    rows: usize,
}

impl Table {
    /// Without rows.
    pub(super) fn of(name: &str) -> Result<Self, Failure> {
        let dataset = dataset::find(name).ok_or_else(|| LakeError::UnknownDataset(name.to_owned()))?;
        let columns = dataset.schema.fields().iter().map(|field| {
            Column::of(field.data_type()).ok_or_else(|| wrong(dataset, field.name(), "has a type that no cell has"))
        });
        Ok(Self { dataset, columns: columns.collect::<Result<_, _>>()?, rows: 0 })
    }

    /// Takes a row. Columns that may be null need not be given.
    pub(super) fn push(&mut self, cells: &[Named<'_>]) -> Result<(), Failure> {
        let mut given = 0;
        for (field, column) in self.dataset.schema.fields().iter().zip(&mut self.columns) {
            let cell = cells.iter().find(|(name, _)| name == field.name()).map(|(_, cell)| *cell);
            given += usize::from(cell.is_some());
            if !column.push(cell) {
                return Err(wrong(self.dataset, field.name(), "is given a cell of another type").into());
            }
        }
        if given != cells.len() {
            return Err(wrong(self.dataset, "a cell", "is given twice, or has no column").into());
        }
        self.rows += 1;
        Ok(())
    }

    /// The rows, when there are any.
    pub(super) fn finish(mut self) -> Result<Option<(Arc<Dataset>, RecordBatch)>, Failure> {
        if self.rows == 0 {
            return Ok(None);
        }
        let columns = self.columns.iter_mut().map(Column::finish).collect();
        let batch = RecordBatch::try_new(Arc::clone(&self.dataset.schema), columns)?;
        Ok(Some((Arc::clone(self.dataset), batch)))
    }
}

fn wrong(dataset: &Dataset, name: &str, what: &str) -> ArrowError {
    ArrowError::SchemaError(format!("{}: {name} {what}", dataset.name))
}
