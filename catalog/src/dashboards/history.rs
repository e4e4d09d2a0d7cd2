//! What dashboards were.
//!
//! Each entry is a state that somebody left a dashboard in, the present one included. What one person saves within ten minutes is one entry,
//! so that saving by itself, every other second, does not make it unreadable.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use sqlx::PgTransaction;
use uuid::Uuid;

use super::{Author, Dashboard, DashboardChange, Document, IfMatch};
use crate::{CatalogError, DashboardId, DashboardRevisionId, Tenant};

/// For how long after its beginning an entry takes what the same person saves.
const TOGETHER: TimeDelta = TimeDelta::minutes(10);
/// How many entries of a dashboard are kept.
const MOST: i64 = 100;
/// The most entries on one page.
const PAGE: u32 = 200;

/// What a dashboard was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// Which.
    pub id: DashboardRevisionId,
    /// The dashboard's revision with it.
    pub revision: i64,
    /// What the dashboard was called.
    pub name: String,
    /// When the first of it was saved.
    pub begun_at: DateTime<Utc>,
    /// When the last of it was.
    pub saved_at: DateTime<Utc>,
    /// Who saved it, while they are a member.
    pub saved_by: Option<Author>,
}

/// Some revisions, the newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevisionPage {
    /// The revisions.
    pub revisions: Vec<Revision>,
    /// Where the next page begins, if there is one.
    pub next_cursor: Option<DashboardRevisionId>,
}

/// Whether what is saved may be put to the entry before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// It may, where the same person saved that one and began it a short while ago.
    MayGoOn,
    /// What was before stays by itself.
    Begins,
}

struct RevisionRow {
    id: Uuid,
    revision: i64,
    name: String,
    begun_at: DateTime<Utc>,
    saved_at: DateTime<Utc>,
    saved_by: Uuid,
    saver: Option<String>,
}

impl From<RevisionRow> for Revision {
    fn from(row: RevisionRow) -> Self {
        Self {
            id: row.id.into(),
            revision: row.revision,
            name: row.name,
            begun_at: row.begun_at,
            saved_at: row.saved_at,
            saved_by: Author::of(row.saved_by, row.saver),
        }
    }
}

impl Tenant {
    /// What a dashboard was, the newest first: what is before the cursor of an earlier page, and at most `limit` (1 to 200) of it.
    ///
    /// # Errors
    /// When there is no dashboard that the actor sees, or the database is unavailable.
    pub async fn dashboard_history(
        &self,
        id: DashboardId,
        cursor: Option<DashboardRevisionId>,
        limit: u32,
    ) -> Result<RevisionPage, CatalogError> {
        let limit = limit.clamp(1, PAGE);
        let mut transaction = self.begin().await?;
        self.read_dashboard(&mut transaction, id).await?;
        let rows = sqlx::query_as!(
            RevisionRow,
            r#"SELECT entry.id, entry.revision, entry.name, entry.begun_at, entry.saved_at, entry.saved_by, saver.name AS "saver?"
            FROM dashboard_revisions AS entry LEFT JOIN users AS saver ON saver.id = entry.saved_by
            WHERE entry.org_id = $1 AND entry.dashboard_id = $2 AND ($3::uuid IS NULL OR entry.id < $3)
            ORDER BY entry.id DESC LIMIT $4"#,
            self.context().organization().0,
            id.0,
            cursor.map(|id| id.0),
            i64::from(limit) + 1,
        )
        .fetch_all(&mut *transaction)
        .await?;
        transaction.commit().await?;
        let mut revisions: Vec<Revision> = rows.into_iter().map(Revision::from).collect();
        let more = u32::try_from(revisions.len()).is_ok_and(|count| count > limit);
        if more {
            revisions.pop();
        }
        let next_cursor = revisions.last().filter(|_| more).map(|revision| revision.id);
        Ok(RevisionPage { revisions, next_cursor })
    }

    /// One of the revisions of a dashboard, with what the dashboard showed.
    ///
    /// # Errors
    /// When there is none of a dashboard that the actor sees, or the database is unavailable.
    pub async fn dashboard_at(
        &self,
        id: DashboardId,
        revision: DashboardRevisionId,
    ) -> Result<(Revision, Document), CatalogError> {
        let mut transaction = self.begin().await?;
        self.read_dashboard(&mut transaction, id).await?;
        let found = self.read_revision(&mut transaction, id, revision).await?;
        transaction.commit().await?;
        Ok(found)
    }

