//! Which columns of a file are what.

use std::collections::BTreeMap;

use aloftly_engine::dataset::{IS_SAMPLED, IS_THRESHOLDED};
use chrono::NaiveDateTime;
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::ImportError;

/// Which columns of a file are what. As JSON:
///
/// ```json
/// {
///   "source": { "constant": "ga4" },
///   "recorded_at": { "column": "Date", "format": "%Y%m%d", "timezone": "America/New_York" },
///   "metrics": [
///     { "name": { "constant": "sessions" }, "value": "Sessions" },
///     { "name": { "constant": "engagement_rate" }, "value": "Engagement rate", "round": true }
///   ],
///   "device": { "column": "Device category" },
///   "dimensions": { "landing_page": { "column": "Landing page" } }
/// }
/// ```
///
/// A long file has one metric whose name is a column: `{ "name": { "column": "metric" }, "value": "value" }`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// Who measured.
    pub source: Field,
    /// When it was measured.
    pub recorded_at: TimeField,
    /// What was measured: at least one.
    pub metrics: Vec<Metric>,
    /// The column that tells a row from every other one of the same source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_id: Option<String>,
    /// The currency of amounts, as three letters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Field>,
    /// The kind of device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<Field>,
    /// The country.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<Field>,
    /// The page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<Field>,
    /// Where the visitor came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traffic_source: Option<Field>,
    /// By which medium.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub medium: Option<Field>,
    /// By which campaign.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub campaign: Option<Field>,
    /// The product.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product: Option<Field>,
    /// The product's variant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<Field>,
    /// The experiment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub experiment: Option<Field>,
    /// The customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<Field>,
    /// The order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_id: Option<Field>,
    /// Whether the value was estimated from a sample: true or false, yes or no.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sampled: Option<Field>,
    /// Whether what few people did was withheld from the value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thresholded: Option<Field>,
    /// Other dimensions, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub dimensions: BTreeMap<String, Field>,
    /// What is worth keeping but no dimension, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub metadata: BTreeMap<String, Field>,
}

/// Where a text comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Field {
    /// From a column, by its title (compared without case).
    Column(String),
    /// The same for every row.
    Constant(String),
}

/// One metric of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metric {
    /// Its name.
    pub name: Field,
    /// The title of the column of its values.
    pub value: String,
    /// Whether decimals beyond the sixth are rounded (half to even). Otherwise they are an error.
    #[serde(default)]
    pub round: bool,
}

/// Where the time comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimeField {
    /// The title of the column.
    pub column: String,
    /// How it is written, as in C's `strftime` (`%d.%m.%Y %H:%M`), or `unix_seconds`, `unix_millis`, `unix_micros`.
    /// Otherwise as ISO 8601 has it: an instant, a time or a day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// The zone of times that do not tell theirs. A time that the clocks skip there is an error; of one that they show
    /// twice the first is meant; a day stands for its first moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timezone: Option<Tz>,
}

impl Mapping {
    /// Refuses what no file can be read with.
    pub(super) fn check(&self) -> Result<(), ImportError> {
        let refuse = |why: String| Err(ImportError::Mapping(why));
        if self.metrics.is_empty() {
            return refuse("metrics is empty: name at least one".to_owned());
        }
        for (place, metric) in self.metrics.iter().enumerate() {
            if self.metrics[..place].iter().any(|other| other.name == metric.name) {
                return refuse(format!("metrics[{place}] has the name of another one"));
            }
        }
        let constants = self.metrics.iter().map(|metric| &metric.name).chain([&self.source]);
        if constants.into_iter().any(|field| matches!(field, Field::Constant(text) if text.trim().is_empty())) {
            return refuse("source and metric names must not be empty".to_owned());
        }
        if let Some(Field::Constant(currency)) = &self.currency
            && !crate::parse::is_currency(currency)
        {
            return refuse(format!("currency {currency:?} is not three letters"));
        }
        for (_, flag) in self.flags() {
            if let Some(Field::Constant(text)) = flag
                && let Err(expected) = crate::parse::flag(text)
            {
                return refuse(format!("the flag {text:?} is not {expected}"));
            }
        }
        if let Some(format) = self.recorded_at.format.as_deref().filter(|format| !format.starts_with("unix_"))
            && chrono::format::StrftimeItems::new(format).any(|item| item == chrono::format::Item::Error)
        {
            return refuse(format!("the time format {format:?} is not one that strftime knows"));
        }
        Ok(())
    }

