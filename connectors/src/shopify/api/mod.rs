//! A shop over Shopify's Admin API: orders with their items, refunds and payments, products, customers, stock and checkouts that were left.
//!
//! **A first reading** is made by bulk operations, which cost hardly any of the shop's points: `everything` asks for windows of time that are as
//! long as their results may be large, and puts together what their lines tell in any order (`tree`). Only lines of refunds are in no such
//! result and are asked for by themselves. **What changed** is read page by page, by the time of the last change, from a little before the
//! newest change that was seen (`changes`). Stock and collections are read as a whole once a day besides: changes do not tell everything of
//! them. **Webhooks** bring orders at once, and say of other things that they are to be read.
//!
//! **Rows** are made of what was read with everything below it, in one form, which is also the one that is kept (`payload`). An order that a
//! webhook tells becomes the same rows as one that is read, but for what its body does not have.
//!
//! **Versions** are times of changes: a reading counts more than a webhook of the same second, and both at least as much as what the orders
//! file tells of the same state.
//!
//! **Customers** are known by Shopify's number, which stays when an address changes; those of the orders file, which has no such number, by
//! their address.
//!
//! Amounts are in the currency of the shop's books. Orders count as placed when Shopify's reports count them (`processedAt`).

mod answer;
mod bulk;
mod catalog_rows;
mod changes;
mod connecting;
mod customer_rows;
mod declaration;
mod everything;
mod graphql;
mod listing;
mod oauth;
mod order_body;
mod order_node;
mod order_rows;
mod order_state;
mod payload;
mod place;
mod reader;
mod resource;
mod shop;
mod signature;
mod stock_rows;
mod subscriptions;
mod sync;
mod table;
mod tree;
mod version;
mod webhooks;
mod wire;

use std::collections::BTreeMap;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use self::oauth::ShopifyOAuth;
use self::shop::Shop;
use self::webhooks::ShopifyWebhooks;
use crate::contract::{
    Account, App, Calls, Connector, Credentials, Cursor, Declaration, Failure, Health, Keeps, Listed, OAuth, Outgoing,
    Page, Pages, Raw, Session, Stream, Task, Webhooks, registered,
};

/// Shopify.
#[derive(Clone, Copy, Debug, Default)]
pub struct Shopify;

#[async_trait]
impl Connector for Shopify {
    fn declaration(&self) -> &'static Declaration {
        &declaration::DECLARATION
    }

    fn oauth(&self) -> Option<&dyn OAuth> {
        Some(&ShopifyOAuth)
    }

    fn webhooks(&self) -> Option<&dyn Webhooks> {
        Some(&ShopifyWebhooks)
    }

    fn outgoing(
        &self,
        app: Option<&App>,
        account: Option<&Account>,
        fields: &BTreeMap<String, String>,
    ) -> Result<Outgoing, Failure> {
        let shop = match account {
            Some(account) => Shop::typed(&account.id)?,
            None => Shop::of(fields)?,
        };
        shop.outgoing(app)
    }

    async fn accounts(&self, _calls: &Calls<'_>, credentials: &Credentials) -> Result<Vec<Account>, Failure> {
        // What was signed in to is one shop.
        let shop = credentials.get(shop::FIELD)?;
        Ok(vec![Account::new(shop, shop.split('.').next().unwrap_or(shop))])
    }

    async fn connect(&self, session: &Session<'_>) -> Result<Account, Failure> {
        connecting::connect(session).await
    }

    async fn disconnect(&self, session: &Session<'_>) -> Result<(), Failure> {
        connecting::disconnect(session).await
    }

    async fn test_connection(&self, session: &Session<'_>) -> Result<Health, Failure> {
        connecting::test(session).await
    }

    async fn sync(&self, session: &Session<'_>, task: &Task<'_>, pages: &mut dyn Pages) -> Result<Cursor, Failure> {
        sync::sync(session, task, pages).await
    }

    fn reach(&self, account: &Account, stream: &'static Stream, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        listing::reach(account, stream, now)
    }

    fn is_own(&self, _stream: &'static Stream, entity: &str) -> bool {
        // Shopify's ids are numbers; what files name otherwise is not listed here.
        !entity.is_empty() && entity.bytes().all(|byte| byte.is_ascii_digit())
    }

    async fn list(
        &self,
        session: &Session<'_>,
        stream: &'static Stream,
        range: (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<Vec<Listed>, Failure> {
        listing::list(session, stream, range).await
    }

    fn rebuild(&self, account: &Account, raw: &Raw) -> Result<Page, Failure> {
        let (made, records) = match &*raw.kind {
            webhooks::ORDER => webhooks::rebuild(raw)?,
            _ => payload::rebuild(account, raw)?,
        };
        let mut page = Page::at(Cursor::of(&())?);
        page.batches = made.batches;
        page.removals = made.removals;
        page.records = records as u64;
        Ok(page)
    }

    fn keeps(&self, kind: &str) -> Option<Keeps> {
        (kind == webhooks::ORDER).then_some(webhooks::UNTOLD)
    }

    fn available_metrics(&self, account: &Account) -> Vec<&'static str> {
        // All of them are of orders and checkouts, which one scope shows.
        if sync::is_granted(&account.scopes, "read_orders") { registered(self.declaration().id) } else { Vec::new() }
    }
}
