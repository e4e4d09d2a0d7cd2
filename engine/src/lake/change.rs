//! What an upsert or a replacement does to one partition: a hot segment when it is about few rows, and otherwise the partition
//! written anew.

use std::fs::File;
use std::io::BufWriter;
use std::sync::Arc;

use arrow::array::{Array, AsArray, BooleanArray, RecordBatch, StringViewArray};
use arrow::compute::{concat, concat_batches};
use arrow::datatypes::DataType;
use arrow::ipc::writer::StreamWriter;
use datafusion::common::ScalarValue;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::logical_expr::{Expr, LogicalPlanBuilder, SortExpr, col, lit};
use datafusion::prelude::SessionContext;

use super::commit::{Outcome, Subject};
use super::hot::HotRows;
use super::manifest::{CommitCounts, NewSegment, Segment, Snapshot, Temperature};
use super::merge::{Merge, Merged};
use super::read::Reader;
use super::rewrite::sorted;
use super::slice::Slice;
use super::spool::{PartitionSpool, SEQUENCE, SpoolStream, compact};
use super::{LARGE_COMMITS, LakeError, SMALL_COMMITS, StoreLake, bounds, hot, in_memory};
use crate::SegmentId;
use crate::dataset::Dataset;

impl StoreLake {
    /// A few rows: what wins becomes one hot segment, with what is gone. `None` when too much comes in, or is gone, for that.
    pub(super) async fn append_hot(
        &self,
        subject: &Subject<'_>,
        snapshot: &Arc<Snapshot>,
    ) -> Result<Option<Outcome>, LakeError> {
        let most = self.shared().options.hot_rows;
        if subject.spooled.is_some_and(|spooled| spooled.rows > most) {
            return Ok(None);
        }
        let (session, _slot) = self.shared().small_commits.session().await;
        let dataset = subject.dataset;
        let incoming = match subject.spooled {
            Some(spooled) if spooled.bytes <= self.shared().options.commit_memory / 2 / SMALL_COMMITS => {
                Some(in_memory::for_merge(dataset, &spooled.source())?)
            }
            spooled => incoming(&session, spooled).await?,
        };
        let held = self.held(&session, subject, snapshot, Scope::Concerned).await?;
        let (mut rows, mut updates) = (Vec::new(), Vec::new());
        let names = usize::try_from(most).unwrap_or(usize::MAX);
        let mut merge = Merge::new(dataset, incoming, held, subject.slice)?.naming_removed(names);
        while let Some(merged) = merge.next().await? {
            if let Merged::Incoming(batch, marked) = merged {
                rows.push(batch);
                updates.push(marked);
            }
        }
        if merge.counts().removed > most {
            return Ok(None);
        }
        let counts = merge.counts();
        if !counts.is_change() {
            return Ok(Some(Outcome { counts, ..Outcome::default() }));
        }
        let rows = compact(&concat_batches(&dataset.schema, &rows)?)?;
        let marks: Vec<_> = updates.iter().map(|marks| marks as &dyn Array).collect();
        let updates = if marks.is_empty() {
            BooleanArray::from(Vec::<bool>::new())
        } else {
            concat(&marks)?.as_boolean().clone()
        };
        let removed = StringViewArray::from_iter_values(merge.removed());
        let segment = self.hot_segment(subject, &HotRows { rows, updates, removed })?;
        Ok(Some(Outcome { add: vec![segment], counts, ..Outcome::default() }))
    }

    /// A hot segment of what a change comes to in a partition.
    pub(super) fn hot_segment(&self, subject: &Subject<'_>, hot: &HotRows) -> Result<NewSegment, LakeError> {
        let dataset = subject.dataset;
        let payload = hot::encode(hot)?;
        let segment = Segment {
            id: SegmentId(self.shared().clock.new_id()),
            dataset: dataset.name.to_owned(),
            partition: subject.partition,
            temperature: Temperature::Hot,
            rows: hot.rows.num_rows() as u64,
            updates: hot.updates.true_count() as u64,
            removed: hot.removed.len() as u64,
            bytes: payload.len() as u64,
            footer_bytes: None,
            codec: None,
            schema_version: dataset.schema_version,
            time_bounds: bounds::time_bounds(dataset, &hot.rows),
            origin_bounds: bounds::few(bounds::origin_bounds(dataset, &hot.rows)),
            entity_bounds: hot.entity_bounds(dataset),
            column_bounds: bounds::column_bounds(dataset, &hot.rows),
            checksum: super::checksum(&payload),
            blocks: super::blocks::Blocks::default(),
            begin_version: 0,
        };
        Ok(NewSegment { segment, payload: Some(payload) })
    }

