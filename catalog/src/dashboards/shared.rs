//! A dashboard as those see it who have one of its links: of the link's stores, in the view of its settings.
//!
//! What its widgets ask is worked out here and never taken from a visitor, who may at most choose other days.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use aloftly_engine::StoreId;
use aloftly_engine::metrics::StoreScope;
use aloftly_engine::metrics::query::{NamedComparison, NamedRange, TimeRange, WeekStart};
use chrono::{NaiveDate, TimeDelta, Weekday};
use chrono_tz::Tz;
use serde_json::{Map, Value};
use sqlx::PgTransaction;
use uuid::Uuid;

use super::document::Document;
use super::resolve::{View, parse_range, resolve, trends};
use super::{Dashboard, Visibility};
use crate::{CatalogError, DashboardId, Tenant};

/// How far back visitors may look.
const LOOK_BACK: TimeDelta = TimeDelta::days(2 * 366);
/// The most stores that a dashboard is shown of: as many as a question may name.
const MOST_STORES: usize = 100;

/// What stands in a condition for a store that the link does not show: no store has it, so that the condition holds for as many rows.
const NOBODY: Uuid = Uuid::nil();

/// A dashboard as a link shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct SharedDashboard {
    document: Document,
    revision: i64,
    stores: Vec<StoreId>,
    /// The currency that amounts are told in, where it is not the stores' own.
    currency: Option<String>,
    /// The day that weeks begin on, where it is not the same in all of the stores.
    week_start: Option<WeekStart>,
    /// The zone whose hours are meant, where it is not the same in all of the stores.
    timezone: Option<String>,
    may_change_range: bool,
}

/// What has to be known of a store that a link shows.
#[derive(Clone, Debug)]
pub(crate) struct ShownStore {
    pub(crate) id: StoreId,
    pub(crate) currency: String,
    pub(crate) week_start: Weekday,
    pub(crate) timezone: Tz,
}

impl From<&StoreScope> for ShownStore {
    fn from(StoreScope { id, currency, week_start, timezone, .. }: &StoreScope) -> Self {
        Self { id: *id, currency: currency.clone(), week_start: *week_start, timezone: *timezone }
    }
}

impl SharedDashboard {
    /// From what is kept, of those stores. Widgets that are of other stores alone are left out, with the sections that have no other; of other
    /// stores not even the ids are left.
    pub(crate) fn of(
        document: Value,
        revision: i64,
        shown: &[ShownStore],
        may_change_range: bool,
    ) -> Result<Self, CatalogError> {
        let mut document = Document::of_row(document)?;
        let stores: Vec<StoreId> = shown.iter().map(|store| store.id).collect();
        let is_shown = |text: &str| Uuid::parse_str(text).is_ok_and(|id| stores.contains(&StoreId(id)));
        document.settings.stores = None;
        for filter in document.settings.filters.iter_mut().filter(|filter| filter.dimension == "store") {
            for value in filter.values.iter_mut().filter(|value| !is_shown(value)) {
                *value = NOBODY.to_string();
            }
        }
        document.sections.retain_mut(|section| {
            let was_empty = section.widgets.is_empty();
            section.widgets.retain_mut(|widget| {
                for value in widget.query.iter_mut().flat_map(Map::values_mut) {
                    hide_stores(value, false, &is_shown);
                }
                for value in widget.display.values_mut() {
                    drop_stores(value, &is_shown);
                }
                let Some(own) = &mut widget.own.stores else { return true };
                own.retain(|store| stores.contains(store));
                !own.is_empty()
            });
            was_empty || !section.widgets.is_empty()
        });
        let currency = document.settings.currency.clone().or_else(|| report_currency(shown));
        let (week_start, timezone) = (common_week(shown), common_zone(shown));
        Ok(Self { document, revision, stores, currency, week_start, timezone, may_change_range })
    }

    /// Which of the dashboard's states it is.
    #[must_use]
    pub fn revision(&self) -> i64 {
        self.revision
    }

