//! What a query means for one store at one moment: which instants, in which buckets, beside which others.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

use super::error::QueryError;
use super::plan::measures::Measures;
use super::query::{Granularity, Query};
use super::recency::{Reading, Recency};
use super::source::Facts;
use super::standing::Standing;
use super::time::buckets::{Bucket, buckets, lead};
use super::time::calendar::local_date;
use super::time::comparison::{Comparison, Wish, compare};
use super::time::range::{Days, NamedRange, Period, TimeRange};
use super::time::week::WeekStart;
use crate::StoreId;

/// A store as queries see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreScope {
    /// Its id.
    pub id: StoreId,
    /// Its name.
    pub name: String,
    /// Its currency, ISO 4217.
    pub currency: String,
    /// The zone whose days it lives by.
    pub timezone: Tz,
    /// The day its weeks begin on.
    pub week_start: chrono::Weekday,
    /// How far each source has been read, by the source's id. Of others it is known what is there, and nothing else.
    pub readings: BTreeMap<String, Reading>,
}

/// What a query means for one store.
#[derive(Clone, Debug)]
pub(crate) struct Resolved {
    pub(crate) days: Days,
    pub(crate) period: Period,
    /// The buckets of the period, when the query has a granularity.
    pub(crate) buckets: Option<Vec<Bucket>>,
    /// Those before the period that rolling figures are made of too.
    pub(crate) lead: Vec<Bucket>,
    /// What is compared where no source is behind: see [`Resolved::compared`].
    pub(crate) comparison: Option<Comparison>,
    /// The yesterday of the store.
    pub(crate) yesterday: NaiveDate,
    /// By source of the query's measures.
    pub(crate) sources: Vec<SourceData>,
    /// By set of the query's facts that is only read.
    pub(crate) only_read: Vec<OnlyRead>,
    /// By set of the query's facts that stands, once the days are known on which it was read.
    pub(crate) standing: Vec<Standing>,
}

/// Facts that only a connection tells of, in a store.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OnlyRead {
    /// What they are, in the plural.
    pub(crate) name: &'static str,
    /// The number of their source.
    pub(crate) source: usize,
    /// Whether somebody reads the source, or has.
    pub(crate) is_read: bool,
}

/// Who tells of some facts: see [`Measures::tellers`].
#[derive(Clone, Copy, Debug)]
enum Teller<'s> {
    Source(usize),
    OnlyRead(OnlyRead),
    /// Without its days where they are not known yet.
    Standing(Option<&'s Standing>),
}

/// What a store holds of one source.
#[derive(Clone, Debug)]
pub(crate) struct SourceData {
    pub(crate) id: &'static str,
    /// The least and greatest time of its rows, in microseconds.
    pub(crate) data: Option<(i64, i64)>,
    /// How far it has been read, where somebody reads it.
    pub(crate) reading: Option<Reading>,
    /// The local days from the first to the last of these rows, or to where it has been read; in microseconds, the end exclusive.
    told: Option<(i64, i64)>,
    /// What its figures are compared with, where it is so far behind that this is less than what others are compared with.
    comparison: Option<Comparison>,
}

impl SourceData {
    fn of(id: &'static str, store: &StoreScope, facts: &dyn Facts, zone: Tz, now: DateTime<Utc>) -> Self {
        let data = facts.source_bounds(id);
        let reading = store.readings.get(id);
        let reading = reading.map(|reading| Reading { until: reading.until.map(|until| until.min(now)), ..*reading });
        let told = data.map(|data| {
            let (first, last) = local_dates(zone, data);
            let (start, end) = Period::of_days(zone, first, last).micros();
            // What has been read is known up to then, whether anything happened or not, and what comes later only where it is there.
            let until = reading.and_then(|reading| reading.until);
            (start, until.map_or(end, |until| until.timestamp_micros().max(data.1.saturating_add(1))))
        });
        Self { id, data, reading, told, comparison: None }
    }

    /// How recent it is: where somebody reads it, what has been read decides, and else its newest row.
    pub(crate) fn recency(&self) -> Recency {
        match (self.reading, self.data) {
            (Some(reading), _) => {
                reading.until.map_or(Recency::NeverRead, |until| Recency::Until(until.timestamp_micros()))
            }
            (None, Some((_, newest))) => Recency::Until(newest),
            (None, None) => Recency::Nothing,
        }
    }

    /// Until when some of it is known, in microseconds, where it is behind. Rows may be newer than the reading: providers tell some by
    /// themselves.
    fn known_until(&self) -> Option<i64> {
        let reading = self.reading.filter(|reading| reading.behind.is_some())?;
        let newest = self.data.map_or(i64::MIN, |data| data.1.saturating_add(1));
        Some(reading.until.map_or(i64::MIN, |until| until.timestamp_micros().max(newest)))
    }

