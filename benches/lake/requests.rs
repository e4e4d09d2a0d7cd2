//! What commits and queries ask of the object store: requests by kind, and bytes.

use std::sync::Arc;
use std::time::Instant;

use aloftly_engine::StoreId;
use aloftly_engine::clock::{Clock, FixedClock};
use aloftly_engine::lake::{Lake, LakeOptions, MemoryManifest, StoreLake};
use aloftly_engine::metrics::{MetricsService, Query, StoreScope};
use anyhow::{Context as _, ensure};
use object_store::ObjectStore;
use object_store::aws::AmazonS3Builder;
use object_store::prefix::PrefixStore;

use crate::counted::{Counted, Counts};
use crate::history::{Expected, NOW, Widget, trade};
use crate::place::{Folders, Setting, scope};
use crate::report::{Section, kib, ms};

const MONTHS: usize = 12;

pub(crate) async fn run(setting: &Setting) -> anyhow::Result<Section> {
    let folders = Folders::new(setting)?;
    let Some(url) = &setting.store_url else {
        return measure(folders.counted()?, folders.options(), setting, "a local folder").await;
    };
    ensure!(url.scheme() == "s3", "the object store's URL must be s3://bucket/prefix");
    let bucket = url.host_str().context("the object store's URL names no bucket")?;
    let store = AmazonS3Builder::from_env().with_bucket_name(bucket).build()?;
    let store: Arc<dyn ObjectStore> = Arc::new(PrefixStore::new(store, url.path().trim_matches('/')));
    let options = LakeOptions { local_root: None, ..folders.options() };
    measure(Counted::over(store), options, setting, "S3").await
}

/// Over any object store.
async fn measure(objects: Counted, options: LakeOptions, setting: &Setting, what: &str) -> anyhow::Result<Section> {
    let mut section = Section::new(
        "Requests to the object store",
        &["work", "time", "head", "get", "get range", "put", "list", "delete", "read", "written"],
    );
    let clock: Arc<dyn Clock> = Arc::new(FixedClock::at(NOW.parse()?));
    let (store, manifest) = (StoreId(clock.new_id()), Arc::new(MemoryManifest::new()));
    manifest.create_store(store);
    let month = setting.size(2_000, 20_000);
    let open = || -> anyhow::Result<StoreLake> {
        let below: Arc<dyn ObjectStore> = Arc::new(objects.clone());
        Ok(Lake::new(below, options.clone(), Arc::clone(&clock))?.open(manifest.clone(), store))
    };

    let lake = open()?;
    let before = objects.counts();
    let began = Instant::now();
    let (rows, expected) = trade(&lake, &[month; MONTHS]).await?;
    row(&mut section, "commits and folds of the history", began, objects.counts().since(before));

    for widget in Widget::ALL {
        let lake = open()?;
        for read in ["first", "again"] {
            let before = objects.counts();
            let began = Instant::now();
            ask(&clock, &expected, lake.clone(), widget).await?;
            row(&mut section, &format!("{}, {read}", widget.name()), began, objects.counts().since(before));
        }
    }
    let segments = lake.reader(None).await?.snapshot().segments.len();
    section.note(format!(
        "Over {what}: {rows} rows of orders and their items, {month} orders in each of {MONTHS} months, {segments} segments. *first* is \
         by a process that has read nothing yet. Near ranges of one object are one request, as object_store asks a remote store."
    ));
    Ok(section)
}

fn row(section: &mut Section, work: &str, began: Instant, counts: Counts) {
    section.row([
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
    let stores: [(StoreScope, StoreLake); 1] = [(scope(lake.store()), lake)];
    let query = Query::from_json(&widget.query()).context("the query is refused")?;
    let answer = MetricsService::with_cache(Arc::clone(clock), 0).query(&stores, &query).await?;
    widget.check(expected, &answer.rows, &answer.totals)
}
