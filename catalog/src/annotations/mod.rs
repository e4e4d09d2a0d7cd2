//! Annotations: what happened on the days that figures are of.
//!
//! People note some, of a store or of all stores of a workspace. Others the program finds itself when it is asked: that a source was not
//! read for longer than it should be ([`SyncGap`]), and what only figures tell, which is not known here.

mod gaps;

use aloftly_engine::StoreId;
use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use sqlx::PgTransaction;
use utoipa::ToSchema;
use uuid::Uuid;

pub use self::gaps::SyncGap;
use crate::dashboards::{Author, checked_text};
use crate::stores::checked_name;
use crate::{AnnotationId, CatalogError, Tenant, WorkspaceId, WorkspacePermission};

/// The years that figures can be of.
const YEARS: std::ops::RangeInclusive<i32> = 1970..=2199;
/// How many an organisation has at most.
const MOST: i64 = 5_000;
/// The longest text of one, in characters.
const LONGEST_BODY: usize = 2_000;

/// What an annotation is about. The last two are found by the program itself: days of which a source was not read, and days on which a
/// product that sells well was sold out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AnnotationKind {
    /// Something to know.
    Note,
    /// Prices were lowered.
    Sale,
    /// Something was advertised.
    Campaign,
    /// An experiment began or ended.
    Test,
    /// The shop was changed.
    Release,
    /// A source was not read.
    SyncGap,
    /// A product was sold out.
    StockOut,
}

impl AnnotationKind {
    const ALL: [Self; 7] =
        [Self::Note, Self::Sale, Self::Campaign, Self::Test, Self::Release, Self::SyncGap, Self::StockOut];

    /// As it is kept and shown.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Sale => "sale",
            Self::Campaign => "campaign",
            Self::Test => "test",
            Self::Release => "release",
            Self::SyncGap => "sync_gap",
            Self::StockOut => "stock_out",
        }
    }

    fn parse(text: &str) -> Result<Self, CatalogError> {
        let found = Self::ALL.into_iter().find(|kind| kind.as_str() == text);
        found.ok_or_else(|| CatalogError::corrupt("an annotation", format!("kind {text:?}")))
    }

    /// Whether the program finds such itself.
    const fn is_found(self) -> bool {
        matches!(self, Self::SyncGap | Self::StockOut)
    }
}

/// What somebody noted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Annotation {
    /// Which.
    pub id: AnnotationId,
    /// What it is about.
    pub kind: AnnotationKind,
    /// The store that it is about; all of the workspace where it is none.
    pub store: Option<StoreId>,
    /// What happened.
    pub title: String,
    /// More about it.
    pub body: String,
    /// The first day, as the store counts days.
    pub first_day: NaiveDate,
    /// The last day, included.
    pub last_day: NaiveDate,
    /// Who noted it, while they are a member.
    pub created_by: Option<Author>,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// An annotation that is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAnnotation {
    /// Where.
    pub workspace: WorkspaceId,
    /// Of which store; of all stores of the workspace where it is none.
    pub store: Option<StoreId>,
    /// What it says.
    pub says: AnnotationChange,
}

/// What an annotation is to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnnotationChange {
    /// What it is about: nothing that the program finds itself.
    pub kind: AnnotationKind,
    /// What happened.
    pub title: String,
    /// More about it.
    pub body: String,
    /// The first day, as the store counts days.
    pub first_day: NaiveDate,
    /// The last day, included.
    pub last_day: NaiveDate,
}

struct AnnotationRow {
    id: Uuid,
    store_id: Option<Uuid>,
    kind: String,
    title: String,
    body: String,
    first_day: NaiveDate,
    last_day: NaiveDate,
    created_by: Uuid,
    maker: Option<String>,
    created_at: DateTime<Utc>,
}

impl TryFrom<AnnotationRow> for Annotation {
    type Error = CatalogError;

