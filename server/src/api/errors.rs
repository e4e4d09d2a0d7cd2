//! What each failure of the rooms below is to a caller.

use std::error::Error;
use std::time::Duration;

use aloftly_catalog::{CatalogError, VaultError};
use aloftly_engine::lake::{LakeError, ManifestError, SegmentFault};
use aloftly_engine::metrics::{FieldError, QueryError};
use axum::http::StatusCode;
use datafusion::error::DataFusionError;

use super::import_form;
use crate::http::problem::{Chain, FieldProblem, Problem};
use crate::http::size;
use crate::sampling::SamplingError;
use crate::service::objects;
use crate::service::queries::QueryStopped;
use crate::telemetry::measures;

impl From<CatalogError> for Problem {
    fn from(error: CatalogError) -> Self {
        match error {
            CatalogError::NotFound(_) => Self::not_found(),
            CatalogError::Forbidden(role) => Self::forbidden(format!("This needs the role {role}.")),
            CatalogError::LacksScope(scope) => {
                let detail = format!("This needs a key with the scope {scope}.");
                Self::new(StatusCode::FORBIDDEN, "insufficient_scope", detail)
            }
            CatalogError::NeedsPerson => Self::needs_person(),
            CatalogError::TooManyKeys { limit } => {
                let detail = format!(
                    "An organisation can have {limit} API keys, those that have run out among them. Revoke what is not needed any more."
                );
                Self::new(StatusCode::CONFLICT, "too_many_api_keys", detail)
            }
            CatalogError::TooManyShares { limit } => {
                let detail = format!(
                    "An organisation can have {limit} shares, those that have run out among them. Take back what is not needed any more."
                );
                Self::new(StatusCode::CONFLICT, "too_many_shares", detail)
            }
            CatalogError::TooManyViews { limit } => {
                let detail = format!("A dashboard can have {limit} saved views. Delete what is not needed any more.");
                Self::new(StatusCode::CONFLICT, "too_many_views", detail)
            }
            CatalogError::TooManyTemplates { limit } => {
                let detail = format!("An organisation can have {limit} templates. Delete what is not needed any more.");
                Self::new(StatusCode::CONFLICT, "too_many_templates", detail)
            }
            CatalogError::TooManyAnnotations { limit } => {
                let detail =
                    format!("An organisation can have {limit} annotations. Delete what is not needed any more.");
                Self::new(StatusCode::CONFLICT, "too_many_annotations", detail)
            }
            CatalogError::Stale => {
                let detail = "It was changed meanwhile. Read it again, and change what it is now.";
                Self::new(StatusCode::PRECONDITION_FAILED, "stale", detail)
            }
            CatalogError::WrongDocument { .. } => Self::of_document(error, ""),
            CatalogError::NotTheMaker(what) => Self::forbidden(format!("Only whoever made this {what} may do this.")),
            CatalogError::NotPublic => {
                let detail = "The dashboard is not to be shown by links. Make it public first.";
                Self::new(StatusCode::CONFLICT, "not_public", detail)
            }
            CatalogError::PasswordWanted => Self::forbidden_as(
                "password_wanted",
                "This link wants a password. Ask whoever gave it to you for that.",
            ),
            CatalogError::PlanLimit { .. } | CatalogError::PlanRetention { .. } | CatalogError::PlanBranding { .. } => {
                let said = error.to_string();
                let detail = format!("This is more than the organisation pays for: {said}.");
                Self::new(StatusCode::PAYMENT_REQUIRED, "plan_limit", detail)
            }
            CatalogError::HasData => {
                let detail = "This store has data or a connection. Sample data are for a store with nothing in it.";
                Self::new(StatusCode::CONFLICT, "has_data", detail)
            }
            CatalogError::HasSampleData => {
                let detail =
                    "This store holds sample data, which are not mixed with real ones. Remove the sample data first.";
                Self::new(StatusCode::CONFLICT, "has_sample_data", detail)
            }
            CatalogError::NotSampleData => {
                let detail = "The data of this store are no sample data, and stay.";
                Self::new(StatusCode::CONFLICT, "not_sample", detail)
            }
            CatalogError::BeingImported => {
                let detail = "The sample data of this store are on their way into it. Try again when they are there.";
                Self::new(StatusCode::CONFLICT, "being_imported", detail)
            }
            CatalogError::OtherAccount(account) => {
                let detail =
                    format!("This store has data of {account}. Connect another account to a store of its own.");
                Self::new(StatusCode::CONFLICT, "other_account", detail)
            }
            CatalogError::NotConnected(status) => {
                let detail = format!("The connection is {status}. Connect it, or choose its account, first.");
                Self::new(StatusCode::CONFLICT, "not_connected", detail)
            }
            CatalogError::LastOwner => {
                let detail = "An organisation must have an owner. Make somebody else an owner first.";
                Self::new(StatusCode::CONFLICT, "last_owner", detail)
            }
            CatalogError::RoleChanged => {
                let detail = "Your role in the organisation was changed meanwhile. Try again.";
                Self::new(StatusCode::CONFLICT, "role_changed", detail)
            }
            CatalogError::Unauthenticated => Self::unauthenticated(),
            CatalogError::InvalidCredentials => Self::new(
                StatusCode::UNAUTHORIZED,
                "invalid_credentials",
                "The e-mail address or the password is wrong.",
            ),
            CatalogError::LinkExpired => Self::link_expired(),
            CatalogError::InvalidCode => Self::new(
                StatusCode::UNAUTHORIZED,
                "invalid_code",
                "The code is wrong, or was used already. Wait for the next one.",
            ),
            CatalogError::NoOrganization => Self::forbidden_as(
                "no_organization",
                "You belong to no organisation any more. Ask to be invited to one, or sign up to make your own.",
            ),
            CatalogError::SignInFirst => Self::new(
                StatusCode::UNAUTHORIZED,
                "sign_in_first",
                "There is an account with the address that was invited. Sign in as its owner to accept.",
            ),
            CatalogError::SignInAgain => Self::forbidden_as(
                "sign_in_again",
                "Your sign-in was a while ago. Sign in once more, so that it is sure to be you.",
            ),
            CatalogError::OwnsOrganizations(names) => {
                let names = names.join(", ");
                let detail = format!("You are the last owner of {names}. Make somebody else an owner first.");
                Self::new(StatusCode::CONFLICT, "last_owner", detail)
            }
            CatalogError::Taken(what) => Self::new(StatusCode::CONFLICT, "taken", format!("This {what} is taken.")),
            CatalogError::Invalid { field, reason } => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_request", format!("{field}: {reason}"))
            }
            CatalogError::TooMuchWaiting { limit } => Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "too_much_waiting",
                format!(
                    "Files of more than {} would wait to be imported. Wait until some of them are.",
                    size::in_words(limit)
                ),
            )
            .with_retry_after(Duration::from_secs(60)),
            CatalogError::Vault(VaultError::Unavailable(_)) => Self::unavailable(&error),
            CatalogError::Database(_) if !error.is_refused_statement() => Self::unavailable(&error),
            _ => Self::internal(&error),
        }
    }
}

