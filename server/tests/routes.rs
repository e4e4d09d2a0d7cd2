//! Every route of the API, asked by nobody, by another organisation's owner, in each role, and by programs with each scope.

use std::time::Duration;

use aloftly_catalog::{
    ConnectedAccount, ConnectionId, CustomerRequestId, Invited, KeyScope, NewApiKey, NewConnection, NewInvitations,
    NewShare, OrgRole, Provisioned, Tenant, WorkspaceRole,
};
use aloftly_connectors::contract::Account;
use aloftly_server::api;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::accounts::{Mailing, sign_up};
use crate::support::{Client, ORDERS, World, answer, form};

/// Text that only organisation B holds: it must not show in anything that A gets.
const CANARY: &str = "canary";

/// What is known of an organisation, to ask for it.
#[derive(Clone, Copy)]
pub(crate) struct Things {
    pub(crate) store: Uuid,
    pub(crate) import: Uuid,
    pub(crate) organization: Uuid,
    pub(crate) workspace: Uuid,
    pub(crate) member: Uuid,
    pub(crate) session: Uuid,
    pub(crate) invitation: Uuid,
    pub(crate) key: Uuid,
    pub(crate) share: Uuid,
    pub(crate) connection: Uuid,
    pub(crate) sync: Uuid,
    pub(crate) delivery: Uuid,
    pub(crate) request: Uuid,
}

impl Things {
    fn unknown() -> Self {
        let [
            store,
            import,
            organization,
            workspace,
            member,
            session,
            invitation,
            key,
            share,
            connection,
            sync,
            delivery,
            request,
        ] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13].map(Uuid::from_u128);
        Self {
            store,
            import,
            organization,
            workspace,
            member,
            session,
            invitation,
            key,
            share,
            connection,
            sync,
            delivery,
            request,
        }
    }

    /// All of them.
    pub(crate) fn ids(&self) -> [Uuid; 13] {
        let Self {
            store,
            import,
            organization,
            workspace,
            member,
            session,
            invitation,
            key,
            share,
            connection,
            sync,
            delivery,
            request,
        } = *self;
        [
            store,
            import,
            organization,
            workspace,
            member,
            session,
            invitation,
            key,
            share,
            connection,
            sync,
            delivery,
            request,
        ]
    }

    /// A text without their ids.
    fn left_out_of(&self, text: &str) -> String {
        self.ids().into_iter().fold(text.to_owned(), |text, id| text.replace(&id.to_string(), "ID"))
    }
}

/// Things of the organisation `a` that nobody has asked for yet, with a new member who is in no workspace. The store
/// and the import are those that it has.
pub(crate) async fn new_things(
    world: &World,
    tenant: &Tenant,
    made: &Provisioned,
    import: Uuid,
    number: usize,
) -> Things {
    let email = format!("target-{number}@a.test");
    let member = world.database.member(made.organization, &email, OrgRole::Viewer).await;
    let (connection, sync) = new_connection(tenant, made, &format!("elsewhere_{number}"), "acme").await;
    let (delivery, asked) = told(world, tenant, made, connection, "acme").await;
    Things {
        store: made.stores[0].0,
        import,
        organization: made.organization.0,
        workspace: made.workspace.0,
        member: member.0,
        session: world.database.as_person(&email).await.1.session.id.0,
        invitation: invited(tenant, &format!("invited-{number}@a.test")).await,
        key: new_key(world).await,
        share: new_share(world, made).await,
        connection,
        sync,
        delivery,
        request: asked,
    }
}

/// Asks a route for those things.
async fn ask(client: &Client, route: &str, of: &Things) -> (u16, Value) {
    let (status, mut body) = answer(request(client, route, of).header("x-request-id", "same")).await;
    // How long it took tells nothing.
    if let Some(body) = body.as_object_mut() {
        body.remove("elapsed_ms");
    }
    (status, body)
}

