//! Writes visits as a file of measurements, named as the reports that are read of Google Analytics.

use std::collections::BTreeMap;
use std::io::{self, Write};

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

use super::order::days;
use super::visits::{Counts, DEVICES, SOURCES, Visits, country, path};
use super::{Business, Options};
use crate::events_file::{Field, Mapping, Metric, TimeField};

const TITLES: [&str; 11] = [
    "date",
    "metric",
    "value",
    "currency",
    "traffic_source",
    "medium",
    "campaign",
    "page",
    "device",
    "country",
    "product",
];

/// What a row is cut by.
#[derive(Clone, Copy, Debug, Default)]
struct Cut<'a> {
    traffic_source: &'a str,
    medium: &'a str,
    campaign: &'a str,
    page: &'a str,
    device: &'a str,
    country: &'a str,
    product: &'a str,
}

/// Which columns of the file are what, for a business whose days are of that zone.
#[must_use]
pub fn visits_mapping(timezone: Tz) -> Mapping {
    let column = |title: &str| Field::Column(title.to_owned());
    Mapping {
        source: Field::Constant("ga4".to_owned()),
        recorded_at: TimeField { column: "date".to_owned(), format: None, timezone: Some(timezone) },
        metrics: vec![Metric { name: column("metric"), value: "value".to_owned(), round: false }],
        event_id: None,
        currency: Some(column("currency")),
        device: Some(column("device")),
        country: Some(column("country")),
        page: Some(column("page")),
        traffic_source: Some(column("traffic_source")),
        medium: Some(column("medium")),
        campaign: Some(column("campaign")),
        product: Some(column("product")),
        variant: None,
        experiment: None,
        customer_id: None,
        order_id: None,
        sampled: None,
        thresholded: None,
        dimensions: BTreeMap::new(),
        metadata: BTreeMap::new(),
    }
}

/// Writes what was counted on the business's site on the last [`Options::days`] local days up to `now`, oldest first, as a CSV file that
/// [`visits_mapping`] reads. Purchases are orders of [`write_orders_csv`](super::write_orders_csv), with the same options and instant.
///
/// # Errors
/// When `out` fails.
pub fn write_visits_csv(
    business: impl Into<Business>,
    options: &Options,
    now: DateTime<Utc>,
    out: impl Write,
) -> io::Result<()> {
    let business: Business = business.into();
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(TITLES)?;
    let mut file = VisitsFile { business: &business, csv };
    for (day, orders) in days(&business.shop, options, now) {
        file.day(day, &Visits::of(&business.shop, options, day, &orders, now))?;
    }
    file.csv.flush()
}

struct VisitsFile<'a, W: Write> {
    business: &'a Business,
    csv: csv::Writer<W>,
}

impl<W: Write> VisitsFile<'_, W> {
    fn day(&mut self, day: NaiveDate, visits: &Visits) -> io::Result<()> {
        let day = day.to_string();
        let all = &visits.all;
        self.rows(&day, Cut::default(), "", &traffic(all))?;
        self.rows(&day, Cut::default(), "", &[("users", all.users), ("new_users", all.new_users)])?;
        self.rows(&day, Cut::default(), "", &commerce(all))?;
        self.revenue(&day, Cut::default(), "", all)?;
        for (place, counts) in &visits.by_source {
            let Some(source) = SOURCES.get(*place) else { continue };
            let (traffic_source, medium, campaign) = (source.name, source.medium, source.campaign);
            let cut = Cut { traffic_source, medium, campaign, ..Cut::default() };
            self.by(&day, cut, "_by_source", counts)?;
        }
        for (page, counts) in &visits.by_page {
            let path = path(&self.business.shop, *page);
            let cut = Cut { page: &path, ..Cut::default() };
            self.rows(&day, cut, "_by_page", &traffic(counts))?;
        }
        for ((device, code), counts) in &visits.by_device {
            let Some(&(device, ..)) = DEVICES.get(*device) else { continue };
            let cut = Cut { device, country: country(code), ..Cut::default() };
            self.by(&day, cut, "_by_device", counts)?;
        }
        for (&product, item) in &visits.items {
            let counts = [
                ("items_viewed", item.viewed),
                ("items_added_to_cart", item.added),
                ("items_checked_out", item.checked_out),
                ("items_purchased", item.purchased),
            ];
            self.rows(&day, Cut { product, ..Cut::default() }, "", &counts)?;
        }
        Ok(())
    }

    /// What a report that is cut tells of some sessions.
    fn by(&mut self, day: &str, cut: Cut<'_>, suffix: &str, counts: &Counts) -> io::Result<()> {
        self.rows(day, cut, suffix, &traffic(counts))?;
        self.rows(day, cut, suffix, &[("new_users", counts.new_users)])?;
        self.rows(day, cut, suffix, &commerce(counts))?;
        self.revenue(day, cut, suffix, counts)
    }

    fn revenue(&mut self, day: &str, cut: Cut<'_>, suffix: &str, counts: &Counts) -> io::Result<()> {
        if suffix.is_empty() || counts.revenue != 0 {
            let (metric, value) = (format!("purchase_revenue{suffix}"), self.business.amount(counts.revenue));
            let currency = &self.business.currency;
            return self.row(day, &metric, &value, currency, cut);
        }
        Ok(())
    }

    /// Figures of nothing are told of whole days alone.
    fn rows(&mut self, day: &str, cut: Cut<'_>, suffix: &str, figures: &[(&str, u64)]) -> io::Result<()> {
        let is_of_day = suffix.is_empty() && cut.product.is_empty();
        for (name, value) in figures.iter().filter(|(_, value)| is_of_day || *value > 0) {
            self.row(day, &format!("{name}{suffix}"), &value.to_string(), "", cut)?;
        }
        Ok(())
    }

    fn row(&mut self, day: &str, metric: &str, value: &str, currency: &str, cut: Cut<'_>) -> io::Result<()> {
        let Cut { traffic_source, medium, campaign, page, device, country, product } = cut;
        let cells: [&str; TITLES.len()] =
            [day, metric, value, currency, traffic_source, medium, campaign, page, device, country, product];
        Ok(self.csv.write_record(cells)?)
    }
}

fn traffic(counts: &Counts) -> [(&'static str, u64); 5] {
    [
        ("sessions", counts.sessions),
        ("engaged_sessions", counts.engaged),
        ("engagement_seconds", counts.seconds),
        ("page_views", counts.views),
        ("key_events", counts.key_events),
    ]
}

fn commerce(counts: &Counts) -> [(&'static str, u64); 3] {
    [("add_to_carts", counts.carts), ("checkouts", counts.checkouts), ("purchases", counts.purchases)]
}
