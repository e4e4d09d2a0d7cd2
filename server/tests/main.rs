//! The server, from the outside: configuration, HTTP, imports, command line.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::needless_pass_by_value,
    reason = "a test fails by panicking, and helpers of tests are tests too"
)]

mod accounts;
mod annotations;
mod api_keys;
mod batches;
mod branding;
mod buckets;
mod canary;
mod command_line;
mod configuration;
mod dashboards;
mod documents;
mod embedding;
mod google;
mod imports;
mod keys;
mod lake;
mod limits;
mod live;
mod mail;
mod members;
mod onboarding;
mod privacy;
mod queries;
mod rate_limits;
mod recovery;
mod reports;
mod routes;
mod sampling;
mod shares;
mod shutdown;
mod sign_in;
mod store_summary;
mod support;
mod syncing;
mod templates;
mod timing;
mod tokens;
mod webhooks;
mod wrong_queries;
