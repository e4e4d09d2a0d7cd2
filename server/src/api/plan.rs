//! What the organisation's plan includes.

use aloftly_catalog::plans;
use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::problem::{Problem, ProblemDocument};
use crate::http::session::Session;

/// What the organisation pays for, and how much of it is in use.
#[derive(Serialize, ToSchema)]
pub(super) struct Plan {
    #[schema(value_type = TierName)]
    tier: plans::Tier,
    limits: Limits,
    usage: Usage,
}

/// The name of a plan, the least first.
#[derive(ToSchema)]
#[schema(as = PlanTier)]
#[serde(rename_all = "snake_case")]
#[allow(dead_code, reason = "describes a schema")]
enum TierName {
    Free,
    Starter,
    Growth,
    Scale,
    Enterprise,
}

/// How much the plan includes; `null` is as much as one likes.
#[derive(Serialize, ToSchema)]
#[schema(as = PlanLimits)]
struct Limits {
    #[schema(required = true)]
    stores: Option<u32>,
    /// Connections to sources of data.
    #[schema(required = true)]
    integrations: Option<u32>,
    /// Members of the organisation.
    #[schema(required = true)]
    seats: Option<u32>,
    #[schema(required = true)]
    dashboards: Option<u32>,
    /// For how many months data are kept.
    #[schema(required = true)]
    retention_months: Option<u32>,
}

/// How much of it is in use.
#[derive(Serialize, ToSchema)]
#[schema(as = PlanUsage)]
struct Usage {
    stores: u32,
    /// Connections to sources of data that were not ended.
    integrations: u32,
    /// Members, and people who were asked to become one.
    seats: u32,
    dashboards: u32,
}

/// Tells what the organisation's plan includes, and how much of it is in use
#[utoipa::path(
    get,
    path = "/api/plan",
    tag = "organizations",
    security(("session" = [])),
    responses(
        (status = 200, description = "The plan", body = Plan),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "`needs_person`: not for keys", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn get_plan(session: Session) -> Result<Json<Plan>, Problem> {
    let plans::Plan { tier, usage } = session.tenant.plan().await?;
    let plans::Limits { stores, integrations, seats, dashboards, retention_months } = tier.limits();
    Ok(Json(Plan {
        tier,
        limits: Limits { stores, integrations, seats, dashboards, retention_months },
        usage: Usage {
            stores: usage.stores,
            integrations: usage.integrations,
            seats: usage.seats,
            dashboards: usage.dashboards,
        },
    }))
}
