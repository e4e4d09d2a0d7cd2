//! Many writers at once over the manifest in Postgres. `COMMITS` says how many commits they make together.

use std::sync::Arc;
use std::time::Duration;

use aloftly_catalog::testing::TestDatabase;
use aloftly_engine::clock::SystemClock;
use aloftly_engine::lake::stress::{Load, what_many_commit_at_once_is_there_once};
use aloftly_engine::lake::{Lake, LakeOptions};
use object_store::ObjectStore;
use object_store::memory::InMemory;

#[tokio::test(flavor = "multi_thread")]
async fn what_sixteen_writers_commit_at_once_is_there_once() {
    let commits = std::env::var("COMMITS").map_or(320, |commits| commits.parse().unwrap());
    let database = TestDatabase::new().await;
    let (tenant, made) = database.organization("acme").await;
    let folder = tempfile::tempdir().unwrap();
    let options =
        LakeOptions { fold_segments: 16, grace: Duration::from_millis(300), ..LakeOptions::new(folder.path()) };
    let objects: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
    let lake = Lake::new(Arc::clone(&objects), options, Arc::new(SystemClock)).unwrap();
    let load = Load { writers: 16, commits };
    let store = lake.open(tenant.manifest(), made.stores[0]);
    let went = what_many_commit_at_once_is_there_once(&store, &*objects, load).await;
    println!("{commits} commits: {went:?}");
    assert!(went.folds > 0 && went.reads > 0, "{went:?}");
}
