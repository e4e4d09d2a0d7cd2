//! Small commits of many stores: one order each, at a rate that does not wait for anything (an open loop), while a worker folds.
//!
//! A commit's latency counts from the moment when it was due, not from when it began: what waits in a queue is late.

mod shops;

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::ensure;

use crate::place::Setting;
use crate::report::{Section, Times, ms, progress};
use shops::{Done, Shops};

/// The rate that has to be sustained, in commits a second.
const RATE: u32 = 100;
/// The latency that 99 of 100 commits have to keep.
const LIMIT: Duration = Duration::from_millis(500);
/// Rates that are tried beyond it, and below it when it is too much.
const HIGHER: &[u32] = &[125, 150, 200, 250, 300, 400, 500, 700, 1_000];
const LOWER: &[u32] = &[75, 50, 35, 25, 15, 10, 5];
/// A level is given up when the commits of so many seconds are under way: far more than the latency allows.
const MOST_SECONDS: u32 = 2;

/// What a level came to.
struct Level {
    rate: u32,
    commits: Vec<Done>,
    /// From the first commit's due time to the last one's end.
    wall: Duration,
    given_up: bool,
    /// Commits that were refused: nothing of them is there.
    failed: u64,
    postgres: Duration,
    process: Duration,
    puts: u64,
    writing: Duration,
    folds: u64,
}

impl Level {
    fn latencies(&self) -> Times {
        self.commits.iter().map(|done| done.readable).collect::<Vec<_>>().into()
    }

    /// Of the last third: a queue that grows shows there.
    fn last_latencies(&self) -> Times {
        let from = self.commits.len() * 2 / 3;
        self.commits[from..].iter().map(|done| done.readable).collect::<Vec<_>>().into()
    }

    fn is_sustained(&self) -> bool {
        !self.given_up
            && self.failed == 0
            && self.latencies().quantile(990) < LIMIT
            && self.last_latencies().quantile(990) < LIMIT
    }

    /// Processor time of each commit, with its share of the folds.
    fn each(&self, time: Duration) -> String {
        ms(time / u32::try_from(self.commits.len()).unwrap_or(u32::MAX).max(1))
    }

    fn cores(&self, time: Duration) -> String {
        format!("{:.2}", time.as_secs_f64() / self.wall.as_secs_f64())
    }
}

pub(crate) async fn run(setting: &Setting) -> anyhow::Result<Section> {
    let mut section = Section::new(
        "Small commits: one order each",
        &[
            "commits a second",
            "for",
            "p50",
            "p95",
            "p99",
            "most",
            "row read back p99",
            "Postgres cores",
            "a commit",
            "this process's cores",
            "a commit",
            "puts a second",
            "waited for puts",
            "folds",
        ],
    );
    let sync = setting.sync_latency()?;
    let shops = Arc::new(Shops::open(setting, setting.size(100, 1_000)).await?);
    progress("warming up");
    level(&shops, RATE / 2, Duration::from_secs(setting.size(2, 5))).await?;
    let asked = level(&shops, RATE, Duration::from_secs(setting.size(10, 60))).await?;
    row(&mut section, &asked);
    let short = Duration::from_secs(setting.size(3, 10));
    let mut sustained = asked.is_sustained().then_some(asked.rate);
    if sustained.is_some() {
        for rate in HIGHER {
            let tried = level(&shops, *rate, short).await?;
            row(&mut section, &tried);
            if !tried.is_sustained() {
                break;
            }
            sustained = Some(*rate);
            if setting.quick && *rate >= 200 {
                break;
            }
        }
    } else {
        for rate in LOWER {
            let tried = level(&shops, *rate, short).await?;
            row(&mut section, &tried);
            if tried.is_sustained() {
                sustained = Some(*rate);
                break;
            }
        }
    }
    let orders = shops.check().await?;
    section.note(format!(
        "{} stores that hold {} orders each as cold segments; a twentieth of the stores get four fifths of the commits. Each commit is an \
         order with its rows in `orders`, `order_items` and `customers`. Postgres waits for the disk, objects are synced, and one \
         worker folds the stores that were committed to, as the server's does.",
        shops.count(),
        shops::HISTORY
    ));
    section.note(format!(
        "Latency is from when a commit was due until a reader of the store's newest version is open that has it; one commit in \
         {} is read back row by row too. Processor time of this process includes what makes and checks the orders.",
        shops::READ_BACK
    ));
    section.note(format!(
        "The disk took {} at the median and {} at p99 to keep 4 KiB.",
        ms(sync.median()),
        ms(sync.quantile(990))
    ));
    section.note(match sustained {
        Some(rate) => format!(
            "**Highest rate sustained: {rate} commits a second** (p99 under {}, no queue that grows).",
            ms(LIMIT)
        ),
        None => "**No rate that was tried is sustained.**".to_owned(),
    });
    section.note(format!(
        "At the end every store holds each of its orders once: {orders} orders, their items and totals checked."
    ));
    let shops = Arc::into_inner(shops);
    ensure!(shops.is_some(), "commits are still under way");
    if let Some(shops) = shops {
        shops.close().await?;
    }
    Ok(section)
}

