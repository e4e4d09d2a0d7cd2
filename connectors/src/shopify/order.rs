//! One order as its lines tell it.

use std::fmt::Write as _;

use aloftly_engine::money::Money;
use sha2::{Digest, Sha256};

use super::allocate::allocate;
use super::header::{Column, Header};
use crate::error::Rejections;
use crate::parse::{self, Expected};
use crate::records::Cells;

const MICROS_PER_SECOND: i64 = 1_000_000;
/// Refunds up to 5,000.00 are told apart to the hundredth by a version; of larger ones, the larger they are, the less.
const TOLD_APART: i128 = 500_000;

/// The order whose lines are being read. Empty text stands for a cell that is empty or not there.
#[derive(Debug, Default)]
pub(super) struct Order {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) version: i64,
    pub(super) created_at: i64,
    pub(super) currency: String,
    pub(super) customer_id: String,
    pub(super) channel: String,
    pub(super) country: String,
    pub(super) province: String,
    pub(super) city: String,
    pub(super) discount_code: String,
    pub(super) financial_status: String,
    pub(super) fulfillment_status: String,
    pub(super) payment_method: String,
    pub(super) shipping_method: String,
    pub(super) location: String,
    pub(super) tags: String,
    pub(super) risk_level: String,
    pub(super) email: String,
    pub(super) customer_name: String,
    pub(super) is_test: bool,
    pub(super) accepts_marketing: Option<bool>,
    pub(super) paid_at: Option<i64>,
    pub(super) fulfilled_at: Option<i64>,
    pub(super) cancelled_at: Option<i64>,
    pub(super) refunded_at: Option<i64>,
    pub(super) total: Money,
    pub(super) shipping: Money,
    pub(super) taxes: Money,
    pub(super) refunded: Money,
    pub(super) outstanding: Option<Money>,
    stated_subtotal: Option<Money>,
    stated_discount: Option<Money>,
    pub(super) lines: i64,
    pub(super) units: i64,
    gross: Money,
    line_discounts: Money,
    /// The items' amounts, each with its own line's discount taken off.
    amounts: Vec<Money>,
    /// With how many decimals the amounts are written that its items are made of.
    decimals: usize,
    /// The line that it begins on.
    pub(super) begins_on: u64,
}

/// What one line says of a product that was sold.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item<'a> {
    pub(super) product: &'a str,
    pub(super) sku: &'a str,
    pub(super) vendor: &'a str,
    pub(super) quantity: i64,
    pub(super) unit_price: Money,
    /// What was taken off this line alone.
    pub(super) discount: Money,
    /// The price of all its pieces with that taken off.
    pub(super) amount: Money,
    decimals: usize,
}

/// Reads the cells of one line and rejects those that are wrong.
pub(super) struct Line<'a, 'r> {
    pub(super) header: &'a Header,
    pub(super) cells: Cells<'a>,
    pub(super) rejections: &'r mut Rejections,
}

impl<'a> Line<'a, '_> {
    pub(super) fn text(&self, column: Column) -> &'a str {
        self.header.place(column).map_or("", |place| self.cells.get(place))
    }

    pub(super) fn reject(&mut self, column: Column, expected: impl Into<std::borrow::Cow<'static, str>>) {
        let value = self.text(column);
        self.rejections.add(self.cells.line(), self.header.title(column), value, expected);
    }

    fn read<T>(&mut self, column: Column, parse: fn(&str) -> Result<T, Expected>) -> Option<T> {
        parse(self.text(column)).map_err(|expected| self.reject(column, expected)).ok()
    }

    fn read_if_any<T>(&mut self, column: Column, parse: fn(&str) -> Result<T, Expected>) -> Option<T> {
        if self.text(column).is_empty() {
            return None;
        }
        self.read(column, parse)
    }

    /// With how many decimals the cells of these columns are written, at most. Zeros behind the second say nothing.
    fn decimals(&self, columns: &[Column]) -> usize {
        let decimals = |column: &Column| match self.text(*column).split_once('.') {
            Some((_, decimals)) => decimals.len().min(decimals.trim_end_matches('0').len().max(2)),
            None => 0,
        };
        columns.iter().map(decimals).max().unwrap_or(0)
    }

    /// The product sold, `None` when a cell is wrong or the line has none.
    pub(super) fn item(&mut self) -> Option<Item<'a>> {
        let product = self.text(Column::Product);
        if product.is_empty() {
            self.reject(Column::Product, "the name of what was sold");
        }
        let quantity = self.read(Column::Quantity, parse::quantity);
        let unit_price = self.read(Column::Price, parse::amount);
        let discount = match self.text(Column::LineDiscount) {
            "" => Some(Money::ZERO),
            _ => self.read(Column::LineDiscount, parse::amount),
        };
        let (quantity, unit_price, discount) = (quantity?, unit_price?, discount?);
        let Some(amount) = unit_price.checked_mul(quantity).and_then(|gross| gross.checked_sub(discount)) else {
            self.reject(Column::Price, "a price that, times the quantity, is an amount of at most 14 digits");
            return None;
        };
        if product.is_empty() {
            return None;
        }
        let (sku, vendor) = (self.text(Column::Sku), self.text(Column::Vendor));
        let decimals = self.decimals(&[Column::Price, Column::LineDiscount]);
        Some(Item { product, sku, vendor, quantity, unit_price, discount, amount, decimals })
    }

    pub(super) fn has_item(&self) -> bool {
        [Column::Quantity, Column::Product, Column::Price].iter().any(|column| !self.text(*column).is_empty())
    }
}