    /// What it shows.
    #[must_use]
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// Whether visitors may look at other days.
    #[must_use]
    pub fn may_change_range(&self) -> bool {
        self.may_change_range
    }

    /// What its widgets ask, by their ids, and what the small lines of its tables are drawn from: of the days that its settings say, or of those that a visitor wants, who may choose.
    ///
    /// # Errors
    /// [`CatalogError::Invalid`] of `range` or `compare` when they may not be chosen, are none, or are too long ago.
    pub fn questions(
        &self,
        today: NaiveDate,
        range: Option<&str>,
        compare: Option<&str>,
    ) -> Result<BTreeMap<String, Value>, CatalogError> {
        for (field, given) in [("range", range), ("compare", compare)] {
            if given.is_some() && !self.may_change_range {
                return Err(wrong(field, "left out: this link shows the days that its dashboard says"));
            }
        }
        if let Some(range) = range {
            check_days(range, &self.document.settings.range, today)?;
        }
        if let Some(compare) = compare
            && compare != "none"
            && !NamedComparison::ALL.iter().any(|named| named.name() == compare)
        {
            return Err(wrong("compare", "the name of a comparison, or none"));
        }
        let settings = View::from(&self.document.settings);
        let view = View {
            range: range.map_or(settings.range, str::to_owned),
            compare: compare.map_or(settings.compare, str::to_owned),
            stores: self.stores.clone(),
            currency: self.currency.clone(),
            filters: settings.filters,
            week_start: self.week_start,
            timezone: self.timezone.clone(),
        };
        let mut questions = resolve(&self.document, &view);
        questions.append(&mut trends(&self.document, &view));
        Ok(questions)
    }
}

impl Tenant {
    /// The stores whose figures a link to a dashboard shows, which must be public and be seen by the actor: those that are wanted, or those of
    /// its settings, or all of its workspace.
    pub(crate) async fn stores_to_show(
        &self,
        transaction: &mut PgTransaction<'static>,
        id: DashboardId,
        wanted: Option<&BTreeSet<StoreId>>,
    ) -> Result<Vec<Uuid>, CatalogError> {
        let Dashboard { summary, document } = self.read_dashboard(transaction, id).await?;
        if summary.visibility != Visibility::Public {
            return Err(CatalogError::NotPublic);
        }
        // Whoever sees a dashboard sees the stores of its workspace.
        let there = sqlx::query_scalar!(
            "SELECT id FROM stores WHERE org_id = $1 AND workspace_id = $2 ORDER BY name, id",
            self.context().organization().0,
            summary.workspace.0,
        )
        .fetch_all(&mut **transaction)
        .await?;
        let shown: Vec<Uuid> = match (wanted, document.settings.stores) {
            (Some(wanted), _) => wanted.iter().map(|store| store.0).collect(),
            (None, Some(named)) => named.iter().map(|store| store.0).filter(|store| there.contains(store)).collect(),
            (None, None) => there.clone(),
        };
        if !shown.iter().all(|store| there.contains(store)) {
            return Err(wrong("store_ids", "stores of the dashboard's workspace"));
        }
        if shown.is_empty() || shown.len() > MOST_STORES {
            return Err(wrong("store_ids", &format!("1 to {MOST_STORES} stores")));
        }
        Ok(shown)
    }
}

/// The currency that amounts of several are told in, as the app has it: the one that most of the stores trade in, and of several the first by
/// name. None where all trade in one.
fn report_currency(stores: &[ShownStore]) -> Option<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for store in stores {
        *counts.entry(&store.currency).or_default() += 1;
    }
    let most = counts.iter().max_by_key(|(name, count)| (**count, Reverse(**name)))?;
    (counts.len() > 1).then(|| (*most.0).to_owned())
}

/// The day that the weeks of all of the stores begin on: the first one's, where they differ.
fn common_week(stores: &[ShownStore]) -> Option<WeekStart> {
    let first = stores.first()?.week_start;
    stores.iter().any(|store| store.week_start != first).then(|| first.into())
}

