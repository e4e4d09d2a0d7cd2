//! Stock as it stands at the end of a time: answers that are written down.

use aloftly_engine::metrics::QueryError;
use chrono::Weekday;
use serde_json::{Value, json};

use super::by_hand::rows;
use super::support::{Level, World};

/// A Thursday, 14:05 in New York.
const NOW: &str = "2026-11-19T19:05:30Z";
const AVAILABLE: &str = "shopify.stock_available";

/// Pieces that were read of a level on a day of November in New York, which begins at five in the morning.
fn level(id: &'static str, day: u32, available: i64, on_hand: i64) -> Level {
    let (location, product, cost) = match id {
        "a" => ("Shop", "Tea", Some((25_000, "USD"))),
        "b" => ("Attic", "Tea", Some((25_000, "USD"))),
        _ => ("Shop", "Cup", None),
    };
    let day = format!("2026-11-{day:02}T05:00:00Z").parse().unwrap();
    Level { id, day, location, product, tracked: true, available, on_hand, cost }
}

/// Nothing was read on the weekend. Of Tuesday on there is no level `b` any more; today only `a` was told of so far.
fn levels() -> Vec<Level> {
    vec![
        level("a", 13, 20, 20),
        level("b", 13, 5, 5),
        level("c", 13, 9, 9),
        level("a", 16, 10, 12),
        level("b", 16, 5, 5),
        level("c", 16, 8, 8),
        level("a", 17, 9, 11),
        level("c", 17, 8, 8),
        level("a", 18, 7, 9),
        level("c", 18, 8, 8),
        level("a", 19, 4, 6),
    ]
}

/// With rows of the first days in cold segments, or all hot.
async fn world(hot_rows: u64) -> World {
    let mut world = World::new(NOW, hot_rows);
    world.add_store(chrono_tz::America::New_York, Weekday::Mon, &[]).await;
    let (first, then) = (&levels()[..8], &levels()[8..]);
    world.commit_levels(0, first).await;
    world.commit_levels(0, then).await;
    world
}

fn by_day(from: &str, to: &str) -> Value {
    json!({"metrics": [AVAILABLE], "granularity": "day", "time_range": {"from": from, "to": to}})
}

fn with(mut query: Value, mut more: Value) -> Value {
    query.as_object_mut().unwrap().append(more.as_object_mut().unwrap());
    query
}

#[tokio::test]
async fn stock_is_what_is_there_at_the_end_of_each_day() {
    for hot_rows in [0, 1_000] {
        let mut query = by_day("2026-11-12", "2026-11-20");
        query["metrics"] =
            json!(["available", "on_hand", "committed", "incoming", "value"].map(|of| format!("shopify.stock_{of}")));
        let answer = world(hot_rows).await.answer(query).await;
        assert_eq!(
            rows(&answer),
            [
                "2026-11-12 null null null null null",
                "2026-11-13 34 34 0 3 62.50",
                // Nothing was read.
                "2026-11-14 null null null null null",
                "2026-11-15 null null null null null",
                "2026-11-16 23 25 2 3 42.50",
                // What was not read on a day is as on the day before.
                "2026-11-17 22 24 2 3 40.00",
                // But no longer.
                "2026-11-18 15 17 2 2 22.50",
                "2026-11-19 12 14 2 2 15.00",
                "2026-11-20 null null null null null",
            ]
        );
        assert_eq!(answer["totals"][AVAILABLE], 12, "the last day's, not the sum of days");
        assert_eq!(answer["totals"]["shopify.stock_value"], "15.00");
    }
}

#[tokio::test]
async fn longer_times_end_with_the_last_day_that_was_read() {
    let world = world(1_000).await;
    let mut query = by_day("2026-11-01", "2026-11-30");
    query["granularity"] = json!("week");
    let weeks = rows(&world.answer(query.clone()).await);
    assert_eq!(weeks[2..4], ["2026-11-09 34", "2026-11-16 12"]);
    query["granularity"] = json!("month");
    assert_eq!(rows(&world.answer(query.clone()).await), ["2026-11-01 12"]);
    query.as_object_mut().unwrap().remove("granularity");
    let whole = world.answer(query).await;
    assert_eq!((rows(&whole), &whole["totals"][AVAILABLE]), (vec!["12".to_owned()], &json!(12)));
    let answer =
        world.answer(json!({"metrics": [AVAILABLE], "time_range": {"from": "2026-11-13", "to": "2026-11-15"}})).await;
    assert_eq!(answer["totals"][AVAILABLE], 34, "as of the last day that was read");
    let nothing =
        world.answer(json!({"metrics": [AVAILABLE], "time_range": {"from": "2026-11-14", "to": "2026-11-15"}})).await;
    assert_eq!((rows(&nothing), &nothing["totals"][AVAILABLE]), (vec!["null".to_owned()], &Value::Null));
}