/// What a route is asked with for those things.
pub(crate) fn request(client: &Client, route: &str, of: &Things) -> RequestBuilder {
    match route {
        "POST /api/auth/sign-in" => {
            client.post("/api/auth/sign-in").json(&json!({ "email": "x@y", "password": "wrong" }))
        }
        // Without the cookie: the session is needed by the routes after it.
        "POST /api/auth/sign-out" => {
            let mut nobody = client.clone();
            nobody.cookie = None;
            nobody.post("/api/auth/sign-out")
        }
        "POST /api/auth/tokens" => {
            client.post("/api/auth/tokens").json(&json!({ "email": "x@y", "password": "wrong" }))
        }
        "POST /api/auth/tokens/refresh" => {
            client.post("/api/auth/tokens/refresh").json(&json!({ "refresh_token": "wrong" }))
        }
        "POST /api/auth/tokens/revoke" => {
            client.post("/api/auth/tokens/revoke").json(&json!({ "refresh_token": "wrong" }))
        }
        "GET /api/session" => client.get("/api/session"),
        "PUT /api/auth/password" => {
            let body = json!({ "current_password": "wrong", "new_password": "long enough to be one" });
            client.put("/api/auth/password").json(&body)
        }
        "POST /api/auth/second-factor" => client.post("/api/auth/second-factor").json(&json!({ "code": "000000" })),
        "GET /api/auth/methods" => client.get("/api/auth/methods"),
        "POST /api/auth/sign-up" => client.post("/api/auth/sign-up").json(&sign_up()),
        "POST /api/auth/magic-link" => client.post("/api/auth/magic-link").json(&json!({ "email": "x@y.test" })),
        "POST /api/auth/password-reset" => {
            client.post("/api/auth/password-reset").json(&json!({ "email": "z@y.test" }))
        }
        "POST /api/auth/password-reset/redeem" => {
            let body = json!({ "token": "unknown", "new_password": "long enough to be one" });
            client.post("/api/auth/password-reset/redeem").json(&body)
        }
        "POST /api/auth/sign-up/complete" => {
            let body = json!({ "token": "unknown", "password": "long enough to be one" });
            client.post("/api/auth/sign-up/complete").json(&body)
        }
        "POST /api/auth/magic-link/redeem"
        | "POST /api/auth/verification/redeem"
        | "POST /api/invites/preview"
        | "POST /api/invites/accept" => {
            let (_, path) = route.split_once(' ').unwrap();
            client.post(path).json(&json!({ "token": "unknown" }))
        }
        "GET /api/auth/google/start" => client.get("/api/auth/google/start"),
        "GET /api/auth/google/callback" => client.get("/api/auth/google/callback?state=unknown&code=unknown"),
        "GET /api/auth/sign-up/google" => client.get("/api/auth/sign-up/google"),
        "POST /api/auth/sign-up/google" => {
            let body = json!({ "organization": "x", "store": { "name": "x", "currency": "USD", "timezone": "UTC" } });
            client.post("/api/auth/sign-up/google").json(&body)
        }
        "GET /api/account" => client.get("/api/account"),
        "PATCH /api/account" => client.patch("/api/account").json(&json!({ "name": "a owner" })),
        "DELETE /api/account" => client.delete("/api/account").json(&json!({ "password": "wrong" })),
        "GET /api/account/export" => client.get("/api/account/export"),
        "POST /api/account/verification" => client.post("/api/account/verification"),
        "POST /api/account/second-factor" => {
            client.post("/api/account/second-factor").json(&json!({ "password": "wrong" }))
        }
        "PUT /api/account/second-factor" => client.put("/api/account/second-factor").json(&json!({ "code": "000000" })),
        "DELETE /api/account/second-factor" => {
            client.delete("/api/account/second-factor").json(&json!({ "password": "wrong" }))
        }
        "POST /api/account/second-factor/recovery-codes" => {
            client.post("/api/account/second-factor/recovery-codes").json(&json!({ "password": "wrong" }))
        }
        "GET /api/invites" => client.get("/api/invites"),
        "POST /api/invites" => {
            let body = json!({ "emails": ["x@y.test"], "role": "viewer", "workspaces": [{ "id": of.workspace, "role": "viewer" }] });
            client.post("/api/invites").json(&body)
        }
        "POST /api/invites/{id}/resend" => client.post(&format!("/api/invites/{}/resend", of.invitation)),
        "DELETE /api/invites/{id}" => client.delete(&format!("/api/invites/{}", of.invitation)),
        "GET /api/sessions" => client.get("/api/sessions"),
        "DELETE /api/sessions" => client.delete("/api/sessions"),
        "DELETE /api/sessions/{id}" => client.delete(&format!("/api/sessions/{}", of.session)),
        "GET /api/orgs" => client.get("/api/orgs"),
        "DELETE /api/orgs/{id}" => {
            let body = json!({ "name": "wrong", "password": "wrong" });
            client.delete(&format!("/api/orgs/{}", of.organization)).json(&body)
        }
        "POST /api/stores/{id}/customers/export" => {
            client.post(&format!("/api/stores/{}/customers/export", of.store)).json(&json!({ "customer_ids": ["7"] }))
        }
        "POST /api/stores/{id}/customers/erase" => {
            client.post(&format!("/api/stores/{}/customers/erase", of.store)).json(&json!({ "customer_ids": ["7"] }))
        }
        "GET /api/shares" => client.get("/api/shares"),
        "POST /api/shares" => {
            let query = json!({ "metrics": ["shopify.revenue"], "stores": [of.store], "time_range": "last_7_days" });
            client.post("/api/shares").json(&json!({ "name": "x", "query": query, "expires_at": null }))
        }
        "DELETE /api/shares/{id}" => client.delete(&format!("/api/shares/{}", of.share)),
        "GET /api/shared" => client.get("/api/shared"),
        "GET /api/erasures" => client.get("/api/erasures"),
        "GET /api/retention" => client.get("/api/retention"),
        "PUT /api/retention" => client.put("/api/retention").json(&json!({ "months": 240 })),
        "POST /api/orgs/{id}/enter" => client.post(&format!("/api/orgs/{}/enter", of.organization)),
        "GET /api/plan" => client.get("/api/plan"),
        "GET /api/members" => client.get("/api/members"),
        "PATCH /api/members/{user_id}" => {
            client.patch(&format!("/api/members/{}", of.member)).json(&json!({ "role": "member" }))
        }
        "DELETE /api/members/{user_id}" => client.delete(&format!("/api/members/{}", of.member)),
        "POST /api/members/{user_id}/ownership" => client.post(&format!("/api/members/{}/ownership", of.member)),
        "GET /api/workspaces" => client.get("/api/workspaces"),
        "PUT /api/workspaces/{id}/members/{user_id}" => {
            let path = format!("/api/workspaces/{}/members/{}", of.workspace, of.member);
            client.put(&path).json(&json!({ "role": "viewer" }))
        }
        "DELETE /api/workspaces/{id}/members/{user_id}" => {
            client.delete(&format!("/api/workspaces/{}/members/{}", of.workspace, of.member))
        }
        "GET /api/api-keys" => client.get("/api/api-keys"),
        "POST /api/api-keys" => {
            let body =
                json!({ "name": "a", "scopes": ["metrics:read"], "workspace_id": of.workspace, "expires_at": null });
            client.post("/api/api-keys").json(&body)
        }
        "GET /api/api-keys/{id}" => client.get(&format!("/api/api-keys/{}", of.key)),
        "DELETE /api/api-keys/{id}" => client.delete(&format!("/api/api-keys/{}", of.key)),
        "GET /api/providers" => client.get("/api/providers"),
        "GET /api/integrations" => client.get(&format!("/api/integrations?store={}", of.store)),
        "POST /api/integrations" => {
            let body = json!({ "store_id": of.store, "provider": "elsewhere", "fields": {} });
            client.post("/api/integrations").json(&body)
        }
        "GET /api/integrations/{id}" => client.get(&format!("/api/integrations/{}", of.connection)),
        "DELETE /api/integrations/{id}" => client.delete(&format!("/api/integrations/{}", of.connection)),
        "POST /api/integrations/{id}/test" => client.post(&format!("/api/integrations/{}/test", of.connection)),
        "GET /api/integrations/{id}/accounts" => client.get(&format!("/api/integrations/{}/accounts", of.connection)),
        "PUT /api/integrations/{id}/account" => {
            client.put(&format!("/api/integrations/{}/account", of.connection)).json(&json!({ "account_id": "1" }))
        }
        "POST /api/integrations/{id}/sync" => {
            client.post(&format!("/api/integrations/{}/sync", of.connection)).json(&json!({ "kind": "incremental" }))
        }
        "GET /api/integrations/{id}/syncs" => client.get(&format!("/api/integrations/{}/syncs", of.connection)),
        "GET /api/syncs/{id}" => client.get(&format!("/api/syncs/{}", of.sync)),
        "DELETE /api/syncs/{id}" => client.delete(&format!("/api/syncs/{}", of.sync)),
        "GET /api/integrations/{id}/deliveries" => {
            client.get(&format!("/api/integrations/{}/deliveries", of.connection))
        }
        "POST /api/integrations/{id}/deliveries/replay" => {
            client.post(&format!("/api/integrations/{}/deliveries/replay", of.connection)).json(&json!({}))
        }
        "GET /api/deliveries/{id}" => client.get(&format!("/api/deliveries/{}", of.delivery)),
        "DELETE /api/deliveries/{id}" => client.delete(&format!("/api/deliveries/{}", of.delivery)),
        "GET /api/customer-requests" => client.get("/api/customer-requests"),
        "POST /api/customer-requests/{id}/answer" => {
            client.post(&format!("/api/customer-requests/{}/answer", of.request))
        }
        "POST /api/webhooks/{provider}" => client.post("/api/webhooks/elsewhere").body("{}"),
        "POST /api/oauth/{provider}/start" => {
            client.post("/api/oauth/elsewhere/start").json(&json!({ "store_id": of.store }))
        }
        "GET /api/oauth/{provider}/callback" => client.get("/api/oauth/elsewhere/callback?state=unknown&code=unknown"),
        "GET /api/audit" => client.get("/api/audit"),
        "GET /api/audit/export" => client.get("/api/audit/export"),
        "GET /api/stores" => client.get("/api/stores"),
        "GET /api/metrics" => client.get("/api/metrics"),
        "POST /api/metrics/query" => {
            let query = json!({ "metrics": ["shopify.revenue"], "time_range": "all_time", "stores": [of.store] });
            client.post("/api/metrics/query").json(&query)
        }
        "POST /api/metrics/batch" => {
            let query = json!({ "metrics": ["shopify.revenue"], "time_range": "all_time", "stores": [of.store] });
            client.post("/api/metrics/batch").json(&json!({ "queries": { "revenue": query } }))
        }
        "GET /api/imports" => client.get(&format!("/api/imports?store_id={}", of.store)),
        "POST /api/imports" => client.post("/api/imports").multipart(form(of.store, "orders.csv", ORDERS)),
        "GET /api/imports/{id}" => client.get(&format!("/api/imports/{}", of.import)),
        new => panic!("{new} has no case here: say what it answers to nobody and to another organisation"),
    }
}

