//! Links that show figures to whoever has them: making, changing and taking them back. What they show is in `shared.rs` and `data.rs`.

#![allow(unused_qualifications, reason = "what utoipa derives names types by their full paths")]

mod data;
mod frame;
mod shared;
mod unlock;

use std::collections::BTreeSet;

use aloftly_catalog::dashboards::Visibility;
use aloftly_catalog::{CatalogError, DashboardId, NewShare, ShareOf};
use aloftly_engine::StoreId;
use aloftly_engine::metrics::{Query, QueryRequest};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use chrono::{DateTime, Utc};
use secrecy::SecretString;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

pub(super) use self::data::{__path_query_share, query_share};
pub(super) use self::frame::frame;
pub(super) use self::shared::{__path_open_share, open_share};
pub(super) use self::unlock::{__path_unlock_share, unlock_share};
use super::App;
use super::metrics::answer;
use crate::http::json::Json;
use crate::http::path;
use crate::http::problem::{Problem, ProblemDocument};
use crate::http::session::{Reader, Session, bearer};

/// What shows that a link's password was known.
const TICKET: HeaderName = HeaderName::from_static("share-ticket");
/// The key in the address of the frame that shows a link.
const EMBED_KEY: HeaderName = HeaderName::from_static("share-embed-key");

/// The shares, the newest first.
#[derive(Serialize, ToSchema)]
pub(super) struct ShareList {
    shares: Vec<Share>,
}

/// A link that shows the answer to one question, or a dashboard.
#[derive(Serialize, ToSchema)]
pub(super) struct Share {
    id: Uuid,
    name: String,
    /// The question, with its stores.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<QueryRequest>)]
    query: Option<Value>,
    /// The dashboard, where it shows one.
    #[serde(skip_serializing_if = "Option::is_none")]
    dashboard: Option<DashboardOfShare>,
    store_ids: BTreeSet<Uuid>,
    /// Whether whoever has the link is asked for a password.
    has_password: bool,
    /// The pages that may show it within themselves.
    origins: Vec<String>,
    /// What stands in the address of such a frame: `/embed/` and this. It opens nothing without the token. Missing where no page may.
    #[serde(skip_serializing_if = "Option::is_none")]
    embed_key: Option<String>,
    /// Whether whoever has the link may look at other days.
    may_change_range: bool,
    /// The address of who made it. It shows nothing once they do not see all of its stores.
    created_by: String,
    created_at: DateTime<Utc>,
    /// When it ends by itself; never where it is `null`.
    #[schema(required = true)]
    expires_at: Option<DateTime<Utc>>,
    /// Whether it has ended by itself.
    expired: bool,
    /// How often it was opened.
    views: u64,
    /// When last.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_viewed_at: Option<DateTime<Utc>>,
}

/// The dashboard that a link shows.
#[derive(Serialize, ToSchema)]
pub(super) struct DashboardOfShare {
    id: Uuid,
    name: String,
    /// The link shows something only while it is `public`.
    visibility: Visibility,
}

/// A share with its token, which is shown this once.
#[derive(Serialize, ToSchema)]
pub(super) struct NewlyShared {
    share: Share,
    /// What `GET /api/shared` wants as a bearer.
    #[schema(example = "aloftly_share_…")]
    token: String,
}

/// A share that is to be: of a question, or of a dashboard.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Sharing {
    /// What people call it. Whoever has the link reads it.
    name: String,
    /// The question. Where it names no stores, it is about all that one sees at this moment.
    #[schema(value_type = Option<QueryRequest>)]
    query: Option<Value>,
    /// The dashboard, which must be public.
    dashboard_id: Option<Uuid>,
    /// The stores that a dashboard's figures are of: those of its settings unless it is said, and where they name none all of its workspace that
    /// one sees at this moment.
    store_ids: Option<Vec<Uuid>>,
    /// When it ends by itself, within a year; `null` is never.
    #[schema(required = true)]
    #[serde(deserialize_with = "Option::deserialize")]
    expires_at: Option<DateTime<Utc>>,
    /// What whoever has the link is asked for: ten characters or more.
    #[schema(value_type = Option<String>, format = "password")]
    password: Option<SecretString>,
    /// The pages that may show it within themselves, at most 20.
    #[schema(example = json!(["https://shop.example.com"]))]
    origins: Option<Vec<String>>,
    /// Whether whoever has the link may look at other days.
    #[serde(default)]
    may_change_range: bool,
}

