//! The manifest as one actor sees it: behind a network, and with turns.

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use aloftly_engine::lake::manifest::{Changes, Chore, Commit, Doomed, Expired, Removals, Segment};
use aloftly_engine::lake::{Manifest, ManifestError, MemoryManifest, Published, Snapshot, Version};
use aloftly_engine::{CommitId, SegmentId, StoreId};
use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use futures::future::pending;
use uuid::Uuid;

use super::world::{Call, Fate, World, now};

pub(crate) struct DistantManifest {
    pub(crate) world: Arc<World>,
    pub(crate) actor: usize,
}

impl fmt::Debug for DistantManifest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the manifest of actor {}", self.actor)
    }
}

fn unavailable() -> ManifestError {
    ManifestError::Unavailable("the connection broke".into())
}

impl DistantManifest {
    async fn call<T: Send>(
        &self,
        call: Call,
        detail: String,
        act: impl Fn(&MemoryManifest) -> Result<T, ManifestError> + Send + Sync + 'static,
    ) -> Result<T, ManifestError> {
        let memory = &self.world.memory;
        match self.world.turn(Some(self.actor), call, detail).await {
            Fate::Slandered => {
                let _ = act(memory);
                Err(unavailable())
            }
            Fate::Late => {
                self.world.later(Box::new(move |world| {
                    let _ = act(&world.memory);
                }));
                Err(unavailable())
            }
            Fate::Twice => {
                let _ = act(memory);
                act(memory)
            }
            Fate::Hangs => {
                let _ = act(memory);
                pending().await
            }
            Fate::Happens => act(memory),
            _ => Err(unavailable()),
        }
    }

    async fn ask<T: Send>(
        &self,
        detail: impl Into<String>,
        act: impl Fn(&MemoryManifest) -> Result<T, ManifestError> + Send + Sync + 'static,
    ) -> Result<T, ManifestError> {
        self.call(Call::Ask, detail.into(), act).await
    }

    async fn tell<T: Send>(
        &self,
        detail: impl Into<String>,
        act: impl Fn(&MemoryManifest) -> Result<T, ManifestError> + Send + Sync + 'static,
    ) -> Result<T, ManifestError> {
        self.call(Call::Tell, detail.into(), act).await
    }
}

#[async_trait]
impl Manifest for DistantManifest {
    async fn version(&self, store: StoreId) -> Result<Version, ManifestError> {
        self.ask("version", move |memory| now(memory.version(store))).await
    }

    async fn snapshot(&self, store: StoreId, at: Option<Version>) -> Result<Snapshot, ManifestError> {
        self.ask(format!("snapshot at {at:?}"), move |memory| now(memory.snapshot(store, at))).await
    }

    async fn changes(&self, since: &Snapshot) -> Result<Option<Changes>, ManifestError> {
        let since = since.clone();
        self.ask(format!("changes since {}", since.version), move |memory| now(memory.changes(&since))).await
    }

    async fn hot_payloads(&self, store: StoreId, segments: &[SegmentId]) -> Result<Vec<Bytes>, ManifestError> {
        let asked = segments.to_vec();
        let answer =
            self.ask(format!("payloads {segments:?}"), move |memory| now(memory.hot_payloads(store, &asked))).await;
        let inner = self.world.lock();
        answer.map(|payloads| {
            let as_kept = |(id, payload)| if inner.damaged.contains(id) { flipped(&payload) } else { payload };
            segments.iter().zip(payloads).map(as_kept).collect()
        })
    }

    async fn stage(&self, store: StoreId, segments: &[Segment]) -> Result<(), ManifestError> {
        let ids: Vec<_> = segments.iter().map(|segment| segment.id).collect();
        let segments = segments.to_vec();
        self.tell(format!("stage {ids:?}"), move |memory| now(memory.stage(store, &segments))).await
    }

    async fn withdraw(&self, store: StoreId, segments: &[SegmentId]) -> Result<Vec<SegmentId>, ManifestError> {
        let asked = segments.to_vec();
        self.tell(format!("withdraw {segments:?}"), move |memory| now(memory.withdraw(store, &asked))).await
    }

