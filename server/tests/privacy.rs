//! What is kept of customers, for how long, and how organisations and accounts end, over HTTP.

use std::time::{Duration, Instant};

use aloftly_catalog::OrgRole;
use aloftly_catalog::plans::Tier;
use aloftly_catalog::testing::PASSWORD;
use aloftly_engine::dataset::Partition;
use serde_json::{Value, json};

use crate::support::{Client, ORDERS, World, answer, by_hand, figures};

/// Waits until all erasures are done, and tells them.
async fn erased(client: &Client) -> Value {
    let patience = Instant::now() + Duration::from_secs(60);
    loop {
        let erasures = client.read("/api/erasures").await["erasures"].clone();
        if erasures.as_array().unwrap().iter().all(|erasure| erasure["status"] == "done") {
            return erasures;
        }
        assert!(Instant::now() < patience, "still not erased: {erasures}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Files below a folder whose name or bytes hold that text.
fn holding(folder: &std::path::Path, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() && path.display().to_string().contains(text) {
            found.push(path.display().to_string());
        } else if path.is_dir() {
            found.extend(holding(&path, text));
        } else if std::fs::read(&path).unwrap().windows(text.len()).any(|part| part == text.as_bytes()) {
            found.push(path.display().to_string());
        }
    }
    found
}

#[tokio::test]
async fn what_is_kept_of_a_customer_is_told_and_then_erased() {
    let world = World::new().await;
    let (_, made) = world.organization("a").await;
    let server = world.serve().await;
    let owner = server.owner_of("a").await;
    let store = made.stores[0];
    owner.import(store, "a.csv", ORDERS).await;
    assert_eq!(figures(&owner, store).await, by_hand());

    let path = |what: &str| format!("/api/stores/{store}/customers/{what}");
    let (status, told) = answer(owner.post(&path("export")).json(&json!({ "email": " Ann@EXAMPLE.com" }))).await;
    assert_eq!(status, 200, "{told}");
    // By hand, from the file: two orders of three lines.
    let count = |dataset: &str| told["datasets"][dataset].as_array().map_or(0, Vec::len);
    assert_eq!((count("orders"), count("order_items"), count("customers")), (2, 3, 1), "{told}");
    assert_eq!(told["datasets"]["customers"][0]["email"], "ann@example.com");
    let names: Vec<_> = told["datasets"]["orders"].as_array().unwrap().iter().map(|o| &o["order_name"]).collect();
    assert_eq!(names, ["#1001", "#1002"]);
    assert_eq!(told["datasets"]["orders"][1]["total"], "12.5000");
    assert_eq!(told["datasets"]["orders"][1]["created_at"], "2026-11-04T04:30:00Z");
    assert!(!told.to_string().contains("bob@example.com"));
    let ids = told["customer_ids"].clone();
    let (_, same) = answer(owner.post(&path("export")).json(&json!({ "customer_ids": ids }))).await;
    assert_eq!(same, told);

    let (status, begun) = answer(owner.post(&path("erase")).json(&json!({ "email": "ann@example.com" }))).await;
    assert_eq!((status, &begun["status"], &begun["customers"]), (202, &json!("waiting"), &json!(1)), "{begun}");
    let done = erased(&owner).await;
    assert_eq!((&done[0]["id"], &done[0]["requested_by"]), (&begun["id"], &json!("owner@a.test")));
    // Two orders, as orders and as their items, and the customer.
    assert_eq!(done[0]["removed"], 5, "{done}");
    let nothing = json!({
        "shopify.revenue": "0.00", "shopify.orders": 0, "shopify.units": 0, "shopify.aov": null, "shopify.customers": 0
    });
    assert_eq!(figures(&owner, store).await, nothing);
    let (status, gone) = answer(owner.post(&path("export")).json(&json!({ "email": "ann@example.com" }))).await;
    assert_eq!((status, &gone["errors"][0]["pointer"]), (422, &json!("/email")));
    let (_, gone) = answer(owner.post(&path("export")).json(&json!({ "customer_ids": ids }))).await;
    assert_eq!(gone["datasets"], json!({}));
    let (_, bob) = answer(owner.post(&path("export")).json(&json!({ "email": "bob@example.com" }))).await;
    assert_eq!(bob["datasets"]["orders"].as_array().unwrap().len(), 1, "the others stay");

    let log = owner.read("/api/audit?action=customers.exported").await.to_string()
        + &owner.read("/api/audit?action=customers.erasure_requested").await.to_string();
    assert!(log.contains("customers.exported") && log.contains("customers.erasure_requested"), "{log}");
    assert!(!log.contains("ann@example.com") && !log.contains(ids[0].as_str().unwrap()), "{log}");
    server.stop().await;
}

#[tokio::test]
async fn who_is_meant_has_to_be_said_in_one_way() {
    let world = World::new().await;
    let (_, made) = world.organization("a").await;
    let server = world.serve().await;
    let owner = server.owner_of("a").await;
    let many: Vec<_> = (0..1_001).map(|number| number.to_string()).collect();
    for (body, place) in [
        (json!({}), ""),
        (json!({ "customer_ids": ["7"], "email": "a@b.test" }), ""),
        (json!({ "customer_ids": [] }), "/customer_ids"),
        (json!({ "customer_ids": many }), "/customer_ids"),
        (json!({ "email": "%@example.com" }), "/email"),
        (json!({ "email": "" }), "/email"),
    ] {
        for what in ["export", "erase"] {
            let path = format!("/api/stores/{}/customers/{what}", made.stores[0]);
            let (status, told) = answer(owner.post(&path).json(&body)).await;
            assert_eq!((status, &told["errors"][0]["pointer"]), (422, &json!(place)), "{what}: {told}");
        }
    }
    assert_eq!(owner.read("/api/erasures").await["erasures"], json!([]));
    assert_eq!(owner.read("/api/audit?action=customers.exported").await["events"], json!([]));
    server.stop().await;
}

#[tokio::test]
async fn an_erasure_that_was_asked_for_outlives_the_server() {
    let world = World::new().await;
    let (tenant, made) = world.organization("a").await;
    let server = world.serve().await;
    let owner = server.owner_of("a").await;
    owner.import(made.stores[0], "a.csv", ORDERS).await;
    let path = format!("/api/stores/{}/customers/export", made.stores[0]);
    let (_, told) = answer(owner.post(&path).json(&json!({ "email": "ann@example.com" }))).await;
    let id = told["customer_ids"][0].as_str().unwrap().to_owned();
    server.stop().await;
    // While no server runs.
    tenant.erase_customers(made.stores[0], &[id]).await.unwrap();
    let server = world.serve().await;
    let owner = server.owner_of("a").await;
    assert_eq!(erased(&owner).await[0]["removed"], 5);
    server.stop().await;
}

#[tokio::test]
async fn data_go_when_they_are_older_than_they_are_kept() {
    let world = World::new().await;
    let (tenant, made) = world.organization("a").await;
    let server = world.serve().await;
    let owner = server.owner_of("a").await;
    let store = made.stores[0];
    // The last second of September in New York, and the first of October.
    let old = "\
Name,Email,Financial Status,Created at,Cancelled at,Currency,Subtotal,Shipping,Taxes,Total,Lineitem quantity,Lineitem name,Lineitem price
#900,old@example.com,paid,2026-09-30 23:59:59 -0400,,USD,10.00,0.00,0.00,10.00,1,Mug,10.00
#901,new@example.com,paid,2026-10-01 00:00:00 -0400,,USD,7.00,0.00,0.00,7.00,1,Mug,7.00
";
    owner.import(store, "a.csv", ORDERS).await;
    owner.import(store, "old.csv", old).await;
    let revenue = async || {
        let query = json!({
            "metrics": ["shopify.revenue"], "stores": [store.to_string()],
            "time_range": { "from": "2026-09-01", "to": "2026-11-30" },
        });
        owner.query(&query).await["totals"]["shopify.revenue"].clone()
    };
    assert_eq!(revenue().await, "59.50");
    assert_eq!(owner.read("/api/retention").await, json!({ "months": null }));
    for wrong in [json!({}), json!({ "months": 0 }), json!({ "months": 241 }), json!({ "months": "9" })] {
        assert_eq!(answer(owner.put("/api/retention").json(&wrong)).await.0, 422, "{wrong}");
    }
    let (status, kept) = answer(owner.put("/api/retention").json(&json!({ "months": 1 }))).await;
    assert_eq!((status, kept), (200, json!({ "months": 1 })));
    let patience = Instant::now() + Duration::from_secs(60);
    while revenue().await != "49.50" {
        assert!(Instant::now() < patience, "{}", revenue().await);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    tenant.set_plan(Tier::Free).await.unwrap();
    let (status, body) = answer(owner.put("/api/retention").json(&json!({ "months": null }))).await;
    assert_eq!((status, &body["code"]), (402, &json!("plan_limit")));
    let said = "This is more than the organisation pays for: the plan free keeps data for 12 months; \
                the plan starter keeps them for 24.";
    assert_eq!(body["detail"], said);
    server.stop().await;
}

#[tokio::test]
async fn an_organisation_that_is_deleted_leaves_nothing_behind() {
    let world = World::new().await;
    let (tenant, made) = world.organization("a").await;
    let (_, others) = world.organization("b").await;
    world.database.member(made.organization, "ann@a.test", OrgRole::Admin).await;
    let server = world.serve().await;
    let (owner, admin, rival) =
        (server.owner_of("a").await, server.person("ann@a.test").await, server.owner_of("b").await);
    owner.import(made.stores[0], "a.csv", ORDERS.replace("Mug", "Kanarie")).await;
    rival.import(others.stores[0], "b.csv", ORDERS).await;
    // Into objects, of which something could be left.
    let backend = world.backend().await;
    let lake = backend.store_lake(&tenant, made.stores[0]);
    let november = "2026-11-15T00:00:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    for dataset in ["orders", "order_items"] {
        lake.fold(dataset, Partition::month_of(november.timestamp_micros())).await.unwrap();
    }
    backend.close().await.unwrap();
    let folder = world.config().data_dir.clone();
    assert!(holding(&folder.join("lake"), &made.stores[0].to_string()).len() >= 2);
    let path = format!("/api/orgs/{}", made.organization);
    let named = |name: &str, password: &str| json!({ "name": name, "password": password });
    assert_eq!(answer(admin.delete(&path).json(&named("a", PASSWORD))).await.0, 403);
    let (status, body) = answer(owner.delete(&path).json(&named("a", "wrong"))).await;
    assert_eq!((status, &body["code"]), (422, &json!("wrong_password")));
    let (status, body) = answer(owner.delete(&path).json(&named("b", PASSWORD))).await;
    assert_eq!((status, &body["errors"][0]["pointer"]), (422, &json!("/name")));
    assert_eq!(body["errors"][0]["detail"], "must be what the organisation is called");
    let elsewhere = format!("/api/orgs/{}", others.organization);
    assert_eq!(answer(owner.delete(&elsewhere).json(&named("b", PASSWORD))).await.0, 404);
    assert_eq!(figures(&owner, made.stores[0]).await, by_hand(), "nothing happened");

    assert_eq!(answer(owner.delete(&path).json(&named("a", PASSWORD))).await.0, 204);
    for gone in [&owner, &admin] {
        assert_eq!(answer(gone.get("/api/session")).await.0, 401);
    }
    let patience = Instant::now() + Duration::from_secs(60);
    while world.database.catalog().organizations("a test").await.unwrap().len() > 1 {
        assert!(Instant::now() < patience, "it is there still");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(holding(&folder, "Kanarie"), Vec::<String>::new());
    assert_eq!(holding(&folder, &made.stores[0].to_string()), Vec::<String>::new());
    assert_eq!(figures(&rival, others.stores[0]).await, by_hand(), "the others' stay");
    let sign_in = json!({ "email": "owner@a.test", "password": PASSWORD });
    let (status, body) = answer(server.anonymous().post("/api/auth/sign-in").json(&sign_in)).await;
    assert_eq!((status, &body["code"]), (403, &json!("no_organization")));
    server.stop().await;
}

#[tokio::test]
async fn the_last_owner_deletes_their_account_with_what_nobody_else_owns() {
    let world = World::new().await;
    world.organization("a").await;
    let server = world.serve().await;
    let owner = server.owner_of("a").await;
    let (status, body) = answer(owner.delete("/api/account").json(&json!({ "password": PASSWORD }))).await;
    assert_eq!((status, &body["code"]), (409, &json!("last_owner")));
    let with = json!({ "password": PASSWORD, "delete_organizations": true });
    assert_eq!(answer(owner.delete("/api/account").json(&with)).await.0, 204);
    let sign_in = json!({ "email": "owner@a.test", "password": PASSWORD });
    assert_eq!(answer(server.anonymous().post("/api/auth/sign-in").json(&sign_in)).await.0, 401);
    server.stop().await;
}

#[tokio::test]
async fn an_export_of_oneself_is_whole_however_much_one_did() {
    let world = World::new().await;
    let (_, made) = world.organization("a").await;
    let (_, other) = world.organization("b").await;
    world.database.member(made.organization, "ann@a.test", OrgRole::Admin).await;
    world.database.member(other.organization, "ann@a.test", OrgRole::Viewer).await;
    let (acting, _) = world.database.as_person("ann@a.test").await;
    // More than two pages, in one organisation.
    for number in 0..1_003 {
        acting.create_workspace(&format!("place {number}")).await.unwrap();
    }
    let server = world.serve().await;
    let ann = server.person("ann@a.test").await;
    let told = ann.read("/api/account/export").await;
    assert_eq!(told["account"]["email"], "ann@a.test");
    let memberships = told["memberships"].as_array().unwrap();
    let done = |at: usize| memberships[at]["done"].as_array().unwrap();
    assert_eq!((&memberships[0]["organization"], &memberships[1]["organization"]), (&json!("a"), &json!("b")));
    let made: Vec<_> = done(0).iter().filter(|deed| deed["action"] == "workspace.created").collect();
    assert_eq!(made.len(), 1_003);
    assert!(made.iter().enumerate().all(|(number, deed)| deed["target"] == format!("place {number}")));
    assert_eq!(done(1).len(), 1, "the export itself: {:?}", done(1));
    server.stop().await;
}
