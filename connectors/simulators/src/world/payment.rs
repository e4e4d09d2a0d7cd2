//! Payments of orders, and what goes back.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::money::Bag;

/// What a payment transaction does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum TransactionKind {
    /// Reserves money.
    Authorization,
    /// Takes money that was reserved.
    Capture,
    /// Takes money.
    Sale,
    /// Gives money back.
    Refund,
    /// Lets go of a reservation.
    Void,
}

/// How a payment transaction ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum TransactionStatus {
    /// It did what it should.
    Success,
    /// It did nothing.
    Failure,
    /// It may still do it.
    Pending,
}

/// A payment transaction.
#[derive(Clone, Debug, Serialize)]
pub struct Transaction {
    /// Its number.
    pub id: u64,
    /// What it does.
    pub kind: TransactionKind,
    /// How it ended.
    pub status: TransactionStatus,
    /// Through whom.
    pub gateway: &'static str,
    /// When.
    pub at: DateTime<Utc>,
    /// How much, never below 0.
    pub amount: Bag,
    /// The one that it goes back to.
    pub parent: Option<u64>,
}

/// What happened to goods that were returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Restock {
    /// They had not been sent and are for sale again.
    Cancel,
    /// They came back and are for sale again.
    Return,
    /// They are gone.
    NoRestock,
}

/// Units of a line that a refund takes back.
#[derive(Clone, Debug, Serialize)]
pub struct RefundLine {
    /// Its number.
    pub id: u64,
    /// The line.
    pub line: u64,
    /// How many.
    pub quantity: i64,
    /// What happened to them.
    pub restock: Restock,
    /// Where they went.
    pub location: Option<u64>,
    /// Their price after discounts; contains tax when the order's taxes are included.
    pub subtotal: Bag,
    /// Their tax.
    pub tax: Bag,
}

/// Shipping that a refund gives back.
#[derive(Clone, Debug, Serialize)]
pub struct RefundShipping {
    /// Its number.
    pub id: u64,
    /// The shipping line.
    pub shipping_line: u64,
    /// How much; contains tax when the order's taxes are included.
    pub subtotal: Bag,
    /// Its tax.
    pub tax: Bag,
}

/// The difference between what a refund's lines are worth and the money that went back.
#[derive(Clone, Debug, Serialize)]
pub struct Adjustment {
    /// Its number.
    pub id: u64,
    /// How much; below 0 when more went back than the lines are worth.
    pub amount: Bag,
}

/// A refund.
#[derive(Clone, Debug, Serialize)]
pub struct Refund {
    /// Its number.
    pub id: u64,
    /// When.
    pub at: DateTime<Utc>,
    /// What the staff wrote.
    pub note: Option<String>,
    /// What it takes back.
    pub lines: Vec<RefundLine>,
    /// What shipping it gives back.
    pub shipping: Vec<RefundShipping>,
    /// What makes up the difference.
    pub adjustments: Vec<Adjustment>,
    /// The numbers of its transactions.
    pub transactions: Vec<u64>,
}
