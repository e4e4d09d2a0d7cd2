//! The page on which somebody chooses an account and agrees to what the client may do.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::{RawQuery, State as Extracted};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use chrono::TimeDelta;
use html_escape::{encode_double_quoted_attribute as attribute, encode_text as text};
use url::Url;

use super::ANALYTICS_SCOPE;
use super::options::User;
use super::state::State;
use super::tokens::{Code, form};

/// Scopes that there are, what people are told of them, and whether they can leave them out.
const SCOPES: [(&str, &str, bool); 4] = [
    (ANALYTICS_SCOPE, "See and download your Google Analytics data", true),
    ("openid", "Associate you with your personal info on Google", false),
    ("email", "See your primary Google Account email address", false),
    ("profile", "See your personal info", false),
];

const OF: &str = "Google";

pub(super) fn routes() -> Router<Arc<State>> {
    Router::new().route("/o/oauth2/v2/auth", get(ask)).route("/o/oauth2/v2/auth/answer", post(answer))
}

/// What the client wants, when it wants it rightly.
struct Wanted {
    fields: HashMap<String, String>,
    redirect: Url,
    scopes: Vec<String>,
}

impl Wanted {
    fn said(&self, name: &str) -> &str {
        self.fields.get(name).map(String::as_str).unwrap_or_default()
    }

    /// What is wrong with a request is told to the person, and not sent to the client: it may not be the client's.
    fn read(state: &State, fields: HashMap<String, String>) -> Result<Self, (&'static str, &'static str)> {
        let said = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
        if said("client_id") != state.client.id {
            return Err(("invalid_client", "The OAuth client was not found."));
        }
        let redirect = Url::parse(said("redirect_uri")).ok();
        let redirect = redirect.filter(|_| state.kept().redirect_uris.iter().any(|own| own == said("redirect_uri")));
        let redirect =
            redirect.ok_or(("redirect_uri_mismatch", "The redirect URI does not match the ones authorized."))?;
        if said("response_type") != "code" {
            return Err(("unsupported_response_type", "Invalid response_type."));
        }
        let scopes: Vec<String> = said("scope").split_whitespace().map(str::to_owned).collect();
        if scopes.is_empty() || !scopes.iter().all(|scope| SCOPES.iter().any(|(own, _, _)| own == scope)) {
            return Err(("invalid_scope", "Some requested scopes were invalid."));
        }
        let challenge = said("code_challenge");
        if said("code_challenge_method") != "S256" || !(43..=128).contains(&challenge.len()) {
            return Err(("invalid_request", "Missing or wrong code_challenge: only S256 is accepted."));
        }
        if !matches!(said("access_type"), "" | "online" | "offline") {
            return Err(("invalid_request", "Invalid access_type."));
        }
        Ok(Self { redirect, scopes, fields })
    }

    fn back(&self, parameters: &[(&str, &str)]) -> Response {
        let mut url = self.redirect.clone();
        if !self.said("state").is_empty() {
            url.query_pairs_mut().append_pair("state", self.said("state"));
        }
        url.query_pairs_mut().extend_pairs(parameters);
        Redirect::to(url.as_str()).into_response()
    }
}

fn wrong((error, description): (&str, &str)) -> Response {
    let body =
        format!("<h1>Access blocked: authorization error</h1><p>{}</p><p>Error 400: {error}</p>", text(description));
    let page = crate::page::page(OF, &format!("Error 400: {error}"), &body);
    (StatusCode::BAD_REQUEST, Html(page)).into_response()
}

async fn ask(Extracted(state): Extracted<Arc<State>>, RawQuery(query): RawQuery) -> Response {
    let wanted = match Wanted::read(&state, form(&query.unwrap_or_default())) {
        Ok(wanted) => wanted,
        Err(error) => return wrong(error),
    };
    let users = state.kept().users.clone();
    Html(page(&state.client.name, &wanted, &users)).into_response()
}

fn page(client: &str, wanted: &Wanted, users: &[User]) -> String {
    let hidden = wanted.fields.iter().map(|(name, value)| {
        format!("<input type=\"hidden\" name=\"{}\" value=\"{}\">", attribute(name), attribute(value))
    });
    let accounts = users.iter().enumerate().map(|(number, user)| {
        let checked = if number == 0 { " checked" } else { "" };
        format!(
            "<p><label><input type=\"radio\" name=\"account\" value=\"{}\" required{checked}> {} ({})</label></p>",
            attribute(&user.email),
            text(&user.name),
            text(&user.email)
        )
    });
    let scopes = SCOPES.iter().filter(|(scope, _, _)| wanted.scopes.iter().any(|own| own == scope)).map(
        |(scope, told, is_free)| {
            let disabled = if *is_free { "" } else { " disabled" };
            format!(
                "<p><label><input type=\"checkbox\" name=\"granted {scope}\" value=\"yes\" checked{disabled}> {}</label></p>",
                text(told)
            )
        },
    );
    let body = format!(
        "<h1>{client} wants access to your Google Account</h1>\
         <form method=\"post\" action=\"auth/answer\">{hidden}<fieldset><legend>Choose an account</legend>{accounts}</fieldset>\
         <fieldset><legend>Select what {client} can access</legend>{scopes}</fieldset>\
         <p class=\"choice\"><button name=\"answer\" value=\"cancel\">Cancel</button>\
         <button class=\"first\" name=\"answer\" value=\"continue\">Continue</button></p></form>",
        client = text(client),
        hidden = hidden.collect::<String>(),
        accounts = accounts.collect::<String>(),
        scopes = scopes.collect::<String>(),
    );
    crate::page::page(OF, "Sign in – Google Accounts", &body)
}

async fn answer(Extracted(state): Extracted<Arc<State>>, body: String) -> Response {
    let wanted = match Wanted::read(&state, form(&body)) {
        Ok(wanted) => wanted,
        Err(error) => return wrong(error),
    };
    if wanted.said("answer") != "continue" {
        return wanted.back(&[("error", "access_denied")]);
    }
    let now = state.now();
    let mut kept = state.kept();
    let Some(user) = kept.users.iter().find(|user| user.email == wanted.said("account")).cloned() else {
        return wrong(("invalid_request", "Choose an account."));
    };
    let is_granted = |scope: &String| {
        let is_free = SCOPES.iter().any(|(own, _, is_free)| own == scope && *is_free);
        !is_free || wanted.said(&format!("granted {scope}")) == "yes"
    };
    let scopes: Vec<String> = wanted.scopes.iter().filter(|scope| is_granted(scope)).cloned().collect();
    let before = kept.tokens.agreed.insert(user.email.clone(), scopes.clone());
    // Somebody who agreed before is not asked for long access again, unless the client wants them to be.
    let is_offline = wanted.said("access_type") == "offline"
        && (before.is_none() || wanted.said("prompt").split(' ').any(|prompt| prompt == "consent"));
    let life = TimeDelta::from_std(kept.settings.code_life).unwrap_or(TimeDelta::zero());
    let granted = scopes.join(" ");
    let code = kept.tokens.code(Code {
        email: user.email,
        scopes,
        challenge: wanted.said("code_challenge").to_owned(),
        redirect: wanted.said("redirect_uri").to_owned(),
        is_offline,
        expires: now + life,
    });
    wanted.back(&[("code", &code), ("scope", &granted)])
}
