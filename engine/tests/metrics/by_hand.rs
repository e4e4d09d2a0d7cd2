//! Answers that are written down.

use aloftly_engine::metrics::QueryError;
use chrono::Weekday;
use serde_json::{Value, json};

use super::support::{Item, Order, World};

const NEW_YORK: chrono_tz::Tz = chrono_tz::America::New_York;
/// A Thursday, 14:05 in New York.
const NOW: &str = "2026-11-19T19:05:30Z";

fn order(id: u32, at: &str, customer: &'static str, total: i64) -> Order {
    Order { customer: Some(customer), total, ..Order::plain(id, at) }
}

fn item(product: &'static str, quantity: i64, amount: i64) -> Item {
    Item { product, variant: None, vendor: Some("Acme"), quantity, amount }
}

/// Six orders on three days of November and one in October, of which one is cancelled and one a test.
fn orders() -> Vec<Order> {
    vec![
        // 16 November, local; the first is 23:59:59.999999 of it, in Berlin's 17th.
        Order {
            items: vec![item("Tea", 2, 150_000), item("Cup", 1, 50_000)],
            ..order(1, "2026-11-17T04:59:59.999999Z", "ann", 200_000)
        },
        Order {
            channel: Some("pos"),
            country: Some("CA"),
            items: vec![item("Tea", 1, 75_000)],
            ..order(2, "2026-11-16T15:00:00Z", "bob", 75_000)
        },
        // 17 November begins.
        Order {
            refunded: 10_000,
            discount: 5_000,
            items: vec![item("Cup", 3, 130_000)],
            ..order(3, "2026-11-17T05:00:00Z", "ann", 130_000)
        },
        Order { is_cancelled: true, ..order(4, "2026-11-17T12:00:00Z", "cat", 990_000) },
        Order { is_test: true, ..order(5, "2026-11-17T12:00:00Z", "dan", 990_000) },
        // 19 November, without a customer.
        Order { channel: None, total: 100_001, ..Order::plain(6, "2026-11-19T12:00:00Z") },
        // 16 October.
        order(7, "2026-10-16T12:00:00Z", "bob", 50_000),
    ]
}

async fn world() -> World {
    let mut world = World::new(NOW, 1_000);
    world.add_store(NEW_YORK, Weekday::Mon, &[&orders()]).await;
    world
}

/// Each row's values.
pub(crate) fn rows(answer: &Value) -> Vec<String> {
    let values = |row: &Value| {
        let cells = row.as_object().unwrap().iter().filter(|(key, _)| *key != "comparison");
        cells.map(|(_, value)| value.as_str().map_or_else(|| value.to_string(), str::to_owned)).collect::<Vec<_>>()
    };
    answer["rows"].as_array().unwrap().iter().map(|row| values(row).join(" ")).collect()
}

#[tokio::test]
async fn every_metric_has_its_figure() {
    let metrics = [
        ("revenue", json!("50.5001")),
        ("net_revenue", json!("49.5001")),
        ("orders", json!(4)),
        ("units", json!(7)),
        ("aov", json!("12.625")),
        ("discounts", json!("0.50")),
        ("refunds", json!("1.00")),
        ("tax", json!("0.00")),
        ("shipping", json!("0.00")),
        ("customers", json!(2)),
        ("new_customers", json!(1)),
        ("returning_customers", json!(2)),
        ("revenue_per_customer", json!("20.25")),
        ("product_revenue", json!("40.50")),
        ("cancelled_orders", json!(1)),
    ];
    let ids: Vec<_> = metrics.iter().map(|(id, _)| format!("shopify.{id}")).collect();
    let answer = world().await.answer(json!({"metrics": ids, "time_range": "month_to_date"})).await;
    let expected: serde_json::Map<_, _> =
        ids.iter().cloned().zip(metrics.iter().map(|(_, figure)| figure.clone())).collect();
    assert_eq!(answer["rows"], json!([expected]));
    assert_eq!(answer["totals"], json!(expected));
}

