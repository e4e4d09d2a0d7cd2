//! Connectors from the outside: files in, rows out.

#![recursion_limit = "256"]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::print_stderr, reason = "a skipped test says so")]

mod support;

mod conformance;
mod demo;
mod events;
mod ga4;
mod http;
mod limits;
mod one_clock;
mod orders_discounts;
mod orders_errors;
mod orders_model;
mod orders_versions;
mod rates;
mod retail;
mod shopify;
mod visits;
