//! What is to be done about deliveries, and doing it: rows of many in one commit, things to read in one job.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use aloftly_catalog::{
    CatalogError, Connection, ConnectionStatus, IngestContext, Outcome, QueuedDelivery, Settled, SystemContext, Tenant,
    WaitingQueue,
};
use aloftly_connectors::contract::{Account, Batches, Delivery, Effect, Failure, Keeps, Kept, Page, Removal, Webhooks};
use aloftly_connectors::payloads;
use aloftly_engine::lake::{LakeError, StoreLake};
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;
use uuid::Uuid;

use super::fence::Fence;
use super::settle::Settling;
use super::worker::Neighbours;
use crate::http::problem::Chain;
use crate::service::backend::Backend;
use crate::syncing::connect::Provider;
use crate::syncing::{Providers, commit, joined, known, read, resting};
use crate::telemetry::measures;

pub(super) const REASON: &str = "a worker carries out what providers tell";
/// The most deliveries that are carried out at once.
const AT_ONCE: u32 = 1_000;
/// How often a queue is looked at before others get their turn.
const ROUNDS: u32 = 8;
/// How often whoever carries something out says that they live; the lease is several times that.
const REPORT: Duration = Duration::from_secs(8);

/// Carries deliveries out.
#[derive(Debug)]
pub(super) struct Carrier {
    pub(super) backend: Backend,
    pub(super) providers: Providers,
    pub(super) neighbours: Neighbours,
    /// Told when the server stops.
    pub(super) stop: CancellationToken,
}

/// A queue under a lease.
#[derive(Debug)]
pub(super) struct Claimed<'a> {
    pub(super) backend: &'a Backend,
    pub(super) neighbours: &'a Neighbours,
    pub(super) provider: &'a Provider,
    pub(super) connection: Connection,
    /// As what brings data in.
    pub(super) tenant: Tenant,
    pub(super) lake: StoreLake,
    pub(super) fence: Fence,
    worker: Uuid,
}

/// What is to be done, by what is done at once. Numbers are places of deliveries.
#[derive(Debug, Default)]
struct Plan {
    rows: Vec<(usize, Page, Option<Keeps>)>,
    removals: Vec<(usize, Removal)>,
    /// Those that say of what they are about that it is gone, and nothing else.
    gone: BTreeSet<usize>,
    reads: BTreeMap<String, BTreeSet<String>>,
    reading: Vec<usize>,
    others: Vec<(usize, Effect)>,
}

impl Carrier {
    /// Carries out what waits in a queue, if nobody else does: whether it was this one's to carry out.
    pub(super) async fn carry_out(self: Arc<Self>, queue: WaitingQueue) -> bool {
        let tenant = self.backend.catalog.tenant(IngestContext::new(queue.organization, REASON));
        let span = tracing::info_span!("webhooks", organization = %queue.organization, connection = %queue.connection);
        let work = async {
            // One for each claim: a worker that was taken for dead must not pass for the one that followed it.
            let worker = self.backend.clock.new_id();
            if !tenant.claim_webhooks(queue.connection, worker).await? {
                return Ok(false);
            }
            let connection = tenant.connection(queue.connection).await?;
            let Some(provider) = self.providers.find(&connection.provider) else {
                // The lease runs out, and a server that knows the provider may find it.
                tracing::error!(
                    provider = connection.provider,
                    "this version of the server does not know the provider"
                );
                return Ok(true);
            };
            let lake = self.backend.store_lake(&tenant, connection.store);
            let (backend, neighbours) = (&self.backend, &self.neighbours);
            let (tenant, fence) = (tenant.clone(), Fence::of(connection.id));
            let claimed = Claimed { backend, neighbours, provider, connection, tenant, lake, fence, worker };
            for _ in 0..ROUNDS {
                if self.stop.is_cancelled() || !claimed.round().await? {
                    break;
                }
            }
            claimed.tenant.release_webhooks(queue.connection, worker).await?;
            Ok(true)
        };
        work.instrument(span).await.unwrap_or_else(|error: CatalogError| {
            // The lease runs out, and somebody carries out once more what was not settled.
            tracing::error!(connection = %queue.connection, error = %Chain(&error), "carrying deliveries out was interrupted");
            false
        })
    }
}

