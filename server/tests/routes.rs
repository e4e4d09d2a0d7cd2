//! Every route of the API, asked by nobody, by another organisation's owner, in each role, and by programs with each scope.

mod cases;
mod requests;
mod things;

use std::time::Duration;

use aloftly_catalog::{KeyScope, OrgRole, WorkspaceRole};
use serde_json::{Value, json};
use uuid::Uuid;

pub(crate) use self::cases::routes;
use self::cases::{BY_ROLE, BY_SCOPE, NAME_SOMETHING, OfPrograms, public};
pub(crate) use self::requests::request;
pub(crate) use self::things::{Pages, Things, document, new_connection, new_pages, new_things, told, widget};
use self::things::{invited, new_key, new_share};
use crate::accounts::Mailing;
use crate::support::{Client, ORDERS, World, answer};

/// Text that only organisation B holds: it must not show in anything that A gets.
const CANARY: &str = "canary";

/// Asks a route for those things.
async fn ask(client: &Client, route: &str, of: &Things) -> (u16, Value) {
    let (status, mut body) = answer(request(client, route, of).header("x-request-id", "same")).await;
    // How long it took tells nothing.
    if let Some(body) = body.as_object_mut() {
        body.remove("elapsed_ms");
    }
    (status, body)
}

#[tokio::test]
async fn no_route_tells_anything_of_another_organisation() {
    let Mailing { world, server, sink: _sink, .. } = Mailing::new().await;
    let (tenant, b) = world.organization(CANARY).await;
    let owner = server.owner_of(CANARY).await;
    let done = owner.import(b.stores[0], "canary.csv", ORDERS).await;
    assert_eq!(done["status"], "done", "{done}");
    let session = owner.read("/api/session").await["id"].as_str().unwrap().parse().unwrap();
    let key = json!({ "name": CANARY, "scopes": ["metrics:read"], "expires_at": null });
    let (_, key) = answer(owner.post("/api/api-keys").json(&key)).await;
    let query = json!({ "metrics": ["shopify.revenue"], "time_range": "last_7_days" });
    let share = json!({ "name": CANARY, "query": query, "expires_at": null });
    let (_, share) = answer(owner.post("/api/shares").json(&share)).await;
    let (connection, sync) = new_connection(&tenant, &b, "elsewhere", CANARY).await;
    let (delivery, asked) = told(&world, &tenant, &b, connection, CANARY).await;
    let Pages { dashboard, revision, view, template, annotation } =
        new_pages(&world, "owner@canary.test", &b, CANARY).await;
    let foreign = Things {
        store: b.stores[0].0,
        import: done["id"].as_str().unwrap().parse().unwrap(),
        organization: b.organization.0,
        workspace: b.workspace.0,
        member: b.owner.0,
        session,
        invitation: invited(&tenant, "invited@canary.test").await,
        key: key["id"].as_str().unwrap().parse().unwrap(),
        share: share["share"]["id"].as_str().unwrap().parse().unwrap(),
        connection,
        sync,
        delivery,
        request: asked,
        dashboard,
        revision,
        view,
        template,
        annotation,
    };
    let unknown = Things::unknown();

    let stranger = server.owner_of("a").await;
    let routes = routes();
    assert!(routes.len() >= 30, "{routes:?}");
    for route in &routes {
        let counted = request(&server.anonymous(), route, &foreign).send().await.unwrap();
        let policy = counted.headers()["ratelimit-policy"].to_str().unwrap();
        assert_eq!(policy, "\"address\";q=3000;w=60", "{route}: who is not known is counted by their address");
        let (status, body) = ask(&server.anonymous(), route, &foreign).await;
        let expected = public(route).unwrap_or(401);
        assert_eq!(status, expected, "{route} to nobody: {body}");
        if public(route).is_none() {
            assert_eq!(body["code"], "unauthenticated", "{route}");
        }

        let (status, body) = ask(&stranger, route, &foreign).await;
        assert!(!body.to_string().contains(CANARY), "{route} told of another organisation: {body}");
        let named = NAME_SOMETHING.iter().any(|(name, _)| name == route);
        assert!(named || !route.contains('{'), "{route} names something: say what it answers for somebody else's");
        if let Some((_, expected)) = NAME_SOMETHING.into_iter().find(|(name, _)| name == route) {
            let (unknown_status, unknown_body) = ask(&stranger, route, &unknown).await;
            assert_eq!((status, unknown_status), (expected, expected), "{route}: {body}");
            let (body, unknown_body) = (body.to_string(), unknown_body.to_string());
            assert_eq!(foreign.left_out_of(&body), unknown.left_out_of(&unknown_body), "{route} tells the two apart");
        }
    }
    // Nor does one tell a program of somebody else's.
    let program = server.program(world.database.api_key("owner@a.test", KeyScope::ALL).await.expose());
    for route in &routes {
        let (status, body) = ask(&program, route, &foreign).await;
        assert!(!body.to_string().contains(CANARY), "{route} told a program of another organisation: {body}");
        if let (Some((_, expected)), true) = (NAME_SOMETHING.into_iter().find(|(name, _)| name == route), status != 403)
        {
            let (unknown_status, unknown_body) = ask(&program, route, &unknown).await;
            assert_eq!((status, unknown_status), (expected, expected), "{route}: {body}");
            let (body, unknown_body) = (body.to_string(), unknown_body.to_string());
            assert_eq!(foreign.left_out_of(&body), unknown.left_out_of(&unknown_body), "{route} tells the two apart");
        }
    }
    // The owner still gets it all.
    let kept = owner.read(&format!("/api/imports/{}", foreign.import)).await;
    assert_eq!(kept["file_name"], "canary.csv");
    server.stop().await;
}