/// The zone of the hours of all of the stores: the first one's, where they differ.
fn common_zone(stores: &[ShownStore]) -> Option<String> {
    let first = stores.first()?.timezone;
    stores.iter().any(|store| store.timezone != first).then(|| first.name().to_owned())
}

/// Puts nobody in the place of the stores that are not shown, wherever a condition is about stores.
fn hide_stores(value: &mut Value, is_of_stores: bool, is_shown: &impl Fn(&str) -> bool) {
    match value {
        Value::Object(fields) => {
            let is_condition = fields.get("dimension").is_some_and(|dimension| dimension == "store");
            for (field, value) in fields {
                hide_stores(value, field == "store" || is_condition && field == "values", is_shown);
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| hide_stores(value, is_of_stores, is_shown)),
        Value::String(text) if is_of_stores && !is_shown(text) => *text = NOBODY.to_string(),
        _ => {}
    }
}

/// Leaves out what is said for each store by its id, such as its colour, for those that are not shown.
fn drop_stores(value: &mut Value, is_shown: &impl Fn(&str) -> bool) {
    if let Value::Object(fields) = value {
        fields.retain(|field, _| Uuid::parse_str(field).is_err() || is_shown(field));
        fields.values_mut().for_each(|value| drop_stores(value, is_shown));
    }
}

/// Refuses what is no range, and days of long ago: what a dashboard does not show by itself is shown for two years, and what they are compared with.
fn check_days(range: &str, own: &str, today: NaiveDate) -> Result<(), CatalogError> {
    match parse_range(range) {
        Some(TimeRange::Named(NamedRange::AllTime)) if own != range => {
            Err(wrong("range", "within the last two years: this link does not show all time"))
        }
        Some(TimeRange::Named(_)) => Ok(()),
        // It may be another day already where a store is.
        Some(TimeRange::Dates { from, to }) if from >= today - LOOK_BACK && to <= today + TimeDelta::days(1) => Ok(()),
        Some(TimeRange::Dates { .. }) => Err(wrong("range", "within the last two years")),
        None => Err(wrong("range", "the name of a range, or its first and last day such as 2026-10-01..2026-10-31")),
    }
}

fn wrong(field: &'static str, reason: &str) -> CatalogError {
    CatalogError::Invalid { field, reason: reason.to_owned() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::document::WidgetKind;
    use super::*;

    fn store(number: u128) -> StoreId {
        StoreId(Uuid::from_u128(number))
    }

    fn shown(number: u128, currency: &str, week_start: Weekday) -> ShownStore {
        ShownStore { id: store(number), currency: currency.to_owned(), week_start, timezone: Tz::UTC }
    }

    fn widget(id: &str, stores: Option<&[StoreId]>) -> Value {
        json!({
            "id": id, "kind": "kpi", "size": "small", "title": null, "note": null,
            "query": { "metrics": ["shopify.revenue"] },
            "own": { "range": null, "compare": null, "stores": stores, "filters": "add" },
            "display": {}, "text": null,
        })
    }

    /// A dashboard of stores 1 and 9 with a widget of its stores, one of store 1 beside 9, and one of store 9 alone; shown of 1 and 2.
    fn shared(may_change_range: bool) -> SharedDashboard {
        let document = json!({
            "version": 1,
            "settings": {
                "range": "last_7_days", "compare": "previous_period", "stores": [store(1), store(9)], "currency": "EUR",
                "filters": [{ "dimension": "channel", "operator": "in", "values": ["web"] }],
            },
            "sections": [{
                "id": "section1", "title": null, "columns": 2, "collapsed": false,
                "widgets": [
                    widget("ofall1", None),
                    widget("ofone1", Some(&[store(1), store(9)])),
                    widget("others1", Some(&[store(9)])),
                ],
            }],
        });
        let stores = [shown(1, "USD", Weekday::Sun), shown(2, "GBP", Weekday::Mon)];
        SharedDashboard::of(document, 7, &stores, may_change_range).unwrap()
    }

    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 20).unwrap()
    }

    #[test]
    fn a_link_asks_of_its_own_stores_alone_and_shows_nothing_of_widgets_of_others() {
        let shared = shared(false);
        let shown: Vec<_> = shared.document().widgets().map(|widget| widget.id.as_str()).collect();
        assert_eq!(shown, ["ofall1", "ofone1"]);
        assert!(!serde_json::to_string(shared.document()).unwrap().contains(&store(9).to_string()));
        let questions = shared.questions(today(), None, None).unwrap();
        assert_eq!(questions.keys().collect::<Vec<_>>(), ["ofall1", "ofone1"]);
        assert_eq!(questions["ofall1"]["stores"], json!([store(1), store(2)]));
        assert_eq!(questions["ofone1"]["stores"], json!([store(1)]));
        let of_all = &questions["ofall1"];
        assert_eq!((&of_all["time_range"], &of_all["currency"]), (&json!("last_7_days"), &json!("EUR")));
        assert_eq!(of_all["compare_to"], "previous_period");
        assert_eq!(of_all["filters"]["and"][0]["values"], json!(["web"]));
    }

    #[test]
    fn the_small_lines_of_a_table_are_answered_too_and_those_of_no_other_widget() {
        let mut shared = shared(false);
        for (widget, kind) in shared.document.sections[0].widgets.iter_mut().zip([WidgetKind::Table, WidgetKind::Bar]) {
            widget.kind = kind;
            widget.display =
                json!({ "columns": [{ "key": "shopify.units", "sparkline": true }] }).as_object().unwrap().clone();
            let query = json!({ "metrics": ["shopify.units"], "group_by": ["product"], "limit": 7, "offset": 7 });
            widget.query = query.as_object().cloned();
        }
        let questions = shared.questions(today(), None, None).unwrap();
        assert_eq!(questions.keys().collect::<Vec<_>>(), ["ofall1", "ofall1:trend", "ofone1"]);
        let expected = json!({
            "metrics": ["shopify.units"], "group_by": ["product"], "limit": 10_000, "granularity": "day", "fill": true,
            "top": { "groups": 100, "other": false }, "time_range": "last_7_days", "currency": "EUR",
            "stores": [store(1), store(2)], "week_start": "sunday",
            "filters": { "and": [{ "dimension": "channel", "operator": "in", "values": ["web"] }] },
        });
        assert_eq!(questions["ofall1:trend"], expected);
        assert_eq!((&questions["ofall1"]["limit"], &questions["ofall1"]["offset"]), (&json!(7), &json!(7)));
    }

    #[test]
    fn days_are_chosen_where_the_link_lets_and_no_further_back_than_two_years() {
        let fixed = shared(false);
        for (range, compare, field) in [(Some("today"), None, "range"), (None, Some("none"), "compare")] {
            let refused = fixed.questions(today(), range, compare).unwrap_err();
            assert!(matches!(refused, CatalogError::Invalid { field: of, .. } if of == field), "{refused:?}");
        }
        let free = shared(true);
        let questions = free.questions(today(), Some("2026-10-01..2026-10-31"), Some("none")).unwrap();
        assert_eq!(questions["ofall1"]["time_range"], json!({ "from": "2026-10-01", "to": "2026-10-31" }));
        assert!(questions["ofall1"].get("compare_to").is_none());
        for good in ["last_12_months", "today", "2024-12-01..2026-11-21"] {
            assert!(free.questions(today(), Some(good), Some("previous_year")).is_ok(), "{good}");
        }
        for wrong in [
            "",
            "ever",
            "all_time",
            "2026-10-31..2026-10-01",
            "2023-01-01..2023-01-31",
            "2026-11-01..2027-11-01",
            "2026-10-01",
        ] {
            let refused = free.questions(today(), Some(wrong), None).unwrap_err();
            assert!(matches!(refused, CatalogError::Invalid { field: "range", .. }), "{wrong}: {refused:?}");
        }
        let refused = free.questions(today(), None, Some("ever")).unwrap_err();
        assert!(matches!(refused, CatalogError::Invalid { field: "compare", .. }), "{refused:?}");
    }

    #[test]
    fn amounts_of_several_currencies_are_told_in_the_one_that_most_stores_trade_in() {
        let of = |currencies: &[&str]| {
            let stores: Vec<_> = currencies.iter().map(|currency| shown(1, currency, Weekday::Mon)).collect();
            report_currency(&stores)
        };
        assert_eq!((of(&[]), of(&["USD"]), of(&["USD", "USD"])), (None, None, None));
        assert_eq!(of(&["USD", "EUR", "EUR"]).as_deref(), Some("EUR"));
        assert_eq!(of(&["USD", "GBP", "EUR", "GBP", "EUR"]).as_deref(), Some("EUR"));
    }

    #[test]
    fn all_time_is_looked_at_where_the_dashboard_does_so_by_itself() {
        let mut free = shared(true);
        free.document.settings.range = "all_time".to_owned();
        assert!(free.questions(today(), Some("all_time"), None).is_ok());
    }

    #[test]
    fn of_stores_that_are_not_shown_not_even_the_ids_are_left() {
        let (mine, other) = (store(1), store(9));
        let mut of_one = widget("ofone1", None);
        of_one["query"] = json!({
            "metrics": [{ "metric": "shopify.revenue", "filters": { "store": other } }],
            "filters": { "or": [
                { "dimension": "store", "operator": "in", "values": [mine, other] },
                { "not": { "store": [other, mine] } },
                { "dimension": "campaign", "operator": "in", "values": [other] },
            ] },
        });
        of_one["display"] = json!({ "colours": { mine.to_string(): "series-1", other.to_string(): "series-2" } });
        let document = json!({
            "version": 1,
            "settings": {
                "range": "today", "compare": "none", "stores": null, "currency": null,
                "filters": [{ "dimension": "store", "operator": "not_in", "values": [other, mine] }],
            },
            "sections": [
                { "id": "empty01", "title": "Soon", "columns": 2, "collapsed": false, "widgets": [] },
                { "id": "others1", "title": "Nine", "columns": 2, "collapsed": false,
                  "widgets": [widget("others1", Some(&[other]))] },
                { "id": "ofone01", "title": "One", "columns": 2, "collapsed": false, "widgets": [of_one] },
            ],
        });
        let shown = SharedDashboard::of(document, 7, &[shown(1, "USD", Weekday::Mon)], false).unwrap().document;
        let titles: Vec<_> = shown.sections.iter().filter_map(|section| section.title.as_deref()).collect();
        assert_eq!(titles, ["Soon", "One"]);
        assert_eq!(shown.settings.filters[0].values, [NOBODY.to_string(), mine.to_string()]);
        let widget = &shown.sections[1].widgets[0];
        let expected = json!({
            "metrics": [{ "metric": "shopify.revenue", "filters": { "store": NOBODY } }],
            "filters": { "or": [
                { "dimension": "store", "operator": "in", "values": [mine, NOBODY] },
                { "not": { "store": [NOBODY, mine] } },
                // Of other dimensions nothing is known that would be a store.
                { "dimension": "campaign", "operator": "in", "values": [other] },
            ] },
        });
        assert_eq!(json!(widget.query), expected);
        assert_eq!(json!(widget.display), json!({ "colours": { mine.to_string(): "series-1" } }));
    }

    #[test]
    fn how_an_answer_is_computed_is_never_asked_for_whatever_a_widget_says() {
        let mut shared = shared(false);
        for widget in shared.document.sections.iter_mut().flat_map(|section| &mut section.widgets) {
            widget.query.as_mut().unwrap().insert("explain".to_owned(), json!(true));
        }
        let questions = shared.questions(today(), None, None).unwrap();
        assert!(questions.values().all(|question| question.get("explain").is_none()));
    }
}
