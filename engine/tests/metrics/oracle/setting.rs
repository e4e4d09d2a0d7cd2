//! What a query says of all its rows: whose day refunds stand on, and the currency that amounts are wanted in.

use std::collections::BTreeMap;

use serde_json::Value;

use super::OracleStore;
use super::calendar::local;
use super::facts::Fact;

/// What one of a currency was worth on a day, in ten-thousandths of one US dollar.
pub(crate) type Quotes = BTreeMap<(&'static str, i64), i64>;

/// What one is worth where nothing is converted.
const ONE: i64 = 10_000;

pub(super) struct Setting<'a> {
    pub(super) stores: &'a [OracleStore],
    pub(super) refunds_on_their_day: bool,
    /// The currency that is wanted: US dollars, or none.
    pub(super) currency: Option<&'a str>,
    quotes: &'a Quotes,
}

impl<'a> Setting<'a> {
    pub(super) fn of(query: &'a Value, stores: &'a [OracleStore], quotes: &'a Quotes) -> Self {
        let refunds_on_their_day = query["refunds"].as_str() == Some("refund_date");
        Self { stores, refunds_on_their_day, currency: query["currency"].as_str(), quotes }
    }

    /// Whether refunds count by themselves, and not as a part of their orders.
    pub(super) fn by_refund(&self) -> bool {
        self.refunds_on_their_day || self.currency.is_some()
    }

    /// What one of a fact's currency was worth on its own day or the last before with a quote, a week ago at most.
    pub(super) fn rate(&self, fact: &Fact<'_>) -> Option<i64> {
        if self.currency.is_none_or(|wanted| wanted == fact.order.currency) {
            return Some(ONE);
        }
        let (day, _) = local(self.stores[fact.store].zone, fact.own_time());
        (day - 7..=day).rev().find_map(|day| self.quotes.get(&(fact.order.currency, day)).copied())
    }
}
