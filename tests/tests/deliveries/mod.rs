//! A shop tells of things by the thousand, some twice and some late, while its server is killed: in the end the figures are those of the shop.
//!
//! The shop is simulated: what happens in it decides what it tells, and what the figures must come to. Deliveries are sent at a steady rate, as many
//! times as it takes to have each answered with 200, which is all that a provider ever learns.
//!
//! `make deliveries RATE=1000 SECONDS=60` is the whole load; without them it is a tenth of it.

pub(crate) mod sender;
pub(crate) mod shop;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use sender::{Sender, Sent};
use serde_json::{Value, json};
use shop::Shop;

use crate::harness::{Client, Place, Server};
use crate::made_up::Chance;

/// How long everything that was told may take to be carried out once nothing more comes.
const PATIENCE: Duration = Duration::from_secs(600);

/// A number that the environment says, or another one.
pub(crate) fn setting(name: &str, otherwise: u64) -> u64 {
    let text = std::env::var(name).ok().filter(|text| !text.is_empty());
    text.map_or(otherwise, |text| text.parse().unwrap_or_else(|_| panic!("{name} is no number: {text}")))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_shop_tells_under_load_comes_to_what_it_is_whatever_is_killed() {
    let (rate, seconds, seed) = (setting("RATE", 250), setting("SECONDS_OF_LOAD", 8), setting("SEED", 1));
    eprintln!("{rate} deliveries a second for {seconds} s, SEED={seed}");
    let (shop, place, server, client) = connected(seed).await;
    assert_eq!(figures(&client).await, shop.figures(), "before anything is told");

    let mut chance = Chance::of(&[seed, 2]);
    let mut sender = Sender::to(server.base(), rate);
    let began = Instant::now();
    let half = Duration::from_secs(seconds) / 2;
    let mut server = Some(server);
    let mut killed = None;
    while began.elapsed() < Duration::from_secs(seconds) {
        sender.send(shop.something_happens(&mut chance), &mut chance).await;
        if killed.is_none() && began.elapsed() >= half {
            server.take().unwrap().kill();
            let again = place.serve().await;
            killed = Some(began.elapsed() - half);
            sender.goes_on_at(again.base());
            server = Some(again);
        }
    }
    let sent = sender.ended().await;
    let answered = began.elapsed();
    let server = server.unwrap();
    let client = server.client().await;
    until_carried_out(&client, &shop).await;
    report(&sent, answered, began.elapsed(), killed.unwrap());
    assert_eq!(figures(&client).await, shop.figures());
    let dead = client.get("/api/integrations").await["integrations"][0]["dead_deliveries"].clone();
    assert_eq!(dead, 0, "nothing was left to people");
    let rebuilt = rebuilt(&client).await;
    eprintln!("rows were made anew of {} answers", rebuilt["records"]);
    assert!(rebuilt["records"].as_u64() >= figures(&client).await["shopify.orders"].as_u64(), "{rebuilt}");
    assert_eq!(rebuilt["counts"], json!({ "new": 0, "updated": 0, "removed": 0 }), "they are what was there");
    assert_eq!(figures(&client).await, shop.figures());
    end(server).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_only_readings_know_of_an_order_stays_when_a_webhook_tells_its_state() {
    let (shop, _place, server, client) = connected(3).await;
    let before = shop.net_revenue_by_source();
    assert_eq!(net_revenue_by_source(&client).await, before);

    let told = shop.pays_some_back();
    assert!(told.len() >= 3, "{told:?}");
    let expected = shop.net_revenue_by_source();
    assert_ne!(expected, before);
    let mut sender = Sender::to(server.base(), 50);
    sender.send(told, &mut Chance::of(&[3])).await;
    sender.ended().await;
    let patience = Instant::now() + PATIENCE;
    let mut found = net_revenue_by_source(&client).await;
    while found == before && Instant::now() < patience {
        tokio::time::sleep(Duration::from_millis(100)).await;
        found = net_revenue_by_source(&client).await;
    }
    // Several commits may be needed for all of them, and each of their states is whole.
    while found != expected && Instant::now() < patience {
        assert_eq!(
            found.keys().collect::<Vec<_>>(),
            expected.keys().collect::<Vec<_>>(),
            "where buyers came from is lost"
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
        found = net_revenue_by_source(&client).await;
    }
    assert_eq!(found, expected);
    end(server).await;
}

/// A shop, and a server with a store that was read from it.
async fn connected(seed: u64) -> (Shop, Place, Server, Client) {
    let shop = Shop::start(seed).await;
    let place = Place::with(&shop.variables());
    place.create_store("Mugs");
    let server = place.serve().await;
    shop.knows(server.base());
    let client = server.client().await;
    shop.connect(&client, "Mugs").await;
    until_read(&client, "Mugs").await;
    (shop, place, server, client)
}

/// The store's revenue less refunds, by where buyers came from, as far as that is known.
async fn net_revenue_by_source(client: &Client) -> BTreeMap<String, String> {
    let answer = client
        .query(&json!({
            "metrics": ["shopify.net_revenue"],
            "stores": [client.store("Mugs").await],
            "time_range": { "from": "2020-01-01", "to": "2030-01-01" },
            "group_by": ["traffic_source"],
        }))
        .await;
    let rows = answer["rows"].as_array().unwrap().iter();
    let named = rows.filter_map(|row| Some((row["traffic_source"].as_str()?, row["shopify.net_revenue"].as_str()?)));
    named.filter(|(source, _)| !source.is_empty()).map(|(source, sum)| (source.to_owned(), sum.to_owned())).collect()
}

async fn end(server: Server) {
    server.stop().await;
}

fn report(sent: &Sent, answered: Duration, carried_out: Duration, away: Duration) {
    let (mid, late) = (sent.took(0.5), sent.took(0.99));
    eprintln!(
        "{} deliveries ({} told twice, {} late, {} tried again) in {:.1} s, {:.0} a second; answered in {:.1} ms, 99% in {:.1} ms, the \
         slowest in {:.1} ms; the server was away for {:.1} s; everything was carried out {:.1} s after the last",
        sent.deliveries,
        sent.twice,
        sent.late,
        sent.again,
        answered.as_secs_f64(),
        f64::from(sent.deliveries) / answered.as_secs_f64(),
        mid.as_secs_f64() * 1e3,
        late.as_secs_f64() * 1e3,
        sent.took(1.0).as_secs_f64() * 1e3,
        away.as_secs_f64(),
        (carried_out - answered).as_secs_f64(),
    );
}

/// What the store's figures come to, in all.
pub(crate) async fn figures(client: &Client) -> Value {
    let answer = client
        .query(&json!({
            "metrics": ["shopify.revenue", "shopify.orders", "shopify.customers"],
            "stores": [client.store("Mugs").await],
            "time_range": { "from": "2020-01-01", "to": "2030-01-01" },
        }))
        .await;
    answer["totals"].clone()
}

/// Waits until a store's connection was read to its end.
pub(crate) async fn until_read(client: &Client, store: &str) {
    let store = client.store(store).await;
    let patience = Instant::now() + PATIENCE;
    loop {
        let found = client.get(&format!("/api/integrations?store={store}")).await["integrations"][0].clone();
        if found.get("synced_at").is_some() {
            return;
        }
        assert!(Instant::now() < patience && found["status"] == "connected", "{found}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Has rows made anew of what the shop answered and told: the job when it is done.
async fn rebuilt(client: &Client) -> Value {
    let connection = client.get("/api/integrations").await["integrations"][0]["id"].clone();
    let path = format!("/api/integrations/{}/sync", connection.as_str().unwrap());
    let mut job = client.post(&path, &json!({ "kind": "rebuild" })).await;
    let patience = Instant::now() + PATIENCE;
    while job["status"] != "done" {
        assert!(Instant::now() < patience && job["status"] != "failed", "{job}");
        tokio::time::sleep(Duration::from_millis(100)).await;
        job = client.get(&format!("/api/syncs/{}", job["id"].as_str().unwrap())).await;
    }
    job
}

/// Waits until the figures are the shop's.
pub(crate) async fn until_carried_out(client: &Client, shop: &Shop) {
    let (patience, expected) = (Instant::now() + PATIENCE, shop.figures());
    let mut told = figures(client).await;
    while told != expected && Instant::now() < patience {
        tokio::time::sleep(Duration::from_millis(100)).await;
        told = figures(client).await;
    }
}
