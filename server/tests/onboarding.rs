//! The way from nothing to first figures, over HTTP: stores, workspaces, data, a dashboard, and how far one is.

use aloftly_catalog::plans::Tier;
use serde_json::{Value, json};

use crate::support::{Client, World, answer};

async fn steps(client: &Client) -> Vec<(String, bool)> {
    let told = client.read("/api/onboarding").await;
    let steps = told["steps"].as_array().unwrap().iter();
    steps.map(|step| (step["id"].as_str().unwrap().to_owned(), step["done"].as_bool().unwrap())).collect()
}

fn are(done: [bool; 4]) -> Vec<(String, bool)> {
    ["store", "data", "template", "numbers"].map(str::to_owned).into_iter().zip(done).collect()
}

#[tokio::test]
async fn an_organisation_goes_from_nothing_to_first_figures_and_is_as_far_in_every_browser() {
    let world = World::new().await;
    let (_, made) = world.organization("a").await;
    let server = world.serve().await;
    let here = server.owner_of("a").await;
    let elsewhere = server.owner_of("a").await;
    assert_eq!(steps(&here).await, are([true, false, false, false]));
    let (status, import) = answer(here.post(&format!("/api/stores/{}/sample-data", made.stores[0]))).await;
    assert_eq!(status, 202, "{import}");
    assert_eq!(steps(&elsewhere).await, are([true, true, false, false]));
    let told = elsewhere.read("/api/onboarding").await;
    assert_eq!(told["store_id"], json!(made.stores[0].to_string()));
    assert_eq!(told.get("dashboard_id"), None);
    here.ended(import["id"].as_str().unwrap()).await;

    let new = json!({
        "workspace_id": made.workspace.0, "name": "First", "visibility": "workspace", "template": "ecommerce_overview",
    });
    let (status, dashboard) = answer(here.post("/api/dashboards").json(&new)).await;
    assert_eq!(status, 201, "{dashboard}");
    assert_eq!(steps(&elsewhere).await, are([true; 4]));
    let told = elsewhere.read("/api/onboarding").await;
    assert_eq!((&told["dashboard_id"], told.get("finished_at")), (&dashboard["id"], None));
    let (status, finished) = answer(elsewhere.patch("/api/onboarding").json(&json!({ "finished": true }))).await;
    assert_eq!((status, finished["finished_at"].is_string()), (200, true), "{finished}");
    assert_eq!(here.read("/api/onboarding").await, finished);
    server.stop().await;
}

#[tokio::test]
async fn what_is_over_is_not_made_open_again() {
    let world = World::new().await;
    world.organization("a").await;
    let server = world.serve().await;
    let owner = server.owner_of("a").await;
    let (status, told) = answer(owner.patch("/api/onboarding").json(&json!({ "finished": false }))).await;
    assert_eq!((status, &told["errors"][0]["pointer"]), (422, &json!("/finished")), "{told}");
    let (status, told) = answer(owner.patch("/api/onboarding").json(&json!({}))).await;
    assert_eq!((status, &told["code"]), (422, &json!("invalid_request")), "{told}");
    assert_eq!(owner.read("/api/onboarding").await.get("finished_at"), None);
    server.stop().await;
}

#[tokio::test]
async fn a_store_is_added_as_it_was_asked_for() {
    let world = World::new().await;
    let (tenant, made) = world.organization("a").await;
    let server = world.serve().await;
    let owner = server.owner_of("a").await;
    let new = |changes: Value| {
        let mut new = json!({
            "workspace_id": made.workspace.0, "name": " Second ", "currency": "EUR", "timezone": "Europe/Paris",
            "week_start": "sunday",
        });
        new.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        new
    };
    let (status, store) = answer(owner.post("/api/stores").json(&new(json!({})))).await;
    assert_eq!(status, 201, "{store}");
    let listed = owner.read("/api/stores").await["stores"].clone();
    assert_eq!(listed.as_array().unwrap().iter().find(|listed| listed["id"] == store["id"]), Some(&store));
    let told = ["name", "currency", "timezone", "week_start"].map(|field| store[field].as_str().unwrap());
    assert_eq!(told, ["Second", "EUR", "Europe/Paris", "sunday"]);
    assert_eq!((&store["workspace"]["id"], &store["version"]), (&json!(made.workspace.0), &json!(0)));
    let without = new(json!({ "name": "Third" }));
    let without: serde_json::Map<_, _> =
        without.as_object().unwrap().clone().into_iter().filter(|(field, _)| field != "week_start").collect();
    let (_, third) = answer(owner.post("/api/stores").json(&without)).await;
    assert_eq!(third["week_start"], "monday", "{third}");

    for (changes, place) in [
        (json!({ "name": " " }), "/name"),
        (json!({ "currency": "euro" }), "/currency"),
        (json!({ "timezone": "Europe/Nowhere" }), "/timezone"),
        (json!({ "week_start": "someday" }), "/week_start"),
    ] {
        let (status, body) = answer(owner.post("/api/stores").json(&new(changes))).await;
        assert_eq!((status, &body["errors"][0]["pointer"]), (422, &json!(place)), "{body}");
    }
    let (status, body) = answer(owner.post("/api/stores").json(&new(json!({})))).await;
    assert_eq!((status, &body["code"]), (409, &json!("taken")), "{body}");
    tenant.set_plan(Tier::Free).await.unwrap();
    let (status, body) = answer(owner.post("/api/stores").json(&new(json!({ "name": "Fourth" })))).await;
    assert_eq!((status, &body["code"]), (402, &json!("plan_limit")), "{body}");
    server.stop().await;
}

#[tokio::test]
async fn a_workspace_is_added_once_by_that_name() {
    let world = World::new().await;
    world.organization("a").await;
    let server = world.serve().await;
    let owner = server.owner_of("a").await;
    let (status, workspace) = answer(owner.post("/api/workspaces").json(&json!({ "name": " Clients " }))).await;
    assert_eq!((status, &workspace["name"]), (201, &json!("Clients")), "{workspace}");
    let listed = owner.read("/api/workspaces").await["workspaces"].clone();
    assert!(listed.as_array().unwrap().contains(&workspace), "{listed}");
    let (status, body) = answer(owner.post("/api/workspaces").json(&json!({ "name": "Clients" }))).await;
    assert_eq!((status, &body["code"]), (409, &json!("taken")), "{body}");
    let (status, body) = answer(owner.post("/api/workspaces").json(&json!({ "name": "" }))).await;
    assert_eq!((status, &body["errors"][0]["pointer"]), (422, &json!("/name")), "{body}");
    server.stop().await;
}
