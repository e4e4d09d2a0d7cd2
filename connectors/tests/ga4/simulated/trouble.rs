//! What goes wrong on the way.

use std::sync::atomic::Ordering;

use aloftly_connectors::contract::{Connector as _, Failure, Mode};
use aloftly_connectors::ga4::Ga4;
use aloftly_simulators::google::{Blocked, Fault};

use super::{EMAIL, ID, Lab, Store, day, oracle};
use crate::support::text;

fn one_day() -> Mode {
    Mode::Range { from: day("2026-11-12"), to: day("2026-11-12") }
}

fn failing(status: u16) -> Fault {
    Fault::Status { status, message: "Internal error encountered.".to_owned() }
}

#[tokio::test]
async fn googles_errors_are_tried_again_twice_and_no_more() {
    let lab = Lab::start(|_| {}).await;
    let (pocket, account) = lab.connected().await;
    lab.google.fail(2, ":batchRunReports", failing(500));
    lab.sync(&pocket, &account, one_day(), &mut Store::default()).await.unwrap();
    lab.google.fail(10, ":batchRunReports", failing(503));
    let before = lab.google.asked().len();
    let failure = lab.sync(&pocket, &account, one_day(), &mut Store::default()).await.unwrap_err();
    assert!(matches!(failure, Failure::Unavailable { .. }) && failure.is_transient(), "{failure}");
    assert_eq!(lab.calls(before), [503; 3]);
}

#[tokio::test]
async fn answers_that_are_cut_off_are_asked_for_again() {
    let lab = Lab::start(|_| {}).await;
    let (pocket, account) = lab.connected().await;
    lab.google.fail(1, ":batchRunReports", Fault::Reset);
    let mut store = Store::default();
    lab.sync(&pocket, &account, one_day(), &mut store).await.unwrap();
    lab.google.fail(1, ":batchRunReports", Fault::Truncated);
    lab.sync(&pocket, &account, Mode::Range { from: day("2026-11-13"), to: day("2026-11-13") }, &mut store)
        .await
        .unwrap();
    assert_eq!(oracle::held(&store, day("2026-11-13")), oracle::of(&lab, day("2026-11-13")));
}

#[tokio::test]
async fn a_token_that_ends_on_the_way_is_renewed_once() {
    let lab = Lab::start(|_| {}).await;
    let (pocket, account) = lab.connected().await;
    lab.google.expire_tokens();
    lab.sync(&pocket, &account, one_day(), &mut Store::default()).await.unwrap();
    assert_eq!(pocket.renewals.load(Ordering::SeqCst), 1);
    lab.google.fail(2, ":batchRunReports", Fault::Status { status: 401, message: "no".to_owned() });
    let failure = lab.sync(&pocket, &account, one_day(), &mut Store::default()).await.unwrap_err();
    assert!(matches!(failure, Failure::Revoked { .. }), "{failure}");
    lab.google.revoke(EMAIL);
    let failure = lab.sync(&pocket, &account, one_day(), &mut Store::default()).await.unwrap_err();
    assert!(matches!(failure, Failure::Revoked { .. }) && failure.wants_reconnect(), "{failure}");
}

#[tokio::test]
async fn whoever_is_not_let_in_is_told_what_to_do() {
    let lab = Lab::start(|_| {}).await;
    let (pocket, account) = lab.connected().await;
    lab.google.set(|settings| settings.is_disabled = true);
    let failure = lab.sync(&pocket, &account, one_day(), &mut Store::default()).await.unwrap_err();
    assert!(matches!(&failure, Failure::Forbidden { detail } if detail.contains("Data API")), "{failure}");
    lab.google.set(|settings| settings.is_disabled = false);
    lab.google.take_away(EMAIL, ID);
    let failure = lab.sync(&pocket, &account, one_day(), &mut Store::default()).await.unwrap_err();
    assert!(matches!(&failure, Failure::Forbidden { detail } if detail.contains("Viewer")), "{failure}");
}

#[tokio::test]
async fn names_that_a_property_lacks_are_left_out_and_the_rest_is_read() {
    let lab = Lab::start(|options| {
        options.settings.missing.extend(["landingPage".to_owned(), "keyEvents".to_owned()]);
        options.settings.blocked.insert("purchaseRevenue".to_owned(), Blocked::Revenue);
    })
    .await;
    let (pocket, account) = lab.connected().await;
    let mut store = Store::default();
    lab.sync(&pocket, &account, one_day(), &mut store).await.unwrap();
    let mut expected = oracle::of(&lab, day("2026-11-12"));
    let is_lost = |name: &str| {
        name.ends_with("_by_page") || name.starts_with("key_events") || name.starts_with("purchase_revenue")
    };
    expected.retain(|(name, _), _| !is_lost(name));
    assert_eq!(oracle::held(&store, day("2026-11-12")), expected);
    let health = Ga4.test_connection(&lab.session(&account, &pocket)).await.unwrap();
    assert_eq!(health.warnings.len(), 1, "{:?}", health.warnings);
}

