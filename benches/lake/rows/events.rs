//! Measured values of a web analytics source, as its daily reports give them.

use arrow::array::RecordBatch;

use super::{Cells, Dice, batch, dataset};

const METRICS: &[(&str, &str)] = &[
    ("ga4", "sessions"),
    ("ga4", "page_views"),
    ("ga4", "engaged_sessions"),
    ("ga4", "add_to_carts"),
    ("ga4", "checkouts"),
    ("clarity", "scroll_depth"),
    ("clarity", "rage_clicks"),
    ("meta_ads", "spend"),
    ("meta_ads", "impressions"),
    ("meta_ads", "clicks"),
];
const DEVICES: &[&str] = &["mobile", "desktop", "tablet"];
const COUNTRIES: &[&str] = &["US", "CA", "GB", "DE", "AU", "FR", "NL", "JP"];
const TRAFFIC: &[(&str, &str)] = &[
    ("google", "organic"),
    ("(direct)", "(none)"),
    ("google", "cpc"),
    ("facebook", "paid_social"),
    ("klaviyo", "email"),
];
const CAMPAIGNS: &[&str] = &["always-on", "spring-sale", "retargeting", "brand", "new-arrivals", "holiday"];

/// A measured value, in millionths.
pub(crate) struct Event {
    number: u64,
    at: i64,
    source: &'static str,
    metric: &'static str,
    pub(crate) value: i64,
    device: &'static str,
    country: &'static str,
    page: u64,
    traffic: (&'static str, &'static str),
    campaign: Option<&'static str>,
    id: u64,
}

impl Event {
    /// The event of that number, recorded at that instant.
    pub(crate) fn new(seed: u64, number: u64, at: i64) -> Self {
        let mut dice = Dice::of(seed, number);
        let (source, metric) = dice.pick(METRICS);
        let whole = i64::try_from(dice.favoured(500)).unwrap_or(0) * 1_000_000;
        let cents = i64::try_from(dice.below(100)).unwrap_or(0) * 10_000;
        Self {
            number,
            at,
            source,
            metric,
            value: if metric == "spend" { whole + cents } else { whole },
            device: dice.pick(DEVICES),
            country: dice.pick(COUNTRIES),
            page: dice.favoured(300) as u64,
            traffic: dice.pick(TRAFFIC),
            campaign: dice.percent(40).then(|| dice.pick(CAMPAIGNS)),
            id: dice.next(),
        }
    }
}

pub(crate) fn events(events: &[Event]) -> anyhow::Result<RecordBatch> {
    batch(dataset("metric_events")?, events, cells)
}

fn cells(column: &str) -> Cells<Event> {
    match column {
        // A source's row has no id of its own: it is a hash of its dimensions, told apart here by the number.
        "event_id" => Cells::Text(|event| Some(format!("{}:{:016x}{:08x}", event.source, event.id, event.number))),
        "row_version" => Cells::Whole(|event| event.at / 1_000_000),
        "source" => Cells::Text(|event| Some(event.source.to_owned())),
        "metric_name" => Cells::Text(|event| Some(event.metric.to_owned())),
        "metric_value" => Cells::Amount(|event| event.value),
        "recorded_at" => Cells::Instant(|event| Some(event.at)),
        "synced_at" => Cells::Instant(|event| Some(event.at + super::DAY)),
        "currency" => Cells::Text(|event| (event.metric == "spend").then(|| "USD".to_owned())),
        "device" => Cells::Text(|event| Some(event.device.to_owned())),
        "country" => Cells::Text(|event| Some(event.country.to_owned())),
        "page" => Cells::Text(|event| Some(format!("/products/{}", event.page))),
        "traffic_source" => Cells::Text(|event| Some(event.traffic.0.to_owned())),
        "medium" => Cells::Text(|event| Some(event.traffic.1.to_owned())),
        "campaign" => Cells::Text(|event| event.campaign.map(str::to_owned)),
        _ => Cells::Nothing,
    }
}
