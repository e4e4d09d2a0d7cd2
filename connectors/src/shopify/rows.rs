//! The rows that orders become, gathered into batches.

use std::collections::HashMap;
use std::sync::Arc;

use aloftly_engine::dataset::Dataset;
use aloftly_engine::lake::RowSink;
use aloftly_engine::money::Money;
use arrow::array::{Array, ArrayRef};

use super::order::{Item, Order};
use super::product_key::product_key_parts;
use crate::columns::{self, Decimals, Flags, Instants, Integers, Text};
use crate::{ImportError, Summary};

type Columns = Vec<(&'static str, ArrayRef)>;

/// Bytes of text that the items of one order may come to: they are pushed together.
const MOST_ORDER_BYTES: usize = 16 << 20;

/// Rows of five datasets that are on their way to a sink.
#[derive(Debug)]
pub(super) struct Rows {
    orders: OrderRows,
    items: ItemRows,
    refunds: RefundRows,
    customers: Latest<Customer>,
    products: Latest<Product>,
    most: usize,
    /// Bytes of text that were gathered, and of those the last order's.
    bytes: usize,
    order_bytes: usize,
}

impl Rows {
    /// Gathers batches of about `most` rows.
    pub(super) fn new(most: usize) -> Self {
        Self {
            orders: OrderRows::default(),
            items: ItemRows::default(),
            refunds: RefundRows::default(),
            customers: Latest::default(),
            products: Latest::default(),
            most,
            bytes: 0,
            order_bytes: 0,
        }
    }

    /// An item of the order that is being read; `false` when there is no room for more of them.
    pub(super) fn item(&mut self, order: &Order, item: &Item<'_>) -> bool {
        self.order_bytes += order.repeated_bytes() + item.product.len() + item.sku.len() + item.vendor.len();
        if self.order_bytes > MOST_ORDER_BYTES {
            return false;
        }
        let product_id = self.items.push(order, item);
        self.products.note(product_id, order.created_at, |product| product.set(order, item));
        true
    }

    /// The order, when all its items were given.
    pub(super) fn order(&mut self, order: &Order) {
        self.bytes += std::mem::take(&mut self.order_bytes) + order.text_bytes();
        self.orders.push(order);
        self.items.end_order(order);
        if order.refunded > Money::ZERO {
            self.refunds.push(order);
        }
        if !order.customer_id.is_empty() {
            self.customers.note(&order.customer_id, order.created_at, |customer| customer.set(order));
        }
    }

    /// Whether it is time to push. Only asked between orders, so that all rows of an order are in one batch.
    pub(super) fn are_many(&self) -> bool {
        self.orders.rows >= self.most || self.items.rows >= self.most || self.bytes >= columns::MANY_BYTES
    }

    /// Pushes what was gathered and begins anew. Without a sink, what was gathered is thrown away.
    pub(super) fn flush(&mut self, sink: Option<&mut dyn RowSink>, summary: &mut Summary) -> Result<(), ImportError> {
        (self.bytes, self.order_bytes) = (0, 0);
        let gathered = [
            ("orders", self.orders.finish()),
            ("order_items", self.items.finish()),
            ("refunds", self.refunds.finish()),
            ("customers", finish_customers(&mut self.customers)),
            ("products", finish_products(&mut self.products)),
        ];
        let Some(sink) = sink else { return Ok(()) };
        for (name, columns) in gathered {
            let rows = columns.first().map_or(0, |(_, column)| column.len());
            if rows == 0 {
                continue;
            }
            let dataset: &Arc<Dataset> = columns::dataset(name)?;
            sink.push(dataset, &columns::batch(dataset, &columns)?)?;
            *summary.pushed.entry(dataset.name).or_default() += rows as u64;
        }
        Ok(())
    }
}

/// What an order hands down to its items and refunds.
#[derive(Debug, Default)]
struct Context {
    order_id: Text,
    row_version: Integers,
    created_at: Instants,
    currency: Text,
    customer_id: Text,
    channel: Text,
    country: Text,
    province: Text,
    discount_code: Text,
    financial_status: Text,
    is_test: Flags,
    cancelled_at: Instants,
}

impl Context {
    fn push(&mut self, order: &Order) {
        self.order_id.push(&order.id);
        self.row_version.push(order.version);
        self.created_at.push(Some(order.created_at));
        self.currency.push(&order.currency);
        self.customer_id.push(&order.customer_id);
        self.channel.push(&order.channel);
        self.country.push(&order.country);
        self.province.push(&order.province);
        self.discount_code.push(&order.discount_code);
        self.financial_status.push(&order.financial_status);
        self.is_test.push(Some(order.is_test));
        self.cancelled_at.push(order.cancelled_at);
    }

    fn finish(&mut self) -> Columns {
        vec![
            ("order_id", self.order_id.finish()),
            ("row_version", self.row_version.finish()),
            ("created_at", self.created_at.finish()),
            ("currency", self.currency.finish()),
            ("customer_id", self.customer_id.finish()),
            ("channel", self.channel.finish()),
            ("country", self.country.finish()),
            ("province", self.province.finish()),
            ("discount_code", self.discount_code.finish()),
            ("financial_status", self.financial_status.finish()),
            ("is_test", self.is_test.finish()),
            ("cancelled_at", self.cancelled_at.finish()),
        ]
    }
}

#[derive(Debug)]
struct OrderRows {
    rows: usize,
    context: Context,
    texts: [(&'static str, Text); 8],
    paid_at: Instants,
    fulfilled_at: Instants,
    accepts_marketing: Flags,
    units: Integers,
    lines: Integers,
    amounts: [(&'static str, Decimals); 7],
}

impl Default for OrderRows {
    fn default() -> Self {
        let texts = [
            "order_name",
            "fulfillment_status",
            "payment_method",
            "shipping_method",
            "city",
            "location",
            "tags",
            "risk_level",
        ];
        let amounts = ["subtotal", "discount", "shipping", "tax", "total", "refunded", "outstanding"];
        Self {
            rows: 0,
            context: Context::default(),
            texts: texts.map(|name| (name, Text::default())),
            paid_at: Instants::default(),
            fulfilled_at: Instants::default(),
            accepts_marketing: Flags::default(),
            units: Integers::default(),
            lines: Integers::default(),
            amounts: amounts.map(|name| (name, Decimals::money())),
        }
    }
}

impl OrderRows {
    fn push(&mut self, order: &Order) {
        self.rows += 1;
        self.context.push(order);
        let texts = [
            &order.name,
            &order.fulfillment_status,
            &order.payment_method,
            &order.shipping_method,
            &order.city,
            &order.location,
            &order.tags,
            &order.risk_level,
        ];
        for ((_, column), text) in self.texts.iter_mut().zip(texts) {
            column.push(text);
        }
        self.paid_at.push(order.paid_at);
        self.fulfilled_at.push(order.fulfilled_at);
        self.accepts_marketing.push(order.accepts_marketing);
        self.units.push(order.units);
        self.lines.push(order.lines);
        let amounts = [
            Some(order.subtotal()),
            Some(order.discount()),
            Some(order.shipping),
            Some(order.taxes),
            Some(order.total),
            Some(order.refunded),
            order.outstanding,
        ];
        for ((_, column), amount) in self.amounts.iter_mut().zip(amounts) {
            column.push_money(amount);
        }
    }

    fn finish(&mut self) -> Columns {
        self.rows = 0;
        let mut columns = self.context.finish();
        columns.extend(self.texts.iter_mut().map(|(name, column)| (*name, column.finish())));
        columns.extend([
            ("paid_at", self.paid_at.finish()),
            ("fulfilled_at", self.fulfilled_at.finish()),
            ("accepts_marketing", self.accepts_marketing.finish()),
            ("units", self.units.finish()),
            ("lines", self.lines.finish()),
        ]);
        columns.extend(self.amounts.iter_mut().map(|(name, column)| (*name, column.finish())));
        columns
    }
}

#[derive(Debug)]
struct ItemRows {
    rows: usize,
    context: Context,
    line: Integers,
    product_id: Text,
    product: Text,
    sku: Text,
    vendor: Text,
    variant: Text,
    quantity: Integers,
    unit_price: Decimals,
    discount: Decimals,
    amount: Decimals,
    gross: Decimals,
    /// Discount and amount of the lines of the order that is being read, as the lines tell them.
    open: Vec<(Money, Money)>,
    id: String,
}

impl Default for ItemRows {
    fn default() -> Self {
        Self {
            rows: 0,
            context: Context::default(),
            line: Integers::default(),
            product_id: Text::default(),
            product: Text::default(),
            sku: Text::default(),
            vendor: Text::default(),
            variant: Text::default(),
            quantity: Integers::default(),
            unit_price: Decimals::money(),
            discount: Decimals::money(),
            amount: Decimals::money(),
            gross: Decimals::money(),
            open: Vec::new(),
            id: String::new(),
        }
    }
}

impl ItemRows {
    /// Takes an item and says its product's id.
    fn push(&mut self, order: &Order, item: &Item<'_>) -> &str {
        self.rows += 1;
        self.context.push(order);
        self.id.clear();
        let (kind, name) = product_key_parts(item.sku, item.product);
        self.id.push_str(kind);
        self.id.push_str(name);
        self.line.push(order.lines);
        self.product_id.push(&self.id);
        self.product.push(item.product);
        self.sku.push(item.sku);
        self.vendor.push(item.vendor);
        self.variant.push(item.sku);
        self.quantity.push(item.quantity);
        self.unit_price.push_money(Some(item.unit_price));
        self.gross.push_money(item.unit_price.checked_mul(item.quantity));
        self.open.push((item.discount, item.amount));
        &self.id
    }

    /// Takes off the order's lines what is known when all of them were read.
    fn end_order(&mut self, order: &Order) {
        for ((discount, amount), share) in self.open.drain(..).zip(order.shared_discount()) {
            self.discount.push_money(discount.checked_add(share));
            self.amount.push_money(amount.checked_sub(share));
        }
    }

    fn finish(&mut self) -> Columns {
        self.rows = 0;
        self.open.clear();
        let mut columns = self.context.finish();
        columns.extend([
            ("line", self.line.finish()),
            ("product_id", self.product_id.finish()),
            ("product", self.product.finish()),
            ("sku", self.sku.finish()),
            ("vendor", self.vendor.finish()),
            ("variant", self.variant.finish()),
            ("quantity", self.quantity.finish()),
            ("unit_price", self.unit_price.finish()),
            ("discount", self.discount.finish()),
            ("amount", self.amount.finish()),
            ("gross", self.gross.finish()),
        ]);
        columns
    }
}

#[derive(Debug)]
struct RefundRows {
    context: Context,
    refund_id: Text,
    refunded_at: Instants,
    amount: Decimals,
}

impl Default for RefundRows {
    fn default() -> Self {
        Self {
            context: Context::default(),
            refund_id: Text::default(),
            refunded_at: Instants::default(),
            amount: Decimals::money(),
        }
    }
}

impl RefundRows {
    fn push(&mut self, order: &Order) {
        self.context.push(order);
        self.refund_id.push("refund");
        self.refunded_at.push(order.refunded_at);
        self.amount.push_money(Some(order.refunded));
    }

    fn finish(&mut self) -> Columns {
        let mut columns = self.context.finish();
        columns.extend([
            ("refund_id", self.refund_id.finish()),
            ("refunded_at", self.refunded_at.finish()),
            ("amount", self.amount.finish()),
        ]);
        columns
    }
}

/// The latest state of things that many orders speak of, one state for each, in the order in which they first came.
#[derive(Debug, Default)]
struct Latest<T> {
    places: HashMap<String, usize>,
    states: Vec<(String, i64, T)>,
}

impl<T: Default> Latest<T> {
    /// Notes what is said of `id` at `seen_at`, if nothing later was said. Of what is said at the same time, the last
    /// counts, as it does among batches.
    fn note(&mut self, id: &str, seen_at: i64, set: impl FnOnce(&mut T)) {
        if let Some((_, latest, state)) = self.places.get(id).and_then(|place| self.states.get_mut(*place)) {
            if *latest <= seen_at {
                *latest = seen_at;
                set(state);
            }
            return;
        }
        let mut state = T::default();
        set(&mut state);
        self.places.insert(id.to_owned(), self.states.len());
        self.states.push((id.to_owned(), seen_at, state));
    }

    fn take(&mut self) -> Vec<(String, i64, T)> {
        self.places.clear();
        std::mem::take(&mut self.states)
    }
}

#[derive(Debug, Default)]
struct Customer {
    email: String,
    name: String,
    accepts_marketing: Option<bool>,
    city: String,
    province: String,
    country: String,
}

impl Customer {
    fn set(&mut self, order: &Order) {
        self.email.clone_from(&order.email);
        self.name.clone_from(&order.customer_name);
        self.accepts_marketing = order.accepts_marketing;
        self.city.clone_from(&order.city);
        self.province.clone_from(&order.province);
        self.country.clone_from(&order.country);
    }
}

fn finish_customers(customers: &mut Latest<Customer>) -> Columns {
    let states = customers.take();
    let text = |of: fn(&Customer) -> &str| text_of(&states, of);
    let mut accepts_marketing = Flags::default();
    states.iter().for_each(|(_, _, customer)| accepts_marketing.push(customer.accepts_marketing));
    let mut columns = finish_seen(&states, "customer_id");
    columns.extend([
        ("email", text(|customer| &customer.email)),
        ("name", text(|customer| &customer.name)),
        ("accepts_marketing", accepts_marketing.finish()),
        ("city", text(|customer| &customer.city)),
        ("province", text(|customer| &customer.province)),
        ("country", text(|customer| &customer.country)),
    ]);
    columns
}

#[derive(Debug, Default)]
struct Product {
    name: String,
    sku: String,
    vendor: String,
    unit_price: Money,
    currency: String,
}

impl Product {
    fn set(&mut self, order: &Order, item: &Item<'_>) {
        for (text, value) in
            [(&mut self.name, item.product), (&mut self.sku, item.sku), (&mut self.vendor, item.vendor)]
        {
            text.clear();
            text.push_str(value);
        }
        self.unit_price = item.unit_price;
        self.currency.clone_from(&order.currency);
    }
}

fn finish_products(products: &mut Latest<Product>) -> Columns {
    let states = products.take();
    let text = |of: fn(&Product) -> &str| text_of(&states, of);
    let mut unit_price = Decimals::money();
    states.iter().for_each(|(_, _, product)| unit_price.push_money(Some(product.unit_price)));
    let mut columns = finish_seen(&states, "product_id");
    columns.extend([
        ("product", text(|product| &product.name)),
        ("variant", text(|product| &product.sku)),
        ("sku", text(|product| &product.sku)),
        ("vendor", text(|product| &product.vendor)),
        ("unit_price", unit_price.finish()),
        ("currency", text(|product| &product.currency)),
    ]);
    columns
}

/// One text of every state.
fn text_of<T>(states: &[(String, i64, T)], of: fn(&T) -> &str) -> ArrayRef {
    let mut column = Text::default();
    states.iter().for_each(|(_, _, state)| column.push(of(state)));
    column.finish()
}

fn finish_seen<T>(states: &[(String, i64, T)], entity: &'static str) -> Columns {
    let (mut id, mut row_version, mut seen_at) = (Text::default(), Integers::default(), Instants::default());
    for (state, at, _) in states {
        id.push(state);
        row_version.push(*at);
        seen_at.push(Some(*at));
    }
    vec![(entity, id.finish()), ("row_version", row_version.finish()), ("seen_at", seen_at.finish())]
}