fn row(section: &mut Section, level: &Level) {
    let all = level.latencies();
    let read_back: Times = level.commits.iter().filter_map(|done| done.read_back).collect::<Vec<_>>().into();
    let puts = level.puts * 1_000 / u64::try_from(level.wall.as_millis()).unwrap_or(u64::MAX).max(1);
    section.row([
        match (level.given_up, level.failed) {
            (true, _) => format!("{}, given up", level.rate),
            (false, 0) => level.rate.to_string(),
            (false, failed) => format!("{}, {failed} refused", level.rate),
        },
        format!("{:.0} s", level.wall.as_secs_f64()),
        ms(all.median()),
        ms(all.quantile(950)),
        ms(all.quantile(990)),
        ms(all.quantile(1_000)),
        ms(read_back.quantile(990)),
        level.cores(level.postgres),
        level.each(level.postgres),
        level.cores(level.process),
        level.each(level.process),
        puts.to_string(),
        format!("{} of a second", level.cores(level.writing)),
        level.folds.to_string(),
    ]);
}

/// Commits at that rate for so long, each due at its own moment, whatever those before it do.
async fn level(shops: &Arc<Shops>, rate: u32, length: Duration) -> anyhow::Result<Level> {
    let count = u64::from(rate) * length.as_secs();
    let (postgres, process) = (shops.postgres_time()?, crate::process::own()?);
    let (objects, folds) = (shops.object_counts(), shops.folds());
    let most_waiting = usize::try_from(rate * MOST_SECONDS)?;
    let first = Instant::now();
    let mut under_way = tokio::task::JoinSet::new();
    let mut commits = Vec::new();
    let (mut given_up, mut failed) = (false, 0);
    let mut take = |done: anyhow::Result<Done>| match done {
        Ok(done) => commits.push(done),
        Err(error) => {
            if failed == 0 {
                progress(&format!("a commit failed: {error:#}"));
            }
            failed += 1;
        }
    };
    for number in 0..count {
        let due = first + Duration::from_secs(1) * u32::try_from(number)? / rate;
        tokio::time::sleep_until(due.into()).await;
        while let Some(done) = under_way.try_join_next() {
            take(done?);
        }
        if under_way.len() > most_waiting {
            given_up = true;
            break;
        }
        let shops = Arc::clone(shops);
        under_way.spawn(async move { shops.commit(due).await });
    }
    while let Some(done) = under_way.join_next().await {
        take(done?);
    }
    let wall = first.elapsed();
    commits.sort_by_key(|done| done.due);
    let objects = shops.object_counts().since(objects);
    Ok(Level {
        rate,
        commits,
        wall,
        given_up,
        failed,
        postgres: shops.postgres_time()?.saturating_sub(postgres),
        process: crate::process::own()?.saturating_sub(process),
        puts: objects.puts,
        writing: objects.writing,
        folds: shops.folds() - folds,
    })
}
