//! One test suite for every manifest. [`manifest_conformance!`](crate::manifest_conformance) makes a test of each case.
//!
//! A case takes a manifest and a store of it that nobody has committed to.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs, reason = "these are tests; their names say what they prove")]

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::blocks::Blocks;
use super::manifest::{
    Bookmark, Chore, Codec, Commit, CommitCounts, CommitKind, Doomed, Expired, Manifest, ManifestError, NewSegment,
    Segment, Temperature, Version,
};
use crate::dataset::Partition;
use crate::{CommitId, SegmentId, StoreId};

/// Makes one `#[tokio::test]` of every case. `$make` is an async function that returns `(Arc<dyn Manifest>, StoreId, guard)`,
/// with a new store each time; the guard is held until the case is over.
#[macro_export]
macro_rules! manifest_conformance {
    ($make:path) => {
        $crate::manifest_conformance!(@cases $make:
            a_new_store_is_empty_at_version_zero,
            a_commit_raises_the_version_and_adds_its_segments,
            hot_payloads_come_back_in_the_order_asked,
            a_read_at_an_older_version_sees_what_was_live_then,
            a_version_in_the_future_is_unknown,
            a_commit_from_an_outdated_snapshot_conflicts_and_changes_nothing,
            commits_to_other_partitions_do_not_conflict,
            an_erasure_conflicts_with_a_commit_to_any_partition,
            a_cold_segment_must_be_staged,
            a_staged_segment_can_be_withdrawn,
            what_is_live_or_doomed_is_not_staged_again,
            only_live_segments_are_retired,
            a_receipt_is_taken_once,
            a_commit_without_changes_keeps_the_version_and_takes_its_receipt,
            the_same_commit_published_again_is_answered_and_changes_nothing,
            a_commit_is_found_by_its_id,
            an_unknown_store_is_an_error_everywhere,
            concurrent_commits_are_all_there_once_and_in_order,
            everything_said_of_a_segment_is_kept,
            what_changed_since_a_snapshot_leads_to_the_newest_one,
            nothing_changed_since_the_newest_snapshot,
            a_fold_does_not_disturb_what_was_computed_before_it,
            a_fold_whose_input_was_retired_is_refused,
            an_expired_version_cannot_be_read_or_committed_from,
            what_is_still_readable_does_not_expire,
            what_expired_is_doomed_until_it_is_forgotten,
            an_expired_commit_does_not_happen_again,
            what_was_staged_and_forgotten_is_doomed_and_cannot_be_committed,
            a_live_segment_is_named_in_quarantine_until_it_is_released,
            a_segment_that_is_retired_leaves_quarantine,
            receipts_can_be_taken_again_once_they_are_cleared,
            a_bookmark_moves_with_its_commit_from_where_it_is_and_not_otherwise,
            bookmarks_go_with_what_they_stand_for,
            rows_that_were_read_before_something_was_removed_are_refused,
            what_is_gone_is_known_by_name_for_a_while,
            the_partitions_of_a_commit_are_due_and_one_worker_gets_each,
            a_settled_chore_is_due_again_when_it_was_said_or_when_a_commit_asks,
            the_claim_of_a_dead_worker_runs_out,
        );
    };
    (@cases $make:path: $($case:ident,)*) => {
        $(
            #[tokio::test]
            async fn $case() {
                let (manifest, store, _guard) = $make().await;
                $crate::lake::conformance::$case(manifest, store).await;
            }
        )*
    };
}

fn month(first_day: &str) -> Partition {
    Partition::starting(first_day.parse().unwrap())
}

fn segment(temperature: Temperature, partition: &str) -> Segment {
    #[allow(clippy::disallowed_methods, reason = "cases run against shared databases: their ids must not repeat")]
    let id = SegmentId(Uuid::now_v7());
    Segment {
        id,
        dataset: "orders".to_owned(),
        partition: month(partition),
        temperature,
        rows: 3,
        updates: u64::from(temperature == Temperature::Hot),
        removed: if temperature == Temperature::Hot { 2 } else { 0 },
        bytes: 3,
        footer_bytes: (temperature == Temperature::Cold).then_some(321),
        codec: (temperature == Temperature::Cold).then_some(Codec::Zstd),
        schema_version: 1,
        time_bounds: (-5, 1_700_000_000_000_000),
        origin_bounds: BTreeMap::from([("ga4".to_owned(), (-5, 9))]),
        entity_bounds: ("a".to_owned(), "z\u{fc}".to_owned()),
        column_bounds: BTreeMap::from([("currency".to_owned(), ("EUR".to_owned(), "USD".to_owned()))]),
        checksum: "ab".repeat(32),
        blocks: if temperature == Temperature::Cold { Blocks::of(b"cold") } else { Blocks::default() },
        begin_version: 0,
    }
}

fn hot(partition: &str) -> NewSegment {
    NewSegment { segment: segment(Temperature::Hot, partition), payload: Some(Bytes::from_static(b"hot")) }
}