#[tokio::test]
async fn an_order_belongs_to_its_local_day_and_empty_days_are_zero() {
    let answer = world()
        .await
        .answer(json!({
            "metrics": ["shopify.revenue", "shopify.orders", "shopify.aov", "shopify.customers"],
            "time_range": {"from": "2026-11-16", "to": "2026-11-20"}, "granularity": "day"
        }))
        .await;
    assert_eq!(
        rows(&answer),
        [
            "2026-11-16 27.50 2 13.75 2",
            "2026-11-17 13.00 1 13.00 1",
            "2026-11-18 0.00 0 null 0",
            "2026-11-19 10.0001 1 10.0001 0",
            // Has not begun.
            "2026-11-20 null null null null",
        ]
    );
    assert_eq!(
        answer["totals"],
        json!({"shopify.revenue": "50.5001", "shopify.orders": 4, "shopify.aov": "12.625", "shopify.customers": 2})
    );
    assert_eq!(answer["meta"]["incomplete"], json!(["2026-11-19", "2026-11-20"]));
    assert_eq!(answer["meta"]["as_of"], json!({"shopify": "2026-11-19T12:00:00Z"}));
    assert_eq!(
        answer["meta"]["range"],
        json!({
            "from": "2026-11-16", "to": "2026-11-20", "start": "2026-11-16T00:00:00-05:00",
            "end": "2026-11-21T00:00:00-05:00", "timezone": "America/New_York"
        })
    );
    assert_eq!(
        answer["columns"][1],
        json!({
            "key": "shopify.revenue", "title": "Revenue", "type": "decimal", "role": "metric", "unit": "currency",
            "currency": "USD", "higher_is_better": true
        })
    );
    assert_eq!(answer["total_rows"], 5);
    assert_eq!(answer["truncated"], false);
}

#[tokio::test]
async fn another_zone_has_other_days() {
    let answer = world()
        .await
        .answer(json!({
            "metrics": ["shopify.orders"], "time_range": {"from": "2026-11-16", "to": "2026-11-17"},
            "granularity": "day", "timezone": "Europe/Berlin"
        }))
        .await;
    assert_eq!(rows(&answer), ["2026-11-16 1", "2026-11-17 2"]);
}

#[tokio::test]
async fn rows_are_grouped_with_nulls_last_and_ordered_by_the_first_metric() {
    let world = world().await;
    let query = json!({
        "metrics": ["shopify.revenue", "shopify.customers"], "time_range": "month_to_date", "group_by": ["channel"]
    });
    let answer = world.answer(query).await;
    assert_eq!(rows(&answer), ["web 33.00 1", "null 10.0001 0", "pos 7.50 1"]);
    let by_channel = json!({
        "metric": "revenue", "source": "shopify", "time_range": "month_to_date", "group_by": "channel",
        "order_by": [{"field": "channel", "direction": "desc"}], "limit": 2
    });
    let answer = world.answer(by_channel).await;
    assert_eq!(rows(&answer), ["web 33.00", "pos 7.50"]);
    assert_eq!((&answer["total_rows"], &answer["truncated"]), (&json!(3), &json!(true)));
    assert_eq!(answer["totals"], json!({"shopify.revenue": "50.5001"}), "totals are over all rows, not those listed");
}

#[tokio::test]
async fn items_are_grouped_by_product() {
    let answer = world()
        .await
        .answer(json!({
            "metrics": ["shopify.product_revenue", "shopify.units"], "time_range": "all_time",
            "group_by": ["product", "customer_type"]
        }))
        .await;
    assert_eq!(rows(&answer), ["Tea new 15.00 2", "Cup returning 13.00 3", "Tea returning 7.50 1", "Cup new 5.00 1"]);
}

