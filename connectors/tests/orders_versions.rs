//! Which of two states of an order is the newer one.

use crate::support::{import_orders, number};

const HEADER: &str = "Name,Id,Created at,Paid at,Fulfilled at,Cancelled at,Refunded at,Refunded Amount,Currency,Total,\
                      Lineitem quantity,Lineitem name,Lineitem price";

/// The row version of an order of 90.00 created at noon, with these cells.
fn version(paid: &str, fulfilled: &str, cancelled: &str, refunded_at: &str, refunded: &str) -> i128 {
    version_of("90.00", paid, fulfilled, cancelled, refunded_at, refunded)
}

fn version_of(total: &str, paid: &str, fulfilled: &str, cancelled: &str, refunded_at: &str, refunded: &str) -> i128 {
    let cells = [
        "#1",
        "11",
        "2026-01-05 12:00:00 UTC",
        paid,
        fulfilled,
        cancelled,
        refunded_at,
        refunded,
        "USD",
        total,
        "1",
        "Tea",
        "90.00",
    ];
    let file = format!("{HEADER}\n{}\n", cells.join(","));
    let (kept, _) = import_orders(file.as_bytes(), 8).unwrap();
    number(&kept.of("orders")[0], "row_version")
}

/// 2026-01-05 12:00:00 UTC.
const NOON: i128 = 1_767_614_400_000_000;

#[test]
fn a_state_is_as_of_the_last_time_that_never_goes_back() {
    assert_eq!(version("", "", "", "", ""), NOON);
    assert_eq!(version("2026-01-05 12:00:05 UTC", "", "", "", ""), NOON + 5_000_000);
    assert_eq!(version("2026-01-05 12:00:05.75 UTC", "", "", "", ""), NOON + 5_000_000);
    assert_eq!(version("2026-01-05 12:00:05 UTC", "", "2026-01-05 12:01:00 UTC", "", ""), NOON + 60_000_000);
}

#[test]
fn a_fulfilment_that_was_cancelled_does_not_make_the_newer_export_stale() {
    assert_eq!(version("", "2026-01-07 12:00:00 UTC", "", "", ""), version("", "", "", "", ""));
}

#[test]
fn of_states_with_the_same_times_the_one_with_more_refunded_is_newer() {
    assert_eq!(version("", "", "", "", "0.00"), NOON);
    assert_eq!(version("", "", "", "2026-01-09 12:00:00 UTC", "30.00"), NOON + 3_000);
    assert_eq!(version("", "", "", "", "30.01"), NOON + 3_001);
    assert_eq!(version("", "", "", "", "0.0001"), NOON + 1);
    assert_eq!(version("", "", "", "", "5000.00"), NOON + 500_000);
    assert_eq!(version("", "", "", "", "5100.00"), NOON + 500_499);
    assert_eq!(version("", "", "", "", "105000.00"), NOON + 749_999);
    assert_eq!(version("", "", "", "", "99999999999999.9999"), NOON + 999_998);
}

#[test]
fn an_edit_that_raises_the_total_of_a_refunded_order_is_not_older() {
    let (before, after) = (version("", "", "", "", "30.00"), version_of("120.00", "", "", "", "", "30.00"));
    assert_eq!(before, after);
}
