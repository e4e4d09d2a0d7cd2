//! The rows that the reports of a day become.

use std::collections::BTreeMap;
use std::sync::Arc;

use aloftly_engine::dataset::{Dataset, IS_OTHER, IS_SAMPLED, IS_THRESHOLDED, METRIC_VALUE};
use arrow::array::{ArrayRef, RecordBatch};
use chrono::NaiveDate;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::SOURCE;
use super::answer::unexpected;
use super::reports::{Metric, Place};
use super::table::{OTHER, Table};
use crate::columns::{self, Decimals, Flags, Instants, Integers, Text};
use crate::contract::{Account, Failure};

/// Rows of a batch.
const BATCH_ROWS: usize = 8_192;
/// The greatest value that a row holds, in millionths.
const MOST: i128 = 999_999_999_999_999_999;

/// The dataset of all rows.
pub(super) fn dataset() -> Result<&'static Arc<Dataset>, Failure> {
    columns::dataset("metric_events").map_err(|error| match error {
        crate::ImportError::Sink(error) => Failure::Sink(error),
        other => Failure::Taker(Box::new(other)),
    })
}

/// What all rows of a day have in common.
#[derive(Clone, Copy, Debug)]
pub(super) struct Common<'a> {
    /// The property.
    pub(super) account: &'a Account,
    /// The property's day.
    pub(super) day: NaiveDate,
    /// When that day begins, in microseconds.
    pub(super) recorded_at: i64,
    /// When it was read, in microseconds, which is also the version of its rows.
    pub(super) synced_at: i64,
}

