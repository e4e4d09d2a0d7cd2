//! Takes jobs from the queue, a few at a time, in the turn of their organisations.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use aloftly_catalog::WaitingSync;
use tokio::sync::Notify;
use tokio::task::{Id, JoinSet};
use tokio_util::sync::CancellationToken;

use super::Providers;
use super::attempt::Attempts;
use crate::http::problem::Chain;
use crate::service::backend::Backend;

/// How often the queue is looked at, unless somebody says that there is something.
const LOOK: Duration = Duration::from_secs(2);

/// How long the queue is left alone after something of it was somebody else's.
const PAUSE: Duration = Duration::from_millis(250);

/// Says that there is something in the queue. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct SyncQueue(Arc<Notify>);

impl SyncQueue {
    /// Has it looked at soon.
    pub fn wake(&self) {
        self.0.notify_one();
    }
}

/// Works until it is told to stop, and ends when what runs has come to the end of its page.
pub async fn work(backend: Backend, providers: Providers, queue: SyncQueue, stop: CancellationToken) {
    let most = backend.config.sync_concurrency;
    let attempts = Arc::new(Attempts { backend: backend.clone(), providers, stop: stop.clone() });
    let mut running: JoinSet<bool> = JoinSet::new();
    let mut begun: HashMap<Id, WaitingSync> = HashMap::new();
    loop {
        if begun.len() < most {
            match backend.catalog.waiting_syncs().await {
                Ok(waiting) => {
                    for job in waiting {
                        if begun.len() < most && !begun.values().any(|begun| *begun == job) {
                            let task = running.spawn(Arc::clone(&attempts).one(job));
                            begun.insert(task.id(), job);
                        }
                    }
                }
                Err(error) => tracing::warn!(error = %Chain(&error), "cannot look for syncs that wait"),
            }
        }
        tokio::select! {
            () = stop.cancelled() => break,
            () = queue.0.notified() => {}
            () = tokio::time::sleep(LOOK) => {}
            // Others of its connection or store may have waited for it, so the queue is looked at again.
            Some(ended) = running.join_next_with_id() => {
                let (task, was_ours, panicked) = match ended {
                    Ok((task, was_ours)) => (task, was_ours, false),
                    Err(error) => (error.id(), false, true),
                };
                if let Some(job) = begun.remove(&task)
                    && panicked
                {
                    // Its lease runs out, and somebody goes on.
                    tracing::error!(organization = %job.organization, job = %job.id, "a sync panicked");
                }
                if !was_ours {
                    // Whoever was faster has it in a moment; asking at once would find it again.
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }
    while running.join_next().await.is_some() {}
}
