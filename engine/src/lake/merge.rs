//! What an upsert does to a partition: incoming states against held ones, entity by entity.
//!
//! Both sides come sorted by entity, so any size is merged in the memory of a few batches. An incoming state is
//! **new** when its entity is not held, **stale** when a newer version is held, **unchanged** when the same version is held
//! with the same content, and an **update** otherwise.

use std::cmp::Ordering;
use std::ops::Range;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, BooleanBufferBuilder, Int64Array, RecordBatch, StringViewArray, UInt64Array,
};
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
            if let Some(exhausted) = self.incoming.take_exhausted() {
                self.incoming.load().await?;
                if let Some((rows, updates)) = exhausted.finish()? {
                    return Ok(Some(Merged::Incoming(rows, updates)));
                }
            }
            if let Some(held) = &mut self.held
                && let Some(exhausted) = held.take_exhausted()
            {
                held.load().await?;
                if let Some((rows, _)) = exhausted.finish()? {
                    return Ok(Some(Merged::Held(rows)));
                }
            }
            if !self.step()? {
                return Ok(None);
            }
        }
    }

    /// Decides about the least entity of both sides; `false` when there is none. What is loaded is not exhausted here.
    fn step(&mut self) -> Result<bool, LakeError> {
        let held = self.held.as_mut().and_then(|held| held.loaded.as_mut());
        match (self.incoming.loaded.as_mut(), held) {
            (None, None) => return Ok(false),
            (Some(new), None) => {
                self.counts.new += 1;
                new.pass(true, false);
            }
            (None, Some(old)) => old.pass(true, false),
            (Some(new), Some(old)) => match new.entity().cmp(old.entity()) {
                Ordering::Less => {
                    self.counts.new += 1;
                    new.pass(true, false);
                }
                Ordering::Greater => old.pass(true, false),
                Ordering::Equal => {
                    let decision = decide(new, old, &self.content)?;
                    match decision {
                        Decision::Update => self.counts.updated += 1,
                        Decision::Unchanged => self.counts.unchanged += 1,
                        Decision::Stale => self.counts.stale += 1,
                    }
                    let wins = matches!(decision, Decision::Update);
                    new.pass(wins, true);
                    old.pass(!wins, false);
                }
            },
        }
        Ok(true)
    }
}

enum Decision {
    Update,
    Unchanged,
    Stale,
}

fn decide(new: &mut Loaded, old: &mut Loaded, converter: &RowConverter) -> Result<Decision, LakeError> {
    Ok(match new.version().cmp(&old.version()) {
        Ordering::Less => Decision::Stale,
        Ordering::Greater => Decision::Update,
        Ordering::Equal => {
            let (given, held) = (new.winners(), old.winners());
            let same = given.len() == held.len() && {
                let (new_rows, old_rows) = (new.content(converter)?, old.content(converter)?);
                given.zip(held).all(|(a, b)| new_rows.row(a) == old_rows.row(b))
            };
            if same { Decision::Unchanged } else { Decision::Update }
        }
    })
}

fn content_columns(dataset: &Dataset) -> impl Iterator<Item = usize> + '_ {
    let counts = |name: &str| !dataset.bookkeeping.contains(&name);
    (0..dataset.schema.fields().len()).filter(move |index| counts(dataset.schema.field(*index).name()))
}

/// One of the two streams, batch by batch, each of whole entities.
struct Side {
    dataset: Arc<Dataset>,
    batches: SendableRecordBatchStream,
    carried: Option<RecordBatch>,
    ended: bool,
    /// `None` before the first batch and after the last.
    loaded: Option<Loaded>,
}

/// A batch and the entity in hand.
struct Loaded {
    dataset: Arc<Dataset>,
    batch: RecordBatch,
    entity: StringViewArray,
    version: Int64Array,
    /// Which state each row belongs to; `None` where an entity has one.
    sequence: Option<UInt64Array>,
    /// The rows of the entity in hand; none when the batch is exhausted.
    group: Range<usize>,
    content: Option<Rows>,
    keep: BooleanBufferBuilder,
    updates: BooleanBufferBuilder,
}

