//! The lake against a model that is nothing but a map: random commits of every kind, folds, and reads at random versions.

use std::collections::BTreeMap;

use aloftly_engine::lake::Erasure;
use aloftly_engine::lake::manifest::CommitCounts;
use proptest::prelude::*;

use super::support::{State, TestLake, slice};

#[derive(Clone, Debug)]
enum Action {
    Upsert(Vec<(u32, State)>),
    /// The days from one to another, the last exclusive, of one channel if one is given, and what there is of them. States that
    /// would be outside are left out.
    Replace((u32, u32), Option<u32>, Vec<(u32, State)>),
    Erase(Vec<u32>),
    EraseEverything,
    Fold,
    FoldOne(u32),
    ReadAt(prop::sample::Index),
}

/// A state, on a day of a month that is not yet said.
fn state() -> impl Strategy<Value = (u32, State)> {
    let amounts = prop::collection::vec(0i64..3, 1..4);
    let state = (0i64..4, 0u32..28, amounts, prop::option::of(0u32..3), prop::option::of(0u32..2));
    (0u32..25, state).prop_map(|(id, (version, of_month, amounts, customer, channel))| {
        (id, State { version, day: day(id, of_month), amounts, customer, channel })
    })
}

fn action() -> impl Strategy<Value = Action> {
    let days = (0u32..90, 0u32..90).prop_map(|(a, b)| (a.min(b), a.max(b) + 1));
    let states = |most| prop::collection::vec(state(), 0..most);
    prop_oneof![
        5 => prop::collection::vec(state(), 1..30).prop_map(Action::Upsert),
        3 => (days, prop::option::of(0u32..2), states(20)).prop_map(|(days, channel, states)| Action::Replace(days, channel, states)),
        1 => prop::collection::vec(0u32..3, 1..3).prop_map(Action::Erase),
        1 => prop::bool::weighted(0.2).prop_map(|all| if all { Action::EraseEverything } else { Action::Fold }),
        1 => Just(Action::Fold),
        2 => (0u32..3).prop_map(Action::FoldOne),
        2 => any::<prop::sample::Index>().prop_map(Action::ReadAt),
    ]
}

/// An order's month never changes: it follows from its number. Its day may, within the month.
fn day(id: u32, of_month: u32) -> u32 {
    [0, 31, 59][id as usize % 3] + of_month
}

/// Ranges that cover all days and cut through every month.
const CUTS: [u32; 7] = [0, 7, 20, 31, 45, 70, 90];

fn named(states: &[(u32, State)]) -> Vec<(String, State)> {
    states.iter().map(|(id, state)| (format!("order-{id}"), state.clone())).collect()
}

/// Of what is given of an order the highest version counts, and the last of equal ones.
fn winners(given: &[(String, State)]) -> BTreeMap<&str, &State> {
    let mut winners: BTreeMap<&str, &State> = BTreeMap::new();
    for (id, state) in given {
        let best = winners.entry(id).or_insert(state);
        if state.version >= best.version {
            *best = state;
        }
    }
    winners
}

/// What an upsert means, said without a lake.
fn apply(held: &mut BTreeMap<String, State>, given: &[(String, State)]) {
    for (id, state) in winners(given) {
        if held.get(id).is_none_or(|before| before.version <= state.version) {
            held.insert(id.to_owned(), state.clone());
        }
    }
}

/// What a replacement means: a state that differs in its version only is the same, and what is not given is gone.
fn replace(
    held: &mut BTreeMap<String, State>,
    given: &[(String, State)],
    is_within: impl Fn(&State) -> bool,
) -> CommitCounts {
    let (winners, mut counts) = (winners(given), CommitCounts::default());
    let before = held.len();
    held.retain(|id, state| winners.contains_key(id.as_str()) || !is_within(state));
    counts.removed = (before - held.len()) as u64;
    for (id, state) in winners {
        let is_same = |held: &State| State { version: 0, ..held.clone() } == State { version: 0, ..state.clone() };
        match held.get(id) {
            Some(before) if is_same(before) => counts.unchanged += 1,
            before => {
                let is_new = before.is_none();
                counts.new += u64::from(is_new);
                counts.updated += u64::from(!is_new);
                held.insert(id.to_owned(), state.clone());
            }
        }
    }
    counts
}

