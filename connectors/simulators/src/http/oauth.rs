//! The authorization-code grant and what follows it: refreshing, migrating and exchanging tokens.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use subtle::ConstantTimeEq as _;
use url::Url;

use super::{Answer, Asked, page};
use crate::options::AppOptions;
use crate::shop::grants::Refusal;
use crate::signing;
use crate::state::State;

const TOKEN_EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const OFFLINE: &str = "urn:shopify:params:oauth:token-type:offline-access-token";
const ONLINE: &str = "urn:shopify:params:oauth:token-type:online-access-token";
const ID_TOKEN: &str = "urn:ietf:params:oauth:token-type:id_token";

/// What an app asks of a merchant.
struct Wish {
    scopes: Vec<String>,
    redirect_uri: String,
    state: String,
    online: bool,
}

/// Reads what is asked, or says what is wrong with it as a page.
fn wish(app: &AppOptions, get: impl Fn(&str) -> String) -> Result<Wish, Answer> {
    let wrong = |text: &str| Err(Answer::html(400, page::message("Oauth error", text)));
    if get("client_id") != app.client_id {
        return wrong("invalid_request: The API key provided is invalid.");
    }
    let redirect_uri = get("redirect_uri");
    if !app.redirect_uris.contains(&redirect_uri) {
        return wrong("invalid_request: The redirect_uri is not whitelisted.");
    }
    let scope = get("scope");
    let mut scopes: Vec<String> =
        scope.split(',').map(str::trim).filter(|one| !one.is_empty()).map(str::to_owned).collect();
    scopes.sort();
    scopes.dedup();
    if let Some(unknown) = scopes.iter().find(|scope| !app.approved_scopes.contains(*scope)) {
        return wrong(&format!("invalid_scope: The access scope is invalid: {unknown}"));
    }
    if scopes.iter().any(|scope| scope == "read_all_orders") && !scopes.iter().any(|scope| scope == "read_orders") {
        return wrong("invalid_scope: read_all_orders has to be asked for together with read_orders");
    }
    let state = get("state");
    if state.is_empty() {
        return wrong("invalid_request: The state parameter is missing.");
    }
    Ok(Wish { scopes, redirect_uri, state, online: get("grant_options[]") == "per-user" })
}

/// The page on which a merchant decides. Who granted all of it before is sent on at once.
pub(super) fn authorize(state: &State, asked: &Asked) -> Answer {
    let app = state.app();
    let wish = match wish(&app, |name| asked.parameter(name).to_owned()) {
        Ok(wish) => wish,
        Err(answer) => return answer,
    };
    let granted =
        state.with_shop(&asked.shop, |shop, _, _, _| shop.grants.installed().map(<[String]>::to_vec)).flatten();
    if granted.is_some_and(|granted| wish.scopes.iter().all(|scope| granted.contains(scope))) {
        return agreed(state, asked, &app, &wish);
    }
    let fields = [
        ("client_id", app.client_id.as_str()),
        ("scope", asked.parameter("scope")),
        ("redirect_uri", asked.parameter("redirect_uri")),
        ("state", asked.parameter("state")),
        ("grant_options[]", asked.parameter("grant_options[]")),
    ];
    let action = format!("{}/admin/oauth/authorize", asked.prefix);
    Answer::html(200, page::consent(&app.name, &asked.shop, &wish.scopes, &action, &fields))
}

/// What a merchant decided.
pub(super) fn decide(state: &State, asked: &Asked) -> Answer {
    let app = state.app();
    let fields = asked.fields();
    let get = |name: &str| fields.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let wish = match wish(&app, get) {
        Ok(wish) => wish,
        Err(answer) => return answer,
    };
    if get("decision") == "install" {
        return agreed(state, asked, &app, &wish);
    }
    if !state.settings().cancel_returns {
        return Answer::html(200, page::message("Not installed", "You can close this page."));
    }
    let declined = [("error", "access_denied"), ("error_description", "The merchant declined.")];
    let pairs = declined.map(|(name, value)| (name.to_owned(), value.to_owned()));
    back(state, asked, &app, &wish, pairs.to_vec())
}

fn agreed(state: &State, asked: &Asked, app: &AppOptions, wish: &Wish) -> Answer {
    let code = state.with_shop(&asked.shop, |shop, _, settings, now| {
        let granted = wish.scopes.iter().filter(|scope| !settings.withheld_scopes.contains(*scope)).cloned().collect();
        // Who comes back within two days keeps what they had.
        shop.queue.forget_later("shop/redact");
        shop.grants.agree(granted, wish.online, settings, now)
    });
    match code {
        Some(code) => back(state, asked, app, wish, vec![("code".to_owned(), code)]),
        None => Answer::json(404, &json!({ "errors": "Not Found" })),
    }
}

