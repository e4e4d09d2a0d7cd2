//! What every request goes through, from the outside in: id, span and counting; compression; security headers; problem
//! documents; panics; the refusal of other sites' requests.

use std::sync::Arc;

use aloftly_engine::clock::Clock;
use axum::Router;
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

use super::headers::{self, HttpsOnly};
use super::observe::observe;
use super::origin::{PublicOrigin, refuse_cross_origin};
use super::problem::{self, Problem};

/// Puts the layers around a router.
pub fn around(router: Router, clock: Arc<dyn Clock>, public_origin: Option<&str>) -> Router {
    let https = HttpsOnly(public_origin.is_some_and(|origin| origin.starts_with("https://")));
    router
        .layer(from_fn_with_state(PublicOrigin(public_origin.map(Into::into)), refuse_cross_origin))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn(problem::render))
        .layer(from_fn_with_state(https, headers::secure))
        .layer(CompressionLayer::new())
        .layer(from_fn_with_state(clock, observe))
}

/// The panic itself was reported by the hook, with its place; the caller learns nothing of it.
#[allow(clippy::needless_pass_by_value, reason = "the layer's signature")]
fn panicked(_cause: Box<dyn std::any::Any + Send>) -> Response {
    tracing::error!("a handler panicked");
    Problem::of(StatusCode::INTERNAL_SERVER_ERROR).into_response()
}

#[cfg(test)]
mod tests {
    use aloftly_engine::clock::SystemClock;
    use axum::body::Body;
    use axum::extract::Request;
    use axum::http::header;
    use axum::routing::{get, post};
    use serde_json::{Value, json};
    use tower::ServiceExt as _;

    use super::*;
    use crate::http::json::Json;
    use crate::http::web;

    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Body2 {
        #[allow(dead_code)]
        numbers: Vec<u8>,
    }

