//! From a store and a question to a physical plan, over manifests of more and more segments. No object is asked for.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aloftly_engine::clock::{Clock, FixedClock};
use aloftly_engine::lake::manifest::Temperature;
use aloftly_engine::lake::{Lake, LakeOptions, RowSink as _, StoreLake};
use anyhow::{Context as _, ensure};
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfig};
use datafusion::datasource::source::DataSourceExec;
use datafusion::physical_plan::ExecutionPlan;
use object_store::ObjectStore;

use crate::history::{NOW, month};
use crate::place::{Database, Folders, Setting};
use crate::report::{Section, Times, ms, progress};
use crate::rows::dataset;
use crate::rows::shop::{Order, orders};
use crate::segments::describe;

/// Plans that are not measured.
const WARM_UP: usize = 10;
/// What a sum of revenue reads.
const COLUMNS: [&str; 4] = ["created_at", "total", "is_test", "cancelled_at"];

pub(crate) async fn run(setting: &Setting) -> anyhow::Result<Section> {
    let mut section = Section::new(
        "Planning over many segments",
        &["segments", "30 days, warm", "files", "all time, warm", "files", "30 days, cold manifest"],
    );
    let clock: Arc<dyn Clock> = Arc::new(FixedClock::at(NOW.parse()?));
    let database = Database::new(setting, Arc::clone(&clock)).await?;
    let folders = Folders::new(setting)?;
    let objects = folders.counted()?;
    let counts = [1, 100, setting.size(2_000, 10_000)];
    let (tenant, ids) = database.stores(counts.len()).await?;
    let store: Arc<dyn ObjectStore> = Arc::new(objects.clone());
    let options = LakeOptions { hot_rows: 0, ..folders.options() };
    let cold = || anyhow::Ok(Lake::new(Arc::clone(&store), options.clone(), Arc::clone(&clock))?);

    let thirty_days = month(0)?;
    let range = Some((thirty_days.start, thirty_days.end));
    for (count, id) in counts.into_iter().zip(ids) {
        let lake = cold()?.open(tenant.manifest(), id);
        fill(&lake, count, &*clock).await?;
        progress(&format!("planning over {count} segments"));
        let asked = objects.counts();
        let (recent, files) = plans(&lake, range, setting.size(20, 100)).await?;
        ensure!(files == 1, "{files} files are planned for the last month");
        let (all, all_files) = plans(&lake, None, setting.size(5, 20)).await?;
        ensure!(all_files == count, "{all_files} files are planned for all time, not {count}");
        let mut first = Vec::new();
        for _ in 0..setting.size(5, 11) {
            let lake = cold()?.open(tenant.manifest(), id);
            let began = Instant::now();
            plan(&lake, range).await?;
            first.push(began.elapsed());
        }
        ensure!(objects.counts() == asked, "planning asked the object store for something");
        section.row([
            count.to_string(),
            ms(recent.median()),
            files.to_string(),
            ms(all.median()),
            all_files.to_string(),
            ms(Times::from(first).median()),
        ]);
    }
    section.note(
        "From `StoreLake::reader` and `Reader::scan` to a physical plan, medians, with the manifest in Postgres; warm asks it for the \
         version alone, as every query does. Segments are of `orders`, over up to 240 months; thirty days touch one of them. The \
         object store is not asked for anything, and the files in the plan are counted."
            .to_owned(),
    );
    database.stop().await?;
    Ok(section)
}

/// One real segment of the last month, and descriptions of as many others as are missing.
async fn fill(lake: &StoreLake, count: usize, clock: &dyn Clock) -> anyhow::Result<()> {
    let days = month(0)?;
    let placed: Vec<Order> = (0..5_000).map(|n| Order::new(3, n, days.start + n as i64 * 60_000_000, 900)).collect();
    let mut spool = lake.spool()?;
    spool.push(dataset("orders")?, &orders(&placed)?)?;
    lake.upsert(spool, None).await?;
    let reader = lake.reader(None).await?;
    let template = reader.snapshot().segments.first().context("nothing was committed")?;
    ensure!(template.temperature == Temperature::Cold, "a commit without hot rows is hot");
    if count > 1 {
        describe(lake, dataset("orders")?, template, count - 1, clock).await?;
    }
    let segments = lake.reader(None).await?.snapshot().segments.len();
    ensure!(segments == count, "the store has {segments} segments");
    Ok(())
}

async fn plans(lake: &StoreLake, range: Option<(i64, i64)>, times: usize) -> anyhow::Result<(Times, usize)> {
    let mut files = 0;
    for _ in 0..WARM_UP {
        plan(lake, range).await?;
    }
    let mut taken = Vec::with_capacity(times);
    for _ in 0..times {
        let (time, planned) = plan(lake, range).await?;
        taken.push(time);
        files = planned;
    }
    Ok((taken.into(), files))
}

/// How long a plan takes, and of how many files it is.
async fn plan(lake: &StoreLake, range: Option<(i64, i64)>) -> anyhow::Result<(Duration, usize)> {
    let dataset = dataset("orders")?;
    let began = Instant::now();
    let reader = lake.reader(None).await?;
    let logical = reader.scan(dataset, &COLUMNS, range).await?;
    let physical = reader.session().state().create_physical_plan(&logical).await?;
    let time = began.elapsed();
    let mut files = HashSet::new();
    collect(&physical, &mut files);
    Ok((time, files.len()))
}

/// The paths of a plan's files.
fn collect(plan: &Arc<dyn ExecutionPlan>, files: &mut HashSet<String>) {
    let source = plan.downcast_ref::<DataSourceExec>();
    if let Some(config) = source.and_then(|source| source.data_source().downcast_ref::<FileScanConfig>()) {
        let groups = config.file_groups.iter().flat_map(FileGroup::files);
        files.extend(groups.map(|file| file.object_meta.location.to_string()));
    }
    for child in plan.children() {
        collect(child, files);
    }
}
