//! How recent sources are: what has been read decides, not what happened, and nothing goes stale in silence.

use aloftly_engine::metrics::{Behind, CacheState};
use chrono::Weekday;
use serde_json::{Value, json};

use super::by_hand::rows;
use super::support::{Event, Order, World};

const NEW_YORK: chrono_tz::Tz = chrono_tz::America::New_York;
/// A Thursday, 14:05 in New York.
const NOW: &str = "2026-11-19T19:05:30Z";
/// A minute ago.
const JUST_NOW: &str = "2026-11-19T19:04:00Z";
/// Tuesday, 10:00 in New York.
const TUESDAY: &str = "2026-11-17T15:00:00Z";

fn plain(orders: &[&str]) -> Vec<Order> {
    orders.iter().zip(1..).map(|(at, id)| Order::plain(id, at)).collect()
}

/// Orders of last week: on Monday, on Tuesday at 07:00 and at 15:00, and on Wednesday. And of this week: on Monday and on Tuesday at 07:00.
fn two_weeks() -> Vec<Order> {
    plain(&[
        "2026-11-09T12:00:00Z",
        "2026-11-10T12:00:00Z",
        "2026-11-10T20:00:00Z",
        "2026-11-11T12:00:00Z",
        "2026-11-16T12:00:00Z",
        "2026-11-17T12:00:00Z",
    ])
}

async fn world(orders: &[Order]) -> World {
    let mut world = World::new(NOW, 1_000);
    world.add_store(NEW_YORK, Weekday::Mon, &[orders]).await;
    world
}

/// Orders from Monday to Wednesday by day, beside those of last week.
fn this_week() -> Value {
    json!({
        "metrics": ["shopify.orders"], "granularity": "day", "compare_to": "previous_week",
        "time_range": {"from": "2026-11-16", "to": "2026-11-18"}
    })
}

fn codes(answer: &Value) -> Vec<&str> {
    answer["meta"]["warnings"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap()).collect()
}

/// What stands beside each row in a metric.
fn beside<'a>(answer: &'a Value, metric: &str) -> Vec<&'a Value> {
    answer["rows"].as_array().unwrap().iter().map(|row| &row["comparison"][metric]["value"]).collect()
}

/// What the total of a metric is compared with.
fn compared<'a>(answer: &'a Value, metric: &str) -> &'a Value {
    &answer["comparison"]["totals"][metric]["value"]
}

#[tokio::test]
async fn a_quiet_shop_is_as_recent_as_its_reading_and_its_quiet_days_are_zero() {
    let mut world = world(&plain(&["2026-11-16T12:00:00Z"])).await;
    let query = json!({
        "metrics": ["shopify.orders"], "granularity": "day", "time_range": {"from": "2026-11-16", "to": "2026-11-20"}
    });
    let unread = world.answer(query.clone()).await;
    assert_eq!(unread["meta"]["as_of"], json!({"shopify": "2026-11-16T12:00:00Z"}));
    assert_eq!(rows(&unread)[2..4], ["2026-11-18 null", "2026-11-19 null"]);
    assert_eq!(codes(&unread), ["data_ends"]);

    world.read(0, "shopify", Some(JUST_NOW), None);
    let read = world.answer(query).await;
    assert_eq!(read["meta"]["as_of"], json!({"shopify": JUST_NOW}));
    let expected = ["2026-11-16 1", "2026-11-17 0", "2026-11-18 0", "2026-11-19 0", "2026-11-20 null"];
    assert_eq!(rows(&read), expected, "nothing was sold, as far as the days have come");
    assert_eq!(read["meta"]["incomplete"], json!(["2026-11-19", "2026-11-20"]));
    assert_eq!(codes(&read), Vec::<&str>::new());
}

#[tokio::test]
async fn a_reading_is_never_of_the_future() {
    let mut world = world(&plain(&["2026-11-16T12:00:00Z"])).await;
    world.read(0, "shopify", Some("2026-11-19T19:06:00Z"), None);
    let answer = world.answer(this_week()).await;
    assert_eq!(answer["meta"]["as_of"], json!({"shopify": NOW}), "clocks differ a little");
}

