//! How a stream is read, whole, by its changes, by days or by ids.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

use super::changes;
use super::everything::{self, Extent};
use super::graphql::Api;
use super::oauth::SCOPES;
use super::place::{Everything, Place};
use super::reader::Reader;
use super::resource::{CHECKOUTS, COLLECTIONS, CUSTOMERS, INVENTORY, LOCATIONS, ORDERS, PRODUCTS, Resource};
use super::stock_rows::start_of;
use crate::contract::{Account, Cursor, Failure, Mode, Pages, Session, Stream, Task};

/// What a stream reads.
#[derive(Debug)]
pub(super) struct Plan {
    /// Everything, in this order.
    resources: &'static [&'static Resource],
    /// What is read as a whole every day, because changes do not tell everything of it.
    daily: &'static [&'static Resource],
    /// What its ids are of.
    pub(super) things: &'static Resource,
    /// What tells when its things happened.
    happened: &'static str,
}

static ORDERS_PLAN: Plan = Plan { resources: &[&ORDERS], daily: &[], things: &ORDERS, happened: "processed_at" };
static PRODUCTS_PLAN: Plan =
    Plan { resources: &[&PRODUCTS, &COLLECTIONS], daily: &[&COLLECTIONS], things: &PRODUCTS, happened: "created_at" };
static CUSTOMERS_PLAN: Plan =
    Plan { resources: &[&CUSTOMERS], daily: &[], things: &CUSTOMERS, happened: "customer_date" };
static INVENTORY_PLAN: Plan = Plan {
    resources: &[&LOCATIONS, &INVENTORY],
    daily: &[&LOCATIONS, &INVENTORY],
    things: &INVENTORY,
    happened: "created_at",
};
static CHECKOUTS_PLAN: Plan = Plan { resources: &[&CHECKOUTS], daily: &[], things: &CHECKOUTS, happened: "created_at" };

impl Plan {
    /// That of a stream.
    ///
    /// # Errors
    /// [`Failure::Refused`] when it is none of ours.
    pub(super) fn of(stream: &Stream) -> Result<&'static Self, Failure> {
        Ok(match stream.id {
            "orders" => &ORDERS_PLAN,
            "products" => &PRODUCTS_PLAN,
            "customers" => &CUSTOMERS_PLAN,
            "inventory" => &INVENTORY_PLAN,
            "checkouts" => &CHECKOUTS_PLAN,
            other => return Err(Failure::Refused { detail: format!("Shopify has no stream {other:?}") }),
        })
    }

    /// The search for its things that happened in a half-open range.
    pub(super) fn search(&self, range: (DateTime<Utc>, DateTime<Utc>)) -> String {
        let window = super::place::Window { from: Some(range.0.timestamp_micros()), to: range.1.timestamp_micros() };
        window.search(self.happened)
    }
}

/// See [`Connector::sync`](crate::contract::Connector::sync). The cursor that reading days or things ends with is one of a store of which nothing
/// is held.
pub(super) async fn sync(session: &Session<'_>, task: &Task<'_>, pages: &mut dyn Pages) -> Result<Cursor, Failure> {
    let plan = Plan::of(task.stream)?;
    let mut reader = Reader::new(Api::new(session)?, task.stream, pages);
    let place = task.cursor.map(Cursor::read::<Place>).transpose()?;
    let done = match &task.mode {
        Mode::Full => match place {
            Some(Place::Everything(place)) if place.then.is_none() => whole(&mut reader, plan, place).await?,
            _ => {
                let place = Everything::new(reader.api.begins(), None);
                whole(&mut reader, plan, place).await?
            }
        },
        Mode::Incremental => incremental(&mut reader, plan, task.stream, place).await?,
        Mode::Range { from, to } => {
            days(&mut reader, plan, place, (*from, *to)).await?;
            nothing_held()
        }
        Mode::Things { ids } => {
            let can_be_gone = plan.things.kind != "Order" || sees_all_orders(session.account);
            changes::things(&mut reader, plan.things, ids, &nothing_held(), can_be_gone).await?;
            nothing_held()
        }
    };
    if reader.api.has_warnings() {
        reader.mark(&done).await?;
    }
    Ok(Cursor::of(&done)?)
}

