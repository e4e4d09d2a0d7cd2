//! Many stores of one organisation, each with some history, and the worker that folds them.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use aloftly_engine::clock::{Clock, SystemClock};
use aloftly_engine::lake::{Lake, LakeOptions, RowSink as _, StoreLake};
use anyhow::{Context as _, ensure};
use arrow::array::AsArray as _;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use object_store::ObjectStore;
use tokio::sync::mpsc;

use crate::counted::{Counted, Counts};
use crate::place::{Database, Folders, Setting, held};
use crate::report::progress;
use crate::rows::shop::{Order, customers, items, orders};
use crate::rows::{DAY, Dice, dataset};

/// Orders that a store begins with.
pub(super) const HISTORY: u64 = 300;
/// One commit of so many is read back.
pub(super) const READ_BACK: u64 = 10;
const CUSTOMERS: u64 = 200;
const SEED: u64 = 23;

/// A commit that is done. Times are from when it was due.
pub(super) struct Done {
    pub(super) due: Instant,
    pub(super) readable: Duration,
    pub(super) read_back: Option<Duration>,
}

/// What a store must hold.
#[derive(Clone, Copy, Default)]
struct Expected {
    orders: u64,
    total: i128,
    items: u64,
    amount: i128,
}

impl Expected {
    fn add(&mut self, order: &Order) {
        self.orders += 1;
        self.total += i128::from(order.total());
        self.items += order.items.len() as u64;
        self.amount += order.items.iter().map(|item| i128::from(item.amount())).sum::<i128>();
    }
}

pub(super) struct Shops {
    database: Database,
    objects: Counted,
    stores: Vec<StoreLake>,
    expected: Vec<Mutex<Expected>>,
    /// The instant of the first order that is committed, in microseconds.
    opening: i64,
    next: AtomicU64,
    committed: mpsc::UnboundedSender<usize>,
    folds: Arc<AtomicU64>,
    worker: tokio::task::JoinHandle<()>,
    _folders: Folders,
}

impl Shops {
    /// So many stores with their history.
    pub(super) async fn open(setting: &Setting, count: usize) -> anyhow::Result<Self> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let database = Database::new(setting, Arc::clone(&clock)).await?;
        let folders = Folders::new(setting)?;
        let objects = folders.counted()?;
        let (tenant, ids) = database.stores(count).await?;
        let opening: chrono::DateTime<chrono::Utc> = "2026-11-21T15:00:00Z".parse()?;
        let opening = opening.timestamp_micros();

        progress(&format!("giving {count} stores their history"));
        let store: Arc<dyn ObjectStore> = Arc::new(objects.clone());
        // Written as cold segments at once.
        let filling = Lake::new(store, LakeOptions { hot_rows: 0, ..folders.options() }, Arc::clone(&clock))?;
        let filled =
            ids.iter().enumerate().map(|(number, id)| fill(filling.open(tenant.manifest(), *id), number, opening));
        let expected: Vec<Expected> = stream::iter(filled).buffered(4).try_collect().await?;

