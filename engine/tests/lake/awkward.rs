//! An object store in memory that does what it is told to do wrong, and lakes over it.

use std::collections::VecDeque;
use std::fmt;
use std::ops::Range;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aloftly_engine::StoreId;
use aloftly_engine::clock::FixedClock;
use aloftly_engine::lake::objects::{CountedStore, Counting};
use aloftly_engine::lake::{Lake, LakeOptions, MemoryManifest, RowSink as _, SegmentFault, StoreLake};
use arrow::array::AsArray as _;
use arrow::datatypes::{Decimal128Type, Int64Type};
use async_trait::async_trait;
use bytes::Bytes;
use datafusion::dataframe::DataFrame;
use datafusion::error::DataFusionError;
use datafusion::functions_aggregate::expr_fn::{count, sum};
use datafusion::logical_expr::{col, lit};
use futures::StreamExt as _;
use futures::stream::{self, BoxStream};
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, GetResultPayload, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};
use tokio::sync::Semaphore;

use super::support::{batch, items, order};

/// What happens to a request.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fault {
    /// It is answered as it should be.
    Nothing,
    /// It fails.
    Fails,
    /// One bit of what it reads is another.
    Flipped,
    /// The last byte of what it reads is not there.
    Torn,
    /// There is more than was asked for.
    Longer,
    /// It fails after the first half.
    Cut,
    /// What is written is one byte short, and said to be all.
    Short,
}

/// The store. Faults are taken one for each request for bytes, or to write; after them all is well.
#[derive(Debug)]
pub(crate) struct Awkward {
    pub(crate) objects: InMemory,
    pub(crate) reads: Mutex<VecDeque<Fault>>,
    pub(crate) writes: Mutex<VecDeque<Fault>>,
    /// Reads that may go on; `None` when all may.
    pub(crate) gate: Option<Semaphore>,
}

impl Awkward {
    pub(crate) fn new() -> Self {
        Self { objects: InMemory::new(), reads: Mutex::default(), writes: Mutex::default(), gate: None }
    }

    pub(crate) fn will_read(&self, faults: &[Fault]) {
        self.reads.lock().unwrap().extend(faults);
    }

    pub(crate) fn will_write(&self, faults: &[Fault]) {
        self.writes.lock().unwrap().extend(faults);
    }
}

fn failure() -> Error {
    Error::Generic { store: "awkward", source: "it does not feel like it".into() }
}

impl fmt::Display for Awkward {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("awkward")
    }
}

#[async_trait]
impl ObjectStore for Awkward {
    async fn put_opts(&self, location: &Path, payload: PutPayload, options: PutOptions) -> Result<PutResult> {
        let fault = self.writes.lock().unwrap().pop_front().unwrap_or(Fault::Nothing);
        let payload = match fault {
            Fault::Nothing => payload,
            Fault::Short => {
                let bytes = Bytes::from(payload);
                bytes.slice(..bytes.len() - 1).into()
            }
            _ => return Err(failure()),
        };
        self.objects.put_opts(location, payload, options).await
    }

    async fn put_multipart_opts(&self, at: &Path, options: PutMultipartOptions) -> Result<Box<dyn MultipartUpload>> {
        self.objects.put_multipart_opts(at, options).await
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        if options.head {
            return self.objects.get_opts(location, options).await;
        }
        if let Some(gate) = &self.gate {
            gate.acquire().await.unwrap().forget();
        }
        let fault = self.reads.lock().unwrap().pop_front().unwrap_or(Fault::Nothing);
        let found = self.objects.get_opts(location, options).await?;
        let (meta, range, attributes) = (found.meta.clone(), found.range.clone(), found.attributes.clone());
        let mut bytes = found.bytes().await?.to_vec();
        let mut pieces = Vec::new();
        match fault {
            Fault::Nothing | Fault::Short => {}
            Fault::Fails => return Err(failure()),
            Fault::Flipped => {
                let middle = bytes.len() / 2;
                bytes[middle] ^= 0x10;
            }
            Fault::Torn => {
                bytes.pop();
            }
            Fault::Longer => bytes.push(0),
            Fault::Cut => bytes.truncate(bytes.len() / 2),
        }
        pieces.push(Ok(bytes.into()));
        if matches!(fault, Fault::Cut) {
            pieces.push(Err(failure()));
        }
        let payload = GetResultPayload::Stream(stream::iter(pieces).boxed());
        Ok(GetResult { payload, meta, range, attributes })
    }

