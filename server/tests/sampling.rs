//! Made-up data in a store, over HTTP: what they come to, and that nothing of them stays.

use std::collections::{BTreeMap, BTreeSet};

use aloftly_catalog::{OrgRole, WorkspaceRole};
use aloftly_connectors::demo::{Business, Options, write_orders_csv, write_visits_csv};
use aloftly_engine::StoreId;
use serde_json::{Value, json};

use crate::support::{Client, NOW, ORDERS, World, answer, by_hand, figures};

fn path(store: StoreId) -> String {
    format!("/api/stores/{store}/sample-data")
}

/// Fills a store and waits until everything is in it. The answer to who asked.
async fn filled(client: &Client, store: StoreId) -> Value {
    let (status, begun) = answer(client.post(&path(store))).await;
    assert_eq!(status, 202, "{begun}");
    let queued = client.read(&format!("/api/imports?store_id={store}")).await["imports"].clone();
    for import in queued.as_array().unwrap().iter().filter(|import| import["status"] != "failed") {
        let ended = client.ended(import["id"].as_str().unwrap()).await;
        assert_eq!((&ended["status"], &ended["already_imported"]), (&json!("done"), &json!(false)), "{ended}");
    }
    begun
}

async fn told(client: &Client) -> Value {
    client.read("/api/stores").await["stores"][0].clone()
}

/// The cells of a line of CSV.
fn cells(line: &str) -> Vec<String> {
    let (mut cells, mut quoted) = (vec![String::new()], false);
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            c => cells.last_mut().unwrap().push(c),
        }
    }
    cells
}

/// A file's rows by the titles of its columns.
fn rows(file: &[u8]) -> Vec<BTreeMap<String, String>> {
    let text = std::str::from_utf8(file).unwrap();
    let mut lines = text.lines().map(cells);
    let titles = lines.next().unwrap();
    lines.map(|cells| titles.iter().cloned().zip(cells).collect()).collect()
}

fn cents(text: &str) -> i64 {
    text.replace('.', "").parse().unwrap()
}

/// Orders and cents, in all and by local day, counted over the file as somebody would with a spreadsheet.
fn counted(file: &[u8]) -> (i64, i64, BTreeMap<String, i64>) {
    let (mut seen, mut orders, mut sum, mut by_day) = (BTreeSet::new(), 0, 0, BTreeMap::new());
    for row in rows(file) {
        let is_first_line = seen.insert(row["Name"].clone());
        if is_first_line && row["Cancelled at"].is_empty() && !row["Payment Method"].contains("Bogus") {
            orders += 1;
            sum += cents(&row["Total"]);
            *by_day.entry(row["Created at"][..10].to_owned()).or_default() += cents(&row["Total"]);
        }
    }
    (orders, sum, by_day)
}

fn amount(cents: i64) -> Value {
    json!(format!("{}.{:02}", cents / 100, cents % 100))
}

