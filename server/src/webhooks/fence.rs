//! What keeps a worker that was taken for dead from changing anything after another did.

use std::sync::{Mutex, MutexGuard, PoisonError};

use aloftly_catalog::ConnectionId;
use aloftly_engine::clock::Clock;
use aloftly_engine::lake::manifest::Bookmark;
use aloftly_engine::lake::{ManifestError, StoreLake};

/// A bookmark that every commit of a queue moves. Whoever slept through the end of their lease finds out only when they report; what they were about
/// to commit would bring back what whoever followed them removed. Of two who know the bookmark at one place only one can commit.
#[derive(Debug)]
pub(super) struct Fence {
    name: String,
    place: Mutex<Option<String>>,
}

impl Fence {
    /// That of a connection's queue.
    pub(super) fn of(connection: ConnectionId) -> Self {
        Self { name: format!("deliveries/{connection}"), place: Mutex::default() }
    }

    /// Finds the bookmark. To be done before the lease is seen to be held: then nobody who takes the queue over has moved it yet.
    ///
    /// # Errors
    /// When the manifest cannot be read.
    pub(super) async fn find(&self, lake: &StoreLake) -> Result<(), ManifestError> {
        let found = lake.manifest().bookmark(lake.store(), &self.name).await?;
        *self.place() = found;
        Ok(())
    }

    /// What moves the bookmark in a commit; [`Self::passed`] is told when that happened.
    pub(super) fn mark(&self, clock: &dyn Clock) -> Bookmark {
        Bookmark { name: self.name.clone(), from: self.place().clone(), to: clock.new_id().to_string() }
    }

    /// The commit happened.
    pub(super) fn passed(&self, mark: Bookmark) {
        *self.place() = Some(mark.to);
    }

    fn place(&self) -> MutexGuard<'_, Option<String>> {
        self.place.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