/// Sends the browser back to the app with a signed query.
fn back(state: &State, asked: &Asked, app: &AppOptions, wish: &Wish, mut pairs: Vec<(String, String)>) -> Answer {
    let host = URL_SAFE_NO_PAD.encode(format!("{}/admin", asked.shop));
    pairs.push(("host".to_owned(), host));
    pairs.push(("shop".to_owned(), asked.shop.clone()));
    pairs.push(("state".to_owned(), wish.state.clone()));
    pairs.push(("timestamp".to_owned(), state.clock.now().timestamp().to_string()));
    pairs.push(("hmac".to_owned(), signing::query_hmac(&app.client_secret, &pairs)));
    let Ok(mut url) = Url::parse(&wish.redirect_uri) else {
        return Answer::html(400, page::message("Oauth error", "invalid_request: The redirect_uri is no address."));
    };
    url.query_pairs_mut().extend_pairs(pairs);
    Answer::redirect(url.as_str())
}

fn refused(status: u16, refusal: &Refusal) -> Answer {
    Answer::json(status, &json!({ "error": refusal.error, "error_description": refusal.description }))
}

/// `POST /admin/oauth/access_token`.
pub(super) fn access_token(state: &State, asked: &Asked) -> Answer {
    let app = state.app();
    let fields = asked.fields();
    let get = |name: &str| match fields.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => String::new(),
        Some(other) => other.to_string(),
    };
    let known = get("client_id") == app.client_id
        && bool::from(get("client_secret").as_bytes().ct_eq(app.client_secret.as_bytes()));
    if !known {
        let refusal = Refusal { error: "invalid_client", description: "The client id or the client secret is wrong" };
        return refused(401, &refusal);
    }
    let expiring = matches!(get("expiring").as_str(), "1" | "true");
    let answer = state.with_shop(&asked.shop, |shop, _, settings, now| match get("grant_type").as_str() {
        "" | "authorization_code" => shop.grants.redeem(&get("code"), expiring, settings, now),
        "refresh_token" => shop.grants.renew(&get("refresh_token"), settings, now),
        TOKEN_EXCHANGE => {
            let wanted = get("requested_token_type");
            match get("subject_token_type").as_str() {
                OFFLINE if wanted == OFFLINE && expiring => shop.grants.migrate(&get("subject_token"), settings, now),
                ID_TOKEN if wanted == OFFLINE || wanted == ONLINE => {
                    if is_session_token(&get("subject_token"), &asked.shop, &app, now.timestamp()) {
                        shop.grants.exchange(wanted == ONLINE, expiring, settings, now)
                    } else {
                        Err(Refusal { error: "invalid_subject_token", description: "The session token is not valid" })
                    }
                }
                _ => Err(Refusal { error: "invalid_request", description: "These token types cannot be exchanged" }),
            }
        }
        "client_credentials" => Err(Refusal {
            error: "shop_not_permitted",
            description: "The app and the shop belong to different organizations",
        }),
        _ => Err(Refusal { error: "unsupported_grant_type", description: "This grant type is not supported" }),
    });
    match answer {
        Some(Ok(tokens)) => Answer::json(200, &tokens),
        Some(Err(refusal)) => refused(400, &refusal),
        None => Answer::json(404, &json!({ "errors": "Not Found" })),
    }
}

/// Whether a token is one that the admin signed for this app and shop (HS256, not expired).
fn is_session_token(token: &str, shop: &str, app: &AppOptions, now: i64) -> bool {
    let mut parts = token.split('.');
    let (Some(head), Some(claims), Some(signature), None) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    let signed = signing::hmac(&app.client_secret, format!("{head}.{claims}").as_bytes());
    let shown = URL_SAFE_NO_PAD.decode(signature).or_else(|_| STANDARD_NO_PAD.decode(signature)).unwrap_or_default();
    let read = URL_SAFE_NO_PAD.decode(claims).ok().and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
    let claim = |name: &str| read.as_ref().and_then(|claims| claims.get(name).cloned());
    bool::from(signed.ct_eq(&shown))
        && claim("aud") == Some(json!(app.client_id))
        && claim("dest") == Some(json!(format!("https://{shop}")))
        && claim("exp").and_then(|at| at.as_i64()).is_some_and(|at| now < at)
        && claim("nbf").and_then(|at| at.as_i64()).is_none_or(|at| at <= now)
}

/// `GET /admin/oauth/access_scopes.json`.
pub(super) fn access_scopes(state: &State, asked: &Asked) -> Answer {
    let token = asked.header("x-shopify-access-token").unwrap_or_default();
    let scopes = state.with_shop(&asked.shop, |shop, _, _, now| shop.grants.scopes(token, now)).flatten();
    match scopes {
        Some(scopes) => {
            let handles: Vec<Value> = scopes.iter().map(|handle| json!({ "handle": handle })).collect();
            Answer::json(200, &json!({ "access_scopes": handles }))
        }
        None => super::admin::unauthorized(),
    }
}
