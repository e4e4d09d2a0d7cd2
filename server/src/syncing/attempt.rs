//! One attempt at a job: claimed under a lease, run, and brought to an outcome.

use std::sync::Arc;
use std::time::Duration;

use aloftly_catalog::{
    CatalogError, Connection, GoOn, IngestContext, SyncJob, SyncKind, SyncPostponement, Tenant, WaitingSync,
};
use aloftly_connectors::contract::Failure;
use chrono::{DateTime, TimeDelta, Utc};
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;
use uuid::Uuid;

use super::connect::Provider;
use super::run::{Running, Shared};
use super::{Providers, words};
use crate::http::problem::Chain;
use crate::service::backend::Backend;
use crate::telemetry::measures;

const REASON: &str = "a worker reads connections";
/// How often a running job says that it lives; the lease is several times that.
const REPORT: Duration = Duration::from_secs(1);
/// So long a sync that is told to end has for its page.
const LAST_CHANCE: Duration = Duration::from_secs(3);
/// Attempts in a row that may come to nothing before a job fails for good.
const MOST_ATTEMPTS: u32 = 8;
/// How long after the first attempt that came to nothing another is made; later ones wait longer, up to the longest.
const AGAIN_AFTER: TimeDelta = TimeDelta::seconds(15);
const AT_THE_LATEST: TimeDelta = TimeDelta::hours(1);

/// What attempts work with.
#[derive(Clone, Debug)]
pub(super) struct Attempts {
    pub(super) backend: Backend,
    pub(super) providers: Providers,
    /// Told when the server stops: what runs ends at its next page.
    pub(super) stop: CancellationToken,
}

/// A job under a lease of its own.
struct Claimed<'a> {
    tenant: Tenant,
    job: SyncJob,
    connection: Connection,
    provider: &'a Provider,
    worker: Uuid,
    began_at: DateTime<Utc>,
}

impl Attempts {
    /// Tries one job, if nobody else does: whether it was this one's to try.
    pub(super) async fn one(self: Arc<Self>, waiting: WaitingSync) -> bool {
        let tenant = self.backend.catalog.tenant(IngestContext::new(waiting.organization, REASON));
        let span = tracing::info_span!("sync", organization = %waiting.organization, job = %waiting.id);
        let work = async {
            // One for each claim: an attempt that was taken for dead must not pass for the one that followed it.
            let worker = self.backend.clock.new_id();
            let Some(job) = tenant.claim_sync(waiting.id, worker).await? else { return Ok(false) };
            let connection = tenant.connection(job.connection).await?;
            let Some(provider) = self.providers.find(&connection.provider) else {
                tracing::error!(
                    provider = connection.provider,
                    "this version of the server does not know the provider"
                );
                let due_at = self.backend.clock.now() + AT_THE_LATEST;
                let until = SyncPostponement { due_at, problem: None, attempts: job.attempts };
                return tenant.postpone_sync(job.id, worker, &until).await.map(|()| true);
            };
            let began_at = self.backend.clock.now();
            self.claimed(Claimed { tenant, job, connection, provider, worker, began_at }).await.map(|()| true)
        };
        work.instrument(span).await.unwrap_or_else(|error: CatalogError| {
            // The lease runs out, and somebody goes on.
            tracing::error!(job = %waiting.id, error = %Chain(&error), "a sync was interrupted");
            false
        })
    }

    async fn claimed(&self, claimed: Claimed<'_>) -> Result<(), CatalogError> {
        let Claimed { job, connection, .. } = &claimed;
        if job.attempts >= MOST_ATTEMPTS {
            // Servers that died over it count, too: it must not take one after the other with it.
            let failure = Failure::Taker("the attempts at it do not come to an end".into());
            return self.give_up(&claimed, &failure).await;
        }
        tracing::info!(provider = connection.provider, kind = job.kind.as_str(), "a sync begins");
        let shared = Shared::new(job.progress.clone());
        let cancel = self.stop.child_token();
        let running = Running {
            backend: &self.backend,
            organization: claimed.tenant.context().organization(),
            provider: claimed.provider,
            connection,
            job,
            lake: self.backend.store_lake(&claimed.tenant, job.store),
            shared: &shared,
            cancel: &cancel,
        };
        let mut called_off = false;
        let ended = {
            let mut run = std::pin::pin!(running.run());
            let mut cut_off = std::pin::pin!(cut_off(&cancel));
            let mut report = tokio::time::interval(REPORT);
            report.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            loop {
                tokio::select! {
                    ended = &mut run => break ended,
                    // What does not listen is cut off; what it was committing happens as a whole, or not at all.
                    () = &mut cut_off => break Err(Failure::Stopped),
                    _ = report.tick() => match claimed.report(&shared).await {
                        Ok(GoOn::Yes) => {}
                        Ok(GoOn::CalledOff) => {
                            called_off = true;
                            cancel.cancel();
                        }
                        Err(CatalogError::LeaseLost) => {
                            cancel.cancel();
                            return Err(CatalogError::LeaseLost);
                        }
                        // The lease is longer than a hiccup of the database.
                        Err(error) => tracing::warn!(error = %Chain(&error), "cannot say how far a sync is"),
                    },
                }
            }
        };
        if claimed.report(&shared).await? == GoOn::CalledOff {
            called_off = true;
        }
        self.settle(&claimed, &shared, ended, called_off).await
    }

