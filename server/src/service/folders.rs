//! Folders and files that are this server's alone.

use std::fs::{self, DirBuilder, OpenOptions, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

/// Makes a folder that only its owner may enter; one that exists is closed to others.
///
/// # Errors
/// It cannot be made, or is not ours to close.
pub fn make_private(path: &Path) -> io::Result<()> {
    make(path, 0o700)?;
    let open = fs::metadata(path)?.permissions().mode() & 0o077 != 0;
    if open { fs::set_permissions(path, Permissions::from_mode(0o700)) } else { Ok(()) }
}

/// Makes the data folder. One that exists keeps its mode: whoever made it may have had reasons. As root, the user that Postgres
/// runs as must be able to pass through it.
///
/// # Errors
/// It cannot be made.
pub fn make_data_dir(path: &Path) -> io::Result<()> {
    make(path, if rustix::process::geteuid().is_root() { 0o711 } else { 0o700 })
}

fn make(path: &Path, mode: u32) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        fs::create_dir_all(parent)?;
    }
    match DirBuilder::new().mode(mode).create(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        made => made,
    }
}

/// Writes a file whole or not at all, readable by its owner alone. A file that is there is replaced.
///
/// # Errors
/// It cannot be written.
pub fn write_private(path: &Path, contents: &[u8]) -> io::Result<()> {
    let new = path.with_extension("new");
    match fs::remove_file(&new) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new)?;
    file.write_all(contents)?;
    file.sync_all()?;
    fs::rename(&new, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        path.metadata().unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn a_private_folder_is_closed_even_if_it_was_open() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("a/b");
        make_private(&folder).unwrap();
        assert_eq!(mode(&folder), 0o700);
        fs::set_permissions(&folder, Permissions::from_mode(0o755)).unwrap();
        make_private(&folder).unwrap();
        assert_eq!(mode(&folder), 0o700);
    }

    #[test]
    fn a_private_file_is_its_owners_alone_and_can_be_replaced() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("secret");
        write_private(&file, b"first").unwrap();
        write_private(&file, b"second").unwrap();
        assert_eq!((fs::read(&file).unwrap(), mode(&file)), (b"second".to_vec(), 0o600));
    }
}
