//! `aloftly serve`

use anyhow::Context as _;

use super::CliError;
use super::signals::stop_token;
use crate::service::backend::Backend;
use crate::service::serving;

pub(super) async fn serve(backend: Backend) -> Result<(), CliError> {
    let stop = stop_token().context("cannot listen for signals")?;
    let listener = serving::listen(&backend).await?;
    serving::serve(backend, listener, stop).await?;
    Ok(())
}
