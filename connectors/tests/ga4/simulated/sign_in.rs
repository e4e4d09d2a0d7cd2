//! Signing in, choosing a property and taking it back.

use std::collections::BTreeMap;

use aloftly_connectors::contract::{Authorization, Connector as _, Failure, Keyring as _, OAuth as _};
use aloftly_connectors::ga4::Ga4;
use aloftly_simulators::google::{ANALYTICS_SCOPE, Blocked, Fault, Property};
use serde_json::json;
use url::Url;

use super::{CHALLENGE, EMAIL, ID, Lab, REDIRECT};

#[tokio::test]
async fn the_person_is_sent_to_google_with_all_that_it_wants_to_know() {
    let lab = Lab::start(|_| {}).await;
    let (redirect, none) = (Url::parse(REDIRECT).unwrap(), BTreeMap::new());
    let authorization = Authorization { fields: &none, state: "s p/c", challenge: CHALLENGE, redirect: &redirect };
    let mut app = lab.us.app.clone();
    app.base = None;
    let url = Ga4.authorize(&app, &authorization).unwrap();
    assert!(url.as_str().starts_with("https://accounts.google.com/o/oauth2/v2/auth?"), "{url}");
    let asked: BTreeMap<String, String> = url.query_pairs().into_owned().collect();
    let expected = [
        ("client_id", "aloftly.apps.google.test"),
        ("redirect_uri", REDIRECT),
        ("response_type", "code"),
        ("scope", "https://www.googleapis.com/auth/analytics.readonly"),
        ("state", "s p/c"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
        ("access_type", "offline"),
        ("prompt", "consent"),
    ];
    assert_eq!(asked, expected.map(|(name, value)| (name.to_owned(), value.to_owned())).into());
    assert!(!url.as_str().contains("a+secret") && !url.as_str().contains("a%20secret"));
}

#[tokio::test]
async fn a_property_is_connected_with_all_that_is_to_be_known_of_it() {
    let lab = Lab::start(|options| {
        let first = options.properties[0].clone();
        options.properties.push(Property {
            id: 7,
            name: "Second".to_owned(),
            account: (9, "Other".to_owned()),
            ..first
        });
        options.users[0].properties.push(7);
        options.settings.unknown_fields = true;
        options.settings.page_size = 1;
    })
    .await;
    let pocket = lab.signed_in().await;
    let kept = pocket.current().await.unwrap();
    assert_eq!(kept.expires_at.unwrap().to_rfc3339(), "2026-11-20T18:59:59+00:00");
    let accounts = Ga4.accounts(&lab.us.calls(), &kept).await.unwrap();
    let names: Vec<(&str, &str)> =
        accounts.iter().map(|account| (account.id.as_str(), account.name.as_str())).collect();
    let first = "Fern & Kettle – GA4 (Fern & Kettle)";
    assert_eq!(names, [("properties/7", "Second (Other)"), ("properties/123456789", first)]);
    let account = Ga4.connect(&lab.session(&accounts[1], &pocket)).await.unwrap();
    assert_eq!((account.zone, account.currency.as_deref()), (Some(chrono_tz::America::New_York), Some("USD")));
    assert!(account.has(ANALYTICS_SCOPE));
    assert_eq!(Ga4::key_events(&account), ["purchase"]);
    assert_eq!(account.details["service_level"], "GOOGLE_ANALYTICS_STANDARD");
    assert_eq!(account.details["missing"], json!([]));
    assert_eq!(Ga4.available_metrics(&account).len(), Ga4.available_metrics(&accounts[0]).len());
    let health = Ga4.test_connection(&lab.session(&account, &pocket)).await.unwrap();
    assert!(health.warnings.is_empty(), "{:?}", health.warnings);
}

#[tokio::test]
async fn what_changed_and_what_is_missing_is_told() {
    let lab = Lab::start(|_| {}).await;
    let (pocket, account) = lab.connected().await;
    lab.google.set(|settings| {
        settings.moved = Some((chrono_tz::Europe::Paris, "EUR".to_owned().try_into().unwrap()));
        settings.missing.insert("landingPage".to_owned());
        settings.blocked.insert("purchaseRevenue".to_owned(), Blocked::Revenue);
    });
    let health = Ga4.test_connection(&lab.session(&account, &pocket)).await.unwrap();
    let parts = [
        "those of Europe/Paris by now",
        "currency is EUR by now",
        "tell landingPage, purchaseRevenue",
        "connect it anew",
    ];
    assert_eq!(health.warnings.len(), 4, "{:?}", health.warnings);
    for (warning, part) in health.warnings.iter().zip(parts) {
        assert!(warning.contains(part), "{warning}");
    }
    let anew = Ga4.connect(&lab.session(&account, &pocket)).await.unwrap();
    assert_eq!(anew.details["missing"], json!(["landingPage", "purchaseRevenue"]));
    let metrics = Ga4.available_metrics(&anew);
    assert!(metrics.contains(&"ga4.sessions") && !metrics.contains(&"ga4.purchase_revenue"));
}

#[tokio::test]
async fn whoever_declines_or_leaves_the_box_empty_is_told_what_to_do() {
    let lab = Lab::start(|_| {}).await;
    let declined = lab.answered(&[("account", EMAIL), ("answer", "cancel")]).await;
    let failure = lab.complete(&declined).await.unwrap_err();
    assert!(matches!(&failure, Failure::Forbidden { detail } if detail.contains("did not agree")), "{failure}");
    let empty = lab.answered(&[("account", EMAIL), ("answer", "continue")]).await;
    let failure = lab.complete(&empty).await.unwrap_err();
    assert!(matches!(&failure, Failure::Forbidden { detail } if detail.contains("leave the box ticked")), "{failure}");
}

#[tokio::test]
async fn codes_are_good_once_and_for_us_alone() {
    let lab = Lab::start(|_| {}).await;
    let granted = format!("granted {ANALYTICS_SCOPE}");
    let agreed = [("account", EMAIL), (granted.as_str(), "yes"), ("answer", "continue")];
    let back = lab.answered(&agreed).await;
    lab.complete(&back).await.unwrap();
    let failure = lab.complete(&back).await.unwrap_err();
    assert!(matches!(&failure, Failure::Forbidden { detail } if detail.contains("connect again")), "{failure}");
    let failure = lab.complete(&[("state".to_owned(), "the state".to_owned())]).await.unwrap_err();
    assert!(matches!(failure, Failure::Forbidden { .. }), "{failure}");
    lab.google.fail(1, "/oauth2/token", Fault::Status { status: 503, message: String::new() });
    let back = lab.answered(&agreed).await;
    let failure = lab.complete(&back).await.unwrap_err();
    assert!(failure.is_transient(), "an exchange is not repeated, for the code may be used up: {failure}");
}

#[tokio::test]
async fn tokens_are_renewed_by_the_old_refresh_token_until_access_is_taken_back() {
    let lab = Lab::start(|_| {}).await;
    let (pocket, account) = lab.connected().await;
    let before = pocket.current().await.unwrap();
    let renewed = pocket.renewed(&before).await.unwrap();
    assert_eq!(renewed.get("refresh_token").unwrap(), before.get("refresh_token").unwrap());
    assert_ne!(renewed.get("access_token").unwrap(), before.get("access_token").unwrap());
    lab.google.expire_tokens();
    Ga4.test_connection(&lab.session(&account, &pocket)).await.unwrap();
    lab.google.revoke(EMAIL);
    let failure = Ga4.test_connection(&lab.session(&account, &pocket)).await.unwrap_err();
    assert!(matches!(failure, Failure::Revoked { .. }) && failure.wants_reconnect(), "{failure}");
    // There is nothing left to take back.
    Ga4.disconnect(&lab.session(&account, &pocket)).await.unwrap();
}

#[tokio::test]
async fn a_connection_that_ends_takes_its_access_back() {
    let lab = Lab::start(|_| {}).await;
    let (pocket, account) = lab.connected().await;
    Ga4.disconnect(&lab.session(&account, &pocket)).await.unwrap();
    let kept = pocket.current().await.unwrap();
    assert!(matches!(Ga4.refresh(&lab.us.calls(), &kept).await, Err(Failure::Revoked { .. })));
}

#[tokio::test]
async fn a_property_that_is_not_ours_any_more_has_to_be_connected_anew() {
    let lab = Lab::start(|_| {}).await;
    let (pocket, account) = lab.connected().await;
    lab.google.take_away(EMAIL, ID);
    let failure = Ga4.test_connection(&lab.session(&account, &pocket)).await.unwrap_err();
    assert!(matches!(&failure, Failure::Forbidden { detail } if detail.contains("the role Viewer")), "{failure}");
    lab.google.set(|settings| settings.is_disabled = true);
    let chosen = Ga4.accounts(&lab.us.calls(), &pocket.current().await.unwrap()).await.unwrap();
    assert!(chosen.is_empty());
}

#[tokio::test]
async fn a_listing_without_an_end_is_not_followed() {
    let lab = Lab::start(|options| options.settings.endless = true).await;
    let pocket = lab.signed_in().await;
    let kept = pocket.current().await.unwrap();
    let failure = Ga4.accounts(&lab.us.calls(), &kept).await.unwrap_err();
    assert!(matches!(failure, Failure::Unexpected { .. }), "{failure}");
}
