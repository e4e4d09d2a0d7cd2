//! Small segments become large ones after commits, in the background, one store after the other.

use std::collections::HashSet;

use aloftly_catalog::{OrganizationId, SystemContext};
use aloftly_engine::StoreId;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::backend::Backend;
use crate::http::problem::Chain;
use crate::telemetry::measures;

const REASON: &str = "a worker folds segments";

/// Tells the worker of commits.
#[derive(Clone, Debug)]
pub struct Folding(mpsc::UnboundedSender<(OrganizationId, StoreId)>);

impl Folding {
    /// A store has a new version: some of its partitions may be due.
    pub fn committed(&self, organization: OrganizationId, store: StoreId) {
        let _ = self.0.send((organization, store));
    }

    /// Starts the worker on a runtime. It ends when it is told to, after the fold that it is in.
    pub fn start(backend: Backend, runtime: &Handle, stop: CancellationToken) -> (Self, tokio::task::JoinHandle<()>) {
        let (sender, receiver) = mpsc::unbounded_channel();
        (Self(sender), runtime.spawn(work(backend, receiver, stop)))
    }
}

async fn work(
    backend: Backend,
    mut committed: mpsc::UnboundedReceiver<(OrganizationId, StoreId)>,
    stop: CancellationToken,
) {
    loop {
        let first = tokio::select! {
            () = stop.cancelled() => return,
            first = committed.recv() => first,
        };
        let Some(first) = first else { return };
        let mut stores = HashSet::from([first]);
        while let Ok(more) = committed.try_recv() {
            stores.insert(more);
        }
        for (organization, store) in stores {
            if stop.is_cancelled() {
                return;
            }
            fold(&backend, organization, store).await;
        }
    }
}

async fn fold(backend: &Backend, organization: OrganizationId, store: StoreId) {
    let tenant = backend.catalog.tenant(SystemContext::new(organization, REASON));
    match backend.store_lake(&tenant, store).fold_due().await {
        Ok(folded) => {
            folded.iter().for_each(|_| measures::lake_committed("fold"));
            if let Some(last) = folded.last() {
                tracing::info!(%organization, %store, partitions = folded.len(), version = last.version, "folded");
            }
        }
        // The segments stay as they are, which is right though slower; the next commit brings another attempt.
        Err(error) => tracing::warn!(%organization, %store, error = %Chain(&error), "cannot fold"),
    }
}