#[tokio::test]
async fn each_route_answers_each_role_as_it_may() {
    let Mailing { world, server, tenant, made, sink: _sink } = Mailing::new().await;
    let database = &world.database;
    let import = server.owner_of("a").await.import(made.stores[0], "a.csv", ORDERS).await;
    for role in [OrgRole::Viewer, OrgRole::Member, OrgRole::Admin] {
        let user = database.member(made.organization, &format!("{}@a.test", role.as_str()), role).await;
        if role < OrgRole::Admin {
            tenant.set_workspace_role(made.workspace, user, WorkspaceRole::Editor).await.unwrap();
        }
    }
    for (number, route) in routes().iter().enumerate() {
        // So that no limit is met.
        world.clock.advance(Duration::from_secs(60));
        let import = import["id"].as_str().unwrap().parse().unwrap();
        let new = new_things(&world, &tenant, &made, import, number).await;
        let things = Things { organization: Uuid::from_u128(3), ..new };
        let expected = BY_ROLE.into_iter().find(|(name, _)| name == route);
        let (_, expected) =
            expected.unwrap_or_else(|| panic!("{route} has no case here: say what it answers to each role"));
        for (role, expected) in OrgRole::ALL.into_iter().zip(expected) {
            let client = server.person(&format!("{}@a.test", role.as_str())).await;
            let (status, body) = ask(&client, route, &things).await;
            assert_eq!(status, expected, "{route} to {role:?}: {body}");
            if expected == 403 {
                assert_eq!(body["code"], "forbidden", "{route} to {role:?}");
            }
        }
        // Whoever was made the owner is not in the way of what comes next.
        tenant.change_role(made.owner, OrgRole::Owner).await.unwrap();
    }
    server.stop().await;
}

#[tokio::test]
async fn each_route_answers_each_scope_as_it_may() {
    let Mailing { world, server, tenant, made, sink: _sink } = Mailing::new().await;
    let import = server.owner_of("a").await.import(made.stores[0], "a.csv", ORDERS).await;
    let member = world.database.member(made.organization, "target@a.test", OrgRole::Viewer).await;
    let (connection, sync) = new_connection(&tenant, &made, "elsewhere", "acme").await;
    let (delivery, asked) = told(&world, &tenant, &made, connection, "acme").await;
    let Pages { dashboard, revision, view, template, annotation } =
        new_pages(&world, "owner@a.test", &made, "acme").await;
    let things = Things {
        store: made.stores[0].0,
        import: import["id"].as_str().unwrap().parse().unwrap(),
        organization: made.organization.0,
        workspace: made.workspace.0,
        member: member.0,
        session: world.database.as_person("target@a.test").await.1.session.id.0,
        invitation: invited(&tenant, "invited@a.test").await,
        key: new_key(&world).await,
        share: new_share(&world, &made).await,
        connection,
        sync,
        delivery,
        request: asked,
        dashboard,
        revision,
        view,
        template,
        annotation,
    };
    let with = async |scopes: &[KeyScope]| {
        let token = world.database.api_key("owner@a.test", scopes).await;
        server.program(token.expose())
    };
    let (all, none) = (with(KeyScope::ALL).await, with(&[]).await);
    let mut alone = Vec::new();
    for scope in KeyScope::ALL {
        let others: Vec<_> = KeyScope::ALL.iter().copied().filter(|other| other != scope).collect();
        alone.push((*scope, with(&[*scope]).await, with(&others).await));
    }
    for route in routes() {
        let needs = BY_SCOPE.into_iter().find(|(name, _)| *name == route);
        let (_, needs) = needs.unwrap_or_else(|| panic!("{route} has no case here: say what it needs of a program"));
        let (with_all, without) = match needs {
            OfPrograms::Scope(_, status) => ((status, None), (403, Some("insufficient_scope"))),
            OfPrograms::Nothing(status) => ((status, None), (status, None)),
            OfPrograms::Person => ((403, Some("needs_person")), (403, Some("needs_person"))),
        };
        let mut asked = vec![("all", &all, with_all), ("none", &none, without)];
        for (scope, only, others) in &alone {
            match needs {
                OfPrograms::Scope(needed, _) if needed == *scope => {
                    asked.extend([(scope.as_str(), only, with_all), ("all others", others, without)]);
                }
                _ => asked.extend([(scope.as_str(), only, without), ("all others", others, with_all)]),
            }
        }
        for (which, program, (status, code)) in asked {
            // So that no limit is met.
            world.clock.advance(Duration::from_secs(300));
            let (answered, body) = ask(program, &route, &things).await;
            assert_eq!(answered, status, "{route} with {which}: {body}");
            if let Some(code) = code {
                assert_eq!(body["code"], code, "{route} with {which}");
            }
        }
    }
    server.stop().await;
}

