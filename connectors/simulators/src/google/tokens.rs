//! Codes and tokens: exchanged, renewed and taken back.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State as Extracted;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore as _, SeedableRng as _};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::state::State;

/// How many refresh tokens somebody has at most; the oldest goes.
const MOST_REFRESH: usize = 100;

/// What a code stands for.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Code {
    pub(super) email: String,
    pub(super) scopes: Vec<String>,
    pub(super) challenge: String,
    pub(super) redirect: String,
    /// Whether a refresh token goes with it.
    pub(super) is_offline: bool,
    pub(super) expires: DateTime<Utc>,
}

/// What a token lets one do, and in whose name.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Access {
    pub(super) email: String,
    pub(super) scopes: Vec<String>,
    expires: DateTime<Utc>,
}

/// What a refresh token renews.
#[derive(Clone, Debug, Deserialize, Serialize)]
struct Refresh {
    token: String,
    email: String,
    scopes: Vec<String>,
}

/// All codes and tokens.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Tokens {
    seed: u64,
    /// How many there were.
    made: u64,
    codes: BTreeMap<String, Code>,
    access: BTreeMap<String, Access>,
    /// The oldest first.
    refresh: Vec<Refresh>,
    /// Scopes that people agreed to before.
    pub(super) agreed: BTreeMap<String, Vec<String>>,
}

impl Tokens {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            seed,
            made: 0,
            codes: BTreeMap::new(),
            access: BTreeMap::new(),
            refresh: Vec::new(),
            agreed: BTreeMap::new(),
        }
    }

    fn new_text(&mut self, prefix: &str) -> String {
        self.made += 1;
        let mut bytes = [0; 24];
        // By its number, so that none comes twice when the others are read from a folder.
        let mixed = self.seed.rotate_left(32) ^ self.made.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        ChaCha8Rng::seed_from_u64(mixed).fill_bytes(&mut bytes);
        format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bytes))
    }

    /// A new code for that.
    pub(super) fn code(&mut self, code: Code) -> String {
        let text = self.new_text("4/0");
        self.codes.insert(text.clone(), code);
        text
    }

    /// What a token lets one do now.
    pub(super) fn access(&self, token: &str, now: DateTime<Utc>) -> Option<&Access> {
        self.access.get(token).filter(|access| access.expires > now)
    }

    pub(super) fn expire_all(&mut self) {
        self.access.clear();
    }

    pub(super) fn revoke_all(&mut self, email: &str) {
        self.access.retain(|_, access| access.email != email);
        self.refresh.retain(|refresh| refresh.email != email);
        self.agreed.remove(email);
    }

    fn grant(&mut self, email: &str, scopes: &[String], now: DateTime<Utc>, life: Duration) -> String {
        let token = self.new_text("ya29.");
        let expires = now + TimeDelta::from_std(life).unwrap_or(TimeDelta::zero());
        self.access.insert(token.clone(), Access { email: email.to_owned(), scopes: scopes.to_vec(), expires });
        token
    }

    fn refresh_token(&mut self, email: &str, scopes: &[String]) -> String {
        let token = self.new_text("1//0");
        let own = self.refresh.iter().filter(|refresh| refresh.email == email).count();
        if own >= MOST_REFRESH
            && let Some(oldest) = self.refresh.iter().position(|refresh| refresh.email == email)
        {
            self.refresh.remove(oldest);
        }
        self.refresh.push(Refresh { token: token.clone(), email: email.to_owned(), scopes: scopes.to_vec() });
        token
    }
}

pub(super) fn routes() -> Router<Arc<State>> {
    Router::new().route("/token", post(token)).route("/revoke", post(revoke))
}

/// A form, which a browser and a server send alike. A name that comes twice is refused by whoever looks for it.
pub(super) fn form(body: &str) -> HashMap<String, String> {
    let mut fields = HashMap::new();
    for (name, value) in url::form_urlencoded::parse(body.as_bytes()).into_owned() {
        if fields.insert(name.clone(), value).is_some() {
            fields.remove(&name);
        }
    }
    fields
}

fn refused(status: StatusCode, error: &str, description: &str) -> Response {
    (status, Json(json!({ "error": error, "error_description": description }))).into_response()
}

async fn token(Extracted(state): Extracted<Arc<State>>, body: String) -> Response {
    let fields = form(&body);
    let said = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
    let is_client = said("client_id") == state.client.id
        && bool::from(said("client_secret").as_bytes().ct_eq(state.client.secret.as_bytes()));
    if !is_client {
        return refused(StatusCode::UNAUTHORIZED, "invalid_client", "The OAuth client was not found.");
    }
    match said("grant_type") {
        "authorization_code" => exchange(&state, &said),
        "refresh_token" => renew(&state, said("refresh_token")),
        other => refused(StatusCode::BAD_REQUEST, "unsupported_grant_type", &format!("Invalid grant_type: {other}")),
    }
}

fn exchange<'f>(state: &State, said: &impl Fn(&str) -> &'f str) -> Response {
    let now = state.now();
    let mut kept = state.kept();
    let life = kept.settings.access_life;
    let bad = |description: &str| refused(StatusCode::BAD_REQUEST, "invalid_grant", description);
    // It is good once, whatever comes of it.
    let Some(code) = kept.tokens.codes.remove(said("code")).filter(|code| code.expires > now) else {
        return bad("Malformed auth code.");
    };
    if said("redirect_uri") != code.redirect {
        return refused(StatusCode::BAD_REQUEST, "redirect_uri_mismatch", "Bad Request");
    }
    if said("code_verifier").is_empty() {
        return bad("Missing code verifier.");
    }
    if URL_SAFE_NO_PAD.encode(Sha256::digest(said("code_verifier"))) != code.challenge {
        return bad("Invalid code verifier.");
    }
    let access_token = kept.tokens.grant(&code.email, &code.scopes, now, life);
    let mut answer = json!({
        "access_token": access_token,
        "expires_in": life.as_secs(),
        "scope": code.scopes.join(" "),
        "token_type": "Bearer",
    });
    if code.is_offline {
        answer["refresh_token"] = json!(kept.tokens.refresh_token(&code.email, &code.scopes));
    }
    Json(answer).into_response()
}

fn renew(state: &State, token: &str) -> Response {
    let now = state.now();
    let mut kept = state.kept();
    let life = kept.settings.access_life;
    let Some(refresh) = kept.tokens.refresh.iter().find(|refresh| refresh.token == token).cloned() else {
        return refused(StatusCode::BAD_REQUEST, "invalid_grant", "Token has been expired or revoked.");
    };
    let access_token = kept.tokens.grant(&refresh.email, &refresh.scopes, now, life);
    let answer = json!({
        "access_token": access_token,
        "expires_in": life.as_secs(),
        "scope": refresh.scopes.join(" "),
        "token_type": "Bearer",
    });
    Json(answer).into_response()
}

async fn revoke(Extracted(state): Extracted<Arc<State>>, body: String) -> Response {
    let fields = form(&body);
    let token = fields.get("token").map(String::as_str).unwrap_or_default();
    let mut kept = state.kept();
    let of_access = kept.tokens.access.get(token).map(|access| access.email.clone());
    let of_refresh =
        kept.tokens.refresh.iter().find(|refresh| refresh.token == token).map(|refresh| refresh.email.clone());
    match of_access.or(of_refresh) {
        Some(email) => {
            kept.tokens.revoke_all(&email);
            Json(json!({})).into_response()
        }
        None => refused(StatusCode::BAD_REQUEST, "invalid_token", "Token expired or revoked"),
    }
}
