//! Sends a webhook and says whether it was taken.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::SecondsFormat;
use reqwest::Client;
use reqwest::redirect::Policy;

use super::Delivery;
use crate::options::{AppOptions, Settings};
use crate::signing;

/// A client that follows nobody and waits no longer than Shopify does.
pub(crate) fn client(settings: &Settings) -> Result<Client, reqwest::Error> {
    Client::builder()
        .redirect(Policy::none())
        .connect_timeout(Duration::from_secs(1))
        .timeout(settings.webhook_timeout)
        .build()
}

/// Sends a delivery. Whether it was answered with 2xx in time; a redirect is a failure.
pub(crate) async fn send(client: &Client, shop: &str, app: &AppOptions, delivery: &Delivery) -> bool {
    let signature = STANDARD.encode(signing::hmac(&app.client_secret, delivery.body.as_bytes()));
    let sent = client
        .post(&delivery.listener.uri)
        .header("Content-Type", "application/json")
        .header("User-Agent", "Shopify-Captain-Hook")
        .header("X-Shopify-Topic", &delivery.topic)
        .header("X-Shopify-Hmac-Sha256", signature)
        .header("X-Shopify-Shop-Domain", shop)
        .header("X-Shopify-API-Version", &app.webhook_version)
        .header("X-Shopify-Webhook-Id", &delivery.id)
        .header("X-Shopify-Event-Id", &delivery.event)
        .header("X-Shopify-Triggered-At", delivery.triggered_at.to_rfc3339_opts(SecondsFormat::Nanos, true))
        .body(delivery.body.clone())
        .send()
        .await;
    sent.is_ok_and(|answer| answer.status().is_success())
}
