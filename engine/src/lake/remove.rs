//! Removing: what a source does not have any more is marked as gone, which costs no more than a small upsert. The next fold drops its rows.

use std::sync::Arc;

use arrow::array::{BooleanArray, RecordBatch, StringViewArray};

use super::commit::{Change, Outcome, Request, Subject};
use super::erase::entities;
use super::hot::HotRows;
use super::manifest::{Bookmark, CommitCounts, Published, Segment, Snapshot};
use super::read::Reader;
use super::{Erasure, LakeError, Matching, StoreLake, Terms};
use crate::CommitId;

/// The dataset and the entity of those that are told by their name.
pub(super) fn named(rows: &[Matching]) -> Vec<(String, String)> {
    let named = rows.iter().filter(|matching| matching.column == matching.dataset.entity);
    let names = |matching: &Matching| {
        let dataset = matching.dataset.name;
        matching.values.iter().map(|entity| (dataset.to_owned(), entity.clone())).collect::<Vec<_>>()
    };
    named.flat_map(names).collect()
}

/// Whether a segment may hold any of the rows, as far as its bounds tell.
pub(super) fn may_be_in(rows: &[Matching], segment: &Segment) -> bool {
    rows.iter().any(|matching| matching.may_be_in(segment))
}

impl StoreLake {
    /// Removes entities that a source does not have any more, those of which any row meets any of these, as a commit of that id with bookmarks that
    /// move in it. Those that are told by their name are known to be gone for a while ([`super::manifest::Removals`]), also where the store does
    /// not hold them: they may be on their way into it.
    ///
    /// Unlike what [`Self::erase`] erases, older versions and objects hold their rows until they are folded and tidied.
    ///
    /// # Errors
    /// [`super::ManifestError::Moved`] when a bookmark is somewhere else; otherwise when nothing was committed, or, with
    /// [`super::ManifestError::Ambiguous`], when that is not known.
    pub async fn remove(
        &self,
        id: CommitId,
        rows: &[Matching],
        bookmarks: Vec<Bookmark>,
    ) -> Result<Published, LakeError> {
        rows.iter().try_for_each(Matching::check)?;
        let terms = Terms { bookmarks, ..Terms::default() };
        self.commit(Request { id, change: Change::Remove(rows), receipt: None, terms }).await
    }

    /// What removing them does to a partition: few are marked in a hot segment; for many it is written anew.
    pub(super) async fn mark_removed(
        &self,
        subject: &Subject<'_>,
        rows: &[Matching],
        snapshot: &Arc<Snapshot>,
    ) -> Result<Outcome, LakeError> {
        let dataset = subject.dataset;
        let Some(predicate) = Matching::any_of(rows, dataset) else { return Ok(Outcome::default()) };
        let held = snapshot.partition(dataset.name, subject.partition);
        // What a segment without any of these entities says of others does not matter here.
        let held: Vec<_> = held.iter().filter(|segment| may_be_in(rows, segment)).cloned().collect();
        let gone = {
            let (session, _slot) = self.shared().small_commits.session().await;
            let reader = Reader::over(self, Arc::clone(snapshot), session.clone());
            entities(&session, dataset, reader.scan_segments(dataset, &held).await?, predicate).await?
        };
        if gone.is_empty() {
            return Ok(Outcome::default());
        }
        if gone.len() as u64 > self.shared().options.hot_rows {
            return self.without(subject, &Erasure::Rows(rows.to_vec()), snapshot).await;
        }
        let counts = CommitCounts { removed: gone.len() as u64, ..CommitCounts::default() };
        let hot = HotRows {
            rows: RecordBatch::new_empty(Arc::clone(&dataset.schema)),
            updates: BooleanArray::from(Vec::<bool>::new()),
            removed: StringViewArray::from_iter_values(gone),
        };
        Ok(Outcome { add: vec![self.hot_segment(subject, &hot)?], counts, ..Outcome::default() })
    }
}