fn cold(partition: &str) -> NewSegment {
    NewSegment { segment: segment(Temperature::Cold, partition), payload: None }
}

fn commit(store: StoreId, based_on: Version, add: Vec<NewSegment>) -> Commit {
    let touched = add.iter().map(|new| (new.segment.dataset.clone(), new.segment.partition)).collect();
    #[allow(clippy::disallowed_methods, reason = "cases run against shared databases: their ids must not repeat")]
    let id = CommitId(Uuid::now_v7());
    Commit {
        id,
        store,
        kind: CommitKind::Upsert,
        based_on,
        touched,
        add,
        retire: Vec::new(),
        receipt: None,
        bookmarks: Vec::new(),
        gone: Vec::new(),
        unless_removed_since: None,
        clears_receipts: false,
        counts: CommitCounts { new: 1, updated: 2, unchanged: 3, stale: 4, removed: 5 },
    }
}

async fn ids(manifest: &dyn Manifest, store: StoreId, at: Option<Version>) -> Vec<SegmentId> {
    manifest.snapshot(store, at).await.unwrap().segments.iter().map(|segment| segment.id).collect()
}

pub async fn a_new_store_is_empty_at_version_zero(manifest: Arc<dyn Manifest>, store: StoreId) {
    assert_eq!(manifest.version(store).await.unwrap(), 0);
    let snapshot = manifest.snapshot(store, None).await.unwrap();
    assert_eq!((snapshot.store, snapshot.version, snapshot.segments.len()), (store, 0, 0));
}

pub async fn a_commit_raises_the_version_and_adds_its_segments(manifest: Arc<dyn Manifest>, store: StoreId) {
    let new = hot("2026-10-01");
    let commit = commit(store, 0, vec![new.clone()]);
    let published = manifest.publish(commit.clone()).await.unwrap();
    assert_eq!((published.id, published.version, published.counts), (commit.id, 1, commit.counts));
    assert_eq!(manifest.version(store).await.unwrap(), 1);
    let snapshot = manifest.snapshot(store, None).await.unwrap();
    assert_eq!(snapshot.version, 1);
    assert_eq!(*snapshot.segments[0], Segment { begin_version: 1, ..new.segment });
}

pub async fn everything_said_of_a_segment_is_kept(manifest: Arc<dyn Manifest>, store: StoreId) {
    let mut removal = hot("2026-11-01");
    removal.segment.rows = 0;
    removal.segment.time_bounds = (i64::MAX, i64::MIN);
    let add = vec![cold("2026-09-01"), hot("2026-10-01"), removal];
    let staged: Vec<_> = add.iter().take(1).map(|new| new.segment.clone()).collect();
    manifest.stage(store, &staged).await.unwrap();
    manifest.publish(commit(store, 0, add.clone())).await.unwrap();
    let snapshot = manifest.snapshot(store, None).await.unwrap();
    let kept: Vec<_> =
        snapshot.segments.iter().map(|segment| Segment { begin_version: 0, ..(**segment).clone() }).collect();
    assert_eq!(kept, add.into_iter().map(|new| new.segment).collect::<Vec<_>>());
}

pub async fn hot_payloads_come_back_in_the_order_asked(manifest: Arc<dyn Manifest>, store: StoreId) {
    let mut add = vec![hot("2026-10-01"), hot("2026-11-01")];
    add[1].payload = Some(Bytes::from_static(b"second"));
    let asked = [add[1].segment.id, add[0].segment.id];
    manifest.publish(commit(store, 0, add)).await.unwrap();
    let payloads = manifest.hot_payloads(store, &asked).await.unwrap();
    assert_eq!(payloads, [Bytes::from_static(b"second"), Bytes::from_static(b"hot")]);
    assert!(manifest.hot_payloads(store, &[segment(Temperature::Hot, "2026-10-01").id]).await.is_err());
}

pub async fn a_read_at_an_older_version_sees_what_was_live_then(manifest: Arc<dyn Manifest>, store: StoreId) {
    let (first, second) = (hot("2026-10-01"), hot("2026-10-01"));
    let (first_id, second_id) = (first.segment.id, second.segment.id);
    manifest.publish(commit(store, 0, vec![first])).await.unwrap();
    let replace = Commit { retire: vec![first_id], ..commit(store, 1, vec![second]) };
    manifest.publish(replace).await.unwrap();
    assert_eq!(ids(&*manifest, store, Some(0)).await, []);
    assert_eq!(ids(&*manifest, store, Some(1)).await, [first_id]);
    assert_eq!(ids(&*manifest, store, Some(2)).await, [second_id]);
    assert_eq!(ids(&*manifest, store, None).await, [second_id]);
    assert_eq!(manifest.hot_payloads(store, &[first_id]).await.unwrap(), [Bytes::from_static(b"hot")]);
}

pub async fn a_version_in_the_future_is_unknown(manifest: Arc<dyn Manifest>, store: StoreId) {
    let answer = manifest.snapshot(store, Some(1)).await;
    assert!(matches!(answer, Err(ManifestError::UnknownVersion(1))), "{answer:?}");
}

