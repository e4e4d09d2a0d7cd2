//! What a commit does to a partition: incoming states against held ones, entity by entity.
//!
//! Both sides come sorted by entity, so any size is merged in the memory of a few batches. An incoming state is
//! **new** when its entity is not held, **stale** when a newer version is held, **unchanged** when the same version is held
//! with the same content, and an **update** otherwise. Where a slice is replaced, nothing is stale, a state with the same content
//! is unchanged whatever its version, and a held entity of the slice that does not come in is **removed**.

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
use super::slice::Slice;
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
    incoming: Option<Side>,
    held: Option<Side>,
    content: RowConverter,
    /// What is replaced as a whole, if anything is.
    slice: Option<Slice>,
    counts: CommitCounts,
    removed: Vec<String>,
    /// How many removed entities are remembered by name.
    names: usize,
    started: bool,
}

impl Merge {
    /// Merges `incoming` (sorted by entity, then version and sequence descending, then row) with `held` (sorted by
    /// entity, then row).
    pub(super) fn new(
        dataset: &Arc<Dataset>,
        incoming: Option<SendableRecordBatchStream>,
        held: Option<SendableRecordBatchStream>,
        slice: Option<&Slice>,
    ) -> Result<Self, LakeError> {
        let field = |index| SortField::new(dataset.schema.field(index).data_type().clone());
        let side = |batches| Side::new(dataset, batches, slice.cloned());
        Ok(Self {
            incoming: incoming.map(side),
            held: held.map(side),
            content: RowConverter::new(content_columns(dataset, slice.is_some()).map(field).collect())?,
            slice: slice.cloned(),
            counts: CommitCounts::default(),
            removed: Vec::new(),
            names: 0,
            started: false,
        })
    }

    /// What was counted so far; whole when [`Merge::next`] has answered `None`.
    pub(super) fn counts(&self) -> CommitCounts {
        self.counts
    }

    /// Makes it remember the names of so many removed entities.
    pub(super) fn naming_removed(self, names: usize) -> Self {
        Self { names, ..self }
    }

    /// The removed entities, or the first of them when there are more than are remembered.
    pub(super) fn removed(&self) -> &[String] {
        &self.removed
    }

