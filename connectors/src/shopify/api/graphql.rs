//! Asking a shop's GraphQL API.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::answer::{Envelope, Errors};
use super::shop::{Shop, VERSION};
use super::wire::read;
use crate::contract::{Credentials, Failure, Session};
use crate::http::{Answer, HttpError, HttpErrorKind, Request};

/// The name of the token among a connection's secrets.
pub(super) const ACCESS_TOKEN: &str = "access_token";
/// When a shop that is closed for now is looked at again.
const CLOSED: Duration = Duration::from_secs(6 * 3_600);

/// Why a request has no data.
#[derive(Debug)]
pub(super) enum AskError {
    /// It costs more than one request may: ask for less at once.
    TooCostly,
    /// What it asks for is not shown to us. In Shopify's words.
    Denied(String),
    /// Anything else.
    Failed(Failure),
}

impl From<Failure> for AskError {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<AskError> for Failure {
    fn from(error: AskError) -> Self {
        match error {
            AskError::TooCostly => {
                Self::Refused { detail: "Shopify finds a request too costly that asks for one thing".to_owned() }
            }
            AskError::Denied(detail) => Self::Forbidden { detail },
            AskError::Failed(failure) => failure,
        }
    }
}

/// The data of an answer.
#[derive(Debug)]
pub(super) struct Data(Box<RawValue>);

impl Data {
    /// As what was asked for. Parts that are kept as they are can be borrowed from it.
    ///
    /// # Errors
    /// [`Failure::Unexpected`] when it is something else.
    pub(super) fn read<'a, T: Deserialize<'a>>(&'a self, what: &str) -> Result<T, Failure> {
        serde_json::from_str(self.0.get()).or_else(|_| read(self.0.get().as_bytes(), what))
    }
}

/// Asks a shop, and remembers what people should know of its answers.
#[derive(Debug)]
pub(super) struct Api<'a> {
    pub(super) session: &'a Session<'a>,
    shop: Shop,
    warnings: Mutex<BTreeSet<String>>,
    /// When Shopify answered first in the reading that began last, by its own clock, in microseconds since the epoch.
    answered: Mutex<Option<i64>>,
}

impl<'a> Api<'a> {
    /// Asks the session's shop.
    ///
    /// # Errors
    /// [`Failure::Refused`] when its account is none of Shopify's.
    pub(super) fn new(session: &'a Session<'a>) -> Result<Self, Failure> {
        let id = &session.account.id;
        let shop =
            Shop::exact(id).ok_or_else(|| Failure::Refused { detail: format!("{id:?} is no shop of Shopify's") })?;
        Ok(Self { session, shop, warnings: Mutex::default(), answered: Mutex::default() })
    }

    /// Asks for data. A request that changes nothing may be sent again.
    ///
    /// # Errors
    /// See [`AskError`].
    pub(super) async fn ask(&self, document: &str, variables: &impl Serialize, cost: u32) -> Result<Data, AskError> {
        self.send(document, variables, cost, true).await
    }

    /// Asks for a change.
    ///
    /// # Errors
    /// See [`AskError`]. What `userErrors` say is in the data.
    pub(super) async fn change(&self, document: &str, variables: &impl Serialize) -> Result<Data, AskError> {
        self.send(document, variables, 10, false).await
    }

