//! How far customers come: from a first step to later ones, each later than the one before, the last within a window of the first.

/// Something that a customer did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Event {
    /// The customer's number.
    pub(crate) customer: u32,
    /// Which step it is, from zero.
    pub(crate) step: u16,
    /// When, in microseconds.
    pub(crate) at: i64,
    /// Of a first step: where it is counted. Zero for the others.
    pub(crate) place: u32,
}

/// How many customers came so far.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Reached {
    /// By place of the first step: how many reached each step. The first number is how many began there.
    pub(crate) by_place: Vec<Vec<u64>>,
    /// Each customer once.
    pub(crate) in_all: Vec<u64>,
}

impl Reached {
    /// Follows every customer from each of the first steps. Where one began several times at a place, the time counts that led
    /// furthest.
    ///
    /// A first step is followed to the earliest second one after it, that one to the earliest third, and so on: whoever can come to a
    /// step in time comes to it that way, because an earlier step never leaves less time for the next.
    pub(crate) fn of(mut events: Vec<Event>, steps: usize, places: usize, window: i64) -> Self {
        events.sort_unstable();
        let mut reached = Self { by_place: vec![vec![0; steps]; places], in_all: vec![0; steps] };
        let mut began: Vec<(u32, usize)> = Vec::new();
        for of_one in events.chunk_by(|a, b| a.customer == b.customer) {
            let by_step: Vec<&[Event]> = (0..steps).map(|step| of_step(of_one, step)).collect();
            began.clear();
            began.extend(by_step[0].iter().map(|first| (first.place, follow(first.at, &by_step, window))));
            began.sort_unstable();
            for of_place in began.chunk_by(|a, b| a.0 == b.0) {
                if let Some((place, furthest)) = of_place.last() {
                    count(&mut reached.by_place[*place as usize], *furthest);
                }
            }
            count(&mut reached.in_all, began.iter().map(|(_, steps)| *steps).max().unwrap_or_default());
        }
        reached
    }
}

/// The events of one step among those of a customer, which are in the order of their steps.
fn of_step(events: &[Event], step: usize) -> &[Event] {
    let from = events.partition_point(|event| usize::from(event.step) < step);
    let to = events.partition_point(|event| usize::from(event.step) <= step);
    &events[from..to]
}

/// How many steps are reached from a first one.
fn follow(first: i64, by_step: &[&[Event]], window: i64) -> usize {
    let last = first.saturating_add(window);
    let mut at = first;
    let later = by_step[1..].iter().take_while(|events| {
        let next = events.get(events.partition_point(|event| event.at <= at));
        let next = next.filter(|event| event.at <= last);
        at = next.map_or(at, |event| event.at);
        next.is_some()
    });
    1 + later.count()
}

fn count(reached: &mut [u64], steps: usize) {
    for count in &mut reached[..steps] {
        *count += 1;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn events(of: &[(u32, u16, i64, u32)]) -> Vec<Event> {
        of.iter()
            .map(|(customer, step, at, place)| Event { customer: *customer, step: *step, at: *at, place: *place })
            .collect()
    }

    #[test]
    fn each_step_is_later_than_the_one_before_and_the_last_within_the_window() {
        let reached = |events: &[_], window| Reached::of(self::events(events), 3, 1, window).in_all;
        let all = [(7, 0, 10, 0), (7, 1, 20, 0), (7, 2, 30, 0)];
        assert_eq!(reached(&all, 20), [1, 1, 1]);
        assert_eq!(reached(&all, 19), [1, 1, 0], "too late");
        assert_eq!(reached(&all, 9), [1, 0, 0]);
        assert_eq!(reached(&[(7, 0, 10, 0), (7, 1, 10, 0), (7, 2, 30, 0)], 99), [1, 0, 0], "at once is not later");
        assert_eq!(reached(&[(7, 0, 10, 0), (7, 2, 20, 0), (7, 1, 30, 0)], 99), [1, 1, 0], "out of order");
        assert_eq!(reached(&[(7, 1, 10, 0), (7, 2, 20, 0)], 99), [0, 0, 0], "never began");
        assert_eq!(reached(&[(7, 0, 10, 0), (8, 1, 20, 0)], 99), [1, 0, 0], "somebody else");
    }

    #[test]
    fn a_later_beginning_may_lead_further() {
        let events = [(7, 0, 0, 0), (7, 0, 50, 0), (7, 1, 60, 0), (7, 2, 70, 0)];
        assert_eq!(Reached::of(self::events(&events), 3, 1, 25).in_all, [1, 1, 1]);
    }

    #[test]
    fn a_customer_counts_once_in_each_place_and_once_in_all() {
        let events = [(7, 0, 0, 0), (7, 0, 10, 1), (7, 0, 20, 1), (7, 1, 15, 0), (8, 0, 5, 1)];
        let reached = Reached::of(self::events(&events), 2, 2, 10);
        assert_eq!(reached, Reached { by_place: vec![vec![1, 0], vec![2, 1]], in_all: vec![2, 1] });
    }

    /// Whether some choice of events, one of each step, is a chain of that many steps: by trying all.
    fn can_reach(events: &[Event], first: &Event, steps: u16, window: i64) -> bool {
        fn rest(events: &[Event], first: &Event, after: i64, step: u16, steps: u16, window: i64) -> bool {
            step == steps
                || events.iter().any(|event| {
                    event.customer == first.customer
                        && event.step == step
                        && event.at > after
                        && event.at - first.at <= window
                        && rest(events, first, event.at, step + 1, steps, window)
                })
        }
        rest(events, first, first.at, 1, steps, window)
    }

    proptest! {
        #[test]
        fn whoever_can_come_to_a_step_is_counted_there(
            all in proptest::collection::vec((0..3_u32, 0..4_u16, 0..12_i64, 0..3_u32), 0..24),
            window in 0..12_i64,
        ) {
            let all: Vec<_> = events(&all).into_iter()
                .map(|event| Event { place: if event.step == 0 { event.place } else { 0 }, ..event }).collect();
            let reached = Reached::of(all.clone(), 4, 3, window);
            let customers = |steps: u16, is_counted: &dyn Fn(&Event) -> bool| {
                (0..3).filter(|customer| all.iter().any(|first| {
                    first.step == 0 && first.customer == *customer && is_counted(first) && can_reach(&all, first, steps, window)
                })).count() as u64
            };
            for steps in 1..=4_u16 {
                let at = usize::from(steps) - 1;
                prop_assert_eq!(reached.in_all[at], customers(steps, &|_| true));
                for place in 0..3_u32 {
                    prop_assert_eq!(reached.by_place[place as usize][at], customers(steps, &|first| first.place == place));
                }
            }
        }
    }
}
