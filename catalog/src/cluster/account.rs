//! Who Postgres runs as: whoever started this process or, since Postgres refuses root, an ordinary user.

use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use super::error::{At, ClusterError};

/// An ordinary user that root runs Postgres as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Account {
    pub(super) name: String,
    pub(super) uid: u32,
    pub(super) gid: u32,
}

impl Account {
    /// `None` when this process is itself an ordinary user. Data that exists is opened as its owner; otherwise the first that
    /// exists of `postgres` and `nobody`.
    pub(super) fn choose(data: &Path) -> Result<Option<Self>, ClusterError> {
        if !rustix::process::geteuid().is_root() {
            return Ok(None);
        }
        match data.metadata() {
            Ok(owned) if owned.uid() != 0 => {
                Ok(Some(Self { name: format!("with id {}", owned.uid()), uid: owned.uid(), gid: owned.gid() }))
            }
            _ => ["postgres", "nobody"].into_iter().find_map(Self::named).map(Some).ok_or(ClusterError::NoAccount),
        }
    }

    fn named(name: &str) -> Option<Self> {
        let id = |flag| {
            let output = Command::new("id").args([flag, name]).output().ok()?;
            String::from_utf8(output.stdout).ok()?.trim().parse().ok()
        };
        Some(Self { name: name.to_owned(), uid: id("-u")?, gid: id("-g")? })
    }

    /// Refuses a path with a folder on it that the account may not pass through.
    pub(super) fn check_reaches(&self, path: &Path) -> Result<(), ClusterError> {
        for folder in path.ancestors() {
            let metadata = folder.metadata().at(folder)?;
            let needed = if metadata.uid() == self.uid {
                0o100
            } else if metadata.gid() == self.gid {
                0o010
            } else {
                0o001
            };
            if metadata.mode() & needed == 0 {
                return Err(ClusterError::NotTraversable { user: self.name.clone(), folder: folder.to_owned() });
            }
        }
        Ok(())
    }

    /// Gives a file or folder to the account.
    pub(super) fn own(&self, path: &Path) -> Result<(), ClusterError> {
        std::os::unix::fs::lchown(path, Some(self.uid), Some(self.gid)).at(path)
    }
}

/// A command that runs as the account, away from folders that it may not enter.
pub(super) fn command(program: &Path, account: Option<&Account>) -> Command {
    let mut command = Command::new(program);
    command.current_dir("/").env_remove("PGDATA").env("LC_ALL", "C");
    if let Some(account) = account {
        command.uid(account.uid).gid(account.gid);
    }
    command
}
