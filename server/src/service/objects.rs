//! The lake's object store, from its URL. Credentials, regions and endpoints come from the variables that each cloud's own
//! tools read.

use std::error::Error;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use aloftly_engine::lake::SegmentFault;
use aloftly_engine::lake::objects::counters::StoreCounters;
use aloftly_engine::lake::objects::{CountedStore, Counting};
use anyhow::Context as _;
use object_store::prefix::PrefixStore;
use object_store::{ObjectStore, ObjectStoreExt as _};
use url::Url;

use super::lake_folder::LakeFolder;
use super::{cloud, folders};

/// An object store, and its folder when it is one.
#[derive(Clone, Debug)]
pub struct Objects {
    /// The store.
    pub store: Arc<dyn ObjectStore>,
    /// The folder of a local store.
    pub local_root: Option<PathBuf>,
    /// Counts what is asked of it.
    pub counters: Arc<StoreCounters>,
}

impl Objects {
    /// The store of a URL that [`crate::config`] has checked, or a local folder without one.
    ///
    /// # Errors
    /// Credentials are missing, or the folder cannot be made.
    pub fn open(url: Option<&Url>, default_folder: &Path) -> anyhow::Result<Self> {
        let text = |(name, value): (OsString, OsString)| Some((name.into_string().ok()?, value.into_string().ok()?));
        let variables: Vec<_> = std::env::vars_os().filter_map(text).collect();
        Self::open_with(url, default_folder, &variables)
    }

    /// [`Objects::open`] with these variables in place of the process's.
    ///
    /// # Errors
    /// Those of [`Objects::open`].
    pub fn open_with(url: Option<&Url>, default_folder: &Path, variables: &[(String, String)]) -> anyhow::Result<Self> {
        let Some(url) = url else {
            // The lake is the server's alone; a folder of one's own is as open as its owner made it.
            folders::make_private(default_folder)
                .with_context(|| format!("cannot use the folder {} for the lake", default_folder.display()))?;
            return Self::folder(default_folder);
        };
        let bucket = url.host_str().unwrap_or_default();
        let counters = Arc::default();
        let store = match url.scheme() {
            "s3" => cloud::s3(bucket, variables, &counters),
            "gs" => cloud::gcs(bucket, variables, &counters),
            "az" => cloud::azure(bucket, variables, &counters),
            _ => {
                let folder = url.to_file_path().map_err(|()| anyhow::anyhow!("{url} is no folder of this machine"))?;
                return Self::folder(&folder);
            }
        };
        let store = store.with_context(|| format!("ALOFTLY_STORE_URL: cannot use {url}"))?;
        let prefix = url.path().trim_matches('/');
        let store: Arc<dyn ObjectStore> =
            if prefix.is_empty() { store } else { Arc::new(PrefixStore::new(store, prefix)) };
        // The requests themselves are counted where they leave the machine.
        let store = Arc::new(CountedStore::new(store, Arc::clone(&counters), Counting::Failures));
        Ok(Self { store, local_root: None, counters })
    }

    /// The store, when it is one that other machines reach too.
    #[must_use]
    pub fn shared(&self) -> Option<Arc<dyn ObjectStore>> {
        self.local_root.is_none().then(|| Arc::clone(&self.store))
    }

    fn folder(folder: &Path) -> anyhow::Result<Self> {
        let problem = || format!("cannot use the folder {} for the lake", folder.display());
        std::fs::create_dir_all(folder).with_context(problem)?;
        let root = folder.canonicalize().with_context(problem)?;
        let store = Arc::new(LakeFolder::open(&root).with_context(problem)?);
        let counters = Arc::default();
        let store = Arc::new(CountedStore::new(store, Arc::clone(&counters), Counting::Everything));
        Ok(Self { store, local_root: Some(root), counters })
    }

    /// Whether the store answers.
    ///
    /// # Errors
    /// It does not, and why.
    pub async fn check(&self) -> anyhow::Result<()> {
        // That there is no such object is an answer too.
        match self.store.head(&object_store::path::Path::from("readiness")).await {
            Ok(_) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

/// What an object store said that is among the causes of a failure, such as that of a query. That a segment is damaged or missing
/// is no failure of the store.
#[must_use]
pub fn cause<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a object_store::Error> {
    if SegmentFault::find(error).is_some() {
        return None;
    }
    let mut causes = std::iter::successors(Some(error), |&error| error.source());
    causes.find_map(|error| {
        error.downcast_ref().or_else(|| error.downcast_ref::<Box<object_store::Error>>().map(AsRef::as_ref))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_folder_is_ready_until_it_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let lake = folder.path().join("deep/lake");
        let objects = Objects::open(None, &lake).unwrap();
        objects.check().await.unwrap();
        std::fs::remove_dir_all(&lake).unwrap();
        assert!(objects.check().await.is_err());
    }

    #[test]
    fn each_clouds_url_gives_its_store_below_the_prefix() {
        let shown = |url: &str| {
            let url = Url::parse(url).unwrap();
            Objects::open(Some(&url), Path::new("/nowhere")).map(|objects| objects.store.to_string())
        };
        assert_eq!(shown("s3://bucket/a/b").unwrap(), "PrefixObjectStore(a/b)");
        assert_eq!(shown("s3://bucket").unwrap(), "AmazonS3(bucket)");
        assert_eq!(shown("gs://bucket").unwrap(), "GoogleCloudStorage(bucket)");
    }
}