async fn run(hot_rows: u64, actions: Vec<Action>) {
    let lake = TestLake::new(hot_rows);
    let mut versions = vec![BTreeMap::new()];
    let mut oldest = 0;
    for action in actions {
        let mut held = versions.last().unwrap().clone();
        match action {
            Action::Upsert(states) => {
                let given = named(&states);
                apply(&mut held, &given);
                let published = lake.upsert(&given).await;
                let counts = published.counts;
                let entities = given.iter().map(|(id, _)| id).collect::<std::collections::BTreeSet<_>>().len() as u64;
                assert_eq!(counts.new + counts.updated + counts.unchanged + counts.stale, entities);
                assert_eq!(counts.new, (held.len() - versions.last().unwrap().len()) as u64);
                assert_eq!(counts.new + counts.updated == 0, held == *versions.last().unwrap());
                if usize::try_from(published.version).unwrap() == versions.len() {
                    versions.push(held);
                }
            }
            Action::Replace(days, channel, states) => {
                let is_within = |state: &State| {
                    (days.0..days.1).contains(&state.day) && (channel.is_none() || state.channel == channel)
                };
                let mut given = named(&states);
                given.retain(|(_, state)| is_within(state));
                let counts = replace(&mut held, &given, is_within);
                let published = lake.replace(&slice(days, channel), &given).await.unwrap();
                assert_eq!(published.counts, counts);
                if usize::try_from(published.version).unwrap() == versions.len() {
                    versions.push(held);
                }
            }
            Action::Erase(customers) => {
                held.retain(|_, state| state.customer.is_none_or(|customer| !customers.contains(&customer)));
                let ids = customers.iter().map(|customer| format!("customer-{customer}")).collect();
                let published = lake.erase(&Erasure::customers(&ids)).await.unwrap();
                assert_eq!(published.counts.removed, (versions.last().unwrap().len() - held.len()) as u64);
                if usize::try_from(published.version).unwrap() == versions.len() {
                    versions.push(held);
                }
                oldest = published.version;
            }
            Action::EraseEverything => {
                let published = lake.erase(&Erasure::Everything).await.unwrap();
                if usize::try_from(published.version).unwrap() == versions.len() {
                    versions.push(BTreeMap::new());
                }
                oldest = published.version;
            }
            Action::Fold => {
                for _ in lake.lake.fold_due().await.unwrap() {
                    versions.push(held.clone());
                }
            }
            Action::FoldOne(month) => {
                let first = chrono::NaiveDate::from_ymd_opt(2026, month + 1, 1).unwrap();
                let partition = aloftly_engine::dataset::Partition::starting(first);
                if lake.lake.fold("order_items", partition).await.unwrap().is_some() {
                    versions.push(held);
                }
            }
            Action::ReadAt(which) => {
                let version = which.index(versions.len());
                let at = i64::try_from(version).unwrap();
                if at >= oldest {
                    assert_eq!(lake.states(Some(at)).await, versions[version], "at version {at}");
                } else {
                    assert!(lake.lake.reader(Some(at)).await.is_err(), "version {at} is from before an erasure");
                }
            }
        }
        let held = versions.last().unwrap();
        assert_eq!(lake.states(None).await, *held);
        for cut in CUTS.windows(2) {
            let mut within = held.clone();
            within.retain(|_, state| (cut[0]..cut[1]).contains(&state.day));
            assert_eq!(lake.states_in(None, Some((cut[0], cut[1]))).await, within, "of days {cut:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_committed_and_folded_a_read_returns_what_the_model_holds(
        hot_rows in prop_oneof![Just(0u64), Just(12), Just(1_000)],
        actions in prop::collection::vec(action(), 1..14),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(run(hot_rows, actions));
    }
}
