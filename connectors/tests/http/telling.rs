//! What providers tell of their budgets, and what is made of it.

use std::sync::Arc;
use std::time::Duration;

use aloftly_connectors::http::budget::{Bucket, MemoryLedger, Rules, Told};
use aloftly_connectors::http::{Answer, ClientOptions, Judgement, Request};
use serde::Deserialize;

use super::clock::WaitingClock;
use super::provider::{Provider, Reply};
use super::{client_of, never, options};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Cost {
    actual_query_cost: u32,
    throttle_status: Status,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    maximum_available: f64,
    currently_available: f64,
    restore_rate: f64,
}

fn by_cost(answer: &Answer) -> Judgement {
    let Ok(cost) = answer.json::<Cost>() else { return Judgement::default() };
    let status = cost.throttle_status;
    let bucket = Told::Bucket {
        capacity: status.maximum_available,
        available: status.currently_available,
        refill_per_second: Some(status.restore_rate),
    };
    Judgement { verdict: None, told: vec![Told::Cost { points: cost.actual_query_cost }, bucket] }
}

fn by_header(answer: &Answer) -> Judgement {
    let told = answer.header("x-shopify-shop-api-call-limit").and_then(Told::call_limit);
    Judgement { verdict: None, told: told.into_iter().collect() }
}

fn rules(capacity: u32, per_second: u32) -> Rules {
    Rules { bucket: Some(Bucket::new(capacity, per_second, Duration::from_secs(1))), ..Rules::default() }
}

#[tokio::test]
async fn the_difference_to_the_actual_cost_is_put_back() {
    let told = r#"{"actualQueryCost": 100, "throttleStatus":
        {"maximumAvailable": 1000.0, "currentlyAvailable": 900, "restoreRate": 50.0}}"#;
    let provider = Provider::start([Reply::new(200, told)]).await;
    let clock = Arc::new(WaitingClock::new());
    let options = ClientOptions { judge: by_cost, ..options() };
    let client = client_of(options, &clock, rules(1_000, 50), &Arc::new(MemoryLedger::default()));
    let ask = || Request::post(provider.url("/graphql")).cost(700);
    client.send(ask(), &never()).await.unwrap();
    client.send(ask(), &never()).await.unwrap();
    assert_eq!(clock.waited(), 0);
    // 1,000 less twice 100 are 800; twice 700 would have been 1,400.
    client.send(ask(), &never()).await.unwrap();
    assert_eq!(clock.waited(), 0);
    client.send(ask(), &never()).await.unwrap();
    assert_eq!(clock.waited(), 0);
    // Now 600 are left, and 700 need 2 seconds more.
    client.send(ask(), &never()).await.unwrap();
    assert_eq!(clock.waited(), 2_000);
}

#[tokio::test]
async fn a_level_that_others_lowered_is_taken_over() {
    let limit = |value| Reply::ok().header("x-shopify-shop-api-call-limit", value);
    let provider = Provider::start([limit("39/40"), limit("40/40"), limit("1/40")]).await;
    let clock = Arc::new(WaitingClock::new());
    let options = ClientOptions { judge: by_header, ..options() };
    let client = client_of(options, &clock, rules(40, 2), &Arc::new(MemoryLedger::default()));
    for waited in [0, 0, 500] {
        client.send(Request::get(provider.url("/")), &never()).await.unwrap();
        assert_eq!(clock.waited(), waited);
    }
}

#[tokio::test]
async fn a_larger_plan_is_noticed() {
    let told = r#"{"actualQueryCost": 10, "throttleStatus":
        {"maximumAvailable": 2000, "currentlyAvailable": 0, "restoreRate": 100}}"#;
    let provider = Provider::start([Reply::new(200, told)]).await;
    let clock = Arc::new(WaitingClock::new());
    let options = ClientOptions { judge: by_cost, ..options() };
    let client = client_of(options, &clock, rules(1_000, 50), &Arc::new(MemoryLedger::default()));
    client.send(Request::post(provider.url("/")).cost(10), &never()).await.unwrap();
    // More than fitted into what was declared, and faster than it refilled.
    client.send(Request::post(provider.url("/")).cost(1_500), &never()).await.unwrap();
    assert_eq!(clock.waited(), 15_000);
}

#[test]
fn a_call_limit_is_read_as_it_is_written() {
    let told = Told::Bucket { capacity: 40.0, available: 8.0, refill_per_second: None };
    assert_eq!(Told::call_limit("32/40"), Some(told));
    for nonsense in ["", "32", "a/b", "-1/40", "1/2/3"] {
        assert_eq!(Told::call_limit(nonsense), None, "{nonsense}");
    }
}
