//! What a dashboard shows, as one document: settings, and sections of widgets.
//!
//! What a widget asks is a piece of the metrics language, without what it shares with the whole dashboard; how it is drawn is known to the
//! app alone, and kept as it is.

#![allow(unused_qualifications, reason = "what utoipa derives names types by their full paths")]

use std::collections::BTreeSet;

use aloftly_engine::StoreId;
use aloftly_engine::metrics::Query;
use aloftly_engine::metrics::registry::Metric;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::resolve;
use crate::CatalogError;

/// The form of documents that this program writes.
pub(super) const VERSION: u8 = 1;

/// What a dashboard shows: at most 12 sections with 40 widgets in all, in 128 KiB.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = DashboardDocument)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// Of the form of documents: 1.
    #[schema(example = 1)]
    pub version: u8,
    /// What is asked unless a view or a widget says otherwise.
    pub settings: Settings,
    /// From top to bottom.
    pub sections: Vec<Section>,
}

/// What is asked unless a view or a widget says otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = DashboardSettings)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// A range's name, or its first and last day: `2026-10-01..2026-10-31`.
    #[schema(example = "last_30_days")]
    pub range: String,
    /// What is compared with: the name of a comparison, or `none`.
    #[schema(example = "previous_period")]
    pub compare: String,
    /// Of which stores; `null` is all of the workspace that one sees.
    #[schema(value_type = Option<Vec<uuid::Uuid>>, required = true)]
    #[serde(deserialize_with = "Option::deserialize")]
    pub stores: Option<Vec<StoreId>>,
    /// The currency that amounts are told in; `null` is the stores' own.
    #[schema(required = true, example = "USD")]
    #[serde(deserialize_with = "Option::deserialize")]
    pub currency: Option<String>,
    /// Which rows: all of these must hold. At most 20.
    pub filters: Vec<DashboardFilter>,
}

/// A condition on a dimension.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DashboardFilter {
    /// The dimension's id.
    #[schema(example = "country")]
    pub dimension: String,
    /// How it is compared, as in a query's `filters`.
    #[schema(example = "in")]
    pub operator: String,
    /// With what.
    pub values: Vec<String>,
}

/// Widgets that stand together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = DashboardSection)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// 6 to 32 small letters and digits; no other section of the dashboard has it.
    #[schema(example = "s4k2m9")]
    pub id: String,
    /// What stands above it.
    #[schema(required = true)]
    #[serde(deserialize_with = "Option::deserialize")]
    pub title: Option<String>,
    /// How many columns it has: 1 to 3.
    #[schema(example = 2)]
    pub columns: u8,
    /// Whether it is shown by its title alone until it is opened.
    pub collapsed: bool,
    /// In the order of reading.
    pub widgets: Vec<Widget>,
}

/// A figure, a chart, a table or a text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = DashboardWidget)]
#[serde(deny_unknown_fields)]
pub struct Widget {
    /// 6 to 32 small letters and digits; no other widget of the dashboard has it.
    #[schema(example = "w7x1c3")]
    pub id: String,
    /// What it is.
    pub kind: WidgetKind,
    /// How much room it takes.
    pub size: WidgetSize,
    /// What stands above it; `null` is a title made of what it shows.
    #[schema(required = true)]
    #[serde(deserialize_with = "Option::deserialize")]
    pub title: Option<String>,
    /// What people should know about it.
    #[schema(required = true)]
    #[serde(deserialize_with = "Option::deserialize")]
    pub note: Option<String>,
    /// What it asks: a query without `stores`, `time_range`, `compare_to`, `currency`, `timezone` and `explain`. Its `granularity` may be
    /// `auto`. `null` where it asks nothing.
    #[schema(value_type = Option<Object>, required = true)]
    #[serde(deserialize_with = "Option::deserialize")]
    pub query: Option<Map<String, Value>>,
    /// What it does not take from the dashboard.
    pub own: Own,
    /// How it is drawn, in at most 8 KiB.
    #[schema(value_type = Object)]
    pub display: Map<String, Value>,
    /// The Markdown of a text, at most 20,000 characters.
    #[schema(required = true)]
    #[serde(deserialize_with = "Option::deserialize")]
    pub text: Option<String>,
}

/// What a widget does not take from its dashboard.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = WidgetOwn)]
#[serde(deny_unknown_fields)]
pub struct Own {
    /// A range's name, or its first and last day: `2026-10-01..2026-10-31`. `null` is the dashboard's.
    #[schema(required = true)]
    #[serde(deserialize_with = "Option::deserialize")]
    pub range: Option<String>,
    /// The name of a comparison, or `none`; `null` is the dashboard's.
    #[schema(required = true)]
    #[serde(deserialize_with = "Option::deserialize")]
    pub compare: Option<String>,
    /// Of which stores; `null` is those of the dashboard.
    #[schema(value_type = Option<Vec<uuid::Uuid>>, required = true)]
    #[serde(deserialize_with = "Option::deserialize")]
    pub stores: Option<Vec<StoreId>>,
    /// What becomes of the dashboard's filters.
    pub filters: WidgetFilters,
}

/// Whether the dashboard's filters are put to a widget's own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WidgetFilters {
    /// They are, where all that it asks about can be cut by their dimension.
    #[default]
    Add,
    /// They are not.
    Ignore,
}

/// What a widget is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WidgetKind {
    /// One figure, beside what it is compared with.
    Kpi,
    /// Figures over time, as lines.
    Line,
    /// The same, as areas.
    Area,
    /// Figures as bars, by time or by group.
    Bar,
    /// The shares of groups in a whole.
    Pie,
    /// Figures in rows.
    Table,
    /// How many come how far.
    Funnel,
    /// Figures by the hour and the day of the week.
    Heatmap,
    /// Markdown.
    Text,
    /// A figure on its way to a goal.
    Goal,
    /// What customers wrote of products.
    Reviews,
    /// How the variations of an experiment do.
    Experiment,
    /// What was answered in a survey.
    Survey,
    /// How customers feel.
    Sentiment,
}

