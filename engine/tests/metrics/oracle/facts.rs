//! The rows that figures are about, and conditions over them.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::super::support::{Item, Order, Refund};
use super::OracleStore;
use super::setting::Setting;

/// A row that some metric could be about: an order, one of its items or one of its refunds.
#[derive(Clone, Copy)]
pub(super) struct Fact<'a> {
    pub(super) store: usize,
    pub(super) order: &'a Order,
    pub(super) part: Part<'a>,
    pub(super) customer_type: Option<&'static str>,
}

#[derive(Clone, Copy)]
pub(super) enum Part<'a> {
    Whole,
    Item(&'a Item),
    Refund(&'a Refund),
}

impl Fact<'_> {
    pub(super) fn dimension(&self, store: &OracleStore, name: &str) -> Option<String> {
        let item = match self.part {
            Part::Item(item) => Some(item),
            _ => None,
        };
        match name {
            "store" => return Some(store.id.clone()),
            "channel" => self.order.channel,
            "country" => self.order.country,
            "discount_code" => self.order.discount_code,
            "financial_status" => self.order.financial_status,
            "currency" => Some(self.order.currency),
            "customer_type" => self.customer_type,
            "product" => item.map(|item| item.product),
            "variant" => item.and_then(|item| item.variant),
            "vendor" => item.and_then(|item| item.vendor),
            other => panic!("{other}"),
        }
        .map(str::to_owned)
    }

    /// When it happened.
    pub(super) fn own_time(&self) -> DateTime<Utc> {
        match self.part {
            Part::Refund(refund) => refund.at.unwrap_or(self.order.created_at),
            _ => self.order.created_at,
        }
    }

    /// When it counts.
    pub(super) fn at(&self, setting: &Setting<'_>) -> DateTime<Utc> {
        if setting.refunds_on_their_day { self.own_time() } else { self.order.created_at }
    }

    pub(super) fn matches(&self, filter: &Value, store: &OracleStore) -> bool {
        let is = |one: &Value| is_like(one, self.dimension(store, one["dimension"].as_str().unwrap()));
        matches(filter, &is) == Some(true)
    }

    /// Whether the metric is about this row at all.
    pub(super) fn is_of(&self, metric: &str, setting: &Setting<'_>) -> bool {
        let by_refund = setting.by_refund();
        let is_its_part = match self.part {
            Part::Item(_) => matches!(metric, "shopify.units" | "shopify.product_revenue"),
            Part::Refund(_) => by_refund && matches!(metric, "shopify.refunds" | "shopify.net_revenue"),
            Part::Whole => match metric {
                "shopify.units" | "shopify.product_revenue" => false,
                "shopify.refunds" => !by_refund,
                _ => true,
            },
        };
        is_its_part && !self.order.is_test && self.order.is_cancelled == (metric == "shopify.cancelled_orders")
    }
}

/// A condition over something whose comparisons `is` decides: true, false or unknown.
pub(super) fn matches(filter: &Value, is: &dyn Fn(&Value) -> Option<bool>) -> Option<bool> {
    if let Some(parts) = filter.get("and") {
        let parts: Vec<_> = parts.as_array().unwrap().iter().map(|part| matches(part, is)).collect();
        return if parts.contains(&Some(false)) {
            Some(false)
        } else if parts.contains(&None) {
            None
        } else {
            Some(true)
        };
    }
    if let Some(parts) = filter.get("or") {
        let parts: Vec<_> = parts.as_array().unwrap().iter().map(|part| matches(part, is)).collect();
        return if parts.contains(&Some(true)) {
            Some(true)
        } else if parts.contains(&None) {
            None
        } else {
            Some(false)
        };
    }
    if let Some(part) = filter.get("not") {
        return matches(part, is).map(|holds| !holds);
    }
    is(filter)
}

/// Whether the value of a dimension is as a comparison says.
pub(super) fn is_like(filter: &Value, value: Option<String>) -> Option<bool> {
    let operator = filter["operator"].as_str().unwrap();
    match operator {
        "set" => return Some(value.is_some()),
        "notSet" => return Some(value.is_none()),
        _ => {}
    }
    let value = value?;
    let values: Vec<&str> = filter["values"].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect();
    let (lower, text) = (value.to_lowercase(), values[0].to_lowercase());
    Some(match operator {
        "equals" | "in" => values.contains(&value.as_str()),
        "notEquals" | "notIn" => !values.contains(&value.as_str()),
        "contains" => lower.contains(&text),
        "notContains" => !lower.contains(&text),
        "startsWith" => lower.starts_with(&text),
        "endsWith" => lower.ends_with(&text),
        other => panic!("{other}"),
    })
}
