//! What outlives a simulator's process, in a folder: which worlds there are, what has happened in them since they were made up, and what was
//! granted to whom. A simulator that is started over the same folder goes on where it was, so that connections to it go on working.
//!
//! What was granted is written before the answer that tells of it is sent, and what happens before it is told. Only deliveries of webhooks
//! that were on their way are forgotten when a process ends, and what was used of quotas.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::world::{Action, WorldOptions};

const WORLDS: &str = "worlds.json";
const HAPPENED: &str = "happened.jsonl";

/// What a folder cannot be used for, and why.
#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    /// It cannot be read or written.
    #[error("cannot use {}", .0.display())]
    Folder(PathBuf, #[source] io::Error),
    /// What is in it was not written by this version.
    #[error("{} is not understood: remove the folder that it is in, and connect anew what was connected", .0.display())]
    Unknown(PathBuf, #[source] serde_json::Error),
}

/// The worlds that a folder has. The first time they are those of `make`, and kept: the same worlds come of them again.
///
/// # Errors
/// [`KeepError`].
pub fn worlds(folder: &Path, make: impl FnOnce() -> Vec<WorldOptions>) -> Result<Vec<WorldOptions>, KeepError> {
    let record: Record<Vec<WorldOptions>> = Record::open(folder, WORLDS)?;
    if let Some(kept) = record.read()? {
        return Ok(kept);
    }
    let made = make();
    record.write(|| &made)?;
    Ok(made)
}

fn make_folder(folder: &Path) -> Result<(), KeepError> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(|error| KeepError::Folder(folder.to_owned(), error))
}

/// A file that is written whole or not at all, whenever what it tells has changed.
#[derive(Debug)]
pub(crate) struct Record<T> {
    file: PathBuf,
    written: Mutex<Vec<u8>>,
    of: std::marker::PhantomData<fn() -> T>,
}

impl<T: Serialize + DeserializeOwned> Record<T> {
    pub(crate) fn open(folder: &Path, name: &str) -> Result<Self, KeepError> {
        make_folder(folder)?;
        Ok(Self { file: folder.join(name), written: Mutex::default(), of: std::marker::PhantomData })
    }

    /// What it tells, if there is anything yet.
    pub(crate) fn read(&self) -> Result<Option<T>, KeepError> {
        match fs::read(&self.file) {
            Ok(bytes) => {
                serde_json::from_slice(&bytes).map(Some).map_err(|error| KeepError::Unknown(self.file.clone(), error))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.failed(error)),
        }
    }

    /// Has it tell what is so now. `now` is asked in turn, so that nothing older is ever written over something newer.
    pub(crate) fn write<U: Serialize>(&self, now: impl FnOnce() -> U) -> Result<(), KeepError> {
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes = serde_json::to_vec(&now()).map_err(|error| KeepError::Unknown(self.file.clone(), error))?;
        if *written == bytes {
            return Ok(());
        }
        let new = self.file.with_extension("new");
        let write = || {
            private(&new)?.write_all(&bytes)?;
            fs::rename(&new, &self.file)
        };
        write().map_err(|error| self.failed(error))?;
        *written = bytes;
        Ok(())
    }

    fn failed(&self, error: io::Error) -> KeepError {
        KeepError::Folder(self.file.clone(), error)
    }
}

/// A file that its owner alone reads, emptied.
fn private(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)
}

/// Something that was let happen.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Entry {
    pub(crate) shop: String,
    pub(crate) at: DateTime<Utc>,
    pub(crate) action: Action,
}

/// What was let happen in worlds, in its order. What was refused is in it, too: a world draws from its chance before it refuses.
#[derive(Debug)]
pub(crate) struct Ledger {
    path: PathBuf,
    file: Mutex<File>,
}

impl Ledger {
    /// Opens the one of a folder, with what is in it.
    pub(crate) fn open(folder: &Path) -> Result<(Self, Vec<Entry>), KeepError> {
        make_folder(folder)?;
        let path = folder.join(HAPPENED);
        let failed = |error| KeepError::Folder(path.clone(), error);
        let mut text = match fs::read_to_string(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            read => read.map_err(failed)?,
        };
        // The last line of a process that was killed while it wrote it: nothing was told of it.
        text.truncate(text.rfind('\n').map_or(0, |end| end + 1));
        let entries = text.lines().map(serde_json::from_str).collect::<Result<Vec<Entry>, _>>();
        let entries = entries.map_err(|error| KeepError::Unknown(path.clone(), error))?;
        let file = OpenOptions::new().append(true).create(true).mode(0o600).open(&path).map_err(failed)?;
        file.set_len(text.len() as u64).map_err(failed)?;
        Ok((Self { path, file: Mutex::new(file) }, entries))
    }

    /// Adds what is about to happen.
    pub(crate) fn add(&self, entry: &Entry) -> Result<(), KeepError> {
        let mut line = serde_json::to_vec(entry).map_err(|error| KeepError::Unknown(self.path.clone(), error))?;
        line.push(b'\n');
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.write_all(&line).map_err(|error| KeepError::Folder(self.path.clone(), error))
    }
}
