//! Where the master keys come from: what was given or, for the private cluster, a file of the data folder.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use aloftly_catalog::{CatalogError, LocalMasterKeys, VaultError};
use anyhow::Context as _;
use secrecy::{ExposeSecret as _, SecretString};

use crate::config::Config;

/// Master keys, and where they were found.
#[derive(Debug)]
pub struct Found {
    /// The keys.
    pub keys: LocalMasterKeys,
    place: Place,
}

#[derive(Debug)]
enum Place {
    /// `ALOFTLY_MASTER_KEY`.
    Variable,
    /// The file that `ALOFTLY_MASTER_KEY_FILE` names.
    File(PathBuf),
    /// The data folder's own file.
    Kept(PathBuf),
    /// Nowhere yet: made just now, for that file.
    Made(PathBuf, SecretString),
}

/// The keys that were given.
///
/// # Errors
/// None were, or they cannot be read; the message names the variables and not their values.
pub fn given(config: &Config) -> anyhow::Result<Found> {
    given_if_any(config)?.context(
        "a database of your own needs a master key, which seals credentials: make one with `aloftly keys generate`, keep a copy \
         where the database's backups are not, and set ALOFTLY_MASTER_KEY to it, or ALOFTLY_MASTER_KEY_FILE to a file with it",
    )
}

/// The keys that were given, or else those of the data folder, or else a new one that [`Found::keep`] puts there.
///
/// # Errors
/// They cannot be read.
pub fn given_or_kept(config: &Config) -> anyhow::Result<Found> {
    if let Some(found) = given_if_any(config)? {
        return Ok(found);
    }
    let path = config.kept_master_key();
    if let Some(keys) = read(&path)? {
        return Ok(Found { keys, place: Place::Kept(path) });
    }
    let made = LocalMasterKeys::generate().context("cannot make a master key")?;
    let keys = LocalMasterKeys::parse(made.expose_secret()).context("cannot make a master key")?;
    Ok(Found { keys, place: Place::Made(path, made) })
}

fn given_if_any(config: &Config) -> anyhow::Result<Option<Found>> {
    if let Some(keys) = &config.master_key {
        return Ok(Some(Found { keys: keys.clone(), place: Place::Variable }));
    }
    let Some(path) = &config.master_key_file else { return Ok(None) };
    let keys = read(path).context("ALOFTLY_MASTER_KEY_FILE")?;
    let keys = keys.with_context(|| format!("ALOFTLY_MASTER_KEY_FILE: there is no file {}", path.display()))?;
    Ok(Some(Found { keys, place: Place::File(path.clone()) }))
}

/// The keys in a file that nobody else may read; nothing when there is no such file.
fn read(path: &Path) -> anyhow::Result<Option<LocalMasterKeys>> {
    let cannot = || format!("cannot read {}", path.display());
    let mode = match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        metadata => metadata.with_context(cannot)?.permissions().mode(),
    };
    anyhow::ensure!(
        mode & 0o077 == 0,
        "others may read {0}, which holds the master key: close it with `chmod 600 {0}`",
        path.display()
    );
    let text = SecretString::from(fs::read_to_string(path).with_context(cannot)?);
    let keys = LocalMasterKeys::parse(text.expose_secret());
    Ok(Some(keys.with_context(|| format!("what {} holds is no master key", path.display()))?))
}

impl Found {
    /// Puts a key that was just made into its file. Another program may have been faster: then the file's keys count, and whoever opened
    /// something with these has to open it again. True when these are the keys that count.
    ///
    /// # Errors
    /// The file cannot be written or read.
    pub fn keep(&mut self) -> anyhow::Result<bool> {
        let Place::Made(path, made) = &self.place else { return Ok(true) };
        let path = path.clone();
        let written = write_new(&path, made.expose_secret());
        if written.with_context(|| format!("cannot write {}", path.display()))? {
            tracing::info!(path = %path.display(), "made a master key, which seals credentials: keep a copy of the file");
            self.place = Place::Kept(path);
            return Ok(true);
        }
        let keys = read(&path)?.with_context(|| format!("{} has gone again", path.display()))?;
        *self = Self { keys, place: Place::Kept(path) };
        Ok(false)
    }

