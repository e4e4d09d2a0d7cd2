//! When the customers of a store ordered first, of all time: what decides who is new.
//!
//! What settled months say of it is kept, one state of each store; the orders that came since, and months that are being restated, are
//! read for each answer.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use arrow::array::AsArray;
use arrow::datatypes::{DataType, TimestampMicrosecondType};
use datafusion::error::DataFusionError;
use datafusion::execution::memory_pool::MemoryReservation;
use datafusion::functions_aggregate::expr_fn::min;
use datafusion::logical_expr::ident;
use futures::future::{try_join, try_join_all};
use moka::sync::Cache;
use tokio::sync::{Mutex, OnceCell};

use super::error::QueryError;
use super::plan::facts::plain;
use super::plan::filter::all;
use super::plan::measures::CUSTOMER;
use super::registry::FIRST_ORDERS;
use super::runner::Runner;
use super::source::{Extent, Facts, Part};
use crate::dataset::{self, Dataset, Partition};
use crate::{SegmentId, StoreId};

/// When somebody ordered.
const TIME: &str = "created_at";
/// How long what settled months say is kept when nobody asks.
const IDLE: Duration = Duration::from_secs(6 * 60 * 60);
/// What an entry takes beside its text, about.
const ENTRY: usize = 64;

/// When each customer ordered first, in microseconds, and the memory of queries that is taken for it.
#[derive(Debug)]
struct Instants {
    first: HashMap<Box<str>, i64>,
    /// About how much it takes.
    bytes: usize,
    reservation: MemoryReservation,
}

/// When the customers of a store ordered first.
#[derive(Debug)]
pub(crate) struct FirstOrders {
    settled: Option<Settled>,
    since: Vec<Instants>,
    /// When the first order was that says something else of its customer than settled months do.
    news_from: i64,
}

impl FirstOrders {
    fn new(settled: Option<Settled>, since: Vec<Instants>) -> Self {
        let known = |customer: &str| settled.as_ref()?.instants.first.get(customer).copied();
        let news = since.iter().flat_map(|instants| &instants.first);
        let news = news.filter(|(customer, at)| known(customer).is_none_or(|known| **at < known)).map(|(_, at)| *at);
        let news_from = news.min().unwrap_or(i64::MAX);
        Self { settled, since, news_from }
    }

    /// The segments by which alone it is decided who was new in the rows of a partition up to an instant, in microseconds, if that is so.
    pub(crate) fn decided_by(&self, partition: Partition, until: i64) -> Option<impl Iterator<Item = SegmentId>> {
        let settled = self.settled.as_ref().filter(|_| self.news_from >= until)?;
        let earlier = settled.segments.iter().take_while(move |(of, _)| *of <= partition);
        Some(earlier.map(|(_, segment)| *segment))
    }

    /// When a customer ordered first, in microseconds; `None` when all their orders are tests or were cancelled.
    pub(crate) fn of(&self, customer: &str) -> Option<i64> {
        let all = self.settled.iter().map(|settled| &*settled.instants).chain(&self.since);
        all.filter_map(|instants| instants.first.get(customer)).copied().min()
    }
}

/// What the settled months of a store say: of these segments.
#[derive(Clone, Debug)]
struct Settled {
    segments: Arc<[(Partition, SegmentId)]>,
    instants: Arc<Instants>,
}

/// What settled months say, by store.
#[derive(Clone, Debug)]
pub(crate) struct KnownFirstOrders {
    settled: Cache<StoreId, Settled>,
    /// Who reads those of a store lets others wait, who then find them.
    reading: Cache<StoreId, Arc<Mutex<()>>>,
    most: u64,
}

impl KnownFirstOrders {
    /// Keeps up to that many bytes; none with zero.
    pub(crate) fn new(bytes: u64) -> Self {
        let weigh = |_: &StoreId, settled: &Settled| {
            u32::try_from(settled.instants.bytes + size_of_val(&*settled.segments)).unwrap_or(u32::MAX)
        };
        Self {
            settled: Cache::builder().max_capacity(bytes).weigher(weigh).time_to_idle(IDLE).build(),
            reading: Cache::builder().max_capacity(10_000).time_to_idle(IDLE).build(),
            most: bytes,
        }
    }

