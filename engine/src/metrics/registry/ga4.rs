//! What Google Analytics 4 reports, day by day.
//!
//! Each report is asked for by few dimensions at once, because rows of many are cut and withheld; so the same sessions come in
//! several reports, and a query takes the one that has the dimensions it needs. Users of days and rows do not add up: a person who
//! comes on two days is one user of the week, which no sum over days tells.

use super::build::{events, mean, rows, sum, text};
use super::{Aggregation, Category, Formula, Grain, Metric, Rows, Unit};

const DAY: &[&str] = &[];
const SOURCE: &[&str] = &["traffic_source", "medium", "campaign"];
const PAGE: &[&str] = &["page"];
const DEVICE: &[&str] = &["device", "country"];
const ITEM: &[&str] = &["product"];

const BY_SESSION: &[&str] = &["store", "traffic_source", "medium", "campaign", "page", "device", "country"];
const BY_DEVICE: &[&str] = &["store", "traffic_source", "medium", "campaign", "device", "country"];

events!(SESSIONS, "ga4", [
    "sessions" by DAY,
    "sessions_by_source" by SOURCE,
    "sessions_by_page" by PAGE,
    "sessions_by_device" by DEVICE,
]);
events!(ENGAGED, "ga4", [
    "engaged_sessions" by DAY,
    "engaged_sessions_by_source" by SOURCE,
    "engaged_sessions_by_page" by PAGE,
    "engaged_sessions_by_device" by DEVICE,
]);
events!(ENGAGEMENT, "ga4", [
    "engagement_seconds" by DAY,
    "engagement_seconds_by_source" by SOURCE,
    "engagement_seconds_by_page" by PAGE,
    "engagement_seconds_by_device" by DEVICE,
]);
events!(VIEWS, "ga4", [
    "page_views" by DAY,
    "page_views_by_source" by SOURCE,
    "page_views_by_page" by PAGE,
    "page_views_by_device" by DEVICE,
]);
events!(KEY_EVENTS, "ga4", [
    "key_events" by DAY,
    "key_events_by_source" by SOURCE,
    "key_events_by_page" by PAGE,
    "key_events_by_device" by DEVICE,
]);
events!(USERS, "ga4", ["users" by DAY]);
events!(NEW_USERS, "ga4", [
    "new_users" by DAY,
    "new_users_by_source" by SOURCE,
    "new_users_by_device" by DEVICE,
]);
events!(ADD_TO_CARTS, "ga4", [
    "add_to_carts" by DAY,
    "add_to_carts_by_source" by SOURCE,
    "add_to_carts_by_device" by DEVICE,
]);
events!(CHECKOUTS, "ga4", [
    "checkouts" by DAY,
    "checkouts_by_source" by SOURCE,
    "checkouts_by_device" by DEVICE,
]);
events!(PURCHASES, "ga4", [
    "purchases" by DAY,
    "purchases_by_source" by SOURCE,
    "purchases_by_device" by DEVICE,
]);
events!(REVENUE, "ga4", money, [
    "purchase_revenue" by DAY,
    "purchase_revenue_by_source" by SOURCE,
    "purchase_revenue_by_device" by DEVICE,
]);
events!(ITEM_VIEWS, "ga4", ["items_viewed" by ITEM]);
events!(ITEMS_ADDED, "ga4", ["items_added_to_cart" by ITEM]);
events!(ITEMS_CHECKED_OUT, "ga4", ["items_checked_out" by ITEM]);
events!(ITEMS_PURCHASED, "ga4", ["items_purchased" by ITEM]);

const VALUE: &str = "metric_value";

/// A sum of what reports count.
const COUNTS: Metric = Metric {
    id: "",
    source: "ga4",
    title: "",
    description: "",
    unit: Unit::Count,
    category: Category::Traffic,
    formula: Formula::Measure(sum(&SESSIONS, VALUE)),
    by_refund: None,
    aggregation: Aggregation::Sum,
    aggregations: &[Aggregation::Sum],
    dimensions: BY_SESSION,
    additive: true,
    has_hours: false,
    higher_is_better: Some(true),
};

const RATIO: Metric = Metric {
    unit: Unit::Percentage,
    aggregation: Aggregation::Ratio,
    aggregations: &[Aggregation::Ratio],
    additive: false,
    ..COUNTS
};

const fn ratio(numerator: &'static Rows, denominator: &'static Rows) -> Formula {
    Formula::Ratio { numerator: sum(numerator, VALUE), denominator: sum(denominator, VALUE) }
}

