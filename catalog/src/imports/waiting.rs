//! Looking for work in every organisation at once.

use chrono::{DateTime, Utc};

use crate::catalog::Scope;
use crate::{Catalog, CatalogError, ImportId, OrganizationId};

/// The most that one look finds.
const LOOK: i64 = 1_000;

/// An import that nobody works on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaitingImport {
    /// Whose.
    pub organization: OrganizationId,
    /// Which.
    pub id: ImportId,
}

impl Catalog {
    /// Imports that nobody works on and that may be begun now: those in the queue, and those whose worker died. Only those whose
    /// file is in one of these places, or that were handed over before `anywhere_before`. The oldest of each organisation come
    /// first, then the second oldest of each, so that nobody's thousand files stand before those of all others.
    ///
    /// # Errors
    /// When the database is unavailable.
    pub async fn waiting_imports(
        &self,
        places: &[String],
        anywhere_before: DateTime<Utc>,
    ) -> Result<Vec<WaitingImport>, CatalogError> {
        let mut transaction = self.begin(Scope::Queue).await?;
        let rows = sqlx::query!(
            "SELECT org_id, id FROM imports
            WHERE ((status = 'queued' AND (retry_at IS NULL OR retry_at <= $1)) OR (status = 'running' AND lease_expires_at <= $1))
                AND (spool_file IS NULL OR split_part(spool_file, '/', 1) = ANY ($2) OR created_at <= $3)
            ORDER BY row_number() OVER (PARTITION BY org_id ORDER BY id), id LIMIT $4",
            self.clock().now(),
            places,
            anywhere_before,
            LOOK,
        )
        .fetch_all(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(rows.into_iter().map(|row| WaitingImport { organization: row.org_id.into(), id: row.id.into() }).collect())
    }

    /// The files that imports need which are not over yet, as `spool_file` names them.
    ///
    /// # Errors
    /// When the database is unavailable.
    pub async fn needed_files(&self) -> Result<Vec<String>, CatalogError> {
        let mut transaction = self.begin(Scope::Queue).await?;
        let files = sqlx::query_scalar!(
            r#"SELECT spool_file AS "file!" FROM imports WHERE status IN ('queued', 'running') AND spool_file IS NOT NULL"#,
        )
        .fetch_all(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(files)
    }
}
