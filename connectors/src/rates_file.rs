//! Rates between currencies from a CSV file, as `fx_rates`.
//!
//! **Long or wide.** A long file has the columns `date`, `base`, `quote` and `rate`: so much of `quote` one of `base` was worth
//! that day. A wide one has `Date` and a column for each currency, as the European Central Bank publishes its reference rates: all
//! are quoted against the euro. There a cell that is empty or `N/A` says nothing.
//!
//! A rate is known by its date and pair: importing it anew replaces it. Rates are exact, with up to ten decimals.

use std::io::Read;
use std::sync::Arc;

use aloftly_engine::currency;
use aloftly_engine::dataset::{Dataset, RATE, RATE_SCALE};
use aloftly_engine::lake::RowSink;
use chrono::NaiveDate;

use crate::columns::{Decimals, Instants, Integers, Text, batch, dataset};
use crate::error::Rejections;
use crate::parse::{When, in_range, when};
use crate::records::Cells;
use crate::seen::Seen;
use crate::table::{Table, same_title};
use crate::{ImportError, Progress, Summary};

/// Rates are pushed in batches of about that many.
const BATCH_ROWS: usize = 8_192;
/// What wide files are quoted against.
const BASE: &str = "EUR";

/// Reads a file of rates, plain or gzip, and pushes them to `sink`.
///
/// # Errors
/// When the file is not such a file, or any of its rows is wrong: [`ImportError::Rejected`] then has the first hundred errors and
/// their number. Rates may have been pushed before an error was met: on an error the caller must throw away what was pushed.
pub fn import(
    input: impl Read,
    sink: &mut dyn RowSink,
    progress: &mut dyn FnMut(Progress),
) -> Result<Summary, ImportError> {
    let mut table = Table::open(input)?;
    let layout = Layout::of(&table)?;
    let mut rates = Rates::new()?;
    rates.summary.ignored_columns = layout.unknown(table.titles());
    loop {
        let rows = table.rows();
        if rows > 0 && rows.is_multiple_of(BATCH_ROWS as u64) {
            progress(Progress { bytes: table.bytes(), rows });
        }
        let Some(cells) = table.next(&mut rates.rejections)? else { break };
        rates.row(&layout, cells, sink)?;
    }
    rates.flush(sink)?;
    (rates.summary.bytes, rates.summary.rows) = (table.bytes(), table.rows());
    progress(Progress { bytes: table.bytes(), rows: table.rows() });
    rates.rejections.into_result()?;
    Ok(rates.summary)
}