/// Routes that anybody may ask, and what they answer to nobody.
fn public(route: &str) -> Option<u16> {
    match route {
        "POST /api/auth/sign-in" | "POST /api/auth/tokens" | "POST /api/auth/tokens/refresh" => Some(401),
        "POST /api/auth/sign-out" | "POST /api/auth/tokens/revoke" => Some(204),
        "GET /api/auth/methods" => Some(200),
        // To a page of the app, which says what is wrong.
        "GET /api/oauth/{provider}/callback" => Some(303),
        "POST /api/auth/sign-up" | "POST /api/auth/magic-link" | "POST /api/auth/password-reset" => Some(202),
        "GET /api/auth/google/start" | "GET /api/auth/google/callback" | "POST /api/webhooks/{provider}" => Some(404),
        "POST /api/auth/second-factor"
        | "POST /api/auth/sign-up/complete"
        | "POST /api/auth/magic-link/redeem"
        | "POST /api/auth/password-reset/redeem"
        | "POST /api/auth/verification/redeem"
        | "GET /api/auth/sign-up/google"
        | "POST /api/auth/sign-up/google"
        | "POST /api/invites/preview"
        | "POST /api/invites/accept"
        | "GET /api/shared" => Some(410),
        _ => None,
    }
}

/// Routes that name something by its id, and what they answer when it is somebody else's.
const NAME_SOMETHING: [(&str, u16); 42] = [
    ("GET /api/integrations", 404),
    ("POST /api/integrations", 404),
    ("GET /api/integrations/{id}", 404),
    ("DELETE /api/integrations/{id}", 404),
    ("POST /api/integrations/{id}/test", 404),
    ("GET /api/integrations/{id}/accounts", 404),
    ("PUT /api/integrations/{id}/account", 404),
    ("POST /api/integrations/{id}/sync", 404),
    ("GET /api/integrations/{id}/syncs", 404),
    ("GET /api/syncs/{id}", 404),
    ("DELETE /api/syncs/{id}", 404),
    ("GET /api/integrations/{id}/deliveries", 404),
    ("POST /api/integrations/{id}/deliveries/replay", 404),
    ("GET /api/deliveries/{id}", 404),
    ("DELETE /api/deliveries/{id}", 404),
    ("POST /api/customer-requests/{id}/answer", 404),
    ("POST /api/webhooks/{provider}", 404),
    ("POST /api/oauth/{provider}/start", 404),
    ("GET /api/oauth/{provider}/callback", 303),
    ("POST /api/invites", 404),
    ("POST /api/invites/{id}/resend", 404),
    ("DELETE /api/invites/{id}", 404),
    ("POST /api/metrics/query", 422),
    ("POST /api/metrics/batch", 200),
    ("GET /api/imports", 404),
    ("POST /api/imports", 404),
    ("GET /api/imports/{id}", 404),
    ("DELETE /api/sessions/{id}", 404),
    ("POST /api/orgs/{id}/enter", 404),
    ("DELETE /api/orgs/{id}", 404),
    ("POST /api/shares", 422),
    ("DELETE /api/shares/{id}", 404),
    ("POST /api/stores/{id}/customers/export", 404),
    ("POST /api/stores/{id}/customers/erase", 404),
    ("PATCH /api/members/{user_id}", 404),
    ("DELETE /api/members/{user_id}", 404),
    ("POST /api/members/{user_id}/ownership", 404),
    ("PUT /api/workspaces/{id}/members/{user_id}", 404),
    ("DELETE /api/workspaces/{id}/members/{user_id}", 404),
    ("POST /api/api-keys", 422),
    ("GET /api/api-keys/{id}", 404),
    ("DELETE /api/api-keys/{id}", 404),
];

