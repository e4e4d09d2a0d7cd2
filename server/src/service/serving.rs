//! The server's life: from an open backend to an orderly end.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use futures::FutureExt as _;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::backend::Backend;
use super::readiness::Readiness;
use crate::api::App;
use crate::http::connections;
use crate::importing::uploads::Uploads;
use crate::importing::worker::Worker;
use crate::telemetry::measures;

/// How often the private database is looked after.
const LOOK: Duration = Duration::from_secs(5);

/// Opens the address that HTTP is served on.
///
/// # Errors
/// It is taken, or not this machine's.
pub async fn listen(backend: &Backend) -> anyhow::Result<TcpListener> {
    let address = backend.config.listen;
    TcpListener::bind(address)
        .await
        .with_context(|| format!("cannot listen on {address}: choose another address with --listen or ALOFTLY_LISTEN"))
}

/// Serves until `stop`. Then, in this order and within the shutdown timeout: no new connections, requests end, imports and
/// folds end, the database is left.
///
/// # Errors
/// The server could not start, or the database could not be left.
pub async fn serve(backend: Backend, listener: TcpListener, stop: CancellationToken) -> anyhow::Result<()> {
    measures::start();
    let config = Arc::clone(&backend.config);
    let uploads = config.uploads_dir();
    let uploads = Uploads::open(&uploads, &*backend.clock)
        .with_context(|| format!("cannot use the folder {}", uploads.display()))?;
    let (worker, queue) = Worker::start(backend.clone(), uploads.clone()).context("cannot start the import threads")?;
    let app =
        App::new(backend.clone(), uploads, queue, readiness(&backend)).context("cannot start the query threads")?;
    let guard = tokio::spawn(guard_database(backend.clone(), stop.clone()));

    tracing::info!(address = %listener.local_addr()?, "ready");
    let stopping = stopping(stop.clone());
    let drained = connections::serve(listener, app.router(), stop, config.shutdown_timeout).await;
    let since = stopping.await.unwrap_or_else(|_| Instant::now());
    if !drained {
        tracing::warn!("requests were cut off at the shutdown timeout");
    }
    // What is left of the time, and a moment at least.
    let left = config.shutdown_timeout.saturating_sub(since.elapsed()).max(Duration::from_millis(500));
    if !worker.stop(left).await {
        tracing::warn!("imports were interrupted by the shutdown timeout; they are run again after the next start");
    }
    drop(app);
    let _ = guard.await;
    backend.close().await?;
    tracing::info!("stopped");
    Ok(())
}

/// The instant at which the server was told to stop.
fn stopping(stop: CancellationToken) -> tokio::task::JoinHandle<Instant> {
    tokio::spawn(async move {
        stop.cancelled().await;
        tracing::info!("stopping");
        Instant::now()
    })
}

fn readiness(backend: &Backend) -> Readiness {
    let (catalog, objects) = (backend.catalog.clone(), backend.objects.clone());
    Readiness::new(vec![
        (
            "postgres",
            Box::new(move || {
                let catalog = catalog.clone();
                async move { Ok(catalog.ping().await?) }.boxed()
            }),
        ),
        (
            "object store",
            Box::new(move || {
                let objects = objects.clone();
                async move { objects.check().await }.boxed()
            }),
        ),
    ])
}

/// Starts the private database again should it die.
async fn guard_database(backend: Backend, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(LOOK) => match backend.ensure_database().await {
                Ok(false) => {}
                Ok(true) => tracing::warn!("the private database had died and was started again"),
                Err(error) => tracing::error!(error = format!("{error:#}"), "the private database does not start"),
            },
        }
    }
}
