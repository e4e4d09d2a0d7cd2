//! Many watch a store that sells by the second: each is told of each commit, in time, and takes little memory.
//!
//! The shop is that of `deliveries`. How long it took is from the moment that the server wrote the commit to the moment that a
//! socket's other end has the news of it, by the one clock of this machine; everything runs on it, the shop and those who watch
//! included. Commits of the same 25 milliseconds are told as the last of them.
//!
//! `make live SOCKETS=1000 RATE=100 SECONDS=30` is the whole load; without them it is a tenth of it, beside which other tests may run.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use chrono::{DateTime, Utc};
use futures::{StreamExt as _, stream};
use serde_json::Value;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::Message;

use crate::deliveries::sender::Sender;
use crate::deliveries::shop::Shop;
use crate::deliveries::{figures, setting, until_carried_out, until_read};
use crate::harness::{Client, Place, Server, Socket};
use crate::made_up::Chance;

/// Those who watch have signed in so many times between them.
const BROWSERS: usize = 10;
/// So many sockets are opened at once.
const AT_ONCE: usize = 25;
/// Within this 99 of 100 news are there, where nothing else runs.
const IN_TIME: Duration = Duration::from_millis(500);
/// And where other tests run beside.
const BESIDE_OTHERS: Duration = Duration::from_secs(5);
/// How long the last news may take.
const PATIENCE: Duration = Duration::from_secs(30);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_who_watches_a_busy_store_is_told_of_its_commits_in_time() {
    let (sockets, rate, seconds) = (setting("SOCKETS", 100), setting("RATE", 10), setting("SECONDS_OF_LOAD", 6));
    let in_time = if sockets < 1_000 { BESIDE_OTHERS } else { IN_TIME };
    eprintln!("{sockets} sockets, {rate} orders a second for {seconds} s");
    let shop = Shop::start(1).await;
    let place = Place::with(&shop.variables());
    place.create_store("Mugs");
    let server = place.serve().await;
    shop.knows(server.base());
    let client = server.client().await;
    shop.connect(&client, "Mugs").await;
    until_read(&client, "Mugs").await;

    let before = server.memory();
    let began = Instant::now();
    let (stop, stopped) = watch::channel(());
    let watching = everybody(&server, usize::try_from(sockets).unwrap(), &stopped).await;
    let opened = began.elapsed();
    let open = server.memory();

    let mut chance = Chance::of(&[1, 2]);
    // Three in twenty are told twice, beyond the orders.
    let mut sender = Sender::to(server.base(), rate * 23 / 20);
    let began = Instant::now();
    let mut orders = 0_u32;
    while began.elapsed() < Duration::from_secs(seconds) {
        sender.send(shop.sells(), &mut chance).await;
        orders += 1;
    }
    let sent = sender.ended().await;
    let took = began.elapsed();
    until_carried_out(&client, &shop).await;
    assert_eq!(figures(&client).await, shop.figures(), "what was pushed was worth it");
    until_told(&watching, &client).await;
    let loaded = server.memory();
    stop.send(()).unwrap();

    let mut delays = Vec::new();
    for one in watching {
        delays.extend(one.reading.await.unwrap());
    }
    delays.sort_unstable();
    let told = u64::try_from(delays.len()).unwrap();
    let (mid, late, latest) = (share(&delays, 50), share(&delays, 99), share(&delays, 100));
    eprintln!(
        "{orders} orders in {:.1} s, {:.0} a second, taken in {:.1} ms, 99% in {:.1} ms; {} news, {} for each socket, after {mid:.1?}, \
         99% after {late:.1?}, the last after {latest:.1?}",
        took.as_secs_f64(),
        f64::from(orders) / took.as_secs_f64(),
        sent.took(0.5).as_secs_f64() * 1e3,
        sent.took(0.99).as_secs_f64() * 1e3,
        delays.len(),
        told / sockets,
    );
    let each = |memory: Option<u64>| Some(memory?.saturating_sub(before?) / sockets / 1_024);
    eprintln!(
        "opened in {:.1} s; KiB of the server for each: {:?}, under load {:?}",
        opened.as_secs_f64(),
        each(open),
        each(loaded)
    );
    assert!(told >= sockets, "everybody was told something");
    assert!(late < in_time, "99 of 100 news took up to {late:?}");
    server.stop().await;
}

/// Somebody who watches.
struct Watching {
    /// The newest version that they were told of.
    version: Arc<AtomicI64>,
    /// How long the news took that they got.
    reading: JoinHandle<Vec<Duration>>,
}

/// Opens so many sockets, in a few browsers, and hears the first news of each.
async fn everybody(server: &Server, sockets: usize, stopped: &watch::Receiver<()>) -> Vec<Watching> {
    let mut browsers = Vec::new();
    for _ in 0..BROWSERS {
        browsers.push(server.client().await);
    }
    let store = browsers[0].store("Mugs").await;
    let opening = (0..sockets).map(|number| {
        let (client, store, stopped) = (&browsers[number % BROWSERS], &store, stopped.clone());
        async move {
            let mut socket = client.watch(store).await;
            let (first, _) = news(&mut socket).await.unwrap();
            let version = Arc::new(AtomicI64::new(first));
            let reading = tokio::spawn(read(socket, Arc::clone(&version), stopped));
            Watching { version, reading }
        }
    });
    stream::iter(opening).buffer_unordered(AT_ONCE).collect().await
}

async fn read(mut socket: Socket, newest: Arc<AtomicI64>, mut stopped: watch::Receiver<()>) -> Vec<Duration> {
    let mut delays = Vec::new();
    loop {
        let told = tokio::select! {
            told = news(&mut socket) => told,
            _ = stopped.changed() => return delays,
        };
        let (version, committed_at) = told.expect("nobody closes the socket");
        if version > newest.fetch_max(version, Ordering::SeqCst) {
            let now = DateTime::<Utc>::from(SystemTime::now());
            delays.push((now - committed_at.unwrap()).to_std().unwrap_or_default());
        }
    }
}

/// The next version that is told, and when it was committed; nothing when the socket is closed.
async fn news(socket: &mut Socket) -> Option<(i64, Option<DateTime<Utc>>)> {
    loop {
        let Message::Text(text) = socket.next().await?.ok()? else { continue };
        let told: Value = serde_json::from_str(&text).unwrap();
        if told["type"] == "dashboard:update" {
            let committed_at = told["committed_at"].as_str().map(|text| text.parse().unwrap());
            return Some((told["version"].as_i64().unwrap(), committed_at));
        }
    }
}

/// Waits until everybody was told of the version that the store has.
async fn until_told(watching: &[Watching], client: &Client) {
    let patience = Instant::now() + PATIENCE;
    let version = client.version("Mugs").await;
    let behind = || watching.iter().filter(|one| one.version.load(Ordering::SeqCst) < version).count();
    while behind() > 0 {
        assert!(Instant::now() < patience, "{} of {} were not told of version {version}", behind(), watching.len());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Within what so many of a hundred are, of a sorted list.
fn share(delays: &[Duration], of_hundred: usize) -> Duration {
    delays.get((delays.len() * of_hundred / 100).min(delays.len().saturating_sub(1))).copied().unwrap_or_default()
}
