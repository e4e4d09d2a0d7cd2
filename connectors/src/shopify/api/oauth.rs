//! Signing in to a shop.

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};
use subtle::ConstantTimeEq as _;
use url::Url;

use super::graphql::ACCESS_TOKEN;
use super::shop::Shop;
use super::signature::signs_query;
use crate::contract::{App, Authorization, Callback, Calls, Credentials, Failure, OAuth};
use crate::http::{HttpErrorKind, Request};

/// What is asked for. `read_all_orders` shows orders of more than 60 days ago.
pub(super) const SCOPES: [&str; 6] =
    ["read_orders", "read_all_orders", "read_products", "read_customers", "read_inventory", "read_locations"];

/// The name of the token that renews the other among a connection's secrets.
const REFRESH_TOKEN: &str = "refresh_token";
/// The shop that they are of, which renewing them has to know.
const SHOP: &str = "shop";
/// How far the time of a callback may be from ours.
const AGE: TimeDelta = TimeDelta::seconds(90);
/// The longest that a token is believed to last.
const LONGEST: i64 = 10 * 365 * 86_400;

/// Signs in to a shop by Shopify's authorization code grant, for tokens that last an hour and are renewed.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ShopifyOAuth;

#[derive(Debug, Deserialize)]
struct Token {
    access_token: SecretString,
    #[serde(default)]
    expires_in: Option<i64>,
    #[serde(default)]
    refresh_token: Option<SecretString>,
}

impl Token {
    /// What is kept. A token without an end has nothing that renews it.
    fn kept(self, shop: &Shop, now: DateTime<Utc>) -> Credentials {
        let lasts = self.expires_in.map(|seconds| TimeDelta::seconds(seconds.clamp(0, LONGEST)));
        let credentials = Credentials::default().with(ACCESS_TOKEN, self.access_token).with(SHOP, shop.domain());
        let credentials = match self.refresh_token {
            Some(token) => credentials.with(REFRESH_TOKEN, token),
            None => credentials,
        };
        credentials.until(lasts.map(|lasts| now + lasts))
    }
}

#[async_trait]
impl OAuth for ShopifyOAuth {
    fn authorize(&self, app: &App, authorization: &Authorization<'_>) -> Result<Url, Failure> {
        let shop = Shop::of(authorization.fields)?;
        let mut url = shop.admin(app.base.as_ref(), "oauth/authorize")?;
        url.query_pairs_mut()
            .append_pair("client_id", &app.client_id)
            .append_pair("scope", &SCOPES.join(","))
            .append_pair("redirect_uri", authorization.redirect.as_str())
            .append_pair("state", authorization.state);
        Ok(url)
    }

    async fn complete(&self, calls: &Calls<'_>, callback: &Callback<'_>) -> Result<Credentials, Failure> {
        let app = app(calls)?;
        let shop = Shop::of(callback.fields)?;
        check(app, &shop, callback, calls.clock.now())?;
        let code = callback.parameter("code").filter(|code| !code.is_empty()).ok_or_else(|| {
            let reason = callback.parameter("error_description").or_else(|| callback.parameter("error"));
            Failure::Forbidden { detail: reason.unwrap_or("the app was not installed").to_owned() }
        })?;
        token(calls, app, &shop, json!({ "code": code, "expiring": "1" })).await
    }

    async fn refresh(&self, calls: &Calls<'_>, credentials: &Credentials) -> Result<Credentials, Failure> {
        let app = app(calls)?;
        let shop = Shop::exact(credentials.get(SHOP)?)
            .ok_or_else(|| Failure::Revoked { detail: "what is kept for this connection is of no shop".to_owned() })?;
        let own = json!({ "grant_type": "refresh_token", "refresh_token": credentials.get(REFRESH_TOKEN)? });
        token(calls, app, &shop, own).await
    }
}

fn app<'a>(calls: &Calls<'a>) -> Result<&'a App, Failure> {
    calls.app.ok_or_else(|| Failure::Refused { detail: "no app of Shopify's is configured".to_owned() })
}

/// Whether a person comes back from Shopify, from the shop that they were sent to, and just now.
fn check(app: &App, shop: &Shop, callback: &Callback<'_>, now: DateTime<Utc>) -> Result<(), Failure> {
    let refused = |detail: &str| Err(Failure::Forbidden { detail: detail.to_owned() });
    let secrets = [Some(&app.client_secret), app.old_secret.as_ref()];
    if !signs_query(secrets.into_iter().flatten(), callback.parameters) {
        return refused("the address that led back here is not signed by Shopify: connect the shop again");
    }
    let returned = callback.parameter("shop").unwrap_or_default();
    if !bool::from(returned.as_bytes().ct_eq(shop.domain().as_bytes())) {
        return refused("another shop answered than the one that was asked: connect the shop again");
    }
    let sent_at = callback.parameter("timestamp").and_then(|seconds| seconds.parse().ok());
    let sent_at = sent_at.and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    if sent_at.is_none_or(|sent_at| (now - sent_at).abs() > AGE) {
        return refused("the way back from Shopify took too long: connect the shop again");
    }
    Ok(())
}

