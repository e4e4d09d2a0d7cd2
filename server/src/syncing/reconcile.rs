//! What a store has, compared with what its source has: what was lost on the way is read again, and what is gone there goes here.
//!
//! The source lists ids with versions, month by month. What differs is asked for by its id, and the connector says of each whether it is there:
//! a list that was cut or shifted while it was read removes nothing by itself.

use std::sync::Arc;

use aloftly_connectors::contract::{Failure, Mode, Session, Stream};
use aloftly_engine::dataset::{self, Dataset, Partition, Span};
use aloftly_engine::lake::LakeError;
use chrono::{DateTime, TimeDelta, Utc};

use super::run::Running;

/// Things that are asked for at once.
const AT_ONCE: usize = 250;

impl Running<'_> {
    /// Compares a stream with its source, and mends what differs.
    pub(super) async fn reconcile(&self, session: &Session<'_>, stream: &'static Stream) -> Result<(), Failure> {
        let Some(name) = stream.datasets.first() else { return Ok(()) };
        let dataset = dataset::find(name).ok_or_else(|| LakeError::UnknownDataset((*name).to_owned()))?;
        let reach = self.provider.connector.reach(session.account, stream, self.backend.clock.now());
        for (from, to) in self.ranges(dataset).await? {
            // What the source does not show any more is neither lost nor gone.
            let range = (reach.map_or(from, |reach| reach.max(from)), to);
            if range.0 >= range.1 {
                continue;
            }
            if self.cancel.is_cancelled() {
                return Err(Failure::Stopped);
            }
            let differing = self.differing(session, stream, dataset, range).await?;
            if !differing.is_empty() {
                tracing::info!(
                    stream = stream.id,
                    count = differing.len(),
                    "a source has something else than its store"
                );
            }
            for ids in differing.chunks(AT_ONCE) {
                // A bookmark for these alone: should this be cut off, what differs then is found out anew.
                let bookmark = format!("job/{}/{}/{}", self.job.id, stream.id, self.backend.clock.new_id());
                self.read(session, stream, Mode::Things { ids: ids.to_vec() }, bookmark).await?;
            }
        }
        Ok(())
    }

    /// The ids of what the source has and the store has not, or in an older state, or the other way round.
    async fn differing(
        &self,
        session: &Session<'_>,
        stream: &'static Stream,
        dataset: &Arc<Dataset>,
        range: (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<Vec<String>, Failure> {
        // First what the store has: what comes in while the source is asked is then asked for once more, and nothing is taken for gone.
        let micros = (range.0.timestamp_micros(), range.1.timestamp_micros());
        let mut held = self.lake.entities(dataset, (dataset.span == Span::Month).then_some(micros)).await?;
        let mut differing = Vec::new();
        for listed in self.provider.connector.list(session, stream, range).await? {
            match held.remove(&listed.entity) {
                Some(version) if version >= listed.version => {}
                _ => differing.push(listed.entity),
            }
        }
        let is_own = |entity: &String| self.provider.connector.is_own(stream, entity);
        differing.extend(held.into_keys().filter(is_own));
        Ok(differing)
    }

    /// The ranges of time that are compared one after the other: what is one partition here. Nothing from before the oldest that is held: an
    /// organisation that keeps its data for some months has erased it.
    async fn ranges(&self, dataset: &Dataset) -> Result<Vec<(DateTime<Utc>, DateTime<Utc>)>, Failure> {
        let end = self.backend.clock.now() + TimeDelta::days(1);
        let snapshot = self.lake.snapshot(None).await?;
        let held = || snapshot.segments.iter().filter(|segment| segment.dataset == dataset.name && segment.rows > 0);
        let oldest = held().map(|segment| segment.time_bounds.0).min().and_then(DateTime::from_timestamp_micros);
        // What has no month is known by when it last changed here, and by when it began there.
        let first = held().map(|segment| segment.partition).min().filter(|_| dataset.span == Span::Month);
        let (Some(oldest), Some(first)) = (oldest, first) else { return Ok(vec![(DateTime::UNIX_EPOCH, end)]) };
        let start = |partition: Partition| partition.first_day().and_time(chrono::NaiveTime::MIN).and_utc();
        let months = std::iter::successors(Some(first), |month| month.next()).take_while(|month| start(*month) < end);
        let months = months.map(|month| (start(month).max(oldest), month.next().map_or(end, start).min(end)));
        Ok(months.filter(|(from, to)| from < to).collect())
    }
}
