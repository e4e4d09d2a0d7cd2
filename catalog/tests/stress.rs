//! Many writers at once over the manifest in Postgres. `COMMITS` says how many commits they make together.

use aloftly_catalog::testing::TestDatabase;
use aloftly_engine::lake::stress::what_many_commit_at_once_is_there_once;

#[tokio::test(flavor = "multi_thread")]
async fn what_sixteen_writers_commit_at_once_is_there_once() {
    let commits = std::env::var("COMMITS").map_or(320, |commits| commits.parse().unwrap());
    let database = TestDatabase::new().await;
    let (tenant, made) = database.organization("acme").await;
    let went = what_many_commit_at_once_is_there_once(tenant.manifest(), made.stores[0], commits).await;
    println!("{commits} commits: {went:?}");
    assert!(went.folds > 0 && went.reads > 0, "{went:?}");
}