/// Asks for a token, by what the kind of grant wants.
async fn token(calls: &Calls<'_>, app: &App, shop: &Shop, own: Value) -> Result<Credentials, Failure> {
    let mut body = json!({ "client_id": app.client_id, "client_secret": app.client_secret.expose_secret() });
    if let (Some(body), Value::Object(own)) = (body.as_object_mut(), own) {
        body.extend(own);
    }
    let url = shop.admin(app.base.as_ref(), "oauth/access_token")?;
    // The token before keeps working until its replacement is used, so that a lost answer can be asked for again.
    let request = Request::post(url).json(&body).cost(0).idempotent();
    let result = calls.http.json::<Token>(request, calls.cancel).await;
    let (token, _) = result.map_err(|error| match error.kind {
        HttpErrorKind::Status { status: 400 | 401 | 403 | 404, .. } => Failure::Revoked {
            detail: format!("{} does not take what we sign in with: connect the shop again", shop.domain()),
        },
        _ => error.into(),
    })?;
    Ok(token.kept(shop, calls.clock.now()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn app() -> App {
        App {
            client_id: "our id".to_owned(),
            client_secret: "new".into(),
            old_secret: Some("hush".into()),
            base: None,
            webhooks: None,
        }
    }

    fn fields(shop: &str) -> BTreeMap<String, String> {
        [("shop".to_owned(), shop.to_owned())].into()
    }

    #[test]
    fn a_person_is_sent_to_their_shop_with_what_is_asked_for() {
        let redirect = Url::parse("https://app.example.com/callback?x=1").unwrap();
        let fields = fields("some-shop");
        let authorization = Authorization { fields: &fields, state: "a state", challenge: "", redirect: &redirect };
        let url = ShopifyOAuth.authorize(&app(), &authorization).unwrap();
        assert_eq!(
            url.as_str(),
            "https://some-shop.myshopify.com/admin/oauth/authorize?client_id=our+id&scope=read_orders%2Cread_all_orders%2C\
             read_products%2Cread_customers%2Cread_inventory%2Cread_locations&redirect_uri=https%3A%2F%2Fapp.example.com%2F\
             callback%3Fx%3D1&state=a+state"
        );
    }

    #[test]
    fn who_comes_back_is_checked() {
        let shop = Shop::typed("some-shop").unwrap();
        let redirect = Url::parse("https://app.example.com/callback").unwrap();
        let query = "code=0907a61c0c8d55e99db179b68161bc00&shop=some-shop.myshopify.com&timestamp=1337178173\
                     &hmac=4712bf92ffc2917d15a2f5a273e39f0116667419aa4b6ac0b3baaf26fa3c4d20";
        let checked = |app: &App, shop: &Shop, query: &str, seconds: i64| {
            let parameters: Vec<(String, String)> =
                url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
            let fields = BTreeMap::new();
            let callback = Callback { fields: &fields, parameters: &parameters, verifier: "", redirect: &redirect };
            check(app, shop, &callback, DateTime::from_timestamp(seconds, 0).unwrap())
        };
        assert!(checked(&app(), &shop, query, 1_337_178_173).is_ok(), "the old secret is taken");
        assert!(checked(&app(), &shop, query, 1_337_178_173 + 90).is_ok());
        assert!(checked(&app(), &shop, query, 1_337_178_173 - 90).is_ok());
        assert!(checked(&app(), &shop, query, 1_337_178_173 + 91).is_err());
        assert!(checked(&app(), &Shop::typed("other").unwrap(), query, 1_337_178_173).is_err());
        assert!(checked(&App { old_secret: None, ..app() }, &shop, query, 1_337_178_173).is_err());
        assert!(checked(&app(), &shop, &query.replace("0907", "0908"), 1_337_178_173).is_err());
    }

    #[test]
    fn a_token_is_kept_with_its_end_and_what_renews_it() {
        let now = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        let shop = Shop::typed("some-shop").unwrap();
        let kept = |json: &str| serde_json::from_str::<Token>(json).unwrap().kept(&shop, now);
        let expiring = kept(
            r#"{"access_token":"a","scope":"read_orders","expires_in":3600,"refresh_token":"r","refresh_token_expires_in":7776000}"#,
        );
        assert_eq!(expiring.expires_at, Some(now + TimeDelta::hours(1)));
        assert_eq!((expiring.get("access_token").unwrap(), expiring.get("refresh_token").unwrap()), ("a", "r"));
        assert_eq!(expiring.get("shop").unwrap(), "some-shop.myshopify.com");
        let lasting = kept(r#"{"access_token":"a","scope":"read_orders"}"#);
        assert_eq!((lasting.expires_at, lasting.find("refresh_token").is_none()), (None, true));
    }
}
