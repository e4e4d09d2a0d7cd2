//! What can go wrong in the lake.

use datafusion::arrow::error::ArrowError;
use datafusion::error::DataFusionError;
use parquet::errors::ParquetError;

use super::fault::SegmentFault;
use super::manifest::ManifestError;
use crate::dataset::Partition;
use crate::transfer::TransferError;

/// Why the lake refused or failed. Nothing was committed unless a variant says otherwise.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LakeError {
    /// The manifest refused or failed.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// An object could not be written or read.
    #[error("the object store failed")]
    ObjectStore(#[from] object_store::Error),
    /// Rows do not have the shape that their dataset declares.
    #[error("rows of {dataset}: {detail}")]
    Shape {
        /// The dataset.
        dataset: &'static str,
        /// What is wrong.
        detail: String,
    },
    /// A segment is damaged or missing.
    #[error(transparent)]
    Fault(#[from] SegmentFault),
    /// A segment that the answer depends on is in quarantine.
    #[error(
        "segment {segment} of {dataset} {partition} is in quarantine: it is {reason}. Restore its object and run `aloftly lake \
         verify`, or import that month's rows anew after erasing them"
    )]
    Quarantined {
        /// The dataset.
        dataset: String,
        /// The partition.
        partition: Partition,
        /// The segment.
        segment: crate::SegmentId,
        /// What is wrong with it.
        reason: String,
    },
    /// No dataset has that name.
    #[error("no dataset {0:?}")]
    UnknownDataset(String),
    /// Other writers changed the same partitions again and again.
    #[error("gave up after {attempts} attempts: other commits keep changing the same partitions; try again")]
    Contended {
        /// How often the commit was computed.
        attempts: u32,
    },
    /// The store is not such that the commit may be made; the message says why, and what to do.
    #[error("{0}")]
    Refused(String),
    /// The local spool folder could not be written or read.
    #[error("the spool folder failed")]
    Spool(#[from] std::io::Error),
    /// A plan could not be made or run.
    #[error("a plan failed")]
    Plan(#[from] Box<DataFusionError>),
}

impl From<DataFusionError> for LakeError {
    fn from(error: DataFusionError) -> Self {
        Self::Plan(Box::new(error))
    }
}

impl From<TransferError> for LakeError {
    fn from(error: TransferError) -> Self {
        match error {
            TransferError::Read(error) => error.into(),
            TransferError::Store(error) => error.into(),
        }
    }
}

impl From<ArrowError> for LakeError {
    fn from(error: ArrowError) -> Self {
        DataFusionError::from(error).into()
    }
}

impl From<ParquetError> for LakeError {
    fn from(error: ParquetError) -> Self {
        DataFusionError::from(error).into()
    }
}
