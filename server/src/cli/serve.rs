//! `aloftly serve`

use tokio_util::sync::CancellationToken;

use super::CliError;
use crate::service::backend::Backend;
use crate::service::serving;

pub(super) async fn serve(backend: Backend, stop: CancellationToken) -> Result<(), CliError> {
    let listener = serving::listen(&backend).await?;
    serving::serve(backend, listener, stop).await?;
    Ok(())
}
