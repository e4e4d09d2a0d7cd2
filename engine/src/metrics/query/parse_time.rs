//! Reading what a query says of time.

use chrono::{Datelike, NaiveDate};
use serde_json::{Map, Value};

use super::parse::Reader;
use super::reader::{Pointer, choice, kind, known_fields, shorten, text, unknown};
use super::{Align, Compare, Granularity, NamedComparison, NamedRange, TimeRange, WeekStart};

const YEARS: std::ops::RangeInclusive<i32> = 1970..=2199;

impl Reader<'_> {
    pub(super) fn granularity(&mut self) -> Option<Granularity> {
        let choices = Granularity::ALL.map(|granularity| (granularity.name(), Some(granularity)));
        self.chosen("granularity", choices.into_iter().chain([("none", None)])).flatten()
    }

    pub(super) fn time_range(&mut self) -> Option<TimeRange> {
        let Some(value) = self.field("time_range") else {
            self.required("time_range", "is missing: of which time? for example \"last_30_days\"");
            return None;
        };
        let at = Pointer::ROOT.key("time_range");
        match value {
            Value::String(name) => {
                let choices = NamedRange::ALL.map(|range| (range.name(), range));
                choice(&mut self.findings, &at, name, ("time range", "unknown_time_range"), choices)
                    .map(TimeRange::Named)
            }
            Value::Object(map) => self.dates(&at, map).map(|(from, to)| TimeRange::Dates { from, to }),
            other => {
                let detail = format!("must be the name of a range or {{\"from\", \"to\"}}, not {}", kind(other));
                self.findings.invalid(&at, "invalid_type", detail);
                None
            }
        }
    }

    fn dates(&mut self, at: &Pointer<'_>, map: &Map<String, Value>) -> Option<(NaiveDate, NaiveDate)> {
        known_fields(&mut self.findings, at, map, &["from", "to"]);
        let from = self.date(&at.key("from"), map.get("from"));
        let to = self.date(&at.key("to"), map.get("to"));
        let (from, to) = (from?, to?);
        if to < from {
            self.findings.invalid(&at.key("to"), "invalid_value", format!("is before \"from\", {from}"));
            return None;
        }
        Some((from, to))
    }

    fn date(&mut self, at: &Pointer<'_>, value: Option<&Value>) -> Option<NaiveDate> {
        let Some(value) = value else {
            self.findings.invalid(at, "required", "is missing");
            return None;
        };
        let text = text(&mut self.findings, at, value)?;
        let date = (text.len() == 10).then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()).flatten();
        let Some(date) = date else {
            let detail = format!("{:?} is not a date such as 2026-10-31", shorten(text));
            self.findings.invalid(at, "invalid_value", detail);
            return None;
        };
        if !YEARS.contains(&date.year()) {
            let detail = format!("must be a year from {} to {}", YEARS.start(), YEARS.end());
            self.findings.invalid(at, "invalid_value", detail);
            return None;
        }
        Some(date)
    }

    pub(super) fn compare_to(&mut self, range: Option<TimeRange>) -> Option<Compare> {
        let at = Pointer::ROOT.key("compare_to");
        let compare = match self.field("compare_to")? {
            Value::String(name) => {
                let choices = NamedComparison::ALL.map(|compare| (compare.name(), compare));
                choice(&mut self.findings, &at, name, ("comparison", "unknown_comparison"), choices).map(Compare::Named)
            }
            Value::Object(map) => self.dates(&at, map).map(|(from, to)| Compare::Dates { from, to }),
            other => {
                let detail = format!("must be the name of a comparison or {{\"from\", \"to\"}}, not {}", kind(other));
                self.findings.invalid(&at, "invalid_type", detail);
                None
            }
        };
        if (range, compare)
            == (Some(TimeRange::Named(NamedRange::AllTime)), Some(Compare::Named(NamedComparison::PreviousPeriod)))
        {
            self.findings.invalid(&at, "invalid_value", "nothing is before \"all_time\"");
        }
        compare
    }

    pub(super) fn align(&mut self, compare: Option<Compare>) -> Align {
        let align =
            self.chosen("align", [("date", Align::Date), ("day_of_week", Align::DayOfWeek)]).unwrap_or_default();
        if align == Align::DayOfWeek && matches!(compare, Some(Compare::Dates { .. })) {
            let detail =
                "\"day_of_week\" goes with a named comparison; give dates that begin on the same day of the week";
            self.findings.invalid(&Pointer::ROOT.key("align"), "invalid_value", detail);
        }
        align
    }

    pub(super) fn timezone(&mut self) -> Option<chrono_tz::Tz> {
        let name = self.text("timezone")?;
        if let Ok(zone) = name.parse() {
            return Some(zone);
        }
        let detail = unknown("time zone", name, chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name()));
        self.findings.invalid(&Pointer::ROOT.key("timezone"), "unknown_timezone", detail);
        None
    }

    pub(super) fn week_start(&mut self) -> Option<WeekStart> {
        self.chosen("week_start", WeekStart::ALL.map(|day| (day.name(), day)))
    }
}
