//! The lake's manifest in Postgres. What each method promises is written at [`aloftly_engine::lake::Manifest`].

mod bookmarks;
mod chores;
mod commits;
mod expiry;
mod publish;
mod quarantine;
mod removals;
mod rows;

use aloftly_engine::lake::manifest::{
    Changes, Chore, Commit, Doomed, Expired, Published, Removals, STAGED_DELAY, Segment, Snapshot, Version,
};
use aloftly_engine::lake::{Manifest, ManifestError};
use aloftly_engine::{CommitId, SegmentId, StoreId};
use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgTransaction;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use uuid::Uuid;

use crate::WorkspacePermission;
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
    async fn begin(
        &self,
        store: StoreId,
        permission: WorkspacePermission,
    ) -> Result<PgTransaction<'static>, ManifestError> {
        let open = async {
            let mut transaction = self.tenant.begin().await?;
            if !self.tenant.may_everywhere(permission) {
                self.tenant.check_store(&mut transaction, store, permission).await?;
            }
            Ok(transaction)
        };
        open.await.map_err(|error: CatalogError| match error {
            CatalogError::NotFound(_) => ManifestError::UnknownStore(store),
            other => unavailable(other),
        })
    }

    /// The state of a store.
    async fn state(
        &self,
        transaction: &mut PgTransaction<'static>,
        store: StoreId,
    ) -> Result<StoreState, ManifestError> {
        sqlx::query_as!(
            StoreState,
            "SELECT version, oldest_version, quarantine_revision FROM lake_stores WHERE org_id = $1 AND store_id = $2",
            self.organization(),
            store.0,
        )
        .fetch_optional(&mut **transaction)
        .await
        .map_err(unavailable)?
        .ok_or(ManifestError::UnknownStore(store))
    }

    /// Refuses a version that expired while its segments were read: some of them may have been gone already.
    async fn still_readable(
        &self,
        transaction: &mut PgTransaction<'static>,
        store: StoreId,
        version: Version,
    ) -> Result<(), ManifestError> {
        let oldest = self.state(transaction, store).await?.oldest_version;
        if version < oldest { Err(ManifestError::UnknownVersion(version)) } else { Ok(()) }
    }

    fn now(&self) -> DateTime<Utc> {
        self.tenant.catalog().clock().now()
    }
}

/// What a store's row says.
struct StoreState {
    version: Version,
    oldest_version: Version,
    quarantine_revision: i64,
}

#[async_trait]
impl Manifest for PgManifest {
    async fn version(&self, store: StoreId) -> Result<Version, ManifestError> {
        let mut transaction = self.begin(store, WorkspacePermission::Read).await?;
        let state = self.state(&mut transaction, store).await?;
        transaction.commit().await.map_err(unavailable)?;
        Ok(state.version)
    }

    async fn snapshot(&self, store: StoreId, at: Option<Version>) -> Result<Snapshot, ManifestError> {
        let mut transaction = self.begin(store, WorkspacePermission::Read).await?;
        let state = self.state(&mut transaction, store).await?;
        let version = at.unwrap_or(state.version);
        if !(state.oldest_version..=state.version).contains(&version) {
            return Err(ManifestError::UnknownVersion(version));
        }
        // A commit in between does not disturb: what begins or ends after `version` is told apart by its own versions.
        let rows =
            sqlx::query_file_as!(rows::SegmentRow, "src/sql/snapshot.sql", self.organization(), store.0, version)
                .fetch_all(&mut *transaction)
                .await
                .map_err(unavailable)?;
        let quarantine = quarantine::all(&mut transaction, self.organization(), store).await?;
        self.still_readable(&mut transaction, store, version).await?;
        transaction.commit().await.map_err(unavailable)?;
        let segments = segments(rows)?;
        Ok(Snapshot { store, version, segments, quarantine, quarantine_revision: state.quarantine_revision })
    }

