//! Webhook subscriptions that the app made through the API.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::graphql::context::{gid, time};

/// A subscription.
#[derive(Clone, Debug, Deserialize, Serialize)]
struct Subscription {
    id: u64,
    /// As webhooks name it: `orders/create`.
    topic: String,
    /// As the API names it: `ORDERS_CREATE`.
    name: String,
    uri: String,
    include: Vec<String>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    /// Tries that failed in a row.
    failures: u32,
}

/// Where a webhook goes.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Listener {
    /// The subscription; `None` for one of the app's configuration.
    pub(crate) subscription: Option<u64>,
    pub(crate) uri: String,
    include: Vec<String>,
}

impl Listener {
    pub(crate) fn configured(uri: &str) -> Self {
        Self { subscription: None, uri: uri.to_owned(), include: Vec::new() }
    }

    /// The fields that it wants of a body.
    pub(crate) fn trim(&self, body: &Value) -> Value {
        match body {
            Value::Object(fields) if !self.include.is_empty() => {
                let kept: Map<String, Value> = fields
                    .iter()
                    .filter(|(name, _)| self.include.contains(name))
                    .map(|(name, value)| (name.clone(), value.clone()))
                    .collect();
                Value::Object(kept)
            }
            body => body.clone(),
        }
    }
}

/// The subscriptions of an app in a shop.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(crate) struct Subscriptions {
    all: Vec<Subscription>,
    made: u64,
}

/// The topic that a name of the API stands for: the last word is what happened, the others are what it happened to.
fn topic(name: &str) -> String {
    let lower = name.to_lowercase();
    match lower.as_str() {
        "app_uninstalled" => "app/uninstalled".to_owned(),
        "app_scopes_update" => "app/scopes_update".to_owned(),
        "bulk_operations_finish" => "bulk_operations/finish".to_owned(),
        _ => lower.rsplit_once('_').map_or(lower.clone(), |(what, happened)| format!("{what}/{happened}")),
    }
}

impl Subscriptions {
    /// Who wants to know of a topic.
    pub(crate) fn listeners(&self, topic: &str) -> Vec<Listener> {
        let wanted = self.all.iter().filter(|one| one.topic == topic);
        let listener = |one: &Subscription| Listener {
            subscription: Some(one.id),
            uri: one.uri.clone(),
            include: one.include.clone(),
        };
        wanted.map(listener).collect()
    }

    /// `webhookSubscriptionCreate`.
    pub(crate) fn create(
        &mut self,
        name: &str,
        input: &Map<String, Value>,
        version: &str,
        now: DateTime<Utc>,
    ) -> Value {
        let uri = uri_of(input);
        if let Err(error) = uri_error(uri) {
            return refused(error);
        }
        if self.all.iter().any(|one| one.name == name && one.uri == uri) {
            return refused("Address for this topic has already been taken");
        }
        self.made += 1;
        self.all.push(Subscription {
            id: 1_200_000_000_000 + self.made,
            topic: topic(name),
            name: name.to_owned(),
            uri: uri.to_owned(),
            include: include_of(input),
            created_at: now,
            updated_at: now,
            failures: 0,
        });
        json!({ "webhookSubscription": self.told(version).pop(), "userErrors": [] })
    }

    /// `webhookSubscriptionUpdate`.
    pub(crate) fn update(&mut self, id: u64, input: &Map<String, Value>, version: &str, now: DateTime<Utc>) -> Value {
        let uri = uri_of(input);
        let Some(one) = self.all.iter_mut().find(|one| one.id == id) else {
            return refused("Webhook subscription does not exist");
        };
        if !uri.is_empty() {
            if let Err(error) = uri_error(uri) {
                return refused(error);
            }
            uri.clone_into(&mut one.uri);
        }
        if input.contains_key("includeFields") {
            one.include = include_of(input);
        }
        one.updated_at = now;
        let told = Self::tell(one, version);
        json!({ "webhookSubscription": told, "userErrors": [] })
    }

    /// `webhookSubscriptionDelete`.
    pub(crate) fn delete(&mut self, id: u64) -> Value {
        let before = self.all.len();
        self.all.retain(|one| one.id != id);
        if self.all.len() == before {
            return json!({
                "deletedWebhookSubscriptionId": null,
                "userErrors": [{ "field": ["id"], "message": "Webhook subscription does not exist" }],
            });
        }
        json!({ "deletedWebhookSubscriptionId": gid("WebhookSubscription", id), "userErrors": [] })
    }

    /// All of them as the API tells them.
    pub(crate) fn told(&self, version: &str) -> Vec<Value> {
        self.all.iter().map(|one| Self::tell(one, version)).collect()
    }

    fn tell(one: &Subscription, version: &str) -> Value {
        json!({
            "__typename": "WebhookSubscription",
            "id": gid("WebhookSubscription", one.id),
            "legacyResourceId": one.id.to_string(),
            "topic": one.name,
            "uri": one.uri,
            "callbackUrl": one.uri,
            "format": "JSON",
            "filter": null,
            "includeFields": one.include,
            "metafieldNamespaces": [],
            "name": null,
            "createdAt": time(one.created_at),
            "updatedAt": time(one.updated_at),
            "apiVersion": { "displayName": version, "handle": version, "supported": true },
        })
    }

    /// A try ended well or not; when a ninth in a row did not (the first and eight more), the subscription is gone. Whether it is still there.
    pub(crate) fn delivered(&mut self, id: u64, well: bool) -> bool {
        for one in self.all.iter_mut().filter(|one| one.id == id) {
            one.failures = if well { 0 } else { one.failures + 1 };
        }
        self.all.retain(|one| one.failures <= crate::webhooks::RETRIES);
        self.all.iter().any(|one| one.id == id)
    }

    pub(crate) fn clear(&mut self) {
        self.all.clear();
    }
}

fn uri_of(input: &Map<String, Value>) -> &str {
    let of = |name: &str| input.get(name).and_then(Value::as_str);
    of("uri").or_else(|| of("callbackUrl")).unwrap_or_default()
}

/// Addresses have to be https; this machine's own may be http, since nobody has a certificate for it.
fn uri_error(uri: &str) -> Result<(), &'static str> {
    let url = url::Url::parse(uri).map_err(|_| "Address is invalid")?;
    let is_local = matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
    match url.scheme() {
        "https" => Ok(()),
        "http" if is_local => Ok(()),
        _ => Err("Address protocol http:// is not supported"),
    }
}

fn include_of(input: &Map<String, Value>) -> Vec<String> {
    let fields = input.get("includeFields").and_then(Value::as_array);
    fields.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn refused(message: &str) -> Value {
    json!({
        "webhookSubscription": null,
        "userErrors": [{ "field": ["webhookSubscription", "callbackUrl"], "message": message }],
    })
}
