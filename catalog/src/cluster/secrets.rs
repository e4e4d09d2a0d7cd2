//! The generated passwords of the cluster's roles, in a file that only its owner may read.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::TryRngCore;
use rand::rngs::OsRng;
use serde::{Deserialize, Serialize};

use super::error::{At, ClusterError};

/// The passwords of the cluster's roles.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Secrets {
    pub(super) superuser: String,
    pub(super) owner: String,
    pub(super) app: String,
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secrets(hidden)")
    }
}

impl Secrets {
    /// Reads the file.
    pub(super) fn read(path: &Path) -> Result<Self, ClusterError> {
        let lost = |source| ClusterError::SecretsLost { path: path.to_owned(), source };
        serde_json::from_slice(&fs::read(path).map_err(lost)?).map_err(|error| lost(error.into()))
    }

    /// Reads the file, or makes one with new passwords when there is none.
    pub(super) fn read_or_create(path: &Path) -> Result<Self, ClusterError> {
        if path.exists() {
            return Self::read(path);
        }
        let password = || -> io::Result<String> {
            let mut bytes = [0; 24];
            OsRng.try_fill_bytes(&mut bytes).map_err(io::Error::other)?;
            Ok(URL_SAFE_NO_PAD.encode(bytes))
        };
        let secrets = Self { superuser: password().at(path)?, owner: password().at(path)?, app: password().at(path)? };
        let text = serde_json::to_vec_pretty(&secrets).map_err(io::Error::from).at(path)?;
        write_private(path, &text)?;
        Ok(secrets)
    }
}

/// Writes a file whole or not at all, readable by its owner alone.
pub(super) fn write_private(path: &Path, contents: &[u8]) -> Result<(), ClusterError> {
    let new = path.with_extension("new");
    match fs::remove_file(&new) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error).at(&new),
        _ => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new).at(&new)?;
    file.write_all(contents).and_then(|()| file.sync_all()).at(&new)?;
    fs::rename(&new, path).at(path)?;
    if let Some(folder) = path.parent() {
        fs::File::open(folder).and_then(|folder| folder.sync_all()).at(folder)?;
    }
    Ok(())
}