    async fn changes(&self, since: &Snapshot) -> Result<Option<Changes>, ManifestError> {
        let store = since.store;
        let mut transaction = self.begin(store, WorkspacePermission::Read).await?;
        let state = self.state(&mut transaction, store).await?;
        if (state.version, state.quarantine_revision) == (since.version, since.quarantine_revision) {
            transaction.commit().await.map_err(unavailable)?;
            return Ok(None);
        }
        if !(state.oldest_version..=state.version).contains(&since.version) {
            return Err(ManifestError::UnknownVersion(since.version));
        }
        let began = sqlx::query_file_as!(
            rows::SegmentRow,
            "src/sql/changes.sql",
            self.organization(),
            store.0,
            since.version,
            state.version,
        )
        .fetch_all(&mut *transaction)
        .await
        .map_err(unavailable)?;
        let ended = sqlx::query_scalar!(
            "SELECT id FROM lake_segments
            WHERE org_id = $1 AND store_id = $2 AND end_version > $3 AND end_version <= $4",
            self.organization(),
            store.0,
            since.version,
            state.version,
        )
        .fetch_all(&mut *transaction)
        .await
        .map_err(unavailable)?;
        let quarantine = quarantine::all(&mut transaction, self.organization(), store).await?;
        self.still_readable(&mut transaction, store, since.version).await?;
        transaction.commit().await.map_err(unavailable)?;
        Ok(Some(Changes {
            version: state.version,
            began: segments(began)?,
            ended: ended.into_iter().map(SegmentId).collect(),
            quarantine,
            quarantine_revision: state.quarantine_revision,
        }))
    }

