//! Checkouts that are left, and taken up again.

use chrono::{DateTime, Utc};

use super::act::{Told, told};
use super::actions::{ActionError, Subject};
use super::basket::Payment;
use super::checkout::{AbandonedCheckout, CheckoutLine};
use super::{Kind, World};
use crate::money::{Bag, Currencies};

impl World {
    /// Leaves a checkout. Its number.
    pub(super) fn abandon(&mut self, at: DateTime<Utc>) -> u64 {
        let basket = self.basket(at);
        let currencies = Currencies { shop: self.shop.currency, presentment: basket.presentment };
        let mut lines = Vec::with_capacity(basket.items.len());
        for (variant, quantity) in &basket.items {
            let id = self.id(Kind::CheckoutLine);
            let Some((product, variant)) = self.variant(*variant) else { continue };
            lines.push(CheckoutLine {
                id,
                title: product.title.clone(),
                variant_title: (product.variants.len() > 1).then(|| variant.title.clone()),
                sku: variant.sku.clone(),
                product: product.id,
                variant: variant.id,
                quantity: *quantity,
                unit_price: currencies.bag(variant.price),
            });
        }
        let subtotal: Bag = lines.iter().map(|line| line.unit_price.times(line.quantity)).sum();
        let rate = basket.country.tax;
        let included = self.shop.taxes_included;
        let id = self.id(Kind::Checkout);
        self.checkouts.put(AbandonedCheckout {
            id,
            token: format!("{:016x}{id:016x}", self.shop.id),
            created_at: at,
            updated_at: at,
            completed_at: None,
            order: None,
            customer: basket.customer,
            email: basket.email.or_else(|| Some(format!("guest{id}@mail.example"))),
            address: basket.address,
            lines,
            currencies,
            taxes_included: included,
            tax: subtotal.part(rate, if included { 10_000 + rate } else { 10_000 }),
            shipping: basket.shipping.map(|price| currencies.bag(price)).unwrap_or_default(),
        });
        id
    }

    /// Turns a checkout into an order.
    pub(super) fn recover(&mut self, id: u64, at: DateTime<Utc>) -> Told {
        let checkout = self.checkouts.get(id).ok_or(ActionError::Unknown("checkout", id))?.clone();
        let mut basket = self.basket(at);
        basket.items = checkout.lines.iter().map(|line| (line.variant, line.quantity)).collect();
        basket.customer = checkout.customer.filter(|customer| self.customers.get(*customer).is_some());
        basket.email = checkout.email;
        basket.address = checkout.address;
        basket.presentment = checkout.currencies.presentment;
        basket.test = false;
        basket.custom = None;
        basket.source = "web";
        basket.payment = Payment::Card;
        let order = self.place(&basket);
        self.checkouts.change(id, |checkout| {
            checkout.completed_at = Some(at);
            checkout.updated_at = at;
            checkout.order = Some(order);
        });
        Ok(vec![told("orders/create", Subject::Order(order)), told("checkouts/update", Subject::Checkout(id))])
    }
}
