//! A day of a property as a page: its reports, which are replaced at once. Of a report that was not read, or a metric that somebody is kept
//! from, what is known stays.

use std::collections::BTreeSet;
use std::sync::Arc;

use aloftly_engine::lake::Slice;
use aloftly_engine::metrics::start_of_day;
use chrono::NaiveDate;
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use super::answer::unexpected;
use super::names::Missing;
use super::rows::{self, Common, Rows};
use super::table::Table;
use super::{SOURCE, STREAM, reports};
use crate::contract::{Account, Cursor, Failure, Kept, Page, Raw};

/// What an answer is kept as: a report of a day.
const KIND: &str = "report";

/// The pages of a report of a day, as they came.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Answered {
    /// The report.
    pub(super) id: String,
    /// Its pages, in their order.
    pub(super) pages: Vec<Box<RawValue>>,
}

/// Answers of a day, as they are kept.
#[derive(Debug, Serialize, Deserialize)]
struct Answers {
    reports: Vec<Answered>,
}

/// Which day answers are of, and when they came.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct About {
    pub(super) day: NaiveDate,
    /// In microseconds.
    pub(super) synced_at: i64,
}

/// The zone of a property's days.
///
/// # Errors
/// [`Failure::Unexpected`] when it was not kept.
pub(super) fn zone_of(account: &Account) -> Result<Tz, Failure> {
    account.zone.ok_or_else(|| unexpected("the connected property", "has no time zone: connect it anew"))
}

/// The page of a day. It replaces what these reports told of the day before, and nothing that only others tell.
///
/// # Errors
/// [`Failure::Unexpected`] when the answers are not the reports of that day.
pub(super) fn page(account: &Account, about: About, reports: Vec<Answered>, cursor: Cursor) -> Result<Page, Failure> {
    let zone = zone_of(account)?;
    let next = about.day.succ_opt().unwrap_or(about.day);
    let range = [about.day, next].map(|day| start_of_day(zone, day).timestamp_micros());
    let common = Common { account, day: about.day, recorded_at: range[0], synced_at: about.synced_at };
    let (mut rows, mut warnings, mut told) = (Rows::new(common), BTreeSet::new(), BTreeSet::new());
    for answered in &reports {
        let report = reports::find(&answered.id).ok_or_else(|| unexpected("reports", "has one that is not known"))?;
        let table = Table::read(report, about.day, &answered.pages)?;
        warnings.extend(caveats(account, zone, &table));
        told.extend(names_told(account, &table));
        rows.push(&table)?;
    }
    let dataset = rows::dataset()?;
    let about_json = serde_json::to_value(about).map_err(|_| unexpected("the day", "cannot be kept"))?;
    let answers = reports.into_iter().map(|answered| kept(about, &about_json, range[0], answered));
    Ok(Page {
        batches: rows.finish()?.into_iter().map(|batch| (Arc::clone(dataset), batch)).collect(),
        // A date that the zone skipped holds nothing, and is no slice.
        replaces: (range[0] < range[1] && !told.is_empty())
            .then(|| {
                let whole = Slice::new(dataset, (range[0], range[1]), [("source", SOURCE.to_owned())])?;
                whole.among("metric_name", told)
            })
            .transpose()?,
        removals: Vec::new(),
        kept: answers.collect::<Result<_, _>>()?,
        cursor,
        records: 1,
        expected: None,
        warnings: warnings.into_iter().collect(),
    })
}

/// A report of a day, as it is kept. One reading comes after the other, so the later always takes the place of the one before.
fn kept(about: About, about_json: &Value, begins: i64, answered: Answered) -> Result<Kept, Failure> {
    let key = format!("{}:{}", about.day, answered.id);
    let body = serde_json::to_vec(&Answers { reports: vec![answered] });
    let body = body.map_err(|_| unexpected("reports", "cannot be kept"))?;
    let raw = Raw { stream: STREAM, kind: KIND.into(), about: about_json.clone(), body: body.into() };
    let happened_at = Some(begins);
    Ok(Kept { raw, key, version: 0, happened_at, thing: None, customer: None, order: None })
}

/// What the rows are called of which a report says all that there is. One without rows need not say what it would have told: that is what
/// is asked for of the property.
fn names_told<'a>(account: &Account, table: &'a Table) -> impl Iterator<Item = String> + use<'a> {
    let metrics = if table.rows.is_empty() {
        let asked = reports::asked(&Missing::read(account)).into_iter();
        asked.filter(|asked| asked.report == table.report).flat_map(|asked| asked.metrics).collect()
    } else {
        table.metrics.clone()
    };
    let told = metrics.into_iter().filter(|metric| !table.restricted().any(|name| name == metric.name));
    told.map(|metric| metric.metric_name.to_owned())
}

/// The page that was made of answers when they came.
///
/// # Errors
/// [`Failure::Unexpected`] when they are none of this stream's.
pub(super) fn rebuild(account: &Account, raw: &Raw, cursor: Cursor) -> Result<Page, Failure> {
    if (raw.stream, &*raw.kind) != (STREAM, KIND) {
        return Err(unexpected("what was kept", "is no report of a day"));
    }
    let about = About::deserialize(&raw.about).map_err(|_| unexpected("what was kept", "does not say its day"))?;
    let kept: Answers =
        serde_json::from_slice(&raw.body).map_err(|_| unexpected("what was kept", "is no list of reports"))?;
    page(account, about, kept.reports, cursor)
}

/// What people should know of a report. The day is not said, so that what holds for many days is said once: rows have their day.
fn caveats(account: &Account, zone: Tz, table: &Table) -> Vec<String> {
    let (title, metadata) = (table.report.title, &table.metadata);
    let mut caveats = Vec::new();
    if table.is_sampled() {
        caveats.push(format!("GA4 estimated the report of {title} from a sample of the events"));
    }
    if metadata.subject_to_thresholding {
        caveats.push(format!("GA4 withholds from the report of {title} what few people did"));
    }
    if metadata.data_loss_from_other_row {
        caveats.push(format!("GA4 gathered small rows of the report of {title} under (other)"));
    }
    for reason in &metadata.data_truncation_reasons {
        let kind = reason.data_truncation_type.strip_prefix("DATA_TRUNCATION_TYPE_");
        let kind = kind.unwrap_or(&reason.data_truncation_type);
        caveats.push(format!("GA4 cut the report of {title} short ({kind})"));
    }
    for name in table.restricted() {
        caveats.push(format!("GA4 keeps {name} from whoever connected the property: it is left out"));
    }
    if !metadata.time_zone.is_empty() && metadata.time_zone.parse() != Ok(zone) {
        caveats.push(format!(
            "the property's days are those of {} by now, and it was connected with those of {zone}: connect it anew",
            metadata.time_zone
        ));
    }
    let connected = account.currency.as_deref().unwrap_or_default();
    if !metadata.currency_code.is_empty() && !connected.eq_ignore_ascii_case(&metadata.currency_code) {
        caveats.push(format!(
            "the property's currency is {} by now, and it was connected with {connected}: connect it anew",
            metadata.currency_code
        ));
    }
    caveats
}
