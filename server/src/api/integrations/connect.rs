//! Connecting an account: with keys that a person copies, or by choosing one of those that a sign-in opened.

#![allow(unused_qualifications, reason = "what utoipa derives names types by their full paths")]

use std::collections::BTreeMap;

use aloftly_catalog::{ConnectedAccount, Connection, ConnectionStatus, NewConnection};
use aloftly_connectors::contract::{Account, Auth, Calls, Credentials, Failure, FieldKind, Health};
use aloftly_engine::StoreId;
use axum::extract::{Path, State};
use axum::http::{HeaderName, StatusCode, header};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::App;
use super::{Integration, IntegrationAccount, answer, provider, refused};
use crate::http::json::Json;
use crate::http::path;
use crate::http::problem::{FieldProblem, Problem, ProblemDocument};
use crate::http::session::Session;
use crate::syncing::client::client;
use crate::syncing::connect::Provider;
use crate::syncing::{keyring, read};

/// The longest that a field may be, in bytes.
const LONGEST: usize = 4_096;

/// A connection that is to be, with keys.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct NewIntegration {
    /// Where its data go.
    store_id: Uuid,
    /// The provider's id.
    provider: String,
    /// What its form asks for, by the names of the fields.
    fields: BTreeMap<String, String>,
}

/// The account that a connection is to be to.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct AccountChoice {
    /// One of those that `GET /api/integrations/{id}/accounts` tells.
    account_id: String,
}

/// The accounts that a sign-in opened.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct AccountList {
    accounts: Vec<IntegrationAccount>,
}

/// Connects an account with keys
#[utoipa::path(
    post,
    path = "/api/integrations",
    tag = "integrations",
    security(("session" = [])),
    request_body = NewIntegration,
    responses(
        (status = 201, description = "Connected, or its account is to be chosen; its address is in `Location`", body = Integration),
        (status = 400, description = "Malformed", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 402, description = "`plan_limit`: the plan includes fewer integrations", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "For admins", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 404, description = "No such store or provider, or one that is signed in to otherwise", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 409, description = "`other_account`: the store has data of another account of the provider. `has_sample_data`: it holds made-up data, which are not mixed with real ones", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 422, description = "Well-formed but wrong", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 502, description = "`provider_refused`: the provider does not take the keys, or does not answer", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(in crate::api) async fn create_integration(
    State(app): State<App>,
    session: Session,
    Json(given): Json<NewIntegration>,
) -> Result<(StatusCode, [(HeaderName, String); 1], axum::Json<Integration>), Problem> {
    let store = StoreId::from(given.store_id);
    session.tenant.check_connect_to(store).await?;
    let provider = provider(&app, &given.provider)?;
    let Auth::Keys { .. } = provider.connector.declaration().auth else { return Err(Problem::not_found()) };
    let (fields, credentials) = checked(provider, given.fields)?;
    let connection = begin(&app, &session, provider, store, &fields, credentials).await?;
    let location = format!("/api/integrations/{}", connection.id);
    let integration = axum::Json(Integration::of(connection, None, 0));
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], integration))
}

