//! Dashboards over HTTP: named by their revisions, wrong in places, and changed widget by widget.

use aloftly_catalog::OrgRole;
use aloftly_catalog::plans::Tier;
use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};

use crate::routes::{document, widget};
use crate::support::{Client, Server, World, answer};

const PATH: &str = "/api/dashboards";

/// A server with the organisation `a`, and its owner.
async fn world() -> (World, Server, Client, Value) {
    let world = World::new().await;
    let (_, made) = world.organization("a").await;
    let server = world.serve().await;
    let owner = server.owner_of("a").await;
    (world, server, owner, json!(made.workspace.0))
}

/// A dashboard that is to be.
fn new(workspace: &Value) -> Value {
    json!({ "workspace_id": workspace, "name": "Pages", "visibility": "workspace", "document": document("Sales") })
}

/// What a dashboard is to be.
fn change(name: &str) -> Value {
    json!({ "name": name, "description": "", "visibility": "workspace", "document": document("Sales") })
}

/// The address of a new dashboard.
async fn made(client: &Client, workspace: &Value) -> String {
    let response = client.post(PATH).json(&new(workspace)).send().await.unwrap();
    assert_eq!((response.status().as_u16(), revision(&response)), (201, "\"r1\"".to_owned()));
    let location = header(&response, "location");
    let body: Value = response.json().await.unwrap();
    assert_eq!(location, format!("{PATH}/{}", body["id"].as_str().unwrap()));
    location
}

fn header(response: &Response, name: &str) -> String {
    response.headers()[name].to_str().unwrap().to_owned()
}

/// The part of an answer's name that says which revision it is of.
fn revision(response: &Response) -> String {
    let etag = header(response, "etag");
    match etag.split_once('-') {
        Some((revision, _shown)) => format!("{revision}\""),
        None => etag,
    }
}

/// The status and the revision that are answered.
async fn named(request: RequestBuilder) -> (u16, String) {
    let response = request.send().await.unwrap();
    (response.status().as_u16(), revision(&response))
}

/// The status and the code of what is refused.
async fn refused(request: RequestBuilder) -> (u16, String) {
    let (status, body) = answer(request).await;
    (status, body["code"].as_str().unwrap_or_default().to_owned())
}