#[tokio::test]
async fn which_day_is_the_last_does_not_depend_on_what_is_filtered_for() {
    let world = world(1_000).await;
    let attic = with(by_day("2026-11-13", "2026-11-19"), json!({"filters": {"location": "Attic"}}));
    let answer = world.answer(attic).await;
    let expected = ["13 5", "14 null", "15 null", "16 5", "17 5", "18 0", "19 0"].map(|of| format!("2026-11-{of}"));
    assert_eq!(rows(&answer), expected);
    assert_eq!(answer["totals"][AVAILABLE], 0, "what is there no longer does not stand");
    let nowhere = with(by_day("2026-11-16", "2026-11-16"), json!({"filters": {"location": "Nowhere"}}));
    let answer = world.answer(nowhere).await;
    assert_eq!((rows(&answer), &answer["totals"][AVAILABLE]), (vec!["2026-11-16 0".to_owned()], &json!(0)));
}

#[tokio::test]
async fn groups_stand_at_the_same_day() {
    let world = world(1_000).await;
    let by_product = json!({"metrics": [AVAILABLE], "time_range": "month_to_date", "group_by": "product"});
    let answer = world.answer(by_product).await;
    assert_eq!(
        (rows(&answer), &answer["totals"][AVAILABLE]),
        (vec!["Cup 8".to_owned(), "Tea 4".to_owned()], &json!(12))
    );
    let by_location = with(by_day("2026-11-17", "2026-11-18"), json!({"group_by": "location"}));
    let answer = world.answer(by_location).await;
    assert_eq!(rows(&answer), ["2026-11-17 Attic 5", "2026-11-17 Shop 17", "2026-11-18 Attic 0", "2026-11-18 Shop 15"]);
    assert_eq!(answer["totals"][AVAILABLE], 15);
    let top = json!({
        "metrics": [AVAILABLE], "time_range": "month_to_date", "group_by": "sku", "top": {"groups": 1, "by": AVAILABLE}
    });
    let answer = world.answer(top).await;
    assert_eq!(answer["rows"][0], json!({"sku": "Cup", AVAILABLE: 8}));
    assert_eq!((&answer["rows"][1][AVAILABLE], &answer["totals"][AVAILABLE]), (&json!(4), &json!(12)));
    let by_currency =
        json!({"metrics": ["shopify.stock_value"], "time_range": "month_to_date", "group_by": "currency"});
    assert_eq!(rows(&world.answer(by_currency).await), ["USD 15.00"], "what has no cost has no currency");
}

#[tokio::test]
async fn a_time_is_compared_with_how_another_ended() {
    let world = world(1_000).await;
    let compared =
        with(by_day("2026-11-18", "2026-11-19"), json!({"compare_to": {"from": "2026-11-16", "to": "2026-11-17"}}));
    let answer = world.answer(compared).await;
    let beside: Vec<_> =
        answer["rows"].as_array().unwrap().iter().map(|row| &row["comparison"][AVAILABLE]["value"]).collect();
    assert_eq!(
        (rows(&answer), beside),
        (vec!["2026-11-18 15".to_owned(), "2026-11-19 12".to_owned()], vec![&json!(23), &json!(22)])
    );
    assert_eq!(answer["comparison"]["totals"][AVAILABLE], json!({"value": 22, "delta": -10, "ratio": -0.454_545}));
    let with_nothing =
        with(by_day("2026-11-18", "2026-11-18"), json!({"compare_to": {"from": "2026-11-14", "to": "2026-11-14"}}));
    let answer = world.answer(with_nothing).await;
    assert_eq!(answer["comparison"]["totals"][AVAILABLE]["value"], Value::Null, "nothing was read");
    // Of three days the last is beside none of the two, and it is the end of the compared range all the same.
    let longer =
        with(by_day("2026-11-16", "2026-11-17"), json!({"compare_to": {"from": "2026-11-17", "to": "2026-11-19"}}));
    let answer = world.answer(longer).await;
    assert_eq!(answer["comparison"]["totals"][AVAILABLE]["value"], 12);
}

#[tokio::test]
async fn each_store_stands_at_a_day_of_its_own() {
    let mut world = world(1_000).await;
    world.add_store(chrono_tz::Asia::Tokyo, Weekday::Mon, &[]).await;
    // The 18th and the 19th begin there at three in the afternoon of the day before.
    let depot =
        |day: &str, available| Level { day: day.parse().unwrap(), location: "Depot", ..level("x", 1, available, 0) };
    world.commit_levels(1, &[depot("2026-11-17T15:00:00Z", 100), depot("2026-11-18T15:00:00Z", 90)]).await;
    let answer = world.answer(by_day("2026-11-17", "2026-11-19")).await;
    assert_eq!(rows(&answer), ["2026-11-17 22", "2026-11-18 115", "2026-11-19 102"]);
    assert_eq!(answer["totals"][AVAILABLE], 102);
    let answer = world.answer(with(by_day("2026-11-17", "2026-11-18"), json!({"group_by": "store"}))).await;
    let ids = world.stores.iter().map(|store| store.scope.id.to_string()).collect::<Vec<_>>();
    let of = |day: &str, store: usize, figure: &str| format!("2026-11-{day} {} {figure}", ids[store]);
    assert_eq!(rows(&answer), [of("17", 0, "22"), of("17", 1, "null"), of("18", 0, "15"), of("18", 1, "100")]);
}

