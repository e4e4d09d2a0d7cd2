//! Figures in other ways than a metric's own, conditions on them, refunds on their own day, other sources: written down.

use aloftly_engine::metrics::QueryError;
use chrono::Weekday;
use serde_json::{Value, json};

use super::by_hand::rows;
use super::support::{Event, Order, World, sold};

const NEW_YORK: chrono_tz::Tz = chrono_tz::America::New_York;
/// A Thursday, 14:05 in New York.
const NOW: &str = "2026-11-19T19:05:30Z";

/// Totals of 10, 20, 40 and 80 on the web, and of 7 in the shop.
async fn world() -> World {
    let mut world = World::new(NOW, 1_000);
    let orders = [
        sold(1, "2026-11-16T12:00:00Z", 10, "web"),
        sold(2, "2026-11-16T13:00:00Z", 80, "web"),
        sold(3, "2026-11-17T12:00:00Z", 20, "web"),
        sold(4, "2026-11-18T12:00:00Z", 40, "web"),
        sold(5, "2026-11-17T15:00:00Z", 7, "pos"),
    ];
    world.add_store(NEW_YORK, Weekday::Mon, &[&orders]).await;
    world
}

fn query(fields: &Value) -> Value {
    let mut query = json!({"time_range": {"from": "2026-11-16", "to": "2026-11-18"}});
    query.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    query
}

#[tokio::test]
async fn numbers_of_rows_become_a_figure_in_every_way() {
    let world = world().await;
    for (how, expected) in [
        ("sum", "157.00"),
        ("avg", "31.40"),
        ("min", "7.00"),
        ("max", "80.00"),
        ("median", "20.00"),
        // 0.9 * 4 = 3.6: between 40 and 80.
        ("p90", "64.00"),
        ("p95", "72.00"),
        ("p99", "78.40"),
        ("latest", "40.00"),
    ] {
        let answer = world.answer(query(&json!({"metrics": ["shopify.revenue"], "aggregation": how}))).await;
        assert_eq!(answer["totals"]["shopify.revenue"], expected, "{how}");
        assert_eq!(answer["rows"][0]["shopify.revenue"], expected, "{how}");
    }
    let answer = world
        .answer(query(&json!({"metrics": ["shopify.revenue"], "aggregation": "median", "group_by": "channel"})))
        .await;
    assert_eq!(rows(&answer), ["web 30.00", "pos 7.00"], "between 20 and 40");
    assert_eq!(answer["totals"]["shopify.revenue"], "20.00", "computed of all rows, not of the groups");
    assert_eq!(answer["columns"][1]["title"], "Revenue, median");
}

#[tokio::test]
async fn a_percentile_of_several_stores_is_that_of_all_their_rows() {
    let mut world = world().await;
    let orders = [sold(1, "2026-11-16T12:00:00Z", 1_000, "web"), sold(2, "2026-11-18T12:00:00Z", 30, "pos")];
    world.add_store(chrono_tz::Asia::Tokyo, Weekday::Mon, &[&orders]).await;
    let asked = json!({"metrics": [{"metric": "shopify.revenue", "aggregation": "median", "as": "typical"}, "shopify.revenue"]});
    let median = |fields: Value| {
        let mut query = query(&asked);
        query.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        query
    };
    let answer = world.answer(median(json!({}))).await;
    assert_eq!(rows(&answer), ["30.00 1187.00"], "7 10 20 30 40 80 1000");
    let answer = world.answer(median(json!({"group_by": "channel"}))).await;
    assert_eq!(rows(&answer), ["web 40.00 1150.00", "pos 18.50 37.00"]);
    assert_eq!(answer["totals"]["typical"], "30.00");
    let answer = world
        .answer(median(json!({"granularity": "day", "compare_to": {"from": "2026-11-17", "to": "2026-11-19"}})))
        .await;
    assert_eq!(rows(&answer), ["2026-11-16 80.00 1090.00", "2026-11-17 13.50 27.00", "2026-11-18 35.00 70.00"]);
    assert_eq!(answer["rows"][0]["comparison"]["typical"]["value"], "13.50", "beside the 16th stands the 17th");
    let answer = world.answer(median(json!({"group_by": "store", "order_by": [{"field": "typical"}]}))).await;
    let typical: Vec<_> = answer["rows"].as_array().unwrap().iter().map(|row| &row["typical"]).collect();
    assert_eq!(typical, ["515.00", "20.00"]);
}

