//! What must hold at every moment, whatever happens.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::sync::Arc;

use aloftly_engine::SegmentId;
use aloftly_engine::lake::{LakeError, Published, Reader, SegmentFault};

use super::objects::BUSY;
use super::oracle::{Change, Held, State, TABLES, Table, Wish};
use super::plan::Range;
use super::rows;
use super::world::World;
use crate::rng::Rng;

impl Wish {
    pub(crate) fn is_erasure(&self) -> bool {
        matches!(self.change, Change::EraseCustomers(_) | Change::EraseEverything)
    }
}

impl World {
    pub(crate) fn take_deed(&self) -> bool {
        let mut inner = self.lock();
        let is_left = inner.to_do > 0;
        inner.to_do -= u32::from(is_left);
        is_left
    }

    pub(crate) fn newest(&self) -> i64 {
        self.lock().history.newest()
    }

    /// How much happened so far that may excuse an error.
    pub(crate) fn faults(&self) -> u64 {
        self.lock().faults
    }

    pub(crate) fn wished(&self, wish: &Arc<Wish>) {
        self.lock().history.wishes.insert(wish.id, Arc::clone(wish));
        self.note(|| format!("  wish {wish:?}"));
    }

    pub(crate) fn begins(&self, actor: usize, wish: &Arc<Wish>) {
        self.lock().at_work.insert(actor, Arc::clone(wish));
    }

    pub(crate) fn ends(&self, actor: usize) {
        self.lock().at_work.remove(&actor);
    }

    pub(crate) fn uncertain(&self, wish: Arc<Wish>) {
        self.note(|| format!("  nobody knows of {}", wish.id));
        self.lock().uncertain.push(wish);
    }

    pub(crate) fn take_uncertain(&self, rng: &mut Rng) -> Option<Arc<Wish>> {
        let mut inner = self.lock();
        let count = inner.uncertain.len();
        (count > 0).then(|| inner.uncertain.swap_remove(rng.index(count)))
    }

    /// A commit was tried once, and is said not to have happened: it never does.
    pub(crate) fn refused(&self, wish: &Wish) {
        self.note(|| format!("  {} did not happen", wish.id));
        let mut inner = self.lock();
        let done = inner.history.done.get(&wish.id);
        assert_eq!(done, None, "{wish:?} is said not to have happened");
        inner.history.refused.insert(wish.id);
    }

    pub(crate) fn acknowledged(&self, wish: &Wish, published: Published) {
        self.note(|| format!("  {} is acknowledged: {published:?}", wish.id));
        self.lock().history.acknowledged(wish, published);
        if wish.is_erasure() {
            self.is_erased_before(published.version);
        }
    }

    /// No version, and no object of a segment, is left of what was before an erasure.
    fn is_erased_before(&self, version: i64) {
        assert!(version == 0 || !self.is_readable(version - 1), "a version of before an erasure can be read");
        let inner = self.lock();
        for (id, cold) in &inner.history.cold {
            let is_kept = cold.ended.is_some_and(|ended| ended <= version) && inner.objects.contains_key(&cold.path);
            assert!(
                !is_kept || inner.returned.contains(&cold.path),
                "segment {id} was erased, and its object is there"
            );
        }
    }

    /// An error must have a reason.
    pub(crate) fn excuses(&self, mark: u64, what: &str, error: &LakeError) {
        self.note(|| format!("  {what} failed: {error}"));
        let inner = self.lock();
        let segment = match error {
            LakeError::Quarantined { segment, .. } => Some(*segment),
            _ => SegmentFault::find(error).map(|fault| fault.segment),
        };
        let is_excused = match segment {
            // It is not said to be missing by a store that answers badly.
            Some(segment) => inner.suspects.contains(&segment) || inner.faults > mark,
            // Whoever waits for the same block hears of a refusal that was counted before.
            None => inner.faults > mark || causes(error).contains(BUSY),
        };
        assert!(is_excused, "{what} failed for no reason: {}", causes(error));
    }

    pub(crate) fn are_suspects(&self, segments: &BTreeSet<SegmentId>) {
        let inner = self.lock();
        let whole: Vec<_> = segments.difference(&inner.suspects).collect();
        assert!(whole.is_empty(), "segments that are whole are said to be damaged: {whole:?}");
    }

    /// Compares what a reader shows with what its version holds.
    pub(crate) async fn compare(&self, reader: &Reader, range: Option<Range>) -> Result<(), LakeError> {
        let version = reader.version();
        let held = self.lock().history.at(version);
        for table in TABLES {
            let shown = rows::read(reader, table, range).await?;
            let expected = shown_of(&held, table, range);
            assert_eq!(shown, expected, "{table:?} at version {version} in {range:?}");
            let times: Vec<i64> = held
                .iter()
                .filter(|((of, _), _)| *of == table)
                .flat_map(|(_, state)| state.rows.iter().map(|row| row.time))
                .collect();
            if let (Some(first), Some(last)) = (times.iter().min(), times.iter().max()) {
                let (from, to) = reader.time_bounds(table.dataset().name).expect("bounds of rows");
                assert!(from <= *first && *last <= to, "rows of {table:?} are beyond the bounds of their time");
            }
        }
        Ok(())
    }
}

/// What a range of a table shows.
fn shown_of(held: &Held, table: Table, range: Option<Range>) -> BTreeMap<String, State> {
    let mut shown = BTreeMap::new();
    for ((of, entity), state) in held {
        let mut state = state.clone();
        state.rows.retain(|row| range.is_none_or(|(from, to)| from <= row.time && row.time < to));
        if *of == table && !state.rows.is_empty() {
            shown.insert(entity.clone(), state);
        }
    }
    shown
}

fn causes(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(error) = next {
        text = format!("{text}: {error}");
        next = error.source();
    }
    text
}
