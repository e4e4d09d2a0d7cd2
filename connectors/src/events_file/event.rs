//! Rows of a file, turned into events and gathered into batches.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::hash::BuildHasherDefault;

use aloftly_engine::dataset::{IS_OTHER, IS_SAMPLED, IS_THRESHOLDED, METRIC_VALUE};
use aloftly_engine::lake::RowSink;
use sha2::{Digest, Sha256};

use super::places::{Cells, Common, Measured, Places};
use super::{Mapping, Options};
use crate::columns::{self, Decimals, Flags, Instants, Integers, Text};
use crate::error::Rejections;
use crate::seen::{AsIs, Seen, check_room};
use crate::{ImportError, Summary};

/// Turns rows into events.
pub(super) struct Events {
    places: Places,
    known: Known,
    rows: EventRows,
    batch_rows: usize,
    pub(super) rejections: Rejections,
    pub(super) summary: Summary,
}

impl Events {
    pub(super) fn new(mapping: &Mapping, options: &Options) -> Result<Self, ImportError> {
        mapping.check()?;
        Ok(Self {
            places: Places::new(mapping),
            known: Known::default(),
            rows: EventRows::new(mapping, options),
            batch_rows: options.batch_rows.max(1),
            rejections: Rejections::default(),
            summary: Summary::default(),
        })
    }

    /// The titles of the columns that a row must have, in the order of its cells.
    pub(super) fn titles(&self) -> &[String] {
        self.places.titles()
    }

    /// Takes the row that is on `line` of the file.
    pub(super) fn row(&mut self, line: u64, cells: &impl Cells, sink: &mut dyn RowSink) -> Result<(), ImportError> {
        let common = self.places.common(line, cells, &mut self.rejections);
        for metric in 0..self.places.metrics() {
            let (name, value) = match self.places.measured(metric, line, cells, &mut self.rejections) {
                Measured::Value(name, value) => (name, value),
                Measured::Not => {
                    self.summary.empty_values += 1;
                    continue;
                }
                Measured::Wrong => continue,
            };
            let Some(common) = &common else { continue };
            let Some(event_id) = self.known.event_id(common, name, value, &self.rejections)? else {
                let expected = format!("an id that no row before has for {name} of {}", common.source);
                self.rejections.add(line, self.places.id_title(), common.id.unwrap_or(""), expected);
                continue;
            };
            if self.rejections.is_empty() {
                self.summary.saw(common.recorded_at);
                if !common.currency.is_empty() && !self.summary.currencies.contains(&common.currency) {
                    self.summary.currencies.insert(common.currency.clone());
                }
                self.rows.push(&event_id, common, name, value);
            }
            if self.rows.count >= self.batch_rows || self.rows.bytes >= columns::MANY_BYTES {
                self.rows.flush(&self.rejections, sink, &mut self.summary)?;
            }
        }
        Ok(())
    }

    /// Pushes what was gathered, or throws it away when there are errors.
    pub(super) fn flush(&mut self, sink: &mut dyn RowSink) -> Result<(), ImportError> {
        self.rows.flush(&self.rejections, sink, &mut self.summary)
    }
}

/// Which events the file had.
#[derive(Debug, Default)]
struct Known {
    ids: Seen,
    /// Hashes of the contents that came.
    contents: HashSet<u64, BuildHasherDefault<AsIs>>,
    /// How often those that came more than once came again.
    repeats: HashMap<u64, u64, BuildHasherDefault<AsIs>>,
}

impl Known {
    /// The event's id; `None` when another row of the file has it.
    fn event_id(
        &mut self,
        common: &Common<'_>,
        name: &str,
        value: i128,
        rejections: &Rejections,
    ) -> Result<Option<String>, ImportError> {
        if let Some(id) = common.id {
            let event_id = format!("{}/{}/{id}", part(common.source), part(name));
            return Ok(self.ids.is_new(&event_id, rejections)?.then_some(event_id));
        }
        let digest = content(common, name, value);
        let mut event_id: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        // What is not going to be pushed need not be remembered.
        if rejections.is_empty() {
            let [a, b, c, d, e, f, g, h, ..] = digest;
            let start = u64::from_be_bytes([a, b, c, d, e, f, g, h]);
            if !self.contents.insert(start) {
                let repeats = self.repeats.entry(start).or_default();
                *repeats += 1;
                event_id.push_str(&format!("-{repeats}"));
            }
            check_room(self.contents.len() + self.repeats.len())?;
        }
        Ok(Some(event_id))
    }
}