pub async fn a_commit_from_an_outdated_snapshot_conflicts_and_changes_nothing(
    manifest: Arc<dyn Manifest>,
    store: StoreId,
) {
    manifest.publish(commit(store, 0, vec![hot("2026-10-01")])).await.unwrap();
    let late = Commit { receipt: Some("late".to_owned()), ..commit(store, 0, vec![hot("2026-10-01")]) };
    let answer = manifest.publish(late).await;
    assert!(
        matches!(&answer, Err(ManifestError::Conflict { partition, based_on: 0, .. }) if *partition == month("2026-10-01")),
        "{answer:?}"
    );
    assert_eq!(manifest.version(store).await.unwrap(), 1);
    assert_eq!(ids(&*manifest, store, None).await.len(), 1);
    assert_eq!(manifest.receipt(store, "late").await.unwrap(), None);
}

pub async fn commits_to_other_partitions_do_not_conflict(manifest: Arc<dyn Manifest>, store: StoreId) {
    manifest.publish(commit(store, 0, vec![hot("2026-10-01")])).await.unwrap();
    let published = manifest.publish(commit(store, 0, vec![hot("2026-11-01")])).await.unwrap();
    assert_eq!(published.version, 2);
    let mut items = hot("2026-10-01");
    "order_items".clone_into(&mut items.segment.dataset);
    assert_eq!(manifest.publish(commit(store, 0, vec![items])).await.unwrap().version, 3);
}

pub async fn an_erasure_conflicts_with_a_commit_to_any_partition(manifest: Arc<dyn Manifest>, store: StoreId) {
    manifest.publish(commit(store, 0, vec![hot("2026-10-01")])).await.unwrap();
    let erase = |based_on| Commit { kind: CommitKind::Erase, touched: Vec::new(), ..commit(store, based_on, vec![]) };
    let late = manifest.publish(erase(0)).await;
    assert!(matches!(late, Err(ManifestError::Conflict { based_on: 0, .. })), "{late:?}");
    assert_eq!(manifest.publish(erase(1)).await.unwrap().version, 1);
}

pub async fn a_cold_segment_must_be_staged(manifest: Arc<dyn Manifest>, store: StoreId) {
    let new = cold("2026-10-01");
    let commit = commit(store, 0, vec![new.clone()]);
    let answer = manifest.publish(commit.clone()).await;
    assert!(matches!(answer, Err(ManifestError::NotStaged(id)) if id == new.segment.id), "{answer:?}");
    assert_eq!(manifest.version(store).await.unwrap(), 0);
    manifest.stage(store, std::slice::from_ref(&new.segment)).await.unwrap();
    assert_eq!(manifest.publish(commit).await.unwrap().version, 1);
    assert_eq!(manifest.withdraw(store, &[new.segment.id]).await.unwrap(), []);
}

pub async fn a_staged_segment_can_be_withdrawn(manifest: Arc<dyn Manifest>, store: StoreId) {
    let new = cold("2026-10-01");
    manifest.stage(store, std::slice::from_ref(&new.segment)).await.unwrap();
    let asked = [new.segment.id, segment(Temperature::Cold, "2026-10-01").id];
    assert_eq!(manifest.withdraw(store, &asked).await.unwrap(), [new.segment.id]);
    assert_eq!(manifest.withdraw(store, &asked).await.unwrap(), []);
    let answer = manifest.publish(commit(store, 0, vec![new])).await;
    assert!(matches!(answer, Err(ManifestError::NotStaged(_))), "{answer:?}");
}

pub async fn what_is_live_or_doomed_is_not_staged_again(manifest: Arc<dyn Manifest>, store: StoreId) {
    let (live, doomed) = (cold("2026-10-01"), cold("2026-10-01"));
    let both = [live.segment.clone(), doomed.segment.clone()];
    manifest.stage(store, &both).await.unwrap();
    manifest.publish(commit(store, 0, vec![live])).await.unwrap();
    manifest.withdraw(store, &[doomed.segment.id]).await.unwrap();
    manifest.stage(store, &both).await.unwrap();
    assert_eq!(manifest.withdraw(store, &both.map(|segment| segment.id)).await.unwrap(), []);
}

pub async fn only_live_segments_are_retired(manifest: Arc<dyn Manifest>, store: StoreId) {
    let unknown = segment(Temperature::Hot, "2026-10-01").id;
    let bad = Commit { retire: vec![unknown], ..commit(store, 0, vec![hot("2026-10-01")]) };
    let answer = manifest.publish(bad).await;
    assert!(matches!(answer, Err(ManifestError::NotLive(id)) if id == unknown), "{answer:?}");
    assert_eq!(manifest.version(store).await.unwrap(), 0);
    assert_eq!(ids(&*manifest, store, None).await, []);
}

