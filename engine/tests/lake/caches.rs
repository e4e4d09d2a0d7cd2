//! What is cached of segments that are not files of this machine.

use std::path::{Path, PathBuf};
use std::time::Duration;

use aloftly_engine::lake::LakeOptions;
use aloftly_engine::lake::objects::counters::{CacheUse, Operation};

use super::awkward::{AwkwardLake, Fault, expected, totals};

const ORDERS: std::ops::Range<u32> = 0..60_000;

async fn filled(change: impl FnOnce(&mut LakeOptions)) -> AwkwardLake {
    let lake = AwkwardLake::new(change);
    lake.add(ORDERS).await.unwrap();
    lake
}

/// Asks, and says how many requests that took.
async fn requests(lake: &AwkwardLake) -> u64 {
    let before = lake.whole.counters().store;
    assert_eq!(totals(&lake.lake).await.unwrap(), expected(ORDERS));
    let used = lake.whole.counters().store.since(&before);
    assert_eq!(used.all(Operation::Head) + used.all(Operation::List) + used.all(Operation::Put), 0);
    used.all(Operation::Get)
}

fn cache(lake: &AwkwardLake, name: &str) -> CacheUse {
    *lake.whole.counters().cache(name).unwrap()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

async fn eventually(what: &str, mut is_so: impl FnMut() -> bool) {
    for _ in 0..1_000 {
        if is_so() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it never came about that {what}");
}

/// Asks until everything that is asked for is cached. How often that takes is up to the disk.
async fn until_cached(lake: &AwkwardLake) {
    for _ in 0..1_000 {
        if requests(lake).await == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it is never cached");
}

#[tokio::test]
async fn what_was_read_once_is_read_from_memory() {
    let lake = filled(|options| options.block_memory = 64 << 20).await;
    assert!(requests(&lake).await > 0);
    let (hits, bytes) = (cache(&lake, "blocks_memory").hits, cache(&lake, "blocks_memory").bytes);
    assert!(bytes > 0);
    assert_eq!(requests(&lake).await, 0);
    let after = cache(&lake, "blocks_memory");
    assert!(after.hits > hits);
    assert_eq!(after.bytes, bytes);
    let metadata = cache(&lake, "parquet_metadata");
    assert!(metadata.hits > 0 && metadata.misses > 0 && metadata.bytes > 0, "{metadata:?}");
    let snapshots = cache(&lake, "snapshots");
    assert!(snapshots.hits > 0 && snapshots.misses > 0 && snapshots.bytes > 0, "{snapshots:?}");
}

#[tokio::test]
async fn without_room_everything_is_read_from_the_store() {
    let lake = filled(|_| {}).await;
    let first = requests(&lake).await;
    let second = requests(&lake).await;
    assert!(second > 0 && second <= first, "{second} after {first}");
    assert_eq!(cache(&lake, "blocks_memory").bytes, 0);
}

#[tokio::test]
async fn what_is_not_in_memory_any_more_is_read_from_disk() {
    let lake = filled(|options| options.block_disk = 64 << 20).await;
    assert!(requests(&lake).await > 0);
    until_cached(&lake).await;
    assert!(cache(&lake, "blocks_disk").hits > 0);
    assert_eq!(cache(&lake, "blocks_memory").bytes, 0);
}

#[tokio::test]
async fn blocks_that_a_disk_changed_or_lost_are_fetched_again() {
    let lake = filled(|options| options.block_disk = 64 << 20).await;
    until_cached(&lake).await;
    for (number, file) in files(lake.folder.path()).into_iter().enumerate() {
        // What was kept twice goes meanwhile.
        let Ok(mut bytes) = std::fs::read(&file) else { continue };
        match number % 4 {
            0 => bytes[7] ^= 1,
            1 => bytes.truncate(100),
            2 => bytes.push(0),
            _ => {
                drop(std::fs::remove_file(file));
                continue;
            }
        }
        std::fs::write(file, bytes).unwrap();
    }
    assert!(requests(&lake).await > 0);
    until_cached(&lake).await;
}

#[tokio::test]
async fn a_full_or_vanished_disk_fails_no_query() {
    let full = filled(|options| {
        options.block_disk = 64 << 20;
        options.retry_delay = Duration::ZERO;
    })
    .await;
    for folder in std::fs::read_dir(full.folder.path()).unwrap() {
        std::fs::remove_dir_all(folder.unwrap().path()).unwrap();
    }
    assert!(requests(&full).await > 0);
    assert!(requests(&full).await > 0);
    assert_eq!(files(full.folder.path()), Vec::<PathBuf>::new());
}

#[tokio::test]
async fn the_disk_holds_no_more_than_it_may() {
    let lake = filled(|options| options.block_disk = 2 * (128 << 10)).await;
    requests(&lake).await;
    let blocks = cache(&lake, "blocks_disk").misses;
    assert!(blocks > 4, "too few blocks for this test: {blocks}");
    let size =
        || files(lake.folder.path()).iter().filter_map(|file| file.metadata().ok()).map(|meta| meta.len()).sum::<u64>();
    eventually("the rest is removed", || size() > 0 && size() <= 2 * (128 << 10)).await;
    assert!(requests(&lake).await > 0);
}

#[tokio::test]
async fn blocks_go_when_their_time_is_over_even_when_nobody_asks() {
    let lake = filled(|options| {
        options.block_memory = 64 << 20;
        options.block_disk = 64 << 20;
        options.block_time = Duration::from_millis(200);
    })
    .await;
    requests(&lake).await;
    eventually("nothing is left", || files(lake.folder.path()).is_empty() && cache(&lake, "blocks_memory").bytes == 0)
        .await;
    assert!(requests(&lake).await > 0);
}

#[tokio::test]
async fn wrong_bytes_are_never_cached() {
    let lake = filled(|options| options.block_memory = 64 << 20).await;
    lake.store.will_read(&[Fault::Flipped; 3]);
    totals(&lake.lake).await.unwrap_err();
    lake.store.reads.lock().unwrap().clear();
    assert!(requests(&lake).await > 0);
    assert_eq!(requests(&lake).await, 0);
}

#[tokio::test]
async fn the_folder_goes_with_the_lake() {
    let lake = filled(|options| options.block_disk = 64 << 20).await;
    requests(&lake).await;
    let AwkwardLake { lake, whole, folder, .. } = lake;
    drop((lake, whole));
    assert_eq!(files(folder.path()), Vec::<PathBuf>::new());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