    async fn get_ranges(&self, _: &Path, _: &[Range<u64>]) -> Result<Vec<Bytes>> {
        panic!("ranges are read one by one, each by a request that says how large the object is")
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        self.objects.delete_stream(locations)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.objects.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.objects.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.objects.copy_opts(from, to, options).await
    }
}

/// A lake over an awkward store, with everything written as cold segments.
pub(crate) struct AwkwardLake {
    pub(crate) lake: StoreLake,
    pub(crate) whole: Lake,
    pub(crate) store: Arc<Awkward>,
    pub(crate) folder: tempfile::TempDir,
}

impl AwkwardLake {
    pub(crate) fn new(change: impl FnOnce(&mut LakeOptions)) -> Self {
        Self::over(Awkward::new(), change)
    }

    pub(crate) fn over(store: Awkward, change: impl FnOnce(&mut LakeOptions)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut options = LakeOptions {
            hot_rows: 0,
            parallelism: 2,
            retry_delay: Duration::from_micros(10),
            ..LakeOptions::new(folder.path())
        };
        change(&mut options);
        let store = Arc::new(store);
        let counters = Arc::clone(&options.store_counters);
        let counted = CountedStore::new(Arc::clone(&store) as Arc<dyn ObjectStore>, counters, Counting::Everything);
        let clock = Arc::new(FixedClock::at("2026-11-21T12:00:00Z".parse().unwrap()));
        let whole = Lake::new(Arc::new(counted), options, clock).unwrap();
        Self { lake: open(&whole), whole, store, folder }
    }

    /// Adds orders of three lines each, of the first days of January.
    pub(crate) async fn add(&self, orders: Range<u32>) -> Result<(), aloftly_engine::lake::LakeError> {
        add(&self.lake, orders).await
    }
}

/// A store of a lake, with a manifest in memory.
pub(crate) fn open(lake: &Lake) -> StoreLake {
    let store = StoreId(uuid::Uuid::from_u128(1));
    let manifest = MemoryManifest::new();
    manifest.create_store(store);
    lake.open(Arc::new(manifest), store)
}

/// Adds orders of three lines each, whose amounts nothing predicts, of the first days of January.
pub(crate) async fn add(lake: &StoreLake, orders: Range<u32>) -> Result<(), aloftly_engine::lake::LakeError> {
    let mut spool = lake.spool().unwrap();
    let orders: Vec<_> = orders.map(|id| order(id, 1, id % 28, &amounts(id))).collect();
    for chunk in orders.chunks(8_192) {
        spool.push(items(), &batch(chunk)).unwrap();
    }
    lake.upsert(spool, None).await.map(drop)
}

fn amounts(id: u32) -> [i64; 3] {
    [0, 1, 2].map(|line| i64::from(id.wrapping_mul(2_654_435_761).rotate_left(line * 7) % 100_000))
}

/// What a lake that holds these orders must answer: lines, and the sum of their amounts.
pub(crate) fn expected(orders: Range<u32>) -> (i64, i128) {
    let lines = i64::from(orders.end - orders.start) * 3;
    (lines, orders.flat_map(amounts).map(i128::from).sum())
}

/// How many lines a lake holds, and the sum of their amounts.
pub(crate) async fn totals(lake: &StoreLake) -> std::result::Result<(i64, i128), DataFusionError> {
    let reader = lake.reader(None).await.unwrap();
    let plan = reader.scan(items(), &["order_id", "amount"], None).await.unwrap();
    let totals = vec![count(lit(1)).alias("lines"), sum(col("amount")).alias("amount")];
    let batches = DataFrame::new(reader.session().state(), plan).aggregate(vec![], totals)?.collect().await?;
    let lines = batches[0]["lines"].as_primitive::<Int64Type>().value(0);
    let amount = batches[0]["amount"].as_primitive::<Decimal128Type>().value(0);
    Ok((lines, amount))
}

/// The fault that totals fail with.
pub(crate) async fn fault(lake: &StoreLake) -> SegmentFault {
    let error = totals(lake).await.unwrap_err();
    SegmentFault::find(&error).unwrap_or_else(|| panic!("not told which segment: {error:?}")).clone()
}
