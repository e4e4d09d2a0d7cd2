//! Orders: lines, shipping, payments, refunds, and what they come to. What an order comes to after edits and returns is the sum of its
//! sales ledger; nothing keeps a second figure that could differ from it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::ledger::{Action, Agreement, LineType, Sale};
use super::payment::{Refund, Transaction, TransactionKind, TransactionStatus};
use super::people::Address;
use super::table::Row;
use super::visit::Journey;
use crate::money::{Bag, Currencies};

/// Why an order was cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CancelReason {
    /// The buyer asked for it.
    Customer,
    /// The payment was declined.
    Declined,
    /// It was a fraud.
    Fraud,
    /// There was no stock.
    Inventory,
    /// Something else.
    Other,
    /// The staff made a mistake.
    Staff,
}

impl CancelReason {
    /// Its name in GraphQL.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Customer => "CUSTOMER",
            Self::Declined => "DECLINED",
            Self::Fraud => "FRAUD",
            Self::Inventory => "INVENTORY",
            Self::Other => "OTHER",
            Self::Staff => "STAFF",
        }
    }
}

/// Where a discount came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum DiscountKind {
    /// A code that the buyer typed.
    Code(String),
    /// It applied by itself.
    Automatic(String),
    /// The staff gave it.
    Manual(String),
}

/// How much a discount takes off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum DiscountValue {
    /// Hundredths of a percent.
    Share(i64),
    /// A fixed amount.
    Amount(Bag),
}

/// A discount that an order has.
#[derive(Clone, Debug, Serialize)]
pub struct Discount {
    /// Where it came from.
    pub kind: DiscountKind,
    /// How much it takes off.
    pub value: DiscountValue,
    /// Whether it takes off shipping, and nothing else.
    pub on_shipping: bool,
    /// Whether it was given to the order as a whole and shared out over its lines.
    pub across: bool,
}

/// What a discount takes off one line.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Allocation {
    /// Which of the order's discounts, from 0.
    pub discount: usize,
    /// How much.
    pub amount: Bag,
}

/// A tax on a line.
#[derive(Clone, Debug, Serialize)]
pub struct TaxLine {
    /// What it is called.
    pub title: String,
    /// Hundredths of a percent.
    pub rate: i64,
    /// How much; contained in the price when the order's taxes are included.
    pub amount: Bag,
}

/// What a line sells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum LineKind {
    /// Goods.
    Product,
    /// A gift card.
    GiftCard,
    /// Nothing: a tip for the staff.
    Tip,
}

/// A line of an order.
#[derive(Clone, Debug, Serialize)]
pub struct LineItem {
    /// Its number.
    pub id: u64,
    /// What it sells.
    pub kind: LineKind,
    /// The product's title when it was sold.
    pub title: String,
    /// The variant's.
    pub variant_title: Option<String>,
    /// The stock keeping unit, as it was.
    pub sku: Option<String>,
    /// The maker.
    pub vendor: Option<String>,
    /// The product; it may be deleted by now, see [`super::World::product_of`].
    pub product: Option<u64>,
    /// The variant; it may be deleted as well.
    pub variant: Option<u64>,
    /// Units sold, those included that were returned or removed.
    pub quantity: i64,
    /// Units returned or removed.
    pub gone: i64,
    /// The price of one.
    pub unit_price: Bag,
    /// What discounts take off all units.
    pub allocations: Vec<Allocation>,
    /// The taxes on all units, after discounts.
    pub taxes: Vec<TaxLine>,
    /// Whether it has to be sent.
    pub ships: bool,
}

impl LineItem {
    /// Price times quantity.
    #[must_use]
    pub fn original(&self) -> Bag {
        self.unit_price.times(self.quantity)
    }

    /// What all discounts take off.
    #[must_use]
    pub fn discount(&self) -> Bag {
        self.allocations.iter().map(|allocation| allocation.amount).sum()
    }

    /// The tax on it.
    #[must_use]
    pub fn tax(&self) -> Bag {
        self.taxes.iter().map(|tax| tax.amount).sum()
    }
}

/// How an order is sent.
#[derive(Clone, Debug, Serialize)]
pub struct ShippingLine {
    /// Its number.
    pub id: u64,
    /// What it is called.
    pub title: String,
    /// What it costs.
    pub price: Bag,
    /// What discounts take off.
    pub allocations: Vec<Allocation>,
    /// The taxes on it, after discounts.
    pub taxes: Vec<TaxLine>,
    /// What was given back of it so far, without tax unless taxes are included.
    pub refunded: Bag,
}