/// What is to be different about a share; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ShareChange {
    /// What people call it. Whoever has the link reads it.
    name: Option<String>,
    /// When it ends by itself, within a year; `null` is never.
    #[schema(value_type = Option<DateTime<Utc>>)]
    #[serde(default, deserialize_with = "said")]
    expires_at: Option<Option<DateTime<Utc>>>,
    /// What whoever has the link is asked for: ten characters or more; `null` is nothing.
    #[schema(value_type = Option<String>, format = "password")]
    #[serde(default, deserialize_with = "said")]
    password: Option<Option<SecretString>>,
    /// The pages that may show it within themselves.
    #[schema(example = json!(["https://shop.example.com"]))]
    origins: Option<Vec<String>>,
    /// Whether whoever has the link may look at other days.
    may_change_range: Option<bool>,
}

/// Tells `null` from what is left out.
fn said<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

impl Share {
    fn of(share: aloftly_catalog::Share, now: DateTime<Utc>) -> Self {
        let dashboard = share.dashboard.map(|dashboard| DashboardOfShare {
            id: dashboard.id.0,
            name: dashboard.name,
            visibility: dashboard.visibility,
        });
        Self {
            id: share.id.0,
            name: share.name,
            query: share.query,
            dashboard,
            store_ids: share.stores.into_iter().map(|store| store.0).collect(),
            has_password: share.has_password,
            origins: share.origins,
            embed_key: share.embed_key,
            may_change_range: share.may_change_range,
            created_by: share.created_by,
            created_at: share.created_at,
            expires_at: share.expires_at,
            expired: share.expires_at.is_some_and(|end| end <= now),
            views: share.views,
            last_viewed_at: share.last_viewed_at,
        }
    }
}

