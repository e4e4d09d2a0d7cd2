//! Reads the days of a property: calls of several reports each, and a page for each day when all its reports are there.

use std::collections::{BTreeMap, VecDeque};

use chrono::NaiveDate;
use serde_json::value::RawValue;

use super::addresses::Part;
use super::answer;
use super::cursor::Place;
use super::day::{self, About, Answered};
use super::names::Missing;
use super::property;
use super::reports::{self, Asked, MOST_REPORTS};
use super::request;
use super::table::{self, Extent};
use super::{STREAM, call};
use crate::contract::{Cursor, Failure, Page, Pages, Session, Task};
use crate::http::Request;

/// How often a report is read from its first page on when it changes while it is read.
const ROUNDS: usize = 3;

/// Reads what the task says, day by day, the newest first.
///
/// # Errors
/// [`Failure::Refused`] when single things are asked for, or Google refuses every report; what Google answered, or what its
/// answer lacked; what the taker of a page says.
pub(super) async fn sync(session: &Session<'_>, task: &Task<'_>, pages: &mut dyn Pages) -> Result<Cursor, Failure> {
    let account = session.account;
    if task.stream.id != STREAM {
        return Err(Failure::Refused { detail: format!("GA4 has no stream {:?}", task.stream.id) });
    }
    let zone = day::zone_of(account)?;
    let today = session.calls.clock.now().with_timezone(&zone).date_naive();
    let mut place = Place::begin(&task.mode, task.cursor, today, property::created_on(account, zone))?;
    let (mut days, expected) = (place.days(), place.expected());
    let mut reader = Reader::new(session)?;
    loop {
        while reader.has_room()
            && let Some(day) = days.next()
        {
            reader.plan(day);
        }
        if reader.open.is_empty() {
            return place.cursor();
        }
        reader.ask().await?;
        while let Some((day, reports)) = reader.take() {
            place = place.behind(day);
            let synced_at = session.calls.clock.now().timestamp_micros();
            let page = day::page(account, About { day, synced_at }, reports, place.cursor()?)?;
            let warnings = page.warnings.into_iter().chain(reader.refusals()).collect();
            pages.take(Page { expected: Some(expected), warnings, ..page }).await?;
        }
    }
}

/// Reports that are to be read and that were, of the days that are under way.
struct Reader<'a> {
    session: &'a Session<'a>,
    asked: Vec<Asked>,
    /// What Google refuses, and in what words.
    refused: BTreeMap<&'static str, String>,
    /// What comes next: a day and which report.
    queue: VecDeque<(NaiveDate, usize)>,
    open: VecDeque<Open>,
}

/// A day that is under way.
struct Open {
    day: NaiveDate,
    /// How many of its reports are missing yet.
    missing: usize,
    answered: Vec<Answered>,
}

impl<'a> Reader<'a> {
    fn new(session: &'a Session<'a>) -> Result<Self, Failure> {
        let asked = reports::asked(&Missing::read(session.account));
        if asked.is_empty() {
            return Err(Failure::Refused {
                detail: "the property tells nothing of what is read: connect another".to_owned(),
            });
        }
        Ok(Self { session, asked, refused: BTreeMap::new(), queue: VecDeque::new(), open: VecDeque::new() })
    }

    /// Whether a call would not be full.
    fn has_room(&self) -> bool {
        self.queue.len() < MOST_REPORTS
    }

    /// Puts the reports of a day behind the others.
    fn plan(&mut self, day: NaiveDate) {
        self.queue.extend((0..self.asked.len()).map(|report| (day, report)));
        self.open.push_back(Open { day, missing: self.asked.len(), answered: Vec::new() });
    }

    /// The first day, when nothing of it is missing.
    fn take(&mut self) -> Option<(NaiveDate, Vec<Answered>)> {
        let open = self.open.pop_front_if(|open| open.missing == 0)?;
        Some((open.day, open.answered))
    }

    /// What people should know of the reports that Google refuses.
    fn refusals(&self) -> impl Iterator<Item = String> {
        let asked = self.asked.iter().filter_map(|asked| Some((asked.report, self.refused.get(asked.report.id)?)));
        asked.map(|(report, said)| {
            format!(
                "Google refuses the report of {}: it is left out, and what is known of it stays: {said}",
                report.title
            )
        })
    }

    /// Reads what comes next, as much as goes into a call.
    async fn ask(&mut self) -> Result<(), Failure> {
        let next: Vec<(NaiveDate, usize)> = self.queue.drain(..self.queue.len().min(MOST_REPORTS)).collect();
        let (mut wanted, mut dropped) = (Vec::new(), Vec::new());
        for (day, report) in next {
            let Some(asked) = self.asked.get(report).cloned() else { continue };
            if self.refused.contains_key(asked.report.id) { &mut dropped } else { &mut wanted }.push((day, asked));
        }
        for (day, _) in dropped {
            self.answered(day, None);
        }
        if wanted.is_empty() {
            return Ok(());
        }
        match self.call(&wanted).await {
            Ok(pages) => {
                for ((day, asked), page) in wanted.into_iter().zip(pages) {
                    self.answer(day, &asked, page).await?;
                }
                Ok(())
            }
            // Google refuses all reports of a call for one: which one shows when each is asked for by itself.
            Err(Failure::Refused { .. }) => {
                for (day, asked) in wanted {
                    self.ask_alone(day, &asked).await?;
                }
                Ok(())
            }
            Err(failure) => Err(failure),
        }
    }

