//! Being told to stop: once is politely, twice is at once.

use std::time::{Duration, Instant};

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// So long after the first signal another one is a second wish.
const AGAIN: Duration = Duration::from_secs(1);

/// A token that is cancelled by the first SIGTERM or SIGINT. The second ends the process where it stands.
///
/// # Errors
/// The signals cannot be listened to.
pub(super) fn stop_token() -> std::io::Result<CancellationToken> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let token = CancellationToken::new();
    let stop = token.clone();
    tokio::spawn(async move {
        let mut first: Option<Instant> = None;
        loop {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            match first {
                None => {
                    first = Some(Instant::now());
                    stop.cancel();
                }
                // One wish often comes twice: to the process and to its group.
                Some(at) if at.elapsed() < AGAIN => {}
                Some(_) => {
                    tracing::warn!("told to stop twice: stopping without finishing what is running");
                    std::process::exit(130);
                }
            }
        }
    });
    Ok(token)
}
