//! From figures to the answer that is sent.

use std::collections::{BTreeMap, BTreeSet};
use std::iter::repeat;

use chrono::{DateTime, NaiveDate, SecondsFormat, TimeDelta, Utc};
use serde_json::{Map, Value};

use super::axis::Step;
use super::error::QueryError;
use super::figure::{Figure, compared, json};
use super::figures::Group;
use super::funnel;
use super::pivot::Pivot;
use super::plan::measures::Measures;
use super::query::{Following, Granularity, Query};
use super::recency::Recency;
use super::registry::{Registry, Unit};
use super::resolve::{Resolved, StoreScope};
use super::response::{
    CacheState, Column, ColumnRole, ColumnType, Compared, ComparisonTotals, Meta, Name, QueryResponse, Rows, StoreEcho,
    Warning,
};
use super::rollup::Part;
use super::table::{Table, TableRow};
use super::time::calendar::local_date;
use super::time::range::{Period, RangeEcho};

/// Everything that an answer tells.
pub(crate) struct Answer<'q> {
    pub(crate) query: &'q Query,
    pub(crate) stores: &'q [AnsweringStore<'q>],
    pub(crate) measures: &'q Measures,
    pub(crate) table: Table,
    /// What the columns come to as a whole, where rows stand side by side.
    pub(crate) columns: Option<Table>,
    /// The currencies of the rows that money was summed over.
    pub(crate) currencies: BTreeSet<String>,
    pub(crate) now: DateTime<Utc>,
    /// Where the figures were read.
    pub(crate) parts: Vec<Part>,
}

/// A store that an answer is about.
pub(crate) struct AnsweringStore<'q> {
    pub(crate) scope: &'q StoreScope,
    pub(crate) version: i64,
    pub(crate) resolved: &'q Resolved,
}

