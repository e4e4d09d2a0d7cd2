//! What outlives a simulator.

use std::path::{Path, PathBuf};

use aloftly_simulators::clock::Clock;
use aloftly_simulators::keep;
use aloftly_simulators::life;
use aloftly_simulators::options::{AppOptions, SimulatorOptions};
use aloftly_simulators::world::{Action, World};
use aloftly_simulators::{ShopifySimulator, SimulatorError};
use chrono::TimeDelta;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng as _;
use serde_json::{Value, json};

use crate::support::{ALL, BACK, SECRET, SHOP};
use crate::world::{now, options};

/// A folder that goes with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("aloftly-simulators-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

async fn start(folder: &Path, clock: Clock) -> ShopifySimulator {
    let mut app = AppOptions::new("the app", SECRET);
    app.redirect_uris.push(BACK.to_owned());
    let shops = keep::worlds(folder, || vec![options(120)]).unwrap();
    let options = SimulatorOptions { clock, shops, folder: Some(folder.to_owned()), ..SimulatorOptions::new(app) };
    ShopifySimulator::start(options).await.unwrap()
}

/// Everything that a world tells of what is sold and of who buys.
fn told(world: &World) -> Value {
    let (orders, customers): (Vec<_>, Vec<_>) = (world.orders.iter().collect(), world.customers.iter().collect());
    let (stock, checkouts): (Vec<_>, Vec<_>) = (world.inventory.iter().collect(), world.checkouts.iter().collect());
    json!([orders, customers, stock, checkouts])
}

async fn graphql(simulator: &ShopifySimulator, token: &str) -> u16 {
    let url = format!("{}/admin/api/2026-10/graphql.json", simulator.shop_url(SHOP));
    let request = reqwest::Client::new().post(url).header("X-Shopify-Access-Token", token);
    request.json(&json!({ "query": "{ shop { name } }" })).send().await.unwrap().status().as_u16()
}

async fn renew(simulator: &ShopifySimulator, token: &Value) -> Value {
    let url = format!("{}/admin/oauth/access_token", simulator.shop_url(SHOP));
    let body = json!({ "client_id": "the app", "client_secret": SECRET, "grant_type": "refresh_token", "refresh_token": token });
    reqwest::Client::new().post(url).json(&body).send().await.unwrap().json().await.unwrap()
}

#[tokio::test]
async fn a_simulator_that_is_started_again_has_the_same_shop_and_knows_the_same_tokens() {
    let folder = Folder::new("again");
    let clock = Clock::at(now());
    let first = start(&folder.0, clock.clone()).await;
    let granted = first.install(SHOP, ALL).unwrap();
    let renewed = renew(&first, &granted["refresh_token"]).await;
    let mut chance = ChaCha8Rng::seed_from_u64(7);
    for _ in 0..40 {
        clock.advance(std::time::Duration::from_secs(60));
        life::happen(&first, SHOP, &mut chance).unwrap();
        // What is refused draws from the world's chance, too.
        let refused = first.act(
            SHOP,
            Action::CancelOrder { order: 1, reason: serde_json::from_value(json!("STAFF")).unwrap(), refund: true },
        );
        assert!(matches!(refused, Err(SimulatorError::Action(_))));
        let unknown = json!({ "action": "place_order", "items": [{ "variant": 1, "quantity": 1 }] });
        assert!(first.act(SHOP, serde_json::from_value(unknown).unwrap()).is_err());
    }
    let before = first.world(SHOP, told).unwrap();
    drop(first);
    // A process that is killed in the middle of a line.
    let happened = folder.0.join("happened.jsonl");
    let mut text = std::fs::read(&happened).unwrap();
    text.extend_from_slice(b"{\"shop\":\"mugs.mysh");
    std::fs::write(&happened, text).unwrap();

    let second = start(&folder.0, clock.clone()).await;
    assert!(second.world(SHOP, told).unwrap() == before, "another world came of it");
    let token = renewed["access_token"].as_str().unwrap();
    assert_eq!(graphql(&second, token).await, 200);
    assert_eq!(graphql(&second, "shpat_none").await, 401);
    let again = renew(&second, &renewed["refresh_token"]).await;
    assert!(again["access_token"].as_str().is_some_and(|new| new != token), "{again}");
    second.act(SHOP, Action::AbandonCheckout {}).unwrap();
    let before = second.world(SHOP, told).unwrap();
    drop(second);
    let third = start(&folder.0, clock).await;
    assert!(third.world(SHOP, told).unwrap() == before, "what came after the torn line is lost");
}

#[tokio::test]
async fn a_shop_that_was_away_has_traded_meanwhile_at_its_usual_pace() {
    let folder = Folder::new("away");
    let clock = Clock::at(now());
    drop(start(&folder.0, clock.clone()).await);
    clock.advance(std::time::Duration::from_secs(30 * 86_400));
    let shop = start(&folder.0, clock.clone()).await;
    let count =
        |world: &World| world.orders.range(aloftly_simulators::world::Moment::Created, now(), clock.now()).count();
    assert_eq!(shop.world(SHOP, count).unwrap(), 0);
    life::catch_up(&shop, SHOP, &mut ChaCha8Rng::seed_from_u64(3)).unwrap();
    // 120 orders in 400 days are nine in thirty.
    let orders = shop.world(SHOP, count).unwrap();
    assert!((3..=20).contains(&orders), "{orders}");
    let newest = shop.world(SHOP, |world| world.orders.iter().map(|order| order.created_at).max()).unwrap();
    assert!(newest.unwrap() > now() && newest.unwrap() <= clock.now() + TimeDelta::zero());
    assert_eq!(shop.open_webhooks(SHOP).unwrap(), 0);
}
