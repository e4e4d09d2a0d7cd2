//! What tests of several packages need, on ports of this machine: a bucket that speaks the protocol of S3, a server that takes mail,
//! and an OpenID provider.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests are tests too")]

pub mod bucket;
pub mod openid;
pub mod smtp;
