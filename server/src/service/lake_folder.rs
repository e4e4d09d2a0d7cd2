//! A folder as an object store, for as long as it is the folder that it was when it was opened.
//!
//! A folder that was moved away, or whose disk is not mounted any more, must not pass for one without objects: what is read would
//! be missing, and what is written would go to a new folder in its place and be gone when the right one is back. So every call
//! looks first whether the path still leads to the same folder, and is refused as a whole if not.

use std::fmt;
use std::fs::{File, Metadata};
use std::io;
use std::ops::Range;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use axum::body::Bytes;
use futures::StreamExt as _;
use futures::stream::{self, BoxStream};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{
    CopyOptions, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore, PutMultipartOptions,
    PutOptions, PutPayload, PutResult, RenameOptions, Result,
};

/// Why the folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FolderAway {
    /// Nothing is at its path.
    #[error("the folder {} is gone; bring it back", .0.display())]
    Gone(PathBuf, #[source] io::Error),
    /// Another folder is at its path.
    #[error(
        "{} is another folder than when the server started; mount its disk again, or restart the server if this is the right \
         folder",
        .0.display()
    )]
    Another(PathBuf),
}

/// The folder.
#[derive(Clone, Debug)]
pub struct LakeFolder {
    files: Arc<LocalFileSystem>,
    root: PathBuf,
    /// Open, so that its number stays its own.
    opened: Arc<File>,
}

impl LakeFolder {
    /// Opens a folder that exists.
    ///
    /// # Errors
    /// It cannot be opened.
    pub fn open(root: &FilePath) -> io::Result<Self> {
        let (files, opened) = (LocalFileSystem::new_with_prefix(root)?, File::open(root)?);
        Ok(Self { files: Arc::new(files), root: root.to_owned(), opened: Arc::new(opened) })
    }

    fn look(&self) -> std::result::Result<(), FolderAway> {
        let gone = |error| FolderAway::Gone(self.root.clone(), error);
        let number = |metadata: Metadata| (metadata.dev(), metadata.ino());
        let now = std::fs::metadata(&self.root).map(number).map_err(gone)?;
        let then = self.opened.metadata().map(number).map_err(gone)?;
        if now == then { Ok(()) } else { Err(FolderAway::Another(self.root.clone())) }
    }

    fn check(&self) -> Result<()> {
        self.look().map_err(|away| object_store::Error::Generic { store: "folder", source: away.into() })
    }

    fn checked<T: Send + 'static>(&self, stream: BoxStream<'static, Result<T>>) -> BoxStream<'static, Result<T>> {
        match self.check() {
            Ok(()) => stream,
            Err(error) => stream::iter([Err(error)]).boxed(),
        }
    }
}

impl fmt::Display for LakeFolder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.files.fmt(f)
    }
}

#[async_trait]
impl ObjectStore for LakeFolder {
    async fn put_opts(&self, location: &Path, payload: PutPayload, options: PutOptions) -> Result<PutResult> {
        self.check()?;
        self.files.put_opts(location, payload, options).await
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.check()?;
        self.files.put_multipart_opts(location, options).await
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        self.check()?;
        self.files.get_opts(location, options).await
    }

    async fn get_ranges(&self, location: &Path, ranges: &[Range<u64>]) -> Result<Vec<Bytes>> {
        self.check()?;
        self.files.get_ranges(location, ranges).await
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        // An object that is not there counts as deleted, so each is looked at when its turn comes.
        let folder = self.clone();
        let locations = locations.map(move |location| folder.check().and(location));
        self.files.delete_stream(locations.boxed())
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.checked(self.files.list(prefix))
    }

    fn list_with_offset(&self, prefix: Option<&Path>, offset: &Path) -> BoxStream<'static, Result<ObjectMeta>> {
        self.checked(self.files.list_with_offset(prefix, offset))
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.check()?;
        self.files.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.check()?;
        self.files.copy_opts(from, to, options).await
    }

    async fn rename_opts(&self, from: &Path, to: &Path, options: RenameOptions) -> Result<()> {
        self.check()?;
        self.files.rename_opts(from, to, options).await
    }
}

#[cfg(test)]
mod tests {
    use futures::TryStreamExt as _;
    use object_store::ObjectStoreExt as _;

    use super::*;

    /// Every call that would lie or do harm in a folder that is not the right one is refused.
    async fn is_refused(folder: &LakeFolder) {
        let (object, other) = (Path::from("a/b"), Path::from("c"));
        let refused = [
            folder.put(&other, "new".into()).await.is_err(),
            folder.put_multipart(&other).await.is_err(),
            folder.copy(&object, &other).await.is_err(),
            folder.rename(&object, &other).await.is_err(),
            folder.delete(&object).await.is_err(),
            folder.list(None).try_collect::<Vec<_>>().await.is_err(),
            folder.list_with_offset(None, &other).try_collect::<Vec<_>>().await.is_err(),
            folder.list_with_delimiter(None).await.is_err(),
        ];
        assert!(refused.iter().all(|refused| *refused), "{refused:?}");
        // What is not reached is not missing.
        let not_found = |error: object_store::Error| matches!(error, object_store::Error::NotFound { .. });
        assert!(!not_found(folder.get(&object).await.unwrap_err()));
        assert!(!not_found(folder.head(&object).await.unwrap_err()));
        assert!(!not_found(folder.get_ranges(&object, &[0..1, 2..3]).await.unwrap_err()));
    }

    #[tokio::test]
    async fn a_folder_that_is_away_or_another_one_is_neither_read_nor_written() {
        let place = tempfile::tempdir().unwrap();
        let (root, away) = (place.path().join("lake"), place.path().join("away"));
        std::fs::create_dir(&root).unwrap();
        let folder = LakeFolder::open(&root).unwrap();
        let object = Path::from("a/b");
        folder.put(&object, "rows".into()).await.unwrap();
        std::fs::rename(&root, &away).unwrap();
        is_refused(&folder).await;
        assert!(!root.exists());
        std::fs::create_dir(&root).unwrap();
        is_refused(&folder).await;
        std::fs::remove_dir(&root).unwrap();
        std::fs::rename(&away, &root).unwrap();
        assert_eq!(folder.get(&object).await.unwrap().bytes().await.unwrap(), "rows");
        assert_eq!(folder.list(None).try_collect::<Vec<_>>().await.unwrap().len(), 1);
    }
}
