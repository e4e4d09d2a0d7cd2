//! The figures of a link's dashboard.

use std::collections::BTreeMap;

use aloftly_catalog::{OpenShare, Shows};
use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::shared::told;
use super::{refused, visit};
use crate::api::App;
use crate::api::metrics::{Asking, BatchResponse};
use crate::http::client::Caller;
use crate::http::json::Json;
use crate::http::problem::{Problem, ProblemDocument};
use crate::http::request_id::RequestId;
use crate::http::session::Reader;

const PATH: &str = "/api/shared/data";

/// Which figures of a link's dashboard are wanted.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct SharedQuestion {
    /// The ids of widgets; all that ask something unless it is said.
    widgets: Option<Vec<String>>,
    /// A range's name, or its first and last day: `2026-10-01..2026-10-31`. Only where the link allows it.
    range: Option<String>,
    /// The name of a comparison, or `none`. Only where the link allows it.
    compare: Option<String>,
    /// The `revision` of the dashboard that the caller shows. Where it is another one by now, nothing is answered: a figure would stand under the
    /// title of what its widget asked before.
    revision: Option<i64>,
    /// The `etag` of an answer that the caller has, by the widget's id: where it is still the answer, it is not sent again.
    #[serde(default)]
    known: BTreeMap<String, String>,
}

/// Answers what the widgets of a link's dashboard ask
#[utoipa::path(
    post,
    path = "/api/shared/data",
    tag = "shares",
    params(
        ("Share-Ticket" = Option<String>, Header, description = "The `ticket` of `POST /api/shared/unlock`, where the link wants a password"),
        ("Share-Embed-Key" = Option<String>, Header, description = "The key in the address of the frame, where a page of somebody else's shows it"),
    ),
    request_body = SharedQuestion,
    responses(
        (status = 200, description = "What became of each widget's question, by the widget's id", body = BatchResponse),
        (status = 400, description = "Malformed", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "`password_wanted`: the link wants a password, which `POST /api/shared/unlock` takes", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 409, description = "`dashboard_changed`: the dashboard is another one by now; `GET /api/shared?again=true` shows it", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 410, description = "`link_expired`: there is no such link, it was taken back or has run out, its dashboard is not public any more, or who made it does not see its stores any more", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 422, description = "Well-formed but wrong: a widget that asks nothing, or days that the link does not show", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 503, description = "`too_busy`: other queries took all turns; `Retry-After` says when to try again", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 504, description = "`query_timeout`: it took longer than it may", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(in crate::api) async fn query_share(
    State(app): State<App>,
    Extension(request_id): Extension<RequestId>,
    caller: Caller,
    headers: HeaderMap,
    Json(given): Json<SharedQuestion>,
) -> Result<Response, Problem> {
    let SharedQuestion { widgets, range, compare, revision, known } = given;
    let open = app.backend.catalog.open_share(&visit(&headers)?).await.map_err(refused)?;
    let OpenShare { id, context, shows, stores, .. } = open;
    app.sign_in.shared_figures(id, caller.address)?;
    let questions = match shows {
        Shows::Dashboard(dashboard) => {
            if revision.is_some_and(|shown| shown != dashboard.revision()) {
                let detail = "The dashboard was changed since it was opened.";
                return Err(Problem::new(StatusCode::CONFLICT, "dashboard_changed", detail));
            }
            let today = app.backend.clock.now().date_naive();
            dashboard.questions(today, range.as_deref(), compare.as_deref()).map_err(Problem::of_fields)?
        }
        Shows::Answer(_) => BTreeMap::new(),
    };
    let questions = wanted(questions, widgets)?;
    if known.keys().any(|widget| !questions.contains_key(widget)) {
        return Err(Problem::invalid_field("/known", "names a widget that is not asked for"));
    }
    let reader = Reader::of_visitor(&app, app.backend.catalog.tenant(context), &stores);
    Asking::new(app, reader, request_id, PATH, told).together(questions, known).await
}

/// Those of a dashboard's questions that are wanted, by the ids of their widgets.
fn wanted(
    mut questions: BTreeMap<String, Value>,
    widgets: Option<Vec<String>>,
) -> Result<BTreeMap<String, Value>, Problem> {
    let Some(widgets) = widgets else { return Ok(questions) };
    if let Some(index) = widgets.iter().position(|widget| !questions.contains_key(widget)) {
        return Err(Problem::invalid_field(
            &format!("/widgets/{index}"),
            "is no widget of this link that asks anything",
        ));
    }
    questions.retain(|widget, _| widgets.contains(widget));
    Ok(questions)
}
