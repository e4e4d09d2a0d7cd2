//! News of a store, pushed: that its figures changed, and how far its connections are read.

mod looks;

use std::sync::Arc;
use std::time::Duration;

use aloftly_catalog::StoreVersion;
use aloftly_engine::StoreId;
use aloftly_engine::lake::Version;
use axum::body::Bytes;
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade, close_code};
use axum::extract::{FromRequestParts as _, Path, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, Utc};
use serde::Serialize;
use tokio::time::{Instant, MissedTickBehavior, interval};
use uuid::Uuid;

pub(super) use self::looks::Looks;

use self::looks::Look;
use super::App;
use super::integrations::syncs::Sync;
use crate::http::path;
use crate::http::problem::Problem;
use crate::http::session::{Principal, Shown};
use crate::service::live::{Event, Watch};
use crate::telemetry::measures;

/// How often it is asked whether whoever watches is there.
const ASK: Duration = Duration::from_secs(10);
/// So long somebody may say nothing, and take nothing. Browsers answer pings by themselves.
const SILENCE: Duration = Duration::from_secs(30);
/// The most that is read of anybody: there is nothing to say.
const LONGEST: usize = 1_024;
/// What is held of what somebody says. What is told them is written at once and holds nothing.
const READ_BUFFER: usize = 2 * LONGEST;

/// What is pushed, as JSON texts.
#[derive(Serialize)]
#[serde(tag = "type")]
enum News {
    /// The store has that version. The first news of every socket, and again whenever figures may have changed: ask for them then.
    #[serde(rename = "dashboard:update")]
    Version {
        /// The store.
        store_id: Uuid,
        /// Its version.
        version: Version,
        /// When that was committed; null while nothing was, or where it is not known.
        committed_at: Option<DateTime<Utc>>,
    },
    /// A sync of one of its connections is further, or over.
    #[serde(rename = "sync:progress")]
    Sync {
        /// The store.
        store_id: Uuid,
        /// As `GET /api/syncs/{id}` tells it.
        sync: Box<Sync>,
    },
}

/// `GET /ws/stores/{id}`: a socket that tells of a store until it is closed, or whoever opened it may not see the store any more.
pub(super) async fn watch_store(
    State(app): State<App>,
    Path(id): Path<String>,
    principal: Principal,
    shown: Shown,
    request: Request,
) -> Result<Response, Problem> {
    let store: StoreId = path::id(&id)?;
    principal.tenant.store_version(store).await?;
    let (mut parts, _) = request.into_parts();
    let upgrade = WebSocketUpgrade::from_request_parts(&mut parts, &app).await;
    let upgrade = upgrade.map_err(|_| {
        Problem::new(StatusCode::UPGRADE_REQUIRED, "upgrade_required", "This address is for WebSockets.")
    })?;
    let watch = app.backend.live.watch(store, principal.tenant.context().organization());
    let watch = watch.map_err(|crowded| {
        let detail = format!("No more can watch: {crowded}.");
        Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many_watch", detail)
    })?;
    // Only now, so that nothing is committed between it and the watch.
    let version = principal.tenant.store_version(store).await?;
    let upgrade = upgrade.max_message_size(LONGEST).max_frame_size(LONGEST);
    let upgrade = upgrade.read_buffer_size(READ_BUFFER).write_buffer_size(0);
    app.backend.followed.add(store, principal.tenant.context().organization());
    let look = app.looks.begin(&app, shown, store);
    let watcher = Watcher { app, look, store };
    Ok(upgrade.on_upgrade(move |socket| async move {
        measures::socket_opened();
        watcher.serve(socket, watch, version).await;
        measures::socket_closed();
    }))
}

/// Nobody takes what is told any more.
struct Lost;

/// Somebody who watches a store.
struct Watcher {
    app: App,
    look: Arc<Look>,
    store: StoreId,
}

impl Watcher {
    async fn serve(self, mut socket: WebSocket, mut watch: Watch, version: StoreVersion) {
        let mut ask = interval(ASK);
        ask.set_missed_tick_behavior(MissedTickBehavior::Delay);
        ask.reset();
        let mut heard = Instant::now();
        if self.say(&mut socket, Event::Version(version)).await.is_err() {
            return;
        }
        let code = loop {
            let said = tokio::select! {
                event = watch.next() => match event {
                    Some(event) => self.push(&mut socket, event).await,
                    None => break close_code::RESTART,
                },
                received = socket.recv() => match received {
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                    Some(Ok(_)) => {
                        heard = Instant::now();
                        Ok(())
                    }
                },
                () = self.look.gone() => break close_code::POLICY,
                _ = ask.tick() => {
                    if heard.elapsed() > SILENCE {
                        return;
                    }
                    send(&mut socket, Message::Ping(Bytes::new())).await
                }
            };
            if said.is_err() {
                return;
            }
        };
        let _ = send(&mut socket, Message::Close(Some(CloseFrame { code, reason: Utf8Bytes::default() }))).await;
    }

    /// Says something that came about just now, and how long that took.
    async fn push(&self, socket: &mut WebSocket, event: Event) -> Result<(), Lost> {
        let since = match &event {
            Event::Version(version) => version.committed_at,
            Event::Sync(_) => None,
        };
        self.say(socket, event).await?;
        if let Some(since) = since {
            measures::pushed((self.app.backend.clock.now() - since).to_std().unwrap_or_default());
        }
        Ok(())
    }

    async fn say(&self, socket: &mut WebSocket, event: Event) -> Result<(), Lost> {
        let store_id = self.store.0;
        let news = match event {
            Event::Version(StoreVersion { version, committed_at }) => News::Version { store_id, version, committed_at },
            Event::Sync(job) => News::Sync { store_id, sync: Box::new(Sync::from(job.as_ref().clone())) },
        };
        let text = serde_json::to_string(&news).map_err(|_| Lost)?;
        send(socket, Message::Text(text.into())).await
    }
}

/// Whoever takes nothing for so long is not there.
async fn send(socket: &mut WebSocket, message: Message) -> Result<(), Lost> {
    match tokio::time::timeout(SILENCE, socket.send(message)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) | Err(_) => Err(Lost),
    }
}
