//! The way from nothing to first figures.

use aloftly_catalog::OnboardingStep;
use axum::Json;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::http::json;
use crate::http::problem::{Problem, ProblemDocument};
use crate::http::session::Session;

/// How far the organisation is from nothing to first figures.
#[derive(Serialize, ToSchema)]
pub(super) struct Onboarding {
    /// All steps, in their order.
    steps: Vec<Step>,
    /// The store that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    store_id: Option<Uuid>,
    /// The import that is under way.
    #[serde(skip_serializing_if = "Option::is_none")]
    import_id: Option<Uuid>,
    /// The first dashboard.
    #[serde(skip_serializing_if = "Option::is_none")]
    dashboard_id: Option<Uuid>,
    /// When somebody said that it is done.
    #[serde(skip_serializing_if = "Option::is_none")]
    finished_at: Option<DateTime<Utc>>,
}

/// A step, and whether it was made.
#[derive(Serialize, ToSchema)]
#[schema(as = OnboardingStep)]
struct Step {
    id: StepId,
    done: bool,
}

/// A step from nothing to first figures.
#[derive(Serialize, ToSchema)]
#[schema(as = OnboardingStepId)]
#[serde(rename_all = "snake_case")]
enum StepId {
    Store,
    Data,
    Template,
    Numbers,
}

/// What is to be different about the first steps.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OnboardingChange {
    /// Whether they are over; true.
    finished: bool,
}

impl From<OnboardingStep> for StepId {
    fn from(step: OnboardingStep) -> Self {
        match step {
            OnboardingStep::Store => Self::Store,
            OnboardingStep::Data => Self::Data,
            OnboardingStep::Template => Self::Template,
            OnboardingStep::Numbers => Self::Numbers,
        }
    }
}

impl From<aloftly_catalog::Onboarding> for Onboarding {
    fn from(onboarding: aloftly_catalog::Onboarding) -> Self {
        let steps = OnboardingStep::ALL.map(|step| Step { id: step.into(), done: onboarding.is_done(step) });
        Self {
            steps: steps.into(),
            store_id: onboarding.store.map(|store| store.0),
            import_id: onboarding.import.map(|import| import.0),
            dashboard_id: onboarding.dashboard.map(|dashboard| dashboard.0),
            finished_at: onboarding.finished_at,
        }
    }
}

/// Tells how far the organisation is from nothing to first figures
#[utoipa::path(
    get,
    path = "/api/onboarding",
    tag = "onboarding",
    security(("session" = [])),
    responses(
        (status = 200, description = "How far it is", body = Onboarding),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "`needs_person`: not for keys", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn get_onboarding(session: Session) -> Result<Json<Onboarding>, Problem> {
    Ok(Json(session.tenant.onboarding().await?.into()))
}

/// Says that the first steps are over
#[utoipa::path(
    patch,
    path = "/api/onboarding",
    tag = "onboarding",
    security(("session" = [])),
    request_body = OnboardingChange,
    responses(
        (status = 200, description = "How far it is", body = Onboarding),
        (status = 400, description = "Malformed", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "For admins", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 409, description = "`role_changed`: one's role was changed meanwhile", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 422, description = "Well-formed but wrong", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn change_onboarding(
    session: Session,
    json::Json(change): json::Json<OnboardingChange>,
) -> Result<Json<Onboarding>, Problem> {
    if !change.finished {
        return Err(Problem::invalid_field("/finished", "must be true: what was made is not unmade"));
    }
    session.tenant.finish_onboarding().await?;
    Ok(Json(session.tenant.onboarding().await?.into()))
}
