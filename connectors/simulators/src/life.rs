//! What goes on in a shop by itself: somebody buys, sends something back, or stock is counted. Every call lets one such thing happen; when to
//! call is up to who runs the simulator.

use chrono::{DateTime, TimeDelta, Utc};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::RngCore as _;

use crate::SimulatorError;
use crate::simulator::ShopifySimulator;
use crate::world::{Action, LineCount, Order, World};

/// How far back orders are that something still becomes of.
const RECENT: TimeDelta = TimeDelta::days(45);
/// How many of a hundred things that happen are orders.
const ORDERS: u64 = 60;
/// The most that is made up for the time in which a shop was not there.
const MOST: usize = 5_000;

/// Lets something happen in a shop now, and has webhooks tell of it.
///
/// # Errors
/// Those of [`ShopifySimulator::act`].
pub fn happen(simulator: &ShopifySimulator, domain: &str, chance: &mut ChaCha8Rng) -> Result<(), SimulatorError> {
    let now = simulator.clock().second();
    let action = simulator.world(domain, |world| next(world, chance, now))?;
    simulator.act(domain, action).map(drop)
}

/// Makes up what happened in a shop since it was last there, at its usual pace; nobody is told. How many things did.
///
/// # Errors
/// Those of [`ShopifySimulator::act`].
pub fn catch_up(simulator: &ShopifySimulator, domain: &str, chance: &mut ChaCha8Rng) -> Result<usize, SimulatorError> {
    let now = simulator.clock().second();
    let (since, pace) = simulator.world(domain, |world| (newest(world), pace(world, now)))?;
    let missed = (now - since).num_seconds().max(0);
    let count = usize::try_from(missed / pace.num_seconds().max(1)).unwrap_or(MOST).min(MOST);
    let mut times: Vec<i64> = (0..count).map(|_| below(chance, missed.unsigned_abs()).cast_signed()).collect();
    times.sort_unstable();
    for seconds in times {
        let at = since + TimeDelta::seconds(seconds);
        let action = simulator.world(domain, |world| next(world, chance, at))?;
        simulator.act_unheard(domain, action, at)?;
    }
    Ok(count)
}

/// How long it takes on average until something happens in a shop, going by its history.
#[must_use]
pub fn pace(world: &World, now: DateTime<Utc>) -> TimeDelta {
    let first = world.orders.iter().map(|order| order.created_at).min().unwrap_or(now);
    let things = (world.orders.len() as u64).max(1) * 100 / ORDERS;
    let span = (now - first).num_seconds().max(1);
    TimeDelta::seconds((span / i64::try_from(things).unwrap_or(i64::MAX)).max(1))
}

/// When anything happened to an order last.
fn newest(world: &World) -> DateTime<Utc> {
    world.orders.iter().map(|order| order.updated_at).max().unwrap_or(world.shop.updated_at)
}

/// What happens next: something that can.
fn next(world: &World, chance: &mut ChaCha8Rng, at: DateTime<Utc>) -> Action {
    let buys = Action::PlaceOrder { items: Vec::new(), customer: None, guest: false, test: false };
    let found = match below(chance, 100) {
        0..ORDERS => None,
        ORDERS..70 => of_order(world, chance, at, |order| !order.fulfilled && !order.received().is_zero())
            .map(|order| Action::FulfilOrder { order: order.id }),
        70..80 => of_order(world, chance, at, |order| order.fulfilled && left(order).is_some()).and_then(comes_back),
        80..84 => of_order(world, chance, at, |order| order.received().is_zero())
            .map(|order| Action::PayOrder { order: order.id }),
        84..96 => counted(world, chance),
        _ => Some(Action::AbandonCheckout {}),
    };
    found.unwrap_or(buys)
}

/// One of the orders of the last weeks that something is so of.
fn of_order<'w>(
    world: &'w World,
    chance: &mut ChaCha8Rng,
    at: DateTime<Utc>,
    is_so: impl Fn(&Order) -> bool,
) -> Option<&'w Order> {
    let recent = world.orders.iter().filter(|order| order.created_at > at - RECENT && order.updated_at < at);
    let fit: Vec<&Order> = recent.filter(|order| order.cancelled_at.is_none() && !order.test && is_so(order)).collect();
    fit.get(index(chance, fit.len())).copied()
}

/// A line with units that are still the buyer's.
fn left(order: &Order) -> Option<u64> {
    (!order.received().is_zero()).then(|| order.goods().find(|line| line.quantity > line.gone))?.map(|line| line.id)
}

fn comes_back(order: &Order) -> Option<Action> {
    let lines = vec![LineCount { line: left(order)?, quantity: 1, restock: None }];
    Some(Action::RefundOrder { order: order.id, lines, shipping: 0, goodwill: 0 })
}

/// Stock of something is counted: a little more or less than was thought, or a delivery.
fn counted(world: &World, chance: &mut ChaCha8Rng) -> Option<Action> {
    let item = world.inventory.iter().nth(index(chance, world.inventory.len()))?;
    let level = item.levels.iter().find(|level| level.active)?;
    let change = below(chance, 40).cast_signed() - 8;
    let available = (level.available + change).max(0);
    Some(Action::SetStock { item: item.id, location: level.location, available })
}

fn below(chance: &mut ChaCha8Rng, below: u64) -> u64 {
    if below == 0 { 0 } else { chance.next_u64() % below }
}

fn index(chance: &mut ChaCha8Rng, of: usize) -> usize {
    // The remainder is smaller than the length of something in memory.
    usize::try_from(below(chance, of as u64)).unwrap_or(0)
}
