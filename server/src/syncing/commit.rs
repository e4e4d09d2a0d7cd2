//! Pages on their way into a store: each is one commit, together with the place behind it.

use std::collections::BTreeSet;
use std::sync::Arc;

use aloftly_connectors::contract::{Account, Batches, Cursor, Failure, Page, Pages, Removal};
use aloftly_connectors::http::Client;
use aloftly_connectors::payloads;
use aloftly_connectors::shopify::OrderKeys;
use aloftly_engine::clock::Clock;
use aloftly_engine::lake::manifest::{Bookmark, CommitCounts, Removals};
use aloftly_engine::lake::{LakeError, ManifestError, Matching, RowSink as _, Slice, Snapshot, StoreLake, Terms};
use aloftly_engine::{CommitId, dataset};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use tokio_util::sync::CancellationToken;

use super::gone;
use super::run::Shared;
use crate::telemetry::measures;

/// Commits the pages of one stream.
pub(super) struct Committer<'a> {
    pub(super) lake: &'a StoreLake,
    pub(super) clock: &'a Arc<dyn Clock>,
    /// Which source, and whose account of it: what answers are kept under.
    pub(super) source: &'static str,
    pub(super) account: &'a Account,
    /// The bookmark's name, and where it is.
    pub(super) bookmark: String,
    pub(super) place: Option<String>,
    /// What is gone since the job began: an answer of the source may be older than that.
    pub(super) removals: Removals,
    pub(super) since: DateTime<Utc>,
    /// How far the job is.
    pub(super) shared: &'a Shared,
    /// Things that were read of streams before this one.
    pub(super) records_before: u64,
    /// What the job asked for before, and who asks now.
    pub(super) asked: (u64, &'a Client),
    /// Told when the job is to end.
    pub(super) cancel: &'a CancellationToken,
}

#[async_trait]
impl Pages for Committer<'_> {
    async fn take(&mut self, mut page: Page) -> Result<(), Failure> {
        if self.cancel.is_cancelled() {
            return Err(Failure::Stopped);
        }
        let mut counts = remove(self.lake, self.clock, &page.removals, Vec::new()).await?;
        if !page.removals.is_empty() {
            self.removals = removals(self.lake, self.since).await?;
        }
        let to = page.cursor.to_text();
        let moves = self.place.as_ref() != Some(&to);
        if moves || !page.batches.is_empty() || !page.kept.is_empty() || page.replaces.is_some() {
            counts += self.commit(&mut page, &to).await?;
        }
        self.place = Some(to);
        self.shared.change(|progress| {
            progress.records += page.records;
            progress.requests = self.asked.0 + self.asked.1.counts().requests;
            progress.expected = page.expected.map(|expected| self.records_before + expected).or(progress.expected);
            progress.counts += counts;
            for warning in page.warnings {
                if !progress.warnings.contains(&warning) {
                    progress.warnings.push(warning);
                }
            }
        });
        Ok(())
    }
}

impl Committer<'_> {
    async fn commit(&mut self, page: &mut Page, to: &str) -> Result<CommitCounts, Failure> {
        loop {
            gone::leave_out(page, &self.removals.gone)?;
            let mark = Bookmark { name: self.bookmark.clone(), from: self.place.clone(), to: to.to_owned() };
            let mut batches = page.batches.clone();
            batches.extend(payloads::rows(self.source, self.account, &page.kept)?);
            let what = Rows { batches: &batches, replaces: page.replaces.as_ref(), marks: vec![mark] };
            if let Some(counts) = commit_knowing(self.lake, self.clock, what, self.removals.count).await? {
                return Ok(counts);
            }
            self.removals = removals(self.lake, self.since).await?;
        }
    }

    /// Keeps where the stream is to be read from next time.
    pub(super) async fn leave(
        lake: &StoreLake,
        clock: &Arc<dyn Clock>,
        bookmark: &str,
        cursor: &Cursor,
    ) -> Result<(), Failure> {
        let from = lake.manifest().bookmark(lake.store(), bookmark).await.map_err(LakeError::from)?;
        let to = cursor.to_text();
        if from.as_ref() == Some(&to) {
            return Ok(());
        }
        let mark = Bookmark { name: bookmark.to_owned(), from, to };
        let terms = Terms { bookmarks: vec![mark], ..Terms::default() };
        lake.commit_page(CommitId(clock.new_id()), lake.spool()?, None, terms).await?;
        Ok(())
    }
}