impl Side {
    fn new(dataset: &Arc<Dataset>, batches: SendableRecordBatchStream) -> Self {
        Self { dataset: Arc::clone(dataset), batches, carried: None, ended: false, loaded: None }
    }

    /// Loads the next batch of whole entities: the last entity of a batch waits for the next one, where it may go on.
    async fn load(&mut self) -> Result<(), LakeError> {
        self.loaded = None;
        while self.loaded.is_none() {
            if self.ended {
                let Some(rest) = self.carried.take() else { return Ok(()) };
                self.loaded = Some(Loaded::new(&self.dataset, rest));
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
                self.loaded = Some(Loaded::new(&self.dataset, joined.slice(0, start)));
            }
        }
        Ok(())
    }

    /// Hands over the loaded batch once it is exhausted.
    fn take_exhausted(&mut self) -> Option<Loaded> {
        self.loaded.take_if(|loaded| loaded.group.is_empty())
    }
}

impl Loaded {
    fn new(dataset: &Arc<Dataset>, batch: RecordBatch) -> Self {
        let rows = batch.num_rows();
        let mut loaded = Self {
            dataset: Arc::clone(dataset),
            entity: batch[dataset.entity].as_string_view().clone(),
            version: batch[dataset.version].as_primitive::<Int64Type>().clone(),
            sequence: batch.column_by_name(SEQUENCE).map(|column| column.as_primitive::<UInt64Type>().clone()),
            batch,
            group: 0..0,
            content: None,
            keep: BooleanBufferBuilder::new(rows),
            updates: BooleanBufferBuilder::new(rows),
        };
        loaded.group = loaded.group_from(0);
        loaded
    }

    fn group_from(&self, start: usize) -> Range<usize> {
        let rows = self.entity.len();
        let goes_on = |row: &usize| self.entity.value(*row) == self.entity.value(start);
        start..(start..rows).find(|row| !goes_on(row)).unwrap_or(rows)
    }

    fn entity(&self) -> &str {
        self.entity.value(self.group.start)
    }

    fn version(&self) -> i64 {
        self.version.value(self.group.start)
    }

    /// The rows of the winning state of the entity in hand: the first, as they come sorted.
    fn winners(&self) -> Range<usize> {
        let Some(sequence) = &self.sequence else { return self.group.clone() };
        let first = sequence.value(self.group.start);
        let end = self.group.clone().find(|row| sequence.value(*row) != first).unwrap_or(self.group.end);
        self.group.start..end
    }

    fn content(&mut self, converter: &RowConverter) -> Result<&Rows, LakeError> {
        let rows = match self.content.take() {
            Some(rows) => rows,
            None => {
                let columns = content_columns(&self.dataset).map(|index| Arc::clone(self.batch.column(index)));
                converter.convert_columns(&columns.collect::<Vec<ArrayRef>>())?
            }
        };
        Ok(self.content.insert(rows))
    }

    /// Moves past the entity in hand, keeping its winning rows or none.
    fn pass(&mut self, keep: bool, update: bool) {
        let winners = self.winners();
        for row in self.group.clone() {
            self.keep.append(keep && winners.contains(&row));
            self.updates.append(update);
        }
        self.group = self.group_from(self.group.end);
    }

    /// The kept rows of the batch, without the spool's column, and which are updates; `None` when none are kept.
    fn finish(mut self) -> Result<Option<(RecordBatch, BooleanArray)>, LakeError> {
        let keep = BooleanArray::new(self.keep.finish(), None);
        if keep.true_count() == 0 {
            return Ok(None);
        }
        let schema = &self.dataset.schema;
        let columns: Vec<usize> = (0..schema.fields().len()).collect();
        let rows = filter_record_batch(&self.batch.project(&columns)?, &keep)?;
        let rows = RecordBatch::try_new(Arc::clone(schema), rows.columns().to_vec())?;
        let updates = BooleanArray::new(self.updates.finish(), None);
        let updates = arrow::compute::filter(&updates, &keep)?.as_boolean().clone();
        Ok(Some((rows, updates)))
    }
}
