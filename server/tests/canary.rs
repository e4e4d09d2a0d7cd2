//! A canary: a text that is in everything that one organisation has, and in nothing that anybody else is told.
//!
//! It is put there by the ways that people and programs have. That it is in every column that can hold text is looked
//! up in the database, and that the organisation's own people see it is asked first: without that, the rest would
//! prove nothing. Then the owner and a viewer of another organisation, a program of theirs with every scope, and
//! nobody in particular ask every route of the API, with their own ids and with those of the canary's organisation,
//! and every kind of question about figures, after its own people have asked the same.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::time::Duration;

use aloftly_catalog::testing::PASSWORD;
use aloftly_catalog::{
    ConnectionId, CustomerRequestId, KeyScope, OrgRole, OrganizationId, Provisioned, SyncKind, Tenant, WorkspaceRole,
};
use aloftly_tests::smtp::SmtpSink;
use futures::future::join_all;
use reqwest::multipart::{Form, Part};
use reqwest::{RequestBuilder, StatusCode};
use secrecy::SecretString;
use serde_json::{Map, Value, json};
use url::form_urlencoded;
use uuid::Uuid;

use crate::accounts::Mailing;
use crate::routes::{Things, new_connection, new_things, request, routes, told};
use crate::support::{Client, ORDERS, Server, World, answer, by_hand, cookie, figures};
use crate::wrong_queries;

/// Small letters and digits alone, so that even the name of a credential's field can be it.
const CANARY: &str = "kanarie7f3c9";
/// Its halves, to look for it without saying it: what is looked for is repeated in answers.
const HALVES: [&str; 2] = ["kanarie", "7f3c9"];
/// How else it may be written: in hexadecimal digits, and in base64 at each of the three places of a group.
const ENCODED: [&str; 4] = ["6b616e617269653766336339", "a2FuYXJpZTdmM2M5", "thbmFyaWU3ZjNj", "rYW5hcmllN2Yz"];
/// What each order of the canary's organisation comes to, and both together.
const AMOUNTS: [&str; 2] = ["73190.57", "146381.14"];

/// Measurements of three sources, with `~` for the canary.
const EVENTS: &str = "\
Source,Date,Metric,Value,Device,Country,Page,From,Medium,Campaign,Product,Variant,Experiment,Customer,Order,Note
ga4,2026-11-02,sessions_by_source,5,,,,~ from,~ medium,~ campaign,,,,,,
ga4,2026-11-02,sessions_by_page,5,,,/~,,,,,,,,,
ga4,2026-11-02,sessions_by_device,5,~ device,~ country,,,,,,,,,,
ga4,2026-11-02,items_viewed,5,,,,,,,~ product,,,,,
intelligems,2026-11-02,visitors,5,,,,,,,,~ variant,~ test,,,
~,2026-11-02,~,5,,,,,,,,,,~ customer,~ order,~ note
";

