//! Links that show figures, over HTTP.

use std::time::Duration;

use aloftly_catalog::{OrgRole, Provisioned};
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Client, ORDERS, Server, World, answer, by_hand, figures};

fn question() -> Value {
    json!({ "metrics": ["shopify.revenue"], "time_range": { "from": "2026-11-01", "to": "2026-11-30" } })
}

#[tokio::test]
async fn whoever_has_the_link_sees_the_answer_as_it_is_and_nothing_else() {
    let world = World::new().await;
    let (_, made) = world.organization("a").await;
    let server = world.serve().await;
    let owner = server.owner_of("a").await;
    owner.import(made.stores[0], "a.csv", ORDERS).await;
    let new = json!({ "name": "November", "query": question(), "expires_at": "2027-01-01T00:00:00Z" });
    let (status, made_share) = answer(owner.post("/api/shares").json(&new)).await;
    assert_eq!(status, 201, "{made_share}");
    assert_eq!(made_share["share"]["store_ids"], json!([made.stores[0].to_string()]));
    let visitor = server.program(made_share["token"].as_str().unwrap());
    let shown = visitor.read("/api/shared").await;
    assert_eq!((&shown["name"], &shown["expires_at"]), (&json!("November"), &json!("2027-01-01T00:00:00Z")));
    let whole = owner.query(&question()).await;
    assert_eq!(shown["answer"]["totals"], json!({ "shopify.revenue": "42.50" }));
    assert_eq!(shown["answer"]["totals"], whole["totals"]);
    assert_eq!(shown["answer"]["meta"]["query"]["stores"], made_share["share"]["store_ids"]);
    // The token opens nothing else, in whatever way it is shown.
    let as_cookie = server.holding(format!("__Host-aloftly_session={}", made_share["token"].as_str().unwrap()));
    for path in ["/api/stores", "/api/session", "/api/shares", "/api/audit"] {
        assert_eq!(answer(visitor.get(path)).await.0, 401, "{path}");
        assert_eq!(answer(as_cookie.get(path)).await.0, 401, "{path}");
    }
    assert_eq!(answer(visitor.post("/api/metrics/query").json(&question())).await.0, 401);
    // New orders are in the next answer.
    owner.import(made.stores[0], "b.csv", ORDERS.replace("#1001", "#2001").replace("#1002", "#2002")).await;
    assert_eq!(visitor.read("/api/shared").await["answer"]["totals"]["shopify.revenue"], "85.00");
    let listed = owner.read("/api/shares").await;
    assert_eq!((&listed["shares"][0]["views"], &listed["shares"][0]["expired"]), (&json!(2), &json!(false)));
    assert!(!listed.to_string().contains(made_share["token"].as_str().unwrap()));

    let id = made_share["share"]["id"].as_str().unwrap();
    assert_eq!(answer(owner.delete(&format!("/api/shares/{id}"))).await.0, 204);
    for client in [visitor, server.anonymous(), server.program("aloftly_share_x"), owner] {
        let (status, body) = answer(client.get("/api/shared")).await;
        assert_eq!((status, &body["code"]), (410, &json!("link_expired")));
    }
    server.stop().await;
}

#[tokio::test]
async fn what_cannot_be_shared_is_said() {
    let world = World::new().await;
    world.organization("a").await;
    let (_, others) = world.organization("b").await;
    let server = world.serve().await;
    let owner = server.owner_of("a").await;
    let with = |query: Value| json!({ "name": "x", "query": query, "expires_at": null });
    let mut foreign = question();
    foreign["stores"] = json!([others.stores[0].to_string()]);
    let mut explained = question();
    explained["explain"] = json!(true);
    for wrong in [
        with(json!({})),
        with(json!([])),
        with(json!({ "metrics": ["nonsense"] })),
        with(foreign),
        with(explained),
        json!({ "name": "", "query": question(), "expires_at": null }),
        json!({ "name": "x", "query": question(), "expires_at": "2020-01-01T00:00:00Z" }),
        json!({ "name": "x", "query": question() }),
        json!({ "name": "x", "expires_at": null }),
        json!({ "name": "x", "query": question(), "dashboard_id": Uuid::nil(), "expires_at": null }),
        json!({ "name": "x", "query": question(), "store_ids": [], "expires_at": null }),
        json!({ "name": "x", "query": question(), "expires_at": null, "password": "short" }),
        json!({ "name": "x", "query": question(), "expires_at": null, "origins": ["https://*.example.com"] }),
    ] {
        let (status, body) = answer(owner.post("/api/shares").json(&wrong)).await;
        assert_eq!(status, 422, "{wrong}: {body}");
    }
    assert_eq!(owner.read("/api/shares").await["shares"], json!([]));
    server.stop().await;
}