impl Order {
    /// Begins anew with what an order's first line says.
    pub(super) fn begin(&mut self, id: &str, line: &mut Line<'_, '_>) {
        let set = |text: &mut String, value: &str| {
            text.clear();
            text.push_str(value);
        };
        set(&mut self.id, id);
        self.begins_on = line.cells.line();
        for (text, column) in [
            (&mut self.name, Column::Name),
            (&mut self.channel, Column::Source),
            (&mut self.discount_code, Column::DiscountCode),
            (&mut self.financial_status, Column::FinancialStatus),
            (&mut self.fulfillment_status, Column::FulfillmentStatus),
            (&mut self.payment_method, Column::PaymentMethod),
            (&mut self.shipping_method, Column::ShippingMethod),
            (&mut self.location, Column::Location),
            (&mut self.tags, Column::Tags),
            (&mut self.risk_level, Column::RiskLevel),
        ] {
            set(text, line.text(column));
        }
        set(&mut self.customer_name, first_of(line, &[Column::BillingName, Column::ShippingName]));
        set(&mut self.email, line.text(Column::Email));
        self.set_customer_id();
        set(&mut self.country, first_of(line, &[Column::ShippingCountry, Column::BillingCountry]));
        let (city, province) = place_within_country(line, &self.country);
        set(&mut self.city, city);
        set(&mut self.province, province);
        self.is_test = contains_bogus(&self.payment_method);

        if !parse::is_currency(line.text(Column::Currency)) {
            line.reject(Column::Currency, "a currency of three letters, such as USD");
        }
        set(&mut self.currency, line.text(Column::Currency));
        self.currency.make_ascii_uppercase();
        self.begin_times(line);
        self.begin_amounts(line);
        self.version = self.version();
    }

    fn begin_times(&mut self, line: &mut Line<'_, '_>) {
        self.created_at = line.read(Column::CreatedAt, parse::instant).unwrap_or_default();
        self.paid_at = line.read_if_any(Column::PaidAt, parse::instant);
        self.fulfilled_at = line.read_if_any(Column::FulfilledAt, parse::instant);
        self.cancelled_at = line.read_if_any(Column::CancelledAt, parse::instant);
        self.refunded_at = line.read_if_any(Column::RefundedAt, parse::instant);
        self.accepts_marketing = line.read_if_any(Column::AcceptsMarketing, parse::flag);
    }

    fn begin_amounts(&mut self, line: &mut Line<'_, '_>) {
        self.total = line.read(Column::Total, parse::amount_from_zero).unwrap_or_default();
        self.stated_subtotal = line.read_if_any(Column::Subtotal, parse::amount);
        self.stated_discount = line.read_if_any(Column::DiscountAmount, parse::amount);
        self.shipping = line.read_if_any(Column::Shipping, parse::amount).unwrap_or_default();
        self.taxes = line.read_if_any(Column::Taxes, parse::amount).unwrap_or_default();
        self.refunded = line.read_if_any(Column::RefundedAmount, parse::amount_from_zero).unwrap_or_default();
        self.outstanding = line.read_if_any(Column::Outstanding, parse::amount);
        (self.lines, self.units) = (0, 0);
        (self.gross, self.line_discounts) = (Money::ZERO, Money::ZERO);
        self.amounts.clear();
        self.decimals = line.decimals(&[Column::Total, Column::Subtotal, Column::DiscountAmount]);
    }

    /// Orders the states of an order: the latest second at which it was created, paid or cancelled, and below the second
    /// what was refunded. Times of exports are whole seconds, and refunds only grow.
    fn version(&self) -> i64 {
        let latest = [self.paid_at, self.cancelled_at].into_iter().flatten().fold(self.created_at, i64::max);
        latest - latest.rem_euclid(MICROS_PER_SECOND) + rank(self.refunded)
    }

    /// Bytes of the texts that each of its items repeats.
    pub(super) fn repeated_bytes(&self) -> usize {
        let repeated = [
            &self.id,
            &self.currency,
            &self.customer_id,
            &self.channel,
            &self.country,
            &self.province,
            &self.discount_code,
            &self.financial_status,
        ];
        repeated.iter().map(|text| text.len()).sum()
    }

