//! Time as a store lives it: local days, ranges of them, their buckets, and the period they are compared with.
//!
//! Everything here turns a query's words into half-open ranges of instants, once per store and query; rows are then
//! sorted into buckets by comparing integers.

#[cfg(test)]
mod against_walls;
pub(crate) mod buckets;
pub(crate) mod calendar;
pub(crate) mod comparison;
pub(crate) mod range;
pub(crate) mod week;
