//! Verifying: every segment of a store is read as a whole and compared with what was committed.

use std::sync::Arc;

use futures::TryStreamExt;
use object_store::ObjectStoreExt;
use sha2::{Digest, Sha256};

use super::fault::{FaultKind, SegmentFault};
use super::manifest::{ManifestError, Segment};
use super::{LakeError, StoreLake};

/// What a verification found.
#[derive(Clone, Debug, Default)]
pub struct Verified {
    /// Segments that were read.
    pub segments: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Those that are damaged or missing; all are in quarantine now.
    pub faults: Vec<SegmentFault>,
    /// Those that were in quarantine and are whole: they are in it no longer.
    pub released: Vec<Arc<Segment>>,
}

impl StoreLake {
    /// Reads every live segment. Faulty ones go into quarantine, and those that are whole come out of it. `progress` is told each
    /// segment that was read.
    ///
    /// # Errors
    /// When the manifest or the object store is unavailable.
    pub async fn verify(&self, progress: &(dyn Fn(&Segment) + Send + Sync)) -> Result<Verified, LakeError> {
        let snapshot = self.snapshot(None).await?;
        let mut verified = Verified::default();
        for segment in &snapshot.segments {
            let fault =
                if segment.is_hot() { self.verify_hot(segment).await? } else { self.verify_cold(segment).await? };
            self.conclude(&mut verified, segment, fault).await?;
            progress(segment);
        }
        Ok(verified)
    }

    async fn conclude(
        &self,
        verified: &mut Verified,
        segment: &Arc<Segment>,
        fault: Option<FaultKind>,
    ) -> Result<(), LakeError> {
        verified.segments += 1;
        verified.bytes += segment.bytes;
        let Some(kind) = fault else {
            if self.manifest.release(self.store, segment.id).await? {
                verified.released.push(Arc::clone(segment));
            }
            return Ok(());
        };
        let fault = segment.fault(self.store, kind);
        // One that was folded or erased meanwhile is not missed.
        if self.put_into_quarantine(&fault).await? || self.is_live(segment).await? {
            verified.faults.push(fault);
        }
        Ok(())
    }

    async fn is_live(&self, segment: &Segment) -> Result<bool, LakeError> {
        let newest = self.snapshot(None).await?;
        let partition = newest.partition(&segment.dataset, segment.partition);
        Ok(partition.iter().any(|live| live.id == segment.id))
    }

    async fn verify_hot(&self, segment: &Segment) -> Result<Option<FaultKind>, LakeError> {
        match self.manifest.hot_payloads(self.store, &[segment.id]).await {
            Ok(payloads) => {
                let is_whole = payloads.iter().all(|payload| super::checksum(payload) == segment.checksum);
                Ok((!is_whole).then(|| FaultKind::Damaged("its bytes do not have its checksum".to_owned())))
            }
            Err(ManifestError::NotLive(_)) => Ok(Some(FaultKind::Missing)),
            Err(error) => Err(error.into()),
        }
    }

    async fn verify_cold(&self, segment: &Segment) -> Result<Option<FaultKind>, LakeError> {
        let object = segment.path(self.store);
        let read = match self.shared().objects.store.get(&object).await {
            Ok(read) => read,
            Err(object_store::Error::NotFound { .. }) => return Ok(Some(FaultKind::Missing)),
            Err(error) => return Err(error.into()),
        };
        let (mut hash, mut bytes) = (Sha256::new(), 0u64);
        let mut pieces = read.into_stream();
        while let Some(piece) = pieces.try_next().await? {
            bytes += piece.len() as u64;
            hash.update(&piece);
        }
        if bytes != segment.bytes {
            return Ok(Some(FaultKind::Damaged(format!("it has {bytes} bytes instead of {}", segment.bytes))));
        }
        let is_whole = super::hex(&hash.finalize()) == segment.checksum;
        Ok((!is_whole).then(|| FaultKind::Damaged("its bytes do not have its checksum".to_owned())))
    }
}