impl Claimed<'_> {
    /// Carries out what is due: whether anything was.
    async fn round(&self) -> Result<bool, CatalogError> {
        let id = self.connection.id;
        if let Err(error) = self.fence.find(&self.lake).await {
            tracing::warn!(error = %Chain(&error), "nothing can be committed now; deliveries wait");
            return Ok(false);
        }
        let due = self.tenant.due_deliveries(id, self.worker, AT_ONCE).await?;
        if due.is_empty() {
            return Ok(false);
        }
        let settled = {
            let mut carried = std::pin::pin!(self.carry(&due));
            let mut report = tokio::time::interval(REPORT);
            report.reset();
            loop {
                tokio::select! {
                    settled = &mut carried => break settled?,
                    _ = report.tick() => self.tenant.renew_webhooks(id, self.worker).await?,
                }
            }
        };
        self.tenant.settle_deliveries(id, self.worker, &settled).await?;
        measures::carried_out(self.provider.connector.declaration().id, &settled);
        Ok(true)
    }

    async fn carry(&self, due: &[QueuedDelivery]) -> Result<Vec<Settled>, CatalogError> {
        let title = self.provider.connector.declaration().title;
        let mut settling = Settling::new(due, title, self.backend.clock.now());
        let account = match read::account(&self.connection) {
            Ok(account) => account,
            Err(failure) => {
                (0..due.len()).for_each(|place| settling.failed(place, &failure));
                return Ok(settling.settled());
            }
        };
        let plan = self.plan(due, &account, &mut settling);
        self.upsert(due, plan.rows, &account, &mut settling, &gone_now(due, &plan.gone)).await?;
        self.remove(plan.removals, &plan.gone, &mut settling).await;
        if !plan.reads.is_empty() {
            let things = plan.reads.into_iter().map(|(stream, ids)| (stream, ids.into_iter().collect())).collect();
            self.tenant.read_things(self.connection.id, &things).await?;
            self.neighbours.syncs.wake();
            plan.reading.iter().for_each(|place| settling.done(*place, Outcome::Read));
        }
        for (place, effect) in plan.others {
            self.special(place, due, effect, &account, &mut settling).await?;
        }
        Ok(settling.settled())
    }

    fn plan(&self, due: &[QueuedDelivery], account: &Account, settling: &mut Settling<'_>) -> Plan {
        let mut plan = Plan::default();
        for (place, delivery) in due.iter().enumerate() {
            let effects = match self.provider.connector.webhooks() {
                Some(webhooks) => effects(webhooks, account, delivery),
                None => Ok(Vec::new()),
            };
            match effects {
                Ok(effects) => {
                    if !effects.is_empty() && effects.iter().all(|effect| matches!(effect, Effect::Remove(_))) {
                        plan.gone.insert(place);
                    }
                    effects.into_iter().for_each(|effect| self.sort(place, effect, &mut plan));
                }
                Err(failure) => settling.failed(place, &failure),
            }
        }
        plan
    }

    /// Of a connection that was ended nothing but what is owed to people is carried out.
    fn sort(&self, place: usize, effect: Effect, plan: &mut Plan) {
        let status = self.connection.status;
        let is_kept = status != ConnectionStatus::Disconnected;
        let is_read = matches!(status, ConnectionStatus::Connected | ConnectionStatus::Broken);
        match effect {
            Effect::Rows { page, keeps } if is_kept => plan.rows.push((place, page, keeps)),
            Effect::Remove(removal) if is_kept => plan.removals.push((place, removal)),
            Effect::Read { stream, ids } if is_read => {
                plan.reads.entry(stream.to_owned()).or_default().extend(ids);
                plan.reading.push(place);
            }
            Effect::Rows { .. } | Effect::Remove(_) | Effect::Read { .. } => {}
            other => plan.others.push((place, other)),
        }
    }

    /// Keeps the rows of deliveries in one commit. What is told of a thing that is gone for good is old, whenever it comes.
    async fn upsert(
        &self,
        due: &[QueuedDelivery],
        rows: Vec<(usize, Page, Option<Keeps>)>,
        account: &Account,
        settling: &mut Settling<'_>,
        gone_now: &BTreeSet<String>,
    ) -> Result<(), CatalogError> {
        if rows.is_empty() {
            return Ok(());
        }
        let object = |place: &usize| due.get(*place).and_then(|delivery| delivery.object.clone());
        let objects: Vec<String> = rows.iter().filter_map(|(place, ..)| object(place)).collect();
        let gone = self.tenant.removed_objects(self.connection.id, &objects).await?;
        let mut told: Vec<(Option<Keeps>, Batches)> = Vec::new();
        let (mut places, mut kept): (Vec<usize>, Vec<Kept>) = (Vec::new(), Vec::new());
        for (place, page, keeps) in rows {
            if object(&place).is_some_and(|object| gone.contains(&object) || gone_now.contains(&object)) {
                continue;
            }
            places.push(place);
            kept.extend(page.kept);
            match told.iter_mut().find(|(like, _)| *like == keeps) {
                Some((_, batches)) => batches.extend(page.batches),
                None => told.push((keeps, page.batches)),
            }
        }
        let committed = async {
            let mut batches = Batches::new();
            for (keeps, told) in told {
                let told = joined::joined(told)?;
                batches.extend(match keeps {
                    Some(keeps) => known::keep(&self.lake, told, &keeps).await?,
                    None => told,
                });
            }
            let is_taken = !batches.is_empty() && self.is_begun(&batches).await?;
            if is_taken {
                batches.extend(payloads::rows(self.provider.connector.declaration().id, account, &kept)?);
                let mark = self.fence.mark(&*self.backend.clock);
                commit::commit(&self.lake, &self.backend.clock, &batches, vec![mark.clone()]).await?;
                self.fence.passed(mark);
            }
            Ok::<_, Failure>(is_taken)
        };
        match committed.await {
            Ok(true) => places.iter().for_each(|place| settling.done(*place, Outcome::Rows)),
            Ok(false) => {}
            Err(failure) => places.iter().for_each(|place| settling.failed(*place, &failure)),
        }
        Ok(())
    }

    /// Whether the streams of these rows were begun to be read. Before that it is not known whether the store takes them, and the first reading
    /// brings what happened before it, and the next what happened since.
    async fn is_begun(&self, batches: &Batches) -> Result<bool, Failure> {
        let streams = self.provider.connector.declaration().streams.iter();
        let told = streams.filter(|stream| batches.iter().any(|(dataset, _)| stream.datasets.contains(&dataset.name)));
        for stream in told {
            let mut is_begun = false;
            for bookmark in resting(self.connection.id, stream) {
                let place = self.lake.manifest().bookmark(self.lake.store(), &bookmark).await;
                is_begun |= place.map_err(LakeError::from)?.is_some();
            }
            if !is_begun {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Removes what deliveries say is gone. One that says more than that may be about something that stays, which later news are still of.
    async fn remove(&self, removals: Vec<(usize, Removal)>, gone: &BTreeSet<usize>, settling: &mut Settling<'_>) {
        if removals.is_empty() {
            return;
        }
        let (places, removals): (Vec<usize>, Vec<Removal>) = removals.into_iter().unzip();
        let outcome = |place: &usize| if gone.contains(place) { Outcome::Removed } else { Outcome::CarriedOut };
        let mark = self.fence.mark(&*self.backend.clock);
        match commit::remove(&self.lake, &self.backend.clock, &removals, vec![mark.clone()]).await {
            Ok(_) => {
                self.fence.passed(mark);
                places.iter().for_each(|place| settling.done(*place, outcome(place)));
            }
            Err(failure) => places.iter().for_each(|place| settling.failed(*place, &failure)),
        }
    }

    async fn special(
        &self,
        place: usize,
        due: &[QueuedDelivery],
        effect: Effect,
        account: &Account,
        settling: &mut Settling<'_>,
    ) -> Result<(), CatalogError> {
        let Some(delivery) = due.get(place) else { return Ok(()) };
        let is_live = !matches!(self.connection.status, ConnectionStatus::Disconnected | ConnectionStatus::Choosing);
        let system = self.system();
        match effect {
            Effect::ExportCustomer(person) => self.pass_on(delivery, &person).await?,
            Effect::EraseCustomer(person) => {
                if let Err(failure) = self.erase_customer(delivery, &person).await {
                    settling.failed(place, &failure);
                }
            }
            Effect::EraseAccount => return self.erase_account(place, settling).await,
            // Whether it is so is found out by asking: an old message must not end a connection that was made anew.
            Effect::Disconnected if is_live => {
                self.tenant.read_changes(self.connection.id).await?;
                self.neighbours.syncs.wake();
            }
            Effect::Regranted { scopes } if is_live => {
                let account = Account { scopes, ..account.clone() };
                match serde_json::to_value(&account) {
                    Ok(about) => system.connection_account(self.connection.id, &about).await?,
                    Err(error) => {
                        settling.failed(place, &Failure::Taker(Box::new(error)));
                        return Ok(());
                    }
                }
                self.tenant.read_changes(self.connection.id).await?;
                self.neighbours.syncs.wake();
            }
            _ => return Ok(()),
        }
        settling.done(place, Outcome::CarriedOut);
        Ok(())
    }

    /// The same organisation, as the program itself.
    pub(super) fn system(&self) -> Tenant {
        let organization = self.tenant.context().organization();
        self.backend.catalog.tenant(SystemContext::new(organization, REASON))
    }
}

fn effects(webhooks: &dyn Webhooks, account: &Account, delivery: &QueuedDelivery) -> Result<Vec<Effect>, Failure> {
    let told = Delivery {
        id: delivery.delivery.clone(),
        account: account.id.clone(),
        topic: delivery.topic.clone(),
        object: delivery.object.clone(),
        happened_at: delivery.happened_at,
    };
    webhooks.effects(account, &told, &delivery.body)
}

/// The things that these deliveries are about and say are gone.
fn gone_now(due: &[QueuedDelivery], gone: &BTreeSet<usize>) -> BTreeSet<String> {
    gone.iter().filter_map(|place| due.get(*place)?.object.clone()).collect()
}