/// A dashboard of revenue, of its products, and a text, with widgets of other stores where they are named.
pub(crate) fn document(other: Option<Uuid>) -> Value {
    let widget = |id: &str, query: Value, stores: Value| {
        json!({
            "id": id, "kind": if query.is_null() { "text" } else { "table" }, "size": "medium", "title": id, "note": null,
            "query": query, "own": { "range": null, "compare": null, "stores": stores, "filters": "add" },
            "display": {}, "text": if query.is_null() { json!("# A text") } else { Value::Null },
        })
    };
    let by_hand = by_hand();
    let metrics: Vec<_> = by_hand.as_object().unwrap().keys().collect();
    let mut widgets = vec![
        widget("figures1", json!({ "metrics": metrics }), Value::Null),
        widget("products1", json!({ "metrics": ["shopify.units"], "group_by": ["product"] }), Value::Null),
        widget("words1", Value::Null, Value::Null),
    ];
    if let Some(other) = other {
        widgets.push(widget("others1", json!({ "metrics": ["shopify.revenue"] }), json!([other])));
    }
    json!({
        "version": 1,
        "settings": {
            "range": "2026-11-01..2026-11-30", "compare": "none", "stores": null, "currency": null, "filters": [],
        },
        "sections": [{ "id": "section1", "title": null, "columns": 2, "collapsed": false, "widgets": widgets }],
    })
}

/// A public dashboard that somebody makes.
pub(crate) async fn new_dashboard(maker: &Client, workspace: Uuid, document: Value) -> Value {
    let new = json!({ "workspace_id": workspace, "name": "Morning", "visibility": "public", "document": document });
    let (status, made) = answer(maker.post("/api/dashboards").json(&new)).await;
    assert_eq!(status, 201, "{made}");
    made
}

/// A link to it, with more said.
pub(crate) async fn share(maker: &Client, dashboard: &Value, more: Value) -> Value {
    let mut new = json!({ "name": "For you", "dashboard_id": dashboard["id"], "expires_at": null });
    new.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let (status, made) = answer(maker.post("/api/shares").json(&new)).await;
    assert_eq!(status, 201, "{made}");
    made
}

/// Changes who sees a dashboard.
async fn set_visibility(client: &Client, dashboard: &Value, visibility: &str) {
    let path = format!("/api/dashboards/{}", dashboard["id"].as_str().unwrap());
    let to = json!({
        "name": dashboard["name"], "description": dashboard["description"], "visibility": visibility,
        "document": dashboard["document"],
    });
    let (status, body) = answer(client.put(&path).header("if-match", "*").json(&to)).await;
    assert_eq!(status, 200, "{body}");
}

/// A link to a dashboard of an organisation `a` that has orders, and who has the link.
struct Linked {
    world: World,
    server: Server,
    made: Provisioned,
    owner: Client,
    dashboard: Value,
    share: Value,
    visitor: Client,
}

impl Linked {
    async fn new(more: Value) -> Self {
        let world = World::new().await;
        let (tenant, made) = world.organization("a").await;
        let store = aloftly_catalog::NewStore {
            name: "a other store".to_owned(),
            currency: "EUR".to_owned(),
            timezone: chrono_tz::Europe::Stockholm,
            week_start: chrono::Weekday::Mon,
        };
        let other = tenant.create_store(made.workspace, &store).await.unwrap();
        let server = world.serve().await;
        let owner = server.owner_of("a").await;
        owner.import(made.stores[0], "a.csv", ORDERS).await;
        let dashboard = new_dashboard(&owner, made.workspace.0, document(Some(other.0))).await;
        let mut of = json!({ "store_ids": [made.stores[0]] });
        of.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let share = share(&owner, &dashboard, of).await;
        let visitor = server.program(share["token"].as_str().unwrap());
        Self { world, server, made, owner, dashboard, share, visitor }
    }

