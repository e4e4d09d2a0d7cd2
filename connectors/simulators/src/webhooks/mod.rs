//! Webhooks: what is to be sent to whom, tried again until it is taken.

pub(crate) mod payload;
pub(crate) mod send;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::faults::Faults;
use crate::options::Settings;
use crate::shop::subscriptions::Listener;

/// How often a delivery that failed is tried again.
pub(crate) const RETRIES: u32 = 8;

/// Seconds from each try to the next: four hours in all, ever longer.
const GAPS: [i64; RETRIES as usize] = [10, 50, 240, 600, 1_500, 3_000, 4_000, 5_000];

/// A span, as much shorter as webhooks are sped up.
pub(crate) fn sped(span: TimeDelta, settings: &Settings) -> TimeDelta {
    #[allow(clippy::cast_possible_truncation, reason = "spans are of days at most")]
    TimeDelta::milliseconds((span.as_seconds_f64() * 1_000.0 / settings.webhook_speed.max(0.000_1)) as i64)
}

/// Something to be sent.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Delivery {
    pub(crate) topic: String,
    /// The same for every subscription and try.
    pub(crate) event: String,
    pub(crate) listener: Listener,
    /// The bytes that are signed; they never change.
    pub(crate) body: String,
    pub(crate) triggered_at: DateTime<Utc>,
    /// The id of the try.
    pub(crate) id: String,
    /// How often it was tried.
    pub(crate) tries: u32,
    /// When it is to be sent.
    pub(crate) due: DateTime<Utc>,
}

impl Delivery {
    pub(crate) fn new(topic: &str, event: String, listener: Listener, body: &Value, now: DateTime<Utc>) -> Self {
        Self {
            topic: topic.to_owned(),
            event,
            listener,
            body: body.to_string(),
            triggered_at: now,
            id: String::new(),
            tries: 0,
            due: now,
        }
    }
}

/// A body for the app's configured endpoints that is not to be sent yet.
#[derive(Clone, Debug, Deserialize, Serialize)]
struct Later {
    topic: String,
    body: Value,
    due: DateTime<Utc>,
}

/// What a shop has to send.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Queue {
    domain: String,
    made: u64,
    waiting: Vec<Delivery>,
    held: Vec<Delivery>,
    later: Vec<Later>,
    /// How many are on their way.
    #[serde(skip)]
    pub(crate) flying: usize,
}

impl Queue {
    pub(crate) fn new(domain: &str) -> Self {
        Self { domain: domain.to_owned(), made: 0, waiting: Vec::new(), held: Vec::new(), later: Vec::new(), flying: 0 }
    }

    /// An id in the form of a UUID, the same in every run.
    pub(crate) fn new_id(&mut self) -> String {
        self.made += 1;
        let print = hex::encode(Sha256::digest(format!("webhook {} of {}", self.made, self.domain)));
        let part = |from: usize, to: usize| print.get(from..to).unwrap_or_default();
        format!("{}-{}-{}-{}-{}", part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32))
    }

    /// Queues a delivery, unless it is to be lost.
    pub(crate) fn push(&mut self, mut delivery: Delivery, faults: &mut Faults) {
        let take = |left: &mut u32| {
            let some = *left > 0;
            *left = left.saturating_sub(1);
            some
        };
        if take(&mut faults.webhooks.lose) {
            return;
        }
        delivery.id = self.new_id();
        if take(&mut faults.webhooks.late) {
            self.held.push(delivery);
            return;
        }
        if take(&mut faults.webhooks.twice) {
            let again = Delivery { id: self.new_id(), ..delivery.clone() };
            self.waiting.push(again);
        }
        self.waiting.push(delivery);
        // Those that were held back come after one that happened later.
        self.waiting.append(&mut self.held);
    }

    /// Queues a body for the app's configured endpoints at a later instant.
    pub(crate) fn later(&mut self, topic: &str, body: Value, due: DateTime<Utc>) {
        self.later.push(Later { topic: topic.to_owned(), body, due });
    }

    /// The bodies that are due by now.
    pub(crate) fn ripe(&mut self, now: DateTime<Utc>) -> Vec<(String, Value)> {
        let (ripe, rest): (Vec<Later>, Vec<Later>) =
            std::mem::take(&mut self.later).into_iter().partition(|one| one.due <= now);
        self.later = rest;
        ripe.into_iter().map(|one| (one.topic, one.body)).collect()
    }

    /// What is not to be sent any more: the app came back.
    pub(crate) fn forget_later(&mut self, topic: &str) {
        self.later.retain(|one| one.topic != topic);
    }

    /// The deliveries that are due, which are then on their way.
    pub(crate) fn due(&mut self, now: DateTime<Utc>) -> Vec<Delivery> {
        let (due, rest): (Vec<Delivery>, Vec<Delivery>) =
            std::mem::take(&mut self.waiting).into_iter().partition(|one| one.due <= now);
        self.waiting = rest;
        self.flying += due.len();
        due
    }

    /// A delivery came back. Says whether it failed for the last time.
    pub(crate) fn came_back(
        &mut self,
        mut delivery: Delivery,
        well: bool,
        settings: &Settings,
        now: DateTime<Utc>,
    ) -> bool {
        self.flying -= 1;
        if well {
            return false;
        }
        let gap = usize::try_from(delivery.tries).ok().and_then(|tries| GAPS.get(tries));
        let Some(gap) = gap else { return true };
        delivery.tries += 1;
        delivery.due = now + sped(TimeDelta::seconds(*gap), settings);
        if settings.webhook_id_per_try {
            delivery.id = self.new_id();
        }
        self.waiting.push(delivery);
        false
    }

    /// When something is due next.
    pub(crate) fn next(&self) -> Option<DateTime<Utc>> {
        self.waiting.iter().map(|one| one.due).chain(self.later.iter().map(|one| one.due)).min()
    }

    /// Sends nothing before that: who is told may still be on their way, too.
    pub(crate) fn rest_until(&mut self, at: DateTime<Utc>) {
        self.waiting.iter_mut().for_each(|one| one.due = one.due.max(at));
    }

    /// How many deliveries wait or are on their way.
    pub(crate) fn open(&self) -> usize {
        self.waiting.len() + self.held.len() + self.flying
    }
}
