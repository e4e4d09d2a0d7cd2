//! What should be known of a shop: told by its world, without any of the code that asks or answers.

use std::collections::BTreeMap;
use std::fmt::Display;

use aloftly_connectors::conformance::{Facts, Lake, Row};
use aloftly_simulators::world::World;
use chrono::{DateTime, Utc};

use crate::support::number;

/// What is compared: a dataset, what its rows are told by, and columns. Figures that change without the thing itself counting as changed, such as how
/// often somebody bought, and stock, which is of days, are left out.
const COMPARED: &[(&str, &[&str], &[&str])] = &[
    (
        "orders",
        &["order_id"],
        &[
            "order_name",
            "created_at",
            "source_updated_at",
            "currency",
            "total",
            "tax",
            "shipping",
            "refunded",
            "subtotal",
            "discount",
            "tips",
            "financial_status",
            "is_test",
            "cancelled_at",
            "tags",
            "lines",
            "customer_id",
        ],
    ),
    (
        "order_items",
        &["order_id", "line_id"],
        &["product", "quantity", "current_quantity", "unit_price", "discount", "tax"],
    ),
    ("refunds", &["order_id", "refund_id"], &["amount", "refunded_at"]),
    ("refund_items", &["order_id", "refund_line_id"], &["refund_id", "line_id", "quantity"]),
    ("transactions", &["order_id", "transaction_id"], &["kind", "status", "amount"]),
    ("products", &["product_id"], &["product", "handle", "status"]),
    ("variants", &["product_id", "variant_id"], &["title", "sku", "price"]),
    ("collections", &["collection_id", "product_id"], &["title"]),
    ("customers", &["customer_id"], &["email", "name", "tags", "accepts_marketing"]),
    ("locations", &["location_id"], &["location", "is_active"]),
    ("checkouts", &["checkout_id"], &["created_at", "completed_at", "total"]),
];

/// What rows say, in the form in which it is compared.
pub(super) fn held(lake: &Lake) -> Facts {
    let mut facts = Facts::new();
    for (dataset, ids, columns) in COMPARED {
        for row in lake.rows(dataset) {
            let ids: Vec<&str> = ids.iter().map(|id| row[*id].as_deref().unwrap()).collect();
            for column in *columns {
                if let Some(value) = &row[*column] {
                    let before = facts.insert(format!("{dataset}/{}/{column}", ids.join("/")), value.clone());
                    assert_eq!(before, None, "{dataset} {ids:?} is there twice");
                }
            }
        }
    }
    for ((item, location), row) in newest_levels(lake) {
        facts.insert(format!("inventory_levels/{item}/{location}/location"), row["location"].clone().unwrap());
    }
    facts
}

/// The last that was read of each level, by item and location.
pub(super) fn newest_levels(lake: &Lake) -> BTreeMap<(String, String), &Row> {
    let mut newest: BTreeMap<(String, String), &Row> = BTreeMap::new();
    for row in lake.rows("inventory_levels") {
        let id = ["inventory_item_id", "location_id"].map(|id| row[id].clone().unwrap());
        let kept = newest.entry(id.into()).or_insert(row);
        if number(kept, "read_at") < number(row, "read_at") {
            *kept = row;
        }
    }
    newest
}

struct Told(Facts);

impl Told {
    fn put(&mut self, thing: &str, column: &str, value: impl Display) {
        self.0.insert(format!("{thing}/{column}"), value.to_string());
    }

    /// A text; an empty one is none.
    fn text(&mut self, thing: &str, column: &str, text: &str) {
        if !text.is_empty() {
            self.put(thing, column, text);
        }
    }

    fn time(&mut self, thing: &str, column: &str, at: Option<DateTime<Utc>>) {
        if let Some(at) = at {
            self.put(thing, column, at.timestamp_micros());
        }
    }

    /// An amount of cents, as a number of four decimals.
    fn money(&mut self, thing: &str, column: &str, cents: i64) {
        self.put(thing, column, cents * 100);
    }
}