    /// Makes a dashboard what it was; for editors of its workspace. It is one more change, and what it was until now stays.
    ///
    /// # Errors
    /// [`CatalogError::Stale`] when it is at no revision that is meant; otherwise when the actor may not, there is no such dashboard or
    /// revision of it, or the database is unavailable.
    pub async fn restore_dashboard(
        &self,
        id: DashboardId,
        if_match: &IfMatch,
        revision: DashboardRevisionId,
    ) -> Result<Dashboard, CatalogError> {
        let mut transaction = self.begin().await?;
        let before = self.lock_dashboard(&mut transaction, id, if_match, |may| may.edit).await?;
        let (found, document) = self.read_revision(&mut transaction, id, revision).await?;
        let to = DashboardChange { name: found.name, document, ..DashboardChange::none(&before) };
        let dashboard = self.write_dashboard(&mut transaction, before, &to, Entry::Begins).await?;
        transaction.commit().await?;
        Ok(dashboard)
    }

    /// Writes down what a dashboard is now: its revision, its name and what it shows.
    pub(super) async fn keep_revision(
        &self,
        transaction: &mut PgTransaction<'static>,
        dashboard: DashboardId,
        (revision, name, document): (i64, &str, &Value),
        entry: Entry,
    ) -> Result<(), CatalogError> {
        let (organization, actor) = (self.context().organization().0, self.acting_person()?);
        let now = self.catalog().clock().now();
        if entry == Entry::MayGoOn {
            let went_on = sqlx::query!(
                "UPDATE dashboard_revisions SET revision = $5, name = $6, document = $7, saved_at = $8
                WHERE org_id = $1 AND saved_by = $3 AND begun_at > $4 AND id = (
                    SELECT id FROM dashboard_revisions WHERE org_id = $1 AND dashboard_id = $2 ORDER BY id DESC LIMIT 1
                )",
                organization,
                dashboard.0,
                actor.0,
                now - TOGETHER,
                revision,
                name,
                document,
                now,
            )
            .execute(&mut **transaction)
            .await?;
            if went_on.rows_affected() > 0 {
                return Ok(());
            }
        }
        sqlx::query!(
            "INSERT INTO dashboard_revisions (org_id, id, dashboard_id, revision, name, document, saved_by, begun_at, saved_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)",
            organization,
            self.catalog().clock().new_id(),
            dashboard.0,
            revision,
            name,
            document,
            actor.0,
            now,
        )
        .execute(&mut **transaction)
        .await?;
        sqlx::query!(
            "DELETE FROM dashboard_revisions WHERE org_id = $1 AND dashboard_id = $2 AND id NOT IN (
                SELECT id FROM dashboard_revisions WHERE org_id = $1 AND dashboard_id = $2 ORDER BY id DESC LIMIT $3
            )",
            organization,
            dashboard.0,
            MOST,
        )
        .execute(&mut **transaction)
        .await?;
        Ok(())
    }

    async fn read_revision(
        &self,
        transaction: &mut PgTransaction<'static>,
        dashboard: DashboardId,
        id: DashboardRevisionId,
    ) -> Result<(Revision, Document), CatalogError> {
        let row = sqlx::query!(
            r#"SELECT entry.revision, entry.name, entry.begun_at, entry.saved_at, entry.saved_by, saver.name AS "saver?", entry.document
            FROM dashboard_revisions AS entry LEFT JOIN users AS saver ON saver.id = entry.saved_by
            WHERE entry.org_id = $1 AND entry.dashboard_id = $2 AND entry.id = $3"#,
            self.context().organization().0,
            dashboard.0,
            id.0,
        )
        .fetch_optional(&mut **transaction)
        .await?
        .ok_or(CatalogError::NotFound("revision"))?;
        let revision = Revision {
            id,
            revision: row.revision,
            name: row.name,
            begun_at: row.begun_at,
            saved_at: row.saved_at,
            saved_by: Author::of(row.saved_by, row.saver),
        };
        Ok((revision, Document::of_row(row.document)?))
    }
}