    async fn explode() -> &'static str {
        panic!("a secret of the inside")
    }

    async fn read(Json(_): Json<Body2>) -> &'static str {
        "read"
    }

    async fn fail() -> Result<(), Problem> {
        Err(Problem::internal(&std::io::Error::other("a secret of the inside")))
    }

    fn app() -> Router {
        let router = Router::new()
            .route("/api/explode", get(explode))
            .route("/api/read", post(read))
            .route("/api/fail", get(fail))
            .route("/api/wait", get(|| async { Problem::too_many_requests(std::time::Duration::from_millis(1500)) }))
            .fallback(web::fallback);
        around(router, Arc::new(SystemClock), None)
    }

    async fn answer(request: Request) -> (Response<()>, String) {
        let response = app().oneshot(request).await.unwrap();
        let (head, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        (Response::from_parts(head, ()), String::from_utf8(body.to_vec()).unwrap())
    }

    async fn problem(request: Request) -> (u16, Value) {
        let (head, body) = answer(request).await;
        assert_eq!(head.headers()[header::CONTENT_TYPE], problem::MEDIA_TYPE);
        assert!(!body.contains("secret"), "{body}");
        (head.status().as_u16(), serde_json::from_str(&body).unwrap())
    }

    fn request(method: &str, path: &str, content_type: &str, body: impl Into<Body>) -> Request {
        Request::builder()
            .method(method)
            .uri(path)
            .header("x-request-id", "test-1")
            .header(header::CONTENT_TYPE, content_type)
            .body(body.into())
            .unwrap()
    }

    #[tokio::test]
    async fn every_error_is_a_problem_document() {
        let large = vec![b' '; 3 * 1024 * 1024];
        let json = "application/json";
        let cases = [
            (request("GET", "/api/nothing", json, ""), 404, "not_found"),
            (request("DELETE", "/api/read", json, ""), 405, "method_not_allowed"),
            (request("DELETE", "/somewhere", json, ""), 405, "method_not_allowed"),
            (request("POST", "/api/read", "text/plain", "{}"), 415, "unsupported_media_type"),
            (request("POST", "/api/read", json, large), 413, "payload_too_large"),
            (request("POST", "/api/read", json, "{\"numbers\": [1"), 400, "malformed_json"),
            (request("POST", "/api/read", json, "{\"numbers\": []} x"), 400, "malformed_json"),
            (request("POST", "/api/read", json, "{\"numbers\": [1, 300]}"), 422, "invalid_request"),
            (request("GET", "/api/explode", json, ""), 500, "internal"),
            (request("GET", "/api/fail", json, ""), 500, "internal"),
            (request("GET", "/api/wait", json, ""), 429, "too_many_requests"),
        ];
        for (request, status, code) in cases {
            let path = request.uri().path().to_owned();
            let (answered, document) = problem(request).await;
            assert_eq!((answered, document["code"].as_str()), (status, Some(code)), "{path}");
            assert_eq!(document["type"], format!("urn:aloftly:problem:{code}"));
            assert_eq!(document["status"], status);
            assert_eq!(document["instance"], path);
            assert_eq!(document["request_id"], "test-1");
            assert!(document["detail"].is_string() && document["title"].is_string());
        }
    }

    #[tokio::test]
    async fn a_wrong_body_is_answered_with_the_place_that_is_wrong() {
        let (_, document) =
            problem(request("POST", "/api/read", "application/json; charset=utf-8", r#"{"numbers": [1, 300]}"#)).await;
        let expected = "invalid value: integer `300`, expected u8";
        assert_eq!(document["errors"], json!([{ "pointer": "/numbers/1", "detail": expected }]));
    }

    #[tokio::test]
    async fn waiting_times_and_allowed_methods_are_answered() {
        let (head, _) = answer(request("GET", "/api/wait", "text/plain", "")).await;
        assert_eq!(head.headers()[header::RETRY_AFTER], "2");
        let (head, _) = answer(request("DELETE", "/api/read", "text/plain", "")).await;
        assert_eq!(head.headers()[header::ALLOW], "POST");
    }

    #[tokio::test]
    async fn a_panic_is_one_500_and_the_next_request_is_answered() {
        for _ in 0..2 {
            let (status, _) = problem(request("GET", "/api/explode", "text/plain", "")).await;
            assert_eq!(status, 500);
        }
    }

    #[tokio::test]
    async fn requests_of_other_sites_change_nothing() {
        let mut foreign = request("POST", "/api/read", "application/json", r#"{"numbers": []}"#);
        foreign.headers_mut().insert(header::ORIGIN, "https://evil.example".parse().unwrap());
        let (status, document) = problem(foreign).await;
        assert_eq!((status, document["code"].as_str()), (403, Some("cross_origin")));
        let (head, body) = answer(request("POST", "/api/read", "application/json", r#"{"numbers": []}"#)).await;
        assert_eq!((head.status().as_u16(), body.as_str()), (200, "read"));
    }

    #[tokio::test]
    async fn harmless_request_ids_are_kept_and_others_replaced() {
        for (given, kept) in [("abc-1.2_3", true), ("a b", false), ("<script>", false), (&"x".repeat(65), false)] {
            let mut sent = request("GET", "/api/nothing", "text/plain", "");
            sent.headers_mut().insert("x-request-id", given.parse().unwrap());
            let (head, body) = answer(sent).await;
            let answered = head.headers()["x-request-id"].to_str().unwrap();
            assert_eq!(answered == given, kept, "{given}");
            let document: Value = serde_json::from_str(&body).unwrap();
            assert_eq!(document["request_id"], answered);
        }
    }

    #[tokio::test]
    async fn every_answer_carries_the_security_headers() {
        for path in ["/", "/api/nothing", "/api/explode", "/deep/link", "/assets/gone.js"] {
            let (head, _) = answer(request("GET", path, "text/plain", "")).await;
            let header = |name: &str| head.headers().get(name).unwrap_or_else(|| panic!("{path} lacks {name}"));
            assert_eq!(header("x-content-type-options"), "nosniff");
            assert_eq!(header("x-frame-options"), "DENY");
            assert_eq!(header("referrer-policy"), "same-origin");
            assert_eq!(header("cross-origin-opener-policy"), "same-origin");
            let policy = header("content-security-policy").to_str().unwrap();
            assert!(policy.contains("script-src 'self';") && policy.contains("default-src 'none'"), "{policy}");
            assert!(!policy.contains("unsafe"), "{policy}");
        }
    }

    #[tokio::test]
    async fn addresses_of_the_app_get_its_page_and_addresses_of_the_api_never() {
        let (head, body) = answer(request("GET", "/orders/by/channel", "text/plain", "")).await;
        assert_eq!(head.status(), 200);
        assert_eq!(head.headers()[header::CACHE_CONTROL], "no-cache");
        assert!(body.contains("<html") || body.contains("<!doctype html>"), "{body}");
        for path in ["/api", "/api/", "/api/x/y", "/assets/index-gone.js"] {
            let (status, _) = problem(request("GET", path, "text/plain", "")).await;
            assert_eq!(status, 404, "{path}");
        }
    }
}
