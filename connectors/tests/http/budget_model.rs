//! Any requests, under any rules: never more than is allowed, in the order in which they were asked for.

use std::time::Duration;

use aloftly_connectors::http::budget::{
    Ask, Bucket, BudgetState, Concurrency, Grant, Rules, Span, Told, TooCostly, Turn, Window,
};
use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use uuid::Uuid;

const PATIENT: Duration = Duration::from_secs(10_000_000);

fn start() -> DateTime<Utc> {
    "2026-07-01T12:00:00Z".parse().unwrap()
}

fn ask(cost: u32, now: DateTime<Utc>, id: u128) -> Ask {
    Ask { cost, now, patience: PATIENT, id: Uuid::from_u128(id) }
}

fn granted(turn: Result<Turn, TooCostly>) -> Grant {
    match turn {
        Ok(Turn::Granted(grant)) => grant,
        other => panic!("{other:?}"),
    }
}

/// What is written down comes back the same: a ledger keeps it as JSON.
fn kept(state: &BudgetState) -> BudgetState {
    let state_again = serde_json::from_str(&serde_json::to_string(state).unwrap()).unwrap();
    assert_eq!(*state, state_again);
    state_again
}

/// What is asked for: how long after the one before, in milliseconds, and what it costs.
fn asked() -> impl Strategy<Value = Vec<(u32, u32)>> {
    prop::collection::vec((prop_oneof![Just(0), 0..400_u32, 0..100_000_u32], 0..=10_u32), 1..60)
}

proptest! {
    #[test]
    fn no_span_of_time_has_more_than_the_bucket_and_what_it_gained(
        capacity in 10..100_u32, refill in 1..50_u32, asked in asked()
    ) {
        let bucket = Bucket::new(capacity, refill, Duration::from_secs(1));
        let rules = Rules { bucket: Some(bucket), ..Rules::default() };
        let (mut state, mut now, mut grants) = (BudgetState::default(), start(), Vec::new());
        for (id, (after, cost)) in asked.into_iter().enumerate() {
            now += TimeDelta::milliseconds(i64::from(after));
            state = kept(&state);
            let grant = granted(rules.reserve(&mut state, &ask(cost, now, id as u128)));
            prop_assert!(grant.at >= now);
            grants.push(grant);
        }
        let paid: Vec<&Grant> = grants.iter().filter(|grant| grant.cost > 0).collect();
        prop_assert!(paid.is_sorted_by_key(|grant| grant.at), "someone overtook");
        for (first, from) in paid.iter().enumerate() {
            let mut sum = 0_i64;
            for to in &paid[first..] {
                sum += i64::from(to.cost);
                let micros = (to.at - from.at).num_microseconds().unwrap();
                prop_assert!(sum * 1_000_000 <= i64::from(capacity) * 1_000_000 + micros * i64::from(refill));
            }
        }
    }

    #[test]
    fn nobody_waits_longer_than_the_bucket_needs(capacity in 10..100_u32, refill in 1..50_u32, asked in asked()) {
        let rules = Rules { bucket: Some(Bucket::new(capacity, refill, Duration::from_secs(1))), ..Rules::default() };
        let (mut state, mut now) = (BudgetState::default(), start());
        // The same bucket in floats: when it will have been emptied by everyone so far.
        let (mut level, mut at) = (f64::from(capacity), 0.0_f64);
        for (id, (after, cost)) in asked.into_iter().enumerate() {
            now += TimeDelta::milliseconds(i64::from(after));
            let grant = granted(rules.reserve(&mut state, &ask(cost, now, id as u128)));
            let seconds = |instant: DateTime<Utc>| (instant - start()).as_seconds_f64();
            if cost == 0 {
                prop_assert_eq!(grant.at, now);
                continue;
            }
            let from = at.max(seconds(now));
            level = (level + (from - at) * f64::from(refill)).min(f64::from(capacity));
            let wait = ((f64::from(cost) - level) / f64::from(refill)).max(0.0);
            (level, at) = (level + wait * f64::from(refill) - f64::from(cost), from + wait);
            prop_assert!((seconds(grant.at) - at).abs() < 0.001, "{} is not {at}", seconds(grant.at));
        }
    }

    #[test]
    fn no_window_has_more_than_it_may_and_nobody_overtakes(
        hour in 10..60_u32, minute in 10..30_u32, capacity in 10..40_u32, asked in asked()
    ) {
        let windows = vec![
            Window::new("hour", hour, Span::Every(Duration::from_secs(3_600))),
            Window::new("minute", minute, Span::Every(Duration::from_secs(60))),
        ];
        let bucket = Some(Bucket::new(capacity, 1, Duration::from_secs(1)));
        let rules = Rules { bucket, windows, concurrency: None };
        let (mut state, mut now, mut last) = (BudgetState::default(), start(), start());
        let mut used = std::collections::HashMap::<(i64, i64), u32>::new();
        for (id, (after, cost)) in asked.into_iter().enumerate() {
            now += TimeDelta::milliseconds(i64::from(after));
            let grant = granted(rules.reserve(&mut state, &ask(cost, now, id as u128)));
            if cost == 0 {
                continue;
            }
            prop_assert!(grant.at >= last, "someone overtook");
            last = grant.at;
            for (length, most) in [(3_600, hour), (60, minute)] {
                let sum = used.entry((length, grant.at.timestamp().div_euclid(length))).or_default();
                *sum += cost;
                prop_assert!(*sum <= most);
            }
        }
    }

    #[test]
    fn a_provider_that_counts_itself_never_says_no(
        capacity in 100..1_000_u32, refill in 1..100_u32,
        asked in prop::collection::vec((0..3_000_u32, 1..=100_u32, 0..=100_u32), 1..60)
    ) {
        let rules = Rules { bucket: Some(Bucket::new(capacity, refill, Duration::from_secs(1))), ..Rules::default() };
        let (mut state, mut now) = (BudgetState::default(), start());
        // The provider takes what was asked for, and puts back at once what it did not need.
        let (mut level, mut at) = (i64::from(capacity) * 1_000_000, start());
        for (id, (after, cost, actual)) in asked.into_iter().enumerate() {
            now += TimeDelta::milliseconds(i64::from(after));
            let grant = granted(rules.reserve(&mut state, &ask(cost, now, id as u128)));
            now = now.max(grant.at);
            let gained = (now - at).num_microseconds().unwrap() * i64::from(refill);
            (level, at) = ((level + gained).min(i64::from(capacity) * 1_000_000), now);
            prop_assert!(level >= i64::from(cost) * 1_000_000, "{level} is too little for {cost}");
            let actual = actual.min(cost);
            level -= i64::from(actual) * 1_000_000;
            let status = Told::Bucket {
                capacity: f64::from(capacity),
                available: f64::from(u32::try_from(level / 1_000_000).unwrap()),
                refill_per_second: Some(f64::from(refill)),
            };
            for told in [Told::Cost { points: actual }, status] {
                rules.observe(&mut state, &grant, &told, now);
            }
        }
    }
}

