//! A folder for rows on their way to a commit and for spilled queries, of this process alone.
//!
//! Each process works in a subfolder whose lock it holds as long as it lives. The kernel lets go of the lock of a process that
//! was killed, so the next one to start can tell what nobody uses any more, and removes it.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use aloftly_engine::clock::Clock;

use super::folders;

/// The folder. It goes with the value.
#[derive(Debug)]
pub struct Scratch {
    path: PathBuf,
    _lock: File,
}

impl Scratch {
    /// A new subfolder of `root`; those of processes that are gone are removed.
    ///
    /// # Errors
    /// The folder cannot be used.
    pub fn open(root: &Path, clock: &dyn Clock) -> io::Result<Self> {
        folders::make_private(root)?;
        // One process at a time: a subfolder that is not locked yet must not be taken for one that is not locked any more.
        let door = lock_file(&root.join("lock"))?;
        door.lock()?;
        for entry in fs::read_dir(root)? {
            let path = entry?.path();
            if path.file_name().is_some_and(|name| name != "lock") && is_left(&path) {
                remove(&path);
            }
        }
        let path = root.join(clock.new_id().to_string());
        folders::make_private(&path)?;
        let lock = lock_file(&path.join("lock"))?;
        lock.lock()?;
        Ok(Self { path, _lock: lock })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
    }
}

fn lock_file(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)
}

/// Whether a process that is gone left it. What has no lock is of an earlier version, which did not lock, and is left for a day.
fn is_left(path: &Path) -> bool {
    const DAY: Duration = Duration::from_secs(86_400);
    match File::open(path.join("lock")) {
        Ok(lock) => !matches!(lock.try_lock(), Err(TryLockError::WouldBlock)),
        Err(_) => {
            let changed = path.metadata().and_then(|meta| meta.modified());
            changed.ok().and_then(|time| time.elapsed().ok()) > Some(DAY)
        }
    }
}

fn remove(path: &Path) {
    let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    match removed {
        Ok(()) => tracing::info!(path = %path.display(), "removed what a killed process left"),
        Err(error) => tracing::warn!(path = %path.display(), %error, "what a killed process left cannot be removed"),
    }
}

#[cfg(test)]
mod tests {
    use aloftly_engine::clock::SystemClock;

    use super::*;

    #[test]
    fn what_a_killed_process_left_goes_and_what_a_living_one_uses_stays() {
        let root = tempfile::tempdir().unwrap();
        let living = Scratch::open(root.path(), &SystemClock).unwrap();
        fs::write(living.path().join("rows"), "mine").unwrap();
        // A killed process leaves its lock file, which nobody holds.
        let killed = root.path().join("killed");
        fs::create_dir_all(killed.join("spool-1")).unwrap();
        fs::write(killed.join("lock"), "").unwrap();

        let next = Scratch::open(root.path(), &SystemClock).unwrap();
        assert!(!killed.exists());
        assert!(living.path().join("rows").exists());
        let path = next.path().to_owned();
        drop(next);
        assert!(!path.exists());
    }
}
