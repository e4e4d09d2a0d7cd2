//! Folding: hot segments of a partition, and some cold ones, become one sorted run of cold segments.
//!
//! A fold changes no row that a read returns. It streams, and publishes only if every input is still live; commits that come
//! meanwhile do not disturb it.

use std::collections::BTreeSet;
use std::sync::Arc;

use datafusion::common::Column;
use datafusion::dataframe::DataFrame;
use datafusion::logical_expr::{Expr, LogicalPlanBuilder};

use super::fold_policy::{self, Decision};
use super::hot;
use super::manifest::{Commit, CommitCounts, CommitKind, ManifestError, Published, Segment, Snapshot};
use super::read::{Reader, only_entities};
use super::{LakeError, StoreLake};
use crate::CommitId;
use crate::dataset::{self, Dataset, Partition};

/// What a fold did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Folded {
    /// Its commit.
    pub published: Published,
    /// Segments that it took in.
    pub inputs: usize,
    /// Their bytes.
    pub bytes_in: u64,
    /// Segments that it wrote.
    pub outputs: usize,
    /// Their bytes.
    pub bytes_out: u64,
}

impl StoreLake {
    /// Folds all that can be folded of a partition; `None` when that is nothing, or when another commit retired some of it
    /// meanwhile.
    ///
    /// # Errors
    /// When nothing was changed; [`ManifestError::Ambiguous`] when that is not known.
    pub async fn fold(&self, dataset: &str, partition: Partition) -> Result<Option<Folded>, LakeError> {
        let dataset = declared(dataset)?;
        let snapshot = self.snapshot(None).await?;
        match fold_policy::everything(snapshot.partition(dataset.name, partition)) {
            None => Ok(None),
            Some(inputs) => self.fold_segments(&snapshot, dataset, partition, inputs).await,
        }
    }

    /// Folds every partition that is due.
    ///
    /// # Errors
    /// When a fold fails; those before it are done.
    pub async fn fold_due(&self) -> Result<Vec<Folded>, LakeError> {
        let snapshot = self.snapshot(None).await?;
        let mut partitions: Vec<_> =
            snapshot.segments.iter().map(|segment| (segment.dataset.as_str(), segment.partition)).collect();
        partitions.dedup();
        let mut folded = Vec::new();
        for (dataset, partition) in partitions {
            if let Decision::Fold(inputs) = self.decide(&snapshot, declared(dataset)?, partition) {
                folded.extend(self.fold_segments(&snapshot, declared(dataset)?, partition, inputs).await?);
            }
        }
        Ok(folded)
    }

    pub(super) fn decide(&self, snapshot: &Snapshot, dataset: &Dataset, partition: Partition) -> Decision {
        let segments = snapshot.partition(dataset.name, partition);
        let shared = self.shared();
        fold_policy::decide(dataset, partition, segments, &snapshot.quarantine, shared.clock.now(), &shared.options)
    }

    pub(super) async fn fold_segments(
        &self,
        snapshot: &Arc<Snapshot>,
        dataset: &Arc<Dataset>,
        partition: Partition,
        inputs: Vec<Arc<Segment>>,
    ) -> Result<Option<Folded>, LakeError> {
        match self.try_fold(snapshot, dataset, partition, inputs).await {
            // It took so long that what it wrote was given up.
            Err(LakeError::Manifest(ManifestError::NotStaged(_))) => Ok(None),
            // A segment that is needed is gone, or damaged: the former was folded by somebody else.
            Err(error) if self.examine(&error).await?.is_outdated() => Ok(None),
            result => result,
        }
    }

    async fn try_fold(
        &self,
        snapshot: &Arc<Snapshot>,
        dataset: &Arc<Dataset>,
        partition: Partition,
        mut inputs: Vec<Arc<Segment>>,
    ) -> Result<Option<Folded>, LakeError> {
        let (session, slot) = self.shared().large_commits.session().await;
        let reader = Reader::over(self, Arc::clone(snapshot), session.clone());
        self.add_restated(&reader, dataset, partition, &mut inputs).await?;
        let rows = reader.scan_segments(dataset, &inputs).await?;
        let folder = tempfile::tempdir_in(&self.shared().options.spool_dir)?;
        let written = self.write_cold(&session, dataset, partition, rows, folder.path()).await?;
        drop(slot);
        let add = self.upload(&written).await?;
        let commit = Commit {
            id: CommitId(self.shared().clock.new_id()),
            store: self.store,
            kind: CommitKind::Fold,
            based_on: snapshot.version,
            // What else is committed to the partition leaves the inputs as they are, or retires them.
            touched: Vec::new(),
            add: add.clone(),
            retire: inputs.iter().map(|segment| segment.id).collect(),
            receipt: None,
            bookmarks: Vec::new(),
            gone: Vec::new(),
            unless_removed_since: None,
            clears_receipts: false,
            counts: CommitCounts::default(),
        };
        let published = self.publish(commit).await;
        if !matches!(published, Ok(_) | Err(LakeError::Manifest(ManifestError::Ambiguous(_)))) {
            self.withdraw(&add).await;
        }
        Ok(Some(Folded {
            published: published?,
            inputs: inputs.len(),
            bytes_in: inputs.iter().map(|segment| segment.bytes).sum(),
            outputs: add.len(),
            bytes_out: add.iter().map(|new| new.segment.bytes).sum(),
        }))
    }

    /// Adds the cold segments in which entities live that the hot ones restate or remove: those rows must go.
    async fn add_restated(
        &self,
        reader: &Reader,
        dataset: &Arc<Dataset>,
        partition: Partition,
        inputs: &mut Vec<Arc<Segment>>,
    ) -> Result<(), LakeError> {
        let hot: Vec<_> = inputs.iter().filter(|segment| segment.is_hot()).cloned().collect();
        if hot.iter().all(|segment| segment.updates + segment.removed == 0) {
            return Ok(());
        }
        let decoded = reader.hot_rows(dataset, hot.iter()).await?;
        let in_order: Vec<_> = hot.iter().filter_map(|segment| decoded.get(&segment.id).cloned()).collect();
        let (_, restated) = hot::last_per_entity(dataset, &in_order)?;
        for segment in reader.snapshot().partition(dataset.name, partition) {
            if segment.is_hot() || inputs.iter().any(|input| input.id == segment.id) {
                continue;
            }
            let (least, greatest) = &segment.entity_bounds;
            let within: BTreeSet<_> = restated.range(least.clone()..=greatest.clone()).cloned().collect();
            if !within.is_empty() && holds_any(reader, dataset, segment, within).await? {
                inputs.push(Arc::clone(segment));
            }
        }
        Ok(())
    }
}

/// Whether a cold segment holds any of these entities.
async fn holds_any(
    reader: &Reader,
    dataset: &Arc<Dataset>,
    segment: &Arc<Segment>,
    entities: BTreeSet<String>,
) -> Result<bool, LakeError> {
    let entity = Expr::Column(Column::new_unqualified(dataset.entity));
    let rows = reader.stored(dataset, std::slice::from_ref(segment)).await?;
    let rows = only_entities(LogicalPlanBuilder::from(rows).project([entity])?, dataset, entities)?;
    let some = DataFrame::new(reader.session().state(), rows.limit(0, Some(1))?.build()?).collect().await?;
    Ok(some.iter().any(|batch| batch.num_rows() > 0))
}

fn declared(dataset: &str) -> Result<&'static Arc<Dataset>, LakeError> {
    dataset::find(dataset).ok_or_else(|| LakeError::UnknownDataset(dataset.to_owned()))
}