/// What the shop's world says, in the same form.
pub(super) fn expected(world: &World) -> Facts {
    let mut told = Told(Facts::new());
    orders(world, &mut told);
    goods(world, &mut told);
    for customer in world.customers.iter() {
        let thing = format!("customers/{}", customer.id);
        told.text(&thing, "name", &customer.name());
        told.text(&thing, "tags", &customer.tags.join(", "));
        if let Some(email) = &customer.email {
            told.put(&thing, "email", email.to_lowercase());
            told.put(&thing, "accepts_marketing", customer.subscribed);
        }
    }
    for checkout in world.checkouts.iter() {
        let thing = format!("checkouts/{}", checkout.id);
        told.time(&thing, "created_at", Some(checkout.created_at));
        told.time(&thing, "completed_at", checkout.completed_at);
        told.money(&thing, "total", checkout.total().shop);
    }
    told.0
}

fn orders(world: &World, told: &mut Told) {
    for order in world.orders.iter() {
        let thing = format!("orders/{}", order.id);
        told.put(&thing, "order_name", format!("#{}", order.number));
        told.time(&thing, "created_at", Some(order.processed_at));
        told.time(&thing, "source_updated_at", Some(order.updated_at));
        told.put(&thing, "currency", order.currencies.shop.code());
        for (column, amount) in [
            ("total", order.total()),
            ("tax", order.total_tax()),
            ("shipping", order.total_shipping()),
            ("refunded", order.refunded()),
            ("subtotal", order.subtotal()),
            ("discount", order.total_discounts()),
            ("tips", order.tips()),
        ] {
            told.money(&thing, column, amount.shop);
        }
        told.put(&thing, "financial_status", order.financial_status().to_lowercase());
        told.put(&thing, "is_test", order.test);
        told.time(&thing, "cancelled_at", order.cancelled_at);
        told.text(&thing, "tags", &order.tags.join(", "));
        told.put(&thing, "lines", order.lines.len());
        if let Some(customer) = order.customer {
            told.put(&thing, "customer_id", customer);
        }
        for line in &order.lines {
            let thing = format!("order_items/{}/{}", order.id, line.id);
            let variant = line.variant_title.iter().map(|variant| format!(" - {variant}"));
            told.put(&thing, "product", format!("{}{}", line.title, variant.collect::<String>()));
            told.put(&thing, "quantity", line.quantity);
            told.put(&thing, "current_quantity", line.quantity - line.gone);
            told.money(&thing, "unit_price", line.unit_price.shop);
            told.money(&thing, "discount", line.discount().shop);
            told.money(&thing, "tax", line.tax().shop);
        }
        for refund in &order.refunds {
            let thing = format!("refunds/{}/{}", order.id, refund.id);
            told.money(&thing, "amount", order.refund_total(refund).shop);
            told.time(&thing, "refunded_at", Some(refund.at));
            for line in &refund.lines {
                let thing = format!("refund_items/{}/{}", order.id, line.id);
                told.put(&thing, "refund_id", refund.id);
                told.put(&thing, "line_id", line.line);
                told.put(&thing, "quantity", line.quantity);
            }
        }
        for payment in &order.transactions {
            let thing = format!("transactions/{}/{}", order.id, payment.id);
            told.put(&thing, "kind", format!("{:?}", payment.kind).to_lowercase());
            told.put(&thing, "status", format!("{:?}", payment.status).to_lowercase());
            told.money(&thing, "amount", payment.amount.shop);
        }
    }
}

fn goods(world: &World, told: &mut Told) {
    for product in world.products.iter() {
        let thing = format!("products/{}", product.id);
        told.put(&thing, "product", &product.title);
        told.put(&thing, "handle", &product.handle);
        told.put(&thing, "status", product.status.name().to_lowercase());
        for variant in &product.variants {
            let thing = format!("variants/{}/{}", product.id, variant.id);
            told.put(&thing, "title", &variant.title);
            told.text(&thing, "sku", variant.sku.as_deref().unwrap_or_default());
            told.money(&thing, "price", variant.price);
        }
    }
    for collection in world.collections.iter() {
        for product in &collection.products {
            told.put(&format!("collections/{}/{product}", collection.id), "title", &collection.title);
        }
    }
    for location in world.locations.iter() {
        let thing = format!("locations/{}", location.id);
        told.put(&thing, "location", &location.name);
        told.put(&thing, "is_active", location.active);
    }
    for item in world.inventory.iter() {
        for level in item.levels.iter().filter(|level| level.active) {
            let name = world.locations.get(level.location).map(|location| location.name.clone()).unwrap();
            told.put(&format!("inventory_levels/{}/{}", item.id, level.location), "location", name);
        }
    }
}
