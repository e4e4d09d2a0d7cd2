//! How what happens changes a world.

use chrono::{DateTime, Utc};

use super::actions::{Action, ActionError, Happened, LineCount, Subject, VariantCount};
use super::basket::Payment;
use super::catalog::{Product, ProductStatus};
use super::edits::Edit;
use super::order::Order;
use super::payment::Restock;
use super::refunds::Return;
use super::{World, names};

pub(super) type Told = Result<Vec<Happened>, ActionError>;

pub(super) fn told(topic: &'static str, subject: Subject) -> Happened {
    Happened { topic, subject }
}

impl World {
    /// Lets something happen at that instant, and says what webhooks tell of it. The first of them is of the thing itself.
    ///
    /// # Errors
    /// [`ActionError`] when it cannot happen; nothing has changed then.
    pub fn act(&mut self, action: Action, at: DateTime<Utc>) -> Told {
        match action {
            Action::PlaceOrder { items, customer, guest, test } => self.buy(&items, customer, guest, test, at),
            Action::EditOrder { order, add, remove, discount } => {
                let edit = Edit {
                    add: add.iter().map(|one| (one.variant, one.quantity)).collect(),
                    remove: remove.iter().map(|one| (one.line, one.quantity)).collect(),
                    discount,
                };
                let edited = self.with_order(order, |world, order| world.edit(order, &edit, at))?;
                let edited = edited.ok_or(ActionError::Nothing(order))?;
                Ok(vec![
                    told("orders/edited", Subject::Edit(order, edited)),
                    told("orders/updated", Subject::Order(order)),
                ])
            }
            Action::RefundOrder { order, lines, shipping, goodwill } => {
                let asked = self.asked(order, &lines, shipping, goodwill)?;
                let refund = self.with_order(order, |world, order| world.refund(order, asked, at))?;
                self.after_refund(order, refund.ok_or(ActionError::Nothing(order))?, at)
            }
            Action::Exchange { order, line, variant } => {
                let refund = self.with_order(order, |world, order| world.exchange(order, line, variant, at))?;
                self.after_refund(order, refund.ok_or(ActionError::Nothing(order))?, at)
            }
            Action::CancelOrder { order, reason, refund } => {
                let refund = self.with_order(order, |world, order| world.cancel(order, reason, refund, at))?;
                let mut happened = vec![told("orders/cancelled", Subject::Order(order))];
                match refund {
                    Some(refund) => happened.extend(self.after_refund(order, refund, at)?),
                    None => happened.push(told("orders/updated", Subject::Order(order))),
                }
                Ok(happened)
            }
            Action::PayOrder { order } => {
                self.with_order(order, |world, order| world.collect(order, at))?;
                Ok(vec![told("orders/paid", Subject::Order(order)), told("orders/updated", Subject::Order(order))])
            }
            Action::FulfilOrder { order } => {
                self.with_order(order, |_, order| {
                    order.fulfilled = true;
                    order.updated_at = at;
                })?;
                Ok(vec![told("orders/fulfilled", Subject::Order(order)), told("orders/updated", Subject::Order(order))])
            }
            Action::TagOrders { orders, tag } => {
                let mut happened = Vec::new();
                for id in orders {
                    self.with_order(id, |_, order| {
                        order.tags.push(tag.clone());
                        order.updated_at = at;
                    })?;
                    happened.push(told("orders/updated", Subject::Order(id)));
                }
                Ok(happened)
            }
            Action::DeleteOrder { order } => {
                let gone = self.orders.remove(order).ok_or(ActionError::Unknown("order", order))?;
                if let Some(bought) = gone.customer.and_then(|customer| self.bought.get_mut(&customer)) {
                    bought.retain(|id| *id != order);
                }
                Ok(vec![told("orders/delete", Subject::Gone(order))])
            }
            Action::SetStock { item, location, available } => {
                self.change_level(item, location, at, |level| level.available = available)
                    .ok_or(ActionError::Unknown("inventory item at that location:", item))?;
                Ok(vec![told("inventory_levels/update", Subject::Level(item, location))])
            }
            Action::CreateProduct { title } => {
                let id = self.make_product(title, "Kitchen", 1, 40, at);
                let items = self.inventory.iter().filter(|item| item.product == id);
                let items: Vec<u64> = items.map(|item| item.id).collect();
                let mut happened = vec![told("products/create", Subject::Product(id))];
                happened.extend(items.into_iter().map(|item| told("inventory_items/create", Subject::Item(item))));
                Ok(happened)
            }
            Action::UpdateProduct { product, title, status, price } => {
                self.change_product(product, title, status, price, at)
            }
            Action::DeleteProduct { product } => self.delete_product(product, at),
            Action::CreateCustomer {} => {
                let home = names::home_of(self.shop.currency);
                let id = self.make_customer(home, at);
                Ok(vec![told("customers/create", Subject::Customer(id))])
            }
            Action::UpdateCustomer { customer, tag, subscribed } => {
                self.customers
                    .change(customer, |row| {
                        row.tags.extend(tag);
                        row.subscribed = subscribed.unwrap_or(row.subscribed);
                        row.updated_at = at;
                    })
                    .ok_or(ActionError::Unknown("customer", customer))?;
                Ok(vec![told("customers/update", Subject::Customer(customer))])
            }
            Action::DeleteCustomer { customer } => {
                if self.orders_of(customer).next().is_some() {
                    return Err(ActionError::HasOrders(customer));
                }
                self.forget_customer(customer)?;
                Ok(vec![told("customers/delete", Subject::Gone(customer))])
            }
            Action::MergeCustomers { kept, deleted } => self.merge(kept, deleted, at),
            Action::AbandonCheckout {} => {
                let id = self.abandon(at);
                Ok(vec![
                    told("checkouts/create", Subject::Checkout(id)),
                    told("checkouts/update", Subject::Checkout(id)),
                ])
            }
            Action::RecoverCheckout { checkout } => self.recover(checkout, at),
            Action::UpdateShop { name, zone } => {
                self.shop.name = name.unwrap_or_else(|| self.shop.name.clone());
                self.shop.zone = zone.unwrap_or(self.shop.zone);
                self.shop.updated_at = at;
                Ok(vec![told("shop/update", Subject::Shop)])
            }
        }
    }

