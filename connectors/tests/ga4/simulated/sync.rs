//! Reading the days of a property.

use std::collections::BTreeMap;
use std::time::Duration;

use aloftly_connectors::contract::{Connector as _, Failure, Mode};
use aloftly_connectors::ga4::Ga4;
use chrono::{Days, NaiveDate};

use super::{Lab, Store, day, is_in, oracle, rows_of};
use crate::support::{Row, text};

/// Days from the newest to the oldest.
fn days(newest: &str, oldest: &str) -> Vec<NaiveDate> {
    let days = std::iter::successors(Some(day(newest)), |day| day.checked_sub_days(Days::new(1)));
    days.take_while(|at| *at >= day(oldest)).collect()
}

#[track_caller]
fn agrees(lab: &Lab, store: &Store, day: NaiveDate) {
    assert_eq!(oracle::held(store, day), oracle::of(lab, day), "{day}");
}

#[tokio::test]
async fn the_first_sync_reads_every_day_the_newest_first_and_each_value_is_right() {
    let lab = Lab::start(|_| {}).await;
    let (pocket, account) = lab.connected().await;
    let mut store = Store::default();
    lab.sync(&pocket, &account, Mode::Full, &mut store).await.unwrap();
    // From the day before the property was made, whose zone may have been another then.
    assert_eq!(store.came, days("2026-11-20", "2026-10-30"));
    assert_eq!(store.expected, Some(store.came.len() as u64));
    for day in &store.came {
        agrees(&lab, &store, *day);
    }
    let purchases: i128 = store
        .days
        .keys()
        .flat_map(|day| oracle::held(&store, *day))
        .filter(|((name, _), _)| name == "purchases")
        .map(|(_, value)| value / 1_000_000)
        .sum();
    assert!(purchases > 20, "{purchases} purchases are too few to say anything");
    assert!(store.warnings.is_empty(), "{:?}", store.warnings);
}

#[tokio::test]
async fn incremental_syncs_bring_in_what_changed_and_take_out_what_is_gone() {
    let lab = Lab::start(|_| {}).await;
    let (pocket, account) = lab.connected().await;
    let mut store = Store::default();
    lab.sync(&pocket, &account, Mode::Full, &mut store).await.unwrap();
    let had_unknown =
        store.days[&day("2026-11-19")].iter().any(|row| row["traffic_source"].as_deref() == Some("(not set)"));
    assert!(had_unknown, "sources that are told late are what this is about");
    lab.clock.advance(Duration::from_secs(3_600));
    store.came.clear();
    lab.sync(&pocket, &account, Mode::Incremental, &mut store).await.unwrap();
    assert_eq!(store.came, days("2026-11-20", "2026-11-18"));
    for day in &store.came {
        agrees(&lab, &store, *day);
    }
    // Four days later all is known of the days until then.
    lab.clock.advance(Duration::from_secs(4 * 86_400));
    store.came.clear();
    lab.sync(&pocket, &account, Mode::Incremental, &mut store).await.unwrap();
    assert_eq!(store.came.first(), Some(&day("2026-11-24")));
    for day in store.days.keys() {
        agrees(&lab, &store, *day);
    }
    let unknown =
        store.days[&day("2026-11-19")].iter().any(|row| row["traffic_source"].as_deref() == Some("(not set)"));
    assert!(!unknown, "rows that are gone at the source are gone here");
    store.came.clear();
    lab.sync(&pocket, &account, Mode::Incremental, &mut store).await.unwrap();
    assert_eq!(store.came, days("2026-11-24", "2026-11-22"));
}

#[tokio::test]
async fn a_sync_that_is_stopped_anywhere_goes_on_behind_the_last_page_that_was_kept() {
    let lab = Lab::start(|_| {}).await;
    let (pocket, account) = lab.connected().await;
    let mut whole = Store::default();
    lab.sync(&pocket, &account, Mode::Full, &mut whole).await.unwrap();
    let mut store = Store::default();
    for most in [0, 1, 2, 7, 8, 19] {
        store.most = Some(most);
        let stopped = lab.sync(&pocket, &account, Mode::Full, &mut store).await;
        assert!(matches!(stopped, Err(Failure::Stopped)), "{stopped:?}");
    }
    store.most = None;
    lab.sync(&pocket, &account, Mode::Full, &mut store).await.unwrap();
    assert_eq!(store.came, whole.came, "no day was read twice, and none was left out");
    assert_eq!(store.days, whole.days);
    assert_eq!(store.cursor, whole.cursor);
}

