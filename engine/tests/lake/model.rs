//! The lake against a model that is nothing but a map: random upserts, folds, and reads at random versions.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::support::{State, TestLake, order};

#[derive(Clone, Debug)]
enum Action {
    Upsert(Vec<(u32, i64, u32, Vec<i64>)>),
    Fold,
    FoldOne(u32),
    ReadAt(prop::sample::Index),
}

fn action() -> impl Strategy<Value = Action> {
    let state = (0u32..25, 0i64..4, 0u32..28, prop::collection::vec(0i64..3, 1..4));
    prop_oneof![
        5 => prop::collection::vec(state, 1..30).prop_map(Action::Upsert),
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

/// What an upsert means, said without a lake.
fn apply(held: &mut BTreeMap<String, State>, given: &[(String, State)]) {
    let mut winners: BTreeMap<&str, &State> = BTreeMap::new();
    for (id, state) in given {
        let best = winners.entry(id).or_insert(state);
        if state.version >= best.version {
            *best = state;
        }
    }
    for (id, state) in winners {
        if held.get(id).is_none_or(|before| before.version <= state.version) {
            held.insert(id.to_owned(), state.clone());
        }
    }
}

async fn run(hot_rows: u64, actions: Vec<Action>) {
    let lake = TestLake::new(hot_rows);
    let mut versions = vec![BTreeMap::new()];
    for action in actions {
        let mut held = versions.last().unwrap().clone();
        match action {
            Action::Upsert(states) => {
                let given: Vec<_> = states
                    .iter()
                    .map(|(id, version, of, amounts)| order(*id, *version, day(*id, *of), amounts))
                    .collect();
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
                assert_eq!(lake.states(Some(at)).await, versions[version], "at version {at}");
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
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_committed_and_folded_a_read_returns_what_the_model_holds(
        hot_rows in prop_oneof![Just(0u64), Just(12), Just(1_000)],
        actions in prop::collection::vec(action(), 1..14),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(run(hot_rows, actions));
    }
}