    fn buy(
        &mut self,
        items: &[VariantCount],
        customer: Option<u64>,
        guest: bool,
        test: bool,
        at: DateTime<Utc>,
    ) -> Told {
        let mut basket = self.basket(at);
        basket.processed_at = None;
        basket.test = test;
        if let Some(id) = customer {
            let customer = self.customers.get(id).ok_or(ActionError::Unknown("customer", id))?;
            let country = names::COUNTRIES.iter().find(|one| one.code == customer.address.country_code);
            basket.country = country.copied().unwrap_or(basket.country);
            basket.presentment = self.shop.currency;
            basket.address = Some(customer.address.clone());
            basket.email.clone_from(&customer.email);
            basket.customer = Some(id);
        } else if guest {
            basket.customer = None;
        }
        if !items.is_empty() {
            for item in items {
                self.variant(item.variant).ok_or(ActionError::Unknown("variant", item.variant))?;
            }
            basket.items = items.iter().map(|item| (item.variant, item.quantity)).collect();
            basket.custom = None;
            basket.payment = Payment::Card;
        }
        let order = self.place(&basket);
        let mut happened = vec![told("orders/create", Subject::Order(order))];
        for (variant, quantity) in &basket.items {
            if let Some((item, location)) = self.commit_stock(*variant, *quantity, at) {
                happened.push(told("inventory_levels/update", Subject::Level(item, location)));
            }
        }
        happened.extend(basket.customer.map(|customer| told("customers/update", Subject::Customer(customer))));
        Ok(happened)
    }

    fn asked(&self, id: u64, lines: &[LineCount], shipping: i64, goodwill: i64) -> Result<Return, ActionError> {
        let order = self.orders.get(id).ok_or(ActionError::Unknown("order", id))?;
        let mut asked = Return { shipping, goodwill, pays: true, ..Return::default() };
        asked.lines = lines.iter().map(|one| (one.line, one.quantity, one.restock)).collect();
        if lines.is_empty() && shipping == 0 && goodwill == 0 {
            asked.lines = order.goods().map(|line| (line.id, line.quantity - line.gone, None)).collect();
            asked.shipping = order.shipping.iter().map(|line| line.charged().shop).sum();
        }
        Ok(asked)
    }