/// Columns that can hold text and hold no canary, each with the reason.
const WITHOUT: [(&str, &str); 69] = [
    ("api_keys.last_used_address", "a network address"),
    ("api_keys.scopes", "words of the program"),
    ("api_keys.token_hash", "a digest"),
    ("api_keys.token_start", "random"),
    ("audit_events.action", "a word of the program"),
    ("audit_events.actor_kind", "a word of the program"),
    ("audit_events.address", "a network address"),
    ("connections.problem", "words of the program"),
    ("connections.problem_code", "a word of the program"),
    ("connections.status", "a word of the program"),
    ("credentials.ciphertext", "sealed"),
    ("credentials.nonce", "random"),
    ("erasures.customers", "nothing once it is done"),
    ("erasures.error", "words of the program, and nothing once it is done"),
    ("imports.kind", "a word of the program"),
    ("imports.spool_file", "an id and a digest, and nothing once the import is over"),
    ("imports.status", "a word of the program"),
    ("imports.waiting_for", "words of the program, and nothing once the import is over"),
    ("invitation_workspaces.role", "a word of the program"),
    ("invitations.role", "a word of the program"),
    ("invitations.token_hash", "a digest"),
    ("lake_commits.kind", "a word of the program"),
    ("lake_commits.receipt", "words of the program and a digest"),
    ("lake_doomed_segments.dataset", "a word of the program"),
    ("lake_partitions.dataset", "a word of the program"),
    ("lake_quarantine.reason", "words of the program"),
    ("lake_segments.block_checksums", "digests"),
    ("lake_segments.checksum", "a digest"),
    ("lake_segments.codec", "a word of the program"),
    ("lake_segments.dataset", "a word of the program"),
    ("lake_segments.temperature", "a word of the program"),
    ("lake_staged_segments.dataset", "a word of the program"),
    ("one_time_tokens.purpose", "a word of the program"),
    ("one_time_tokens.token_hash", "a digest"),
    ("org_members.role", "a word of the program"),
    ("organizations.feature_flags", "nothing fills it yet"),
    ("organizations.plan_tier", "a word of the program"),
    ("organizations.white_label_config", "nothing fills it yet"),
    ("refresh_tokens.token_hash", "a digest"),
    ("sessions.address", "a network address"),
    ("sessions.kind", "a word of the program"),
    ("sessions.token_hash", "a digest"),
    ("shares.stores", "ids"),
    ("shares.token_hash", "a digest"),
    ("stores.currency", "three letters of a list"),
    ("stores.timezone", "the name of a zone"),
    ("stores.week_start", "the name of a day"),
    ("sync_jobs.cause", "a word of the program"),
    ("sync_jobs.finished_streams", "words of the program"),
    ("sync_jobs.kind", "a word of the program"),
    ("sync_jobs.problem", "words of the program"),
    ("sync_jobs.problem_code", "a word of the program"),
    ("sync_jobs.status", "a word of the program"),
    ("sync_jobs.stream", "a word of the program"),
    ("sync_jobs.warnings", "words of the program, which a connection shows too"),
    ("tenant_keys.master_key_id", "what a master key is known by"),
    ("tenant_keys.state", "a word of the program"),
    ("tenant_keys.wrapped", "sealed"),
    ("user_identities.issuer", "the address of a provider that the server is set up with"),
    ("user_identities.subject", "what a provider knows somebody by"),
    ("user_passwords.password_hash", "a digest"),
    ("user_recovery_codes.code_hash", "a digest"),
    ("user_second_factors.ciphertext", "sealed"),
    ("user_second_factors.nonce", "random"),
    ("webhook_deliveries.outcome", "a word of the program"),
    ("webhook_deliveries.problem", "words of the program"),
    ("webhook_deliveries.problem_code", "a word of the program"),
    ("webhook_deliveries.status", "a word of the program"),
    ("workspace_members.role", "a word of the program"),
];

/// Tables that have no row of the organisation here, and need none for what is asked of the others.
const EMPTY: [&str; 8] = [
    "lake_bookmarks",
    "lake_doomed_segments",
    "lake_quarantine",
    "lake_staged_segments",
    "user_identities",
    "user_recovery_codes",
    "user_second_factors",
    "webhook_queues",
];

/// Routes that read, and that have nothing to tell of an organisation that somebody could have named.
const IMPERSONAL: [&str; 11] = [
    // The provider is asked for these, which is none that there is.
    "GET /api/integrations/{id}/accounts",
    "GET /api/oauth/{provider}/callback",
    "GET /api/providers",
    "GET /api/auth/methods",
    "GET /api/auth/google/start",
    "GET /api/auth/google/callback",
    "GET /api/auth/sign-up/google",
    "GET /api/metrics",
    "GET /api/plan",
    "GET /api/retention",
    // It tells whoever has a link, and nobody by who they are.
    "GET /api/shared",
];

/// Questions whose rows show the canary to those who may see it: a source and what its figures are cut by, or what is
/// special.
const TELLING: [&str; 24] = [
    "shopify by channel",
    "shopify by country",
    "shopify by discount_code",
    "shopify by financial_status",
    "shopify by product",
    "shopify by variant",
    "shopify by vendor",
    "ga4 by traffic_source",
    "ga4 by medium",
    "ga4 by campaign",
    "ga4 by page",
    "ga4 by device",
    "ga4 by country",
    "ga4 by product",
    "intelligems by experiment",
    "intelligems by variant",
    "by five",
    "that begin so",
    "that have it",
    "that are another",
    "that are there",
    "the largest",
    "the first",
    "explained",
];

const QUERY: &str = "/api/metrics/query";
const BATCH: &str = "/api/metrics/batch";

fn with_canary(text: &str) -> String {
    text.replace('~', CANARY)
}

/// An address of the canary's organisation.
fn address(name: &str) -> String {
    format!("{name}@{CANARY}.test")
}

