//! Reading a store at one version.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use arrow::array::{RecordBatch, StringViewArray};
use arrow::datatypes::{DataType, Field, Schema};
use datafusion::catalog::MemTable;
use datafusion::common::{Column, JoinType, ScalarValue};
use datafusion::datasource::provider_as_source;
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, lit};
use datafusion::prelude::SessionContext;

use super::cold_table::ColdTable;
use super::hot::{self, HotRows};
use super::manifest::{Segment, Snapshot, Temperature, Version};
use super::{LakeError, StoreLake};
use crate::dataset::{Dataset, Partition};
use crate::{SegmentId, StoreId};

/// A store, pinned to one version: whatever is asked of it is answered from the same state.
#[derive(Clone)]
pub struct Reader {
    lake: StoreLake,
    snapshot: Arc<Snapshot>,
    session: SessionContext,
}

impl StoreLake {
    /// A reader of the newest version, or of version `at`.
    ///
    /// # Errors
    /// When the store or the version is unknown, or the manifest is unavailable.
    pub async fn reader(&self, at: Option<Version>) -> Result<Reader, LakeError> {
        let snapshot = self.snapshot(at).await?;
        Ok(Reader { lake: self.clone(), snapshot, session: self.shared().queries.session() })
    }

    /// The store's segments. The newest are kept in memory: then only the version is asked for, through the caller's
    /// manifest, which also decides whether this caller may see the store.
    pub(super) async fn snapshot(&self, at: Option<Version>) -> Result<Arc<Snapshot>, LakeError> {
        let newest = self.manifest.version(self.store).await?;
        let wanted = at.unwrap_or(newest);
        if let Some(cached) = self.shared().snapshots.get(&self.store).await
            && cached.version == wanted
        {
            return Ok(cached);
        }
        let snapshot = Arc::new(self.manifest.snapshot(self.store, Some(wanted)).await?);
        if wanted == newest {
            self.shared().snapshots.insert(self.store, Arc::clone(&snapshot)).await;
        }
        Ok(snapshot)
    }
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reader")
            .field("store", &self.lake.store)
            .field("version", &self.version())
            .finish_non_exhaustive()
    }
}

impl Reader {
    pub(super) fn over(lake: &StoreLake, snapshot: Arc<Snapshot>, session: SessionContext) -> Self {
        Self { lake: lake.clone(), snapshot, session }
    }

    /// The store.
    #[must_use]
    pub fn store(&self) -> StoreId {
        self.lake.store
    }

    /// The version that everything is read at.
    #[must_use]
    pub fn version(&self) -> Version {
        self.snapshot.version
    }

    /// The segments that everything is read from.
    #[must_use]
    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// The session that runs plans over this reader.
    #[must_use]
    pub fn session(&self) -> &SessionContext {
        &self.session
    }

    /// The least and greatest time among a dataset's live segments, in microseconds since the epoch; `None` without rows.
    #[must_use]
    pub fn time_bounds(&self, dataset: &str) -> Option<(i64, i64)> {
        let bounds = self.snapshot.segments.iter().filter(|segment| segment.dataset == dataset);
        bounds.map(|segment| segment.time_bounds).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
    }

    /// A plan of the named columns of every live row whose time is in `range`, half-open microseconds since the epoch.
    ///
    /// Hot segments are taken from every partition that the range touches, whatever their own times are: one that restates an
    /// entity at another time hides the rows that the entity had within the range.
    ///
    /// # Errors
    /// When a column is unknown, or hot segments cannot be read.
    pub async fn scan(
        &self,
        dataset: &Arc<Dataset>,
        columns: &[&str],
        range: Option<(i64, i64)>,
    ) -> Result<LogicalPlan, LakeError> {
        let overlaps = |segment: &Segment, (from, to): (i64, i64)| match segment.temperature {
            Temperature::Cold => segment.time_bounds.0 < to && segment.time_bounds.1 >= from,
            Temperature::Hot => (dataset.partition_of(from)..=dataset.partition_of(to)).contains(&segment.partition),
        };
        let is_read = |segment: &&Arc<Segment>| {
            segment.dataset == dataset.name && range.is_none_or(|range| overlaps(segment, range))
        };
        let segments: Vec<_> = self.snapshot.segments.iter().filter(is_read).cloned().collect();
        self.plan(dataset, &segments, columns, range).await
    }

    /// A plan of all columns of one partition's live rows.
    pub(super) async fn scan_partition(
        &self,
        dataset: &Arc<Dataset>,
        partition: Partition,
    ) -> Result<LogicalPlan, LakeError> {
        let segments = partition_segments(&self.snapshot, dataset, partition);
        let columns: Vec<_> = dataset.schema.fields().iter().map(|field| field.name().as_str()).collect();
        self.plan(dataset, &segments, &columns, None).await
    }