/// Lists the accounts that a connection can be to
#[utoipa::path(
    get,
    path = "/api/integrations/{id}/accounts",
    tag = "integrations",
    params(("id" = Uuid, Path, description = "The connection")),
    security(("session" = [])),
    responses(
        (status = 200, description = "The accounts that the sign-in opened", body = AccountList),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "For admins", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 404, description = "No such connection that one sees", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 502, description = "`provider_refused`: the provider does not answer", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(in crate::api) async fn list_accounts(
    State(app): State<App>,
    session: Session,
    Path(id): Path<String>,
) -> Result<axum::Json<AccountList>, Problem> {
    session.tenant.require_to_connect()?;
    let connection = session.tenant.connection(path::id(&id)?).await?;
    let accounts = accounts(&app, &session, &connection).await?;
    Ok(axum::Json(AccountList { accounts: accounts.into_iter().map(Into::into).collect() }))
}

/// Chooses the account that a connection is to, and has it read
#[utoipa::path(
    put,
    path = "/api/integrations/{id}/account",
    tag = "integrations",
    params(("id" = Uuid, Path, description = "The connection")),
    security(("session" = [])),
    request_body = AccountChoice,
    responses(
        (status = 200, description = "Connected; its first sync is in the queue", body = Integration),
        (status = 400, description = "Malformed", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "For admins", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 404, description = "No such connection that one sees", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 409, description = "`other_account`: the store has data of another account of the provider", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 422, description = "The sign-in does not open that account", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 502, description = "`provider_refused`: the provider does not answer", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(in crate::api) async fn choose_account(
    State(app): State<App>,
    session: Session,
    Path(id): Path<String>,
    Json(choice): Json<AccountChoice>,
) -> Result<axum::Json<Integration>, Problem> {
    session.tenant.require_to_connect()?;
    let connection = session.tenant.connection(path::id(&id)?).await?;
    let account = accounts(&app, &session, &connection).await?.into_iter().find(|one| one.id == choice.account_id);
    let account = account
        .ok_or_else(|| Problem::invalid_field("/account_id", "must be one of the accounts that the sign-in opened"))?;
    let provider = provider(&app, &connection.provider)?;
    let connected = choose(&app, &session, provider, &connection, account).await?;
    Ok(axum::Json(Integration::of(connected, None, 0)))
}

/// Keeps what somebody signed in with, and chooses the account where there is only one, or where it is the one that was chosen before.
pub(super) async fn begin(
    app: &App,
    session: &Session,
    provider: &Provider,
    store: StoreId,
    fields: &BTreeMap<String, String>,
    credentials: Credentials,
) -> Result<Connection, Problem> {
    let cancel = CancellationToken::new();
    let asked = async {
        let http = client(&app.backend, provider, fields, None)?;
        let calls = Calls { http: &http, cancel: &cancel, clock: &app.backend.clock, app: provider.app.as_ref() };
        provider.connector.accounts(&calls, &credentials).await
    };
    let accounts = asked.await.map_err(|failure| refused(provider, &failure))?;
    if accounts.is_empty() {
        let title = provider.connector.declaration().title;
        let detail =
            format!("There is no account at {title} that this sign-in opens. Sign in there as somebody who has one.");
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "no_account", detail));
    }
    let kept = keyring::kept(&credentials);
    let secrets: Vec<(&str, SecretString)> =
        kept.secrets.iter().map(|(name, secret)| (name.as_str(), secret.clone())).collect();
    let new = NewConnection {
        store,
        provider: provider.connector.declaration().id,
        fields: serde_json::to_value(fields).unwrap_or_default(),
        credentials: secrets,
        expires_at: kept.expires_at,
        accounts: accounts.iter().map(|account| account.id.clone()).collect(),
    };
    let connection = session.tenant.begin_connection(new).await?;
    let before = connection.account_id.as_deref();
    let one = match accounts.len() {
        1 => accounts.into_iter().next(),
        _ => accounts.into_iter().find(|account| Some(account.id.as_str()) == before),
    };
    match one {
        Some(account) => choose(app, session, provider, &connection, account).await,
        None => Ok(connection),
    }
}

async fn choose(
    app: &App,
    session: &Session,
    provider: &Provider,
    connection: &Connection,
    account: Account,
) -> Result<Connection, Problem> {
    let fields = read::fields(connection);
    let asked = answer(app, session, provider, connection.id, &fields, Some(&account), async |provider, asking| {
        let account = provider.connector.connect(asking).await?;
        Ok::<_, Failure>((account, provider.connector.test_connection(asking).await?))
    });
    let (account, Health { warnings }) = asked.await.map_err(|failure| refused(provider, &failure))?;
    let chosen = ConnectedAccount {
        id: account.id.clone(),
        name: account.name.clone(),
        about: serde_json::to_value(&account).map_err(|error| Problem::internal(&error))?,
    };
    let connected = session.tenant.choose_account(connection.id, &chosen, &warnings).await?;
    app.syncs.wake();
    Ok(connected)
}

/// The accounts that a connection's credentials open.
async fn accounts(app: &App, session: &Session, connection: &Connection) -> Result<Vec<Account>, Problem> {
    if connection.status == ConnectionStatus::Disconnected {
        return Err(Problem::not_found());
    }
    let provider = provider(app, &connection.provider)?;
    let fields = read::fields(connection);
    let asked = answer(app, session, provider, connection.id, &fields, None, async |provider, asking| {
        let credentials = asking.keyring.current().await?;
        provider.connector.accounts(&asking.calls, &credentials).await
    });
    asked.await.map_err(|failure| refused(provider, &failure))
}

/// What a form says, apart from the secrets in it. Everything that is wrong is told at once.
fn checked(
    provider: &Provider,
    mut given: BTreeMap<String, String>,
) -> Result<(BTreeMap<String, String>, Credentials), Problem> {
    let (mut fields, mut credentials, mut wrong) = (BTreeMap::new(), Credentials::default(), Vec::new());
    for field in provider.connector.declaration().auth.fields() {
        let pointer = format!("/fields/{}", field.name);
        let value = given.remove(field.name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
        match value {
            None if field.optional => {}
            None => wrong.push(FieldProblem::new(&pointer, "is needed")),
            Some(value) if value.len() > LONGEST || value.contains(char::is_control) => {
                wrong.push(FieldProblem::new(&pointer, format!("must be one line of at most {LONGEST} bytes")));
            }
            Some(value) if field.kind == FieldKind::Secret => credentials = credentials.with(field.name, value),
            Some(value) => {
                fields.insert(field.name.to_owned(), value);
            }
        }
    }
    wrong.extend(
        given.keys().map(|name| FieldProblem::new(&format!("/fields/{name}"), "is no field of this provider's")),
    );
    if wrong.is_empty() { Ok((fields, credentials)) } else { Err(Problem::invalid(wrong)) }
}

/// The same for forms before a sign-in elsewhere, which have no secrets.
pub(super) fn checked_fields(
    provider: &Provider,
    given: BTreeMap<String, String>,
) -> Result<BTreeMap<String, String>, Problem> {
    checked(provider, given).map(|(fields, _)| fields)
}
