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
use super::manifest::{ManifestError, Segment, Snapshot, StoreState, Version};
use super::{LakeError, Planner, StoreLake};
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

    /// A reader of a state of the store that the caller read through its manifest a moment ago, or of a newer one.
    ///
    /// # Errors
    /// As [`Self::reader`].
    pub(crate) async fn reader_in(&self, state: StoreState) -> Result<Reader, LakeError> {
        match self.shared().snapshots.get(&self.store).await {
            Some(snapshot) if snapshot.state() == state => {
                self.shared().snapshot_cache.hit();
                Ok(Reader { lake: self.clone(), snapshot, session: self.shared().queries.session() })
            }
            _ => self.reader(None).await,
        }
    }

    /// The store's segments. The newest are kept in memory: then only what changed since is asked for, through the caller's
    /// manifest, which also decides whether this caller may see the store.
    ///
    /// # Errors
    /// When the store or the version is unknown, or the manifest is unavailable.
    pub async fn snapshot(&self, at: Option<Version>) -> Result<Arc<Snapshot>, LakeError> {
        let cached = self.shared().snapshots.get(&self.store).await;
        let newest = match cached {
            None => None,
            Some(cached) => match self.manifest.changes(&cached).await {
                Ok(None) => Some(cached),
                Ok(Some(changes)) => Some(self.keep(cached.after(changes)).await),
                // Nobody can tell what changed since then.
                Err(ManifestError::UnknownVersion(_)) => None,
                Err(error) => return Err(error.into()),
            },
        };
        if let Some(newest) = newest
            && at.is_none_or(|at| at == newest.version)
        {
            self.shared().snapshot_cache.hit();
            return Ok(newest);
        }
        self.shared().snapshot_cache.miss();
        let snapshot = self.manifest.snapshot(self.store, at).await?;
        Ok(if at.is_none() { self.keep(snapshot).await } else { Arc::new(snapshot) })
    }

    async fn keep(&self, snapshot: Snapshot) -> Arc<Snapshot> {
        let snapshot = Arc::new(snapshot);
        self.shared().snapshots.insert(self.store, Arc::clone(&snapshot)).await;
        snapshot
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

    /// What runs queries over this reader.
    pub(crate) fn planner(&self) -> &Planner {
        self.lake.shared().queries.planner()
    }

    /// The least and greatest time among a dataset's live segments, in microseconds since the epoch; `None` without rows.
    #[must_use]
    pub fn time_bounds(&self, dataset: &str) -> Option<(i64, i64)> {
        let bounds = self.snapshot.dataset(dataset).iter().filter(|segment| segment.rows > 0);
        bounds.map(|segment| segment.time_bounds).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
    }

    /// The same of the rows that come from one source, in a dataset of several. Too wide where segments do not tell it.
    #[must_use]
    pub fn origin_bounds(&self, dataset: &str, origin: &str) -> Option<(i64, i64)> {
        let segments = self.snapshot.dataset(dataset).iter().filter(|segment| segment.rows > 0);
        let bounds = segments.filter_map(|segment| {
            if segment.origin_bounds.is_empty() {
                Some(segment.time_bounds)
            } else {
                segment.origin_bounds.get(origin).copied()
            }
        });
        bounds.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
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
        let segments: Vec<_> = match range {
            None => self.snapshot.dataset(dataset.name).to_vec(),
            Some((from, to)) => {
                // Rows are where their time says, so only the partitions of the range have any.
                let partitions = (dataset.partition_of(from), dataset.partition_of(to));
                let within = self.snapshot.partitions(dataset.name, partitions.0, partitions.1).iter();
                let overlaps = |segment: &Segment| segment.time_bounds.0 < to && segment.time_bounds.1 >= from;
                within.filter(|segment| segment.is_hot() || overlaps(segment)).cloned().collect()
            }
        };
        self.plan(dataset, &segments, columns, range).await
    }

    /// A plan of the named columns of the live rows in those segments of a dataset that `is_taken` chooses, whose time is in `range`. It
    /// is right for every entity all of whose segments are among them.
    ///
    /// # Errors
    /// As [`Self::scan`].
    pub async fn scan_of(
        &self,
        dataset: &Arc<Dataset>,
        columns: &[&str],
        range: Option<(i64, i64)>,
        is_taken: impl Fn(&Segment) -> bool,
    ) -> Result<LogicalPlan, LakeError> {
        let segments = self.snapshot.dataset(dataset.name).iter().filter(|segment| is_taken(segment));
        let segments: Vec<_> = segments.cloned().collect();
        self.plan(dataset, &segments, columns, range).await
    }

    /// A plan of all columns of the live rows in some segments of one partition. It is right for every entity all of whose
    /// segments, hot and cold, are among them; of others it may show what was restated since.
    pub(super) async fn scan_segments(
        &self,
        dataset: &Arc<Dataset>,
        segments: &[Arc<Segment>],
    ) -> Result<LogicalPlan, LakeError> {
        self.plan(dataset, segments, &all_columns(dataset), None).await
    }

    /// A plan of all columns of the rows in some segments as they are stored, those that were restated since included.
    pub(super) async fn stored(
        &self,
        dataset: &Arc<Dataset>,
        segments: &[Arc<Segment>],
    ) -> Result<LogicalPlan, LakeError> {
        let (hot, cold): (Vec<_>, Vec<_>) = segments.iter().cloned().partition(|segment| segment.is_hot());
        let hot = self.hot_rows(dataset, hot.iter()).await?;
        let batches = hot.into_values().map(|hot| hot.rows.clone()).collect();
        let table = MemTable::try_new(Arc::clone(&dataset.schema), vec![batches])?;
        let rows = LogicalPlanBuilder::scan(dataset.name, provider_as_source(Arc::new(table)), None)?;
        let shape = Shape { dataset, columns: &all_columns(dataset), range: None };
        let mut plan = shape.of(rows)?;
        if !cold.is_empty() {
            plan = plan.union(shape.of(self.cold(dataset, &cold)?)?.build()?)?;
        }
        Ok(plan.build()?)
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
        self.refuse_quarantined(segments)?;
        let mut by_partition: BTreeMap<Partition, Vec<Arc<Segment>>> = BTreeMap::new();
        for segment in segments.iter().filter(|segment| segment.is_hot()) {
            by_partition.entry(segment.partition).or_default().push(Arc::clone(segment));
        }
        let hot = self.hot_rows(dataset, by_partition.values().flatten()).await?;
        let mut hot_batches = Vec::new();
        let mut hidden = Hidden::default();
        for (partition, segments) in &by_partition {
            let decoded: Vec<_> = segments.iter().filter_map(|segment| hot.get(&segment.id).cloned()).collect();
            let (rows, entities) = hot::last_per_entity(dataset, &decoded)?;
            hot_batches.extend(rows);
            let may_have_moved = segments.iter().any(|segment| segment.removed > 0);
            hidden.add(*partition, entities, may_have_moved);
        }
        let cold = segments.iter().filter(|segment| !segment.is_hot()).cloned();
        let shape = Shape { dataset, columns, range };
        let mut parts = Vec::new();
        for (entities, cold) in hidden.groups(cold) {
            let rows = shape.of(self.cold(dataset, &cold)?)?;
            parts.push(if entities.is_empty() { rows } else { without_entities(rows, dataset, entities)? });
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

    /// A segment that is known to be damaged or missing is never left out in silence.
    fn refuse_quarantined(&self, segments: &[Arc<Segment>]) -> Result<(), LakeError> {
        let quarantine = &self.snapshot.quarantine;
        let found = segments.iter().find_map(|segment| Some((segment, quarantine.get(&segment.id)?)));
        match found {
            None => Ok(()),
            Some((segment, reason)) => Err(LakeError::Quarantined {
                dataset: segment.dataset.clone(),
                partition: segment.partition,
                segment: segment.id,
                reason: reason.clone(),
            }),
        }
    }

    fn cold(&self, dataset: &Arc<Dataset>, segments: &[Arc<Segment>]) -> Result<LogicalPlanBuilder, LakeError> {
        let shared = self.lake.shared();
        let table = ColdTable::new(dataset, self.lake.store, segments, &shared.objects, &shared.metadata_cache);
        Ok(LogicalPlanBuilder::scan(dataset.name, provider_as_source(Arc::new(table)), None)?)
    }

    pub(super) async fn hot_rows(
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
                    self.lake.shared().hot_cache.hit();
                    found.insert(segment.id, rows);
                }
                None => {
                    self.lake.shared().hot_cache.miss();
                    missing.push(segment);
                }
            }
        }
        if missing.is_empty() {
            return Ok(found);
        }
        let ids: Vec<_> = missing.iter().map(|segment| segment.id).collect();
        let payloads = self.lake.manifest.hot_payloads(self.lake.store, &ids).await?;
        for (segment, payload) in missing.into_iter().zip(payloads) {
            let rows = Arc::new(hot::decode(dataset, self.lake.store, segment, &payload)?);
            cache.insert(segment.id, Arc::clone(&rows)).await;
            found.insert(segment.id, rows);
        }
        Ok(found)
    }
}

