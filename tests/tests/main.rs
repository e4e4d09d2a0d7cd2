//! End-to-end tests: the real binary, its own Postgres and files, real HTTP.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by panicking, and helpers of tests are tests too"
)]

mod buckets;
mod crash;
mod deliveries;
mod durability;
mod figures;
mod harness;
mod live_load;
mod made_up;
mod oracle;
mod order_keys;
mod retail;
mod storage;