pub async fn a_receipt_is_taken_once(manifest: Arc<dyn Manifest>, store: StoreId) {
    let with_receipt =
        |based_on| Commit { receipt: Some("import:1".to_owned()), ..commit(store, based_on, vec![hot("2026-10-01")]) };
    assert_eq!(manifest.receipt(store, "import:1").await.unwrap(), None);
    let first = manifest.publish(with_receipt(0)).await.unwrap();
    let answer = manifest.publish(with_receipt(1)).await;
    assert!(matches!(answer, Err(ManifestError::AlreadyDone(done)) if done == first), "{answer:?}");
    assert_eq!(manifest.receipt(store, "import:1").await.unwrap(), Some(first));
    assert_eq!(manifest.version(store).await.unwrap(), 1);
}

pub async fn a_commit_without_changes_keeps_the_version_and_takes_its_receipt(
    manifest: Arc<dyn Manifest>,
    store: StoreId,
) {
    manifest.publish(commit(store, 0, vec![hot("2026-10-01")])).await.unwrap();
    let nothing = Commit { receipt: Some("import:2".to_owned()), ..commit(store, 1, vec![]) };
    let published = manifest.publish(nothing).await.unwrap();
    assert_eq!(published.version, 1);
    assert_eq!(manifest.version(store).await.unwrap(), 1);
    assert_eq!(manifest.receipt(store, "import:2").await.unwrap(), Some(published));
}

pub async fn the_same_commit_published_again_is_answered_and_changes_nothing(
    manifest: Arc<dyn Manifest>,
    store: StoreId,
) {
    let commit = Commit { receipt: Some("import:3".to_owned()), ..commit(store, 0, vec![hot("2026-10-01")]) };
    let first = manifest.publish(commit.clone()).await.unwrap();
    assert_eq!(manifest.publish(commit).await.unwrap(), first);
    assert_eq!(manifest.version(store).await.unwrap(), 1);
    assert_eq!(ids(&*manifest, store, None).await.len(), 1);
}

pub async fn a_commit_is_found_by_its_id(manifest: Arc<dyn Manifest>, store: StoreId) {
    let commit = commit(store, 0, vec![hot("2026-10-01")]);
    assert_eq!(manifest.committed(store, commit.id).await.unwrap(), None);
    let published = manifest.publish(commit.clone()).await.unwrap();
    assert_eq!(manifest.committed(store, commit.id).await.unwrap(), Some(published));
}

pub async fn an_unknown_store_is_an_error_everywhere(manifest: Arc<dyn Manifest>, _store: StoreId) {
    let store = StoreId(segment(Temperature::Hot, "2026-10-01").id.0);
    let unknown = |error: ManifestError| matches!(error, ManifestError::UnknownStore(id) if id == store);
    assert!(unknown(manifest.version(store).await.unwrap_err()));
    assert!(unknown(manifest.snapshot(store, None).await.unwrap_err()));
    assert!(unknown(manifest.publish(commit(store, 0, vec![hot("2026-10-01")])).await.unwrap_err()));
    assert!(manifest.stage(store, &[segment(Temperature::Cold, "2026-10-01")]).await.is_err());
}

pub async fn concurrent_commits_are_all_there_once_and_in_order(manifest: Arc<dyn Manifest>, store: StoreId) {
    let months: Vec<String> = (1..=9).map(|number| format!("2026-0{number}-01")).collect();
    let writers = months.iter().map(|month| manifest.publish(commit(store, 0, vec![hot(month)])));
    let mut versions: Vec<_> =
        futures::future::join_all(writers).await.into_iter().map(|published| published.unwrap().version).collect();
    versions.sort_unstable();
    assert_eq!(versions, (1..=9).collect::<Vec<_>>());
    assert_eq!(manifest.version(store).await.unwrap(), 9);
    assert_eq!(ids(&*manifest, store, None).await.len(), 9);
    let same: Vec<_> = (0..5).map(|_| manifest.publish(commit(store, 9, vec![hot("2026-10-01")]))).collect();
    let answers = futures::future::join_all(same).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "{answers:?}");
}

fn long_ago() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH
}

fn far_off() -> DateTime<Utc> {
    "2100-01-01T00:00:00Z".parse().unwrap()
}

fn worker() -> Uuid {
    segment(Temperature::Hot, "2026-10-01").id.0
}

async fn stage_and_publish(manifest: &dyn Manifest, commit: Commit) -> Version {
    let cold = commit.add.iter().filter(|new| new.payload.is_none());
    let staged: Vec<_> = cold.map(|new| new.segment.clone()).collect();
    manifest.stage(commit.store, &staged).await.unwrap();
    manifest.publish(commit).await.unwrap().version
}

pub async fn what_changed_since_a_snapshot_leads_to_the_newest_one(manifest: Arc<dyn Manifest>, store: StoreId) {
    let (first, second) = (hot("2026-10-01"), hot("2026-11-01"));
    let retired = first.segment.id;
    manifest.publish(commit(store, 0, vec![first, second])).await.unwrap();
    let before = manifest.snapshot(store, None).await.unwrap();
    let gone = hot("2026-09-01");
    let gone_id = gone.segment.id;
    manifest.publish(commit(store, 1, vec![hot("2026-12-01"), gone])).await.unwrap();
    let replace = Commit { retire: vec![retired, gone_id], ..commit(store, 2, vec![hot("2026-10-01")]) };
    manifest.publish(replace).await.unwrap();
    let changes = manifest.changes(&before).await.unwrap().unwrap();
    assert_eq!(changes.version, 3);
    let newest = manifest.snapshot(store, None).await.unwrap();
    assert_eq!(before.after(changes).segments, newest.segments);
}

