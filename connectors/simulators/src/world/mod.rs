//! The made-up history of one shop: its orders and all that belongs to them, consistent in itself and decided by a seed.
//!
//! The structs are public and plain, with amounts in whole minor units, so that a test can work out from them what should be seen. They say
//! what is so, not how an API tells it; `graphql` and `webhooks` do that. After it was made, a world changes by
//! [`World::act`] alone.

mod act;
mod actions;
mod basket;
mod catalog;
mod checkout;
mod checkouts;
mod edits;
mod generate;
mod ledger;
mod names;
mod order;
mod payment;
mod people;
mod place;
mod refunds;
mod stock;
mod table;
pub mod traffic;
mod visit;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore as _, SeedableRng as _};
use serde::{Deserialize, Serialize};

pub use self::actions::{Action, ActionError, Edited, Happened, LineCount, Subject, VariantCount};
pub use self::catalog::{Collection, InventoryItem, Level, Location, Product, ProductStatus, Variant};
pub use self::checkout::{AbandonedCheckout, CheckoutLine};
pub use self::ledger::{Action as SaleAction, Agreement, LineType, Reason, Sale};
pub use self::order::{
    Allocation, CancelReason, Discount, DiscountKind, DiscountValue, LineItem, LineKind, Order, ShippingLine, TaxLine,
};
pub use self::payment::{
    Adjustment, Refund, RefundLine, RefundShipping, Restock, Transaction, TransactionKind, TransactionStatus,
};
pub use self::people::{Address, Customer};
pub use self::table::{Moment, Row, Table};
pub use self::visit::{Journey, Utm, Visit};
use crate::money::Currency;

/// What history to make up.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct WorldOptions {
    /// Decides everything that is not said here.
    pub seed: u64,
    /// The shop's host, such as `mugs.myshopify.com`.
    pub domain: String,
    /// Its name.
    pub name: String,
    /// Of its books.
    pub currency: Currency,
    /// What buyers may see prices in besides.
    pub presentment: Vec<Currency>,
    /// Where its days begin.
    pub zone: Tz,
    /// Whether prices contain tax.
    pub taxes_included: bool,
    /// The first day with orders, in its zone.
    pub first_day: NaiveDate,
    /// The present instant: the last thing that happened was before it.
    pub now: DateTime<Utc>,
    /// How many orders, spread over the days until now.
    pub orders: usize,
    /// How many products.
    pub products: usize,
    /// How many customers.
    pub customers: usize,
    /// How many locations, at least one. The last of several is out of use.
    pub locations: usize,
    /// How many checkouts that were left.
    pub checkouts: usize,
    /// Whether ids are beyond 2^53, where a float no longer holds them.
    pub huge_ids: bool,
}

impl WorldOptions {
    /// A shop of middling size over the last 400 days: 2000 orders, 60 products, 900 customers, 3 locations, dollars and euros.
    #[must_use]
    pub fn new(domain: &str, now: DateTime<Utc>) -> Self {
        let first_day = now.date_naive() - chrono::Days::new(400);
        Self {
            seed: 1,
            domain: domain.to_owned(),
            name: "Fern & Kettle".to_owned(),
            currency: Currency::USD,
            presentment: vec![Currency::EUR, Currency::GBP],
            zone: Tz::America__New_York,
            taxes_included: false,
            first_day,
            now,
            orders: 2_000,
            products: 60,
            customers: 900,
            locations: 3,
            checkouts: 200,
            huge_ids: true,
        }
    }
}

/// The shop itself.
#[derive(Clone, Debug, Serialize)]
pub struct Shop {
    /// Its number.
    pub id: u64,
    /// Its host.
    pub domain: String,
    /// Its name.
    pub name: String,
    /// Its mail address.
    pub email: String,
    /// Of its books.
    pub currency: Currency,
    /// What buyers may see prices in, its own currency first.
    pub presentment: Vec<Currency>,
    /// Where its days begin.
    pub zone: Tz,
    /// Whether prices contain tax.
    pub taxes_included: bool,
    /// Where it is at home.
    pub country_code: &'static str,
    /// When it was opened.
    pub created_at: DateTime<Utc>,
    /// When its settings changed last.
    pub updated_at: DateTime<Utc>,
}

/// What numbers belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Kind {
    Order,
    Line,
    ShippingLine,
    Transaction,
    Refund,
    RefundLine,
    Adjustment,
    Agreement,
    Sale,
    Visit,
    Customer,
    Address,
    Product,
    Variant,
    Collection,
    Item,
    Level,
    Location,
    Checkout,
    CheckoutLine,
}

/// A made-up shop.
#[derive(Clone, Debug)]
pub struct World {
    /// The shop.
    pub shop: Shop,
    /// Its orders.
    pub orders: Table<Order>,
    /// Its customers.
    pub customers: Table<Customer>,
    /// What it sells.
    pub products: Table<Product>,
    /// How it groups them.
    pub collections: Table<Collection>,
    /// What is counted of its variants.
    pub inventory: Table<InventoryItem>,
    /// Where its stock lies.
    pub locations: Table<Location>,
    /// Checkouts that were left.
    pub checkouts: Table<AbandonedCheckout>,
    random: ChaCha8Rng,
    next: BTreeMap<Kind, u64>,
    number: u64,
    huge_ids: bool,
    bought: HashMap<u64, Vec<u64>>,
    variants: HashMap<u64, u64>,
    parts: HashMap<(Kind, u64), u64>,
    /// Customers by when they were first known.
    known: Vec<(DateTime<Utc>, u64)>,
    /// The variants that can be bought, as long as no product changes.
    for_sale: Option<Arc<[u64]>>,
}

