//! An OpenID provider on a port of this machine, as strict as Google: registered redirect addresses, codes that are good once, PKCE
//! with S256 alone, the client's secret, and statements signed with RS256 by a key that it publishes. It can be told to lie.

use std::collections::HashMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Method, Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use rsa::RsaPrivateKey;
use rsa::pkcs1::EncodeRsaPrivateKey as _;
use rsa::traits::PublicKeyParts as _;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use url::Url;

/// What the provider knows its client by.
pub const CLIENT_ID: &str = "aloftly.apps.openid.test";
/// What the client shows that it is.
pub const CLIENT_SECRET: &str = "a secret of the client";

/// Making a key takes a second or two: once for all.
static KEYS: LazyLock<[RsaPrivateKey; 2]> = LazyLock::new(|| {
    let key = || RsaPrivateKey::new(&mut rsa::rand_core::OsRng, 2048).expect("a key can be made");
    [key(), key()]
});

/// Somebody who can sign in at the provider.
#[derive(Clone, Debug)]
pub struct Somebody {
    /// Who, for good.
    pub subject: String,
    /// Their address.
    pub email: String,
    /// Whether the provider has verified it.
    pub verified: bool,
    /// The domain that the provider runs for those whom they work for.
    pub hosted: Option<String>,
    /// What they are called.
    pub name: String,
}

/// Changes a statement before it is signed: its header's claims and how it is signed.
pub type Lie = fn(&mut Value) -> Signing;

/// How a statement is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signing {
    /// As it should be.
    Right,
    /// By a key that the provider does not publish, under the name of one that it does.
    WrongKey,
    /// Not at all (`alg` is `none`).
    None,
    /// With the public key as the secret of an HMAC.
    PublicKeyAsSecret,
    /// With the client's secret, HS256.
    ClientSecret,
}

/// What a code stands for.
struct Granted {
    who: Somebody,
    nonce: String,
    challenge: String,
    redirect: String,
}

#[derive(Default)]
struct Kept {
    who: Option<Somebody>,
    redirect: String,
    lie: Option<Lie>,
    codes: HashMap<String, Granted>,
    next: u32,
}

/// The provider. It goes when it is dropped.
pub struct OpenIdProvider {
    address: SocketAddr,
    kept: Arc<Mutex<Kept>>,
    task: JoinHandle<()>,
}

impl Drop for OpenIdProvider {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl OpenIdProvider {
    /// Starts one.
    ///
    /// # Panics
    /// When this machine has no port for it.
    pub async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("there is a port");
        let address = listener.local_addr().expect("it has an address");
        let kept = Arc::new(Mutex::new(Kept::default()));
        let task = tokio::spawn(accept(listener, address, Arc::clone(&kept)));
        Self { address, kept, task }
    }

