//! What to do about an attempt that failed for a reason that is not in the file.

use std::error::Error;
use std::io::ErrorKind;
use std::time::Duration;

use aloftly_catalog::{CatalogError, Import, Postponement};
use aloftly_engine::lake::LakeError;
use chrono::{DateTime, TimeDelta, Utc};
use tokio_util::sync::CancellationToken;

use super::RunError;
use crate::http::problem::Chain;
use crate::service::objects;

/// How long after the first attempt comes the second.
const FIRST: TimeDelta = TimeDelta::seconds(5);
/// The longest that an import waits for its next attempt.
const LONGEST: TimeDelta = TimeDelta::minutes(5);
/// So many attempts in a row may end without a word, or in a fault of the program, before the file is taken to be the cause.
pub(super) const CRASHES: u32 = 5;
/// What its sender is told then.
pub(super) const GIVEN_UP: &str = "Each attempt to import this file was cut short by a fault of the server. Nothing of it was \
    imported. Tell whoever runs the server; the log has more under this import's id.";
/// How soon, at first and at most, the end of an attempt is told again while the database is away.
const PAUSES: [Duration; 2] = [Duration::from_millis(100), Duration::from_secs(2)];
const ELSEWHERE: &str = "Its file is on another server of this installation, which has not taken it up for a day. It is \
    imported when that server runs again.";

/// When and how the import is tried again.
pub(super) fn postponement(import: &Import, error: &RunError, now: DateTime<Utc>) -> Postponement {
    // Of an import that is not run any more only the outcome is still looked up; that does not clear its file.
    let crashed = is_a_fault(error) || import.crashes >= CRASHES;
    Postponement { crashed, ..later(import, reason(error), now) }
}

/// When an import is tried again whose file is another server's.
pub(super) fn elsewhere(import: &Import, now: DateTime<Utc>) -> Postponement {
    later(import, ELSEWHERE, now)
}

fn later(import: &Import, reason: &str, now: DateTime<Utc>) -> Postponement {
    let reason = format!("{reason} The file is kept, and the import is tried again by itself.");
    Postponement { retry_at: now + delay(import), reason: Some(reason), crashed: false }
}

/// Tells the catalog how an attempt ended, again and again while the database is away, until it is heard, refused or cut off.
/// Else the lease would run out, and the attempt count as one under which the program broke.
pub(super) async fn until_heard<F>(cut_off: &CancellationToken, tell: impl Fn() -> F) -> Result<(), CatalogError>
where
    F: Future<Output = Result<(), CatalogError>>,
{
    let [mut pause, longest] = PAUSES;
    loop {
        let told = tell().await;
        let Err(error) = &told else { return told };
        if !matches!(error, CatalogError::Database(_)) || error.is_refused_statement() || cut_off.is_cancelled() {
            return told;
        }
        tracing::warn!(error = %Chain(error), "the end of an attempt cannot be kept and is told again");
        tokio::select! {
            () = cut_off.cancelled() => return told,
            () = tokio::time::sleep(pause) => pause = (pause * 2).min(longest),
        }
    }
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
        RunError::Unreadable(_, error) if error.kind() == ErrorKind::StorageFull => {
            "The server's disk is too full to fetch the uploaded file at the moment."
        }
        RunError::Unreadable(..) => "The server cannot read the uploaded file at the moment.",
        RunError::Lake(LakeError::Manifest(_)) => "The server's database cannot be reached at the moment.",
        RunError::Lake(error) if let Some(cause) = objects::cause(error) => storage_reason(cause),
        RunError::Lake(LakeError::Spool(_)) => "The server's disk is full or fails at the moment.",
        RunError::Lake(LakeError::Contended { .. }) => "The store was being changed by others all the time.",
        RunError::Lake(_) | RunError::Failed(_) | RunError::Rejected(_) | RunError::Stopped => {
            "The import failed for a reason that is not in the file."
        }
    }
}

fn storage_reason(error: &object_store::Error) -> &'static str {
    let mut causes = std::iter::successors(Some(error as &(dyn Error + 'static)), |&error| error.source());
    match causes.find_map(|error| error.downcast_ref::<std::io::Error>()).map(std::io::Error::kind) {
        Some(ErrorKind::StorageFull | ErrorKind::QuotaExceeded) => "The server's storage is full at the moment.",
        Some(ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied) => {
            "The server's storage cannot be written to at the moment."
        }
        _ => "The server's storage cannot be reached at the moment.",
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
            lease_expires_at: None,
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
        let full = RunError::Lake(LakeError::Spool(std::io::Error::from(ErrorKind::StorageFull)));
        let postponed = postponement(&import(1, 0), &full, DateTime::UNIX_EPOCH);
        assert!(!postponed.crashed);
        assert!(postponed.reason.unwrap().starts_with("The server's disk is full"));
        assert!(postponement(&import(1, 0), &RunError::Failed("panicked".into()), DateTime::UNIX_EPOCH).crashed);
        let full = RunError::Unreadable("shared/1".into(), std::io::Error::from(ErrorKind::StorageFull));
        let postponed = postponement(&import(1, 0), &full, DateTime::UNIX_EPOCH);
        assert!(!postponed.crashed);
        assert!(postponed.reason.unwrap().starts_with("The server's disk is too full"));
    }

    #[test]
    fn what_is_wrong_with_the_storage_is_told_as_far_as_it_is_known() {
        let said = |source: Box<dyn Error + Send + Sync>| {
            let error = object_store::Error::Generic { store: "folder", source };
            reason(&RunError::Lake(LakeError::ObjectStore(error)))
        };
        let io = |kind: ErrorKind| Box::new(std::io::Error::from(kind));
        assert_eq!(said(io(ErrorKind::StorageFull)), "The server's storage is full at the moment.");
        assert_eq!(said(io(ErrorKind::ReadOnlyFilesystem)), "The server's storage cannot be written to at the moment.");
        assert_eq!(said("a timeout".into()), "The server's storage cannot be reached at the moment.");
    }

    #[test]
    fn an_outage_does_not_clear_a_file_that_is_given_up() {
        let away = RunError::Unreadable("shared/1".into(), std::io::Error::other("no connection"));
        let given_up = Import { crashes: CRASHES, ..import(6, 0) };
        assert!(postponement(&given_up, &away, DateTime::UNIX_EPOCH).crashed);
    }
}