pub(super) static METRICS: &[Metric] = &[
    Metric {
        id: "ga4.sessions",
        title: "Sessions",
        description: "Visits, as GA4 counts them: ended by half an hour without an event",
        ..COUNTS
    },
    Metric {
        id: "ga4.engaged_sessions",
        title: "Engaged sessions",
        description: "Sessions of ten seconds or more, of two pages or more, or with a key event",
        category: Category::Engagement,
        formula: Formula::Measure(sum(&ENGAGED, VALUE)),
        ..COUNTS
    },
    Metric {
        id: "ga4.page_views",
        title: "Page views",
        description: "Pages that were looked at, each time",
        formula: Formula::Measure(sum(&VIEWS, VALUE)),
        ..COUNTS
    },
    Metric {
        id: "ga4.key_events",
        title: "Key events",
        description: "Events that the property marks as key events",
        category: Category::Conversion,
        formula: Formula::Measure(sum(&KEY_EVENTS, VALUE)),
        ..COUNTS
    },
    Metric {
        id: "ga4.new_users",
        title: "New users",
        description: "Users of whom GA4 knew nothing before",
        formula: Formula::Measure(sum(&NEW_USERS, VALUE)),
        dimensions: BY_DEVICE,
        ..COUNTS
    },
    Metric {
        id: "ga4.users",
        title: "Users per day",
        description: "Different users of a day, the mean over the days, of several stores over the days of each: users of several days cannot be added up",
        formula: mean(&USERS, VALUE),
        aggregation: Aggregation::Avg,
        aggregations: &[Aggregation::Avg, Aggregation::Min, Aggregation::Max, Aggregation::Median, Aggregation::Latest],
        dimensions: &["store"],
        additive: false,
        ..COUNTS
    },
    Metric {
        id: "ga4.add_to_carts",
        title: "Added to cart",
        description: "Times that something was put into a cart",
        category: Category::Conversion,
        formula: Formula::Measure(sum(&ADD_TO_CARTS, VALUE)),
        dimensions: BY_DEVICE,
        ..COUNTS
    },
    Metric {
        id: "ga4.checkouts",
        title: "Checkouts begun",
        description: "Times that a checkout was begun",
        category: Category::Conversion,
        formula: Formula::Measure(sum(&CHECKOUTS, VALUE)),
        dimensions: BY_DEVICE,
        ..COUNTS
    },
    Metric {
        id: "ga4.purchases",
        title: "Purchases seen by GA4",
        description: "Purchases that GA4 saw: fewer than the shop's orders, because of consent and blockers",
        category: Category::Conversion,
        formula: Formula::Measure(sum(&PURCHASES, VALUE)),
        dimensions: BY_DEVICE,
        ..COUNTS
    },
    Metric {
        id: "ga4.purchase_revenue",
        title: "Revenue seen by GA4",
        description: "What the purchases that GA4 saw came to, less refunds that it was told of: not the shop's revenue",
        unit: Unit::Currency,
        category: Category::Revenue,
        formula: Formula::Measure(sum(&REVENUE, VALUE)),
        dimensions: BY_DEVICE,
        ..COUNTS
    },
    Metric {
        id: "ga4.items_viewed",
        title: "Items viewed",
        description: "Times that a product was looked at",
        category: Category::Products,
        formula: Formula::Measure(sum(&ITEM_VIEWS, VALUE)),
        dimensions: &["store", "product"],
        ..COUNTS
    },
    Metric {
        id: "ga4.items_added_to_cart",
        title: "Items added to cart",
        description: "Pieces of a product that were put into carts",
        category: Category::Products,
        formula: Formula::Measure(sum(&ITEMS_ADDED, VALUE)),
        dimensions: &["store", "product"],
        ..COUNTS
    },
    Metric {
        id: "ga4.items_checked_out",
        title: "Items checked out",
        description: "Pieces of a product in checkouts that were begun",
        category: Category::Products,
        formula: Formula::Measure(sum(&ITEMS_CHECKED_OUT, VALUE)),
        dimensions: &["store", "product"],
        ..COUNTS
    },
    Metric {
        id: "ga4.items_purchased",
        title: "Items purchased, seen by GA4",
        description: "Pieces of a product in purchases that GA4 saw",
        category: Category::Products,
        formula: Formula::Measure(sum(&ITEMS_PURCHASED, VALUE)),
        dimensions: &["store", "product"],
        ..COUNTS
    },
    Metric {
        id: "ga4.engagement_rate",
        title: "Engagement rate",
        description: "Engaged sessions of all sessions",
        category: Category::Engagement,
        formula: ratio(&ENGAGED, &SESSIONS),
        ..RATIO
    },
    Metric {
        id: "ga4.bounce_rate",
        title: "Bounce rate",
        description: "Sessions that were not engaged, of all sessions",
        category: Category::Engagement,
        formula: Formula::Computed("1 - ga4.engaged_sessions / ga4.sessions"),
        higher_is_better: Some(false),
        ..RATIO
    },
    Metric {
        id: "ga4.pages_per_session",
        title: "Pages per session",
        description: "Page views divided by sessions",
        unit: Unit::Ratio,
        category: Category::Engagement,
        formula: ratio(&VIEWS, &SESSIONS),
        ..RATIO
    },
    Metric {
        id: "ga4.engagement_time",
        title: "Engagement time per session",
        description: "How long the site was in front of visitors, divided by sessions",
        unit: Unit::Duration,
        category: Category::Engagement,
        formula: ratio(&ENGAGEMENT, &SESSIONS),
        ..RATIO
    },
    Metric {
        id: "ga4.add_to_cart_rate",
        title: "Add-to-cart rate",
        description: "Times that something was put into a cart, divided by sessions",
        category: Category::Conversion,
        formula: ratio(&ADD_TO_CARTS, &SESSIONS),
        dimensions: BY_DEVICE,
        ..RATIO
    },
    Metric {
        id: "ga4.conversion_rate",
        title: "Conversion rate seen by GA4",
        description: "Purchases that GA4 saw, divided by its sessions",
        category: Category::Conversion,
        formula: ratio(&PURCHASES, &SESSIONS),
        dimensions: BY_DEVICE,
        ..RATIO
    },
];
