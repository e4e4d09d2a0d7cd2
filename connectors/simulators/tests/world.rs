//! What a made-up shop holds true.

use std::collections::BTreeSet;

use aloftly_simulators::money::{Bag, Currency};
use aloftly_simulators::world::{LineKind, SaleAction, TransactionKind, World, WorldOptions};
use chrono::{DateTime, Utc};

pub(crate) fn now() -> DateTime<Utc> {
    "2026-11-20T12:00:00Z".parse().unwrap()
}

pub(crate) fn options(orders: usize) -> WorldOptions {
    WorldOptions { orders, ..WorldOptions::new("mugs.myshopify.com", now()) }
}

fn worlds() -> [World; 4] {
    let of = |currency, presentment: &[Currency], included, seed| {
        World::new(&WorldOptions {
            currency,
            presentment: presentment.to_vec(),
            taxes_included: included,
            seed,
            ..options(2_000)
        })
    };
    [
        of(Currency::USD, &[Currency::EUR, Currency::JPY, Currency::KWD], false, 1),
        of(Currency::EUR, &[Currency::GBP], true, 2),
        of(Currency::JPY, &[Currency::USD], true, 3),
        of(Currency::KWD, &[Currency::USD, Currency::JPY], false, 4),
    ]
}

#[test]
fn every_order_adds_up_in_both_currencies() {
    for world in worlds() {
        for order in world.orders.iter() {
            let tax_on_top = |tax: Bag| if order.taxes_included { Bag::ZERO } else { tax };
            let parts = order.subtotal() + order.total_shipping() + order.tips() + tax_on_top(order.total_tax());
            assert_eq!(order.total(), parts, "{}", order.id);
            let adjusted: Bag = order.refunds.iter().flat_map(|refund| &refund.adjustments).map(|one| one.amount).sum();
            let current = order.current_subtotal()
                + order.current_shipping()
                + order.tips()
                + tax_on_top(order.current_tax())
                + adjusted;
            assert_eq!(order.current_total(), current, "{}", order.id);
            for line in &order.lines {
                let units: i64 = order
                    .sales()
                    .filter(|sale| sale.line == Some(line.id))
                    .map(|sale| sale.quantity.unwrap_or(0))
                    .sum();
                assert_eq!(units, line.quantity - line.gone);
                let left: Bag = order.sales().filter(|sale| sale.line == Some(line.id)).map(|sale| sale.total).sum();
                if line.gone == line.quantity {
                    assert_eq!(left, Bag::ZERO, "what is gone is worth nothing: {} {}", order.id, line.id);
                }
            }
            assert!(order.refunded().shop <= order.received().shop);
            assert!(order.agreements.iter().all(|agreement| agreement.at <= order.updated_at));
            assert!(order.updated_at <= now());
        }
    }
}

#[test]
fn a_world_has_everything_that_is_hard_about_shops() {
    let world = World::new(&options(4_000));
    let some = |what: &str, is: &dyn Fn(&aloftly_simulators::world::Order) -> bool| {
        assert!(world.orders.iter().any(is), "no order {what}");
    };
    some("of a guest", &|order| order.customer.is_none());
    some("that is a test", &|order| order.test);
    some("that was edited", &|order| order.edited);
    some("with a discount after it was sold", &|order| order.sales().any(|sale| sale.action == SaleAction::Update));
    some("that was refunded in part", &|order| order.financial_status() == "PARTIALLY_REFUNDED");
    some("that was refunded", &|order| order.financial_status() == "REFUNDED");
    some("that is awaited", &|order| order.financial_status() == "PENDING");
    some("that is reserved", &|order| order.financial_status() == "AUTHORIZED");
    some("that was void", &|order| order.financial_status() == "VOIDED");
    some("cancelled without money back", &|order| {
        order.cancelled_at.is_some() && order.refunded().is_zero() && !order.received().is_zero()
    });
    some("cancelled with money back", &|order| order.cancelled_at.is_some() && !order.refunded().is_zero());
    some("with goodwill", &|order| {
        order.refunds.iter().any(|refund| refund.lines.is_empty() && !refund.adjustments.is_empty())
    });
    some("with an exchange", &|order| {
        order.agreements.iter().any(|agreement| {
            agreement.sales.iter().any(|sale| sale.action == SaleAction::Return)
                && agreement.sales.iter().any(|sale| sale.action == SaleAction::Order)
        })
    });
    some("with shipping back", &|order| order.refunds.iter().any(|refund| !refund.shipping.is_empty()));
    some("with a tip", &|order| order.lines.iter().any(|line| line.kind == LineKind::Tip));
    some("with a gift card", &|order| order.lines.iter().any(|line| line.kind == LineKind::GiftCard));
    some("paid by gift card", &|order| order.transactions.iter().any(|one| one.gateway == "gift_card"));
    some("of a draft", &|order| order.source == "shopify_draft_order");
    some("that was imported", &|order| order.processed_at < order.created_at);
    some("in another currency", &|order| order.currencies.presentment != order.currencies.shop);
    some("of a deleted product", &|order| {
        order.lines.iter().any(|line| line.product.is_some() && world.product_of(line).is_none())
    });
    some("of a custom item", &|order| {
        order.lines.iter().any(|line| line.kind == LineKind::Product && line.product.is_none())
    });
    some("with a campaign", &|order| order.journey.first.as_ref().is_some_and(|visit| visit.utm.is_some()));
    some("with a failed payment", &|order| {
        order.transactions.iter().any(|one| {
            one.kind == TransactionKind::Sale && one.status != aloftly_simulators::world::TransactionStatus::Success
        })
    });
    assert!(world.checkouts.iter().any(|checkout| checkout.completed_at.is_some()));
    assert!(world.checkouts.iter().any(|checkout| checkout.completed_at.is_none()));
    assert!(
        world.inventory.iter().any(|item| item.available() < 0 || item.levels.iter().any(|level| level.available < 0))
    );
    assert!(world.locations.iter().any(|location| !location.active));
}

#[test]
fn the_orders_of_a_customer_are_counted_from_one() {
    let world = World::new(&options(3_000));
    for customer in world.customers.iter() {
        let mut orders: Vec<_> = world.orders_of(customer.id).filter(|order| !order.test).collect();
        orders.sort_by_key(|order| order.created_at);
        let seen: Vec<u32> = orders.iter().filter_map(|order| order.journey.order_index).collect();
        let expected: Vec<u32> = (1..=u32::try_from(orders.len()).unwrap()).collect();
        assert_eq!(seen, expected, "{}", customer.id);
    }
}

#[test]
fn the_same_seed_makes_the_same_world() {
    let told = |world: &World| serde_json::to_string(&world.orders.iter().collect::<Vec<_>>()).unwrap();
    let (one, same) = (World::new(&options(300)), World::new(&options(300)));
    let other = World::new(&WorldOptions { seed: 2, ..options(300) });
    assert_eq!(told(&one), told(&same));
    assert_ne!(told(&one), told(&other));
    let ids: BTreeSet<u64> = one.orders.iter().map(|order| order.id).collect();
    assert!(ids.iter().all(|id| *id > 1 << 53));
}

#[test]
fn ten_thousand_orders_are_made_in_a_moment() {
    let started = std::time::Instant::now();
    let world = World::new(&options(10_000));
    // The recovered checkouts are orders besides. Debug builds are several times slower than what is asked of an optimised one.
    assert!(world.orders.len() >= 10_000);
    let took = started.elapsed();
    println!("10,000 orders in {took:?}");
    assert!(took < std::time::Duration::from_secs(5), "took {took:?}");
}
