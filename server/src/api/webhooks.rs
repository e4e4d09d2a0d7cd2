//! Where providers tell of things by themselves.

#![allow(unused_qualifications, reason = "what utoipa derives names types by their full paths")]

use aloftly_catalog::NewDelivery;
use aloftly_connectors::contract::{Delivered, Delivery, NotAuthentic};
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest as _, Path, Request, State};
use axum::http::{HeaderMap, StatusCode};
use chrono::{DateTime, TimeDelta, Utc};

use super::App;
use crate::http::client::Caller;
use crate::http::problem::{Problem, ProblemDocument};
use crate::telemetry::measures;

/// The largest body that is taken: an order of a thousand lines.
pub(super) const LONGEST: usize = 4 << 20;
/// The longest texts that a delivery says of itself, in bytes.
const LONGEST_TEXT: usize = 200;
/// Where a provider tells a time that is further off than this, it tells none.
const OFF: TimeDelta = TimeDelta::days(366);

/// Takes what a provider tells of by itself
///
/// The signature is checked over the body as it came, before anything of it is read. 200 says that it is kept and will be carried out, once however
/// often it is told.
#[utoipa::path(
    post,
    path = "/api/webhooks/{provider}",
    tag = "integrations",
    params(("provider" = String, Path, description = "The provider's id")),
    request_body(content = String, content_type = "application/json", description = "As the provider sends it"),
    responses(
        (status = 200, description = "Kept, or known already, or about an account that no store is connected to"),
        (status = 401, description = "`not_authentic`: not from the provider", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 404, description = "No such provider, or one that tells nothing, or that this server is not known to", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 413, description = "The body is larger than 4 MiB", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 503, description = "It could not be kept: tell it again", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn deliver(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    request: Request,
) -> Result<StatusCode, Problem> {
    let (parts, body) = request.into_parts();
    let provider = app.providers.find(&id);
    let listening = provider.and_then(|provider| {
        Some((provider.connector.declaration().id, provider.connector.webhooks()?, provider.webhook_secrets()?))
    });
    // Whoever guesses is counted; providers are not.
    let Some((name, webhooks, secrets)) = listening else {
        app.limits.take_unknown(&parts, &caller)?;
        return Err(Problem::not_found());
    };
    let headers = headers(&parts.headers);
    let body = Bytes::from_request(Request::from_parts(parts.clone(), body), &())
        .await
        .map_err(|rejection| unreadable(&rejection))?;
    let delivered = Delivered { headers: &headers, body: &body };
    let delivery = match webhooks.authenticate(&secrets, &delivered) {
        Ok(delivery) => delivery,
        Err(why) => {
            measures::delivered(name, "refused", 1);
            app.limits.take_unknown(&parts, &caller)?;
            return Err(not_authentic(why));
        }
    };
    app.gateway
        .keep(name, kept(delivery, &body, app.backend.clock.now()))
        .await
        .map_err(|error| Problem::unavailable(&error))?;
    Ok(StatusCode::OK)
}

/// Names in lower case, as they are here already. What is no text says nothing.
fn headers(headers: &HeaderMap) -> Vec<(String, String)> {
    let text = |(name, value): (&axum::http::HeaderName, &axum::http::HeaderValue)| {
        Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
    };
    headers.iter().filter_map(text).collect()
}

/// What is kept of a delivery. What it says of itself beside its signature is cut to what can be kept.
fn kept(delivery: Delivery, body: &Bytes, now: DateTime<Utc>) -> NewDelivery {
    let is_near = |at: &DateTime<Utc>| (*at - now).abs() < OFF;
    let is_fit = |text: &String| !text.is_empty() && text.len() <= LONGEST_TEXT && !text.contains(char::is_control);
    NewDelivery {
        delivery: cut(&delivery.id, 2 * LONGEST_TEXT),
        account: delivery.account,
        topic: cut(&delivery.topic, LONGEST_TEXT),
        object: delivery.object.filter(is_fit),
        happened_at: delivery.happened_at.filter(is_near),
        body: body.to_vec(),
    }
}

fn cut(text: &str, longest: usize) -> String {
    text.chars().filter(|char| !char.is_control()).take(longest).collect()
}

fn unreadable(rejection: &BytesRejection) -> Problem {
    match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::too_large(LONGEST as u64),
        _ => Problem::malformed("unreadable_body", "The body could not be read to its end."),
    }
}

fn not_authentic(why: NotAuthentic) -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "not_authentic", format!("This is not from the provider: {why}."))
}