#[tokio::test]
async fn a_figure_may_have_filters_of_its_own_and_formulas_are_over_complete_figures() {
    let world = world().await;
    let answer = world
        .answer(query(&json!({"granularity": "day", "metrics": [
            {"metric": "shopify.orders", "as": "web_orders", "filters": {"channel": "web"}},
            {"formula": "shopify.revenue / shopify.orders", "as": "mean"},
            {"formula": "shopify.orders / shopify.orders", "as": "share", "unit": "percentage"}
        ]})))
        .await;
    assert_eq!(rows(&answer), ["2026-11-16 2 45.00 1", "2026-11-17 1 13.50 1", "2026-11-18 1 40.00 1"]);
    assert_eq!(answer["totals"], json!({"web_orders": 4, "mean": "31.40", "share": 1}));
    let kinds: Vec<_> = answer["columns"].as_array().unwrap().iter().map(|column| &column["type"]).collect();
    assert_eq!(kinds, ["date", "integer", "decimal", "number"]);
}

#[tokio::test]
async fn rows_are_left_out_by_their_figures_and_totals_stay() {
    let world = world().await;
    let base = json!({"metrics": ["shopify.revenue"], "granularity": "day"});
    let with = |filters: Value| {
        let mut query = query(&base);
        query["filters"] = filters;
        query
    };
    let more = json!({"metric": "shopify.revenue", "operator": "gt", "values": [30]});
    let answer = world.answer(with(more.clone())).await;
    assert_eq!(rows(&answer), ["2026-11-16 90.00", "2026-11-18 40.00"]);
    assert_eq!((&answer["total_rows"], &answer["totals"]["shopify.revenue"]), (&json!(2), &json!("157.00")));
    let several = json!({"and": [{"channel": "web"}, {"metric": "shopify.orders", "operator": "gte", "values": [2]}]});
    let answer = world.answer(with(several)).await;
    assert_eq!(rows(&answer), ["2026-11-16 90.00"], "what is not asked for is computed too");
    assert_eq!(answer["totals"], json!({"shopify.revenue": "150.00"}));
    let mut either = query(&json!({"metrics": ["shopify.revenue"], "group_by": "channel"}));
    either["having"] = json!({"or": [more, {"channel": "pos"}]});
    assert_eq!(rows(&world.answer(either).await), ["web 150.00", "pos 7.00"]);
}

#[tokio::test]
async fn a_refund_stands_on_its_orders_day_or_on_its_own() {
    let mut world = World::new(NOW, 1_000);
    let orders = [
        sold(1, "2026-11-10T12:00:00Z", 100, "web")
            .refunded(&[(Some("2026-11-17T12:00:00Z"), 300_000), (None, 50_000)]),
        sold(2, "2026-11-17T12:00:00Z", 10, "web"),
    ];
    world.add_store(NEW_YORK, Weekday::Mon, &[&orders]).await;
    let ask = |range: Value, refunds: &str| json!({"metrics": ["shopify.net_revenue", "shopify.refunds"], "time_range": range, "refunds": refunds});
    let day = |date: &str| json!({"from": date, "to": date});
    for (range, refunds, expected) in [
        (day("2026-11-10"), "order_date", "65.00 35.00"),
        (day("2026-11-17"), "order_date", "10.00 0.00"),
        // The refund that does not tell its time stays with its order.
        (day("2026-11-10"), "refund_date", "95.00 5.00"),
        (day("2026-11-17"), "refund_date", "-20.00 30.00"),
        (json!("all_time"), "order_date", "75.00 35.00"),
        (json!("all_time"), "refund_date", "75.00 35.00"),
    ] {
        assert_eq!(rows(&world.answer(ask(range.clone(), refunds)).await), [expected], "{range} {refunds}");
    }
}

