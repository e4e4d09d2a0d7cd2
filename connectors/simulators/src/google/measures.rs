//! What metrics count.

use std::collections::BTreeSet;

use super::fields::{self, Kind};
use crate::money::Currency;
use crate::world::traffic::{Event, Item, Session};

/// Everything that is counted of some events.
#[derive(Clone, Debug, Default)]
pub(super) struct Counted {
    sessions: BTreeSet<u64>,
    engaged: BTreeSet<u64>,
    converted: BTreeSet<u64>,
    pub(super) users: BTreeSet<u64>,
    active: BTreeSet<u64>,
    purchasers: BTreeSet<u64>,
    /// Whole numbers by the metric's name.
    sums: std::collections::BTreeMap<&'static str, i64>,
}

impl Counted {
    /// Counts an event with some of its products.
    pub(super) fn add(&mut self, session: &Session, event: &Event, items: &[&Item], key_events: &[String]) {
        self.sessions.insert(session.id);
        self.users.insert(session.user);
        if session.is_engaged() {
            self.engaged.insert(session.id);
        }
        if session.is_engaged() || session.is_new {
            self.active.insert(session.user);
        }
        if key_events.iter().any(|name| name == event.name) {
            self.converted.insert(session.id);
            self.sum("keyEvents", 1);
        }
        self.sum("eventCount", 1);
        self.sum("userEngagementDuration", event.seconds);
        let (pieces, worth) =
            items.iter().fold((0, 0), |(pieces, worth), item| (pieces + item.quantity, worth + item.value));
        match event.name {
            "first_visit" => self.sum("newUsers", 1),
            "page_view" => self.sum("screenPageViews", 1),
            "view_item" => {
                self.sum("itemsViewed", pieces);
                self.sum("itemViewEvents", i64::from(!items.is_empty()));
            }
            "add_to_cart" => {
                self.sum("addToCarts", 1);
                self.sum("itemsAddedToCart", pieces);
            }
            "begin_checkout" => {
                self.sum("checkouts", 1);
                self.sum("itemsCheckedOut", pieces);
            }
            "purchase" => {
                self.purchasers.insert(session.user);
                for name in ["ecommercePurchases", "transactions"] {
                    self.sum(name, 1);
                }
                for name in ["purchaseRevenue", "totalRevenue"] {
                    self.sum(name, event.value);
                }
                for name in ["itemsPurchased", "itemPurchaseQuantity"] {
                    self.sum(name, pieces);
                }
                self.sum("itemRevenue", worth);
            }
            _ => {}
        }
    }

    /// Counts what others counted as well.
    pub(super) fn merge(&mut self, other: &Self) {
        let sets = [
            (&mut self.sessions, &other.sessions),
            (&mut self.engaged, &other.engaged),
            (&mut self.converted, &other.converted),
            (&mut self.users, &other.users),
            (&mut self.active, &other.active),
            (&mut self.purchasers, &other.purchasers),
        ];
        for (own, others) in sets {
            own.extend(others);
        }
        for (name, sum) in &other.sums {
            *self.sums.entry(name).or_default() += sum;
        }
    }

    fn sum(&mut self, name: &'static str, by: i64) {
        *self.sums.entry(name).or_default() += by;
    }

    /// A metric as Google writes it. Amounts are told in `told`, and were counted in `own`.
    pub(super) fn text(&self, metric: &str, own: Currency, told: Currency) -> String {
        let sum = self.sums.get(metric).copied().unwrap_or(0);
        let share =
            |of: usize, all: usize| if all == 0 { "0".to_owned() } else { (of as f64 / all as f64).to_string() };
        let (sessions, engaged) = (self.sessions.len(), self.engaged.len());
        match metric {
            "sessions" => sessions.to_string(),
            "engagedSessions" => engaged.to_string(),
            "totalUsers" => self.users.len().to_string(),
            "activeUsers" => self.active.len().to_string(),
            "totalPurchasers" => self.purchasers.len().to_string(),
            "engagementRate" => share(engaged, sessions),
            "bounceRate" => share(sessions - engaged, sessions),
            "sessionKeyEventRate" => share(self.converted.len(), sessions),
            "averageSessionDuration" => {
                let seconds = self.sums.get("userEngagementDuration").copied().unwrap_or(0);
                share(usize::try_from(seconds).unwrap_or(0), sessions)
            }
            _ if fields::metric(metric).is_some_and(|(_, kind)| kind == Kind::Currency) => {
                amount(own.exchange(sum, told), told)
            }
            _ => sum.to_string(),
        }
    }
}

/// An amount as floats are written: no more places than are needed.
fn amount(minor: i64, currency: Currency) -> String {
    let text = currency.graphql(minor);
    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
}
