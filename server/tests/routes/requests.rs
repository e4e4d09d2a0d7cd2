//! How each route is asked.

use reqwest::RequestBuilder;
use serde_json::json;

use super::Things;
use super::things::{WIDGET, document, widget};
use crate::accounts::sign_up;
use crate::support::{Client, ORDERS, form};

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
        "PATCH /api/shares/{id}" => {
            client.patch(&format!("/api/shares/{}", of.share)).json(&json!({ "may_change_range": true }))
        }
        "GET /api/shared" => client.get("/api/shared"),
        "POST /api/shared/unlock" => client.post("/api/shared/unlock").json(&json!({ "password": "wrong" })),
        "POST /api/shared/data" => client.post("/api/shared/data").json(&json!({})),
        "GET /api/branding" => client.get("/api/branding"),
        "PUT /api/branding" => client.put("/api/branding").json(&json!({ "name": "x" })),
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
        "POST /api/workspaces" => client.post("/api/workspaces").json(&json!({ "name": "another" })),
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
        "GET /api/stores/{id}/dashboard" => client.get(&format!("/api/stores/{}/dashboard", of.store)),
        "POST /api/stores" => {
            let body = json!({ "workspace_id": of.workspace, "name": "another", "currency": "EUR", "timezone": "UTC" });
            client.post("/api/stores").json(&body)
        }
        "POST /api/stores/{id}/sample-data" => client.post(&format!("/api/stores/{}/sample-data", of.store)),
        "DELETE /api/stores/{id}/sample-data" => client.delete(&format!("/api/stores/{}/sample-data", of.store)),
        "GET /api/onboarding" => client.get("/api/onboarding"),
        "PATCH /api/onboarding" => client.patch("/api/onboarding").json(&json!({ "finished": true })),
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
        "GET /api/dashboards" => client.get(&format!("/api/dashboards?workspace_id={}", of.workspace)),
        "POST /api/dashboards" => {
            let body = json!({ "workspace_id": of.workspace, "name": "x", "visibility": "workspace" });
            client.post("/api/dashboards").json(&body)
        }
        "GET /api/dashboards/{id}" => client.get(&format!("/api/dashboards/{}", of.dashboard)),
        "PUT /api/dashboards/{id}" => {
            let body = json!({ "name": "x", "description": "", "visibility": "workspace", "document": document("x") });
            client.put(&format!("/api/dashboards/{}", of.dashboard)).header("if-match", "*").json(&body)
        }
        "DELETE /api/dashboards/{id}" => {
            client.delete(&format!("/api/dashboards/{}", of.dashboard)).header("if-match", "*")
        }
        "GET /api/dashboards/{id}/widgets" => client.get(&format!("/api/dashboards/{}/widgets", of.dashboard)),
        "POST /api/dashboards/{id}/widgets" => {
            let body = json!({ "widget": widget("figure2", "x") });
            client.post(&format!("/api/dashboards/{}/widgets", of.dashboard)).json(&body)
        }
        "PUT /api/dashboards/{id}/widgets/{widget_id}" => {
            client.put(&format!("/api/dashboards/{}/widgets/{WIDGET}", of.dashboard)).json(&widget(WIDGET, "x"))
        }
        "DELETE /api/dashboards/{id}/widgets/{widget_id}" => {
            client.delete(&format!("/api/dashboards/{}/widgets/{WIDGET}", of.dashboard))
        }
        "GET /api/dashboards/{id}/history" => client.get(&format!("/api/dashboards/{}/history", of.dashboard)),
        "GET /api/dashboards/{id}/history/{revision_id}" => {
            client.get(&format!("/api/dashboards/{}/history/{}", of.dashboard, of.revision))
        }
        "POST /api/dashboards/{id}/restore" => {
            let restore = client.post(&format!("/api/dashboards/{}/restore", of.dashboard)).header("if-match", "*");
            restore.json(&json!({ "revision_id": of.revision }))
        }
        "GET /api/dashboards/{id}/views" => client.get(&format!("/api/dashboards/{}/views", of.dashboard)),
        "POST /api/dashboards/{id}/views" => {
            let body = json!({ "name": "x", "search": "range=today", "is_shared": false });
            client.post(&format!("/api/dashboards/{}/views", of.dashboard)).json(&body)
        }
        "PUT /api/dashboards/{id}/views/{view_id}" => {
            let body = json!({ "name": "x", "search": "range=today", "is_shared": true });
            client.put(&format!("/api/dashboards/{}/views/{}", of.dashboard, of.view)).json(&body)
        }
        "DELETE /api/dashboards/{id}/views/{view_id}" => {
            client.delete(&format!("/api/dashboards/{}/views/{}", of.dashboard, of.view))
        }
        "GET /api/templates" => client.get("/api/templates"),
        "POST /api/templates" => {
            let body = json!({ "name": "x", "description": "", "dashboard_id": of.dashboard });
            client.post("/api/templates").json(&body)
        }
        "PUT /api/templates/{id}" => {
            let body = json!({ "name": "x", "description": "" });
            client.put(&format!("/api/templates/{}", of.template)).json(&body)
        }
        "DELETE /api/templates/{id}" => client.delete(&format!("/api/templates/{}", of.template)),
        "GET /api/annotations" => {
            let asked = format!("workspace_id={}&store_ids={}&from=2026-11-01&to=2026-11-30", of.workspace, of.store);
            client.get(&format!("/api/annotations?{asked}"))
        }
        "POST /api/annotations" => {
            let body = json!({
                "workspace_id": of.workspace, "store_id": of.store, "kind": "note", "title": "x", "body": "",
                "first_day": "2026-11-02", "last_day": "2026-11-02",
            });
            client.post("/api/annotations").json(&body)
        }
        "PUT /api/annotations/{id}" => {
            let body = json!({
                "kind": "sale", "title": "x", "body": "", "first_day": "2026-11-02", "last_day": "2026-11-03",
            });
            client.put(&format!("/api/annotations/{}", of.annotation)).json(&body)
        }
        "DELETE /api/annotations/{id}" => client.delete(&format!("/api/annotations/{}", of.annotation)),
        new => panic!("{new} has no case here: say what it answers to nobody and to another organisation"),
    }
}
