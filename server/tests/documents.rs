//! The API's description.

use aloftly_server::api;

use crate::support::{World, answer};

#[test]
fn the_web_apps_copy_of_the_document_is_up_to_date() {
    // Tests run in their package's folder.
    let kept = std::fs::read_to_string("web/openapi.json").unwrap();
    let made = format!("{}\n", api::document().to_pretty_json().unwrap());
    assert!(kept == made, "server/web/openapi.json is out of date: `aloftly openapi > server/web/openapi.json`");
}

#[test]
fn the_table_of_permissions_is_up_to_date() {
    let kept = std::fs::read_to_string("../docs/permissions.md").unwrap();
    let is_same = kept == aloftly_catalog::permissions::table();
    assert!(is_same, "docs/permissions.md is out of date: `aloftly permissions > docs/permissions.md`");
}

#[test]
fn every_operation_says_how_it_fails_and_is_known_by_a_name() {
    let document = serde_json::to_value(api::document()).unwrap();
    let mut names = std::collections::BTreeSet::new();
    // Those who are let in by these have no session yet, and may be refused one; and providers sign what they tell.
    let ways_in = ["sign_in", "show_second_factor", "accept_invite", "create_tokens", "refresh_tokens", "deliver"];
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let name = operation["operationId"].as_str().unwrap();
            assert!(names.insert(name), "{name} is the name of two operations");
            let needs_session = operation["security"][0]["session"].is_array();
            assert_eq!(
                needs_session,
                operation["responses"]["401"].is_object() && !ways_in.contains(&name),
                "{method} {path}"
            );
        }
    }
}

#[tokio::test]
async fn the_document_can_be_browsed() {
    let world = World::new().await;
    let server = world.serve().await;
    let client = server.anonymous();
    let moved = client.get("/api/docs").send().await.unwrap();
    assert_eq!((moved.status().as_u16(), moved.headers()["location"].to_str().unwrap()), (308, "/api/docs/"));
    let page = client.get("/api/docs/").send().await.unwrap();
    assert!(page.text().await.unwrap().contains("swagger-ui"));
    let (_, script) = answer(client.get("/api/docs/swagger-initializer.js")).await;
    assert!(script.as_str().unwrap().contains("/api/openapi.json"));
    assert_eq!(answer(client.get("/api/docs/nothing.js")).await.0, 404);
    server.stop().await;
}