fn id(value: &Value) -> Uuid {
    value.as_str().unwrap().parse().unwrap()
}

/// Two orders of one customer, with the canary wherever a file of orders has words of its shop.
fn orders() -> String {
    let columns = [
        ("Name", "#~-1"),
        ("Email", "buyer@~.test"),
        ("Financial Status", "~ paid"),
        ("Fulfillment Status", "~ sent"),
        ("Created at", "2026-11-02 10:00:00 -0500"),
        ("Currency", "USD"),
        ("Total", AMOUNTS[0]),
        ("Refunded Amount", "1.00"),
        ("Discount Code", "~ code"),
        ("Shipping Method", "~ van"),
        ("Lineitem quantity", "1"),
        ("Lineitem name", "vase ~"),
        ("Lineitem price", AMOUNTS[0]),
        ("Lineitem sku", "~ sku"),
        ("Vendor", "~ maker"),
        ("Billing Name", "~ buyer"),
        ("Shipping City", "~ city"),
        ("Shipping Province", "~ province"),
        ("Shipping Country", "~ country"),
        ("Payment Method", "~ cash"),
        ("Location", "~ shop"),
        ("Tags", "~ tag"),
        ("Risk Level", "~ risk"),
        ("Source", "~ channel"),
        ("Notes", "~ note"),
    ];
    let (titles, cells): (Vec<_>, Vec<_>) = columns.into_iter().unzip();
    let first = cells.join(",");
    let second = first.replace("~-1", "~-2").replace("2026-11-02", "2026-11-03");
    with_canary(&format!("{}\n{first}\n{second}\n", titles.join(",")))
}

/// The form that hands over [`EVENTS`].
fn events(store: Uuid) -> Form {
    let column = |title: &str| json!({ "column": title });
    let mapping = json!({
        "source": column("Source"),
        "recorded_at": { "column": "Date", "timezone": "America/New_York" },
        "metrics": [{ "name": column("Metric"), "value": "Value" }],
        "device": column("Device"),
        "country": column("Country"),
        "page": column("Page"),
        "traffic_source": column("From"),
        "medium": column("Medium"),
        "campaign": column("Campaign"),
        "product": column("Product"),
        "variant": column("Variant"),
        "experiment": column("Experiment"),
        "customer_id": column("Customer"),
        "order_id": column("Order"),
        "dimensions": { CANARY: column("Note") },
        "metadata": { CANARY: { "constant": CANARY } },
    });
    let file = Part::text(with_canary(EVENTS)).file_name(with_canary("~ events.csv"));
    let form = Form::new().text("store_id", store.to_string()).text("kind", "metric_events");
    form.text("mapping", mapping.to_string()).part("file", file)
}

/// What an answer tells, whoever reads it and however closely.
struct Told {
    status: u16,
    head: String,
    body: String,
}

impl Told {
    async fn by(request: RequestBuilder) -> Self {
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        let mut head = String::new();
        for (name, value) in answer.headers() {
            let _ = writeln!(head, "{name}: {}", String::from_utf8_lossy(value.as_bytes()));
        }
        let body = String::from_utf8_lossy(&answer.bytes().await.unwrap()).into_owned();
        Self { status, head, body }
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// The canary, or a figure that nobody else has, in whatever form it is told.
    fn shown(&self) -> Option<&'static str> {
        shown(&self.head).or_else(|| shown(&self.body))
    }

    /// Fails when somebody was told of the canary who may not see it.
    fn keeps_quiet(&self, who: &str, what: &str) {
        let Self { status, head, body } = self;
        let shown = self.shown();
        assert!(shown.is_none(), "{what}, asked by {who}, tells {shown:?}: {status}\n{head}\n{body}");
    }
}

/// The canary, or a figure that nobody else has, in whatever form it is in a text.
fn shown(text: &str) -> Option<&'static str> {
    let lower = text.to_lowercase();
    let pairs = form_urlencoded::parse(lower.as_bytes());
    let decoded = pairs.fold(String::new(), |mut all, (name, value)| {
        all.extend([&*name, "=", &*value, "&"]);
        all
    });
    if lower.contains(CANARY) || decoded.contains(CANARY) {
        return Some(CANARY);
    }
    ENCODED.into_iter().chain(AMOUNTS).find(|form| text.contains(*form) || lower.contains(*form))
}

