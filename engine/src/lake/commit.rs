//! Commits: a change is computed partition by partition from a snapshot, and published all at once or not at all.
//!
//! Whoever changes the same partitions meanwhile makes the commit conflict; it is then computed again, where something changed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt as _;
use futures::stream::FuturesUnordered;

use super::manifest::{Commit, CommitCounts, CommitKind, ManifestError, NewSegment, Published, Segment, Snapshot};
use super::slice::Slice;
use super::spool::{PartitionSpool, Spool};
use super::{Erasure, LARGE_COMMITS, LakeError, Matching, StoreLake, Terms, remove};
use crate::dataset::{self, Dataset, Partition};
use crate::{CommitId, SegmentId};

const ATTEMPTS: u32 = 20;

/// What is to be committed.
pub(super) struct Request<'a> {
    pub(super) id: CommitId,
    pub(super) change: Change<'a>,
    pub(super) receipt: Option<String>,
    pub(super) terms: Terms<'a>,
}

/// How the rows of a store are to change.
#[derive(Clone, Copy)]
pub(super) enum Change<'a> {
    /// Spooled states become those of their entities.
    Upsert(&'a Spool),
    /// Spooled states become those of their entities, and other entities of the slice go. What the rows were made of may come with them.
    Replace(&'a Spool, &'a Slice),
    /// Rows go for good, and are nowhere any more.
    Erase(&'a Erasure),
    /// Entities go that a source does not have any more.
    Remove(&'a [Matching]),
}

/// A partition that a change is about.
pub(super) struct Subject<'a> {
    pub(super) dataset: &'a Arc<Dataset>,
    pub(super) partition: Partition,
    pub(super) spooled: Option<&'a PartitionSpool>,
    pub(super) slice: Option<&'a Slice>,
}

/// What a commit does to one partition, computed from certain segments of it.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) based_on: Vec<SegmentId>,
    pub(super) add: Vec<NewSegment>,
    pub(super) retire: Vec<SegmentId>,
    pub(super) counts: CommitCounts,
}

type Outcomes = BTreeMap<(String, Partition), Outcome>;

impl Change<'_> {
    /// Rows that come in.
    fn rows(self) -> u64 {
        match self {
            Self::Upsert(spool) | Self::Replace(spool, _) => spool.rows(),
            Self::Erase(_) | Self::Remove(_) => 0,
        }
    }

    fn kind(self) -> CommitKind {
        match self {
            Self::Upsert(_) => CommitKind::Upsert,
            Self::Replace(..) => CommitKind::Replace,
            Self::Erase(_) | Self::Remove(_) => CommitKind::Erase,
        }
    }
}

impl<'a> Change<'a> {
    /// Whether rows of a segment may be among those that go.
    fn is_about(self, segment: &Segment) -> bool {
        match self {
            Self::Remove(rows) => remove::may_be_in(rows, segment),
            _ => true,
        }
    }

    /// The dataset and the entity of what a source does not have any more.
    fn gone(self) -> Vec<(String, String)> {
        match self {
            Self::Remove(rows) => remove::named(rows),
            _ => Vec::new(),
        }
    }

    fn subjects(self, snapshot: &Snapshot) -> Result<Vec<Subject<'a>>, LakeError> {
        let spooled = |spool: &'a Spool| {
            spool.partitions().map(|spooled| Subject {
                dataset: &spooled.dataset,
                partition: spooled.partition,
                spooled: Some(spooled),
                slice: None,
            })
        };
        match self {
            Self::Upsert(spool) => Ok(spooled(spool).collect()),
            Self::Replace(spool, slice) => {
                let name = slice.dataset().name;
                let mut subjects: Vec<_> = spooled(spool).collect();
                for subject in &mut subjects {
                    if subject.dataset.name == name {
                        subject.slice = Some(slice);
                    } else if subject.dataset.is_counted() {
                        let detail = format!("a slice of {name} is replaced");
                        return Err(LakeError::Shape { dataset: subject.dataset.name, detail });
                    }
                }
                // Those that hold nothing too: that they do is a part of what the commit is computed from.
                let of_slice = subjects.iter().filter(|subject| subject.slice.is_some());
                let given: BTreeSet<Partition> = of_slice.map(|subject| subject.partition).collect();
                let others = slice.partitions().filter(|partition| !given.contains(partition));
                let dataset = slice.dataset();
                subjects.extend(others.map(|partition| Subject {
                    dataset,
                    partition,
                    spooled: None,
                    slice: Some(slice),
                }));
                Ok(subjects)
            }
            Self::Erase(_) | Self::Remove(_) => {
                let segments = snapshot.segments.iter().filter(|segment| self.is_about(segment));
                let mut held: Vec<_> = segments.map(|segment| (segment.dataset.as_str(), segment.partition)).collect();
                held.dedup();
                let subject = |(name, partition): (&str, Partition)| {
                    let dataset = dataset::find(name).ok_or_else(|| LakeError::UnknownDataset(name.to_owned()))?;
                    Ok(Subject { dataset, partition, spooled: None, slice: None })
                };
                held.into_iter().map(subject).collect()
            }
        }
    }
}