    async fn publish(&self, commit: Commit) -> Result<Published, ManifestError> {
        let lost = || ManifestError::Ambiguous("the connection broke".into());
        let adds: Vec<_> = commit.add.iter().map(|new| (new.segment.id, new.segment.temperature)).collect();
        let detail = format!(
            "publish {:?} {} from {} adding {adds:?} retiring {:?}",
            commit.kind, commit.id, commit.based_on, commit.retire
        );
        match self.world.turn(Some(self.actor), Call::Publish, detail).await {
            Fate::Happens => self.world.publish(&commit),
            Fate::Lost => Err(lost()),
            Fate::Slandered => {
                let _ = self.world.publish(&commit);
                Err(lost())
            }
            Fate::Late => {
                self.world.later(Box::new(move |world| {
                    let _ = world.publish(&commit);
                }));
                Err(lost())
            }
            Fate::Twice => {
                let _ = self.world.publish(&commit);
                self.world.publish(&commit)
            }
            Fate::Hangs => {
                let _ = self.world.publish(&commit);
                pending().await
            }
            _ => Err(unavailable()),
        }
    }

    async fn committed(&self, store: StoreId, commit: CommitId) -> Result<Option<Published>, ManifestError> {
        self.ask(format!("committed {commit}"), move |memory| now(memory.committed(store, commit))).await
    }

    async fn receipt(&self, store: StoreId, receipt: &str) -> Result<Option<Published>, ManifestError> {
        let asked = receipt.to_owned();
        self.ask(format!("receipt {receipt}"), move |memory| now(memory.receipt(store, &asked))).await
    }

    async fn bookmark(&self, store: StoreId, name: &str) -> Result<Option<String>, ManifestError> {
        let asked = name.to_owned();
        self.ask(format!("bookmark {name}"), move |memory| now(memory.bookmark(store, &asked))).await
    }

    async fn removals(&self, store: StoreId, since: DateTime<Utc>) -> Result<Removals, ManifestError> {
        self.ask(format!("removals since {since}"), move |memory| now(memory.removals(store, since))).await
    }

    async fn quarantine(&self, store: StoreId, segment: SegmentId, reason: &str) -> Result<bool, ManifestError> {
        let given = reason.to_owned();
        let detail = format!("quarantine {segment}: {reason}");
        let is_new = self.tell(detail, move |memory| now(memory.quarantine(store, segment, &given))).await?;
        let is_suspect = self.world.lock().suspects.contains(&segment);
        assert!(is_suspect || !is_new, "segment {segment} is whole and went into quarantine: {reason}");
        Ok(is_new)
    }

    async fn release(&self, store: StoreId, segment: SegmentId) -> Result<bool, ManifestError> {
        self.tell(format!("release {segment}"), move |memory| now(memory.release(store, segment))).await
    }

    async fn expire(
        &self,
        store: StoreId,
        replaced_by: DateTime<Utc>,
        staged_by: DateTime<Utc>,
    ) -> Result<Expired, ManifestError> {
        let detail = format!("expire what was replaced by {replaced_by} or staged by {staged_by}");
        self.tell(detail, move |memory| now(memory.expire(store, replaced_by, staged_by))).await
    }

    async fn doomed(&self, store: StoreId, by: DateTime<Utc>, limit: usize) -> Result<Vec<Doomed>, ManifestError> {
        self.ask("doomed", move |memory| now(memory.doomed(store, by, limit))).await
    }

    async fn forget(&self, store: StoreId, segments: &[SegmentId]) -> Result<(), ManifestError> {
        let asked = segments.to_vec();
        self.tell(format!("forget {segments:?}"), move |memory| now(memory.forget(store, &asked))).await
    }

    async fn known(&self, store: StoreId, segments: &[SegmentId]) -> Result<HashSet<SegmentId>, ManifestError> {
        let asked = segments.to_vec();
        self.ask(format!("known {segments:?}"), move |memory| now(memory.known(store, &asked))).await
    }

    async fn claim(&self, store: StoreId, worker: Uuid, lease: TimeDelta) -> Result<Option<Chore>, ManifestError> {
        self.tell("claim", move |memory| now(memory.claim(store, worker, lease))).await
    }

    async fn settle(
        &self,
        store: StoreId,
        worker: Uuid,
        chore: &Chore,
        again: Option<DateTime<Utc>>,
    ) -> Result<(), ManifestError> {
        let detail = format!("settle {chore:?}, again {again:?}");
        let chore = chore.clone();
        self.tell(detail, move |memory| now(memory.settle(store, worker, &chore, again))).await
    }
}

/// Bytes of which one in the middle is another.
pub(crate) fn flipped(bytes: &Bytes) -> Bytes {
    let mut bytes = bytes.to_vec();
    let middle = bytes.len() / 2;
    if let Some(byte) = bytes.get_mut(middle) {
        *byte ^= 0x55;
    }
    bytes.into()
}