    /// What the widgets of the link tell.
    async fn data(&self, question: Value) -> (u16, Value) {
        answer(self.visitor.post("/api/shared/data").json(&question)).await
    }

    fn path(&self) -> String {
        format!("/api/shares/{}", self.share["share"]["id"].as_str().unwrap())
    }

    async fn views(&self) -> u64 {
        self.owner.read("/api/shares").await["shares"][0]["views"].as_u64().unwrap()
    }
}

#[tokio::test]
async fn whoever_has_a_link_to_a_dashboard_sees_its_figures_and_nothing_beyond_it() {
    let linked = Linked::new(json!({})).await;
    let Linked { made, owner, visitor, dashboard, .. } = &linked;
    let shown = visitor.read("/api/shared").await;
    assert_eq!((&shown["name"], &shown["expires_at"], &shown["brand"]), (&json!("For you"), &json!(null), &json!({})));
    assert!(shown.get("answer").is_none());
    let stores = json!([{
        "id": made.stores[0], "name": "a store", "currency": "USD", "timezone": "America/New_York", "week_start": "monday",
        "has_sample_data": false,
    }]);
    assert_eq!((&shown["dashboard"]["stores"], &shown["dashboard"]["may_change_range"]), (&stores, &json!(false)));
    let metrics = shown["dashboard"]["registry"]["metrics"].as_array().unwrap();
    assert_eq!(metrics.len(), 5, "what its widgets ask about, and nothing besides: {metrics:?}");
    // What is of other stores is no part of it, not even by its id.
    let ids: Vec<_> = shown["dashboard"]["document"]["sections"][0]["widgets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|widget| widget["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, ["figures1", "products1", "words1"]);
    let others = &dashboard["document"]["sections"][0]["widgets"][3]["own"]["stores"][0];
    assert!(!shown.to_string().contains(others.as_str().unwrap()), "{shown}");

    let (status, data) = linked.data(json!({})).await;
    assert_eq!(status, 200, "{data}");
    let answers = data["answers"].as_object().unwrap();
    assert_eq!(answers.keys().collect::<Vec<_>>(), ["figures1", "products1"]);
    assert_eq!(answers["figures1"]["answer"]["totals"], by_hand());
    assert!(answers["products1"]["answer"]["rows"].to_string().contains("Mug"), "{data}");
    for answer in answers.values() {
        let meta = &answer["answer"]["meta"];
        assert_eq!((&meta["query"]["stores"], &meta["parts"]), (&json!([made.stores[0]]), &json!([])));
    }
    // The figures are those that are seen inside.
    assert_eq!(figures(owner, made.stores[0]).await, answers["figures1"]["answer"]["totals"]);
    // What one has already is not sent again, until there is more.
    let known = json!({ "widgets": ["figures1"], "known": { "figures1": answers["figures1"]["etag"] } });
    let (_, same) = linked.data(known.clone()).await;
    assert_eq!(
        (&same["answers"]["figures1"]["status"], same["answers"]["figures1"].get("answer")),
        (&json!(304), None)
    );
    owner.import(made.stores[0], "b.csv", ORDERS.replace("#1001", "#2001").replace("#1002", "#2002")).await;
    let (_, more) = linked.data(known).await;
    assert_eq!(more["answers"]["figures1"]["answer"]["totals"]["shopify.revenue"], "85.00");
    assert_eq!(linked.views().await, 1, "asking for figures is no view");
    linked.server.stop().await;
}