    /// The moment within a period that has passed after which nothing of it is known; where it has none of the period, its beginning.
    fn stops_at(&self, period: &Period, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let until = self.known_until()?.max(period.start.timestamp_micros());
        DateTime::from_timestamp_micros(until).filter(|until| *until < now.min(period.end))
    }
}

impl Resolved {
    /// Resolves the query for a store. Named ranges are resolved on the store's own today.
    pub(crate) fn of(
        query: &Query,
        store: &StoreScope,
        facts: &dyn Facts,
        measures: &Measures,
        now: DateTime<Utc>,
    ) -> Result<Self, QueryError> {
        let zone = query.timezone.unwrap_or(store.timezone);
        let today = local_date(zone, now);
        let sources = measures.sources().into_iter().map(|source| SourceData::of(source, store, facts, zone, now));
        let mut sources: Vec<_> = sources.collect();
        let data = sources.iter().filter_map(|source| source.data).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
        let dates = data.map(|data| local_dates(zone, data));
        let week_start = query.week_start.map_or(store.week_start, WeekStart::weekday);
        let days = Days::of(query.time_range, today, week_start, dates);
        let period = Period::of_days(zone, days.from, days.to);
        let buckets = query
            .granularity
            .map(|granularity| buckets(&period, days.whole_to, granularity, week_start))
            .transpose()?;
        let lead = match query.granularity {
            Some(granularity) => lead(&period, granularity, week_start, query.lead())?,
            None => Vec::new(),
        };
        let compared = |known_until: DateTime<Utc>| {
            let compared = query.compare_to.map(|to| {
                let wish = Wish { compare: to, align: query.align, partial: query.partial };
                let of = (lead.as_slice(), buckets.as_deref().unwrap_or_default());
                compare(wish, &days, &period, of, query.granularity, known_until)
            });
            compared.transpose()
        };
        let comparison = compared(now)?;
        for source in &mut sources {
            source.comparison = source.stops_at(&period, now).map(&compared).transpose()?.flatten();
        }
        let names = measures.sources();
        let only_read = measures.only_read().map(|set| {
            let source = set.source_among(&names);
            let is_read = sources[source].reading.is_some() || facts.has_rows(set.dataset);
            OnlyRead { name: set.dataset.name, source, is_read }
        });
        let only_read = only_read.collect();
        let yesterday = today - chrono::TimeDelta::days(1);
        Ok(Self { days, period, buckets, lead, comparison, yesterday, sources, only_read, standing: Vec::new() })
    }