#[test]
fn those_who_wait_are_in_order_and_wait_for_those_before_them() {
    let rules = Rules { bucket: Some(Bucket::new(2, 1, Duration::from_secs(1))), ..Rules::default() };
    let mut state = BudgetState::default();
    let waits = (0..5).map(|id| granted(rules.reserve(&mut state, &ask(1, start(), id))).wait(start()).as_secs());
    assert_eq!(waits.collect::<Vec<_>>(), [0, 0, 1, 2, 3]);
}

#[test]
fn a_turn_that_is_given_back_is_as_if_it_had_not_been() {
    let rules = Rules { bucket: Some(Bucket::new(10, 1, Duration::from_secs(1))), ..Rules::default() };
    let mut state = BudgetState::default();
    granted(rules.reserve(&mut state, &ask(10, start(), 1)));
    let unused = granted(rules.reserve(&mut state, &ask(10, start(), 2)));
    let now = start() + TimeDelta::seconds(2);
    rules.give_back(&mut state, &unused, now);
    let next = granted(rules.reserve(&mut state, &ask(10, now, 3)));
    let late = next.at - (start() + TimeDelta::seconds(10));
    assert!(late >= TimeDelta::zero() && late < TimeDelta::milliseconds(1), "{late}");
}

#[test]
fn a_turn_of_tomorrow_that_is_given_back_makes_no_room_today() {
    let windows = vec![Window::new("hour", 1, Span::Every(Duration::from_secs(3_600)))];
    let rules = Rules { windows, ..Rules::default() };
    let mut state = BudgetState::default();
    granted(rules.reserve(&mut state, &ask(1, start(), 1)));
    let unused = granted(rules.reserve(&mut state, &ask(1, start(), 2)));
    rules.give_back(&mut state, &unused, start());
    assert_eq!(granted(rules.reserve(&mut state, &ask(1, start(), 3))).at, start() + TimeDelta::hours(1));
}

#[test]
fn nothing_is_reserved_for_who_would_not_wait_that_long() {
    let rules = Rules { bucket: Some(Bucket::new(1, 1, Duration::from_secs(1))), ..Rules::default() };
    let mut state = BudgetState::default();
    granted(rules.reserve(&mut state, &ask(1, start(), 1)));
    let before = state.clone();
    let hasty = Ask { patience: Duration::from_millis(999), ..ask(1, start(), 2) };
    assert_eq!(rules.reserve(&mut state, &hasty), Ok(Turn::Later(Duration::from_secs(1))));
    assert_eq!(state, before);
}

