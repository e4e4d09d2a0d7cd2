//! Connections to providers: which there are, how they are, and their end.

#![allow(unused_qualifications, reason = "what utoipa derives names types by their full paths")]

pub(super) mod connect;
pub(super) mod deliveries;
pub(super) mod oauth;
pub(super) mod providers;
pub(super) mod syncs;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use aloftly_catalog::{Connection, ConnectionId, ConnectionStatus, SyncJob, SyncProblem, SystemContext};
use aloftly_connectors::contract::{Account, Calls, Failure, Session as Asking};
use aloftly_engine::StoreId;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::App;
use crate::http::path;
use crate::http::problem::{Chain, Problem, ProblemDocument};
use crate::http::query::Query;
use crate::http::session::{Principal, Session};
use crate::syncing::client::{client, renewing_client};
use crate::syncing::connect::Provider;
use crate::syncing::keyring::ConnectionKeyring;
use crate::syncing::{read, words};

const REASON: &str = "somebody tries or ends a connection";

/// So long a provider may take to hear that it is disconnected.
const FAREWELL: Duration = Duration::from_secs(10);

/// A connection of a store to an account at a provider.
#[derive(Serialize, ToSchema)]
pub(super) struct Integration {
    id: Uuid,
    store_id: Uuid,
    /// The provider's id, as `GET /api/providers` tells it.
    #[schema(example = "shopify")]
    provider: String,
    #[schema(value_type = IntegrationStatus)]
    status: ConnectionStatus,
    /// The account; missing while it is being chosen.
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<IntegrationAccount>,
    /// What is wrong with it, and what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<IntegrationProblem>,
    /// What people should know of its data.
    warnings: Vec<String>,
    /// The address of who connected it.
    connected_by: String,
    created_at: DateTime<Utc>,
    /// What happened at the source until then is there; missing before the first sync is done.
    #[serde(skip_serializing_if = "Option::is_none")]
    synced_at: Option<DateTime<Utc>>,
    /// When it is read next by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_sync_at: Option<DateTime<Utc>>,
    /// What is being read of it, or else the last thing that was or waits to be.
    #[serde(skip_serializing_if = "Option::is_none")]
    latest_sync: Option<syncs::Sync>,
    /// How many things that the provider told could not be carried out: `GET /api/integrations/{id}/deliveries`.
    dead_deliveries: u64,
}

/// How a connection is.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[allow(dead_code, reason = "describes a schema")]
enum IntegrationStatus {
    /// Signed in; one of several accounts is to be chosen.
    Choosing,
    /// It is read.
    Connected,
    /// The last sync failed for good; the next may not.
    Broken,
    /// The provider does not let us in any more: somebody has to connect it again.
    Revoked,
    /// Somebody ended it.
    Disconnected,
}

/// An account at a provider.
#[derive(Serialize, ToSchema)]
pub(super) struct IntegrationAccount {
    /// What the provider calls it.
    #[schema(example = "some-shop.myshopify.com")]
    id: String,
    name: String,
    /// The zone of its days, where the provider tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    timezone: Option<String>,
    /// The currency of its books, where the provider tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    currency: Option<String>,
    /// What was granted, in the provider's words.
    scopes: Vec<String>,
}

/// What is wrong.
#[derive(Serialize, ToSchema)]
pub(super) struct IntegrationProblem {
    /// A stable name for programs.
    #[schema(example = "access_revoked")]
    code: String,
    /// What happened and what to do.
    detail: String,
    /// Since when.
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<DateTime<Utc>>,
}

/// The connections.
#[derive(Serialize, ToSchema)]
pub(super) struct IntegrationList {
    integrations: Vec<Integration>,
}

/// Which connections.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Listing {
    /// Of this store alone.
    store: Option<Uuid>,
}

/// What a test of a connection found.
#[derive(Serialize, ToSchema)]
pub(super) struct IntegrationTest {
    /// Whether the provider lets us in.
    works: bool,
    /// What is wrong otherwise, and what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<IntegrationProblem>,
    /// What works, but not as it should.
    warnings: Vec<String>,
}

