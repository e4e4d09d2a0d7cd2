//! What an upsert does to a partition: incoming states against held ones, entity by entity.
//!
//! Both sides come sorted by entity, so any size is merged in the memory of a few batches. An incoming state is
//! **new** when its entity is not held, **stale** when a newer version is held, **unchanged** when the same version is held
//! with the same content, and an **update** otherwise.

use std::cmp::Ordering;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, BooleanBufferBuilder, RecordBatch, StringViewArray};
use arrow::compute::{concat_batches, filter_record_batch};
use arrow::datatypes::{Int64Type, UInt64Type};
use arrow::row::{RowConverter, Rows, SortField};
use datafusion::execution::SendableRecordBatchStream;
use futures::StreamExt;

use super::LakeError;
use super::manifest::CommitCounts;
use super::spool::{SEQUENCE, compact};
use crate::dataset::Dataset;

/// Rows that a merge lets through, of the dataset's schema.
#[derive(Debug)]
pub(super) enum Merged {
    /// Incoming rows to be written, and for each whether its entity is held.
    Incoming(RecordBatch, BooleanArray),
    /// Held rows whose entity stays as it is.
    Held(RecordBatch),
}

/// A merge under way: pulled until it is dry, it hands over what stays and what comes in.
pub(super) struct Merge {
    incoming: Side,
    held: Option<Side>,
    content: RowConverter,
    counts: CommitCounts,
    started: bool,
}

impl Merge {
    /// Merges `incoming` (sorted by entity, then version and sequence descending, then row) with `held` (sorted by
    /// entity, then row).
    pub(super) fn new(
        dataset: &Arc<Dataset>,
        incoming: SendableRecordBatchStream,
        held: Option<SendableRecordBatchStream>,
    ) -> Result<Self, LakeError> {
        let field = |index| SortField::new(dataset.schema.field(index).data_type().clone());
        Ok(Self {
            incoming: Side::new(dataset, incoming),
            held: held.map(|held| Side::new(dataset, held)),
            content: RowConverter::new(content_columns(dataset).map(field).collect())?,
            counts: CommitCounts::default(),
            started: false,
        })
    }

    /// What was counted so far; whole when [`Merge::next`] has answered `None`.
    pub(super) fn counts(&self) -> CommitCounts {
        self.counts
    }

    /// The next rows that the merge lets through; `None` at the end.
    pub(super) async fn next(&mut self) -> Result<Option<Merged>, LakeError> {
        if !self.started {
            self.started = true;
            self.incoming.load().await?;
            if let Some(held) = &mut self.held {
                held.load().await?;
            }
        }
        loop {
            if self.incoming.is_exhausted() {
                let passed = self.incoming.flush()?;
                self.incoming.load().await?;
                if let Some((rows, updates)) = passed {
                    return Ok(Some(Merged::Incoming(rows, updates)));
                }
            }
            if let Some(held) = self.held.as_mut().filter(|held| held.is_exhausted()) {
                let passed = held.flush()?;
                held.load().await?;
                if let Some((rows, _)) = passed {
                    return Ok(Some(Merged::Held(rows)));
                }
            }
            if !self.step()? {
                return Ok(None);
            }
        }
    }

    /// Decides about the least entity of both sides; `false` when there is none.
    fn step(&mut self) -> Result<bool, LakeError> {
        let order = match (self.incoming.group(), self.held.as_ref().and_then(Side::group)) {
            (None, None) => return Ok(false),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(new), Some(old)) => {
                self.incoming.entity(new).cmp(self.held.as_ref().map_or("", |held| held.entity(old)))
            }
        };
        match (order, &mut self.held) {
            (Ordering::Greater, Some(held)) => held.take(true, false),
            (Ordering::Equal, Some(held)) => {
                let decision = decide(&mut self.incoming, held, &self.content)?;
                match decision {
                    Decision::Update => self.counts.updated += 1,
                    Decision::Unchanged => self.counts.unchanged += 1,
                    Decision::Stale => self.counts.stale += 1,
                }
                let wins = matches!(decision, Decision::Update);
                self.incoming.take(wins, true);
                held.take(!wins, false);
            }
            _ => {
                self.counts.new += 1;
                self.incoming.take(true, false);
            }
        }
        Ok(true)
    }
}

enum Decision {
    Update,
    Unchanged,
    Stale,
}

fn decide(incoming: &mut Side, held: &mut Side, converter: &RowConverter) -> Result<Decision, LakeError> {
    let (Some(new), Some(old)) = (incoming.group(), held.group()) else { return Ok(Decision::Update) };
    Ok(match incoming.version(new).cmp(&held.version(old)) {
        Ordering::Less => Decision::Stale,
        Ordering::Greater => Decision::Update,
        Ordering::Equal => {
            let new = incoming.winners(new);
            let old = old.start..old.end;
            let same = new.len() == old.len() && {
                let (new_rows, old_rows) = (incoming.content(converter)?, held.content(converter)?);
                new.zip(old).all(|(a, b)| new_rows.row(a) == old_rows.row(b))
            };
            if same { Decision::Unchanged } else { Decision::Update }
        }
    })
}

fn content_columns(dataset: &Dataset) -> impl Iterator<Item = usize> + '_ {
    let counts = |name: &str| !dataset.bookkeeping.contains(&name);
    (0..dataset.schema.fields().len()).filter(move |index| counts(dataset.schema.field(*index).name()))
}

/// The rows of one entity in the loaded batch.
#[derive(Clone, Copy, Debug)]
struct Group {
    start: usize,
    end: usize,
}

/// One of the two streams, batch by batch, each of whole entities.
struct Side {
    dataset: Arc<Dataset>,
    batches: SendableRecordBatchStream,
    carried: Option<RecordBatch>,
    ended: bool,
    batch: Option<Loaded>,
}

