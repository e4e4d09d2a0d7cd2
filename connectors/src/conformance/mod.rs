//! One test suite for every connector. [`connector_conformance!`](crate::connector_conformance) makes a test of each case.
//!
//! A [`Subject`] is a connector with a provider of its own that really answers over HTTP, can be put into [`Trouble`], and tells what a complete
//! reading must yield, worked out of what the provider holds and not by the connector. The cases take pages as jobs do, into a [`Lake`] that is
//! written for them: rows by entity and version, slices replaced, removals applied, the cursor kept together with the rows.
//!
//! Time is the provider's clock, which moves when somebody waits: no case takes longer than its requests do.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs, reason = "these are tests; their names say what they prove")]

mod answers;
mod job;
mod lake;
mod limits;
mod resuming;
mod signing;
mod subject;
mod telling;

pub use answers::{
    a_field_that_is_missing_is_named_and_no_value_of_people, an_answer_that_is_cut_off_leaves_no_part_of_itself,
    pages_without_an_end_are_given_up, unknown_fields_change_nothing,
};
pub use job::Job;
pub use lake::{Lake, Row};
pub use limits::{
    a_provider_that_fails_for_a_moment_is_asked_again, a_provider_that_keeps_failing_is_left_alone_until_later,
    a_provider_that_throttles_is_waited_for, a_provider_that_throttles_without_end_is_not_hammered,
};
pub use resuming::{
    a_first_reading_that_is_killed_before_any_commit_goes_on_there,
    a_first_reading_that_is_killed_behind_any_commit_goes_on_there, changes_of_one_instant_are_read_across_kills,
};
pub use signing::{access_that_is_taken_back_loses_nothing, an_expired_token_is_renewed_once_and_the_reading_goes_on};
pub use subject::{Facts, Scene, Subject, Trouble};
pub use telling::{
    a_clock_that_is_ahead_misses_nothing, a_clock_that_is_behind_misses_nothing, a_first_reading_yields_everything,
    an_account_without_anything_is_read_to_its_end, changes_while_a_reading_goes_on_are_in_the_next,
    many_changes_of_one_instant_are_all_read, what_is_kept_makes_everything_anew,
    what_is_kept_of_people_says_whose_it_is, what_is_told_twice_is_there_once,
};

/// Makes one `#[tokio::test]` of every case. `$subject` is a [`Subject`].
#[macro_export]
macro_rules! connector_conformance {
    ($subject:ty) => {
        $crate::connector_conformance!(@cases $subject:
            a_first_reading_yields_everything,
            a_first_reading_that_is_killed_behind_any_commit_goes_on_there,
            a_first_reading_that_is_killed_before_any_commit_goes_on_there,
            many_changes_of_one_instant_are_all_read,
            changes_of_one_instant_are_read_across_kills,
            what_is_told_twice_is_there_once,
            what_is_kept_makes_everything_anew,
            what_is_kept_of_people_says_whose_it_is,
            changes_while_a_reading_goes_on_are_in_the_next,
            a_clock_that_is_ahead_misses_nothing,
            a_clock_that_is_behind_misses_nothing,
            an_account_without_anything_is_read_to_its_end,
            an_expired_token_is_renewed_once_and_the_reading_goes_on,
            access_that_is_taken_back_loses_nothing,
            a_provider_that_throttles_is_waited_for,
            a_provider_that_throttles_without_end_is_not_hammered,
            a_provider_that_fails_for_a_moment_is_asked_again,
            a_provider_that_keeps_failing_is_left_alone_until_later,
            an_answer_that_is_cut_off_leaves_no_part_of_itself,
            pages_without_an_end_are_given_up,
            unknown_fields_change_nothing,
            a_field_that_is_missing_is_named_and_no_value_of_people,
        );
    };
    (@cases $subject:ty: $($case:ident,)*) => {
        $(
            #[tokio::test]
            async fn $case() {
                $crate::conformance::$case::<$subject>().await;
            }
        )*
    };
}
