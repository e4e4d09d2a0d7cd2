//! What rollups are wanted of.

use chrono_tz::Tz;

use super::super::decode::Layout;
use super::super::plan::facts::FactsPlan;
use super::super::runner::Runner;
use super::super::source::Facts;
use super::cells::CellLength;

/// A set of facts by buckets and groups, and how its rows are read.
#[derive(Clone, Copy)]
pub(crate) struct Wanted<'w> {
    pub(crate) plan: &'w FactsPlan<'w>,
    pub(crate) facts: &'w dyn Facts,
    pub(crate) runner: Runner<'w>,
    pub(crate) layout: &'w Layout,
    pub(crate) zone: Tz,
    pub(crate) length: CellLength,
}