/// What a route answers to a viewer, a member, an admin and the owner of an organisation who ask for something in it. The viewer and the
/// member are editors of the workspace; whom they ask for is another member, who is not in it.
const BY_ROLE: [(&str, [u16; 4]); 92] = [
    ("GET /api/providers", [200; 4]),
    ("GET /api/integrations", [200; 4]),
    // Nobody knows the provider here.
    ("POST /api/integrations", [403, 403, 404, 404]),
    ("GET /api/integrations/{id}", [200; 4]),
    ("DELETE /api/integrations/{id}", [403, 403, 204, 204]),
    ("POST /api/integrations/{id}/test", [403, 403, 404, 404]),
    ("GET /api/integrations/{id}/accounts", [403, 403, 404, 404]),
    ("PUT /api/integrations/{id}/account", [403, 403, 404, 404]),
    ("POST /api/integrations/{id}/sync", [403, 202, 202, 202]),
    ("GET /api/integrations/{id}/syncs", [200; 4]),
    ("GET /api/syncs/{id}", [200; 4]),
    ("DELETE /api/syncs/{id}", [403, 200, 200, 200]),
    ("GET /api/integrations/{id}/deliveries", [403, 403, 200, 200]),
    ("POST /api/integrations/{id}/deliveries/replay", [403, 403, 202, 202]),
    ("GET /api/deliveries/{id}", [403, 403, 200, 200]),
    ("DELETE /api/deliveries/{id}", [403, 403, 204, 404]),
    ("GET /api/customer-requests", [403, 403, 200, 200]),
    ("POST /api/customer-requests/{id}/answer", [403, 403, 204, 204]),
    ("POST /api/webhooks/{provider}", [404; 4]),
    ("POST /api/oauth/{provider}/start", [403, 403, 404, 404]),
    ("GET /api/oauth/{provider}/callback", [303; 4]),
    ("POST /api/auth/second-factor", [410; 4]),
    ("GET /api/auth/methods", [200; 4]),
    ("POST /api/auth/sign-up", [202; 4]),
    ("POST /api/auth/sign-up/complete", [410; 4]),
    ("POST /api/auth/magic-link", [202; 4]),
    ("POST /api/auth/magic-link/redeem", [410; 4]),
    ("POST /api/auth/password-reset", [202; 4]),
    ("POST /api/auth/password-reset/redeem", [410; 4]),
    ("POST /api/auth/verification/redeem", [410; 4]),
    ("GET /api/auth/google/start", [404; 4]),
    ("GET /api/auth/google/callback", [404; 4]),
    ("GET /api/auth/sign-up/google", [410; 4]),
    ("POST /api/auth/sign-up/google", [410; 4]),
    ("GET /api/account", [200; 4]),
    ("PATCH /api/account", [200; 4]),
    ("DELETE /api/account", [422; 4]),
    ("GET /api/account/export", [200; 4]),
    ("POST /api/account/verification", [202; 4]),
    ("POST /api/account/second-factor", [422; 4]),
    ("PUT /api/account/second-factor", [422; 4]),
    ("DELETE /api/account/second-factor", [422; 4]),
    ("POST /api/account/second-factor/recovery-codes", [422; 4]),
    ("GET /api/invites", [403, 403, 200, 200]),
    ("POST /api/invites", [403, 403, 200, 200]),
    ("POST /api/invites/{id}/resend", [403, 403, 204, 204]),
    // It is taken back by the admin, and is not there for the owner.
    ("DELETE /api/invites/{id}", [403, 403, 204, 404]),
    ("POST /api/invites/preview", [410; 4]),
    ("POST /api/invites/accept", [410; 4]),
    ("POST /api/auth/sign-in", [401; 4]),
    ("POST /api/auth/sign-out", [204; 4]),
    ("POST /api/auth/tokens", [401; 4]),
    ("POST /api/auth/tokens/refresh", [401; 4]),
    ("POST /api/auth/tokens/revoke", [204; 4]),
    ("PUT /api/auth/password", [422; 4]),
    ("GET /api/session", [200; 4]),
    ("GET /api/sessions", [200; 4]),
    ("DELETE /api/sessions", [200; 4]),
    // It is another member's.
    ("DELETE /api/sessions/{id}", [404; 4]),
    ("GET /api/orgs", [200; 4]),
    // None of them belongs to it.
    ("POST /api/orgs/{id}/enter", [404; 4]),
    // None of them acts in it.
    ("DELETE /api/orgs/{id}", [404; 4]),
    ("POST /api/stores/{id}/customers/export", [403, 403, 200, 200]),
    ("POST /api/stores/{id}/customers/erase", [403, 403, 202, 202]),
    ("GET /api/shares", [403, 200, 200, 200]),
    ("POST /api/shares", [403, 201, 201, 201]),
    // It is taken back by the admin, whose it is not either, and is not there for the member, whose it is not, and for the owner.
    ("DELETE /api/shares/{id}", [403, 404, 204, 404]),
    ("GET /api/shared", [410; 4]),
    ("GET /api/erasures", [403, 403, 200, 200]),
    ("GET /api/retention", [403, 403, 200, 200]),
    ("PUT /api/retention", [403, 403, 200, 200]),
    ("GET /api/plan", [200; 4]),
    ("GET /api/members", [200; 4]),
    ("PATCH /api/members/{user_id}", [403, 403, 200, 200]),
    // They are removed by the admin, and are not there for the owner.
    ("DELETE /api/members/{user_id}", [403, 403, 204, 404]),
    ("POST /api/members/{user_id}/ownership", [403, 403, 403, 200]),
    ("GET /api/workspaces", [200; 4]),
    ("PUT /api/workspaces/{id}/members/{user_id}", [403, 403, 204, 204]),
    ("DELETE /api/workspaces/{id}/members/{user_id}", [403, 403, 404, 404]),
    ("GET /api/api-keys", [403, 403, 200, 200]),
    ("POST /api/api-keys", [403, 403, 201, 201]),
    ("GET /api/api-keys/{id}", [403, 403, 200, 200]),
    // It is revoked by the admin, and is not there for the owner.
    ("DELETE /api/api-keys/{id}", [403, 403, 204, 404]),
    ("GET /api/audit", [403, 403, 200, 200]),
    ("GET /api/audit/export", [403, 403, 200, 200]),
    ("GET /api/stores", [200; 4]),
    ("GET /api/metrics", [200; 4]),
    ("POST /api/metrics/query", [200; 4]),
    ("POST /api/metrics/batch", [200; 4]),
    ("GET /api/imports", [200; 4]),
    ("POST /api/imports", [403, 202, 202, 202]),
    ("GET /api/imports/{id}", [200; 4]),
];

