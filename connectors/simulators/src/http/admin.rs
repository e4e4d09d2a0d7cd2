//! `POST /admin/api/{version}/graphql.json`.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::{Answer, Asked, spoil};
use crate::faults::Fault;
use crate::graphql::args::{Args, gid};
use crate::graphql::bulk_rules;
use crate::graphql::context::Context;
use crate::graphql::cost::{self, Requested};
use crate::graphql::execute;
use crate::graphql::schema::{self, Query};
use crate::options::{AppOptions, Settings};
use crate::shop::Shop;
use crate::shop::bulk::Submission;
use crate::shop::grants::implied;
use crate::state::State;

const LIMITS: &str = "https://shopify.dev/api/usage/rate-limits";

/// What a dead or wrong token is answered with.
pub(super) fn unauthorized() -> Answer {
    let message = "[API] Invalid API key or access token (unrecognized login or wrong password)";
    Answer::json(401, &json!({ "errors": message }))
}

/// Answers a query.
pub(super) fn graphql(state: &State, asked: &Asked, version: &str, fault: Option<&Fault>) -> Answer {
    if let Some(answer) = spoil::instead(fault) {
        return answer;
    }
    let token = asked.header("x-shopify-access-token").unwrap_or_default();
    let Some(granted) = state.with_shop(&asked.shop, |shop, _, _, now| shop.grants.scopes(token, now)).flatten() else {
        return unauthorized();
    };
    let fields = asked.fields();
    let Some(text) = fields.get("query").and_then(Value::as_str) else {
        return Answer::json(400, &json!({ "errors": { "query": "Required parameter missing or invalid" } }));
    };
    let settings = state.settings();
    let served = served(version, &settings);
    let variables = fields.get("variables").and_then(Value::as_object).cloned().unwrap_or_default();
    let name = fields.get("operationName").and_then(Value::as_str);
    let mut answer = match schema::read(&served, text, name, &variables) {
        Err(errors) => Answer::json(200, &json!({ "errors": errors })),
        Ok(query) => {
            let run = Run { state, asked, fault, version: &served, granted: &granted };
            let mut answer = run.answer(&query);
            answer.operation = Some(name_of(&query));
            answer
        }
    };
    answer.headers.push(("x-shopify-api-version", served));
    answer
}

/// The version that answers for another: the oldest for one that is not served.
fn served(version: &str, settings: &Settings) -> String {
    let known = settings.versions.iter().any(|one| one == version) || version == "unstable";
    let oldest = settings.versions.first().cloned();
    if known { version.to_owned() } else { oldest.unwrap_or_else(|| version.to_owned()) }
}

fn name_of(query: &Query) -> String {
    let first = || query.operation.selection_set.fields().next().map(|field| field.name.to_string());
    query.operation.name.as_ref().map(ToString::to_string).or_else(first).unwrap_or_default()
}

fn whole(points: f64) -> Value {
    #[allow(clippy::cast_possible_truncation, reason = "costs are whole and small")]
    let points = points as i64;
    json!(points)
}

struct Run<'a> {
    state: &'a State,
    asked: &'a Asked,
    fault: Option<&'a Fault>,
    version: &'a str,
    granted: &'a [String],
}

