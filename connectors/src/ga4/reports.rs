//! The reports that are read of every day, and what becomes of their columns.
//!
//! Each is cut by few dimensions: GA4 gathers and withholds rows of reports with many. What they are called here is what the metric
//! registry knows them by, one set of names for each way of cutting.

use super::names::Missing;

/// The most reports of one call.
pub(super) const MOST_REPORTS: usize = 5;
/// The dimension of the day, which is the first of every report.
pub(super) const DATE: &str = "date";

/// One report of a day.
#[derive(Debug)]
pub(super) struct Report {
    /// What it is kept under.
    pub(super) id: &'static str,
    /// What people are told of it as.
    pub(super) title: &'static str,
    /// What it is cut by, besides the day.
    pub(super) dimensions: &'static [Dimension],
    /// What it counts.
    pub(super) metrics: &'static [Metric],
}

/// Something that a report is cut by.
#[derive(Debug)]
pub(super) struct Dimension {
    /// What GA4 calls it.
    pub(super) name: &'static str,
    /// Where its values go.
    pub(super) place: Place,
}

/// Where the values of a dimension go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Into a column of their own.
    Column(&'static str),
    /// Into that column, without what follows a question mark.
    Path(&'static str),
    /// Into the object of the other dimensions, under that name.
    Other(&'static str),
}

/// Something that a report counts.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Metric {
    /// What GA4 calls it.
    pub(super) name: &'static str,
    /// What its rows are called.
    pub(super) metric_name: &'static str,
    /// Whether it is an amount of money.
    pub(super) is_money: bool,
}

const fn column(name: &'static str, column: &'static str) -> Dimension {
    Dimension { name, place: Place::Column(column) }
}

const fn count(name: &'static str, metric_name: &'static str) -> Metric {
    Metric { name, metric_name, is_money: false }
}

const fn money(name: &'static str, metric_name: &'static str) -> Metric {
    Metric { name, metric_name, is_money: true }
}

/// Every report, in the order in which they are asked for. One report has ten metrics at most, and those of the day are eleven.
pub(super) static REPORTS: [Report; 6] = [
    Report {
        id: "day",
        title: "days",
        dimensions: &[],
        metrics: &[
            count("sessions", "sessions"),
            count("engagedSessions", "engaged_sessions"),
            count("userEngagementDuration", "engagement_seconds"),
            count("screenPageViews", "page_views"),
            count("keyEvents", "key_events"),
            count("totalUsers", "users"),
            count("newUsers", "new_users"),
        ],
    },
    Report {
        id: "day_commerce",
        title: "purchases by day",
        dimensions: &[],
        metrics: &[
            count("addToCarts", "add_to_carts"),
            count("checkouts", "checkouts"),
            count("ecommercePurchases", "purchases"),
            money("purchaseRevenue", "purchase_revenue"),
        ],
    },
    Report {
        id: "source",
        title: "sources",
        dimensions: &[
            column("sessionSource", "traffic_source"),
            column("sessionMedium", "medium"),
            column("sessionCampaignName", "campaign"),
        ],
        metrics: &[
            count("sessions", "sessions_by_source"),
            count("engagedSessions", "engaged_sessions_by_source"),
            count("userEngagementDuration", "engagement_seconds_by_source"),
            count("screenPageViews", "page_views_by_source"),
            count("keyEvents", "key_events_by_source"),
            count("newUsers", "new_users_by_source"),
            count("addToCarts", "add_to_carts_by_source"),
            count("checkouts", "checkouts_by_source"),
            count("ecommercePurchases", "purchases_by_source"),
            money("purchaseRevenue", "purchase_revenue_by_source"),
        ],
    },
    Report {
        id: "page",
        title: "landing pages",
        dimensions: &[Dimension { name: "landingPage", place: Place::Path("page") }],
        metrics: &[
            count("sessions", "sessions_by_page"),
            count("engagedSessions", "engaged_sessions_by_page"),
            count("userEngagementDuration", "engagement_seconds_by_page"),
            count("screenPageViews", "page_views_by_page"),
            count("keyEvents", "key_events_by_page"),
        ],
    },
    Report {
        id: "device",
        title: "devices and countries",
        dimensions: &[column("deviceCategory", "device"), column("country", "country")],
        metrics: &[
            count("sessions", "sessions_by_device"),
            count("engagedSessions", "engaged_sessions_by_device"),
            count("userEngagementDuration", "engagement_seconds_by_device"),
            count("screenPageViews", "page_views_by_device"),
            count("keyEvents", "key_events_by_device"),
            count("newUsers", "new_users_by_device"),
            count("addToCarts", "add_to_carts_by_device"),
            count("checkouts", "checkouts_by_device"),
            count("ecommercePurchases", "purchases_by_device"),
            money("purchaseRevenue", "purchase_revenue_by_device"),
        ],
    },
    Report {
        id: "item",
        title: "products",
        dimensions: &[column("itemName", "product"), Dimension { name: "itemId", place: Place::Other("item_id") }],
        metrics: &[
            count("itemsViewed", "items_viewed"),
            count("itemsAddedToCart", "items_added_to_cart"),
            count("itemsCheckedOut", "items_checked_out"),
            count("itemsPurchased", "items_purchased"),
        ],
    },
];

/// The report of that id.
pub(super) fn find(id: &str) -> Option<&'static Report> {
    REPORTS.iter().find(|report| report.id == id)
}

