//! Shares of an order's discount among its lines.

use aloftly_engine::money::Money;

/// What of `discount` falls to each line, by the lines' amounts: whole multiples of `unit`, as near to the exact shares as
/// they go (by the method of largest remainders, of equal ones the first), that add up to the discount.
///
/// Nothing falls to lines of no amount or less, and no line gets more than its amount: what is beyond the sum of all
/// positive amounts is not shared. The amounts must be multiples of the unit.
pub(super) fn allocate(discount: Money, unit: Money, amounts: &[Money]) -> Vec<Money> {
    let weights: Vec<i128> = amounts.iter().map(|amount| amount.raw().max(0)).collect();
    let all: i128 = weights.iter().sum();
    let unit = unit.raw().max(1);
    let units = discount.raw().clamp(0, all) / unit;
    if units == 0 {
        return vec![Money::ZERO; amounts.len()];
    }
    // Products of two amounts of 18 digits fit.
    let mut shares: Vec<i128> = weights.iter().map(|weight| units * weight / all).collect();
    let left = units - shares.iter().sum::<i128>();
    let mut by_remainder: Vec<usize> = (0..weights.len()).collect();
    by_remainder.sort_by_key(|line| std::cmp::Reverse(units * weights[*line] % all));
    for line in by_remainder.into_iter().take(usize::try_from(left).unwrap_or(0)) {
        shares[line] += 1;
    }
    shares.into_iter().map(|share| Money::from_raw(share * unit)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cents(cents: &[i128]) -> Vec<Money> {
        cents.iter().map(|cents| Money::from_raw(cents * 100)).collect()
    }

    fn shares(discount: i128, amounts: &[i128]) -> Vec<i128> {
        let shares = allocate(Money::from_raw(discount * 100), Money::from_raw(100), &cents(amounts));
        shares.into_iter().map(|share| share.raw() / 100).collect()
    }

    #[test]
    fn a_discount_is_shared_by_value() {
        assert_eq!(shares(1_000, &[2_000, 1_000, 1_000]), [500, 250, 250]);
        assert_eq!(shares(0, &[2_000, 1_000]), [0, 0]);
        assert_eq!(shares(3_000, &[2_000, 1_000]), [2_000, 1_000]);
    }

    #[test]
    fn what_does_not_divide_goes_to_the_largest_remainders_and_the_first_lines() {
        assert_eq!(shares(1_000, &[1_000, 1_000, 1_000]), [334, 333, 333]);
        assert_eq!(shares(2, &[1, 1, 1]), [1, 1, 0]);
        assert_eq!(shares(100, &[1_999, 1_001, 500]), [57, 29, 14]);
    }

    #[test]
    fn what_costs_nothing_takes_no_part_and_nothing_falls_below_zero() {
        assert_eq!(shares(700, &[0, 1_000, -200]), [0, 700, 0]);
        assert_eq!(shares(5_000, &[0, 1_000, -200]), [0, 1_000, 0]);
        assert_eq!(shares(100, &[]), [0_i128; 0]);
    }

    proptest! {
        #[test]
        fn shares_add_up_and_are_less_than_a_unit_from_exact(
            amounts in prop::collection::vec(0..1_000_000_000_000_i128, 1..20),
            part in 0..=1_000_i128,
        ) {
            let all: i128 = amounts.iter().sum();
            let discount = all * part / 1_000;
            let shares = shares(discount, &amounts);
            prop_assert_eq!(shares.iter().sum::<i128>(), discount);
            for (share, amount) in shares.iter().zip(&amounts) {
                prop_assert!((0..=*amount).contains(share));
                prop_assert!((share * all - discount * amount).abs() < all.max(1));
            }
        }
    }
}
