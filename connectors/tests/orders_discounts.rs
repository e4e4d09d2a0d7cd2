//! What is taken off an order as a whole is taken off its lines.

use proptest::prelude::*;

use crate::support::{Kept, import_orders, number, sum};

const HEADER: &str = "Name,Id,Created at,Currency,Subtotal,Discount Amount,Total,Lineitem quantity,Lineitem name,Lineitem price,Lineitem discount";

/// An order of lines of `(quantity, price, discount)`, with its subtotal and discount.
fn import(subtotal: &str, discount: &str, lines: &[(u32, &str, &str)]) -> Kept {
    let mut file = format!("{HEADER}\n");
    for (place, (quantity, price, line_discount)) in lines.iter().enumerate() {
        let of_order = if place == 0 { format!("USD,{subtotal},{discount},0") } else { ",,,".to_owned() };
        let id = if place == 0 { "11" } else { "" };
        file.push_str(&format!(
            "#1,{id},2026-01-05 10:00:00 -0500,{of_order},{quantity},Product {place},{price},{line_discount}\n"
        ));
    }
    import_orders(file.as_bytes(), 8).unwrap().0
}

/// Discount and amount of every line, in ten-thousandths.
fn lines(kept: &Kept) -> Vec<(i128, i128)> {
    kept.of("order_items").iter().map(|row| (number(row, "discount"), number(row, "amount"))).collect()
}

#[test]
fn a_code_on_the_whole_order_is_taken_off_its_lines_by_their_value() {
    let kept = import("36.00", "4.00", &[(2, "10.00", "0.00"), (1, "20.00", "0.00")]);
    assert_eq!(lines(&kept), [(20_000, 180_000), (20_000, 180_000)]);
    assert_eq!(number(&kept.of("orders")[0], "discount"), 40_000);
}

#[test]
fn what_lines_took_off_themselves_is_not_taken_off_again() {
    let kept = import("27.00", "13.00", &[(2, "10.00", "10.00"), (1, "20.00", "0.00")]);
    assert_eq!(lines(&kept), [(110_000, 90_000), (20_000, 180_000)]);
    let kept = import("30.00", "10.00", &[(2, "10.00", "10.00"), (1, "20.00", "0.00")]);
    assert_eq!(lines(&kept), [(100_000, 100_000), (0, 200_000)]);
}

#[test]
fn a_discount_on_shipping_is_not_taken_off_what_was_sold() {
    let kept = import("40.00", "5.00", &[(2, "10.00", "0.00"), (1, "20.00", "0.00")]);
    assert_eq!(lines(&kept), [(0, 200_000), (0, 200_000)]);
}

#[test]
fn without_a_subtotal_what_the_order_took_off_beyond_its_lines_is_shared() {
    let kept = import("", "1.00", &[(1, "1.00", "0.00"), (1, "1.00", "0.00"), (1, "1.00", "0.00")]);
    assert_eq!(lines(&kept), [(3_400, 6_600), (3_300, 6_700), (3_300, 6_700)]);
    let kept = import("", "9.00", &[(1, "1.00", "0.00"), (1, "2.00", "0.50")]);
    assert_eq!(lines(&kept), [(10_000, 0), (20_000, 0)]);
}

#[test]
fn a_currency_without_small_units_is_shared_in_whole_ones() {
    let kept = import("2900", "100", &[(1, "1000", "0"), (2, "1000", "0")]);
    assert_eq!(lines(&kept), [(330_000, 9_670_000), (670_000, 19_330_000)]);
}

#[test]
fn zeros_that_pad_amounts_are_no_smaller_unit() {
    let kept = import("2.0000", "1.0000", &[(1, "1.0000", "0"), (1, "1.0000", "0"), (1, "1.0000", "0")]);
    assert_eq!(lines(&kept), [(3_400, 6_600), (3_300, 6_700), (3_300, 6_700)]);
}

proptest! {
    #[test]
    fn the_items_amounts_add_up_to_the_subtotal(
        items in prop::collection::vec((0..20_u32, 0..100_000_u32, 0..=100_u32), 1..12),
        part in 0..=100_u64,
    ) {
        let text = |cents: u64| format!("{}.{:02}", cents / 100, cents % 100);
        let gross = |(quantity, price, _): &(u32, u32, u32)| u64::from(*quantity) * u64::from(*price);
        let off = |item: &(u32, u32, u32)| gross(item) * u64::from(item.2) / 100;
        let net: u64 = items.iter().map(|item| gross(item) - off(item)).sum();
        let subtotal = net * part / 100;
        let written: Vec<_> =
            items.iter().map(|item| (item.0, text(u64::from(item.1)), text(off(item)))).collect();
        let written: Vec<_> =
            written.iter().map(|(quantity, price, off)| (*quantity, price.as_str(), off.as_str())).collect();
        let kept = import(&text(subtotal), "", &written);
        prop_assert_eq!(sum(kept.of("order_items"), "amount"), i128::from(subtotal) * 100);
        for ((_, amount), item) in lines(&kept).into_iter().zip(&items) {
            prop_assert!(amount >= 0 && amount % 100 == 0 && amount <= i128::from(gross(item) - off(item)) * 100);
        }
    }
}
