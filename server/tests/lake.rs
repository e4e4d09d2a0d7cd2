//! The lake behind a running server: several servers over one, its background work, and what is damaged.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use aloftly_engine::StoreId;
use aloftly_server::service::backend::Backend;
use serde_json::json;

use crate::support::{Client, ORDERS, World, answer, by_hand, figures};

/// Waits until it is so.
async fn eventually(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let patience = Instant::now() + Duration::from_secs(30);
    while !is_so().await {
        assert!(Instant::now() < patience, "{what} did not come about");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn objects(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { objects(&path) } else { vec![path] }).collect()
}

async fn segments(backend: &Backend, world: &World, store: StoreId) -> (usize, usize) {
    let contexts = backend.catalog.organizations("a test").await.unwrap();
    let tenant = world.database.catalog().tenant(contexts[0].clone());
    let snapshot = backend.lake.open(tenant.manifest(), store).snapshot(None).await.unwrap();
    let hot = snapshot.segments.iter().filter(|segment| segment.is_hot()).count();
    (hot, snapshot.segments.len() - hot)
}

/// Imports the orders, which are few and so hot, and waits until they are folded.
async fn import_and_fold(world: &World, backend: &Backend, client: &Client, store: StoreId) {
    client.import(store, "orders.csv", ORDERS).await;
    assert_eq!(segments(backend, world, store).await.1, 0, "a few rows are hot");
    world.clock.advance(Duration::from_secs(2 * 3_600));
    eventually("a fold", async || segments(backend, world, store).await.0 == 0).await;
}

#[tokio::test]
async fn what_one_server_commits_the_other_answers_with_at_once_and_follows_by_itself() {
    let world = World::new().await;
    let (_, made) = world.organization("acme").await;
    let store = made.stores[0];
    let (writing, reading) = (world.backend().await, world.backend().await);
    let lake = reading.lake.clone();
    let (first, second) = (World::serve_over(writing).await, World::serve_over(reading).await);
    let (writer, reader) = (first.owner_of("acme").await, second.owner_of("acme").await);
    assert_eq!(figures(&reader, store).await["shopify.revenue"], json!(null));
    writer.import(store, "orders.csv", ORDERS).await;
    assert_eq!(figures(&reader, store).await, by_hand(), "the next answer knows of it");
    let version = lake.held_version(store).unwrap();
    writer.import(store, "more.csv", ORDERS.replace("#1002", "#1004")).await;
    eventually("a newer version that nobody asked about", async || {
        lake.held_version(store).is_some_and(|held| held > version)
    })
    .await;
    first.stop().await;
    second.stop().await;
}

#[tokio::test]
async fn versions_are_asked_for_when_they_are_not_told() {
    let world = World::new().await;
    let (_, made) = world.organization("acme").await;
    let store = made.stores[0];
    let (writing, reading) = (world.backend().await, world.backend().await);
    let lake = reading.lake.clone();
    let (first, second) = (World::serve_over(writing).await, World::serve_over(reading).await);
    let (writer, reader) = (first.owner_of("acme").await, second.owner_of("acme").await);
    figures(&reader, store).await;
    // Whoever listens is cut off again and again, so that no hint gets through while the commit is made.
    for _ in 0..3 {
        world.database.cut_off_listeners().await;
    }
    writer.import(store, "orders.csv", ORDERS).await;
    eventually("the newer version", async || lake.held_version(store).is_some_and(|held| held > 0)).await;
    assert_eq!(figures(&reader, store).await, by_hand());
    first.stop().await;
    second.stop().await;
}

#[tokio::test]
async fn small_commits_are_folded_and_what_they_were_is_deleted_after_the_grace() {
    let world = World::new().await;
    let (_, made) = world.organization("acme").await;
    let store = made.stores[0];
    let backend = world.backend().await;
    let server = World::serve_over(backend.clone()).await;
    let client = server.owner_of("acme").await;
    import_and_fold(&world, &backend, &client, store).await;
    assert_eq!(figures(&client, store).await, by_hand());
    let (_, cold) = segments(&backend, &world, store).await;
    // A second import restates an order; when that is folded the segments of before are of no use.
    client.import(store, "again.csv", ORDERS.replace("30.00,0.00,0.00,30.00", "31.00,0.00,0.00,31.00")).await;
    world.clock.advance(Duration::from_secs(2 * 3_600));
    eventually("another fold", async || segments(&backend, &world, store).await.0 == 0).await;
    let lake = world.config().lake_dir();
    assert!(objects(&lake).len() > cold, "queries may still read the segments of before");
    world.clock.advance(Duration::from_secs(3_600));
    eventually("the end of the old objects", async || {
        let (_, cold) = segments(&backend, &world, store).await;
        world.clock.advance(Duration::from_secs(60));
        objects(&lake).len() == cold
    })
    .await;
    assert_eq!(figures(&client, store).await["shopify.orders"], json!(2));
    server.stop().await;
}

#[tokio::test]
async fn a_damaged_segment_refuses_answers_until_it_is_whole_again() {
    let world = World::new().await;
    let (tenant, made) = world.organization("acme").await;
    let store = made.stores[0];
    let backend = world.backend().await;
    let server = World::serve_over(backend.clone()).await;
    let client = server.owner_of("acme").await;
    import_and_fold(&world, &backend, &client, store).await;
    server.stop().await;

    let object =
        objects(&world.config().lake_dir()).into_iter().find(|path| path.to_str().unwrap().contains("/orders/"));
    let object = object.unwrap();
    let whole = std::fs::read(&object).unwrap();
    let mut damaged = whole.clone();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 1;
    std::fs::write(&object, damaged).unwrap();
    let backend = world.backend().await;
    let server = World::serve_over(backend.clone()).await;
    let client = server.owner_of("acme").await;
    let query = json!({
        "metrics": ["shopify.revenue"],
        "stores": [store.to_string()],
        "time_range": { "from": "2026-11-01", "to": "2026-11-30" },
    });
    let segment = object.file_stem().unwrap().to_str().unwrap();
    let refused = async || {
        let (status, problem) = answer(client.post("/api/metrics/query").json(&query)).await;
        assert_eq!((status, &problem["code"]), (500, &json!("data_damaged")), "{problem}");
        assert!(problem["detail"].as_str().unwrap().contains(segment), "{problem}");
    };
    refused().await;
    let lake = backend.lake.open(tenant.manifest(), store);
    let verified = lake.verify(&|_| ()).await.unwrap();
    assert_eq!(verified.faults.iter().map(|fault| fault.segment.to_string()).collect::<Vec<_>>(), [segment]);
    refused().await;

    std::fs::write(&object, whole).unwrap();
    let verified = lake.verify(&|_| ()).await.unwrap();
    assert_eq!((verified.faults.len(), verified.released.len()), (0, 1));
    assert_eq!(figures(&client, store).await, by_hand());
    server.stop().await;
}
