//! Signing in with Google, in whose place is an OpenID provider that is as strict and can be told to lie.

use aloftly_catalog::testing::PASSWORD;
use aloftly_tests::openid::{CLIENT_ID, CLIENT_SECRET, Lie, OpenIdProvider, Signing, Somebody};
use reqwest::redirect::Policy;
use serde_json::{Value, json};
use url::Url;

use crate::support::{Client, Server, World, answer};

struct Google {
    world: World,
    provider: OpenIdProvider,
    server: Server,
    /// Follows no redirects by itself.
    http: reqwest::Client,
}

/// A browser with the cookies that it was given last, by name.
#[derive(Clone, Default)]
struct Browser(Vec<(String, String)>);

impl Browser {
    fn take(&mut self, answer: &reqwest::Response) {
        for set in answer.headers().get_all("set-cookie") {
            let (name, value) = set.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            self.0.retain(|(known, _)| known != name);
            if !value.is_empty() {
                self.0.push((name.to_owned(), value.to_owned()));
            }
        }
    }

    fn header(&self) -> String {
        let pairs: Vec<_> = self.0.iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join("; ")
    }
}

impl Google {
    async fn new() -> Self {
        let provider = OpenIdProvider::start().await;
        let issuer = provider.issuer();
        let settings = [
            ("google_client_id", CLIENT_ID),
            ("google_client_secret", CLIENT_SECRET),
            ("google_issuer", issuer.as_str()),
        ];
        let world = World::with(&settings).await;
        world.organization("a").await;
        let server = world.serve().await;
        provider.register(&format!("http://localhost:{}/api/auth/google/callback", server.address.port()));
        let http = reqwest::Client::builder().redirect(Policy::none()).build().unwrap();
        Self { world, provider, server, http }
    }

    async fn get(&self, browser: &mut Browser, address: &str) -> String {
        let answer = self.http.get(address).header("cookie", browser.header()).send().await.unwrap();
        browser.take(&answer);
        let location = answer.headers().get("location").unwrap_or_else(|| panic!("{address}: {}", answer.status()));
        location.to_str().unwrap().to_owned()
    }

    /// Leaves for the provider; the address that it sends the browser back to.
    async fn back(&self, browser: &mut Browser, return_to: &str) -> Url {
        let start = format!("http://{}/api/auth/google/start?return_to={return_to}", self.server.address);
        let authorize = self.get(browser, &start).await;
        assert!(authorize.starts_with(&self.provider.issuer()), "{authorize}");
        let mut back = Url::parse(&self.get(&mut Browser::default(), &authorize).await).unwrap();
        // The name resolves to this machine, on which the server listens by its number.
        back.set_host(Some("127.0.0.1")).unwrap();
        back
    }

    /// The whole way, and where it ends.
    async fn sign_in(&self, browser: &mut Browser, who: Somebody, lie: Option<Lie>) -> String {
        self.provider.signs_in(who, lie);
        let back = self.back(browser, "/settings/security").await;
        self.get(browser, back.as_str()).await
    }

    fn client(&self, browser: &Browser) -> Client {
        self.server.holding(browser.header())
    }
}

fn ann() -> Somebody {
    Somebody {
        subject: "117".to_owned(),
        email: "Ann@new.test".to_owned(),
        verified: true,
        hosted: Some("new.test".to_owned()),
        name: "Ann".to_owned(),
    }
}

fn owner() -> Somebody {
    Somebody { email: "owner@a.test".to_owned(), ..ann() }
}

#[tokio::test]
async fn who_is_known_is_let_in_and_comes_back_to_where_they_were() {
    let google = Google::new().await;
    let mut browser = Browser::default();
    assert_eq!(google.sign_in(&mut browser, owner(), None).await, "/settings/security");
    let client = google.client(&browser);
    assert_eq!(client.read("/api/session").await["user"]["email"], "owner@a.test");
    let account = client.read("/api/account").await;
    // The address had not been proved: who set the password may be somebody else.
    assert_eq!((&account["google"], &account["has_password"]), (&json!(true), &json!(false)));
    assert!(!browser.0.iter().any(|(name, _)| name.contains("departure")), "{:?}", browser.0);
    // They come again under another address and are the same.
    let mut elsewhere = Browser::default();
    let moved = Somebody { email: "moved@a.test".to_owned(), ..owner() };
    assert_eq!(google.sign_in(&mut elsewhere, moved, None).await, "/settings/security");
    assert_eq!(google.client(&elsewhere).read("/api/session").await["user"]["email"], "owner@a.test");
    google.server.stop().await;
}

