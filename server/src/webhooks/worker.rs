//! Takes queues in which something waits, a few at a time.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use aloftly_catalog::{IngestContext, WaitingQueue};
use tokio::sync::Notify;
use tokio::task::{Id, JoinSet};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::carry::Carrier;
use crate::http::problem::Chain;
use crate::service::backend::Backend;
use crate::service::privacy::Privacy;
use crate::syncing::Providers;
use crate::syncing::worker::SyncQueue;

const REASON: &str = "deliveries that are over are forgotten";
/// How often queues are looked for, unless somebody says that there is something.
const LOOK: Duration = Duration::from_secs(1);
/// How many queues are worked on at a time.
const AT_ONCE: usize = 4;
/// How long the queues are left alone after one was somebody else's.
const PAUSE: Duration = Duration::from_millis(250);
/// How often what is over is forgotten.
const FORGET: Duration = Duration::from_secs(3_600);

/// Says that something waits. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct WebhookQueue(Arc<Notify>);

impl WebhookQueue {
    /// Has it looked at soon.
    pub fn wake(&self) {
        self.0.notify_one();
    }
}

/// What is told of something that others do.
#[derive(Clone, Debug)]
pub struct Neighbours {
    /// Reads what deliveries do not say.
    pub syncs: SyncQueue,
    /// Erases customers.
    pub privacy: Privacy,
}

/// Works until it is told to stop, and ends when what is being carried out is.
pub async fn work(
    backend: Backend,
    providers: Providers,
    queue: WebhookQueue,
    neighbours: Neighbours,
    stop: CancellationToken,
) {
    let carrier = Arc::new(Carrier { backend: backend.clone(), providers, neighbours, stop: stop.clone() });
    let mut running: JoinSet<bool> = JoinSet::new();
    let mut begun: HashMap<Id, WaitingQueue> = HashMap::new();
    let mut forget_at = Instant::now() + FORGET;
    loop {
        if begun.len() < AT_ONCE {
            match backend.catalog.waiting_webhooks().await {
                Ok(waiting) => {
                    for queue in waiting {
                        if begun.len() < AT_ONCE && !begun.values().any(|begun| *begun == queue) {
                            let task = running.spawn(Arc::clone(&carrier).carry_out(queue));
                            begun.insert(task.id(), queue);
                        }
                    }
                }
                Err(error) => tracing::warn!(error = %Chain(&error), "cannot look for deliveries that wait"),
            }
        }
        if Instant::now() >= forget_at {
            forget(&backend, &stop).await;
            forget_at = Instant::now() + FORGET;
        }
        tokio::select! {
            () = stop.cancelled() => break,
            () = queue.0.notified() => {}
            () = tokio::time::sleep(LOOK) => {}
            // More may have come into its queue meanwhile, so the queues are looked at again.
            Some(ended) = running.join_next_with_id() => {
                let (task, was_ours) = match ended {
                    Ok((task, was_ours)) => (task, was_ours),
                    Err(error) => {
                        // Its lease runs out, and somebody goes on.
                        tracing::error!("carrying deliveries out panicked");
                        (error.id(), false)
                    }
                };
                begun.remove(&task);
                if !was_ours {
                    // Whoever was faster has it in a moment; asking at once would find it again.
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }
    while running.join_next().await.is_some() {}
}

async fn forget(backend: &Backend, stop: &CancellationToken) {
    let organizations = backend.catalog.organizations(REASON).await.unwrap_or_else(|error| {
        tracing::warn!(error = %Chain(&error), "cannot look for deliveries that are over");
        Vec::new()
    });
    for context in organizations {
        if stop.is_cancelled() {
            return;
        }
        let tenant = backend.catalog.tenant(IngestContext::from(context));
        match tenant.forget_deliveries().await {
            Ok(0) => {}
            Ok(forgotten) => {
                tracing::info!(organization = %tenant.context().organization(), forgotten, "forgot deliveries");
            }
            Err(error) => tracing::warn!(error = %Chain(&error), "deliveries that are over could not be forgotten"),
        }
    }
}
