//! What commits and queries ask of the object store: requests by kind, and bytes.

use std::sync::Arc;
use std::time::Instant;

use aloftly_engine::StoreId;
use aloftly_engine::clock::{Clock, FixedClock};
use aloftly_engine::lake::{Lake, LakeOptions, MemoryManifest, StoreLake};
use aloftly_engine::metrics::{MetricsOptions, MetricsService, PinnedStores, Query};
use aloftly_tests::bucket::Bucket;
use anyhow::{Context as _, ensure};
use object_store::ObjectStore;
use object_store::aws::AmazonS3Builder;
use object_store::prefix::PrefixStore;

use crate::counted::{Counted, Counts};
use crate::history::{Expected, NOW, Widget, trade};
use crate::place::{Folders, Setting, scope};
use crate::report::{Section, kib, ms};

const MONTHS: usize = 12;
/// Memory for blocks of remote segments, as the server takes.
const BLOCK_MEMORY: u64 = 256 << 20;

pub(crate) async fn run(setting: &Setting) -> anyhow::Result<Section> {
    let mut section = Section::new(
        "Requests to the object store",
        &["store", "work", "time", "head", "get", "get range", "put", "list", "delete", "read", "written"],
    );
    let folders = Folders::new(setting)?;
    measure(&mut section, "local", folders.counted()?, folders.options(), setting).await?;

    // It ends with the value, so it is kept until everything is measured.
    let own;
    let store = match &setting.store_url {
        Some(url) => given(url)?,
        None => {
            own = Bucket::start();
            started(&own)?
        }
    };
    let folders = Folders::new(setting)?;
    let options =
        LakeOptions { local_root: None, block_memory: BLOCK_MEMORY, block_disk: 4 * BLOCK_MEMORY, ..folders.options() };
    let segments = measure(&mut section, "S3", Counted::over(store), options, setting).await?;
    section.note(format!(
        "{segments} segments of orders and their items, {} orders in each of {MONTHS} months. *first* is by a process that has read nothing \
         yet. *S3* is {}, below the cache of blocks; near ranges of one object are one request, as object_store asks a remote store, and are \
         counted as one of a local folder too.",
        orders_a_month(setting),
        setting.store_url.as_ref().map_or("a server of its protocol on this machine".to_owned(), ToString::to_string),
    ));
    Ok(section)
}

/// The bucket of a URL; the rest is in the environment, as usual.
fn given(url: &url::Url) -> anyhow::Result<Arc<dyn ObjectStore>> {
    ensure!(url.scheme() == "s3", "the object store's URL must be s3://bucket/prefix");
    let bucket = url.host_str().context("the object store's URL names no bucket")?;
    let store = AmazonS3Builder::from_env().with_bucket_name(bucket).build()?;
    Ok(Arc::new(PrefixStore::new(store, url.path().trim_matches('/'))))
}

fn started(bucket: &Bucket) -> anyhow::Result<Arc<dyn ObjectStore>> {
    let mut builder = AmazonS3Builder::new().with_url(bucket.url());
    for (name, value) in bucket.variables() {
        builder = builder.with_config(name.to_lowercase().parse()?, value);
    }
    Ok(Arc::new(builder.build()?))
}

fn orders_a_month(setting: &Setting) -> u64 {
    setting.size(2_000, 20_000)
}

/// Over any object store. Returns how many segments there are.
async fn measure(
    section: &mut Section,
    name: &str,
    objects: Counted,
    options: LakeOptions,
    setting: &Setting,
) -> anyhow::Result<usize> {
    let clock: Arc<dyn Clock> = Arc::new(FixedClock::at(NOW.parse()?));
    let (store, manifest) = (StoreId(clock.new_id()), Arc::new(MemoryManifest::new()));
    manifest.create_store(store);
    let month = orders_a_month(setting);
    let open = || -> anyhow::Result<StoreLake> {
        let below: Arc<dyn ObjectStore> = Arc::new(objects.clone());
        Ok(Lake::new(below, options.clone(), Arc::clone(&clock))?.open(manifest.clone(), store))
    };

    let lake = open()?;
    let before = objects.counts();
    let began = Instant::now();
    let (_, expected) = trade(&lake, &[month; MONTHS]).await?;
    row(section, [name, "commits and folds of the history"], began, objects.counts().since(before));

    for widget in Widget::ALL {
        let lake = open()?;
        for read in ["first", "again"] {
            let before = objects.counts();
            let began = Instant::now();
            ask(&clock, &expected, lake.clone(), widget).await?;
            row(section, [name, &format!("{}, {read}", widget.name())], began, objects.counts().since(before));
        }
    }
    Ok(lake.reader(None).await?.snapshot().segments.len())
}

fn row(section: &mut Section, [store, work]: [&str; 2], began: Instant, counts: Counts) {
    section.row([
        store.to_owned(),
        work.to_owned(),
        ms(began.elapsed()),
        counts.heads.to_string(),
        counts.gets.to_string(),
        counts.ranges.to_string(),
        counts.puts.to_string(),
        counts.lists.to_string(),
        counts.deletes.to_string(),
        kib(counts.bytes_read),
        kib(counts.bytes_written),
    ]);
}

async fn ask(clock: &Arc<dyn Clock>, expected: &Expected, lake: StoreLake, widget: Widget) -> anyhow::Result<()> {
    let stores = PinnedStores::from_iter([(scope(lake.store()), lake)]);
    let query = Query::from_json(&widget.query()).context("the query is refused")?;
    let answer = MetricsService::new(Arc::clone(clock), MetricsOptions { answer_memory: 0, rollup_memory: 0 })
        .query(&stores, &query)
        .await?;
    widget.check(expected, &answer.rows, &answer.totals)
}