    fn after_refund(&mut self, order: u64, refund: u64, at: DateTime<Utc>) -> Told {
        let mut happened =
            vec![told("refunds/create", Subject::Refund(order, refund)), told("orders/updated", Subject::Order(order))];
        let row = self.orders.get(order).ok_or(ActionError::Unknown("order", order))?;
        let lines = row.refunds.iter().filter(|one| one.id == refund).flat_map(|one| &one.lines);
        let back = lines.filter(|line| line.restock != Restock::NoRestock);
        let back: Vec<(u64, i64)> =
            back.filter_map(|back| Some((row.line(back.line)?.variant?, back.quantity))).collect();
        for (variant, quantity) in back {
            if let Some((item, location)) = self.restock(variant, quantity, at) {
                happened.push(told("inventory_levels/update", Subject::Level(item, location)));
            }
        }
        Ok(happened)
    }

    /// Changes an order, whose time the change moves itself.
    pub(super) fn with_order<R>(
        &mut self,
        id: u64,
        change: impl FnOnce(&mut Self, &mut Order) -> R,
    ) -> Result<R, ActionError> {
        let mut order = self.orders.remove(id).ok_or(ActionError::Unknown("order", id))?;
        let said = change(self, &mut order);
        self.keep_order(order);
        Ok(said)
    }

    fn change_product(
        &mut self,
        id: u64,
        title: Option<String>,
        status: Option<ProductStatus>,
        price: Option<i64>,
        at: DateTime<Utc>,
    ) -> Told {
        let change = |product: &mut Product| {
            product.title = title.unwrap_or_else(|| product.title.clone());
            product.status = status.unwrap_or(product.status);
            product.updated_at = at;
            for variant in
                product.variants.iter_mut().filter(|variant| price.is_some_and(|price| price != variant.price))
            {
                variant.price = price.unwrap_or(variant.price);
                variant.updated_at = at;
            }
        };
        self.products.change(id, change).ok_or(ActionError::Unknown("product", id))?;
        self.for_sale = None;
        Ok(vec![told("products/update", Subject::Product(id))])
    }

    /// Deletes a product. Lines of orders keep its title; collections lose it.
    pub(super) fn delete_product(&mut self, id: u64, at: DateTime<Utc>) -> Told {
        let gone = self.products.remove(id).ok_or(ActionError::Unknown("product", id))?;
        self.for_sale = None;
        let mut happened = vec![told("products/delete", Subject::Gone(id))];
        for variant in &gone.variants {
            self.variants.remove(&variant.id);
            self.inventory.remove(variant.inventory_item);
            happened.push(told("inventory_items/delete", Subject::Gone(variant.inventory_item)));
        }
        let holders = self.collections.iter().filter(|collection| collection.products.contains(&id));
        let holders: Vec<u64> = holders.map(|collection| collection.id).collect();
        for holder in holders {
            self.collections.change(holder, |collection| {
                collection.products.retain(|product| *product != id);
                collection.updated_at = at;
            });
        }
        Ok(happened)
    }

    fn forget_customer(&mut self, id: u64) -> Result<(), ActionError> {
        self.customers.remove(id).ok_or(ActionError::Unknown("customer", id))?;
        self.known.retain(|(_, known)| *known != id);
        Ok(())
    }

    fn merge(&mut self, kept: u64, deleted: u64, at: DateTime<Utc>) -> Told {
        self.customers.get(kept).ok_or(ActionError::Unknown("customer", kept))?;
        self.forget_customer(deleted)?;
        let mut happened = vec![told("customers/merge", Subject::Merge(kept, deleted))];
        for order in self.bought.remove(&deleted).unwrap_or_default() {
            let moved = self.with_order(order, |_, order| {
                order.customer = Some(kept);
                order.updated_at = at;
            });
            if moved.is_ok() {
                happened.push(told("orders/updated", Subject::Order(order)));
            }
        }
        self.customers.change(kept, |customer| customer.updated_at = at);
        happened.push(told("customers/update", Subject::Customer(kept)));
        happened.push(told("customers/delete", Subject::Gone(deleted)));
        Ok(happened)
    }
}
