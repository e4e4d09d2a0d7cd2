//! Versions of what Shopify tells.

use super::wire::At;

/// What is added to the time of a change when everything about a thing was read.
///
/// The orders file's versions are at most the time of the last change in whole seconds and, below the second, a number under a million
/// that grows with what was refunded. A second more is above all of them, and not above those of a change a second later.
const READ: i64 = 1_000_000;
/// What is added when a webhook told it: it says less than an answer, so a reading of the same second takes its place.
const TOLD: i64 = READ - 1;

/// The version of a state that was read.
pub(super) fn read(updated_at: At) -> i64 {
    updated_at.0.saturating_add(READ)
}

/// The version of a state that a webhook told.
pub(super) fn told(updated_at: At) -> i64 {
    updated_at.0.saturating_add(TOLD)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000;

    #[test]
    fn a_reading_is_above_a_webhook_of_the_same_second_and_below_one_of_the_next() {
        let at = At(1_700_000_000 * SECOND);
        assert!(told(at) < read(at));
        assert!(read(at) < told(At(at.0 + SECOND)));
    }

    #[test]
    fn both_are_at_least_what_the_orders_file_gives_the_same_state() {
        // The file's version: the last change in whole seconds, and the most that a refund adds.
        let at = At(1_700_000_000 * SECOND);
        let of_file = at.0 + SECOND - 1;
        assert!(told(at) >= of_file);
        assert!(read(at) > of_file);
    }
}
