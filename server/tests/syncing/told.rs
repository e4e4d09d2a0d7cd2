//! What a provider tells by itself is carried out once in effect, in whatever order it comes and whoever is killed.

mod asleep;
mod overtaken;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use aloftly_catalog::{ConnectionStatus, IngestContext, NewDelivery, SyncCause, SyncKind, SyncStatus, WaitingQueue};
use aloftly_server::service::backend::Backend;
use aloftly_server::service::privacy::Privacy;
use aloftly_server::syncing::Providers;
use aloftly_server::syncing::worker::SyncQueue;
use aloftly_server::webhooks::worker::{self, Neighbours, WebhookQueue};
use chrono::{DateTime, TimeDelta, Utc};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore as _, SeedableRng as _};
use serde_json::json;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::tiny::{Tiny, Trouble};
use super::{Connected, Reading};

/// A worker that carries out what is told.
struct Carrying {
    queue: WebhookQueue,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Carrying {
    async fn end(self) {
        self.stop.cancel();
        self.task.await.unwrap();
    }
}

fn told(number: usize, topic: &str, customer: &str, version: i64) -> NewDelivery {
    NewDelivery {
        delivery: format!("{number}"),
        account: "1".to_owned(),
        topic: topic.to_owned(),
        object: Some(customer.to_owned()),
        happened_at: None,
        body: json!({ "customer": customer, "version": version }).to_string().into_bytes(),
    }
}

impl Connected {
    /// A store whose first reading is over.
    async fn and_read(customers: usize) -> Self {
        let connected = Self::to(Tiny::with(customers)).await;
        let reading = connected.reading();
        connected.ended(&reading, connected.newest().await.id).await;
        reading.end().await;
        connected
    }

    fn carrying(&self) -> Carrying {
        self.carrying_over(self.backend.clone())
    }

    fn carrying_over(&self, backend: Backend) -> Carrying {
        let (queue, stop) = (WebhookQueue::default(), CancellationToken::new());
        let neighbours = Neighbours { syncs: SyncQueue::default(), privacy: Privacy::default() };
        let providers = Providers::of(&[self.source]);
        let work = worker::work(backend, providers, queue.clone(), neighbours, stop.clone());
        Carrying { queue, stop, task: tokio::spawn(work) }
    }

    async fn tell(&self, deliveries: &[NewDelivery]) -> u64 {
        self.backend.catalog.accept_deliveries("tiny", deliveries).await.unwrap().kept
    }

