//! The audit log as a file.

use aloftly_catalog::{AuditActor, AuditEvent, AuditFilter, CatalogError, Tenant};
use axum::body::{Body, Bytes};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use chrono::SecondsFormat;
use futures::stream;
use uuid::Uuid;

use super::Which;
use crate::csv_line;
use crate::http::problem::{Chain, Problem, ProblemDocument};
use crate::http::query::Query;
use crate::http::session::Principal;

/// So many events are read at once.
const PAGE: u32 = 500;

const TITLES: [&str; 9] =
    ["at", "actor", "actor_id", "action", "target", "target_id", "detail", "address", "user_agent"];

/// Writes what was done in the organisation to a CSV file, newest first
///
/// `cursor` and `limit` do not matter: all events that the other parameters choose are in it.
#[utoipa::path(
    get,
    path = "/api/audit/export",
    tag = "audit",
    security(("session" = []), ("api_key" = ["audit:read"])),
    params(Which),
    responses(
        (status = 200, description = "The events", body = String, content_type = "text/csv"),
        (status = 400, description = "Malformed, or there is no such action (`unknown_action`)", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "`insufficient_scope`: the key lacks the scope. For admins", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(in crate::api) async fn export_audit(
    principal: Principal,
    Query(which): Query<Which>,
) -> Result<Response, Problem> {
    let (tenant, filter) = (principal.tenant, which.filter()?);
    // The first page is read before anything is answered: who may not, and a database that is away, have a status of their own.
    let first = tenant.audit_events(&filter, None, PAGE).await?;
    let titles = csv_line::write(&TITLES);
    let begun = Next { tenant, filter, ready: Some((titles + &lines(&first.events), first.next_cursor)) };
    let body = Body::from_stream(stream::try_unfold(begun, Next::step));
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"audit.csv\""),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, body).into_response())
}

/// What is still to be sent.
struct Next {
    tenant: Tenant,
    filter: AuditFilter,
    /// The text that is sent next, and where the page behind it begins.
    ready: Option<(String, Option<Uuid>)>,
}

impl Next {
    async fn step(self) -> Result<Option<(Bytes, Self)>, CatalogError> {
        let Self { tenant, filter, ready } = self;
        let Some((text, cursor)) = ready else { return Ok(None) };
        let ready = match cursor {
            None => None,
            Some(cursor) => {
                let page = tenant.audit_events(&filter, Some(cursor), PAGE).await;
                let page =
                    page.inspect_err(|error| tracing::warn!(error = %Chain(error), "an export ended half way"))?;
                Some((lines(&page.events), page.next_cursor))
            }
        };
        Ok(Some((Bytes::from(text), Self { tenant, filter, ready })))
    }
}

fn lines(events: &[AuditEvent]) -> String {
    events.iter().map(line).collect()
}

fn line(event: &AuditEvent) -> String {
    let (actor, actor_id) = match &event.actor {
        AuditActor::User { id, email } => (email.as_str(), id.to_string()),
        AuditActor::Key { id, name } => (name.as_str(), id.to_string()),
        AuditActor::System(reason) => (reason.as_str(), String::new()),
    };
    let (target_id, target) =
        event.target.as_ref().map_or_else(|| (String::new(), ""), |(id, name)| (id.to_string(), name.as_str()));
    csv_line::write(&[
        &event.at.to_rfc3339_opts(SecondsFormat::Micros, true),
        actor,
        &actor_id,
        &event.action,
        target,
        &target_id,
        &event.detail.to_string(),
        event.address.as_deref().unwrap_or_default(),
        event.user_agent.as_deref().unwrap_or_default(),
    ])
}