/// Asks somebody to join.
async fn invited(tenant: &Tenant, email: &str) -> Uuid {
    let new = NewInvitations { emails: vec![email.to_owned()], role: OrgRole::Viewer, workspaces: Vec::new() };
    match tenant.invite(&new).await.unwrap().pop().unwrap().1 {
        Invited::Sent(invitation, _) => invitation.id.0,
        other => panic!("{email}: {other:?}"),
    }
}

/// What a route needs of a program.
#[derive(Clone, Copy, Debug)]
enum OfPrograms {
    /// This scope; and what it then answers.
    Scope(KeyScope, u16),
    /// Nothing, as of anybody; and what it answers.
    Nothing(u16),
    /// A person.
    Person,
}

const BY_SCOPE: [(&str, OfPrograms); 92] = {
    use KeyScope::{AuditRead, ImportsWrite, MembersRead, MetricsRead};
    use OfPrograms::{Nothing, Person, Scope};
    [
        ("GET /api/providers", Scope(MetricsRead, 200)),
        ("GET /api/integrations", Scope(MetricsRead, 200)),
        ("POST /api/integrations", Person),
        ("GET /api/integrations/{id}", Scope(MetricsRead, 200)),
        ("DELETE /api/integrations/{id}", Person),
        ("POST /api/integrations/{id}/test", Person),
        ("GET /api/integrations/{id}/accounts", Person),
        ("PUT /api/integrations/{id}/account", Person),
        ("POST /api/integrations/{id}/sync", Scope(ImportsWrite, 202)),
        ("GET /api/integrations/{id}/syncs", Scope(MetricsRead, 200)),
        ("GET /api/syncs/{id}", Scope(MetricsRead, 200)),
        ("DELETE /api/syncs/{id}", Scope(ImportsWrite, 200)),
        ("GET /api/integrations/{id}/deliveries", Person),
        ("POST /api/integrations/{id}/deliveries/replay", Person),
        ("GET /api/deliveries/{id}", Person),
        ("DELETE /api/deliveries/{id}", Person),
        ("GET /api/customer-requests", Person),
        ("POST /api/customer-requests/{id}/answer", Person),
        ("POST /api/webhooks/{provider}", Nothing(404)),
        ("POST /api/oauth/{provider}/start", Person),
        ("GET /api/oauth/{provider}/callback", Person),
        ("POST /api/auth/second-factor", Nothing(410)),
        ("GET /api/auth/methods", Nothing(200)),
        ("POST /api/auth/sign-up", Nothing(202)),
        ("POST /api/auth/sign-up/complete", Nothing(410)),
        ("POST /api/auth/magic-link", Nothing(202)),
        ("POST /api/auth/magic-link/redeem", Nothing(410)),
        ("POST /api/auth/password-reset", Nothing(202)),
        ("POST /api/auth/password-reset/redeem", Nothing(410)),
        ("POST /api/auth/verification/redeem", Nothing(410)),
        ("GET /api/auth/google/start", Nothing(404)),
        ("GET /api/auth/google/callback", Nothing(404)),
        ("GET /api/auth/sign-up/google", Nothing(410)),
        ("POST /api/auth/sign-up/google", Nothing(410)),
        ("POST /api/invites/preview", Nothing(410)),
        ("GET /api/account", Person),
        ("PATCH /api/account", Person),
        ("DELETE /api/account", Person),
        ("GET /api/account/export", Person),
        ("POST /api/account/verification", Person),
        ("POST /api/account/second-factor", Person),
        ("PUT /api/account/second-factor", Person),
        ("DELETE /api/account/second-factor", Person),
        ("POST /api/account/second-factor/recovery-codes", Person),
        ("GET /api/invites", Person),
        ("POST /api/invites", Person),
        ("POST /api/invites/{id}/resend", Person),
        ("DELETE /api/invites/{id}", Person),
        ("POST /api/invites/accept", Person),
        ("POST /api/auth/sign-in", Nothing(401)),
        ("POST /api/auth/sign-out", Nothing(204)),
        ("PUT /api/auth/password", Person),
        ("GET /api/session", Person),
        ("GET /api/sessions", Person),
        ("DELETE /api/sessions", Person),
        ("DELETE /api/sessions/{id}", Person),
        ("GET /api/orgs", Person),
        ("POST /api/orgs/{id}/enter", Person),
        ("DELETE /api/orgs/{id}", Person),
        ("POST /api/stores/{id}/customers/export", Person),
        ("POST /api/stores/{id}/customers/erase", Person),
        ("GET /api/shares", Person),
        ("POST /api/shares", Person),
        ("DELETE /api/shares/{id}", Person),
        ("GET /api/shared", Nothing(410)),
        ("GET /api/erasures", Person),
        ("GET /api/retention", Person),
        ("PUT /api/retention", Person),
        ("POST /api/auth/tokens", Nothing(401)),
        ("POST /api/auth/tokens/refresh", Nothing(401)),
        ("POST /api/auth/tokens/revoke", Nothing(204)),
        ("GET /api/plan", Person),
        ("GET /api/members", Scope(MembersRead, 200)),
        ("PATCH /api/members/{user_id}", Person),
        ("DELETE /api/members/{user_id}", Person),
        ("POST /api/members/{user_id}/ownership", Person),
        ("GET /api/workspaces", Scope(MetricsRead, 200)),
        ("PUT /api/workspaces/{id}/members/{user_id}", Person),
        ("DELETE /api/workspaces/{id}/members/{user_id}", Person),
        ("GET /api/api-keys", Person),
        ("POST /api/api-keys", Person),
        ("GET /api/api-keys/{id}", Person),
        ("DELETE /api/api-keys/{id}", Person),
        ("GET /api/audit", Scope(AuditRead, 200)),
        ("GET /api/audit/export", Scope(AuditRead, 200)),
        ("GET /api/stores", Scope(MetricsRead, 200)),
        ("GET /api/metrics", Scope(MetricsRead, 200)),
        ("POST /api/metrics/query", Scope(MetricsRead, 200)),
        ("POST /api/metrics/batch", Scope(MetricsRead, 200)),
        ("GET /api/imports", Scope(MetricsRead, 200)),
        ("POST /api/imports", Scope(ImportsWrite, 202)),
        ("GET /api/imports/{id}", Scope(MetricsRead, 200)),
    ]
};

