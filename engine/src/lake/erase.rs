//! Erasing: rows are physically removed, from segments and from what older versions still held.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::array::AsArray;
use arrow::datatypes::DataType;
use chrono::{DateTime, TimeDelta, Utc};
use datafusion::common::Column;
use datafusion::dataframe::DataFrame;
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, lit};
use datafusion::prelude::SessionContext;

use super::commit::{Change, Outcome, Request, Subject};
use super::customers::CUSTOMER;
use super::manifest::{Bookmark, CommitCounts, Published, Segment, Snapshot};
use super::read::{Reader, instant, without_entities};
use super::tidy::WRITER_MAY_LIVE;
use super::{LakeError, StoreLake, Terms};
use crate::CommitId;
use crate::dataset::Dataset;

/// What is to be erased. An entity goes as a whole when any of its rows does.
#[derive(Clone, Debug)]
pub enum Erasure {
    /// All rows of the store. What was imported before may be imported again.
    Everything,
    /// All rows of these datasets.
    Datasets(Vec<Arc<Dataset>>),
    /// The rows that meet any of these.
    Rows(Vec<Matching>),
    /// The rows of before an instant, by the time column of their dataset.
    Before(DateTime<Utc>),
}

/// Rows of one dataset in which a text column has one of several values.
#[derive(Clone, Debug)]
pub struct Matching {
    /// The dataset.
    pub dataset: Arc<Dataset>,
    /// Its text column.
    pub column: &'static str,
    /// The values.
    pub values: BTreeSet<String>,
}

impl Matching {
    /// # Errors
    /// [`LakeError::Shape`] when the column is no text column of the dataset.
    pub(super) fn check(&self) -> Result<(), LakeError> {
        let Self { dataset, column, .. } = self;
        let field = dataset.schema.field_with_name(column).ok();
        if field.is_none_or(|field| field.data_type() != &DataType::Utf8View) {
            let detail = format!("{column:?} is no text column, by which rows could be told");
            return Err(LakeError::Shape { dataset: dataset.name, detail });
        }
        Ok(())
    }

    /// The predicate of the rows of a dataset that any of them is about; `None` when none is about it.
    pub(super) fn any_of(all: &[Self], dataset: &Dataset) -> Option<Expr> {
        let of_dataset = all.iter().filter(|matching| matching.dataset.name == dataset.name);
        let any_of = of_dataset.map(|matching| {
            let values = matching.values.iter().map(|value| lit(value.clone()));
            Expr::Column(Column::new_unqualified(matching.column)).in_list(values.collect(), false)
        });
        any_of.reduce(Expr::or)
    }

    /// Whether a segment may hold such rows, as far as its bounds tell.
    pub(super) fn may_be_in(&self, segment: &Segment) -> bool {
        let (first, last) = &segment.entity_bounds;
        segment.dataset == self.dataset.name
            && (self.column != self.dataset.entity || self.values.range(first.clone()..=last.clone()).next().is_some())
    }
}

impl Erasure {
    /// Everything that is told of these customers, in every dataset.
    #[must_use]
    pub fn customers(ids: &BTreeSet<String>) -> Self {
        let with_customers = crate::dataset::all().iter().filter(|dataset| dataset.column(CUSTOMER).is_some());
        let matching =
            |dataset: &Arc<Dataset>| Matching { dataset: Arc::clone(dataset), column: CUSTOMER, values: ids.clone() };
        Self::Rows(with_customers.map(matching).collect())
    }

    /// The predicate of the rows of a dataset that go; `None` when none do.
    fn predicate(&self, dataset: &Dataset) -> Option<Expr> {
        let matching = match self {
            Self::Everything => return Some(lit(true)),
            Self::Before(end) => {
                return Some(Expr::Column(Column::new_unqualified(dataset.time)).lt(instant(end.timestamp_micros())));
            }
            Self::Datasets(datasets) => {
                return datasets.iter().any(|whole| whole.name == dataset.name).then(|| lit(true));
            }
            Self::Rows(matching) => matching,
        };
        Matching::any_of(matching, dataset)
    }

    /// Whether all rows of a segment go, or none do, as far as its bounds tell.
    fn of_whole(&self, segment: &Segment) -> Option<bool> {
        match self {
            Self::Everything => Some(true),
            Self::Datasets(datasets) => Some(datasets.iter().any(|whole| whole.name == segment.dataset)),
            Self::Rows(_) => None,
            Self::Before(end) => {
                let (first, last) = segment.time_bounds;
                let end = end.timestamp_micros();
                if segment.rows == 0 || first >= end {
                    Some(false)
                } else if last < end {
                    Some(true)
                } else {
                    None
                }
            }
        }
    }
}

impl StoreLake {
    /// Erases rows, as a commit of that id. When it returns, no segment, object or older version holds them any more; were the
    /// process killed before, the tidying does the rest. Objects that other processes keep in caches of theirs go within a day, and so do
    /// those of a writer who had read the rows before and was killed in the middle of writing them.
    ///
    /// # Errors
    /// When nothing was erased; [`super::ManifestError::Ambiguous`] when that is not known. When the rows are erased and what
    /// older versions held could not be deleted yet: trying again, or tidying, does it.
    pub async fn erase(&self, id: CommitId, erasure: &Erasure) -> Result<Published, LakeError> {
        self.erase_marked(id, erasure, Vec::new()).await
    }

