//! Drives the simulators as their clients do.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking, and helpers of tests are tests too"
)]

mod bulk;
mod control;
mod google;
mod graphql;
mod oauth;
mod restart;
mod support;
mod throttle;
mod webhooks;
mod world;