impl Problem {
    /// The same, with the place in the body of that field, if it is what is wrong.
    pub(super) fn of_field(error: CatalogError, field: &str, pointer: &str) -> Self {
        match error {
            CatalogError::Invalid { field: wrong, reason } if wrong == field => {
                Self::invalid_field(pointer, format!("must be {reason}"))
            }
            other => other.into(),
        }
    }
}

impl Problem {
    /// The same, where what the catalog calls a field is a field of the body.
    pub(super) fn of_fields(error: CatalogError) -> Self {
        match error {
            CatalogError::Invalid { field, .. } => Self::of_field(error, field, &format!("/{field}")),
            other => other.into(),
        }
    }

    /// The same, of a body that has a document, or a part of one, at that place.
    pub(super) fn of_document(error: CatalogError, pointer: &str) -> Self {
        match error {
            CatalogError::WrongDocument { faults, at } => {
                let places = faults.into_iter().map(|fault| match fault.pointer.strip_prefix(&at) {
                    Some(inner) if inner.is_empty() || inner.starts_with('/') => {
                        FieldProblem { pointer: format!("{pointer}{inner}"), detail: fault.detail, code: fault.code }
                    }
                    // What is given would make something wrong that stands elsewhere.
                    _ => {
                        let detail = format!("{} of the dashboard {}", fault.pointer, fault.detail);
                        FieldProblem { pointer: pointer.to_owned(), detail, code: fault.code }
                    }
                });
                Self::invalid(places.collect())
            }
            other => Self::of_fields(other),
        }
    }
}

