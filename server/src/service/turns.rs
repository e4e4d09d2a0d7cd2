//! Turns on something scarce, shared fairly: among those who wait, whoever holds the fewest turns is next.
//!
//! An organisation whose dashboards ask a hundred questions at once gets all turns while nobody else wants any; as soon as others do,
//! each turn that comes free goes to them.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

/// A number of turns, for holders who are told apart by a key.
#[derive(Clone, Debug)]
pub struct Turns<K: Eq + Hash + Clone>(Arc<Mutex<State<K>>>);

#[derive(Debug)]
struct State<K: Eq + Hash + Clone> {
    free: usize,
    /// Those who hold turns or wait for some.
    holders: HashMap<K, Holder<K>>,
    /// How many began to wait so far.
    waited: u64,
}

#[derive(Debug)]
struct Holder<K: Eq + Hash + Clone> {
    held: usize,
    /// Who waits, in order, each with the number it came as.
    waiting: VecDeque<(u64, oneshot::Sender<Turn<K>>)>,
}

/// A turn, given back when it is dropped.
#[derive(Debug)]
pub struct Turn<K: Eq + Hash + Clone> {
    /// `None` when it was given back.
    turns: Option<Arc<Mutex<State<K>>>>,
    key: K,
}

impl<K: Eq + Hash + Clone> Turns<K> {
    /// So many turns.
    #[must_use]
    pub fn new(number: usize) -> Self {
        Self(Arc::new(Mutex::new(State { free: number, holders: HashMap::new(), waited: 0 })))
    }

    /// A turn, as soon as it is this holder's. Whoever drops the future gives up waiting.
    pub async fn take(&self, key: K) -> Turn<K> {
        let (sender, turn) = oneshot::channel();
        {
            let mut state = lock(&self.0);
            let number = state.waited;
            state.waited += 1;
            state.holder(&key).waiting.push_back((number, sender));
        }
        pass_on(&self.0);
        match turn.await {
            Ok(turn) => turn,
            // Senders wait in the queue until they are used: this cannot be, and must not give out a turn twice.
            Err(_) => Turn { turns: None, key },
        }
    }
}

impl<K: Eq + Hash + Clone> State<K> {
    fn holder(&mut self, key: &K) -> &mut Holder<K> {
        self.holders.entry(key.clone()).or_insert_with(|| Holder { held: 0, waiting: VecDeque::new() })
    }

    /// Takes a free turn for whoever is next.
    fn next(&mut self) -> Option<(K, oneshot::Sender<Turn<K>>)> {
        if self.free == 0 {
            return None;
        }
        let waiting =
            self.holders.iter().filter_map(|(key, holder)| Some((holder.held, holder.waiting.front()?.0, key)));
        let key = waiting.min_by_key(|(held, number, _)| (*held, *number)).map(|(.., key)| key.clone())?;
        let holder = self.holder(&key);
        let (_, sender) = holder.waiting.pop_front()?;
        holder.held += 1;
        self.free -= 1;
        Some((key, sender))
    }

    fn give_back(&mut self, key: &K) {
        self.free += 1;
        if let Some(holder) = self.holders.get_mut(key) {
            holder.held = holder.held.saturating_sub(1);
            if holder.held == 0 && holder.waiting.is_empty() {
                self.holders.remove(key);
            }
        }
    }
}

fn lock<K: Eq + Hash + Clone>(turns: &Mutex<State<K>>) -> MutexGuard<'_, State<K>> {
    // Nothing that is done under the lock leaves it half done.
    turns.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Gives free turns to those who wait.
fn pass_on<K: Eq + Hash + Clone>(turns: &Arc<Mutex<State<K>>>) {
    loop {
        let Some((key, sender)) = lock(turns).next() else { return };
        // Outside of the lock: who gave up waiting has the turn dropped, which takes the lock.
        if let Err(mut unwanted) = sender.send(Turn { turns: Some(Arc::clone(turns)), key }) {
            unwanted.turns = None;
            lock(turns).give_back(&unwanted.key);
        }
    }
}

impl<K: Eq + Hash + Clone> Drop for Turn<K> {
    fn drop(&mut self) {
        if let Some(turns) = self.turns.take() {
            lock(&turns).give_back(&self.key);
            pass_on(&turns);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    /// Takes a turn that is there.
    fn now(turns: &Turns<&'static str>, key: &'static str) -> Turn<&'static str> {
        turns.take(key).now_or_never().unwrap()
    }

    #[tokio::test]
    async fn whoever_holds_the_fewest_is_next() {
        let turns = Turns::new(3);
        let mut greedy: Vec<_> = (0..3).map(|_| now(&turns, "greedy")).collect();
        let mut more: Vec<_> = (0..5).map(|_| Box::pin(turns.take("greedy"))).collect();
        let mut modest = Box::pin(turns.take("modest"));
        for wait in &mut more {
            assert!(futures::poll!(wait).is_pending());
        }
        assert!(futures::poll!(&mut modest).is_pending());
        greedy.pop();
        let modest = modest.now_or_never().expect("it came last, but holds none");
        assert!(futures::poll!(&mut more[0]).is_pending());
        drop(modest);
        let std::task::Poll::Ready(_held) = futures::poll!(&mut more[0]) else { panic!("nobody else wants it") };
        assert!(futures::poll!(&mut more[1]).is_pending());
    }

    #[tokio::test]
    async fn those_who_hold_as_many_come_in_order() {
        let turns = Turns::new(1);
        let first = now(&turns, "a");
        let mut waiting: Vec<_> = ["b", "c", "b", "a"].into_iter().map(|key| Box::pin(turns.take(key))).collect();
        for wait in &mut waiting {
            assert!(futures::poll!(wait).is_pending());
        }
        drop(first);
        for wait in waiting {
            drop(wait.now_or_never().expect("it is its turn"));
        }
        assert!(lock(&turns.0).holders.is_empty(), "who holds nothing and waits for nothing is forgotten");
        assert_eq!(lock(&turns.0).free, 1);
    }

    #[tokio::test]
    async fn who_gives_up_waiting_takes_no_turn_with_it() {
        let turns = Turns::new(1);
        let first = now(&turns, "a");
        let mut given_up = Box::pin(turns.take("b"));
        assert!(futures::poll!(&mut given_up).is_pending());
        let mut waits = Box::pin(turns.take("c"));
        assert!(futures::poll!(&mut waits).is_pending());
        drop(given_up);
        drop(first);
        let turn = waits.now_or_never().expect("the one before it is gone");
        let mut late = Box::pin(turns.take("d"));
        assert!(futures::poll!(&mut late).is_pending());
        drop(turn);
        // It was given its turn, but never looked.
        drop(late);
        drop(now(&turns, "e"));
        assert_eq!(lock(&turns.0).free, 1);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn no_turn_is_lost_or_given_twice() {
        let turns = Arc::new(Turns::new(3));
        let running = Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let tasks = (0..400_u64).map(|number| {
            let (turns, running) = (Arc::clone(&turns), Arc::clone(&running));
            tokio::spawn(async move {
                let patience = std::time::Duration::from_micros(number % 7 * 300);
                let Ok(_turn) = tokio::time::timeout(patience, turns.take(number % 5)).await else { return };
                let others = running.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                assert!(others < 3);
                tokio::time::sleep(std::time::Duration::from_micros(number % 3 * 100)).await;
                running.fetch_sub(1, std::sync::atomic::Ordering::SeqCst);
            })
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await.unwrap();
        }
        let state = lock(&turns.0);
        assert_eq!((state.free, state.holders.len()), (3, 0));
    }
}