pub async fn nothing_changed_since_the_newest_snapshot(manifest: Arc<dyn Manifest>, store: StoreId) {
    manifest.publish(commit(store, 0, vec![hot("2026-10-01")])).await.unwrap();
    let newest = manifest.snapshot(store, None).await.unwrap();
    assert!(manifest.changes(&newest).await.unwrap().is_none());
}

pub async fn a_fold_does_not_disturb_what_was_computed_before_it(manifest: Arc<dyn Manifest>, store: StoreId) {
    let first = hot("2026-10-01");
    let input = first.segment.id;
    manifest.publish(commit(store, 0, vec![first])).await.unwrap();
    let fold = Commit {
        kind: CommitKind::Fold,
        touched: Vec::new(),
        retire: vec![input],
        ..commit(store, 1, vec![cold("2026-10-01")])
    };
    assert_eq!(stage_and_publish(&*manifest, fold).await, 2);
    assert_eq!(manifest.publish(commit(store, 1, vec![hot("2026-10-01")])).await.unwrap().version, 3);
    let late = manifest.publish(commit(store, 2, vec![hot("2026-10-01")])).await;
    assert!(matches!(late, Err(ManifestError::Conflict { .. })), "{late:?}");
}

pub async fn a_fold_whose_input_was_retired_is_refused(manifest: Arc<dyn Manifest>, store: StoreId) {
    let first = hot("2026-10-01");
    let input = first.segment.id;
    manifest.publish(commit(store, 0, vec![first])).await.unwrap();
    let other = Commit { retire: vec![input], ..commit(store, 1, vec![hot("2026-10-01")]) };
    manifest.publish(other).await.unwrap();
    let add = cold("2026-10-01");
    manifest.stage(store, std::slice::from_ref(&add.segment)).await.unwrap();
    let fold = Commit {
        kind: CommitKind::Fold,
        touched: Vec::new(),
        retire: vec![input],
        ..commit(store, 1, vec![add.clone()])
    };
    let answer = manifest.publish(fold).await;
    assert!(matches!(answer, Err(ManifestError::NotLive(id)) if id == input), "{answer:?}");
    assert_eq!(manifest.withdraw(store, &[add.segment.id]).await.unwrap(), [add.segment.id]);
}

pub async fn an_expired_version_cannot_be_read_or_committed_from(manifest: Arc<dyn Manifest>, store: StoreId) {
    let first = hot("2026-10-01");
    let retired = first.segment.id;
    manifest.publish(commit(store, 0, vec![first])).await.unwrap();
    let at_first = manifest.snapshot(store, None).await.unwrap();
    let second = hot("2026-10-01");
    let live = second.segment.id;
    manifest.publish(Commit { retire: vec![retired], ..commit(store, 1, vec![second]) }).await.unwrap();
    let expired = manifest.expire(store, far_off(), long_ago()).await.unwrap();
    assert_eq!(expired, Expired { hot: 1, ..Expired::default() });
    assert!(matches!(manifest.snapshot(store, Some(1)).await, Err(ManifestError::UnknownVersion(1))));
    assert!(matches!(manifest.changes(&at_first).await, Err(ManifestError::UnknownVersion(1))));
    assert!(manifest.hot_payloads(store, &[retired]).await.is_err());
    assert_eq!(ids(&*manifest, store, None).await, [live]);
    let late = manifest.publish(commit(store, 1, vec![hot("2026-12-01")])).await;
    assert!(matches!(late, Err(ManifestError::UnknownVersion(1))), "{late:?}");
    assert_eq!(manifest.publish(commit(store, 2, vec![hot("2026-12-01")])).await.unwrap().version, 3);
}

pub async fn what_is_still_readable_does_not_expire(manifest: Arc<dyn Manifest>, store: StoreId) {
    let first = hot("2026-10-01");
    let retired = first.segment.id;
    manifest.publish(commit(store, 0, vec![first])).await.unwrap();
    manifest.publish(Commit { retire: vec![retired], ..commit(store, 1, vec![]) }).await.unwrap();
    let expired = manifest.expire(store, long_ago(), long_ago()).await.unwrap();
    assert_eq!(expired, Expired { pending: true, ..Expired::default() });
    assert_eq!(ids(&*manifest, store, Some(1)).await, [retired]);
}

