//! Commits of rows that came from a source: upserts, and replacements of slices.

use super::commit::{Change, Request};
use super::manifest::{Bookmark, Published, Snapshot};
use super::slice::Slice;
use super::spool::Spool;
use super::{LakeError, StoreLake};
use crate::CommitId;

/// What a store must be like for a commit, in the state that the commit is computed from; an error says why it is not, and
/// what to do.
pub type Condition<'a> = &'a (dyn Fn(&Snapshot) -> Result<(), String> + Send + Sync);

/// On what terms a commit happens, and what moves with it.
#[derive(Clone)]
pub struct Terms<'a> {
    /// Bookmarks that move on from where they are expected.
    pub bookmarks: Vec<Bookmark>,
    /// How often something was removed from the store when the rows were read ([`Removals::count`]), where removals change what they are read of:
    /// they are refused when it was since.
    ///
    /// [`Removals::count`]: super::manifest::Removals::count
    pub unless_removed_since: Option<i64>,
    /// What the store must be like.
    pub condition: Condition<'a>,
}

impl Default for Terms<'_> {
    fn default() -> Self {
        Self { bookmarks: Vec::new(), unless_removed_since: None, condition: &|_| Ok(()) }
    }
}

impl StoreLake {
    /// Commits everything in the spool, over all datasets, as one new version. With a `receipt` it is done at most once:
    /// when the receipt is taken nothing is changed and the commit that took it is returned.
    ///
    /// # Errors
    /// When nothing was committed; [`ManifestError::Ambiguous`] when that is not known.
    ///
    /// [`ManifestError::Ambiguous`]: super::ManifestError::Ambiguous
    pub async fn upsert(&self, spool: Spool, receipt: Option<String>) -> Result<Published, LakeError> {
        self.upsert_if(CommitId(self.shared().clock.new_id()), spool, receipt, &|_| Ok(())).await
    }

    /// [`StoreLake::upsert`] as a commit of that id, if the store is such that `condition` accepts it. It is asked of every
    /// state of the store that the commit is computed from. Another commit gets between the last of them and this one only if
    /// the two touch no partition in common.
    ///
    /// Several tries under one id come to one commit: those after the first that happens change nothing and return it.
    ///
    /// # Errors
    /// [`LakeError::Refused`] with what the condition says; else those of [`StoreLake::upsert`].
    pub async fn upsert_if(
        &self,
        id: CommitId,
        mut spool: Spool,
        receipt: Option<String>,
        condition: Condition<'_>,
    ) -> Result<Published, LakeError> {
        spool.finish()?;
        let terms = Terms { condition, ..Terms::default() };
        self.commit(Request { id, change: Change::Upsert(&spool), receipt, terms }).await
    }

    /// Commits what a source was read for, with how far it was read: [`StoreLake::upsert_if`], or [`StoreLake::replace`] where there is a
    /// slice, on terms. A spool without rows moves bookmarks all the same.
    ///
    /// # Errors
    /// [`ManifestError::Moved`] when a bookmark is somewhere else, [`ManifestError::Overtaken`] when something was removed that the terms do not
    /// know of: nothing was committed. Else those of the other two.
    ///
    /// [`ManifestError::Moved`]: super::ManifestError::Moved
    /// [`ManifestError::Overtaken`]: super::ManifestError::Overtaken
    pub async fn commit_page(
        &self,
        id: CommitId,
        mut spool: Spool,
        slice: Option<&Slice>,
        terms: Terms<'_>,
    ) -> Result<Published, LakeError> {
        spool.finish()?;
        let change = slice.map_or(Change::Upsert(&spool), |slice| Change::Replace(&spool, slice));
        self.commit(Request { id, change, receipt: None, terms }).await
    }

    /// Commits the spool as all that there is in a slice: what the slice held and the spool does not goes, in the same version.
    /// What the source says replaces what is held, whatever their row versions are. An empty spool empties the slice.
    ///
    /// # Errors
    /// [`LakeError::Shape`] when the spool holds rows outside the slice; else those of [`StoreLake::upsert`].
    pub async fn replace(
        &self,
        id: CommitId,
        slice: &Slice,
        mut spool: Spool,
        receipt: Option<String>,
    ) -> Result<Published, LakeError> {
        spool.finish()?;
        let change = Change::Replace(&spool, slice);
        self.commit(Request { id, change, receipt, terms: Terms::default() }).await
    }
}