#[tokio::test]
async fn a_link_answers_no_question_but_its_own() {
    let linked = Linked::new(json!({})).await;
    let asked_itself = json!({ "queries": { "x": question() } });
    for (wrong, pointer) in [
        (json!({ "widgets": ["others1"] }), Some("/widgets/0")),
        (json!({ "widgets": ["figures1", "words1"] }), Some("/widgets/1")),
        (json!({ "widgets": ["figures1", "unknown1"] }), Some("/widgets/1")),
        (json!({ "widgets": [""] }), Some("/widgets/0")),
        (json!({ "widgets": ["figures1"], "known": { "products1": "W/\"x\"" } }), Some("/known")),
        (json!({ "range": "today" }), Some("/range")),
        (json!({ "compare": "previous_year" }), Some("/compare")),
        (asked_itself, None),
        (json!({ "stores": [linked.made.stores[0]] }), None),
        (json!({ "widgets": { "figures1": question() } }), None),
    ] {
        let (status, body) = linked.data(wrong.clone()).await;
        assert_eq!(status, 422, "{wrong}: {body}");
        if let Some(pointer) = pointer {
            assert_eq!(body["errors"][0]["pointer"], pointer, "{wrong}: {body}");
        }
    }
    let (status, nothing) = linked.data(json!({ "widgets": [] })).await;
    assert_eq!((status, &nothing["answers"]), (200, &json!({})));
    // A link to an answer has no widgets.
    let new = json!({ "name": "x", "query": question(), "expires_at": null });
    let (_, of_question) = answer(linked.owner.post("/api/shares").json(&new)).await;
    let visitor = linked.server.program(of_question["token"].as_str().unwrap());
    assert_eq!(answer(visitor.post("/api/shared/data").json(&json!({ "widgets": ["figures1"] }))).await.0, 422);
    let (_, nothing) = answer(visitor.post("/api/shared/data").json(&json!({}))).await;
    assert_eq!(nothing["answers"], json!({}));
    // The token is good for nothing else.
    let path = format!("/api/dashboards/{}", linked.dashboard["id"].as_str().unwrap());
    for path in [path.as_str(), "/api/dashboards", "/api/branding", "/api/shares", "/api/metrics"] {
        assert_eq!(answer(linked.visitor.get(path)).await.0, 401, "{path}");
    }
    assert_eq!(answer(linked.visitor.post("/api/metrics/batch").json(&json!({ "queries": {} }))).await.0, 401);
    linked.server.stop().await;
}

#[tokio::test]
async fn days_are_chosen_where_the_link_lets() {
    let linked = Linked::new(json!({ "may_change_range": true })).await;
    let (status, data) = linked.data(json!({ "range": "2026-11-02..2026-11-02", "compare": "previous_period" })).await;
    assert_eq!(status, 200, "{data}");
    let figures = &data["answers"]["figures1"]["answer"];
    assert_eq!(figures["totals"]["shopify.revenue"], "30.00");
    assert_eq!(figures["meta"]["range"]["from"], "2026-11-02");
    assert_eq!(figures["meta"]["comparison_range"]["from"], "2026-11-01");
    let (status, body) = linked.data(json!({ "range": "2020-01-01..2020-01-31" })).await;
    assert_eq!((status, &body["errors"][0]["pointer"]), (422, &json!("/range")), "{body}");
    linked.server.stop().await;
}

/// Everything that whoever has a link can ask, and what it is answered.
async fn told(server: &Server, token: &str, ticket: Option<&str>) -> Vec<(u16, Value)> {
    let visitor = server.program(token);
    let with = |request: RequestBuilder| {
        let request = request.header("x-request-id", "same");
        match ticket {
            Some(ticket) => request.header("share-ticket", ticket),
            None => request,
        }
    };
    let data = json!({ "widgets": ["figures1"] });
    vec![
        answer(with(visitor.get("/api/shared"))).await,
        answer(with(visitor.post("/api/shared/data").json(&data))).await,
        answer(with(visitor.post("/api/shared/unlock").json(&json!({ "password": "a good password" })))).await,
    ]
}

