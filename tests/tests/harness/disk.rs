//! Disks of their own, that can be full, closed to writing, or gone.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The file that takes all room.
const BALLAST: &str = "ballast";

/// Something that is mounted on a folder, until the value is dropped.
pub(crate) struct Disk {
    folder: PathBuf,
    source: Option<PathBuf>,
}

impl Disk {
    /// An empty disk in memory, of a size such as `16m`. `None` (said loudly) where one may not mount; in CI, root must be able to.
    pub(crate) fn in_memory(folder: &Path, size: &str) -> Option<Self> {
        let options = format!("size={size},mode=0700");
        let arguments = ["-t", "tmpfs", "-o", &options, "tmpfs"].map(OsStr::new);
        mounted(&arguments, folder).then(|| Self { folder: folder.to_owned(), source: None })
    }

    /// Another folder's contents. `None` (said loudly) where one may not mount; in CI, root must be able to.
    pub(crate) fn of(source: &Path, folder: &Path) -> Option<Self> {
        let disk = Self { folder: folder.to_owned(), source: Some(source.to_owned()) };
        mounted(&["--bind".as_ref(), source.as_os_str()], folder).then_some(disk)
    }

    /// Fills it to the last byte.
    pub(crate) fn fill(&self) {
        let mut file = File::create(self.folder.join(BALLAST)).unwrap();
        for size in [1 << 20, 1 << 12, 1] {
            let piece = vec![0_u8; size];
            let error = loop {
                if let Err(error) = file.write_all(&piece) {
                    break error;
                }
            };
            assert_eq!(error.kind(), ErrorKind::StorageFull, "{error}");
        }
    }

    /// Gives back the room that [`Disk::fill`] took.
    pub(crate) fn free(&self) {
        std::fs::remove_file(self.folder.join(BALLAST)).unwrap();
    }

    /// Closes it to writing, or opens it again.
    pub(crate) fn set_writable(&self, writable: bool) {
        let options = if writable { "remount,rw" } else { "remount,ro" };
        run(Command::new("mount").args(["-o", options]).arg(&self.folder));
    }

    /// Takes it away: what is seen then is the empty folder below it.
    pub(crate) fn unmount(&self) {
        run(Command::new("umount").arg("--lazy").arg(&self.folder));
    }

    /// Brings it back, what is in it included.
    pub(crate) fn mount_again(&self) {
        run(Command::new("mount").arg("--bind").arg(self.source.as_ref().unwrap()).arg(&self.folder));
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // It may be unmounted already.
        let _ = Command::new("umount").arg("--lazy").arg(&self.folder).output();
    }
}

fn mounted(arguments: &[&OsStr], folder: &Path) -> bool {
    let output = Command::new("mount").args(arguments).arg(folder).output().unwrap();
    if output.status.success() {
        return true;
    }
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let is_root = rustix::process::geteuid().is_root();
    assert!(!(is_root && std::env::var_os("CI").is_some()), "CI must not skip what it proves: {said}");
    eprintln!("SKIPPED: this needs to mount a disk: {said}");
    false
}

fn run(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}