pub async fn what_expired_is_doomed_until_it_is_forgotten(manifest: Arc<dyn Manifest>, store: StoreId) {
    let new = cold("2026-10-01");
    let id = new.segment.id;
    stage_and_publish(&*manifest, commit(store, 0, vec![new])).await;
    manifest.publish(Commit { retire: vec![id], ..commit(store, 1, vec![]) }).await.unwrap();
    let unknown = segment(Temperature::Cold, "2026-10-01").id;
    assert_eq!(manifest.known(store, &[id, unknown]).await.unwrap().into_iter().collect::<Vec<_>>(), [id]);
    assert_eq!(manifest.doomed(store, far_off(), 10).await.unwrap(), []);
    let expired = manifest.expire(store, far_off(), long_ago()).await.unwrap();
    assert_eq!(expired, Expired { cold: 1, pending: true, ..Expired::default() });
    let doomed = Doomed { id, dataset: "orders".to_owned(), partition: month("2026-10-01") };
    assert_eq!(manifest.doomed(store, long_ago(), 10).await.unwrap(), []);
    assert_eq!(manifest.doomed(store, far_off(), 10).await.unwrap(), [doomed]);
    assert!(manifest.known(store, &[id]).await.unwrap().contains(&id));
    manifest.forget(store, &[id, unknown]).await.unwrap();
    assert_eq!(manifest.doomed(store, far_off(), 10).await.unwrap(), []);
    assert!(manifest.known(store, &[id]).await.unwrap().is_empty());
    assert_eq!(manifest.expire(store, far_off(), long_ago()).await.unwrap(), Expired::default());
}

pub async fn an_expired_commit_does_not_happen_again(manifest: Arc<dyn Manifest>, store: StoreId) {
    let first = commit(store, 0, vec![hot("2026-10-01")]);
    let published = manifest.publish(first.clone()).await.unwrap();
    manifest.publish(commit(store, 1, vec![hot("2026-10-01")])).await.unwrap();
    manifest.expire(store, far_off(), long_ago()).await.unwrap();
    assert_eq!(manifest.committed(store, first.id).await.unwrap(), Some(published));
    assert_eq!(manifest.publish(first).await.unwrap(), published);
}

pub async fn what_was_staged_and_forgotten_is_doomed_and_cannot_be_committed(
    manifest: Arc<dyn Manifest>,
    store: StoreId,
) {
    let new = cold("2026-10-01");
    let id = new.segment.id;
    manifest.stage(store, std::slice::from_ref(&new.segment)).await.unwrap();
    assert_eq!(manifest.expire(store, long_ago(), long_ago()).await.unwrap().abandoned, 0);
    let expired = manifest.expire(store, long_ago(), far_off()).await.unwrap();
    assert_eq!(expired, Expired { abandoned: 1, pending: true, ..Expired::default() });
    let answer = manifest.publish(commit(store, 0, vec![new])).await;
    assert!(matches!(answer, Err(ManifestError::NotStaged(_))), "{answer:?}");
    let doomed: Vec<_> = manifest.doomed(store, far_off(), 10).await.unwrap().into_iter().map(|d| d.id).collect();
    assert_eq!(doomed, [id]);
}

pub async fn a_live_segment_is_named_in_quarantine_until_it_is_released(manifest: Arc<dyn Manifest>, store: StoreId) {
    let new = hot("2026-10-01");
    let id = new.segment.id;
    manifest.publish(commit(store, 0, vec![new])).await.unwrap();
    let before = manifest.snapshot(store, None).await.unwrap();
    assert!(before.quarantine.is_empty());
    assert!(manifest.quarantine(store, id, "damaged: by mice").await.unwrap());
    assert!(!manifest.quarantine(store, id, "again").await.unwrap());
    assert!(!manifest.quarantine(store, segment(Temperature::Hot, "2026-10-01").id, "unknown").await.unwrap());
    let changes = manifest.changes(&before).await.unwrap().unwrap();
    assert_eq!((changes.version, changes.began.len(), changes.ended.len()), (1, 0, 0));
    let within = before.after(changes);
    assert_eq!(*within.quarantine, BTreeMap::from([(id, "damaged: by mice".to_owned())]));
    assert_eq!(manifest.snapshot(store, None).await.unwrap().quarantine, within.quarantine);
    assert!(manifest.release(store, id).await.unwrap());
    assert!(!manifest.release(store, id).await.unwrap());
    let changes = manifest.changes(&within).await.unwrap().unwrap();
    assert!(changes.quarantine.is_empty());
}

pub async fn a_segment_that_is_retired_leaves_quarantine(manifest: Arc<dyn Manifest>, store: StoreId) {
    let new = hot("2026-10-01");
    let id = new.segment.id;
    manifest.publish(commit(store, 0, vec![new])).await.unwrap();
    manifest.quarantine(store, id, "missing").await.unwrap();
    manifest.publish(Commit { retire: vec![id], ..commit(store, 1, vec![]) }).await.unwrap();
    assert!(manifest.snapshot(store, None).await.unwrap().quarantine.is_empty());
    assert!(!manifest.quarantine(store, id, "missing").await.unwrap(), "it is not live any more");
}

fn bookmark(from: Option<&str>, to: &str) -> Bookmark {
    Bookmark { name: "orders".to_owned(), from: from.map(str::to_owned), to: to.to_owned() }
}

