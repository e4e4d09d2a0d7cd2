//! Turns a basket into an order: prices, discounts, taxes, payments and the first agreement of its ledger.

use chrono::{DateTime, TimeDelta, Utc};

use super::basket::{Basket, Payment, Reduction};
use super::ledger::{self, Agreement, Reason};
use super::order::{
    Allocation, Discount, DiscountKind, DiscountValue, LineItem, LineKind, Order, ShippingLine, TaxLine,
};
use super::payment::{Transaction, TransactionKind, TransactionStatus};
use super::{Kind, World};
use crate::money::{Bag, Currencies};

/// What every line of an order goes by.
#[derive(Clone, Copy)]
pub(super) struct Terms {
    pub(super) currencies: Currencies,
    pub(super) included: bool,
    pub(super) rate: i64,
    pub(super) tax_title: &'static str,
}

impl Terms {
    /// The tax on a price: contained in it, or on top of it.
    pub(super) fn tax(&self, price: Bag) -> Bag {
        if self.included { price.part(self.rate, 10_000 + self.rate) } else { price.part(self.rate, 10_000) }
    }

    fn taxes(&self, price: Bag) -> Vec<TaxLine> {
        if self.rate == 0 {
            return Vec::new();
        }
        vec![TaxLine { title: self.tax_title.to_owned(), rate: self.rate, amount: self.tax(price) }]
    }
}

impl World {
    /// Makes an order of a basket and keeps it. Its number in gids.
    pub(super) fn place(&mut self, basket: &Basket) -> u64 {
        let terms = Terms {
            currencies: Currencies { shop: self.shop.currency, presentment: basket.presentment },
            included: self.shop.taxes_included,
            rate: basket.country.tax,
            tax_title: basket.country.tax_title,
        };
        let journey = self.journey(basket);
        let mut lines = self.lines(basket, terms);
        let mut shipping = self.shipping_lines(basket, terms);
        let discounts = reduce(&mut lines, &mut shipping, &basket.reductions, terms.currencies);
        for line in lines.iter_mut().filter(|line| line.kind == LineKind::Product) {
            line.taxes = terms.taxes(line.original() - line.discount());
        }
        for line in &mut shipping {
            line.taxes = terms.taxes(line.charged());
        }
        if let Some(tip) = basket.tip {
            lines.push(self.tip(terms.currencies.bag(tip)));
        }
        let mut sales = Vec::with_capacity(lines.len() + 1);
        for line in &lines {
            sales.push(ledger::of_line(self.id(Kind::Sale), line, (0, line.quantity), 1, terms.included));
        }
        for line in &shipping {
            sales.push(ledger::of_shipping(self.id(Kind::Sale), line, terms.included));
        }
        let first =
            Agreement { id: self.id(Kind::Agreement), at: basket.at, reason: Reason::Order, refund: None, sales };
        self.number += 1;
        let mut order = Order {
            id: self.id(Kind::Order),
            number: self.number,
            test: basket.test,
            created_at: basket.at,
            processed_at: basket.processed_at.unwrap_or(basket.at),
            updated_at: basket.at,
            cancelled_at: None,
            cancel_reason: None,
            closed_at: None,
            edited: false,
            fulfilled: false,
            currencies: terms.currencies,
            taxes_included: terms.included,
            source: basket.source,
            customer: basket.customer,
            email: basket.email.clone(),
            shipping_address: basket.address.clone(),
            lines,
            shipping,
            discounts,
            transactions: Vec::new(),
            refunds: Vec::new(),
            agreements: vec![first],
            journey,
            tags: Vec::new(),
            note: None,
        };
        self.pay(&mut order, basket);
        let id = order.id;
        self.keep_order(order);
        if let Some(customer) = basket.customer {
            self.customers.change(customer, |customer| customer.updated_at = customer.updated_at.max(basket.at));
        }
        id
    }

    fn lines(&mut self, basket: &Basket, terms: Terms) -> Vec<LineItem> {
        let mut lines = Vec::with_capacity(basket.items.len() + 1);
        for (variant, quantity) in &basket.items {
            lines.extend(self.line(*variant, *quantity, terms.currencies));
        }
        if let Some((title, price)) = &basket.custom {
            lines.push(LineItem {
                id: self.id(Kind::Line),
                title: title.clone(),
                unit_price: terms.currencies.bag(*price),
                ..nothing(LineKind::Product)
            });
        }
        lines
    }

    /// A line of so many of a variant, without discounts and taxes, unless there is no such variant.
    pub(super) fn line(&mut self, variant: u64, quantity: i64, currencies: Currencies) -> Option<LineItem> {
        let id = self.id(Kind::Line);
        let (product, variant) = self.variant(variant)?;
        let kind = if product.is_gift_card { LineKind::GiftCard } else { LineKind::Product };
        Some(LineItem {
            id,
            title: product.title.clone(),
            variant_title: (product.variants.len() > 1).then(|| variant.title.clone()),
            sku: variant.sku.clone(),
            vendor: Some(product.vendor.clone()),
            product: Some(product.id),
            variant: Some(variant.id),
            quantity,
            unit_price: currencies.bag(variant.price),
            ships: kind == LineKind::Product,
            ..nothing(kind)
        })
    }

    fn tip(&mut self, amount: Bag) -> LineItem {
        let id = self.id(Kind::Line);
        LineItem { id, title: "Tip".to_owned(), unit_price: amount, ..nothing(LineKind::Tip) }
    }

    fn shipping_lines(&mut self, basket: &Basket, terms: Terms) -> Vec<ShippingLine> {
        let Some(price) = basket.shipping else { return Vec::new() };
        vec![ShippingLine {
            id: self.id(Kind::ShippingLine),
            title: "Standard".to_owned(),
            price: terms.currencies.bag(price),
            allocations: Vec::new(),
            taxes: Vec::new(),
            refunded: Bag::ZERO,
        }]
    }

