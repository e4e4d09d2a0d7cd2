//! Dimensions and metrics, and which go together.

use super::error::ApiError;

/// What a field is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// Of a visit, or a day: goes with everything.
    Common,
    /// Of a visit, but not with products.
    Session,
    /// Of something that happens in a visit.
    Event,
    /// Of a product in something that happens.
    Item,
}

/// What a metric's values are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Integer,
    Float,
    Seconds,
    Currency,
}

impl Kind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Integer => "TYPE_INTEGER",
            Self::Float => "TYPE_FLOAT",
            Self::Seconds => "TYPE_SECONDS",
            Self::Currency => "TYPE_CURRENCY",
        }
    }
}

/// A dimension: its name, its name for people, and what it is about.
pub(super) static DIMENSIONS: [(&str, &str, Scope); 16] = [
    ("date", "Date", Scope::Common),
    ("dateHour", "Date + hour (YYYYMMDDHH)", Scope::Event),
    ("sessionSource", "Session source", Scope::Session),
    ("sessionMedium", "Session medium", Scope::Session),
    ("sessionCampaignName", "Session campaign", Scope::Session),
    ("sessionSourceMedium", "Session source / medium", Scope::Session),
    ("sessionDefaultChannelGroup", "Session default channel group", Scope::Session),
    ("landingPage", "Landing page", Scope::Session),
    ("landingPagePlusQueryString", "Landing page + query string", Scope::Session),
    ("deviceCategory", "Device category", Scope::Common),
    ("country", "Country", Scope::Common),
    ("newVsReturning", "New / returning", Scope::Session),
    ("pagePath", "Page path", Scope::Event),
    ("eventName", "Event name", Scope::Event),
    ("itemId", "Item ID", Scope::Item),
    ("itemName", "Item name", Scope::Item),
];

/// A metric, in the same way, with what its values are.
pub(super) static METRICS: [(&str, &str, Scope, Kind); 27] = [
    ("sessions", "Sessions", Scope::Session, Kind::Integer),
    ("engagedSessions", "Engaged sessions", Scope::Session, Kind::Integer),
    ("totalUsers", "Total users", Scope::Session, Kind::Integer),
    ("activeUsers", "Active users", Scope::Session, Kind::Integer),
    ("newUsers", "New users", Scope::Session, Kind::Integer),
    ("engagementRate", "Engagement rate", Scope::Session, Kind::Float),
    ("bounceRate", "Bounce rate", Scope::Session, Kind::Float),
    ("averageSessionDuration", "Average session duration", Scope::Session, Kind::Seconds),
    ("userEngagementDuration", "User engagement", Scope::Event, Kind::Seconds),
    ("screenPageViews", "Views", Scope::Event, Kind::Integer),
    ("eventCount", "Event count", Scope::Event, Kind::Integer),
    ("keyEvents", "Key events", Scope::Event, Kind::Float),
    ("sessionKeyEventRate", "Session key event rate", Scope::Session, Kind::Float),
    ("addToCarts", "Add to carts", Scope::Event, Kind::Integer),
    ("checkouts", "Checkouts", Scope::Event, Kind::Integer),
    ("ecommercePurchases", "Ecommerce purchases", Scope::Event, Kind::Integer),
    ("transactions", "Transactions", Scope::Event, Kind::Integer),
    ("purchaseRevenue", "Purchase revenue", Scope::Event, Kind::Currency),
    ("totalRevenue", "Total revenue", Scope::Event, Kind::Currency),
    ("totalPurchasers", "Total purchasers", Scope::Event, Kind::Integer),
    ("itemsViewed", "Items viewed", Scope::Item, Kind::Integer),
    ("itemsAddedToCart", "Items added to cart", Scope::Item, Kind::Integer),
    ("itemsCheckedOut", "Items checked out", Scope::Item, Kind::Integer),
    ("itemsPurchased", "Items purchased", Scope::Item, Kind::Integer),
    ("itemRevenue", "Item revenue", Scope::Item, Kind::Currency),
    ("itemViewEvents", "Item view events", Scope::Item, Kind::Integer),
    ("itemPurchaseQuantity", "Item purchase quantity", Scope::Item, Kind::Integer),
];

/// What a dimension is about.
pub(super) fn dimension(name: &str) -> Option<Scope> {
    DIMENSIONS.iter().find(|(own, _, _)| *own == name).map(|(_, _, scope)| *scope)
}

/// What a metric is about, and what its values are.
pub(super) fn metric(name: &str) -> Option<(Scope, Kind)> {
    METRICS.iter().find(|(own, _, _, _)| *own == name).map(|(_, _, scope, kind)| (*scope, *kind))
}

/// Whether two fields go together: those of products only with each other and with what goes with everything.
fn go_together(one: Scope, other: Scope) -> bool {
    let is_item = |scope| scope == Scope::Item;
    let fits = |scope| matches!(scope, Scope::Item | Scope::Common);
    (fits(one) || !is_item(other)) && (fits(other) || !is_item(one))
}

/// Whether a field goes with all of these.
pub(super) fn fits(scope: Scope, others: &[Scope]) -> bool {
    others.iter().all(|other| go_together(scope, *other))
}

/// Refuses fields that do not go together, and names those that are in the way.
pub(super) fn check(dimensions: &[&str], metrics: &[&str]) -> Result<(), ApiError> {
    let of_dimensions = dimensions.iter().filter_map(|name| Some((*name, dimension(name)?)));
    let of_metrics = metrics.iter().filter_map(|name| Some((*name, metric(name)?.0)));
    let all: Vec<(&str, Scope)> = of_dimensions.chain(of_metrics).collect();
    let is_of_items = all.iter().any(|(_, scope)| *scope == Scope::Item);
    let wrong: Vec<&str> = all
        .iter()
        .filter(|(_, scope)| is_of_items && !matches!(scope, Scope::Item | Scope::Common))
        .map(|(name, _)| *name)
        .collect();
    if wrong.is_empty() {
        return Ok(());
    }
    Err(ApiError::invalid(&format!(
        "Please remove {} to make the request compatible. The request's dimensions & metrics are incompatible. To learn more, see \
         https://ga-dev-tools.web.app/ga4/dimensions-metrics-explorer/",
        wrong.join(", ")
    )))
}
