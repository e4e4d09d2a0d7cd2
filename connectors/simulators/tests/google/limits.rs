//! What cannot be asked for.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{Google, ID, message, report};

#[tokio::test]
async fn what_google_does_not_take_is_refused_in_its_words() {
    let google = Google::start(|_| {}).await;
    let token = google.token().await;
    let ten = [
        "date",
        "sessionSource",
        "sessionMedium",
        "sessionCampaignName",
        "landingPage",
        "deviceCategory",
        "country",
        "pagePath",
        "eventName",
        "newVsReturning",
    ];
    let eleven = [
        "sessions",
        "engagedSessions",
        "totalUsers",
        "activeUsers",
        "newUsers",
        "bounceRate",
        "eventCount",
        "keyEvents",
        "addToCarts",
        "checkouts",
        "transactions",
    ];
    let with = |mut body: Value, name: &str, value: Value| {
        body[name] = value;
        body
    };
    let plain = || report("2026-11-15", "2026-11-15", &["date"], &["sessions"]);
    let range = json!({ "startDate": "2026-11-15", "endDate": "2026-11-15" });
    let cases = [
        (report("2026-11-15", "2026-11-15", &ten, &["sessions"]), "limited to 9 dimensions"),
        (report("2026-11-15", "2026-11-15", &["date"], &eleven), "limited to 10 metrics"),
        (with(plain(), "dateRanges", json!([range, range, range, range, range])), "limited to 4 dateRanges"),
        (with(plain(), "dateRanges", json!([])), "At least one date range"),
        (report("2026-11-16", "2026-11-15", &["date"], &["sessions"]), "must be before"),
        (report("15.11.2026", "2026-11-15", &["date"], &["sessions"]), "Invalid date"),
        (report("2026-11-15", "2026-11-15", &["date"], &["orders"]), "Field orders is not a valid metric"),
        (report("2026-11-15", "2026-11-15", &["store"], &["sessions"]), "Field store is not a valid dimension"),
        (report("2026-11-15", "2026-11-15", &["date", "date"], &["sessions"]), "Duplicate field date"),
        (report("2026-11-15", "2026-11-15", &["itemId"], &["itemsViewed", "addToCarts"]), "Please remove addToCarts"),
        (report("2026-11-15", "2026-11-15", &["sessionSource"], &["itemsViewed"]), "Please remove sessionSource"),
        (with(plain(), "limit", json!("0")), "Limit must be positive"),
        (with(plain(), "novelty", json!(1)), "Invalid JSON payload received"),
        (with(plain(), "orderBys", json!([{ "dimension": { "dimensionName": "country" } }])), "not in the request"),
        (with(plain(), "dimensionFilter", json!({ "filter": { "fieldName": "country" } })), "exactly one kind"),
    ];
    for (body, part) in cases {
        let (status, told) = google.call(&token, "runReport", &body).await;
        assert_eq!((status, &told["error"]["status"]), (StatusCode::BAD_REQUEST, &json!("INVALID_ARGUMENT")), "{part}");
        assert!(message(&told).contains(part), "{part}: {told}");
    }
    let (status, _) = google.call(&token, "runFunnelReport", &plain()).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_batch_has_five_reports_and_one_that_is_wrong_spoils_all() {
    let google = Google::start(|_| {}).await;
    let token = google.token().await;
    let good = || report("2026-11-15", "2026-11-15", &["date"], &["sessions"]);
    let (status, told) = google.call(&token, "batchRunReports", &json!({ "requests": vec![good(); 5] })).await;
    assert_eq!((status, told["reports"].as_array().unwrap().len()), (StatusCode::OK, 5));
    let (status, _) = google.call(&token, "batchRunReports", &json!({ "requests": vec![good(); 6] })).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    let bad = report("2026-11-15", "2026-11-15", &["date"], &["orders"]);
    let (status, _) = google.call(&token, "batchRunReports", &json!({ "requests": [good(), bad] })).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn what_there_is_and_what_goes_together_is_listed() {
    let google = Google::start(|options| {
        options.settings.missing.insert("landingPage".to_owned());
    })
    .await;
    let token = google.token().await;
    let (_, listed) = google.get(&token, &format!("analyticsdata/v1beta/properties/{ID}/metadata")).await;
    let names = |of: &str| {
        listed[of].as_array().unwrap().iter().map(|one| one["apiName"].as_str().unwrap()).collect::<Vec<_>>()
    };
    assert!(names("dimensions").contains(&"sessionSource") && !names("dimensions").contains(&"landingPage"));
    assert!(names("metrics").contains(&"keyEvents"));
    let (status, _) =
        google.call(&token, "runReport", &report("2026-11-15", "2026-11-15", &["landingPage"], &["sessions"])).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    let asked = json!({ "dimensions": [{ "name": "itemId" }], "compatibilityFilter": "COMPATIBLE" });
    let (status, told) = google.call(&token, "checkCompatibility", &asked).await;
    assert_eq!(status, StatusCode::OK, "{told}");
    let metrics = told["metricCompatibilities"].as_array().unwrap();
    let names: Vec<&str> = metrics.iter().map(|one| one["metricMetadata"]["apiName"].as_str().unwrap()).collect();
    assert!(names.contains(&"itemsViewed") && !names.contains(&"sessions"), "{names:?}");
}

#[tokio::test]
async fn nobody_is_told_of_what_is_not_theirs() {
    let google = Google::start(|_| {}).await;
    let token = google.token().await;
    let plain = report("2026-11-15", "2026-11-15", &["date"], &["sessions"]);
    assert_eq!(google.call("made up", "runReport", &plain).await.0, StatusCode::UNAUTHORIZED);
    google.simulator.take_away(super::EMAIL, ID);
    let (status, told) = google.call(&token, "runReport", &plain).await;
    assert_eq!((status, &told["error"]["status"]), (StatusCode::FORBIDDEN, &json!("PERMISSION_DENIED")));
    google.simulator.set(|settings| settings.is_disabled = true);
    let (_, told) = google.call(&token, "runReport", &plain).await;
    assert_eq!(told["error"]["details"][0]["reason"], "SERVICE_DISABLED");
}