#[tokio::test]
async fn filters_follow_the_logic_of_sql() {
    let world = world().await;
    let channel =
        |operator: &str, value: &str| json!({"dimension": "channel", "operator": operator, "values": [value]});
    for (filter, orders) in [
        (json!({"channel": "web"}), 2),
        (json!({"channel": ["web", "pos"]}), 3),
        (json!({"channel": "WEB"}), 0),
        (json!({"dimension": "channel", "operator": "contains", "values": ["WE"]}), 2),
        (json!({"dimension": "channel", "operator": "startsWith", "values": ["P"]}), 1),
        (json!({"dimension": "channel", "operator": "endsWith", "values": ["S"]}), 1),
        (json!({"dimension": "channel", "operator": "contains", "values": ["%"]}), 0),
        // Negative operators leave out rows without a value.
        (json!({"dimension": "channel", "operator": "notEquals", "values": ["web"]}), 1),
        (json!({"dimension": "channel", "operator": "notIn", "values": ["web"]}), 1),
        (json!({"dimension": "channel", "operator": "notContains", "values": ["web"]}), 1),
        (json!({"not": {"channel": "web"}}), 1),
        (json!({"dimension": "channel", "operator": "set"}), 3),
        (json!({"dimension": "channel", "operator": "notSet"}), 1),
        (json!({"not": {"dimension": "channel", "operator": "set"}}), 1),
        (
            json!({"or": [
                {"dimension": "channel", "operator": "notEquals", "values": ["web"]},
                {"dimension": "channel", "operator": "notSet"}
            ]}),
            2,
        ),
        (json!({"and": [{"channel": "web"}, {"country": "CA"}]}), 0),
        (json!({"channel": "pos", "country": "CA"}), 1),
        // Also where what is said of a value cannot be, or is so of each: a row without one is left out.
        (json!({"not": {"and": [channel("in", "web"), channel("in", "pos")]}}), 3),
        (json!({"or": [channel("notIn", "web"), channel("notIn", "pos")]}), 3),
        (json!({"not": {"and": [channel("equals", "web"), channel("equals", "pos")]}}), 3),
        (json!({"or": [channel("notEquals", "web"), channel("notEquals", "pos")]}), 3),
        (json!({"not": {"or": [{"not": {"channel": "web"}}, {"channel": "pos"}]}}), 2),
        (json!({"customer_type": "new"}), 1),
        (json!({"dimension": "customer_type", "operator": "notSet"}), 1),
    ] {
        let query = json!({"metrics": ["shopify.orders"], "time_range": "month_to_date", "filters": filter});
        assert_eq!(world.answer(query).await["totals"]["shopify.orders"], orders, "{filter}");
    }
}

#[tokio::test]
async fn rows_and_totals_are_compared_with_the_same_part_of_the_month_before() {
    let answer = world()
        .await
        .answer(json!({
            "metrics": ["shopify.revenue", "shopify.aov"], "time_range": "month_to_date", "granularity": "month",
            "compare_to": "previous_period"
        }))
        .await;
    assert_eq!(answer["rows"][0]["time"], "2026-11-01");
    assert_eq!(
        answer["rows"][0]["comparison"],
        json!({
            "time": "2026-10-01",
            "shopify.revenue": {"value": "5.00", "delta": "45.5001", "ratio": 9.10002},
            "shopify.aov": {"value": "5.00", "delta": "7.625", "ratio": 1.525}
        })
    );
    assert_eq!(answer["comparison"]["totals"]["shopify.revenue"]["value"], "5.00");
    assert_eq!(answer["comparison"]["range"]["end"], "2026-10-19T14:05:00-04:00");
    assert_eq!(answer["meta"]["comparison_range"]["to"], "2026-10-19");
    assert_eq!(answer["meta"]["warnings"][0]["code"], "comparison_before_data");
}

