//! What must hold when everything has come to rest: no fault, no late answer, nobody at work.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use aloftly_engine::SegmentId;
use aloftly_engine::dataset::Partition;
use aloftly_engine::lake::manifest::{Codec, Expired};
use aloftly_engine::lake::{Manifest as _, Snapshot, StoreLake};
use arrow::array::RecordBatch;
use arrow::ipc::reader::StreamReader;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::oracle::{Change, TABLES};
use super::rows::rows_of;
use super::run::Simulation;
use super::world::now;

/// Looks at background work, at most, until none is left.
const MOST_CHORES: usize = 300;
/// Cold segments of a partition that is never over, as small as they are here.
const MOST_SEGMENTS: usize = 4;

impl Simulation {
    pub(crate) async fn end(&mut self) {
        self.world.note(|| "everything comes to rest".to_owned());
        while self.something_late_happens() {}
        {
            let mut inner = self.world.lock();
            inner.has_turns = false;
            inner.waiters.clear();
            inner.damaged.clear();
        }
        let lake = self.server();
        let lake = self.open(&lake, usize::MAX);
        let verified = lake.verify(&|_| ()).await.unwrap();
        assert!(verified.faults.is_empty(), "whole segments are found at fault: {:?}", verified.faults);
        self.every_readable_version(&lake).await;
        self.tend(&lake).await;
        self.nothing_is_left_over(&lake).await;
        self.segments_are_few(&lake).await;
        self.every_readable_version(&lake).await;
        self.nobody_is_remembered(&lake).await;
        self.fold_all(&lake).await;
    }

    async fn every_readable_version(&self, lake: &StoreLake) {
        let newest = self.world.newest();
        let mut readable = 0;
        for version in (0..=newest).rev().filter(|version| self.world.is_readable(*version)).take(8) {
            let reader = lake.reader(Some(version)).await.unwrap();
            self.world.compare(&reader, None).await.unwrap();
            readable += 1;
        }
        assert!(readable > 0, "the newest version cannot be read");
    }

    /// All background work of the next months.
    async fn tend(&self, lake: &StoreLake) {
        for hours in [1, 30, 30, 24 * 60, 30, 30] {
            self.world.clock.advance(Duration::from_secs(3_600 * hours));
            let mut chores = 0;
            while lake.tend().await.unwrap().is_some() {
                chores += 1;
                assert!(chores < MOST_CHORES, "background work has no end");
            }
        }
    }

    async fn nothing_is_left_over(&self, lake: &StoreLake) {
        lake.audit().await.unwrap();
        let again = lake.audit().await.unwrap();
        assert_eq!((again.unknown, again.young, again.foreign), (0, 0, 0), "{again:?}");
        let expired =
            now(self.world.memory.expire(self.world.store, DateTime::<Utc>::UNIX_EPOCH, DateTime::<Utc>::UNIX_EPOCH));
        assert_eq!(expired.unwrap(), Expired::default(), "segments that nobody needs are kept");
        let snapshot = self.newest(lake).await;
        assert!(snapshot.quarantine.is_empty(), "{:?} are in quarantine", snapshot.quarantine);
        let live: BTreeSet<_> = snapshot
            .segments
            .iter()
            .filter(|segment| !segment.is_hot())
            .map(|segment| segment.path(self.world.store))
            .collect();
        let there: BTreeSet<_> = self.world.lock().objects.keys().cloned().collect();
        let (lost, orphans) =
            (live.difference(&there).collect::<Vec<_>>(), there.difference(&live).collect::<Vec<_>>());
        assert!(lost.is_empty() && orphans.is_empty(), "lost: {lost:?}, orphans: {orphans:?}");
    }

    async fn segments_are_few(&self, lake: &StoreLake) {
        let snapshot = self.newest(lake).await;
        let mut partitions: BTreeMap<(&str, Partition), usize> = BTreeMap::new();
        for segment in &snapshot.segments {
            assert!(!segment.is_hot(), "a hot segment is not folded: {segment:?}");
            let is_old = segment.partition.to_string().starts_with("2023");
            assert_eq!(segment.codec == Some(Codec::Zstd), is_old, "{segment:?}");
            *partitions.entry((&segment.dataset, segment.partition)).or_default() += 1;
        }
        for (partition, segments) in partitions {
            let most = if partition.1 == Partition::ALL_TIME { MOST_SEGMENTS } else { 1 };
            assert!(segments <= most, "{partition:?} has {segments} segments");
        }
    }

    /// Who was erased, and did not come back, is in no byte of any segment.
    async fn nobody_is_remembered(&self, lake: &StoreLake) {
        let forgotten = self.forgotten();
        let snapshot = self.newest(lake).await;
        for segment in &snapshot.segments {
            let table = TABLES.into_iter().find(|table| table.dataset().name == segment.dataset).unwrap();
            for batch in self.stored(segment.id) {
                for (entity, _, row) in rows_of(table, &batch) {
                    let customer = row.customer.unwrap_or_default();
                    assert!(!forgotten.contains(&customer), "{entity} of {customer} is stored, who was erased");
                }
            }
        }
    }

    /// Customers that were erased, and that no commit since is about.
    fn forgotten(&self) -> BTreeSet<String> {
        let inner = self.world.lock();
        let history = &inner.history;
        let mut forgotten = history.erased.clone();
        for (id, (published, _)) in &history.done {
            let Some(wish) = history.wishes.get(id) else { continue };
            let given: Vec<_> = match &wish.change {
                Change::Upsert(tables) => tables.iter().flat_map(|(_, given)| given).collect(),
                Change::Replace(_, given) => given.iter().collect(),
                _ => Vec::new(),
            };
            for row in given.iter().flat_map(|(_, state)| &state.rows) {
                if let Some(customer) = &row.customer
                    && forgotten.get(customer).is_some_and(|erased| *erased < published.version)
                {
                    forgotten.remove(customer);
                }
            }
        }
        forgotten.into_keys().collect()
    }

    /// Every row of a segment as it is stored, shown or not.
    fn stored(&self, segment: SegmentId) -> Vec<RecordBatch> {
        let object = {
            let inner = self.world.lock();
            inner.history.cold.get(&segment).map(|cold| inner.objects[&cold.path].bytes.clone())
        };
        match object {
            Some(bytes) => {
                let reader = ParquetRecordBatchReaderBuilder::try_new(bytes).unwrap().build().unwrap();
                reader.map(Result::unwrap).collect()
            }
            None => {
                let payloads: Vec<Bytes> = now(self.world.memory.hot_payloads(self.world.store, &[segment])).unwrap();
                StreamReader::try_new(&payloads[0][..], None).unwrap().map(Result::unwrap).collect()
            }
        }
    }

    async fn fold_all(&self, lake: &StoreLake) {
        let snapshot = self.newest(lake).await;
        let partitions: BTreeSet<_> =
            snapshot.segments.iter().map(|segment| (segment.dataset.clone(), segment.partition)).collect();
        for (dataset, partition) in partitions {
            lake.fold(&dataset, partition).await.unwrap();
        }
        self.every_readable_version(lake).await;
    }

    async fn newest(&self, lake: &StoreLake) -> Snapshot {
        lake.reader(None).await.unwrap().snapshot().clone()
    }
}
