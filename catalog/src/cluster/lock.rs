//! Locks between processes: `flock`, which the kernel lets go of when a process dies.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

use super::error::{At, ClusterError};

const POLL: Duration = Duration::from_millis(50);

/// An open lock file; what is held is let go when it is dropped.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
    path: PathBuf,
}

impl Lock {
    pub(super) fn open(path: &Path) -> Result<Self, ClusterError> {
        let file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path).at(path)?;
        Ok(Self { file, path: path.to_owned() })
    }

    /// Waits until nobody else holds it.
    pub(super) fn exclusive(&self, patience: Duration) -> Result<(), ClusterError> {
        self.wait(FlockOperation::NonBlockingLockExclusive, patience)
    }

    /// Waits until nobody holds it exclusively.
    pub(super) fn shared(&self, patience: Duration) -> Result<(), ClusterError> {
        self.wait(FlockOperation::NonBlockingLockShared, patience)
    }

    /// Whether nobody else holds it; if so, it is held exclusively from now on.
    pub(super) fn try_exclusive(&self) -> Result<bool, ClusterError> {
        self.attempt(FlockOperation::NonBlockingLockExclusive)
    }

    fn attempt(&self, operation: FlockOperation) -> Result<bool, ClusterError> {
        match flock(&self.file, operation) {
            Ok(()) => Ok(true),
            Err(Errno::WOULDBLOCK | Errno::INTR) => Ok(false),
            Err(error) => Err(error).at(&self.path),
        }
    }

    fn wait(&self, operation: FlockOperation, patience: Duration) -> Result<(), ClusterError> {
        let start = Instant::now();
        while !self.attempt(operation)? {
            if start.elapsed() > patience {
                return Err(ClusterError::Busy { path: self.path.clone(), seconds: patience.as_secs() });
            }
            std::thread::sleep(POLL);
        }
        Ok(())
    }
}