    /// [`Self::erase`] with bookmarks that move in the same commit.
    ///
    /// # Errors
    /// [`super::ManifestError::Moved`] when a bookmark is somewhere else: nothing was erased. Else those of [`Self::erase`].
    pub async fn erase_marked(
        &self,
        id: CommitId,
        erasure: &Erasure,
        bookmarks: Vec<Bookmark>,
    ) -> Result<Published, LakeError> {
        if let Erasure::Rows(matching) = erasure {
            matching.iter().try_for_each(Matching::check)?;
        }
        let terms = Terms { bookmarks, ..Terms::default() };
        let request = Request { id, change: Change::Erase(erasure), receipt: None, terms };
        let published = self.commit(request).await?;
        self.forget_older_versions().await?;
        Ok(published)
    }

    /// Erases the rows of before an instant, as a commit of that id; nothing when there are none.
    ///
    /// # Errors
    /// Those of [`Self::erase`].
    pub async fn erase_before(&self, id: CommitId, end: DateTime<Utc>) -> Result<Option<Published>, LakeError> {
        let erasure = Erasure::Before(end);
        let snapshot = self.snapshot(None).await?;
        if snapshot.segments.iter().all(|segment| erasure.of_whole(segment) == Some(false)) {
            return Ok(None);
        }
        self.erase(id, &erasure).await.map(Some)
    }

    /// Erases everything, what was uploaded a day ago and never committed too, and every object that there is of the store. What a writer
    /// who may be alive has staged is left to them: they find out that it is over, and withdraw it.
    ///
    /// # Errors
    /// Something could not be deleted: trying again goes on.
    pub async fn destroy(&self, id: CommitId) -> Result<(), LakeError> {
        self.erase(id, &Erasure::Everything).await?;
        let now = self.shared().clock.now();
        while self.manifest.expire(self.store, now + TimeDelta::days(1), now - WRITER_MAY_LIVE).await?.more {}
        if let Some(failure) = self.delete_doomed().await?.failure {
            return Err(failure);
        }
        self.delete_all_objects().await
    }

    /// Drops everything that is retired, at once: queries that still read older versions are planned again.
    async fn forget_older_versions(&self) -> Result<(), LakeError> {
        // The commits of servers whose clocks are ahead are meant too.
        let every = self.shared().clock.now() + TimeDelta::days(1);
        let none = DateTime::UNIX_EPOCH;
        while self.manifest.expire(self.store, every, none).await?.more {}
        self.shared().hot.invalidate_all();
        self.delete_doomed().await?.failure.map_or(Ok(()), Err)
    }

    /// A partition without the rows that go. Rows that are no longer shown, because their entity was restated since, are looked
    /// at too; writing the partition anew drops them.
    pub(super) async fn without(
        &self,
        subject: &Subject<'_>,
        erasure: &Erasure,
        snapshot: &Arc<Snapshot>,
    ) -> Result<Outcome, LakeError> {
        let dataset = subject.dataset;
        let held = snapshot.partition(dataset.name, subject.partition);
        let retire = held.iter().map(|segment| segment.id).collect();
        let whole = held.iter().map(|segment| erasure.of_whole(segment));
        let whole = whole.reduce(|a, b| if a == b { a } else { None }).flatten();
        if whole == Some(false) {
            return Ok(Outcome::default());
        }
        if whole == Some(true) {
            let removed = held.iter().map(|segment| segment.rows).sum();
            let counts = CommitCounts { removed, ..CommitCounts::default() };
            return Ok(Outcome { retire, counts, ..Outcome::default() });
        }
        let Some(predicate) = erasure.predicate(dataset) else { return Ok(Outcome::default()) };
        let (session, slot) = self.shared().large_commits.session().await;
        let reader = Reader::over(self, Arc::clone(snapshot), session.clone());
        if !self.any_row(&reader, dataset, held, &predicate).await? {
            return Ok(Outcome::default());
        }
        let rows = reader.scan_segments(dataset, held).await?;
        let gone = entities(&session, dataset, rows.clone(), predicate).await?;
        let removed = gone.len() as u64;
        let rows = without_entities(LogicalPlanBuilder::from(rows), dataset, gone)?.build()?;
        let folder = tempfile::tempdir_in(&self.shared().options.spool_dir)?;
        let written = self.write_cold(&session, dataset, subject.partition, rows, folder.path()).await?;
        drop(slot);
        let counts = CommitCounts { removed, ..CommitCounts::default() };
        Ok(Outcome { add: self.upload(&written).await?, retire, counts, ..Outcome::default() })
    }

    /// Whether any row as it is stored, shown or not, meets the predicate.
    async fn any_row(
        &self,
        reader: &Reader,
        dataset: &Arc<Dataset>,
        segments: &[Arc<Segment>],
        predicate: &Expr,
    ) -> Result<bool, LakeError> {
        let rows = LogicalPlanBuilder::from(reader.stored(dataset, segments).await?).filter(predicate.clone())?;
        // Its name alone: whatever else it says need not be read.
        let rows = rows.project([Expr::Column(Column::new_unqualified(dataset.entity))])?;
        let some = DataFrame::new(reader.session().state(), rows.limit(0, Some(1))?.build()?).collect().await?;
        Ok(some.iter().any(|batch| batch.num_rows() > 0))
    }
}

/// The entities of which a row meets the predicate.
pub(super) async fn entities(
    session: &SessionContext,
    dataset: &Dataset,
    rows: LogicalPlan,
    predicate: Expr,
) -> Result<BTreeSet<String>, LakeError> {
    let entity = Expr::Column(Column::new_unqualified(dataset.entity));
    let plan = LogicalPlanBuilder::from(rows).filter(predicate)?.project([entity])?.distinct()?.build()?;
    let found = DataFrame::new(session.state(), plan).collect().await?;
    let names = found.iter().flat_map(|batch| batch.column(0).as_string_view().iter().flatten());
    Ok(names.map(str::to_owned).collect())
}
