//! Segments that are damaged or missing: how a read says so, and what follows from it.

use std::error::Error;
use std::fmt;
use std::io;
use std::sync::Arc;

use datafusion::error::DataFusionError;
use futures::StreamExt;
use object_store::path::Path;

use super::manifest::ManifestError;
use super::{LakeError, StoreLake};
use crate::dataset::Partition;
use crate::{SegmentId, StoreId};

/// A segment could not be read because of what it is, not because of what is between it and the reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SegmentFault {
    /// Its store.
    pub store: StoreId,
    /// Its dataset.
    pub dataset: String,
    /// Its partition.
    pub partition: Partition,
    /// Which segment.
    pub segment: SegmentId,
    /// What is wrong with it.
    pub kind: FaultKind,
}

/// What is wrong with a segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// Its bytes are not those that were committed.
    Damaged(String),
    /// Its object is not there.
    Missing,
}

impl fmt::Display for SegmentFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { dataset, partition, segment, kind, .. } = self;
        write!(f, "segment {segment} of {dataset} {partition} is {kind}")
    }
}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Damaged(detail) => write!(f, "damaged: {detail}"),
            Self::Missing => f.write_str("missing"),
        }
    }
}

impl Error for SegmentFault {}

impl SegmentFault {
    /// The fault that is the cause of an error, however deep.
    #[must_use]
    pub fn find<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a Self> {
        causes(error).find_map(|error| error.downcast_ref())
    }
}

/// What an error of a read means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The read was of a state that is given up by now, or in which a segment is damaged that is live no more: planned again at
    /// the newest version it goes well.
    Outdated,
    /// A live segment is damaged or missing. It is in quarantine now.
    Quarantined,
    /// Something else.
    Other,
}

impl Verdict {
    pub(super) fn is_outdated(self) -> bool {
        self == Self::Outdated
    }
}

impl StoreLake {
    /// Finds out what an error of a read of this store means; a live segment that could not be read goes into quarantine.
    ///
    /// # Errors
    /// When the manifest is unavailable.
    pub fn examine<'a>(
        &'a self,
        error: &(dyn Error + 'static),
    ) -> impl Future<Output = Result<Verdict, LakeError>> + Send + use<'a> {
        let is_gone = |error: &(dyn Error + 'static)| {
            let error = error.downcast_ref();
            matches!(error, Some(ManifestError::NotLive(_) | ManifestError::UnknownVersion(_)))
        };
        let is_gone = causes(error).any(is_gone);
        let fault = SegmentFault::find(error).filter(|fault| fault.store == self.store).cloned();
        async move {
            match fault {
                _ if is_gone => Ok(Verdict::Outdated),
                None => Ok(Verdict::Other),
                Some(fault) => self.judge(&fault).await,
            }
        }
    }

    async fn judge(&self, fault: &SegmentFault) -> Result<Verdict, LakeError> {
        if fault.kind == FaultKind::Missing && !self.can_list(fault).await {
            // The whole store is away, not this object.
            return Ok(Verdict::Other);
        }
        if self.put_into_quarantine(fault).await? {
            return Ok(Verdict::Quarantined);
        }
        let newest = self.snapshot(None).await?;
        let is_live = newest.segments.iter().any(|segment| segment.id == fault.segment);
        Ok(if is_live { Verdict::Quarantined } else { Verdict::Outdated })
    }

    /// Whether the object store answers where the segment should be.
    async fn can_list(&self, fault: &SegmentFault) -> bool {
        let prefix = Path::from_iter([fault.dataset.as_str(), &format!("store_id={}", fault.store)]);
        !matches!(self.shared().objects.list(&prefix).next().await, Some(Err(_)))
    }

    /// False when the segment is not live, or is in quarantine already.
    pub(super) async fn put_into_quarantine(&self, fault: &SegmentFault) -> Result<bool, LakeError> {
        let is_new = self.manifest.quarantine(self.store, fault.segment, &fault.kind.to_string()).await?;
        if is_new {
            tracing::error!(store = %self.store, segment = %fault.segment, dataset = fault.dataset,
                partition = %fault.partition, reason = %fault.kind, "a segment went into quarantine");
        }
        Ok(is_new)
    }
}

/// An error, what caused it, what caused that, and so on.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    let mut causes = Vec::new();
    gather(error, &mut causes);
    causes.into_iter()
}

fn gather<'a>(error: &'a (dyn Error + 'static), causes: &mut Vec<&'a (dyn Error + 'static)>) {
    let mut next = Some(error);
    while let Some(error) = next {
        let error = plain(error);
        causes.push(error);
        if let Some(DataFusionError::Collection(errors)) = plan_error(error) {
            // Only the first of them is called its source.
            return errors.iter().for_each(|error| gather(error, causes));
        }
        // The source of an I/O error is the source of the error in it: that itself would be left out.
        next = match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
}

/// Boxes and shared pointers hide what is in them.
fn plan_error<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a DataFusionError> {
    error
        .downcast_ref::<DataFusionError>()
        .or_else(|| error.downcast_ref::<Box<DataFusionError>>().map(AsRef::as_ref))
        .or_else(|| error.downcast_ref::<Arc<DataFusionError>>().map(AsRef::as_ref))
}

/// An error of the lake that only passes another one on is that one: what it calls its source is that one's.
fn plain<'a>(error: &'a (dyn Error + 'static)) -> &'a (dyn Error + 'static) {
    match error.downcast_ref() {
        Some(LakeError::Manifest(error)) => error,
        Some(LakeError::Fault(error)) => error,
        _ => error,
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use parquet::errors::ParquetError;

    use super::*;

    fn fault() -> SegmentFault {
        SegmentFault {
            store: StoreId(uuid::Uuid::from_u128(1)),
            dataset: "orders".to_owned(),
            partition: Partition::starting(NaiveDate::from_ymd_opt(2026, 1, 1).unwrap()),
            segment: SegmentId(uuid::Uuid::from_u128(7)),
            kind: FaultKind::Damaged("its bytes 0..7 are others".to_owned()),
        }
    }

    fn from_store() -> object_store::Error {
        object_store::Error::Generic { store: "lake", source: Box::new(fault()) }
    }

    #[test]
    fn a_fault_is_found_below_everything_that_passes_errors_on() {
        let parquet = || ParquetError::External(Box::new(from_store()));
        let shared = DataFusionError::Shared(Arc::new(DataFusionError::ParquetError(Box::new(parquet()))));
        let several = DataFusionError::Collection(vec![
            DataFusionError::Plan("something else".to_owned()),
            DataFusionError::Context("while scanning".to_owned(), Box::new(from_store().into())),
        ]);
        let errors: Vec<Box<dyn Error>> = vec![
            Box::new(fault()),
            Box::new(from_store()),
            Box::new(DataFusionError::External(Box::new(Arc::new(shared)))),
            Box::new(LakeError::from(several)),
            Box::new(DataFusionError::IoError(io::Error::other(fault()))),
            Box::new(arrow::error::ArrowError::ExternalError(Box::new(parquet()))),
        ];
        for error in errors {
            assert_eq!(SegmentFault::find(error.as_ref()), Some(&fault()), "{error:?}");
        }
        assert_eq!(SegmentFault::find(&DataFusionError::Plan("no fault".to_owned())), None);
    }
}