/// A part of an id before others: without slashes, so that no two ids run together.
fn part(text: &str) -> Cow<'_, str> {
    if text.contains(['/', '%']) {
        return text.replace('%', "%25").replace('/', "%2F").into();
    }
    text.into()
}

/// A hash of all that tells an event from another. Each text goes in with its length, so that no two contents run together.
fn content(common: &Common<'_>, name: &str, value: i128) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(common.recorded_at.to_be_bytes());
    hash.update(value.to_be_bytes());
    let texts = [common.source, name, &common.currency, &common.dimensions, &common.metadata];
    for text in texts.into_iter().chain(common.named.iter().map(|(_, text)| *text)) {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text.as_bytes());
    }
    hash.finalize().into()
}

/// The version of every event: what a file says now replaces what one said before.
const ROW_VERSION: i64 = 0;

#[derive(Debug)]
struct EventRows {
    count: usize,
    bytes: usize,
    synced_at: i64,
    event_id: Text,
    source: Text,
    metric_name: Text,
    metric_value: Decimals,
    recorded_at: Instants,
    currency: Text,
    named: Vec<(&'static str, Text)>,
    flags: [(&'static str, Flags); 3],
    dimensions: Text,
    metadata: Text,
}

impl EventRows {
    fn new(mapping: &Mapping, options: &Options) -> Self {
        Self {
            count: 0,
            bytes: 0,
            synced_at: options.synced_at.timestamp_micros(),
            event_id: Text::default(),
            source: Text::default(),
            metric_name: Text::default(),
            metric_value: Decimals::of(METRIC_VALUE),
            recorded_at: Instants::default(),
            currency: Text::default(),
            named: mapping.named().into_iter().map(|(name, _)| (name, Text::default())).collect(),
            flags: [IS_SAMPLED, IS_THRESHOLDED, IS_OTHER].map(|name| (name, Flags::default())),
            dimensions: Text::default(),
            metadata: Text::default(),
        }
    }

    fn push(&mut self, event_id: &str, common: &Common<'_>, name: &str, value: i128) {
        self.count += 1;
        self.bytes += event_id.len() + name.len() + common.bytes();
        self.event_id.push(event_id);
        self.source.push(common.source);
        self.metric_name.push(name);
        self.metric_value.push(value);
        self.recorded_at.push(Some(common.recorded_at));
        self.currency.push(&common.currency);
        for ((_, column), (_, text)) in self.named.iter_mut().zip(&common.named) {
            column.push(text);
        }
        for ((_, column), (_, flag)) in self.flags.iter_mut().zip(&common.flags) {
            column.push(*flag);
        }
        self.dimensions.push(&common.dimensions);
        self.metadata.push(&common.metadata);
    }

    fn flush(
        &mut self,
        rejections: &Rejections,
        sink: &mut dyn RowSink,
        summary: &mut Summary,
    ) -> Result<(), ImportError> {
        self.bytes = 0;
        let rows = std::mem::take(&mut self.count);
        let columns = self.finish(rows);
        if rows == 0 || !rejections.is_empty() {
            return Ok(());
        }
        let dataset = columns::dataset("metric_events")?;
        sink.push(dataset, &columns::batch(dataset, &columns)?)?;
        *summary.pushed.entry(dataset.name).or_default() += rows as u64;
        Ok(())
    }

    fn finish(&mut self, rows: usize) -> Vec<(&'static str, arrow::array::ArrayRef)> {
        let (mut row_version, mut synced_at) = (Integers::default(), Instants::default());
        for _ in 0..rows {
            row_version.push(ROW_VERSION);
            synced_at.push(Some(self.synced_at));
        }
        let mut columns = vec![
            ("event_id", self.event_id.finish()),
            ("row_version", row_version.finish()),
            ("source", self.source.finish()),
            ("metric_name", self.metric_name.finish()),
            ("metric_value", self.metric_value.finish()),
            ("recorded_at", self.recorded_at.finish()),
            ("synced_at", synced_at.finish()),
            ("currency", self.currency.finish()),
            ("dimensions", self.dimensions.finish()),
            ("metadata", self.metadata.finish()),
        ];
        columns.extend(self.named.iter_mut().map(|(name, column)| (*name, column.finish())));
        columns.extend(self.flags.iter_mut().map(|(name, column)| (*name, column.finish())));
        columns
    }
}
