//! Files that were sent and wait to be imported, in a folder of this machine.
//!
//! A file is `{uuid}-{sha256}` and complete: it is written beside that name, made durable and then moved. The catalog keeps
//! it as `{machine}/{uuid}-{sha256}`, so that a server knows its own files from those of another machine.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use aloftly_engine::clock::Clock;
use sha2::{Digest as _, Sha256};
use tokio::fs::File;
use tokio::io::{AsyncWriteExt as _, BufWriter};
use uuid::Uuid;

/// The folder.
#[derive(Clone, Debug)]
pub struct Uploads {
    folder: PathBuf,
    machine: Uuid,
}

/// Where a file of an import is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// Here.
    Here {
        /// The file.
        path: PathBuf,
        /// The SHA-256 of its bytes, in lowercase hex.
        sha256: String,
    },
    /// It should be here and is not.
    Gone,
    /// On another machine.
    Elsewhere,
}

impl Uploads {
    /// Opens the folder, makes it when it is missing, and removes files that were never completed.
    ///
    /// # Errors
    /// The folder cannot be used.
    pub fn open(folder: &Path, clock: &dyn Clock) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let name = folder.join("machine");
        let machine = match fs::read_to_string(&name).ok().and_then(|text| text.trim().parse().ok()) {
            Some(machine) => machine,
            None => {
                let machine = clock.new_id();
                let new = folder.join("machine.new");
                fs::write(&new, machine.to_string())?;
                fs::File::open(&new)?.sync_all()?;
                fs::rename(&new, &name)?;
                machine
            }
        };
        for entry in fs::read_dir(folder)? {
            remove_if_abandoned(&entry?.path());
        }
        Ok(Self { folder: folder.to_owned(), machine })
    }

    /// Begins to take a file.
    ///
    /// # Errors
    /// It cannot be written.
    pub async fn begin(&self, clock: &dyn Clock) -> io::Result<Upload> {
        let id = clock.new_id();
        let path = self.folder.join(format!("{id}.part"));
        let file = BufWriter::with_capacity(1 << 18, File::create_new(&path).await?);
        Ok(Upload { uploads: self.clone(), id, part: PartFile(path), file, hasher: Sha256::new(), size: 0 })
    }

    /// Where the file is that the catalog keeps under that name.
    #[must_use]
    pub fn find(&self, spool_file: &str) -> Place {
        let Some((machine, name)) = spool_file.split_once('/') else { return Place::Gone };
        if machine.parse() != Ok(self.machine) {
            return Place::Elsewhere;
        }
        let path = self.folder.join(name);
        match name.rsplit_once('-') {
            Some((_, sha256)) if !name.contains('/') && path.is_file() => {
                Place::Here { path, sha256: sha256.to_owned() }
            }
            _ => Place::Gone,
        }
    }

    /// Removes a file that is not needed any more. One that is gone already is fine.
    pub fn remove(&self, spool_file: &str) {
        if let Place::Here { path, .. } = self.find(spool_file)
            && let Err(error) = fs::remove_file(&path)
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(path = %path.display(), %error, "an uploaded file cannot be removed");
        }
    }
}

/// Half a file after a day, and a whole one after a week, belong to no import: the process died between taking and queueing.
fn remove_if_abandoned(path: &Path) {
    const DAY: Duration = Duration::from_secs(86_400);
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let age = path.metadata().and_then(|meta| meta.modified()).ok().and_then(|time| time.elapsed().ok());
    let is_upload = name.get(..36).is_some_and(|id| Uuid::parse_str(id).is_ok());
    let abandoned = is_upload && age > Some(if name.ends_with(".part") { DAY } else { 7 * DAY });
    if abandoned && fs::remove_file(path).is_ok() {
        tracing::info!(path = %path.display(), "removed an abandoned upload");
    }
}

/// A file that is being taken. Dropped before its end, nothing of it stays.
#[derive(Debug)]
pub struct Upload {
    uploads: Uploads,
    id: Uuid,
    part: PartFile,
    file: BufWriter<File>,
    hasher: Sha256,
    size: u64,
}

#[derive(Debug)]
struct PartFile(PathBuf);

impl Drop for PartFile {
    fn drop(&mut self) {
        // Moved away when the upload was finished.
        let _ = fs::remove_file(&self.0);
    }
}

/// A file that was taken.
#[derive(Clone, Debug)]
pub struct Taken {
    /// The name under which the catalog keeps it.
    pub spool_file: String,
    /// Its size.
    pub size: u64,
}

impl Upload {
    /// Takes the next bytes; returns how many there were so far.
    ///
    /// # Errors
    /// They cannot be written.
    pub async fn take(&mut self, bytes: &[u8]) -> io::Result<u64> {
        self.hasher.update(bytes);
        self.file.write_all(bytes).await?;
        self.size += bytes.len() as u64;
        Ok(self.size)
    }

    /// Makes the file durable and gives it its name.
    ///
    /// # Errors
    /// It cannot be written.
    pub async fn finish(mut self) -> io::Result<Taken> {
        self.file.flush().await?;
        self.file.get_ref().sync_all().await?;
        let name = format!("{}-{}", self.id, hex::encode(self.hasher.finalize()));
        let folder = &self.uploads.folder;
        tokio::fs::rename(&self.part.0, folder.join(&name)).await?;
        File::open(folder).await?.sync_all().await?;
        Ok(Taken { spool_file: format!("{}/{name}", self.uploads.machine), size: self.size })
    }
}

#[cfg(test)]
mod tests {
    use aloftly_engine::clock::SystemClock;

    use super::*;

    const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[tokio::test]
    async fn a_file_is_found_by_its_own_machine_alone() {
        let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let uploads = Uploads::open(here.path(), &SystemClock).unwrap();
        let taken = uploads.begin(&SystemClock).await.unwrap().finish().await.unwrap();
        let again = Uploads::open(here.path(), &SystemClock).unwrap();
        let Place::Here { path, sha256 } = again.find(&taken.spool_file) else { panic!("not here") };
        assert_eq!(sha256, EMPTY);
        let other = Uploads::open(there.path(), &SystemClock).unwrap();
        assert_eq!(other.find(&taken.spool_file), Place::Elsewhere);
        fs::remove_file(path).unwrap();
        assert_eq!(again.find(&taken.spool_file), Place::Gone);
    }

    #[tokio::test]
    async fn an_upload_that_is_given_up_leaves_nothing() {
        let here = tempfile::tempdir().unwrap();
        let uploads = Uploads::open(here.path(), &SystemClock).unwrap();
        let mut upload = uploads.begin(&SystemClock).await.unwrap();
        upload.take(b"half of it").await.unwrap();
        drop(upload);
        let left: Vec<_> = fs::read_dir(here.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, ["machine"]);
    }

    #[test]
    fn names_that_lead_elsewhere_are_not_followed() {
        let here = tempfile::tempdir().unwrap();
        let uploads = Uploads::open(here.path(), &SystemClock).unwrap();
        let machine = uploads.machine;
        for name in ["../../etc/passwd-x", "machine", "a/b-c", ""] {
            assert_eq!(uploads.find(&format!("{machine}/{name}")), Place::Gone, "{name}");
        }
    }
}
