//! Finds an installed PostgreSQL.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::error::ClusterError;
use crate::PostgresVersion;

/// Folders in which packages put the programs, beside those of PATH. Homebrew's are `postgresql@17` and alike,
/// Red Hat's `pgsql-17`.
const PACKAGED: [(&str, &str, &str); 4] = [
    ("/usr/lib/postgresql", "", "bin"),
    ("/opt/homebrew/opt", "postgresql", "bin"),
    ("/usr/local/opt", "postgresql", "bin"),
    ("/usr", "pgsql-", "bin"),
];

/// One installed PostgreSQL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Binaries {
    pub(super) folder: PathBuf,
    pub(super) version: PostgresVersion,
}

impl Binaries {
    pub(super) fn initdb(&self) -> PathBuf {
        self.folder.join("initdb")
    }

    pub(super) fn pg_ctl(&self) -> PathBuf {
        self.folder.join("pg_ctl")
    }
}

/// The newest supported installation, or the one of the major version that wrote the data when there is data.
pub(super) fn find(
    preferred: Option<&Path>,
    path: Option<&OsStr>,
    written_by: Option<(u32, &Path)>,
) -> Result<Binaries, ClusterError> {
    let folders = match preferred {
        Some(folder) => BTreeSet::from([folder.to_owned()]),
        None => candidates(path),
    };
    choose(folders.into_iter().filter_map(inspect).collect(), written_by)
}

fn choose(mut found: Vec<Binaries>, written_by: Option<(u32, &Path)>) -> Result<Binaries, ClusterError> {
    found.sort_by_key(|binaries| binaries.version);
    let Some(newest) = found.last().cloned() else { return Err(ClusterError::NotInstalled) };
    let mut supported = found.into_iter().filter(|binaries| binaries.version.is_supported());
    match written_by {
        Some((major, folder)) => supported
            .rfind(|binaries| binaries.version.major == major)
            .ok_or_else(|| ClusterError::MajorMissing { major, folder: folder.to_owned() }),
        None => supported.next_back().ok_or(ClusterError::TooOld { version: newest.version, folder: newest.folder }),
    }
}

fn candidates(path: Option<&OsStr>) -> BTreeSet<PathBuf> {
    let on_path = path.into_iter().flat_map(std::env::split_paths);
    let packaged = PACKAGED.iter().flat_map(|(parent, prefix, child)| {
        let entries = std::fs::read_dir(parent).into_iter().flatten().flatten();
        entries
            .filter(move |entry| entry.file_name().to_string_lossy().starts_with(prefix))
            .map(move |entry| entry.path().join(child))
    });
    on_path.chain(packaged).filter_map(|folder| real_folder(&folder)).collect()
}

/// The folder that really holds the programs: a link such as /usr/local/bin/postgres is followed, because the programs find
/// their own files from where they are.
fn real_folder(folder: &Path) -> Option<PathBuf> {
    let initdb = folder.join("initdb").canonicalize().ok()?;
    Some(initdb.parent()?.to_owned())
}

fn inspect(folder: PathBuf) -> Option<Binaries> {
    let complete = ["initdb", "pg_ctl", "postgres"].iter().all(|program| folder.join(program).is_file());
    if !complete {
        return None;
    }
    let output = Command::new(folder.join("postgres")).arg("--version").current_dir("/").output().ok()?;
    let version = PostgresVersion::from_banner(&String::from_utf8_lossy(&output.stdout))?;
    Some(Binaries { folder, version })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;
    use std::path::{Path, PathBuf};

    use super::*;

    fn installed(major: u32, minor: u32) -> Binaries {
        Binaries { folder: PathBuf::from(format!("/pg/{major}")), version: PostgresVersion { major, minor } }
    }

    fn pretend(folder: &Path, banner: &str) {
        std::fs::create_dir_all(folder).unwrap();
        for program in ["initdb", "pg_ctl", "postgres"] {
            let file = folder.join(program);
            std::fs::write(&file, format!("#!/bin/sh\necho 'postgres (PostgreSQL) {banner}'\n")).unwrap();
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
        }
    }

    #[test]
    fn the_newest_supported_installation_is_chosen() {
        let chosen = choose(vec![installed(16, 10), installed(17, 5), installed(15, 18)], None).unwrap();
        assert_eq!(chosen, installed(16, 10));
    }

    #[test]
    fn data_is_opened_by_the_major_version_that_wrote_it() {
        let data = Path::new("/data");
        let both = || vec![installed(15, 18), installed(17, 6)];
        assert_eq!(choose(both(), Some((15, data))).unwrap(), installed(15, 18));
        let refused = choose(both(), Some((16, data))).unwrap_err().to_string();
        assert!(refused.contains("made by PostgreSQL 16"), "{refused}");
    }

    #[test]
    fn an_old_installation_is_named_in_the_refusal() {
        let refused = choose(vec![installed(14, 19), installed(15, 13)], None).unwrap_err().to_string();
        assert_eq!(refused, "PostgreSQL 15.13 in /pg/15 is too old: 15.14, 16.10, 17.6 or newer is needed");
    }

    #[test]
    fn without_an_installation_the_package_is_named() {
        let empty = tempfile::tempdir().unwrap();
        let refused = find(Some(empty.path()), None, None).unwrap_err().to_string();
        assert!(refused.contains("apt-get install postgresql"), "{refused}");
        assert!(refused.contains("brew install postgresql@17"), "{refused}");
    }

    #[test]
    fn programs_are_found_through_links_on_the_path() {
        let folder = tempfile::tempdir().unwrap();
        let (real, links) = (folder.path().join("99/bin"), folder.path().join("links"));
        pretend(&real, "99.1");
        std::fs::create_dir(&links).unwrap();
        std::os::unix::fs::symlink(real.join("initdb"), links.join("initdb")).unwrap();
        let found = find(None, Some(links.as_os_str()), None).unwrap();
        assert_eq!(
            found,
            Binaries { folder: real.canonicalize().unwrap(), version: PostgresVersion { major: 99, minor: 1 } }
        );
    }
}
