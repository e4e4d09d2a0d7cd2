//! Background work: when it is due, and who has claimed it.

use aloftly_engine::StoreId;
use aloftly_engine::dataset::Partition;
use aloftly_engine::lake::ManifestError;
use aloftly_engine::lake::manifest::Chore;
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgTransaction;
use uuid::Uuid;

use super::{PgManifest, unavailable};
use crate::WorkspacePermission;

/// Makes a store due to be tidied by then.
pub(super) async fn tidy_by(
    transaction: &mut PgTransaction<'static>,
    organization: Uuid,
    store: StoreId,
    at: DateTime<Utc>,
) -> Result<(), ManifestError> {
    sqlx::query!(
        "UPDATE lake_stores SET tidy_at = $3 WHERE org_id = $1 AND store_id = $2 AND (tidy_at IS NULL OR tidy_at > $3)",
        organization,
        store.0,
        at,
    )
    .execute(&mut **transaction)
    .await
    .map_err(unavailable)?;
    Ok(())
}

pub(super) async fn claim(
    manifest: &PgManifest,
    store: StoreId,
    worker: Uuid,
    lease: TimeDelta,
) -> Result<Option<Chore>, ManifestError> {
    let now = manifest.now();
    let mut transaction = manifest.begin(store, WorkspacePermission::Import).await?;
    manifest.state(&mut transaction, store).await?;
    let fold = sqlx::query_file!("src/sql/claim_fold.sql", manifest.organization(), store.0, worker, now + lease, now,)
        .fetch_optional(&mut *transaction)
        .await
        .map_err(unavailable)?;
    let chore = match fold {
        Some(row) => Some(Chore::Fold { dataset: row.dataset, partition: Partition::starting(row.partition_date) }),
        None => {
            let tidy = sqlx::query_file!(
                "src/sql/claim_tidy.sql",
                manifest.organization(),
                store.0,
                worker,
                now + lease,
                now,
            )
            .execute(&mut *transaction)
            .await
            .map_err(unavailable)?;
            (tidy.rows_affected() > 0).then_some(Chore::Tidy)
        }
    };
    transaction.commit().await.map_err(unavailable)?;
    Ok(chore)
}

pub(super) async fn settle(
    manifest: &PgManifest,
    store: StoreId,
    worker: Uuid,
    chore: &Chore,
    again: Option<DateTime<Utc>>,
) -> Result<(), ManifestError> {
    let mut transaction = manifest.begin(store, WorkspacePermission::Import).await?;
    let organization = manifest.organization();
    let settled = match chore {
        Chore::Fold { dataset, partition } => {
            sqlx::query!(
            "UPDATE lake_partitions SET fold_worker = NULL, fold_lease_expires_at = NULL, fold_at = LEAST(fold_at, $6)
                WHERE org_id = $1 AND store_id = $2 AND dataset = $3 AND partition_date = $4 AND fold_worker = $5",
            organization,
            store.0,
            dataset,
            partition.first_day(),
            worker,
            again,
        )
            .execute(&mut *transaction)
            .await
        }
        Chore::Tidy => {
            sqlx::query!(
                "UPDATE lake_stores SET tidy_worker = NULL, tidy_lease_expires_at = NULL, tidy_at = LEAST(tidy_at, $4)
                WHERE org_id = $1 AND store_id = $2 AND tidy_worker = $3",
                organization,
                store.0,
                worker,
                again,
            )
            .execute(&mut *transaction)
            .await
        }
    };
    settled.map_err(unavailable)?;
    transaction.commit().await.map_err(unavailable)
}