impl Run<'_> {
    fn answer(&self, query: &Query) -> Answer {
        let answer = self
            .state
            .with_shop(&self.asked.shop, |shop, app, settings, now| self.run(query, shop, app, settings, now));
        answer.unwrap_or_else(|| Answer::json(404, &json!({ "errors": "Not Found" })))
    }

    fn run(&self, query: &Query, shop: &mut Shop, app: &AppOptions, settings: &Settings, now: DateTime<Utc>) -> Answer {
        let Some(schema) = schema::of(self.version) else {
            return Answer::json(500, &json!({ "errors": "no schema" }));
        };
        let requested = cost::requested(&schema, query, settings.cost_rule);
        if requested.cost > settings.max_query_cost {
            return too_dear(&requested, settings);
        }
        if self.fault == Some(&Fault::Throttled) {
            shop.bucket.empty(now);
        }
        if !shop.bucket.take(requested.cost, now) {
            return self.throttled(&requested, shop, settings, now);
        }
        let scopes = implied(self.granted);
        let quirks = self.fault.map(Fault::quirks).unwrap_or_default();
        let answer = if execute::is_mutation(query) {
            let calls = {
                let cx = self.state.context(shop, &scopes, app, settings, quirks.clone(), now);
                execute::mutations(schema.clone(), query, &cx)
            };
            let payloads: Vec<Value> =
                calls.iter().map(|(name, args)| self.perform(name, args, shop, app, settings, now)).collect();
            let cx = self.state.context(shop, &scopes, app, settings, quirks, now);
            execute::mutation(schema, query, &cx, &payloads)
        } else {
            let cx: Context<'_> = self.state.context(shop, &scopes, app, settings, quirks, now);
            execute::query(schema, query, &cx)
        };
        let actual = answer.cost.min(requested.cost);
        shop.bucket.give_back(requested.cost - actual);
        let mut body = Map::new();
        body.insert("data".to_owned(), answer.data);
        if !answer.errors.is_empty() {
            body.insert("errors".to_owned(), Value::Array(answer.errors));
        }
        let mut extensions = json!({ "cost": self.cost(&requested, Some(actual), shop, now) });
        if let (false, Some(extensions)) = (answer.search.is_empty(), extensions.as_object_mut()) {
            extensions.insert("search".to_owned(), Value::Array(answer.search));
        }
        body.insert("extensions".to_owned(), extensions);
        Answer { cost: Some(actual), ..Answer::json(200, &Value::Object(body)) }
    }

    fn cost(&self, requested: &Requested, actual: Option<f64>, shop: &mut Shop, now: DateTime<Utc>) -> Value {
        let mut told = json!({
            "requestedQueryCost": whole(requested.cost),
            "actualQueryCost": actual.map(whole),
            "throttleStatus": shop.bucket.status(now),
        });
        if let (Some("1"), Some(told)) = (self.asked.header("shopify-graphql-cost-debug"), told.as_object_mut()) {
            told.insert("fields".to_owned(), Value::Array(requested.fields.clone()));
        }
        told
    }

    fn throttled(&self, requested: &Requested, shop: &mut Shop, settings: &Settings, now: DateTime<Utc>) -> Answer {
        let error = json!({ "message": "Throttled", "extensions": { "code": "THROTTLED", "documentation": LIMITS } });
        let cost = self.cost(requested, None, shop, now);
        let body = json!({ "errors": [error], "extensions": { "cost": cost } });
        let mut answer = Answer::json(settings.throttled_status, &body);
        if settings.throttled_status == 429 {
            answer.headers.push(("retry-after", "2.0".to_owned()));
        }
        answer
    }

    /// Does what a field of a mutation says. Its payload.
    fn perform(
        &self,
        name: &str,
        args: &Args,
        shop: &mut Shop,
        app: &AppOptions,
        settings: &Settings,
        now: DateTime<Utc>,
    ) -> Value {
        let version = app.webhook_version.as_str();
        let empty = Map::new();
        let input = args.object("webhookSubscription").unwrap_or(&empty);
        match name {
            "bulkOperationRunQuery" => self.bulk(args, shop, settings, now),
            "bulkOperationCancel" => {
                let id = args.id("id").unwrap_or(0);
                match shop.operations.cancel(id, now) {
                    Some(finished) => {
                        shop.send("bulk_operations/finish", &finished, app, now);
                        json!({ "bulkOperation": self.operation(id, shop, app, settings, now), "userErrors": [] })
                    }
                    None => json!({
                        "bulkOperation": self.operation(id, shop, app, settings, now),
                        "userErrors": [{ "field": ["id"], "message": "A bulk operation cannot be canceled when it is completed" }],
                    }),
                }
            }
            "webhookSubscriptionCreate" => {
                shop.subscriptions.create(args.text("topic").unwrap_or_default(), input, version, now)
            }
            "webhookSubscriptionUpdate" => shop.subscriptions.update(args.id("id").unwrap_or(0), input, version, now),
            "webhookSubscriptionDelete" => shop.subscriptions.delete(args.id("id").unwrap_or(0)),
            "appUninstall" => {
                let told = shop.app(app, self.granted);
                shop.uninstall(app, settings, now);
                json!({ "app": told, "userErrors": [] })
            }
            "appRevokeAccessScopes" => {
                let taken = args.texts("scopes").unwrap_or_default();
                let unknown = taken.iter().any(|scope| !self.granted.iter().any(|granted| granted == scope));
                if unknown {
                    let message = "The requested scopes to revoke are not granted";
                    let error = json!({ "field": ["scopes"], "message": message, "code": "UNKNOWN_SCOPES" });
                    return json!({ "revoked": null, "userErrors": [error] });
                }
                shop.grants.take_scopes(&taken);
                let revoked: Vec<Value> = taken
                    .iter()
                    .map(|scope| json!({ "handle": scope, "description": format!("Lets the app use {scope}") }))
                    .collect();
                json!({ "revoked": revoked, "userErrors": [] })
            }
            _ => Value::Null,
        }
    }

    fn bulk(&self, args: &Args, shop: &mut Shop, settings: &Settings, now: DateTime<Utc>) -> Value {
        let refused = |code: &str, message: &str| json!({ "bulkOperation": null, "userErrors": [{ "field": ["query"], "message": message, "code": code }] });
        let text = args.text("query").unwrap_or_default();
        let query = match schema::read(self.version, text, None, &Map::new()) {
            Ok(query) => query,
            Err(errors) => {
                let first = errors.first().and_then(|error| error.get("message")).and_then(Value::as_str);
                return refused("INVALID", &format!("Invalid bulk query: {}", first.unwrap_or("it cannot be read")));
            }
        };
        if let Some(problem) = bulk_rules::refusal(&query) {
            return refused("INVALID", &problem);
        }
        let asked = Submission {
            query: text,
            grouped: args.truth("groupObjects"),
            version: self.version,
            scopes: self.granted.to_vec(),
            fails_after: shop.faults.bulk_fails_after.take(),
        };
        match shop.operations.submit(asked, settings, now) {
            Ok(id) => {
                let app = self.state.app();
                json!({ "bulkOperation": self.operation(id, shop, &app, settings, now), "userErrors": [] })
            }
            Err((code, message)) => {
                json!({ "bulkOperation": null, "userErrors": [{ "field": null, "message": message, "code": code }] })
            }
        }
    }

    /// An operation as the API tells it.
    fn operation(&self, id: u64, shop: &Shop, app: &AppOptions, settings: &Settings, now: DateTime<Utc>) -> Value {
        let scopes = implied(self.granted);
        let cx = self.state.context(shop, &scopes, app, settings, crate::graphql::context::Quirks::default(), now);
        let is = |one: &&Value| {
            let told = one.get("id").and_then(Value::as_str).and_then(gid);
            told.is_some_and(|(_, told)| told == id)
        };
        cx.operations.iter().find(is).cloned().unwrap_or(Value::Null)
    }
}

/// What a query is answered with that costs more than any may.
fn too_dear(requested: &Requested, settings: &Settings) -> Answer {
    let message = format!(
        "Query cost is {}, which exceeds the single query max cost limit ({}). Ask for fewer rows at once, or use a bulk operation.",
        requested.cost, settings.max_query_cost
    );
    let error = json!({
        "message": message,
        "extensions": {
            "code": "MAX_COST_EXCEEDED",
            "cost": whole(requested.cost),
            "maxCost": whole(settings.max_query_cost),
            "documentation": LIMITS,
        },
    });
    Answer { cost: Some(0.0), ..Answer::json(200, &json!({ "errors": [error] })) }
}
