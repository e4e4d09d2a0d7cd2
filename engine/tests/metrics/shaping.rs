//! Rolling figures, trends and pivots: written down.

use aloftly_engine::metrics::QueryError;
use chrono::Weekday;
use serde_json::{Value, json};

use super::by_hand::rows;
use super::support::{Event, Order, World, sold};

const NEW_YORK: chrono_tz::Tz = chrono_tz::America::New_York;
/// A Thursday, 14:05 in New York.
const NOW: &str = "2026-11-19T19:05:30Z";

/// On the web 60 on the 10th, 10 on the 15th, 20 and 40 on the 17th, 8 today; 5 in the shop on the 14th and 30 on the 18th.
async fn world() -> World {
    let mut world = World::new(NOW, 1_000);
    let orders = [
        sold(1, "2026-11-10T12:00:00Z", 60, "web"),
        sold(2, "2026-11-14T12:00:00Z", 5, "pos"),
        sold(3, "2026-11-15T13:00:00Z", 10, "web"),
        sold(4, "2026-11-17T12:00:00Z", 20, "web"),
        sold(5, "2026-11-17T13:00:00Z", 40, "web"),
        sold(6, "2026-11-18T12:00:00Z", 30, "pos"),
        sold(7, "2026-11-19T12:00:00Z", 8, "web"),
    ];
    world.add_store(NEW_YORK, Weekday::Mon, &[&orders]).await;
    world
}

fn asked(fields: &Value) -> Value {
    let mut query = json!({"time_range": {"from": "2026-11-16", "to": "2026-11-19"}, "granularity": "day"});
    query.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    query
}

#[tokio::test]
async fn a_rolling_figure_is_of_the_last_buckets_also_of_those_before_the_range() {
    let answer = world()
        .await
        .answer(asked(&json!({"metrics": [
            "shopify.revenue",
            {"metric": "shopify.revenue", "rolling": {"buckets": 3}, "as": "average"},
            {"metric": "shopify.revenue", "rolling": {"buckets": 3, "figure": "total"}, "as": "total"},
            {"metric": "shopify.orders", "rolling": {"buckets": 3}, "as": "orders"},
            {"metric": "shopify.aov", "rolling": {"buckets": 3}, "as": "aov"},
            {"metric": "shopify.revenue", "aggregation": "max", "rolling": {"buckets": 3}, "as": "max"},
            {"metric": "shopify.revenue", "aggregation": "latest", "rolling": {"buckets": 3}, "as": "latest"},
            {"formula": "shopify.revenue / shopify.orders", "rolling": {"buckets": 2}, "as": "mean"}
        ]})))
        .await;
    assert_eq!(
        rows(&answer),
        [
            // 5 + 10 + 0; of two orders.
            "2026-11-16 0.00 5.00 15.00 0.666667 7.50 10.00 10.00 10.00",
            // 10 + 0 + 60: the average of an order is that of all three, not that of three days.
            "2026-11-17 60.00 23.3333 70.00 1 23.3333 40.00 40.00 30.00",
            "2026-11-18 30.00 30.00 90.00 1 30.00 40.00 30.00 30.00",
            "2026-11-19 8.00 32.6667 98.00 1.333333 24.50 40.00 8.00 19.00",
        ]
    );
    assert_eq!(answer["totals"]["shopify.revenue"], "98.00");
    assert_eq!((&answer["totals"]["average"], &answer["totals"]["aov"]), (&Value::Null, &Value::Null));
    let titles: Vec<_> =
        answer["columns"].as_array().unwrap().iter().map(|column| column["title"].as_str().unwrap()).collect();
    assert_eq!(titles[2..4], ["Revenue, rolling average of 3", "Revenue, rolling total of 3"]);
    assert_eq!(titles[5], "Average order value, rolling over 3", "it is no average of averages");
    let kinds: Vec<_> = answer["columns"].as_array().unwrap().iter().map(|column| &column["type"]).collect();
    assert_eq!((kinds[1], kinds[4]), (&json!("decimal"), &json!("number")), "an average of counts has decimals");
    assert_eq!(answer["meta"]["incomplete"], json!(["2026-11-19"]));
}