#[tokio::test]
async fn a_link_that_shows_nothing_any_more_is_answered_as_one_that_never_was() {
    let linked = Linked::new(json!({ "password": "a good password" })).await;
    let Linked { world, server, owner, dashboard, share, .. } = &linked;
    let token = share["token"].as_str().unwrap();
    let unknown = format!("aloftly_share_{}", "x".repeat(43));
    let never = told(server, &unknown, None).await;
    assert!(never.iter().all(|(status, body)| (*status, &body["code"]) == (410, &json!("link_expired"))), "{never:?}");
    let ticket = told(server, token, None).await.pop().unwrap().1["ticket"].as_str().unwrap().to_owned();
    let good = told(server, token, Some(&ticket)).await;
    assert!(good.iter().all(|(status, _)| *status == 200), "{good:?}");
    let shows_nothing = async |why: &str| {
        for ticket in [None, Some(ticket.as_str())] {
            assert_eq!(told(server, token, ticket).await, never, "{why}");
        }
    };

    set_visibility(owner, dashboard, "workspace").await;
    shows_nothing("it is not public").await;
    set_visibility(owner, dashboard, "public").await;

    world.database.demote_owner("a", "a workspace", OrgRole::Viewer).await;
    shows_nothing("whoever made it may not share").await;
    world.database.demote_owner("a", "a workspace", OrgRole::Owner).await;
    assert_eq!(told(server, token, Some(&ticket)).await[0].0, 200, "they may again");

    let owner = server.owner_of("a").await;
    let ends = json!({ "expires_at": "2026-11-20T18:00:00Z" });
    assert_eq!(answer(owner.patch(&linked.path()).json(&ends)).await.0, 200);
    assert_eq!(told(server, token, Some(&ticket)).await[0].0, 200);
    world.clock.advance(Duration::from_secs(3_600));
    shows_nothing("it has run out").await;
    assert_eq!(answer(owner.patch(&linked.path()).json(&json!({ "expires_at": null }))).await.0, 200);
    assert_eq!(told(server, token, Some(&ticket)).await[0].0, 200);

    assert_eq!(answer(owner.delete(&linked.path())).await.0, 204);
    shows_nothing("it was taken back").await;
    for wrong in ["", "x", "aloftly_share_", "aloftly_share_x"] {
        assert_eq!(told(server, wrong, Some("x")).await, never, "{wrong:?}");
    }
    linked.server.stop().await;
}

#[tokio::test]
async fn a_password_is_wanted_before_anything_is_shown_and_counted() {
    let linked = Linked::new(json!({ "password": "a good password" })).await;
    let Linked { server, visitor, owner, share, .. } = &linked;
    assert_eq!(share["share"]["has_password"], true);
    assert!(!share.to_string().contains("a good password"));
    for wanted in [visitor.get("/api/shared"), visitor.post("/api/shared/data").json(&json!({}))] {
        let (status, body) = answer(wanted.header("share-ticket", "nonsense")).await;
        assert_eq!((status, &body["code"]), (403, &json!("password_wanted")), "{body}");
        assert!(!body.to_string().contains("Morning") && !body.to_string().contains("For you"), "{body}");
    }
    assert_eq!(linked.views().await, 0);
    let unlock = |password: &str| visitor.post("/api/shared/unlock").json(&json!({ "password": password }));
    let (status, body) = answer(unlock("a wrong password")).await;
    assert_eq!((status, &body["code"]), (403, &json!("wrong_password")));
    let (status, ticket) = answer(unlock("a good password")).await;
    assert_eq!((status, &ticket["expires_at"]), (200, &json!("2026-11-21T05:00:00Z")), "{ticket}");
    let ticket = ticket["ticket"].as_str().unwrap();
    let with = |request: RequestBuilder| answer(request.header("share-ticket", ticket));
    assert_eq!(with(visitor.get("/api/shared")).await.0, 200);
    assert_eq!(with(visitor.post("/api/shared/data").json(&json!({}))).await.0, 200);
    assert_eq!(linked.views().await, 1);
    // It is of this link alone.
    let other = self::share(owner, &linked.dashboard, json!({ "password": "a good password" })).await;
    let other = server.program(other["token"].as_str().unwrap());
    let (status, body) = with(other.get("/api/shared")).await;
    assert_eq!((status, &body["code"]), (403, &json!("password_wanted")));
    // Another password ends it.
    assert_eq!(answer(owner.patch(&linked.path()).json(&json!({ "password": "another password" }))).await.0, 200);
    assert_eq!(with(visitor.get("/api/shared")).await.0, 403);
    let (_, changed) = answer(owner.patch(&linked.path()).json(&json!({ "password": null }))).await;
    assert_eq!(changed["has_password"], false);
    assert_eq!(answer(visitor.get("/api/shared")).await.0, 200);
    linked.server.stop().await;
}

#[tokio::test]
async fn a_password_can_be_tried_ten_times_from_one_place_and_good_ones_do_not_count() {
    let linked = Linked::new(json!({ "password": "a good password" })).await;
    let unlock = async |password: &str| {
        let request = linked.visitor.post("/api/shared/unlock").json(&json!({ "password": password }));
        let told = request.send().await.unwrap();
        (told.status().as_u16(), told.headers().contains_key("retry-after"))
    };
    for _ in 0..3 {
        assert_eq!(unlock("a good password").await, (200, false));
    }
    for _ in 0..10 {
        assert_eq!(unlock("a wrong password").await, (403, false));
    }
    for password in ["a wrong password", "a good password"] {
        assert_eq!(unlock(password).await, (429, true), "{password}");
    }
    linked.world.clock.advance(Duration::from_secs(60));
    assert_eq!(unlock("a good password").await, (200, false));
    linked.server.stop().await;
}