#[tokio::test]
async fn a_source_that_stopped_is_compared_with_as_much_of_the_other_period() {
    let mut world = world(&two_weeks()).await;
    world.read(0, "shopify", Some(TUESDAY), Some(Behind::Broken));
    let answer = world.answer(this_week()).await;
    assert_eq!(answer["meta"]["as_of"], json!({"shopify": TUESDAY}));
    assert_eq!(
        answer["meta"]["warnings"],
        json!([{
            "code": "source_behind",
            "detail": "the data of Store 1 from Shopify are as of 2026-11-17 10:00: Shopify cannot be read at the moment"
        }])
    );
    assert_eq!(rows(&answer), ["2026-11-16 1", "2026-11-17 1", "2026-11-18 null"], "no bad Wednesday");
    // Of last Tuesday what happened before ten.
    assert_eq!(beside(&answer, "shopify.orders"), [&json!(1), &json!(1), &Value::Null]);
    assert_eq!((&answer["totals"]["shopify.orders"], compared(&answer, "shopify.orders")), (&json!(2), &json!(2)));
    assert_eq!(answer["comparison"]["range"]["end"], "2026-11-10T10:00:00-05:00");
    assert_eq!(answer["meta"]["stores"][0]["comparison_range"]["end"], "2026-11-10T10:00:00-05:00");
    assert_eq!(answer["meta"]["incomplete"], json!(["2026-11-17", "2026-11-18"]));

    let mut full = this_week();
    full["partial"] = json!("full");
    let full = world.answer(full).await;
    assert_eq!(compared(&full, "shopify.orders"), &json!(4), "all of it is what was asked for");
    assert_eq!(beside(&full, "shopify.orders"), [&json!(1), &json!(2), &json!(1)]);
}

#[tokio::test]
async fn hours_after_the_last_reading_are_not_known() {
    let mut world = world(&two_weeks()).await;
    world.read(0, "shopify", Some(TUESDAY), Some(Behind::Broken));
    let answer = world
        .answer(json!({
            "metrics": ["shopify.orders"], "granularity": "hour", "time_range": {"from": "2026-11-17", "to": "2026-11-17"}
        }))
        .await;
    let figures: Vec<_> = rows(&answer).iter().map(|row| row.split(' ').next_back().unwrap().to_owned()).collect();
    assert_eq!(figures[6..11], ["0", "1", "0", "0", "null"]);
    let incomplete = answer["meta"]["incomplete"].as_array().unwrap();
    assert_eq!((incomplete.len(), &incomplete[0]), (14, &json!("2026-11-17T10:00:00-05:00")));
}

#[tokio::test]
async fn why_a_source_is_behind_is_said_in_words() {
    let mut world = world(&two_weeks()).await;
    for (behind, why) in [
        (Behind::Broken, "Shopify cannot be read at the moment"),
        (Behind::SignedOut, "somebody has to connect Shopify again"),
        (Behind::Late, "Shopify should have been read again by now"),
    ] {
        world.read(0, "shopify", Some(TUESDAY), Some(behind));
        let answer = world.answer(this_week()).await;
        let detail = format!("the data of Store 1 from Shopify are as of 2026-11-17 10:00: {why}");
        assert_eq!(answer["meta"]["warnings"], json!([{"code": "source_behind", "detail": detail}]));
    }
}

#[tokio::test]
async fn what_was_never_read_to_its_end_is_not_compared() {
    let mut world = world(&two_weeks()).await;
    world.read(0, "shopify", None, Some(Behind::FirstReading));
    let answer = world.answer(this_week()).await;
    assert_eq!(answer["meta"]["as_of"], json!({"shopify": null}));
    assert_eq!(
        answer["meta"]["warnings"][0]["detail"],
        "the data of Store 1 from Shopify are not all there yet: Shopify is being read for the first time"
    );
    assert_eq!(answer["totals"]["shopify.orders"], 2, "what is there is shown");
    assert_eq!(compared(&answer, "shopify.orders"), &Value::Null);
    assert_eq!(beside(&answer, "shopify.orders"), [&Value::Null; 3]);
    assert_eq!(answer["meta"]["incomplete"], json!(["2026-11-16", "2026-11-17", "2026-11-18"]));
}

#[tokio::test]
async fn a_period_that_begins_after_the_last_reading_is_compared_with_nothing() {
    let mut world = world(&two_weeks()).await;
    world.read(0, "shopify", Some(TUESDAY), Some(Behind::SignedOut));
    let answer = world
        .answer(json!({
            "metrics": ["shopify.orders"], "compare_to": "previous_week", "time_range": {"from": "2026-11-18", "to": "2026-11-18"}
        }))
        .await;
    assert_eq!((rows(&answer), compared(&answer, "shopify.orders")), (vec!["null".to_owned()], &Value::Null));
}

