//! Free space that a disk must keep while files are written to it.

use std::io;
use std::path::{Path, PathBuf};

/// How often, in bytes, it is looked whether there is room for more.
const LOOK: u64 = 4 * 1024 * 1024;

/// The room for what is written to a folder, one of these for each that writes.
#[derive(Debug)]
pub struct Room {
    folder: PathBuf,
    reserve: u64,
    not_looked: u64,
}

impl Room {
    /// A folder whose disk is to keep `reserve` bytes free. Nothing is looked at yet.
    #[must_use]
    pub fn new(folder: &Path, reserve: u64) -> Self {
        Self { folder: folder.to_owned(), reserve, not_looked: 0 }
    }

    /// Looks whether the folder's disk has more than `reserve` bytes free.
    ///
    /// # Errors
    /// [`io::ErrorKind::StorageFull`] when it has not; others when it does not tell.
    pub fn look(folder: &Path, reserve: u64) -> io::Result<Self> {
        let room = Self::new(folder, reserve);
        room.check_for(0)?;
        Ok(room)
    }

    /// So many bytes more were written: looks again, from time to time.
    ///
    /// # Errors
    /// Those of [`Room::look`].
    pub fn used(&mut self, bytes: u64) -> io::Result<()> {
        self.not_looked += bytes;
        if self.not_looked < LOOK {
            return Ok(());
        }
        self.not_looked = 0;
        self.check_for(0)
    }

    /// Looks whether there is room for so many bytes.
    ///
    /// # Errors
    /// Those of [`Room::look`].
    pub fn check_for(&self, bytes: u64) -> io::Result<()> {
        let disk = rustix::fs::statvfs(&self.folder)?;
        let free = disk.f_bavail.saturating_mul(disk.f_frsize);
        if free.saturating_sub(bytes) < self.reserve { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_is_full_at_its_reserve_and_is_looked_at_every_four_mebibytes() {
        let folder = tempfile::tempdir().unwrap();
        let full = Room::look(folder.path(), u64::MAX).unwrap_err();
        assert_eq!(full.kind(), io::ErrorKind::StorageFull);
        let mut room = Room::look(folder.path(), 0).unwrap();
        room.reserve = u64::MAX;
        room.used(LOOK - 1).unwrap();
        assert_eq!(room.used(1).unwrap_err().kind(), io::ErrorKind::StorageFull);
        room.used(LOOK - 1).unwrap();
    }
}
