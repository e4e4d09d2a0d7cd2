//! Agreeing, and tokens.

use std::time::Duration;

use aloftly_simulators::google::ANALYTICS_SCOPE;
use reqwest::StatusCode;
use serde_json::json;

use super::{EMAIL, Google, REDIRECT};

#[tokio::test]
async fn the_page_says_who_wants_what_and_what_is_wrong_is_not_sent_to_the_client() {
    let google = Google::start(|_| {}).await;
    let ask = |fields: Vec<(String, String)>| {
        let request = google.http.get(google.at("accounts/o/oauth2/v2/auth")).query(&fields);
        async move {
            let answer = request.send().await.unwrap();
            (answer.status(), answer.text().await.unwrap())
        }
    };
    let (status, page) = ask(google.wanted(&[])).await;
    assert_eq!(status, StatusCode::OK);
    for part in ["Aloftly wants access", EMAIL, "See and download your Google Analytics data", "Continue", "Cancel"] {
        assert!(page.contains(part), "{part}");
    }
    for (name, value) in [
        ("client_id", "another"),
        ("redirect_uri", "http://127.0.0.1:9/elsewhere"),
        ("response_type", "token"),
        ("scope", "https://www.googleapis.com/auth/novelty"),
        ("code_challenge", ""),
        ("code_challenge_method", "plain"),
    ] {
        let (status, page) = ask(google.wanted(&[(name, value)])).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{name}");
        assert!(page.contains("Access blocked"), "{page}");
    }
}

#[tokio::test]
async fn a_code_is_good_once_for_who_began_it() {
    let google = Google::start(|_| {}).await;
    let wrong = [
        ("code_verifier", "another"),
        ("code_verifier", ""),
        ("client_secret", "x"),
        ("redirect_uri", "http://127.0.0.1:9/"),
    ];
    for other in wrong {
        let code = google.code(&[]).await;
        assert_ne!(google.exchange(&code, &[other]).await.0, StatusCode::OK, "{other:?}");
    }
    let code = google.code(&[]).await;
    let (status, tokens) = google.exchange(&code, &[]).await;
    assert_eq!((status, &tokens["expires_in"]), (StatusCode::OK, &json!(3_599)));
    assert_eq!(tokens["scope"], ANALYTICS_SCOPE);
    let (status, again) = google.exchange(&code, &[]).await;
    assert_eq!((status, &again["error"]), (StatusCode::BAD_REQUEST, &json!("invalid_grant")));
    let code = google.code(&[]).await;
    google.clock.advance(Duration::from_secs(601));
    assert_eq!(google.exchange(&code, &[]).await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_refresh_token_comes_with_the_first_agreement_or_when_it_is_asked_for() {
    let google = Google::start(|_| {}).await;
    let mut given = Vec::new();
    for other in [&[("prompt", "")][..], &[("prompt", "")], &[], &[("access_type", "online")]] {
        let code = google.code(other).await;
        given.push(google.exchange(&code, &[]).await.1["refresh_token"].is_string());
    }
    assert_eq!(given, [true, false, true, false]);
}

#[tokio::test]
async fn tokens_end_are_renewed_and_are_taken_back() {
    let google = Google::start(|_| {}).await;
    let code = google.code(&[]).await;
    let (_, tokens) = google.exchange(&code, &[]).await;
    let (access, refresh) = (tokens["access_token"].as_str().unwrap(), tokens["refresh_token"].as_str().unwrap());
    let list = "analyticsadmin/v1beta/accountSummaries";
    google.clock.advance(Duration::from_secs(3_598));
    assert_eq!(google.get(access, list).await.0, StatusCode::OK);
    google.clock.advance(Duration::from_secs(1));
    let (status, body) = google.get(access, list).await;
    assert_eq!((status, &body["error"]["status"]), (StatusCode::UNAUTHORIZED, &json!("UNAUTHENTICATED")));
    let renew = [
        ("grant_type", "refresh_token"),
        ("refresh_token", refresh),
        ("client_id", "aloftly.apps.google.test"),
        ("client_secret", "a secret of the client"),
    ];
    let (status, renewed) = google.post("oauth2/token", &renew).await;
    assert_eq!((status, renewed.get("refresh_token")), (StatusCode::OK, None));
    assert_eq!(google.get(renewed["access_token"].as_str().unwrap(), list).await.0, StatusCode::OK);
    assert_eq!(google.post("oauth2/revoke", &[("token", refresh)]).await.0, StatusCode::OK);
    assert_eq!(google.get(renewed["access_token"].as_str().unwrap(), list).await.0, StatusCode::UNAUTHORIZED);
    let (status, body) = google.post("oauth2/token", &renew).await;
    assert_eq!((status, &body["error"]), (StatusCode::BAD_REQUEST, &json!("invalid_grant")));
    let (status, body) = google.post("oauth2/revoke", &[("token", refresh)]).await;
    assert_eq!((status, &body["error"]), (StatusCode::BAD_REQUEST, &json!("invalid_token")));
}

#[tokio::test]
async fn people_can_decline_and_leave_boxes_empty() {
    let google = Google::start(|_| {}).await;
    let with = |more: &[(&str, &str)]| {
        let more = more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        google.wanted(&[("scope", &format!("openid {ANALYTICS_SCOPE}"))]).into_iter().chain(more).collect::<Vec<_>>()
    };
    let back = google.answer(&with(&[("account", EMAIL), ("answer", "cancel")])).await;
    assert_eq!((back.get("error").map(String::as_str), back.get("code")), (Some("access_denied"), None));
    let back = google.answer(&with(&[("account", EMAIL), ("answer", "continue")])).await;
    assert_eq!(back["scope"], "openid");
    let (_, tokens) = google.exchange(&back["code"], &[("redirect_uri", REDIRECT)]).await;
    assert_eq!(tokens["scope"], "openid");
    let (status, body) =
        google.get(tokens["access_token"].as_str().unwrap(), "analyticsadmin/v1beta/accountSummaries").await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert_eq!(body["error"]["details"][0]["reason"], "ACCESS_TOKEN_SCOPE_INSUFFICIENT");
}