impl ShippingLine {
    /// What was charged: the price after discounts.
    #[must_use]
    pub fn charged(&self) -> Bag {
        self.price - self.discount()
    }

    /// What all discounts take off.
    #[must_use]
    pub fn discount(&self) -> Bag {
        self.allocations.iter().map(|allocation| allocation.amount).sum()
    }

    /// The tax on it.
    #[must_use]
    pub fn tax(&self) -> Bag {
        self.taxes.iter().map(|tax| tax.amount).sum()
    }
}

/// An order.
#[derive(Clone, Debug, Serialize)]
pub struct Order {
    /// Its number in gids.
    pub id: u64,
    /// Its number for people, from 1001.
    pub number: u64,
    /// Whether no money is behind it.
    pub test: bool,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it counts from: earlier than it was made for orders that were imported.
    pub processed_at: DateTime<Utc>,
    /// When it changed last.
    pub updated_at: DateTime<Utc>,
    /// When it was cancelled.
    pub cancelled_at: Option<DateTime<Utc>>,
    /// Why.
    pub cancel_reason: Option<CancelReason>,
    /// When it was put away.
    pub closed_at: Option<DateTime<Utc>>,
    /// Whether it was edited.
    pub edited: bool,
    /// Whether everything was sent.
    pub fulfilled: bool,
    /// Of its amounts.
    #[serde(skip)]
    pub currencies: Currencies,
    /// Whether prices contain tax.
    pub taxes_included: bool,
    /// What made it: `web`, `pos`, `shopify_draft_order`.
    pub source: &'static str,
    /// Who bought; a guest is nobody.
    pub customer: Option<u64>,
    /// The buyer's mail address.
    pub email: Option<String>,
    /// Where it goes.
    pub shipping_address: Option<Address>,
    /// What it sells.
    pub lines: Vec<LineItem>,
    /// How it is sent.
    pub shipping: Vec<ShippingLine>,
    /// Its discounts.
    pub discounts: Vec<Discount>,
    /// Its payments.
    pub transactions: Vec<Transaction>,
    /// Its refunds.
    pub refunds: Vec<Refund>,
    /// Its ledger.
    pub agreements: Vec<Agreement>,
    /// How the buyer came.
    pub journey: Journey,
    /// Its tags.
    pub tags: Vec<String>,
    /// What the staff wrote.
    pub note: Option<String>,
}

impl Row for Order {
    fn id(&self) -> u64 {
        self.id
    }

    fn created_at(&self) -> DateTime<Utc> {
        self.created_at
    }

    fn updated_at(&self) -> DateTime<Utc> {
        self.updated_at
    }

    fn processed_at(&self) -> DateTime<Utc> {
        self.processed_at
    }
}

impl Order {
    /// The line of that number.
    #[must_use]
    pub fn line(&self, id: u64) -> Option<&LineItem> {
        self.lines.iter().find(|line| line.id == id)
    }

    /// Everything in the ledger.
    pub fn sales(&self) -> impl Iterator<Item = &Sale> {
        self.agreements.iter().flat_map(|agreement| &agreement.sales)
    }

    /// The total before returns, after edits and exchanges.
    #[must_use]
    pub fn total(&self) -> Bag {
        self.sales().filter(|sale| sale.action != Action::Return).map(|sale| sale.total).sum()
    }

    /// The total when it was made.
    #[must_use]
    pub fn original_total(&self) -> Bag {
        self.agreements.first().map(|first| first.sales.iter().map(|sale| sale.total).sum()).unwrap_or_default()
    }

    /// The total after edits and returns.
    #[must_use]
    pub fn current_total(&self) -> Bag {
        self.sales().map(|sale| sale.total).sum()
    }

    /// Lines after discounts, before returns; contains tax when taxes are included, and never tips.
    #[must_use]
    pub fn subtotal(&self) -> Bag {
        self.goods().map(|line| line.original() - line.discount()).sum()
    }

    /// Lines after discounts and returns.
    #[must_use]
    pub fn current_subtotal(&self) -> Bag {
        self.of(|sale| matches!(sale.line_type, LineType::Product | LineType::GiftCard))
    }

    /// What discounts take off, before returns.
    #[must_use]
    pub fn total_discounts(&self) -> Bag {
        let lines: Bag = self.lines.iter().map(LineItem::discount).sum();
        lines + self.shipping.iter().map(ShippingLine::discount).sum()
    }

