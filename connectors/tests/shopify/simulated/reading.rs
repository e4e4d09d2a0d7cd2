//! What is read of a shop, beside what the suite for connectors tries: stock, lists, things by their ids.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use aloftly_connectors::conformance::{Job, Lake, Subject as _, Trouble};
use aloftly_connectors::contract::{Connector as _, Failure, Stream};
use aloftly_connectors::shopify::api::Shopify;
use aloftly_simulators::world::Action;
use chrono::{DateTime, TimeDelta, Utc};

use super::conformance::{SCOPES, ShopSubject};
use super::oracle;
use crate::support::{number, text};

const DAY: Duration = Duration::from_secs(86_400);

fn stream(name: &str) -> &'static Stream {
    Shopify.declaration().stream(name).unwrap()
}

/// How much is for sale, by item and location.
type Stock = BTreeMap<(String, String), i128>;

fn held_stock(lake: &Lake) -> Stock {
    oracle::newest_levels(lake).into_iter().map(|(level, row)| (level, number(row, "available"))).collect()
}

fn stock(shop: &ShopSubject) -> Stock {
    shop.world(|world| {
        let of = |item: &aloftly_simulators::world::InventoryItem| {
            let levels = item.levels.iter().filter(|level| level.active);
            let levels =
                levels.map(|level| ((item.id.to_string(), level.location.to_string()), i128::from(level.available)));
            levels.collect::<Vec<_>>()
        };
        world.inventory.iter().flat_map(of).collect()
    })
}

#[tokio::test]
async fn a_shop_says_what_it_is() {
    let shop = ShopSubject::over(|_| {}, None).await;
    let job = Job::new(&shop).await;
    let account = Shopify.connect(&job.session()).await.unwrap();
    assert_eq!((account.name.as_str(), account.currency.as_deref()), ("Fern & Kettle", Some("USD")));
    assert_eq!(account.zone, Some(chrono_tz::America::New_York));
    assert_eq!(account.scopes.iter().map(String::as_str).collect::<BTreeSet<_>>(), BTreeSet::from(SCOPES));
    assert!(Shopify.test_connection(&job.session()).await.unwrap().warnings.is_empty());
}

#[tokio::test]
async fn what_is_handed_on_piece_by_piece_goes_on_behind_any_piece() {
    // More than is handed on at once of what is read in bulk.
    let shop = ShopSubject::over(|world| world.customers = 2_100, None).await;
    let mut page = 0;
    loop {
        let (job, mut lake) = (Job::new(&shop).await, Lake::default());
        let came = job.killed_behind(&mut lake, page).await;
        if came <= page {
            // It was not killed any more.
            job.agrees(&lake);
            break;
        }
        job.read(&mut lake).await.unwrap();
        job.agrees(&lake);
        page += 1;
    }
    assert!(page > 10, "{page} pages are too few");
}

#[tokio::test]
async fn customers_of_today_are_in_the_first_reading() {
    // Shopify searches for them by whole days.
    let shop = ShopSubject::over(|_| {}, None).await;
    shop.act(Action::CreateCustomer {});
    let (job, mut lake) = (Job::new(&shop).await, Lake::default());
    job.read(&mut lake).await.unwrap();
    job.agrees(&lake);
}

#[tokio::test]
async fn an_answer_that_is_cut_off_is_asked_for_again() {
    let shop = ShopSubject::over(|_| {}, None).await;
    let (job, mut lake) = (Job::new(&shop).await, Lake::default());
    job.read(&mut lake).await.unwrap();
    shop.change();
    shop.trouble(Trouble::Truncated, 2, 0);
    job.read(&mut lake).await.unwrap();
    job.agrees(&lake);
}

#[tokio::test]
async fn a_result_that_ends_early_is_told_by_its_lines_and_fetched_again() {
    let shop = ShopSubject::over(|_| {}, None).await;
    let is_file = |asked: &aloftly_simulators::log::Logged| asked.path.starts_with("/_storage");
    Job::new(&shop).await.read(&mut Lake::default()).await.unwrap();
    let log = shop.simulator.log();
    let files: Vec<usize> = (0..log.len()).filter(|at| is_file(&log[*at])).collect();
    assert!(files.len() >= 4, "{files:?}");
    for after in files {
        let (job, mut lake) = (Job::new(&shop).await, Lake::default());
        shop.trouble(Trouble::Truncated, 1, after);
        let failure = job.read(&mut lake).await.unwrap_err();
        assert!(
            matches!(&failure, Failure::Unavailable { detail, .. } if detail.contains("before its end")),
            "{failure}"
        );
        job.read(&mut lake).await.unwrap();
        job.agrees(&lake);
    }
}

#[tokio::test]
async fn stock_is_read_once_a_day_and_kept_by_day() {
    let shop = ShopSubject::over(|_| {}, None).await;
    let (job, mut lake) = (Job::new(&shop).await, Lake::default());
    job.read(&mut lake).await.unwrap();
    let first = stock(&shop);
    assert_eq!(held_stock(&lake), first);
    let (item, location) = first.keys().next().unwrap().clone();
    shop.act(Action::SetStock { item: item.parse().unwrap(), location: location.parse().unwrap(), available: 4_711 });
    job.pass(DAY).await;
    job.read(&mut lake).await.unwrap();
    let second = stock(&shop);
    assert_eq!((held_stock(&lake), second[&(item, location)]), (second, 4_711));
    let days: BTreeSet<&str> = lake.rows("inventory_levels").map(|row| text(row, "day")).collect();
    assert_eq!(days.len(), 2, "what was there the day before stays");
}

#[tokio::test]
async fn a_list_names_what_there_is_with_the_versions_of_its_rows() {
    let shop = ShopSubject::over(|_| {}, None).await;
    let (job, mut lake) = (Job::new(&shop).await, Lake::default());
    job.read(&mut lake).await.unwrap();
    let now: DateTime<Utc> = shop.clock().now();
    let ranges =
        [(DateTime::UNIX_EPOCH, now - TimeDelta::days(9)), (now - TimeDelta::days(9), now + TimeDelta::days(1))];
    for (name, dataset, id) in [
        ("orders", "orders", "order_id"),
        ("products", "products", "product_id"),
        ("customers", "customers", "customer_id"),
    ] {
        let held: BTreeMap<&str, i128> =
            lake.rows(dataset).map(|row| (text(row, id), number(row, "row_version"))).collect();
        let mut listed = BTreeMap::new();
        for range in ranges {
            for entity in Shopify.list(&job.session(), stream(name), range).await.unwrap() {
                listed.insert(entity.entity, i128::from(entity.version));
            }
        }
        assert!(!listed.is_empty());
        let listed: BTreeMap<&str, i128> = listed.iter().map(|(id, version)| (id.as_str(), *version)).collect();
        assert_eq!(listed, held, "{name}");
    }
}

#[tokio::test]
async fn things_that_are_asked_for_are_read_as_they_are_or_said_to_be_gone() {
    let shop = ShopSubject::over(|_| {}, None).await;
    let (job, mut lake) = (Job::new(&shop).await, Lake::default());
    job.read(&mut lake).await.unwrap();
    let orders: Vec<u64> = shop.world(|world| world.orders.iter().map(|order| order.id).take(2).collect());
    shop.act(Action::DeleteOrder { order: orders[0] });
    shop.act(Action::TagOrders { orders: vec![orders[1]], tag: "seen".to_owned() });
    let ids: Vec<String> = orders.iter().map(ToString::to_string).collect();
    job.things(stream("orders"), &ids, &mut lake).await.unwrap();
    job.agrees(&lake);
}
