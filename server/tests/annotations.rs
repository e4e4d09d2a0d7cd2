//! Annotations over HTTP: what people note, and what the program finds itself.

use std::sync::Arc;
use std::time::Duration;

use aloftly_catalog::{ConnectionId, IngestContext, Provisioned, SyncJobId, SyncProblem, Tenant};
use aloftly_engine::clock::Clock as _;
use aloftly_engine::dataset;
use aloftly_engine::lake::RowSink as _;
use arrow::array::{
    ArrayRef, BooleanArray, Int64Array, RecordBatch, StringViewArray, TimestampMicrosecondArray, new_null_array,
};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::routes::new_connection;
use crate::support::{Client, ORDERS, World, answer};

const PATH: &str = "/api/annotations";

fn november(made: &Provisioned) -> String {
    format!("{PATH}?workspace_id={}&from=2026-11-01&to=2026-11-30", made.workspace)
}

/// What the program found itself.
async fn found(client: &Client, path: &str) -> Vec<Value> {
    let listed = client.read(path).await["annotations"].clone();
    let all = listed.as_array().unwrap().iter();
    all.filter(|annotation| annotation["automatic"] == true).cloned().collect()
}

#[tokio::test]
async fn what_happened_is_noted_listed_changed_and_deleted() {
    let world = World::new().await;
    let (_, made) = world.organization("a").await;
    let server = world.serve().await;
    let owner = server.owner_of("a").await;
    let new = json!({
        "workspace_id": made.workspace.0, "kind": "sale", "title": "Black Friday", "body": "20 % off",
        "first_day": "2026-11-27", "last_day": "2026-11-30",
    });
    let response = owner.post(PATH).json(&new).send().await.unwrap();
    let location = response.headers()["location"].to_str().unwrap().to_owned();
    let (status, noted): (u16, Value) = (response.status().as_u16(), response.json().await.unwrap());
    let expected = json!({
        "id": noted["id"], "automatic": false, "kind": "sale", "title": "Black Friday", "body": "20 % off",
        "first_day": "2026-11-27", "last_day": "2026-11-30",
        "created_by": { "id": made.owner.0, "name": "a owner" },
    });
    assert_eq!((status, &noted), (201, &expected));
    assert_eq!(location, format!("{PATH}/{}", noted["id"].as_str().unwrap()));
    let mut of_store = new.clone();
    of_store["store_id"] = json!(made.stores[0].0);
    of_store["first_day"] = json!("2026-11-02");
    let (status, of_store) = answer(owner.post(PATH).json(&of_store)).await;
    assert_eq!((status, &of_store["store_id"]), (201, &json!(made.stores[0].0)));
    let both = json!({ "annotations": [of_store, noted] });
    assert_eq!(owner.read(&november(&made)).await, both, "by their first day");
    let of_one = format!("{}&store_ids={}", november(&made), made.stores[0]);
    assert_eq!(owner.read(&of_one).await, both, "what is about all stores is about each");

    let change =
        json!({ "kind": "test", "title": "A test", "body": "", "first_day": "2026-11-03", "last_day": "2026-11-03" });
    let (status, changed) = answer(owner.put(&location).json(&change)).await;
    assert_eq!((status, &changed["kind"], &changed["title"]), (200, &json!("test"), &json!("A test")));
    for (field, value) in [
        ("kind", json!("stock_out")),
        ("kind", json!("party")),
        ("title", json!("")),
        ("last_day", json!("2026-11-02")),
        ("first_day", json!("2026-11-31")),
    ] {
        let mut wrong = change.clone();
        wrong[field] = value.clone();
        let (status, body) = answer(owner.put(&location).json(&wrong)).await;
        let pointer = format!("/{field}");
        assert_eq!((status, &body["errors"][0]["pointer"]), (422, &json!(pointer)), "{field} as {value}: {body}");
    }
    assert_eq!(answer(owner.delete(&location)).await.0, 204);
    assert_eq!(answer(owner.delete(&location)).await.0, 404);
    for (asked, expected) in [
        (format!("{PATH}?from=2026-11-01&to=2026-11-30"), 400),
        (format!("{PATH}?workspace_id={}&from=2026-11-30&to=2026-11-01", made.workspace), 400),
        (format!("{PATH}?workspace_id={}&from=0001-01-01&to=2026-11-01", made.workspace), 400),
        (format!("{}&store_ids=nonsense", november(&made)), 404),
        (format!("{}&store_ids={},{}", november(&made), made.stores[0], made.workspace), 404),
    ] {
        let (status, body) = answer(owner.get(&asked)).await;
        assert_eq!(status, expected, "{asked}: {body}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_gap_in_the_readings_is_an_annotation() {
    let world = World::new().await;
    let (tenant, made) = world.organization("a").await;
    let (connection, sync) = new_connection(&tenant, &made, "shopify", "shop").await;
    let ingesting = world.database.catalog().tenant(IngestContext::new(made.organization, "a test"));
    let (job, worker) = (SyncJobId(sync), world.clock.new_id());
    ingesting.claim_sync(job, worker).await.unwrap().unwrap();
    ingesting.finish_sync(job, worker, false).await.unwrap();
    // Nobody reads it any more until somebody connects it anew.
    let problem = SyncProblem { code: "revoked".to_owned(), words: "Connect it again.".to_owned() };
    ingesting.connection_failed(ConnectionId(connection), &problem, true).await.unwrap();
    world.clock.advance(Duration::from_secs(3_600));
    let server = world.serve().await;
    let owner = server.owner_of("a").await;
    assert!(found(&owner, &november(&made)).await.is_empty(), "not for longer than a reading may be missed");
    world.clock.advance(Duration::from_secs(3 * 86_400));
    let owner = server.owner_of("a").await;
    let expected = json!({
        "automatic": true, "kind": "sync_gap", "store_id": made.stores[0].0, "title": "Shopify was not read",
        "body": "Nothing has been read since 2026-11-20 12:00. Figures of the time since then are not complete.",
        "first_day": "2026-11-20", "last_day": "2026-11-23",
    });
    assert_eq!(found(&owner, &november(&made)).await, std::slice::from_ref(&expected));
    let of_store = format!("{}&store_ids={}", november(&made), made.stores[0]);
    assert_eq!(found(&owner, &of_store).await, [expected]);
    let before = format!("{PATH}?workspace_id={}&from=2026-11-01&to=2026-11-19", made.workspace);
    assert!(found(&owner, &before).await.is_empty(), "of days before it there is none");
    server.stop().await;
}

/// Commits how much there was of a product on days of November.
async fn commit_levels(world: &World, tenant: &Tenant, made: &Provisioned, levels: &[(&str, u32, i64)]) {
    let day = |day: u32| format!("2026-11-{day:02}T05:00:00Z").parse::<DateTime<Utc>>().unwrap().timestamp_micros();
    let text = |of: &dyn Fn(&(&str, u32, i64)) -> String| -> ArrayRef {
        Arc::new(levels.iter().map(|level| Some(of(level))).collect::<StringViewArray>())
    };
    let number = |of: &dyn Fn(&(&str, u32, i64)) -> i64| -> ArrayRef {
        Arc::new(levels.iter().map(|level| Some(of(level))).collect::<Int64Array>())
    };
    let days = || -> ArrayRef {
        let days = levels.iter().map(|level| Some(day(level.1)));
        Arc::new(days.collect::<TimestampMicrosecondArray>().with_timezone("UTC"))
    };
    let given: Vec<(&str, ArrayRef)> = vec![
        ("level_day", text(&|level| format!("{}:{}", level.0, level.1))),
        ("row_version", number(&|_| 1)),
        ("day", days()),
        ("read_at", days()),
        ("level_id", text(&|level| level.0.to_owned())),
        ("location_id", text(&|_| "1".to_owned())),
        ("inventory_item_id", text(&|level| level.0.to_owned())),
        ("product", text(&|level| level.0.to_owned())),
        ("tracked", Arc::new(levels.iter().map(|_| Some(true)).collect::<BooleanArray>())),
        ("available", number(&|level| level.2)),
    ];
    let dataset = dataset::find("inventory_levels").unwrap();
    let columns = dataset.schema.fields().iter().map(|field| {
        let found = given.iter().find(|(name, _)| name == field.name());
        found.map_or_else(|| new_null_array(field.data_type(), levels.len()), |(_, column)| Arc::clone(column))
    });
    let rows = RecordBatch::try_new(Arc::clone(&dataset.schema), columns.collect()).unwrap();
    let backend = world.backend().await;
    let lake = backend.store_lake(tenant, made.stores[0]);
    let mut spool = lake.spool().unwrap();
    spool.push(dataset, &rows).unwrap();
    lake.upsert(spool, None).await.unwrap();
}

#[tokio::test]
async fn days_on_which_what_sells_well_was_sold_out_are_annotations() {
    let world = World::new().await;
    let (tenant, made) = world.organization("a").await;
    // Nothing was read on the fifth. Lamps are not among what was sold.
    let levels = [
        ("Mug", 2, 5),
        ("Mug", 3, 0),
        ("Mug", 4, 0),
        ("Mug", 6, 0),
        ("Mug", 7, 4),
        ("Bowl", 2, 3),
        ("Bowl", 3, 2),
        ("Bowl", 4, 2),
        ("Bowl", 6, 1),
        ("Bowl", 7, 1),
        ("Lamp", 2, 9),
        ("Lamp", 3, 0),
    ];
    commit_levels(&world, &tenant, &made, &levels).await;
    let server = world.serve().await;
    let owner = server.owner_of("a").await;
    assert!(found(&owner, &november(&made)).await.is_empty(), "nothing was sold");
    owner.import(made.stores[0], "orders.csv", ORDERS).await;
    let expected = json!({
        "automatic": true, "kind": "stock_out", "store_id": made.stores[0].0, "title": "Mug was sold out", "body": "",
        "first_day": "2026-11-03", "last_day": "2026-11-06",
    });
    assert_eq!(found(&owner, &november(&made)).await, std::slice::from_ref(&expected));
    // It began before these days, in which it was sold too.
    let later = format!("{PATH}?workspace_id={}&from=2026-11-03&to=2026-11-04", made.workspace);
    assert!(found(&owner, &later).await.is_empty(), "mugs were sold on the second");
    let long = format!("{PATH}?workspace_id={}&from=2025-01-01&to=2026-11-30", made.workspace);
    assert!(found(&owner, &long).await.is_empty(), "of so long a time nothing is told");
    server.stop().await;
}
