//! The lake's manifest in Postgres. What each method promises is written at [`aloftly_engine::lake::Manifest`].

mod publish;
mod rows;

use aloftly_engine::lake::manifest::{Commit, Published, Segment, Snapshot, Version};
use aloftly_engine::lake::{Manifest, ManifestError};
use aloftly_engine::{CommitId, SegmentId, StoreId};
use async_trait::async_trait;
use bytes::Bytes;
use sqlx::PgTransaction;
use std::collections::HashMap;
use std::sync::Arc;
use uuid::Uuid;

use crate::access::Need;
use crate::{CatalogError, Tenant};

/// The manifest of one tenant's stores.
#[derive(Clone, Debug)]
pub(crate) struct PgManifest {
    tenant: Tenant,
}

impl PgManifest {
    pub(crate) fn new(tenant: Tenant) -> Self {
        Self { tenant }
    }

    fn organization(&self) -> Uuid {
        self.tenant.context().organization().0
    }

    /// A transaction in which the actor may do that in the store.
    async fn begin(&self, store: StoreId, need: Need) -> Result<PgTransaction<'static>, ManifestError> {
        let open = async {
            let mut transaction = self.tenant.begin().await?;
            if self.tenant.bounded_by().is_some() {
                self.tenant.check_store(&mut transaction, store, need).await?;
            }
            Ok(transaction)
        };
        open.await.map_err(|error: CatalogError| match error {
            CatalogError::NotFound(_) => ManifestError::UnknownStore(store),
            other => unavailable(other),
        })
    }

    /// The newest and the oldest version that can be read.
    async fn versions(
        &self,
        transaction: &mut PgTransaction<'static>,
        store: StoreId,
    ) -> Result<(Version, Version), ManifestError> {
        let row = sqlx::query!(
            "SELECT version, oldest_version FROM lake_stores WHERE org_id = $1 AND store_id = $2",
            self.organization(),
            store.0,
        )
        .fetch_optional(&mut **transaction)
        .await
        .map_err(unavailable)?
        .ok_or(ManifestError::UnknownStore(store))?;
        Ok((row.version, row.oldest_version))
    }
}

#[async_trait]
impl Manifest for PgManifest {
    async fn version(&self, store: StoreId) -> Result<Version, ManifestError> {
        let mut transaction = self.begin(store, Need::Read).await?;
        let (version, _) = self.versions(&mut transaction, store).await?;
        transaction.commit().await.map_err(unavailable)?;
        Ok(version)
    }

    async fn snapshot(&self, store: StoreId, at: Option<Version>) -> Result<Snapshot, ManifestError> {
        let mut transaction = self.begin(store, Need::Read).await?;
        let (newest, oldest) = self.versions(&mut transaction, store).await?;
        let version = at.unwrap_or(newest);
        if !(oldest..=newest).contains(&version) {
            return Err(ManifestError::UnknownVersion(version));
        }
        // A commit in between does not disturb: what begins or ends after `version` is told apart by its own versions.
        let rows =
            sqlx::query_file_as!(rows::SegmentRow, "src/sql/snapshot.sql", self.organization(), store.0, version)
                .fetch_all(&mut *transaction)
                .await
                .map_err(unavailable)?;
        transaction.commit().await.map_err(unavailable)?;
        let segments = rows.into_iter().map(|row| row.segment().map(Arc::new)).collect::<Result<_, _>>()?;
        Ok(Snapshot { store, version, segments })
    }

    async fn hot_payloads(&self, store: StoreId, segments: &[SegmentId]) -> Result<Vec<Bytes>, ManifestError> {
        let mut transaction = self.begin(store, Need::Read).await?;
        let rows = sqlx::query!(
            "SELECT segment_id, payload FROM lake_hot_payloads
            WHERE org_id = $1 AND store_id = $2 AND segment_id = ANY ($3)",
            self.organization(),
            store.0,
            &uuids(segments),
        )
        .fetch_all(&mut *transaction)
        .await
        .map_err(unavailable)?;
        if rows.is_empty() {
            self.versions(&mut transaction, store).await?;
        }
        transaction.commit().await.map_err(unavailable)?;
        let found: HashMap<Uuid, Bytes> = rows.into_iter().map(|row| (row.segment_id, row.payload.into())).collect();
        segments.iter().map(|id| found.get(&id.0).cloned().ok_or(ManifestError::NotLive(*id))).collect()
    }

    async fn stage(&self, store: StoreId, segments: &[Segment]) -> Result<(), ManifestError> {
        let mut transaction = self.begin(store, Need::Write).await?;
        let ids: Vec<Uuid> = segments.iter().map(|segment| segment.id.0).collect();
        let datasets: Vec<String> = segments.iter().map(|segment| segment.dataset.clone()).collect();
        let partitions: Vec<_> = segments.iter().map(|segment| segment.partition.first_day()).collect();
        self.versions(&mut transaction, store).await?;
        sqlx::query!(
            "INSERT INTO lake_staged_segments (org_id, store_id, id, dataset, partition_date, staged_at)
            SELECT $1, $2, new.id, new.dataset, new.partition_date, $6
            FROM unnest($3::uuid[], $4::text[], $5::date[]) AS new (id, dataset, partition_date)
            ON CONFLICT (org_id, store_id, id) DO NOTHING",
            self.organization(),
            store.0,
            &ids,
            &datasets,
            &partitions,
            self.tenant.catalog().clock().now(),
        )
        .execute(&mut *transaction)
        .await
        .map_err(unavailable)?;
        transaction.commit().await.map_err(unavailable)
    }

    async fn unstage(&self, store: StoreId, segments: &[SegmentId]) -> Result<Vec<SegmentId>, ManifestError> {
        let mut transaction = self.begin(store, Need::Write).await?;
        self.versions(&mut transaction, store).await?;
        let unstaged = sqlx::query_scalar!(
            "DELETE FROM lake_staged_segments WHERE org_id = $1 AND store_id = $2 AND id = ANY ($3) RETURNING id",
            self.organization(),
            store.0,
            &uuids(segments),
        )
        .fetch_all(&mut *transaction)
        .await
        .map_err(unavailable)?;
        transaction.commit().await.map_err(unavailable)?;
        Ok(unstaged.into_iter().map(SegmentId).collect())
    }

    async fn publish(&self, commit: Commit) -> Result<Published, ManifestError> {
        publish::run(self, &commit).await
    }

    async fn committed(&self, store: StoreId, commit: CommitId) -> Result<Option<Published>, ManifestError> {
        let mut transaction = self.begin(store, Need::Read).await?;
        self.versions(&mut transaction, store).await?;
        let published = publish::by_id(&mut transaction, self.organization(), store, commit).await?;
        transaction.commit().await.map_err(unavailable)?;
        Ok(published)
    }

    async fn receipt(&self, store: StoreId, receipt: &str) -> Result<Option<Published>, ManifestError> {
        let mut transaction = self.begin(store, Need::Read).await?;
        self.versions(&mut transaction, store).await?;
        let published = publish::by_receipt(&mut transaction, self.organization(), store, receipt).await?;
        transaction.commit().await.map_err(unavailable)?;
        Ok(published)
    }
}

fn uuids(segments: &[SegmentId]) -> Vec<Uuid> {
    segments.iter().map(|id| id.0).collect()
}

/// Nothing was changed.
fn unavailable(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> ManifestError {
    ManifestError::Unavailable(error.into())
}
