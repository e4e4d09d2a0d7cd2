//! How recent a store's sources are, where somebody reads them: until when everything is there, and why there is no more where there
//! should be.
//!
//! What nobody reads, such as files, is as recent as its newest row. What is read is as recent as its reading, whether anything happened
//! or not: a quiet shop is not one that nobody has looked at. Whoever asks says how far each source was read; the service knows nobody
//! who reads.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::response::Warning;

/// How far a source of a store has been read by whoever reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Until when everything is there that the source had to tell; `None` while it has never been read to its end.
    pub until: Option<DateTime<Utc>>,
    /// Why no more is there, where there should be.
    pub behind: Option<Behind>,
}

/// Why a source is behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behind {
    /// It is being read for the first time.
    FirstReading,
    /// It cannot be read, which may pass by itself.
    Broken,
    /// It cannot be read until somebody connects it again.
    SignedOut,
    /// It should have been read again by now.
    Late,
}

/// Until when it is known what a source of a store tells, the least recent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Recency {
    /// It has never been read to its end.
    NeverRead,
    /// Until then, in microseconds.
    Until(i64),
    /// Nobody reads it, and nothing of it is there.
    Nothing,
}

impl Reading {
    /// Whether some of what happened until then may be missing.
    pub(crate) fn is_behind(self, at: DateTime<Utc>) -> bool {
        self.behind.is_some() && self.until.is_none_or(|until| until < at)
    }

    /// What readers should know of a source and a store by their names, on the clock of a zone: nothing while it is not behind.
    pub(crate) fn warning(self, source: &str, store: &str, zone: Tz) -> Option<Warning> {
        let why = match self.behind? {
            Behind::FirstReading => format!("{source} is being read for the first time"),
            Behind::Broken => format!("{source} cannot be read at the moment"),
            Behind::SignedOut => format!("somebody has to connect {source} again"),
            Behind::Late => format!("{source} should have been read again by now"),
        };
        let reach = self.until.map_or("not all there yet".to_owned(), |until| {
            format!("as of {}", until.with_timezone(&zone).format("%Y-%m-%d %H:%M"))
        });
        Some(Warning { code: "source_behind", detail: format!("the data of {store} from {source} are {reach}: {why}") })
    }
}
