//! Manifests of many segments. Only a few of their objects exist: planning opens none.

use std::collections::BTreeMap;
use std::ops::Range;

use aloftly_engine::clock::Clock;
use aloftly_engine::dataset::Dataset;
use aloftly_engine::lake::StoreLake;
use aloftly_engine::lake::manifest::{Commit, CommitCounts, CommitKind, NewSegment, Segment};
use aloftly_engine::{CommitId, SegmentId};

use crate::history::month;

/// Segments of a commit.
const AT_ONCE: usize = 5_000;
/// The months that segments are spread over.
const MONTHS: usize = 240;

/// Adds `count` segments like `template` to a store's manifest, spread over the months before the last.
pub(crate) async fn describe(
    lake: &StoreLake,
    dataset: &Dataset,
    template: &Segment,
    count: usize,
    clock: &dyn Clock,
) -> anyhow::Result<()> {
    let months = (MONTHS - 1).min(count).max(1);
    let mut segments = Vec::with_capacity(count);
    for back in 1..=months {
        let of_month = count / months + usize::from(back <= count % months);
        let Range { start, end } = month(back)?;
        let step = (end - start) / i64::try_from(of_month)?;
        for number in 0..i64::try_from(of_month)? {
            let from = start + number * step;
            segments.push(Segment {
                id: SegmentId(clock.new_id()),
                partition: dataset.partition_of(from),
                time_bounds: (from, from + step - 1),
                origin_bounds: BTreeMap::new(),
                ..template.clone()
            });
        }
    }
    for segments in segments.chunks(AT_ONCE) {
        lake.manifest().stage(lake.store(), segments).await?;
        let new = |segment: &Segment| NewSegment { segment: segment.clone(), payload: None };
        let commit = Commit {
            id: CommitId(clock.new_id()),
            store: lake.store(),
            kind: CommitKind::Upsert,
            based_on: lake.manifest().version(lake.store()).await?,
            touched: Vec::new(),
            add: segments.iter().map(new).collect(),
            retire: Vec::new(),
            receipt: None,
            bookmarks: Vec::new(),
            gone: Vec::new(),
            unless_removed_since: None,
            clears_receipts: false,
            counts: CommitCounts::default(),
        };
        lake.manifest().publish(commit).await?;
    }
    Ok(())
}