pub async fn a_bookmark_moves_with_its_commit_from_where_it_is_and_not_otherwise(
    manifest: Arc<dyn Manifest>,
    store: StoreId,
) {
    let page = |based_on, bookmarks| Commit { bookmarks, ..commit(store, based_on, vec![hot("2026-10-01")]) };
    assert_eq!(manifest.bookmark(store, "orders").await.unwrap(), None);
    let wrong = manifest.publish(page(0, vec![bookmark(Some("1"), "2")])).await;
    assert!(matches!(&wrong, Err(ManifestError::Moved(name)) if name == "orders"), "{wrong:?}");
    assert_eq!((manifest.version(store).await.unwrap(), ids(&*manifest, store, None).await.len()), (0, 0));

    let first = page(0, vec![bookmark(None, "1"), Bookmark { name: "job".to_owned(), ..bookmark(None, "a") }]);
    let published = manifest.publish(first.clone()).await.unwrap();
    assert_eq!(manifest.bookmark(store, "orders").await.unwrap().as_deref(), Some("1"));
    assert_eq!(manifest.bookmark(store, "job").await.unwrap().as_deref(), Some("a"));
    assert_eq!(
        manifest.publish(first).await.unwrap(),
        published,
        "the same commit is answered, wherever its bookmark is"
    );
    let again = manifest.publish(page(1, vec![bookmark(None, "1")])).await;
    assert!(matches!(again, Err(ManifestError::Moved(_))), "{again:?}");

    // One that moves only one of its bookmarks moves none.
    let half = page(1, vec![bookmark(Some("1"), "2"), Bookmark { name: "job".to_owned(), ..bookmark(None, "b") }]);
    assert!(matches!(manifest.publish(half).await, Err(ManifestError::Moved(name)) if name == "job"));
    assert_eq!(manifest.bookmark(store, "orders").await.unwrap().as_deref(), Some("1"));

    let empty = Commit { bookmarks: vec![bookmark(Some("1"), "2")], ..commit(store, 1, vec![]) };
    assert_eq!(manifest.publish(empty).await.unwrap().version, 1, "nothing is read otherwise than before");
    assert_eq!(manifest.bookmark(store, "orders").await.unwrap().as_deref(), Some("2"));
}

pub async fn bookmarks_go_with_what_they_stand_for(manifest: Arc<dyn Manifest>, store: StoreId) {
    let page = Commit { bookmarks: vec![bookmark(None, "1")], ..commit(store, 0, vec![hot("2026-10-01")]) };
    manifest.publish(page).await.unwrap();
    manifest.publish(Commit { clears_receipts: true, ..commit(store, 1, vec![]) }).await.unwrap();
    assert_eq!(manifest.bookmark(store, "orders").await.unwrap(), None);
}

pub async fn rows_that_were_read_before_something_was_removed_are_refused(manifest: Arc<dyn Manifest>, store: StoreId) {
    let page = |based_on, known| Commit {
        unless_removed_since: Some(known),
        ..commit(store, based_on, vec![hot("2026-10-01")])
    };
    let known = async || manifest.removals(store, DateTime::UNIX_EPOCH).await.unwrap().count;
    let before = known().await;
    let first = page(0, before);
    let published = manifest.publish(first.clone()).await.unwrap();
    assert_eq!(known().await, before, "what comes in removes nothing");
    // An erasure that finds nothing, too: what it is about may be on its way.
    let erasure = Commit { kind: CommitKind::Erase, touched: Vec::new(), ..commit(store, 1, vec![]) };
    manifest.publish(erasure.clone()).await.unwrap();
    manifest.publish(erasure).await.unwrap();
    let after = known().await;
    assert_eq!(after, before + 1, "the same erasure once more is the same one");
    let late = manifest.publish(page(1, before)).await;
    assert!(matches!(late, Err(ManifestError::Overtaken)), "{late:?}");
    assert_eq!((manifest.version(store).await.unwrap(), ids(&*manifest, store, None).await.len()), (1, 1));
    assert_eq!(manifest.publish(first).await.unwrap(), published, "what happened before is answered");
    manifest.publish(page(1, after)).await.unwrap();
    let whoever_does_not_ask = commit(store, 2, vec![hot("2026-10-01")]);
    manifest.publish(whoever_does_not_ask).await.unwrap();
}

pub async fn what_is_gone_is_known_by_name_for_a_while(manifest: Arc<dyn Manifest>, store: StoreId) {
    let gone = |entities: &[&str]| -> Vec<(String, String)> {
        entities.iter().map(|entity| ("orders".to_owned(), (*entity).to_owned())).collect()
    };
    let removal = |based_on, entities: &[&str]| Commit {
        kind: CommitKind::Erase,
        gone: gone(entities),
        ..commit(store, based_on, vec![hot("2026-10-01")])
    };
    let known = async |since| manifest.removals(store, since).await.unwrap().gone.into_iter().collect::<Vec<_>>();
    manifest.publish(removal(0, &["a", "b"])).await.unwrap();
    manifest.publish(removal(1, &["b", "c"])).await.unwrap();
    assert_eq!(known(DateTime::UNIX_EPOCH).await, gone(&["a", "b", "c"]));
    assert_eq!(known("2400-01-01T00:00:00Z".parse().unwrap()).await, gone(&[]), "none since then");
    manifest.publish(Commit { clears_receipts: true, ..removal(2, &[]) }).await.unwrap();
    assert_eq!(known(DateTime::UNIX_EPOCH).await, gone(&[]));
}

