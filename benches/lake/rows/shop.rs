//! The trade of a shop: orders with their items, and customers.

use arrow::array::RecordBatch;

use super::{Cells, Dice, batch, dataset};

const PRODUCTS: u64 = 400;
const THINGS: &[&str] = &["Tea", "Mug", "Scarf", "Candle", "Notebook", "Lamp", "Blanket", "Soap", "Apron", "Basket"];
const KINDS: &[&str] = &["Classic", "Organic", "Winter", "Studio", "Coastal", "Heritage", "Everyday", "Limited"];
const SIZES: &[&str] = &["Small", "Medium", "Large", "One Size", "Gift Box"];
const VENDORS: &[&str] = &["Harbour Goods", "Northwind", "Fern & Co", "Atelier Lune", "Basalt"];
const CHANNELS: &[&str] = &["web", "pos", "shopify_draft_order", "580111"];
const PLACES: &[(&str, &str, &str)] = &[
    ("US", "NY", "New York"),
    ("US", "CA", "Los Angeles"),
    ("US", "TX", "Austin"),
    ("CA", "ON", "Toronto"),
    ("US", "WA", "Seattle"),
    ("GB", "ENG", "London"),
    ("DE", "BE", "Berlin"),
    ("AU", "NSW", "Sydney"),
];

/// What an order holds of one product. Amounts are in ten-thousandths and whole cents.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    product: u64,
    quantity: i64,
    price: i64,
    discount: i64,
}

impl Item {
    pub(crate) fn amount(&self) -> i64 {
        self.quantity * self.price - self.discount
    }

    /// What the item is called.
    pub(crate) fn product(&self) -> String {
        let of = |from: &[&'static str], divisor| from[index(self.product / divisor, from.len())];
        format!("{} {} - {}", of(KINDS, 10), of(THINGS, 1), of(SIZES, 80))
    }
}

/// An order. Amounts are in ten-thousandths and whole cents, instants in microseconds.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    number: u64,
    pub(crate) at: i64,
    customer: u64,
    channel: &'static str,
    place: (&'static str, &'static str, &'static str),
    code: Option<&'static str>,
    test: bool,
    cancelled: bool,
    shipping: i64,
    tax: i64,
    pub(crate) items: Vec<Item>,
}

fn index(number: u64, length: usize) -> usize {
    usize::try_from(number).unwrap_or(0) % length
}

impl Order {
    /// The order of that number, placed at that instant, of a shop with so many customers.
    pub(crate) fn new(seed: u64, number: u64, at: i64, customers: u64) -> Self {
        let mut dice = Dice::of(seed, number);
        let code = dice.percent(15).then(|| dice.pick(&["WELCOME10", "SPRING", "VIP"]));
        let lines = 1 + dice.favoured(5) as u64;
        let items: Vec<Item> = (0..lines)
            .map(|_| {
                let product = dice.favoured(PRODUCTS) as u64;
                let price = i64::try_from(product * 37 % 90 + 10).unwrap_or(10) * 10_000 - 100;
                let quantity = 1 + i64::try_from(dice.favoured(3)).unwrap_or(0);
                let discount = if code.is_some() { quantity * price / 10 / 100 * 100 } else { 0 };
                Item { product, quantity, price, discount }
            })
            .collect();
        let subtotal: i64 = items.iter().map(Item::amount).sum();
        Self {
            number,
            at,
            customer: dice.below(customers.max(1)),
            channel: dice.pick(CHANNELS),
            place: dice.pick(PLACES),
            code,
            test: dice.percent(1),
            cancelled: dice.percent(2),
            shipping: if subtotal > 750_000 { 0 } else { 59_500 },
            tax: subtotal * 8 / 100 / 100 * 100,
            items,
        }
    }

    /// Its identity, as Shopify numbers orders.
    pub(crate) fn id(&self) -> String {
        (5_400_000_000_000 + self.number * 32_768 + self.number * 7_919 % 32_768).to_string()
    }

    pub(crate) fn total(&self) -> i64 {
        self.subtotal() + self.shipping + self.tax
    }

    /// Whether metrics count it.
    pub(crate) fn counts(&self) -> bool {
        !self.test && !self.cancelled
    }

    fn subtotal(&self) -> i64 {
        self.items.iter().map(Item::amount).sum()
    }

