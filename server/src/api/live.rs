//! News of a store, pushed: that its figures changed, and how far its connections are read.

use std::time::Duration;

use aloftly_engine::StoreId;
use aloftly_engine::lake::Version;
use axum::body::Bytes;
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade, close_code};
use axum::extract::{FromRequestParts as _, Path, Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use serde::Serialize;
use tokio::time::{Instant, MissedTickBehavior, interval};
use uuid::Uuid;

use super::App;
use super::integrations::syncs::Sync;
use crate::http::path;
use crate::http::problem::Problem;
use crate::http::session::Principal;
use crate::service::live::{Event, Next, Watch};

/// How often it is looked whether whoever watches may still see the store, and whether they are there.
const LOOK: Duration = Duration::from_secs(5);
/// So long somebody may say nothing. Browsers answer pings by themselves.
const SILENCE: Duration = Duration::from_secs(30);
/// The most that is read of anybody: there is nothing to say.
const LONGEST: usize = 1_024;

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
    app.backend.followed.add(store, principal.tenant.context().organization());
    let watcher = Watcher { app, parts, store };
    Ok(upgrade.on_upgrade(move |socket| watcher.serve(socket, watch, version)))
}

/// Whoever watches may not any more.
struct Gone;

/// Somebody who watches a store.
struct Watcher {
    app: App,
    /// What they asked with: who they are is looked at again and again.
    parts: Parts,
    store: StoreId,
}

impl Watcher {
    async fn serve(mut self, mut socket: WebSocket, mut watch: Watch, version: Version) {
        let mut look = interval(LOOK);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        look.reset();
        let mut heard = Instant::now();
        if self.say(&mut socket, Event::Version(version)).await.is_err() {
            return;
        }
        let code = loop {
            let said = tokio::select! {
                next = watch.next() => match next {
                    Next::Event(event) => self.say(&mut socket, event).await,
                    Next::Missed => match self.version().await {
                        Ok(Some(version)) => self.say(&mut socket, Event::Version(version)).await,
                        Ok(None) => Ok(()),
                        Err(Gone) => break close_code::POLICY,
                    },
                    Next::Over => break close_code::RESTART,
                },
                received = socket.recv() => match received {
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                    Some(Ok(_)) => {
                        heard = Instant::now();
                        Ok(())
                    }
                },
                _ = look.tick() => {
                    if heard.elapsed() > SILENCE {
                        return;
                    }
                    match self.version().await {
                        Ok(_) => socket.send(Message::Ping(Bytes::new())).await,
                        Err(Gone) => break close_code::POLICY,
                    }
                }
            };
            if said.is_err() {
                return;
            }
        };
        let _ = socket.send(Message::Close(Some(CloseFrame { code, reason: Utf8Bytes::default() }))).await;
    }

    /// The store's version, as far as it can be told; nothing for those who may not see the store any more.
    async fn version(&mut self) -> Result<Option<Version>, Gone> {
        let asked = async {
            let principal = Principal::from_request_parts(&mut self.parts, &self.app).await?;
            let version = principal.tenant.store_version(self.store).await?;
            // Stores that nobody asks about are not followed.
            self.app.backend.followed.add(self.store, principal.tenant.context().organization());
            Ok::<_, Problem>(version)
        };
        match asked.await {
            Ok(version) => Ok(Some(version)),
            // A database that is away is no reason to send people away.
            Err(problem) if problem.status().is_server_error() => Ok(None),
            Err(problem) if problem.status() == StatusCode::TOO_MANY_REQUESTS => Ok(None),
            Err(_) => Err(Gone),
        }
    }

    async fn say(&self, socket: &mut WebSocket, event: Event) -> Result<(), axum::Error> {
        let store_id = self.store.0;
        let news = match event {
            Event::Version(version) => News::Version { store_id, version },
            Event::Sync(job) => News::Sync { store_id, sync: Box::new(Sync::from(job.as_ref().clone())) },
        };
        let text = serde_json::to_string(&news).map_err(axum::Error::new)?;
        socket.send(Message::Text(text.into())).await
    }
}