/// A report, as far as a property has what it is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) report: &'static Report,
    /// Those of its metrics that are asked for: one at least.
    pub(super) metrics: Vec<&'static Metric>,
}

impl PartialEq for Report {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Report {}

/// What is asked of a property that lacks some names: reports without the metrics that it lacks, and none that is cut by what it lacks.
pub(super) fn asked(missing: &Missing) -> Vec<Asked> {
    let whole = REPORTS.iter().filter(|report| !report.dimensions.iter().any(|cut| missing.has(cut.name)));
    let asked = whole.map(|report| {
        let metrics = report.metrics.iter().filter(|metric| !missing.has(metric.name)).collect();
        Asked { report, metrics }
    });
    asked.filter(|asked| !asked.metrics.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use aloftly_engine::metrics::Registry;

    use super::*;

    #[test]
    fn reports_tell_what_the_registry_knows_and_nothing_else() {
        let metrics = Registry::get().metrics.iter().filter(|metric| metric.source == "ga4");
        let grains = metrics.flat_map(|metric| metric.formula.measures()).flat_map(|measure| measure.rows.grains);
        let known: BTreeMap<&str, BTreeSet<&str>> =
            grains.map(|grain| (grain.metric_name, grain.dimensions.iter().copied().collect())).collect();
        let told = REPORTS.iter().flat_map(|report| {
            let columns: BTreeSet<&str> = report
                .dimensions
                .iter()
                .filter_map(|dimension| match dimension.place {
                    Place::Column(column) | Place::Path(column) => Some(column),
                    Place::Other(_) => None,
                })
                .collect();
            report.metrics.iter().map(move |metric| (metric.metric_name, columns.clone()))
        });
        let told: Vec<(&str, BTreeSet<&str>)> = told.collect();
        assert_eq!(told.len(), known.len(), "a name is told twice, or not at all");
        assert_eq!(told.into_iter().collect::<BTreeMap<_, _>>(), known);
    }

    #[test]
    fn amounts_are_those_that_the_registry_takes_for_amounts() {
        let metrics = Registry::get().metrics.iter().filter(|metric| metric.source == "ga4");
        let rows = metrics.flat_map(|metric| metric.formula.measures()).map(|measure| measure.rows);
        let money: BTreeSet<&str> =
            rows.filter(|rows| rows.is_money).flat_map(|rows| rows.grains).map(|grain| grain.metric_name).collect();
        let told = REPORTS.iter().flat_map(|report| report.metrics).filter(|metric| metric.is_money);
        assert_eq!(told.map(|metric| metric.metric_name).collect::<BTreeSet<_>>(), money);
    }

    #[test]
    fn no_report_is_larger_than_google_takes() {
        for report in &REPORTS {
            // With the day.
            assert!(report.dimensions.len() < 9, "{}", report.id);
            assert!(!report.metrics.is_empty() && report.metrics.len() <= 10, "{}", report.id);
        }
    }

    #[test]
    fn what_a_property_lacks_is_not_asked_for() {
        let all = asked(&Missing::default());
        assert_eq!(all.iter().map(|asked| asked.metrics.len()).collect::<Vec<_>>(), [7, 4, 10, 5, 10, 4]);
        let some = asked(&Missing::of(["keyEvents", "landingPage", "itemsViewed"]));
        let ids: Vec<&str> = some.iter().map(|asked| asked.report.id).collect();
        assert_eq!(ids, ["day", "day_commerce", "source", "device", "item"]);
        assert_eq!(some.iter().map(|asked| asked.metrics.len()).collect::<Vec<_>>(), [6, 4, 9, 9, 3]);
        let none = asked(&Missing::of(["addToCarts", "checkouts", "ecommercePurchases", "purchaseRevenue"]));
        assert!(!none.iter().any(|asked| asked.report.id == "day_commerce"));
    }
}
