//! Bulk operations: Shopify reads everything that a query is about by itself, and keeps the result as lines of JSON for a while.

use std::time::Duration;

use bytes::Bytes;
use serde::Deserialize;
use serde_json::json;
use url::Url;

use super::graphql::{Api, AskError, UserError, accepted};
use crate::contract::Failure;
use crate::http::Request;

const RUN: &str = include_str!("queries/bulk_run.graphql");
const POLL: &str = include_str!("queries/bulk_poll.graphql");
const CANCEL: &str = include_str!("queries/bulk_cancel.graphql");

/// How long the first wait for an operation is; it doubles.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(15);
/// How often it is tried to begin one while others of ours are under way: for about half an hour.
const MOST_TRIES: u32 = 120;
/// The most lines of a result: more are asked for in several operations. An order has three or four lines.
pub(super) const MOST_LINES: u64 = 80_000;
/// The most bytes of a result.
const MOST_BYTES: u64 = 96 << 20;

/// What became of an operation.
#[derive(Debug)]
pub(super) enum Outcome {
    /// Its result; nothing, when there is nothing.
    Done(Bytes),
    /// There is more than is read at once, about so many lines.
    TooMuch(u64),
    /// It takes Shopify too long.
    TooSlow,
    /// It is gone, or failed at Shopify: it can be begun again.
    Lost(String),
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Operation {
    status: String,
    error_code: Option<String>,
    object_count: Count,
    file_size: Option<Count>,
    url: Option<Url>,
}

/// A number that is written as a text.
#[derive(Debug, Deserialize)]
struct Count(#[serde(deserialize_with = "count")] u64);

fn count<'de, D: serde::Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Number(u64),
        Text(String),
    }
    match Written::deserialize(from)? {
        Written::Number(number) => Ok(number),
        Written::Text(text) => text.parse().map_err(|_| serde::de::Error::custom("no number")),
    }
}

/// Begins an operation; its id.
///
/// # Errors
/// See [`AskError`]; [`Failure::Exhausted`] when others of ours are under way for too long.
pub(super) async fn begin(api: &Api<'_>, query: &str) -> Result<String, AskError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Answer {
        bulk_operation_run_query: Payload,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Payload {
        bulk_operation: Option<Begun>,
        user_errors: Vec<UserError>,
    }
    #[derive(Deserialize)]
    struct Begun {
        id: String,
    }
    for _ in 0..MOST_TRIES {
        let answer = api.change(RUN, &json!({ "query": query })).await?;
        let payload = answer.read::<Answer>("a bulk operation")?.bulk_operation_run_query;
        if payload.user_errors.iter().any(is_busy) {
            api.wait(LONGEST_WAIT).await?;
            continue;
        }
        accepted(&payload.user_errors)?;
        let begun = payload.bulk_operation.ok_or_else(|| Failure::Unexpected {
            detail: "a bulk operation that neither began nor did not".to_owned(),
        })?;
        return Ok(begun.id);
    }
    Err(Failure::Exhausted {
        detail: "Shopify is busy with other bulk operations of this app in the shop".to_owned(),
        retry_after: Some(Duration::from_secs(600)),
    }
    .into())
}

/// Whether an operation was not begun because others are under way.
fn is_busy(error: &UserError) -> bool {
    matches!(error.code.as_deref(), Some("LIMIT_REACHED" | "OPERATION_IN_PROGRESS"))
}

/// Waits for an operation and fetches its result.
///
/// # Errors
/// See [`AskError`].
pub(super) async fn finish(api: &Api<'_>, id: &str) -> Result<Outcome, AskError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Answer {
        bulk_operation: Option<Operation>,
    }
    let mut wait = FIRST_WAIT;
    loop {
        let answer = api.ask(POLL, &json!({ "id": id }), 1).await?;
        let Some(operation) = answer.read::<Answer>("a bulk operation")?.bulk_operation else {
            return Ok(Outcome::Lost("it is not known any more".to_owned()));
        };
        match operation.status.as_str() {
            "COMPLETED" if is_too_much(&operation) => return Ok(Outcome::TooMuch(operation.object_count.0)),
            "COMPLETED" => return fetch(api, operation).await,
            "FAILED" => return failed(&operation),
            "CANCELED" | "CANCELING" | "EXPIRED" => {
                return Ok(Outcome::Lost(format!("it is {}", operation.status.to_ascii_lowercase())));
            }
            _ if is_too_much(&operation) => {
                cancel(api, id).await?;
                return Ok(Outcome::TooMuch(operation.object_count.0));
            }
            _ => {}
        }
        api.wait(wait).await?;
        wait = (wait * 2).min(LONGEST_WAIT);
    }
}

