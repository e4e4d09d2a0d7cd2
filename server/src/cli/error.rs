//! How a command fails, and the exit code that it fails with.

use std::process::ExitCode;

use crate::config::ConfigError;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// The configuration is wrong (exit code 2, as for a wrong command line).
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// What was asked for makes no sense as it is (exit code 2).
    #[error("{0}")]
    Usage(String),
    /// A file was read and refused; nothing of it was imported (exit code 3).
    #[error("{0}")]
    Rejected(String),
    /// Something failed (exit code 1).
    #[error(transparent)]
    Failed(#[from] anyhow::Error),
}

impl CliError {
    /// Somebody asked to stop before the end.
    pub(super) fn stopped() -> Self {
        Self::Failed(anyhow::anyhow!("stopped"))
    }

    /// The exit code that stands for it.
    #[must_use]
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Config(_) | Self::Usage(_) => 2,
            Self::Rejected(_) => 3,
            Self::Failed(_) => 1,
        })
    }
}