#[tokio::test]
async fn amounts_are_converted_at_the_rate_of_their_own_day() {
    let mut world = World::new(NOW, 1_000);
    let euro = Order { currency: "EUR", ..sold(1, "2026-11-10T12:00:00Z", 100, "web") };
    let orders = [
        euro.refunded(&[(Some("2026-11-17T12:00:00Z"), 100_000)]),
        sold(2, "2026-11-17T12:00:00Z", 10, "web"),
        Order { currency: "JPY", ..sold(3, "2026-11-14T12:00:00Z", 1_600, "web") },
    ];
    world.add_store(NEW_YORK, Weekday::Mon, &[&orders]).await;
    let rates = [
        ("2026-11-10", "EUR", "USD", 11_000),
        // On Saturday the 14th Friday's rate counts: 1,600 yen are 10 euros are 12 dollars.
        ("2026-11-13", "EUR", "USD", 12_000),
        ("2026-11-13", "EUR", "JPY", 1_600_000),
        ("2026-11-17", "EUR", "USD", 13_000),
    ];
    world.commit_rates(0, &rates).await;
    let ask = |currency: &str, refunds: &str| {
        json!({
            "metrics": ["shopify.revenue", "shopify.net_revenue"], "currency": currency, "refunds": refunds,
            "time_range": {"from": "2026-11-10", "to": "2026-11-18"}
        })
    };
    for refunds in ["order_date", "refund_date"] {
        let answer = world.answer(ask("USD", refunds)).await;
        // 110 + 12 + 10, less 10 euros at 1.3, the rate of the refund's own day.
        assert_eq!(rows(&answer), ["132.00 119.00"], "{refunds}");
        assert_eq!(answer["columns"][0]["currency"], "USD");
    }
    let mut by_day = ask("USD", "refund_date");
    by_day["granularity"] = json!("day");
    by_day["fill"] = json!(false);
    let answer = world.answer(by_day).await;
    assert_eq!(rows(&answer), ["2026-11-10 110.00 110.00", "2026-11-14 12.00 12.00", "2026-11-17 10.00 -3.00"]);
    let mut by_currency = ask("USD", "order_date");
    by_currency["group_by"] = json!("currency");
    let answer = world.answer(by_currency).await;
    assert_eq!(rows(&answer), ["EUR 110.00 97.00", "JPY 12.00 12.00", "USD 10.00 10.00"]);
    assert_eq!(answer["totals"]["shopify.revenue"], "132.00", "in one currency there is a total");
    let mut median = ask("USD", "order_date");
    median["metrics"] = json!(["shopify.revenue"]);
    median["aggregation"] = json!("median");
    assert_eq!(rows(&world.answer(median).await), ["12.00"]);
    match world.ask(ask("GBP", "order_date")).await {
        Err(error @ QueryError::MissingRate { .. }) => assert_eq!(
            error.to_string(),
            "there is no rate from EUR to GBP for 2026-11-10 in Store 1, nor for the week before; import rates of that time"
        ),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn stores_of_several_currencies_are_added_up_in_the_one_that_is_asked_for() {
    let mut world = World::new(NOW, 1_000);
    world.add_store(NEW_YORK, Weekday::Mon, &[&[sold(1, "2026-11-17T12:00:00Z", 10, "web")]]).await;
    let euro = Order { currency: "EUR", ..sold(1, "2026-11-17T12:00:00Z", 10, "web") };
    world.add_store(chrono_tz::Europe::Berlin, Weekday::Mon, &[&[euro]]).await;
    world.commit_rates(1, &[("2026-11-17", "EUR", "USD", 15_000)]).await;
    let ask = json!({"metrics": ["shopify.revenue", "shopify.aov"], "time_range": "last_7_days", "currency": "USD"});
    assert_eq!(rows(&world.answer(ask.clone()).await), ["25.00 12.50"]);
    let mut mixed = ask;
    mixed["currency"] = Value::Null;
    assert!(matches!(world.ask(mixed).await, Err(QueryError::MixedCurrencies { .. })));
}

fn sessions(id: u32, at: &'static str, value: i64) -> Event {
    Event { id, source: "ga4", name: "sessions", at, value: value * 1_000_000, ..Event::default() }
}

fn by_device(id: u32, at: &'static str, value: i64, device: &'static str) -> Event {
    Event { name: "sessions_by_device", device: Some(device), ..sessions(id, at, value) }
}

#[tokio::test]
async fn each_query_takes_the_report_that_has_its_dimensions() {
    let world = world().await;
    let events = [
        sessions(1, "2026-11-16T12:00:00Z", 100),
        sessions(2, "2026-11-17T12:00:00Z", 60),
        by_device(3, "2026-11-16T12:00:00Z", 70, "mobile"),
        by_device(4, "2026-11-16T12:00:00Z", 28, "desktop"),
        by_device(5, "2026-11-17T12:00:00Z", 60, "mobile"),
    ];
    world.commit_events(0, &events).await;
    let day = |fields: Value| {
        let mut query = query(&json!({"metrics": ["ga4.sessions"]}));
        query.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        query
    };
    assert_eq!(rows(&world.answer(day(json!({}))).await), ["160"], "the report without dimensions");
    let answer = world.answer(day(json!({"group_by": "device"}))).await;
    assert_eq!(rows(&answer), ["mobile 130", "desktop 28"]);
    assert_eq!(answer["totals"]["ga4.sessions"], 158, "of the report that is cut, which withholds some");
    assert_eq!(rows(&world.answer(day(json!({"filters": {"device": "mobile"}}))).await), ["130"]);
    let answer = world.answer(day(json!({"group_by": "device", "top": {"groups": 1}}))).await;
    assert_eq!(rows(&answer), ["mobile 130", "true null 28"]);
    assert_eq!(answer["totals"]["ga4.sessions"], 158, "of the same report");
}

#[tokio::test]
async fn a_rate_over_two_sources_is_that_of_sums_and_unknown_where_one_tells_nothing() {
    let world = world().await;
    // Of the 18th the source tells nothing yet.
    world.commit_events(0, &[sessions(1, "2026-11-16T12:00:00Z", 100), sessions(2, "2026-11-17T12:00:00Z", 60)]).await;
    let answer = world
        .answer(query(
            &json!({"metrics": ["store.conversion_rate", "shopify.orders", "ga4.sessions"], "granularity": "day"}),
        ))
        .await;
    assert_eq!(rows(&answer), ["2026-11-16 0.02 2 100", "2026-11-17 0.033333 2 60", "2026-11-18 null 1 null"]);
    assert_eq!(answer["totals"]["store.conversion_rate"], 0.03125, "5 / 160, not the mean of the days");
    let as_of = json!({"ga4": "2026-11-17T12:00:00Z", "shopify": "2026-11-18T12:00:00Z"});
    assert_eq!(answer["meta"]["as_of"], as_of);
    let warnings: Vec<_> = answer["meta"]["warnings"].as_array().unwrap().iter().map(|one| &one["detail"]).collect();
    assert_eq!(warnings, ["the data of Store 1 from Google Analytics 4 ends on 2026-11-17; later days have none"]);
}

fn amount(id: u32, at: &'static str, value: i64, currency: Option<&'static str>) -> Event {
    Event { name: "purchase_revenue", currency, ..sessions(id, at, value) }
}

#[tokio::test]
async fn measured_amounts_are_converted_and_those_without_a_currency_are_in_the_stores() {
    let mut world = World::new(NOW, 1_000);
    world.add_store(NEW_YORK, Weekday::Mon, &[]).await;
    let events = [
        amount(1, "2026-11-16T12:00:00Z", 100, Some("EUR")),
        amount(2, "2026-11-17T12:00:00Z", 10, None),
        sessions(3, "2026-11-16T12:00:00Z", 50),
    ];
    world.commit_events(0, &events).await;
    world.commit_rates(0, &[("2026-11-16", "EUR", "USD", 11_000)]).await;
    let ask = |currency: Value| {
        query(&json!({"currency": currency, "metrics": ["ga4.purchase_revenue",
            {"formula": "ga4.purchase_revenue / ga4.sessions", "as": "per_session"}]}))
    };
    assert_eq!(rows(&world.answer(ask(json!("USD"))).await), ["120.00 2.40"], "110 and 10, over 50");
    match world.ask(ask(Value::Null)).await {
        Err(QueryError::MixedCurrencies { currencies }) => assert_eq!(currencies, ["EUR", "USD"]),
        other => panic!("{other:?}"),
    }
    match world.ask(ask(json!("EUR"))).await {
        Ok(_) => {}
        Err(error) => panic!("{error}"),
    }
}

#[tokio::test]
async fn only_amounts_are_converted_not_what_they_are_divided_by() {
    let mut world = World::new(NOW, 1_000);
    world.add_store(NEW_YORK, Weekday::Mon, &[]).await;
    let tested = |id, name, value, currency| Event {
        source: "intelligems",
        name,
        currency,
        ..sessions(id, "2026-11-16T12:00:00Z", value)
    };
    world.commit_events(0, &[tested(1, "net_revenue", 100, Some("EUR")), tested(2, "visitors", 40, None)]).await;
    world.commit_rates(0, &[("2026-11-16", "EUR", "USD", 20_000)]).await;
    let ask =
        query(&json!({"metrics": ["intelligems.revenue_per_visitor", "intelligems.visitors"], "currency": "USD"}));
    assert_eq!(rows(&world.answer(ask).await), ["5.00 40"]);
}

#[tokio::test]
async fn what_one_source_has_told_says_nothing_of_another_in_the_same_dataset() {
    let mut world = World::new(NOW, 1_000);
    world.add_store(NEW_YORK, Weekday::Mon, &[]).await;
    let clarity = Event { source: "clarity", ..sessions(9, "2026-11-16T12:00:00Z", 7) };
    let events = [sessions(1, "2026-11-16T12:00:00Z", 100), sessions(2, "2026-11-17T12:00:00Z", 60), clarity];
    world.commit_events(0, &events).await;
    let asked = json!({"metrics": ["ga4.sessions", "clarity.sessions"], "granularity": "day"});
    let answer = world.answer(query(&asked)).await;
    assert_eq!(rows(&answer), ["2026-11-16 100 7", "2026-11-17 60 null", "2026-11-18 null null"]);
}

#[tokio::test]
async fn a_ratio_of_amounts_has_no_total_over_several_currencies() {
    let mut world = World::new(NOW, 1_000);
    let yen = Order { currency: "JPY", tax: 10_000_000, ..sold(2, "2026-11-17T12:00:00Z", 2_000, "web") };
    let dollar = Order { tax: 10_000, ..sold(1, "2026-11-17T12:00:00Z", 10, "web") };
    world.add_store(NEW_YORK, Weekday::Mon, &[&[dollar, yen]]).await;
    let asked = json!({"group_by": "currency", "order_by": [{"field": "currency"}], "metrics": [
        {"formula": "shopify.tax / shopify.revenue", "as": "share"}, "shopify.orders"]});
    let answer = world.answer(query(&asked)).await;
    assert_eq!(rows(&answer), ["JPY 0.5 1", "USD 0.1 1"]);
    assert_eq!(answer["totals"], json!({"share": null, "shopify.orders": 2}));
}

#[tokio::test]
async fn a_store_that_tells_nothing_yet_has_no_zeros_beside_one_that_does() {
    let mut world = World::new(NOW, 1_000);
    let late = world.add_store(NEW_YORK, Weekday::Mon, &[&[sold(1, "2026-11-16T12:00:00Z", 10, "web")]]).await;
    let orders = [sold(1, "2026-11-16T12:00:00Z", 20, "web"), sold(2, "2026-11-18T12:00:00Z", 30, "web")];
    world.add_store(NEW_YORK, Weekday::Mon, &[&orders]).await;
    let asked = json!({"metrics": ["shopify.revenue"], "granularity": "day", "group_by": "store"});
    let answer = world.answer(query(&asked)).await;
    let of = |store: &str| -> Vec<Value> {
        let rows = answer["rows"].as_array().unwrap().iter();
        rows.filter(|row| row["store"] == store).map(|row| row["shopify.revenue"].clone()).collect()
    };
    assert_eq!(of(&late.to_string()), [json!("10.00"), Value::Null, Value::Null]);
    assert_eq!(of(&world.stores[1].scope.id.to_string()), ["20.00", "0.00", "30.00"]);
}

#[tokio::test]
async fn the_largest_groups_are_listed_and_all_others_are_one_more() {
    let mut world = World::new(NOW, 1_000);
    let from =
        |id, at, total, country, customer| Order { country, customer: Some(customer), ..sold(id, at, total, "web") };
    let orders = [
        from(1, "2026-11-16T12:00:00Z", 50, Some("US"), "ann"),
        from(2, "2026-11-17T12:00:00Z", 60, Some("US"), "bob"),
        from(3, "2026-11-16T12:00:00Z", 70, Some("CA"), "ann"),
        from(4, "2026-11-16T12:00:00Z", 30, Some("FR"), "cat"),
        from(5, "2026-11-17T12:00:00Z", 10, Some("DE"), "cat"),
        from(6, "2026-11-17T12:00:00Z", 20, None, "dan"),
    ];
    world.add_store(NEW_YORK, Weekday::Mon, &[&orders]).await;
    let asked = json!({
        "metrics": ["shopify.revenue", "shopify.customers", {"metric": "shopify.revenue", "aggregation": "median", "as": "typical"}],
        "group_by": "country", "top": {"groups": 2}
    });
    let answer = world.answer(query(&asked)).await;
    // Cat ordered from two of the other countries and is one customer of them.
    assert_eq!(rows(&answer), ["US 110.00 2 55.00", "CA 70.00 1 70.00", "true null 60.00 2 20.00"]);
    assert_eq!(answer["rows"][2]["other"], true);
    assert_eq!(answer["totals"], json!({"shopify.revenue": "240.00", "shopify.customers": 4, "typical": "40.00"}));
    let mut by_day = query(&asked);
    by_day["granularity"] = json!("day");
    by_day["metrics"] = json!(["shopify.revenue"]);
    by_day["time_range"] = json!({"from": "2026-11-16", "to": "2026-11-17"});
    let answer = world.answer(by_day.clone()).await;
    assert_eq!(
        rows(&answer),
        [
            "2026-11-16 CA 70.00",
            "2026-11-16 US 50.00",
            "2026-11-16 true null 30.00",
            "2026-11-17 CA 0.00",
            "2026-11-17 US 60.00",
            "2026-11-17 true null 30.00"
        ]
    );
    by_day["top"] = json!({"groups": 1, "by": "shopify.revenue", "other": false});
    let answer = world.answer(by_day).await;
    assert_eq!(rows(&answer), ["2026-11-16 US 50.00", "2026-11-17 US 60.00"]);
    assert_eq!(answer["totals"]["shopify.revenue"], "240.00", "of everything");
    let mut all = query(&asked);
    all["top"] = json!({"groups": 5});
    assert_eq!(world.answer(all).await["total_rows"], 5, "without others there is no other group");
}

#[tokio::test]
async fn groups_that_only_the_compared_period_has_are_among_the_others() {
    let mut world = World::new(NOW, 1_000);
    let orders = [
        sold(1, "2026-11-16T12:00:00Z", 10, "web"),
        sold(2, "2026-11-09T12:00:00Z", 20, "web"),
        sold(3, "2026-11-09T13:00:00Z", 40, "pos"),
        sold(4, "2026-11-10T12:00:00Z", 80, "app"),
    ];
    world.add_store(NEW_YORK, Weekday::Mon, &[&orders]).await;
    let asked = json!({"metrics": ["shopify.revenue"], "group_by": "channel", "compare_to": "previous_week", "top": {"groups": 1}});
    let answer = world.answer(query(&asked)).await;
    assert_eq!(rows(&answer), ["web 10.00", "true null 0.00"]);
    assert_eq!(answer["rows"][1]["comparison"]["shopify.revenue"]["value"], "120.00");
    assert_eq!(answer["total_rows"], 2);
}

#[tokio::test]
async fn of_other_stores_only_what_they_tell_is_known() {
    let mut world = World::new(NOW, 1_000);
    let old = [sold(1, "2026-11-02T12:00:00Z", 50, "web"), sold(2, "2026-11-18T12:00:00Z", 50, "web")];
    world.add_store(NEW_YORK, Weekday::Mon, &[&old]).await;
    world.add_store(NEW_YORK, Weekday::Mon, &[&[sold(1, "2026-11-16T12:00:00Z", 1, "web")]]).await;
    world.add_store(NEW_YORK, Weekday::Mon, &[&[sold(1, "2026-11-17T12:00:00Z", 2, "web")]]).await;
    let asked = json!({
        "metrics": ["shopify.revenue"], "group_by": "store", "top": {"groups": 1}, "granularity": "week",
        "time_range": {"from": "2026-11-02", "to": "2026-11-18"},
    });
    let answer = world.answer(query(&asked)).await;
    let others = answer["rows"].as_array().unwrap().iter().filter(|row| row["other"] == true);
    let others: Vec<_> = others.map(|row| row["shopify.revenue"].clone()).collect();
    assert_eq!(json!(others), json!([null, null, "3.00"]), "the listed store's telling says nothing of them");
}
