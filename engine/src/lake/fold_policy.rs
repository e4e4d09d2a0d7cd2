//! When a partition is folded, and what of it.
//!
//! Hot segments are folded when they are many, large or old. With them go those cold segments that do not hold many more rows than
//! what is folded already: so each remaining one holds more than [`GROWTH`] times as many as all smaller ones together, their
//! number grows with the logarithm of the partition, and a row is written anew that often. Rows are counted, not bytes, because
//! the same rows take several times as many bytes hot as cold. A month that is over and quiet becomes one segment (or several
//! large ones), and one that is seldom read any more is packed tighter.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Months, NaiveTime, TimeDelta, Utc};

use super::LakeOptions;
use super::cold::{SEGMENT_BYTES, codec, seldom_read_from};
use super::manifest::Quarantine;
use super::segment::{Codec, Segment};
use crate::dataset::{Dataset, Partition, Span};

/// A cold segment of at most that many times as many rows as what is folded already is folded too.
const GROWTH: u64 = 3;
/// A segment of this size stays as it is unless rows of it changed.
const LARGE: u64 = SEGMENT_BYTES / 2;
/// How long after its last change a month that is over becomes one segment.
const QUIET: TimeDelta = TimeDelta::days(1);
/// When a partition with a segment in quarantine is looked at again: nobody tells of one that comes out of it.
const QUARANTINED: TimeDelta = TimeDelta::days(1);

/// What is to be done about a partition.
#[derive(Debug, PartialEq)]
pub(super) enum Decision {
    /// These segments are to become one sorted run: all hot ones, and some cold ones.
    Fold(Vec<Arc<Segment>>),
    /// Nothing now; to be looked at again then.
    Later(DateTime<Utc>),
    /// Nothing, until something changes.
    Nothing,
}

/// Decides about a partition by its live segments.
pub(super) fn decide(
    dataset: &Dataset,
    partition: Partition,
    segments: &[Arc<Segment>],
    quarantine: &Quarantine,
    now: DateTime<Utc>,
    options: &LakeOptions,
) -> Decision {
    // Hot segments are folded all together or not at all: one that is left out would be read as newer than what was folded.
    if segments.iter().any(|segment| segment.is_hot() && quarantine.contains_key(&segment.id)) {
        return Decision::Later(now + QUARANTINED);
    }
    let sound = segments.iter().filter(|segment| !quarantine.contains_key(&segment.id)).cloned();
    let (hot, mut cold): (Vec<_>, Vec<_>) = sound.partition(|segment| segment.is_hot());
    cold.sort_by_key(|segment| (segment.rows, segment.id));
    let oldest_hot = hot.iter().map(|segment| made_at(segment)).min();
    let hot_due = oldest_hot.map(|oldest| after(oldest, options.fold_age));
    let hot_bytes: u64 = hot.iter().map(|segment| segment.bytes).sum();
    let is_much = hot.len() >= options.fold_segments || hot_bytes >= options.fold_bytes;
    let is_hot_due = !hot.is_empty() && (is_much || hot_due.is_some_and(|due| due <= now));

    let quiet_from = over_from(dataset, partition).map(|over| {
        let newest = segments.iter().map(|segment| made_at(segment)).max();
        newest.map_or(over, |newest| over.max(newest + QUIET))
    });
    let small: Vec<_> = cold.iter().filter(|segment| segment.bytes < LARGE).cloned().collect();
    let is_to_be_one = small.len() > 1 || (!hot.is_empty() && !small.is_empty());
    let is_packed = |segment: &&Arc<Segment>| segment.codec == Some(Codec::Zstd);
    let loose: Vec<_> = cold.iter().filter(|segment| !is_packed(segment)).cloned().collect();

    if codec(dataset, partition, now) == Codec::Zstd && !loose.is_empty() {
        return Decision::Fold(all([hot, loose, small]));
    }
    if is_to_be_one && quiet_from.is_some_and(|quiet| quiet <= now) {
        return Decision::Fold(all([hot, small]));
    }
    if is_hot_due {
        return Decision::Fold(with_smaller(hot, &small));
    }
    let is_sound = segments.len() == hot.len() + cold.len();
    let later = [
        hot_due,
        Some(now + QUARANTINED).filter(|_| !is_sound),
        quiet_from.filter(|_| is_to_be_one),
        seldom_read_from(dataset, partition).filter(|_| !loose.is_empty()),
    ];
    later.into_iter().flatten().min().map_or(Decision::Nothing, Decision::Later)
}

/// Everything that can be folded now, whether it is due or not; `None` when that would change nothing.
pub(super) fn everything(segments: &[Arc<Segment>]) -> Option<Vec<Arc<Segment>>> {
    let inputs: Vec<_> = segments.iter().filter(|segment| segment.is_hot() || segment.bytes < LARGE).cloned().collect();
    let is_work = inputs.len() > 1 || inputs.iter().any(|segment| segment.is_hot());
    is_work.then_some(inputs)
}

fn with_smaller(hot: Vec<Arc<Segment>>, small: &[Arc<Segment>]) -> Vec<Arc<Segment>> {
    let mut inputs = hot;
    let mut rows: u64 = inputs.iter().map(|segment| segment.rows).sum();
    for segment in small {
        if segment.rows > rows.saturating_mul(GROWTH) {
            break;
        }
        rows += segment.rows;
        inputs.push(Arc::clone(segment));
    }
    inputs
}

fn all<const N: usize>(groups: [Vec<Arc<Segment>>; N]) -> Vec<Arc<Segment>> {
    let mut inputs: Vec<_> = groups.into_iter().flatten().collect();
    inputs.sort_by_key(|segment| (segment.begin_version, segment.id));
    inputs.dedup_by_key(|segment| segment.id);
    inputs
}

/// From when on a partition's time is over; never for those that hold a present state.
fn over_from(dataset: &Dataset, partition: Partition) -> Option<DateTime<Utc>> {
    let next = partition.first_day().checked_add_months(Months::new(1))?;
    (dataset.span == Span::Month).then(|| next.and_time(NaiveTime::MIN).and_utc())
}

fn made_at(segment: &Segment) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(segment.made_at_millis()).unwrap_or_default()
}

/// So long after an instant; the end of time when that is beyond it.
fn after(instant: DateTime<Utc>, duration: Duration) -> DateTime<Utc> {
    let after = TimeDelta::from_std(duration).ok().and_then(|duration| instant.checked_add_signed(duration));
    after.unwrap_or(DateTime::<Utc>::MAX_UTC)
}

#[cfg(test)]
mod tests;
