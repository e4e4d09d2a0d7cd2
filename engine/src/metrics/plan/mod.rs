//! From a checked query to plans: one aggregation per dataset, store and period.
//!
//! Stores are planned one by one and their figures added up: each has its own days, and its customers are its own, so
//! sums, counts and distinct counts of different stores are those of disjoint rows.

pub(crate) mod bucket_index;
pub(crate) mod convert;
pub(crate) mod facts;
pub(crate) mod filter;
pub(crate) mod measures;
pub(crate) mod newest;
pub(crate) mod percentile;