/// Lists the links that show figures: one's own, and everybody's to admins
#[utoipa::path(
    get,
    path = "/api/shares",
    tag = "shares",
    security(("session" = [])),
    responses(
        (status = 200, description = "The shares, the newest first", body = ShareList),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "For members and above", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list_shares(State(app): State<App>, session: Session) -> Result<axum::Json<ShareList>, Problem> {
    let now = app.backend.clock.now();
    let shares = session.tenant.shares().await?.into_iter().map(|share| Share::of(share, now)).collect();
    Ok(axum::Json(ShareList { shares }))
}

/// Makes a link that shows the answer to one question, or a dashboard, to whoever has it
#[utoipa::path(
    post,
    path = "/api/shares",
    tag = "shares",
    security(("session" = [])),
    request_body = Sharing,
    responses(
        (status = 201, description = "The share, and its token, which is not to be had again", body = NewlyShared),
        (status = 400, description = "Malformed", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "For members and above", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 404, description = "There is no such dashboard, or not for you", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 409, description = "`too_many_shares`; `not_public`: the dashboard is not to be shown by links; or `role_changed`: one's role was changed meanwhile", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 422, description = "Well-formed but wrong: the name, the end, the password, an origin, or the question, whose mistakes are told as `POST /api/metrics/query` tells them", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn create_share(
    State(app): State<App>,
    session: Session,
    reader: Reader,
    Json(given): Json<Sharing>,
) -> Result<(StatusCode, axum::Json<NewlyShared>), Problem> {
    let of = match (given.query, given.dashboard_id) {
        (Some(_), None) if given.store_ids.is_some() => {
            return Err(Problem::invalid_field("/store_ids", "is for dashboards: a question names its stores itself"));
        }
        (Some(query), None) => of_question(&app, &reader, query).await?,
        (None, Some(id)) => {
            let stores = given.store_ids.map(|stores| stores.into_iter().map(StoreId).collect());
            ShareOf::Dashboard { id: DashboardId(id), stores }
        }
        (Some(_), Some(_)) | (None, None) => {
            return Err(Problem::invalid_field("", "must have either `query` or `dashboard_id`"));
        }
    };
    let new = NewShare {
        name: given.name,
        of,
        expires_at: given.expires_at,
        password: given.password,
        origins: given.origins.unwrap_or_default(),
        may_change_range: given.may_change_range,
    };
    let (share, token) = session.tenant.create_share(&new).await.map_err(Problem::of_fields)?;
    let share = Share::of(share, app.backend.clock.now());
    Ok((StatusCode::CREATED, axum::Json(NewlyShared { share, token: token.expose().to_owned() })))
}

/// A question that can be shared, with its stores.
async fn of_question(app: &App, reader: &Reader, mut query: Value) -> Result<ShareOf, Problem> {
    let asked = Query::from_json(&query)?;
    if asked.explain {
        return Err(Problem::invalid_field("/query/explain", "is not for those who have a link"));
    }
    // The stores are named for good: one that comes later is not shown by it.
    let stores: BTreeSet<StoreId> = match asked.stores {
        Some(named) => named.into_iter().collect(),
        None => reader.stores.ids(),
    };
    let named: Vec<Value> = stores.iter().map(|store| store.to_string().into()).collect();
    if let Some(fields) = query.as_object_mut() {
        fields.insert("stores".to_owned(), named.into());
    }
    // Answered once, so that what is wrong with it is told now, and stores that the maker does not see are refused.
    answer(app, reader, query.clone()).await?;
    Ok(ShareOf::Query { query, stores })
}

/// Changes a link: its name, its end, its password, and who may show it
///
/// A new password ends what was opened with the one before.
#[utoipa::path(
    patch,
    path = "/api/shares/{id}",
    tag = "shares",
    security(("session" = [])),
    params(("id" = Uuid, Path, description = "The share")),
    request_body = ShareChange,
    responses(
        (status = 200, description = "The share, changed", body = Share),
        (status = 400, description = "Malformed", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "For members and above", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 404, description = "There is no such share, or it is somebody else's", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 409, description = "`role_changed`: one's role was changed meanwhile", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 422, description = "Well-formed but wrong", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn change_share(
    State(app): State<App>,
    session: Session,
    Path(id): Path<String>,
    Json(given): Json<ShareChange>,
) -> Result<axum::Json<Share>, Problem> {
    let ShareChange { name, expires_at, password, origins, may_change_range } = given;
    let change = aloftly_catalog::ShareChange { name, expires_at, password, origins, may_change_range };
    let share = session.tenant.change_share(path::id(&id)?, &change).await.map_err(Problem::of_fields)?;
    Ok(axum::Json(Share::of(share, app.backend.clock.now())))
}

/// Takes a link back, at once
#[utoipa::path(
    delete,
    path = "/api/shares/{id}",
    tag = "shares",
    security(("session" = [])),
    params(("id" = Uuid, Path, description = "The share")),
    responses(
        (status = 204, description = "It shows nothing any more"),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "For members and above", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 404, description = "There is no such share, or it is somebody else's", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 409, description = "`role_changed`: one's role was changed meanwhile", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn revoke_share(session: Session, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    session.tenant.revoke_share(path::id(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A visit as its headers tell it.
fn visit(headers: &HeaderMap) -> Result<aloftly_catalog::ShareVisit<'_>, Problem> {
    let text = |name: &HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let token = bearer(headers).ok_or_else(shows_nothing)?;
    Ok(aloftly_catalog::ShareVisit { token, ticket: text(&TICKET), embed_key: text(&EMBED_KEY) })
}

/// What whoever shows a link that cannot be opened is told.
fn refused(error: CatalogError) -> Problem {
    match error {
        CatalogError::LinkExpired => shows_nothing(),
        other => other.into(),
    }
}

fn shows_nothing() -> Problem {
    let detail = "This link shows nothing any more. Ask whoever gave it to you for another.";
    Problem::new(StatusCode::GONE, "link_expired", detail)
}