impl Answer<'_> {
    /// # Errors
    /// [`QueryError::Limit`] when rows that stand side by side make too many columns.
    pub(crate) fn response(&self) -> Result<QueryResponse, QueryError> {
        let pivot = match &self.columns {
            None => None,
            Some(columns) => {
                let pivot = Pivot::of(self.query, &self.table, columns)?;
                Some((self.pivot_keys(&pivot), pivot, columns))
            }
        };
        // A row of the table is one for each step of a funnel.
        let steps = if self.query.funnel.is_some() { self.query.metrics.len() } else { 1 };
        let total_rows = match &pivot {
            Some((_, pivot, _)) => pivot.lines.len(),
            None => self.table.rows.len() * steps,
        };
        let lines = self.table.rows.iter().flat_map(|row| (0..steps).map(move |step| (row, step)));
        let skipped = usize::try_from(self.query.offset).unwrap_or(usize::MAX);
        let limit = usize::try_from(self.query.limit).unwrap_or(usize::MAX);
        let rows: Rows = match &pivot {
            Some((keys, pivot, _)) => {
                pivot.lines.iter().skip(skipped).take(limit).map(|line| self.line(line, keys)).collect()
            }
            None => lines.skip(skipped).take(limit).map(|(row, step)| self.row(row, step)).collect(),
        };
        let before = self.table.previous_totals.as_ref().map(|previous| self.totals(previous));
        let before = before.unwrap_or_default().into_iter().map(|(_, figure, _)| figure).chain(repeat(None));
        let totals = self.totals(&self.table.totals).into_iter().zip(before);
        let mut totals: Vec<_> = totals.map(|((key, now, unit), before)| (key, now, before, unit)).collect();
        if let Some((keys, pivot, columns)) = &pivot {
            totals.extend(self.pivoted_totals(pivot, columns, keys));
        }
        let range = self.comparison_range().filter(|_| self.table.previous_totals.is_some());
        let comparison = range.map(|range| {
            let compared = |(key, now, before, unit): &(String, _, _, _)| (key.clone(), compared(*now, *before, *unit));
            ComparisonTotals { totals: totals.iter().map(compared).collect(), range }
        });
        let totals = totals.into_iter().map(|(key, now, _, unit)| (key, json(now, unit))).collect();
        Ok(QueryResponse {
            columns: match &pivot {
                Some((keys, pivot, _)) => self.pivoted_columns(self.columns(), pivot, keys),
                None => self.columns(),
            },
            truncated: rows.len() < total_rows,
            total_rows: total_rows as u64,
            rows,
            totals,
            comparison,
            meta: self.meta(),
            explain: None,
            name: Name::default(),
        })
    }

    /// The figures over everything, by their keys.
    fn totals(&self, figures: &[Figure]) -> Vec<(String, Figure, Unit)> {
        if self.query.funnel.is_some() {
            return funnel::totals(&self.query.metrics, figures).collect();
        }
        let each = self.query.metrics.iter().zip(figures).enumerate().map(|(at, (asked, figure))| {
            let figure = figure.filter(|_| !self.hides_total_of(at));
            (asked.key.clone(), figure, asked.unit)
        });
        each.collect()
    }

    /// Amounts of several currencies stand side by side in rows, and have no total.
    fn hides_totals(&self) -> bool {
        self.currencies.len() > 1
    }

    pub(crate) fn hides_total_of(&self, asked: usize) -> bool {
        self.hides_totals() && self.measures.takes_money(asked)
    }

    /// A row of the table, or one funnel step of it.
    fn row(&self, row: &TableRow, funnel_step: usize) -> Map<String, Value> {
        let mut map = Map::new();
        let step = &self.table.steps[row.step];
        if self.query.granularity.is_some() {
            map.insert("time".to_owned(), label(step.label));
        }
        let group: &Group = &self.table.groups[row.group];
        if self.table.others == Some(row.group) {
            map.insert("other".to_owned(), Value::Bool(true));
        }
        for (dimension, value) in self.query.group_by.iter().zip(group) {
            map.insert(dimension.id.to_owned(), value.as_deref().map_or(Value::Null, Value::from));
        }
        if self.query.funnel.is_some() {
            funnel::describe(&mut map, &self.query.metrics, funnel_step, &row.current);
        } else {
            for (asked, figure) in self.query.metrics.iter().zip(&row.current) {
                map.insert(asked.key.clone(), json(*figure, asked.unit));
            }
        }
        if let Some(previous) = &row.previous {
            let mut beside = Map::new();
            if self.query.granularity.is_some() {
                beside.insert("time".to_owned(), label(step.beside));
            }
            let figures = self.beside(row, previous, funnel_step);
            beside.extend(figures.into_iter().map(|(key, compared)| (key.to_owned(), written(compared))));
            map.insert("comparison".to_owned(), Value::Object(beside));
        }
        map
    }

    fn beside(&self, row: &TableRow, previous: &[Figure], funnel_step: usize) -> Vec<(&str, Compared)> {
        if self.query.funnel.is_some() {
            return funnel::beside(funnel_step, &row.current, previous);
        }
        let figures = self.query.metrics.iter().zip(&row.current).zip(previous);
        figures.map(|((asked, now), before)| (asked.key.as_str(), compared(*now, *before, asked.unit))).collect()
    }

    fn columns(&self) -> Vec<Column> {
        let time = self.query.granularity.map(|granularity| Column {
            key: "time".to_owned(),
            title: title(granularity).to_owned(),
            kind: if granularity == Granularity::Hour { ColumnType::Datetime } else { ColumnType::Date },
            role: ColumnRole::Time,
            unit: None,
            currency: None,
            higher_is_better: None,
            pivot: None,
        });
        let dimensions = self.query.group_by.iter().map(|dimension| Column {
            key: dimension.id.to_owned(),
            title: dimension.title.to_owned(),
            kind: ColumnType::Text,
            role: ColumnRole::Dimension,
            unit: None,
            currency: None,
            higher_is_better: None,
            pivot: None,
        });
        if self.query.funnel.is_some() {
            let is_whole = (0..self.query.metrics.len()).all(|step| self.measures.is_whole(step));
            return time.into_iter().chain(dimensions).chain(funnel::columns(is_whole)).collect();
        }
        let currency = self.currency();
        let metrics = self.query.metrics.iter().enumerate().map(|(at, asked)| Column {
            key: asked.key.clone(),
            title: asked.title.clone(),
            kind: match asked.unit {
                Unit::Currency => ColumnType::Decimal,
                _ if self.measures.is_whole(at) && !asked.is_divided() => ColumnType::Integer,
                _ => ColumnType::Number,
            },
            role: ColumnRole::Metric,
            unit: Some(asked.unit),
            currency: currency.clone().filter(|_| asked.unit == Unit::Currency),
            higher_is_better: asked.higher_is_better(),
            pivot: None,
        });
        time.into_iter().chain(dimensions).chain(metrics).collect()
    }

    /// The currency that is asked for; else the one of the rows, or of the stores when there are no rows.
    fn currency(&self) -> Option<String> {
        if self.query.currency.is_some() {
            return self.query.currency.clone();
        }
        let of_stores: BTreeSet<String>;
        let currencies = if self.currencies.is_empty() {
            of_stores = self.stores.iter().map(|store| store.scope.currency.clone()).collect();
            &of_stores
        } else {
            &self.currencies
        };
        if currencies.len() == 1 { currencies.first().cloned() } else { None }
    }

    fn meta(&self) -> Meta {
        let steps = |which: fn(&Step) -> bool| {
            let labels =
                self.table.steps.iter().filter(|step| which(step) && !step.is_lead).filter_map(|step| step.label);
            labels.map(|label| label.to_string()).collect()
        };
        let echoes = self.stores.iter().map(|store| StoreEcho {
            id: store.scope.id,
            name: store.scope.name.clone(),
            currency: store.scope.currency.clone(),
            range: store.resolved.period.echo(),
            comparison_range: store.resolved.compared_period().map(|period| period.echo()),
        });
        Meta {
            query: self.query.clone(),
            range: hull(self.stores.iter().map(|store| store.resolved.period)),
            comparison_range: self.comparison_range(),
            versions: self.stores.iter().map(|store| (store.scope.id, store.version)).collect(),
            stores: echoes.collect(),
            as_of: self.as_of(),
            incomplete: steps(|step| step.is_incomplete),
            clipped: steps(|step| step.is_clipped),
            warnings: self.warnings(),
            parts: self.parts.clone(),
            cache: CacheState::Miss,
            elapsed_ms: 0.0,
        }
    }

    fn comparison_range(&self) -> Option<RangeEcho> {
        let periods: Option<Vec<_>> = self.stores.iter().map(|store| store.resolved.compared_period()).collect();
        periods.filter(|periods| !periods.is_empty()).map(|periods| hull(periods.into_iter()))
    }

    fn as_of(&self) -> BTreeMap<&'static str, Option<String>> {
        let sources = self.measures.sources().into_iter().enumerate();
        let least = |number: usize| {
            let least = self.stores.iter().map(|store| store.resolved.sources[number].recency()).min()?;
            let Recency::Until(least) = least else { return None };
            let least = DateTime::from_timestamp_micros(least)?;
            Some(least.to_rfc3339_opts(SecondsFormat::Secs, true))
        };
        sources.map(|(number, source)| (source, least(number))).collect()
    }

    fn warnings(&self) -> Vec<Warning> {
        let sources: Vec<_> = self.measures.sources().into_iter().enumerate().collect();
        let of_store = |store| sources.iter().flat_map(move |source| self.source_warnings(store, *source));
        let mut warnings: Vec<_> = self.stores.iter().flat_map(of_store).collect();
        warnings.extend(self.stores.iter().flat_map(|store| self.unread_warnings(store)));
        warnings.extend(self.table.caveats.iter().filter_map(|counted| {
            let store = self.stores.iter().find(|store| store.scope.id == counted.store)?;
            Some(counted.warning(&store.scope.name, source_title(counted.source)))
        }));
        if self.hides_totals() {
            let currencies: Vec<_> = self.currencies.iter().map(String::as_str).collect();
            let detail = format!("amounts in {} have no total", currencies.join(", "));
            warnings.push(Warning { code: "several_currencies", detail });
        }
        warnings.extend(self.query.following().and_then(|following| self.open_window(following)));
        warnings
    }

    /// Who took the first step lately may yet take the others.
    fn open_window(&self, following: Following) -> Option<Warning> {
        let window = TimeDelta::microseconds(following.window.micros());
        let since = self.now.checked_sub_signed(window)?;
        let open = self.stores.iter().map(|store| &store.resolved.period).find(|period| period.end > since)?;
        let detail = format!(
            "customers who began on {} or later have had less than {} so far: more of them may come to the last step",
            local_date(open.zone, since.max(open.start)),
            following.window
        );
        Some(Warning { code: "window_open", detail })
    }

    /// Of what only a connection would tell of.
    fn unread_warnings(&self, store: &AnsweringStore<'_>) -> Vec<Warning> {
        let sources = self.measures.sources();
        let unread = store.resolved.only_read.iter();
        let unread = unread.filter(|unread| !unread.is_read && store.resolved.sources[unread.source].data.is_some());
        let warnings = unread.map(|unread| {
            let (name, title) = (&store.scope.name, source_title(sources[unread.source]));
            let detail = format!("{name} has no {} from {title}: only a connection to it tells of them", unread.name);
            Warning { code: "no_data", detail }
        });
        let mut warnings: Vec<_> = warnings.collect();
        warnings.dedup_by(|a, b| a.detail == b.detail);
        warnings
    }

    fn source_warnings(&self, store: &AnsweringStore<'_>, (number, source): (usize, &'static str)) -> Vec<Warning> {
        let (title, name) = (source_title(source), &store.scope.name);
        let reading = store.resolved.sources[number].reading;
        let behind = reading.and_then(|reading| reading.warning(title, name, store.resolved.period.zone));
        let mut warnings: Vec<_> = behind.into_iter().collect();
        let Some((first, last)) = store.resolved.data_dates(number) else {
            warnings.push(Warning { code: "no_data", detail: format!("{name} has no data from {title}") });
            return warnings;
        };
        if store.resolved.days.from < first {
            let detail = format!("the data of {name} from {title} begins on {first}; earlier days have none");
            warnings.push(Warning { code: "begins_before_data", detail });
        }
        // Of a range that ends today, that today has none yet is no news; of today alone it is all there is to say. What has been read
        // has no end but that of its reading.
        let ends = store.resolved.days.to.min(store.resolved.yesterday) > last || store.resolved.days.from > last;
        if ends && reading.is_none() {
            let detail = format!("the data of {name} from {title} ends on {last}; later days have none");
            warnings.push(Warning { code: "data_ends", detail });
        }
        let compared = store.resolved.compared(number).map(|comparison| comparison.period);
        if let Some(compared) = compared.filter(|period| !period.is_empty() && period.from < first) {
            let detail = format!(
                "the comparison begins on {}, and the data of {name} from {title} only on {first}",
                compared.from
            );
            warnings.push(Warning { code: "comparison_before_data", detail });
        }
        warnings
    }
}