    /// The next rows that the merge lets through; `None` at the end.
    pub(super) async fn next(&mut self) -> Result<Option<Merged>, LakeError> {
        if !self.started {
            self.started = true;
            for side in [&mut self.incoming, &mut self.held].into_iter().flatten() {
                side.load().await?;
            }
        }
        loop {
            if let Some(incoming) = &mut self.incoming
                && let Some(exhausted) = incoming.take_exhausted()
            {
                incoming.load().await?;
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
        let incoming = self.incoming.as_mut().and_then(|side| side.loaded.as_mut());
        let held = self.held.as_mut().and_then(|side| side.loaded.as_mut());
        let (new, old) = match (incoming, held) {
            (None, None) => return Ok(false),
            (Some(new), None) => (Some(new), None),
            (None, Some(old)) => (None, Some(old)),
            (Some(new), Some(old)) => match new.entity().cmp(old.entity()) {
                Ordering::Less => (Some(new), None),
                Ordering::Greater => (None, Some(old)),
                Ordering::Equal => (Some(new), Some(old)),
            },
        };
        if let Some(new) = &new {
            new.check_slice()?;
        }
        match (new, old) {
            (Some(new), Some(old)) => {
                let decision = match self.slice {
                    None => decide(new, old, &self.content)?,
                    Some(_) => Decision::of_content(same_content(new, old, &self.content)?),
                };
                match decision {
                    Decision::Update => self.counts.updated += 1,
                    Decision::Unchanged => self.counts.unchanged += 1,
                    Decision::Stale => self.counts.stale += 1,
                }
                let wins = matches!(decision, Decision::Update);
                new.pass(wins, true);
                old.pass(!wins, false);
            }
            (Some(new), None) => {
                self.counts.new += 1;
                new.pass(true, false);
            }
            (None, Some(old)) => {
                let is_removed = old.is_in_slice();
                if is_removed {
                    self.counts.removed += 1;
                    if self.removed.len() < self.names {
                        self.removed.push(old.entity().to_owned());
                    }
                }
                old.pass(!is_removed, false);
            }
            (None, None) => {}
        }
        Ok(true)
    }
}

enum Decision {
    Update,
    Unchanged,
    Stale,
}

impl Decision {
    fn of_content(is_same: bool) -> Self {
        if is_same { Self::Unchanged } else { Self::Update }
    }
}

fn decide(new: &mut Loaded, old: &mut Loaded, converter: &RowConverter) -> Result<Decision, LakeError> {
    Ok(match new.version().cmp(&old.version()) {
        Ordering::Less => Decision::Stale,
        Ordering::Greater => Decision::Update,
        Ordering::Equal => Decision::of_content(same_content(new, old, converter)?),
    })
}

fn same_content(new: &mut Loaded, old: &mut Loaded, converter: &RowConverter) -> Result<bool, LakeError> {
    let (given, held) = (new.winners(), old.winners());
    Ok(given.len() == held.len() && {
        let (new_rows, old_rows) = (new.content(converter)?, old.content(converter)?);
        given.zip(held).all(|(a, b)| new_rows.row(a) == old_rows.row(b))
    })
}

/// The columns that say what an entity is: not how its row came, and in a slice not its version either.
fn content_columns(dataset: &Dataset, in_slice: bool) -> impl Iterator<Item = usize> + '_ {
    let is_aside = move |name: &str| dataset.bookkeeping.contains(&name) || in_slice && name == dataset.version;
    (0..dataset.schema.fields().len()).filter(move |index| !is_aside(dataset.schema.field(*index).name()))
}

/// One of the two streams, batch by batch, each of whole entities.
struct Side {
    dataset: Arc<Dataset>,
    slice: Option<Slice>,
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
    /// Which rows are in the slice that is replaced, if one is.
    in_slice: Option<BooleanArray>,
    /// The rows of the entity in hand; none when the batch is exhausted.
    group: Range<usize>,
    content: Option<Rows>,
    keep: BooleanBufferBuilder,
    updates: BooleanBufferBuilder,
}

impl Side {
    fn new(dataset: &Arc<Dataset>, batches: SendableRecordBatchStream, slice: Option<Slice>) -> Self {
        Self { dataset: Arc::clone(dataset), slice, batches, carried: None, ended: false, loaded: None }
    }

    /// Loads the next batch of whole entities: the last entity of a batch waits for the next one, where it may go on.
    async fn load(&mut self) -> Result<(), LakeError> {
        self.loaded = None;
        while self.loaded.is_none() {
            if self.ended {
                let Some(rest) = self.carried.take() else { return Ok(()) };
                self.loaded = Some(Loaded::new(self, rest)?);
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
                self.loaded = Some(Loaded::new(self, joined.slice(0, start))?);
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
    fn new(side: &Side, batch: RecordBatch) -> Result<Self, LakeError> {
        let dataset = &side.dataset;
        let rows = batch.num_rows();
        let mut loaded = Self {
            dataset: Arc::clone(dataset),
            in_slice: side.slice.as_ref().map(|slice| slice.mask(&batch)).transpose()?,
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
        Ok(loaded)
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

    /// Whether any row of the entity in hand is in the slice.
    fn is_in_slice(&self) -> bool {
        self.in_slice.as_ref().is_some_and(|mask| self.group.clone().any(|row| mask.value(row)))
    }

    /// Refuses an incoming entity that is not of the slice that it is to replace.
    fn check_slice(&self) -> Result<(), LakeError> {
        let Some(mask) = &self.in_slice else { return Ok(()) };
        if self.group.clone().all(|row| mask.value(row)) {
            return Ok(());
        }
        let detail = format!("{:?} is not in the slice that is replaced", self.entity());
        Err(LakeError::Shape { dataset: self.dataset.name, detail })
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
                let columns = content_columns(&self.dataset, self.in_slice.is_some())
                    .map(|index| Arc::clone(self.batch.column(index)));
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
