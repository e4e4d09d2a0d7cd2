//! What a report tells of a day: values by what they are cut by, put together from its pages.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde_json::value::RawValue;

use super::answer::{self, Header, Metadata, Page, unexpected};
use super::number;
use super::reports::{Asked, DATE, Metric, Place, Report};
use crate::contract::Failure;

/// What stands for all values that GA4 does not list one by one.
pub(super) const OTHER: &str = "(other)";

/// The values of a report of a day.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) report: &'static Report,
    /// The metrics that were told.
    pub(super) metrics: Vec<&'static Metric>,
    /// By the values of the report's dimensions in their order: a value in millionths for each metric.
    pub(super) rows: BTreeMap<Vec<String>, Vec<i128>>,
    /// What was said besides, by the first page.
    pub(super) metadata: Metadata,
}

/// How far a report was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Extent {
    /// Rows of this page.
    pub(super) rows: u64,
    /// Rows of all pages.
    pub(super) of: u64,
}

impl Extent {
    /// The extent of a page of what was asked for.
    ///
    /// # Errors
    /// [`Failure::Unexpected`] when the answer is no page of such a report.
    pub(super) fn of(place: &str, asked: &Asked, page: &RawValue) -> Result<Self, Failure> {
        let page: answer::Counted = answer::read(place, page.get())?;
        let is_told = |metric: &&&Metric| page.metric_headers.iter().any(|header| header.name == metric.name);
        let missing = asked.metrics.iter().find(|metric| !is_told(metric));
        if let Some(metric) = missing.filter(|_| !page.rows.is_empty()) {
            return Err(unexpected(&format!("{place}.metricHeaders"), &format!("lacks {}", metric.name)));
        }
        let rows = u64::try_from(page.rows.len()).unwrap_or(u64::MAX);
        if page.row_count < rows {
            // Whoever believed it would leave the other pages out.
            return Err(unexpected(&format!("{place}.rowCount"), "is missing, or less than the rows that came"));
        }
        Ok(Self { rows, of: page.row_count })
    }
}