struct Loaded {
    batch: RecordBatch,
    entity: StringViewArray,
    position: usize,
    content: Option<Rows>,
    keep: BooleanBufferBuilder,
    updates: BooleanBufferBuilder,
}

impl Side {
    fn new(dataset: &Arc<Dataset>, batches: SendableRecordBatchStream) -> Self {
        Self { dataset: Arc::clone(dataset), batches, carried: None, ended: false, batch: None }
    }

    /// Loads the next batch of whole entities: the last entity of a batch waits for the next one, where it may go on.
    async fn load(&mut self) -> Result<(), LakeError> {
        self.batch = None;
        while self.batch.is_none() {
            if self.ended {
                let Some(rest) = self.carried.take() else { return Ok(()) };
                self.batch = Some(Loaded::new(&self.dataset, rest));
                return Ok(());
            }
            let Some(next) = self.batches.next().await.transpose()? else {
                self.ended = true;
                continue;
            };
            if next.num_rows() == 0 {
                continue;
            }
            let joined = match self.carried.take() {
                Some(carried) => concat_batches(&next.schema(), [&carried, &next])?,
                None => next,
            };
            let entity = joined[self.dataset.entity].as_string_view();
            let last = entity.value(joined.num_rows() - 1);
            let start = (0..joined.num_rows()).rev().find(|row| entity.value(*row) != last).map_or(0, |row| row + 1);
            // Compacted: a slice keeps the texts of all that it was cut from, and of what that was joined with before.
            self.carried = Some(compact(&joined.slice(start, joined.num_rows() - start))?);
            if start > 0 {
                self.batch = Some(Loaded::new(&self.dataset, joined.slice(0, start)));
            }
        }
        Ok(())
    }

    fn is_exhausted(&self) -> bool {
        self.batch.as_ref().is_some_and(|loaded| loaded.position == loaded.batch.num_rows())
    }

    fn group(&self) -> Option<Group> {
        self.batch.as_ref().and_then(Loaded::group)
    }

    fn entity(&self, group: Group) -> &str {
        self.batch.as_ref().map_or("", |loaded| loaded.entity.value(group.start))
    }

    fn version(&self, group: Group) -> i64 {
        self.batch.as_ref().map_or(i64::MIN, |loaded| {
            loaded.batch[self.dataset.version].as_primitive::<Int64Type>().value(group.start)
        })
    }

    /// The rows of the group's winning state: the first, as they come sorted.
    fn winners(&self, group: Group) -> std::ops::Range<usize> {
        self.batch.as_ref().map_or(0..0, |loaded| loaded.winners(group))
    }

    fn content(&mut self, converter: &RowConverter) -> Result<&Rows, LakeError> {
        let Some(loaded) = &mut self.batch else {
            return Err(LakeError::Shape { dataset: self.dataset.name, detail: "no rows are loaded".to_owned() });
        };
        let rows = match loaded.content.take() {
            Some(rows) => rows,
            None => {
                let columns: Vec<ArrayRef> =
                    content_columns(&self.dataset).map(|index| Arc::clone(loaded.batch.column(index))).collect();
                converter.convert_columns(&columns)?
            }
        };
        Ok(loaded.content.insert(rows))
    }

    /// Moves past the group in hand, keeping its winning rows or none.
    fn take(&mut self, keep: bool, update: bool) {
        let Some(loaded) = &mut self.batch else { return };
        let Some(group) = loaded.group() else { return };
        let winners = loaded.winners(group);
        for row in group.start..group.end {
            loaded.keep.append(keep && winners.contains(&row));
            loaded.updates.append(update);
        }
        loaded.position = group.end;
    }

    /// The kept rows of the batch, without the spool's column.
    fn flush(&mut self) -> Result<Option<(RecordBatch, BooleanArray)>, LakeError> {
        let Some(mut loaded) = self.batch.take() else { return Ok(None) };
        let keep = BooleanArray::new(loaded.keep.finish(), None);
        if keep.true_count() == 0 {
            return Ok(None);
        }
        let columns: Vec<usize> = (0..self.dataset.schema.fields().len()).collect();
        let rows = filter_record_batch(&loaded.batch.project(&columns)?, &keep)?;
        let rows = RecordBatch::try_new(Arc::clone(&self.dataset.schema), rows.columns().to_vec())?;
        let updates = BooleanArray::new(loaded.updates.finish(), None);
        let updates = arrow::compute::filter(&updates, &keep)?.as_boolean().clone();
        Ok(Some((rows, updates)))
    }
}

impl Loaded {
    fn new(dataset: &Dataset, batch: RecordBatch) -> Self {
        let entity = batch[dataset.entity].as_string_view().clone();
        let rows = batch.num_rows();
        Self {
            batch,
            entity,
            position: 0,
            content: None,
            keep: BooleanBufferBuilder::new(rows),
            updates: BooleanBufferBuilder::new(rows),
        }
    }

    fn group(&self) -> Option<Group> {
        let rows = self.entity.len();
        if self.position >= rows {
            return None;
        }
        let entity = self.entity.value(self.position);
        let end = (self.position + 1..rows).find(|row| self.entity.value(*row) != entity).unwrap_or(rows);
        Some(Group { start: self.position, end })
    }

    fn winners(&self, group: Group) -> std::ops::Range<usize> {
        let Some(sequence) = self.batch.column_by_name(SEQUENCE) else { return group.start..group.end };
        let sequence = sequence.as_primitive::<UInt64Type>();
        let first = sequence.value(group.start);
        let end = (group.start..group.end).find(|row| sequence.value(*row) != first).unwrap_or(group.end);
        group.start..end
    }
}
