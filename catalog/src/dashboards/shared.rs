//! A dashboard as those see it who have one of its links: of the link's stores, in the view of its settings.
//!
//! What its widgets ask is worked out here and never taken from a visitor, who may at most choose other days.

use std::collections::{BTreeMap, BTreeSet};

use aloftly_engine::StoreId;
use aloftly_engine::metrics::query::{NamedComparison, TimeRange};
use chrono::{NaiveDate, TimeDelta};
use serde_json::Value;
use sqlx::PgTransaction;
use uuid::Uuid;

use super::document::Document;
use super::resolve::{View, parse_range, resolve, trends};
use super::{Dashboard, Visibility};
use crate::{CatalogError, DashboardId, Tenant};

/// How far back visitors may look day by day.
const LOOK_BACK: TimeDelta = TimeDelta::days(2 * 366);
/// The most stores that a dashboard is shown of: as many as a question may name.
const MOST_STORES: usize = 100;

/// A dashboard as a link shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct SharedDashboard {
    document: Document,
    stores: Vec<StoreId>,
    may_change_range: bool,
}

impl SharedDashboard {
    /// From what is kept, of those stores. Widgets that are of other stores alone are left out.
    pub(crate) fn of(document: Value, stores: Vec<StoreId>, may_change_range: bool) -> Result<Self, CatalogError> {
        let mut document = Document::of_row(document)?;
        document.settings.stores = None;
        for section in &mut document.sections {
            section.widgets.retain_mut(|widget| {
                let Some(own) = &mut widget.own.stores else { return true };
                own.retain(|store| stores.contains(store));
                !own.is_empty()
            });
        }
        Ok(Self { document, stores, may_change_range })
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
            check_days(range, today)?;
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
            currency: settings.currency,
            filters: settings.filters,
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

/// Refuses what is no range, and days of long ago, so that nobody goes through all that there is day by day.
fn check_days(range: &str, today: NaiveDate) -> Result<(), CatalogError> {
    match parse_range(range) {
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

    fn widget(id: &str, stores: Option<Vec<StoreId>>) -> Value {
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
                    widget("ofone1", Some(vec![store(1), store(9)])),
                    widget("others1", Some(vec![store(9)])),
                ],
            }],
        });
        SharedDashboard::of(document, vec![store(1), store(2)], may_change_range).unwrap()
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
            "stores": [store(1), store(2)],
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
        for good in ["all_time", "today", "2024-12-01..2026-11-21"] {
            assert!(free.questions(today(), Some(good), Some("previous_year")).is_ok(), "{good}");
        }
        for wrong in
            ["", "ever", "2026-10-31..2026-10-01", "2023-01-01..2023-01-31", "2026-11-01..2027-11-01", "2026-10-01"]
        {
            let refused = free.questions(today(), Some(wrong), None).unwrap_err();
            assert!(matches!(refused, CatalogError::Invalid { field: "range", .. }), "{wrong}: {refused:?}");
        }
        let refused = free.questions(today(), None, Some("ever")).unwrap_err();
        assert!(matches!(refused, CatalogError::Invalid { field: "compare", .. }), "{refused:?}");
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