/// Two organisations on one server: `a`, and that of the canary.
struct Two {
    world: World,
    server: Server,
    _sink: SmtpSink,
    a: Ours,
    b: Theirs,
}

/// An organisation that has no canary.
struct Ours {
    tenant: Tenant,
    made: Provisioned,
    import: Uuid,
    owner: Client,
    viewer: Client,
    program: Client,
}

/// The organisation of the canary.
struct Theirs {
    organization: OrganizationId,
    things: Things,
    owner: Client,
    program: Client,
}

/// Somebody who asks, by the name that failures call them.
struct Asker {
    who: &'static str,
    /// What they sign in with, if they do.
    email: Option<&'static str>,
    client: Client,
}

impl Asker {
    /// Signs in again where what was asked last has ended the session.
    async fn stay_in(&mut self, server: &Server) {
        let Some(email) = self.email else { return };
        let session = self.client.get("/api/session").send().await.unwrap();
        if session.status() == StatusCode::UNAUTHORIZED {
            self.client = server.person(email).await;
        }
    }
}

impl Two {
    async fn new() -> Self {
        let Mailing { world, sink, server, tenant, made } = Mailing::new().await;
        let owner = server.owner_of("a").await;
        let import = owner.import(made.stores[0], "orders.csv", ORDERS).await;
        assert_eq!(import["status"], "done", "{import}");
        let viewer = world.database.member(made.organization, "viewer@a.test", OrgRole::Viewer).await;
        tenant.set_workspace_role(made.workspace, viewer, WorkspaceRole::Viewer).await.unwrap();
        let token = world.database.api_key("owner@a.test", KeyScope::ALL).await;
        let a = Ours {
            import: id(&import["id"]),
            viewer: server.person("viewer@a.test").await,
            program: server.program(token.expose()),
            tenant,
            made,
            owner,
        };
        let b = Theirs::new(&world, &server, &sink).await;
        Self { world, server, _sink: sink, a, b }
    }

    /// Everybody to whom the canary is nothing. The owner, who can change most, is the last.
    fn askers(&self) -> [Asker; 4] {
        let asker = |who, email, client: &Client| Asker { who, email, client: client.clone() };
        [
            asker("nobody", None, &self.server.anonymous()),
            asker("another viewer", Some("viewer@a.test"), &self.a.viewer),
            asker("another program", None, &self.a.program),
            asker("another owner", Some("owner@a.test"), &self.a.owner),
        ]
    }
}

