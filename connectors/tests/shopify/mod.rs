//! Shopify's Admin API: what it tells, and the rows that it becomes.

mod bodies;
mod catalog;
mod deliveries;
mod orders;
mod reading;
mod shop;
pub(crate) mod simulated;
mod told;
