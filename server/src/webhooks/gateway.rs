//! Where deliveries are kept before their senders are answered.
//!
//! Providers send hundreds at once, and a transaction for each would have the database write its log as often. So those that arrive while one
//! transaction is under way are kept by the next, together.

use std::collections::BTreeMap;
use std::sync::Arc;

use aloftly_catalog::{Catalog, NewDelivery};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

use super::worker::WebhookQueue;
use crate::http::problem::Chain;
use crate::telemetry::measures;

/// The most deliveries that are kept in one transaction.
const AT_ONCE: usize = 500;
/// How many bodies may wait, in KiB: some hundred of the largest.
const ROOM: usize = 256 * 1_024;

/// Keeps deliveries. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Gateway {
    sender: mpsc::Sender<Told>,
    room: Arc<Semaphore>,
}

/// The database is away: the provider is to tell it again.
#[derive(Debug, thiserror::Error)]
#[error("a delivery could not be kept")]
pub struct NotKept;

/// A delivery, and who waits for it to be kept.
#[derive(Debug)]
struct Told {
    provider: &'static str,
    delivery: NewDelivery,
    kept: oneshot::Sender<bool>,
    _room: OwnedSemaphorePermit,
}

impl Gateway {
    /// One that tells a queue of what it kept, and the task that keeps: it ends when every clone of the gateway is gone.
    pub fn new(catalog: Catalog, queue: WebhookQueue) -> (Self, impl Future<Output = ()> + Send + 'static) {
        let (sender, receiver) = mpsc::channel(AT_ONCE);
        (Self { sender, room: Arc::new(Semaphore::new(ROOM)) }, keep(catalog, queue, receiver))
    }

    /// Keeps a delivery. When it returns, it is there, whatever dies; one that was there already stays as it was.
    ///
    /// # Errors
    /// When it could not be kept.
    pub async fn keep(&self, provider: &'static str, delivery: NewDelivery) -> Result<(), NotKept> {
        let size = u32::try_from(delivery.body.len() / 1_024 + 1).map_err(|_| NotKept)?;
        let room = Arc::clone(&self.room).acquire_many_owned(size).await.map_err(|_| NotKept)?;
        let (kept, answer) = oneshot::channel();
        self.sender.send(Told { provider, delivery, kept, _room: room }).await.map_err(|_| NotKept)?;
        if answer.await.unwrap_or(false) { Ok(()) } else { Err(NotKept) }
    }
}

async fn keep(catalog: Catalog, queue: WebhookQueue, mut receiver: mpsc::Receiver<Told>) {
    let mut told = Vec::with_capacity(AT_ONCE);
    while receiver.recv_many(&mut told, AT_ONCE).await > 0 {
        let mut by_provider: BTreeMap<&'static str, (Vec<NewDelivery>, Vec<_>)> = BTreeMap::new();
        for Told { provider, delivery, kept, _room } in told.drain(..) {
            let (deliveries, waiting) = by_provider.entry(provider).or_default();
            deliveries.push(delivery);
            waiting.push((kept, _room));
        }
        for (provider, (deliveries, waiting)) in by_provider {
            let is_kept = match catalog.accept_deliveries(provider, &deliveries).await {
                Ok(accepted) => {
                    measures::delivered(provider, "kept", accepted.kept);
                    measures::delivered(provider, "known", accepted.known);
                    measures::delivered(provider, "strange", accepted.strange);
                    queue.wake();
                    true
                }
                Err(error) => {
                    tracing::error!(provider, count = deliveries.len(), error = %Chain(&error), "deliveries could not be kept");
                    measures::delivered(provider, "not_kept", deliveries.len() as u64);
                    false
                }
            };
            for (kept, _) in waiting {
                // Whoever is gone is told again.
                let _ = kept.send(is_kept);
            }
        }
    }
}