    async fn ask_alone(&mut self, day: NaiveDate, asked: &Asked) -> Result<(), Failure> {
        if self.refused.contains_key(asked.report.id) {
            self.answered(day, None);
            return Ok(());
        }
        match self.call(&[(day, asked.clone())]).await {
            Ok(pages) => {
                for page in pages {
                    self.answer(day, asked, page).await?;
                }
                Ok(())
            }
            Err(Failure::Refused { detail }) => {
                self.refused.insert(asked.report.id, detail);
                if self.refused.len() == self.asked.len() {
                    // Days without any report say nothing: they were not read.
                    let detail = self.refusals().collect::<Vec<_>>().join("; ");
                    return Err(Failure::Refused { detail });
                }
                self.answered(day, None);
                Ok(())
            }
            Err(failure) => Err(failure),
        }
    }

    /// Takes the first page of a report, and reads the others.
    async fn answer(&mut self, day: NaiveDate, asked: &Asked, page: Box<RawValue>) -> Result<(), Failure> {
        let id = asked.report.id;
        let extent = Extent::of(id, asked, &page)?;
        let pages = if extent.rows < extent.of { self.all_pages(day, asked, page).await? } else { vec![page] };
        self.answered(day, Some(Answered { id: id.to_owned(), pages }));
        Ok(())
    }

    /// All pages of a report. When it changes while it is read, rows may come twice or not at all: then it is read anew.
    async fn all_pages(
        &self,
        day: NaiveDate,
        asked: &Asked,
        first: Box<RawValue>,
    ) -> Result<Vec<Box<RawValue>>, Failure> {
        let mut pages = vec![first];
        for _ in 0..ROUNDS {
            if self.go_on(day, asked, &mut pages).await? {
                return Ok(pages);
            }
            pages.clear();
        }
        Err(Failure::Unavailable {
            detail: format!("the report of {} changes while it is read", asked.report.title),
            retry_after: None,
        })
    }

    /// Reads the pages behind those that are there. Says whether they are one report.
    async fn go_on(&self, day: NaiveDate, asked: &Asked, pages: &mut Vec<Box<RawValue>>) -> Result<bool, Failure> {
        let id = asked.report.id;
        let mut count = self.session.calls.http.pages();
        let (mut offset, mut of) = (0, None);
        for page in pages.iter() {
            let extent = Extent::of(id, asked, page)?;
            (offset, of) = (offset + extent.rows, Some(extent.of));
        }
        while of.is_none_or(|of| offset < of) {
            let report = request::report(asked, day, offset);
            let page = self.post(&[report]).await?.pop();
            let page = page.ok_or_else(|| answer::unexpected("reports", "is empty"))?;
            let extent = Extent::of(id, asked, &page)?;
            pages.push(page);
            if of.is_some_and(|of| of != extent.of) {
                return Ok(false);
            }
            // Google may tell fewer rows than were asked for.
            (offset, of) = (offset + extent.rows, Some(extent.of));
            let next = format!("{offset} of {}", pages.len());
            let rows = usize::try_from(extent.rows).unwrap_or(usize::MAX);
            count
                .turn(rows, (offset < extent.of).then_some(next.as_str()))
                .map_err(|error| Failure::Unexpected { detail: format!("{id}: {error}") })?;
        }
        Ok(Some(table::distinct_rows(asked.report, pages)?) == of)
    }

    async fn call(&self, wanted: &[(NaiveDate, Asked)]) -> Result<Vec<Box<RawValue>>, Failure> {
        let reports: Vec<_> = wanted.iter().map(|(day, asked)| request::report(asked, *day, 0)).collect();
        self.post(&reports).await
    }

    async fn post(&self, reports: &[serde_json::Value]) -> Result<Vec<Box<RawValue>>, Failure> {
        let path = format!("v1beta/{}:batchRunReports", self.session.account.id);
        let url = Part::Data.at(self.session.calls.app, &path)?;
        let cost = u32::try_from(reports.len()).unwrap_or(u32::MAX);
        let request = Request::post(url).json(&request::batch(reports)).cost(cost).idempotent();
        let answer = call::ask_signed_in(self.session, request.query("prettyPrint", "false")).await?;
        answer::batch(answer.body(), reports.len())
    }

    /// Notes that a report of a day is there, or is left out.
    fn answered(&mut self, day: NaiveDate, answered: Option<Answered>) {
        if let Some(open) = self.open.iter_mut().find(|open| open.day == day) {
            open.missing = open.missing.saturating_sub(1);
            open.answered.extend(answered);
        }
    }
}
