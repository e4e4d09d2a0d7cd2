//! The simulated Google, driven as its clients do.

mod admin;
mod limits;
mod quotas;
mod reports;
mod sign_in;

use std::collections::BTreeMap;
use std::sync::Arc;

use aloftly_simulators::clock::Clock;
use aloftly_simulators::google::{ANALYTICS_SCOPE, ClientOptions, GoogleOptions, GoogleSimulator, Property, WorldView};
use aloftly_simulators::world::{World, WorldOptions};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, NaiveDate, Utc};
use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use url::Url;

const REDIRECT: &str = "http://127.0.0.1:9/back";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const EMAIL: &str = "ada@fern.example";
const ID: u64 = 123_456_789;

/// A simulator over a shop with some forty orders in ten days, at noon in UTC of the last of them, and somebody to ask it.
struct Google {
    simulator: GoogleSimulator,
    world: Arc<World>,
    property: Property,
    clock: Clock,
    http: Client,
}

fn now() -> DateTime<Utc> {
    "2026-11-20T12:00:00Z".parse().unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

impl Google {
    async fn start(change: impl FnOnce(&mut GoogleOptions)) -> Self {
        let options = WorldOptions {
            first_day: day("2026-11-10"),
            orders: 60,
            products: 12,
            customers: 30,
            checkouts: 5,
            ..WorldOptions::new("mugs.myshopify.com", now())
        };
        let world = Arc::new(World::new(&options));
        let shown = Arc::clone(&world);
        let property = Property::new(ID, WorldView::new(move |look| look(&shown)));
        let clock = Clock::at(now());
        let client = ClientOptions {
            id: "aloftly.apps.google.test".to_owned(),
            secret: "a secret of the client".to_owned(),
            name: "Aloftly".to_owned(),
            redirect_uris: vec![REDIRECT.to_owned()],
        };
        let mut options = GoogleOptions::new(client, clock.clone(), vec![property.clone()]);
        change(&mut options);
        let simulator = GoogleSimulator::start(options).await.unwrap();
        let http = Client::builder().redirect(Policy::none()).no_proxy().build().unwrap();
        Self { simulator, world, property, clock, http }
    }

    fn at(&self, path: &str) -> Url {
        Url::parse(&format!("{}/{path}", self.simulator.base())).unwrap()
    }

    /// What the page is asked for, with some of it said otherwise; what is empty is left out.
    fn wanted(&self, other: &[(&str, &str)]) -> Vec<(String, String)> {
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
        let mut fields: BTreeMap<&str, &str> = BTreeMap::from([
            ("client_id", "aloftly.apps.google.test"),
            ("redirect_uri", REDIRECT),
            ("response_type", "code"),
            ("scope", ANALYTICS_SCOPE),
            ("state", "the state"),
            ("access_type", "offline"),
            ("prompt", "consent"),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ]);
        fields.extend(other.iter().copied());
        let fields = fields.into_iter().filter(|(_, value)| !value.is_empty());
        fields.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    /// Answers the page, and gives the parameters that the client is sent back with.
    async fn answer(&self, fields: &[(String, String)]) -> BTreeMap<String, String> {
        let answer = self.http.post(self.at("accounts/o/oauth2/v2/auth/answer")).form(fields).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        let location = Url::parse(answer.headers()["location"].to_str().unwrap()).unwrap();
        assert!(location.as_str().starts_with(REDIRECT), "{location}");
        location.query_pairs().into_owned().collect()
    }

    /// Agrees to everything that is asked for, and gives the code.
    async fn code(&self, other: &[(&str, &str)]) -> String {
        let mut fields = self.wanted(other);
        fields.push((format!("granted {ANALYTICS_SCOPE}"), "yes".to_owned()));
        fields.extend(
            [("account", EMAIL), ("answer", "continue")].map(|(name, value)| (name.to_owned(), value.to_owned())),
        );
        let back = self.answer(&fields).await;
        assert_eq!(back["state"], "the state");
        back["code"].clone()
    }

    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> (StatusCode, Value) {
        let answer = self.http.post(self.at(path)).form(fields).send().await.unwrap();
        (answer.status(), answer.json().await.unwrap())
    }

    /// Exchanges a code.
    async fn exchange(&self, code: &str, other: &[(&str, &str)]) -> (StatusCode, Value) {
        let mut fields = BTreeMap::from([
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", REDIRECT),
            ("client_id", "aloftly.apps.google.test"),
            ("client_secret", "a secret of the client"),
            ("code_verifier", VERIFIER),
        ]);
        fields.extend(other.iter().copied());
        self.post("oauth2/token", &fields.into_iter().collect::<Vec<_>>()).await
    }

    /// Signs in, and gives the access token.
    async fn token(&self) -> String {
        let code = self.code(&[]).await;
        let (status, tokens) = self.exchange(&code, &[]).await;
        assert_eq!(status, StatusCode::OK, "{tokens}");
        tokens["access_token"].as_str().unwrap().to_owned()
    }

    async fn get(&self, token: &str, path: &str) -> (StatusCode, Value) {
        let answer = self.http.get(self.at(path)).bearer_auth(token).send().await.unwrap();
        (answer.status(), answer.json().await.unwrap())
    }

    async fn call(&self, token: &str, method: &str, body: &Value) -> (StatusCode, Value) {
        let path = format!("analyticsdata/v1beta/properties/{ID}:{method}");
        let answer = self.http.post(self.at(&path)).bearer_auth(token).json(body).send().await.unwrap();
        (answer.status(), answer.json().await.unwrap())
    }

    /// A report that must be answered.
    async fn report(&self, token: &str, body: &Value) -> Value {
        let (status, report) = self.call(token, "runReport", body).await;
        assert_eq!(status, StatusCode::OK, "{report}");
        report
    }
}

/// A report of some days.
fn report(from: &str, to: &str, dimensions: &[&str], metrics: &[&str]) -> Value {
    let named = |names: &[&str]| names.iter().map(|name| json!({ "name": name })).collect::<Vec<_>>();
    json!({
        "dateRanges": [{ "startDate": from, "endDate": to }],
        "dimensions": named(dimensions),
        "metrics": named(metrics),
    })
}

/// The texts of a report's rows: dimensions, then metrics.
fn rows(report: &Value) -> Vec<Vec<String>> {
    let texts = |row: &Value, of: &str| {
        let values = row[of].as_array().into_iter().flatten();
        values.map(|value| value["value"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let rows = report["rows"].as_array().into_iter().flatten();
    rows.map(|row| [texts(row, "dimensionValues"), texts(row, "metricValues")].concat()).collect()
}

fn message(body: &Value) -> &str {
    body["error"]["message"].as_str().unwrap()
}
