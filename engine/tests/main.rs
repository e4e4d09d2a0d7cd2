//! The engine's tests across files: the lake against a model, the lake under simulated faults, the manifest suite, the metrics service against an oracle.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::unused_async,
    reason = "a test fails by panicking"
)]

mod lake;
mod metrics;
mod rng;
mod simulation;