#[tokio::test]
async fn a_range_reads_its_days_and_single_things_are_refused() {
    let lab = Lab::start(|_| {}).await;
    let (pocket, account) = lab.connected().await;
    let mut store = Store::default();
    let range = Mode::Range { from: day("2026-11-05"), to: day("2026-11-08") };
    lab.sync(&pocket, &account, range, &mut store).await.unwrap();
    assert_eq!(store.came, days("2026-11-08", "2026-11-05"));
    for day in &store.came {
        agrees(&lab, &store, *day);
    }
    let things = Mode::Things { ids: vec!["1".to_owned()] };
    let refused = lab.sync(&pocket, &account, things, &mut Store::default()).await;
    assert!(matches!(refused, Err(Failure::Refused { .. })), "{refused:?}");
    let stream = Ga4.declaration().stream("reports").unwrap();
    let now = lab.clock.now();
    assert!(matches!(
        Ga4.list(&lab.session(&account, &pocket), stream, (now, now)).await,
        Err(Failure::Refused { .. })
    ));
}

#[tokio::test]
async fn calls_are_as_few_as_reports_let_them_be() {
    let lab = Lab::start(|_| {}).await;
    let (pocket, account) = lab.connected().await;
    let before = lab.google.asked().len();
    let range = Mode::Range { from: day("2026-11-06"), to: day("2026-11-15") };
    lab.sync(&pocket, &account, range, &mut Store::default()).await.unwrap();
    // Ten days of six reports, five in a call.
    assert_eq!(lab.calls(before), [200; 12]);
}

#[tokio::test]
async fn what_was_kept_makes_the_same_rows_again() {
    let lab = Lab::start(|_| {}).await;
    let (pocket, account) = lab.connected().await;
    let mut store = Store::default();
    let range = Mode::Range { from: day("2026-11-10"), to: day("2026-11-11") };
    lab.sync(&pocket, &account, range, &mut store).await.unwrap();
    // Six reports of each of the days, each kept by itself.
    assert_eq!(store.raw.len(), 12);
    let mut days: BTreeMap<NaiveDate, Vec<Row>> = BTreeMap::new();
    for raw in &store.raw {
        let again = Ga4.rebuild(&account, raw).unwrap();
        let rows = rows_of(&again);
        assert!(rows.iter().all(|row| again.replaces.iter().any(|slice| is_in(slice, row))));
        days.entry(day(raw.about["day"].as_str().unwrap())).or_default().extend(rows);
    }
    assert_eq!(days, store.days);
}

#[tokio::test]
async fn long_reports_are_read_in_pages() {
    let lab = Lab::start(|options| options.settings.page_rows = 3).await;
    let (pocket, account) = lab.connected().await;
    let mut store = Store::default();
    let range = Mode::Range { from: day("2026-11-10"), to: day("2026-11-11") };
    lab.sync(&pocket, &account, range, &mut store).await.unwrap();
    for day in &store.came {
        agrees(&lab, &store, *day);
    }
    assert_eq!(store.came.len(), 2);
}

#[tokio::test]
async fn columns_in_another_order_and_unknown_fields_change_nothing() {
    let lab = Lab::start(|options| {
        (options.settings.turned_columns, options.settings.unknown_fields) = (true, true);
    })
    .await;
    let (pocket, account) = lab.connected().await;
    let mut store = Store::default();
    let range = Mode::Range { from: day("2026-11-12"), to: day("2026-11-12") };
    lab.sync(&pocket, &account, range, &mut store).await.unwrap();
    agrees(&lab, &store, day("2026-11-12"));
}

#[tokio::test]
async fn what_google_says_of_its_figures_goes_with_them() {
    let lab = Lab::start(|options| {
        options.settings.sampling = Some((10, 100));
        options.settings.threshold = Some(2);
        options.settings.most_rows = Some(4);
    })
    .await;
    let (pocket, account) = lab.connected().await;
    let mut store = Store::default();
    let range = Mode::Range { from: day("2026-11-12"), to: day("2026-11-12") };
    lab.sync(&pocket, &account, range, &mut store).await.unwrap();
    let rows = &store.days[&day("2026-11-12")];
    assert!(rows.iter().all(|row| text(row, "is_sampled") == "true"));
    for row in rows {
        let is_of_day = text(row, "metric_name") == "sessions";
        assert!(!is_of_day || text(row, "is_thresholded") == "false");
        assert_eq!(
            text(row, "is_other") == "true",
            row["page"].as_deref() == Some("(other)")
                || row["device"].as_deref() == Some("(other)")
                || row["traffic_source"].as_deref() == Some("(other)")
                || row["product"].as_deref() == Some("(other)")
        );
    }
    assert!(rows.iter().any(|row| text(row, "is_other") == "true"));
    assert!(store.warnings.iter().any(|warning| warning.contains("from a sample")), "{:?}", store.warnings);
}