    async fn plan(
        &self,
        dataset: &Arc<Dataset>,
        segments: &[Arc<Segment>],
        columns: &[&str],
        range: Option<(i64, i64)>,
    ) -> Result<LogicalPlan, LakeError> {
        if let Some(unknown) = columns.iter().find(|column| dataset.column(column).is_none()) {
            return Err(LakeError::Shape { dataset: dataset.name, detail: format!("no column {unknown:?}") });
        }
        let mut by_partition: BTreeMap<Partition, Vec<Arc<Segment>>> = BTreeMap::new();
        for segment in segments.iter().filter(|segment| segment.temperature == Temperature::Hot) {
            by_partition.entry(segment.partition).or_default().push(Arc::clone(segment));
        }
        let hot = self.hot_rows(dataset, by_partition.values().flatten()).await?;
        let mut hot_batches = Vec::new();
        let mut updated = BTreeSet::new();
        let mut restated = BTreeSet::new();
        for (partition, segments) in &by_partition {
            let decoded: Vec<_> = segments.iter().filter_map(|segment| hot.get(&segment.id).cloned()).collect();
            let (rows, entities) = hot::last_per_entity(dataset, &decoded)?;
            hot_batches.extend(rows);
            if !entities.is_empty() {
                restated.insert(*partition);
                updated.extend(entities);
            }
        }
        let cold = segments.iter().filter(|segment| segment.temperature == Temperature::Cold).cloned();
        let (restated, settled): (Vec<_>, Vec<_>) = cold.partition(|segment| restated.contains(&segment.partition));
        let shape = Shape { dataset, columns, range };
        let mut parts = Vec::new();
        if !settled.is_empty() {
            parts.push(shape.of(self.cold(dataset, &settled)?)?);
        }
        if !restated.is_empty() {
            let cold = shape.of(self.cold(dataset, &restated)?)?;
            parts.push(without_updated(cold, dataset, updated)?);
        }
        if !hot_batches.is_empty() || parts.is_empty() {
            let table = MemTable::try_new(Arc::clone(&dataset.schema), vec![hot_batches])?;
            parts.push(shape.of(LogicalPlanBuilder::scan(dataset.name, provider_as_source(Arc::new(table)), None)?)?);
        }
        let mut parts = parts.into_iter();
        let mut plan = match parts.next() {
            Some(first) => first,
            None => LogicalPlanBuilder::empty(false),
        };
        for part in parts {
            plan = plan.union(part.build()?)?;
        }
        Ok(plan.project(columns.iter().map(|column| plan_column(column)))?.build()?)
    }

    fn cold(&self, dataset: &Arc<Dataset>, segments: &[Arc<Segment>]) -> Result<LogicalPlanBuilder, LakeError> {
        let table = ColdTable::new(dataset, self.lake.store, segments);
        Ok(LogicalPlanBuilder::scan(dataset.name, provider_as_source(Arc::new(table)), None)?)
    }

    async fn hot_rows(
        &self,
        dataset: &Arc<Dataset>,
        segments: impl Iterator<Item = &Arc<Segment>>,
    ) -> Result<HashMap<SegmentId, Arc<HotRows>>, LakeError> {
        let cache = &self.lake.shared().hot;
        let mut found = HashMap::new();
        let mut missing = Vec::new();
        for segment in segments {
            match cache.get(&segment.id).await {
                Some(rows) => {
                    found.insert(segment.id, rows);
                }
                None => missing.push(segment),
            }
        }
        if missing.is_empty() {
            return Ok(found);
        }
        let ids: Vec<_> = missing.iter().map(|segment| segment.id).collect();
        let payloads = self.lake.manifest.hot_payloads(self.lake.store, &ids).await?;
        for (segment, payload) in missing.into_iter().zip(payloads) {
            let rows = Arc::new(hot::decode(dataset, segment, &payload)?);
            cache.insert(segment.id, Arc::clone(&rows)).await;
            found.insert(segment.id, rows);
        }
        Ok(found)
    }
}

pub(super) fn partition_segments(snapshot: &Snapshot, dataset: &Dataset, partition: Partition) -> Vec<Arc<Segment>> {
    let of_partition = |segment: &&Arc<Segment>| segment.dataset == dataset.name && segment.partition == partition;
    snapshot.segments.iter().filter(of_partition).cloned().collect()
}

/// The filter and the columns that every part of a scan has.
struct Shape<'a> {
    dataset: &'a Dataset,
    columns: &'a [&'a str],
    range: Option<(i64, i64)>,
}

impl Shape<'_> {
    fn of(&self, mut plan: LogicalPlanBuilder) -> Result<LogicalPlanBuilder, LakeError> {
        if let Some((from, to)) = self.range {
            let time = plan_column(self.dataset.time);
            plan = plan.filter(time.clone().gt_eq(instant(from)).and(time.lt(instant(to))))?;
        }
        let mut columns = self.columns.to_vec();
        if !columns.contains(&self.dataset.entity) {
            columns.push(self.dataset.entity);
        }
        Ok(plan.project(columns.into_iter().map(plan_column))?)
    }
}

/// A column by its exact name, whatever relation it comes from.
fn plan_column(name: &str) -> Expr {
    Expr::Column(Column::new_unqualified(name))
}

fn instant(micros: i64) -> Expr {
    lit(ScalarValue::TimestampMicrosecond(Some(micros), Some("UTC".into())))
}

/// The cold rows of entities that no hot segment restates. The few updated entities are the side that is built.
fn without_updated(
    cold: LogicalPlanBuilder,
    dataset: &Dataset,
    updated: BTreeSet<String>,
) -> Result<LogicalPlanBuilder, LakeError> {
    const UPDATED: &str = "__updated";
    let schema = Arc::new(Schema::new(vec![Field::new(UPDATED, DataType::Utf8View, false)]));
    let entities = StringViewArray::from_iter_values(updated);
    let batch = RecordBatch::try_new(Arc::clone(&schema), vec![Arc::new(entities)])?;
    let table = MemTable::try_new(schema, vec![vec![batch]])?;
    let updated = LogicalPlanBuilder::scan(UPDATED, provider_as_source(Arc::new(table)), None)?;
    let on = (vec![Column::new_unqualified(UPDATED)], vec![Column::new_unqualified(dataset.entity)]);
    Ok(updated.join(cold.build()?, JoinType::RightAnti, on, None)?)
}