#[test]
fn a_burst_does_not_follow_a_window_that_was_waited_for() {
    let bucket = Some(Bucket::new(2, 1, Duration::from_secs(1)));
    let windows = vec![Window::new("hour", 2, Span::Every(Duration::from_secs(3_600)))];
    let rules = Rules { bucket, windows, concurrency: None };
    let mut state = BudgetState::default();
    let waits = (0..6).map(|id| granted(rules.reserve(&mut state, &ask(1, start(), id))).wait(start()).as_secs());
    assert_eq!(waits.collect::<Vec<_>>(), [0, 0, 3_600, 3_600, 7_200, 7_200]);
}

#[test]
fn a_pause_holds_everyone_and_those_who_waited_ask_anew() {
    let rules = Rules { bucket: Some(Bucket::new(1, 1, Duration::from_secs(1))), ..Rules::default() };
    let mut state = BudgetState::default();
    let first = granted(rules.reserve(&mut state, &ask(1, start(), 1)));
    let second = granted(rules.reserve(&mut state, &ask(1, start(), 2)));
    rules.observe(&mut state, &first, &Told::Pause(Duration::from_secs(30)), start());
    let later = start() + TimeDelta::seconds(1);
    assert_eq!(state.paused_until(later), Some(start() + TimeDelta::seconds(30)));
    assert!(!rules.confirm(&mut state, &second, later));
    let again = granted(rules.reserve(&mut state, &ask(1, later, 2)));
    assert_eq!(again.at, start() + TimeDelta::seconds(30));
    assert!(rules.confirm(&mut state, &again, again.at));
    // A shorter pause does not take back a longer one, and nobody is paused for years.
    rules.observe(&mut state, &first, &Told::Pause(Duration::from_secs(1)), start());
    assert_eq!(state.paused_until(later), Some(start() + TimeDelta::seconds(30)));
    rules.observe(&mut state, &first, &Told::Pause(Duration::MAX), start());
    assert_eq!(state.paused_until(later), Some(start() + TimeDelta::days(1)));
}

#[test]
fn a_request_of_a_server_that_died_does_not_count_for_ever() {
    let concurrency = Some(Concurrency { most: 1, lease: Duration::from_secs(60) });
    let rules = Rules { concurrency, ..Rules::default() };
    let mut state = BudgetState::default();
    granted(rules.reserve(&mut state, &ask(1, start(), 1)));
    assert!(matches!(rules.reserve(&mut state, &ask(1, start(), 2)), Ok(Turn::Busy(_))));
    let later = start() + TimeDelta::seconds(60);
    let next = granted(rules.reserve(&mut state, &ask(1, later, 2)));
    rules.release(&mut state, &next);
    granted(rules.reserve(&mut state, &ask(1, later, 3)));
}

#[test]
fn a_quota_is_lowered_to_what_the_provider_tells() {
    let windows = vec![Window::new("tokens_per_hour", 100, Span::Every(Duration::from_secs(3_600)))];
    let rules = Rules { windows, ..Rules::default() };
    let mut state = BudgetState::default();
    let grant = granted(rules.reserve(&mut state, &ask(10, start(), 1)));
    let told = |window: &'static str, points| Told::Remaining { window: window.into(), points };
    rules.observe(&mut state, &grant, &told("tokens_per_hour", 15), start());
    rules.observe(&mut state, &grant, &told("tokens_per_hour", 95), start());
    rules.observe(&mut state, &grant, &told("of another provider", 0), start());
    assert_eq!(granted(rules.reserve(&mut state, &ask(15, start(), 2))).at, start());
    assert_eq!(granted(rules.reserve(&mut state, &ask(1, start(), 3))).at, start() + TimeDelta::hours(1));
}

#[test]
fn what_costs_more_than_there_ever_is_is_refused() {
    let windows = vec![Window::new("hour", 100, Span::Every(Duration::from_secs(3_600)))];
    let bucket = Some(Bucket::new(40, 2, Duration::from_secs(1)));
    let rules = Rules { bucket, windows, concurrency: None };
    let refused = rules.reserve(&mut BudgetState::default(), &ask(41, start(), 1));
    assert_eq!(refused, Err(TooCostly { cost: 41, most: 40 }));
}

#[test]
fn a_state_that_an_older_version_wrote_is_read() {
    assert_eq!(serde_json::from_str::<BudgetState>("{}").unwrap(), BudgetState::default());
}