    /// Many rows: the partition is written anew as cold segments.
    pub(super) async fn rewrite(&self, subject: &Subject<'_>, snapshot: &Arc<Snapshot>) -> Result<Outcome, LakeError> {
        let is_empty = snapshot.partition(subject.dataset.name, subject.partition).is_empty();
        if is_empty
            && subject.slice.is_none()
            && let Some(spooled) = subject.spooled
            && let Some(states) = spooled.distinct_states
        {
            return self.write_fresh(spooled, states).await;
        }
        self.merge_cold(subject, snapshot).await
    }

    /// Rows of entities that are all new, each given once: there is nothing to merge, so they are only sorted.
    async fn write_fresh(&self, spooled: &PartitionSpool, states: u64) -> Result<Outcome, LakeError> {
        let (session, slot) = self.shared().large_commits.session().await;
        let dataset = &spooled.dataset;
        let folder = tempfile::tempdir_in(&self.shared().options.spool_dir)?;
        let written = if spooled.bytes <= self.shared().options.commit_memory / LARGE_COMMITS {
            let mut writer = self.segments_writer(dataset, spooled.partition, folder.path());
            let source = spooled.source();
            // It keeps a core busy: on a thread of its own, so that two partitions keep two.
            let written = tokio::task::spawn_blocking(move || {
                for batch in in_memory::for_segments(writer.dataset(), &source)? {
                    writer.write(&batch?)?;
                }
                writer.finish()
            });
            written.await.map_err(std::io::Error::other)??
        } else {
            let columns = dataset.schema.fields().iter().map(|field| col(field.name()));
            let rows = LogicalPlanBuilder::from(spooled.source().plan()?).project(columns.collect::<Vec<_>>())?;
            self.write_cold(&session, dataset, spooled.partition, rows.build()?, folder.path()).await?
        };
        drop(slot);
        let counts = CommitCounts { new: states, ..CommitCounts::default() };
        Ok(Outcome { add: self.upload(&written).await?, counts, ..Outcome::default() })
    }

    /// What came in, merged with what was held.
    async fn merge_cold(&self, subject: &Subject<'_>, snapshot: &Arc<Snapshot>) -> Result<Outcome, LakeError> {
        let (session, slot) = self.shared().large_commits.session().await;
        let dataset = subject.dataset;
        let incoming = incoming(&session, subject.spooled).await?;
        let held = self.held(&session, subject, snapshot, Scope::Everything).await?;
        let mut merge = Merge::new(dataset, incoming, held, subject.slice)?;
        let folder = tempfile::tempdir_in(&self.shared().options.spool_dir)?;
        // The merged rows go to a file, so that the sorts before them have given back their memory when they are sorted.
        let file = folder.path().join("merged.arrows");
        let mut merged = StreamWriter::try_new(BufWriter::new(File::create(&file)?), &dataset.schema)?;
        while let Some(Merged::Incoming(batch, _) | Merged::Held(batch)) = merge.next().await? {
            merged.write(&compact(&batch)?)?;
        }
        merged.into_inner()?.into_inner().map_err(std::io::IntoInnerError::into_error)?;
        let counts = merge.counts();
        drop(merge);
        if !counts.is_change() {
            return Ok(Outcome { counts, ..Outcome::default() });
        }
        let rows = SpoolStream::of_file(&dataset.schema, file).plan()?;
        let written = self.write_cold(&session, dataset, subject.partition, rows, folder.path()).await?;
        drop(slot);
        let retire = snapshot.partition(dataset.name, subject.partition).iter().map(|segment| segment.id).collect();
        Ok(Outcome { add: self.upload(&written).await?, retire, counts, ..Outcome::default() })
    }

