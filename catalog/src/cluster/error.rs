//! Why the private Postgres cannot be used.

use std::io;
use std::path::{Path, PathBuf};

use crate::PostgresVersion;

/// Why the private Postgres cannot be used, and what to do about it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClusterError {
    /// No PostgreSQL is installed where it is looked for.
    #[error(
        "no PostgreSQL is installed: install it with `apt-get install postgresql` (Debian, Ubuntu) or `brew install \
         postgresql@17` (macOS), or point DATABASE_URL at a server of your own"
    )]
    NotInstalled,
    /// Only versions that are refused are installed.
    #[error("PostgreSQL {version} in {} is too old: 15.14, 16.10, 17.6 or newer is needed", .folder.display())]
    TooOld {
        /// The newest that was found.
        version: PostgresVersion,
        /// Where it was found.
        folder: PathBuf,
    },
    /// The data was written by another major version than those installed.
    #[error(
        "the database in {} was made by PostgreSQL {major}, which is not installed (or too old a {major}): install \
         postgresql-{major}",
        .folder.display()
    )]
    MajorMissing {
        /// The version that wrote the data.
        major: u32,
        /// The data.
        folder: PathBuf,
    },
    /// Running as root, and there is no ordinary user to run Postgres as.
    #[error("PostgreSQL does not run as root, and there is neither a user `postgres` nor a user `nobody` to run it as")]
    NoAccount,
    /// The user that Postgres runs as cannot reach its data.
    #[error(
        "PostgreSQL runs as user {user}, who may not pass through {}: choose another data folder, or run `chmod o+x {}`",
        .folder.display(), .folder.display()
    )]
    NotTraversable {
        /// Who Postgres runs as.
        user: String,
        /// The folder that is closed.
        folder: PathBuf,
    },
    /// Something else stands where the socket's folder should be.
    #[error("{} exists, but is not a folder that belongs to the database: remove it", .0.display())]
    ForeignSocketFolder(PathBuf),
    /// The passwords of an existing cluster are gone.
    #[error("{} is missing or unreadable: without it the database beside it cannot be opened", .path.display())]
    SecretsLost {
        /// The file that held them.
        path: PathBuf,
        /// What went wrong.
        #[source]
        source: io::Error,
    },
    /// A program of Postgres failed.
    #[error("{program} failed: {output}")]
    Program {
        /// Which one.
        program: &'static str,
        /// The end of what it said.
        output: String,
    },
    /// Another process has been starting or stopping this cluster for too long.
    #[error("another process has held {} for {seconds} s", .path.display())]
    Busy {
        /// The lock.
        path: PathBuf,
        /// How long was waited.
        seconds: u64,
    },
    /// A file could not be read or written.
    #[error("{}", .path.display())]
    Io {
        /// Which one.
        path: PathBuf,
        /// What went wrong.
        #[source]
        source: io::Error,
    },
    /// The cluster runs, but its roles and database could not be set up.
    #[error("the database's roles could not be set up")]
    Bootstrap(#[from] sqlx::Error),
    /// The thread that did the work died.
    #[error("the work on the cluster was cut short")]
    Interrupted(#[from] tokio::task::JoinError),
}

/// Names the file in an error about it.
pub(super) trait At<T> {
    fn at(self, path: &Path) -> Result<T, ClusterError>;
}

impl<T> At<T> for io::Result<T> {
    fn at(self, path: &Path) -> Result<T, ClusterError> {
        self.map_err(|source| ClusterError::Io { path: path.to_owned(), source })
    }
}

impl<T> At<T> for Result<T, rustix::io::Errno> {
    fn at(self, path: &Path) -> Result<T, ClusterError> {
        self.map_err(io::Error::from).at(path)
    }
}