    fn try_from(row: AnnotationRow) -> Result<Self, CatalogError> {
        Ok(Self {
            id: row.id.into(),
            kind: AnnotationKind::parse(&row.kind)?,
            store: row.store_id.map(StoreId),
            title: row.title,
            body: row.body,
            first_day: row.first_day,
            last_day: row.last_day,
            created_by: Author::of(row.created_by, row.maker),
            created_at: row.created_at,
        })
    }
}

impl AnnotationChange {
    fn check(&self) -> Result<&str, CatalogError> {
        let wrong = |field, reason: &str| Err(CatalogError::Invalid { field, reason: reason.to_owned() });
        if self.kind.is_found() {
            return wrong("kind", "one that people note: note, sale, campaign, test or release");
        }
        if !YEARS.contains(&self.first_day.year()) || !YEARS.contains(&self.last_day.year()) {
            return wrong("first_day", "a day of the years that figures are of");
        }
        if self.last_day < self.first_day {
            return wrong("last_day", "no earlier than the first day");
        }
        checked_text("body", &self.body, LONGEST_BODY)?;
        checked_name("title", &self.title)
    }
}

/// `query_as!` over every column of an annotation, with what comes after `FROM annotations AS mark LEFT JOIN users AS maker`.
macro_rules! select_annotations {
    ($tail:tt, $($argument:expr),* $(,)?) => {
        sqlx::query_as!(
            AnnotationRow,
            r#"SELECT mark.id, mark.store_id, mark.kind, mark.title, mark.body, mark.first_day, mark.last_day, mark.created_by,
                maker.name AS "maker?", mark.created_at
            FROM annotations AS mark LEFT JOIN users AS maker ON maker.id = mark.created_by "# + $tail,
            $($argument),*
        )
    };
}

const fn no_annotation() -> CatalogError {
    CatalogError::NotFound("annotation")
}

impl Tenant {
    /// What people noted of days in a workspace that the actor sees, from one day to another, both included, by the first day: of these
    /// stores and of all stores at once, or of whatever store where there are none.
    ///
    /// # Errors
    /// When there is no such workspace, one of the stores is none of it, or the database is unavailable.
    pub async fn annotations(
        &self,
        workspace: WorkspaceId,
        stores: &[StoreId],
        (from, to): (NaiveDate, NaiveDate),
    ) -> Result<Vec<Annotation>, CatalogError> {
        let mut transaction = self.begin().await?;
        self.check_workspace(&mut transaction, workspace, WorkspacePermission::Read).await?;
        self.check_are_in(&mut transaction, workspace, stores).await?;
        let stores: Vec<Uuid> = stores.iter().map(|store| store.0).collect();
        let rows = select_annotations!(
            "WHERE mark.org_id = $1 AND mark.workspace_id = $2 AND mark.first_day <= $4 AND mark.last_day >= $3
                AND (mark.store_id IS NULL OR cardinality($5::uuid[]) = 0 OR mark.store_id = ANY ($5))
            ORDER BY mark.first_day, mark.id",
            self.context().organization().0,
            workspace.0,
            from,
            to,
            &stores,
        )
        .fetch_all(&mut *transaction)
        .await?;
        transaction.commit().await?;
        rows.into_iter().map(Annotation::try_from).collect()
    }

    /// Notes what happened; for editors of the workspace.
    ///
    /// # Errors
    /// When the actor may not or is no person, there is no such workspace, the store is none of it, there are too many, a value is wrong, or
    /// the database is unavailable.
    pub async fn create_annotation(&self, new: &NewAnnotation) -> Result<Annotation, CatalogError> {
        let maker = self.acting_person()?;
        let title = new.says.check()?;
        let (organization, clock) = (self.context().organization().0, self.catalog().clock());
        let mut transaction = self.begin().await?;
        self.lock_organization(&mut transaction).await?;
        self.check_workspace(&mut transaction, new.workspace, WorkspacePermission::EditDashboards).await?;
        self.check_are_in(&mut transaction, new.workspace, new.store.as_slice()).await?;
        let there =
            sqlx::query_scalar!(r#"SELECT count(*) AS "count!" FROM annotations WHERE org_id = $1"#, organization)
                .fetch_one(&mut *transaction)
                .await?;
        if there >= MOST {
            return Err(CatalogError::TooManyAnnotations { limit: MOST });
        }
        let id = AnnotationId(clock.new_id());
        sqlx::query!(
            "INSERT INTO annotations (
                org_id, id, workspace_id, store_id, kind, title, body, first_day, last_day, created_by, created_at
            ) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            organization,
            id.0,
            new.workspace.0,
            new.store.map(|store| store.0),
            new.says.kind.as_str(),
            title,
            new.says.body,
            new.says.first_day,
            new.says.last_day,
            maker.0,
            clock.now(),
        )
        .execute(&mut *transaction)
        .await?;
        let row = select_annotations!("WHERE mark.org_id = $1 AND mark.id = $2", organization, id.0)
            .fetch_one(&mut *transaction)
            .await?;
        transaction.commit().await?;
        row.try_into()
    }