impl WidgetKind {
    /// Whether it is drawn from the answer to a question of its own.
    pub(super) const fn asks(self) -> bool {
        !matches!(self, Self::Text | Self::Reviews | Self::Experiment | Self::Survey | Self::Sentiment)
    }

    /// The source that it is about, where it is about one.
    const fn source(self) -> Option<&'static str> {
        match self {
            Self::Reviews => Some("judgeme"),
            Self::Experiment => Some("intelligems"),
            Self::Survey => Some("knocommerce"),
            Self::Sentiment => Some("gorgias"),
            _ => None,
        }
    }
}

/// How much room a widget takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WidgetSize {
    /// A quarter of a section of two columns.
    Small,
    /// Half of it.
    Medium,
    /// All of its width.
    Large,
    /// All of its width, and higher.
    Full,
}

impl Document {
    /// One without a widget.
    #[must_use]
    pub fn empty() -> Self {
        let settings = Settings {
            range: "last_30_days".to_owned(),
            compare: "previous_period".to_owned(),
            stores: None,
            currency: None,
            filters: Vec::new(),
        };
        Self { version: VERSION, settings, sections: vec![Section::empty()] }
    }

    /// Its widgets, in the order of reading.
    pub fn widgets(&self) -> impl Iterator<Item = &Widget> {
        self.sections.iter().flat_map(|section| &section.widgets)
    }

    /// The metrics that its widgets ask about, by their ids.
    #[must_use]
    pub fn asked(&self) -> BTreeSet<&'static str> {
        self.metrics().map(|metric| metric.id).collect()
    }

    /// The sources that its figures come from, by their ids.
    #[must_use]
    pub fn sources(&self) -> BTreeSet<&'static str> {
        let about = self.widgets().filter_map(|widget| widget.kind.source());
        self.metrics().flat_map(Metric::sources).chain(about).collect()
    }

    fn metrics(&self) -> impl Iterator<Item = &'static Metric> {
        let queries = self.widgets().filter_map(|widget| resolve::alone(widget, &self.settings));
        let parsed = queries.filter_map(|query| Query::from_json(&Value::Object(query)).ok());
        parsed.flat_map(|query| query.registered())
    }

    /// The same, of whatever stores a workspace has: what is said of some by their ids is left out.
    pub(super) fn of_any_stores(mut self) -> Self {
        self.settings.stores = None;
        self.settings.filters.retain(|filter| filter.dimension != "store");
        for widget in self.sections.iter_mut().flat_map(|section| &mut section.widgets) {
            widget.own.stores = None;
            let Some(query) = &mut widget.query else { continue };
            if let Some(conditions) = query.shift_remove("filters").and_then(of_any_store) {
                query.insert("filters".to_owned(), conditions);
            }
        }
        self
    }

    /// Every store that it names, each with its place as a JSON pointer.
    pub(super) fn stores(&self) -> impl Iterator<Item = (String, StoreId)> {
        let of_widgets = self
            .placed()
            .flat_map(|(pointer, widget)| numbered(format!("{pointer}/own/stores"), widget.own.stores.as_deref()));
        numbered("/settings/stores".to_owned(), self.settings.stores.as_deref()).chain(of_widgets)
    }

    /// Its widgets, each with its place as a JSON pointer.
    pub(super) fn placed(&self) -> impl Iterator<Item = (String, &Widget)> {
        self.sections.iter().enumerate().flat_map(|(section_index, section)| {
            let widgets = section.widgets.iter().enumerate();
            widgets.map(move |(index, widget)| (format!("/sections/{section_index}/widgets/{index}"), widget))
        })
    }

    /// As it is kept.
    pub(super) fn row(&self) -> Result<Value, CatalogError> {
        serde_json::to_value(self).map_err(|error| CatalogError::corrupt("a dashboard", error))
    }

    /// From what a row has.
    pub(super) fn of_row(document: Value) -> Result<Self, CatalogError> {
        serde_json::from_value(document).map_err(|error| CatalogError::corrupt("a dashboard", error))
    }
}

impl Section {
    /// The first of a dashboard that has no widget yet.
    pub(super) fn empty() -> Self {
        Self { id: "section1".to_owned(), title: None, columns: 2, collapsed: false, widgets: Vec::new() }
    }
}

/// Conditions without those on the store; none where there are no others.
fn of_any_store(conditions: Value) -> Option<Value> {
    let Value::Object(mut fields) = conditions else { return Some(conditions) };
    for group in ["and", "or"] {
        if let Some(parts) = fields.get_mut(group).and_then(Value::as_array_mut) {
            *parts = std::mem::take(parts).into_iter().filter_map(of_any_store).collect();
            return (!parts.is_empty()).then_some(Value::Object(fields));
        }
    }
    if let Some(part) = fields.remove("not") {
        return of_any_store(part).map(|part| json!({ "not": part }));
    }
    if fields.get("dimension").is_some_and(|dimension| dimension == "store") {
        return None;
    }
    fields.shift_remove("store");
    (!fields.is_empty()).then_some(Value::Object(fields))
}

/// Stores of a list, each with its place.
fn numbered(list: String, stores: Option<&[StoreId]>) -> impl Iterator<Item = (String, StoreId)> {
    let stores = stores.unwrap_or_default().iter().copied().enumerate();
    stores.map(move |(index, store)| (format!("{list}/{index}"), store))
}