#[tokio::test]
async fn made_up_data_come_to_what_a_count_over_their_files_gives() {
    let world = World::new().await;
    let (_, made) = world.organization("a").await;
    let server = world.serve().await;
    let owner = server.owner_of("a").await;
    let store = made.stores[0];
    let answered = owner.post(&path(store)).send().await.unwrap();
    assert_eq!(answered.status(), 202);
    let location = answered.headers()["location"].to_str().unwrap().to_owned();
    let begun: Value = answered.json().await.unwrap();
    assert_eq!(location, format!("/api/imports/{}", begun["id"].as_str().unwrap()));
    assert_eq!((&begun["kind"], &begun["store_id"]), (&json!("shopify_orders"), &json!(store.to_string())));
    assert_eq!(told(&owner).await["sample_data_at"], json!(NOW));
    for import in owner.read(&format!("/api/imports?store_id={store}")).await["imports"].as_array().unwrap() {
        assert_eq!(owner.ended(import["id"].as_str().unwrap()).await["status"], "done");
    }

    let business = Business::selling_in("USD", chrono_tz::America::New_York);
    let options = Options { seed: store.0.as_u64_pair().1, days: 360, ..Options::default() };
    let (mut orders, mut visits) = (Vec::new(), Vec::new());
    write_orders_csv(business.clone(), &options, NOW.parse().unwrap(), &mut orders).unwrap();
    write_visits_csv(business, &options, NOW.parse().unwrap(), &mut visits).unwrap();
    let (count, sum, by_day) = counted(&orders);
    assert!(count > 8_000 && by_day.len() == 360, "{count} orders on {} days", by_day.len());
    let visits = rows(&visits);
    let of = |metric: &str| -> i64 {
        visits.iter().filter(|row| row["metric"] == metric).map(|row| row["value"].parse::<i64>().unwrap()).sum()
    };

    let query = json!({
        "metrics": ["shopify.orders", "shopify.revenue", "ga4.sessions", "ga4.purchases"],
        "stores": [store.to_string()], "time_range": "all_time",
    });
    let expected = json!({
        "shopify.orders": count, "shopify.revenue": amount(sum),
        "ga4.sessions": of("sessions"), "ga4.purchases": of("purchases"),
    });
    assert_eq!(owner.query(&query).await["totals"], expected);
    let (first, last) = (by_day.keys().next().unwrap(), by_day.keys().last().unwrap());
    let daily = json!({
        "metrics": ["shopify.revenue"], "stores": [store.to_string()], "granularity": "day",
        "time_range": { "from": first, "to": last }, "limit": 1_000,
    });
    let answered = owner.query(&daily).await;
    let told_by_day: BTreeMap<String, Value> = answered["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["time"].as_str().unwrap().to_owned(), row["shopify.revenue"].clone()))
        .collect();
    assert_eq!(told_by_day, by_day.into_iter().map(|(day, cents)| (day, amount(cents))).collect());
    let by_source = json!({
        "metrics": ["ga4.sessions"], "stores": [store.to_string()], "group_by": ["traffic_source"],
        "time_range": "all_time",
    });
    let google: i64 = visits
        .iter()
        .filter(|row| row["metric"] == "sessions_by_source" && row["traffic_source"] == "google")
        .map(|row| row["value"].parse::<i64>().unwrap())
        .sum();
    let answered = owner.query(&by_source).await;
    let row = answered["rows"].as_array().unwrap().iter().find(|row| row["traffic_source"] == "google").unwrap();
    assert_eq!(row["ga4.sessions"], json!(google));
    world.nothing_waits().await;
    server.stop().await;
}

#[tokio::test]
async fn nothing_of_made_up_data_stays_and_they_can_be_had_again() {
    let world = World::new().await;
    let (tenant, made) = world.organization("a").await;
    let backend = world.backend().await;
    let lake = backend.store_lake(&tenant, made.stores[0]);
    let server = world.serve().await;
    let owner = server.owner_of("a").await;
    let store = made.stores[0];
    filled(&owner, store).await;
    let before = figures(&owner, store).await;
    assert!(before["shopify.orders"].as_i64().unwrap() > 100, "{before}");
    assert!(!lake.snapshot(None).await.unwrap().segments.is_empty());

    assert_eq!(answer(owner.delete(&path(store))).await, (204, Value::Null));
    let empty = told(&owner).await;
    for field in ["sample_data_at", "data_from", "data_to"] {
        assert_eq!(empty[field], Value::Null, "{field}");
    }
    assert!(lake.snapshot(None).await.unwrap().segments.is_empty());
    let nothing = json!({
        "shopify.revenue": null, "shopify.orders": null, "shopify.units": null, "shopify.aov": null, "shopify.customers": null
    });
    assert_eq!(figures(&owner, store).await, nothing);
    let (status, body) = answer(owner.delete(&path(store))).await;
    assert_eq!((status, &body["code"]), (409, &json!("not_sample")), "{body}");
    let log = owner.read("/api/audit").await["events"].clone();
    let actions: Vec<_> = log.as_array().unwrap().iter().filter_map(|event| event["action"].as_str()).collect();
    assert_eq!(actions[..2], ["sample_data.removed", "sample_data.added"], "{log}");

    // At the same instant the files are the same, and are imported all the same.
    filled(&owner, store).await;
    assert_eq!(figures(&owner, store).await, before);
    assert_eq!(answer(owner.delete(&path(store))).await.0, 204);
    // Then the store is as good as new.
    owner.import(store, "orders.csv", ORDERS).await;
    assert_eq!(figures(&owner, store).await, by_hand());
    world.nothing_waits().await;
    server.stop().await;
}

#[tokio::test]
async fn real_data_and_made_up_ones_are_not_mixed() {
    let world = World::new().await;
    let (tenant, made) = world.organization("a").await;
    let server = world.serve().await;
    let owner = server.owner_of("a").await;
    let store = made.stores[0];
    let refused = |(status, body): (u16, Value)| (status, body["code"].as_str().unwrap_or_default().to_owned());
    let (has_data, has_sample_data) = ((409, "has_data".to_owned()), (409, "has_sample_data".to_owned()));
    filled(&owner, store).await;
    assert_eq!(refused(answer(owner.post(&path(store))).await), has_data);
    assert_eq!(refused(owner.upload(store, "orders.csv", ORDERS).await), has_sample_data);
    let keys = json!({ "store_id": store.0, "provider": "shopify", "fields": {} });
    assert_eq!(refused(answer(owner.post("/api/integrations").json(&keys)).await), has_sample_data);
    let start = json!({ "store_id": store.0, "fields": {} });
    assert_eq!(refused(answer(owner.post("/api/oauth/shopify/start").json(&start)).await), has_sample_data);

    let another = json!({
        "workspace_id": made.workspace.0, "name": "Real", "currency": "USD", "timezone": "America/New_York",
    });
    let (status, another) = answer(owner.post("/api/stores").json(&another)).await;
    assert_eq!(status, 201, "{another}");
    let real: StoreId = another["id"].as_str().unwrap().parse::<uuid::Uuid>().unwrap().into();
    owner.import(real, "orders.csv", ORDERS).await;
    assert_eq!(refused(answer(owner.post(&path(real))).await), has_data);
    assert_eq!(refused(answer(owner.delete(&path(real))).await), (409, "not_sample".to_owned()));
    assert_eq!(figures(&owner, real).await, by_hand());

    // Who only looks changes neither.
    let viewer = world.database.member(made.organization, "viewer@a.test", OrgRole::Viewer).await;
    tenant.set_workspace_role(made.workspace, viewer, WorkspaceRole::Viewer).await.unwrap();
    let viewer = server.person("viewer@a.test").await;
    assert_eq!(refused(answer(viewer.delete(&path(store))).await), (403, "forbidden".to_owned()));
    let seen = viewer.read("/api/stores").await["stores"].clone();
    let filled = seen.as_array().unwrap().iter().find(|seen| seen["id"] == json!(store.to_string())).unwrap();
    assert_eq!(filled["sample_data_at"], json!(NOW));
    server.stop().await;
}

#[tokio::test]
async fn made_up_data_are_in_the_currency_and_the_days_of_their_store() {
    let world = World::new().await;
    let (_, made) = world.organization("a").await;
    let server = world.serve().await;
    let owner = server.owner_of("a").await;
    let tokyo = json!({
        "workspace_id": made.workspace.0, "name": "Tokyo", "currency": "JPY", "timezone": "Asia/Tokyo",
    });
    let (status, tokyo) = answer(owner.post("/api/stores").json(&tokyo)).await;
    assert_eq!(status, 201, "{tokyo}");
    let store: StoreId = tokyo["id"].as_str().unwrap().parse::<uuid::Uuid>().unwrap().into();
    filled(&owner, store).await;
    let stores = owner.read("/api/stores").await;
    let held = stores["stores"].as_array().unwrap().iter().find(|held| held["id"] == json!(store.to_string())).unwrap();
    // There it is Saturday already, two hours after midnight.
    assert_eq!((&held["data_from"], &held["data_to"]), (&json!("2025-11-27"), &json!("2026-11-21")), "{held}");
    let query = json!({
        "metrics": ["shopify.aov", "ga4.purchase_revenue"], "stores": [store.to_string()], "time_range": "all_time",
    });
    let answered = owner.query(&query).await;
    for column in answered["columns"].as_array().unwrap() {
        assert_eq!(column["currency"], "JPY", "{column}");
    }
    let aov: f64 = answered["totals"]["shopify.aov"].as_str().unwrap().parse().unwrap();
    assert!((3_000.0..30_000.0).contains(&aov), "{aov} yen for an order");
    server.stop().await;
}