#[tokio::test]
async fn groups_of_either_period_stay() {
    let answer = world()
        .await
        .answer(json!({
            "metrics": ["shopify.orders"], "group_by": "country", "order_by": [{"field": "country"}],
            "time_range": {"from": "2026-11-01", "to": "2026-11-30"}, "partial": "full",
            "compare_to": {"from": "2026-10-01", "to": "2026-10-31"}
        }))
        .await;
    assert_eq!(rows(&answer), ["CA 1", "US 3"]);
    let compared = |row: usize| answer["rows"][row]["comparison"]["shopify.orders"].clone();
    assert_eq!(compared(0), json!({"value": 0, "delta": 1, "ratio": null}));
    assert_eq!(compared(1), json!({"value": 1, "delta": 2, "ratio": 2.0}));
    assert!(answer["rows"][0]["comparison"].get("time").is_none());
}

#[tokio::test]
async fn stores_are_added_up_each_by_its_own_days_and_customers() {
    let mut world = world().await;
    // 00:30 on the 17th in Kolkata, still the 16th in New York.
    world
        .add_store(chrono_tz::Asia::Kolkata, Weekday::Mon, &[&[order(1, "2026-11-16T19:00:00Z", "ann", 10_000)]])
        .await;
    let answer = world
        .answer(json!({
            "metrics": ["shopify.orders", "shopify.customers"], "granularity": "day",
            "time_range": {"from": "2026-11-16", "to": "2026-11-17"}
        }))
        .await;
    assert_eq!(rows(&answer), ["2026-11-16 2 2", "2026-11-17 2 2"]);
    assert_eq!(answer["totals"], json!({"shopify.orders": 4, "shopify.customers": 3}));
    assert_eq!(answer["meta"]["stores"][1]["range"]["start"], "2026-11-16T00:00:00+05:30");
    let by_store =
        world.answer(json!({"metrics": ["shopify.orders"], "group_by": "store", "time_range": "all_time"})).await;
    assert_eq!(rows(&by_store), ["00000000-0000-0000-0000-000000000001 5", "00000000-0000-0000-0000-000000000002 1"]);
    let hours = json!({"metrics": ["shopify.orders"], "granularity": "hour", "time_range": "today"});
    let Err(QueryError::Invalid(errors)) = world.ask(hours).await else { panic!("hours do not match") };
    assert_eq!((errors[0].pointer.as_str(), errors[0].code), ("/granularity", "several_timezones"));
    let unknown = json!({
        "metrics": ["shopify.orders"], "time_range": "today", "stores": ["00000000-0000-0000-0000-000000000009"]
    });
    let Err(QueryError::Invalid(errors)) = world.ask(unknown).await else { panic!("there is no such store") };
    assert_eq!((errors[0].pointer.as_str(), errors[0].code), ("/stores/0", "unknown_store"));
}

#[tokio::test]
async fn the_hour_that_repeats_is_two_buckets() {
    let mut world = World::new(NOW, 0);
    let night = [
        Order::plain(1, "2026-11-01T05:30:00Z"),
        Order::plain(2, "2026-11-01T06:30:00Z"),
        Order::plain(3, "2026-11-01T06:59:59.999999Z"),
    ];
    world.add_store(NEW_YORK, Weekday::Mon, &[&night]).await;
    let answer = world
        .answer(json!({
            "metrics": ["shopify.orders"], "granularity": "hour", "time_range": {"from": "2026-11-01", "to": "2026-11-01"}
        }))
        .await;
    let rows = rows(&answer);
    assert_eq!(rows.len(), 25);
    assert_eq!(rows[1..3], ["2026-11-01T01:00:00-04:00 1", "2026-11-01T01:00:00-05:00 2"]);
    assert_eq!(answer["columns"][0]["type"], "datetime");
}

#[tokio::test]
async fn weeks_begin_on_the_stores_day_and_cut_ones_are_named() {
    for (week_start, expected, clipped) in [
        (Weekday::Mon, ["2026-11-09 0", "2026-11-16 4"], json!(["2026-11-09", "2026-11-16"])),
        (Weekday::Sun, ["2026-11-08 0", "2026-11-15 4"], json!(["2026-11-08", "2026-11-15"])),
    ] {
        let mut world = World::new(NOW, 1_000);
        world.add_store(NEW_YORK, week_start, &[&orders()]).await;
        let answer = world
            .answer(json!({
                "metrics": ["shopify.orders"], "granularity": "week",
                "time_range": {"from": "2026-11-13", "to": "2026-11-19"}
            }))
            .await;
        assert_eq!(rows(&answer), expected);
        assert_eq!(answer["meta"]["clipped"], clipped);
    }
}

