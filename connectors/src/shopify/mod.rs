//! Shopify.

pub mod orders_csv;

mod allocate;
mod header;
mod order;
mod order_keys;
mod rows;

pub use order_keys::{MixedOrderKeys, OrderKeys};