impl World {
    /// Makes one up. The same options make the same world.
    #[must_use]
    pub fn new(options: &WorldOptions) -> Self {
        generate::world(options)
    }

    fn empty(options: &WorldOptions, opened: DateTime<Utc>) -> Self {
        let presentment = std::iter::once(options.currency)
            .chain(options.presentment.iter().copied().filter(|one| *one != options.currency))
            .collect();
        let mut world = Self {
            shop: Shop {
                id: 0,
                domain: options.domain.clone(),
                name: options.name.clone(),
                email: format!("owner@{}", options.domain.replace(".myshopify.com", ".example")),
                currency: options.currency,
                presentment,
                zone: options.zone,
                taxes_included: options.taxes_included,
                country_code: names::home_of(options.currency).code,
                created_at: opened,
                updated_at: opened,
            },
            orders: Table::default(),
            customers: Table::default(),
            products: Table::default(),
            collections: Table::default(),
            inventory: Table::default(),
            locations: Table::default(),
            checkouts: Table::default(),
            random: ChaCha8Rng::seed_from_u64(options.seed),
            next: BTreeMap::new(),
            number: 1_000,
            huge_ids: options.huge_ids,
            bought: HashMap::new(),
            variants: HashMap::new(),
            parts: HashMap::new(),
            known: Vec::new(),
            for_sale: None,
        };
        world.shop.id = 50_000_000_000 + world.random.next_u64() % 20_000_000_000;
        world
    }

    /// A customer's orders, by id, test orders included.
    pub fn orders_of(&self, customer: u64) -> impl DoubleEndedIterator<Item = &Order> {
        self.bought.get(&customer).into_iter().flatten().filter_map(|id| self.orders.get(*id))
    }

    /// A variant with its product, unless it was deleted.
    #[must_use]
    pub fn variant(&self, id: u64) -> Option<(&Product, &Variant)> {
        let product = self.products.get(*self.variants.get(&id)?)?;
        product.variants.iter().find(|variant| variant.id == id).map(|variant| (product, variant))
    }

    /// The product of a line, unless it had none or it was deleted.
    #[must_use]
    pub fn product_of(&self, line: &LineItem) -> Option<&Product> {
        self.products.get(line.product?)
    }

    /// The order that a line belongs to.
    #[must_use]
    pub fn order_of_line(&self, line: u64) -> Option<&Order> {
        self.orders.get(*self.parts.get(&(Kind::Line, line))?)
    }

    /// The order that a refund belongs to.
    #[must_use]
    pub fn order_of_refund(&self, refund: u64) -> Option<&Order> {
        self.orders.get(*self.parts.get(&(Kind::Refund, refund))?)
    }

    /// How many orders of a customer count (test orders do not), and what they paid in minor units of the shop's currency.
    #[must_use]
    pub fn spent(&self, customer: u64) -> (usize, i64) {
        let orders = self.orders_of(customer).filter(|order| !order.test);
        orders.fold((0, 0), |(count, paid), order| (count + 1, paid + order.net_payment().shop))
    }

    /// A new number. Numbers of a kind grow, with gaps.
    fn id(&mut self, kind: Kind) -> u64 {
        let gap = 1 + self.random.next_u64() % 4_096;
        let huge = self.huge_ids;
        let next = self.next.entry(kind).or_insert_with(|| {
            let start = (kind as u64 + 3) * 1_000_000_000_000;
            match kind {
                // Shopify's samples have orders, lines and customers beyond 2^53.
                Kind::Order | Kind::Line | Kind::Customer | Kind::Product if huge => 700_000_000_000_000_000 + start,
                _ => start,
            }
        });
        *next += gap;
        *next
    }

    /// A number below `below`, 0 when that is 0.
    fn below(&mut self, below: usize) -> usize {
        if below == 0 {
            return 0;
        }
        // The remainder is smaller than the length of something in memory.
        usize::try_from(self.random.next_u64() % below as u64).unwrap_or(0)
    }

    /// Whether something that happens so many times in a thousand happens.
    fn chance(&mut self, thousandths: u64) -> bool {
        self.random.next_u64() % 1_000 < thousandths
    }

    /// A whole number from `from` to `to`, both included.
    fn between(&mut self, from: i64, to: i64) -> i64 {
        let span = u64::try_from(to - from + 1).unwrap_or(1);
        from + i64::try_from(self.random.next_u64() % span).unwrap_or(0)
    }

    /// One of several; the first when there is one.
    fn pick<T: Copy>(&mut self, of: &[T]) -> Option<T> {
        let at = self.below(of.len());
        of.get(at).copied()
    }

    /// Keeps an order and what leads to it.
    fn keep_order(&mut self, order: Order) {
        for line in &order.lines {
            self.parts.insert((Kind::Line, line.id), order.id);
        }
        for refund in &order.refunds {
            self.parts.insert((Kind::Refund, refund.id), order.id);
        }
        if let Some(customer) = order.customer {
            let bought = self.bought.entry(customer).or_default();
            if !bought.contains(&order.id) {
                bought.push(order.id);
            }
        }
        self.orders.put(order);
    }

    fn keep_product(&mut self, product: Product) {
        self.for_sale = None;
        for variant in &product.variants {
            self.variants.insert(variant.id, product.id);
        }
        self.products.put(product);
    }
}
