//! The lake's disk is full, closed to writing, or gone: nothing is answered wrong, nothing is lost, and all goes on once it is back.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::figures::{View, revenue_and_orders};
use crate::harness::{Client, Disk, Place, Refusal, Server};
use crate::made_up::{large_export, small_export};
use crate::oracle::{Shop, State};

/// A server whose store `before` has orders in its object store, and whose stores `large` and `small` have none.
struct Scene {
    client: Client,
    before: Shop,
}

impl Scene {
    async fn new(place: &Place) -> (Self, Server) {
        let server = place.serve().await;
        let client = server.client().await;
        let text = large_export(0);
        client.import("before", &written(place, "before.csv", &text)).await;
        (Self { client, before: shop(&text) }, server)
    }

    /// Reads what was there before, from the object store for the greatest part.
    async fn reads(&self, view: View) -> Result<(), Refusal> {
        let id = self.client.store("before").await;
        let answer = self.client.try_query(&view.query(&id)).await?;
        view.compare(&answer, &self.before).unwrap_or_else(|difference| panic!("{view:?}: {difference}"));
        Ok(())
    }

    async fn begin(&self, place: &Place, store: &str, text: &str) -> String {
        let begun = self.client.begin_import(store, &written(place, &format!("{store}.csv"), text)).await;
        begun["id"].as_str().unwrap().to_owned()
    }

    /// Everything of an import is there once.
    async fn ends(&self, import: &str, store: &str, text: &str) {
        let done = self.client.finished(import).await;
        assert_eq!((&done["status"], &done["already_imported"]), (&"done".into(), &false.into()), "{done}");
        let id = self.client.store(store).await;
        let shop = shop(text);
        for view in View::ALL {
            let answer = self.client.query(&view.query(&id)).await;
            view.compare(&answer, &shop).unwrap_or_else(|difference| panic!("{store}, {view:?}: {difference}"));
        }
    }

    /// What `/readyz` answers.
    async fn ready(&self) -> Result<Value, Refusal> {
        self.client.try_get("/readyz").await
    }