/// Rows that come in together, and what moves with them.
pub(super) struct Rows<'a> {
    pub(super) batches: &'a Batches,
    /// What they are all of.
    pub(super) replaces: Option<&'a Slice>,
    pub(super) marks: Vec<Bookmark>,
}

/// What was removed from a store, by name since then.
///
/// # Errors
/// When the manifest cannot be read.
pub(super) async fn removals(lake: &StoreLake, since: DateTime<Utc>) -> Result<Removals, Failure> {
    Ok(lake.manifest().removals(lake.store(), since).await.map_err(LakeError::from)?)
}

/// Commits rows, and moves bookmarks with them.
///
/// # Errors
/// [`Failure::Conflict`] when the store has something that they contradict; otherwise when they cannot be kept.
pub(crate) async fn commit(
    lake: &StoreLake,
    clock: &Arc<dyn Clock>,
    batches: &Batches,
    marks: Vec<Bookmark>,
) -> Result<CommitCounts, Failure> {
    publish(lake, clock, Rows { batches, replaces: None, marks }, None).await.map_err(refused)
}

/// [`commit`] for whoever read the rows when that often something had been removed; `None`, and nothing is committed, when something was since: some
/// of the rows may be of what is gone.
///
/// # Errors
/// Those of [`commit`].
pub(super) async fn commit_knowing(
    lake: &StoreLake,
    clock: &Arc<dyn Clock>,
    rows: Rows<'_>,
    removals: i64,
) -> Result<Option<CommitCounts>, Failure> {
    match publish(lake, clock, rows, Some(removals)).await {
        Ok(counts) => Ok(Some(counts)),
        Err(LakeError::Manifest(ManifestError::Overtaken)) => Ok(None),
        Err(error) => Err(refused(error)),
    }
}

async fn publish(
    lake: &StoreLake,
    clock: &Arc<dyn Clock>,
    rows: Rows<'_>,
    unless_removed_since: Option<i64>,
) -> Result<CommitCounts, LakeError> {
    let Rows { batches, replaces, marks } = rows;
    let mut spool = lake.spool()?;
    for (dataset, batch) in batches {
        spool.push(dataset, batch)?;
    }
    let has_orders = batches.iter().any(|(dataset, _)| dataset.name == "orders");
    let fits = |snapshot: &Snapshot| match has_orders {
        true => OrderKeys::Ids.fit(snapshot).map_err(|mixed| mixed.to_string()),
        false => Ok(()),
    };
    let terms = Terms { bookmarks: marks, unless_removed_since, condition: &fits };
    let published = lake.commit_page(CommitId(clock.new_id()), spool, replaces, terms).await?;
    if published.counts.is_change() {
        measures::lake_committed(if replaces.is_some() { "replace" } else { "upsert" });
    }
    Ok(published.counts)
}

/// Removes what is gone at the source, and what was kept of it, and moves bookmarks with it. Doing it again changes nothing, so it need not be one
/// commit with anything else.
///
/// # Errors
/// When it cannot be removed.
pub(crate) async fn remove(
    lake: &StoreLake,
    clock: &Arc<dyn Clock>,
    removals: &[Removal],
    marks: Vec<Bookmark>,
) -> Result<CommitCounts, Failure> {
    let mut matching = Vec::new();
    for removal in removals.iter().filter(|removal| !removal.entities.is_empty()) {
        let dataset =
            dataset::find(removal.dataset).ok_or_else(|| LakeError::UnknownDataset(removal.dataset.to_owned()))?;
        let values: BTreeSet<String> = removal.entities.iter().cloned().collect();
        matching.push(Matching { dataset: Arc::clone(dataset), column: dataset.entity, values });
        let values = removal.entities.iter().map(|entity| payloads::thing(removal.dataset, entity)).collect();
        matching.push(Matching { dataset: Arc::clone(dataset::payloads()), column: "thing", values });
    }
    if matching.is_empty() && marks.is_empty() {
        return Ok(CommitCounts::default());
    }
    let removed = lake.remove(CommitId(clock.new_id()), &matching, marks).await?;
    if removed.counts.is_change() {
        measures::lake_committed("remove");
    }
    Ok(removed.counts)
}

/// What a store does not take for what it has already will not be taken later either.
fn refused(error: LakeError) -> Failure {
    match error {
        LakeError::Refused(detail) => Failure::Conflict { detail },
        other => other.into(),
    }
}
