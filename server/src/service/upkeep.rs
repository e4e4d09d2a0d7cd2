//! The lake's background work: segments are folded, what nobody needs any more is given up, and objects are audited.
//!
//! Every server does it; the manifest sees to it that a piece of work is done by one of them. A server rests as long as it
//! works, so that queries have at least half of the cores that this could take.

use std::time::Duration;

use aloftly_catalog::{IngestContext, Tenant};
use aloftly_engine::StoreId;
use aloftly_engine::lake::Tended;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::backend::Backend;
use crate::http::problem::Chain;
use crate::telemetry::measures;

const REASON: &str = "a worker looks after the lake";
/// Stores with work that are asked for at a time.
const STORES: u32 = 64;
/// How often work is looked for.
const LOOK: Duration = Duration::from_secs(1);
/// The longest rest after a piece of work.
const LONGEST_REST: Duration = Duration::from_secs(10);
/// How often every store's objects are compared with its manifest, and how long after the start the first time.
const AUDIT: Duration = Duration::from_secs(24 * 3_600);
const FIRST_AUDIT: Duration = Duration::from_secs(3_600);
/// Between two stores' audits: listing costs requests.
const AUDIT_PAUSE: Duration = Duration::from_secs(1);

/// Works until it is told to stop, and ends after the piece of work that it is in.
pub async fn work(backend: Backend, stop: CancellationToken) {
    tokio::join!(tend(&backend, &stop), audit(&backend, &stop));
}

async fn tend(backend: &Backend, stop: &CancellationToken) {
    while !stop.is_cancelled() {
        let due = match backend.catalog.due_stores(REASON, STORES).await {
            Ok(due) => due,
            Err(error) => {
                tracing::warn!(error = %Chain(&error), "cannot look for stores whose lakes need care");
                Vec::new()
            }
        };
        for (context, store) in &due {
            tend_store(backend, context, *store, stop).await;
        }
        if due.is_empty() {
            pause(LOOK, stop).await;
        }
    }
}

/// Does what is due in one store.
async fn tend_store(backend: &Backend, context: &IngestContext, store: StoreId, stop: &CancellationToken) {
    let lake = backend.store_lake(&backend.catalog.tenant(context.clone()), store);
    while !stop.is_cancelled() {
        let began = Instant::now();
        match lake.tend().await {
            Ok(None) => return,
            Ok(Some(tended)) => report(store, &tended),
            Err(error) => {
                measures::upkeep_failed();
                tracing::warn!(%store, error = %Chain(&error), "cannot look after a lake; it is tried again in a minute");
            }
        }
        pause(began.elapsed().min(LONGEST_REST), stop).await;
    }
}

fn report(store: StoreId, tended: &Tended) {
    match tended {
        Tended::Fold { partition, folded: Some(folded) } => {
            measures::lake_committed("fold");
            measures::lake_folded(folded);
            tracing::info!(%store, partition, inputs = folded.inputs, bytes_in = folded.bytes_in, outputs = folded.outputs,
                bytes_out = folded.bytes_out, version = folded.published.version, "folded");
        }
        Tended::Fold { folded: None, .. } => {}
        Tended::Tidy(tidied) => {
            measures::lake_tidied(tidied);
            if tidied.deleted + tidied.expired.hot + tidied.expired.abandoned > 0 {
                tracing::info!(%store, hot = tidied.expired.hot, cold = tidied.expired.cold,
                    abandoned = tidied.expired.abandoned, deleted = tidied.deleted, "tidied");
            }
        }
    }
}

async fn audit(backend: &Backend, stop: &CancellationToken) {
    pause(FIRST_AUDIT, stop).await;
    while !stop.is_cancelled() {
        let organizations = backend.catalog.organizations(REASON).await.unwrap_or_else(|error| {
            tracing::warn!(error = %Chain(&error), "cannot look for lakes to audit; they are audited tomorrow");
            Vec::new()
        });
        for context in organizations {
            let tenant = backend.catalog.tenant(IngestContext::from(context));
            audit_organization(backend, &tenant, stop).await;
        }
        pause(AUDIT, stop).await;
    }
}

async fn audit_organization(backend: &Backend, tenant: &Tenant, stop: &CancellationToken) {
    let stores = match tenant.versions().await {
        Ok(stores) => stores,
        Err(error) => {
            tracing::warn!(error = %Chain(&error), "cannot look for lakes to audit");
            return;
        }
    };
    for (store, _) in stores {
        if stop.is_cancelled() {
            return;
        }
        match backend.store_lake(tenant, store).audit().await {
            Ok(audited) => {
                measures::lake_audited(&audited);
                if audited.unknown + audited.foreign > 0 {
                    tracing::warn!(%store, objects = audited.objects, deleted = audited.unknown, foreign = audited.foreign,
                        "audited");
                }
            }
            Err(error) => tracing::warn!(%store, error = %Chain(&error), "cannot audit a lake"),
        }
        pause(AUDIT_PAUSE, stop).await;
    }
}

async fn pause(duration: Duration, stop: &CancellationToken) {
    tokio::select! {
        () = stop.cancelled() => {}
        () = tokio::time::sleep(duration) => {}
    }
}
