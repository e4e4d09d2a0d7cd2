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
use futures::TryStreamExt as _;
use object_store::{ObjectStore, ObjectStoreExt as _};
use tempfile::TempPath;
use tokio::io::AsyncWriteExt as _;
use uuid::Uuid;

use crate::service::folders;

/// What stands in front of a shared file's name.
const SHARED: &str = "shared";
/// The folder of the object store that shared files are in.
const FOLDER: &str = "uploads";

/// Where files wait.
#[derive(Clone, Debug)]
pub struct Uploads {
    pub(super) folder: PathBuf,
    machine: Uuid,
    pub(super) shared: Option<Arc<dyn ObjectStore>>,
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
    /// The folder cannot be used.
    pub fn open(folder: &Path, shared: Option<Arc<dyn ObjectStore>>, clock: &dyn Clock) -> io::Result<Self> {
        folders::make_private(folder)?;
        let name = folder.join("machine");
        let machine = match fs::read_to_string(&name).ok().and_then(|text| text.trim().parse().ok()) {
            Some(machine) => machine,
            None => {
                let machine = clock.new_id();
                folders::write_private(&name, machine.to_string().as_bytes())?;
                machine
            }
        };
        Ok(Self { folder: folder.to_owned(), machine, shared })
    }

    /// The places whose files this server can read, as they stand in front of the names that the catalog keeps.
    #[must_use]
    pub fn places(&self) -> Vec<String> {
        let shared = self.shared.as_ref().map(|_| SHARED.to_owned());
        [Some(self.machine.to_string()), shared].into_iter().flatten().collect()
    }

    /// Free space of the folder's disk, in bytes.
    ///
    /// # Errors
    /// The disk does not tell.
    pub fn free_space(&self) -> io::Result<u64> {
        let disk = rustix::fs::statvfs(&self.folder)?;
        Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
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
    /// The whole folder is gone, so that nothing can be said of one file.
    pub fn find(&self, spool_file: &str) -> io::Result<Place> {
        let Some((place, name)) = spool_file.split_once('/') else { return Ok(Place::Gone) };
        let sha256 = name.rsplit_once('-').map(|(_, sha256)| sha256.to_owned());
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
        let path = self.folder.join(name);
        match sha256 {
            Some(sha256) if !name.contains('/') && path.is_file() => Ok(Place::Here { path, sha256 }),
            _ => Ok(Place::Gone),
        }
    }

    /// Brings a shared file into a folder. `None` when it is gone. What was brought goes with the value.
    ///
    /// # Errors
    /// The object store or the folder fails.
    pub async fn fetch(&self, object: &object_store::path::Path, into: &Path) -> io::Result<Option<TempPath>> {
        let Some(store) = &self.shared else { return Ok(None) };
        let mut pieces = match store.get(object).await {
            Ok(found) => found.into_stream(),
            Err(object_store::Error::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let (file, path) = tempfile::Builder::new().prefix("upload-").tempfile_in(into)?.into_parts();
        let mut file = tokio::fs::File::from_std(file);
        while let Some(piece) = pieces.try_next().await? {
            file.write_all(&piece).await?;
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
        let mut from = tokio::fs::File::open(file).await?;
        let mut to = object_store::buffered::BufWriter::new(Arc::clone(store), object);
        tokio::io::copy(&mut from, &mut to).await?;
        to.shutdown().await
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
        let fetched = other.fetch(&object, there.path()).await.unwrap().unwrap();
        assert_eq!(fs::read(&fetched).unwrap(), b"orders");
        other.remove(&name).await;
        assert!(other.fetch(&object, there.path()).await.unwrap().is_none());
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
