//! What each failure of the rooms below is to a caller.

use std::time::Duration;

use aloftly_catalog::CatalogError;
use aloftly_engine::lake::{LakeError, ManifestError};
use aloftly_engine::metrics::{FieldError, QueryError};
use axum::http::StatusCode;

use crate::http::problem::{FieldProblem, Problem};
use crate::service::queries::QueryStopped;

impl From<CatalogError> for Problem {
    fn from(error: CatalogError) -> Self {
        match error {
            CatalogError::NotFound(_) => Self::not_found(),
            CatalogError::Forbidden(role) => Self::forbidden(format!("This needs the role {role}.")),
            CatalogError::Unauthenticated => Self::unauthenticated(),
            CatalogError::InvalidCredentials => Self::new(
                StatusCode::UNAUTHORIZED,
                "invalid_credentials",
                "The e-mail address or the password is wrong.",
            ),
            CatalogError::Taken(what) => Self::new(StatusCode::CONFLICT, "taken", format!("This {what} is taken.")),
            CatalogError::Invalid { field, reason } => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_request", format!("{field}: {reason}"))
            }
            CatalogError::TooMuchWaiting { limit } => Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "too_much_waiting",
                format!("Files of more than {limit} bytes would wait to be imported. Wait until some of them are."),
            )
            .with_retry_after(Duration::from_secs(60)),
            CatalogError::Database(_) if !error.is_refused_statement() => Self::unavailable(&error),
            _ => Self::internal(&error),
        }
    }
}

impl From<LakeError> for Problem {
    fn from(error: LakeError) -> Self {
        lake(&error)
    }
}

fn lake(error: &LakeError) -> Problem {
    match error {
        LakeError::Manifest(ManifestError::UnknownStore(_)) => Problem::not_found(),
        LakeError::Manifest(ManifestError::Unavailable(_)) | LakeError::ObjectStore(_) => Problem::unavailable(error),
        _ => Problem::internal(error),
    }
}

impl From<FieldError> for FieldProblem {
    fn from(error: FieldError) -> Self {
        Self { pointer: error.pointer, detail: error.detail }
    }
}

impl From<QueryError> for Problem {
    fn from(error: QueryError) -> Self {
        let refused = |code, detail| Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail);
        match error {
            QueryError::Invalid(errors) => Self::invalid(errors.into_iter().map(Into::into).collect()),
            QueryError::Unsupported(error) => {
                refused("unsupported", error.detail.clone()).with_errors(vec![error.into()])
            }
            QueryError::Limit { .. } => refused("limit_exceeded", error.to_string()),
            QueryError::MixedCurrencies { .. } => refused("mixed_currencies", error.to_string()),
            QueryError::Lake(cause) => lake(&cause),
            _ => Self::internal(&error),
        }
    }
}

impl From<QueryStopped> for Problem {
    fn from(error: QueryStopped) -> Self {
        match error {
            QueryStopped::TimedOut(_) => Self::timed_out(
                "query_timeout",
                "The query took longer than it may. Ask for a shorter range, coarser buckets or fewer groups.",
            ),
            QueryStopped::Panicked => Self::internal(&error),
        }
    }
}
