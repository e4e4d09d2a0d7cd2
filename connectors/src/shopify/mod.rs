//! Shopify.

pub mod orders_csv;

mod header;
mod order;
mod rows;