/// Gathers rows into batches.
#[derive(Debug)]
pub(super) struct Rows<'a> {
    common: Common<'a>,
    count: usize,
    bytes: usize,
    event_id: Text,
    metric_name: Text,
    metric_value: Decimals,
    currency: Text,
    cuts: [(&'static str, Text); 7],
    dimensions: Text,
    metadata: Text,
    flags: [(&'static str, Flags); 3],
    batches: Vec<RecordBatch>,
}

impl<'a> Rows<'a> {
    pub(super) fn new(common: Common<'a>) -> Self {
        let cuts = ["device", "country", "page", "traffic_source", "medium", "campaign", "product"];
        Self {
            common,
            count: 0,
            bytes: 0,
            event_id: Text::default(),
            metric_name: Text::default(),
            metric_value: Decimals::of(METRIC_VALUE),
            currency: Text::default(),
            cuts: cuts.map(|name| (name, Text::default())),
            dimensions: Text::default(),
            metadata: Text::default(),
            flags: [IS_SAMPLED, IS_THRESHOLDED, IS_OTHER].map(|name| (name, Flags::default())),
            batches: Vec::new(),
        }
    }

    /// The rows of a report: one for each of its rows and metrics, zeros too, which GA4 tells.
    ///
    /// # Errors
    /// [`Failure::Unexpected`] when a value is too large, or nothing says in what currency amounts are.
    pub(super) fn push(&mut self, table: &Table) -> Result<(), Failure> {
        let metadata = self.metadata_of(table);
        let is_sampled = table.is_sampled();
        let is_restricted = |metric: &Metric| table.restricted().any(|name| name == metric.name);
        for (cuts, values) in &table.rows {
            let told = table.metrics.iter().zip(values).filter(|(metric, _)| !is_restricted(metric));
            for (metric, value) in told {
                if value.abs() > MOST {
                    return Err(unexpected(table.report.id, "has values that are too large"));
                }
                let currency = if metric.is_money { self.currency_of(table)? } else { String::new() };
                let is_other = cuts.iter().any(|cut| cut == OTHER);
                let flags = [is_sampled, table.metadata.subject_to_thresholding, is_other];
                self.row(table, metric, cuts, *value, &currency, &metadata, flags);
            }
            if self.count >= BATCH_ROWS || self.bytes >= columns::MANY_BYTES {
                self.flush()?;
            }
        }
        Ok(())
    }

    /// All rows that were pushed.
    ///
    /// # Errors
    /// When they cannot be put together.
    pub(super) fn finish(mut self) -> Result<Vec<RecordBatch>, Failure> {
        self.flush()?;
        Ok(self.batches)
    }

    /// In what the amounts of a report are.
    fn currency_of(&self, table: &Table) -> Result<String, Failure> {
        let told = Some(table.metadata.currency_code.as_str()).filter(|code| !code.is_empty());
        let code = told.or(self.common.account.currency.as_deref());
        code.map(str::to_ascii_uppercase)
            .ok_or_else(|| unexpected(&format!("{}[0].metadata.currencyCode", table.report.id), "is missing"))
    }

    fn metadata_of(&self, table: &Table) -> String {
        let mut told = json!({ "property": self.common.account.id });
        if !table.metadata.time_zone.is_empty() {
            told["time_zone"] = json!(table.metadata.time_zone);
        }
        if let Some(sampling) = table.metadata.sampling_metadatas.first() {
            told["samples_read"] = json!(sampling.samples_read_count);
            told["sampling_space"] = json!(sampling.sampling_space_size);
        }
        told.to_string()
    }

    #[allow(clippy::too_many_arguments, reason = "they are the cells of a row")]
    fn row(
        &mut self,
        table: &Table,
        metric: &Metric,
        cuts: &[String],
        value: i128,
        currency: &str,
        metadata: &str,
        flags: [bool; 3],
    ) {
        let event_id = event_id(self.common.day, metric.metric_name, cuts);
        let others = table.report.dimensions.iter().zip(cuts).filter_map(|(dimension, cut)| match dimension.place {
            Place::Other(name) if !cut.is_empty() => Some((name, cut.as_str())),
            _ => None,
        });
        let others: BTreeMap<&str, &str> = others.collect();
        let dimensions = if others.is_empty() { String::new() } else { json!(others).to_string() };
        self.count += 1;
        self.bytes += event_id.len() + metric.metric_name.len() + dimensions.len() + metadata.len();
        self.event_id.push(&event_id);
        self.metric_name.push(metric.metric_name);
        self.metric_value.push(value);
        self.currency.push(currency);
        for (name, column) in &mut self.cuts {
            let mut at = table.report.dimensions.iter().zip(cuts);
            let cut = at.find(
                |(dimension, _)| matches!(dimension.place, Place::Column(own) | Place::Path(own) if own == *name),
            );
            let cut = cut.map_or("", |(_, cut)| cut);
            self.bytes += cut.len();
            column.push(cut);
        }
        self.dimensions.push(&dimensions);
        self.metadata.push(metadata);
        for ((_, column), flag) in self.flags.iter_mut().zip(flags) {
            column.push(Some(flag));
        }
    }

    fn flush(&mut self) -> Result<(), Failure> {
        self.bytes = 0;
        let rows = std::mem::take(&mut self.count);
        if rows == 0 {
            return Ok(());
        }
        let (mut source, mut row_version) = (Text::default(), Integers::default());
        let (mut recorded_at, mut synced_at) = (Instants::default(), Instants::default());
        for _ in 0..rows {
            source.push(SOURCE);
            row_version.push(self.common.synced_at);
            recorded_at.push(Some(self.common.recorded_at));
            synced_at.push(Some(self.common.synced_at));
        }
        let mut all: Vec<(&'static str, ArrayRef)> = vec![
            ("event_id", self.event_id.finish()),
            ("row_version", row_version.finish()),
            ("source", source.finish()),
            ("metric_name", self.metric_name.finish()),
            ("metric_value", self.metric_value.finish()),
            ("recorded_at", recorded_at.finish()),
            ("synced_at", synced_at.finish()),
            ("currency", self.currency.finish()),
            ("dimensions", self.dimensions.finish()),
            ("metadata", self.metadata.finish()),
        ];
        all.extend(self.cuts.iter_mut().map(|(name, column)| (*name, column.finish())));
        all.extend(self.flags.iter_mut().map(|(name, column)| (*name, column.finish())));
        self.batches.push(columns::batch(dataset()?, &all)?);
        Ok(())
    }
}

/// What a row is known by: its day, its name and what it is cut by, each with its length, so that no two run together.
fn event_id(day: NaiveDate, metric_name: &str, cuts: &[String]) -> String {
    let mut hash = Sha256::new();
    let day = day.to_string();
    for text in [day.as_str(), metric_name].into_iter().chain(cuts.iter().map(String::as_str)) {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text.as_bytes());
    }
    let hex: String = hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    format!("{SOURCE}/{hex}")
}
