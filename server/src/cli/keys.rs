//! `aloftly keys`

use std::time::{Duration, Instant};

use aloftly_catalog::{KeyRotation, LocalMasterKeys, Rotated};
use anyhow::Context as _;
use secrecy::ExposeSecret as _;

use super::CliError;
use super::args::KeysRotateArgs;
use super::output::{note, say};
use crate::service::backend::Backend;

/// How often it is told how far a rotation is.
const TELL: Duration = Duration::from_secs(5);

/// Prints a new master key. This is the one place where a key is shown, and it is nobody's yet.
pub(super) fn generate() -> Result<(), CliError> {
    let made = LocalMasterKeys::generate().context("cannot make a master key")?;
    say(made.expose_secret());
    Ok(())
}

pub(super) async fn rotate(backend: &Backend, args: &KeysRotateArgs) -> Result<(), CliError> {
    let rotation = KeyRotation { data: args.data, ..KeyRotation::default() };
    let mut told = Instant::now();
    let mut report = |done: &Rotated| {
        if told.elapsed() >= TELL {
            told = Instant::now();
            note(&format!("{} so far", in_words(done)));
        }
    };
    let done = backend.catalog.rotate_keys(rotation, &mut report).await;
    let done = done.context("the rotation was cut off; begun again, it goes on")?;
    say(&format!("{}.", in_words(&done)));
    if done.unreadable > 0 {
        let unreadable = format!(
            "{} keys or credentials could not be opened and were left as they are; the log names them. Give those connections their \
             credentials again, then rotate once more",
            done.unreadable
        );
        return Err(CliError::Failed(anyhow::anyhow!(unreadable)));
    }
    let usage = backend.catalog.key_usage().await.context("cannot tell which keys are in use")?;
    let left: Vec<_> = usage.master_keys.iter().filter(|key| !key.is_current).map(|key| key.id.as_str()).collect();
    if !left.is_empty() {
        note(&format!("still in use, by keys that were made meanwhile: {}; rotate once more", left.join(", ")));
    }
    Ok(())
}

fn in_words(done: &Rotated) -> String {
    let Rotated { rewrapped, replaced, resealed, removed, .. } = done;
    format!(
        "Wrapped {rewrapped} data keys anew; replaced {replaced} and deleted {removed}; sealed {resealed} credentials anew"
    )
}

pub(super) async fn status(backend: &Backend) -> Result<(), CliError> {
    let usage = backend.catalog.key_usage().await.context("cannot tell which keys are in use")?;
    for key in usage.master_keys {
        let current = if key.is_current { ", the one that wraps" } else { "" };
        say(&format!(
            "{}{current}: wraps {} data keys of organisations, {} retired ones, {} of the system",
            key.id, key.tenant_keys, key.retired_keys, key.system_keys
        ));
    }
    if let Some(since) = usage.rotating_since {
        say(&format!(
            "A rotation of data keys that began at {} is not finished: `aloftly keys rotate --data` goes on with it.",
            since.format("%Y-%m-%d %H:%M:%S UTC")
        ));
    }
    Ok(())
}
