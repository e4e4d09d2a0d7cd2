//! What each route answers, by who asks. A route without its case fails the tests.

use aloftly_catalog::KeyScope;
use aloftly_server::api;
use reqwest::Method;

/// Routes that anybody may ask, and what they answer to nobody.
pub(super) fn public(route: &str) -> Option<u16> {
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
pub(super) const NAME_SOMETHING: [(&str, u16); 42] = [
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
pub(super) const BY_ROLE: [(&str, [u16; 4]); 92] = [
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

/// What a route needs of a program.
#[derive(Clone, Copy, Debug)]
pub(super) enum OfPrograms {
    /// This scope; and what it then answers.
    Scope(KeyScope, u16),
    /// Nothing, as of anybody; and what it answers.
    Nothing(u16),
    /// A person.
    Person,
}

pub(super) const BY_SCOPE: [(&str, OfPrograms); 92] = {
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