fn is_too_much(operation: &Operation) -> bool {
    operation.object_count.0 > MOST_LINES || operation.file_size.as_ref().is_some_and(|size| size.0 > MOST_BYTES)
}

fn failed(operation: &Operation) -> Result<Outcome, AskError> {
    match operation.error_code.as_deref() {
        Some("ACCESS_DENIED") => {
            Err(AskError::Denied("a permission is missing for what was asked for in bulk".to_owned()))
        }
        Some("TIMEOUT") => Ok(Outcome::TooSlow),
        other => Ok(Outcome::Lost(format!("it failed: {}", other.unwrap_or("no reason was given")))),
    }
}

async fn cancel(api: &Api<'_>, id: &str) -> Result<(), AskError> {
    // One that came to its end meanwhile cannot be cancelled, which is as good.
    api.change(CANCEL, &json!({ "id": id })).await.map(|_| ())
}

async fn fetch(api: &Api<'_>, operation: Operation) -> Result<Outcome, AskError> {
    let Some(url) = operation.url else { return Ok(Outcome::Done(Bytes::new())) };
    let calls = &api.session.calls;
    // The address is signed: our token must not go there. It costs none of the shop's points.
    match calls.http.send(Request::get(url).cost(0), calls.cancel).await {
        Ok(answer) if lines_of(answer.body()) < operation.object_count.0 => {
            // It is whole to HTTP, and not to Shopify, which counted its lines.
            let detail = "the result of a bulk operation ended before its end".to_owned();
            Err(Failure::Unavailable { detail, retry_after: None }.into())
        }
        Ok(answer) => Ok(Outcome::Done(answer.body().clone())),
        Err(error) if matches!(error.status(), Some(400 | 403 | 404 | 410)) => {
            Ok(Outcome::Lost("its result is not kept any more".to_owned()))
        }
        Err(error) => Err(Failure::from(error).into()),
    }
}

/// How many things a result tells.
fn lines_of(body: &[u8]) -> u64 {
    let lines = body.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.fold(0, |count, _| count + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn operation(json: &str) -> Operation {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn numbers_are_read_whether_they_are_texts_or_not() {
        let running = operation(
            r#"{"id":"a","status":"RUNNING","errorCode":null,"objectCount":"80001","rootObjectCount":"9","fileSize":null,"url":null}"#,
        );
        assert!(is_too_much(&running));
        let done = operation(
            r#"{"id":"a","status":"COMPLETED","objectCount":12,"rootObjectCount":3,"fileSize":"100","url":"https://storage.googleapis.com/x?y=1"}"#,
        );
        assert!(!is_too_much(&done));
        assert_eq!(done.object_count.0, 12);
    }

    #[test]
    fn the_lines_of_a_result_are_counted_whether_the_last_has_an_end_or_not() {
        assert_eq!((lines_of(b""), lines_of(b"{}\n"), lines_of(b"{}\n{}"), lines_of(b"{}\n{}\n")), (0, 1, 2, 2));
    }

    #[test]
    fn a_failure_says_what_to_do() {
        let failed_with = |code: &str| {
            failed(&operation(&format!(
                r#"{{"status":"FAILED","errorCode":"{code}","objectCount":"0","rootObjectCount":"0"}}"#
            )))
        };
        assert!(matches!(failed_with("ACCESS_DENIED"), Err(AskError::Denied(_))));
        assert!(matches!(failed_with("TIMEOUT"), Ok(Outcome::TooSlow)));
        assert!(matches!(failed_with("INTERNAL_SERVER_ERROR"), Ok(Outcome::Lost(_))));
    }
}