    /// Waits until `/readyz` says the one or the other; it looks from time to time.
    async fn is_ready(&self, wanted: bool) {
        for _ in 0..600 {
            match self.ready().await {
                Ok(_) if wanted => return,
                Err(Refusal::Answered { status: 503, problem }) if !wanted => {
                    assert_eq!(problem["detail"], "No answer from: object store.");
                    return;
                }
                Ok(_) | Err(Refusal::Answered { status: 503, .. }) => {}
                Err(other) => panic!("{other:?}"),
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        panic!("ready is never {wanted}");
    }
}

fn place() -> Place {
    let place = Place::new();
    ["before", "large", "small"].iter().for_each(|store| place.create_store(store));
    place
}

fn lake(place: &Place) -> PathBuf {
    place.data().join("lake")
}

fn written(place: &Place, name: &str, text: &str) -> PathBuf {
    let path = place.file(name);
    std::fs::write(&path, text).unwrap();
    path
}

fn shop(text: &str) -> Shop {
    let mut state = State::default();
    state.import(&State::orders_of(text));
    state.shop()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// Breaks the disk under the lake so that nothing can be written to it, and mends it again.
async fn nothing_can_be_written(break_it: impl Fn(&Disk), mend: impl Fn(&Disk), reason: &str) {
    let place = place();
    let Some(disk) = Disk::in_memory(&lake(&place), "16m") else { return };
    let (scene, server) = Scene::new(&place).await;
    break_it(&disk);
    let (large, small) = (large_export(1), small_export(2));
    let import = scene.begin(&place, "large", &large).await;
    let waits = scene.client.waiting_for(&import).await;
    assert!(waits.starts_with(reason), "{waits}");
    assert!(waits.ends_with("The file is kept, and the import is tried again by itself."), "{waits}");
    // Reads go on, and so do commits of a few rows, which need no object.
    for view in View::ALL {
        scene.reads(view).await.unwrap();
    }
    assert_eq!(revenue_and_orders(&scene.client, "large").await, (0, 0));
    let few = scene.begin(&place, "small", &small).await;
    scene.ends(&few, "small", &small).await;
    mend(&disk);
    scene.ends(&import, "large", &large).await;
    let odd: Vec<_> =
        files(&lake(&place)).into_iter().filter(|file| file.extension() != Some("parquet".as_ref())).collect();
    assert_eq!(odd, Vec::<PathBuf>::new(), "what was not written whole is left");
    server.stop().await;

    let server = place.serve().await;
    let scene = Scene { client: server.client().await, ..scene };
    scene.ends(&import, "large", &large).await;
    scene.reads(View::Days).await.unwrap();
    server.stop().await;
}

#[tokio::test]
async fn imports_wait_while_the_lakes_disk_is_full_and_reads_go_on() {
    nothing_can_be_written(Disk::fill, Disk::free, "The server's storage is full at the moment.").await;
}

#[tokio::test]
async fn imports_wait_while_the_lakes_disk_is_closed_to_writing_and_reads_go_on() {
    let close = |disk: &Disk| disk.set_writable(false);
    let open = |disk: &Disk| disk.set_writable(true);
    nothing_can_be_written(close, open, "The server's storage cannot be written to at the moment.").await;
}

/// Takes the lake away under a running server and brings it back.
async fn the_lake_is_gone(place: &Place, take: impl Fn(), bring_back: impl Fn()) {
    let (scene, server) = Scene::new(place).await;
    scene.is_ready(true).await;
    scene.reads(View::Total).await.unwrap();
    take();
    scene.is_ready(false).await;
    let is_refused = |refused: Refusal| {
        let Refusal::Answered { status, problem } = &refused else { panic!("{refused:?}") };
        assert_eq!((*status, &problem["code"]), (503, &"unavailable".into()), "{refused:?}");
    };
    // Nothing of this was asked before, so that no answer is kept. Products are read from rows; what was rolled up for another answer
    // is in memory, and right.
    is_refused(scene.reads(View::Products).await.unwrap_err());
    for view in [View::Days, View::Weeks] {
        scene.reads(view).await.unwrap_or_else(is_refused);
    }
    let large = large_export(1);
    let import = scene.begin(place, "large", &large).await;
    let waits = scene.client.waiting_for(&import).await;
    assert!(waits.starts_with("The server's storage cannot be reached at the moment."), "{waits}");
    assert_eq!(revenue_and_orders(&scene.client, "large").await, (0, 0));
    bring_back();
    scene.is_ready(true).await;
    for view in View::ALL {
        scene.reads(view).await.unwrap();
    }
    scene.ends(&import, "large", &large).await;
    server.stop().await;
}

#[tokio::test]
async fn while_the_lakes_folder_is_away_questions_are_refused_and_imports_wait_and_then_all_is_right() {
    let place = place();
    let (lake, away) = (lake(&place), place.file("away"));
    let bring_back = || {
        assert!(!lake.exists(), "the lake was made anew while it was away");
        std::fs::rename(&away, &lake).unwrap();
    };
    the_lake_is_gone(&place, || std::fs::rename(&lake, &away).unwrap(), bring_back).await;
}

#[tokio::test]
async fn while_the_lakes_disk_is_not_mounted_nothing_is_written_below_it_and_then_all_is_right() {
    let place = place();
    let (lake, source) = (lake(&place), place.file("disk"));
    std::fs::create_dir(&source).unwrap();
    let Some(disk) = Disk::of(&source, &lake) else { return };
    let mount_again = || {
        assert_eq!(files(&lake), Vec::<PathBuf>::new(), "something was written below the disk");
        disk.mount_again();
    };
    the_lake_is_gone(&place, || disk.unmount(), mount_again).await;
}