    fn teller(&self, number: usize) -> Teller<'_> {
        let Some(beyond) = number.checked_sub(self.sources.len()) else { return Teller::Source(number) };
        match self.only_read.get(beyond) {
            Some(only_read) => Teller::OnlyRead(*only_read),
            None => Teller::Standing(self.standing.get(beyond - self.only_read.len())),
        }
    }

    /// What the figures of a source, or of what stands, are compared with: see [`Measures::tellers`]. Of a source that is behind it is the
    /// same elapsed part: time of which nothing is known is not compared with time of which everything is.
    pub(crate) fn compared(&self, teller: usize) -> Option<&Comparison> {
        let source = match self.teller(teller) {
            Teller::Source(source) => Some(source),
            Teller::OnlyRead(only_read) => Some(only_read.source),
            Teller::Standing(standing) => standing.map(|standing| standing.source),
        };
        let source = source.map(|source| &self.sources[source]);
        source.and_then(|source| source.comparison.as_ref()).or(self.comparison.as_ref())
    }

    /// The same of a source by its id.
    pub(crate) fn compared_of(&self, id: &str) -> Option<&Comparison> {
        match self.sources.iter().position(|source| source.id == id) {
            Some(source) => self.compared(source),
            None => self.comparison.as_ref(),
        }
    }

    /// The compared period of the source of which it is the longest.
    pub(crate) fn compared_period(&self) -> Option<Period> {
        let whole = self.comparison.as_ref()?.period;
        let of_sources = (0..self.sources.len()).filter_map(|source| Some(self.compared(source)?.period));
        Some(of_sources.max_by_key(|period| period.end).unwrap_or(whole))
    }

    /// Until when something of all sources is known, in microseconds: now, unless some are behind.
    pub(crate) fn known_until(&self, now: DateTime<Utc>) -> i64 {
        let behind = self.sources.iter().filter_map(SourceData::known_until);
        behind.fold(now.timestamp_micros(), i64::min)
    }

    /// Whether a source is behind, so that some of what happened until then may be missing.
    pub(crate) fn is_behind(&self, at: DateTime<Utc>) -> bool {
        self.sources.iter().filter_map(|source| source.reading).any(|reading| reading.is_behind(at))
    }

    /// Whether the answer changes as time goes by, without new rows.
    pub(crate) fn is_unfinished(&self, now: DateTime<Utc>) -> bool {
        let last = self.buckets.as_ref().and_then(|buckets| buckets.last());
        self.period.end > now || last.is_some_and(|bucket| bucket.whole.1 > now)
    }

    /// From the first to the last of the instants that rows of it are read of, in microseconds, the end exclusive.
    pub(crate) fn hull(&self) -> (i64, i64) {
        let compared = self.comparison.iter();
        let beside = compared.clone().flat_map(|comparison| &comparison.beside_lead).filter_map(|beside| beside.span);
        let spans = compared.map(|comparison| comparison.period.micros()).chain(beside);
        let spans = spans.chain(self.lead.iter().map(|bucket| bucket.span));
        spans.fold(self.period.micros(), |a, b| (a.0.min(b.0), a.1.max(b.1)))
    }

    /// The first and last local date with rows of a source.
    pub(crate) fn data_dates(&self, source: usize) -> Option<(NaiveDate, NaiveDate)> {
        self.sources[source].data.map(|data| local_dates(self.period.zone, data))
    }

    /// Whether a source's data tell of some of these instants, in microseconds, the end exclusive: between the beginning of the
    /// first local day with rows and the end of the last one, or what has been read. Of what stands, whether it was read on a day that
    /// begins within them. Of others nothing is known, which is not zero.
    pub(crate) fn is_told(&self, teller: usize, (start, end): (i64, i64)) -> bool {
        let by_source =
            |source: usize| self.sources[source].told.is_some_and(|(first, last)| start < last && end > first);
        match self.teller(teller) {
            Teller::Source(source) => by_source(source),
            Teller::OnlyRead(only_read) => only_read.is_read && by_source(only_read.source),
            Teller::Standing(standing) => standing.and_then(|standing| standing.days.last_in((start, end))).is_some(),
        }
    }

    /// Whether some of the period has begun and the teller's data tell of it.
    pub(crate) fn has_figures(&self, teller: usize, now: DateTime<Utc>) -> bool {
        self.period.start <= now && self.is_told(teller, self.period.micros())
    }

    /// Whether the teller's data tell of some of the compared period.
    pub(crate) fn has_compared(&self, teller: usize) -> bool {
        let compared = self.compared(teller).map(|comparison| comparison.period);
        compared.is_some_and(|period| !period.is_empty() && self.is_told(teller, period.micros()))
    }
}

fn local_dates(zone: Tz, (least, greatest): (i64, i64)) -> (NaiveDate, NaiveDate) {
    let date = |micros| DateTime::from_timestamp_micros(micros).map_or(NaiveDate::MIN, |at| local_date(zone, at));
    (date(least), date(greatest))
}

/// Whether all the query's named parts can be the same for stores of several zones.
pub(crate) fn check_zones(query: &Query, stores: &[&StoreScope]) -> Result<(), QueryError> {
    let hours = query.granularity == Some(Granularity::Hour);
    let mut zones = stores.iter().map(|store| store.timezone);
    let first = zones.next();
    if hours && query.timezone.is_none() && zones.any(|zone| Some(zone) != first) {
        return Err(QueryError::Invalid(vec![super::FieldError {
            pointer: "/granularity".to_owned(),
            detail: "the stores are in several time zones, whose hours do not match; give \"timezone\"".to_owned(),
            code: "several_timezones",
        }]));
    }
    Ok(())
}

/// Whether weeks are the same ones for all stores.
pub(crate) fn check_weeks(query: &Query, stores: &[&StoreScope]) -> Result<(), QueryError> {
    let named = matches!(query.time_range, TimeRange::Named(NamedRange::ThisWeek | NamedRange::LastWeek));
    let pointer = match query.granularity {
        Some(Granularity::Week) => "/granularity",
        _ if named => "/time_range",
        _ => return Ok(()),
    };
    let mut starts = stores.iter().map(|store| store.week_start);
    let first = starts.next();
    if query.week_start.is_none() && starts.any(|start| Some(start) != first) {
        return Err(QueryError::Invalid(vec![super::FieldError {
            pointer: pointer.to_owned(),
            detail: "the stores' weeks begin on different days; give \"week_start\"".to_owned(),
            code: "several_week_starts",
        }]));
    }
    Ok(())
}
