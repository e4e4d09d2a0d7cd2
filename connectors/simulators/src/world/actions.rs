//! What can happen in a shop, and what it is told about by webhooks.

use serde::{Deserialize, Serialize};

use super::catalog::ProductStatus;
pub use super::edits::Edited;
use super::order::CancelReason;
use super::payment::Restock;

/// Units of a line of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct LineCount {
    /// The line.
    pub line: u64,
    /// How many.
    pub quantity: i64,
    /// What happens to the goods. By default they are for sale again.
    #[serde(default)]
    pub restock: Option<Restock>,
}

/// Units of a variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct VariantCount {
    /// The variant.
    pub variant: u64,
    /// How many.
    pub quantity: i64,
}

/// Something that happens in a shop now. What is not said is made up.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(tag = "action", rename_all = "snake_case", deny_unknown_fields)]
pub enum Action {
    /// Somebody buys, a thing or two when nothing is said.
    PlaceOrder {
        /// What they buy.
        #[serde(default)]
        items: Vec<VariantCount>,
        /// Who they are.
        #[serde(default)]
        customer: Option<u64>,
        /// Whether they are nobody whom the shop knows.
        #[serde(default)]
        guest: bool,
        /// Whether no money is behind it.
        #[serde(default)]
        test: bool,
    },
    /// The staff edit an order.
    EditOrder {
        /// The order.
        order: u64,
        /// What they add.
        #[serde(default)]
        add: Vec<VariantCount>,
        /// What they take off it.
        #[serde(default)]
        remove: Vec<LineCount>,
        /// Lines and what they take off their price, in minor units of the shop's currency.
        #[serde(default)]
        discount: Vec<(u64, i64)>,
    },
    /// The staff give money back. Without lines, shipping and goodwill it is for everything that is left.
    RefundOrder {
        /// The order.
        order: u64,
        /// What comes back.
        #[serde(default)]
        lines: Vec<LineCount>,
        /// Shipping, in minor units of the shop's currency.
        #[serde(default)]
        shipping: i64,
        /// Money for nothing, in the same.
        #[serde(default)]
        goodwill: i64,
    },
    /// A unit comes back and another goes out for it.
    Exchange {
        /// The order.
        order: u64,
        /// The line of the unit that comes back.
        line: u64,
        /// What goes out.
        variant: u64,
    },
    /// The staff cancel an order.
    CancelOrder {
        /// The order.
        order: u64,
        /// Why.
        reason: CancelReason,
        /// Whether the money goes back.
        refund: bool,
    },
    /// Money that was awaited or reserved comes.
    PayOrder {
        /// The order.
        order: u64,
    },
    /// Everything is sent.
    FulfilOrder {
        /// The order.
        order: u64,
    },
    /// Orders get a tag, all in the same second.
    TagOrders {
        /// The orders.
        orders: Vec<u64>,
        /// The tag.
        tag: String,
    },
    /// The staff delete an order.
    DeleteOrder {
        /// The order.
        order: u64,
    },
    /// Stock is counted.
    SetStock {
        /// The inventory item.
        item: u64,
        /// The location.
        location: u64,
        /// How much is for sale.
        available: i64,
    },
    /// A product comes to be.
    CreateProduct {
        /// Its title.
        title: String,
    },
    /// A product changes.
    UpdateProduct {
        /// The product.
        product: u64,
        /// Its new title.
        #[serde(default)]
        title: Option<String>,
        /// Its new status.
        #[serde(default)]
        status: Option<ProductStatus>,
        /// The new price of all of its variants, in minor units.
        #[serde(default)]
        price: Option<i64>,
    },
    /// A product is deleted, with its variants and their stock.
    DeleteProduct {
        /// The product.
        product: u64,
    },
    /// A customer comes to be.
    CreateCustomer {},
    /// A customer changes.
    UpdateCustomer {
        /// The customer.
        customer: u64,
        /// A tag that they get.
        #[serde(default)]
        tag: Option<String>,
        /// Whether they want mail now.
        #[serde(default)]
        subscribed: Option<bool>,
    },
    /// A customer without orders is deleted.
    DeleteCustomer {
        /// The customer.
        customer: u64,
    },
    /// Two customers were one: the orders of the other become those of the kept one.
    MergeCustomers {
        /// Who stays.
        kept: u64,
        /// Who goes.
        deleted: u64,
    },
    /// Somebody leaves a checkout.
    AbandonCheckout {},
    /// Somebody takes a checkout up again and buys.
    RecoverCheckout {
        /// The checkout.
        checkout: u64,
    },
    /// The shop's settings change.
    UpdateShop {
        /// Its new name.
        #[serde(default)]
        name: Option<String>,
        /// Where its days begin now.
        #[serde(default)]
        zone: Option<chrono_tz::Tz>,
    },
}

/// What a webhook tells about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// An order as it is now.
    Order(u64),
    /// An edit of an order.
    Edit(u64, Edited),
    /// A refund of an order.
    Refund(u64, u64),
    /// A product.
    Product(u64),
    /// An inventory item.
    Item(u64),
    /// The level of an item at a location.
    Level(u64, u64),
    /// A customer.
    Customer(u64),
    /// Who stayed and who went.
    Merge(u64, u64),
    /// A checkout.
    Checkout(u64),
    /// The shop.
    Shop,
    /// Something that is gone: only its number is told.
    Gone(u64),
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Happened {
    /// The webhook topic, such as `orders/create`.
    pub topic: &'static str,
    /// What it tells about.
    pub subject: Subject,
}

/// Why something cannot happen.
#[derive(Debug, thiserror::Error)]
pub enum ActionError {
    /// The world has no such thing.
    #[error("there is no {0} {1} in this shop: take an id from its world")]
    Unknown(&'static str, u64),
    /// It would change nothing.
    #[error("nothing is left to do with order {0}: its units are all returned or removed")]
    Nothing(u64),
    /// A customer who bought cannot be deleted.
    #[error("customer {0} has orders: delete those first, or merge the customer into another")]
    HasOrders(u64),
}
