//! The folder of the Unix socket: beside the data, or somewhere short when that path is too long.

use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::{fs, io};

use sha2::{Digest, Sha256};

use super::account::Account;
use super::error::{At, ClusterError};

/// The longest path of a socket: `sun_path` is 104 bytes on macOS and 108 on Linux, with a NUL at the end.
const LONGEST: usize = 103;

/// The folder for the socket of the cluster in `home`, made and given to the account that Postgres runs as.
pub(super) fn folder(home: &Path, temporary: &Path, account: Option<&Account>) -> Result<PathBuf, ClusterError> {
    let folder = place(home, temporary);
    match fs::DirBuilder::new().mode(0o700).create(&folder) {
        Ok(()) => {
            if let Some(account) = account {
                account.own(&folder)?;
            }
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => check(&folder, account)?,
        Err(error) => return Err(error).at(&folder),
    }
    Ok(folder)
}

fn place(home: &Path, temporary: &Path) -> PathBuf {
    let beside = home.join("socket");
    if fits(&beside) {
        return beside;
    }
    let digest = Sha256::digest(home.as_os_str().as_bytes());
    let name = digest[..8].iter().fold("aloftly-".to_owned(), |name, byte| format!("{name}{byte:02x}"));
    let short = temporary.join(&name);
    if fits(&short) { short } else { Path::new("/tmp").join(name) }
}

fn fits(folder: &Path) -> bool {
    folder.as_os_str().len() + format!("/.s.PGSQL.{}", super::PORT).len() <= LONGEST
}

/// The temporary folder is everybody's: what is already there must be a folder, ours, and closed to others.
fn check(folder: &Path, account: Option<&Account>) -> Result<(), ClusterError> {
    let metadata = fs::symlink_metadata(folder).at(folder)?;
    let owner = account.map_or_else(|| rustix::process::geteuid().as_raw(), |account| account.uid);
    if metadata.is_dir() && metadata.uid() == owner && metadata.mode() & 0o077 == 0 {
        return Ok(());
    }
    Err(ClusterError::ForeignSocketFolder(folder.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_data_folder_keeps_its_socket() {
        assert_eq!(
            place(Path::new("/srv/aloftly/postgres"), Path::new("/tmp")),
            Path::new("/srv/aloftly/postgres/socket")
        );
    }

    #[test]
    fn a_long_data_folder_gets_a_short_socket_of_its_own() {
        let (one, two) = (format!("/{}/1", "x".repeat(120)), format!("/{}/2", "x".repeat(120)));
        let (one, two) = (place(Path::new(&one), Path::new("/tmp")), place(Path::new(&two), Path::new("/tmp")));
        assert!(one.starts_with("/tmp") && fits(&one), "{}", one.display());
        assert_ne!(one, two);
    }

    #[test]
    fn somebody_elses_file_in_the_temporary_folder_is_refused() {
        let temporary = tempfile::tempdir().unwrap();
        let home = PathBuf::from(format!("/{}", "y".repeat(120)));
        fs::write(place(&home, temporary.path()), "").unwrap();
        let refused = folder(&home, temporary.path(), None).unwrap_err();
        assert!(matches!(refused, ClusterError::ForeignSocketFolder(_)), "{refused}");
    }
}
