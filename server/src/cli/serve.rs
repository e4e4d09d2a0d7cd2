//! `aloftly serve`

use tokio_util::sync::CancellationToken;

use super::CliError;
use crate::mail::Transport;
use crate::service::backend::Backend;
use crate::service::serving;

pub(super) async fn serve(backend: Backend, stop: CancellationToken) -> Result<(), CliError> {
    let mail = Transport::of(&backend.config)?;
    let listener = serving::listen(&backend).await?;
    serving::serve(backend, listener, mail, stop).await?;
    Ok(())
}
