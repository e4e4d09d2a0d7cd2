//! Large commits against the parquet crate alone: the same rows, in the same order, with the same properties, made as durable.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aloftly_engine::StoreId;
use aloftly_engine::clock::{Clock, FixedClock};
use aloftly_engine::dataset::{Dataset, Partition};
use aloftly_engine::lake::{MemoryManifest, RowSink as _};
use anyhow::ensure;
use arrow::array::{ArrayRef, AsArray as _, RecordBatch};
use arrow::compute::{SortColumn, concat_batches, lexsort_to_indices, take_record_batch};
use arrow::datatypes::{Decimal128Type, TimestampMicrosecondType};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::{EnabledStatistics, WriterProperties};

use crate::place::{Folders, Setting, held};
use crate::report::{Section, Times, progress, ratio, seconds, thousands_a_second};
use crate::rows::events::{Event, events};
use crate::rows::shop::{Order, orders};
use crate::rows::{BATCH_ROWS, DAY, dataset};

const SEED: u64 = 11;
/// The year of the rows, up to 2026-11-20.
const DAYS: i64 = 355;

/// The rows of one commit.
struct Load {
    dataset: &'static Arc<Dataset>,
    /// In the order of time, as a source gives them.
    batches: Vec<RecordBatch>,
    rows: u64,
    /// A column of amounts, and its sum.
    amount: &'static str,
    sum: i128,
}

/// What one way of writing took.
#[derive(Clone, Copy)]
struct Taken {
    wall: Duration,
    processor: Duration,
    bytes: u64,
}

pub(crate) async fn run(setting: &Setting) -> anyhow::Result<Section> {
    let mut section = Section::new(
        "Ingest: rows a second of large commits",
        &[
            "rows",
            "engine",
            "writer alone",
            "engine takes",
            "processor time takes",
            "spooling",
            "commit",
            "sorting alone",
            "bytes of engine / writer",
        ],
    );
    let rounds = setting.size(3, 5);
    for load in [metric_events(setting.size(200_000, 2_000_000))?, order_rows(setting.size(100_000, 500_000))?] {
        measure(setting, &load, rounds, &mut section).await?;
    }
    section.note(format!(
        "Medians of {rounds} rounds; in each both ways write the same rows, the one that begins alternating. Rows come in batches of \
         {BATCH_ROWS} in the order of time and are of twelve months, so of twelve files."
    ));
    section.note(
        "*writer alone* is given the rows sorted: it encodes, writes and syncs files. *sorting alone* is what sorting each month in \
         memory takes before that, on one thread. The engine spools, tells new entities from held ones, sorts, encodes, hashes, \
         uploads and syncs. Target: *engine takes* at most 2."
            .to_owned(),
    );
    Ok(section)
}

async fn measure(setting: &Setting, load: &Load, rounds: usize, section: &mut Section) -> anyhow::Result<()> {
    let began = Instant::now();
    let sorted = sorted(load)?;
    let mut sorting = vec![began.elapsed()];
    let (mut engine, mut spooling, mut writer) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..rounds {
        for turn in 0..2 {
            if (round + turn) % 2 == 0 {
                let (taken, spooled) = by_engine(setting, load).await?;
                engine.push(taken);
                spooling.push(spooled);
            } else {
                writer.push(by_writer(setting, load, &sorted)?);
            }
        }
        let began = Instant::now();
        drop(self::sorted(load)?);
        sorting.push(began.elapsed());
        progress(&format!("{}: round {} of {rounds}", load.dataset.name, round + 1));
    }
    let median =
        |of: fn(&Taken) -> Duration, taken: &[Taken]| Times::from(taken.iter().map(of).collect::<Vec<_>>()).median();
    let wall = |taken: &[Taken]| median(|taken| taken.wall, taken);
    let processor = |taken: &[Taken]| median(|taken| taken.processor, taken);
    let ratios = engine.iter().zip(&writer).map(|(engine, writer)| engine.wall.div_duration_f64(writer.wall));
    let mut ratios: Vec<f64> = ratios.collect();
    ratios.sort_by(f64::total_cmp);
    let spooled = Times::from(spooling).median();
    section.row([
        format!("{} {}", load.rows, load.dataset.name),
        format!("{} ({})", thousands_a_second(load.rows, wall(&engine)), seconds(wall(&engine))),
        format!("{} ({})", thousands_a_second(load.rows, wall(&writer)), seconds(wall(&writer))),
        format!("**{:.2}** times as long", ratios[ratios.len() / 2]),
        format!("{} times", ratio(processor(&engine), processor(&writer))),
        seconds(spooled),
        seconds(wall(&engine).saturating_sub(spooled)),
        seconds(Times::from(sorting).median()),
        format!("{} / {} MiB", engine[0].bytes >> 20, writer[0].bytes >> 20),
    ]);
    Ok(())
}