/// Which entities the cold segments of which partitions must not show.
#[derive(Default)]
struct Hidden {
    /// Of partitions from which no entity is gone: such an entity lives in one of them and nowhere else, so one set does for all.
    together: (BTreeSet<Partition>, BTreeSet<String>),
    /// Of the others: what is gone from one partition may have come back in another.
    apart: BTreeMap<Partition, BTreeSet<String>>,
}

impl Hidden {
    fn add(&mut self, partition: Partition, entities: BTreeSet<String>, may_have_moved: bool) {
        if entities.is_empty() {
            return;
        }
        if may_have_moved {
            self.apart.insert(partition, entities);
        } else {
            self.together.0.insert(partition);
            self.together.1.extend(entities);
        }
    }

    /// Cold segments by what they must not show, which is nothing for the first group.
    fn groups(
        self,
        cold: impl Iterator<Item = Arc<Segment>>,
    ) -> impl Iterator<Item = (BTreeSet<String>, Vec<Arc<Segment>>)> {
        let (mut settled, mut together) = (Vec::new(), Vec::new());
        let mut apart: BTreeMap<Partition, Vec<Arc<Segment>>> = BTreeMap::new();
        for segment in cold {
            if self.apart.contains_key(&segment.partition) {
                apart.entry(segment.partition).or_default().push(segment);
            } else if self.together.0.contains(&segment.partition) {
                together.push(segment);
            } else {
                settled.push(segment);
            }
        }
        let mut hidden = self.apart;
        let apart =
            apart.into_iter().map(move |(partition, cold)| (hidden.remove(&partition).unwrap_or_default(), cold));
        let first = [(BTreeSet::new(), settled), (self.together.1, together)];
        first.into_iter().chain(apart).filter(|(_, cold)| !cold.is_empty())
    }
}