#[tokio::test]
async fn days_of_which_nothing_is_known_do_not_count_for_an_average() {
    let query = |from: &str, to: &str| {
        json!({"metrics": [{"metric": "shopify.revenue", "rolling": {"buckets": 4}}], "granularity": "day",
            "time_range": {"from": from, "to": to}})
    };
    let answer = world().await.answer(query("2026-11-08", "2026-11-12")).await;
    assert_eq!(
        rows(&answer),
        ["2026-11-08 null", "2026-11-09 null", "2026-11-10 60.00", "2026-11-11 30.00", "2026-11-12 20.00"],
        "data begin on the 10th"
    );
    let answer = world().await.answer(query("2026-11-19", "2026-11-21")).await;
    assert_eq!(rows(&answer), ["2026-11-19 24.50", "2026-11-20 null", "2026-11-21 null"], "days to come are no zeros");
}

#[tokio::test]
async fn a_rolling_figure_is_compared_with_that_of_the_buckets_beside() {
    let answer = world()
        .await
        .answer(json!({
            "metrics": [{"metric": "shopify.revenue", "rolling": {"buckets": 2, "figure": "total"}, "as": "two"}],
            "granularity": "day", "time_range": {"from": "2026-11-17", "to": "2026-11-18"}, "compare_to": "previous_period"
        }))
        .await;
    assert_eq!(rows(&answer), ["2026-11-17 60.00", "2026-11-18 90.00"]);
    let before: Vec<_> = answer["rows"].as_array().unwrap().iter().map(|row| &row["comparison"]).collect();
    // The 14th and the 15th; the 15th and the 16th.
    assert_eq!(before[0]["two"], json!({"value": "15.00", "delta": "45.00", "ratio": 3.0}));
    assert_eq!(before[1]["two"], json!({"value": "10.00", "delta": "80.00", "ratio": 8.0}));
}

#[tokio::test]
async fn each_group_has_a_rolling_figure_of_its_own_also_when_it_is_only_of_buckets_before() {
    let query = |fields: Value| {
        let mut query = json!({"metrics": [{"metric": "shopify.revenue", "rolling": {"buckets": 4, "figure": "total"}}],
            "granularity": "day", "group_by": "channel", "time_range": {"from": "2026-11-17", "to": "2026-11-17"}});
        query.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        query
    };
    let world = world().await;
    assert_eq!(rows(&world.answer(query(json!({}))).await), ["2026-11-17 pos 5.00", "2026-11-17 web 70.00"]);
    assert_eq!(
        rows(&world.answer(query(json!({"fill": false}))).await),
        ["2026-11-17 web 70.00"],
        "it sold nothing that day"
    );
}

#[tokio::test]
async fn what_cannot_be_rolled_is_told_whichever_groups_are_the_largest() {
    let mut world = World::new(NOW, 1_000);
    let orders = [
        Order { currency: "EUR", ..sold(1, "2026-11-15T12:00:00Z", 5, "pos") },
        sold(2, "2026-11-17T12:00:00Z", 10, "web"),
        sold(3, "2026-11-17T13:00:00Z", 20, "web"),
        sold(4, "2026-11-18T12:00:00Z", 40, "pos"),
    ];
    world.add_store(NEW_YORK, Weekday::Mon, &[&orders]).await;
    let of_groups = |fields: Value| {
        let mut query = asked(&json!({"group_by": "channel", "metrics": [
            "shopify.orders", {"metric": "shopify.revenue", "rolling": {"buckets": 3}, "as": "rolled"}
        ]}));
        query.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        query
    };
    for fields in [json!({}), json!({"top": {"groups": 1, "other": false}}), json!({"top": {"groups": 1}})] {
        match world.ask(of_groups(fields.clone())).await {
            Err(QueryError::MixedCurrencies { currencies }) => assert_eq!(currencies, ["EUR", "USD"], "{fields}"),
            other => panic!("{other:?}: {fields}"),
        }
    }
    let web =
        of_groups(json!({"filters": {"channel": "web"}, "time_range": {"from": "2026-11-17", "to": "2026-11-17"}}));
    assert_eq!(rows(&world.answer(web).await), ["2026-11-17 web 2 10.00"]);
}

