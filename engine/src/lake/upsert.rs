//! The upsert commit: spooled rows become the new state of their entities, all at once or not at all.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufWriter;
use std::sync::Arc;

use arrow::array::{AsArray, BooleanArray, RecordBatch};
use arrow::compute::{concat, concat_batches};
use arrow::ipc::writer::StreamWriter;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::logical_expr::{LogicalPlanBuilder, SortExpr, col, lit};
use datafusion::prelude::SessionContext;

use super::manifest::{
    Commit, CommitCounts, CommitKind, ManifestError, NewSegment, Published, Segment, Snapshot, Temperature,
};
use super::merge::{Merge, Merged};
use super::read::{Reader, partition_segments};
use super::rewrite::sorted;
use super::spool::{PartitionSpool, SEQUENCE, Spool, SpoolStream, compact};
use super::{LakeError, StoreLake, cold, hot};
use crate::dataset::{Dataset, Partition};
use crate::{CommitId, SegmentId};

const ATTEMPTS: u32 = 20;

/// What a commit does to one partition, computed from certain segments of it.
#[derive(Debug, Default)]
struct Outcome {
    based_on: Vec<SegmentId>,
    add: Vec<NewSegment>,
    retire: Vec<SegmentId>,
    counts: CommitCounts,
}

/// What a store must be like for a commit, in the state that the commit is computed from; an error says why it is not, and
/// what to do.
pub type Condition<'a> = &'a (dyn Fn(&Snapshot) -> Result<(), String> + Send + Sync);

type Outcomes = BTreeMap<(String, Partition), Outcome>;

impl StoreLake {
    /// Commits everything in the spool, over all datasets, as one new version. With a `receipt` it is done at most once:
    /// when the receipt is taken nothing is changed and the commit that took it is returned.
    ///
    /// # Errors
    /// When nothing was committed; [`ManifestError::Ambiguous`] when that is not known.
    pub async fn upsert(&self, spool: Spool, receipt: Option<String>) -> Result<Published, LakeError> {
        self.upsert_if(CommitId(self.shared().clock.new_id()), spool, receipt, &|_| Ok(())).await
    }

