//! Folding: the hot segments of a partition and its cold ones become one sorted run of cold segments.
//!
//! A fold changes no row that a read returns. It streams, and publishes only if every input is still live.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::manifest::{Commit, CommitCounts, CommitKind, ManifestError, Published, Snapshot, Temperature};
use super::read::{Reader, partition_segments};
use super::{LakeError, StoreLake};
use crate::CommitId;
use crate::dataset::{self, Dataset, Partition};

impl StoreLake {
    /// Folds a partition; `None` when it has nothing hot, or when another commit changed it meanwhile.
    ///
    /// # Errors
    /// When nothing was changed; [`ManifestError::Ambiguous`] when that is not known.
    pub async fn fold(&self, dataset: &str, partition: Partition) -> Result<Option<Published>, LakeError> {
        let dataset = dataset::find(dataset).ok_or_else(|| LakeError::UnknownDataset(dataset.to_owned()))?;
        let snapshot = self.snapshot(None).await?;
        self.fold_partition(&snapshot, dataset, partition).await
    }

    /// Folds every partition whose hot segments are many or large.
    ///
    /// # Errors
    /// When a fold fails; those before it are done.
    pub async fn fold_due(&self) -> Result<Vec<Published>, LakeError> {
        let snapshot = self.snapshot(None).await?;
        let mut folded = Vec::new();
        for (dataset, partition) in self.due(&snapshot) {
            folded.extend(self.fold(dataset, partition).await?);
        }
        Ok(folded)
    }

    fn due<'a>(&self, snapshot: &'a Snapshot) -> impl Iterator<Item = (&'a str, Partition)> + use<'a> {
        let options = &self.shared().options;
        let (most_segments, most_bytes) = (options.fold_segments, options.fold_bytes);
        let mut hot: BTreeMap<(&str, Partition), (usize, u64)> = BTreeMap::new();
        for segment in snapshot.segments.iter().filter(|segment| segment.temperature == Temperature::Hot) {
            let (segments, bytes) = hot.entry((&segment.dataset, segment.partition)).or_default();
            *segments += 1;
            *bytes += segment.bytes;
        }
        hot.into_iter()
            .filter(move |(_, (segments, bytes))| *segments >= most_segments || *bytes >= most_bytes)
            .map(|(key, _)| key)
    }

    async fn fold_partition(
        &self,
        snapshot: &Arc<Snapshot>,
        dataset: &Arc<Dataset>,
        partition: Partition,
    ) -> Result<Option<Published>, LakeError> {
        let inputs = partition_segments(snapshot, dataset, partition);
        if inputs.iter().all(|segment| segment.temperature == Temperature::Cold) {
            return Ok(None);
        }
        let (session, slot) = self.shared().large_commits.session().await;
        let reader = Reader::over(self, Arc::clone(snapshot), session.clone());
        let rows = reader.scan_partition(dataset, partition).await?;
        let folder = tempfile::tempdir_in(&self.shared().options.spool_dir)?;
        let written = self.write_cold(&session, dataset, partition, rows, folder.path()).await?;
        drop(slot);
        let add = self.upload(&written).await?;
        let commit = Commit {
            id: CommitId(self.shared().clock.new_id()),
            store: self.store,
            kind: CommitKind::Fold,
            based_on: snapshot.version,
            touched: vec![(dataset.name.to_owned(), partition)],
            add: add.clone(),
            retire: inputs.iter().map(|segment| segment.id).collect(),
            receipt: None,
            counts: CommitCounts::default(),
        };
        match self.publish(commit).await {
            Ok(published) => Ok(Some(published)),
            Err(LakeError::Manifest(ManifestError::Conflict { .. } | ManifestError::NotLive(_))) => {
                self.withdraw(&add).await;
                Ok(None)
            }
            Err(error @ LakeError::Manifest(ManifestError::Ambiguous(_))) => Err(error),
            Err(error) => {
                self.withdraw(&add).await;
                Err(error)
            }
        }
    }
}
