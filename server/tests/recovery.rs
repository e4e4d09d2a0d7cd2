//! Imports whose server was killed, or whose machine failed: what was acknowledged comes to its end.

use std::sync::Arc;
use std::time::Duration;

use aloftly_catalog::{ImportId, ImportStatus, NewImport, Provisioned, Tenant};
use aloftly_engine::StoreId;
use aloftly_engine::clock::Clock as _;
use aloftly_server::importing::upload::Upload;
use aloftly_server::importing::uploads::{Place, Uploads};
use aloftly_server::importing::{Content, Imported, Source, Watch, run};
use aloftly_server::service::backend::Backend;
use aloftly_server::service::objects::Objects;
use object_store::ObjectStore;
use object_store::memory::InMemory;
use object_store::throttle::{ThrottleConfig, ThrottledStore};
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
    left_with(uploads, world, &tenant, &made, ORDERS).await
}

async fn left_with(uploads: &Uploads, world: &World, tenant: &Tenant, made: &Provisioned, orders: &str) -> LeftBehind {
    let mut upload = Upload::begin(uploads, made.organization, &*world.clock).await.unwrap();
    upload.take(orders.as_bytes()).await.unwrap();
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
    LeftBehind { tenant: tenant.clone(), store, import, file }
}

impl LeftBehind {
    /// A worker begins it and is not heard of again.
    async fn dies(&self, world: &World) {
        self.tenant.claim_import(self.import.into(), world.clock.new_id()).await.unwrap().unwrap();
        world.clock.advance(Duration::from_secs(60));
    }

    /// Its commit, and nothing of what comes after it.
    async fn commit(&self, world: &World, backend: &Backend) -> Imported {
        self.commit_as(self.import.into(), world, backend).await
    }

    async fn commit_as(&self, import: ImportId, world: &World, backend: &Backend) -> Imported {
        let uploads = Uploads::open(&world.config().uploads_dir(), None, &*world.clock).unwrap();
        let Place::Here { path, sha256 } = uploads.find(&self.file).unwrap() else { panic!("not here") };
        let source = Source { path, content: Content::ShopifyOrders, sha256: Some(sha256), import };
        let lake = backend.store_lake(&self.tenant, self.store);
        run(&lake, source, Arc::new(Watch::default()), world.clock.now()).await.unwrap()
    }

