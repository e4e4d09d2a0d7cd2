//! What tests of several packages need: a bucket that speaks the protocol of S3, on a port of this machine.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests are tests too")]

pub mod bucket;