/// An upsert into an empty store; how long the spooling took, too.
async fn by_engine(setting: &Setting, load: &Load) -> anyhow::Result<(Taken, Duration)> {
    let folders = Folders::new(setting)?;
    let clock: Arc<dyn Clock> = Arc::new(FixedClock::at("2026-11-21T15:00:00Z".parse()?));
    let (store, manifest) = (StoreId(clock.new_id()), MemoryManifest::new());
    manifest.create_store(store);
    let lake = folders.lake(&folders.counted()?, &clock)?.open(Arc::new(manifest), store);

    let (began, processor) = (Instant::now(), crate::process::own()?);
    let mut spool = lake.spool()?;
    for batch in &load.batches {
        spool.push(load.dataset, batch)?;
    }
    let spooled = began.elapsed();
    let published = lake.upsert(spool, None).await?;
    let (wall, processor) = (began.elapsed(), crate::process::own()?.saturating_sub(processor));

    ensure!(published.counts.new == load.rows, "{} of {} entities are new", published.counts.new, load.rows);
    let held = held(&lake, load.dataset.name, load.amount).await?;
    ensure!(held == (load.rows, load.sum), "the lake holds {held:?} instead of {:?}", (load.rows, load.sum));
    let bytes = lake.reader(None).await?.snapshot().segments.iter().map(|segment| segment.bytes).sum();
    Ok((Taken { wall, processor, bytes }, spooled))
}

/// The parquet crate's writer, given each month's rows in their order.
fn by_writer(setting: &Setting, load: &Load, sorted: &BTreeMap<Partition, Vec<RecordBatch>>) -> anyhow::Result<Taken> {
    let folders = Folders::new(setting)?;
    let path = |partition: &Partition| folders.objects().join(format!("{partition}.parquet"));
    let (began, processor) = (Instant::now(), crate::process::own()?);
    let mut rows = 0;
    for (partition, batches) in sorted {
        let file = BufWriter::new(File::create(path(partition))?);
        let mut writer = ArrowWriter::try_new(file, Arc::clone(&load.dataset.schema), Some(properties()))?;
        for batch in batches {
            writer.write(batch)?;
        }
        rows += writer.finish()?.file_metadata().num_rows();
        writer.inner_mut().flush()?;
        writer.inner().get_ref().sync_all()?;
    }
    sync(&folders.objects())?;
    let (wall, processor) = (began.elapsed(), crate::process::own()?.saturating_sub(processor));
    ensure!(u64::try_from(rows)? == load.rows, "the files hold {rows} of {} rows", load.rows);
    let sizes = sorted.keys().map(|partition| Ok(std::fs::metadata(path(partition))?.len()));
    Ok(Taken { wall, processor, bytes: sizes.sum::<std::io::Result<u64>>()? })
}

fn sync(folder: &Path) -> std::io::Result<()> {
    File::open(folder)?.sync_all()
}

