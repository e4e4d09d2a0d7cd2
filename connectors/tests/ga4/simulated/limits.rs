//! What is used up.

use std::time::Duration;

use aloftly_connectors::contract::{Failure, Mode};
use aloftly_simulators::google::Fault;

use super::{ID, Lab, Store, day};

fn one_day() -> Mode {
    Mode::Range { from: day("2026-11-12"), to: day("2026-11-12") }
}

fn used_up(message: &str) -> Fault {
    Fault::Status { status: 429, message: message.to_owned() }
}

#[tokio::test]
async fn a_moment_is_waited_for_and_longer_is_left_to_later() {
    let lab = Lab::start(|_| {}).await;
    let (pocket, account) = lab.connected().await;
    lab.google.fail(1, ":batchRunReports", used_up("Exhausted concurrent requests quota. Please wait."));
    let mut store = Store::default();
    lab.sync(&pocket, &account, one_day(), &mut store).await.unwrap();
    assert_eq!(store.came.len(), 1);
    let waited: Duration = lab.waits.waited.lock().unwrap().iter().sum();
    assert_eq!(waited, Duration::from_secs(30));
}

#[tokio::test]
async fn what_is_used_up_says_when_to_come_back() {
    for (message, seconds) in [
        ("Exhausted property tokens for a project per hour. These will return in under an hour.", 1_800),
        ("Exhausted potentially thresholded requests quota.", 1_800),
        ("Exhausted server errors quota.", 3_600),
        // It is ten in the morning on the Pacific coast.
        ("Exhausted property tokens per day.", 14 * 3_600),
    ] {
        let lab = Lab::start(|_| {}).await;
        let (pocket, account) = lab.connected().await;
        lab.google.fail(1, ":batchRunReports", used_up(message));
        let before = lab.google.asked().len();
        let failure = lab.sync(&pocket, &account, one_day(), &mut Store::default()).await.unwrap_err();
        assert!(matches!(failure, Failure::Exhausted { .. }) && failure.is_transient(), "{message}: {failure}");
        assert_eq!(failure.retry_after(), Some(Duration::from_secs(seconds)), "{message}");
        assert_eq!(lab.calls(before), [429], "{message}");
        // Nobody who shares the budget asks in the meantime.
        let again = lab.sync(&pocket, &account, one_day(), &mut Store::default()).await.unwrap_err();
        assert!(matches!(again, Failure::Exhausted { .. }), "{message}: {again}");
        assert_eq!(lab.calls(before), [429], "{message}");
        lab.clock.advance(Duration::from_secs(seconds + 1));
        lab.sync(&pocket, &account, one_day(), &mut Store::default()).await.unwrap();
    }
}

#[tokio::test]
async fn tokens_that_google_tells_to_be_few_are_not_spent() {
    let lab = Lab::start(|_| {}).await;
    let (pocket, account) = lab.connected().await;
    lab.google.use_tokens(ID, 13_990);
    let before = lab.google.asked().len();
    let mode = Mode::Range { from: day("2026-11-02"), to: day("2026-11-16") };
    let mut store = Store::default();
    // The hour ends on the hour: in the meantime the sync waits, or is told to come back, and Google refuses nothing.
    let _ = lab.sync(&pocket, &account, mode, &mut store).await;
    assert!(lab.calls(before).iter().all(|status| *status == 200), "{:?}", lab.calls(before));
    assert!(
        lab.calls(before).len() <= 3
            || lab.clock.now() >= "2026-11-20T19:00:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap()
    );
}