    /// Has everything carried out that waits and is due.
    async fn carry_out(&self) {
        let patience = Instant::now() + Duration::from_secs(60);
        loop {
            let carrying = self.carrying();
            while !self.backend.catalog.waiting_webhooks().await.unwrap().is_empty() {
                assert!(Instant::now() < patience, "it is still not carried out");
                carrying.queue.wake();
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            // What is claimed is not waited for by the queue, but by the worker's end, which gives back what it did not begin.
            carrying.end().await;
            if self.backend.catalog.waiting_webhooks().await.unwrap().is_empty() {
                return;
            }
        }
    }

    async fn version(&self, customer: &str) -> Option<i64> {
        self.held().await.get(customer).copied()
    }

    /// What became of deliveries that are over, each behind its number.
    async fn outcomes(&self) -> Vec<String> {
        self.world.database.outcomes(self.connection).await
    }

    async fn dead(&self) -> Vec<(String, String)> {
        let page = self.tenant.dead_letters(self.connection, None, 200).await.unwrap();
        page.letters.into_iter().map(|letter| (letter.topic, letter.problem.code)).collect()
    }
}

#[tokio::test]
async fn what_is_told_is_there_once_and_nothing_older_takes_its_place() {
    let connected = Connected::and_read(3).await;
    assert_eq!(connected.tell(&[told(1, "changed", "c001", 5), told(2, "changed", "new", 2)]).await, 2);
    connected.carry_out().await;
    assert_eq!((connected.version("c001").await, connected.version("new").await), (Some(5), Some(2)));
    // Told again, out of order, and what tells nothing.
    let again = [told(1, "changed", "c001", 5), told(3, "changed", "c001", 4), told(4, "chatter", "c001", 9)];
    assert_eq!(connected.tell(&again).await, 2);
    connected.carry_out().await;
    assert_eq!(connected.version("c001").await, Some(5));
    // Nobody is connected to that account, and nobody is to that provider.
    let strange = NewDelivery { account: "2".to_owned(), ..told(5, "changed", "c001", 9) };
    let accepted = connected.backend.catalog.accept_deliveries("tiny", &[strange]).await.unwrap();
    assert_eq!((accepted.kept, accepted.strange), (0, 1));
    let foreign =
        connected.backend.catalog.accept_deliveries("shopify", &[told(5, "changed", "c001", 9)]).await.unwrap();
    assert_eq!((foreign.kept, foreign.strange), (0, 1));
    assert!(connected.dead().await.is_empty());
    connected.world.database.close().await;
}

#[tokio::test]
async fn whatever_order_things_are_told_in_the_end_is_the_same() {
    for seed in 0..12 {
        let connected = Connected::and_read(4).await;
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let mut below = |bound: usize| usize::try_from(random.next_u64() % bound as u64).unwrap();
        let mut oracle: BTreeMap<String, i64> = connected.held().await;
        let mut happened = Vec::new();
        for number in 0..60 {
            let customer = format!("c{:03}", below(8));
            // Nobody who is gone comes back.
            let is_gone =
                happened.iter().any(|one: &NewDelivery| one.topic == "gone" && one.object.as_ref() == Some(&customer));
            if is_gone {
                continue;
            }
            let version = i64::try_from(number).unwrap() + 2;
            if below(10) == 0 {
                oracle.remove(&customer);
                happened.push(told(number, "gone", &customer, version));
            } else {
                oracle.insert(customer.clone(), version);
                happened.push(told(number, "changed", &customer, version));
            }
        }
        // A third is told twice, and all of it in any order.
        let mut deliveries = happened.clone();
        deliveries.extend(happened.iter().filter(|_| below(3) == 0).cloned());
        for place in (1..deliveries.len()).rev() {
            deliveries.swap(place, below(place + 1));
        }
        while !deliveries.is_empty() {
            let some: Vec<_> = deliveries.drain(..(below(9) + 1).min(deliveries.len())).collect();
            connected.tell(&some).await;
            if below(2) == 0 {
                connected.carry_out().await;
            }
        }
        connected.carry_out().await;
        assert_eq!(connected.held().await, oracle, "seed {seed}");
        connected.world.database.close().await;
    }
}

#[tokio::test]
async fn what_cannot_be_carried_out_waits_for_a_person() {
    let connected = Connected::and_read(1).await;
    let wrong = NewDelivery { body: b"{\"customer\":".to_vec(), ..told(1, "changed", "c000", 5) };
    connected.tell(&[wrong, told(2, "changed", "other", 5)]).await;
    connected.carry_out().await;
    assert_eq!(connected.version("other").await, Some(5), "the others are carried out");
    assert_eq!(connected.dead().await, [("changed".to_owned(), "unexpected_answer".to_owned())]);
    let letter = connected.tenant.dead_letters(connected.connection, None, 1).await.unwrap().letters.remove(0);
    let (_, body) = connected.tenant.dead_letter(letter.id).await.unwrap();
    assert_eq!(body, b"{\"customer\":");
    // It is as wrong as before, and then discarded.
    assert_eq!(connected.tenant.replay_deliveries(connected.connection, Some(letter.id)).await.unwrap(), 1);
    connected.carry_out().await;
    assert_eq!(connected.dead().await.len(), 1);
    connected.tenant.discard_delivery(letter.id).await.unwrap();
    assert!(connected.dead().await.is_empty());
    assert!(connected.tenant.discard_delivery(letter.id).await.is_err());
    connected.world.database.close().await;
}

#[tokio::test]
async fn what_may_pass_is_tried_again_and_what_comes_behind_it_waits() {
    let connected = Connected::and_read(1).await;
    connected.source.0.lock().unwrap().trouble = Trouble::Away;
    let at = |seconds| Some(connected.world_now() + TimeDelta::seconds(seconds));
    connected.tell(&[NewDelivery { happened_at: at(-20), ..told(1, "changed", "c000", 5) }]).await;
    connected.carry_out().await;
    assert!(connected.dead().await.is_empty());
    // Both are due, but what is about the same thing and happened later waits with what was put off.
    connected.source.0.lock().unwrap().trouble = Trouble::None;
    let later = NewDelivery { happened_at: at(-10), ..told(2, "gone", "c000", 0) };
    connected.tell(&[later, told(3, "changed", "other", 7)]).await;
    let carrying = connected.carrying();
    let patience = Instant::now() + Duration::from_secs(30);
    while connected.version("other").await.is_none() {
        assert!(Instant::now() < patience);
        carrying.queue.wake();
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    carrying.end().await;
    assert_eq!(connected.version("c000").await, Some(1), "neither was carried out");
    connected.world.clock.advance(Duration::from_secs(2));
    connected.carry_out().await;
    assert_eq!(connected.version("c000").await, None);
    connected.world.database.close().await;
}

#[tokio::test]
async fn whoever_is_killed_is_followed_by_somebody_who_carries_out_the_rest() {
    let connected = Connected::and_read(1).await;
    connected.tell(&[told(1, "changed", "new", 5)]).await;
    // A worker that claimed the queue, and died.
    let tenant = connected.ingest();
    assert!(tenant.claim_webhooks(connected.connection, uuid::Uuid::from_u128(1)).await.unwrap());
    assert!(!tenant.claim_webhooks(connected.connection, uuid::Uuid::from_u128(2)).await.unwrap());
    connected.carry_out().await;
    assert_eq!(connected.version("new").await, None, "it may be alive");
    connected.world.clock.advance(Duration::from_secs(31));
    connected.carry_out().await;
    assert_eq!(connected.version("new").await, Some(5));
    // It was not dead after all, and finds out.
    let due = tenant.due_deliveries(connected.connection, uuid::Uuid::from_u128(1), 10).await;
    assert!(matches!(due, Err(aloftly_catalog::CatalogError::LeaseLost)), "{due:?}");
    connected.world.database.close().await;
}

#[tokio::test]
async fn what_comes_while_a_queue_is_given_back_is_not_forgotten() {
    let connected = Connected::and_read(1).await;
    let carrying = connected.carrying();
    let (catalog, queue) = (connected.backend.catalog.clone(), carrying.queue.clone());
    let telling = (0..40).map(|number| {
        let (catalog, queue) = (catalog.clone(), queue.clone());
        async move {
            let one = told(number, "changed", &format!("n{number}"), 1);
            assert_eq!(catalog.accept_deliveries("tiny", &[one]).await.unwrap().kept, 1);
            queue.wake();
        }
    });
    for one in telling {
        one.await;
    }
    let patience = Instant::now() + Duration::from_secs(30);
    while connected.held().await.len() < 41 {
        assert!(Instant::now() < patience, "some were forgotten: {:?}", connected.held().await);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    carrying.end().await;
    connected.world.database.close().await;
}

#[tokio::test]
async fn what_is_to_be_read_is_read_in_one_job() {
    let connected = Connected::and_read(4).await;
    connected.source.0.lock().unwrap().customers.extend([("c001".to_owned(), 9), ("c002".to_owned(), 8)]);
    connected.source.0.lock().unwrap().customers.remove("c003");
    connected.tell(&[told(1, "look", "c001", 0), told(2, "look", "c003", 0)]).await;
    connected.carry_out().await;
    connected.tell(&[told(3, "look", "c001", 0), told(4, "look", "c002", 0)]).await;
    connected.carry_out().await;
    let job = connected.newest().await;
    let ids: Vec<_> = ["c001", "c002", "c003"].map(str::to_owned).into();
    assert_eq!(job.kind, SyncKind::Things([("customers".to_owned(), ids)].into()));
    assert_eq!((job.cause, job.status), (SyncCause::Webhook, SyncStatus::Queued));
    let reading = connected.reading();
    assert_eq!(connected.ended(&reading, job.id).await.status, SyncStatus::Done);
    // The next is a job of its own.
    connected.tell(&[told(5, "look", "c001", 0)]).await;
    connected.carry_out().await;
    assert_ne!(connected.newest().await.id, job.id);
    reading.end().await;
    connected.assert_same().await;
    connected.world.database.close().await;
}

/// Of two customers that became one.
fn merged(number: usize, kept: &str, merged: &str) -> NewDelivery {
    let body = json!({ "customer": kept, "merged": merged }).to_string().into_bytes();
    NewDelivery { body, ..told(number, "merged", kept, 0) }
}

#[tokio::test]
async fn who_is_kept_when_two_become_one_is_not_taken_for_gone() {
    let connected = Connected::and_read(5).await;
    // Carried out at once with what is told of the one that is kept.
    connected.tell(&[merged(1, "c001", "c002"), told(2, "changed", "c001", 5)]).await;
    connected.carry_out().await;
    assert_eq!((connected.version("c001").await, connected.version("c002").await), (Some(5), None));
    assert_eq!(connected.outcomes().await, ["1 read", "2 rows"]);

    let reading = connected.reading();
    connected.ended(&reading, connected.newest().await.id).await;
    reading.end().await;

    // While nobody lets us in the reading is left out, and the removal is all that is done.
    connected.source.0.lock().unwrap().trouble = Trouble::Revoked;
    connected.sync(&SyncKind::Incremental).await;
    connected.tell(&[merged(3, "c003", "c004"), told(4, "gone", "c000", 0)]).await;
    connected.carry_out().await;
    assert_eq!(connected.outcomes().await[2..], ["3 carried_out", "4 removed"]);
    connected.tell(&[told(5, "changed", "c003", 7), told(6, "changed", "c000", 7)]).await;
    connected.carry_out().await;
    let versions = ["c000", "c003", "c004"].map(|customer| connected.version(customer));
    assert_eq!(futures::future::join_all(versions).await, [None, Some(7), None]);
    assert_eq!(connected.outcomes().await[4..], ["5 rows", "6 nothing"]);
    connected.world.database.close().await;
}

#[tokio::test]
async fn nothing_is_kept_of_what_is_told_before_the_first_reading() {
    let connected = Connected::to(Tiny::with(1)).await;
    connected.tell(&[told(1, "changed", "early", 5)]).await;
    connected.carry_out().await;
    assert_eq!(connected.held().await.len(), 0, "the reading brings it, and knows whether the store takes it");
    assert_eq!(connected.outcomes().await, ["1 nothing"]);
    connected.world.database.close().await;
}

#[tokio::test]
async fn an_ended_connection_is_told_nothing_but_what_is_owed_to_people() {
    let connected = Connected::and_read(3).await;
    connected.tenant.disconnect(connected.connection).await.unwrap();
    let all = ["changed", "gone", "look", "farewell", "granted"];
    let deliveries: Vec<_> = all.iter().enumerate().map(|(number, topic)| told(number, topic, "c001", 9)).collect();
    assert_eq!(connected.tell(&deliveries).await, 5);
    connected.carry_out().await;
    assert_eq!(connected.version("c001").await, Some(1));
    connected.tell(&[told(10, "asks", "c002", 0), told(11, "forget", "c000", 0)]).await;
    connected.carry_out().await;
    let requests = connected.tenant.customer_requests().await.unwrap();
    assert_eq!(requests.len(), 1);
    assert_eq!((requests[0].customer.as_deref(), requests[0].provider.as_str()), (Some("c002"), "tiny"));
    let erasures = connected.tenant.erasures().await.unwrap();
    assert_eq!((erasures.len(), erasures[0].customers, erasures[0].store), (1, 1, connected.made.stores[0]));
    connected.tenant.answer_customer(requests[0].id).await.unwrap();
    let answered = connected.tenant.customer_requests().await.unwrap().remove(0);
    assert_eq!((answered.customer, answered.email), (None, None), "who it was is forgotten");
    assert!(answered.answered.is_some());
    connected.world.database.close().await;
}

#[tokio::test]
async fn an_account_that_is_to_be_forgotten_is_but_not_while_it_lets_us_in() {
    let connected = Connected::and_read(3).await;
    connected.tell(&[told(1, "forget all", "c000", 0)]).await;
    connected.carry_out().await;
    assert_eq!(connected.held().await.len(), 3);
    assert_eq!(connected.dead().await, [("forget all".to_owned(), "still_connected".to_owned())]);
    connected.tenant.disconnect(connected.connection).await.unwrap();
    assert_eq!(connected.tenant.replay_deliveries(connected.connection, None).await.unwrap(), 1);
    connected.carry_out().await;
    assert!(connected.held().await.is_empty());
    assert!(connected.dead().await.is_empty());
    connected.world.database.close().await;
}

#[tokio::test]
async fn an_erasure_is_asked_for_once_however_often_its_message_is_carried_out() {
    let connected = Connected::and_read(2).await;
    connected.tell(&[told(1, "forget with all", "c000", 0)]).await;
    for _ in 0..2 {
        connected.carry_out().await;
        // The other half of it waits for a person, who has the whole carried out once more.
        assert_eq!(connected.dead().await, [("forget with all".to_owned(), "still_connected".to_owned())]);
        assert_eq!(connected.tenant.erasures().await.unwrap().len(), 1);
        assert_eq!(connected.tenant.replay_deliveries(connected.connection, None).await.unwrap(), 1);
    }
    connected.world.database.close().await;
}

#[tokio::test]
async fn a_farewell_is_believed_when_access_was_taken_back() {
    let connected = Connected::and_read(2).await;
    let after_farewell = async |number| {
        connected.tell(&[told(number, "farewell", "c000", 0)]).await;
        connected.carry_out().await;
        let job = connected.newest().await;
        assert_eq!((&job.kind, job.cause), (&SyncKind::Incremental, SyncCause::Webhook));
        let reading: Reading = connected.reading();
        connected.ended(&reading, job.id).await;
        reading.end().await;
        connected.tenant.connection(connected.connection).await.unwrap().status
    };
    assert_eq!(after_farewell(1).await, ConnectionStatus::Connected, "an old message ends nothing");
    connected.source.0.lock().unwrap().trouble = Trouble::Revoked;
    assert_eq!(after_farewell(2).await, ConnectionStatus::Revoked);
    // What was granted is known when it is told.
    connected.tell(&[told(3, "granted", "read_all", 0)]).await;
    connected.carry_out().await;
    let account = connected.tenant.connection(connected.connection).await.unwrap().account.unwrap();
    assert_eq!(account["scopes"], json!(["read_all"]));
    connected.world.database.close().await;
}

#[tokio::test]
async fn deliveries_are_known_for_two_weeks_and_dead_ones_wait_for_two_months() {
    let connected = Connected::and_read(1).await;
    let wrong = NewDelivery { body: b"{".to_vec(), ..told(2, "changed", "c000", 5) };
    connected.tell(&[told(1, "changed", "c000", 5), wrong]).await;
    connected.carry_out().await;
    let day = Duration::from_secs(24 * 3_600);
    for (later, forgotten) in [(13, 0), (2, 1), (44, 0), (2, 1)] {
        connected.world.clock.advance(day * later);
        assert_eq!(connected.ingest().forget_deliveries().await.unwrap(), forgotten, "{later} days later");
    }
    connected.world.database.close().await;
}

impl Connected {
    fn world_now(&self) -> DateTime<Utc> {
        self.backend.clock.now()
    }

    /// The organisation, as what brings data in sees it.
    fn ingest(&self) -> aloftly_catalog::Tenant {
        let context = IngestContext::new(self.made.organization, "a test");
        self.backend.catalog.tenant(context)
    }
}

#[tokio::test]
async fn a_queue_is_looked_for_when_something_is_due_and_not_before() {
    let connected = Connected::and_read(1).await;
    assert_eq!(connected.backend.catalog.waiting_webhooks().await.unwrap(), []);
    connected.source.0.lock().unwrap().trouble = Trouble::Away;
    connected.tell(&[told(1, "changed", "c000", 5)]).await;
    let queue = WaitingQueue { organization: connected.made.organization, connection: connected.connection };
    assert_eq!(connected.backend.catalog.waiting_webhooks().await.unwrap(), [queue]);
    connected.carry_out().await;
    assert_eq!(connected.backend.catalog.waiting_webhooks().await.unwrap(), []);
    connected.world.clock.advance(Duration::from_secs(1));
    assert_eq!(connected.backend.catalog.waiting_webhooks().await.unwrap(), [queue]);
    connected.world.database.close().await;
}
