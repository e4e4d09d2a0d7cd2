//! The page that shows a link within pages of others.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;

use crate::api::App;
use crate::http::headers::Framing;
use crate::http::problem::Problem;
use crate::http::web;

/// The app's page, which browsers show within those pages that the link with that key names; and within none where there is no such link.
///
/// It tells nothing of the link: whoever has it has the token in the fragment of the address, which browsers keep to themselves.
pub(in crate::api) async fn frame(State(app): State<App>, Path(key): Path<String>) -> Result<Response, Problem> {
    let framing = Framing::by(&app.backend.catalog.framing(&key).await?);
    // Asked for in full each time: what browsers keep of it would say which pages might show it before.
    let mut page = web::page(&HeaderMap::new());
    page.headers_mut().remove(header::ETAG);
    page.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(framing) = framing {
        page.extensions_mut().insert(framing);
    }
    Ok(page)
}
