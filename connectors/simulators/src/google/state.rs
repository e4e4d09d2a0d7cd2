//! What the simulator keeps.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicU32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::HeaderMap;
use chrono::{DateTime, Utc};

use super::error::ApiError;
use super::faults::Faults;
use super::log::Asked;
use super::options::{ClientOptions, GoogleOptions, Property, Settings, User};
use super::quota::Used;
use super::tokens::Tokens;
use crate::clock::Clock;
use crate::keep::{KeepError, Record};

/// What the simulator keeps.
#[derive(Debug)]
pub(super) struct State {
    pub(super) clock: Clock,
    pub(super) client: ClientOptions,
    pub(super) properties: Vec<Property>,
    kept: Mutex<Kept>,
    record: Option<Record<Tokens>>,
    /// Requests to each property that are under way.
    pub(super) under_way: BTreeMap<u64, Arc<AtomicU32>>,
}

/// What changes.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) users: Vec<User>,
    /// Where people may be sent back to.
    pub(super) redirect_uris: Vec<String>,
    pub(super) settings: Settings,
    pub(super) tokens: Tokens,
    pub(super) quotas: BTreeMap<u64, Used>,
    pub(super) faults: Faults,
    pub(super) log: Vec<Asked>,
}

impl State {
    pub(super) fn new(options: GoogleOptions) -> Result<Self, KeepError> {
        let record = options.folder.as_deref().map(|folder| Record::open(folder, "google.json")).transpose()?;
        let tokens = record.as_ref().map_or(Ok(None), Record::read)?;
        let redirect_uris = options.client.redirect_uris.clone();
        let under_way = options.properties.iter().map(|property| (property.id, Arc::default())).collect();
        Ok(Self {
            clock: options.clock,
            client: options.client,
            properties: options.properties,
            kept: Mutex::new(Kept {
                users: options.users,
                redirect_uris,
                settings: options.settings,
                tokens: tokens.unwrap_or_else(|| Tokens::new(options.seed)),
                quotas: BTreeMap::new(),
                faults: Faults::default(),
                log: Vec::new(),
            }),
            under_way,
            record,
        })
    }

    /// Keeps what people agreed to, if there is a folder for it.
    pub(super) fn keep(&self) -> Result<(), KeepError> {
        let Some(record) = &self.record else { return Ok(()) };
        record.write(|| serde_json::to_value(&self.kept().tokens).unwrap_or_default())
    }

    pub(super) fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Who asks, by the token that they show.
    pub(super) fn who(&self, headers: &HeaderMap, scope: &str) -> Result<User, ApiError> {
        let shown = headers.get("authorization").and_then(|value| value.to_str().ok());
        let token = shown.and_then(|shown| shown.strip_prefix("Bearer ")).ok_or_else(ApiError::unauthenticated)?;
        let kept = self.kept();
        let access = kept.tokens.access(token, self.now()).ok_or_else(ApiError::unauthenticated)?;
        if !access.scopes.iter().any(|own| own == scope) {
            return Err(ApiError::scope());
        }
        kept.users.iter().find(|user| user.email == access.email).cloned().ok_or_else(ApiError::unauthenticated)
    }

    /// A property that somebody can read, by the end of its name.
    pub(super) fn property(&self, user: &User, id: &str) -> Result<&Property, ApiError> {
        let id: u64 = id.parse().map_err(|_| {
            ApiError::invalid(&format!(
                "Invalid property ID: {id}. A numeric Property ID is required. To learn more about Property ID, see \
                 https://developers.google.com/analytics/devguides/reporting/data/v1/property-id."
            ))
        })?;
        let found = self.properties.iter().find(|property| property.id == id);
        found.filter(|property| user.properties.contains(&property.id)).ok_or_else(ApiError::permission)
    }

    pub(super) fn tokens_used(&self, property: u64) -> (u64, u64) {
        let mut kept = self.kept();
        kept.quotas.entry(property).or_default().at(self.now()).tokens()
    }

    pub(super) fn use_tokens(&self, property: u64, tokens: u64) {
        let now = self.now();
        self.kept().quotas.entry(property).or_default().at(now).take(tokens);
    }
}
