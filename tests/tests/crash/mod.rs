//! Servers and databases are killed under load, round after round; nothing is lost and nothing is there twice.
//!
//! A round: several stores are sent files that make orders and change them, questions are asked all the time, folds run beside the
//! server; at a random moment something is killed. Then everything that was acknowledged comes to its end, and every answer, during
//! the round too, is of a state that the store can have been in: some of the files that were sent, each as a whole.
//!
//! `make crash ROUNDS=500 SEED=7` plans the rounds of that seed; how fast each step is taken is the machine's affair. With `KEEP=1`
//! the data folder of a failure is kept.

mod ledger;
mod load;
mod plan;
mod world;

use std::hash::{BuildHasher, RandomState};

use plan::{Planner, Victim};
use world::World;

use crate::made_up::Chance;

/// How many rounds a data folder is used for.
const FOLDER_ROUNDS: u64 = 25;

/// Says how to repeat what failed.
struct Replay {
    seed: u64,
    rounds: u64,
}

impl Drop for Replay {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("failed; the same again: make crash SEED={} ROUNDS={}", self.seed, self.rounds);
        }
    }
}

#[tokio::test]
async fn whatever_is_killed_under_load_every_acknowledged_row_is_there_exactly_once() {
    let setting = |name: &str| {
        let text = std::env::var(name).ok().filter(|text| !text.is_empty())?;
        Some(text.parse::<u64>().unwrap_or_else(|_| panic!("{name} is no number: {text}")))
    };
    let rounds = setting("ROUNDS").unwrap_or(20);
    // Short enough to be typed.
    let first_seed = setting("SEED").unwrap_or_else(|| RandomState::new().hash_one(0) % 1_000_000_000);
    eprintln!("{rounds} rounds, SEED={first_seed}");
    let mut round = 0;
    // Each folder has a seed of its own, so that it can be repeated alone.
    for seed in first_seed.. {
        if round == rounds {
            return;
        }
        let mut replay = Replay { seed, rounds: 0 };
        let mut world = World::new(seed, Planner::new(seed, plan::anything)).await;
        while round < rounds && replay.rounds < FOLDER_ROUNDS {
            (round, replay.rounds) = (round + 1, replay.rounds + 1);
            let began = std::time::Instant::now();
            let victim;
            (world, victim) = world.round().await;
            eprintln!("round {round} of {rounds}: {victim:?} was killed ({:.1} s)", began.elapsed().as_secs_f64());
        }
        eprintln!("SEED={seed}: {:?}", world.end().await);
    }
}

#[tokio::test]
async fn a_database_that_is_killed_under_load_comes_back_with_all_requests_and_nothing_lost_or_doubled() {
    let database = |chance: &mut Chance| if chance.one_in(4) { Victim::DatabaseSession } else { Victim::Database };
    let mut world = World::new(1, Planner::new(1, database)).await;
    for _ in 0..4 {
        (world, _) = world.round().await;
    }
    let tally = world.end().await;
    assert!(tally.answers > 0 && tally.files.imported > 0, "{tally:?}");
}
