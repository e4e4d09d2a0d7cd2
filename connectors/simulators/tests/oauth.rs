//! Installing, and what becomes of tokens.

use std::collections::BTreeMap;
use std::time::Duration;

use aloftly_simulators::faults::Fault;
use aloftly_simulators::query_hmac;
use serde_json::{Value, json};
use url::Url;

use crate::support::{ALL, BACK, Client, SECRET, SHOP};

const OFFLINE: &str = "urn:shopify:params:oauth:token-type:offline-access-token";

fn wish(scope: &str) -> Vec<(&'static str, String)> {
    vec![
        ("client_id", "the app".to_owned()),
        ("scope", scope.to_owned()),
        ("redirect_uri", BACK.to_owned()),
        ("state", "nonce of mine".to_owned()),
    ]
}

async fn decide(client: &Client, scope: &str, decision: &str) -> reqwest::Response {
    let mut form = wish(scope);
    form.push(("decision", decision.to_owned()));
    let encoded = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let request = client.http.post(client.admin("oauth/authorize"));
    request.header("content-type", "application/x-www-form-urlencoded").body(encoded).send().await.unwrap()
}

fn parameters(response: &reqwest::Response) -> BTreeMap<String, String> {
    let location = response.headers()["location"].to_str().unwrap();
    assert!(location.starts_with(BACK), "{location}");
    Url::parse(location).unwrap().query_pairs().into_owned().collect()
}

