//! Files that were sent and wait to be imported.
//!
//! A file is `{uuid}-{sha256}` and complete: it is written beside that name, made durable and then moved. Where servers share an
//! object store it is moved there, so that any of them can import it; otherwise it stays in a folder of this machine. The
//! catalog keeps it as `shared/{organisation}/{uuid}-{sha256}` or as `{machine}/{uuid}-{sha256}`, so that a server knows its own
//! files from those of another machine.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use aloftly_catalog::OrganizationId;
use aloftly_engine::clock::Clock;
use aloftly_engine::room::Room;
use aloftly_engine::transfer;
use futures::TryStreamExt as _;
use object_store::{ObjectStore, ObjectStoreExt as _};
use tempfile::TempPath;
use tokio::io::AsyncWriteExt as _;
use tokio::sync::Semaphore;
use uuid::Uuid;

use crate::service::folders;

/// What stands in front of a shared file's name.
const SHARED: &str = "shared";
/// The folder of the object store that shared files are in.
const FOLDER: &str = "uploads";
/// How many files go to the object store at once: each takes memory on its way.
const SENDING: usize = 4;

/// Where files wait.
#[derive(Clone, Debug)]
pub struct Uploads {
    pub(super) folder: PathBuf,
    machine: Uuid,
    pub(super) shared: Option<Arc<dyn ObjectStore>>,
    sending: Arc<Semaphore>,
}

/// Why the folder of uploads cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// It cannot be made, or not be closed to others.
    #[error("the folder cannot be made or closed to others")]
    Folder(#[source] io::Error),
    /// The file that says which machine's folder it is cannot be read, or not be made.
    #[error("{} cannot be read or made", .0.display())]
    Machine(PathBuf, #[source] io::Error),
    /// That file does not say it.
    #[error(
        "{} should hold the id in front of the names of this folder's files and does not. Bring it back from a backup; only if \
         no import waits for a file of this folder, remove it",
        .0.display()
    )]
    Unnamed(PathBuf),
}

/// Where a file of an import is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the folder.
    Here {
        /// The file.
        path: PathBuf,
        /// The SHA-256 of its bytes, in lowercase hex.
        sha256: String,
    },
    /// In the object store.
    Shared {
        /// The object.
        object: object_store::path::Path,
        /// The SHA-256 of its bytes, in lowercase hex.
        sha256: String,
    },
    /// It should be here and is not.
    Gone,
    /// On another machine.
    Elsewhere,
}

