//! Templates over HTTP.

use serde_json::{Value, json};

use crate::routes::document;
use crate::support::{World, answer};

const PATH: &str = "/api/templates";

#[tokio::test]
async fn templates_that_are_built_in_make_dashboards_in_one_request() {
    let world = World::new().await;
    let (_, made) = world.organization("a").await;
    let server = world.serve().await;
    let owner = server.owner_of("a").await;
    let listed = owner.read(PATH).await;
    let built_in = listed["built_in"].as_array().unwrap();
    assert_eq!((built_in.len(), &listed["own"]), (5, &json!([])));
    for template in built_in {
        let key = template["key"].as_str().unwrap();
        assert_eq!((&template["may_change"], template.get("id")), (&json!(false), None), "{key}");
        assert!(template["sources"].as_array().unwrap().contains(&json!("shopify")), "{key}");
        let new = json!({
            "workspace_id": made.workspace.0, "name": template["name"], "visibility": "private", "template": key,
        });
        let (status, dashboard) = answer(owner.post("/api/dashboards").json(&new)).await;
        assert_eq!((status, &dashboard["template"]), (201, &json!(key)), "{dashboard}");
        assert_eq!(dashboard["document"], template["document"], "{key}");
        assert_eq!(dashboard["description"], template["description"], "{key}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_dashboard_is_kept_as_a_template_changed_and_forgotten() {
    let world = World::new().await;
    let (_, made) = world.organization("a").await;
    let server = world.serve().await;
    let owner = server.owner_of("a").await;
    let mut whole = document("Sales");
    whole["settings"]["stores"] = json!([made.stores[0].0]);
    let new = json!({
        "workspace_id": made.workspace.0, "name": "Pages", "visibility": "workspace", "document": whole,
    });
    let (_, dashboard) = answer(owner.post("/api/dashboards").json(&new)).await;
    let keep = json!({ "name": "House style", "description": "For all", "dashboard_id": dashboard["id"] });
    let response = owner.post(PATH).json(&keep).send().await.unwrap();
    let location = response.headers()["location"].to_str().unwrap().to_owned();
    let (status, template): (u16, Value) = (response.status().as_u16(), response.json().await.unwrap());
    let expected = json!({
        "id": template["id"], "name": "House style", "description": "For all", "sources": ["shopify"],
        "document": document("Sales"), "may_change": true,
    });
    assert_eq!((status, &template), (201, &expected), "without the stores that it was about");
    assert_eq!(location, format!("{PATH}/{}", template["id"].as_str().unwrap()));
    assert_eq!(owner.read(PATH).await["own"], json!([template]));

    let from = json!({
        "workspace_id": made.workspace.0, "name": "New", "visibility": "workspace", "own_template": template["id"],
    });
    let (status, from) = answer(owner.post("/api/dashboards").json(&from)).await;
    assert_eq!((status, &from["document"], from.get("template")), (201, &document("Sales"), None));
    let change = json!({ "name": "Ours", "description": "" });
    let (status, changed) = answer(owner.put(&location).json(&change)).await;
    assert_eq!((status, &changed["name"], &changed["document"]), (200, &json!("Ours"), &document("Sales")));
    let nameless = json!({ "name": "", "description": "", "dashboard_id": dashboard["id"] });
    let (status, body) = answer(owner.post(PATH).json(&nameless)).await;
    assert_eq!((status, &body["errors"][0]["pointer"]), (422, &json!("/name")), "{body}");
    assert_eq!(answer(owner.delete(&location)).await.0, 204);
    assert_eq!(answer(owner.delete(&location)).await.0, 404);
    assert_eq!(owner.read(PATH).await["own"], json!([]));
    server.stop().await;
}
