//! Files with the canary wherever they have words.

use reqwest::multipart::{Form, Part};
use serde_json::json;
use uuid::Uuid;

use super::shown::{AMOUNTS, CANARY, with_canary};

/// Measurements of three sources, with `~` for the canary.
const EVENTS: &str = "\
Source,Date,Metric,Value,Device,Country,Page,From,Medium,Campaign,Product,Variant,Experiment,Customer,Order,Note
ga4,2026-11-02,sessions_by_source,5,,,,~ from,~ medium,~ campaign,,,,,,
ga4,2026-11-02,sessions_by_page,5,,,/~,,,,,,,,,
ga4,2026-11-02,sessions_by_device,5,~ device,~ country,,,,,,,,,,
ga4,2026-11-02,items_viewed,5,,,,,,,~ product,,,,,
intelligems,2026-11-02,visitors,5,,,,,,,,~ variant,~ test,,,
~,2026-11-02,~,5,,,,,,,,,,~ customer,~ order,~ note
";

/// Two orders of one customer, with the canary wherever a file of orders has words of its shop.
pub(super) fn orders() -> String {
    let columns = [
        ("Name", "#~-1"),
        ("Email", "buyer@~.test"),
        ("Financial Status", "~ paid"),
        ("Fulfillment Status", "~ sent"),
        ("Created at", "2026-11-02 10:00:00 -0500"),
        ("Currency", "USD"),
        ("Total", AMOUNTS[0]),
        ("Refunded Amount", "1.00"),
        ("Discount Code", "~ code"),
        ("Shipping Method", "~ van"),
        ("Lineitem quantity", "1"),
        ("Lineitem name", "vase ~"),
        ("Lineitem price", AMOUNTS[0]),
        ("Lineitem sku", "~ sku"),
        ("Vendor", "~ maker"),
        ("Billing Name", "~ buyer"),
        ("Shipping City", "~ city"),
        ("Shipping Province", "~ province"),
        ("Shipping Country", "~ country"),
        ("Payment Method", "~ cash"),
        ("Location", "~ shop"),
        ("Tags", "~ tag"),
        ("Risk Level", "~ risk"),
        ("Source", "~ channel"),
        ("Notes", "~ note"),
    ];
    let (titles, cells): (Vec<_>, Vec<_>) = columns.into_iter().unzip();
    let first = cells.join(",");
    let second = first.replace("~-1", "~-2").replace("2026-11-02", "2026-11-03");
    with_canary(&format!("{}\n{first}\n{second}\n", titles.join(",")))
}

/// The form that hands over [`EVENTS`].
pub(super) fn events(store: Uuid) -> Form {
    let column = |title: &str| json!({ "column": title });
    let mapping = json!({
        "source": column("Source"),
        "recorded_at": { "column": "Date", "timezone": "America/New_York" },
        "metrics": [{ "name": column("Metric"), "value": "Value" }],
        "device": column("Device"),
        "country": column("Country"),
        "page": column("Page"),
        "traffic_source": column("From"),
        "medium": column("Medium"),
        "campaign": column("Campaign"),
        "product": column("Product"),
        "variant": column("Variant"),
        "experiment": column("Experiment"),
        "customer_id": column("Customer"),
        "order_id": column("Order"),
        "dimensions": { CANARY: column("Note") },
        "metadata": { CANARY: { "constant": CANARY } },
    });
    let file = Part::text(with_canary(EVENTS)).file_name(with_canary("~ events.csv"));
    let form = Form::new().text("store_id", store.to_string()).text("kind", "metric_events");
    form.text("mapping", mapping.to_string()).part("file", file)
}
