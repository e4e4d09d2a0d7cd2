//! Signing in at Google, for as long as nobody takes it back.

use async_trait::async_trait;
use chrono::TimeDelta;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use url::Url;

use super::addresses::Part;
use super::call::{self, ACCESS_TOKEN, REFRESH_TOKEN};
use super::{Ga4, SCOPE};
use crate::contract::{App, Authorization, Callback, Calls, Credentials, Failure, OAuth};
use crate::http::{Answer, Request};

/// What is said where the person left the box empty that lets us read.
const UNTICKED: &str = "Google let us sign in, but not see the reports of Google Analytics: connect again, and leave the box ticked that lets us \
                        see and download your Google Analytics data";

#[derive(Deserialize)]
struct Tokens {
    access_token: SecretString,
    expires_in: i64,
    refresh_token: Option<SecretString>,
    #[serde(default)]
    scope: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Refused {
    error: String,
}

#[async_trait]
impl OAuth for Ga4 {
    fn authorize(&self, app: &App, authorization: &Authorization<'_>) -> Result<Url, Failure> {
        let mut url = Part::Accounts.at(Some(app), "o/oauth2/v2/auth")?;
        url.query_pairs_mut()
            .append_pair("client_id", &app.client_id)
            .append_pair("redirect_uri", authorization.redirect.as_str())
            .append_pair("response_type", "code")
            .append_pair("scope", SCOPE)
            .append_pair("state", authorization.state)
            .append_pair("code_challenge", authorization.challenge)
            .append_pair("code_challenge_method", "S256")
            // Without these there is no token to renew by, the second time that a person connects.
            .append_pair("access_type", "offline")
            .append_pair("prompt", "consent");
        Ok(url)
    }

    async fn complete(&self, calls: &Calls<'_>, callback: &Callback<'_>) -> Result<Credentials, Failure> {
        if let Some(error) = callback.parameter("error") {
            let detail = if error == "access_denied" {
                "whoever was asked did not agree at Google".to_owned()
            } else {
                format!("Google did not ask for agreement ({})", word(error))
            };
            return Err(Failure::Forbidden { detail });
        }
        let code = callback.parameter("code").filter(|code| !code.is_empty());
        let code = code.ok_or_else(|| Failure::Forbidden { detail: "Google sent no code back".to_owned() })?;
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", callback.redirect.as_str()),
            ("code_verifier", callback.verifier),
        ];
        let answer = ask(calls, "token", &fields, false).await?;
        if !answer.is_success() {
            let stale =
                "Google does not take the code any more, which is good once and for a few minutes: connect again";
            return Err(refused(&answer, calls, || Failure::Forbidden { detail: stale.to_owned() }));
        }
        let tokens: Tokens = call::read(&answer)?;
        if !tokens.scope.split(' ').any(|scope| scope == SCOPE) {
            return Err(Failure::Forbidden { detail: UNTICKED.to_owned() });
        }
        let refresh_token = tokens.refresh_token.clone().ok_or_else(|| Failure::Unexpected {
            detail: "refresh_token is missing, without which access would end in an hour".to_owned(),
        })?;
        Ok(credentials(calls, tokens, refresh_token))
    }

    async fn refresh(&self, calls: &Calls<'_>, credentials: &Credentials) -> Result<Credentials, Failure> {
        let old = credentials.get(REFRESH_TOKEN)?.to_owned();
        let answer = ask(calls, "token", &[("grant_type", "refresh_token"), ("refresh_token", &old)], true).await?;
        if !answer.is_success() {
            let gone = "Google does not renew this sign-in any more: it was taken back, unused for half a year, or replaced by newer ones";
            return Err(refused(&answer, calls, || Failure::Revoked { detail: gone.to_owned() }));
        }
        let tokens: Tokens = call::read(&answer)?;
        // As a rule the answer has none, and the old one stays good.
        let refresh_token = tokens.refresh_token.clone().unwrap_or_else(|| SecretString::from(old));
        Ok(self::credentials(calls, tokens, refresh_token))
    }
}

/// Takes the sign-in back at Google. What is gone already is gone.
///
/// # Errors
/// When Google cannot be asked, or does not take it back.
pub(super) async fn revoke(calls: &Calls<'_>, kept: &Credentials) -> Result<(), Failure> {
    // With the one goes the other.
    let Some(token) = kept.find(REFRESH_TOKEN).or_else(|| kept.find(ACCESS_TOKEN)) else { return Ok(()) };
    let url = Part::Tokens.at(calls.app, "revoke")?;
    let request = Request::post(url).form(&[("token", token.expose_secret())]).cost(0).idempotent();
    let answer = call::send_plain(calls, request).await?;
    if answer.is_success() || error_of(&answer) == "invalid_token" {
        return Ok(());
    }
    Err(refused(&answer, calls, || Failure::Refused { detail: "Google does not take the sign-in back".to_owned() }))
}

async fn ask(calls: &Calls<'_>, path: &str, fields: &[(&str, &str)], idempotent: bool) -> Result<Answer, Failure> {
    let app = calls.app.ok_or_else(|| Failure::Refused {
        detail: "this server is not registered at Google: its administrator has to say a client id and secret"
            .to_owned(),
    })?;
    let ours = [("client_id", app.client_id.as_str()), ("client_secret", app.client_secret.expose_secret())];
    let fields: Vec<_> = fields.iter().copied().chain(ours).collect();
    let request = Request::post(Part::Tokens.at(Some(app), path)?).form(&fields).cost(0);
    call::send(calls, if idempotent { request.idempotent() } else { request }).await
}

fn credentials(calls: &Calls<'_>, tokens: Tokens, refresh_token: SecretString) -> Credentials {
    let lasts = TimeDelta::try_seconds(tokens.expires_in.max(0)).unwrap_or_default();
    Credentials::default()
        .with(ACCESS_TOKEN, tokens.access_token)
        .with(REFRESH_TOKEN, refresh_token)
        .until(calls.clock.now().checked_add_signed(lasts))
}

/// Why tokens were refused: `grant` when what was shown for them is not good any more.
fn refused(answer: &Answer, calls: &Calls<'_>, grant: impl FnOnce() -> Failure) -> Failure {
    match error_of(answer).as_str() {
        "invalid_grant" => grant(),
        "invalid_client" | "unauthorized_client" | "redirect_uri_mismatch" => Failure::Refused {
            detail: format!(
                "Google does not know this server ({}): its administrator has to compare client id, secret and the registered address",
                error_of(answer)
            ),
        },
        "" => super::refusal::of_answer(answer, calls.clock.now()),
        other => Failure::Refused { detail: format!("Google gives no tokens ({other})") },
    }
}

fn error_of(answer: &Answer) -> String {
    let refused: Refused = serde_json::from_slice(answer.body()).unwrap_or_default();
    word(&refused.error)
}

/// A word from outside, as it may be shown.
fn word(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-')).take(64).collect()
}
