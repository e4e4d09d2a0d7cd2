//! The catalog against a real Postgres, in one binary so that one cluster serves them all.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod accounts;
mod annotations;
mod api_keys;
mod audit;
mod cluster;
mod connections;
mod context;
mod dashboards;
mod imports;
mod invitations;
mod lint;
mod manifest;
mod members;
mod onboarding;
mod person;
mod plans;
mod privacy;
mod reads;
mod sample_data;
mod second_factor;
mod sessions;
mod shares;
mod startup;
mod stress;
mod sync_jobs;
mod tenants;
mod tokens;
mod vault;
mod walk;
