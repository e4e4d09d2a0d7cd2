//! What shops sell: orders with what belongs to them, customers, products and their stock, checkouts that were not finished.
//!
//! Items, refunds and payments repeat what their order says of channel, country, customer and so on, so that a question about
//! products needs no join; they are entities of the order, so an edited order takes all its rows with it.
//!
//! Amounts are in the currency of the shop's books, which each row names.

mod catalog;
mod checkouts;
mod customers;
mod inventory;
mod orders;
mod returns;

use super::Dataset;

pub(super) fn datasets() -> Vec<Dataset> {
    vec![
        orders::orders(),
        orders::order_items(),
        returns::refunds(),
        returns::refund_items(),
        returns::transactions(),
        customers::customers(),
        catalog::products(),
        catalog::variants(),
        catalog::collections(),
        inventory::locations(),
        inventory::inventory_levels(),
        checkouts::checkouts(),
    ]
}