fn source_title(id: &str) -> &str {
    Registry::get().source(id).map_or(id, |source| source.title)
}

pub(crate) fn written(compared: Compared) -> Value {
    let mut figure = Map::new();
    figure.insert("value".to_owned(), compared.value);
    figure.insert("delta".to_owned(), compared.delta);
    figure.insert("ratio".to_owned(), compared.ratio.map_or(Value::Null, Value::from));
    Value::Object(figure)
}

pub(crate) fn label(label: Option<super::time::buckets::Label>) -> Value {
    label.map_or(Value::Null, |label| Value::String(label.to_string()))
}

fn title(granularity: Granularity) -> &'static str {
    match granularity {
        Granularity::Hour => "Hour",
        Granularity::Day => "Day",
        Granularity::Week => "Week",
        Granularity::Month => "Month",
        Granularity::Quarter => "Quarter",
        Granularity::Year => "Year",
    }
}

/// From the first to the last instant of some periods, in the zone of the first.
fn hull(periods: impl Iterator<Item = Period>) -> RangeEcho {
    let widest = periods.reduce(|a, b| Period {
        zone: a.zone,
        from: a.from.min(b.from),
        to: a.to.max(b.to),
        start: a.start.min(b.start),
        end: a.end.max(b.end),
    });
    widest.unwrap_or_else(|| Period::of_days(chrono_tz::UTC, NaiveDate::MIN, NaiveDate::MIN)).echo()
}
