//! From a checked query to plans: one aggregation per set of facts, store and period.
//!
//! Stores are planned one by one and their values merged: each has its own days, and its customers are its own, so sums,
//! counts and distinct counts of different stores are those of disjoint rows. Percentiles, which only the rows of all stores
//! tell, are planned over their union.

pub(crate) mod bucket_index;
pub(crate) mod caveats;
pub(crate) mod convert;
pub(crate) mod customer_type;
pub(crate) mod facts;
pub(crate) mod filter;
pub(crate) mod measures;
pub(crate) mod newest;
pub(crate) mod percentile;
pub(crate) mod standing;