    async fn settle(
        &self,
        claimed: &Claimed<'_>,
        shared: &Shared,
        ended: Result<(), Failure>,
        called_off: bool,
    ) -> Result<(), CatalogError> {
        let Claimed { tenant, job, connection, provider, worker, began_at } = claimed;
        let declaration = provider.connector.declaration();
        let now = self.backend.clock.now();
        let failure = match ended {
            Ok(()) => {
                let progress = shared.now();
                tracing::info!(records = progress.records, requests = progress.requests, "a sync is done");
                measures::synced(declaration.id, "done");
                if matches!(job.kind, SyncKind::Full | SyncKind::Incremental) {
                    // What happened after it was first begun may be missing of what was read first.
                    let since = job.started_at.unwrap_or(*began_at).min(*began_at);
                    tenant.connection_synced(connection.id, since).await?;
                }
                return tenant.finish_sync(job.id, *worker, false).await;
            }
            Err(_) if called_off => {
                measures::synced(declaration.id, "cancelled");
                return tenant.finish_sync(job.id, *worker, true).await;
            }
            Err(failure) => failure,
        };
        // What moved on is not what came to nothing before.
        let before = if shared.now().records > job.progress.records { 0 } else { job.attempts };
        let problem = words(declaration.title, &failure);
        let (due_at, problem, attempts) = match &failure {
            Failure::Stopped => (now, None, before),
            // A limit that is used up for now is no failure, however often it is met.
            Failure::Exhausted { retry_after, .. } => (now + pause(before + 1, *retry_after), Some(&problem), before),
            _ if failure.is_transient() && before + 1 < MOST_ATTEMPTS => {
                (now + pause(before + 1, failure.retry_after()), Some(&problem), before + 1)
            }
            _ => return self.give_up(claimed, &failure).await,
        };
        tracing::warn!(attempts, error = %Chain(&failure), "a sync is put off and tried again");
        measures::synced(declaration.id, "retried");
        tenant.postpone_sync(job.id, *worker, &SyncPostponement { due_at, problem, attempts }).await
    }

    /// Says what is wrong where people look for it, and ends the job.
    async fn give_up(&self, claimed: &Claimed<'_>, failure: &Failure) -> Result<(), CatalogError> {
        let Claimed { tenant, job, connection, provider, worker, .. } = claimed;
        let declaration = provider.connector.declaration();
        let problem = words(declaration.title, failure);
        tracing::error!(attempts = job.attempts, error = %Chain(failure), "a sync failed");
        measures::synced(declaration.id, "failed");
        if job.kind != SyncKind::Rebuild {
            // Of the source it says nothing.
            tenant.connection_failed(connection.id, &problem, failure.wants_reconnect()).await?;
        }
        tenant.fail_sync(job.id, *worker, &problem).await
    }
}

impl Claimed<'_> {
    async fn report(&self, shared: &Shared) -> Result<GoOn, CatalogError> {
        self.tenant.report_sync(self.job.id, self.worker, &shared.now()).await
    }
}

/// Comes some time after a sync was told to end.
async fn cut_off(cancel: &CancellationToken) {
    cancel.cancelled().await;
    tokio::time::sleep(LAST_CHANCE).await;
}

/// How long to wait before the next attempt: as long as the provider says, or twice as long each time.
fn pause(attempt: u32, told: Option<Duration>) -> TimeDelta {
    let own = AGAIN_AFTER * 2_i32.saturating_pow(attempt.saturating_sub(1).min(10));
    let told = told.and_then(|told| TimeDelta::from_std(told).ok()).unwrap_or_default();
    own.min(AT_THE_LATEST).max(told)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_an_hour_unless_the_provider_says_longer() {
        let seconds: Vec<_> = (1..=12).map(|attempt| pause(attempt, None).num_seconds()).collect();
        assert_eq!(seconds, [15, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600, 3600]);
        assert_eq!(pause(1, Some(Duration::from_secs(7_200))), TimeDelta::hours(2));
        assert_eq!(pause(3, Some(Duration::from_secs(1))), TimeDelta::minutes(1));
    }
}