impl StoreLake {
    /// Commits a change; when nothing was committed, nothing stays behind.
    pub(super) async fn commit(&self, request: Request<'_>) -> Result<Published, LakeError> {
        if let Some(receipt) = &request.receipt
            && let Some(done) = self.manifest.receipt(self.store, receipt).await?
        {
            return Ok(done);
        }
        let mut outcomes = Outcomes::new();
        let result = self.commit_with(&request, &mut outcomes).await;
        if !matches!(result, Err(LakeError::Manifest(ManifestError::Ambiguous(_)))) {
            // After a commit too: it may be one of the same id or receipt that somebody else was faster with. Segments that are
            // part of it are not staged any more, and stay.
            let staged: Vec<_> = outcomes.into_values().flat_map(|outcome| outcome.add).collect();
            self.withdraw(&staged).await;
        }
        match result? {
            Some(published) => Ok(published),
            None => Err(LakeError::Contended { attempts: ATTEMPTS }),
        }
    }

    async fn commit_with(
        &self,
        request: &Request<'_>,
        outcomes: &mut Outcomes,
    ) -> Result<Option<Published>, LakeError> {
        // Commits that overtake each other would all be computed again and again: small ones, and erasures, which any commit
        // overtakes, wait for their turn. Large ones do not, as nobody is to wait for them.
        let turns = self.shared().turns.get_with(self.store, Arc::default);
        let takes_turns = request.change.rows() <= self.shared().options.hot_rows;
        let mut turn = if takes_turns && turns.try_lock().is_err() { Some(turns.lock().await) } else { None };
        for attempt in 0..ATTEMPTS {
            let snapshot = self.snapshot(None).await?;
            (request.terms.condition)(&snapshot).map_err(LakeError::Refused)?;
            let computed = self.compute(request.change, &snapshot, outcomes).await;
            if let Err(LakeError::Manifest(ManifestError::NotStaged(_))) = computed {
                self.withdraw_cold(outcomes).await;
                continue;
            }
            if let Err(error) = computed {
                // A segment that was needed may have been folded, and its object deleted, while this was computed.
                if self.examine(&error).await?.is_outdated() {
                    continue;
                }
                return Err(error);
            }
            match self.publish(commit(self, request, &snapshot, outcomes)).await {
                Err(LakeError::Manifest(error)) if error.is_outdated() => {
                    if takes_turns && turn.is_none() {
                        turn = Some(turns.lock().await);
                    }
                    self.shared().clock.sleep(Duration::from_millis(u64::from(attempt) * 10)).await;
                }
                Err(LakeError::Manifest(ManifestError::NotStaged(_))) => self.withdraw_cold(outcomes).await,
                Err(LakeError::Manifest(ManifestError::AlreadyDone(done))) => return Ok(Some(done)),
                other => return other.map(Some),
            }
        }
        Ok(None)
    }

    /// Forgets what was uploaded, so that it is computed again: some of it may have been given up.
    async fn withdraw_cold(&self, outcomes: &mut Outcomes) {
        let is_cold =
            |_: &(String, Partition), outcome: &mut Outcome| outcome.add.iter().any(|new| new.payload.is_none());
        for (_, outcome) in outcomes.extract_if(.., is_cold).collect::<Vec<_>>() {
            self.withdraw(&outcome.add).await;
        }
    }