#[tokio::test]
async fn what_is_not_tracked_any_more_does_not_stand_as_on_the_day_before() {
    let mut world = World::new(NOW, 1_000);
    world.add_store(chrono_tz::America::New_York, Weekday::Mon, &[]).await;
    let untracked = Level { tracked: false, ..level("a", 18, 9, 9) };
    world.commit_levels(0, &[level("a", 17, 9, 9), level("c", 17, 8, 8), untracked]).await;
    let answer = world.answer(by_day("2026-11-17", "2026-11-18")).await;
    assert_eq!(rows(&answer), ["2026-11-17 17", "2026-11-18 8"]);
    // Nor where it is now.
    let moved = Level { location: "Attic", ..level("c", 18, 8, 8) };
    world.commit_levels(0, &[moved]).await;
    let in_shop = with(by_day("2026-11-17", "2026-11-18"), json!({"filters": {"location": "Shop"}}));
    assert_eq!(rows(&world.answer(in_shop).await), ["2026-11-17 17", "2026-11-18 0"]);
}

#[tokio::test]
async fn stock_value_is_converted_at_the_rate_of_the_day_that_it_stands_on() {
    let mut world = World::new(NOW, 1_000);
    world.add_store(chrono_tz::UTC, Weekday::Mon, &[]).await;
    let day = |day: u32| format!("2026-11-{day}T00:00:00Z").parse().unwrap();
    let of = |id, of: u32| Level { day: day(of), cost: Some((20_000, "EUR")), ..level(id, 1, 3, 3) };
    world.commit_levels(0, &[of("a", 17), of("b", 17), of("a", 18)]).await;
    world.commit_rates(0, &[("2026-11-17", "EUR", "USD", 20_000), ("2026-11-18", "EUR", "USD", 30_000)]).await;
    let query =
        with(by_day("2026-11-17", "2026-11-18"), json!({"metrics": ["shopify.stock_value"], "currency": "USD"}));
    let answer = world.answer(query.clone()).await;
    // Twelve euros each day; of the second level the day before counts, at the rate of the day.
    assert_eq!(rows(&answer), ["2026-11-17 24.00", "2026-11-18 36.00"]);
    let in_pounds = with(query, json!({"currency": "GBP"}));
    assert!(matches!(world.ask(in_pounds).await, Err(QueryError::MissingRate { .. })));
}

#[tokio::test]
async fn figures_that_stock_does_not_have_are_refused() {
    let world = world(1_000).await;
    let hours = with(by_day("2026-11-17", "2026-11-18"), json!({"granularity": "hour"}));
    let rolling = with(
        by_day("2026-11-17", "2026-11-18"),
        json!({"metrics": [{"metric": AVAILABLE, "rolling": {"buckets": 7}}]}),
    );
    let median =
        with(by_day("2026-11-17", "2026-11-18"), json!({"metrics": [{"metric": AVAILABLE, "aggregation": "median"}]}));
    for (query, pointer, words) in [
        (hours, "/granularity", "is told by the day"),
        (rolling, "/metrics/0/rolling", "does not add up over several"),
        (median, "/metrics/0/aggregation", "it can be sum"),
    ] {
        let Err(QueryError::Invalid(errors)) = world.ask(query.clone()).await else { panic!("{query}") };
        assert_eq!(errors[0].pointer, pointer);
        assert!(errors[0].detail.contains(words), "{}", errors[0].detail);
    }
}

#[tokio::test]
async fn stock_is_read_from_rows_and_stands_beside_what_happens() {
    let world = world(1_000).await;
    let query = with(
        by_day("2026-11-16", "2026-11-17"),
        json!({
            "metrics": [AVAILABLE, "shopify.orders", {"formula": format!("{AVAILABLE} - shopify.stock_committed"), "as": "free"}]
        }),
    );
    let answer = world.answer(query).await;
    // Shopify was read on these days, and nothing was sold.
    assert_eq!(rows(&answer), ["2026-11-16 23 0 21", "2026-11-17 22 0 20"]);
    let parts = answer["meta"]["parts"].as_array().unwrap();
    let stock = parts.iter().find(|part| part["dataset"] == "inventory_levels").unwrap();
    assert_eq!((&stock["rollup"], &stock["why_not"]), (&json!(0), &json!(["standing"])));
    let trend = with(by_day("2026-11-16", "2026-11-18"), json!({"metrics": [{"metric": AVAILABLE, "trend": true}]}));
    // By hand: a mean of 20, falling by 4 a day.
    assert_eq!(rows(&world.answer(trend).await), ["2026-11-16 24", "2026-11-17 20", "2026-11-18 16"]);
}