impl Theirs {
    /// Makes the organisation and puts the canary into everything that it can have.
    async fn new(world: &World, server: &Server, sink: &SmtpSink) -> Self {
        let (tenant, made) = world.organization(CANARY).await;
        let store = made.stores[0].0;
        let sign_in = server.anonymous().post("/api/auth/sign-in").header("user-agent", with_canary("~ browser"));
        let sign_in = sign_in.json(&json!({ "email": address("owner"), "password": PASSWORD })).send().await.unwrap();
        let owner = server.holding(cookie(&sign_in));
        let (invitation, member) = invite(&owner, server, sink, &made).await;

        let key = json!({
            "name": with_canary("~ key"), "scopes": ["metrics:read", "imports:write"], "expires_at": null,
        });
        let (status, key) = answer(owner.post("/api/api-keys").json(&key)).await;
        assert_eq!(status, 201, "{key}");
        let program = server.program(key["token"].as_str().unwrap());

        let done = program.import(store, &with_canary("~ orders.csv"), orders()).await;
        assert_eq!((&done["status"], &done["rows_read"]), (&json!("done"), &json!(2)), "{done}");
        let (status, begun) = answer(owner.post("/api/imports").multipart(events(store))).await;
        assert_eq!(status, 202, "{begun}");
        let done = owner.ended(begun["id"].as_str().unwrap()).await;
        assert_eq!((&done["status"], &done["counts"]["new"]), (&json!("done"), &json!(6)), "{done}");
        let wrong = orders().replace(AMOUNTS[0], CANARY);
        let failed = owner.import(store, &with_canary("~ wrong.csv"), wrong).await;
        assert!(failed["errors"].to_string().contains(CANARY), "{failed}");
        let other = owner.import(store, &with_canary("~ other.csv"), with_canary("~\n1\n")).await;
        assert!(other["error"].as_str().unwrap().contains(CANARY), "{other}");

        let path = format!("/api/stores/{store}/customers/erase");
        let nobody = json!({ "customer_ids": [with_canary("~ customer whom nobody knows")] });
        assert_eq!(answer(owner.post(&path).json(&nobody)).await.0, 202);

        let question = json!({
            "metrics": ["shopify.revenue"], "time_range": "last_30_days",
            "filters": { "dimension": "channel", "operator": "in", "values": [CANARY] },
        });
        let signing_in = json!({ "email": address("owner"), "password": PASSWORD });
        assert_eq!(answer(server.anonymous().post("/api/auth/tokens").json(&signing_in)).await.0, 200);
        let share = json!({ "name": with_canary("~ share"), "query": question, "expires_at": null });
        let (status, share) = answer(owner.post("/api/shares").json(&share)).await;
        assert_eq!(status, 201, "{share}");

        tenant.create_workspace(&with_canary("~ second workspace")).await.unwrap();
        let (acting, _) = world.database.as_person(&address("owner")).await;
        let (connection, _) = new_connection(&acting, &made, CANARY, &with_canary("~ account")).await;
        tenant.put_credentials(ConnectionId(connection), &[(CANARY, SecretString::from(CANARY))]).await.unwrap();
        let things = SyncKind::Things([("orders".to_owned(), vec![with_canary("~ order")])].into());
        let sync = acting.request_sync(ConnectionId(connection), &things).await.unwrap().id.0;
        let (delivery, asked) = told(world, &tenant, &made, connection, CANARY).await;
        let answered = Uuid::from_u128(1);
        tenant.customer_asks(CustomerRequestId(answered), made.stores[0], CANARY, None, None).await.unwrap();
        acting.answer_customer(CustomerRequestId(answered)).await.unwrap();
        let link = json!({ "email": address("owner") });
        assert_eq!(answer(server.anonymous().post("/api/auth/magic-link").json(&link)).await.0, 202);
        sink.mail_to(&address("owner"), 1).await;

        let things = Things {
            store,
            import: id(&done["id"]),
            organization: made.organization.0,
            workspace: made.workspace.0,
            member,
            session: id(&owner.read("/api/session").await["id"]),
            invitation,
            key: id(&key["id"]),
            share: id(&share["share"]["id"]),
            connection,
            sync,
            delivery,
            request: asked,
        };
        Self { organization: made.organization, things, owner, program }
    }
}

/// Asks two people to join, of whom one does: the invitation that is open, and the member.
async fn invite(owner: &Client, server: &Server, sink: &SmtpSink, made: &Provisioned) -> (Uuid, Uuid) {
    let invitations = json!({
        "emails": [address("asked"), address("joined")],
        "role": "member",
        "workspaces": [{ "id": made.workspace.0, "role": "viewer" }],
    });
    let (status, asked) = answer(owner.post("/api/invites").json(&invitations)).await;
    assert_eq!(status, 200, "{asked}");
    let token = sink.mail_to(&address("joined"), 1).await.token();
    let joining = json!({ "token": token, "name": with_canary("~ member"), "password": PASSWORD });
    let (status, joined) = answer(server.anonymous().post("/api/invites/accept").json(&joining)).await;
    assert_eq!(status, 200, "{joined}");
    let member = id(&joined["user"]["id"]);
    let place = format!("/api/workspaces/{}/members/{member}", made.workspace);
    assert_eq!(answer(owner.put(&place).json(&json!({ "role": "editor" }))).await.0, 204);
    (id(&asked["results"][0]["invite"]["id"]), member)
}

/// What can be read besides by what the document says: filters, cursors, texts to look for, and what is in no document.
fn readings(of: &Things) -> Vec<String> {
    let Things { store, import, member, key, .. } = of;
    let mut paths = vec![
        "/".to_owned(),
        "/healthz".to_owned(),
        "/readyz".to_owned(),
        "/metrics".to_owned(),
        "/api/docs".to_owned(),
        "/api/openapi.json".to_owned(),
        "/api/audit?limit=500".to_owned(),
        format!("/api/audit?limit=500&cursor={import}"),
        "/api/imports?limit=200".to_owned(),
        format!("/api/imports?limit=200&cursor={import}"),
        format!("/api/imports?store_id={store}&cursor={import}"),
    ];
    for half in HALVES {
        paths.push(format!("/api/audit?search={half}"));
        paths.push(format!("/api/audit/export?search={half}"));
    }
    for actor in [member, key] {
        paths.push(format!("/api/audit?actor_id={actor}"));
        paths.push(format!("/api/audit/export?actor_id={actor}"));
    }
    paths
}

