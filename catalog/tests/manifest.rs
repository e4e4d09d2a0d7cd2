//! The manifest in Postgres keeps the contract of every manifest, and tells other processes of new versions.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use aloftly_catalog::testing::TestDatabase;
use aloftly_catalog::{Change, StoreVersion};
use aloftly_engine::dataset::Partition;
use aloftly_engine::lake::blocks::Blocks;
use aloftly_engine::lake::manifest::{Commit, CommitCounts, CommitKind, NewSegment, Segment, Temperature};
use aloftly_engine::lake::{Manifest, ManifestError};
use aloftly_engine::{CommitId, SegmentId, StoreId};
use chrono::TimeDelta;

mod conformance {
    use super::*;

    async fn make() -> (Arc<dyn Manifest>, StoreId, TestDatabase) {
        let database = TestDatabase::new().await;
        let (tenant, made) = database.organization("acme").await;
        (tenant.manifest(), made.stores[0], database)
    }

    aloftly_engine::manifest_conformance!(make);
}

/// A commit of one hot segment of one row.
pub(crate) fn hot_commit(database: &TestDatabase, store: StoreId, based_on: i64, entity: &str) -> Commit {
    let partition = Partition::starting("2026-11-01".parse().unwrap());
    let segment = Segment {
        id: SegmentId(database.clock().new_id()),
        dataset: "orders".to_owned(),
        partition,
        temperature: Temperature::Hot,
        rows: 1,
        updates: 0,
        removed: 0,
        bytes: 3,
        footer_bytes: None,
        codec: None,
        schema_version: 1,
        time_bounds: (1_793_491_200_000_000, 1_793_577_600_000_000),
        origin_bounds: BTreeMap::new(),
        entity_bounds: (entity.to_owned(), entity.to_owned()),
        column_bounds: BTreeMap::from([("channel".to_owned(), (entity.to_owned(), entity.to_owned()))]),
        checksum: "00".repeat(32),
        blocks: Blocks::default(),
        begin_version: 0,
    };
    Commit {
        id: CommitId(database.clock().new_id()),
        store,
        kind: CommitKind::Upsert,
        based_on,
        touched: vec![("orders".to_owned(), partition)],
        add: vec![NewSegment { segment, payload: Some("hot".into()) }],
        retire: Vec::new(),
        receipt: None,
        bookmarks: Vec::new(),
        gone: Vec::new(),
        unless_removed_since: None,
        clears_receipts: false,
        counts: CommitCounts { new: 1, ..CommitCounts::default() },
    }
}

#[tokio::test]
async fn text_that_postgres_cannot_hold_is_kept_in_bounds() {
    let database = TestDatabase::new().await;
    let (tenant, made) = database.organization("acme").await;
    let strange = "a\0\u{10ffff}\\\"'";
    tenant.manifest().publish(hot_commit(&database, made.stores[0], 0, strange)).await.unwrap();
    let snapshot = tenant.manifest().snapshot(made.stores[0], None).await.unwrap();
    assert_eq!(snapshot.segments[0].entity_bounds, (strange.to_owned(), strange.to_owned()));
    assert_eq!(snapshot.segments[0].column_bounds["channel"].0, strange);
}

#[tokio::test]
async fn another_tenants_store_is_unknown() {
    let database = TestDatabase::new().await;
    let (acme, _) = database.organization("acme").await;
    let (_, rival) = database.organization("rival").await;
    let (manifest, store) = (acme.manifest(), rival.stores[0]);
    assert!(matches!(manifest.version(store).await, Err(ManifestError::UnknownStore(_))));
    assert!(matches!(manifest.snapshot(store, None).await, Err(ManifestError::UnknownStore(_))));
    let published = manifest.publish(hot_commit(&database, store, 0, "1001")).await;
    assert!(matches!(published, Err(ManifestError::UnknownStore(_))), "{published:?}");
}

