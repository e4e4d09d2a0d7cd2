//! How far the days of a property were read, and which come next.
//!
//! Days are read one by one, the newest first, so that numbers show at once. What GA4 says of a day changes for days: today's grow, the
//! last ones are still being processed, and which source gets the credit can change for about twelve days more. So an
//! incremental read takes the last [`RECENT`] days, and the first one of each day of the property's takes the last [`RESTATED`]. After a
//! pause it goes back so far from where the read before ended.

use chrono::{Months, NaiveDate, TimeDelta};
use serde::{Deserialize, Serialize};

use crate::contract::{Cursor, Failure, Mode};

/// Days of every read, today among them.
const RECENT: i64 = 3;
/// Days of the first read of a day, today among them.
pub(super) const RESTATED: i64 = 30;
/// Months of the first read of all: properties keep what single people did for no longer, and a year can be compared with the one before.
const HISTORY: Months = Months::new(14);
/// Before that day there was nothing that became GA4.
const FIRST: NaiveDate = NaiveDate::from_ymd_opt(2015, 8, 14).expect("it is a date");

/// How far the days of a property were read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Place {
    /// The last day of the newest read that came to its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    through: Option<NaiveDate>,
    /// On which day as many days as may change were read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    restated_on: Option<NaiveDate>,
    /// The read that is under way; one that is over stays where another of its kind would begin from the start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    read: Option<Read>,
}

/// A read of some days, from the newest to the oldest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Read {
    reach: Reach,
    newest: NaiveDate,
    oldest: NaiveDate,
    /// The day that comes next; before the oldest when the read is over.
    next: NaiveDate,
}

/// How far a read goes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Reach {
    /// As far as there is something.
    History,
    /// Over all days that may change.
    Restated,
    /// Over those that most likely do.
    Recent,
    /// Over those that were asked for.
    Range,
}

impl Read {
    fn new(reach: Reach, newest: NaiveDate, oldest: NaiveDate) -> Self {
        Self { reach, newest, oldest, next: newest }
    }

    fn is_over(&self) -> bool {
        self.next < self.oldest
    }
}

impl Place {
    /// Where a read of that mode begins, or goes on, on that day of the property's. Nothing before `first` is read.
    ///
    /// # Errors
    /// [`Failure::Refused`] when single things are asked for; when the cursor is none of this stream's.
    pub(super) fn begin(
        mode: &Mode,
        cursor: Option<&Cursor>,
        today: NaiveDate,
        created: Option<NaiveDate>,
    ) -> Result<Self, Failure> {
        let place: Self = cursor.map(Cursor::read).transpose()?.unwrap_or_default();
        let back = today.checked_sub_months(HISTORY).unwrap_or(FIRST);
        let first = created.map_or(back, |created| created.max(back)).min(today);
        let under_way = |reach: Reach| place.read.filter(|read| read.reach == reach);
        let read = match mode {
            Mode::Full => under_way(Reach::History).unwrap_or_else(|| Read::new(Reach::History, today, first)),
            Mode::Incremental => place.incremental(today, first),
            Mode::Range { from, to } => {
                let (oldest, newest) = ((*from).max(FIRST), (*to).min(today));
                let same = |read: &Read| (read.oldest, read.newest) == (oldest, newest);
                under_way(Reach::Range).filter(same).unwrap_or_else(|| Read::new(Reach::Range, newest, oldest))
            }
            Mode::Things { .. } => {
                return Err(Failure::Refused {
                    detail: "GA4 tells of days, not of single things: read a range of days".to_owned(),
                });
            }
        };
        Ok(Self { read: Some(read), ..place })
    }

    fn incremental(&self, today: NaiveDate, first: NaiveDate) -> Read {
        let Some(through) = self.through else {
            let history = self.read.filter(|read| read.reach == Reach::History && !read.is_over());
            return history.unwrap_or_else(|| Read::new(Reach::History, today, first));
        };
        let is_restated = self.restated_on.is_some_and(|day| day >= today);
        let (reach, days) = if is_restated { (Reach::Recent, RECENT) } else { (Reach::Restated, RESTATED) };
        let resumed = self.read.filter(|read| read.reach == reach && read.newest == today && !read.is_over());
        let oldest = through.min(today).checked_sub_signed(TimeDelta::days(days - 1)).unwrap_or(first);
        resumed.unwrap_or_else(|| Read::new(reach, today, oldest.max(first)))
    }

