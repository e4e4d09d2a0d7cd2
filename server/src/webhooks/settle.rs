//! What becomes of deliveries, as they are carried out.

use aloftly_catalog::{Outcome, QueuedDelivery, Settled, Settlement, SyncProblem};
use aloftly_connectors::contract::Failure;
use chrono::{DateTime, TimeDelta, Utc};

use crate::http::problem::Chain;
use crate::syncing::words;

/// Attempts at a delivery that may come to nothing before it is dead: the last is made some hours after the first.
const MOST_ATTEMPTS: u32 = 16;
/// How long after the first attempt that came to nothing another is made; later ones wait longer, up to the longest.
const AGAIN_AFTER: TimeDelta = TimeDelta::seconds(1);
const AT_THE_LATEST: TimeDelta = TimeDelta::hours(1);

/// What some deliveries came to so far, in their order.
#[derive(Debug)]
pub(super) struct Settling<'a> {
    deliveries: &'a [QueuedDelivery],
    /// The name of the provider for people.
    title: &'static str,
    now: DateTime<Utc>,
    settlements: Vec<Settlement>,
}

impl<'a> Settling<'a> {
    /// Nothing was done about any of them.
    pub(super) fn new(deliveries: &'a [QueuedDelivery], title: &'static str, now: DateTime<Utc>) -> Self {
        let settlements = vec![Settlement::Done(Outcome::Nothing); deliveries.len()];
        Self { deliveries, title, now, settlements }
    }

    /// Something was done about one, unless something else failed. Of several things those that have a name of their own are told.
    pub(super) fn done(&mut self, place: usize, outcome: Outcome) {
        if let Some(Settlement::Done(before)) = self.settlements.get_mut(place)
            && (*before == Outcome::Nothing || outcome != Outcome::CarriedOut)
        {
            *before = outcome;
        }
    }

    /// Something failed: all of what is to be done about it is tried again, or nothing of it.
    pub(super) fn failed(&mut self, place: usize, failure: &Failure) {
        let (Some(delivery), Some(settlement)) = (self.deliveries.get(place), self.settlements.get_mut(place)) else {
            return;
        };
        let problem = words(self.title, failure);
        tracing::warn!(delivery = %delivery.id, topic = delivery.topic, error = %Chain(failure), "a delivery could not be carried out");
        *settlement = if failure.is_transient() && delivery.attempts + 1 < MOST_ATTEMPTS {
            Settlement::PutOff { due_at: self.now + pause(delivery.attempts), problem }
        } else {
            Settlement::Dead(problem)
        };
    }

    /// One cannot be carried out by the program alone.
    pub(super) fn left_to_people(&mut self, place: usize, problem: SyncProblem) {
        if let Some(settlement) = self.settlements.get_mut(place) {
            *settlement = Settlement::Dead(problem);
        }
    }

    /// What became of all of them.
    pub(super) fn settled(self) -> Vec<Settled> {
        let settled = self.deliveries.iter().zip(self.settlements);
        settled.map(|(delivery, settlement)| Settled { id: delivery.id, settlement }).collect()
    }
}

/// How long to wait after that many attempts and one more: twice as long each time.
fn pause(attempts: u32) -> TimeDelta {
    (AGAIN_AFTER * 2_i32.saturating_pow(attempts.min(12))).min(AT_THE_LATEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delivery(attempts: u32) -> QueuedDelivery {
        QueuedDelivery {
            id: uuid::Uuid::from_u128(u128::from(attempts)).into(),
            delivery: "1".to_owned(),
            topic: "things/changed".to_owned(),
            object: None,
            happened_at: None,
            received_at: DateTime::UNIX_EPOCH,
            body: Vec::new(),
            attempts,
        }
    }

    fn away() -> Failure {
        Failure::Unavailable { detail: "it is away".to_owned(), retry_after: None }
    }

    #[test]
    fn what_may_pass_is_put_off_for_hours_and_what_never_does_is_dead_at_once() {
        let deliveries: Vec<_> = (0..MOST_ATTEMPTS).map(delivery).collect();
        let mut settling = Settling::new(&deliveries, "Tiny", DateTime::UNIX_EPOCH);
        for place in 0..deliveries.len() {
            settling.failed(place, &away());
        }
        let mut waited = TimeDelta::zero();
        let settled = settling.settled();
        let (last, before) = settled.split_last().unwrap();
        for one in before {
            let Settlement::PutOff { due_at, .. } = &one.settlement else { panic!("{one:?}") };
            waited += *due_at - DateTime::UNIX_EPOCH;
        }
        assert!(matches!(&last.settlement, Settlement::Dead(problem) if problem.code == "unavailable"), "{last:?}");
        assert!((4..=6).contains(&waited.num_hours()), "{waited}");

        let mut settling = Settling::new(&deliveries, "Tiny", DateTime::UNIX_EPOCH);
        settling.failed(0, &Failure::Unexpected { detail: "no id".to_owned() });
        assert!(
            matches!(&settling.settled()[0].settlement, Settlement::Dead(problem) if problem.code == "unexpected_answer")
        );
    }

    #[test]
    fn of_several_things_that_were_done_those_with_a_name_are_told() {
        let deliveries = [delivery(0), delivery(1)];
        let mut settling = Settling::new(&deliveries, "Tiny", DateTime::UNIX_EPOCH);
        for outcome in [Outcome::CarriedOut, Outcome::Read] {
            settling.done(0, outcome);
        }
        for outcome in [Outcome::Rows, Outcome::CarriedOut] {
            settling.done(1, outcome);
        }
        let settled = settling.settled();
        assert_eq!(settled[0].settlement, Settlement::Done(Outcome::Read));
        assert_eq!(settled[1].settlement, Settlement::Done(Outcome::Rows));
    }

    #[test]
    fn one_failure_is_not_hidden_by_what_was_done_beside_it() {
        let deliveries = [delivery(0), delivery(1)];
        let mut settling = Settling::new(&deliveries, "Tiny", DateTime::UNIX_EPOCH);
        settling.done(0, Outcome::Rows);
        settling.failed(0, &away());
        settling.done(0, Outcome::Read);
        let settled = settling.settled();
        assert!(matches!(settled[0].settlement, Settlement::PutOff { .. }));
        assert_eq!(settled[1].settlement, Settlement::Done(Outcome::Nothing));
    }
}