impl Table {
    /// What the pages of a report tell of a day. What comes on several pages is what the last of them says; rows that become alike
    /// because of what is left out of their page's address are added up.
    ///
    /// # Errors
    /// [`Failure::Unexpected`] when the pages are not such a report, or of another day.
    pub(super) fn read(report: &'static Report, day: NaiveDate, pages: &[Box<RawValue>]) -> Result<Self, Failure> {
        let mut told: BTreeMap<Vec<String>, Vec<i128>> = BTreeMap::new();
        let date = day.format("%Y%m%d").to_string();
        let (mut metrics, mut metadata): (Option<Vec<&'static Metric>>, Option<Metadata>) = (None, None);
        for (number, page) in pages.iter().enumerate() {
            let place = format!("{}[{number}]", report.id);
            let page: Page = answer::read(&place, page.get())?;
            metadata.get_or_insert(page.metadata);
            // A page without rows need not have headers.
            if page.rows.is_empty() {
                continue;
            }
            let columns = Columns::find(&place, report, &page.dimension_headers, &page.metric_headers)?;
            if *metrics.get_or_insert_with(|| columns.told()) != columns.told() {
                return Err(unexpected(&place, "has other metrics than the page before"));
            }
            for (row, values) in page.rows.iter().enumerate() {
                let place = format!("{place}.rows[{row}]");
                let cuts = columns.cuts(&place, values)?;
                if ![date.as_str(), OTHER].contains(&columns.date(values)) {
                    // Where GA4 gathers what it does not list, it may gather the day with it.
                    let place = format!("{place}.dimensionValues[{}].value", columns.date);
                    return Err(unexpected(&place, &format!("is not the day {day}")));
                }
                told.insert(cuts, columns.values(&place, values)?);
            }
        }
        Ok(Self {
            report,
            metrics: metrics.unwrap_or_default(),
            rows: plain(report, told)?,
            metadata: metadata.unwrap_or_default(),
        })
    }

    /// The metrics whose values are none: who connected the property is kept from them.
    pub(super) fn restricted(&self) -> impl Iterator<Item = &str> {
        let restrictions = &self.metadata.schema_restriction_response.active_metric_restrictions;
        restrictions.iter().map(|restriction| restriction.metric_name.as_str())
    }

    /// Whether the report was made of fewer events than there are.
    pub(super) fn is_sampled(&self) -> bool {
        let sampled = &self.metadata.sampling_metadatas;
        sampled.iter().any(|sampling| sampling.samples_read_count != sampling.sampling_space_size)
    }
}

/// How many rows all pages have in all, without those that came twice.
pub(super) fn distinct_rows(report: &'static Report, pages: &[Box<RawValue>]) -> Result<u64, Failure> {
    let mut cuts = BTreeSet::new();
    for (number, page) in pages.iter().enumerate() {
        let place = format!("{}[{number}]", report.id);
        let page: Page = answer::read(&place, page.get())?;
        if page.rows.is_empty() {
            continue;
        }
        let columns = Columns::find(&place, report, &page.dimension_headers, &page.metric_headers)?;
        for (row, values) in page.rows.iter().enumerate() {
            cuts.insert(columns.cuts(&format!("{place}.rows[{row}]"), values)?);
        }
    }
    Ok(u64::try_from(cuts.len()).unwrap_or(u64::MAX))
}

/// Rows by what they are cut by as it is kept, without their day.
fn plain(
    report: &'static Report,
    told: BTreeMap<Vec<String>, Vec<i128>>,
) -> Result<BTreeMap<Vec<String>, Vec<i128>>, Failure> {
    let mut rows: BTreeMap<Vec<String>, Vec<i128>> = BTreeMap::new();
    for (cuts, values) in told {
        let mut cuts: Vec<String> = cuts.into_iter().skip(1).collect();
        for (cut, dimension) in cuts.iter_mut().zip(report.dimensions) {
            if matches!(dimension.place, Place::Path(_))
                && let Some(end) = cut.find('?')
            {
                cut.truncate(end);
            }
        }
        let sums = rows.entry(cuts).or_insert_with(|| vec![0; values.len()]);
        for (sum, value) in sums.iter_mut().zip(values) {
            *sum = sum.checked_add(value).ok_or_else(|| unexpected(report.id, "has values that are too large"))?;
        }
    }
    Ok(rows)
}

/// Where a page has what: by its headers, whatever was asked for.
struct Columns {
    date: usize,
    cuts: Vec<usize>,
    metrics: Vec<(&'static Metric, usize)>,
    /// How many values a row has.
    widths: (usize, usize),
}

impl Columns {
    fn find(place: &str, report: &'static Report, dimensions: &[Header], metrics: &[Header]) -> Result<Self, Failure> {
        let position = |headers: &[Header], name: &str| headers.iter().position(|header| header.name == name);
        let cut = |name: &str| {
            position(dimensions, name)
                .ok_or_else(|| unexpected(&format!("{place}.dimensionHeaders"), &format!("lacks {name}")))
        };
        let cuts = report.dimensions.iter().map(|dimension| cut(dimension.name)).collect::<Result<_, _>>()?;
        let counts = report.metrics.iter();
        let counts = counts.filter_map(|metric| Some((metric, position(metrics, metric.name)?))).collect();
        Ok(Self { date: cut(DATE)?, cuts, metrics: counts, widths: (dimensions.len(), metrics.len()) })
    }

    fn told(&self) -> Vec<&'static Metric> {
        self.metrics.iter().map(|(metric, _)| *metric).collect()
    }

    fn date<'r>(&self, row: &'r answer::Row) -> &'r str {
        row.dimension_values.get(self.date).map_or("", |value| &value.value)
    }

    /// What a row is told from others by: its day, and what else it is cut by.
    fn cuts(&self, place: &str, row: &answer::Row) -> Result<Vec<String>, Failure> {
        if (row.dimension_values.len(), row.metric_values.len()) != self.widths {
            return Err(unexpected(place, "has another number of values than there are headers"));
        }
        let cut = |at: &usize| row.dimension_values.get(*at).map(|value| value.value.clone()).unwrap_or_default();
        Ok([&self.date].into_iter().chain(&self.cuts).map(cut).collect())
    }

    fn values(&self, place: &str, row: &answer::Row) -> Result<Vec<i128>, Failure> {
        let value = |(_, at): &(&Metric, usize)| {
            let told = row.metric_values.get(*at).and_then(|value| number::millionths(&value.value));
            told.ok_or_else(|| {
                unexpected(&format!("{place}.metricValues[{at}].value"), "is no number that can be kept")
            })
        };
        self.metrics.iter().map(value).collect()
    }
}