    /// What discounts take off, after returns.
    #[must_use]
    pub fn current_discounts(&self) -> Bag {
        let shown = |sale: &Sale| if self.taxes_included { sale.discount_with_tax } else { sale.discount_before_tax };
        self.sales().map(shown).sum()
    }

    /// The tax before returns.
    #[must_use]
    pub fn total_tax(&self) -> Bag {
        let lines: Bag = self.lines.iter().map(LineItem::tax).sum();
        lines + self.shipping.iter().map(ShippingLine::tax).sum()
    }

    /// The tax after returns.
    #[must_use]
    pub fn current_tax(&self) -> Bag {
        self.sales().map(|sale| sale.tax).sum()
    }

    /// The shipping charged, before refunds; without tax unless taxes are included.
    #[must_use]
    pub fn total_shipping(&self) -> Bag {
        self.shipping.iter().map(ShippingLine::charged).sum()
    }

    /// The shipping charged, after refunds.
    #[must_use]
    pub fn current_shipping(&self) -> Bag {
        self.of(|sale| sale.line_type == LineType::Shipping)
    }

    /// Tips.
    #[must_use]
    pub fn tips(&self) -> Bag {
        self.lines.iter().filter(|line| line.kind == LineKind::Tip).map(LineItem::original).sum()
    }

    /// Money that came in.
    #[must_use]
    pub fn received(&self) -> Bag {
        self.moved(|kind| matches!(kind, TransactionKind::Sale | TransactionKind::Capture))
    }

    /// Money that went back.
    #[must_use]
    pub fn refunded(&self) -> Bag {
        self.moved(|kind| kind == TransactionKind::Refund)
    }

    /// Money that came in and stayed.
    #[must_use]
    pub fn net_payment(&self) -> Bag {
        self.received() - self.refunded()
    }

    /// Money that a refund gave back.
    #[must_use]
    pub fn refund_total(&self, refund: &Refund) -> Bag {
        let of = |transaction: &&Transaction| refund.transactions.contains(&transaction.id) && succeeded(transaction);
        self.transactions.iter().filter(of).map(|transaction| transaction.amount).sum()
    }

    /// How the payment stands, as GraphQL's `displayFinancialStatus` names it.
    #[must_use]
    pub fn financial_status(&self) -> &'static str {
        let has = |kind, status| self.transactions.iter().any(|one| one.kind == kind && one.status == status);
        let (received, refunded) = (self.received().shop, self.refunded().shop);
        if received == 0 {
            return if has(TransactionKind::Void, TransactionStatus::Success) || self.cancelled_at.is_some() {
                "VOIDED"
            } else if has(TransactionKind::Authorization, TransactionStatus::Success) {
                "AUTHORIZED"
            } else if self.total().shop == 0 {
                "PAID"
            } else {
                "PENDING"
            };
        }
        match refunded {
            0 if received < self.current_total().shop => "PARTIALLY_PAID",
            0 => "PAID",
            _ if refunded >= received => "REFUNDED",
            _ => "PARTIALLY_REFUNDED",
        }
    }

    /// How the sending stands, as GraphQL's `displayFulfillmentStatus` names it.
    #[must_use]
    pub fn fulfillment_status(&self) -> &'static str {
        if self.lines.iter().all(|line| !line.ships) {
            "FULFILLMENT_NOT_REQUIRED"
        } else if self.fulfilled {
            "FULFILLED"
        } else {
            "UNFULFILLED"
        }
    }

    /// The lines that are no tips.
    pub fn goods(&self) -> impl Iterator<Item = &LineItem> {
        self.lines.iter().filter(|line| line.kind != LineKind::Tip)
    }

    /// Sales of a kind, as prices of this order are: with tax when taxes are included, else without.
    fn of(&self, kind: impl Fn(&Sale) -> bool) -> Bag {
        let price = |sale: &Sale| if self.taxes_included { sale.total } else { sale.total - sale.tax };
        self.sales().filter(|sale| kind(sale)).map(price).sum()
    }

    fn moved(&self, kind: impl Fn(TransactionKind) -> bool) -> Bag {
        self.transactions.iter().filter(|one| kind(one.kind) && succeeded(one)).map(|one| one.amount).sum()
    }
}

fn succeeded(transaction: &Transaction) -> bool {
    transaction.status == TransactionStatus::Success
}