    /// What people should know, which is then forgotten.
    pub(super) fn take_warnings(&self) -> Vec<String> {
        let mut warnings = self.warnings.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *warnings).into_iter().collect()
    }

    /// Whether there is anything that people should know.
    pub(super) fn has_warnings(&self) -> bool {
        !self.warnings.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    /// Remembers what people should know.
    pub(super) fn warn(&self, warning: impl Into<String>) {
        self.warnings.lock().unwrap_or_else(PoisonError::into_inner).insert(warning.into());
    }

    /// A reading begins: now, by our clock.
    pub(super) fn begins(&self) -> i64 {
        *self.answered.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.session.calls.clock.now().timestamp_micros()
    }

    /// When a reading began that has an answer: by Shopify's clock where that was behind ours. Whatever changed between the two would be left out of
    /// the next reading when it is ours that was ahead; if it was not, a little is read again.
    pub(super) fn earlier(&self, begun: i64) -> i64 {
        let answered = *self.answered.lock().unwrap_or_else(PoisonError::into_inner);
        answered.map_or(begun, |answered| answered.min(begun))
    }

    /// Waits, unless it is called off.
    ///
    /// # Errors
    /// [`Failure::Stopped`].
    pub(super) async fn wait(&self, wait: Duration) -> Result<(), Failure> {
        let calls = &self.session.calls;
        tokio::select! {
            biased;
            () = calls.cancel.cancelled() => Err(Failure::Stopped),
            () = calls.clock.sleep(wait) => Ok(()),
        }
    }

    async fn send(
        &self,
        document: &str,
        variables: &impl Serialize,
        cost: u32,
        is_idempotent: bool,
    ) -> Result<Data, AskError> {
        let body = json!({ "query": document, "variables": variables });
        let credentials = self.session.keyring.current().await?;
        match self.once(&body, &credentials, cost, is_idempotent).await {
            Err(AskError::Failed(Failure::Revoked { .. })) => {
                let renewed = self.session.keyring.renewed(&credentials).await?;
                self.once(&body, &renewed, cost, is_idempotent).await
            }
            other => other,
        }
    }

    async fn once(
        &self,
        body: &Value,
        credentials: &Credentials,
        cost: u32,
        is_idempotent: bool,
    ) -> Result<Data, AskError> {
        let calls = &self.session.calls;
        let token = credentials
            .find(ACCESS_TOKEN)
            .ok_or_else(|| Failure::Revoked { detail: "no token is kept for this shop".to_owned() })?;
        let url = self.shop.graphql(calls.app.and_then(|app| app.base.as_ref()))?;
        let mut request = Request::post(url).json(body).secret("x-shopify-access-token", token).cost(cost);
        if is_idempotent {
            request = request.idempotent();
        }
        // What it says is read below; here it counts that it is whole.
        let answer = calls.http.json::<IgnoredAny>(request, calls.cancel).await.map_err(|error| match error.kind {
            // The shop's bucket is smaller than the request.
            HttpErrorKind::TooCostly(_) => AskError::TooCostly,
            _ => self.refusal(error).into(),
        })?;
        self.note_date(&answer.1);
        self.note_version(&answer.1);
        self.data(&answer.1)
    }

    fn note_date(&self, answer: &Answer) {
        let date = answer.header("date").and_then(|date| httpdate::parse_http_date(date).ok());
        let date = date.map(|date| DateTime::<Utc>::from(date).timestamp_micros());
        let mut answered = self.answered.lock().unwrap_or_else(PoisonError::into_inner);
        *answered = answered.or(date);
    }

    fn note_version(&self, answer: &Answer) {
        if let Some(version) = answer.header("x-shopify-api-version").filter(|version| *version != VERSION) {
            self.warn(format!(
                "Shopify answers with version {version:?} of its API, as it does not serve {VERSION} any more: update Aloftly"
            ));
        }
    }

    fn data(&self, answer: &Answer) -> Result<Data, AskError> {
        let envelope: Envelope<'_> = serde_json::from_slice(answer.body()).map_err(|_| Failure::Unexpected {
            detail: "an answer of Shopify's that is no GraphQL answer".to_owned(),
        })?;
        let data = envelope.data.filter(|data| data.get() != "null");
        match (data, envelope.errors) {
            (Some(data), None) => Ok(Data(data.to_owned())),
            (Some(data), Some(errors)) if errors.are("ACCESS_DENIED") && has_something(data) => {
                self.note_withheld(&errors);
                Ok(Data(data.to_owned()))
            }
            (_, Some(errors)) => Err(failure(&errors)),
            (None, None) => {
                Err(Failure::Unexpected { detail: "an answer of Shopify's without data".to_owned() }.into())
            }
        }
    }

    fn note_withheld(&self, errors: &Errors) {
        let Errors::List(errors) = errors else { return };
        for error in errors {
            self.warn(format!("Shopify does not show us {}: {}", error.place(), error.message));
        }
    }

    /// What it means that there was no answer.
    fn refusal(&self, error: HttpError) -> Failure {
        let shop = self.shop.domain();
        match &error.kind {
            HttpErrorKind::Status { status: 402, .. } => {
                closed(format!("{shop} is frozen until its owner pays Shopify"))
            }
            HttpErrorKind::Status { status: 423, .. } => closed(format!("{shop} is locked by Shopify")),
            HttpErrorKind::Status { status: 403, .. } => Failure::Forbidden {
                detail: format!(
                    "{shop} does not let this app in: a permission is missing, or the shop is closed to apps"
                ),
            },
            HttpErrorKind::Status { status: 404, .. } => {
                Failure::Refused { detail: format!("Shopify knows no shop {shop}") }
            }
            _ => error.into(),
        }
    }
}

fn closed(detail: String) -> Failure {
    Failure::Unavailable { detail, retry_after: Some(CLOSED) }
}

/// Whether any field of the answer has a value: what is withheld is below it then.
fn has_something(data: &RawValue) -> bool {
    let fields: Option<Map<String, Value>> = serde_json::from_str(data.get()).ok();
    fields.is_some_and(|fields| fields.values().any(|value| !value.is_null()))
}

fn failure(errors: &Errors) -> AskError {
    let detail = errors.text();
    if errors.has("MAX_COST_EXCEEDED") {
        AskError::TooCostly
    } else if errors.has("ACCESS_DENIED") {
        AskError::Denied(detail)
    } else if errors.has("SHOP_INACTIVE") {
        AskError::Failed(closed(format!("the shop is not active: {detail}")))
    } else if errors.refuse_token() {
        AskError::Failed(Failure::Revoked { detail })
    } else if errors.has("INTERNAL_SERVER_ERROR") {
        AskError::Failed(Failure::Unavailable { detail, retry_after: None })
    } else {
        AskError::Failed(Failure::Refused { detail })
    }
}

/// What a mutation says it could not do.
#[derive(Debug, Deserialize)]
pub(super) struct UserError {
    pub(super) message: String,
    #[serde(default)]
    pub(super) code: Option<String>,
}

/// The first reason why a mutation did nothing, if it has one.
///
/// # Errors
/// [`Failure::Refused`] in Shopify's words.
pub(super) fn accepted(errors: &[UserError]) -> Result<(), Failure> {
    match errors.first() {
        Some(error) => Err(Failure::Refused { detail: error.message.clone() }),
        None => Ok(()),
    }
}