    /// Bytes of its own texts, those that its items repeat among them.
    pub(super) fn text_bytes(&self) -> usize {
        let own = [
            &self.name,
            &self.city,
            &self.fulfillment_status,
            &self.payment_method,
            &self.shipping_method,
            &self.location,
            &self.tags,
            &self.risk_level,
            &self.email,
            &self.customer_name,
        ];
        own.iter().map(|text| text.len()).sum::<usize>() + self.repeated_bytes()
    }

    /// Adds an item; `false` when the order's sums do not fit a money column any more.
    pub(super) fn add(&mut self, item: &Item<'_>) -> bool {
        self.lines += 1;
        self.units += item.quantity;
        let gross = item.unit_price.checked_mul(item.quantity).and_then(|gross| self.gross.checked_add(gross));
        let discounts = self.line_discounts.checked_add(item.discount);
        let (Some(gross), Some(discounts)) = (gross, discounts) else { return false };
        (self.gross, self.line_discounts) = (gross, discounts);
        self.amounts.push(item.amount);
        self.decimals = self.decimals.max(item.decimals);
        self.gross.checked_sub(self.discount()).is_some()
    }

    /// What of the order's discount is in none of its lines' discounts, shared among its lines.
    pub(super) fn shared_discount(&self) -> Vec<Money> {
        let of_order = match (self.stated_subtotal, self.stated_discount) {
            (Some(subtotal), _) => {
                self.gross.checked_sub(self.line_discounts).and_then(|sum| sum.checked_sub(subtotal))
            }
            (None, Some(discount)) => discount.checked_sub(self.line_discounts),
            (None, None) => None,
        };
        allocate(of_order.unwrap_or_default(), self.unit(), &self.amounts)
    }

    /// The smallest amount that the order's currency is paid in, as far as its amounts tell. No currency has tenths only:
    /// `12.5` is how a spreadsheet leaves `12.50`.
    fn unit(&self) -> Money {
        Money::from_raw(match self.decimals {
            0 => 10_000,
            1 | 2 => 100,
            3 => 10,
            _ => 1,
        })
    }

    /// What was taken off: as stated, else the sum of what was taken off its lines.
    pub(super) fn discount(&self) -> Money {
        self.stated_discount.unwrap_or(self.line_discounts)
    }

    /// The price of all items with discounts taken off, before shipping and taxes: as stated, else computed.
    pub(super) fn subtotal(&self) -> Money {
        self.stated_subtotal.or_else(|| self.gross.checked_sub(self.discount())).unwrap_or_default()
    }

    /// A customer is known by the e-mail address: the first 32 hex digits of its SHA-256, in lower case.
    fn set_customer_id(&mut self) {
        self.customer_id.clear();
        if self.email.is_empty() {
            return;
        }
        let address = if self.email.is_ascii() { None } else { Some(self.email.to_lowercase()) };
        if address.is_none() {
            self.email.make_ascii_lowercase();
        }
        if let Some(address) = address {
            self.email = address;
        }
        for byte in &Sha256::digest(self.email.as_bytes())[..16] {
            // Writing to a String does not fail.
            let _ = write!(self.customer_id, "{byte:02x}");
        }
    }
}

/// A number below a million that grows with the amount, and with nothing else: an edit of the order may change its total.
fn rank(refunded: Money) -> i64 {
    let hundredths = (refunded.raw() + 99) / 100;
    let beyond = hundredths - TOLD_APART;
    let rank =
        if beyond <= 0 { hundredths } else { TOLD_APART + (TOLD_APART - 1) * beyond / (beyond + 20 * TOLD_APART) };
    i64::try_from(rank).unwrap_or(MICROS_PER_SECOND - 1)
}

fn first_of<'a>(line: &Line<'a, '_>, columns: &[Column]) -> &'a str {
    columns.iter().map(|column| line.text(*column)).find(|text| !text.is_empty()).unwrap_or("")
}

/// The city and province of the address that the country is of: of the shipping address if it tells any, else of the
/// billing address if that is in the same country.
fn place_within_country<'a>(line: &Line<'a, '_>, country: &str) -> (&'a str, &'a str) {
    let shipping = (line.text(Column::ShippingCity), line.text(Column::ShippingProvince));
    if shipping != ("", "") {
        return shipping;
    }
    if line.text(Column::BillingCountry) == country {
        return (line.text(Column::BillingCity), line.text(Column::BillingProvince));
    }
    ("", "")
}

/// Shopify's gateway for tries is called "Bogus Gateway".
fn contains_bogus(payment_method: &str) -> bool {
    payment_method.as_bytes().windows(5).any(|word| word.eq_ignore_ascii_case(b"bogus"))
}