impl Uploads {
    /// Opens the folder and makes it when it is missing. With a shared store, files go there when they are complete.
    ///
    /// # Errors
    /// The folder cannot be used. A file in it that cannot be understood is left as it is: with another id the files that wait
    /// here would be nobody's.
    pub fn open(folder: &Path, shared: Option<Arc<dyn ObjectStore>>, clock: &dyn Clock) -> Result<Self, OpenError> {
        folders::make_private(folder).map_err(OpenError::Folder)?;
        let name = folder.join("machine");
        let machine = match fs::read(&name) {
            Ok(bytes) => Uuid::try_parse_ascii(bytes.trim_ascii()).map_err(|_| OpenError::Unnamed(name))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let machine = clock.new_id();
                let written = folders::write_private(&name, machine.to_string().as_bytes());
                written.map_err(|error| OpenError::Machine(name, error))?;
                machine
            }
            Err(error) => return Err(OpenError::Machine(name, error)),
        };
        Ok(Self { folder: folder.to_owned(), machine, shared, sending: Arc::new(Semaphore::new(SENDING)) })
    }

    /// The places whose files this server can read, as they stand in front of the names that the catalog keeps.
    #[must_use]
    pub fn places(&self) -> Vec<String> {
        let shared = self.shared.as_ref().map(|_| SHARED.to_owned());
        [Some(self.machine.to_string()), shared].into_iter().flatten().collect()
    }

    /// The room for a file that is taken, on a disk that is to keep `reserve` bytes free.
    ///
    /// # Errors
    /// Those of [`Room::look`].
    pub fn room(&self, reserve: u64) -> io::Result<Room> {
        Room::look(&self.folder, reserve)
    }

    /// The name under which the catalog keeps a file.
    pub(super) fn name(&self, organization: OrganizationId, file: &str) -> String {
        match self.shared {
            Some(_) => format!("{SHARED}/{organization}/{file}"),
            None => format!("{}/{file}", self.machine),
        }
    }

    /// Where the file is that the catalog keeps under that name.
    ///
    /// # Errors
    /// It cannot be said: the whole folder is gone, or the disk fails.
    pub fn find(&self, spool_file: &str) -> io::Result<Place> {
        let Some((place, name)) = spool_file.split_once('/') else { return Ok(Place::Gone) };
        let sha256 = sha256(spool_file).map(str::to_owned);
        if place == SHARED && self.shared.is_some() {
            let object = object_store::path::Path::parse(format!("{FOLDER}/{name}"));
            return Ok(match (object, sha256) {
                (Ok(object), Some(sha256)) => Place::Shared { object, sha256 },
                _ => Place::Gone,
            });
        }
        if place.parse() != Ok(self.machine) {
            return Ok(Place::Elsewhere);
        }
        fs::metadata(self.folder.join("machine"))?;
        let Some(sha256) = sha256.filter(|_| !name.contains('/')) else { return Ok(Place::Gone) };
        let path = self.folder.join(name);
        match fs::metadata(&path) {
            Ok(_) => Ok(Place::Here { path, sha256 }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Place::Gone),
            Err(error) => Err(error),
        }
    }

    /// Brings a shared file into a folder whose disk is to keep `reserve` bytes free. `None` when it is gone. What was brought
    /// goes with the value.
    ///
    /// # Errors
    /// The object store or the folder fails; [`io::ErrorKind::StorageFull`] when the disk has no room for it.
    pub async fn fetch(
        &self,
        object: &object_store::path::Path,
        into: &Path,
        reserve: u64,
    ) -> io::Result<Option<TempPath>> {
        let Some(store) = &self.shared else { return Ok(None) };
        let mut pieces = match store.get(object).await {
            Ok(found) => found.into_stream(),
            Err(object_store::Error::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let (file, path) = tempfile::Builder::new().prefix("upload-").tempfile_in(into)?.into_parts();
        let mut file = tokio::fs::File::from_std(file);
        let mut room = Room::look(into, reserve)?;
        while let Some(piece) = pieces.try_next().await? {
            file.write_all(&piece).await?;
            room.used(piece.len() as u64)?;
        }
        file.flush().await?;
        Ok(Some(path))
    }

    /// Moves a complete file to where the catalog's name says.
    pub(super) async fn settle(&self, file: &Path, spool_file: &str) -> io::Result<()> {
        let (_, name) = spool_file.split_once('/').unwrap_or_default();
        let Some(store) = &self.shared else {
            tokio::fs::rename(file, self.folder.join(name)).await?;
            return tokio::fs::File::open(&self.folder).await?.sync_all().await;
        };
        let object = object_store::path::Path::parse(format!("{FOLDER}/{name}")).map_err(io::Error::other)?;
        let from = tokio::fs::File::open(file).await?;
        let _turn = self.sending.acquire().await.map_err(io::Error::other)?;
        Ok(transfer::send(&**store, &object, from).await?)
    }

    /// Removes a file that is not needed any more. One that is gone already is fine.
    pub async fn remove(&self, spool_file: &str) {
        let removed = match (self.find(spool_file), &self.shared) {
            (Ok(Place::Here { path, .. }), _) => tokio::fs::remove_file(&path).await,
            (Ok(Place::Shared { object, .. }), Some(store)) => store.delete(&object).await.map_err(Into::into),
            (Ok(_), _) => Ok(()),
            (Err(error), _) => Err(error),
        };
        if let Err(error) = removed
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(file = spool_file, %error, "an uploaded file cannot be removed");
        }
    }

    /// Removes files that no import needs: the process died between taking one and queueing it. `needed` is asked for after
    /// the files were listed, so that one which is queued meanwhile is not taken for abandoned; and files of the last day are
    /// left, because another process may be about to queue them.
    ///
    /// # Errors
    /// The files cannot be listed, or it is not known which are needed.
    pub async fn sweep<E>(&self, needed: impl AsyncFnOnce() -> Result<Vec<String>, E>) -> anyhow::Result<()>
    where
        E: std::error::Error + Send + Sync + 'static,
    {
        const DAY: std::time::Duration = std::time::Duration::from_secs(86_400);
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let age = entry.metadata().and_then(|meta| meta.modified()).ok().and_then(|time| time.elapsed().ok());
            let is_upload = name.get(..36).is_some_and(|id| Uuid::parse_str(id).is_ok());
            if is_upload && age > Some(DAY) {
                found.push((format!("{}/{name}", self.machine), entry.path()));
            }
        }
        let shared = match &self.shared {
            Some(store) => store.list(Some(&FOLDER.into())).try_collect().await?,
            None => Vec::new(),
        };
        let needed: std::collections::HashSet<_> = needed().await?.into_iter().collect();
        for (name, path) in found {
            if !needed.contains(&name) && fs::remove_file(&path).is_ok() {
                tracing::info!(path = %path.display(), "removed an upload that no import needs");
            }
        }
        for object in shared {
            let age = std::time::SystemTime::from(object.last_modified).elapsed().unwrap_or_default();
            let name = object.location.as_ref().replacen(FOLDER, SHARED, 1);
            if age > DAY && !needed.contains(&name) {
                tracing::info!(file = name, "removing an upload that no import needs");
                self.remove(&name).await;
            }
        }
        Ok(())
    }
}