pub async fn receipts_can_be_taken_again_once_they_are_cleared(manifest: Arc<dyn Manifest>, store: StoreId) {
    let with_receipt =
        |based_on| Commit { receipt: Some("import:4".to_owned()), ..commit(store, based_on, vec![hot("2026-10-01")]) };
    let first = manifest.publish(with_receipt(0)).await.unwrap();
    manifest.publish(Commit { clears_receipts: true, ..commit(store, 1, vec![]) }).await.unwrap();
    assert_eq!(manifest.receipt(store, "import:4").await.unwrap(), None);
    assert_eq!(manifest.committed(store, first.id).await.unwrap(), Some(first));
    let second = manifest.publish(with_receipt(1)).await.unwrap();
    assert_eq!((second.version, manifest.receipt(store, "import:4").await.unwrap()), (2, Some(second)));
}

/// The next chore, waiting until one is due.
async fn claimed(manifest: &dyn Manifest, store: StoreId, worker: Uuid) -> Chore {
    for _ in 0..500 {
        if let Some(chore) = manifest.claim(store, worker, TimeDelta::minutes(1)).await.unwrap() {
            return chore;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("nothing is due");
}

pub async fn the_partitions_of_a_commit_are_due_and_one_worker_gets_each(manifest: Arc<dyn Manifest>, store: StoreId) {
    assert_eq!(manifest.claim(store, worker(), TimeDelta::minutes(1)).await.unwrap(), None);
    let (first, second) = (hot("2026-10-01"), hot("2026-11-01"));
    let retired = first.segment.id;
    manifest.publish(commit(store, 0, vec![first, second])).await.unwrap();
    manifest.publish(Commit { retire: vec![retired], ..commit(store, 1, vec![]) }).await.unwrap();
    let mut chores = Vec::new();
    for _ in 0..3 {
        chores.push(claimed(&*manifest, store, worker()).await);
    }
    let fold = |first_day| Chore::Fold { dataset: "orders".to_owned(), partition: month(first_day) };
    for chore in [fold("2026-10-01"), fold("2026-11-01"), Chore::Tidy] {
        assert!(chores.contains(&chore), "{chore:?} is not among {chores:?}");
    }
    assert_eq!(manifest.claim(store, worker(), TimeDelta::minutes(1)).await.unwrap(), None);
}

pub async fn a_settled_chore_is_due_again_when_it_was_said_or_when_a_commit_asks(
    manifest: Arc<dyn Manifest>,
    store: StoreId,
) {
    manifest.publish(commit(store, 0, vec![hot("2026-10-01")])).await.unwrap();
    let (mine, other) = (worker(), worker());
    let chore = claimed(&*manifest, store, mine).await;
    manifest.settle(store, other, &chore, Some(long_ago())).await.unwrap();
    assert_eq!(manifest.claim(store, other, TimeDelta::minutes(1)).await.unwrap(), None, "it is not the other's");
    manifest.settle(store, mine, &chore, None).await.unwrap();
    assert_eq!(manifest.claim(store, other, TimeDelta::minutes(1)).await.unwrap(), None, "it is done");
    manifest.publish(commit(store, 1, vec![hot("2026-10-01")])).await.unwrap();
    assert_eq!(claimed(&*manifest, store, other).await, chore);
    // A commit during the work asks for it again, whenever the worker would have it.
    manifest.publish(commit(store, 2, vec![hot("2026-10-01")])).await.unwrap();
    manifest.settle(store, other, &chore, Some(far_off())).await.unwrap();
    assert_eq!(claimed(&*manifest, store, mine).await, chore);
    manifest.settle(store, mine, &chore, Some(long_ago())).await.unwrap();
    assert_eq!(claimed(&*manifest, store, other).await, chore);
}

pub async fn the_claim_of_a_dead_worker_runs_out(manifest: Arc<dyn Manifest>, store: StoreId) {
    let new = hot("2026-10-01");
    let id = new.segment.id;
    manifest.publish(commit(store, 0, vec![new])).await.unwrap();
    manifest.publish(Commit { retire: vec![id], ..commit(store, 1, vec![]) }).await.unwrap();
    let dead = worker();
    let mut abandoned = Vec::new();
    while abandoned.len() < 2 {
        abandoned.extend(manifest.claim(store, dead, TimeDelta::milliseconds(1)).await.unwrap());
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    assert_eq!(claimed(&*manifest, store, worker()).await, abandoned[0]);
}