/// Questions about figures by their names: each source's figures by each dimension that they have, what else can be
/// asked that lists values, and every wrong question that the server has words for.
fn questions(registry: &Value) -> Vec<(String, Value)> {
    let november = json!({ "from": "2026-11-01", "to": "2026-11-19" });
    let mut questions = Vec::new();
    let mut cut = BTreeSet::new();
    for metric in registry["metrics"].as_array().unwrap() {
        for dimension in metric["dimensions"].as_array().unwrap() {
            let name = format!("{} by {}", metric["source"].as_str().unwrap(), dimension.as_str().unwrap());
            if cut.insert(name.clone()) {
                let question = json!({ "metrics": [metric["id"]], "group_by": [dimension], "time_range": november });
                questions.push((name, question));
            }
        }
    }
    let products = |fields: Value| {
        let mut question = json!({ "metrics": ["shopify.units"], "group_by": ["product"], "time_range": november });
        question.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        question
    };
    let where_product = |operator: &str, value: &str| {
        products(json!({ "filters": { "dimension": "product", "operator": operator, "values": [value] } }))
    };
    let by_name = json!([{ "field": "product", "direction": "asc" }]);
    let rolling = json!([{ "metric": "shopify.units", "rolling": { "buckets": 3 } }]);
    let ratio = json!([{ "formula": "shopify.revenue / shopify.orders", "as": "mean" }]);
    let steps = json!([{ "metric": "ga4.sessions" }, { "metric": "shopify.orders" }]);
    let special = [
        ("by five", products(json!({ "group_by": ["product", "vendor", "discount_code", "channel", "country"] }))),
        ("that begin so", where_product("startsWith", "vase kana")),
        ("that have it", where_product("contains", HALVES[1])),
        ("that are another", where_product("notEquals", "none")),
        ("that are there", products(json!({ "filters": { "dimension": "vendor", "operator": "set" } }))),
        ("side by side", products(json!({ "group_by": ["vendor", "channel"], "pivot": "vendor" }))),
        ("the largest", products(json!({ "top": { "groups": 1 } }))),
        ("the first", products(json!({ "order_by": by_name, "limit": 1 }))),
        ("explained", products(json!({ "explain": true }))),
        ("beside before", products(json!({ "granularity": "day", "compare_to": "previous_period" }))),
        ("rolling", products(json!({ "metrics": rolling, "granularity": "day" }))),
        ("a formula", products(json!({ "metrics": ratio, "group_by": ["channel"] }))),
        ("in euros", products(json!({ "metrics": ["shopify.revenue"], "group_by": ["channel"], "currency": "EUR" }))),
        ("a funnel", json!({ "funnel": { "steps": steps }, "group_by": "country", "time_range": november })),
        ("of all time", products(json!({ "time_range": "all_time" }))),
    ];
    questions.extend(special.map(|(name, question)| (name.to_owned(), question)));
    questions.extend(wrong_queries::queries());
    questions
}

/// The same question of these stores.
fn of_stores(question: &Value, stores: &[Uuid]) -> Value {
    let mut question = question.clone();
    if let Some(fields) = question.as_object_mut() {
        fields.insert("stores".to_owned(), json!(stores));
    }
    question
}

#[tokio::test]
async fn every_column_that_can_hold_text_holds_the_canary_or_is_known_not_to() {
    let Two { world, server, b, .. } = Two::new().await;
    let columns = world.database.look_for(b.organization, CANARY).await;
    let name = |table: &str, column: &str| format!("{table}.{column}");
    let known: BTreeSet<String> = columns.iter().map(|found| name(&found.table, &found.column)).collect();
    for (without, reason) in WITHOUT {
        assert!(known.contains(without), "there is no {without} any more, which was {reason}");
    }
    for found in &columns {
        let name = name(&found.table, &found.column);
        if found.rows == 0 {
            assert!(EMPTY.contains(&found.table.as_str()), "{name} has no row: say with what it is filled");
        } else {
            let excused = WITHOUT.iter().any(|(without, _)| *without == name);
            assert!(found.holding > 0 || excused, "{name} holds no canary in {} rows: put one there", found.rows);
        }
    }
    server.stop().await;
}

