//! What is to go, goes: customers whose erasure was asked for, data that are older than an organisation keeps them, organisations that
//! were closed.
//!
//! Every server does it. Erasing what is gone already changes nothing, so it does no harm when two do the same.

use std::sync::Arc;
use std::time::Duration;

use aloftly_catalog::{ErasureId, IngestContext, Tenant};
use aloftly_engine::lake::Erasure;
use aloftly_engine::retention::kept_from;
use aloftly_engine::{CommitId, StoreId};
use chrono::{DateTime, Utc};
use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::backend::Backend;
use crate::http::problem::Chain;
use crate::importing::uploads::Uploads;
use crate::telemetry::measures;

const REASON: &str = "the program erases what is not to be kept";
/// How often erasures and closed organisations are looked for, unless somebody says that there are some.
const LOOK: Duration = Duration::from_secs(5);
/// How often data are looked for that are too old.
const EXPIRE: Duration = Duration::from_secs(3_600);
/// Erasures that are asked for at a time.
const AT_ONCE: u32 = 64;

/// Says that there is something to erase. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Privacy(Arc<Notify>);

impl Privacy {
    /// Has it done soon.
    pub fn wake(&self) {
        self.0.notify_one();
    }

    /// Works until it is told to stop, and ends after the piece of work that it is in.
    pub async fn work(self, backend: Backend, uploads: Uploads, stop: CancellationToken) {
        let mut expire_at = Instant::now();
        while !stop.is_cancelled() {
            erase_customers(&backend, &stop).await;
            remove_closed(&backend, &uploads, &stop).await;
            if Instant::now() >= expire_at {
                expire(&backend, &stop).await;
                expire_at = Instant::now() + EXPIRE;
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(LOOK) => {}
                // Whoever says so may have changed for how long data are kept.
                () = self.0.notified() => expire_at = Instant::now(),
            }
        }
    }
}

async fn erase_customers(backend: &Backend, stop: &CancellationToken) {
    let due = match backend.catalog.due_erasures(REASON, AT_ONCE).await {
        Ok(due) => due,
        Err(error) => {
            tracing::warn!(error = %Chain(&error), "cannot look for customers to erase");
            return;
        }
    };
    for (context, id) in due {
        if stop.is_cancelled() {
            return;
        }
        if let Err(error) = erase_one(backend, context, id).await {
            tracing::warn!(erasure = %id, error = %Chain(&error), "the state of an erasure cannot be kept; it is tried again");
        }
    }
}

async fn erase_one(
    backend: &Backend,
    context: IngestContext,
    id: ErasureId,
) -> Result<(), aloftly_catalog::CatalogError> {
    let tenant = backend.catalog.tenant(context);
    let Some(work) = tenant.claim_erasure(id).await? else { return Ok(()) };
    let lake = backend.store_lake(&tenant, work.store);
    match lake.erase(CommitId(id.0), &Erasure::customers(&work.customers)).await {
        Ok(erased) => {
            measures::lake_committed("erase");
            tracing::info!(store = %work.store, erasure = %id, removed = erased.counts.removed, "erased customers");
            tenant.finish_erasure(&work, erased.counts.removed, erased.version).await
        }
        Err(error) => {
            measures::upkeep_failed();
            tracing::error!(store = %work.store, erasure = %id, error = %Chain(&error), "customers could not be erased; it is tried again");
            tenant.postpone_erasure(&work, "The data could not be written anew. It is tried again by itself.").await
        }
    }
}

/// Erases what organisations do not want to keep any longer.
async fn expire(backend: &Backend, stop: &CancellationToken) {
    let retentions = backend.catalog.retentions(REASON).await.unwrap_or_else(|error| {
        tracing::warn!(error = %Chain(&error), "cannot look for data that are not to be kept any longer");
        Vec::new()
    });
    for (context, months) in retentions {
        let tenant = backend.catalog.tenant(context);
        let stores = match tenant.store_zones().await {
            Ok(stores) => stores,
            Err(error) => {
                tracing::warn!(error = %Chain(&error), "cannot look for stores whose data are not to be kept any longer");
                continue;
            }
        };
        for (store, zone) in stores {
            if stop.is_cancelled() {
                return;
            }
            expire_store(backend, &tenant, store, kept_from(zone, backend.clock.now(), months)).await;
        }
    }
}

async fn expire_store(backend: &Backend, tenant: &Tenant, store: StoreId, kept_from: DateTime<Utc>) {
    let lake = backend.store_lake(tenant, store);
    match lake.erase_before(CommitId(backend.clock.new_id()), kept_from).await {
        Ok(None) => {}
        Ok(Some(erased)) => {
            measures::lake_committed("erase");
            tracing::info!(%store, %kept_from, removed = erased.counts.removed, "erased what is not to be kept any longer");
        }
        Err(error) => {
            measures::upkeep_failed();
            tracing::error!(%store, %kept_from, error = %Chain(&error), "what is not to be kept any longer could not be erased; it is tried again");
        }
    }
}

async fn remove_closed(backend: &Backend, uploads: &Uploads, stop: &CancellationToken) {
    let closed = backend.catalog.closed_organizations(REASON).await.unwrap_or_else(|error| {
        tracing::warn!(error = %Chain(&error), "cannot look for organisations that were closed");
        Vec::new()
    });
    for context in closed {
        if stop.is_cancelled() {
            return;
        }
        let tenant = backend.catalog.tenant(context);
        if let Err(error) = remove(backend, uploads, &tenant).await {
            let organization = tenant.context().organization();
            measures::upkeep_failed();
            tracing::error!(%organization, error = %Chain(error.as_ref()), "a closed organisation could not be removed; it is tried again");
        }
    }
}

/// First what the database does not hold, then what it does: whatever dies in between is known of.
async fn remove(backend: &Backend, uploads: &Uploads, tenant: &Tenant) -> anyhow::Result<()> {
    let (files, under_way) = tenant.give_up_imports().await?;
    for file in files {
        uploads.remove(&file).await;
    }
    if under_way {
        return Ok(());
    }
    for (store, _) in tenant.versions().await? {
        backend.store_lake(tenant, store).destroy(CommitId(backend.clock.new_id())).await?;
    }
    if !tenant.forget_organization().await? {
        return Ok(());
    }
    tracing::info!(organization = %tenant.context().organization(), "removed a closed organisation");
    Ok(())
}