    /// Its address, as its statements have it.
    #[must_use]
    pub fn issuer(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Registers where the client may have people sent back to.
    ///
    /// # Panics
    /// When a request of it panicked.
    pub fn register(&self, redirect: &str) {
        redirect.clone_into(&mut self.kept.lock().unwrap().redirect);
    }

    /// Says who will sign in, and what lie is told of them, if any.
    ///
    /// # Panics
    /// When a request of it panicked.
    pub fn signs_in(&self, who: Somebody, lie: Option<Lie>) {
        let mut kept = self.kept.lock().unwrap();
        (kept.who, kept.lie) = (Some(who), lie);
    }
}

async fn accept(listener: TcpListener, address: SocketAddr, kept: Arc<Mutex<Kept>>) {
    while let Ok((stream, _)) = listener.accept().await {
        let kept = Arc::clone(&kept);
        let service = service_fn(move |request| {
            let kept = Arc::clone(&kept);
            async move { Ok::<_, Infallible>(answer(request, address, &kept).await) }
        });
        tokio::spawn(async move {
            // A client that goes in the middle is its own affair.
            let _ = Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn answer(request: Request<Incoming>, address: SocketAddr, kept: &Mutex<Kept>) -> Response<Full<Bytes>> {
    let issuer = format!("http://{address}");
    match (request.method().clone(), request.uri().path()) {
        (Method::GET, "/.well-known/openid-configuration") => json_of(
            200,
            &json!({
                "issuer": issuer,
                "authorization_endpoint": format!("{issuer}/authorize"),
                "token_endpoint": format!("{issuer}/token"),
                "jwks_uri": format!("{issuer}/keys"),
                "response_types_supported": ["code"],
                "id_token_signing_alg_values_supported": ["RS256"],
            }),
        ),
        (Method::GET, "/keys") => {
            let number = |number: &rsa::BigUint| URL_SAFE_NO_PAD.encode(number.to_bytes_be());
            let key = json!({
                "kty": "RSA", "kid": "1", "use": "sig", "alg": "RS256", "n": number(KEYS[0].n()), "e": number(KEYS[0].e()),
            });
            json_of(200, &json!({ "keys": [key] }))
        }
        (Method::GET, "/authorize") => {
            let url = Url::parse(&format!("{issuer}{}", request.uri())).expect("it is an address");
            authorize(&url.query_pairs().into_owned().collect(), kept)
        }
        (Method::POST, "/token") => {
            let authorization = request.headers().get("authorization").and_then(|value| value.to_str().ok());
            let authorization = authorization.map(str::to_owned);
            let body = request.into_body().collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
            let form = url::form_urlencoded::parse(&body).into_owned().collect();
            token(&form, authorization.as_deref(), &issuer, kept)
        }
        _ => json_of(404, &json!({ "error": "not_found" })),
    }
}

fn json_of(status: u16, body: &Value) -> Response<Full<Bytes>> {
    let response = Response::builder().status(status).header("content-type", "application/json");
    response.body(Full::new(body.to_string().into())).expect("it is an answer")
}

/// The page on which somebody signs in, who is there already and agrees at once.
fn authorize(asked: &HashMap<String, String>, kept: &Mutex<Kept>) -> Response<Full<Bytes>> {
    let mut kept = kept.lock().unwrap();
    let said = |name: &str| asked.get(name).map(String::as_str).unwrap_or_default();
    let right = said("client_id") == CLIENT_ID
        && said("redirect_uri") == kept.redirect
        && said("response_type") == "code"
        && said("code_challenge_method") == "S256"
        && said("code_challenge").len() == 43
        && said("state").len() >= 22
        && said("nonce").len() >= 16
        && said("scope").split(' ').any(|scope| scope == "openid");
    if !right {
        return json_of(400, &json!({ "error": "invalid_request", "asked": asked }));
    }
    let mut back = Url::parse(said("redirect_uri")).expect("it is registered");
    match kept.who.clone() {
        None => {
            back.query_pairs_mut().append_pair("state", said("state")).append_pair("error", "access_denied");
        }
        Some(who) => {
            kept.next += 1;
            let code = format!("code-{}", kept.next);
            back.query_pairs_mut().append_pair("state", said("state")).append_pair("code", &code);
            let granted = Granted {
                who,
                nonce: said("nonce").to_owned(),
                challenge: said("code_challenge").to_owned(),
                redirect: said("redirect_uri").to_owned(),
            };
            kept.codes.insert(code, granted);
        }
    }
    let response = Response::builder().status(302).header("location", back.as_str());
    response.body(Full::default()).expect("it is an answer")
}

fn token(
    form: &HashMap<String, String>,
    authorization: Option<&str>,
    issuer: &str,
    kept: &Mutex<Kept>,
) -> Response<Full<Bytes>> {
    let said = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
    let encoded = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let pair = format!("{}:{}", encoded(CLIENT_ID), encoded(CLIENT_SECRET));
    let basic = format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair));
    if authorization != Some(basic.as_str()) {
        return json_of(401, &json!({ "error": "invalid_client" }));
    }
    let mut kept = kept.lock().unwrap();
    let granted = kept.codes.remove(said("code"));
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(said("code_verifier")));
    let granted = granted.filter(|granted| {
        granted.challenge == challenge
            && granted.redirect == said("redirect_uri")
            && said("grant_type") == "authorization_code"
    });
    let Some(granted) = granted else { return json_of(400, &json!({ "error": "invalid_grant" })) };
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is after 1970").as_secs();
    let mut claims = json!({
        "iss": issuer, "aud": CLIENT_ID, "azp": CLIENT_ID, "sub": granted.who.subject, "email": granted.who.email,
        "email_verified": granted.who.verified, "name": granted.who.name, "nonce": granted.nonce,
        "iat": now, "exp": now + 3_600,
    });
    if let Some(domain) = &granted.who.hosted {
        claims["hd"] = json!(domain);
    }
    let signing = kept.lie.map_or(Signing::Right, |lie| lie(&mut claims));
    let id_token = signed(&claims, signing);
    json_of(
        200,
        &json!({ "access_token": "opaque", "token_type": "Bearer", "expires_in": 3_600, "id_token": id_token }),
    )
}

fn signed(claims: &Value, signing: Signing) -> String {
    let header = |algorithm| Header { kid: Some("1".to_owned()), ..Header::new(algorithm) };
    let rsa = |key: &RsaPrivateKey| EncodingKey::from_rsa_der(key.to_pkcs1_der().expect("a key has a form").as_bytes());
    let made = match signing {
        Signing::Right => encode(&header(Algorithm::RS256), claims, &rsa(&KEYS[0])),
        Signing::WrongKey => encode(&header(Algorithm::RS256), claims, &rsa(&KEYS[1])),
        Signing::ClientSecret => {
            encode(&header(Algorithm::HS256), claims, &EncodingKey::from_secret(CLIENT_SECRET.as_bytes()))
        }
        Signing::PublicKeyAsSecret => {
            encode(&header(Algorithm::HS256), claims, &EncodingKey::from_secret(&KEYS[0].n().to_bytes_be()))
        }
        Signing::None => {
            let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
            return format!("{}.{}.", part(&json!({ "alg": "none", "kid": "1" })), part(claims));
        }
    };
    made.expect("a statement can be signed")
}
