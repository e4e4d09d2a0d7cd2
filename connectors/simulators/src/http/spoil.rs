//! Spoils answers.

use std::time::Duration;

use axum::response::Response;
use serde_json::json;

use super::{Answer, broken};
use crate::faults::Fault;

/// Waits, when the answer is to be slow.
pub(super) async fn hold(fault: Option<&Fault>) {
    if let Some(Fault::Slow { millis }) = fault {
        tokio::time::sleep(Duration::from_millis(*millis)).await;
    }
}

/// The answer that stands for another, when that is what goes wrong.
pub(super) fn instead(fault: Option<&Fault>) -> Option<Answer> {
    match fault? {
        Fault::Status { status, retry_after } => {
            let message = match status {
                402 => "Payment Required",
                423 => "Locked",
                429 => {
                    "Exceeded 2 calls per second for api client. Reduce request rates to resume uninterrupted service."
                }
                _ => "Internal Server Error",
            };
            let mut answer = Answer::json(*status, &json!({ "errors": message }));
            answer.headers.extend(retry_after.map(|seconds| ("retry-after", format!("{seconds}.0"))));
            Some(answer)
        }
        Fault::ErrorText { status, message } => Some(Answer::json(*status, &json!({ "errors": message }))),
        Fault::Internal => {
            let error = json!({
                "message": "Internal error. Looks like something went wrong on our end.",
                "extensions": { "code": "INTERNAL_SERVER_ERROR", "requestId": "0b9cfd5e-0000-4000-8000-000000000000" },
            });
            Some(Answer::json(200, &json!({ "errors": [error] })))
        }
        _ => None,
    }
}

/// The answer as it is sent.
pub(super) fn spoil(mut answer: Answer, fault: Option<&Fault>) -> Response {
    match fault {
        Some(Fault::Truncated) => {
            let half = answer.body.len() / 2;
            let half = (0..=half).rev().find(|at| answer.body.is_char_boundary(*at)).unwrap_or(0);
            answer.body.truncate(half);
            answer.response()
        }
        Some(Fault::Reset) => {
            let start: String = answer.body.chars().take(8).collect();
            let mut response = answer.response();
            *response.body_mut() = broken(&start);
            response.headers_mut().remove(axum::http::header::CONTENT_LENGTH);
            response
        }
        // The token endpoint has no answers of its own for these.
        Some(fault) => instead(Some(fault)).unwrap_or(answer).response(),
        None => answer.response(),
    }
}
