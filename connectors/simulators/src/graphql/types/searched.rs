//! What can be searched for of each kind.

use chrono_tz::Tz;

use crate::graphql::search::{Searchable, Term};
use crate::world::{AbandonedCheckout, Collection, Customer, DiscountKind, InventoryItem, Location, Order, Product};

impl Searchable for Order {
    fn is(&self, term: &Term, zone: Tz) -> Option<bool> {
        match term.field.as_str() {
            "id" => term.id(self.id),
            "created_at" => term.time(self.created_at, zone),
            "updated_at" => term.time(self.updated_at, zone),
            "processed_at" => term.time(self.processed_at, zone),
            "name" | "" => Some(term.text(&format!("#{}", self.number))? || term.text(&self.number.to_string())?),
            "test" => term.truth(self.test),
            "email" => term.text(self.email.as_deref().unwrap_or_default()),
            "customer_id" => Some(term.id(self.customer.unwrap_or(0))? && self.customer.is_some()),
            "source_name" => term.text(self.source),
            "tag" => Some(self.tags.iter().any(|tag| term.text(tag) == Some(true))),
            "discount_code" => Some(self.discounts.iter().any(|discount| match &discount.kind {
                DiscountKind::Code(code) => term.text(code) == Some(true),
                DiscountKind::Automatic(_) | DiscountKind::Manual(_) => false,
            })),
            "financial_status" => Some(term.value == "any" || term.text(self.financial_status())?),
            "fulfillment_status" => {
                let status = self.fulfillment_status();
                Some(term.value == "any" || term.text(status)? || (status == "FULFILLED" && term.value == "shipped"))
            }
            "status" => match term.value.as_str() {
                "any" => Some(true),
                "open" => Some(self.closed_at.is_none() && self.cancelled_at.is_none()),
                "closed" => Some(self.closed_at.is_some()),
                "cancelled" => Some(self.cancelled_at.is_some()),
                "not_closed" => Some(self.closed_at.is_none()),
                _ => None,
            },
            _ => None,
        }
    }
}

impl Searchable for Product {
    fn is(&self, term: &Term, zone: Tz) -> Option<bool> {
        match term.field.as_str() {
            "id" => term.id(self.id),
            "created_at" => term.time(self.created_at, zone),
            "updated_at" => term.time(self.updated_at, zone),
            "published_at" => self.published_at.map_or(Some(false), |at| term.time(at, zone)),
            "title" => term.text(&self.title),
            "handle" => term.text(&self.handle),
            "vendor" => term.text(&self.vendor),
            "product_type" => term.text(&self.product_type),
            "status" => {
                let mut any = term.value.split(',').map(|status| status.eq_ignore_ascii_case(self.status.name()));
                Some(any.any(|is| is))
            }
            "tag" => Some(self.tags.iter().any(|tag| term.text(tag) == Some(true))),
            "gift_card" => term.truth(self.is_gift_card),
            "sku" => {
                Some(self.variants.iter().any(|one| one.sku.as_deref().and_then(|sku| term.text(sku)) == Some(true)))
            }
            "" => Some(self.title.to_lowercase().contains(&term.value.to_lowercase())),
            _ => None,
        }
    }
}

impl Searchable for Collection {
    fn is(&self, term: &Term, zone: Tz) -> Option<bool> {
        match term.field.as_str() {
            "id" => term.id(self.id),
            "updated_at" => term.time(self.updated_at, zone),
            "title" => term.text(&self.title),
            "handle" => term.text(&self.handle),
            "" => Some(self.title.to_lowercase().contains(&term.value.to_lowercase())),
            _ => None,
        }
    }
}

impl Searchable for Customer {
    fn is(&self, term: &Term, zone: Tz) -> Option<bool> {
        match term.field.as_str() {
            "id" => term.id(self.id),
            // By whole days: whoever asks for an hour of a day gets all of it.
            "updated_at" => term.day(self.updated_at, zone),
            "customer_date" => term.day(self.created_at, zone),
            "email" => term.text(self.email.as_deref().unwrap_or_default()),
            "phone" => term.text(self.phone.as_deref().unwrap_or_default()),
            "first_name" => term.text(&self.first_name),
            "last_name" => term.text(&self.last_name),
            "country" => Some(term.text(self.address.country)? || term.text(self.address.country_code)?),
            "state" => term.text(if self.enabled { "ENABLED" } else { "DISABLED" }),
            "tag" => Some(self.tags.iter().any(|tag| term.text(tag) == Some(true))),
            "" => Some(self.name().to_lowercase().contains(&term.value.to_lowercase())),
            _ => None,
        }
    }
}

impl Searchable for InventoryItem {
    fn is(&self, term: &Term, zone: Tz) -> Option<bool> {
        match term.field.as_str() {
            "id" => term.id(self.id),
            "created_at" => term.time(self.created_at, zone),
            "updated_at" => term.time(self.updated_at, zone),
            "sku" => Some(self.sku.as_deref().and_then(|sku| term.text(sku)) == Some(true)),
            _ => None,
        }
    }
}

impl Searchable for Location {
    fn is(&self, term: &Term, zone: Tz) -> Option<bool> {
        match term.field.as_str() {
            "id" => term.id(self.id),
            "created_at" => term.time(self.created_at, zone),
            "active" => term.truth(self.active),
            "name" | "" => term.text(&self.name),
            _ => None,
        }
    }
}

impl Searchable for AbandonedCheckout {
    fn is(&self, term: &Term, zone: Tz) -> Option<bool> {
        match term.field.as_str() {
            "id" => term.id(self.id),
            "created_at" => term.time(self.created_at, zone),
            "updated_at" => term.time(self.updated_at, zone),
            "status" => match term.value.as_str() {
                "open" => Some(self.completed_at.is_none()),
                "closed" => Some(self.completed_at.is_some()),
                _ => None,
            },
            "recovery_state" => match term.value.as_str() {
                "recovered" => Some(self.completed_at.is_some()),
                "not_recovered" => Some(self.completed_at.is_none()),
                _ => None,
            },
            _ => None,
        }
    }
}
