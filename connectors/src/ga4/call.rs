//! Asking Google in the name of a connection.

use secrecy::SecretString;
use serde::de::{DeserializeOwned, IgnoredAny};

use super::refusal;
use crate::contract::{Calls, Credentials, Failure, Session};
use crate::http::{Answer, Request};

/// What the token is kept under that is shown with every request.
pub(super) const ACCESS_TOKEN: &str = "access_token";
/// What the token is kept under by which it is renewed.
pub(super) const REFRESH_TOKEN: &str = "refresh_token";

/// Sends a request as it is and gives any answer in JSON that is none of a failing server.
///
/// # Errors
/// When there is no answer, or none to its end.
pub(super) async fn send(calls: &Calls<'_>, request: Request) -> Result<Answer, Failure> {
    // What it says is read by whoever asked; here it counts that it is whole.
    let answer = calls.http.json::<IgnoredAny>(request, calls.cancel).await;
    Ok(answer?.1)
}

/// Sends a request whose answer need not have a body.
///
/// # Errors
/// When there is no answer.
pub(super) async fn send_plain(calls: &Calls<'_>, request: Request) -> Result<Answer, Failure> {
    Ok(calls.http.send(request, calls.cancel).await?)
}

/// Sends a request with these credentials.
///
/// # Errors
/// [`Failure::Revoked`] when they are not taken; when the request is refused or there is no answer.
pub(super) async fn ask(calls: &Calls<'_>, credentials: &Credentials, request: Request) -> Result<Answer, Failure> {
    let answer = send(calls, request.bearer(token(credentials)?)).await?;
    check(calls, answer)
}

/// Sends a request with a connection's credentials, which are renewed once when they are not taken.
///
/// # Errors
/// Those of [`ask`], and when they cannot be renewed.
pub(super) async fn ask_signed_in(session: &Session<'_>, request: Request) -> Result<Answer, Failure> {
    let credentials = session.keyring.current().await?;
    let answer = send(&session.calls, request.clone().bearer(token(&credentials)?)).await?;
    if answer.status() != 401 {
        return check(&session.calls, answer);
    }
    let renewed = session.keyring.renewed(&credentials).await?;
    ask(&session.calls, &renewed, request).await
}

/// What an answer says as JSON.
///
/// # Errors
/// [`Failure::Unexpected`] when it has another shape.
pub(super) fn read<T: DeserializeOwned>(answer: &Answer) -> Result<T, Failure> {
    answer.json().map_err(|malformed| Failure::Unexpected { detail: malformed.to_string() })
}

fn token(credentials: &Credentials) -> Result<&SecretString, Failure> {
    let missing = || Failure::Revoked { detail: format!("no {ACCESS_TOKEN} is kept for this connection") };
    credentials.find(ACCESS_TOKEN).ok_or_else(missing)
}

fn check(calls: &Calls<'_>, answer: Answer) -> Result<Answer, Failure> {
    if answer.is_success() { Ok(answer) } else { Err(refusal::of_answer(&answer, calls.clock.now())) }
}
