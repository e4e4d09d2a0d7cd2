//! Two organisations on one server, and everybody who asks.

use aloftly_catalog::testing::PASSWORD;
use aloftly_catalog::{
    ConnectionId, CustomerRequestId, KeyScope, OrgRole, OrganizationId, Provisioned, SyncKind, Tenant, WorkspaceRole,
};
use aloftly_tests::smtp::SmtpSink;
use reqwest::StatusCode;
use secrecy::SecretString;
use serde_json::{Value, json};
use uuid::Uuid;

use super::files::{events, orders};
use super::shown::{AMOUNTS, CANARY, address, with_canary};
use crate::accounts::Mailing;
use crate::routes::{Pages, Things, new_connection, new_pages, told};
use crate::support::{Client, ORDERS, Server, World, answer, cookie};

fn id(value: &Value) -> Uuid {
    value.as_str().unwrap().parse().unwrap()
}

/// Two organisations on one server: `a`, and that of the canary.
pub(super) struct Two {
    pub(super) world: World,
    pub(super) server: Server,
    _sink: SmtpSink,
    pub(super) a: Ours,
    pub(super) b: Theirs,
}

/// An organisation that has no canary.
pub(super) struct Ours {
    pub(super) tenant: Tenant,
    pub(super) made: Provisioned,
    pub(super) import: Uuid,
    pub(super) owner: Client,
    pub(super) viewer: Client,
    pub(super) program: Client,
}

/// The organisation of the canary.
pub(super) struct Theirs {
    pub(super) organization: OrganizationId,
    pub(super) things: Things,
    pub(super) owner: Client,
    pub(super) program: Client,
}

/// Somebody who asks, by the name that failures call them.
pub(super) struct Asker {
    pub(super) who: &'static str,
    /// What they sign in with, if they do.
    pub(super) email: Option<&'static str>,
    pub(super) client: Client,
}

impl Asker {
    /// Signs in again where what was asked last has ended the session.
    pub(super) async fn stay_in(&mut self, server: &Server) {
        let Some(email) = self.email else { return };
        let session = self.client.get("/api/session").send().await.unwrap();
        if session.status() == StatusCode::UNAUTHORIZED {
            self.client = server.person(email).await;
        }
    }
}

impl Two {
    pub(super) async fn new() -> Self {
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
    pub(super) fn askers(&self) -> [Asker; 4] {
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
        let origins = [with_canary("https://~.test")];
        let share =
            json!({ "name": with_canary("~ share"), "query": question, "expires_at": null, "origins": origins });
        let (status, share) = answer(owner.post("/api/shares").json(&share)).await;
        assert_eq!(status, 201, "{share}");

        let brand = json!({ "name": with_canary("~ brand") });
        assert_eq!(answer(owner.put("/api/branding").json(&brand)).await.0, 200);

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
        let Pages { dashboard, revision, view, template, annotation } =
            new_pages(world, &address("owner"), &made, CANARY).await;
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
            dashboard,
            revision,
            view,
            template,
            annotation,
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