#[tokio::test]
async fn an_account_with_an_address_that_the_provider_does_not_run_is_joined_by_who_is_signed_in_to_it() {
    let google = Google::new().await;
    let unhosted = || Somebody { hosted: None, ..owner() };
    let mut stranger = Browser::default();
    assert_eq!(google.sign_in(&mut stranger, unhosted(), None).await, "/sign-in?problem=google_other_account");
    assert_eq!(answer(google.client(&stranger).get("/api/session")).await.0, 401);
    // Its owner, in a browser where they are signed in.
    let signed_in = google.server.owner_of("a").await;
    let (name, value) = signed_in.cookie.as_deref().unwrap().split_once('=').unwrap();
    let mut own = Browser(vec![(name.to_owned(), value.to_owned())]);
    assert_eq!(google.sign_in(&mut own, unhosted(), None).await, "/settings/security");
    assert_eq!(google.client(&own).read("/api/account").await["google"], true);
    let mut elsewhere = Browser::default();
    assert_eq!(google.sign_in(&mut elsewhere, unhosted(), None).await, "/settings/security");
    // Gmail is run by the provider, whatever else it says.
    let gmail = Somebody { subject: "118".to_owned(), email: "Ann@GMAIL.com".to_owned(), ..unhosted() };
    assert_eq!(google.sign_in(&mut Browser::default(), gmail, None).await, "/sign-up/google");
    let new = Somebody { subject: "119".to_owned(), email: "new@new.test".to_owned(), ..unhosted() };
    assert_eq!(google.sign_in(&mut Browser::default(), new, None).await, "/sign-in?problem=google_unproved");
    google.server.stop().await;
}

#[tokio::test]
async fn who_is_new_says_what_their_organisation_is_called() {
    let google = Google::new().await;
    let mut browser = Browser::default();
    assert_eq!(google.sign_in(&mut browser, ann(), None).await, "/sign-up/google");
    let client = google.client(&browser);
    assert_eq!(answer(client.get("/api/session")).await.0, 401);
    assert_eq!(client.read("/api/auth/sign-up/google").await, json!({ "email": "Ann@new.test", "name": "Ann" }));
    let store = json!({ "name": "Pots", "currency": "EUR", "timezone": "Europe/Paris" });
    let (status, body) =
        answer(client.post("/api/auth/sign-up/google").json(&json!({ "organization": " ", "store": store }))).await;
    assert_eq!((status, &body["errors"][0]["pointer"]), (422, &json!("/organization")));
    let new = json!({ "organization": "New", "store": store });
    let done = client.post("/api/auth/sign-up/google").json(&new).send().await.unwrap();
    assert_eq!(done.status(), 200);
    browser.take(&done);
    let session = google.client(&browser).read("/api/session").await;
    assert_eq!((&session["user"]["name"], &session["role"]), (&json!("Ann"), &json!("owner")));
    let (status, body) = answer(client.post("/api/auth/sign-up/google").json(&new)).await;
    assert_eq!((status, &body["code"]), (410, &json!("link_expired")));
    assert_eq!(answer(google.server.anonymous().get("/api/auth/sign-up/google")).await.0, 410);
    google.server.stop().await;
}

#[tokio::test]
async fn no_lie_lets_anybody_in() {
    let google = Google::new().await;
    let lies: [(&str, Lie); 12] = [
        ("another key", |_| Signing::WrongKey),
        ("no signature", |_| Signing::None),
        ("the public key as a secret", |_| Signing::PublicKeyAsSecret),
        ("the client's secret", |_| Signing::ClientSecret),
        ("for another program", |claims| set(claims, "aud", json!("another"))),
        ("made for another program", |claims| set(claims, "azp", json!("another"))),
        ("of another provider", |claims| set(claims, "iss", json!("https://accounts.google.com"))),
        ("of another sign-in", |claims| set(claims, "nonce", json!("another"))),
        ("of no sign-in", |claims| set(claims, "nonce", Value::Null)),
        ("too old", |claims| set(claims, "exp", json!(1_000_000))),
        ("not yet good", |claims| set(claims, "nbf", json!(9_999_999_999_u64))),
        ("of nobody", |claims| set(claims, "sub", Value::Null)),
    ];
    for (name, lie) in lies {
        let mut browser = Browser::default();
        let end = google.sign_in(&mut browser, owner(), Some(lie)).await;
        assert_eq!(end, "/sign-in?problem=google_unavailable", "{name}");
        assert!(browser.0.is_empty(), "{name}: {:?}", browser.0);
    }
    let unverified = Somebody { verified: false, ..owner() };
    let end = google.sign_in(&mut Browser::default(), unverified, None).await;
    assert_eq!(end, "/sign-in?problem=google_unverified");
    // The account is as it was.
    assert_eq!(google.server.owner_of("a").await.read("/api/account").await["google"], false);
    google.server.stop().await;
}