#[tokio::test]
async fn weeks_and_hours_roll_too() {
    let world = world().await;
    let answer = world
        .answer(json!({
            "metrics": [{"metric": "shopify.revenue", "rolling": {"buckets": 2, "figure": "total"}}], "granularity": "week",
            "time_range": {"from": "2026-11-16", "to": "2026-11-22"}
        }))
        .await;
    assert_eq!(rows(&answer), ["2026-11-16 173.00"], "98 and, from the 9th to the 15th, 75");
    let answer = world
        .answer(json!({
            "metrics": [{"metric": "shopify.revenue", "rolling": {"buckets": 20, "figure": "total"}}], "granularity": "hour",
            "time_range": {"from": "2026-11-18", "to": "2026-11-18"}, "limit": 5
        }))
        .await;
    let expected = [
        "2026-11-18T00:00:00-05:00 60.00",
        "2026-11-18T01:00:00-05:00 60.00",
        "2026-11-18T02:00:00-05:00 60.00",
        // The hour from 7 to 8 of the day before, in which 20 were sold, is no longer one of twenty.
        "2026-11-18T03:00:00-05:00 40.00",
        "2026-11-18T04:00:00-05:00 0.00",
    ];
    assert_eq!(rows(&answer), expected);
}

#[tokio::test]
async fn a_week_that_the_range_begins_in_is_rolled_as_a_whole() {
    let answer = world()
        .await
        .answer(json!({
            "metrics": ["shopify.revenue", {"metric": "shopify.revenue", "rolling": {"buckets": 2}, "as": "rolling"}],
            "granularity": "week", "time_range": {"from": "2026-11-18", "to": "2026-11-19"},
            "compare_to": {"from": "2026-11-11", "to": "2026-11-12"}
        }))
        .await;
    // From Wednesday on 38; with Monday and Tuesday 98, and the week before 75.
    assert_eq!(rows(&answer), ["2026-11-16 38.00 86.50"]);
    assert_eq!(answer["meta"]["clipped"], json!(["2026-11-16"]));
    let before = &answer["rows"][0]["comparison"]["rolling"]["value"];
    assert_eq!(
        before, "60.00",
        "Monday and Tuesday of the week before and its other two days, and of the 2nd to the 8th nothing is known"
    );
}

#[tokio::test]
async fn what_comes_before_a_compared_range_comes_right_before_it() {
    let mut world = World::new("2026-04-15T12:00:00Z", 1_000);
    // One for each day of January and February.
    let date =
        |day: i64| (chrono::NaiveDate::from_ymd_opt(2026, 1, 1).unwrap() + chrono::TimeDelta::days(day)).to_string();
    let orders: Vec<_> =
        (0..110_u32).map(|id| sold(id, &format!("{}T12:00:00Z", date(id.into())), i64::from(id) + 1, "web")).collect();
    world.add_store(chrono_tz::UTC, Weekday::Mon, &[&orders]).await;
    let answer = world
        .answer(json!({
            "metrics": [{"metric": "shopify.revenue", "rolling": {"buckets": 4, "figure": "total"}, "as": "four"}],
            "granularity": "day", "time_range": {"from": "2026-03-01", "to": "2026-03-02"}, "compare_to": "previous_month"
        }))
        .await;
    // The days are worth their number in the year: 57 + 58 + 59 + 60 by the 1st of March, and 29 + 30 + 31 + 32 by the 1st of February.
    assert_eq!(rows(&answer), ["2026-03-01 234.00", "2026-03-02 238.00"]);
    assert_eq!(answer["rows"][0]["comparison"]["four"]["value"], "122.00");
    assert_eq!(answer["rows"][1]["comparison"]["four"]["value"], "126.00");
}