/// What the lake's design says of its files.
fn properties() -> WriterProperties {
    WriterProperties::builder()
        .set_compression(Compression::LZ4_RAW)
        .set_max_row_group_row_count(Some(128 * 1024))
        .set_data_page_row_count_limit(20_000)
        .set_statistics_enabled(EnabledStatistics::Page)
        .set_dictionary_enabled(true)
        .build()
}

/// Each month's rows in the order of its file.
fn sorted(load: &Load) -> anyhow::Result<BTreeMap<Partition, Vec<RecordBatch>>> {
    let mut months: BTreeMap<Partition, Vec<RecordBatch>> = BTreeMap::new();
    for batch in &load.batches {
        let times = batch[load.dataset.time].as_primitive::<TimestampMicrosecondType>();
        let mut start = 0;
        while start < batch.num_rows() {
            // Rows come in the order of time.
            let month = load.dataset.partition_of(times.value(start));
            let same =
                (start..batch.num_rows()).take_while(|row| load.dataset.partition_of(times.value(*row)) == month);
            let length = same.count();
            months.entry(month).or_default().push(batch.slice(start, length));
            start += length;
        }
    }
    let sort = |batches: Vec<RecordBatch>| -> anyhow::Result<Vec<RecordBatch>> {
        let rows = concat_batches(&load.dataset.schema, &batches)?;
        let by = |column: &&str| SortColumn { values: Arc::clone(&rows[*column]), options: None };
        let order = lexsort_to_indices(&load.dataset.sort.iter().map(by).collect::<Vec<_>>(), None)?;
        let pieces = (0..rows.num_rows()).step_by(BATCH_ROWS).map(|start| {
            let order = order.slice(start, BATCH_ROWS.min(rows.num_rows() - start));
            let piece = take_record_batch(&rows, &order)?;
            let columns = piece.columns().iter().map(|column| -> ArrayRef {
                match column.as_string_view_opt() {
                    Some(text) => Arc::new(text.gc()),
                    None => Arc::clone(column),
                }
            });
            Ok(RecordBatch::try_new(piece.schema(), columns.collect())?)
        });
        pieces.collect()
    };
    months.into_iter().map(|(month, batches)| Ok((month, sort(batches)?))).collect()
}

fn metric_events(rows: u64) -> anyhow::Result<Load> {
    let made = batches(rows, |number, at| Event::new(SEED, number, at), &events)?;
    load("metric_events", "metric_value", rows, made)
}

fn order_rows(rows: u64) -> anyhow::Result<Load> {
    let made = batches(rows, |number, at| Order::new(SEED, number, at, rows / 3), &orders)?;
    load("orders", "total", rows, made)
}

/// So many rows, spread evenly over the year.
fn batches<R>(
    rows: u64,
    row: impl Fn(u64, i64) -> R,
    batch: &dyn Fn(&[R]) -> anyhow::Result<RecordBatch>,
) -> anyhow::Result<Vec<RecordBatch>> {
    let end: chrono::DateTime<chrono::Utc> = "2026-11-21T00:00:00Z".parse()?;
    let start = end.timestamp_micros() - DAYS * DAY;
    let step = DAYS * DAY / i64::try_from(rows)?;
    let numbers: Vec<u64> = (0..rows).collect();
    let made = numbers.chunks(BATCH_ROWS).map(|numbers| {
        let rows = numbers.iter().map(|number| Ok(row(*number, start + i64::try_from(*number)? * step)));
        batch(&rows.collect::<anyhow::Result<Vec<R>>>()?)
    });
    made.collect()
}

fn load(name: &str, amount: &'static str, rows: u64, batches: Vec<RecordBatch>) -> anyhow::Result<Load> {
    progress(&format!("made {rows} {name}"));
    let sum = batches.iter().map(|batch| batch[amount].as_primitive::<Decimal128Type>().values().iter().sum::<i128>());
    Ok(Load { dataset: dataset(name)?, rows, amount, sum: sum.sum(), batches })
}