        let lake = folders.lake(&objects, &clock)?;
        let stores: Vec<StoreLake> = ids.iter().map(|id| lake.open(tenant.manifest(), *id)).collect();
        let (committed, receiver) = mpsc::unbounded_channel();
        let folds = Arc::new(AtomicU64::new(0));
        let worker = tokio::spawn(fold(stores.clone(), receiver, Arc::clone(&folds)));
        Ok(Self {
            database,
            objects,
            stores,
            expected: expected.into_iter().map(Mutex::new).collect(),
            opening,
            next: AtomicU64::new(0),
            committed,
            folds,
            worker,
            _folders: folders,
        })
    }

    pub(super) fn count(&self) -> usize {
        self.stores.len()
    }

    pub(super) fn postgres_time(&self) -> anyhow::Result<Duration> {
        self.database.processor_time()
    }

    pub(super) fn object_counts(&self) -> Counts {
        self.objects.counts()
    }

    /// Partitions folded so far.
    pub(super) fn folds(&self) -> u64 {
        self.folds.load(Ordering::Relaxed)
    }

    /// The next order of some store, on its way since `due`.
    pub(super) async fn commit(&self, due: Instant) -> anyhow::Result<Done> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let store = self.pick(number);
        let lake = &self.stores[store];
        let at = self.opening + i64::try_from(number)? * 1_000;
        let order = [Order::new(SEED, HISTORY + number, at, CUSTOMERS)];
        let mut spool = lake.spool()?;
        spool.push(dataset("orders")?, &orders(&order)?)?;
        spool.push(dataset("order_items")?, &items(&order)?)?;
        spool.push(dataset("customers")?, &customers(&order)?)?;
        let published = lake.upsert(spool, None).await.with_context(|| format!("commit {number}"))?;
        self.committed.send(store)?;

        let reader = lake.reader(None).await?;
        ensure!(reader.version() >= published.version, "a reader is behind the commit before it");
        let readable = due.elapsed();
        let mut read_back = None;
        if number.is_multiple_of(READ_BACK) {
            let plan = reader.scan(dataset("orders")?, &["order_id"], Some((at, at + 1))).await?;
            let rows = reader.session().execute_logical_plan(plan).await?.collect().await?;
            let ids = rows.iter().flat_map(|rows| rows.column(0).as_string_view().iter().flatten());
            ensure!(ids.eq([order[0].id().as_str()]), "the order of commit {number} is not read back");
            read_back = Some(due.elapsed());
        }
        self.expected[store].lock().unwrap_or_else(PoisonError::into_inner).add(&order[0]);
        Ok(Done { due, readable, read_back })
    }

    /// A twentieth of the stores get four fifths of the commits: enough each that they are folded meanwhile.
    fn pick(&self, number: u64) -> usize {
        let mut dice = Dice::of(SEED + 1, number);
        let busy = (self.stores.len() as u64 / 20).max(1);
        let among = if dice.percent(79) { busy } else { self.stores.len() as u64 };
        usize::try_from(dice.below(among)).unwrap_or(0)
    }

    /// Compares what every store holds with what it was given. Returns how many orders that is.
    pub(super) async fn check(&self) -> anyhow::Result<u64> {
        progress("reading everything back");
        let mut all = 0;
        for (lake, expected) in self.stores.iter().zip(&self.expected) {
            let expected = *expected.lock().unwrap_or_else(PoisonError::into_inner);
            let orders = held(lake, "orders", "total").await?;
            ensure!(
                orders == (expected.orders, expected.total),
                "store {} holds other orders: {orders:?}",
                lake.store()
            );
            let items = held(lake, "order_items", "amount").await?;
            ensure!(items == (expected.items, expected.amount), "store {} holds other items: {items:?}", lake.store());
            all += expected.orders;
        }
        Ok(all)
    }

    pub(super) async fn close(self) -> anyhow::Result<()> {
        drop(self.committed);
        self.worker.await?;
        self.database.stop().await
    }
}

/// Trade of the three weeks before the opening.
async fn fill(lake: StoreLake, number: usize, opening: i64) -> anyhow::Result<Expected> {
    let step = 20 * DAY / i64::try_from(HISTORY)?;
    let rows: Vec<Order> = (0..HISTORY)
        .map(|order| {
            let back = step * i64::try_from(HISTORY - order).unwrap_or(1);
            Order::new(SEED ^ (number as u64) << 32, order, opening - back, CUSTOMERS)
        })
        .collect();
    let mut spool = lake.spool()?;
    spool.push(dataset("orders")?, &orders(&rows)?)?;
    spool.push(dataset("order_items")?, &items(&rows)?)?;
    spool.push(dataset("customers")?, &customers(&rows)?)?;
    lake.upsert(spool, None).await?;
    let mut expected = Expected::default();
    rows.iter().for_each(|order| expected.add(order));
    Ok(expected)
}

/// What the server's worker does: stores that were committed to are folded one after the other, each once for all commits that
/// came meanwhile.
async fn fold(stores: Vec<StoreLake>, mut committed: mpsc::UnboundedReceiver<usize>, folds: Arc<AtomicU64>) {
    while let Some(first) = committed.recv().await {
        let mut due = HashSet::from([first]);
        while let Ok(more) = committed.try_recv() {
            due.insert(more);
        }
        for store in due {
            match stores[store].fold_due().await {
                Ok(folded) => drop(folds.fetch_add(folded.len() as u64, Ordering::Relaxed)),
                // The next commit brings another attempt.
                Err(error) => progress(&format!("a fold failed: {:#}", anyhow::Error::from(error))),
            }
        }
    }
}
