//! Why a call of a connector came to nothing, told apart by what is to be done.

use std::time::Duration;

use aloftly_engine::lake::LakeError;

use super::CursorError;

/// Why a call of a connector came to nothing.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// The provider does not know our credentials any more: somebody has to connect anew.
    #[error("access was taken back: {detail}")]
    Revoked {
        /// In the provider's words, without secrets.
        detail: String,
    },
    /// The provider knows us, and does not let us: somebody has to grant more.
    #[error("not allowed: {detail}")]
    Forbidden {
        /// What was not allowed.
        detail: String,
    },
    /// What a person typed is not what the provider takes.
    #[error("{field}: {reason}")]
    Field {
        /// The field of the form.
        field: &'static str,
        /// What is wrong with it, to be read after the field's title.
        reason: String,
    },
    /// The provider refuses a request as wrong: asking again does not help.
    #[error("refused: {detail}")]
    Refused {
        /// In the provider's words, without secrets.
        detail: String,
    },
    /// The store has something that what is read would contradict: somebody has to decide.
    #[error("{detail}")]
    Conflict {
        /// What, and what to do.
        detail: String,
    },
    /// The provider's answer is not what its documentation says.
    #[error("an answer was not understood: {detail}")]
    Unexpected {
        /// What, and where in the answer. Nothing of people.
        detail: String,
    },
    /// What we may ask is used up for now.
    #[error("the provider's limit is reached: {detail}")]
    Exhausted {
        /// In the provider's words.
        detail: String,
        /// When to ask again.
        retry_after: Option<Duration>,
    },
    /// The provider cannot be reached, or fails: later it may not.
    #[error("not available: {detail}")]
    Unavailable {
        /// What happened.
        detail: String,
        /// When to ask again, where the provider told.
        retry_after: Option<Duration>,
    },
    /// It was called off.
    #[error("called off")]
    Stopped,
    /// A cursor that is kept was not understood.
    #[error("the place to go on from was not understood")]
    Cursor(#[from] CursorError),
    /// Rows could not be put together.
    #[error("rows could not be put together")]
    Arrow(#[from] arrow::error::ArrowError),
    /// Rows were not taken.
    #[error("rows could not be kept")]
    Sink(#[from] LakeError),
    /// Who takes the pages failed.
    #[error("a page could not be kept")]
    Taker(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Failure {
    /// A stable name for it, in snake case.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Revoked { .. } => "access_revoked",
            Self::Forbidden { .. } => "access_denied",
            Self::Field { .. } => "invalid_field",
            Self::Refused { .. } => "refused",
            Self::Conflict { .. } => "conflict",
            Self::Unexpected { .. } => "unexpected_answer",
            Self::Exhausted { .. } => "quota_exhausted",
            Self::Unavailable { .. } => "unavailable",
            Self::Stopped => "stopped",
            Self::Cursor(_) | Self::Arrow(_) | Self::Sink(_) | Self::Taker(_) => "internal",
        }
    }

    /// Whether trying again later may help without anybody's doing.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        matches!(self, Self::Exhausted { .. } | Self::Unavailable { .. } | Self::Sink(_) | Self::Taker(_))
    }

    /// Whether somebody has to connect anew.
    #[must_use]
    pub const fn wants_reconnect(&self) -> bool {
        matches!(self, Self::Revoked { .. })
    }

    /// When to ask again, where the provider told.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Exhausted { retry_after, .. } | Self::Unavailable { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}