fn set(claims: &mut Value, name: &str, value: Value) -> Signing {
    claims[name] = value;
    Signing::Right
}

#[tokio::test]
async fn a_state_is_good_once_and_only_in_the_browser_that_left() {
    let google = Google::new().await;
    google.provider.signs_in(owner(), None);
    let mut browser = Browser::default();
    let back = google.back(&mut browser, "/").await;
    let mut victim = Browser::default();
    assert_eq!(google.get(&mut victim, back.as_str()).await, "/sign-in?problem=other_browser");
    assert!(victim.0.is_empty());
    // It was used up by the attempt.
    assert_eq!(google.get(&mut browser.clone(), back.as_str()).await, "/sign-in?problem=sign_in_expired");

    let back = google.back(&mut browser, "/").await;
    let mut unknown = back.clone();
    unknown.set_query(Some("state=unknown&code=code-1"));
    assert_eq!(google.get(&mut browser.clone(), unknown.as_str()).await, "/sign-in?problem=sign_in_expired");
    let after = browser.clone();
    assert_eq!(google.get(&mut browser, back.as_str()).await, "/");
    assert_eq!(google.get(&mut after.clone(), back.as_str()).await, "/sign-in?problem=sign_in_expired", "again");
    // A code of somebody else's, with a state of one's own.
    let stolen = google.back(&mut browser, "/").await;
    let mut other = Browser::default();
    let own = google.back(&mut other, "/").await;
    let pair = |url: &Url, name: &str| url.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned();
    let mut mixed = own.clone();
    mixed
        .query_pairs_mut()
        .clear()
        .append_pair("state", &pair(&own, "state"))
        .append_pair("code", &pair(&stolen, "code"));
    assert_eq!(google.get(&mut other, mixed.as_str()).await, "/sign-in?problem=google_declined");
    google.server.stop().await;
}

#[tokio::test]
async fn who_declines_or_would_be_sent_elsewhere_stays_here() {
    let google = Google::new().await;
    let mut browser = Browser::default();
    let back = google.back(&mut browser, "https://evil.example/").await;
    assert!(back.query_pairs().any(|(name, _)| name == "error"), "nobody is signed in at the provider");
    assert_eq!(google.get(&mut browser, back.as_str()).await, "/sign-in?problem=google_declined");
    google.provider.signs_in(owner(), None);
    for foreign in ["https://evil.example/", "//evil.example", "/\\evil.example"] {
        let back = google.back(&mut browser, foreign).await;
        assert_eq!(google.get(&mut browser, back.as_str()).await, "/", "{foreign}");
    }
    assert_eq!(google.server.anonymous().read("/api/auth/methods").await["google"], true);
    google.server.stop().await;
}

#[tokio::test]
async fn the_second_factor_is_wanted_after_the_provider_too() {
    let google = Google::new().await;
    let client = google.server.owner_of("a").await;
    let (_, secret) = answer(client.post("/api/account/second-factor").json(&json!({ "password": PASSWORD }))).await;
    let totp = totp_rs::Totp::from_url(secret["uri"].as_str().unwrap()).unwrap();
    let now = || u64::try_from(aloftly_engine::clock::Clock::now(&*google.world.clock).timestamp()).unwrap();
    let confirm = json!({ "code": totp.generate(now()).to_string() });
    assert_eq!(answer(client.put("/api/account/second-factor").json(&confirm)).await.0, 200);
    let mut browser = Browser::default();
    assert_eq!(
        google.sign_in(&mut browser, owner(), None).await,
        "/sign-in?step=second-factor&next=%2Fsettings%2Fsecurity"
    );
    assert_eq!(answer(google.client(&browser).get("/api/session")).await.0, 401);
    google.world.clock.advance(std::time::Duration::from_secs(60));
    let shown = json!({ "code": totp.generate(now()).to_string() });
    let done = google.client(&browser).post("/api/auth/second-factor").json(&shown).send().await.unwrap();
    assert_eq!(done.status(), 200);
    browser.take(&done);
    google.client(&browser).read("/api/session").await;
    google.server.stop().await;
}