#[tokio::test]
async fn one_report_that_google_refuses_does_not_keep_the_others_out() {
    let lab = Lab::start(|_| {}).await;
    let (pocket, account) = lab.connected().await;
    // It goes away after the property was connected.
    lab.google.set(|settings| {
        settings.missing.insert("landingPage".to_owned());
    });
    let mut store = Store::default();
    let before = lab.google.asked().len();
    let range = Mode::Range { from: day("2026-11-10"), to: day("2026-11-13") };
    lab.sync(&pocket, &account, range, &mut store).await.unwrap();
    for day in &store.came {
        let mut expected = oracle::of(&lab, *day);
        expected.retain(|(name, _), _| !name.ends_with("_by_page"));
        assert_eq!(oracle::held(&store, *day), expected, "{day}");
    }
    assert_eq!(store.came.len(), 4);
    let warnings: Vec<&String> = store.warnings.iter().collect();
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(
        warnings[0].contains("report of landing pages") && warnings[0].contains("landingPage is not a valid dimension")
    );
    // It was refused with the others, and by itself, and was not asked for again.
    let refused = lab.calls(before).iter().filter(|status| **status == 400).count();
    assert_eq!(refused, 2);
}

#[tokio::test]
async fn what_is_known_of_a_report_stays_when_google_refuses_it_later() {
    let lab = Lab::start(|_| {}).await;
    let (pocket, account) = lab.connected().await;
    let mut store = Store::default();
    lab.sync(&pocket, &account, one_day(), &mut store).await.unwrap();
    let known = oracle::held(&store, day("2026-11-12"));
    assert!(known.keys().any(|(name, _)| name == "sessions_by_page"));
    lab.google.set(|settings| {
        settings.missing.insert("landingPage".to_owned());
        settings.blocked.insert("purchaseRevenue".to_owned(), Blocked::Revenue);
    });
    store.cursor = None;
    lab.sync(&pocket, &account, one_day(), &mut store).await.unwrap();
    assert_eq!(store.came.len(), 2);
    assert_eq!(oracle::held(&store, day("2026-11-12")), known);
    assert!(store.warnings.iter().any(|warning| warning.contains("report of landing pages")), "{:?}", store.warnings);
    assert!(store.warnings.iter().any(|warning| warning.contains("keeps purchaseRevenue")), "{:?}", store.warnings);
}

#[tokio::test]
async fn days_are_not_wiped_out_when_google_refuses_everything() {
    let lab = Lab::start(|_| {}).await;
    let (pocket, account) = lab.connected().await;
    lab.google.fail(100, ":batchRunReports", Fault::Status { status: 400, message: "No.".to_owned() });
    let mut store = Store::default();
    let failure = lab.sync(&pocket, &account, one_day(), &mut store).await.unwrap_err();
    assert!(matches!(failure, Failure::Refused { .. }) && !failure.is_transient(), "{failure}");
    assert!(store.came.is_empty());
}

#[tokio::test]
async fn days_are_the_propertys_after_its_zone_changed_too() {
    let lab = Lab::start(|_| {}).await;
    let (pocket, account) = lab.connected().await;
    lab.google.set(|settings| {
        settings.moved = Some((chrono_tz::America::Los_Angeles, "USD".to_owned().try_into().unwrap()));
    });
    let mut store = Store::default();
    lab.sync(&pocket, &account, one_day(), &mut store).await.unwrap();
    assert!(
        store.warnings.iter().any(|warning| warning.contains("America/Los_Angeles by now")),
        "{:?}",
        store.warnings
    );
    // Until it is connected anew, days stay where they were, and rows say whose they are.
    let rows = &store.days[&day("2026-11-12")];
    let midnight = super::super::micros("2026-11-12T05:00:00Z").to_string();
    assert!(rows.iter().all(|row| text(row, "recorded_at") == midnight));
    assert!(rows.iter().all(|row| text(row, "metadata").contains("America/Los_Angeles")));
}

#[tokio::test]
async fn a_sync_that_nobody_wants_any_more_stops() {
    let lab = Lab::start(|_| {}).await;
    let (pocket, account) = lab.connected().await;
    lab.us.cancel.cancel();
    let stopped = lab.sync(&pocket, &account, one_day(), &mut Store::default()).await;
    assert!(matches!(stopped, Err(Failure::Stopped)), "{stopped:?}");
}