    /// The days that are to be read, in their order.
    pub(super) fn days(&self) -> impl Iterator<Item = NaiveDate> + use<> {
        let read = self.read.filter(|read| !read.is_over());
        let days = std::iter::successors(read.map(|read| read.next), NaiveDate::pred_opt);
        days.take_while(move |day| read.is_some_and(|read| *day >= read.oldest))
    }

    /// How many days the read has in all.
    pub(super) fn expected(&self) -> u64 {
        let days = self.read.map_or(0, |read| (read.newest - read.oldest).num_days() + 1);
        u64::try_from(days).unwrap_or(0)
    }

    /// The place behind a day, which was read.
    pub(super) fn behind(&self, day: NaiveDate) -> Self {
        let mut place = self.clone();
        let Some(read) = &mut place.read else { return place };
        read.next = day.pred_opt().unwrap_or(NaiveDate::MIN);
        if !read.is_over() {
            return place;
        }
        let (reach, newest) = (read.reach, read.newest);
        if reach != Reach::Range {
            place.through = Some(newest);
        }
        if matches!(reach, Reach::History | Reach::Restated) {
            place.restated_on = Some(newest);
        }
        if matches!(reach, Reach::Restated | Reach::Recent) {
            place.read = None;
        }
        place
    }

    /// The cursor that says it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn cursor(&self) -> Result<Cursor, Failure> {
        Ok(Cursor::of(self)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    /// Reads all days but the last `left`, and says them with the place behind them, which was written down and read again.
    fn read(mode: &Mode, place: Option<&Place>, today: &str, left: usize) -> (Vec<NaiveDate>, Place) {
        let cursor = place.map(|place| Cursor::from_text(&place.cursor().unwrap().to_text()).unwrap());
        let mut place = Place::begin(mode, cursor.as_ref(), day(today), Some(day("2026-09-05"))).unwrap();
        let days: Vec<NaiveDate> = place.days().collect();
        let days = days[..days.len() - left].to_vec();
        for day in &days {
            place = place.behind(*day);
        }
        (days, place)
    }

    fn ends(days: &[NaiveDate]) -> (String, String, usize) {
        (days[0].to_string(), days[days.len() - 1].to_string(), days.len())
    }

    fn span(newest: &str, oldest: &str, days: usize) -> (String, String, usize) {
        (newest.to_owned(), oldest.to_owned(), days)
    }

    #[test]
    fn the_first_read_goes_from_today_to_when_the_property_was_made() {
        let (days, place) = read(&Mode::Full, None, "2026-11-23", 0);
        assert_eq!(ends(&days), span("2026-11-23", "2026-09-05", 80));
        assert!(place.days().next().is_none());
        // A job that is resumed behind its last page reads nothing again.
        assert!(read(&Mode::Full, Some(&place), "2026-11-24", 0).0.is_empty());
    }

    #[test]
    fn the_first_read_goes_back_fourteen_months_at_most() {
        let created = Some(day("2019-01-01"));
        let place = Place::begin(&Mode::Full, None, day("2026-11-23"), created).unwrap();
        assert_eq!((place.days().last(), place.expected()), (Some(day("2025-09-23")), 427));
        let place = Place::begin(&Mode::Incremental, None, day("2026-11-23"), None).unwrap();
        assert_eq!(place.days().last(), Some(day("2025-09-23")));
    }

    #[test]
    fn a_first_read_that_was_stopped_goes_on_behind_its_last_day() {
        let (days, place) = read(&Mode::Full, None, "2026-11-23", 30);
        assert_eq!(ends(&days), span("2026-11-23", "2026-10-05", 50));
        let (days, place) = read(&Mode::Full, Some(&place), "2026-11-25", 10);
        assert_eq!(ends(&days), span("2026-10-04", "2026-09-15", 20));
        assert_eq!(place.expected(), 80);
        // An incremental read does not leave the history out.
        let (days, place) = read(&Mode::Incremental, Some(&place), "2026-11-25", 0);
        assert_eq!(ends(&days), span("2026-09-14", "2026-09-05", 10));
        // The history ended on the 23rd: what came after and what may have changed comes in next.
        let (days, _) = read(&Mode::Incremental, Some(&place), "2026-11-25", 0);
        assert_eq!(ends(&days), span("2026-11-25", "2026-10-25", 32));
    }

    #[test]
    fn incremental_reads_take_three_days_and_the_first_of_a_day_thirty() {
        let (_, place) = read(&Mode::Full, None, "2026-11-23", 0);
        let (days, place) = read(&Mode::Incremental, Some(&place), "2026-11-23", 0);
        assert_eq!(ends(&days), span("2026-11-23", "2026-11-21", 3));
        let (days, place) = read(&Mode::Incremental, Some(&place), "2026-11-24", 0);
        assert_eq!(ends(&days), span("2026-11-24", "2026-10-25", 31));
        let (days, place) = read(&Mode::Incremental, Some(&place), "2026-11-24", 0);
        assert_eq!(ends(&days), span("2026-11-24", "2026-11-22", 3));
        // After a pause it goes on where it ended, and thirty days before that; but not before there was something.
        let (days, _) = read(&Mode::Incremental, Some(&place), "2027-01-10", 0);
        assert_eq!(ends(&days), span("2027-01-10", "2026-10-26", 77));
    }

    #[test]
    fn an_incremental_read_that_was_stopped_goes_on_the_same_day_and_begins_anew_on_another() {
        let (_, place) = read(&Mode::Full, None, "2026-11-23", 0);
        let (days, stopped) = read(&Mode::Incremental, Some(&place), "2026-11-24", 21);
        assert_eq!(ends(&days), span("2026-11-24", "2026-11-15", 10));
        let (days, place) = read(&Mode::Incremental, Some(&stopped), "2026-11-24", 0);
        assert_eq!(ends(&days), span("2026-11-14", "2026-10-25", 21));
        let (days, _) = read(&Mode::Incremental, Some(&place), "2026-11-24", 0);
        assert_eq!(ends(&days), span("2026-11-24", "2026-11-22", 3));
        let (days, _) = read(&Mode::Incremental, Some(&stopped), "2026-11-25", 0);
        assert_eq!(ends(&days), span("2026-11-25", "2026-10-25", 32));
    }

    #[test]
    fn a_range_reads_its_days_and_changes_nothing_of_the_rest() {
        let range = Mode::Range { from: day("2026-10-30"), to: day("2026-11-02") };
        let (_, place) = read(&Mode::Full, None, "2026-11-23", 0);
        let (days, stopped) = read(&range, Some(&place), "2026-11-23", 1);
        assert_eq!(ends(&days), span("2026-11-02", "2026-10-31", 3));
        let (days, done) = read(&range, Some(&stopped), "2026-11-23", 0);
        assert_eq!(ends(&days), span("2026-10-30", "2026-10-30", 1));
        assert!(read(&range, Some(&done), "2026-11-23", 0).0.is_empty());
        let (days, _) = read(&Mode::Incremental, Some(&done), "2026-11-23", 0);
        assert_eq!(ends(&days), span("2026-11-23", "2026-11-21", 3));
        // Another range is another read, and days that are not there yet are none.
        let other = Mode::Range { from: day("2026-11-20"), to: day("2026-12-31") };
        let (days, _) = read(&other, Some(&done), "2026-11-23", 0);
        assert_eq!(ends(&days), span("2026-11-23", "2026-11-20", 4));
        let future = Mode::Range { from: day("2026-12-01"), to: day("2026-12-31") };
        assert!(read(&future, None, "2026-11-23", 0).0.is_empty());
    }

    #[test]
    fn single_things_and_cursors_of_others_are_refused() {
        let things = Mode::Things { ids: vec!["1".to_owned()] };
        assert!(matches!(Place::begin(&things, None, day("2026-11-23"), None), Err(Failure::Refused { .. })));
        let cursor = Cursor::from_text(r#"{"through": 12}"#).unwrap();
        let place = Place::begin(&Mode::Incremental, Some(&cursor), day("2026-11-23"), None);
        assert!(matches!(place, Err(Failure::Cursor(_))));
    }
}