    /// Forgets the outcomes of partitions that the commit is not about any more: what they held is gone since.
    async fn withdraw_others(&self, subjects: &[Subject<'_>], outcomes: &mut Outcomes) {
        let keys: BTreeSet<_> = subjects.iter().map(|subject| (subject.dataset.name, subject.partition)).collect();
        let others = outcomes.extract_if(.., |(dataset, partition), _| !keys.contains(&(dataset.as_str(), *partition)));
        for (_, outcome) in others.collect::<Vec<_>>() {
            self.withdraw(&outcome.add).await;
        }
    }

    /// Brings every partition's outcome up to date with the snapshot; those that nobody else changed stay.
    async fn compute(
        &self,
        change: Change<'_>,
        snapshot: &Arc<Snapshot>,
        outcomes: &mut Outcomes,
    ) -> Result<(), LakeError> {
        let subjects = change.subjects(snapshot)?;
        self.withdraw_others(&subjects, outcomes).await;
        // Partitions that are written anew are computed beside each other.
        let mut rewrites = FuturesUnordered::new();
        for subject in &subjects {
            let held = snapshot.partition(subject.dataset.name, subject.partition);
            let based_on: Vec<_> = held.iter().map(|segment| segment.id).collect();
            let key = (subject.dataset.name.to_owned(), subject.partition);
            if let Some(before) = outcomes.get(&key) {
                if before.based_on == based_on {
                    continue;
                }
                let before = outcomes.remove(&key).unwrap_or_default();
                self.withdraw(&before.add).await;
            }
            let outcome = match change {
                _ if held.is_empty() && subject.spooled.is_none() => Outcome::default(),
                Change::Erase(erasure) => self.without(subject, erasure, snapshot).await?,
                Change::Remove(rows) => self.mark_removed(subject, rows, snapshot).await?,
                Change::Upsert(_) | Change::Replace(..) => match self.append_hot(subject, snapshot).await? {
                    Some(outcome) => outcome,
                    None => {
                        if rewrites.len() == LARGE_COMMITS {
                            take_next(&mut rewrites, outcomes).await?;
                        }
                        rewrites.push(async move {
                            let outcome = self.rewrite(subject, snapshot).await?;
                            Ok((key, Outcome { based_on, ..outcome }))
                        });
                        continue;
                    }
                },
            };
            outcomes.insert(key, Outcome { based_on, ..outcome });
        }
        while !rewrites.is_empty() {
            take_next(&mut rewrites, outcomes).await?;
        }
        Ok(())
    }

    /// Publishes; when the answer is lost, finds out what happened.
    pub(super) async fn publish(&self, commit: Commit) -> Result<Published, LakeError> {
        let (store, id) = (commit.store, commit.id);
        match self.manifest.publish(commit.clone()).await {
            Err(ManifestError::Ambiguous(lost)) => {
                tracing::warn!(%store, commit = %id, error = %lost, "the answer to a commit was lost; reading it back");
                match self.manifest.committed(store, id).await {
                    Ok(Some(published)) => Ok(published),
                    // It did not happen yet; publishing the same commit again is safe, whatever is still under way.
                    Ok(None) => match self.manifest.publish(commit).await {
                        // This one changed nothing, but the first may still be under way.
                        Err(ManifestError::Unavailable(error)) => Err(ManifestError::Ambiguous(error).into()),
                        other => Ok(other?),
                    },
                    Err(_) => Err(ManifestError::Ambiguous(lost).into()),
                }
            }
            other => Ok(other?),
        }
    }
}

/// Takes over the next outcome. On an error those that are under way are waited for and taken over too, so that they are
/// withdrawn.
async fn take_next(
    rewrites: &mut FuturesUnordered<impl Future<Output = Result<((String, Partition), Outcome), LakeError>>>,
    outcomes: &mut Outcomes,
) -> Result<(), LakeError> {
    let Some(first) = rewrites.next().await else { return Ok(()) };
    if first.is_err() {
        while let Some(other) = rewrites.next().await {
            outcomes.extend(other);
        }
    }
    let (key, outcome) = first?;
    outcomes.insert(key, outcome);
    Ok(())
}

fn commit(lake: &StoreLake, request: &Request<'_>, snapshot: &Snapshot, outcomes: &Outcomes) -> Commit {
    let mut commit = Commit {
        id: request.id,
        store: lake.store,
        kind: request.change.kind(),
        based_on: snapshot.version,
        touched: outcomes.keys().cloned().collect(),
        add: Vec::new(),
        retire: Vec::new(),
        receipt: request.receipt.clone(),
        bookmarks: request.terms.bookmarks.clone(),
        gone: request.change.gone(),
        unless_removed_since: request.terms.unless_removed_since,
        clears_receipts: matches!(request.change, Change::Erase(Erasure::Everything)),
        counts: CommitCounts::default(),
    };
    for ((dataset, _), outcome) in outcomes {
        commit.add.extend(outcome.add.iter().cloned());
        commit.retire.extend(&outcome.retire);
        if dataset::find(dataset).is_none_or(|dataset| dataset.is_counted()) {
            commit.counts += outcome.counts;
        }
    }
    commit
}