async fn token(client: &Client, body: Value) -> (u16, Value) {
    let mut body = body;
    body["client_id"] = json!("the app");
    body["client_secret"] = json!(SECRET);
    let answer = client.http.post(client.admin("oauth/access_token")).json(&body).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

async fn works(client: &Client, token: &Value) -> bool {
    let request = client.http.post(client.admin("api/2026-10/graphql.json"));
    let request = request.header("X-Shopify-Access-Token", token.as_str().unwrap());
    let answer = request.json(&json!({ "query": "{ shop { id } }" })).send().await.unwrap();
    match answer.status().as_u16() {
        200 => true,
        401 => {
            let body: Value = answer.json().await.unwrap();
            assert_eq!(body["errors"], "[API] Invalid API key or access token (unrecognized login or wrong password)");
            false
        }
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn a_merchant_installs_the_app_on_a_page_and_comes_back_with_a_signed_code() {
    let client = Client::start(5).await;
    client.simulator.revoke(SHOP).unwrap();
    let address = Url::parse_with_params(&client.admin("oauth/authorize"), wish("read_orders,read_products")).unwrap();
    let page = client.http.get(address).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("Install app</button>") && page.contains("read_products") && page.contains(SHOP), "{page}");
    let back = decide(&client, "read_orders,read_products", "install").await;
    assert_eq!(back.status(), 302);
    let told = parameters(&back);
    assert_eq!((told["shop"].as_str(), told["state"].as_str()), (SHOP, "nonce of mine"));
    let pairs: Vec<(String, String)> = told.clone().into_iter().collect();
    assert_eq!(told["hmac"], query_hmac(SECRET, &pairs));
    assert!(told["timestamp"].parse::<i64>().is_ok() && !told["host"].is_empty());

    let asked = json!({ "code": told["code"], "expiring": "1" });
    let (status, tokens) = token(&client, asked.clone()).await;
    assert_eq!(status, 200);
    assert_eq!(
        (tokens["expires_in"].as_i64(), tokens["scope"].as_str()),
        (Some(3_600), Some("read_orders,read_products"))
    );
    assert_eq!(tokens["refresh_token_expires_in"], 90 * 24 * 3_600);
    assert!(works(&client, &tokens["access_token"]).await);
    // A code is good once.
    let (status, again) = token(&client, asked).await;
    assert_eq!((status, again["error"].as_str()), (400, Some("invalid_request")));
    // Who granted it before is not asked again.
    let address = Url::parse_with_params(&client.admin("oauth/authorize"), wish("read_orders")).unwrap();
    assert_eq!(client.http.get(address).send().await.unwrap().status(), 302);

    let scopes = client.http.get(client.admin("oauth/access_scopes.json"));
    let scopes =
        scopes.header("X-Shopify-Access-Token", tokens["access_token"].as_str().unwrap()).send().await.unwrap();
    let scopes: Value = scopes.json().await.unwrap();
    assert_eq!(scopes, json!({ "access_scopes": [{ "handle": "read_orders" }, { "handle": "read_products" }] }));
}

#[tokio::test]
async fn what_is_asked_wrongly_ends_on_a_page_and_not_at_the_app() {
    let client = Client::start(5).await;
    client.simulator.revoke(SHOP).unwrap();
    for (name, value) in [
        ("client_id", "another app"),
        ("redirect_uri", "https://evil.example/callback"),
        ("scope", "read_everything"),
        ("scope", "read_all_orders"),
        ("state", ""),
    ] {
        let mut asked = wish("read_orders");
        for pair in asked.iter_mut().filter(|pair| pair.0 == name) {
            value.clone_into(&mut pair.1);
        }
        let address = Url::parse_with_params(&client.admin("oauth/authorize"), asked).unwrap();
        let answer = client.http.get(address).send().await.unwrap();
        assert_eq!((answer.status().as_u16(), answer.headers().get("location")), (400, None), "{name}");
    }
    assert_eq!(decide(&client, "read_orders", "cancel").await.status(), 200);
    client.simulator.change_settings(|settings| settings.cancel_returns = true);
    let told = parameters(&decide(&client, "read_orders", "cancel").await);
    assert_eq!(told["error"], "access_denied");
    // A code lapses, a secret has to be right, and an app of today gets no token that never expires.
    let code = parameters(&decide(&client, "read_orders", "install").await).remove("code").unwrap();
    client.simulator.clock().advance(Duration::from_secs(61));
    assert_eq!(token(&client, json!({ "code": code, "expiring": "1" })).await.0, 400);
    let code = parameters(&decide(&client, "read_orders", "install").await).remove("code").unwrap();
    assert_eq!(token(&client, json!({ "code": code })).await.1["error"], "invalid_request");
    let body = json!({ "client_id": "the app", "client_secret": "wrong", "code": "x" });
    let answer = client.http.post(client.admin("oauth/access_token")).json(&body).send().await.unwrap();
    assert_eq!(answer.status(), 401);
}

#[tokio::test]
async fn a_merchant_may_grant_less_than_was_asked() {
    let client = Client::start(5).await;
    client.simulator.revoke(SHOP).unwrap();
    client.simulator.change_settings(|settings| {
        settings.withheld_scopes.insert("read_customers".to_owned());
    });
    let code = parameters(&decide(&client, "read_customers,read_orders", "install").await).remove("code").unwrap();
    let (_, tokens) = token(&client, json!({ "code": code, "expiring": "1" })).await;
    assert_eq!(tokens["scope"], "read_orders");
}

#[tokio::test]
async fn a_refresh_token_is_good_until_what_replaced_it_is_used() {
    let client = Client::start(5).await;
    let first = client.simulator.install(SHOP, ALL).unwrap();
    let renew = |refresh: &Value| token(&client, json!({ "grant_type": "refresh_token", "refresh_token": refresh }));
    client.simulator.clock().advance(Duration::from_secs(3_599));
    assert!(works(&client, &first["access_token"]).await);
    client.simulator.clock().advance(Duration::from_secs(1));
    assert!(!works(&client, &first["access_token"]).await);
    // The answer is lost, and asked for again.
    client.simulator.faults(SHOP, |faults| faults.add_to_tokens(&Fault::Reset, 1)).unwrap();
    let body = json!({ "client_id": "the app", "client_secret": SECRET, "grant_type": "refresh_token", "refresh_token": first["refresh_token"] });
    let lost = client.http.post(client.admin("oauth/access_token")).json(&body).send().await;
    assert!(match lost {
        Ok(answer) => answer.bytes().await.is_err(),
        Err(_) => true,
    });
    let (status, second) = renew(&first["refresh_token"]).await;
    assert_eq!(status, 200);
    assert_ne!(second["refresh_token"], first["refresh_token"]);
    // Still, since nothing of the second was used.
    let (status, third) = renew(&first["refresh_token"]).await;
    assert_eq!(status, 200);
    assert_eq!(renew(&second["refresh_token"]).await.0, 400, "the second was replaced by the third");
    assert!(works(&client, &third["access_token"]).await);
    assert_eq!(renew(&first["refresh_token"]).await.0, 400, "the third was used");
    let (status, _) = renew(&third["refresh_token"]).await;
    assert_eq!(status, 200);
    client.simulator.clock().advance(Duration::from_secs(91 * 24 * 3_600));
    assert_eq!(renew(&third["refresh_token"]).await.1["error"], "invalid_grant");
}

#[tokio::test]
async fn a_token_that_never_expires_is_exchanged_for_one_that_does_and_ends_in_2027() {
    let client = Client::start(5).await;
    client.simulator.revoke(SHOP).unwrap();
    client.simulator.change_settings(|settings| settings.must_expire = false);
    let mut codes = Vec::new();
    for _ in 0..2 {
        codes.push(parameters(&decide(&client, "read_orders", "install").await).remove("code").unwrap());
    }
    let (_, old) = token(&client, json!({ "code": codes[0] })).await;
    assert_eq!(old.as_object().unwrap().keys().collect::<Vec<_>>(), ["access_token", "scope"]);
    client.simulator.clock().advance(Duration::from_secs(30));
    assert!(works(&client, &old["access_token"]).await);
    let exchange = json!({
        "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange", "subject_token": old["access_token"],
        "subject_token_type": OFFLINE, "requested_token_type": OFFLINE, "expiring": "1",
    });
    let (status, new) = token(&client, exchange.clone()).await;
    assert_eq!((status, new["expires_in"].as_i64()), (200, Some(3_600)));
    assert!(!works(&client, &old["access_token"]).await);
    assert!(works(&client, &new["access_token"]).await);
    assert_eq!(token(&client, exchange).await.1["error"], "invalid_subject_token");
    let (_, other) = token(&client, json!({ "code": codes[1] })).await;
    client.simulator.clock().advance(Duration::from_secs(60 * 24 * 3_600));
    assert!(!works(&client, &other["access_token"]).await);
}

#[tokio::test]
async fn a_shop_is_named_by_the_host_or_by_the_path_and_others_are_not_known() {
    let client = Client::start(5).await;
    let base = format!("http://{}", client.simulator.address());
    let query = json!({ "query": "{ shop { myshopifyDomain } }" });
    let request = client.http.post(format!("{base}/admin/api/2026-10/graphql.json")).header("Host", SHOP);
    let answer = request.header("X-Shopify-Access-Token", &client.token).json(&query).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let other = client.http.post(format!("{base}/shops/other.myshopify.com/admin/api/2026-10/graphql.json"));
    assert_eq!(other.json(&query).send().await.unwrap().status(), 404);
}
