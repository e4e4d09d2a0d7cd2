//! A file on its way in: written beside its name, hashed as it comes, and nothing of it left when it is given up.

use std::fs;
use std::io;
use std::path::PathBuf;

use aloftly_catalog::OrganizationId;
use aloftly_engine::clock::Clock;
use sha2::{Digest as _, Sha256};
use tokio::fs::{File, OpenOptions};
use tokio::io::{AsyncWriteExt as _, BufWriter};
use uuid::Uuid;

use super::uploads::Uploads;

/// A file that is being taken. Dropped before its end, nothing of it stays.
#[derive(Debug)]
pub struct Upload {
    uploads: Uploads,
    organization: OrganizationId,
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

impl Upload {
    /// Begins to take a file.
    ///
    /// # Errors
    /// It cannot be written.
    pub async fn begin(uploads: &Uploads, organization: OrganizationId, clock: &dyn Clock) -> io::Result<Self> {
        let id = clock.new_id();
        let path = uploads.folder.join(format!("{id}.part"));
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path).await?;
        let (part, file) = (PartFile(path), BufWriter::with_capacity(1 << 18, file));
        Ok(Self { uploads: uploads.clone(), organization, id, part, file, hasher: Sha256::new(), size: 0 })
    }

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
        if self.uploads.shared.is_none() {
            self.file.get_ref().sync_all().await?;
        }
        let file = format!("{}-{}", self.id, hex::encode(self.hasher.finalize()));
        let spool_file = self.uploads.name(self.organization, &file);
        // Before it is there: whoever goes away meanwhile leaves nothing.
        let taken = Taken { uploads: self.uploads, spool_file, size: self.size, kept: false };
        taken.uploads.settle(&self.part.0, &taken.spool_file).await?;
        Ok(taken)
    }
}

/// A file that was taken. Dropped without [`Taken::keep`], it is removed.
#[derive(Debug)]
#[must_use]
pub struct Taken {
    uploads: Uploads,
    spool_file: String,
    size: u64,
    kept: bool,
}

impl Taken {
    /// The name under which the catalog keeps it.
    #[must_use]
    pub fn spool_file(&self) -> &str {
        &self.spool_file
    }

    /// Its size.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The file is the catalog's from now on. Returns its name.
    pub fn keep(mut self) -> String {
        self.kept = true;
        std::mem::take(&mut self.spool_file)
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        if self.kept {
            return;
        }
        // Outside a runtime the file stays until it is next looked for what nobody needs.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let (uploads, name) = (self.uploads.clone(), std::mem::take(&mut self.spool_file));
            runtime.spawn(async move { uploads.remove(&name).await });
        }
    }
}