#[tokio::test]
async fn the_figures_of_a_link_are_asked_for_so_often_from_one_place() {
    let linked = Linked::new(json!({})).await;
    let other = share(&linked.owner, &linked.dashboard, json!({})).await;
    for _ in 0..120 {
        assert_eq!(linked.data(json!({ "widgets": [] })).await.0, 200);
    }
    let (status, body) = linked.data(json!({ "widgets": [] })).await;
    assert_eq!((status, &body["code"]), (429, &json!("too_many_requests")));
    assert_eq!(answer(linked.visitor.get("/api/shared")).await.0, 429);
    let listed = linked.owner.read("/api/shares").await["shares"].clone();
    let views: Vec<_> = listed.as_array().unwrap().iter().map(|share| share["views"].as_u64()).collect();
    assert_eq!(views, [Some(0), Some(0)], "who was refused has seen nothing");
    let other = linked.server.program(other["token"].as_str().unwrap());
    assert_eq!(answer(other.get("/api/shared")).await.0, 200, "each link by itself");
    linked.world.clock.advance(Duration::from_millis(250));
    assert_eq!(linked.data(json!({ "widgets": [] })).await.0, 200);
    linked.server.stop().await;
}

#[tokio::test]
async fn a_link_says_whose_brand_its_pages_have() {
    let linked = Linked::new(json!({})).await;
    let brand = json!({ "name": "Northwind", "accent": "#0f766e" });
    assert_eq!(answer(linked.owner.put("/api/branding").json(&brand)).await, (200, brand.clone()));
    assert_eq!(linked.visitor.read("/api/shared").await["brand"], brand);
    linked.server.stop().await;
}

#[tokio::test]
async fn what_is_wrong_with_a_link_to_a_dashboard_is_said_at_its_place() {
    let linked = Linked::new(json!({})).await;
    let Linked { owner, dashboard, made, server, .. } = &linked;
    let of = |more: Value| {
        let mut new = json!({ "name": "x", "dashboard_id": dashboard["id"], "expires_at": null });
        new.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        owner.post("/api/shares").json(&new)
    };
    for (wrong, pointer) in [
        (json!({ "name": "" }), "/name"),
        (json!({ "expires_at": "2020-01-01T00:00:00Z" }), "/expires_at"),
        (json!({ "password": "short" }), "/password"),
        (json!({ "origins": ["https://shop.example.com/page"] }), "/origins"),
        (json!({ "store_ids": [Uuid::nil()] }), "/store_ids"),
        (json!({ "store_ids": [] }), "/store_ids"),
        (json!({ "query": question() }), ""),
    ] {
        let (status, body) = answer(of(wrong.clone())).await;
        assert_eq!((status, &body["errors"][0]["pointer"]), (422, &json!(pointer)), "{wrong}: {body}");
        if !matches!(pointer, "/store_ids" | "") {
            let (status, body) = answer(owner.patch(&linked.path()).json(&wrong)).await;
            assert_eq!((status, &body["errors"][0]["pointer"]), (422, &json!(pointer)), "{wrong}: {body}");
        }
    }
    let (status, body) = answer(of(json!({ "dashboard_id": Uuid::nil() }))).await;
    assert_eq!((status, &body["code"]), (404, &json!("not_found")));
    let (status, body) = answer(owner.patch(&linked.path()).json(&json!({ "query": question() }))).await;
    assert_eq!(status, 422, "what it shows is not to be changed: {body}");
    set_visibility(owner, dashboard, "workspace").await;
    let (status, body) = answer(of(json!({}))).await;
    assert_eq!((status, &body["code"]), (409, &json!("not_public")));

    // Another's dashboard is none.
    linked.world.organization("b").await;
    let stranger = server.owner_of("b").await;
    let new =
        json!({ "name": "x", "dashboard_id": dashboard["id"], "store_ids": [made.stores[0]], "expires_at": null });
    assert_eq!(answer(stranger.post("/api/shares").json(&new)).await.0, 404);
    linked.server.stop().await;
}