    fn lose_file(&self, world: &World) {
        let (_, name) = self.file.split_once('/').unwrap();
        std::fs::remove_file(world.config().uploads_dir().join(name)).unwrap();
    }
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
    gone.lose_file(&world);

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
    assert!(failed["error"].as_str().unwrap().contains("nothing of it was imported. Send it again"), "{failed}");
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
        left.dies(&world).await;
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
    let backend = world.backend().await;
    let committed = left.commit(&world, &backend).await;
    assert!(committed.counts.new > 0);
    left.dies(&world).await;

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
    backend.objects = Objects { store: Arc::clone(&shared), local_root: None, counters: Arc::default() };
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

#[tokio::test]
async fn an_import_whose_rows_are_there_is_done_though_its_file_is_lost_or_every_attempt_broke() {
    let world = World::new().await;
    let backend = world.backend().await;
    let lost = left_behind(&world, "lost").await;
    let broke = left_behind(&world, "broke").await;
    let others = left_behind(&world, "others").await;
    let (mine, also_mine) = (lost.commit(&world, &backend).await, broke.commit(&world, &backend).await);
    others.commit_as(world.clock.new_id().into(), &world, &backend).await;
    lost.lose_file(&world);
    others.lose_file(&world);
    for _ in 0..5 {
        broke.dies(&world).await;
    }
    let server = World::serve_over(backend).await;
    for (organization, left, new, already) in [
        ("lost", &lost, mine.counts.new, false),
        ("broke", &broke, also_mine.counts.new, false),
        ("others", &others, 0, true),
    ] {
        let client = server.owner_of(organization).await;
        let done = client.ended(&left.import.to_string()).await;
        assert_eq!((&done["status"], &done["counts"]["new"]), (&json!("done"), &json!(new)), "{organization}: {done}");
        assert_eq!(done["already_imported"], already, "{organization}: {done}");
    }
    world.nothing_waits().await;
    server.stop().await;
}

#[tokio::test]
async fn imports_under_which_a_server_died_run_one_at_a_time() {
    use std::fmt::Write as _;
    let world = World::with(&[("import_concurrency", "4")]).await;
    let (tenant, made) = world.organization("a").await;
    let uploads = Uploads::open(&world.config().uploads_dir(), None, &*world.clock).unwrap();
    let (titles, _) = ORDERS.split_once('\n').unwrap();
    for file in 0..3 {
        let mut many = format!("{titles}\n");
        for n in 0..10_000 {
            let order = "ann@example.com,paid,2026-11-02 10:00:00 -0500,,USD,30.00,0.00,0.00,30.00,2,Mug,10.00";
            writeln!(many, "#{file}{n:05},{order}").unwrap();
        }
        let left = left_with(&uploads, &world, &tenant, &made, &many).await;
        tenant.claim_import(left.import.into(), world.clock.new_id()).await.unwrap().unwrap();
    }
    world.clock.advance(Duration::from_secs(60));
    let server = world.serve().await;
    loop {
        let imports = tenant.imports(None, None, 10).await.unwrap().imports;
        let begun = imports.iter().filter(|import| import.attempts > 1).count();
        let done = imports.iter().filter(|import| import.status == ImportStatus::Done).count();
        assert!(begun <= done + 1, "{begun} were begun when {done} were done");
        if done == 3 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    server.stop().await;
}

#[tokio::test]
async fn the_same_file_that_is_imported_twice_at_once_is_new_once() {
    let world = World::new().await;
    let backend = world.backend().await;
    let left = left_behind(&world, "a").await;
    let commit = || left.commit_as(world.clock.new_id().into(), &world, &backend);
    let (one, other) = tokio::join!(commit(), commit());
    let (first, second) = if one.already_imported { (other, one) } else { (one, other) };
    assert!(!first.already_imported && first.counts.new > 0, "{first:?}");
    assert!(second.already_imported && second.counts.new == 0, "{second:?}");
    assert_eq!(first.version, second.version);
}

#[tokio::test]
async fn an_import_whose_file_is_on_another_server_waits_for_it_however_long() {
    let world = World::new().await;
    let other_machine = tempfile::tempdir().unwrap();
    let uploads = Uploads::open(other_machine.path(), None, &*world.clock).unwrap();
    let left = left_in(&uploads, &world, "a").await;
    world.clock.advance(Duration::from_secs(2 * 86_400));
    let server = world.serve().await;
    let client = server.owner_of("a").await;
    let path = format!("/api/imports/{}", left.import);
    for _ in 0..3 {
        let waits = loop {
            let state = client.read(&path).await;
            assert!(state["status"] == "queued" || state["status"] == "running", "{state}");
            if state["status"] == "queued" && state["retry_at"].is_string() {
                break state;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        };
        let said = "Its file is on another server of this installation, which has not taken it up for a day.";
        assert!(waits["waiting_for"].as_str().unwrap().starts_with(said), "{waits}");
        world.clock.advance(Duration::from_secs(300));
    }
    assert!(matches!(uploads.find(&left.file).unwrap(), Place::Here { .. }));
    server.stop().await;
}

#[tokio::test]
async fn an_end_that_the_database_does_not_hear_is_told_again_and_counts_as_no_crash() {
    let world = World::new().await;
    let left = left_behind(&world, "a").await;
    let backend = world.backend().await;
    let (scratch, away) = (backend.scratch.path().to_owned(), world.config().data_dir.join("away"));
    // The attempt fails for the disk, and the database does not take note of it.
    std::fs::rename(&scratch, &away).unwrap();
    world.database.refuse_postponements(true).await;
    let server = World::serve_over(backend).await;
    while left.tenant.import(left.import.into()).await.unwrap().attempts == 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    world.clock.advance(Duration::from_secs(60));
    tokio::time::sleep(Duration::from_secs(3)).await;
    let held = left.tenant.import(left.import.into()).await.unwrap();
    assert_eq!((held.status, held.attempts), (ImportStatus::Running, 1), "{held:?}");
    world.database.refuse_postponements(false).await;
    let waits = loop {
        let state = left.tenant.import(left.import.into()).await.unwrap();
        if state.status == ImportStatus::Queued {
            break state;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert_eq!((waits.attempts, waits.crashes), (1, 0), "{waits:?}");
    std::fs::rename(&away, &scratch).unwrap();
    world.clock.advance(Duration::from_secs(300));
    let client = server.owner_of("a").await;
    assert_eq!(client.ended(&left.import.to_string()).await["status"], "done");
    server.stop().await;
}

#[tokio::test]
async fn a_bucket_that_is_slow_to_list_does_not_keep_a_server_from_starting() {
    let world = World::new().await;
    world.organization("a").await;
    let slow = ThrottleConfig { wait_list_per_call: Duration::from_secs(3_600), ..ThrottleConfig::default() };
    let mut backend = world.backend().await;
    backend.objects = Objects {
        store: Arc::new(ThrottledStore::new(InMemory::new(), slow)),
        local_root: None,
        counters: Arc::default(),
    };
    let server = World::serve_over(backend).await;
    let signed_in = tokio::time::timeout(Duration::from_secs(30), server.owner_of("a"));
    signed_in.await.expect("the server does not start");
    let stopped = tokio::time::timeout(Duration::from_secs(30), server.stop());
    stopped.await.expect("the server does not stop");
}