/// The places that are wrong.
async fn wrong(request: RequestBuilder) -> Vec<String> {
    let (status, body) = answer(request).await;
    assert_eq!((status, &body["code"]), (422, &json!("invalid_request")), "{body}");
    let errors = body["errors"].as_array().unwrap();
    errors.iter().map(|error| error["pointer"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_dashboard_is_named_by_its_revision_and_changed_by_who_names_it() {
    let (_world, server, owner, workspace) = world().await;
    let path = made(&owner, &workspace).await;
    let told = owner.get(&path).send().await.unwrap();
    assert_eq!((revision(&told).as_str(), header(&told, "cache-control").as_str()), ("\"r1\"", "private, no-cache"));
    let etag = header(&told, "etag");
    let told: Value = told.json().await.unwrap();
    let expected = json!({
        "id": told["id"], "workspace_id": workspace, "name": "Pages", "description": "", "visibility": "workspace", "widgets": 1,
        "revision": 1, "created_by": told["created_by"], "updated_at": "2026-11-20T17:00:00Z", "updated_by": told["created_by"],
        "may": { "edit": true, "delete": true, "share": true }, "document": document("Sales"),
    });
    assert_eq!((&told, &told["created_by"]["name"]), (&expected, &json!("a owner")));
    for known in [etag.clone(), format!("W/{etag}"), format!("\"r0\", {etag}"), "*".to_owned()] {
        let same = named(owner.get(&path).header("if-none-match", &known)).await;
        assert_eq!(same, (304, "\"r1\"".to_owned()), "{known}");
    }
    for other in ["\"r1\"", "\"r2\"", "\"r1-0000000000000000\""] {
        assert_eq!(named(owner.get(&path).header("if-none-match", other)).await.0, 200, "{other}");
    }

    // Whoever changes it says what they change.
    let put = || owner.put(&path).json(&change("Changed"));
    let needs_name = (428, "if_match_required".to_owned());
    assert_eq!(refused(put()).await, needs_name);
    assert_eq!(refused(owner.delete(&path)).await, needs_name);
    let stale = (412, "stale".to_owned());
    for other in ["\"r2\"", "\"x\"", "r1"] {
        assert_eq!(refused(put().header("if-match", other)).await, stale, "{other}");
    }
    assert_eq!(named(put().header("if-match", &etag)).await, (200, "\"r2\"".to_owned()));
    assert_eq!(refused(put().header("if-match", "\"r1\"")).await, stale);
    assert_eq!(named(put().header("if-match", "\"r2\"")).await, (200, "\"r2\"".to_owned()), "nothing is changed");
    let again = owner.put(&path).json(&change("Again")).header("if-match", "*");
    assert_eq!(named(again).await, (200, "\"r3\"".to_owned()));
    let listed = owner.read(PATH).await["dashboards"].clone();
    assert_eq!(
        (&listed[0]["name"], &listed[0]["revision"], listed[0].get("document")),
        (&json!("Again"), &json!(3), None)
    );
    assert_eq!(refused(owner.delete(&path).header("if-match", "\"r2\"")).await, stale);
    assert_eq!(answer(owner.delete(&path).header("if-match", "\"r3\"")).await.0, 204);
    assert_eq!(answer(owner.get(&path)).await.0, 404);
    server.stop().await;
}

#[tokio::test]
async fn what_is_wrong_with_a_document_is_told_with_its_place_in_the_body() {
    let (_world, server, owner, workspace) = world().await;
    let path = made(&owner, &workspace).await;
    let put = |place: &str, value: Value| {
        let mut body = change("Pages");
        *body.pointer_mut(place).unwrap() = value;
        owner.put(&path).header("if-match", "*").json(&body)
    };
    for (place, value, expected) in [
        ("/name", json!(" "), "/name"),
        ("/description", json!("x".repeat(2_001)), "/description"),
        ("/visibility", json!("everybody"), "/visibility"),
        ("/document/settings/range", json!("soon"), "/document/settings/range"),
        ("/document/sections/0/columns", json!("two"), "/document/sections/0/columns"),
        (
            "/document/sections/0/widgets/0/query/metrics/0",
            json!("shopify.revenu"),
            "/document/sections/0/widgets/0/query/metrics/0",
        ),
        ("/document/sections/0/widgets/0/kind", json!("gauge"), "/document/sections/0/widgets/0/kind"),
        ("/document/settings/stores", json!([workspace]), "/document/settings/stores/0"),
    ] {
        assert_eq!(wrong(put(place, value)).await, [expected]);
    }
    let (_, body) = answer(put("/document/sections/0/widgets/0/query/metrics/0", json!("shopify.revenu"))).await;
    assert_eq!(body["errors"][0]["code"], "unknown_metric");
    assert!(body["detail"].as_str().unwrap().contains("shopify.revenue"), "it says what would be right: {body}");

    let mut both = new(&workspace);
    both["template"] = json!("cro_audit");
    assert_eq!(wrong(owner.post(PATH).json(&both)).await, [""]);
    let magic = json!({ "workspace_id": workspace, "name": "x", "visibility": "private", "template": "magic" });
    assert_eq!(wrong(owner.post(PATH).json(&magic)).await, ["/template"]);
    let mut broken = new(&workspace);
    broken["document"]["version"] = json!(2);
    assert_eq!(wrong(owner.post(PATH).json(&broken)).await, ["/document/version"]);
    assert_eq!(owner.read(&path).await["revision"], 1);
    server.stop().await;
}

#[tokio::test]
async fn a_plan_that_is_full_takes_no_more_dashboards() {
    let world = World::new().await;
    let (tenant, made_here) = world.organization("a").await;
    tenant.set_plan(Tier::Free).await.unwrap();
    let server = world.serve().await;
    let owner = server.owner_of("a").await;
    let workspace = json!(made_here.workspace.0);
    for _ in 0..3 {
        made(&owner, &workspace).await;
    }
    let (status, body) = answer(owner.post(PATH).json(&new(&workspace))).await;
    assert_eq!((status, &body["code"]), (402, &json!("plan_limit")), "{body}");
    let said = "This is more than the organisation pays for: the plan free includes 3 dashboards, and 3 are in use; \
                the plan starter includes 10 dashboards.";
    assert_eq!(body["detail"], said);
    assert_eq!(owner.read("/api/plan").await["usage"]["dashboards"], 3);
    server.stop().await;
}

#[tokio::test]
async fn widgets_are_put_changed_and_taken_off_one_by_one() {
    let (_world, server, owner, workspace) = world().await;
    let path = made(&owner, &workspace).await;
    let widgets = format!("{path}/widgets");
    let ids = async || {
        let listed = owner.read(&widgets).await["widgets"].clone();
        let placed = listed.as_array().unwrap().iter();
        placed
            .map(|placed| format!("{}/{}", placed["section_id"], placed["widget"]["id"]).replace('"', ""))
            .collect::<Vec<_>>()
    };
    let add = |id: &str, position: Value| {
        owner.post(&widgets).json(&json!({ "section_id": "section1", "position": position, "widget": widget(id, "x") }))
    };
    assert_eq!(named(add("first1", json!(0))).await, (201, "\"r2\"".to_owned()));
    assert_eq!(named(add("last01", Value::Null)).await, (201, "\"r3\"".to_owned()));
    assert_eq!(ids().await, ["section1/first1", "section1/figure1", "section1/last01"]);
    assert_eq!(named(owner.get(&widgets)).await, (200, "\"r3\"".to_owned()));
    let put = owner.put(&format!("{widgets}/figure1")).json(&widget("figure1", "Other words"));
    assert_eq!(named(put.header("if-match", "\"r3\"")).await, (200, "\"r4\"".to_owned()));
    let kept = owner.read(&path).await;
    assert_eq!(kept["document"]["sections"][0]["widgets"][1], widget("figure1", "Other words"));
    assert_eq!(kept["document"]["sections"][0]["widgets"][0], widget("first1", "x"), "the others stay as they are");
    let take = || owner.delete(&format!("{widgets}/first1"));
    assert_eq!(refused(take().header("if-match", "\"r3\"")).await, (412, "stale".to_owned()));
    assert_eq!(answer(take()).await.0, 204);
    assert_eq!(answer(take()).await.0, 404);
    assert_eq!(ids().await, ["section1/figure1", "section1/last01"]);

    assert_eq!(wrong(add("last01", Value::Null)).await, ["/widget/id"]);
    assert_eq!(wrong(add("next01", json!(7))).await, ["/position"]);
    let nowhere = json!({ "section_id": "nowhere", "widget": widget("next01", "x") });
    assert_eq!(wrong(owner.post(&widgets).json(&nowhere)).await, ["/section_id"]);
    let mut unknown = widget("next01", "x");
    unknown["query"]["metrics"] = json!(["shopify.revenu"]);
    assert_eq!(wrong(owner.post(&widgets).json(&json!({ "widget": unknown }))).await, ["/widget/query/metrics/0"]);
    unknown["id"] = json!("figure1");
    assert_eq!(wrong(owner.put(&format!("{widgets}/figure1")).json(&unknown)).await, ["/query/metrics/0"]);
    let other = owner.put(&format!("{widgets}/figure1")).json(&widget("last01", "x"));
    assert_eq!(wrong(other).await, ["/id"]);
    assert_eq!(owner.read(&path).await["revision"], 5);
    server.stop().await;
}

#[tokio::test]
async fn what_a_dashboard_was_is_listed_shown_and_made_again() {
    let (_world, server, owner, workspace) = world().await;
    let path = made(&owner, &workspace).await;
    for name in ["Second", "Third"] {
        let put = owner.put(&path).json(&change(name)).header("if-match", "*");
        assert_eq!(answer(put).await.0, 200);
    }
    let history = format!("{path}/history");
    let newest = owner.read(&format!("{history}?limit=2")).await;
    let names: Vec<_> = newest["revisions"].as_array().unwrap().iter().map(|entry| entry["name"].clone()).collect();
    assert_eq!(names, ["Third", "Second"]);
    let rest = owner.read(&format!("{history}?cursor={}", newest["next_cursor"].as_str().unwrap())).await;
    let first = rest["revisions"][0].clone();
    let expected = json!({
        "id": first["id"], "revision": 1, "name": "Pages", "begun_at": "2026-11-20T17:00:00Z",
        "saved_at": "2026-11-20T17:00:00Z", "saved_by": { "id": first["saved_by"]["id"], "name": "a owner" },
    });
    assert_eq!((&first, rest.get("next_cursor")), (&expected, None));
    let id = first["id"].as_str().unwrap();
    let was = owner.read(&format!("{history}/{id}")).await;
    assert_eq!((&was["name"], &was["document"]), (&json!("Pages"), &document("Sales")));

    let restore = || owner.post(&format!("{path}/restore")).json(&json!({ "revision_id": id }));
    assert_eq!(refused(restore()).await, (428, "if_match_required".to_owned()));
    assert_eq!(refused(restore().header("if-match", "\"r1\"")).await, (412, "stale".to_owned()));
    assert_eq!(named(restore().header("if-match", "\"r3\"")).await, (200, "\"r4\"".to_owned()));
    assert_eq!(owner.read(&path).await["name"], "Pages");
    assert_eq!(owner.read(&history).await["revisions"].as_array().unwrap().len(), 4);
    for nothing in ["nonsense", "00000000-0000-0000-0000-000000000007"] {
        assert_eq!(answer(owner.get(&format!("{history}/{nothing}"))).await.0, 404, "{nothing}");
    }
    server.stop().await;
}

#[tokio::test]
async fn views_are_saved_shared_and_changed() {
    let (world, server, owner, workspace) = world().await;
    let organization = owner.read("/api/session").await["organization"]["id"].as_str().unwrap().parse::<uuid::Uuid>();
    world.database.member(organization.unwrap().into(), "admin@a.test", OrgRole::Admin).await;
    let admin = server.person("admin@a.test").await;
    let views = format!("{}/views", made(&owner, &workspace).await);
    let view = |name: &str, is_shared: bool| json!({ "name": name, "search": "range=today", "is_shared": is_shared });
    let response = owner.post(&views).json(&view("Today", true)).send().await.unwrap();
    let location = header(&response, "location");
    let (status, made): (u16, Value) = (response.status().as_u16(), response.json().await.unwrap());
    let expected = json!({
        "id": made["id"], "name": "Today", "search": "range=today", "is_shared": true, "is_own": true,
        "created_at": "2026-11-20T17:00:00Z",
    });
    assert_eq!((status, &made), (201, &expected));
    assert_eq!(location, format!("{views}/{}", made["id"].as_str().unwrap()));
    assert_eq!(answer(owner.post(&views).json(&view("Mine", false))).await.0, 201);
    assert_eq!(owner.read(&views).await["views"].as_array().unwrap().len(), 2);
    let seen = admin.read(&views).await["views"].clone();
    assert_eq!((seen.as_array().unwrap().len(), &seen[0]["is_own"]), (1, &json!(false)));
    let (status, changed) = answer(admin.put(&location).json(&view("Now", true))).await;
    assert_eq!((status, &changed["name"], &changed["is_own"]), (200, &json!("Now"), &json!(false)));
    let mut long = view("Long", false);
    long["search"] = json!("x".repeat(4_001));
    assert_eq!(wrong(owner.post(&views).json(&long)).await, ["/search"]);
    assert_eq!(wrong(owner.post(&views).json(&view("", false))).await, ["/name"]);
    assert_eq!(answer(admin.delete(&location)).await.0, 204);
    assert_eq!(answer(owner.delete(&location)).await.0, 404);
    server.stop().await;
}