    /// Says where to look when the database's keys need others than these.
    #[must_use]
    pub fn explain(&self, error: CatalogError) -> anyhow::Error {
        let CatalogError::Vault(VaultError::MissingMasterKeys { .. } | VaultError::WrongMasterKey { .. }) = &error
        else {
            return error.into();
        };
        let place = match &self.place {
            Place::Variable => "ALOFTLY_MASTER_KEY".to_owned(),
            Place::File(path) => format!("ALOFTLY_MASTER_KEY_FILE ({})", path.display()),
            Place::Kept(path) => path.display().to_string(),
            Place::Made(path, _) => format!(
                "the file {} is lost, which held the master key. Bring it back, or set ALOFTLY_MASTER_KEY to the key; without it \
                 nothing that was sealed can be opened",
                path.display()
            ),
        };
        anyhow::Error::new(error).context(place)
    }
}

/// Writes a file that is not there yet, whole or not at all, readable by its owner alone. False when there is one.
fn write_new(path: &Path, text: &str) -> io::Result<bool> {
    let new = path.with_extension(format!("new-{}", std::process::id()));
    match fs::remove_file(&new) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new)?;
    file.write_all(format!("{text}\n").as_bytes())?;
    file.sync_all()?;
    // Unlike a rename, a link takes nobody's place.
    let linked = match fs::hard_link(&new, path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    };
    fs::remove_file(&new)?;
    if let (Ok(true), Some(folder)) = (&linked, path.parent()) {
        fs::File::open(folder)?.sync_all()?;
    }
    linked
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Layers;

    fn config(folder: &Path, more: &[(&'static str, &str)]) -> Config {
        let data = folder.to_str().unwrap();
        Config::load(&Layers::of(&[&[("data_dir", data)], more].concat())).unwrap()
    }

    fn ids(found: &Found) -> Vec<String> {
        found.keys.ids().map(str::to_owned).collect()
    }

    #[test]
    fn a_key_is_made_once_and_its_file_is_its_owners_alone() {
        let folder = tempfile::tempdir().unwrap();
        let config = config(folder.path(), &[]);
        let (mut one, mut other) = (given_or_kept(&config).unwrap(), given_or_kept(&config).unwrap());
        assert_ne!(ids(&one), ids(&other));
        assert!(!config.kept_master_key().exists(), "nothing is kept before the database was looked at");
        assert!(one.keep().unwrap());
        assert!(!other.keep().unwrap(), "the other was faster");
        assert_eq!((ids(&one), ids(&other)), (ids(&given_or_kept(&config).unwrap()), ids(&one)));
        let mode = fs::metadata(config.kept_master_key()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else is left");
    }

    #[test]
    fn a_file_that_others_may_read_or_that_holds_no_key_is_refused_by_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        let text = LocalMasterKeys::generate().unwrap();
        let write = |text: &str, mode: u32| {
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        };
        let config = config(folder.path(), &[("master_key_file", path.to_str().unwrap())]);
        let refused = || format!("{:#}", given(&config).unwrap_err());
        assert!(refused().contains("ALOFTLY_MASTER_KEY_FILE: there is no file"), "{}", refused());
        for mode in [0o640, 0o604, 0o660, 0o644, 0o601] {
            write(text.expose_secret(), mode);
            let said = refused();
            assert!(said.starts_with("ALOFTLY_MASTER_KEY_FILE: ") && said.contains("chmod 600"), "{mode:o}: {said}");
            assert!(!said.contains(text.expose_secret().split_once(':').unwrap().1), "{said}");
        }
        write("canary:canary", 0o600);
        let said = refused();
        assert!(said.contains("ALOFTLY_MASTER_KEY_FILE") && !said.contains("canary"), "{said}");
        for mode in [0o600, 0o400] {
            write(text.expose_secret(), mode);
            assert_eq!(ids(&given(&config).unwrap()).len(), 1);
        }
    }

    #[test]
    fn a_lost_file_is_called_lost() {
        let folder = tempfile::tempdir().unwrap();
        let found = given_or_kept(&config(folder.path(), &[])).unwrap();
        let error = VaultError::MissingMasterKeys { ids: vec!["mk-1".to_owned()] };
        let said = format!("{:#}", found.explain(error.into()));
        assert!(said.contains("master-key is lost") && said.contains("\"mk-1\""), "{said}");
        assert!(said.contains("ALOFTLY_MASTER_KEY"), "{said}");
        let other = format!("{:#}", found.explain(CatalogError::NotMigrated { missing: 1 }));
        assert!(!other.contains("lost"), "{other}");
    }
}
