//! A mapping, applied to the columns of a file.

use std::collections::BTreeMap;

use aloftly_engine::dataset::IS_OTHER;

use super::{Field, Mapping, Metric, TimeField};
use crate::error::Rejections;
use crate::parse;
use crate::table::same_title;

/// What stands for all values of a dimension that a source does not list.
const OTHER: &str = "(other)";

/// A row of a file: its cells in the order of [`Places::titles`].
pub(super) trait Cells {
    /// A cell's text without blanks around it; empty when the cell is empty or null.
    fn get(&self, cell: usize) -> &str;
}

/// Where everything that a mapping names is.
pub(super) struct Places {
    titles: Vec<String>,
    source: Place,
    recorded_at: usize,
    time: TimeField,
    event_id: Option<usize>,
    metrics: Vec<MetricPlaces>,
    currency: Place,
    named: Vec<(&'static str, Place)>,
    flags: [(&'static str, Place); 2],
    dimensions: Vec<(String, Place)>,
    metadata: Vec<(String, Place)>,
}

/// Where a text comes from.
#[derive(Debug)]
enum Place {
    Cell(usize),
    Constant(String),
    Nowhere,
}

#[derive(Debug)]
struct MetricPlaces {
    name: Place,
    value: usize,
    round: bool,
}

/// What all events of a row have in common.
pub(super) struct Common<'c> {
    pub(super) source: &'c str,
    pub(super) recorded_at: i64,
    /// The row's own id, where it has one.
    pub(super) id: Option<&'c str>,
    pub(super) currency: String,
    /// The columns that have a name of their own, in the order of [`Mapping::named`] without the currency.
    pub(super) named: Vec<(&'static str, &'c str)>,
    /// The columns of flags, where they say something.
    pub(super) flags: [(&'static str, Option<bool>); 3],
    /// A JSON object of the dimensions that are not empty; empty without any.
    pub(super) dimensions: String,
    pub(super) metadata: String,
}

impl Common<'_> {
    /// Bytes of the texts that each event of the row repeats.
    pub(super) fn bytes(&self) -> usize {
        let named: usize = self.named.iter().map(|(_, text)| text.len()).sum();
        self.source.len() + self.currency.len() + named + self.dimensions.len() + self.metadata.len()
    }
}

/// What a row says of one metric.
pub(super) enum Measured<'c> {
    /// Its name, and its value in millionths.
    Value(&'c str, i128),
    /// The cell is empty.
    Not,
    /// A cell is wrong, and rejected.
    Wrong,
}

impl Places {
    pub(super) fn new(mapping: &Mapping) -> Self {
        let titles: Vec<String> = mapping.columns().into_iter().map(str::to_owned).collect();
        // Every title of the mapping is among its columns, so the fallback, a cell that no row has, is not met.
        let cell = |title: &str| titles.iter().position(|known| same_title(known, title)).unwrap_or(usize::MAX);
        let place = |field: &Field| match field {
            Field::Column(title) => Place::Cell(cell(title)),
            Field::Constant(text) => Place::Constant(text.trim().to_owned()),
        };
        let maybe = |field: Option<&Field>| field.map_or(Place::Nowhere, place);
        let by_name = |fields: &BTreeMap<String, Field>| {
            fields.iter().map(|(name, field)| (name.clone(), place(field))).collect::<Vec<_>>()
        };
        let metric = |metric: &Metric| MetricPlaces {
            name: place(&metric.name),
            value: cell(&metric.value),
            round: metric.round,
        };
        Self {
            source: place(&mapping.source),
            recorded_at: cell(&mapping.recorded_at.column),
            time: mapping.recorded_at.clone(),
            event_id: mapping.event_id.as_deref().map(cell),
            metrics: mapping.metrics.iter().map(metric).collect(),
            currency: maybe(mapping.currency.as_ref()),
            named: mapping.named().into_iter().map(|(name, field)| (name, maybe(field))).collect(),
            flags: mapping.flags().map(|(name, field)| (name, maybe(field))),
            dimensions: by_name(&mapping.dimensions),
            metadata: by_name(&mapping.metadata),
            titles,
        }
    }

    /// The titles of the columns that a row must have, in the order of its cells.
    pub(super) fn titles(&self) -> &[String] {
        &self.titles
    }

    /// The title of the column that tells the rows apart.
    pub(super) fn id_title(&self) -> &str {
        self.event_id.map_or("", |cell| self.title(cell))
    }

    pub(super) fn metrics(&self) -> usize {
        self.metrics.len()
    }

    /// What all events of the row on `line` have in common; `None` when any of it is wrong, and rejected.
    pub(super) fn common<'c>(
        &'c self,
        line: u64,
        cells: &'c impl Cells,
        rejections: &mut Rejections,
    ) -> Option<Common<'c>> {
        let errors_before = rejections.total();
        let when = cells.get(self.recorded_at);
        let recorded_at = self.time.read(when).unwrap_or_else(|expected| {
            rejections.add(line, self.title(self.recorded_at), when, expected);
            0
        });
        let source = self.text(&self.source, cells);
        if source.is_empty() {
            rejections.add(line, self.title_of(&self.source), "", "the name of a source");
        }
        let id = self.event_id.map(|cell| cells.get(cell));
        if id == Some("") {
            rejections.add(line, self.id_title(), "", "an id");
        }
        let currency = self.text(&self.currency, cells);
        if !currency.is_empty() && !parse::is_currency(currency) {
            let expected = "a currency of three letters, such as USD";
            rejections.add(line, self.title_of(&self.currency), currency, expected);
        }
        let mut flag = |place: &Place| {
            let text = self.text(place, cells);
            if text.is_empty() {
                return None;
            }
            parse::flag(text).map_err(|expected| rejections.add(line, self.title_of(place), text, expected)).ok()
        };
        let [(sampled, sampled_at), (thresholded, thresholded_at)] = &self.flags;
        let (is_sampled, is_thresholded) = (flag(sampled_at), flag(thresholded_at));
        let mut cut_by =
            self.named.iter().map(|(_, place)| place).chain(self.dimensions.iter().map(|(_, place)| place));
        let is_other = cut_by.any(|place| self.text(place, cells) == OTHER);
        if rejections.total() > errors_before {
            return None;
        }
        Some(Common {
            flags: [(sampled, is_sampled), (thresholded, is_thresholded), (IS_OTHER, is_other.then_some(true))],
            source,
            recorded_at,
            id,
            currency: currency.to_ascii_uppercase(),
            named: self.named.iter().map(|(name, place)| (*name, self.text(place, cells))).collect(),
            dimensions: self.object(&self.dimensions, cells),
            metadata: self.object(&self.metadata, cells),
        })
    }

    /// What the row on `line` says of a metric.
    pub(super) fn measured<'c>(
        &'c self,
        metric: usize,
        line: u64,
        cells: &'c impl Cells,
        rejections: &mut Rejections,
    ) -> Measured<'c> {
        let Some(metric) = self.metrics.get(metric) else { return Measured::Not };
        let text = cells.get(metric.value);
        if text.is_empty() {
            return Measured::Not;
        }
        let name = self.text(&metric.name, cells);
        if name.is_empty() {
            rejections.add(line, self.title_of(&metric.name), "", "the name of a metric");
        }
        match parse::value(text, metric.round) {
            Ok(value) if !name.is_empty() => Measured::Value(name, value),
            Ok(_) => Measured::Wrong,
            Err(expected) => {
                rejections.add(line, self.title(metric.value), text, expected);
                Measured::Wrong
            }
        }
    }

    fn text<'c>(&'c self, place: &'c Place, cells: &'c impl Cells) -> &'c str {
        match place {
            Place::Cell(cell) => cells.get(*cell),
            Place::Constant(text) => text,
            Place::Nowhere => "",
        }
    }

    fn object(&self, fields: &[(String, Place)], cells: &impl Cells) -> String {
        let texts = fields.iter().map(|(name, place)| (name, self.text(place, cells)));
        let object: BTreeMap<_, _> = texts.filter(|(_, text)| !text.is_empty()).collect();
        if object.is_empty() {
            return String::new();
        }
        serde_json::json!(object).to_string()
    }

    fn title(&self, cell: usize) -> &str {
        self.titles.get(cell).map_or("", String::as_str)
    }

    fn title_of(&self, place: &Place) -> &str {
        match place {
            Place::Cell(cell) => self.title(*cell),
            Place::Constant(_) | Place::Nowhere => "",
        }
    }
}
