//! The objects of the API: what each is of the world, and what becomes of a field of it.

use serde_json::Value;

use super::args::Args;
use super::context::Context;
use super::error::Fault;
use super::page::Page;
use super::types;
use crate::world::{
    AbandonedCheckout, Agreement, CheckoutLine, Collection, Customer, Discount, InventoryItem, Level, LineItem,
    LineType, Location, Order, Product, Reason, Refund, RefundLine, RefundShipping, Sale, ShippingLine, Transaction,
    Variant,
};

/// An object.
#[derive(Clone, Debug)]
pub(crate) enum Node<'w> {
    Root,
    Shop,
    Order(&'w Order),
    Line(&'w Order, &'w LineItem),
    ShippingLine(&'w Order, &'w ShippingLine),
    Allocation(&'w Order, crate::world::Allocation),
    Discount(&'w Order, usize, &'w Discount),
    Transaction(&'w Order, &'w Transaction),
    Refund(&'w Order, &'w Refund),
    RefundLine(&'w Order, &'w Refund, &'w RefundLine),
    RefundShipping(&'w Order, &'w RefundShipping),
    Agreement(&'w Order, &'w Agreement),
    Sale(&'w Order, &'w Sale),
    Customer(&'w Customer),
    Product(&'w Product),
    Variant(&'w Product, &'w Variant),
    Collection(&'w Collection),
    Item(&'w InventoryItem),
    Level(&'w InventoryItem, &'w Level),
    Location(&'w Location),
    Checkout(&'w AbandonedCheckout),
    CheckoutLine(&'w AbandonedCheckout, &'w CheckoutLine),
    /// Something whose fields are all at hand, with the name of its type.
    Plain(String, Value),
}

/// What a field is.
#[derive(Debug)]
pub(crate) enum Out<'w> {
    /// A scalar, or objects whose fields are all at hand.
    Value(Value),
    /// An object.
    Node(Node<'w>),
    /// A plain list of objects.
    List(Vec<Node<'w>>),
    /// A page of a connection.
    Page(Page<'w>),
}

impl<'w> Out<'w> {
    /// Nothing.
    pub(crate) const NULL: Self = Self::Value(Value::Null);

    /// An object, if there is one.
    pub(crate) fn of(node: Option<Node<'w>>) -> Self {
        node.map_or(Self::NULL, Self::Node)
    }

    /// A scalar.
    pub(crate) fn scalar(value: impl Into<Value>) -> Self {
        Self::Value(value.into())
    }
}

impl<'w> Node<'w> {
    /// The name of its type.
    pub(crate) fn type_name(&self) -> &str {
        match self {
            Self::Root => "QueryRoot",
            Self::Shop => "Shop",
            Self::Order(_) => "Order",
            Self::Line(..) => "LineItem",
            Self::ShippingLine(..) => "ShippingLine",
            Self::Allocation(..) => "DiscountAllocation",
            Self::Discount(_, _, discount) => types::discount_type(discount),
            Self::Transaction(..) => "OrderTransaction",
            Self::Refund(..) => "Refund",
            Self::RefundLine(..) => "RefundLineItem",
            Self::RefundShipping(..) => "RefundShippingLine",
            Self::Agreement(_, agreement) => match agreement.reason {
                Reason::Order => "OrderAgreement",
                Reason::OrderEdit => "OrderEditAgreement",
                Reason::Refund => "RefundAgreement",
                Reason::Return => "ReturnAgreement",
            },
            Self::Sale(_, sale) => match sale.line_type {
                LineType::Product => "ProductSale",
                LineType::GiftCard => "GiftCardSale",
                LineType::Tip => "TipSale",
                LineType::Shipping => "ShippingLineSale",
                LineType::Adjustment => "AdjustmentSale",
            },
            Self::Customer(_) => "Customer",
            Self::Product(_) => "Product",
            Self::Variant(..) => "ProductVariant",
            Self::Collection(_) => "Collection",
            Self::Item(_) => "InventoryItem",
            Self::Level(..) => "InventoryLevel",
            Self::Location(_) => "Location",
            Self::Checkout(_) => "AbandonedCheckout",
            Self::CheckoutLine(..) => "AbandonedCheckoutLineItem",
            Self::Plain(name, _) => name,
        }
    }

    /// What a field of it is.
    pub(crate) fn field(&self, name: &str, args: &Args, cx: &Context<'w>) -> Result<Out<'w>, Fault> {
        match self {
            Self::Root => types::root(name, args, cx),
            Self::Shop => types::shop(name, cx),
            Self::Order(order) => types::order(order, name, args, cx),
            Self::Line(order, line) => types::line(order, line, name, args, cx),
            Self::ShippingLine(order, line) => types::shipping_line(order, line, name),
            Self::Allocation(order, allocation) => types::allocation(order, *allocation, name),
            Self::Discount(order, index, discount) => types::discount(order, *index, discount, name),
            Self::Transaction(order, one) => types::transaction(order, one, name),
            Self::Refund(order, refund) => types::refund(order, refund, name, args, cx),
            Self::RefundLine(order, refund, line) => types::refund_line(order, refund, line, name, cx),
            Self::RefundShipping(order, line) => types::refund_shipping(order, line, name),
            Self::Agreement(order, agreement) => types::agreement(order, agreement, name, args, cx),
            Self::Sale(order, sale) => types::sale(order, sale, name),
            Self::Customer(customer) => types::customer(customer, name, args, cx),
            Self::Product(product) => types::product(product, name, args, cx),
            Self::Variant(product, variant) => types::variant(product, variant, name, cx),
            Self::Collection(collection) => types::collection(collection, name, args, cx),
            Self::Item(item) => types::item(item, name, args, cx),
            Self::Level(item, level) => types::level(item, level, name, args, cx),
            Self::Location(location) => types::location(location, name, args, cx),
            Self::Checkout(checkout) => types::checkout(checkout, name, args, cx),
            Self::CheckoutLine(checkout, line) => types::checkout_line(checkout, line, name, cx),
            Self::Plain(_, value) => Ok(Out::Value(value.get(name).cloned().unwrap_or(Value::Null))),
        }
    }
}