#[tokio::test]
async fn days_that_only_another_source_knows_do_not_count() {
    let world = world().await;
    let sessions = |id, at| Event { id, at, source: "ga4", name: "sessions", value: 10_000_000, ..Event::default() };
    world.commit_events(0, &[sessions(1, "2026-11-01T12:00:00Z"), sessions(2, "2026-11-25T12:00:00Z")]).await;
    let query = |metrics: Value| json!({"metrics": metrics, "granularity": "day", "time_range": {"from": "2026-11-09", "to": "2026-11-12"}});
    let rolling = json!({"metric": "shopify.revenue", "rolling": {"buckets": 4}, "as": "rolling"});
    let trend = json!({"metric": "shopify.revenue", "trend": true, "as": "trend"});
    let alone = world.answer(query(json!([rolling, trend]))).await;
    assert_eq!(
        rows(&alone),
        ["2026-11-09 null null", "2026-11-10 60.00 50.00", "2026-11-11 30.00 20.00", "2026-11-12 20.00 -10.00"]
    );
    let beside = world.answer(query(json!([rolling, trend, "ga4.sessions"]))).await;
    let first_two = |answer: &Value| -> Vec<Value> {
        answer["rows"].as_array().unwrap().iter().map(|row| json!([row["rolling"], row["trend"]])).collect()
    };
    assert_eq!(first_two(&beside), first_two(&alone));
    assert_eq!(beside["rows"][0]["ga4.sessions"], 0, "though sessions are known of these days");
}

#[tokio::test]
async fn a_trend_is_the_nearest_straight_line_through_complete_buckets() {
    let answer = world()
        .await
        .answer(asked(&json!({"metrics": [
            "shopify.orders",
            {"metric": "shopify.orders", "trend": true, "as": "trend"}
        ]})))
        .await;
    // Through (0, 0), (1, 2) and (2, 1): a mean of 1 at 1, and a half more each day. Today is not over.
    assert_eq!(rows(&answer), ["2026-11-16 0 0.5", "2026-11-17 2 1", "2026-11-18 1 1.5", "2026-11-19 1 2"]);
    assert_eq!(answer["totals"], json!({"shopify.orders": 4, "trend": null}));
    let one_day =
        json!({"metrics": [{"metric": "shopify.orders", "trend": true}], "granularity": "day", "time_range": "today"});
    assert_eq!(
        rows(&world().await.answer(one_day).await),
        ["2026-11-19 null"],
        "no line is nearest to one point, or none"
    );
}

