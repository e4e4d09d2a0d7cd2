//! What happened to a store, as the oracle sees it: what every version holds, and which commit made it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use aloftly_engine::lake::manifest::{Commit, CommitKind, Published};
use aloftly_engine::{CommitId, SegmentId, StoreId};
use chrono::{DateTime, TimeDelta, Utc};
use object_store::path::Path;

use super::oracle::{self, Change, Held, Wish};

/// For how long a commit is known by its id at least.
const REMEMBERED: TimeDelta = TimeDelta::days(1);

/// A cold segment that was published.
#[derive(Debug)]
pub(crate) struct Cold {
    pub(crate) path: Path,
    pub(crate) ended: Option<i64>,
}

#[derive(Debug)]
pub(crate) struct History {
    pub(crate) wishes: BTreeMap<CommitId, Arc<Wish>>,
    /// What each version holds.
    pub(crate) states: Vec<Arc<Held>>,
    /// Commits that happened, and when.
    pub(crate) done: BTreeMap<CommitId, (Published, DateTime<Utc>)>,
    /// Those whose only try was said to have failed for certain.
    pub(crate) refused: BTreeSet<CommitId>,
    receipts: BTreeMap<String, CommitId>,
    pub(crate) cold: BTreeMap<SegmentId, Cold>,
    /// At which version each customer was erased last.
    pub(crate) erased: BTreeMap<String, i64>,
}

impl Default for History {
    fn default() -> Self {
        Self {
            wishes: BTreeMap::new(),
            states: vec![Arc::default()],
            done: BTreeMap::new(),
            refused: BTreeSet::new(),
            receipts: BTreeMap::new(),
            cold: BTreeMap::new(),
            erased: BTreeMap::new(),
        }
    }
}

impl History {
    pub(crate) fn newest(&self) -> i64 {
        i64::try_from(self.states.len()).unwrap() - 1
    }

    pub(crate) fn at(&self, version: i64) -> Arc<Held> {
        Arc::clone(&self.states[usize::try_from(version).unwrap()])
    }

    /// The manifest says that a commit happened.
    pub(crate) fn published(&mut self, commit: &Commit, published: Published, store: StoreId, now: DateTime<Utc>) {
        if let Some((before, at)) = self.done.get(&commit.id) {
            if *before == published {
                return;
            }
            // Without a receipt it is forgotten when it is old, and happens again.
            assert!(commit.receipt.is_none() && *at + REMEMBERED <= now, "{commit:?} happened twice");
        }
        assert!(!self.refused.contains(&commit.id), "{} happened and was said to have failed", commit.id);
        let is_change = !commit.add.is_empty() || !commit.retire.is_empty();
        let newest = self.newest();
        assert_eq!(published.version, newest + i64::from(is_change), "a version was left out");
        let held = self.at(newest);
        let held = match commit.kind {
            CommitKind::Fold => held,
            _ => self.wished(commit, published, &held),
        };
        if is_change {
            self.states.push(held);
        } else {
            assert!(*held == *self.at(newest), "{commit:?} writes nothing and should");
        }
        self.done.insert(commit.id, (published, now));
        for new in commit.add.iter().filter(|new| new.payload.is_none()) {
            self.cold.insert(new.segment.id, Cold { path: new.segment.path(store), ended: None });
        }
        for id in &commit.retire {
            if let Some(cold) = self.cold.get_mut(id) {
                cold.ended = Some(published.version);
            }
        }
    }

    fn wished(&mut self, commit: &Commit, published: Published, held: &Arc<Held>) -> Arc<Held> {
        let wish = Arc::clone(self.wishes.get(&commit.id).expect("nobody wished for that commit"));
        let (after, mut counts) = oracle::after(held, &wish.change);
        if matches!(wish.change, Change::EraseEverything) {
            // That counts rows, for it reads nothing.
            counts.removed = commit.counts.removed;
            self.receipts.clear();
        }
        assert_eq!(counts, commit.counts, "the counts of {wish:?} over {held:?}");
        if let Some(receipt) = &wish.receipt {
            let before = self.receipts.insert(receipt.clone(), commit.id);
            assert_eq!(before, None, "the receipt {receipt} was taken twice");
        }
        if let Change::EraseCustomers(customers) = &wish.change {
            self.erased.extend(customers.iter().map(|customer| (customer.clone(), published.version)));
        }
        Arc::new(after)
    }

    /// Somebody was told that a commit happened.
    pub(crate) fn acknowledged(&self, wish: &Wish, published: Published) {
        let done = self.done.get(&published.id).map(|(done, _)| *done);
        assert_eq!(done, Some(published), "{wish:?} was acknowledged and did not happen");
        if published.id != wish.id {
            let other = &self.wishes[&published.id];
            assert!(wish.receipt.is_some() && wish.receipt == other.receipt, "{wish:?} was answered with {other:?}");
        }
    }
}
