//! Headers that keep browsers from doing what the app never asks for.
//!
//! No page shows the app within itself, but for what a link shows, within the pages that the link names ([`Framing`]).

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

const APP_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; \
     connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// The browsable API description styles itself with attributes.
const DOCS_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
     font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// How both policies end.
const FRAMED_BY_NOBODY: &str = "'none'";

/// What browsers go by that do not know `frame-ancestors`. It cannot name a page.
const FRAME_OPTIONS: HeaderName = HeaderName::from_static("x-frame-options");

const ALWAYS: &[(&str, &str)] = &[
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=(), interest-cohort=()"),
];

/// Which pages may show an answer within themselves, as an extension of it. Without, none may.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Framing(String);

impl Framing {
    /// Pages of these origins; `None` where there are none, or one that says more than an origin can.
    #[must_use]
    pub fn by(origins: &[String]) -> Option<Self> {
        let is_one = |origin: &String| {
            origin.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'/' | b'.' | b'-'))
        };
        (!origins.is_empty() && origins.iter().all(is_one)).then(|| Self(origins.join(" ")))
    }

    /// The policy that says so.
    fn policy(&self, policy: &str) -> Option<HeaderValue> {
        let all_but_frames = policy.strip_suffix(FRAMED_BY_NOBODY)?;
        HeaderValue::from_str(&format!("{all_but_frames}{}", self.0)).ok()
    }
}

/// Whether browsers reach the app over HTTPS only.
#[derive(Clone, Copy, Debug)]
pub struct HttpsOnly(pub bool);

/// The layer that sets them.
pub async fn secure(State(https): State<HttpsOnly>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let policy = if path.starts_with("/api/docs") { DOCS_POLICY } else { APP_POLICY };
    let api = path.starts_with("/api/") || path == "/metrics";
    let mut response = next.run(request).await;
    let framed = response.extensions().get::<Framing>().and_then(|framing| framing.policy(policy));
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    if framed.is_none() {
        headers.insert(FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    }
    headers.insert(header::CONTENT_SECURITY_POLICY, framed.unwrap_or(HeaderValue::from_static(policy)));
    if https.0 {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=63072000"));
    }
    if api && !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::Body;
    use axum::middleware::from_fn_with_state;
    use axum::response::IntoResponse as _;
    use axum::routing::get;
    use tower::ServiceExt as _;

    use super::*;

    fn origins(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    /// What browsers are told of frames with an answer that pages of these origins may show.
    async fn told(framing: Option<Framing>) -> (String, Option<String>) {
        let answer = move || async move {
            let mut answer = "a page".into_response();
            if let Some(framing) = framing {
                answer.extensions_mut().insert(framing);
            }
            answer
        };
        let router = Router::new().route("/", get(answer)).layer(from_fn_with_state(HttpsOnly(false), secure));
        let response = router.oneshot(Request::new(Body::empty())).await.unwrap();
        let header = |name: &str| Some(response.headers().get(name)?.to_str().unwrap().to_owned());
        (header("content-security-policy").unwrap(), header("x-frame-options"))
    }

    #[tokio::test]
    async fn an_answer_is_framed_by_the_pages_that_it_names_and_is_as_strict_otherwise() {
        let (policy, options) = told(Framing::by(&origins(&["https://a.example", "http://localhost:3000"]))).await;
        let (rest, framed) = policy.split_once("; frame-ancestors ").unwrap();
        assert_eq!(framed, "https://a.example http://localhost:3000");
        assert!(APP_POLICY.starts_with(rest) && rest.ends_with("form-action 'self'"), "{policy}");
        assert_eq!(options, None, "it cannot name a page, and would forbid all");
    }

    #[tokio::test]
    async fn an_answer_that_names_none_is_framed_by_none() {
        for none in [None, Framing::by(&[])] {
            let (policy, options) = told(none).await;
            assert_eq!((policy.as_str(), options.as_deref()), (APP_POLICY, Some("DENY")));
            assert!(policy.ends_with("frame-ancestors 'none'"), "{policy}");
        }
    }

    #[test]
    fn what_says_more_than_an_origin_can_names_none() {
        for wrong in
            ["*", "https://*.example", "https://a.example; script-src 'unsafe-inline'", "https://a.example,x", "'self'"]
        {
            assert_eq!(Framing::by(&origins(&["https://a.example", wrong])), None, "{wrong}");
        }
    }
}
