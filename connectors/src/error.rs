//! Why a file was not imported.

use std::borrow::Cow;
use std::fmt;

use aloftly_engine::lake::LakeError;
use arrow::error::ArrowError;
use parquet::errors::ParquetError;
use serde::Serialize;

/// How many errors of a file are described; the rest are counted.
pub(crate) const DESCRIBED_ERRORS: usize = 100;
/// How much of a cell is repeated in an error.
const SHOWN_CHARS: usize = 120;

/// One thing that is wrong in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CellError {
    /// The line that the row begins on, counted from 1 with the header; in a Parquet file the row, counted from 1.
    pub line: u64,
    /// The column's title as the file writes it; empty when the row as a whole is wrong.
    pub column: String,
    /// What is there, cut when it is long.
    pub value: String,
    /// What should be there.
    pub expected: String,
}

impl fmt::Display for CellError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, column, value, expected } = self;
        if column.is_empty() {
            write!(f, "line {line}: found {value}, expected {expected}")
        } else {
            write!(f, "line {line}, {column}: found {value:?}, expected {expected}")
        }
    }
}

/// Why a file was not imported. Nothing of it may be committed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// The file's header lacks columns that are needed.
    #[error("the file lacks the columns {}; it has {}", list(.missing), list(.found))]
    MissingColumns {
        /// Every column that is missing.
        missing: Vec<String>,
        /// The columns that are there, as the file writes them.
        found: Vec<String>,
    },
    /// Columns that are read occur more than once.
    #[error("the file has more than one column {}", list(.0))]
    RepeatedColumns(Vec<String>),
    /// The file is of another kind.
    #[error("the file is {found}: {advice}")]
    WrongKind {
        /// What it seems to be.
        found: &'static str,
        /// What to do.
        advice: &'static str,
    },
    /// There is not even a header.
    #[error("the file is empty")]
    Empty,
    /// Rows are wrong: the first hundred errors, and how many there are in all.
    #[error("{total} {} in the file, the first: {}", if *.total == 1 { "error" } else { "errors" }, .errors.first().map(ToString::to_string).unwrap_or_default())]
    Rejected {
        /// The first errors, in the file's order.
        errors: Vec<CellError>,
        /// How many there are in all.
        total: u64,
    },
    /// The file has more orders or events than can be told apart in memory.
    #[error("the file has more than {most} entries: split it into several files")]
    TooManyEntries {
        /// How many a file may have.
        most: usize,
    },
    /// The mapping of columns contradicts itself.
    #[error("the mapping is not usable: {0}")]
    Mapping(String),
    /// A column of a Parquet file has a type that cannot be read as a value.
    #[error("column {column:?} has the type {found}, which holds no plain value")]
    ColumnType {
        /// The column.
        column: String,
        /// Its type.
        found: String,
    },
    /// The compressed file is damaged or was cut off.
    #[error("the gzip file is damaged or incomplete")]
    Damaged(#[source] std::io::Error),
    /// The Parquet file is damaged or was cut off.
    #[error("the Parquet file is damaged or incomplete")]
    Parquet(#[from] ParquetError),
    /// The file could not be read.
    #[error("the file could not be read")]
    Read(#[source] std::io::Error),
    /// Rows could not be put together.
    #[error("rows could not be put together")]
    Arrow(#[from] ArrowError),
    /// Rows were not taken.
    #[error("rows could not be kept")]
    Sink(#[from] LakeError),
}

fn list(names: &[String]) -> String {
    if names.is_empty() {
        return "none".to_owned();
    }
    names.iter().map(|name| format!("{name:?}")).collect::<Vec<_>>().join(", ")
}

/// The errors of a file as they are found.
#[derive(Debug, Default)]
pub(crate) struct Rejections {
    errors: Vec<CellError>,
    total: u64,
}

impl Rejections {
    pub(crate) fn add(&mut self, line: u64, column: &str, value: &str, expected: impl Into<Cow<'static, str>>) {
        self.total += 1;
        if self.errors.len() < DESCRIBED_ERRORS {
            self.errors.push(CellError {
                line,
                column: column.to_owned(),
                value: shorten(value),
                expected: expected.into().into_owned(),
            });
        }
    }

    pub(crate) fn total(&self) -> u64 {
        self.total
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.total == 0
    }

    pub(crate) fn into_result(self) -> Result<(), ImportError> {
        if self.total == 0 {
            return Ok(());
        }
        Err(ImportError::Rejected { errors: self.errors, total: self.total })
    }
}

fn shorten(value: &str) -> String {
    match value.char_indices().nth(SHOWN_CHARS) {
        Some((end, _)) => format!("{}…", &value[..end]),
        None => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hundred_errors_are_described_and_all_are_counted() {
        let mut rejections = Rejections::default();
        for line in 1..=250 {
            rejections.add(line, "Total", "x", "an amount");
        }
        let Err(ImportError::Rejected { errors, total }) = rejections.into_result() else { panic!("accepted") };
        assert_eq!((errors.len(), total), (100, 250));
        assert_eq!(errors[99].to_string(), "line 100, Total: found \"x\", expected an amount");
    }

    #[test]
    fn long_values_are_cut_between_characters() {
        assert_eq!(shorten("é"), "é");
        assert_eq!(shorten(&"é".repeat(500)), format!("{}…", "é".repeat(120)));
    }

    #[test]
    fn missing_columns_are_named_all_at_once() {
        let error = ImportError::MissingColumns {
            missing: vec!["Total".to_owned(), "Currency".to_owned()],
            found: vec!["Name".to_owned()],
        };
        assert_eq!(error.to_string(), "the file lacks the columns \"Total\", \"Currency\"; it has \"Name\"");
    }
}