    fn customer_id(&self) -> String {
        (7_100_000_000_000 + self.customer * 4_099).to_string()
    }
}

pub(crate) fn orders(orders: &[Order]) -> anyhow::Result<RecordBatch> {
    batch(dataset("orders")?, orders, order_cells)
}

pub(crate) fn items(orders: &[Order]) -> anyhow::Result<RecordBatch> {
    let lines = |order| {
        let Order { items, .. }: &Order = order;
        items.iter().zip(1_i64..).map(move |(item, line)| (order, line, item))
    };
    let rows: Vec<Line<'_>> = orders.iter().flat_map(lines).collect();
    batch(dataset("order_items")?, &rows, line_cells)
}

pub(crate) fn customers(orders: &[Order]) -> anyhow::Result<RecordBatch> {
    batch(dataset("customers")?, orders, customer_cells)
}

type Line<'o> = (&'o Order, i64, &'o Item);

fn order_cells(column: &str) -> Cells<Order> {
    match column {
        "order_id" => Cells::Text(|order| Some(order.id())),
        "order_name" => Cells::Text(|order| Some(format!("#{}", 1_000 + order.number))),
        "row_version" => Cells::Whole(|order| order.at / 1_000_000),
        "created_at" => Cells::Instant(|order| Some(order.at)),
        "currency" => Cells::Text(|_| Some("USD".to_owned())),
        "customer_id" => Cells::Text(|order| Some(order.customer_id())),
        "channel" => Cells::Text(|order| Some(order.channel.to_owned())),
        "country" => Cells::Text(|order| Some(order.place.0.to_owned())),
        "province" => Cells::Text(|order| Some(order.place.1.to_owned())),
        "city" => Cells::Text(|order| Some(order.place.2.to_owned())),
        "discount_code" => Cells::Text(|order| order.code.map(str::to_owned)),
        "financial_status" => Cells::Text(|order| Some(if order.cancelled { "voided" } else { "paid" }.to_owned())),
        "is_test" => Cells::Flag(|order| order.test),
        "cancelled_at" => Cells::Instant(|order| order.cancelled.then_some(order.at + 7_200_000_000)),
        "paid_at" => Cells::Instant(|order| Some(order.at + 3_000_000)),
        "fulfilled_at" => Cells::Instant(|order| (!order.cancelled).then_some(order.at + super::DAY)),
        "fulfillment_status" => {
            Cells::Text(|order| Some(if order.cancelled { "unfulfilled" } else { "fulfilled" }.to_owned()))
        }
        "payment_method" => {
            Cells::Text(|order| Some(["Shopify Payments", "PayPal"][index(order.number, 2)].to_owned()))
        }
        "shipping_method" => Cells::Text(|order| Some(["Standard", "Express"][index(order.number / 3, 2)].to_owned())),
        "tags" => Cells::Text(|order| order.code.map(|code| format!("promo, {code}"))),
        "risk_level" => Cells::Text(|_| Some("Low".to_owned())),
        "accepts_marketing" => Cells::Flag(|order| order.customer % 3 == 0),
        "units" => Cells::Whole(|order| order.items.iter().map(|item| item.quantity).sum()),
        "lines" => Cells::Whole(|order| i64::try_from(order.items.len()).unwrap_or(i64::MAX)),
        "subtotal" => Cells::Amount(Order::subtotal),
        "discount" => Cells::Amount(|order| order.items.iter().map(|item| item.discount).sum()),
        "shipping" => Cells::Amount(|order| order.shipping),
        "tax" => Cells::Amount(|order| order.tax),
        "total" => Cells::Amount(Order::total),
        "refunded" | "outstanding" => Cells::Amount(|_| 0),
        _ => Cells::Nothing,
    }
}

fn line_cells<'o>(column: &str) -> Cells<Line<'o>> {
    match column {
        "order_id" => Cells::Text(|(order, ..)| Some(order.id())),
        "line" => Cells::Whole(|(_, line, _)| *line),
        "row_version" => Cells::Whole(|(order, ..)| order.at / 1_000_000),
        "created_at" => Cells::Instant(|(order, ..)| Some(order.at)),
        "currency" => Cells::Text(|_| Some("USD".to_owned())),
        "customer_id" => Cells::Text(|(order, ..)| Some(order.customer_id())),
        "channel" => Cells::Text(|(order, ..)| Some(order.channel.to_owned())),
        "country" => Cells::Text(|(order, ..)| Some(order.place.0.to_owned())),
        "province" => Cells::Text(|(order, ..)| Some(order.place.1.to_owned())),
        "discount_code" => Cells::Text(|(order, ..)| order.code.map(str::to_owned)),
        "financial_status" => {
            Cells::Text(|(order, ..)| Some(if order.cancelled { "voided" } else { "paid" }.to_owned()))
        }
        "is_test" => Cells::Flag(|(order, ..)| order.test),
        "cancelled_at" => Cells::Instant(|(order, ..)| order.cancelled.then_some(order.at + 7_200_000_000)),
        "product_id" => Cells::Text(|(.., item)| Some((8_200_000_000_000 + item.product).to_string())),
        "product" => Cells::Text(|(.., item)| Some(item.product())),
        "sku" | "variant" => Cells::Text(|(.., item)| Some(format!("SKU-{:05}", item.product))),
        "vendor" => Cells::Text(|(.., item)| Some(VENDORS[index(item.product, VENDORS.len())].to_owned())),
        "quantity" => Cells::Whole(|(.., item)| item.quantity),
        "unit_price" => Cells::Amount(|(.., item)| item.price),
        "discount" => Cells::Amount(|(.., item)| item.discount),
        "amount" => Cells::Amount(|(.., item)| item.amount()),
        _ => Cells::Nothing,
    }
}

fn customer_cells(column: &str) -> Cells<Order> {
    match column {
        "customer_id" => Cells::Text(|order| Some(order.customer_id())),
        "row_version" => Cells::Whole(|order| order.at / 1_000_000),
        "seen_at" => Cells::Instant(|order| Some(order.at)),
        "email" => Cells::Text(|order| Some(format!("customer{}@example.com", order.customer))),
        "name" => Cells::Text(|order| Some(format!("Customer {}", order.customer))),
        "accepts_marketing" => Cells::Flag(|order| order.customer % 3 == 0),
        "country" => Cells::Text(|order| Some(order.place.0.to_owned())),
        "province" => Cells::Text(|order| Some(order.place.1.to_owned())),
        "city" => Cells::Text(|order| Some(order.place.2.to_owned())),
        _ => Cells::Nothing,
    }
}