#[tokio::test]
async fn amounts_of_several_currencies_are_not_added_up() {
    let mut world = World::new(NOW, 1_000);
    let euro = |id, at| Order { currency: "EUR", ..Order::plain(id, at) };
    let yen = Order { currency: "JPY", ..Order::plain(3, "2026-11-17T12:00:00Z") };
    let orders = [Order::plain(1, "2026-11-16T12:00:00Z"), euro(2, "2026-11-17T12:00:00Z"), yen];
    world.add_store(NEW_YORK, Weekday::Mon, &[&orders]).await;
    let query = |fields: Value| {
        let mut query = json!({"metrics": ["shopify.revenue"], "time_range": "month_to_date"});
        query.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        query
    };
    match world.ask(query(json!({"granularity": "day"}))).await {
        Err(QueryError::MixedCurrencies { currencies }) => assert_eq!(currencies, ["EUR", "JPY", "USD"]),
        other => panic!("{other:?}"),
    }
    assert_eq!(world.answer(query(json!({"metrics": ["shopify.orders"]}))).await["totals"]["shopify.orders"], 3);
    let one = world.answer(query(json!({"filters": {"currency": "EUR"}}))).await;
    assert_eq!((&one["totals"]["shopify.revenue"], &one["columns"][0]["currency"]), (&json!("10.00"), &json!("EUR")));
    let each = world.answer(query(json!({"group_by": "currency"}))).await;
    assert_eq!(rows(&each), ["EUR 10.00", "JPY 10.00", "USD 10.00"]);
    assert_eq!(each["totals"]["shopify.revenue"], Value::Null);
    let codes: Vec<_> = each["meta"]["warnings"].as_array().unwrap().iter().map(|one| &one["code"]).collect();
    assert_eq!(codes, ["begins_before_data", "data_ends", "several_currencies"]);
    match world.ask(query(json!({"filters": {"currency": "EUR"}, "currency": "USD"}))).await {
        Err(QueryError::MissingRate { from, to, date, .. }) => {
            assert_eq!((from.as_str(), to.as_str(), date.to_string().as_str()), ("EUR", "USD", "2026-11-17"));
        }
        other => panic!("{other:?}"),
    }
    let same = world.answer(query(json!({"filters": {"currency": "EUR"}, "currency": "EUR"}))).await;
    assert_eq!(same["totals"]["shopify.revenue"], "10.00", "what is in the currency already needs no rate");
}

#[tokio::test]
async fn a_store_without_rows_answers_with_nothing_and_says_so() {
    let mut world = World::new(NOW, 1_000);
    world.add_store(NEW_YORK, Weekday::Mon, &[]).await;
    let answer = world
        .answer(json!({
            "metrics": ["shopify.revenue", "shopify.aov"], "time_range": "all_time", "granularity": "day"
        }))
        .await;
    assert_eq!(rows(&answer), ["2026-11-19 null null"]);
    assert_eq!(answer["meta"]["as_of"], json!({"shopify": null}));
    assert_eq!(answer["meta"]["warnings"][0]["code"], "no_data");
    assert_eq!(answer["columns"][1]["currency"], "USD");
    let grouped =
        world.answer(json!({"metrics": ["shopify.revenue"], "time_range": "today", "group_by": "channel"})).await;
    assert_eq!((rows(&grouped).len(), &grouped["total_rows"]), (0, &json!(0)));
}

