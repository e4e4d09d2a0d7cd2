//! Funnels: how many come how far.

use serde::Serialize;
use utoipa::ToSchema;

/// What kind of funnel the steps of a query are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Funnel {
    /// Whether each customer is followed from step to step. Else every step is counted by itself.
    pub following: Option<Following>,
}

/// How customers are followed from step to step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Following {
    /// How long after the first step the last one may be.
    pub window: Window,
}

/// A length of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Window {
    /// So many minutes.
    Minutes(u32),
    /// So many hours.
    Hours(u32),
    /// So many times 24 hours.
    Days(u32),
}

impl Window {
    /// Unless a query says otherwise.
    pub const DEFAULT: Self = Self::Days(30);
    /// Longer ones are refused.
    pub const MAX_DAYS: u32 = 366;

    /// In microseconds.
    #[must_use]
    pub const fn micros(self) -> i64 {
        const MINUTE: i64 = 60_000_000;
        match self {
            Self::Minutes(minutes) => minutes as i64 * MINUTE,
            Self::Hours(hours) => hours as i64 * 60 * MINUTE,
            Self::Days(days) => days as i64 * 24 * 60 * MINUTE,
        }
    }
}

impl std::fmt::Display for Window {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (number, unit) = match self {
            Self::Minutes(number) => (number, "minute"),
            Self::Hours(number) => (number, "hour"),
            Self::Days(number) => (number, "day"),
        };
        write!(f, "{number} {unit}{}", if *number == 1 { "" } else { "s" })
    }
}
