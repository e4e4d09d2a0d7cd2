//! A small file must not become rows that do not fit in memory: texts of a row are repeated for each of its items or metrics.

use aloftly_connectors::events_file;
use aloftly_connectors::shopify::orders_csv;
use serde_json::json;

use crate::support::{Kept, import_orders, rejected};

const HEADER: &str = "Name,Created at,Currency,Total,Discount Code,Lineitem quantity,Lineitem name,Lineitem price";

fn order(name: &str, code: &str, items: usize) -> String {
    let first = format!("{name},2026-01-05 12:00:00 UTC,USD,9.00,{code},1,Tea,1.00\n");
    first + &format!("{name},,,,,1,Tea,1.00\n").repeat(items - 1)
}

#[test]
fn an_order_that_grows_too_large_when_repeated_for_its_items_is_an_error() {
    let code = "x".repeat(1_000_000);
    import_orders(format!("{HEADER}\n{}", order("#1", &code, 16)).as_bytes(), 8192).unwrap();
    let errors = rejected(import_orders(format!("{HEADER}\n{}", order("#1", &code, 40)).as_bytes(), 8192));
    assert_eq!(errors.len(), 1, "{errors:?}");
    assert_eq!((errors[0].line, errors[0].column.as_str()), (18, "Name"));
    assert!(errors[0].expected.contains("no more than 16 MiB"), "{errors:?}");
}

#[test]
fn an_order_of_too_many_lines_is_one_error() {
    let errors = rejected(import_orders(format!("{HEADER}\n{}", order("#1", "", 100_050)).as_bytes(), 8192));
    assert_eq!(errors.len(), 1, "{errors:?}");
    assert_eq!((errors[0].line, errors[0].expected.as_ref()), (100_002, "an order of at most 100000 lines"));
}

#[test]
fn orders_of_much_text_are_pushed_before_they_are_many() {
    let orders: String = (0..40).map(|n| order(&format!("#{n}"), &"x".repeat(500_000), 2)).collect();
    let mut kept = Kept::default();
    let file = format!("{HEADER}\n{orders}");
    orders_csv::import(file.as_bytes(), &orders_csv::Options::default(), &mut kept, &mut |_| {}).unwrap();
    assert_eq!(kept.of("order_items").len(), 80);
    assert!(kept.largest_batch <= 14, "{} rows of half a megabyte in one batch", kept.largest_batch);
}

#[test]
fn events_of_much_text_are_pushed_before_they_are_many() {
    let metrics: Vec<String> = (0..50).map(|n| format!("m{n}")).collect();
    let mapping = serde_json::from_value(json!({
        "source": { "constant": "ga4" },
        "recorded_at": { "column": "when" },
        "metrics": metrics.iter().map(|name| json!({ "name": { "constant": name }, "value": name })).collect::<Vec<_>>(),
        "dimensions": { "note": { "column": "note" } }
    }));
    let row = format!("2026-01-05T00:00:00Z,{}{}", "x".repeat(500_000), ",7".repeat(50));
    let file = format!("when,note,{}\n{row}\n", metrics.join(","));
    let options = events_file::Options::new("2026-11-21T12:00:00Z".parse().unwrap());
    let mut kept = Kept::default();
    events_file::import_csv(file.as_bytes(), &mapping.unwrap(), &options, &mut kept, &mut |_| {}).unwrap();
    assert_eq!(kept.of("metric_events").len(), 50);
    assert!(kept.largest_batch <= 18, "{} rows of half a megabyte in one batch", kept.largest_batch);
}