/// Whether orders of any age are shown.
pub(super) fn sees_all_orders(account: &Account) -> bool {
    account.has("read_all_orders")
}

/// The scopes that were asked for and not granted.
pub(super) fn missing_scopes(granted: &[String]) -> impl Iterator<Item = &'static str> + '_ {
    SCOPES.into_iter().filter(|scope| !is_granted(granted, scope))
}

/// Whether a scope was granted: one to write is one to read.
pub(super) fn is_granted(granted: &[String], scope: &str) -> bool {
    let writes = scope.strip_prefix("read_").map(|what| format!("write_{what}"));
    granted.iter().any(|granted| granted == scope || Some(granted) == writes.as_ref())
}

fn now(session: &Session<'_>) -> i64 {
    session.calls.clock.now().timestamp_micros()
}

fn nothing_held() -> Place {
    Place::Done { watermark: 0, read_on: None }
}

fn zone(account: &Account) -> Tz {
    account.zone.unwrap_or(chrono_tz::UTC)
}

fn day_of(micros: i64, account: &Account) -> Option<NaiveDate> {
    DateTime::from_timestamp_micros(micros).map(|at| at.with_timezone(&zone(account)).date_naive())
}

/// Reads everything.
async fn whole(reader: &mut Reader<'_>, plan: &Plan, place: Everything) -> Result<Place, Failure> {
    let extent = Extent { field: None, from: None, to: place.begun };
    let Everything { begun, .. } = everything::read(reader, plan.resources, place, extent).await?;
    Ok(Place::Done { watermark: begun, read_on: day_of(begun, reader.api.session.account) })
}

/// Reads what changed, after what is read by the day; without a place everything.
async fn incremental(
    reader: &mut Reader<'_>,
    plan: &Plan,
    stream: &'static Stream,
    place: Option<Place>,
) -> Result<Place, Failure> {
    let (session, lookback) = (reader.api.session, stream.lookback);
    let today = day_of(now(session), session.account);
    let place = match place {
        None => {
            let place = Everything::new(reader.api.begins(), None);
            return whole(reader, plan, place).await;
        }
        Some(Place::Everything(place)) if place.then.is_none() => return whole(reader, plan, place).await,
        Some(Place::Changes(place)) => return changes::read(reader, plan.resources, place).await,
        Some(Place::Everything(place)) => place,
        Some(Place::Done { watermark, read_on }) if plan.daily.is_empty() || read_on == today => {
            let place = changes::since(watermark, lookback, read_on, reader.api.begins());
            return changes::read(reader, plan.resources, place).await;
        }
        Some(Place::Done { watermark, .. }) => Everything::new(reader.api.begins(), Some(watermark)),
    };
    let watermark = place.then.unwrap_or_default();
    let extent = Extent { field: None, from: None, to: place.begun };
    let Everything { begun, .. } = everything::read(reader, plan.daily, place, extent).await?;
    let read_on = day_of(begun, session.account);
    let place = changes::since(watermark, lookback, read_on, reader.api.begins());
    changes::read(reader, plan.resources, place).await
}

/// Reads what happened on some days of the shop.
async fn days(
    reader: &mut Reader<'_>,
    plan: &Plan,
    place: Option<Place>,
    (from, to): (NaiveDate, NaiveDate),
) -> Result<(), Failure> {
    let session = reader.api.session;
    let zone = zone(session.account);
    let end = to.succ_opt().map_or(i64::MAX, |day| start_of(day, zone));
    let extent = Extent { field: Some(plan.happened), from: Some(start_of(from, zone)), to: end };
    let place = match place {
        Some(Place::Everything(place)) => place,
        _ => Everything::new(reader.api.begins(), None),
    };
    // Stock of a day that has passed cannot be read any more, nor is a collection of a day.
    let resources: &[&'static Resource] = if plan.things.kind == "InventoryItem" { &[] } else { &[plan.things] };
    everything::read(reader, resources, place, extent).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_to_write_is_one_to_read() {
        let granted = ["write_orders", "read_all_orders", "read_products", "read_customers", "read_locations"];
        let granted: Vec<String> = granted.into_iter().map(str::to_owned).collect();
        assert_eq!(missing_scopes(&granted).collect::<Vec<_>>(), ["read_inventory"]);
    }
}
