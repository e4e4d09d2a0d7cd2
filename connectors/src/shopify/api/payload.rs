//! What was read, as it is kept, and the rows that are made of it.

use std::borrow::Cow;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::resource::{self, Resource};
use super::stock_rows::ReadOn;
use super::tree::{Tree, read_kept};
use super::wire::{At, Id, read};
use super::{catalog_rows, customer_rows, order_node, order_rows, stock_rows, version};
use crate::contract::{Account, Batches, Failure, Kept, Raw, Removal};

/// Things of one resource, with everything below them, as they were read at an instant.
#[derive(Debug)]
pub(super) struct Payload<'a> {
    pub(super) resource: &'static Resource,
    pub(super) trees: &'a [Tree],
    pub(super) read_at: DateTime<Utc>,
}

/// What a payload says of itself beside its lines.
#[derive(Debug, Serialize, Deserialize)]
struct About {
    /// In microseconds since the epoch.
    read_at: i64,
}

/// What is made of a payload.
#[derive(Debug)]
pub(super) struct Made {
    pub(super) batches: Batches,
    pub(super) removals: Vec<Removal>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Stamp {
    id: Id,
    #[serde(default)]
    created_at: Option<At>,
    #[serde(default)]
    updated_at: Option<At>,
    #[serde(default)]
    customer: Option<Owner>,
}

#[derive(Debug, Deserialize)]
struct Owner {
    id: Id,
}

impl Payload<'_> {
    /// The rows.
    ///
    /// # Errors
    /// [`Failure::Unexpected`] with the place where an answer is not what it should be.
    pub(super) fn rows(&self, account: &Account) -> Result<Made, Failure> {
        let currency = account.currency.as_deref();
        let batches = match self.resource.name {
            "orders" => {
                let mut rows = order_rows::OrderRows::new()?;
                for tree in self.trees {
                    rows.push(&mut order_node::order(tree)?)?;
                }
                rows.finish()?
            }
            "products" => catalog_rows::products(self.trees, currency)?,
            "collections" => return catalog_rows::collections(self.trees),
            "customers" => customer_rows::customers(self.trees)?,
            "locations" => stock_rows::locations(self.trees)?,
            "inventoryItems" => stock_rows::levels(self.trees, self.read_on(account))?,
            "abandonedCheckouts" => customer_rows::checkouts(self.trees)?,
            other => {
                return Err(Failure::Unexpected {
                    detail: format!("a payload of {other:?}, which nothing is made of"),
                });
            }
        };
        Ok(Made { batches, removals: Vec::new() })
    }

    /// The day of the shop on which it was read.
    pub(super) fn read_on(&self, account: &Account) -> ReadOn {
        ReadOn::new(self.read_at, account.zone.unwrap_or(chrono_tz::UTC))
    }

    /// The last change of any of the things.
    ///
    /// # Errors
    /// Those of [`Payload::rows`].
    pub(super) fn newest(&self) -> Result<Option<i64>, Failure> {
        let mut newest = None;
        for tree in self.trees {
            let stamp: Stamp = read(tree.root(), self.resource.title)?;
            newest = newest.max(stamp.updated_at.map(|at| at.0));
        }
        Ok(newest)
    }

    /// As it is kept: each thing by itself.
    ///
    /// # Errors
    /// Those of [`Payload::rows`].
    pub(super) fn kept(&self, stream: &'static str, account: &Account) -> Result<Vec<Kept>, Failure> {
        let about = serde_json::json!({ "read_at": self.read_at.timestamp_micros() });
        let read_on = self.read_on(account);
        let kept = self.trees.iter().map(|tree| {
            let Stamp { id, created_at, updated_at, customer } = read(tree.root(), self.resource.title)?;
            let mut body = Vec::new();
            tree.write(&mut body);
            let raw = Raw { stream, kind: Cow::Borrowed(self.resource.name), about: about.clone(), body: body.into() };
            let version = updated_at.map_or(read_on.at.0, version::read);
            let happened_at = created_at.map(|at| at.0);
            let customer = customer.map(|customer| customer.id.0);
            let of = Kept { raw, key: id.0.clone(), version, happened_at, thing: None, customer, order: None };
            Ok(match self.resource.name {
                "orders" => Kept { thing: Some(("orders", id.0.clone())), order: Some(id.0), ..of },
                "products" => Kept { thing: Some(("products", id.0)), ..of },
                "customers" => Kept { thing: Some(("customers", id.0.clone())), customer: Some(id.0), ..of },
                "abandonedCheckouts" => Kept { thing: Some(("checkouts", id.0)), ..of },
                // What there is of it is kept for every day.
                "inventoryItems" => Kept {
                    key: format!("{}:{}", id.0, read_on.day),
                    version: read_on.at.0,
                    happened_at: Some(read_on.begins()),
                    ..of
                },
                _ => of,
            })
        });
        kept.collect()
    }
}

/// The rows of what was kept, as they were made when it came.
///
/// # Errors
/// [`Failure::Unexpected`] when it is none of ours.
pub(super) fn rebuild(account: &Account, raw: &Raw) -> Result<(Made, usize), Failure> {
    let resource = resource::ALL.into_iter().find(|resource| resource.name == raw.kind).ok_or_else(|| {
        Failure::Unexpected { detail: format!("a payload of {:?}, which nothing is made of", raw.kind) }
    })?;
    let trees = read_kept(&raw.body)?;
    let payload = Payload { resource, trees: &trees, read_at: read_at(&raw.about)? };
    Ok((payload.rows(account)?, trees.len()))
}

fn read_at(about: &Value) -> Result<DateTime<Utc>, Failure> {
    let about: About = read(&Bytes::from(about.to_string()), "what is kept of a payload")?;
    DateTime::from_timestamp_micros(about.read_at)
        .ok_or_else(|| Failure::Unexpected { detail: "what is kept of a payload: its time is out of range".to_owned() })
}
