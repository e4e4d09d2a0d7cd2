//! Counts what a report asks for.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use chrono_tz::Tz;

use super::error::ApiError;
use super::fields::{self, Scope};
use super::filter;
use super::measures::Counted;
use super::options::{Property, Settings};
use super::request::{self, Days, OrderType, Report};
use crate::money::Currency;
use crate::world::World;
use crate::world::traffic::{self, Event, Item, Session};

/// What stands for all values that are not listed.
const OTHER: &str = "(other)";

/// What a report came to.
#[derive(Debug)]
pub(super) struct Found {
    /// Values of dimensions, then of metrics: the rows of the page.
    pub(super) rows: Vec<(Vec<String>, Vec<String>)>,
    /// Rows of all pages.
    pub(super) count: usize,
    /// Whether rows were gathered in one.
    pub(super) gathered: bool,
    /// Whether rows may have been withheld.
    pub(super) withheld: bool,
    /// Events that were looked at.
    pub(super) events: u64,
}

/// What everything is counted by.
pub(super) struct Counter<'a> {
    pub(super) world: &'a World,
    pub(super) property: &'a Property,
    pub(super) settings: &'a Settings,
    pub(super) now: DateTime<Utc>,
    pub(super) zone: Tz,
    pub(super) currency: Currency,
}

type Groups = BTreeMap<Vec<String>, Counted>;

impl Counter<'_> {
    /// Counts what a report asks for.
    pub(super) fn run(&self, report: &Report) -> Result<Found, ApiError> {
        let today = self.now.with_timezone(&self.zone).date_naive();
        let ranges = report.check(self.settings, today)?;
        self.check_filters(report)?;
        let window = report.window(self.settings)?;
        let (mut groups, mut events) = (Groups::new(), 0);
        for range in &ranges {
            self.count(report, range, &mut groups, &mut events);
        }
        let cuts = report.dimensions.iter().any(|named| named.name != "date");
        let (mut withheld, mut gathered) = (false, false);
        if let Some(least) = self.settings.threshold.filter(|_| cuts) {
            withheld = true;
            groups.retain(|_, counted| counted.users.len() as u64 >= least);
        }
        if let Some(most) = self.settings.most_rows.filter(|most| cuts && groups.len() > *most) {
            gathered = true;
            gather(&mut groups, most, report);
        }
        let mut rows = self.rows(report, &groups);
        self.sort(report, window.0, &mut rows)?;
        let count = rows.len();
        let rows = rows.into_iter().skip(usize::try_from(window.0).unwrap_or(usize::MAX));
        let rows = rows.take(usize::try_from(window.1).unwrap_or(usize::MAX)).collect();
        Ok(Found { rows, count, gathered, withheld, events })
    }

    fn check_filters(&self, report: &Report) -> Result<(), ApiError> {
        if let Some(wanted) = &report.dimension_filter {
            filter::check(wanted)?;
            let names = once_each(filter::names(wanted));
            request::check_names(self.settings, &names, &[])?;
            let all: Vec<&str> = report.dimension_names().into_iter().chain(names).collect();
            fields::check(&all, &report.metric_names())?;
        }
        if let Some(wanted) = &report.metric_filter {
            filter::check(wanted)?;
            request::check_names(self.settings, &[], &once_each(filter::names(wanted)))?;
        }
        Ok(())
    }

    /// Counts the events of a range.
    fn count(&self, report: &Report, range: &Days, groups: &mut Groups, events: &mut u64) {
        let metrics = report.metric_names();
        let by_item = report.dimensions.iter().any(|named| fields::dimension(&named.name) == Some(Scope::Item))
            || report.dimension_filter.as_ref().is_some_and(|wanted| {
                filter::names(wanted).iter().any(|name| fields::dimension(name) == Some(Scope::Item))
            });
        let is_of_items =
            by_item || metrics.iter().any(|name| fields::metric(name).is_some_and(|(scope, _)| scope == Scope::Item));
        let created = self.property.created_at.with_timezone(&self.zone).date_naive();
        let today = self.now.with_timezone(&self.zone).date_naive();
        let mut day = range.from.max(created);
        while day <= range.to.min(today) {
            let sessions = traffic::sessions(self.world, &self.property.traffic, day, self.zone, self.now);
            for session in &sessions {
                for event in &session.events {
                    *events += 1;
                    if is_of_items && event.items.is_empty() {
                        continue;
                    }
                    let parts: Vec<Vec<&Item>> = if by_item {
                        event.items.iter().map(|item| vec![item]).collect()
                    } else {
                        vec![event.items.iter().collect()]
                    };
                    for items in parts {
                        let seen =
                            Seen { day, session, event, item: items.first().copied(), now: self.now, zone: self.zone };
                        let value = |name: &str| seen.value(name);
                        if report.dimension_filter.as_ref().is_some_and(|wanted| !filter::takes(wanted, &value)) {
                            continue;
                        }
                        let mut cuts: Vec<String> = report.dimensions.iter().map(|named| value(&named.name)).collect();
                        if !range.name.is_empty() {
                            cuts.push(range.name.clone());
                        }
                        let counted = groups.entry(cuts).or_default();
                        counted.add(session, event, &items, &self.property.key_events);
                    }
                }
            }
            let Some(next) = day.succ_opt() else { break };
            day = next;
        }
    }

    /// Groups as texts, without those that are all zero.
    fn rows(&self, report: &Report, groups: &Groups) -> Vec<(Vec<String>, Vec<String>)> {
        let own = self.world.shop.currency;
        let text = |counted: &Counted, name: &str| {
            if self.settings.blocked.contains_key(name) {
                "0".to_owned()
            } else {
                counted.text(name, own, self.currency)
            }
        };
        let mut rows = Vec::new();
        for (cuts, counted) in groups {
            let value = |name: &str| text(counted, name);
            if report.metric_filter.as_ref().is_some_and(|wanted| !filter::takes(wanted, &value)) {
                continue;
            }
            let values: Vec<String> = report.metrics.iter().map(|named| value(&named.name)).collect();
            if report.keep_empty_rows || values.is_empty() || values.iter().any(|value| value != "0") {
                rows.push((cuts.clone(), values));
            }
        }
        rows
    }

    /// Puts rows into the order that was asked for. Rows that it does not tell apart come in another order on every page.
    fn sort(&self, report: &Report, offset: u64, rows: &mut [(Vec<String>, Vec<String>)]) -> Result<(), ApiError> {
        let scatter = |cuts: &[String]| {
            let mut hasher = DefaultHasher::new();
            (offset, cuts).hash(&mut hasher);
            hasher.finish()
        };
        rows.sort_by_key(|(cuts, _)| scatter(cuts));
        for order in report.order_bys.iter().rev() {
            let at = |names: Vec<&str>, name: &str| {
                names
                    .iter()
                    .position(|own| *own == name)
                    .ok_or_else(|| ApiError::invalid(&format!("Field {name} is in orderBys, and not in the request.")))
            };
            match (&order.dimension, &order.metric) {
                (Some(by), None) => {
                    let at = at(report.dimension_names(), &by.dimension_name)?;
                    let key = |row: &(Vec<String>, Vec<String>)| row.0.get(at).cloned().unwrap_or_default();
                    match by.order_type {
                        OrderType::Numeric => {
                            rows.sort_by(|a, b| number(&key(a)).total_cmp(&number(&key(b))));
                        }
                        OrderType::CaseInsensitiveAlphanumeric => rows.sort_by_key(|row| key(row).to_lowercase()),
                        OrderType::Unspecified | OrderType::Alphanumeric => rows.sort_by_key(key),
                    }
                }
                (None, Some(by)) => {
                    let at = at(report.metric_names(), &by.metric_name)?;
                    let key = |row: &(Vec<String>, Vec<String>)| row.1.get(at).map_or(0.0, |text| number(text));
                    rows.sort_by(|a, b| key(a).total_cmp(&key(b)));
                }
                _ => return Err(ApiError::invalid("An orderBy must have exactly one kind.")),
            }
            if order.desc {
                rows.reverse();
            }
        }
        Ok(())
    }
}

