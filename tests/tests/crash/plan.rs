//! What is done in each round, decided by the seed alone: which files are sent when, when folds are asked for, what is killed and
//! when.

use std::sync::Arc;
use std::time::Duration;

use crate::made_up::{Chance, Edition, LARGE, export};
use crate::oracle::{Order, State};

/// How many stores are written to at once.
pub(super) const STORES: usize = 3;

/// A file that is sent.
#[derive(Debug)]
pub(super) struct File {
    pub(super) name: String,
    pub(super) text: String,
    pub(super) orders: Vec<Arc<Order>>,
}

/// What is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Victim {
    Server,
    /// The database goes on without its main process for a moment.
    ServerAndDatabase,
    /// The server starts it again.
    Database,
    /// The database recovers by itself.
    DatabaseSession,
}

impl Victim {
    /// Whether the server lives on.
    pub(super) fn spares_server(self) -> bool {
        matches!(self, Self::Database | Self::DatabaseSession)
    }
}

/// `aloftly lake fold` beside the server.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fold {
    pub(super) after: Duration,
    pub(super) store: usize,
    /// It is killed, too, when it has run so long.
    pub(super) killed_after: Option<Duration>,
}

/// One round.
#[derive(Debug)]
pub(super) struct Round {
    pub(super) kill_after: Duration,
    pub(super) victim: Victim,
    /// The files for each store, each with how long after the round's start it is sent; never before the one before it was answered.
    pub(super) files: [Vec<(Duration, Arc<File>)>; STORES],
    pub(super) folds: Vec<Fold>,
}

/// Plans one round after the other.
pub(super) struct Planner {
    seed: u64,
    rounds: u64,
    stores: [Shop; STORES],
    victims: fn(&mut Chance) -> Victim,
}

/// What was planned for a store so far.
#[derive(Default)]
struct Shop {
    /// The latest revision of each order, by its number; small orders and large ones.
    small: Vec<u64>,
    large: Vec<u64>,
    files: Vec<Arc<File>>,
}

/// Mostly the server, sometimes the database.
pub(super) fn anything(chance: &mut Chance) -> Victim {
    match chance.below(20) {
        0..=11 => Victim::Server,
        12..=14 => Victim::ServerAndDatabase,
        15..=17 => Victim::Database,
        _ => Victim::DatabaseSession,
    }
}

impl Planner {
    /// The plan of a seed, with victims chosen that way.
    pub(super) fn new(seed: u64, victims: fn(&mut Chance) -> Victim) -> Self {
        Self { seed, rounds: 0, stores: Default::default(), victims }
    }

    /// The next round.
    pub(super) fn round(&mut self) -> Round {
        self.rounds += 1;
        let mut chance = Chance::of(&[self.seed, self.rounds]);
        let mut pause = |least, most| Duration::from_millis(chance.between(least, most));
        let kill_after = pause(50, 3_000);
        // Every second file or so shortly before the kill, so that many an import is in the middle of it.
        let mut moment = || match pause(0, 1) {
            Duration::ZERO => kill_after.saturating_sub(pause(0, 400)),
            _ => pause(0, 1_500),
        };
        let moments: [[Duration; 3]; STORES] = std::array::from_fn(|_| std::array::from_fn(|_| moment()));
        let folds: Vec<_> = (0..2).map(|_| (pause(0, 2_500), pause(20, 900))).collect();
        let victim = (self.victims)(&mut chance);
        let folds = folds
            .into_iter()
            .filter_map(|(after, patience)| {
                let (asked, store, killed) = (chance.below(5) < 2, chance.place(STORES), chance.one_in(3));
                asked.then_some(Fold { after, store, killed_after: killed.then_some(patience) })
            })
            .collect();
        let (seed, round) = (self.seed, self.rounds);
        let mut stores = self.stores.iter_mut().zip(moments).enumerate();
        let files = std::array::from_fn(|_| {
            let (store, (shop, mut moments)) = stores.next().unwrap();
            moments.sort_unstable();
            let many = chance.between(1, 3);
            let files = moments.into_iter().take(usize::try_from(many).unwrap()).enumerate();
            let made = files.map(|(number, moment)| {
                let name = format!("round-{round}-store-{store}-{number}.csv");
                (moment, shop.file(name, Chance::of(&[seed, store as u64]).below(u64::MAX), &mut chance))
            });
            made.collect()
        });
        Round { kill_after, victim, files, folds }
    }
}

impl Shop {
    fn file(&mut self, name: String, shop: u64, chance: &mut Chance) -> Arc<File> {
        let file = match chance.below(10) {
            // Bytes that were sent before.
            0 | 1 if !self.files.is_empty() => {
                let before = &self.files[chance.place(self.files.len())];
                File { name, text: before.text.clone(), orders: before.orders.clone() }
            }
            kind => {
                let editions = match kind {
                    2 => self.many(chance),
                    3 => self.stale(chance),
                    _ => self.some(chance),
                };
                let text = export(shop, &editions);
                let orders = State::orders_of(&text);
                File { name, text, orders }
            }
        };
        let file = Arc::new(file);
        self.files.push(Arc::clone(&file));
        file
    }

    /// Some new orders, and edits of some that there are.
    fn some(&mut self, chance: &mut Chance) -> Vec<Edition> {
        let mut editions = Vec::new();
        for order in 0..self.small.len() {
            if chance.one_in(1 + self.small.len() as u64 / 12) {
                self.small[order] += chance.between(1, 3);
                editions.push(Edition { order: order as u64, revision: self.small[order] });
            }
        }
        for _ in 0..chance.between(1, 25) {
            editions.push(Edition { order: self.small.len() as u64, revision: 0 });
            self.small.push(0);
        }
        editions
    }

    /// States that orders were in before, between two new orders.
    fn stale(&mut self, chance: &mut Chance) -> Vec<Edition> {
        let mut editions = vec![Edition { order: self.small.len() as u64, revision: 0 }];
        for (order, latest) in self.small.iter().enumerate() {
            if chance.one_in(4) {
                editions.push(Edition { order: order as u64, revision: chance.below(latest + 1) });
            }
        }
        self.small.extend([0, 0]);
        editions.push(Edition { order: self.small.len() as u64 - 1, revision: 0 });
        editions
    }

    /// So many lines that partitions are written anew.
    fn many(&mut self, chance: &mut Chance) -> Vec<Edition> {
        self.large.resize(1_200, 0);
        let unlike = chance.between(2, 9);
        for (order, revision) in self.large.iter_mut().enumerate() {
            if order as u64 % 10 < unlike {
                *revision += 1;
            }
        }
        let editions = self.large.iter().enumerate();
        editions.map(|(order, revision)| Edition { order: LARGE + order as u64, revision: *revision }).collect()
    }
}