/// Every operation of the API's document, as `GET /api/session`.
pub(crate) fn routes() -> Vec<String> {
    let document = serde_json::to_value(api::document()).unwrap();
    let paths = document["paths"].as_object().unwrap();
    let methods = |path: &str| -> Vec<String> {
        let methods = paths[path].as_object().unwrap().keys();
        methods
            .map(|method| format!("{} {path}", Method::from_bytes(method.to_uppercase().as_bytes()).unwrap()))
            .collect()
    };
    paths.keys().flat_map(|path| methods(path)).collect()
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

/// A connection of the organisation's store to a provider that this server does not know, with the account of that name, and its first sync.
pub(crate) async fn new_connection(tenant: &Tenant, made: &Provisioned, provider: &str, account: &str) -> (Uuid, Uuid) {
    let new = NewConnection {
        store: made.stores[0],
        provider,
        fields: json!({ "shop": account }),
        credentials: vec![("token", account.into())],
        expires_at: None,
        accounts: vec![account.to_owned()],
    };
    let begun = tenant.begin_connection(new).await.unwrap();
    let about = serde_json::to_value(Account::new(account, account)).unwrap();
    let account = ConnectedAccount { id: account.to_owned(), name: account.to_owned(), about };
    tenant.choose_account(begun.id, &account, std::slice::from_ref(&account.name)).await.unwrap();
    let job = tenant.sync_jobs(begun.id, None, 1).await.unwrap().jobs.pop().unwrap();
    (begun.id.0, job.id.0)
}

/// What a provider told of the organisation's store: something that could not be carried out, and a customer who wants to know what is kept of them.
pub(crate) async fn told(
    world: &World,
    tenant: &Tenant,
    made: &Provisioned,
    connection: Uuid,
    text: &str,
) -> (Uuid, Uuid) {
    let delivery = world.database.dead_letter(made.organization, ConnectionId(connection), text).await;
    let request = CustomerRequestId(delivery.0);
    tenant.customer_asks(request, made.stores[0], "elsewhere", Some(text), Some(text)).await.unwrap();
    (delivery.0, request.0)
}

/// Shows figures of the organisation's store to whoever has a link.
async fn new_share(world: &World, made: &Provisioned) -> Uuid {
    let query = json!({ "metrics": ["shopify.revenue"] });
    let stores = made.stores.iter().copied().collect();
    let new = NewShare { name: "share".to_owned(), query, stores, expires_at: None };
    let (owner, _) = world.database.as_person("owner@a.test").await;
    owner.create_share(&new).await.unwrap().0.id.0
}

/// A key of the organisation `a`.
async fn new_key(world: &World) -> Uuid {
    let (owner, _) = world.database.as_person("owner@a.test").await;
    let scopes = [KeyScope::MetricsRead].into_iter().collect();
    let new = NewApiKey { name: "a".to_owned(), scopes, workspace: None, expires_at: None };
    owner.create_api_key(&new).await.unwrap().0.id.0
}

#[tokio::test]
async fn each_route_answers_each_scope_as_it_may() {
    let Mailing { world, server, tenant, made, sink: _sink } = Mailing::new().await;
    let import = server.owner_of("a").await.import(made.stores[0], "a.csv", ORDERS).await;
    let member = world.database.member(made.organization, "target@a.test", OrgRole::Viewer).await;
    let (connection, sync) = new_connection(&tenant, &made, "elsewhere", "acme").await;
    let (delivery, asked) = told(&world, &tenant, &made, connection, "acme").await;
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