    /// [`StoreLake::upsert`] as a commit of that id, if the store is such that `condition` accepts it. It is asked of every
    /// state of the store that the commit is computed from. Another commit gets between the last of them and this one only if
    /// the two touch no partition in common.
    ///
    /// Several tries under one id come to one commit: those after the first that happens change nothing and return it.
    ///
    /// # Errors
    /// [`LakeError::Refused`] with what the condition says; else those of [`StoreLake::upsert`].
    pub async fn upsert_if(
        &self,
        id: CommitId,
        mut spool: Spool,
        receipt: Option<String>,
        condition: Condition<'_>,
    ) -> Result<Published, LakeError> {
        spool.finish()?;
        if let Some(receipt) = &receipt
            && let Some(done) = self.manifest.receipt(self.store, receipt).await?
        {
            return Ok(done);
        }
        let mut outcomes = Outcomes::new();
        let result = self.upsert_with(id, &spool, receipt, condition, &mut outcomes).await;
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

    async fn upsert_with(
        &self,
        id: CommitId,
        spool: &Spool,
        receipt: Option<String>,
        condition: Condition<'_>,
        outcomes: &mut Outcomes,
    ) -> Result<Option<Published>, LakeError> {
        for attempt in 0..ATTEMPTS {
            let snapshot = self.snapshot(None).await?;
            condition(&snapshot).map_err(LakeError::Refused)?;
            self.compute(spool, &snapshot, outcomes).await?;
            let commit = commit(self, id, &snapshot, receipt.clone(), outcomes);
            match self.publish(commit).await {
                Err(LakeError::Manifest(ManifestError::Conflict { .. } | ManifestError::NotLive(_))) => {
                    tokio::time::sleep(std::time::Duration::from_millis(u64::from(attempt) * 10)).await;
                }
                Err(LakeError::Manifest(ManifestError::NotStaged(_))) => self.withdraw_cold(outcomes).await,
                Err(LakeError::Manifest(ManifestError::AlreadyDone(done))) => return Ok(Some(done)),
                other => return other.map(Some),
            }
        }
        Ok(None)
    }

    /// Forgets what was uploaded, so that it is computed again: some of it may have been swept.
    async fn withdraw_cold(&self, outcomes: &mut Outcomes) {
        let is_cold = |_: &(String, Partition), outcome: &mut Outcome| {
            outcome.add.iter().any(|new| new.segment.temperature == Temperature::Cold)
        };
        for (_, outcome) in outcomes.extract_if(.., is_cold).collect::<Vec<_>>() {
            self.withdraw(&outcome.add).await;
        }
    }

    /// Brings every partition's outcome up to date with the snapshot; those that nobody else changed stay.
    async fn compute(&self, spool: &Spool, snapshot: &Arc<Snapshot>, outcomes: &mut Outcomes) -> Result<(), LakeError> {
        for spooled in spool.partitions() {
            let held = partition_segments(snapshot, &spooled.dataset, spooled.partition);
            let based_on: Vec<_> = held.iter().map(|segment| segment.id).collect();
            let key = (spooled.dataset.name.to_owned(), spooled.partition);
            if let Some(before) = outcomes.get(&key) {
                if before.based_on == based_on {
                    continue;
                }
                let before = outcomes.remove(&key).unwrap_or_default();
                self.withdraw(&before.add).await;
            }
            let outcome = if spooled.rows <= self.shared().options.hot_rows {
                self.append_hot(spooled, snapshot, &held).await?
            } else {
                self.merge_cold(spooled, snapshot, &held).await?
            };
            outcomes.insert(key, Outcome { based_on, ..outcome });
        }
        Ok(())
    }

    /// A few rows: what wins becomes one hot segment.
    async fn append_hot(
        &self,
        spooled: &PartitionSpool,
        snapshot: &Arc<Snapshot>,
        held: &[Arc<Segment>],
    ) -> Result<Outcome, LakeError> {
        let (session, _slot) = self.shared().small_commits.session().await;
        let dataset = &spooled.dataset;
        let incoming = incoming(&session, spooled).await?;
        let held = self.held(&session, spooled, snapshot, held, true).await?;
        let mut rows = Vec::new();
        let mut updates = Vec::new();
        let mut merge = Merge::new(dataset, incoming, held)?;
        while let Some(merged) = merge.next().await? {
            if let Merged::Incoming(batch, marked) = merged {
                rows.push(batch);
                updates.push(marked);
            }
        }
        let counts = merge.counts();
        if rows.is_empty() {
            return Ok(Outcome { counts, ..Outcome::default() });
        }
        let rows = compact(&concat_batches(&dataset.schema, &rows)?)?;
        let marks: Vec<_> = updates.iter().map(|marks| marks as &dyn arrow::array::Array).collect();
        let updates = concat(&marks)?.as_boolean().clone();
        let segment = self.hot_segment(spooled, &rows, &updates)?;
        Ok(Outcome { add: vec![segment], counts, ..Outcome::default() })
    }

    fn hot_segment(
        &self,
        spooled: &PartitionSpool,
        rows: &RecordBatch,
        updates: &BooleanArray,
    ) -> Result<NewSegment, LakeError> {
        let payload = hot::encode(rows, updates)?;
        let (time_bounds, entity_bounds) = cold::bounds(&spooled.dataset, rows);
        let segment = Segment {
            id: SegmentId(self.shared().clock.new_id()),
            dataset: spooled.dataset.name.to_owned(),
            partition: spooled.partition,
            temperature: Temperature::Hot,
            rows: rows.num_rows() as u64,
            updates: updates.true_count() as u64,
            bytes: payload.len() as u64,
            footer_bytes: None,
            schema_version: spooled.dataset.schema_version,
            time_bounds,
            entity_bounds,
            column_bounds: BTreeMap::new(),
            checksum: super::checksum(&payload),
            begin_version: 0,
        };
        Ok(NewSegment { segment, payload: Some(payload) })
    }

    /// Many rows: the partition is written anew as cold segments, with what was held and what came in.
    async fn merge_cold(
        &self,
        spooled: &PartitionSpool,
        snapshot: &Arc<Snapshot>,
        held: &[Arc<Segment>],
    ) -> Result<Outcome, LakeError> {
        let (session, slot) = self.shared().large_commits.session().await;
        let dataset = &spooled.dataset;
        let incoming = incoming(&session, spooled).await?;
        let retire: Vec<_> = held.iter().map(|segment| segment.id).collect();
        let held = self.held(&session, spooled, snapshot, held, false).await?;
        let mut merge = Merge::new(dataset, incoming, held)?;
        let folder = tempfile::tempdir_in(&self.shared().options.spool_dir)?;
        // The merged rows go to a file, so that the sorts before them have given back their memory when they are sorted.
        let file = folder.path().join("merged.arrows");
        let mut merged = StreamWriter::try_new(BufWriter::new(File::create(&file)?), &dataset.schema)?;
        while let Some(Merged::Incoming(batch, _) | Merged::Held(batch)) = merge.next().await? {
            merged.write(&compact(&batch)?)?;
        }
        merged.into_inner()?.into_inner().map_err(std::io::IntoInnerError::into_error)?;
        let counts = merge.counts();
        drop(merge);
        if counts.new + counts.updated == 0 {
            return Ok(Outcome { counts, ..Outcome::default() });
        }
        let rows = SpoolStream::of_file(&dataset.schema, file).plan()?;
        let written = self.write_cold(&session, dataset, spooled.partition, rows, folder.path()).await?;
        drop(slot);
        Ok(Outcome { add: self.upload(&written).await?, retire, counts, ..Outcome::default() })
    }

    /// The held rows of a partition, sorted for the merge; `None` when it holds none. For a small commit only those in
    /// the range of its entities are read.
    async fn held(
        &self,
        session: &SessionContext,
        spooled: &PartitionSpool,
        snapshot: &Arc<Snapshot>,
        held: &[Arc<Segment>],
        only_range: bool,
    ) -> Result<Option<SendableRecordBatchStream>, LakeError> {
        if held.is_empty() {
            return Ok(None);
        }
        let dataset = &spooled.dataset;
        let reader = Reader::over(self, Arc::clone(snapshot), session.clone());
        let mut plan = reader.scan_partition(dataset, spooled.partition).await?;
        if only_range && let Some((least, greatest)) = spooled.entity_range() {
            let entity = col(dataset.entity);
            let range = entity.clone().gt_eq(lit(least)).and(entity.lt_eq(lit(greatest)));
            plan = LogicalPlanBuilder::from(plan).filter(range)?.build()?;
        }
        Ok(Some(sorted(session, plan, held_order(dataset)).await?))
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

fn commit(lake: &StoreLake, id: CommitId, snapshot: &Snapshot, receipt: Option<String>, outcomes: &Outcomes) -> Commit {
    let mut commit = Commit {
        id,
        store: lake.store,
        kind: CommitKind::Upsert,
        based_on: snapshot.version,
        touched: outcomes.keys().cloned().collect(),
        add: Vec::new(),
        retire: Vec::new(),
        receipt,
        counts: CommitCounts::default(),
    };
    for outcome in outcomes.values() {
        commit.add.extend(outcome.add.iter().cloned());
        commit.retire.extend(&outcome.retire);
        commit.counts += outcome.counts;
    }
    commit
}

/// The spooled rows of a partition, sorted for the merge.
async fn incoming(session: &SessionContext, spooled: &PartitionSpool) -> Result<SendableRecordBatchStream, LakeError> {
    let dataset = &spooled.dataset;
    let plan = spooled.source().plan()?;
    let mut order = vec![
        col(dataset.entity).sort(true, true),
        col(dataset.version).sort(false, false),
        col(SEQUENCE).sort(false, false),
    ];
    order.extend(dataset.row.map(|row| col(row).sort(true, true)));
    sorted(session, plan, order).await
}

fn held_order(dataset: &Dataset) -> Vec<SortExpr> {
    let mut order = vec![col(dataset.entity).sort(true, true)];
    order.extend(dataset.row.map(|row| col(row).sort(true, true)));
    order
}
