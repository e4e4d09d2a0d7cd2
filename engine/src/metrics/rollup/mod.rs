//! Rollups: figures of settled partitions by local day or hour, kept in memory and put together to answers.
//!
//! A rollup is what the rows of a partition's cold segments come to, in each day or hour of a zone, in the slots of a set of facts,
//! cut and filtered as a query says. Segments never change, so a rollup is right for as long as its segments are the partition's; a
//! commit that restates rows of a partition makes the partition unsettled, and it is then read from its rows.
//!
//! It is only used where putting parts together is exact, at edges that days or hours have too; what lies beyond the edges is read from
//! rows. Sums, counts, least, greatest and newest values are merged. For percentiles it holds the values, and for what is counted
//! once numbers that stand for the texts. Who is new depends on all orders of a store: such a rollup is kept under the names of the
//! segments that decide it too, and not used where newer orders say otherwise.

mod build;
mod cells;
mod codes;
mod holding;
mod kept;
mod origin;
mod put_together;
mod sums;
mod wanted;

pub(crate) use build::Rollups;
pub(crate) use cells::CellLength;
pub(crate) use origin::Origins;
pub use origin::{Part, WhyNot};
pub(crate) use put_together::Assembly;
pub(crate) use wanted::Wanted;
