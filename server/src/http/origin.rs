//! Requests that change something, or open a socket, must come from the app itself, not from another site's page.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::problem::Problem;

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The origin under which browsers reach the app, when it was configured.
#[derive(Clone, Debug)]
pub struct PublicOrigin(pub Option<Arc<str>>);

/// The layer that refuses them.
pub async fn refuse_cross_origin(State(public): State<PublicOrigin>, request: Request, next: Next) -> Response {
    // What is read cannot be seen by another site's page; but of a socket everything can.
    let reads = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS)
        && !request.headers().contains_key(header::UPGRADE);
    if reads || own(request.headers(), request.uri(), public.0.as_deref()) {
        return next.run(request).await;
    }
    let detail = "The request comes from another site. If this is your own address, set ALOFTLY_PUBLIC_ORIGIN to it.";
    Problem::new(StatusCode::FORBIDDEN, "cross_origin", detail).into_response()
}

/// Browsers say where a request comes from; programs that say nothing hold no cookie that a site could borrow.
fn own(headers: &HeaderMap, uri: &Uri, public: Option<&str>) -> bool {
    let text = |name: &HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    if let Some(site) = text(&FETCH_SITE)
        && !matches!(site, "same-origin" | "none")
    {
        return false;
    }
    let Some(origin) = text(&header::ORIGIN) else { return true };
    if let Some(public) = public {
        return origin == public;
    }
    let host = text(&header::HOST).or_else(|| uri.authority().map(axum::http::uri::Authority::as_str));
    let authority = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
    authority.is_some() && authority == host
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own_with(pairs: &[(&'static str, &'static str)], public: Option<&str>) -> bool {
        let headers =
            pairs.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap())).collect();
        own(&headers, &Uri::from_static("/api/x"), public)
    }

    #[test]
    fn only_the_apps_own_pages_and_programs_may_change_things() {
        let host = ("host", "stats.example.com");
        assert!(own_with(&[host], None));
        assert!(own_with(&[host, ("origin", "https://stats.example.com")], None));
        assert!(own_with(&[host, ("origin", "https://stats.example.com"), ("sec-fetch-site", "same-origin")], None));
        for foreign in ["https://evil.example", "null", "https://stats.example.com.evil.example", "", "https://"] {
            assert!(!own_with(&[host, ("origin", foreign)], None), "{foreign}");
        }
        assert!(!own_with(&[host, ("sec-fetch-site", "cross-site")], None));
        assert!(!own_with(&[host, ("sec-fetch-site", "same-site")], None));
    }

    #[test]
    fn a_configured_origin_is_the_only_one() {
        let public = Some("https://stats.example.com");
        let host = ("host", "10.0.0.7:7700");
        assert!(own_with(&[host, ("origin", "https://stats.example.com")], public));
        assert!(!own_with(&[host, ("origin", "http://10.0.0.7:7700")], public));
        assert!(!own_with(&[host, ("origin", "http://stats.example.com")], public));
    }
}
