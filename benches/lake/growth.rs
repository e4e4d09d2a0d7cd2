//! The same thirty days of stores with more and more history behind them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use aloftly_engine::StoreId;
use aloftly_engine::clock::{Clock, FixedClock};
use aloftly_engine::lake::{Lake, StoreLake};
use aloftly_engine::metrics::{MetricsOptions, MetricsService, PinnedStores, Query};
use anyhow::Context as _;

use crate::history::{Expected, NOW, Widget, trade};
use crate::place::{Database, Folders, Setting, scope};
use crate::report::{Section, Times, ms, progress, ratio};

/// How many times the first month each store's history is, and over how many months.
const SCALES: [(u64, usize); 4] = [(1, 1), (10, 10), (100, 100), (1_000, 240)];

/// Rounds that are not measured.
const WARM_UP: usize = 5;

struct Grown {
    id: StoreId,
    scale: u64,
    expected: Expected,
}

pub(crate) async fn run(setting: &Setting) -> anyhow::Result<Section> {
    let titles = SCALES.map(|(scale, _)| format!("{scale} x"));
    let mut header = vec!["widget", "read"];
    header.extend(titles.iter().map(String::as_str));
    header.push("1000 x / 1 x");
    let mut section = Section::new("Reads of a store that grows", &header);

    let clock: Arc<dyn Clock> = Arc::new(FixedClock::at(NOW.parse()?));
    let database = Database::new(setting, Arc::clone(&clock)).await?;
    let folders = Folders::new(setting)?;
    let objects = folders.counted()?;
    let (tenant, ids) = database.stores(SCALES.len()).await?;
    let open = |lake: &Lake, id| lake.open(tenant.manifest(), id);

    let lake = folders.lake(&objects, &clock)?;
    let month = setting.size(300, 5_000);
    let mut stores = Vec::new();
    for ((scale, count), id) in SCALES.into_iter().zip(ids) {
        let began = Instant::now();
        let store = open(&lake, id);
        let (rows, expected) = trade(&store, &months(month, scale, count)).await?;
        let segments = store.reader(None).await?.snapshot().segments.len();
        section.note(format!(
            "{scale} x: {rows} rows of orders and their items over {count} months in {segments} segments"
        ));
        progress(&format!("made {rows} rows in {:.0} s", began.elapsed().as_secs_f64()));
        stores.push(Grown { id, scale, expected });
    }
    section.note(format!(
        "Each store has {month} orders in the last month, the last 40 of them committed one by one, and the rest of its rows in \
         the months before, four to five times as many in each for 1000 x; {} MiB of objects in all. Stores are asked in turns. \
         *first* is by a process that has read nothing yet (the system's file cache stays), with the manifest in Postgres; *again* \
         has everything but the answer in memory. Target: at most 1.5.",
        objects.counts().bytes_written >> 20
    ));

    for widget in Widget::ALL {
        let mut first = vec![Vec::new(); stores.len()];
        let mut again = vec![Vec::new(); stores.len()];
        for round in 0..setting.size(3, 11) {
            for number in turns(round, stores.len()) {
                let lake = open(&folders.lake(&objects, &clock)?, stores[number].id);
                first[number].push(ask(&clock, &stores[number], lake, widget).await?);
            }
        }
        for round in 0..setting.size(10, 60) {
            for number in turns(round, stores.len()) {
                let time = ask(&clock, &stores[number], open(&lake, stores[number].id), widget).await?;
                if round >= WARM_UP {
                    again[number].push(time);
                }
            }
        }
        for (read, times) in [("first", first), ("again", again)] {
            let medians: Vec<Duration> = times.into_iter().map(|times| Times::from(times).median()).collect();
            let [a, b, c, d] = medians[..] else { anyhow::bail!("{} scales were measured", medians.len()) };
            let against = format!("**{}**", ratio(d, a));
            section.row([widget.name().to_owned(), read.to_owned(), ms(a), ms(b), ms(c), ms(d), against]);
        }
    }
    database.stop().await?;
    Ok(section)
}

/// Every store once, beginning with another one in each round.
fn turns(round: usize, count: usize) -> impl Iterator<Item = usize> {
    (0..count).map(move |turn| (round + turn) % count)
}

/// How many orders each month has, the newest first.
fn months(month: u64, scale: u64, count: usize) -> Vec<u64> {
    let older = (count as u64 - 1).max(1);
    let (each, oldest) = ((scale - 1) / older, (scale - 1) % older);
    let before = (1..=older).map(|back| month * (each + u64::from(back > older - oldest)));
    std::iter::once(month).chain(before.filter(|orders| *orders > 0)).collect()
}

async fn ask(clock: &Arc<dyn Clock>, store: &Grown, lake: StoreLake, widget: Widget) -> anyhow::Result<Duration> {
    let stores = PinnedStores::from_iter([(scope(store.id), lake)]);
    let service = MetricsService::new(Arc::clone(clock), MetricsOptions { answer_memory: 0, rollup_memory: 0 });
    let query = Query::from_json(&widget.query()).context("the query is refused")?;
    let began = Instant::now();
    let answer = service.query(&stores, &query).await?;
    let time = began.elapsed();
    let checked = widget.check(&store.expected, &answer.rows, &answer.totals);
    checked.with_context(|| format!("{} at {} x", widget.name(), store.scale))?;
    Ok(time)
}
