//! Many writers at once over the manifest in memory. `COMMITS` says how many commits they make together.

use std::sync::Arc;

use aloftly_engine::StoreId;
use aloftly_engine::lake::MemoryManifest;
use aloftly_engine::lake::stress::what_many_commit_at_once_is_there_once;

#[tokio::test(flavor = "multi_thread")]
async fn what_sixteen_writers_commit_at_once_is_there_once() {
    let commits = std::env::var("COMMITS").map_or(2_000, |commits| commits.parse().unwrap());
    let store = StoreId(uuid::Uuid::from_u128(1));
    let manifest = Arc::new(MemoryManifest::new());
    manifest.create_store(store);
    let went = what_many_commit_at_once_is_there_once(manifest, store, commits).await;
    println!("{commits} commits: {went:?}");
    assert!(went.folds > 0 && went.deleted > 0 && went.reads > 0, "{went:?}");
}