#[tokio::test]
async fn a_session_that_ended_opens_nothing() {
    let world = World::new().await;
    world.organization("a").await;
    let server = world.serve().await;
    let owner = server.owner_of("a").await;
    owner.read("/api/session").await;
    let ended = owner.post("/api/auth/sign-out").send().await.unwrap();
    assert_eq!(ended.status(), 204);
    let forgotten = ended.headers()["set-cookie"].to_str().unwrap();
    assert!(forgotten.starts_with("__Host-aloftly_session=;") && forgotten.contains("Max-Age=0"), "{forgotten}");
    for path in ["/api/session", "/api/stores", "/api/metrics", "/api/imports"] {
        let (status, body) = answer(owner.get(path)).await;
        assert_eq!((status, &body["code"]), (401, &json!("unauthenticated")), "{path}");
    }
    server.stop().await;
}

#[tokio::test]
async fn the_process_tells_its_figures_to_those_who_run_it() {
    let world = World::new().await;
    let server = world.serve().await;
    // Through a proxy on this machine, whether that is trusted or not.
    for header in ["x-forwarded-for", "forwarded", "x-real-ip", "via"] {
        let (status, body) = answer(server.anonymous().get("/metrics").header(header, "203.0.113.9")).await;
        assert_eq!((status, &body["code"]), (403, &json!("forbidden")), "{header}");
    }
    server.stop().await;
    let token = "a token of more than 32 characters";
    let world = World::with(&[("metrics_token", token)]).await;
    let server = world.serve().await;
    for client in [server.anonymous(), server.program("another token of more than 32 characters")] {
        let (status, body) = answer(client.get("/metrics")).await;
        assert_eq!((status, &body["code"]), (401, &json!("unauthenticated")));
    }
    let watching = server.program(token).get("/metrics").header("x-forwarded-for", "203.0.113.9");
    assert_eq!(answer(watching).await.0, 200);
    server.stop().await;
}

#[tokio::test]
async fn probes_and_figures_are_answered_to_processes_of_this_machine() {
    let world = World::new().await;
    let server = world.serve().await;
    let anybody = server.anonymous();
    assert_eq!(anybody.read("/healthz").await["status"], "alive");
    assert_eq!(anybody.read("/readyz").await["status"], "ready");
    anybody.read("/api/openapi.json").await;
    let (status, figures) = answer(anybody.get("/metrics")).await;
    assert_eq!(status, 200);
    let figures = figures.as_str().unwrap();
    assert!(
        figures.contains("aloftly_http_requests_total{method=\"GET\",route=\"/healthz\",status=\"200\"}"),
        "{figures}"
    );

    std::fs::remove_dir_all(world.config().lake_dir()).unwrap();
    tokio::time::sleep(Duration::from_millis(2_100)).await;
    let (status, body) = answer(anybody.get("/readyz")).await;
    assert_eq!((status, &body["detail"]), (503, &json!("No answer from: object store.")));
    assert_eq!(anybody.read("/healthz").await["status"], "alive");
    server.stop().await;
}