pub(super) fn all_columns(dataset: &Dataset) -> Vec<&str> {
    dataset.schema.fields().iter().map(|field| field.name().as_str()).collect()
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

pub(super) fn instant(micros: i64) -> Expr {
    lit(ScalarValue::TimestampMicrosecond(Some(micros), Some("UTC".into())))
}

/// Rows without those of some entities. The few entities are the side that is built.
pub(super) fn without_entities(
    rows: LogicalPlanBuilder,
    dataset: &Dataset,
    entities: BTreeSet<String>,
) -> Result<LogicalPlanBuilder, LakeError> {
    join_entities(rows, dataset, entities, JoinType::RightAnti)
}

/// The rows of some entities only.
pub(super) fn only_entities(
    rows: LogicalPlanBuilder,
    dataset: &Dataset,
    entities: BTreeSet<String>,
) -> Result<LogicalPlanBuilder, LakeError> {
    join_entities(rows, dataset, entities, JoinType::RightSemi)
}

fn join_entities(
    rows: LogicalPlanBuilder,
    dataset: &Dataset,
    entities: BTreeSet<String>,
    how: JoinType,
) -> Result<LogicalPlanBuilder, LakeError> {
    const ENTITIES: &str = "__entities";
    let schema = Arc::new(Schema::new(vec![Field::new(ENTITIES, DataType::Utf8View, false)]));
    let entities = StringViewArray::from_iter_values(entities);
    let batch = RecordBatch::try_new(Arc::clone(&schema), vec![Arc::new(entities)])?;
    let table = MemTable::try_new(schema, vec![vec![batch]])?;
    let entities = LogicalPlanBuilder::scan(ENTITIES, provider_as_source(Arc::new(table)), None)?;
    let on = (vec![Column::new_unqualified(ENTITIES)], vec![Column::new_unqualified(dataset.entity)]);
    Ok(entities.join(rows.build()?, how, on, None)?)
}