impl From<Account> for IntegrationAccount {
    fn from(account: Account) -> Self {
        Self {
            id: account.id,
            name: account.name,
            timezone: account.zone.map(|zone| zone.name().to_owned()),
            currency: account.currency,
            scopes: account.scopes,
        }
    }
}

impl From<SyncProblem> for IntegrationProblem {
    fn from(problem: SyncProblem) -> Self {
        Self { code: problem.code, detail: problem.words, since: None }
    }
}

impl Integration {
    fn of(connection: Connection, latest: Option<SyncJob>, dead: u64) -> Self {
        let account = read::account(&connection).ok().filter(|_| connection.account.is_some());
        Self {
            id: connection.id.0,
            store_id: connection.store.0,
            provider: connection.provider,
            status: connection.status,
            account: account.map(Into::into),
            problem: connection
                .problem
                .map(|(problem, since)| IntegrationProblem { since: Some(since), ..problem.into() }),
            warnings: connection.warnings,
            connected_by: connection.connected_by,
            created_at: connection.created_at,
            synced_at: connection.synced_at,
            next_sync_at: connection.sync_at,
            latest_sync: latest.map(Into::into),
            dead_deliveries: dead,
        }
    }
}

/// Lists the connections of the stores that one sees
#[utoipa::path(
    get,
    path = "/api/integrations",
    tag = "integrations",
    params(Listing),
    security(("session" = []), ("api_key" = ["metrics:read"])),
    responses(
        (status = 200, description = "The connections that were not ended", body = IntegrationList),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 404, description = "No such store that one sees", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list_integrations(
    principal: Principal,
    Query(listing): Query<Listing>,
) -> Result<Json<IntegrationList>, Problem> {
    let connections = principal.tenant.connections(listing.store.map(StoreId::from)).await?;
    let mut latest = principal.tenant.latest_sync_jobs(&connections).await?;
    let dead = principal.tenant.count_dead_letters(&connections).await?;
    let integrations = connections.into_iter().map(|connection| {
        let (latest, dead) = (latest.remove(&connection.id), dead.get(&connection.id).copied());
        Integration::of(connection, latest, dead.unwrap_or_default())
    });
    Ok(Json(IntegrationList { integrations: integrations.collect() }))
}

/// Tells how a connection is
#[utoipa::path(
    get,
    path = "/api/integrations/{id}",
    tag = "integrations",
    params(("id" = Uuid, Path, description = "The connection")),
    security(("session" = []), ("api_key" = ["metrics:read"])),
    responses(
        (status = 200, description = "The connection", body = Integration),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 404, description = "No such connection that one sees", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn get_integration(
    principal: Principal,
    Path(id): Path<String>,
) -> Result<Json<Integration>, Problem> {
    let connection = principal.tenant.connection(path::id(&id)?).await?;
    let latest = principal.tenant.latest_sync_jobs(std::slice::from_ref(&connection)).await?.remove(&connection.id);
    let dead = principal.tenant.count_dead_letters(std::slice::from_ref(&connection)).await?;
    let dead = dead.get(&connection.id).copied().unwrap_or_default();
    Ok(Json(Integration::of(connection, latest, dead)))
}

/// Ends a connection; what was read of it stays
#[utoipa::path(
    delete,
    path = "/api/integrations/{id}",
    tag = "integrations",
    params(("id" = Uuid, Path, description = "The connection")),
    security(("session" = [])),
    responses(
        (status = 204, description = "Ended: its credentials are gone, and nothing is read any more"),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "For admins", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 404, description = "No such connection that one sees", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn disconnect_integration(
    State(app): State<App>,
    session: Session,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let id: ConnectionId = path::id(&id)?;
    session.tenant.require_to_connect()?;
    let connection = session.tenant.connection(id).await?;
    let organization = session.tenant.context().organization();
    if !app.backend.catalog.has_siblings(organization, &connection).await? {
        say_farewell(&app, &session, &connection).await;
    }
    session.tenant.disconnect(id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Tells a provider that it is disconnected, while there are credentials to tell it with. If it does not listen, the end is an end all the same.
async fn say_farewell(app: &App, session: &Session, connection: &Connection) {
    let telling = ask(app, session, connection, async |provider, asking| provider.connector.disconnect(asking).await);
    match tokio::time::timeout(FAREWELL, telling).await {
        Ok(Ok(Err(failure))) => {
            tracing::warn!(connection = %connection.id, error = %Chain(&failure), "a provider could not be told that it is disconnected");
        }
        Ok(_) => {}
        Err(_) => {
            tracing::warn!(connection = %connection.id, "a provider took too long to hear that it is disconnected");
        }
    }
}

/// Tries whether a connection works
#[utoipa::path(
    post,
    path = "/api/integrations/{id}/test",
    tag = "integrations",
    params(("id" = Uuid, Path, description = "The connection")),
    security(("session" = [])),
    responses(
        (status = 200, description = "What the provider said", body = IntegrationTest),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "For admins", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 404, description = "No such connection that one sees", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 409, description = "`not_connected`: its account is being chosen, or it was ended", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn test_integration(
    State(app): State<App>,
    session: Session,
    Path(id): Path<String>,
) -> Result<Json<IntegrationTest>, Problem> {
    session.tenant.require_to_connect()?;
    let connection = session.tenant.connection(path::id(&id)?).await?;
    let title = provider(&app, &connection.provider)?.connector.declaration().title;
    let asked =
        ask(&app, &session, &connection, async |provider, asking| provider.connector.test_connection(asking).await)
            .await?;
    Ok(Json(match asked {
        Ok(health) => IntegrationTest { works: true, problem: None, warnings: health.warnings },
        Err(failure) => {
            tracing::info!(connection = %connection.id, error = %Chain(&failure), "a connection does not work");
            IntegrationTest { works: false, problem: Some(words(title, &failure).into()), warnings: Vec::new() }
        }
    }))
}

/// A provider that this server knows.
fn provider<'a>(app: &'a App, id: &str) -> Result<&'a Provider, Problem> {
    app.providers.find(id).ok_or_else(Problem::not_found)
}

/// Asks the provider of a connection something.
async fn ask<T>(
    app: &App,
    session: &Session,
    connection: &Connection,
    question: impl AsyncFnOnce(&Provider, &Asking<'_>) -> Result<T, Failure>,
) -> Result<Result<T, Failure>, Problem> {
    let provider = provider(app, &connection.provider)?;
    let account = match connection.status {
        ConnectionStatus::Choosing | ConnectionStatus::Disconnected => {
            return Err(aloftly_catalog::CatalogError::NotConnected(connection.status.as_str()).into());
        }
        _ => read::account(connection).map_err(|failure| Problem::internal(&failure))?,
    };
    Ok(answer(app, session, provider, connection.id, &read::fields(connection), Some(&account), question).await)
}

/// Asks a provider something on behalf of an account, or of whoever is about to choose one, with the credentials of a connection.
async fn answer<T>(
    app: &App,
    session: &Session,
    provider: &Provider,
    connection: ConnectionId,
    fields: &BTreeMap<String, String>,
    account: Option<&Account>,
    question: impl AsyncFnOnce(&Provider, &Asking<'_>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let backend = &app.backend;
    let http = client(backend, provider, fields, account)?;
    let cancel = CancellationToken::new();
    let organization = session.tenant.context().organization();
    let keyring = ConnectionKeyring {
        tenant: backend.catalog.tenant(SystemContext::new(organization, REASON)),
        connection,
        connector: provider.connector,
        app: provider.app.clone(),
        http: Arc::new(renewing_client(backend, provider, fields, account)?),
        clock: Arc::clone(&backend.clock),
    };
    let calls = Calls { http: &http, cancel: &cancel, clock: &backend.clock, app: provider.app.as_ref() };
    let nobody = Account::new("", "");
    question(provider, &Asking { calls, account: account.unwrap_or(&nobody), keyring: &keyring }).await
}

/// That a provider did not answer as it should, to whoever connects it.
fn refused(provider: &Provider, failure: &Failure) -> Problem {
    let problem = words(provider.connector.declaration().title, failure);
    if let Failure::Field { field, reason } = failure {
        return Problem::invalid_field(&format!("/fields/{field}"), reason.clone());
    }
    tracing::warn!(error = %Chain(failure), "a provider could not be connected");
    Problem::new(StatusCode::BAD_GATEWAY, "provider_refused", problem.words)
}