#[tokio::test]
async fn rows_stand_side_by_side_where_a_dimension_is_pivoted() {
    let world = world().await;
    let answer = world
        .answer(asked(&json!({
            "metrics": ["shopify.revenue", "shopify.orders"], "group_by": ["channel"], "pivot": "channel",
            "compare_to": "previous_period"
        })))
        .await;
    let keys: Vec<_> =
        answer["columns"].as_array().unwrap().iter().map(|column| column["key"].as_str().unwrap()).collect();
    let expected =
        ["time", "shopify.revenue[web]", "shopify.revenue[pos]", "shopify.orders[web]", "shopify.orders[pos]"];
    assert_eq!(keys, expected, "those that sold most come first");
    assert_eq!(
        answer["columns"][2],
        json!({"key": "shopify.revenue[pos]", "title": "Revenue, pos", "type": "decimal", "role": "metric", "unit": "currency",
            "currency": "USD", "higher_is_better": true,
            "pivot": {"metric": "shopify.revenue", "dimension": "channel", "value": "pos", "other": false}})
    );
    assert_eq!(
        rows(&answer),
        [
            "2026-11-16 0.00 0.00 0 0",
            "2026-11-17 60.00 0.00 2 0",
            "2026-11-18 0.00 30.00 0 1",
            "2026-11-19 8.00 0.00 1 0"
        ]
    );
    assert_eq!(
        answer["totals"],
        json!({"shopify.revenue": "98.00", "shopify.orders": 4, "shopify.revenue[web]": "68.00",
            "shopify.revenue[pos]": "30.00", "shopify.orders[web]": 3, "shopify.orders[pos]": 1})
    );
    assert_eq!(
        answer["comparison"]["totals"]["shopify.revenue[pos]"],
        json!({"value": "5.00", "delta": "25.00", "ratio": 5.0})
    );
    let third = &answer["rows"][2]["comparison"];
    assert_eq!((&third["time"], &third["shopify.revenue[pos]"]["value"]), (&json!("2026-11-14"), &json!("5.00")));
    assert_eq!((&answer["total_rows"], &answer["truncated"]), (&json!(4), &json!(false)));
}

#[tokio::test]
async fn a_pivot_has_a_line_for_each_of_the_other_groups() {
    let mut world = World::new(NOW, 1_000);
    let of = |id, country, channel, total| Order { country, channel, ..sold(id, "2026-11-17T12:00:00Z", total, "web") };
    let orders = [
        of(1, Some("US"), Some("web"), 10),
        of(2, Some("CA"), Some("web"), 70),
        of(3, Some("US"), None, 20),
        of(4, None, Some("pos"), 40),
    ];
    world.add_store(NEW_YORK, Weekday::Mon, &[&orders]).await;
    let query = |fields: Value| {
        let mut query = json!({"metrics": ["shopify.revenue"], "time_range": "last_7_days", "group_by": ["channel", "country"], "pivot": "channel"});
        query.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        query
    };
    let answer = world.answer(query(json!({}))).await;
    let titles: Vec<_> =
        answer["columns"].as_array().unwrap().iter().map(|column| column["title"].as_str().unwrap()).collect();
    assert_eq!(titles, ["Country", "Revenue, web", "Revenue, pos", "Revenue, none"]);
    assert_eq!(rows(&answer), ["CA 70.00 0.00 0.00", "US 10.00 0.00 20.00", "null 0.00 40.00 0.00"]);
    let answer = world.answer(query(json!({"fill": false}))).await;
    assert_eq!(rows(&answer), ["CA 70.00 null null", "US 10.00 null 20.00", "null null 40.00 null"]);
    let answer =
        world.answer(query(json!({"order_by": [{"field": "country", "direction": "desc"}], "limit": 1}))).await;
    assert_eq!(rows(&answer), ["US 10.00 0.00 20.00"]);
    assert_eq!((&answer["total_rows"], &answer["truncated"]), (&json!(3), &json!(true)));
    let answer = world
        .answer(query(json!({"group_by": "channel", "granularity": "day", "time_range": {"from": "2026-11-17", "to": "2026-11-17"},
            "top": {"groups": 1}})))
        .await;
    assert_eq!(rows(&answer), ["2026-11-17 80.00 60.00"]);
    let last = &answer["columns"][2];
    assert_eq!((&last["title"], &last["pivot"]["other"]), (&json!("Revenue, all others"), &json!(true)));
    assert_eq!(answer["totals"]["shopify.revenue[all others]"], "60.00");
}

