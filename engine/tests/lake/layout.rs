//! What lies in the object store after a large commit.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use aloftly_engine::StoreId;
use aloftly_engine::clock::FixedClock;
use aloftly_engine::lake::{Lake, LakeOptions, MemoryManifest, RowSink, StoreLake};
use arrow::array::AsArray;
use object_store::local::LocalFileSystem;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::Compression;
use sha2::{Digest, Sha256};

use super::support::{batch, items, order};

struct LocalLake {
    lake: StoreLake,
    root: PathBuf,
    _folder: tempfile::TempDir,
}

fn local_lake(now: &str) -> LocalLake {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("objects");
    std::fs::create_dir(&root).unwrap();
    let objects = LocalFileSystem::new_with_prefix(&root).unwrap();
    let options = LakeOptions { local_root: Some(root.clone()), ..LakeOptions::new(folder.path().join("spool")) };
    let clock = Arc::new(FixedClock::at(now.parse().unwrap()));
    let lake = Lake::new(Arc::new(objects), options, Arc::<FixedClock>::clone(&clock)).unwrap();
    let store = StoreId(uuid::Uuid::from_u128(1));
    let manifest = MemoryManifest::with_clock(clock);
    manifest.create_store(store);
    LocalLake { lake: lake.open(Arc::new(manifest), store), root, _folder: folder }
}

async fn import(lake: &StoreLake, orders: u32) {
    let mut spool = lake.spool().unwrap();
    let states: Vec<_> = (0..orders).map(|id| order(id * 7_919 % orders, 1, 3, &[1, 2, 3])).collect();
    for chunk in states.chunks(8_192) {
        spool.push(items(), &batch(chunk)).unwrap();
    }
    let published = lake.upsert(spool, None).await.unwrap();
    assert_eq!(published.counts.new, u64::from(orders));
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[tokio::test]
async fn a_large_commit_is_sorted_parquet_at_the_declared_path_with_the_declared_checksum() {
    let LocalLake { lake, root, _folder } = local_lake("2026-11-21T12:00:00Z");
    import(&lake, 60_000).await;
    let reader = lake.reader(None).await.unwrap();
    let segments = &reader.snapshot().segments;
    assert_eq!(segments.len(), 1);
    let segment = &segments[0];
    let path = root.join(format!(
        "order_items/store_id=00000000-0000-0000-0000-000000000001/date=2026-01-01/{}.parquet",
        segment.id
    ));
    assert_eq!(files(&root), std::slice::from_ref(&path));
    let bytes = std::fs::read(&path).unwrap();
    assert_eq!(segment.bytes, bytes.len() as u64);
    assert_eq!(segment.checksum, format!("{:x}", Sha256::digest(&bytes)));
    assert_eq!(&bytes[bytes.len() - 4..], b"PAR1");

    let builder = ParquetRecordBatchReaderBuilder::try_new(std::fs::File::open(&path).unwrap()).unwrap();
    let metadata = Arc::clone(builder.metadata());
    let rows: Vec<_> = metadata.row_groups().iter().map(parquet::file::metadata::RowGroupMetaData::num_rows).collect();
    assert_eq!(rows, [131_072, 180_000 - 131_072]);
    for group in metadata.row_groups() {
        assert!(group.columns().iter().all(|column| column.compression() == Compression::LZ4_RAW));
        assert!(group.columns().iter().all(|column| column.offset_index_offset().is_some()), "a page index");
    }
    let mut last = (String::new(), 0);
    for batch in builder.build().unwrap() {
        let batch = batch.unwrap();
        let lines = batch["line"].as_primitive::<arrow::datatypes::Int64Type>();
        for (order, line) in batch["order_id"].as_string_view().iter().zip(lines.values()) {
            let next = (order.unwrap().to_owned(), *line);
            assert!(last < next, "{last:?} stands before {next:?}");
            last = next;
        }
    }
}

#[tokio::test]
async fn months_that_are_hardly_read_any_more_are_packed_tighter() {
    let LocalLake { lake, root, _folder } = local_lake("2029-01-15T12:00:00Z");
    import(&lake, 5_000).await;
    let file = std::fs::File::open(&files(&root)[0]).unwrap();
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
    assert!(matches!(builder.metadata().row_group(0).column(0).compression(), Compression::ZSTD(_)));
}

#[tokio::test]
async fn a_commit_that_changes_nothing_leaves_no_object_behind() {
    let LocalLake { lake, root, _folder } = local_lake("2026-11-21T12:00:00Z");
    import(&lake, 5_000).await;
    let before = files(&root);
    let mut spool = lake.spool().unwrap();
    let states: Vec<_> = (0..5_000).map(|id| order(id, 1, 3, &[1, 2, 3])).collect();
    spool.push(items(), &batch(&states)).unwrap();
    let published = lake.upsert(spool, None).await.unwrap();
    assert_eq!((published.version, published.counts.unchanged), (1, 5_000));
    assert_eq!(files(&root), before);
}