#[tokio::test]
async fn nothing_of_another_tenants_lake_is_claimed_expired_or_told() {
    let database = TestDatabase::new().await;
    let (acme, _) = database.organization("acme").await;
    let (tenant, rival) = database.organization("rival").await;
    let (manifest, theirs, store) = (acme.manifest(), tenant.manifest(), rival.stores[0]);
    let commit = hot_commit(&database, store, 0, "1001");
    let segment = commit.add[0].segment.clone();
    theirs.publish(commit).await.unwrap();
    let staged = Segment { id: SegmentId(database.clock().new_id()), ..segment.clone() };
    theirs.stage(store, std::slice::from_ref(&staged)).await.unwrap();
    let snapshot = theirs.snapshot(store, None).await.unwrap();
    let (now, worker) = (database.clock().now() + TimeDelta::days(1), segment.id.0);
    let unknown = |error: &ManifestError| matches!(error, ManifestError::UnknownStore(id) if *id == store);
    assert!(unknown(&manifest.changes(&snapshot).await.unwrap_err()));
    assert!(unknown(&manifest.quarantine(store, segment.id, "mischief").await.unwrap_err()));
    assert!(unknown(&manifest.release(store, segment.id).await.unwrap_err()));
    assert!(unknown(&manifest.withdraw(store, &[staged.id]).await.unwrap_err()));
    assert!(unknown(&manifest.expire(store, now, now).await.unwrap_err()));
    assert!(unknown(&manifest.claim(store, worker, TimeDelta::minutes(1)).await.unwrap_err()));
    assert_eq!(manifest.doomed(store, now, 10).await.unwrap(), []);
    assert!(manifest.known(store, &[segment.id, staged.id]).await.unwrap().is_empty());
    manifest.forget(store, &[segment.id, staged.id]).await.unwrap();
    assert_eq!(acme.versions().await.unwrap().into_iter().filter(|(id, _)| *id == store).count(), 0);
    assert_eq!(theirs.snapshot(store, None).await.unwrap().segments, snapshot.segments);
    assert!(theirs.withdraw(store, &[staged.id]).await.unwrap().contains(&staged.id), "it is staged still");
}

#[tokio::test]
async fn stores_with_work_are_found_in_every_organisation_until_it_is_claimed() {
    let database = TestDatabase::new().await;
    let mut tenants = Vec::new();
    for name in ["acme", "rival"] {
        let (tenant, made) = database.organization(name).await;
        tenant.manifest().publish(hot_commit(&database, made.stores[0], 0, "1001")).await.unwrap();
        tenants.push((tenant, made.stores[0]));
    }
    let due = async || {
        let due = database.catalog().due_stores("a test", 10).await.unwrap();
        due.into_iter().map(|(_, store)| store).collect::<Vec<_>>()
    };
    let patience = tokio::time::timeout(Duration::from_secs(10), async {
        while due().await.len() < 2 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
    patience.await.expect("both are due soon");
    assert_eq!(due().await, [tenants[0].1, tenants[1].1], "the one that has waited longest is first");
    let (tenant, store) = &tenants[0];
    let worker = database.clock().new_id();
    tenant.manifest().claim(*store, worker, TimeDelta::minutes(1)).await.unwrap().expect("it is due");
    assert_eq!(due().await, [tenants[1].1]);
    assert_eq!(database.catalog().due_stores("a test", 0).await.unwrap().len(), 0);
}

#[tokio::test]
async fn a_commit_is_told_to_other_processes() {
    let database = TestDatabase::new().await;
    let (tenant, made) = database.organization("acme").await;
    let mut changes = database.catalog().changes().await.unwrap();
    let before = tenant.store_version(made.stores[0]).await.unwrap();
    assert_eq!(before, StoreVersion { version: 0, committed_at: None });
    tenant.manifest().publish(hot_commit(&database, made.stores[0], 0, "1001")).await.unwrap();
    let told = tokio::time::timeout(Duration::from_secs(10), changes.next()).await.expect("a hint comes").unwrap();
    let now = tenant.store_version(made.stores[0]).await.unwrap();
    assert!(now.version == 1 && now.committed_at.is_some(), "{now:?}");
    assert_eq!(
        told,
        Some(Change::Version(made.stores[0], now)),
        "with the moment of the commit, as the database has it"
    );
    assert_eq!(tenant.versions().await.unwrap(), [(made.stores[0], now)]);
}

#[tokio::test]
async fn a_commit_whose_connection_dies_before_it_commits_changes_nothing() {
    let database = TestDatabase::new().await;
    let (tenant, made) = database.organization("acme").await;
    let store = made.stores[0];
    // Somebody holds the store's row, so that the commit waits with its connection open.
    let mut holder = database.connect(database.superuser()).await;
    sqlx::raw_sql("BEGIN; SELECT FROM lake_stores FOR UPDATE").execute(&mut holder).await.unwrap();
    let commit = hot_commit(&database, store, 0, "1001");
    let manifest = tenant.manifest();
    let publishing = tokio::spawn({
        let (manifest, commit) = (Arc::clone(&manifest), commit.clone());
        async move { manifest.publish(commit).await }
    });
    let mut killer = database.connect(database.superuser()).await;
    let kill = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
        WHERE datname = current_database() AND usename = 'aloftly_app' AND wait_event_type = 'Lock'";
    let killed = async {
        while sqlx::query_scalar::<_, i64>(kill).fetch_one(&mut killer).await.unwrap() == 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), killed).await.expect("the commit waits for the row");
    let answer = publishing.await.unwrap();
    assert!(matches!(answer, Err(ManifestError::Unavailable(_))), "{answer:?}");
    sqlx::raw_sql("ROLLBACK").execute(&mut holder).await.unwrap();
    assert_eq!(manifest.committed(store, commit.id).await.unwrap(), None);
    assert_eq!(manifest.version(store).await.unwrap(), 0);
    assert_eq!(manifest.publish(commit).await.unwrap().version, 1);
}
