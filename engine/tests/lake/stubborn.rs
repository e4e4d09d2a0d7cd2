//! An object store in memory that refuses or hangs when it is told to.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use futures::StreamExt as _;
use futures::future::pending;
use futures::stream::{self, BoxStream};
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};

#[derive(Debug, Default)]
pub(crate) struct Stubborn {
    memory: InMemory,
    refuses_deletions: AtomicBool,
    hangs_after_writing: AtomicBool,
}

impl Stubborn {
    pub(crate) fn refuses_deletions(&self, refuses: bool) {
        self.refuses_deletions.store(refuses, Ordering::SeqCst);
    }

    /// What is written is there, and whoever writes it does not hear of that.
    pub(crate) fn hangs_after_writing(&self, hangs: bool) {
        self.hangs_after_writing.store(hangs, Ordering::SeqCst);
    }
}

impl fmt::Display for Stubborn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("stubborn objects")
    }
}

#[async_trait]
impl ObjectStore for Stubborn {
    async fn put_opts(&self, path: &Path, payload: PutPayload, options: PutOptions) -> Result<PutResult> {
        let put = self.memory.put_opts(path, payload, options).await?;
        if self.hangs_after_writing.load(Ordering::SeqCst) {
            pending::<()>().await;
        }
        Ok(put)
    }

    async fn put_multipart_opts(&self, path: &Path, options: PutMultipartOptions) -> Result<Box<dyn MultipartUpload>> {
        self.memory.put_multipart_opts(path, options).await
    }

    async fn get_opts(&self, path: &Path, options: GetOptions) -> Result<GetResult> {
        self.memory.get_opts(path, options).await
    }

    fn delete_stream(&self, paths: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        if self.refuses_deletions.load(Ordering::SeqCst) {
            let refused = || Error::Generic { store: "stubborn", source: "it keeps what it has".into() };
            return stream::once(async move { Err(refused()) }).boxed();
        }
        self.memory.delete_stream(paths)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.memory.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.memory.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.memory.copy_opts(from, to, options).await
    }
}
