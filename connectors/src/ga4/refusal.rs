//! Google's refusals, in words for people.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;

use super::limits::UsedUp;
use crate::contract::Failure;
use crate::http::Answer;

/// The longest part of a message that is shown.
const SHOWN: usize = 300;

/// What Google's interfaces answer when they refuse.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Envelope {
    /// In Google's words, which name fields of ours and projects, and no people.
    pub(super) message: String,
    details: Vec<Value>,
}

impl Envelope {
    /// What an answer says; nothing when it is none of these.
    pub(super) fn of(answer: &Answer) -> Self {
        #[derive(Deserialize)]
        struct Outer {
            error: Envelope,
        }
        serde_json::from_slice::<Outer>(answer.body()).map(|outer| outer.error).unwrap_or_default()
    }

    fn has_reason(&self, wanted: &str) -> bool {
        self.details.iter().any(|detail| detail.get("reason").and_then(Value::as_str) == Some(wanted))
    }

    /// The message, cut.
    fn shown(&self, status: u16) -> String {
        if self.message.is_empty() {
            return format!("Google answered with status {status}");
        }
        self.message.chars().take(SHOWN).map(|c| if c.is_control() { ' ' } else { c }).collect()
    }
}

/// Why an answer that is no success is none.
pub(super) fn of_answer(answer: &Answer, now: DateTime<Utc>) -> Failure {
    let (status, said) = (answer.status(), Envelope::of(answer));
    match status {
        401 => Failure::Revoked { detail: "Google does not take this connection's sign-in any more".to_owned() },
        403 if said.has_reason("SERVICE_DISABLED") => Failure::Forbidden {
            detail: format!(
                "an interface of Google Analytics is off in this server's Google Cloud project: its owner has to enable the Google Analytics Data \
                 API and the Google Analytics Admin API ({})",
                said.shown(status)
            ),
        },
        403 => Failure::Forbidden {
            detail: format!(
                "Google Analytics does not let whoever connected it read this property: ask its owner for the role Viewer, or connect it as somebody \
                 who has it ({})",
                said.shown(status)
            ),
        },
        404 => Failure::Forbidden {
            detail: "Google Analytics does not have this property any more: connect another".to_owned(),
        },
        429 => {
            let detail = said.shown(status);
            Failure::Exhausted { detail, retry_after: UsedUp::of(&said.message).wait(now) }
        }
        500.. => Failure::Unavailable { detail: said.shown(status), retry_after: None },
        _ => Failure::Refused { detail: said.shown(status) },
    }
}
