//! Who buys.

use super::chance::{mix, scale};
use super::shop::{Place, Shop};

const PEOPLE: u64 = 10;
/// Orders of a thousand that come from somebody new.
const NEW: u64 = 560;
/// Somebody who comes back last ordered at least that many orders ago.
const SOONEST: u64 = 60;

/// A customer.
#[derive(Debug)]
pub(super) struct Person {
    pub(super) name: String,
    pub(super) email: String,
    pub(super) place: &'static Place,
    pub(super) accepts_marketing: bool,
}

/// The number of the order with which the customer of order `number` came first.
///
/// An order is of somebody new, or of whoever made some order before it; asking on backwards ends at somebody new. So
/// those who ordered often are the likelier to order again, and nothing needs to be remembered.
pub(super) fn first_order(seed: u64, shop: &Shop, number: u64) -> u64 {
    let mut number = number;
    loop {
        let key = |which| mix(&[seed, shop.key, PEOPLE, number, which]);
        if scale(key(0), 1_000) < NEW {
            return number;
        }
        let reach = 1 << (6 + scale(key(1), 8));
        match number.checked_sub(SOONEST + scale(key(2), reach)) {
            Some(before) => number = before,
            None => return number,
        }
    }
}

/// The customer who came first with order `number`.
pub(super) fn person(seed: u64, shop: &Shop, number: u64) -> Person {
    let draw = |which, end: usize| {
        usize::try_from(scale(mix(&[seed, shop.key, PEOPLE, number, which]), end as u64)).unwrap_or(0)
    };
    let first = shop.first_names.get(draw(10, shop.first_names.len())).copied().unwrap_or_default();
    let last = shop.last_names.get(draw(11, shop.last_names.len())).copied().unwrap_or_default();
    let mailbox: String =
        format!("{first}.{last}").chars().filter(|c| c.is_ascii_alphanumeric() || *c == '.').collect();
    Person {
        name: format!("{first} {last}"),
        email: format!("{}.{number}@example.com", mailbox.to_lowercase()),
        place: place(shop, draw(12, usize::try_from(weights(shop)).unwrap_or(1))),
        accepts_marketing: draw(13, 10) < 6,
    }
}

fn weights(shop: &Shop) -> u64 {
    shop.places.iter().map(|place| place.weight).sum()
}

fn place(shop: &Shop, drawn: usize) -> &'static Place {
    let mut rest = drawn as u64;
    for place in shop.places {
        match rest.checked_sub(place.weight) {
            Some(less) => rest = less,
            None => return place,
        }
    }
    &shop.places[0]
}
