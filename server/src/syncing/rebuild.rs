//! Rows made anew of the answers that were kept with them, without asking the source: after what makes rows of answers was mended, or when rows
//! were lost.
//!
//! Answers are gone through by their month and id, some at a time, and the place goes with the rows into one commit. A row that was made of
//! something newer stays, and so does what nothing was kept of.

use aloftly_connectors::contract::{Account, Batches, Failure, Keeps, Page};
use aloftly_connectors::payloads::{self, Payload};
use aloftly_engine::dataset::Partition;
use aloftly_engine::lake::manifest::Bookmark;
use aloftly_engine::lake::{LakeError, PayloadsOf};
use serde::{Deserialize, Serialize};

use super::commit::{self, Rows};
use super::run::Running;
use super::{joined, known};

/// Answers that are read at once.
const AT_ONCE: usize = 500;

/// Behind which answer it goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Place {
    partition: Partition,
    id: String,
}

/// Rows of answers that one commit takes.
#[derive(Default)]
struct Gathered {
    keeps: Option<Keeps>,
    page: Option<Page>,
}

impl Running<'_> {
    /// Makes rows anew of everything that is kept of the account's answers.
    pub(super) async fn rebuild(&self, account: &Account) -> Result<(), Failure> {
        let of = PayloadsOf { source: self.provider.connector.declaration().id, account: &account.id };
        let bookmark = format!("job/{}/rebuild", self.job.id);
        let kept = self.lake.manifest().bookmark(self.lake.store(), &bookmark).await.map_err(LakeError::from)?;
        let mut going = Going { running: self, account, bookmark, kept };
        let begun = going.place()?;
        let expected = self.lake.count_payloads(of).await?;
        self.shared.change(|progress| {
            progress.expected = Some(expected);
            if expected == 0 {
                let warning = "No answers of the source are kept yet: read everything anew instead, which keeps them";
                progress.warnings.push(warning.to_owned());
            }
        });
        for partition in self.lake.payload_partitions().await? {
            if begun.as_ref().is_some_and(|place| partition < place.partition) {
                continue;
            }
            loop {
                if self.cancel.is_cancelled() {
                    return Err(Failure::Stopped);
                }
                // Before the answers: what is removed while they are read is found out when their rows are committed.
                let removals = commit::removals(&self.lake, self.backend.clock.now()).await?.count;
                let behind = going.behind(partition)?;
                let batches = self.lake.payloads_behind(of, partition, &behind, AT_ONCE).await?;
                let mut some = Vec::new();
                for batch in &batches {
                    some.extend(payloads::read(self.provider.connector.declaration(), batch)?);
                }
                if some.is_empty() {
                    break;
                }
                going.take(partition, some, removals).await?;
            }
        }
        Ok(())
    }
}

/// A rebuilding under way.
struct Going<'a> {
    running: &'a Running<'a>,
    account: &'a Account,
    bookmark: String,
    /// The bookmark, as it is kept.
    kept: Option<String>,
}

impl Going<'_> {
    fn place(&self) -> Result<Option<Place>, Failure> {
        let place = self.kept.as_deref().map(serde_json::from_str).transpose();
        place.map_err(|error| Failure::Taker(Box::new(error)))
    }

    /// Behind which answer of a partition it goes on.
    fn behind(&self, partition: Partition) -> Result<String, Failure> {
        Ok(self.place()?.filter(|place| place.partition == partition).map(|place| place.id).unwrap_or_default())
    }

    /// Makes rows of some answers of a partition, which were read when that often something had been removed, and commits them. Rows that build upon
    /// others come in a commit behind those. When something was removed since, some of the answers may be gone, and what is left is to be read again.
    async fn take(&mut self, partition: Partition, some: Vec<Payload>, removals: i64) -> Result<(), Failure> {
        let connector = self.running.provider.connector;
        let mut gathered = Gathered::default();
        let mut behind = None;
        for Payload { id, raw } in some {
            if let Some(raw) = raw {
                let (page, keeps) = (connector.rebuild(self.account, &raw)?, connector.keeps(&raw.kind));
                self.running.shared.change(|progress| {
                    if progress.stream.as_deref() != Some(raw.stream) {
                        progress.stream = Some(raw.stream.to_owned());
                    }
                });
                if gathered.must_go_before(&page, keeps)
                    && let Some(behind) = behind.take()
                {
                    let place = Place { partition, id: behind };
                    if self.commit(std::mem::take(&mut gathered), place, removals).await?.is_none() {
                        return Ok(());
                    }
                }
                gathered.add(page, keeps);
            }
            behind = Some(id);
        }
        match behind {
            Some(behind) => self.commit(gathered, Place { partition, id: behind }, removals).await.map(|_| ()),
            None => Ok(()),
        }
    }

    /// Commits rows with the place behind them; `None`, and nothing is committed, when something was removed since they were read.
    async fn commit(&mut self, gathered: Gathered, place: Place, removals: i64) -> Result<Option<()>, Failure> {
        let (lake, clock) = (&self.running.lake, &self.running.backend.clock);
        let Gathered { keeps, page } = gathered;
        let to = serde_json::to_string(&place).map_err(|error| Failure::Taker(Box::new(error)))?;
        let (mut batches, mut removed, mut replaces, mut records) = (Batches::new(), Vec::new(), None, 0);
        if let Some(page) = page {
            (batches, removed, replaces, records) =
                (joined::joined(page.batches)?, page.removals, page.replaces, page.records);
            if let Some(keeps) = keeps {
                batches = known::keep(lake, batches, &keeps).await?;
            }
        }
        // The place goes with whichever is last.
        let mark = vec![Bookmark { name: self.bookmark.clone(), from: self.kept.clone(), to: to.clone() }];
        let (behind_rows, behind_removals) = if removed.is_empty() { (mark, None) } else { (Vec::new(), Some(mark)) };
        let rows = Rows { batches: &batches, replaces: replaces.as_ref(), marks: behind_rows };
        let Some(mut counts) = commit::commit_knowing(lake, clock, rows, removals).await? else { return Ok(None) };
        if let Some(marks) = behind_removals {
            counts += commit::remove(lake, clock, &removed, marks).await?;
        }
        self.kept = Some(to);
        self.running.shared.change(|progress| {
            progress.records += records;
            progress.counts += counts;
        });
        Ok(Some(()))
    }
}

impl Gathered {
    /// Whether what is gathered must be committed before a page can be added to what comes next.
    fn must_go_before(&self, page: &Page, keeps: Option<Keeps>) -> bool {
        self.page.as_ref().is_some_and(|own| own.replaces.is_some() || page.replaces.is_some() || self.keeps != keeps)
    }

    fn add(&mut self, page: Page, keeps: Option<Keeps>) {
        self.keeps = keeps;
        match &mut self.page {
            Some(own) => {
                own.batches.extend(page.batches);
                own.removals.extend(page.removals);
                own.records += page.records;
            }
            None => self.page = Some(page),
        }
    }
}
