//! Imports whose server was killed, or whose machine failed: what was acknowledged comes to its end.

use std::sync::Arc;
use std::time::Duration;

use aloftly_catalog::{NewImport, Tenant};
use aloftly_engine::StoreId;
use aloftly_engine::clock::Clock as _;
use aloftly_server::importing::upload::Upload;
use aloftly_server::importing::uploads::{Place, Uploads};
use aloftly_server::importing::{Content, Source, Watch, run};
use aloftly_server::service::objects::Objects;
use object_store::ObjectStore;
use object_store::memory::InMemory;
use serde_json::json;
use uuid::Uuid;

use crate::support::{ORDERS, World, by_hand, figures};

/// An import as a server leaves it behind that took the file and died.
struct LeftBehind {
    tenant: Tenant,
    store: StoreId,
    import: Uuid,
    file: String,
}

async fn left_behind(world: &World, name: &str) -> LeftBehind {
    let uploads = Uploads::open(&world.config().uploads_dir(), None, &*world.clock).unwrap();
    left_in(&uploads, world, name).await
}

async fn left_in(uploads: &Uploads, world: &World, name: &str) -> LeftBehind {
    let (tenant, made) = world.organization(name).await;
    let mut upload = Upload::begin(uploads, made.organization, &*world.clock).await.unwrap();
    upload.take(ORDERS.as_bytes()).await.unwrap();
    let taken = upload.finish().await.unwrap();
    let (store, size_bytes, file) = (made.stores[0], taken.size(), taken.keep());
    let new = NewImport {
        store,
        kind: "shopify_orders".to_owned(),
        file_name: "orders.csv".to_owned(),
        size_bytes,
        spool_file: Some(file.clone()),
        mapping: None,
    };
    let import = tenant.create_import(&new, u64::MAX).await.unwrap().id.0;
    LeftBehind { tenant, store, import, file }
}

#[tokio::test]
async fn imports_that_a_killed_server_left_are_run_by_the_next() {
    let world = World::new().await;
    let queued = left_behind(&world, "queued").await;
    let running = left_behind(&world, "running").await;
    let gone = left_behind(&world, "gone").await;
    // One was begun by a process that has not been heard of since.
    running.tenant.claim_import(running.import.into(), world.clock.new_id()).await.unwrap().unwrap();
    world.clock.advance(Duration::from_secs(60));
    // And the file of one is lost.
    let (_, name) = gone.file.split_once('/').unwrap();
    std::fs::remove_file(world.config().uploads_dir().join(name)).unwrap();

    let server = world.serve().await;
    for (organization, left) in [("queued", queued), ("running", running)] {
        let client = server.owner_of(organization).await;
        let done = client.ended(&left.import.to_string()).await;
        assert_eq!(done["status"], "done", "{organization}: {done}");
        assert_eq!(figures(&client, left.store).await, by_hand());
    }
    let client = server.owner_of("gone").await;
    let failed = client.ended(&gone.import.to_string()).await;
    assert_eq!(failed["status"], "failed", "{failed}");
    assert!(failed["error"].as_str().unwrap().contains("Send it again"), "{failed}");
    server.stop().await;
}