/// The SHA-256 of a file's bytes, in lowercase hex, which its name says.
pub(super) fn sha256(spool_file: &str) -> Option<&str> {
    spool_file.rsplit_once('-').map(|(_, sha256)| sha256).filter(|sha256| sha256.len() == 64)
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::os::unix::fs::PermissionsExt as _;
    use std::time::{Duration, SystemTime};

    use aloftly_engine::clock::SystemClock;
    use object_store::memory::InMemory;

    use super::super::upload::{Taken, Upload};
    use super::*;

    const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    fn open(folder: &Path) -> Uploads {
        Uploads::open(folder, None, &SystemClock).unwrap()
    }

    async fn taken(uploads: &Uploads) -> Taken {
        let organization = Uuid::from_u128(7).into();
        Upload::begin(uploads, organization, &SystemClock).await.unwrap().finish().await.unwrap()
    }

    fn files(folder: &Path) -> Vec<String> {
        let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name != "machine").collect()
    }

    #[tokio::test]
    async fn a_file_is_found_by_its_own_machine_alone() {
        let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let name = taken(&open(here.path())).await.keep();
        let again = open(here.path());
        let Place::Here { path, sha256 } = again.find(&name).unwrap() else { panic!("not here") };
        assert_eq!(sha256, EMPTY);
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(open(there.path()).find(&name).unwrap(), Place::Elsewhere);
        fs::remove_file(path).unwrap();
        assert_eq!(again.find(&name).unwrap(), Place::Gone);
        fs::remove_dir_all(here.path()).unwrap();
        assert!(again.find(&name).is_err(), "a folder that is gone says nothing of its files");
    }

    #[tokio::test]
    async fn a_file_is_gone_only_when_the_disk_says_so() {
        let here = tempfile::tempdir().unwrap();
        let uploads = open(here.path());
        let name = taken(&uploads).await.keep();
        let Place::Here { path, .. } = uploads.find(&name).unwrap() else { panic!("not here") };
        fs::remove_file(&path).unwrap();
        // What is there cannot be looked at: it leads to itself.
        std::os::unix::fs::symlink(&path, &path).unwrap();
        assert!(uploads.find(&name).is_err());
    }

    #[test]
    fn a_folder_that_does_not_say_whose_it_is_is_not_given_to_another_machine() {
        let here = tempfile::tempdir().unwrap();
        let file = here.path().join("machine");
        let open = || Uploads::open(here.path(), None, &SystemClock).unwrap_err();
        for text in ["", "nonsense", "\u{0}"] {
            fs::write(&file, text).unwrap();
            let error = open();
            assert!(matches!(error, OpenError::Unnamed(_)) && error.to_string().contains("/machine"), "{error}");
            assert_eq!(fs::read_to_string(&file).unwrap(), text);
        }
        fs::remove_file(&file).unwrap();
        fs::create_dir(&file).unwrap();
        let error = open();
        assert!(matches!(error, OpenError::Machine(..)) && error.to_string().contains("/machine"), "{error}");
    }

    #[tokio::test]
    async fn an_upload_that_is_given_up_leaves_nothing_whole_or_not() {
        let here = tempfile::tempdir().unwrap();
        let uploads = open(here.path());
        let mut upload = Upload::begin(&uploads, Uuid::nil().into(), &SystemClock).await.unwrap();
        upload.take(b"half of it").await.unwrap();
        drop(upload);
        drop(taken(&uploads).await);
        for _ in 0..100 {
            if files(here.path()).is_empty() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("left: {:?}", files(here.path()));
    }

    #[tokio::test]
    async fn a_file_in_a_shared_store_is_fetched_by_any_server_and_removed() {
        let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let store: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
        let uploads = |folder: &Path| Uploads::open(folder, Some(Arc::clone(&store)), &SystemClock).unwrap();
        let mut upload = Upload::begin(&uploads(here.path()), Uuid::from_u128(7).into(), &SystemClock).await.unwrap();
        upload.take(b"orders").await.unwrap();
        let name = upload.finish().await.unwrap().keep();
        assert_eq!(files(here.path()), Vec::<String>::new());

        let other = uploads(there.path());
        let Place::Shared { object, .. } = other.find(&name).unwrap() else { panic!("not shared") };
        let full = other.fetch(&object, there.path(), u64::MAX).await.unwrap_err();
        assert_eq!((full.kind(), files(there.path())), (io::ErrorKind::StorageFull, Vec::new()));
        let fetched = other.fetch(&object, there.path(), 0).await.unwrap().unwrap();
        assert_eq!(fs::read(&fetched).unwrap(), b"orders");
        other.remove(&name).await;
        assert!(other.fetch(&object, there.path(), 0).await.unwrap().is_none());
        assert_eq!(open(there.path()).find(&name).unwrap(), Place::Elsewhere, "without the store it is out of reach");
    }

    #[tokio::test]
    async fn old_files_are_removed_unless_an_import_needs_them() {
        let here = tempfile::tempdir().unwrap();
        let uploads = open(here.path());
        let (needed, forgotten, recent) =
            (taken(&uploads).await.keep(), taken(&uploads).await.keep(), taken(&uploads).await.keep());
        for name in [&needed, &forgotten] {
            let Place::Here { path, .. } = uploads.find(name).unwrap() else { panic!("not here") };
            let file = fs::File::options().write(true).open(path).unwrap();
            file.set_modified(SystemTime::now() - Duration::from_secs(30 * 86_400)).unwrap();
        }
        uploads.sweep(async || Ok::<_, Infallible>(vec![needed.clone()])).await.unwrap();
        assert!(matches!(uploads.find(&needed).unwrap(), Place::Here { .. }));
        assert!(matches!(uploads.find(&recent).unwrap(), Place::Here { .. }));
        assert_eq!(uploads.find(&forgotten).unwrap(), Place::Gone);
    }

    #[test]
    fn names_that_lead_elsewhere_are_not_followed() {
        let here = tempfile::tempdir().unwrap();
        let uploads = open(here.path());
        let machine = uploads.machine;
        for name in ["../../etc/passwd-x", "machine", "a/b-c", ""] {
            assert_eq!(uploads.find(&format!("{machine}/{name}")).unwrap(), Place::Gone, "{name}");
        }
    }
}
