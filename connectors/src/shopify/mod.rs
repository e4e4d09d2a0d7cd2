//! Shopify: the orders file that its admin exports, and its Admin API.

pub mod api;
pub mod orders_csv;

mod allocate;
mod header;
mod order;
mod order_keys;
mod product_key;
mod rows;

pub use order_keys::{MixedOrderKeys, OrderKeys};