#[tokio::test]
async fn an_import_waits_with_its_file_for_as_long_as_the_machine_fails() {
    let world = World::new().await;
    let left = left_behind(&world, "a").await;
    let backend = world.backend().await;
    let (scratch, away) = (backend.scratch.path().to_owned(), world.config().data_dir.join("away"));
    std::fs::rename(&scratch, &away).unwrap();
    let server = World::serve_over(backend).await;
    let client = server.owner_of("a").await;
    let path = format!("/api/imports/{}", left.import);
    let mut last = None;
    // More often than a fault of the program would be forgiven.
    for _ in 0..7 {
        let waits = loop {
            let state = client.read(&path).await;
            assert!(state["status"] == "queued" || state["status"] == "running", "{state}");
            if state["status"] == "queued" && state["retry_at"].is_string() && state["retry_at"] != json!(last) {
                break state;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        };
        assert!(waits["waiting_for"].as_str().unwrap().starts_with("The server's disk is full or fails"), "{waits}");
        last = waits["retry_at"].as_str().map(str::to_owned);
        world.clock.advance(Duration::from_secs(300));
    }
    std::fs::rename(&away, &scratch).unwrap();
    let done = client.ended(&left.import.to_string()).await;
    assert_eq!((&done["status"], &done["waiting_for"]), (&json!("done"), &json!(null)), "{done}");
    assert_eq!(figures(&client, left.store).await, by_hand());
    world.nothing_waits().await;
    server.stop().await;
}

#[tokio::test]
async fn a_file_under_which_the_server_dies_again_and_again_is_given_up_and_not_run_any_more() {
    let world = World::new().await;
    let left = left_behind(&world, "a").await;
    for _ in 0..5 {
        left.tenant.claim_import(left.import.into(), world.clock.new_id()).await.unwrap().unwrap();
        world.clock.advance(Duration::from_secs(60));
    }
    let server = world.serve().await;
    let client = server.owner_of("a").await;
    let failed = client.ended(&left.import.to_string()).await;
    assert_eq!(failed["status"], "failed", "{failed}");
    assert!(failed["error"].as_str().unwrap().contains("a fault of the server"), "{failed}");
    assert_eq!(client.read("/api/stores").await["stores"][0]["version"], 0);
    server.stop().await;
}

#[tokio::test]
async fn an_import_whose_server_died_right_after_its_commit_tells_what_the_commit_did() {
    let world = World::new().await;
    let left = left_behind(&world, "a").await;
    left.tenant.claim_import(left.import.into(), world.clock.new_id()).await.unwrap().unwrap();
    let backend = world.backend().await;
    let uploads = Uploads::open(&world.config().uploads_dir(), None, &*world.clock).unwrap();
    let Place::Here { path, sha256 } = uploads.find(&left.file).unwrap() else { panic!("not here") };
    let source = Source { path, content: Content::ShopifyOrders, sha256: Some(sha256), import: left.import.into() };
    let lake = backend.store_lake(&left.tenant, left.store);
    let committed = run(&lake, source, Arc::new(Watch::default()), world.clock.now()).await.unwrap();
    assert!(committed.counts.new > 0);
    world.clock.advance(Duration::from_secs(60));

    let server = World::serve_over(backend).await;
    let client = server.owner_of("a").await;
    let done = client.ended(&left.import.to_string()).await;
    assert_eq!((&done["status"], &done["already_imported"]), (&json!("done"), &json!(false)), "{done}");
    assert_eq!(done["counts"]["new"], committed.counts.new);
    let again = client.import(left.store, "again.csv", ORDERS).await;
    assert_eq!((&again["already_imported"], &again["counts"]["new"]), (&json!(true), &json!(0)), "{again}");
    server.stop().await;
}

#[tokio::test]
async fn a_file_that_one_server_took_is_imported_by_any_that_shares_its_store() {
    let world = World::new().await;
    let shared: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
    let other_machine = tempfile::tempdir().unwrap();
    let uploads = Uploads::open(other_machine.path(), Some(Arc::clone(&shared)), &*world.clock).unwrap();
    let left = left_in(&uploads, &world, "a").await;
    std::fs::remove_dir_all(other_machine.path()).unwrap();

    let mut backend = world.backend().await;
    backend.objects = Objects { store: Arc::clone(&shared), local_root: None };
    let scratch = backend.scratch.path().to_owned();
    let server = World::serve_over(backend).await;
    let client = server.owner_of("a").await;
    let done = client.ended(&left.import.to_string()).await;
    assert_eq!(done["status"], "done", "{done}");
    let also = client.import(left.store, "also.csv", ORDERS.replace("#100", "#200")).await;
    assert_eq!(also["status"], "done", "{also}");
    for _ in 0..100 {
        let kept: Vec<_> = futures::TryStreamExt::try_collect(shared.list(None)).await.unwrap();
        let names = std::fs::read_dir(&scratch).unwrap().map(|entry| entry.unwrap().file_name());
        let fetched = names.filter(|name| name.to_string_lossy().starts_with("upload-")).count();
        if (kept.len(), fetched) == (0, 0) {
            world.nothing_waits().await;
            return server.stop().await;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("files of imports that are over stay");
}
