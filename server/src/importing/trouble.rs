//! What to do about an attempt that failed for a reason that is not in the file.

use aloftly_catalog::{Import, Postponement};
use aloftly_engine::lake::LakeError;
use chrono::{DateTime, TimeDelta, Utc};

use super::RunError;

/// How long after the first attempt comes the second.
const FIRST: TimeDelta = TimeDelta::seconds(5);
/// The longest that an import waits for its next attempt.
const LONGEST: TimeDelta = TimeDelta::minutes(5);
/// So many attempts in a row may end without a word, or in a fault of the program, before the file is taken to be the cause.
pub(super) const CRASHES: u32 = 5;
/// What its sender is told then.
pub(super) const GIVEN_UP: &str = "Each attempt to import this file was cut short by a fault of the server. Nothing of it was \
    imported. Tell whoever runs the server; the log has more under this import's id.";

/// When and how the import is tried again.
pub(super) fn postponement(import: &Import, error: &RunError, now: DateTime<Utc>) -> Postponement {
    let reason = format!("{} The file is kept, and the import is tried again by itself.", reason(error));
    Postponement { retry_at: now + delay(import), reason: Some(reason), crashed: is_a_fault(error) }
}

/// Twice as long after each attempt, and for each import a little different, so that not all come back at once.
fn delay(import: &Import) -> TimeDelta {
    let doubled = FIRST * (1 << import.attempts.saturating_sub(1).min(10));
    let whole = doubled.min(LONGEST);
    // An identifier's last bits are random.
    let share = i32::from(import.id.0.as_bytes()[15]) % 32;
    whole - whole * share / 64
}

/// Whether the program is at fault, which the next attempt will not change.
fn is_a_fault(error: &RunError) -> bool {
    match error {
        RunError::Failed(_) | RunError::Lake(LakeError::Shape { .. } | LakeError::UnknownDataset(_)) => true,
        RunError::Lake(_) | RunError::Unreadable(..) | RunError::Rejected(_) | RunError::Stopped => false,
    }
}

/// In words, for the person who handed the file over.
fn reason(error: &RunError) -> &'static str {
    match error {
        RunError::Unreadable(..) => "The server cannot read the uploaded file at the moment.",
        RunError::Lake(LakeError::Manifest(_)) => "The server's database cannot be reached at the moment.",
        RunError::Lake(LakeError::ObjectStore(_)) => "The server's storage cannot be reached at the moment.",
        RunError::Lake(LakeError::Spool(_)) => "The server's disk is full or fails at the moment.",
        RunError::Lake(LakeError::Contended { .. }) => "The store was being changed by others all the time.",
        RunError::Lake(_) | RunError::Failed(_) | RunError::Rejected(_) | RunError::Stopped => {
            "The import failed for a reason that is not in the file."
        }
    }
}

#[cfg(test)]
mod tests {
    use aloftly_catalog::ImportStatus;
    use aloftly_engine::lake::manifest::CommitCounts;
    use uuid::Uuid;

    use super::*;

    fn import(attempts: u32, id: u128) -> Import {
        Import {
            id: Uuid::from_u128(id).into(),
            store: aloftly_engine::StoreId(Uuid::nil()),
            kind: "shopify_orders".to_owned(),
            file_name: String::new(),
            size_bytes: 0,
            spool_file: None,
            mapping: None,
            created_by: None,
            created_at: DateTime::UNIX_EPOCH,
            status: ImportStatus::Running,
            attempts,
            crashes: 0,
            retry_at: None,
            waiting_for: None,
            started_at: None,
            finished_at: None,
            progress: 0.0,
            rows_read: 0,
            counts: CommitCounts::default(),
            already_imported: false,
            version: None,
            error: None,
            errors: serde_json::Value::Null,
            error_count: 0,
        }
    }

    #[test]
    fn each_attempt_waits_twice_as_long_up_to_five_minutes() {
        let waits = [1, 2, 3, 6, 7, 8, 1_000].map(|attempts| delay(&import(attempts, 0)).num_seconds());
        assert_eq!(waits, [5, 10, 20, 160, 300, 300, 300]);
        assert_eq!(delay(&import(1, 16)).num_milliseconds(), 3_750);
        assert_eq!(delay(&import(1, 31)).num_milliseconds(), 2_578);
    }

    #[test]
    fn a_full_disk_is_nobodys_fault_and_a_panic_is() {
        let full = RunError::Lake(LakeError::Spool(std::io::Error::from(std::io::ErrorKind::StorageFull)));
        let postponed = postponement(&import(1, 0), &full, DateTime::UNIX_EPOCH);
        assert!(!postponed.crashed);
        assert!(postponed.reason.unwrap().starts_with("The server's disk is full"));
        assert!(postponement(&import(1, 0), &RunError::Failed("panicked".into()), DateTime::UNIX_EPOCH).crashed);
    }
}