    fn pay(&mut self, order: &mut Order, basket: &Basket) {
        let total = order.total();
        let at = basket.at;
        let gateway = match basket.payment {
            Payment::Cash => "cash",
            Payment::Awaited => "Bank Deposit",
            _ => "shopify_payments",
        };
        let mut pay = |kind, status, amount, at, gateway, parent| {
            let id = self.id(Kind::Transaction);
            order.transactions.push(Transaction { id, kind, status, gateway, at, amount, parent });
            id
        };
        use TransactionKind::{Authorization, Capture, Sale};
        use TransactionStatus::{Failure, Pending, Success};
        match basket.payment {
            _ if total.is_zero() => {}
            Payment::Card | Payment::Cash => {
                pay(Sale, Success, total, at, gateway, None);
            }
            Payment::SecondTry => {
                pay(Sale, Failure, total, at - TimeDelta::seconds(40), gateway, None);
                pay(Sale, Success, total, at, gateway, None);
            }
            Payment::Captured => {
                let reserved = pay(Authorization, Success, total, at, gateway, None);
                pay(Capture, Success, total, at, gateway, Some(reserved));
            }
            Payment::Authorized => {
                pay(Authorization, Success, total, at, gateway, None);
            }
            Payment::Awaited => {
                pay(Sale, Pending, total, at, gateway, None);
            }
            Payment::GiftCard => {
                let part = total.part(1, 3);
                pay(Sale, Success, part, at, "gift_card", None);
                pay(Sale, Success, total - part, at, gateway, None);
            }
        }
    }

    /// The money for an order came, or what was reserved was taken.
    pub(super) fn collect(&mut self, order: &mut Order, at: DateTime<Utc>) {
        let due = (order.current_total() - order.net_payment()).or_nothing();
        if due.is_zero() {
            return;
        }
        let reserved =
            order.transactions.iter().find(|one| one.kind == TransactionKind::Authorization).map(|one| one.id);
        order.transactions.push(Transaction {
            id: self.id(Kind::Transaction),
            kind: if reserved.is_some() { TransactionKind::Capture } else { TransactionKind::Sale },
            status: TransactionStatus::Success,
            gateway: order.transactions.first().map_or("manual", |first| first.gateway),
            at,
            amount: due,
            parent: reserved,
        });
        order.updated_at = at;
    }
}

/// A line of nothing in particular.
fn nothing(kind: LineKind) -> LineItem {
    LineItem {
        id: 0,
        kind,
        title: String::new(),
        variant_title: None,
        sku: None,
        vendor: None,
        product: None,
        variant: None,
        quantity: 1,
        gone: 0,
        unit_price: Bag::ZERO,
        allocations: Vec::new(),
        taxes: Vec::new(),
        ships: false,
    }
}

/// Gives discounts to lines, one after another, none of which takes a line below nothing.
fn reduce(
    lines: &mut [LineItem],
    shipping: &mut [ShippingLine],
    reductions: &[Reduction],
    currencies: Currencies,
) -> Vec<Discount> {
    let mut discounts = Vec::new();
    for reduction in reductions {
        let discount = discounts.len();
        let (kind, value, across) = match reduction {
            Reduction::Code(code, share) => (DiscountKind::Code(code.clone()), DiscountValue::Share(*share), true),
            Reduction::Fixed(code, amount) => {
                (DiscountKind::Code(code.clone()), DiscountValue::Amount(currencies.bag(*amount)), true)
            }
            Reduction::FirstLine(share) => {
                (DiscountKind::Automatic("Pick of the week".to_owned()), DiscountValue::Share(*share), false)
            }
            Reduction::Manual(share) => {
                (DiscountKind::Manual("Thank you".to_owned()), DiscountValue::Share(*share), true)
            }
            Reduction::FreeShipping(code) => (DiscountKind::Code(code.clone()), DiscountValue::Share(10_000), false),
        };
        let on_shipping = matches!(reduction, Reduction::FreeShipping(_));
        if on_shipping {
            for line in shipping.iter_mut() {
                let amount = line.charged();
                line.allocations.push(Allocation { discount, amount });
            }
        } else {
            let reached = if across { lines.len() } else { 1 };
            let goods = lines.iter_mut().filter(|line| line.kind == LineKind::Product).take(reached);
            allocate(goods.collect(), discount, value);
        }
        discounts.push(Discount { kind, value, on_shipping, across });
    }
    discounts
}

/// Shares a discount out over lines by what they cost. The parts of a fixed amount add up to it.
fn allocate(lines: Vec<&mut LineItem>, discount: usize, value: DiscountValue) {
    let left: Vec<Bag> = lines.iter().map(|line| line.original() - line.discount()).collect();
    let whole: Bag = left.iter().copied().sum();
    let mut seen = Bag::ZERO;
    for (line, left) in lines.into_iter().zip(left) {
        let amount = match value {
            DiscountValue::Share(share) => left.part(share, 10_000),
            DiscountValue::Amount(amount) => {
                let amount =
                    Bag { shop: amount.shop.min(whole.shop), presentment: amount.presentment.min(whole.presentment) };
                let upto = seen + left;
                let part = |of: fn(Bag) -> i64| {
                    let share = |seen: Bag| Bag { shop: of(amount), presentment: 0 }.part(of(seen), of(whole)).shop;
                    share(upto) - share(seen)
                };
                Bag { shop: part(|bag| bag.shop), presentment: part(|bag| bag.presentment) }
            }
        };
        seen += left;
        line.allocations.push(Allocation { discount, amount });
    }
}
