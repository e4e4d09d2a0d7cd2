//! What went wrong with a provider, in words for people: what happened, and what to do.

use aloftly_catalog::SyncProblem;
use aloftly_connectors::contract::Failure;

/// What a failure is to the people whose data it is about. `provider` is called by its title.
#[must_use]
pub fn words(provider: &str, failure: &Failure) -> SyncProblem {
    let words = match failure {
        Failure::Revoked { .. } => format!("{provider} does not let Aloftly in any more. Connect it again."),
        Failure::Forbidden { detail } => {
            format!(
                "{provider} does not allow something that is needed: {detail}. Connect it again with all permissions."
            )
        }
        Failure::Field { reason, .. } => reason.clone(),
        Failure::Refused { detail } => {
            format!("{provider} refused a request: {detail}. Tell us, this is ours to mend.")
        }
        Failure::Conflict { detail } => format!("Nothing was read, because {detail}."),
        Failure::Unexpected { detail } => {
            format!(
                "{provider} answered something that Aloftly does not understand: {detail}. Tell us, this is ours to mend."
            )
        }
        Failure::Exhausted { .. } => {
            format!("{provider} allows no more requests for now. Reading goes on by itself when it does.")
        }
        Failure::Unavailable { .. } => {
            format!("{provider} could not be reached, or failed. It is tried again by itself.")
        }
        Failure::Stopped => "It was called off.".to_owned(),
        _ => "Something went wrong on our side. It is tried again by itself.".to_owned(),
    };
    SyncProblem { code: failure.code().to_owned(), words }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_told_what_to_do_and_nothing_of_our_insides() {
        let revoked = words("Shopify", &Failure::Revoked { detail: "invalid_grant".to_owned() });
        assert_eq!(revoked.code, "access_revoked");
        assert_eq!(revoked.words, "Shopify does not let Aloftly in any more. Connect it again.");
        let inside = words("Shopify", &Failure::Taker("connection refused (127.0.0.1:5432)".into()));
        assert_eq!(inside.code, "internal");
        assert!(!inside.words.contains("5432"), "{}", inside.words);
    }
}