    /// The first orders of a store's customers.
    async fn of(&self, store: StoreId, facts: &dyn Facts, runner: Runner<'_>) -> Result<FirstOrders, QueryError> {
        let orders = dataset::find("orders").ok_or_else(|| unexpected("there are no orders"))?;
        let parts = facts.parts(orders, (i64::MIN, i64::MAX));
        let is_kept = |part: &&Part| self.most > 0 && part.is_rollable();
        let (settled, others): (Vec<&Part>, Vec<&Part>) = parts.iter().partition(is_kept);
        if settled.is_empty() {
            let all = read(orders, facts, runner, Extent::All).await?;
            return Ok(FirstOrders::new(None, vec![all]));
        }
        let mut since: Vec<Extent> = Vec::new();
        for part in others {
            match since.last_mut() {
                Some(Extent::Range(last)) if last.1 == part.span.0 => last.1 = part.span.1,
                _ => since.push(Extent::Range(part.span)),
            }
        }
        let hot: Vec<_> = settled.iter().filter(|part| part.has_hot).map(|part| part.partition).collect();
        since.extend((!hot.is_empty()).then_some(Extent::Hot(hot, (i64::MIN, i64::MAX))));
        let since = try_join_all(since.into_iter().map(|extent| read(orders, facts, runner, extent)));
        let (settled, since) = try_join(self.settled(store, orders, facts, runner, &settled), since).await?;
        Ok(FirstOrders::new(Some(settled), since))
    }

    async fn settled(
        &self,
        store: StoreId,
        orders: &Arc<Dataset>,
        facts: &dyn Facts,
        runner: Runner<'_>,
        parts: &[&Part],
    ) -> Result<Settled, QueryError> {
        let of = |part: &&Part| part.cold.iter().map(|segment| (part.partition, *segment)).collect::<Vec<_>>();
        let segments: Arc<[_]> = parts.iter().flat_map(of).collect();
        let kept = || self.settled.get(&store).filter(|kept| kept.segments == segments);
        if let Some(kept) = kept() {
            return Ok(kept);
        }
        let reading = self.reading.get_with(store, Arc::default);
        let _turn = reading.lock().await;
        if let Some(kept) = kept() {
            return Ok(kept);
        }
        let partitions = parts.iter().map(|part| part.partition).collect();
        let instants = read(orders, facts, runner, Extent::Cold(partitions, None)).await?;
        // What is too large to be kept stays on the account of queries.
        if u64::try_from(instants.bytes).is_ok_and(|bytes| bytes <= self.most) {
            instants.reservation.free();
        }
        let settled = Settled { segments, instants: Arc::new(instants) };
        self.settled.insert(store, settled.clone());
        Ok(settled)
    }
}

/// The first orders that a query needs, each store's found once.
#[derive(Debug)]
pub(crate) struct QueriedFirstOrders<'q> {
    known: &'q KnownFirstOrders,
    found: Mutex<HashMap<StoreId, Arc<OnceCell<Arc<FirstOrders>>>>>,
}

impl<'q> QueriedFirstOrders<'q> {
    pub(crate) fn new(known: &'q KnownFirstOrders) -> Self {
        Self { known, found: Mutex::default() }
    }

    /// Those of a store's customers.
    pub(crate) async fn of(
        &self,
        store: StoreId,
        facts: &dyn Facts,
        runner: Runner<'_>,
    ) -> Result<Arc<FirstOrders>, QueryError> {
        let place = Arc::clone(self.found.lock().await.entry(store).or_default());
        let find = || async { self.known.of(store, facts, runner).await.map(Arc::new) };
        place.get_or_try_init(find).await.map(Arc::clone)
    }
}

/// The first orders among those of an extent.
async fn read(
    orders: &Arc<Dataset>,
    facts: &dyn Facts,
    runner: Runner<'_>,
    extent: Extent,
) -> Result<Instants, QueryError> {
    let needed = ["cancelled_at", TIME, CUSTOMER, "is_test"];
    let mut first = plain(facts.scan(orders, &needed, extent).await?, &needed)?;
    if let Some(counted) = all(FIRST_ORDERS) {
        first = first.filter(counted)?;
    }
    let first = first.aggregate(vec![ident(CUSTOMER)], vec![min(ident(TIME))])?.build()?;
    let mut instants =
        Instants { first: HashMap::new(), bytes: 0, reservation: facts.planner().reserve("first orders") };
    let mut running = runner.run(first).await?;
    while let Some(batch) = running.next().await? {
        let customers = arrow::compute::cast(batch.column(0), &DataType::Utf8View)?;
        let (Some(customers), Some(times)) =
            (customers.as_string_view_opt(), batch.column(1).as_primitive_opt::<TimestampMicrosecondType>())
        else {
            return Err(unexpected("first orders are of customers, at instants"));
        };
        let mut bytes = 0;
        // Grouped by customer, each comes once.
        for (customer, at) in customers.iter().zip(times) {
            if let Some((customer, at)) = customer.zip(at) {
                bytes += customer.len() + ENTRY;
                instants.first.insert(customer.into(), at);
            }
        }
        instants.reservation.try_grow(bytes)?;
        instants.bytes += bytes;
    }
    Ok(instants)
}

fn unexpected(what: &str) -> QueryError {
    DataFusionError::Internal(what.to_owned()).into()
}