    /// Changes an annotation; for editors of its workspace.
    ///
    /// # Errors
    /// When the actor may not, there is no annotation that they see, a value is wrong, or the database is unavailable.
    pub async fn change_annotation(&self, id: AnnotationId, to: &AnnotationChange) -> Result<Annotation, CatalogError> {
        let title = to.check()?;
        let organization = self.context().organization().0;
        let mut transaction = self.begin().await?;
        self.check_changes_annotation(&mut transaction, id).await?;
        sqlx::query!(
            "UPDATE annotations SET kind = $3, title = $4, body = $5, first_day = $6, last_day = $7 WHERE org_id = $1 AND id = $2",
            organization,
            id.0,
            to.kind.as_str(),
            title,
            to.body,
            to.first_day,
            to.last_day,
        )
        .execute(&mut *transaction)
        .await?;
        let row = select_annotations!("WHERE mark.org_id = $1 AND mark.id = $2", organization, id.0)
            .fetch_optional(&mut *transaction)
            .await?;
        transaction.commit().await?;
        row.ok_or_else(no_annotation)?.try_into()
    }

    /// Deletes an annotation; for editors of its workspace.
    ///
    /// # Errors
    /// When the actor may not, there is no annotation that they see, or the database is unavailable.
    pub async fn delete_annotation(&self, id: AnnotationId) -> Result<(), CatalogError> {
        let mut transaction = self.begin().await?;
        self.check_changes_annotation(&mut transaction, id).await?;
        sqlx::query!("DELETE FROM annotations WHERE org_id = $1 AND id = $2", self.context().organization().0, id.0)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Refuses an annotation that the actor does not see or may not change.
    async fn check_changes_annotation(
        &self,
        transaction: &mut PgTransaction<'static>,
        id: AnnotationId,
    ) -> Result<(), CatalogError> {
        let workspace = sqlx::query_scalar!(
            "SELECT workspace_id FROM annotations WHERE org_id = $1 AND id = $2",
            self.context().organization().0,
            id.0,
        )
        .fetch_optional(&mut **transaction)
        .await?
        .ok_or_else(no_annotation)?;
        let checked = self.check_workspace(transaction, WorkspaceId(workspace), WorkspacePermission::EditDashboards);
        checked.await.map_err(|error| match error {
            CatalogError::NotFound(_) => no_annotation(),
            other => other,
        })
    }

    /// Refuses stores of which one is none of a workspace.
    async fn check_are_in(
        &self,
        transaction: &mut PgTransaction<'static>,
        workspace: WorkspaceId,
        stores: &[StoreId],
    ) -> Result<(), CatalogError> {
        if stores.is_empty() {
            return Ok(());
        }
        let wanted: Vec<Uuid> = stores.iter().map(|store| store.0).collect();
        let there = sqlx::query_scalar!(
            "SELECT id FROM stores WHERE org_id = $1 AND workspace_id = $2 AND id = ANY ($3)",
            self.context().organization().0,
            workspace.0,
            &wanted,
        )
        .fetch_all(&mut **transaction)
        .await?;
        if wanted.iter().all(|store| there.contains(store)) { Ok(()) } else { Err(CatalogError::no_store()) }
    }
}