#[tokio::test]
async fn no_route_tells_the_canary_to_anybody_but_its_own() {
    let two = Two::new().await;
    let Two { world, server, a, b, .. } = &two;
    let theirs = b.things;
    let routes = routes();
    // Its own people see it wherever there is something of theirs to see.
    for route in &routes {
        let reads = route.starts_with("GET ") || route.starts_with("POST /api/metrics/");
        if reads && !IMPERSONAL.contains(&route.as_str()) {
            let told = Told::by(request(&b.owner, route, &theirs)).await;
            assert_eq!((told.status, told.shown()), (200, Some(CANARY)), "{route}: {}", told.body);
        }
    }
    for path in readings(&theirs).iter().filter(|path| path.starts_with("/api/") && path.contains('?')) {
        let told = Told::by(b.owner.get(path)).await;
        assert_eq!(told.status, 200, "{path}: {}", told.body);
        let found = told.shown().is_some();
        assert!(found || path.contains("cursor=") || path.contains("actor_id="), "{path}: {}", told.body);
    }

    let mut askers = two.askers();
    let mut ours = new_things(world, &a.tenant, &a.made, a.import, routes.len()).await;
    let mut well_answered = 0;
    for (number, route) in routes.iter().enumerate() {
        // So that no limit is met.
        world.clock.advance(Duration::from_secs(300));
        if route.contains('{') {
            // Those before may be gone.
            ours = new_things(world, &a.tenant, &a.made, a.import, number).await;
        }
        let mut of = vec![("their own", ours), ("the other's", theirs)];
        if route.matches('{').count() > 1 {
            of.push(("their own place's and the other's member's", Things { member: theirs.member, ..ours }));
            of.push(("the other's place's and their own member's", Things { workspace: theirs.workspace, ..ours }));
        }
        for asker in &mut askers {
            for (whose, things) in &of {
                let told = Told::by(request(&asker.client, route, things)).await;
                told.keeps_quiet(asker.who, &format!("{route} with {whose} ids"));
                if *whose == "their own" {
                    let stray = theirs.ids().into_iter().find(|id| told.body.contains(&id.to_string()));
                    assert_eq!(stray, None, "{route}, asked by {}, names it: {}", asker.who, told.body);
                    let is_owner = asker.email == Some("owner@a.test");
                    well_answered += usize::from(is_owner && (200..300).contains(&told.status));
                }
                asker.stay_in(server).await;
            }
        }
        // Whoever was made the owner is not in the way of what comes next.
        a.tenant.change_role(a.made.owner, OrgRole::Owner).await.unwrap();
    }
    assert!(well_answered >= 30, "the owner was answered well {well_answered} times: the walk asked for little");

    for asker in &askers {
        for path in [readings(&ours), readings(&theirs)].concat() {
            Told::by(asker.client.get(&path)).await.keeps_quiet(asker.who, &path);
        }
    }
    // Nobody has changed anything of the other's.
    let kept = b.owner.read(&format!("/api/imports/{}", theirs.import)).await;
    assert_eq!(kept["file_name"], with_canary("~ events.csv"));
    for (path, list, id) in [
        ("/api/members", "members", theirs.member),
        ("/api/invites", "invites", theirs.invitation),
        ("/api/api-keys", "api_keys", theirs.key),
        ("/api/sessions", "sessions", theirs.session),
        ("/api/shares", "shares", theirs.share),
    ] {
        let there = b.owner.read(path).await[list].to_string();
        assert!(there.contains(&id.to_string()), "{path}: {there}");
    }
    assert_eq!(figures(&askers[3].client, a.made.stores[0]).await, by_hand());
    two.server.stop().await;
}