    async fn hot_payloads(&self, store: StoreId, segments: &[SegmentId]) -> Result<Vec<Bytes>, ManifestError> {
        let mut transaction = self.begin(store, WorkspacePermission::Read).await?;
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
            self.state(&mut transaction, store).await?;
        }
        transaction.commit().await.map_err(unavailable)?;
        let found: HashMap<Uuid, Bytes> = rows.into_iter().map(|row| (row.segment_id, row.payload.into())).collect();
        segments.iter().map(|id| found.get(&id.0).cloned().ok_or(ManifestError::NotLive(*id))).collect()
    }

    async fn stage(&self, store: StoreId, segments: &[Segment]) -> Result<(), ManifestError> {
        let mut transaction = self.begin(store, WorkspacePermission::Import).await?;
        let ids: Vec<Uuid> = segments.iter().map(|segment| segment.id.0).collect();
        let datasets: Vec<String> = segments.iter().map(|segment| segment.dataset.clone()).collect();
        let partitions: Vec<_> = segments.iter().map(|segment| segment.partition.first_day()).collect();
        self.state(&mut transaction, store).await?;
        sqlx::query!(
            "INSERT INTO lake_staged_segments (org_id, store_id, id, dataset, partition_date, staged_at)
            SELECT $1, $2, new.id, new.dataset, new.partition_date, $6
            FROM unnest($3::uuid[], $4::text[], $5::date[]) AS new (id, dataset, partition_date)
            WHERE NOT EXISTS (SELECT FROM lake_segments WHERE org_id = $1 AND store_id = $2 AND id = new.id)
                AND NOT EXISTS (SELECT FROM lake_doomed_segments WHERE org_id = $1 AND store_id = $2 AND id = new.id)
            ON CONFLICT (org_id, store_id, id) DO NOTHING",
            self.organization(),
            store.0,
            &ids,
            &datasets,
            &partitions,
            self.now(),
        )
        .execute(&mut *transaction)
        .await
        .map_err(unavailable)?;
        chores::tidy_by(&mut transaction, self.organization(), store, self.now() + STAGED_DELAY).await?;
        transaction.commit().await.map_err(unavailable)
    }

    async fn withdraw(&self, store: StoreId, segments: &[SegmentId]) -> Result<Vec<SegmentId>, ManifestError> {
        let mut transaction = self.begin(store, WorkspacePermission::Import).await?;
        self.state(&mut transaction, store).await?;
        let withdrawn = sqlx::query_file_scalar!(
            "src/sql/withdraw.sql",
            self.organization(),
            store.0,
            &uuids(segments),
            self.now(),
        )
        .fetch_all(&mut *transaction)
        .await
        .map_err(unavailable)?;
        chores::tidy_by(&mut transaction, self.organization(), store, self.now()).await?;
        transaction.commit().await.map_err(unavailable)?;
        Ok(withdrawn.into_iter().map(SegmentId).collect())
    }

    async fn publish(&self, commit: Commit) -> Result<Published, ManifestError> {
        publish::run(self, &commit).await
    }

    async fn committed(&self, store: StoreId, commit: CommitId) -> Result<Option<Published>, ManifestError> {
        let mut transaction = self.begin(store, WorkspacePermission::Read).await?;
        self.state(&mut transaction, store).await?;
        let published = commits::by_id(&mut transaction, self.organization(), store, commit).await?;
        transaction.commit().await.map_err(unavailable)?;
        Ok(published)
    }

    async fn receipt(&self, store: StoreId, receipt: &str) -> Result<Option<Published>, ManifestError> {
        let mut transaction = self.begin(store, WorkspacePermission::Read).await?;
        self.state(&mut transaction, store).await?;
        let published = commits::by_receipt(&mut transaction, self.organization(), store, receipt).await?;
        transaction.commit().await.map_err(unavailable)?;
        Ok(published)
    }

    async fn bookmark(&self, store: StoreId, name: &str) -> Result<Option<String>, ManifestError> {
        let mut transaction = self.begin(store, WorkspacePermission::Read).await?;
        self.state(&mut transaction, store).await?;
        let place = bookmarks::read(&mut transaction, self.organization(), store, name).await?;
        transaction.commit().await.map_err(unavailable)?;
        Ok(place)
    }

    async fn removals(&self, store: StoreId, since: DateTime<Utc>) -> Result<Removals, ManifestError> {
        let mut transaction = self.begin(store, WorkspacePermission::Read).await?;
        let removals = removals::read(&mut transaction, self.organization(), store, since).await?;
        transaction.commit().await.map_err(unavailable)?;
        Ok(removals)
    }

    async fn quarantine(&self, store: StoreId, segment: SegmentId, reason: &str) -> Result<bool, ManifestError> {
        quarantine::add(self, store, segment, reason).await
    }

    async fn release(&self, store: StoreId, segment: SegmentId) -> Result<bool, ManifestError> {
        quarantine::release(self, store, segment).await
    }

    async fn expire(
        &self,
        store: StoreId,
        replaced_by: DateTime<Utc>,
        staged_by: DateTime<Utc>,
    ) -> Result<Expired, ManifestError> {
        expiry::run(self, store, replaced_by, staged_by).await
    }

    async fn doomed(&self, store: StoreId, by: DateTime<Utc>, limit: usize) -> Result<Vec<Doomed>, ManifestError> {
        expiry::doomed(self, store, by, limit).await
    }

    async fn forget(&self, store: StoreId, segments: &[SegmentId]) -> Result<(), ManifestError> {
        expiry::forget(self, store, segments).await
    }

    async fn known(&self, store: StoreId, segments: &[SegmentId]) -> Result<HashSet<SegmentId>, ManifestError> {
        expiry::known(self, store, segments).await
    }

    async fn claim(&self, store: StoreId, worker: Uuid, lease: TimeDelta) -> Result<Option<Chore>, ManifestError> {
        chores::claim(self, store, worker, lease).await
    }

    async fn settle(
        &self,
        store: StoreId,
        worker: Uuid,
        chore: &Chore,
        again: Option<DateTime<Utc>>,
    ) -> Result<(), ManifestError> {
        chores::settle(self, store, worker, chore, again).await
    }
}

fn segments(rows: Vec<rows::SegmentRow>) -> Result<Vec<Arc<Segment>>, ManifestError> {
    rows.into_iter().map(|row| row.segment().map(Arc::new)).collect()
}

fn uuids(segments: &[SegmentId]) -> Vec<Uuid> {
    segments.iter().map(|id| id.0).collect()
}

/// Nothing was changed.
fn unavailable(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> ManifestError {
    ManifestError::Unavailable(error.into())
}
