//! What a shop has, by ids and versions alone.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use serde_json::json;

use super::graphql::Api;
use super::reader::endless;
use super::sync::{Plan, sees_all_orders};
use super::tree::PageInfo;
use super::version;
use super::wire::{At, Id};
use crate::contract::{Account, Failure, Listed, Session, Stream};

/// How far back orders are shown without the permission to read all, and a margin in which they are not counted on.
const SHOWN: TimeDelta = TimeDelta::days(59);
const COST: u32 = 253;

#[derive(Debug, Deserialize)]
struct Answer {
    page: Connection,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Connection {
    page_info: PageInfo,
    nodes: Vec<Node>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Node {
    id: Id,
    updated_at: At,
}

/// See [`Connector::reach`](crate::contract::Connector::reach).
pub(super) fn reach(account: &Account, stream: &Stream, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    (stream.id == "orders" && !sees_all_orders(account)).then(|| now - SHOWN)
}

/// See [`Connector::list`](crate::contract::Connector::list).
pub(super) async fn list(
    session: &Session<'_>,
    stream: &'static Stream,
    range: (DateTime<Utc>, DateTime<Utc>),
) -> Result<Vec<Listed>, Failure> {
    let plan = Plan::of(stream)?;
    if let Some(reach) = reach(session.account, stream, session.calls.clock.now()).filter(|reach| range.0 < *reach) {
        let detail =
            format!("orders from before {reach} are not shown to us, so that nothing tells which of them there are");
        return Err(Failure::Refused { detail });
    }
    let api = Api::new(session)?;
    let (document, search) = (plan.things.listing(), plan.search(range));
    let (mut listed, mut after) = (Vec::new(), None::<String>);
    let mut turns = session.calls.http.pages();
    loop {
        let answer = api.ask(&document, &json!({ "q": search, "after": after }), COST).await?;
        let page = answer.read::<Answer>(plan.things.title)?.page;
        let found = page.nodes.len();
        let nodes = page.nodes.into_iter();
        listed.extend(nodes.map(|node| Listed { entity: node.id.0, version: version::read(node.updated_at) }));
        after = page.page_info.end_cursor.filter(|_| page.page_info.has_next_page);
        if !turns.turn(found, after.as_deref()).map_err(endless)? {
            break;
        }
    }
    // What moved between pages came twice.
    listed.sort();
    listed.reverse();
    listed.dedup_by(|later, kept| later.entity == kept.entity);
    listed.reverse();
    Ok(listed)
}