#[tokio::test]
async fn what_a_source_tells_by_itself_is_compared_too() {
    // Nothing has been read since Monday, but orders are told as they come.
    let mut world = world(&two_weeks()).await;
    world.read(0, "shopify", Some("2026-11-16T15:00:00Z"), Some(Behind::Broken));
    let answer = world.answer(this_week()).await;
    assert_eq!(answer["meta"]["as_of"], json!({"shopify": "2026-11-16T15:00:00Z"}));
    assert_eq!(answer["comparison"]["range"]["end"], "2026-11-10T07:00:00-05:00", "the last is of Tuesday, 07:00");
    assert_eq!(answer["meta"]["incomplete"], json!(["2026-11-16", "2026-11-17", "2026-11-18"]));
}

#[tokio::test]
async fn of_several_stores_the_least_recent_decides_and_each_is_compared_by_itself() {
    let mut world = world(&two_weeks()).await;
    world.add_store(NEW_YORK, Weekday::Mon, &[&two_weeks()]).await;
    world.read(0, "shopify", Some(JUST_NOW), None);
    world.read(1, "shopify", Some(TUESDAY), Some(Behind::SignedOut));
    let mut query = this_week();
    query["metrics"] =
        json!(["shopify.orders", {"metric": "shopify.revenue", "aggregation": "median", "as": "median"}]);
    let answer = world.answer(query).await;
    assert_eq!(answer["meta"]["as_of"], json!({"shopify": TUESDAY}));
    assert_eq!(codes(&answer), ["source_behind"]);
    let detail = answer["meta"]["warnings"][0]["detail"].as_str().unwrap();
    assert!(detail.starts_with("the data of Store 2 from Shopify are as of 2026-11-17 10:00"), "{detail}");
    // Four of the first store, and two of the second.
    assert_eq!((&answer["totals"]["shopify.orders"], compared(&answer, "shopify.orders")), (&json!(4), &json!(6)));
    assert_eq!(beside(&answer, "shopify.orders"), [&json!(2), &json!(3), &json!(1)]);
    assert_eq!(beside(&answer, "median"), [&json!("10.00"), &json!("10.00"), &json!("10.00")]);
    assert_eq!(answer["comparison"]["range"]["end"], "2026-11-12T00:00:00-05:00", "that of the longest");
    assert_eq!(answer["meta"]["incomplete"], json!(["2026-11-17", "2026-11-18"]));

    world.read(0, "shopify", None, Some(Behind::FirstReading));
    let answer = world.answer(this_week()).await;
    assert_eq!(answer["meta"]["as_of"], json!({"shopify": null}), "one of them was never read");
}

#[tokio::test]
async fn the_rows_of_a_pooled_comparison_end_where_each_source_stopped() {
    let dear = |id, at: &str| Order { total: 900_000, ..Order::plain(id, at) };
    // Last Tuesday afternoon was dear: it stands beside what is not known.
    let orders = [two_weeks(), vec![dear(90, "2026-11-10T21:00:00Z"), dear(91, "2026-11-10T22:00:00Z")]].concat();
    let mut world = world(&orders).await;
    world.add_store(NEW_YORK, Weekday::Mon, &[&orders]).await;
    for store in 0..2 {
        world.read(store, "shopify", Some(TUESDAY), Some(Behind::Broken));
    }
    let query = json!({
        "metrics": [{"metric": "shopify.revenue", "aggregation": "p99", "as": "p99"}], "compare_to": "previous_week",
        "time_range": {"from": "2026-11-17", "to": "2026-11-17"}
    });
    assert_eq!(compared(&world.answer(query).await, "p99"), &json!("10.00"));
}

