//! The audit log: who did what to what, when, and from where.

#![allow(unused_qualifications, reason = "what utoipa derives names types by their full paths")]

mod export;

use aloftly_catalog::{AuditAction, AuditActor, AuditEvent, AuditFilter};
use axum::Json;
use chrono::{DateTime, Datelike, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::http::problem::{Problem, ProblemDocument};
use crate::http::query::Query;
use crate::http::session::Principal;

pub(super) use export::{__path_export_audit, export_audit};

/// How many events a page has, unless it is said.
const PAGE: u32 = 100;

/// Something that was done.
#[derive(Serialize, ToSchema)]
pub(super) struct Event {
    id: Uuid,
    at: DateTime<Utc>,
    actor: Actor,
    /// What was done, for programs.
    #[schema(example = "member.role_changed")]
    action: String,
    /// What was done, in words.
    #[schema(example = "Changed a member's role")]
    summary: String,
    /// What it was done to.
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<Target>,
    /// What tells more, such as the role before and after.
    #[schema(value_type = Object)]
    detail: Value,
    /// The address that it was done from.
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    /// The program that it was done with, as that calls itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    user_agent: Option<String>,
}

/// Who did it.
#[derive(Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Actor {
    /// A person.
    User {
        id: Uuid,
        /// Their address at the time.
        email: String,
    },
    /// A program, with an API key.
    Key {
        id: Uuid,
        /// What the key was called at the time.
        name: String,
    },
    /// The program itself.
    System {
        /// Why.
        reason: String,
    },
}

/// What it was done to.
#[derive(Serialize, ToSchema)]
struct Target {
    id: Uuid,
    /// What it was called at the time.
    name: String,
}

/// Some events, newest first.
#[derive(Serialize, ToSchema)]
pub(super) struct EventList {
    events: Vec<Event>,
    /// For the next page; missing on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<Uuid>,
}

/// Which events.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Which {
    /// Of this action, such as `member.role_changed`.
    action: Option<String>,
    /// By this person or API key.
    actor_id: Option<Uuid>,
    /// From this instant.
    from: Option<DateTime<Utc>>,
    /// Before this instant.
    to: Option<DateTime<Utc>>,
    /// With this text in the name of who did it, of what it was done to, in the action, or in the address.
    search: Option<String>,
    /// `next_cursor` of the page before.
    cursor: Option<Uuid>,
    /// How many at most, 1 to 500.
    limit: Option<u32>,
}

impl Which {
    fn filter(self) -> Result<AuditFilter, Problem> {
        let unknown = |text: &str| Problem::malformed("unknown_action", format!("There is no action {text:?}."));
        let action = self.action.map(|text| text.parse::<AuditAction>().map_err(|()| unknown(&text))).transpose()?;
        let is_kept = |at: &DateTime<Utc>| (1..=9999).contains(&at.year());
        if ![self.from, self.to].iter().flatten().all(is_kept) {
            return Err(Problem::malformed("malformed_query", "`from` and `to` must be of the years 1 to 9999."));
        }
        let search = self.search.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        Ok(AuditFilter { action, actor: self.actor_id, from: self.from, to: self.to, search })
    }
}

impl From<AuditEvent> for Event {
    fn from(event: AuditEvent) -> Self {
        Self {
            id: event.id,
            at: event.at,
            actor: match event.actor {
                AuditActor::User { id, email } => Actor::User { id: id.0, email },
                AuditActor::Key { id, name } => Actor::Key { id: id.0, name },
                AuditActor::System(reason) => Actor::System { reason },
            },
            summary: event
                .action
                .parse()
                .map_or_else(|()| event.action.clone(), |known: AuditAction| known.words().to_owned()),
            action: event.action,
            target: event.target.map(|(id, name)| Target { id, name }),
            detail: event.detail,
            address: event.address,
            user_agent: event.user_agent,
        }
    }
}

/// Lists what was done in the organisation, newest first
#[utoipa::path(
    get,
    path = "/api/audit",
    tag = "audit",
    security(("session" = []), ("api_key" = ["audit:read"])),
    params(Which),
    responses(
        (status = 200, description = "The events", body = EventList),
        (status = 400, description = "Malformed, or there is no such action (`unknown_action`)", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "`insufficient_scope`: the key lacks the scope. For admins", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list_audit(principal: Principal, Query(which): Query<Which>) -> Result<Json<EventList>, Problem> {
    let (cursor, limit) = (which.cursor, which.limit.unwrap_or(PAGE));
    let page = principal.tenant.audit_events(&which.filter()?, cursor, limit).await?;
    Ok(Json(EventList { events: page.events.into_iter().map(Into::into).collect(), next_cursor: page.next_cursor }))
}
