//! The server's life: from an open backend to an orderly end.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use futures::FutureExt as _;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::backend::Backend;
use super::freshness;
use super::privacy::Privacy;
use super::readiness::Readiness;
use crate::api::{App, Doing};
use crate::http::connections;
use crate::http::limits::Limits;
use crate::http::problem::Chain;
use crate::identity::Provider;
use crate::importing::uploads::Uploads;
use crate::importing::worker::Worker;
use crate::mail::{self, Links, Transport};
use crate::syncing::worker::SyncQueue;
use crate::syncing::{Providers, schedule, worker};
use crate::telemetry::measures;
use crate::webhooks;
use crate::webhooks::gateway::Gateway;
use crate::webhooks::worker::{Neighbours, WebhookQueue};

/// How often uploads are looked for that no import needs.
const SWEEP: Duration = Duration::from_secs(3_600);
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

/// Serves until `stop`. Then nothing new is begun, and requests, imports and folds have the shutdown timeout to end; after
/// them the database is left.
///
/// # Errors
/// The server could not start, or the database could not be left.
pub async fn serve(
    backend: Backend,
    listener: TcpListener,
    mail: Transport,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    measures::start();
    let config = Arc::clone(&backend.config);
    let uploads = config.uploads_dir();
    let uploads = Uploads::open(&uploads, backend.objects.shared(), &*backend.clock)
        .with_context(|| format!("cannot use the folder {}", uploads.display()))?;
    let sweeping = tokio::spawn(sweep_uploads(backend.clone(), uploads.clone(), stop.clone()));
    let (mut worker, queue) =
        Worker::start(backend.clone(), uploads.clone(), stop.clone()).context("cannot start the import threads")?;
    let address = listener.local_addr()?;
    let links = links(&backend, address);
    let provider = provider(&backend, &links)?;
    let (providers, syncs) = (Providers::new(&config, &links), SyncQueue::default());
    let (post, delivering) = mail::deliver(backend.catalog.clone(), mail, links.clone(), stop.clone());
    let delivering = tokio::spawn(delivering);
    let privacy = Privacy::default();
    let erasing = tokio::spawn(privacy.clone().work(backend.clone(), uploads.clone(), stop.clone()));
    let reading = worker::work(backend.clone(), providers.clone(), syncs.clone(), stop.clone());
    let scheduling = schedule::work(backend.clone(), providers.clone(), syncs.clone(), stop.clone());
    let (reading, scheduling) = (tokio::spawn(reading), tokio::spawn(scheduling));
    let told = WebhookQueue::default();
    let neighbours = Neighbours { syncs: syncs.clone(), privacy: privacy.clone() };
    let carrying = webhooks::worker::work(backend.clone(), providers.clone(), told.clone(), neighbours, stop.clone());
    let (gateway, keeping) = Gateway::new(backend.catalog.clone(), told.clone());
    let (carrying, keeping) = (tokio::spawn(carrying), tokio::spawn(keeping));
    let readiness = readiness(&backend);
    let doing = Doing { uploads, queue, readiness, post, provider, privacy, providers, syncs, gateway, told, links };
    let app = App::new(backend.clone(), doing).context("cannot start the query threads")?;
    let guard = tokio::spawn(guard_database(backend.clone(), stop.clone()));
    let forgetting = tokio::spawn(Limits::forget(app.clone(), stop.clone()));
    let following = tokio::spawn(freshness::follow(backend.clone(), stop.clone()));

    if !address.ip().is_loopback()
        && !config.public_origin.as_deref().is_some_and(|origin| origin.starts_with("https:"))
    {
        tracing::warn!(
            %address,
            "listening beyond this machine without HTTPS: passwords pass in the clear, and browsers keep no session. Put a proxy \
             that speaks TLS in front and set ALOFTLY_PUBLIC_ORIGIN to its https address"
        );
    }
    tracing::info!(%address, "ready");
    let watched = backend.live.clone();
    let requests = connections::serve(listener, app.router(), stop.clone(), config.shutdown_timeout);
    let work = async {
        stop.cancelled().await;
        tracing::info!("stopping");
        watched.end();
        worker.stop(config.shutdown_timeout).await
    };
    // Side by side, so that each has the whole time.
    let (drained, finished) = tokio::join!(requests, work);
    if !drained {
        tracing::warn!("requests were cut off at the shutdown timeout");
    }
    if !finished {
        tracing::warn!("imports were interrupted by the shutdown timeout; they are run again after the next start");
    }
    drop(app);
    if tokio::time::timeout(config.shutdown_timeout, delivering).await.is_err() {
        tracing::warn!("mails were not sent within the shutdown timeout");
    }
    if tokio::time::timeout(config.shutdown_timeout, reading).await.is_err() {
        tracing::warn!("syncs were interrupted by the shutdown timeout; they go on after the next start");
    }
    if tokio::time::timeout(config.shutdown_timeout, async { tokio::join!(keeping, carrying) }).await.is_err() {
        tracing::warn!("deliveries were left for the next start by the shutdown timeout");
    }
    // It may be in the middle of starting a database that is not needed any more.
    guard.abort();
    let _ = tokio::join!(guard, sweeping, following, forgetting, erasing, scheduling);
    backend.close().await?;
    drop(worker);
    tracing::info!("stopped");
    Ok(())
}

/// Where people reach the app: what was configured or, for this machine alone, where it listens. Never a name that only a request says.
fn links(backend: &Backend, address: SocketAddr) -> Links {
    match &backend.config.public_origin {
        Some(origin) => Links::to(origin),
        None => Links::here(address.port()),
    }
}

/// Google, if this server is known to it.
fn provider(backend: &Backend, links: &Links) -> anyhow::Result<Option<Provider>> {
    let config = &backend.config;
    let (Some(id), Some(secret)) = (&config.google_client_id, &config.google_client_secret) else { return Ok(None) };
    if !config.signs_in_with_google() {
        return Ok(None);
    }
    let redirect = links.page("/api/auth/google/callback");
    let provider = Provider::new(&config.google_issuer, id, secret.clone(), redirect);
    Ok(Some(provider.context("cannot make a client for Google")?))
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

/// Removes uploads that no import needs, at once and then every hour.
async fn sweep_uploads(backend: Backend, uploads: Uploads, stop: CancellationToken) {
    let sweeps = async {
        loop {
            if let Err(error) = uploads.sweep(async || backend.catalog.needed_files().await).await {
                tracing::warn!(error = %Chain(error.as_ref()), "cannot look for uploads that no import needs");
            }
            tokio::time::sleep(SWEEP).await;
        }
    };
    tokio::select! {
        () = stop.cancelled() => {}
        () = sweeps => {}
    }
}

/// Starts the private database again should it die.
async fn guard_database(backend: Backend, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(LOOK) => match backend.ensure_database().await {
                Ok(false) => {}
                Ok(true) => tracing::warn!("the private database had died and was started again"),
                Err(error) => tracing::error!(error = %Chain(error.as_ref()), "the private database does not start"),
            },
        }
    }
}
