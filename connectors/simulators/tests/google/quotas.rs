//! What is used up, and what goes wrong.

use std::time::Duration;

use aloftly_simulators::google::Fault;
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{Google, ID, message, report};

fn plain() -> Value {
    let mut asked = report("2026-11-15", "2026-11-15", &["date"], &["sessions"]);
    asked["returnPropertyQuota"] = json!(true);
    asked
}

#[tokio::test]
async fn tokens_are_told_and_end_for_the_hour_and_for_the_pacific_day() {
    let google = Google::start(|_| {}).await;
    let token = google.token().await;
    let told = google.report(&token, &plain()).await;
    assert_eq!(told["propertyQuota"]["tokensPerDay"], json!({ "consumed": 1, "remaining": 199_999 }));
    assert_eq!(told["propertyQuota"]["tokensPerProjectPerHour"], json!({ "consumed": 1, "remaining": 13_999 }));
    google.simulator.use_tokens(ID, 13_999);
    let (status, told) = google.call(&token, "runReport", &plain()).await;
    assert_eq!((status, &told["error"]["status"]), (StatusCode::TOO_MANY_REQUESTS, &json!("RESOURCE_EXHAUSTED")));
    assert!(message(&told).starts_with("Exhausted property tokens for a project per hour."), "{told}");
    google.clock.advance(Duration::from_secs(3_600));
    let token = google.token().await;
    google.report(&token, &plain()).await;
    google.simulator.use_tokens(ID, 190_000);
    google.clock.advance(Duration::from_secs(3_600));
    let token = google.token().await;
    let (_, told) = google.call(&token, "runReport", &plain()).await;
    assert!(message(&told).starts_with("Exhausted property tokens per day."), "{told}");
    // It is six in the morning on the Pacific coast, and the day has eighteen hours more.
    google.clock.advance(Duration::from_secs(18 * 3_600));
    let token = google.token().await;
    google.report(&token, &plain()).await;
}

#[tokio::test]
async fn googles_own_errors_lock_whoever_met_ten_of_them() {
    let google = Google::start(|_| {}).await;
    let token = google.token().await;
    google.simulator.fail(
        10,
        ":runReport",
        Fault::Status { status: 500, message: "Internal error encountered.".to_owned() },
    );
    for _ in 0..10 {
        assert_eq!(google.call(&token, "runReport", &plain()).await.0, StatusCode::INTERNAL_SERVER_ERROR);
    }
    let (status, told) = google.call(&token, "runReport", &plain()).await;
    assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
    assert!(message(&told).starts_with("Exhausted server errors quota."), "{told}");
    assert_eq!(google.simulator.asked().iter().filter(|asked| asked.status == 500).count(), 10);
}

#[tokio::test]
async fn answers_can_be_cut_off_and_connections_broken() {
    let google = Google::start(|_| {}).await;
    let token = google.token().await;
    let ask = || {
        let path = format!("analyticsdata/v1beta/properties/{ID}:runReport");
        google.http.post(google.at(&path)).bearer_auth(&token).json(&plain()).send()
    };
    google.simulator.fail(1, ":runReport", Fault::Truncated);
    let answer = ask().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert!(answer.json::<Value>().await.is_err());
    google.simulator.fail(1, ":runReport", Fault::Reset);
    let whole = match ask().await {
        Ok(answer) => answer.bytes().await,
        Err(error) => Err(error),
    };
    assert!(whole.is_err());
    assert!(ask().await.unwrap().json::<Value>().await.is_ok());
}