#[tokio::test]
async fn each_source_is_compared_as_far_as_it_is_known() {
    let mut world = world(&[two_weeks(), vec![Order::plain(7, "2026-11-18T12:00:00Z")]].concat()).await;
    let sessions = |id, at, value: i64| Event {
        id,
        source: "ga4",
        name: "sessions",
        at,
        value: value * 1_000_000,
        ..Event::default()
    };
    let events = [
        sessions(1, "2026-11-09T12:00:00Z", 10),
        sessions(2, "2026-11-10T12:00:00Z", 20),
        sessions(3, "2026-11-11T12:00:00Z", 30),
        sessions(4, "2026-11-16T12:00:00Z", 40),
    ];
    world.commit_events(0, &events).await;
    world.read(0, "shopify", Some(JUST_NOW), None);
    // Monday, 19:00 in New York.
    world.read(0, "ga4", Some("2026-11-17T00:00:00Z"), Some(Behind::Late));
    let mut query = this_week();
    query["metrics"] = json!(["shopify.orders", "ga4.sessions"]);
    let answer = world.answer(query).await;
    assert_eq!(answer["meta"]["as_of"], json!({"shopify": JUST_NOW, "ga4": "2026-11-17T00:00:00Z"}));
    assert_eq!(rows(&answer), ["2026-11-16 1 40", "2026-11-17 1 null", "2026-11-18 1 null"]);
    assert_eq!(beside(&answer, "shopify.orders"), [&json!(1), &json!(2), &json!(1)]);
    assert_eq!(beside(&answer, "ga4.sessions"), [&json!(10), &Value::Null, &Value::Null]);
    assert_eq!((compared(&answer, "shopify.orders"), compared(&answer, "ga4.sessions")), (&json!(4), &json!(10)));
    assert_eq!(answer["meta"]["incomplete"], json!(["2026-11-16", "2026-11-17", "2026-11-18"]));
    let orders = world.answer(this_week()).await;
    assert_eq!(codes(&orders), Vec::<&str>::new(), "a question about orders does not depend on it");
    assert_eq!(orders["meta"]["incomplete"], json!([]));
}

#[tokio::test]
async fn what_nobody_reads_is_as_recent_as_its_newest_row() {
    let mut world = world(&two_weeks()).await;
    let alone = world.answer(this_week()).await;
    world.read(0, "ga4", Some(JUST_NOW), None);
    let beside_another = world.answer(this_week()).await;
    assert_eq!(alone["meta"]["as_of"], json!({"shopify": "2026-11-17T12:00:00Z"}));
    assert_eq!(codes(&alone), ["data_ends"]);
    for part in ["as_of", "warnings", "incomplete", "comparison_range"] {
        assert_eq!(alone["meta"][part], beside_another["meta"][part]);
    }
    assert_eq!(compared(&alone, "shopify.orders"), &json!(4));
    assert_eq!(beside_another["meta"]["cache"], "hit", "what was asked for has not been read");
}

#[tokio::test]
async fn a_kept_answer_is_not_given_once_a_source_was_read_again_or_fell_behind() {
    let mut world = world(&two_weeks()).await;
    // Finished days, whose figures do not change any more.
    let ask = async |world: &World| {
        let answer = world.ask(this_week()).await.unwrap();
        (answer.meta.as_of["shopify"].clone().unwrap(), answer.meta.cache, answer.etag().to_owned())
    };
    world.read(0, "shopify", Some("2026-11-19T18:50:00Z"), None);
    let first = ask(&world).await;
    assert_eq!((first.0.as_str(), first.1), ("2026-11-19T18:50:00Z", CacheState::Miss));
    let again = ask(&world).await;
    assert_eq!((again.1, &again.2), (CacheState::Hit, &first.2));

    world.read(0, "shopify", Some(JUST_NOW), None);
    let read = ask(&world).await;
    assert_eq!((read.0.as_str(), read.1), (JUST_NOW, CacheState::Miss));
    assert_ne!(read.2, first.2, "its name is another");

    world.read(0, "shopify", Some(JUST_NOW), Some(Behind::Broken));
    let broken = world.answer(this_week()).await;
    assert_eq!((&broken["meta"]["cache"], codes(&broken)), (&json!("miss"), vec!["source_behind"]));
}

#[tokio::test]
async fn a_funnel_of_a_source_that_stopped_is_compared_as_far_as_it_is_known() {
    let of = |customer, id, at: &str| Order { customer: Some(customer), ..Order::plain(id, at) };
    let mut world = world(&[
        of("ann", 1, "2026-11-09T12:00:00Z"),
        // The second step comes later than what is known of this week.
        of("ann", 2, "2026-11-10T20:00:00Z"),
        of("bob", 3, "2026-11-16T12:00:00Z"),
    ])
    .await;
    let query = json!({
        "funnel": {
            "steps": [{"metric": "shopify.orders", "label": "first"}, {"metric": "shopify.orders", "label": "second"}],
            "by": "customer", "window": {"days": 7}
        },
        "time_range": {"from": "2026-11-16", "to": "2026-11-16"}, "compare_to": "previous_week"
    });
    let second = |answer: &Value| answer["rows"][1]["comparison"]["count"]["value"].clone();
    world.read(0, "shopify", Some(JUST_NOW), None);
    assert_eq!(second(&world.answer(query.clone()).await), json!(1));
    world.read(0, "shopify", Some(TUESDAY), Some(Behind::Broken));
    assert_eq!(second(&world.answer(query).await), json!(0));
}