fn number(text: &str) -> f64 {
    text.parse().unwrap_or(f64::NEG_INFINITY)
}

fn once_each(mut names: Vec<&str>) -> Vec<&str> {
    names.sort_unstable();
    names.dedup();
    names
}

/// Keeps the rows with the most users, and gathers the others by their day.
fn gather(groups: &mut Groups, most: usize, report: &Report) {
    let mut all: Vec<(Vec<String>, Counted)> = std::mem::take(groups).into_iter().collect();
    all.sort_by(|(a, left), (b, right)| right.users.len().cmp(&left.users.len()).then_with(|| a.cmp(b)));
    for (number, (cuts, counted)) in all.into_iter().enumerate() {
        if number < most {
            groups.insert(cuts, counted);
            continue;
        }
        let names = report.dimensions.iter().map(|named| named.name.as_str()).chain(["dateRange"]);
        let cuts = names
            .zip(cuts)
            .map(|(name, cut)| if matches!(name, "date" | "dateRange") { cut } else { OTHER.to_owned() });
        groups.entry(cuts.collect()).or_default().merge(&counted);
    }
}

/// Something that happened, as dimensions tell it.
struct Seen<'a> {
    day: NaiveDate,
    session: &'a Session,
    event: &'a Event,
    item: Option<&'a Item>,
    now: DateTime<Utc>,
    zone: Tz,
}

impl Seen<'_> {
    fn value(&self, name: &str) -> String {
        let origin = || self.session.origin_at(self.now);
        match name {
            "date" => format!("{:04}{:02}{:02}", self.day.year(), self.day.month(), self.day.day()),
            "dateHour" => self.session.at.with_timezone(&self.zone).format("%Y%m%d%H").to_string(),
            "sessionSource" => origin().source,
            "sessionMedium" => origin().medium,
            "sessionCampaignName" => origin().campaign,
            "sessionSourceMedium" => {
                let origin = origin();
                format!("{} / {}", origin.source, origin.medium)
            }
            "sessionDefaultChannelGroup" => channel(&origin().medium).to_owned(),
            "landingPage" => traffic::path(&self.session.landing).to_owned(),
            "landingPagePlusQueryString" => self.session.landing.clone(),
            "deviceCategory" => self.session.device.to_owned(),
            "country" => self.session.country.clone(),
            "newVsReturning" => if self.session.is_new { "new" } else { "returning" }.to_owned(),
            "pagePath" => self.event.page.clone(),
            "eventName" => self.event.name.to_owned(),
            "itemId" => self.item.map_or("(not set)", |item| &item.id).to_owned(),
            "itemName" => self.item.map_or("(not set)", |item| &item.name).to_owned(),
            _ => "(not set)".to_owned(),
        }
    }
}

fn channel(medium: &str) -> &'static str {
    match medium {
        "(none)" => "Direct",
        "organic" => "Organic Search",
        "cpc" => "Paid Search",
        "paid_social" => "Paid Social",
        "email" => "Email",
        "referral" => "Referral",
        _ => "Unassigned",
    }
}