#[tokio::test]
async fn days_before_the_oldest_row_and_after_the_newest_are_pointed_out() {
    let mut world = World::new(NOW, 1_000);
    world.add_store(NEW_YORK, Weekday::Mon, &[&[Order::plain(1, "2026-11-10T12:00:00Z")]]).await;
    let answer = world.answer(json!({"metrics": ["shopify.orders"], "time_range": "last_30_days"})).await;
    assert_eq!(
        answer["meta"]["warnings"],
        json!([{
            "code": "begins_before_data",
            "detail": "the data of Store 1 from Shopify begins on 2026-11-10; earlier days have none"
        }, {
            "code": "data_ends",
            "detail": "the data of Store 1 from Shopify ends on 2026-11-10; later days have none"
        }])
    );
}

#[tokio::test]
async fn of_today_alone_it_is_said_that_there_is_no_data_yet() {
    let mut world = World::new(NOW, 1_000);
    world.add_store(NEW_YORK, Weekday::Mon, &[&[Order::plain(1, "2026-11-18T12:00:00Z")]]).await;
    let answer = world.answer(json!({"metrics": ["shopify.orders"], "time_range": "today"})).await;
    assert_eq!((rows(&answer), &answer["meta"]["warnings"][0]["code"]), (vec!["null".to_owned()], &json!("data_ends")));
    let answer = world.answer(json!({"metrics": ["shopify.orders"], "time_range": "last_7_days"})).await;
    assert_eq!(answer["meta"]["warnings"][0]["code"], "begins_before_data");
    assert_eq!(answer["meta"]["warnings"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn days_that_no_data_tell_of_have_no_figures_and_days_between_have_zeros() {
    let mut world = World::new(NOW, 1_000);
    let orders = [Order::plain(1, "2026-11-10T12:00:00Z"), Order::plain(2, "2026-11-12T12:00:00Z")];
    world.add_store(NEW_YORK, Weekday::Mon, &[&orders]).await;
    let query = json!({
        "metrics": ["shopify.revenue", "shopify.orders"], "granularity": "day",
        "time_range": {"from": "2026-11-09", "to": "2026-11-13"}, "compare_to": "previous_week"
    });
    let answer = world.answer(query).await;
    assert_eq!(
        rows(&answer),
        [
            "2026-11-09 null null",
            "2026-11-10 10.00 1",
            "2026-11-11 0.00 0",
            "2026-11-12 10.00 1",
            "2026-11-13 null null"
        ]
    );
    let nothing = json!({"value": null, "delta": null, "ratio": null});
    assert_eq!(answer["rows"][2]["comparison"]["shopify.revenue"], nothing);
    assert_eq!(answer["comparison"]["totals"]["shopify.orders"], nothing);
    assert_eq!(answer["totals"], json!({"shopify.revenue": "20.00", "shopify.orders": 2}));
    for (from, to) in [("2026-11-01", "2026-11-09"), ("2026-11-13", "2026-11-18")] {
        let query = json!({"metrics": ["shopify.orders"], "time_range": {"from": from, "to": to}});
        assert_eq!(world.answer(query).await["totals"], json!({"shopify.orders": null}));
    }
}

#[tokio::test]
async fn weeks_of_stores_that_begin_them_on_different_days_need_a_day() {
    let mut world = world().await;
    world.add_store(NEW_YORK, Weekday::Sun, &[&[order(1, "2026-11-15T15:00:00Z", "ann", 10_000)]]).await;
    let query = |fields: Value| {
        let mut query =
            json!({"metrics": ["shopify.orders"], "time_range": {"from": "2026-11-15", "to": "2026-11-19"}});
        query.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        query
    };
    for (fields, pointer) in [
        (json!({"granularity": "week"}), "/granularity"),
        (json!({"time_range": "this_week"}), "/time_range"),
        (json!({"time_range": "last_week", "granularity": "day"}), "/time_range"),
    ] {
        let Err(QueryError::Invalid(errors)) = world.ask(query(fields)).await else { panic!("weeks do not match") };
        assert_eq!((errors[0].pointer.as_str(), errors[0].code), (pointer, "several_week_starts"));
    }
    let monday = world.answer(query(json!({"granularity": "week", "week_start": "monday"}))).await;
    assert_eq!(rows(&monday), ["2026-11-09 1", "2026-11-16 4"]);
    assert_eq!(monday["meta"]["query"]["week_start"], "monday");
    let sunday = world.answer(query(json!({"granularity": "week", "week_start": "sunday"}))).await;
    assert_eq!(rows(&sunday), ["2026-11-15 5"]);
    let month = world.answer(query(json!({"granularity": "month"}))).await;
    assert_eq!(rows(&month), ["2026-11-01 5"]);
}

#[tokio::test]
async fn the_same_question_is_answered_from_memory_until_a_commit() {
    let world = world().await;
    let query = json!({"metrics": ["shopify.orders"], "time_range": "month_to_date"});
    let first = world.ask(query.clone()).await.unwrap();
    let second = world.ask(query.clone()).await.unwrap();
    let cache = |answer: &aloftly_engine::metrics::QueryResponse| serde_json::to_value(answer.meta.cache).unwrap();
    assert_eq!((cache(&first), cache(&second)), (json!("miss"), json!("hit")));
    assert_eq!(first.etag(), second.etag());
    world.commit(0, &[Order::plain(90, "2026-11-18T12:00:00Z")]).await;
    let third = world.ask(query).await.unwrap();
    assert_eq!(cache(&third), json!("miss"));
    assert_eq!(third.totals["shopify.orders"], 5);
    assert_ne!(first.etag(), third.etag());
}

#[tokio::test]
async fn too_much_is_refused_with_the_limit_in_it() {
    let world = world().await;
    let query = json!({
        "metrics": ["shopify.orders"], "granularity": "hour", "time_range": {"from": "2024-01-01", "to": "2026-01-01"}
    });
    match world.ask(query).await {
        Err(error @ QueryError::Limit { limit: 10_000, .. }) => assert_eq!(
            error.to_string(),
            "too many buckets of time: at most 10000; ask for a shorter time_range or a coarser granularity"
        ),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_many_ask_at_once_is_computed_once() {
    let world = std::sync::Arc::new(world().await);
    let asked = (0..8).map(|_| {
        let world = std::sync::Arc::clone(&world);
        tokio::spawn(async move {
            let query = json!({"metrics": ["shopify.revenue"], "time_range": "all_time", "granularity": "day"});
            world.ask(query).await.unwrap()
        })
    });
    let mut computed = 0;
    for answer in asked.collect::<Vec<_>>() {
        computed += usize::from(answer.await.unwrap().meta.cache == aloftly_engine::metrics::CacheState::Miss);
    }
    assert_eq!(computed, 1);
}

#[tokio::test]
async fn an_hour_that_a_change_of_clocks_cut_short_stands_beside_the_whole_one_of_another_day() {
    let mut world = World::new(NOW, 1_000);
    // On the 27th of September clocks there went from 02:45 to 03:45.
    let orders = [Order::plain(1, "2026-09-26T14:05:00Z"), Order::plain(2, "2026-10-03T13:20:00Z")];
    world.add_store(chrono_tz::Pacific::Chatham, Weekday::Mon, &[&orders]).await;
    let answer = world
        .answer(json!({
            "metrics": ["shopify.orders"], "granularity": "hour", "time_range": {"from": "2026-09-27", "to": "2026-09-27"},
            "compare_to": {"from": "2026-10-04", "to": "2026-10-04"}
        }))
        .await;
    let hour = answer["rows"].as_array().unwrap().iter().find(|row| row["shopify.orders"] == 1).unwrap();
    assert_eq!(hour["time"], "2026-09-27T03:45:00+13:45");
    assert_eq!(hour["comparison"]["time"], "2026-10-04T03:00:00+13:45");
    assert_eq!(hour["comparison"]["shopify.orders"]["value"], 1);
}