#[tokio::test]
async fn columns_of_stores_have_their_names() {
    let mut world = world().await;
    let orders = [sold(1, "2026-11-18T12:00:00Z", 1_000, "web")];
    let second = world.add_store(chrono_tz::Asia::Tokyo, Weekday::Mon, &[&orders]).await;
    let answer = world
        .answer(json!({"metrics": ["shopify.revenue"], "time_range": {"from": "2026-11-18", "to": "2026-11-18"},
            "group_by": "store", "pivot": "store"}))
        .await;
    assert_eq!(rows(&answer), ["1000.00 30.00"]);
    let first = &answer["columns"][0];
    assert_eq!(first["pivot"]["value"], second.to_string());
    let name = &world.stores[1].scope.name;
    assert_eq!(
        (&first["key"], &first["title"]),
        (&json!(format!("shopify.revenue[{second}]")), &json!(format!("Revenue, {name}")))
    );
}

#[tokio::test]
async fn columns_of_currencies_say_which_amounts_are_in() {
    let mut world = World::new(NOW, 1_000);
    let of = |id, currency, channel| Order { currency, ..sold(id, "2026-11-17T12:00:00Z", 10, channel) };
    world.add_store(NEW_YORK, Weekday::Mon, &[&[of(1, "USD", "web"), of(2, "EUR", "web"), of(3, "EUR", "pos")]]).await;
    world.commit_rates(0, &[("2026-11-17", "EUR", "USD", 12_000)]).await;
    let query = |fields: Value| {
        let mut query = json!({"metrics": ["shopify.revenue"], "time_range": "last_7_days", "group_by": "currency", "pivot": "currency"});
        query.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        query
    };
    let currencies = |answer: &Value| -> Vec<Value> {
        answer["columns"].as_array().unwrap().iter().map(|column| column["currency"].clone()).collect()
    };
    let answer = world.answer(query(json!({}))).await;
    assert_eq!(
        (rows(&answer), currencies(&answer)),
        (vec!["20.00 10.00".to_owned()], vec![json!("EUR"), json!("USD")])
    );
    assert_eq!(
        (&answer["totals"]["shopify.revenue"], &answer["totals"]["shopify.revenue[EUR]"]),
        (&Value::Null, &json!("20.00"))
    );
    let answer = world.answer(query(json!({"currency": "USD"}))).await;
    assert_eq!(
        (rows(&answer), currencies(&answer)),
        (vec!["24.00 10.00".to_owned()], vec![json!("USD"), json!("USD")])
    );
    let answer = world.answer(query(json!({"group_by": ["channel", "currency"], "pivot": "channel"}))).await;
    assert_eq!(rows(&answer), ["EUR 10.00 10.00", "USD 10.00 0.00"]);
    let total = &answer["totals"]["shopify.revenue[web]"];
    assert_eq!((total, &currencies(&answer)[1]), (&Value::Null, &Value::Null), "of two currencies there is none");
}

#[tokio::test]
async fn a_pivot_has_two_hundred_columns_at_most() {
    let mut world = World::new(NOW, 1_000);
    let name = |number: u32| &*Box::leak(format!("C{number:03}").into_boxed_str());
    let orders: Vec<_> = (1..=101).map(|id| sold(id, "2026-11-17T12:00:00Z", 1, name(id))).collect();
    world.add_store(NEW_YORK, Weekday::Mon, &[&orders]).await;
    let query = |metrics: Value| json!({"metrics": metrics, "time_range": "last_7_days", "group_by": "channel", "pivot": "channel"});
    assert_eq!(world.answer(query(json!(["shopify.revenue"]))).await["columns"].as_array().unwrap().len(), 101);
    let error = world.ask(query(json!(["shopify.revenue", "shopify.orders"]))).await.unwrap_err();
    assert!(matches!(error, QueryError::Limit { what: "columns", limit: 200, .. }), "{error:?}");
    let top = json!({"metrics": ["shopify.revenue", "shopify.orders"], "time_range": "last_7_days", "group_by": "channel",
        "pivot": "channel", "top": {"groups": 3}});
    assert_eq!(
        world.answer(top).await["columns"].as_array().unwrap().len(),
        8,
        "the limit is of columns, not of groups"
    );
}
