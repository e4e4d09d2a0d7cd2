//! Lists that are told page by page, the newest things first.

#![allow(unused_qualifications, reason = "what utoipa derives names types by their full paths")]

use std::fmt::Display;

use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

/// How many things a page has, unless it is said.
const PAGE: u32 = 50;

/// Which page of a list.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Listing {
    /// The `next_cursor` of the page before.
    pub(super) cursor: Option<Uuid>,
    /// 1 to 200; 50 unless it is said.
    pub(super) limit: Option<u32>,
}

impl Listing {
    /// Behind what the page begins, and how many things it has at most.
    pub(super) fn asked<Id: From<Uuid>>(self) -> (Option<Id>, u32) {
        (self.cursor.map(Id::from), self.limit.unwrap_or(PAGE))
    }
}

/// The things of a page as they are told, and the cursor for the next; `None` on the last one.
pub(super) fn told<Row, Thing: From<Row>>(rows: Vec<Row>, next: Option<impl Display>) -> (Vec<Thing>, Option<String>) {
    (rows.into_iter().map(Thing::from).collect(), next.map(|id| id.to_string()))
}
