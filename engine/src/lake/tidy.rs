//! Tidying: what nobody may need any more is given up, and its objects are deleted.
//!
//! In two phases, so that no kill leaves an object that nobody knows of: first the manifest says that a segment is doomed, then
//! its object is deleted, then the manifest forgets it. The audit looks for objects that the manifest does not know all the same.

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};
use futures::stream::BoxStream;
use futures::{FutureExt, StreamExt, TryStreamExt, stream};
use object_store::ObjectMeta;
use object_store::path::Path;

use super::manifest::{Doomed, Expired};
use super::segment::{path, segment_of};
use super::{LakeError, StoreLake};
use crate::{SegmentId, dataset};

/// Objects deleted, or asked for, at a time.
const BATCH: usize = 500;
/// Deletions under way at once.
const AT_ONCE: usize = 8;
/// Segments that were staged, and objects that nobody knows of, are left alone for that long: their writer may be at work.
pub(super) const WRITER_MAY_LIVE: TimeDelta = TimeDelta::days(1);

/// What a tidying did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tidied {
    /// What was given up.
    pub expired: Expired,
    /// Objects that were deleted.
    pub deleted: u64,
}

/// What an audit found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Audited {
    /// Objects that were looked at.
    pub objects: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Objects that no manifest knew of; they are deleted.
    pub unknown: u64,
    /// Objects that no manifest knows of and that are too young to be judged.
    pub young: u64,
    /// Objects whose names are not those of segments. They are not touched.
    pub foreign: u64,
}

/// What became of objects that were to be deleted.
#[derive(Debug, Default)]
pub(super) struct Deleted {
    /// How many are gone.
    pub(super) objects: u64,
    /// Why one of the others is not.
    pub(super) failure: Option<LakeError>,
}

impl StoreLake {
    /// Gives up what was retired longer ago than the grace, and what was staged and forgotten; deletes its objects.
    ///
    /// # Errors
    /// When the manifest is unavailable. Objects that cannot be deleted now are tried again by the next tidying.
    pub async fn tidy(&self) -> Result<Tidied, LakeError> {
        let now = self.shared().clock.now();
        let grace = TimeDelta::from_std(self.shared().options.grace).ok();
        let replaced_by = grace.and_then(|grace| now.checked_sub_signed(grace)).unwrap_or(DateTime::UNIX_EPOCH);
        let mut tidied = Tidied::default();
        loop {
            tidied.expired += self.manifest.expire(self.store, replaced_by, now - WRITER_MAY_LIVE).await?;
            if !tidied.expired.more {
                break;
            }
        }
        tidied.deleted = self.delete_doomed().await?.objects;
        Ok(tidied)
    }

    /// Deletes the objects of all doomed segments.
    pub(super) async fn delete_doomed(&self) -> Result<Deleted, LakeError> {
        let mut all = Deleted::default();
        loop {
            let by = self.shared().clock.now() + TimeDelta::days(1);
            let doomed = self.manifest.doomed(self.store, by, BATCH).await?;
            let Deleted { objects, failure } = self.delete_objects(&doomed).await?;
            all.objects += objects;
            if objects == 0 {
                return Ok(Deleted { failure, ..all });
            }
        }
    }

    pub(super) async fn delete_objects(&self, doomed: &[Doomed]) -> Result<Deleted, LakeError> {
        // Boxed, or else the compiler cannot tell that the whole future may move between threads.
        let deletions: Vec<_> = doomed.iter().map(|doomed| self.delete_object(doomed).boxed()).collect();
        let answers: Vec<Result<SegmentId, LakeError>> = stream::iter(deletions).buffered(AT_ONCE).collect().await;
        let (mut deleted, mut failure) = (Vec::new(), None);
        for answer in answers {
            match answer {
                Ok(id) => deleted.push(id),
                Err(error) => failure = Some(error),
            }
        }
        if !deleted.is_empty() {
            self.manifest.forget(self.store, &deleted).await?;
        }
        Ok(Deleted { objects: deleted.len() as u64, failure })
    }

    async fn delete_object(&self, doomed: &Doomed) -> Result<SegmentId, LakeError> {
        let object = path(self.store, &doomed.dataset, doomed.partition, doomed.id);
        match self.shared().objects.delete(&object).await {
            Ok(()) => Ok(doomed.id),
            Err(error) => {
                tracing::warn!(%object, %error, "an object cannot be deleted; it is tried again later");
                Err(error)
            }
        }
    }

    /// Deletes every object of the store, whoever knows of it.
    pub(super) async fn delete_all_objects(&self) -> Result<(), LakeError> {
        for dataset in dataset::all() {
            let mut batches = self.objects_of(dataset.name).try_chunks(BATCH);
            while let Some(batch) = batches.next().await {
                for object in batch.map_err(|error| LakeError::ObjectStore(error.1))? {
                    self.shared().objects.delete(&object.location).await?;
                }
            }
        }
        Ok(())
    }

    fn objects_of(&self, dataset: &str) -> BoxStream<'static, Result<ObjectMeta, object_store::Error>> {
        self.shared().objects.list(&Path::from_iter([dataset, &format!("store_id={}", self.store)]))
    }

    /// Lists the store's objects, and deletes those that the manifest has not known for a day.
    ///
    /// # Errors
    /// When the object store or the manifest is unavailable; what was done before stays done.
    pub async fn audit(&self) -> Result<Audited, LakeError> {
        let mut audited = Audited::default();
        for dataset in dataset::all() {
            let mut batches = self.objects_of(dataset.name).try_chunks(BATCH);
            while let Some(batch) = batches.next().await {
                let batch = batch.map_err(|error| LakeError::ObjectStore(error.1))?;
                self.audit_batch(&batch, &mut audited).await?;
            }
        }
        Ok(audited)
    }

    async fn audit_batch(&self, batch: &[ObjectMeta], audited: &mut Audited) -> Result<(), LakeError> {
        let named: Vec<_> = batch.iter().map(|object| (object, segment_of(&object.location))).collect();
        let ids: Vec<_> = named.iter().filter_map(|(_, id)| *id).collect();
        let known: HashSet<SegmentId> = self.manifest.known(self.store, &ids).await?;
        let judged_before: DateTime<Utc> = self.shared().clock.now() - WRITER_MAY_LIVE;
        for (object, id) in named {
            audited.objects += 1;
            audited.bytes += object.size;
            let Some(id) = id else {
                audited.foreign += 1;
                continue;
            };
            if known.contains(&id) {
                continue;
            }
            if object.last_modified > judged_before {
                audited.young += 1;
                continue;
            }
            tracing::warn!(object = %object.location, "deleting an object that no manifest knows of");
            self.shared().objects.delete(&object.location).await?;
            audited.unknown += 1;
        }
        Ok(())
    }
}
