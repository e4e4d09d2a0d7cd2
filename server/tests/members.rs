//! Members, sessions, organisations and the audit log over HTTP.

use aloftly_catalog::OrgRole;
use aloftly_catalog::plans::Tier;
use aloftly_catalog::testing::PASSWORD;
use serde_json::{Value, json};

use crate::support::{World, answer, cookie};

fn names(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|one| one["email"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn members_are_listed_changed_and_removed() {
    let world = World::new().await;
    let (_, made) = world.organization("a").await;
    let ann = world.database.member(made.organization, "ann@a.test", OrgRole::Viewer).await;
    let server = world.serve().await;
    let owner = server.owner_of("a").await;
    let listed = owner.read("/api/members").await;
    let expected = json!({ "members": [
        {
            "user_id": ann.0, "email": "ann@a.test", "name": "ann@a.test", "role": "viewer", "workspaces": [],
            "created_at": "2026-11-20T17:00:00Z"
        },
        {
            "user_id": made.owner.0, "email": "owner@a.test", "name": "a owner", "role": "owner",
            "workspaces": [{ "id": made.workspace.0, "name": "a workspace", "role": "admin" }],
            "created_at": "2026-11-20T17:00:00Z", "last_seen_at": "2026-11-20T17:00:00Z"
        }
    ]});
    assert_eq!(listed, expected);

    let path = format!("/api/members/{ann}");
    let (status, body) = answer(owner.patch(&path).json(&json!({ "role": "admin" }))).await;
    assert_eq!((status, &body["role"]), (200, &json!("admin")));
    let (status, body) = answer(owner.patch(&path).json(&json!({ "role": "boss" }))).await;
    assert_eq!((status, &body["errors"][0]["pointer"]), (422, &json!("/role")), "{body}");
    let (status, body) = answer(owner.patch(&path).json(&json!({ "role": 7 }))).await;
    assert_eq!((status, &body["errors"][0]["pointer"]), (422, &json!("/role")), "{body}");
    let (status, body) = answer(owner.patch(&path).json(&json!({ "rôle": "admin" }))).await;
    assert_eq!((status, &body["code"]), (422, &json!("invalid_request")), "{body}");
    let place = format!("/api/workspaces/{}/members/{ann}", made.workspace);
    assert_eq!(answer(owner.put(&place).json(&json!({ "role": "editor" }))).await.0, 204);
    let listed = owner.read("/api/members").await;
    assert_eq!(listed["members"][0]["workspaces"][0]["role"], "editor");
    assert_eq!(answer(owner.delete(&place)).await.0, 204);
    assert_eq!(answer(owner.delete(&place)).await.0, 404);

    let own = format!("/api/members/{}", made.owner);
    let (status, body) = answer(owner.delete(&own)).await;
    assert_eq!((status, &body["code"]), (409, &json!("last_owner")), "{body}");
    assert_eq!(answer(owner.delete(&path)).await.0, 204);
    assert_eq!(names(&owner.read("/api/members").await["members"]), ["owner@a.test"]);
    for nobody in ["/api/members/nonsense", "/api/members/00000000-0000-0000-0000-000000000007"] {
        assert_eq!(answer(owner.delete(nobody)).await.0, 404, "{nobody}");
    }
    server.stop().await;
}

#[tokio::test]
async fn the_plan_is_told_with_how_much_of_it_is_in_use() {
    let world = World::new().await;
    let (tenant, made) = world.organization("a").await;
    world.database.member(made.organization, "ann@a.test", OrgRole::Viewer).await;
    let server = world.serve().await;
    let client = server.person("ann@a.test").await;
    let unlimited =
        json!({ "stores": null, "integrations": null, "seats": null, "dashboards": null, "retention_months": null });
    let usage = json!({ "stores": 1, "integrations": 0, "seats": 2, "dashboards": 0 });
    let expected = json!({ "tier": "enterprise", "limits": unlimited, "usage": usage });
    assert_eq!(client.read("/api/plan").await, expected);
    tenant.set_plan(Tier::Free).await.unwrap();
    let limits = json!({ "stores": 1, "integrations": 2, "seats": 2, "dashboards": 3, "retention_months": 12 });
    let expected = json!({ "tier": "free", "limits": limits, "usage": usage });
    assert_eq!(client.read("/api/plan").await, expected);
    server.stop().await;
}

#[tokio::test]
async fn who_is_demoted_may_less_at_once() {
    let world = World::new().await;
    let (tenant, made) = world.organization("a").await;
    let ann = world.database.member(made.organization, "ann@a.test", OrgRole::Admin).await;
    let server = world.serve().await;
    let client = server.person("ann@a.test").await;
    let session = client.read("/api/session").await;
    let of_admins = json!([
        "read_members",
        "read_plan",
        "leave",
        "share",
        "manage_templates",
        "explain_queries",
        "see_all_workspaces",
        "manage_workspaces",
        "manage_connections",
        "manage_members",
        "manage_api_keys",
        "manage_privacy",
        "manage_branding",
        "read_audit"
    ]);
    assert_eq!((&session["role"], &session["permissions"]), (&json!("admin"), &of_admins));
    assert_eq!(client.read("/api/stores").await["stores"].as_array().unwrap().len(), 1);
    tenant.change_role(ann, OrgRole::Viewer).await.unwrap();
    assert_eq!(client.read("/api/session").await["permissions"], json!(["read_members", "read_plan", "leave"]));
    assert_eq!(client.read("/api/stores").await["stores"], json!([]));
    assert_eq!(answer(client.get("/api/audit")).await.0, 403);
    tenant.remove_member(ann).await.unwrap();
    assert_eq!(answer(client.get("/api/session")).await.0, 401);
    server.stop().await;
}

#[tokio::test]
async fn sessions_say_where_they_are_and_end_at_once() {
    let world = World::with(&[("trusted_proxies", "127.0.0.1")]).await;
    world.organization("a").await;
    let server = world.serve().await;
    let body = json!({ "email": "owner@a.test", "password": PASSWORD });
    let there = server.anonymous().post("/api/auth/sign-in").header("x-forwarded-for", "203.0.113.9");
    let there = there.header("user-agent", "Browser 7").json(&body).send().await.unwrap();
    let there = server.holding(cookie(&there));
    let here = server.owner_of("a").await;
    let sessions = here.read("/api/sessions").await["sessions"].clone();
    let current: Vec<_> = sessions.as_array().unwrap().iter().filter(|one| one["is_current"] == true).collect();
    assert_eq!((sessions.as_array().unwrap().len(), current.len()), (2, 1));
    let other = sessions.as_array().unwrap().iter().find(|one| one["is_current"] == false).unwrap();
    assert_eq!((&other["address"], &other["user_agent"]), (&json!("203.0.113.9"), &json!("Browser 7")));
    assert_eq!(other["organization"], "a");

    let path = format!("/api/sessions/{}", other["id"].as_str().unwrap());
    assert_eq!(answer(here.delete(&path)).await.0, 204);
    assert_eq!(answer(there.get("/api/session")).await.0, 401);
    assert_eq!(answer(here.delete(&path)).await.0, 404);
    let third = server.owner_of("a").await;
    assert_eq!(answer(here.delete("/api/sessions")).await, (200, json!({ "ended": 1 })));
    assert_eq!(answer(third.get("/api/session")).await.0, 401);
    here.read("/api/session").await;
    server.stop().await;
}

#[tokio::test]
async fn a_password_is_changed_by_who_knows_it() {
    let world = World::new().await;
    world.organization("a").await;
    let server = world.serve().await;
    let (here, there) = (server.owner_of("a").await, server.owner_of("a").await);
    let change = |current: &str, new: &str| {
        let body = json!({ "current_password": current, "new_password": new });
        answer(here.put("/api/auth/password").json(&body))
    };
    let (status, body) = change("wrong", "a better password").await;
    assert_eq!((status, &body["code"]), (422, &json!("wrong_password")));
    assert_eq!(body["errors"][0]["pointer"], "/current_password");
    let (status, body) = change(PASSWORD, "short").await;
    assert_eq!((status, &body["errors"][0]["pointer"]), (422, &json!("/new_password")), "{body}");
    assert_eq!(change(PASSWORD, "a better password").await.0, 204);
    here.read("/api/session").await;
    assert_eq!(answer(there.get("/api/session")).await.0, 401);
    // Guessing with somebody's session is as limited as guessing without.
    for _ in 0..9 {
        assert_eq!(change("wrong", "a better password").await.0, 422);
    }
    assert_eq!(change("wrong", "a better password").await.0, 429);
    server.stop().await;
}

#[tokio::test]
async fn one_goes_from_one_organisation_to_another_under_a_new_token() {
    let world = World::new().await;
    let (_, a) = world.organization("a").await;
    let (_, b) = world.organization("b").await;
    world.database.member(a.organization, "ann@a.test", OrgRole::Member).await;
    world.database.member(b.organization, "ann@a.test", OrgRole::Admin).await;
    let server = world.serve().await;
    let before = server.person("ann@a.test").await;
    let listed = before.read("/api/orgs").await;
    let expected = json!({ "organizations": [
        { "id": a.organization.0, "name": "a", "role": "member", "is_current": true },
        { "id": b.organization.0, "name": "b", "role": "admin", "is_current": false }
    ]});
    assert_eq!(listed, expected);
    let entered = before.post(&format!("/api/orgs/{}/enter", b.organization)).send().await.unwrap();
    assert_eq!(entered.status(), 200);
    let after = server.holding(cookie(&entered));
    assert_eq!(entered.json::<Value>().await.unwrap()["organization"]["name"], "b");
    assert_eq!(after.read("/api/session").await["role"], "admin");
    assert_eq!(after.read("/api/stores").await["stores"][0]["name"], "b store");
    assert_eq!(answer(before.get("/api/session")).await.0, 401);
    server.stop().await;
}

#[tokio::test]
async fn the_audit_log_is_read_searched_and_exported() {
    let world = World::new().await;
    let (tenant, _) = world.organization("a").await;
    tenant.create_workspace("=HYPERLINK(\"http://evil\", \"x\")").await.unwrap();
    let server = world.serve().await;
    let owner = server.owner_of("a").await;
    let newest = owner.read("/api/audit?limit=1").await;
    let event = &newest["events"][0];
    assert_eq!((&event["action"], &event["summary"]), (&json!("session.begun"), &json!("Signed in")));
    assert_eq!((&event["actor"]["email"], &event["address"]), (&json!("owner@a.test"), &json!("127.0.0.1")));
    let next = newest["next_cursor"].as_str().unwrap();
    let rest = owner.read(&format!("/api/audit?cursor={next}")).await;
    let actions: Vec<_> = rest["events"].as_array().unwrap().iter().map(|event| &event["action"]).collect();
    assert_eq!(actions, ["workspace.created", "organization.created"]);
    assert_eq!(rest.get("next_cursor"), None);
    let found = owner.read("/api/audit?search=hyperlink").await;
    assert_eq!(found["events"].as_array().unwrap().len(), 1);
    assert_eq!(owner.read("/api/audit?action=store.created").await["events"], json!([]));
    for (wrong, code) in
        [("action=x", "unknown_action"), ("from=yesterday", "malformed_query"), ("x=1", "malformed_query")]
    {
        let (status, body) = answer(owner.get(&format!("/api/audit?{wrong}"))).await;
        assert_eq!((status, &body["code"]), (400, &json!(code)), "{wrong}: {body}");
    }

    let export = owner.get("/api/audit/export?to=2026-11-21T00:00:00Z").send().await.unwrap();
    assert_eq!(export.headers()["content-type"], "text/csv; charset=utf-8");
    assert_eq!(export.headers()["content-disposition"], "attachment; filename=\"audit.csv\"");
    let text = export.text().await.unwrap();
    let lines: Vec<_> = text.split_terminator("\r\n").collect();
    assert_eq!(lines.len(), 4, "{text}");
    assert_eq!(lines[0], "at,actor,actor_id,action,target,target_id,detail,address,user_agent");
    assert!(lines[2].contains(",workspace.created,\"'=HYPERLINK(\"\"http://evil\"\", \"\"x\"\")\","), "{}", lines[2]);
    assert!(
        lines[3].starts_with("2026-11-20T17:00:00.000000Z,the organisation is being made,,organization.created,a,")
    );
    server.stop().await;
}

#[tokio::test]
async fn an_export_has_every_page() {
    let world = World::new().await;
    let (tenant, _) = world.organization("a").await;
    for number in 0..1_050 {
        tenant.create_workspace(&format!("part {number}")).await.unwrap();
    }
    let server = world.serve().await;
    let owner = server.owner_of("a").await;
    let (status, text) = answer(owner.get("/api/audit/export?action=workspace.created")).await;
    assert_eq!(status, 200);
    let text = text.as_str().unwrap();
    for number in 0..1_050 {
        assert_eq!(text.matches(&format!(",part {number},")).count(), 1, "{number}");
    }
    assert_eq!(text.lines().count(), 1_051);
    server.stop().await;
}