/// Where a file has what.
enum Layout {
    Long { date: usize, base: usize, quote: usize, rate: usize },
    Wide { date: usize, currencies: Vec<(usize, &'static str)> },
}

impl Layout {
    fn of(table: &Table<'_>) -> Result<Self, ImportError> {
        let titles = table.titles();
        let of_currency = |(place, title): (usize, &String)| {
            let code = currency::CODES.iter().find(|code| same_title(code, title))?;
            Some((place, *code))
        };
        let currencies: Vec<_> = titles.iter().enumerate().filter_map(of_currency).collect();
        let is_long = ["base", "quote", "rate"].iter().any(|name| titles.iter().any(|title| same_title(title, name)));
        if is_long || currencies.is_empty() {
            let found = table.find(&[("date", true), ("base", true), ("quote", true), ("rate", true)])?;
            let places: Vec<usize> = found.into_iter().flatten().collect();
            if let [date, base, quote, rate] = places[..] {
                return Ok(Self::Long { date, base, quote, rate });
            }
        }
        let codes: Vec<_> = currencies.iter().map(|(_, code)| (*code, true)).collect();
        table.find(&codes)?;
        let date = table.find(&[("date", true)])?.into_iter().flatten().next().unwrap_or_default();
        Ok(Self::Wide { date, currencies })
    }

    /// The titles that say nothing here.
    fn unknown(&self, titles: &[String]) -> Vec<String> {
        let known: Vec<usize> = match self {
            Self::Long { date, base, quote, rate } => vec![*date, *base, *quote, *rate],
            Self::Wide { date, currencies } => currencies.iter().map(|(place, _)| *place).chain([*date]).collect(),
        };
        let unknown = titles.iter().enumerate().filter(|(place, title)| !known.contains(place) && !title.is_empty());
        unknown.map(|(_, title)| title.clone()).collect()
    }
}

struct Rates {
    dataset: &'static Arc<Dataset>,
    summary: Summary,
    rejections: Rejections,
    seen: Seen,
    ids: Text,
    versions: Integers,
    at: Instants,
    bases: Text,
    quotes: Text,
    rates: Decimals,
    rows: usize,
}

impl Rates {
    fn new() -> Result<Self, ImportError> {
        Ok(Self {
            dataset: dataset("fx_rates")?,
            summary: Summary::default(),
            rejections: Rejections::default(),
            seen: Seen::default(),
            ids: Text::default(),
            versions: Integers::default(),
            at: Instants::default(),
            bases: Text::default(),
            quotes: Text::default(),
            rates: Decimals::of(RATE),
            rows: 0,
        })
    }

    fn row(&mut self, layout: &Layout, cells: Cells<'_>, sink: &mut dyn RowSink) -> Result<(), ImportError> {
        let line = cells.line();
        match layout {
            Layout::Long { date, base, quote, rate } => {
                let date = self.date(line, cells.get(*date));
                let base = self.currency(line, "base", cells.get(*base));
                let quote = self.currency(line, "quote", cells.get(*quote));
                if let (Some(date), Some(base), Some(quote)) = (date, base, quote) {
                    if base == quote {
                        self.rejections.add(line, "quote", quote, "another currency than the base");
                    } else {
                        self.rate(line, date, (base, quote), "rate", cells.get(*rate))?;
                    }
                }
            }
            Layout::Wide { date, currencies } => {
                let Some(date) = self.date(line, cells.get(*date)) else { return Ok(()) };
                for (place, code) in currencies {
                    match cells.get(*place).trim() {
                        "" | "N/A" => self.summary.empty_values += 1,
                        rate if *code == BASE => {
                            if decimal(rate) != decimal("1") {
                                let expected = "1: a file with a column for each currency is quoted against the euro";
                                self.rejections.add(line, code, rate, expected);
                            }
                        }
                        rate => self.rate(line, date, (BASE, code), code, rate)?,
                    }
                }
            }
        }
        if self.rows >= BATCH_ROWS { self.flush(sink) } else { Ok(()) }
    }

    fn date(&mut self, line: u64, text: &str) -> Option<NaiveDate> {
        let date = match when(text.trim()) {
            Some(When::Day(date)) => Some(date),
            _ => None,
        };
        let date = date.filter(|date| in_range(i64::from(date.to_epoch_days()) * 86_400_000_000).is_ok());
        if date.is_none() {
            self.rejections.add(line, "date", text, "a date such as 2026-10-31, between the years 1970 and 2199");
        }
        date
    }

    fn currency(&mut self, line: u64, column: &str, text: &str) -> Option<&'static str> {
        let code = currency::CODES.iter().find(|code| **code == text.trim()).copied();
        if code.is_none() {
            self.rejections.add(line, column, text, "a currency by its three letters, such as USD");
        }
        code
    }

    fn rate(
        &mut self,
        line: u64,
        date: NaiveDate,
        (base, quote): (&str, &str),
        column: &str,
        text: &str,
    ) -> Result<(), ImportError> {
        let Some(rate) = decimal(text.trim()) else {
            let expected = "a number above zero, of at most 10 decimals, such as 1.0956";
            self.rejections.add(line, column, text, expected);
            return Ok(());
        };
        let id = format!("{date}/{base}/{quote}");
        if !self.seen.is_new(&id, &self.rejections)? {
            self.rejections.add(line, column, text, format!("one rate for {base} to {quote} on {date}, not a second"));
            return Ok(());
        }
        let micros = i64::from(date.to_epoch_days()) * 86_400_000_000;
        self.ids.push(&id);
        // Of two imports the later one counts.
        self.versions.push(1);
        self.at.push(Some(micros));
        self.bases.push(base);
        self.quotes.push(quote);
        self.rates.push(rate);
        self.rows += 1;
        self.summary.saw(micros);
        self.summary.currencies.extend([base.to_owned(), quote.to_owned()]);
        Ok(())
    }

    fn flush(&mut self, sink: &mut dyn RowSink) -> Result<(), ImportError> {
        if self.rows == 0 {
            return Ok(());
        }
        let columns = [
            ("rate_id", self.ids.finish()),
            ("row_version", self.versions.finish()),
            ("rated_at", self.at.finish()),
            ("base", self.bases.finish()),
            ("quote", self.quotes.finish()),
            ("rate", self.rates.finish()),
        ];
        let rows = batch(self.dataset, &columns)?;
        *self.summary.pushed.entry(self.dataset.name).or_default() += self.rows as u64;
        self.rows = 0;
        Ok(sink.push(self.dataset, &rows)?)
    }
}

/// A number above zero, as a whole number of its tenth decimal.
fn decimal(text: &str) -> Option<i128> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let scale = usize::from(RATE_SCALE.unsigned_abs());
    let is_number = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 12 || decimals.len() > scale || !is_number(whole) || !is_number(decimals) {
        return None;
    }
    format!("{whole}{decimals:0<scale$}").parse().ok().filter(|rate| *rate > 0)
}
