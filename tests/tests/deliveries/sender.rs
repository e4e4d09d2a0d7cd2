//! Sends deliveries at a steady rate, some twice and some late, until each is taken.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinHandle;

use super::shop::{SECRET, Told};
use crate::made_up::Chance;

const SHOP: &str = "fern-and-kettle.myshopify.com";
/// As many deliveries are on their way at once at most.
const AT_ONCE: usize = 200;
/// How long until one that was not taken is tried again.
const AGAIN: Duration = Duration::from_millis(500);
/// How long an answer may take: a provider waits no longer.
const PATIENCE: Duration = Duration::from_secs(5);

/// What was sent.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sent {
    /// How many deliveries there were, those that came twice included.
    pub(crate) deliveries: u32,
    /// How many of them were told before.
    pub(crate) twice: u32,
    /// How many came behind ones that happened later.
    pub(crate) late: u32,
    /// How often one was not taken.
    pub(crate) again: u32,
    took: Vec<Duration>,
}

impl Sent {
    /// So long the answers took, up to that share of them.
    pub(crate) fn took(&self, share: f64) -> Duration {
        let mut took = self.took.clone();
        took.sort_unstable();
        #[allow(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a place in a list"
        )]
        let place = ((took.len().saturating_sub(1)) as f64 * share) as usize;
        took.get(place).copied().unwrap_or_default()
    }
}

#[derive(Clone, Debug)]
struct One {
    event: u64,
    told: Told,
}

/// Sends deliveries.
pub(crate) struct Sender {
    base: Arc<Mutex<String>>,
    every: Duration,
    next: Instant,
    events: u64,
    /// Those that come later than they happened, and those that come twice.
    held: VecDeque<(One, u64)>,
    sent: Arc<Mutex<Sent>>,
    queue: mpsc::Sender<One>,
    sending: JoinHandle<()>,
}

impl Sender {
    pub(crate) fn to(base: &str, rate: u64) -> Self {
        let (queue, mut receiver) = mpsc::channel::<One>(10_000);
        let (base, sent) = (Arc::new(Mutex::new(base.to_owned())), Arc::<Mutex<Sent>>::default());
        let (to, done) = (Arc::clone(&base), Arc::clone(&sent));
        let sending = tokio::spawn(async move {
            let http = reqwest::Client::builder().timeout(PATIENCE).build().unwrap();
            let room = Arc::new(Semaphore::new(AT_ONCE));
            while let Some(one) = receiver.recv().await {
                let turn = Arc::clone(&room).acquire_owned().await.unwrap();
                let (http, to, done) = (http.clone(), Arc::clone(&to), Arc::clone(&done));
                tokio::spawn(async move {
                    until_taken(&http, &to, &one, &done).await;
                    drop(turn);
                });
            }
            let _all = room.acquire_many(u32::try_from(AT_ONCE).unwrap()).await.unwrap();
        });
        let every = Duration::from_secs(1) / u32::try_from(rate).unwrap();
        Self { base, every, next: Instant::now(), events: 0, held: VecDeque::new(), sent, queue, sending }
    }

    /// From now on deliveries go there.
    pub(crate) fn goes_on_at(&mut self, base: &str) {
        base.clone_into(&mut self.base.lock().unwrap());
    }

    /// Sends what was told, in its time: three in ten of it twice or late.
    pub(crate) async fn send(&mut self, told: Vec<Told>, chance: &mut Chance) {
        for told in told {
            self.events += 1;
            let one = One { event: self.events, told };
            let behind = self.events + chance.between(1, 200);
            match chance.below(20) {
                0..3 => {
                    self.held.push_back((one.clone(), behind));
                    self.sent.lock().unwrap().twice += 1;
                    self.push(one).await;
                }
                3..6 => {
                    self.held.push_back((one, behind));
                    self.sent.lock().unwrap().late += 1;
                }
                _ => self.push(one).await,
            }
            while let Some(place) = self.held.iter().position(|(_, behind)| *behind <= self.events) {
                let (one, _) = self.held.remove(place).unwrap();
                self.push(one).await;
            }
        }
    }

    async fn push(&mut self, one: One) {
        self.sent.lock().unwrap().deliveries += 1;
        self.queue.send(one).await.unwrap();
        self.next += self.every;
        tokio::time::sleep_until(self.next.into()).await;
    }

    /// Sends what is left, and waits until everything is taken.
    pub(crate) async fn ended(mut self) -> Sent {
        while let Some((one, _)) = self.held.pop_front() {
            self.push(one).await;
        }
        drop(self.queue);
        self.sending.await.unwrap();
        self.sent.lock().unwrap().clone()
    }
}

async fn until_taken(http: &reqwest::Client, to: &Mutex<String>, one: &One, sent: &Mutex<Sent>) {
    let mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap().chain_update(&one.told.body);
    let signature = STANDARD.encode(mac.finalize().into_bytes());
    loop {
        let address = format!("{}/api/webhooks/shopify", to.lock().unwrap());
        let began = Instant::now();
        let request =
            http.post(address).header("x-shopify-topic", one.told.topic).header("x-shopify-shop-domain", SHOP);
        let request = request.header("x-shopify-event-id", one.event.to_string());
        let request = request.header("x-shopify-triggered-at", &one.told.triggered_at);
        let answered = request.header("x-shopify-hmac-sha256", &signature).body(one.told.body.clone()).send().await;
        if answered.is_ok_and(|answer| answer.status().is_success()) {
            sent.lock().unwrap().took.push(began.elapsed());
            return;
        }
        sent.lock().unwrap().again += 1;
        tokio::time::sleep(AGAIN).await;
    }
}