impl From<SamplingError> for Problem {
    fn from(error: SamplingError) -> Self {
        match error {
            SamplingError::Catalog(error) => error.into(),
            SamplingError::Files(error) => import_form::failed(&error),
            SamplingError::Lake(error) => error.into(),
            SamplingError::Failed(_) => Self::internal(&error),
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
        LakeError::Plan(cause) if is_too_large(cause) => query_too_large(),
        LakeError::Manifest(ManifestError::Unavailable(_)) => Problem::unavailable(error),
        LakeError::Quarantined { dataset, partition, segment, .. } => {
            damaged(error, &format!("{dataset} of {partition} (segment {segment})"))
        }
        _ if is_out_of_reach(error) => Problem::unavailable(error),
        other => match SegmentFault::find(other) {
            Some(SegmentFault { dataset, partition, segment, .. }) => {
                damaged(error, &format!("{dataset} of {partition} (segment {segment})"))
            }
            None => Problem::internal(error),
        },
    }
}

/// Nothing is said rather than something wrong.
fn damaged(error: &(dyn Error + 'static), what: &str) -> Problem {
    measures::answer_in_quarantine();
    tracing::error!(error = %Chain(error), "an answer depends on a segment that is damaged or missing");
    let detail = format!(
        "A part of the data that the answer depends on is damaged or missing: {what}. No figure is shown rather than a wrong \
         one. Whoever runs the server finds what to do with `aloftly lake verify`."
    );
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "data_damaged", detail)
}

/// Whether a plan needed more memory than queries have.
fn is_too_large(error: &DataFusionError) -> bool {
    matches!(error.find_root(), DataFusionError::ResourcesExhausted(_))
}

/// Whether the object store does not answer. That it has no such object is an answer, and a fault.
fn is_out_of_reach(error: &(dyn Error + 'static)) -> bool {
    objects::cause(error).is_some_and(|cause| !matches!(cause, object_store::Error::NotFound { .. }))
}

fn query_too_large() -> Problem {
    let detail =
        "The query needs more memory than there is for it. Ask for a shorter range, coarser buckets or fewer groups.";
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "query_too_large", detail)
}

impl From<FieldError> for FieldProblem {
    fn from(error: FieldError) -> Self {
        Self { pointer: error.pointer, detail: error.detail, code: Some(error.code) }
    }
}

impl From<QueryError> for Problem {
    fn from(error: QueryError) -> Self {
        let refused = |code, detail| Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail);
        match error {
            QueryError::Invalid(errors) => Self::invalid(errors.into_iter().map(Into::into).collect()),
            QueryError::Limit { .. } => refused("limit_exceeded", error.to_string()),
            QueryError::MixedCurrencies { .. } => refused("mixed_currencies", error.to_string()),
            QueryError::MissingRate { .. } => refused("missing_rate", error.to_string()),
            QueryError::Lake(cause) => lake(&cause),
            QueryError::Execution(cause) if is_too_large(&cause) => query_too_large(),
            QueryError::Execution(cause) if SegmentFault::find(&*cause).is_some() => {
                lake(&LakeError::Plan(Box::new(DataFusionError::Shared(cause))))
            }
            QueryError::Execution(ref cause) if is_out_of_reach(&**cause) => Self::unavailable(&error),
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
            QueryStopped::TooBusy(_) => {
                let detail = "Too many queries run at the moment. Try again shortly.";
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "too_busy", detail).with_retry_after(Duration::from_secs(5))
            }
            QueryStopped::Panicked => Self::internal(&error),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use datafusion::parquet::errors::ParquetError;

    use super::*;

    #[test]
    fn what_is_beyond_a_plan_is_said_with_the_plan_that_includes_it() {
        use aloftly_catalog::plans::{Limit, Tier};
        let full = CatalogError::PlanLimit { limit: Limit::Seats, allowed: 2, used: 2, plan: Tier::Free };
        let problem = Problem::from(full);
        let document = serde_json::to_value(problem.document("/api/stores", "-")).unwrap();
        assert_eq!((problem.status().as_u16(), &document["code"]), (402, &serde_json::json!("plan_limit")));
        let said = "This is more than the organisation pays for: the plan free includes 2 seats, and 2 are in use; \
                    the plan starter includes 5 seats.";
        assert_eq!(document["detail"], said);
    }

    #[test]
    fn a_plan_that_needs_too_much_memory_is_too_large_however_deep_that_is_said() {
        let exhausted = || DataFusionError::ResourcesExhausted("a secret of the inside".to_owned()).context("sorting");
        let problems = [
            Problem::from(QueryError::Execution(Arc::new(exhausted()))),
            Problem::from(QueryError::Lake(Arc::new(LakeError::from(exhausted())))),
        ];
        for problem in problems {
            assert_eq!(problem.status(), StatusCode::UNPROCESSABLE_ENTITY);
        }
        let bug = DataFusionError::Internal("a secret of the inside".to_owned());
        assert_eq!(Problem::from(QueryError::Execution(Arc::new(bug))).status(), StatusCode::INTERNAL_SERVER_ERROR);
    }
    #[test]
    fn an_object_store_that_does_not_answer_is_told_from_one_that_lost_an_object() {
        let generic = || object_store::Error::Generic { store: "folder", source: "a secret of the inside".into() };
        let lost = || object_store::Error::NotFound { path: "a".to_owned(), source: "gone".into() };
        let in_parquet = |error: object_store::Error| DataFusionError::from(ParquetError::External(error.into()));
        let of_query = |error| Problem::from(QueryError::Execution(Arc::new(error))).status().as_u16();
        let of_lake = |error| Problem::from(QueryError::Lake(Arc::new(error))).status().as_u16();
        assert_eq!([of_query(in_parquet(generic())), of_query(in_parquet(lost()))], [503, 500]);
        assert_eq!([of_query(generic().into()), of_query(lost().into())], [503, 500]);
        assert_eq!([of_lake(LakeError::ObjectStore(generic())), of_lake(LakeError::ObjectStore(lost()))], [503, 500]);
        assert_eq!(of_lake(LakeError::from(DataFusionError::from(generic()).context("sorting"))), 503);
    }
}