    /// The held rows of a partition, or some of them, sorted for the merge; `None` when there are none.
    async fn held(
        &self,
        session: &SessionContext,
        subject: &Subject<'_>,
        snapshot: &Arc<Snapshot>,
        scope: Scope,
    ) -> Result<Option<SendableRecordBatchStream>, LakeError> {
        let dataset = subject.dataset;
        let held = snapshot.partition(dataset.name, subject.partition);
        let (held, only) = match scope {
            Scope::Everything => (held.to_vec(), None),
            Scope::Concerned => concerned(subject, held),
        };
        if held.is_empty() {
            return Ok(None);
        }
        let reader = Reader::over(self, Arc::clone(snapshot), session.clone());
        let mut plan = reader.scan_segments(dataset, &held).await?;
        if let Some(only) = only {
            plan = LogicalPlanBuilder::from(plan).filter(only)?.build()?;
        }
        if matches!(scope, Scope::Concerned) {
            plan = LogicalPlanBuilder::from(plan).project(compared(dataset))?.build()?;
        }
        Ok(Some(sorted(session, plan, held_order(dataset)).await?))
    }
}

/// Which of the rows that a partition holds a merge needs.
#[derive(Clone, Copy)]
enum Scope {
    Everything,
    /// Those that a small change is about.
    Concerned,
}

/// The segments that may hold rows that a small change is about, and which of their rows those are: the ones in the range of its
/// entities, and the ones of its slice.
fn concerned(subject: &Subject<'_>, held: &[Arc<Segment>]) -> (Vec<Arc<Segment>>, Option<Expr>) {
    let in_slice = subject.slice.map(Slice::predicate);
    let Some(spooled) = subject.spooled else { return (held.to_vec(), in_slice) };
    let Some((least, greatest)) = spooled.entity_range() else { return (held.to_vec(), None) };
    let entity = col(subject.dataset.entity);
    let in_range = entity.clone().gt_eq(lit(least.clone())).and(entity.lt_eq(lit(greatest.clone())));
    match in_slice {
        Some(in_slice) => (held.to_vec(), Some(in_slice.or(in_range))),
        None => {
            // What a segment without any of these entities says of others does not matter here.
            let may_hold = |segment: &&Arc<Segment>| {
                let (first, last) = &segment.entity_bounds;
                *first <= greatest && *last >= least
            };
            (held.iter().filter(may_hold).cloned().collect(), Some(in_range))
        }
    }
}

/// The columns of held rows as far as they are compared with what comes in: bytes that tell nothing of that are large, and are not read.
fn compared(dataset: &Dataset) -> Vec<Expr> {
    let fields = dataset.schema.fields().iter();
    let column = fields.map(|field| match field.data_type() {
        DataType::BinaryView if dataset.bookkeeping.contains(&field.name().as_str()) => {
            lit(ScalarValue::BinaryView(Some(Vec::new()))).alias(field.name())
        }
        _ => col(field.name()),
    });
    column.collect()
}

/// The spooled rows of a partition, sorted for the merge; `None` when there are none.
async fn incoming(
    session: &SessionContext,
    spooled: Option<&PartitionSpool>,
) -> Result<Option<SendableRecordBatchStream>, LakeError> {
    let Some(spooled) = spooled else { return Ok(None) };
    let dataset = &spooled.dataset;
    let plan = spooled.source().plan()?;
    let mut order = vec![
        col(dataset.entity).sort(true, true),
        col(dataset.version).sort(false, false),
        col(SEQUENCE).sort(false, false),
    ];
    order.extend(dataset.row.map(|row| col(row).sort(true, true)));
    Ok(Some(sorted(session, plan, order).await?))
}

fn held_order(dataset: &Dataset) -> Vec<SortExpr> {
    let mut order = vec![col(dataset.entity).sort(true, true)];
    order.extend(dataset.row.map(|row| col(row).sort(true, true)));
    order
}

impl HotRows {
    /// Least and greatest of all entities that it says something of.
    fn entity_bounds(&self, dataset: &Dataset) -> (String, String) {
        let of = |rows: &RecordBatch| bounds::entity_bounds(rows[dataset.entity].as_string_view());
        let bounds = [of(&self.rows), bounds::entity_bounds(&self.removed)].into_iter().flatten();
        bounds.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1))).unwrap_or_default()
    }
}