#[tokio::test]
async fn no_question_about_figures_tells_the_canary_to_anybody_but_its_own() {
    let two = Two::new().await;
    let (ours, theirs) = (two.a.made.stores[0].0, two.b.things.store);
    let questions = questions(&two.b.owner.read("/api/metrics").await);
    // Its own people ask first, so that whatever is kept of answers is kept.
    let mut telling = BTreeSet::new();
    let mut etags = Vec::new();
    for (name, question) in &questions {
        let told = Told::by(two.b.owner.post(QUERY).json(question)).await;
        if told.status == 200 && told.json()["rows"].to_string().contains(CANARY) {
            telling.insert(name.as_str());
        }
        let etag = told.head.lines().find_map(|line| line.strip_prefix("etag: "));
        etags.extend(etag.map(|etag| (question, etag.to_owned())));
        Told::by(two.b.program.post(QUERY).json(question)).await;
    }
    let silent: Vec<_> = TELLING.into_iter().filter(|name| !telling.contains(name)).collect();
    assert_eq!(silent, Vec::<&str>::new(), "these show nothing even to those who may see it; those do: {telling:?}");

    let owner = &two.a.owner;
    for (name, question) in &questions {
        for stores in [vec![], vec![theirs], vec![ours, theirs]] {
            let asked = if stores.is_empty() { question.clone() } else { of_stores(question, &stores) };
            let told = Told::by(owner.post(QUERY).json(&asked)).await;
            told.keeps_quiet("another owner", &format!("{name}, of {} named stores", stores.len()));
        }
    }
    // What the other's answer is called says nothing either.
    assert!(etags.len() >= TELLING.len(), "{}", etags.len());
    for (question, etag) in &etags {
        let told = Told::by(owner.post(QUERY).header("if-none-match", etag).json(question)).await;
        assert_ne!(told.status, 304, "{question}");
        told.keeps_quiet("another owner", &question.to_string());
    }
    for asker in two.askers() {
        for together in questions.chunks(20) {
            for stores in [vec![], vec![theirs], vec![ours, theirs]] {
                let stored = |question: &Value| match stores.as_slice() {
                    [] => question.clone(),
                    stores => of_stores(question, stores),
                };
                let batch = together.iter().map(|(name, question)| (name.clone(), stored(question)));
                let batch = json!({ "queries": batch.collect::<Map<String, Value>>() });
                for accepted in ["application/json", "application/x-ndjson"] {
                    let told = Told::by(asker.client.post(BATCH).header("accept", accepted).json(&batch)).await;
                    let expected = if asker.who == "nobody" { 401 } else { 200 };
                    assert_eq!(told.status, expected, "{}: {}", asker.who, told.body);
                    told.keeps_quiet(asker.who, &batch.to_string());
                }
            }
        }
    }
    assert_eq!(figures(owner, ours).await, by_hand());
    two.server.stop().await;
}

/// The same question at the same moment from both organisations, by a person and by a program of each.
async fn at_once(two: &Two, round: u32) {
    let question = json!({
        "metrics": ["shopify.units", "shopify.product_revenue"],
        "group_by": ["product", "vendor"],
        "time_range": { "from": "2026-11-01", "to": "2026-11-19" },
        // Each question is new once, and then kept.
        "limit": 100 + round / 2,
    });
    let batch = json!({ "queries": { "widget": question } });
    let ask = |client: &Client| Told::by(client.post(QUERY).json(&question));
    let ask_together = |client: &Client| Told::by(client.post(BATCH).json(&batch));
    let Two { a, b, .. } = two;
    let (of_a, of_b, of_as_program, of_bs_program) =
        tokio::join!(ask(&a.owner), ask(&b.owner), ask_together(&a.program), ask_together(&b.program));
    let together = |told: &Told| told.json()["answers"]["widget"]["answer"].clone();
    for (answer, told) in [(of_a.json(), &of_a), (together(&of_as_program), &of_as_program)] {
        told.keeps_quiet("another organisation", "the question that both ask");
        let expected = json!({ "shopify.units": 4, "shopify.product_revenue": "42.50" });
        assert_eq!(answer["totals"], expected, "{}", told.body);
        assert!(answer["rows"].to_string().contains("Mug"), "{}", told.body);
    }
    for (answer, told) in [(of_b.json(), &of_b), (together(&of_bs_program), &of_bs_program)] {
        let expected = json!({ "shopify.units": 2, "shopify.product_revenue": AMOUNTS[1] });
        assert_eq!(answer["totals"], expected, "{}", told.body);
        let rows = answer["rows"].to_string();
        assert!(rows.contains(CANARY) && !rows.contains("Mug"), "{}", told.body);
    }
}

#[tokio::test]
async fn two_who_ask_the_same_at_the_same_moment_are_each_told_of_their_own() {
    let two = Two::new().await;
    let rounds: Vec<u32> = (0..50).collect();
    for some in rounds.chunks(5) {
        join_all(some.iter().map(|round| at_once(&two, *round))).await;
    }
    two.server.stop().await;
}