    /// The fields that columns of `metric_events` are named after (but for the currency), in a fixed order.
    pub(super) fn named(&self) -> [(&'static str, Option<&Field>); 11] {
        [
            ("device", self.device.as_ref()),
            ("country", self.country.as_ref()),
            ("page", self.page.as_ref()),
            ("traffic_source", self.traffic_source.as_ref()),
            ("medium", self.medium.as_ref()),
            ("campaign", self.campaign.as_ref()),
            ("product", self.product.as_ref()),
            ("variant", self.variant.as_ref()),
            ("experiment", self.experiment.as_ref()),
            ("customer_id", self.customer_id.as_ref()),
            ("order_id", self.order_id.as_ref()),
        ]
    }

    /// The fields that flags are named after.
    pub(super) fn flags(&self) -> [(&'static str, Option<&Field>); 2] {
        [(IS_SAMPLED, self.sampled.as_ref()), (IS_THRESHOLDED, self.thresholded.as_ref())]
    }

    /// The titles of all columns that are read, each once.
    pub(super) fn columns(&self) -> Vec<&str> {
        let fields = [&self.source]
            .into_iter()
            .chain(self.metrics.iter().map(|metric| &metric.name))
            .chain(self.currency.as_ref())
            .chain(self.flags().into_iter().filter_map(|(_, field)| field))
            .chain(self.named().into_iter().filter_map(|(_, field)| field))
            .chain(self.dimensions.values())
            .chain(self.metadata.values());
        let of_fields = fields.filter_map(|field| match field {
            Field::Column(title) => Some(title.as_str()),
            Field::Constant(_) => None,
        });
        let mut titles: Vec<&str> = Vec::new();
        let others = self.metrics.iter().map(|metric| metric.value.as_str()).chain(self.event_id.as_deref());
        for title in of_fields.chain(others).chain([self.recorded_at.column.as_str()]) {
            if !titles.iter().any(|known| crate::table::same_title(known, title)) {
                titles.push(title);
            }
        }
        titles
    }
}

impl TimeField {
    /// An instant in microseconds since the epoch, or what was expected instead.
    pub(super) fn read(&self, text: &str) -> Result<i64, String> {
        use crate::parse::{When, in_range, when};
        let when = match self.format.as_deref() {
            None => when(text).ok_or("a time such as 2026-10-31T23:59:59Z, or a day such as 2026-10-31")?,
            Some("unix_seconds") => When::Instant(unix(text, 1_000_000)?),
            Some("unix_millis") => When::Instant(unix(text, 1_000)?),
            Some("unix_micros") => When::Instant(unix(text, 1)?),
            Some(format) => formatted(text, format).ok_or_else(|| format!("a time written as {format}"))?,
        };
        Ok(in_range(match when {
            When::Instant(micros) => micros,
            When::Local(time) => self.instant_of(time, text)?,
            When::Day(day) => self.first_moment(day, text)?,
        })?)
    }

    fn zone(&self) -> Result<Tz, String> {
        self.timezone.ok_or_else(|| "a time that tells its zone, or a mapping with a \"timezone\"".to_owned())
    }

    fn instant_of(&self, time: NaiveDateTime, text: &str) -> Result<i64, String> {
        let zone = self.zone()?;
        let instant = time.and_local_timezone(zone).earliest();
        instant
            .map(|instant| instant.timestamp_micros())
            .ok_or_else(|| format!("a time that exists: in {zone} clocks skip {text}"))
    }

    /// Midnight, or where clocks skip it, the first quarter of an hour after it that exists.
    fn first_moment(&self, day: chrono::NaiveDate, text: &str) -> Result<i64, String> {
        let zone = self.zone()?;
        let midnight = day.and_time(chrono::NaiveTime::MIN);
        (0..96)
            .filter_map(|quarter| midnight.checked_add_signed(chrono::TimeDelta::minutes(15 * quarter)))
            .find_map(|time| time.and_local_timezone(zone).earliest())
            .map(|instant| instant.timestamp_micros())
            .ok_or_else(|| format!("a day that exists: in {zone} the calendar skips {text}"))
    }
}

fn unix(text: &str, micros: i64) -> Result<i64, &'static str> {
    const EXPECTED: &str = "a whole number of time since 1970";
    text.parse::<i64>().ok().and_then(|number| number.checked_mul(micros)).ok_or(EXPECTED)
}

fn formatted(text: &str, format: &str) -> Option<crate::parse::When> {
    use crate::parse::When;
    if let Ok(time) = chrono::DateTime::parse_from_str(text, format) {
        return Some(When::Instant(time.timestamp_micros()));
    }
    if let Ok(time) = NaiveDateTime::parse_from_str(text, format) {
        return Some(When::Local(time));
    }
    chrono::NaiveDate::parse_from_str(text, format).ok().map(When::Day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(format: Option<&str>, timezone: Option<Tz>) -> TimeField {
        TimeField { column: "t".to_owned(), format: format.map(str::to_owned), timezone }
    }

    fn micros(rfc3339: &str) -> i64 {
        chrono::DateTime::parse_from_rfc3339(rfc3339).unwrap().timestamp_micros()
    }

    #[test]
    fn times_are_read_in_the_form_and_zone_that_the_mapping_says() {
        use chrono_tz::Africa::Cairo;
        use chrono_tz::America::New_York;
        for (format, zone, text, instant) in [
            (None, None, "2026-10-31T23:59:59-04:00", "2026-11-01T03:59:59Z"),
            (None, Some(New_York), "2026-10-31T23:59:59Z", "2026-10-31T23:59:59Z"),
            (None, Some(New_York), "2026-10-31 23:59:59", "2026-11-01T03:59:59Z"),
            (None, Some(New_York), "2026-10-31", "2026-10-31T04:00:00Z"),
            (None, Some(New_York), "2026-11-01 01:30", "2026-11-01T05:30:00Z"),
            (None, Some(Cairo), "2026-04-24", "2026-04-23T22:00:00Z"),
            (Some("%Y%m%d"), Some(New_York), "20261031", "2026-10-31T04:00:00Z"),
            (Some("%d.%m.%Y %H:%M"), Some(New_York), "31.12.2026 23:30", "2027-01-01T04:30:00Z"),
            (Some("%d/%b/%Y:%H:%M:%S %z"), None, "31/Oct/2026:10:00:00 +0530", "2026-10-31T04:30:00Z"),
            (Some("unix_seconds"), None, "1700000000", "2023-11-14T22:13:20Z"),
            (Some("unix_millis"), None, "1700000000123", "2023-11-14T22:13:20.123Z"),
        ] {
            assert_eq!(field(format, zone).read(text), Ok(micros(instant)), "{text}");
        }
    }

    #[test]
    fn times_that_mean_no_instant_are_refused() {
        use chrono_tz::America::New_York;
        for (format, zone, text, expected) in [
            (None, None, "2026-10-31", "\"timezone\""),
            (None, None, "2026-10-31 10:00", "\"timezone\""),
            (None, Some(New_York), "2026-03-08 02:30", "clocks skip 2026-03-08 02:30"),
            (None, Some(New_York), "10/31/2026", "a time such as"),
            (Some("%Y%m%d"), Some(New_York), "2026-10-31", "written as %Y%m%d"),
            (Some("unix_seconds"), None, "1.5", "whole number"),
            (Some("unix_seconds"), None, "1700000000123", "between the years"),
        ] {
            let error = field(format, zone).read(text).unwrap_err();
            assert!(error.contains(expected), "{text}: {error}");
        }
    }

    #[test]
    fn a_mapping_is_read_strictly() {
        let good = r#"{"source":{"constant":"ga4"},"recorded_at":{"column":"d","timezone":"Asia/Kolkata"},
            "metrics":[{"name":{"column":"m"},"value":"v"}]}"#;
        let mapping: Mapping = serde_json::from_str(good).unwrap();
        mapping.check().unwrap();
        assert_eq!(mapping.columns(), ["m", "v", "d"]);
        let again: Mapping = serde_json::from_str(&serde_json::to_string(&mapping).unwrap()).unwrap();
        assert_eq!(again, mapping);
        for (change, says) in [
            (good.replace("\"source\"", "\"sauce\""), "sauce"),
            (good.replace("\"constant\"", "\"const\""), "const"),
            (good.replace("\"value\"", "\"values\""), "values"),
            (good.replace("Asia/Kolkata", "Asia/Nowhere"), "Asia/Nowhere"),
        ] {
            let error = serde_json::from_str::<Mapping>(&change).unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
        }
    }

    #[test]
    fn a_mapping_that_contradicts_itself_is_refused() {
        let good = serde_json::json!({"source": {"constant": "s"}, "recorded_at": {"column": "d"},
            "metrics": [{"name": {"constant": "a"}, "value": "A"}, {"name": {"constant": "b"}, "value": "B"}]});
        for (pointer, value) in [
            ("/metrics", serde_json::json!([])),
            ("/metrics/1/name/constant", serde_json::json!("a")),
            ("/metrics/1/name/constant", serde_json::json!(" ")),
            ("/source/constant", serde_json::json!("")),
            ("/recorded_at", serde_json::json!({"column": "d", "format": "%Q"})),
        ] {
            let mut mapping = good.clone();
            *mapping.pointer_mut(pointer).unwrap() = value;
            let mapping: Mapping = serde_json::from_value(mapping).unwrap();
            assert!(matches!(mapping.check(), Err(ImportError::Mapping(_))), "{pointer}");
        }
    }
}
