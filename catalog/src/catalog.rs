//! The catalog: a pool of connections, and the one place where a transaction is given its scope.

use std::sync::Arc;
use std::time::Duration;

use aloftly_engine::clock::Clock;
use sqlx::postgres::PgPoolOptions;
use sqlx::{Connection as _, PgPool, PgTransaction};
use tokio::sync::Semaphore;

use crate::accounts::Identity;
use crate::api_keys::AuthenticatedKey;
use crate::context::TenantContext;
use crate::sessions::Authenticated;
use crate::shared_reads::SharedReads;
use crate::vault::{Vault, check_master_keys};
use crate::versions::Notifier;
use crate::{CatalogError, Changes, Endpoint, MasterKeys, OrganizationId, SystemContext, Tenant, UserId, startup};

/// How long a connection is believed to live after it was used.
const FRESH: Duration = Duration::from_millis(500);

/// How to come to the database.
#[derive(Clone, Debug)]
pub struct CatalogOptions {
    /// The database and the role that requests run as.
    pub endpoint: Endpoint,
    /// What wraps the keys that credentials are sealed under.
    pub master_keys: Arc<dyn MasterKeys>,
    /// The most connections that are open at once.
    pub max_connections: u32,
    /// How long a request waits for a connection.
    pub acquire_timeout: Duration,
    /// How long one statement may run.
    pub statement_timeout: Duration,
}

impl CatalogOptions {
    /// The defaults: 16 connections, 10 s, 60 s.
    #[must_use]
    pub fn new(endpoint: Endpoint, master_keys: Arc<dyn MasterKeys>) -> Self {
        Self {
            endpoint,
            master_keys,
            max_connections: 16,
            acquire_timeout: Duration::from_secs(10),
            statement_timeout: Duration::from_secs(60),
        }
    }
}

/// The database, with nobody's rows in sight. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Catalog {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    pool: PgPool,
    clock: Arc<dyn Clock>,
    hashing: Arc<Semaphore>,
    notifier: Notifier,
    vault: Vault,
    sessions: SharedReads<([u8; 32], bool), Option<Authenticated>>,
    keys: SharedReads<([u8; 32], bool), Option<AuthenticatedKey>>,
}

/// What a transaction may see. One at a time: giving a scope takes the one before away.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Scope<'a> {
    /// One tenant's rows.
    Organization(OrganizationId),
    /// One tenant's rows, as far as bringing data in needs them: as the role `aloftly_ingest`.
    Ingest(OrganizationId),
    /// One person's own rows, in whatever organisation.
    User(UserId),
    /// The person with that address.
    Email(&'a str),
    /// The session whose token has that SHA-256.
    Session(&'a [u8; 32]),
    /// The API key whose token has that SHA-256.
    ApiKey(&'a [u8; 32]),
    /// What the holder of a token that is used once, or of an invitation, may see: its SHA-256.
    Token(&'a [u8; 32]),
    /// The person that an identity provider knows by that.
    Identity(&'a Identity),
    /// The share whose frame has that key in its address.
    Embed(&'a str),
    /// The list of organisations and of keys as they are wrapped, and nothing else in them; keys that belong
    /// to no organisation.
    System,
    /// The imports that are not over and the lakes that have work, and nothing else in organisations: as the role `aloftly_ingest`.
    Queue,
}

impl Catalog {
    /// Connects and checks that this database and this role are fit for tenants' rows.
    ///
    /// # Errors
    /// When the server cannot be reached or is too old, when the role could pass by row-level security, when migrations are
    /// missing, when the master keys are not those that wrapped the database's keys.
    pub async fn connect(options: CatalogOptions, clock: Arc<dyn Clock>) -> Result<Self, CatalogError> {
        let settings = [
            ("statement_timeout", options.statement_timeout.as_millis().to_string()),
            ("lock_timeout", "30000".to_owned()),
            ("idle_in_transaction_session_timeout", "60000".to_owned()),
        ];
        let connect = options.endpoint.options().clone().application_name("aloftly").options(settings);
        let pool = PgPoolOptions::new()
            .max_connections(options.max_connections)
            .acquire_timeout(options.acquire_timeout)
            // Asking a connection whether it lives takes as long as a small question: one that was used just now is believed.
            .test_before_acquire(false)
            .before_acquire(|connection, meta| {
                Box::pin(async move {
                    if meta.idle_for > FRESH {
                        connection.ping().await?;
                    }
                    Ok(true)
                })
            })
            .connect_with(connect)
            .await?;
        startup::check(&pool).await?;
        let notifier = Notifier::start(pool.clone());
        // Each hash takes 19 MiB and a core.
        let hashing = Arc::new(Semaphore::new(std::thread::available_parallelism().map_or(1, usize::from)));
        let vault = Vault::new(options.master_keys);
        let (sessions, keys) = (SharedReads::new(), SharedReads::new());
        let inner = Inner { pool, clock, hashing, notifier, vault, sessions, keys };
        let catalog = Self { inner: Arc::new(inner) };
        check_master_keys(&catalog).await?;
        Ok(catalog)
    }

    /// Brings the database up to this program's migrations. `owner` is the role that owns the tables; requests never run as it.
    ///
    /// # Errors
    /// When the server cannot be reached or is too old, or a migration fails or differs from the one that was applied.
    pub async fn migrate(owner: &Endpoint) -> Result<(), CatalogError> {
        startup::migrate(owner).await
    }

    /// The rows of one organisation, as far as the context's actor may see them.
    #[must_use]
    pub fn tenant(&self, context: impl Into<TenantContext>) -> Tenant {
        Tenant::new(self.clone(), context.into())
    }

    /// Every organisation, oldest first, for work that the program does by itself.
    ///
    /// # Errors
    /// When the database is unavailable.
    pub async fn organizations(&self, reason: &'static str) -> Result<Vec<SystemContext>, CatalogError> {
        let mut transaction = self.begin(Scope::System).await?;
        let ids = sqlx::query_scalar!("SELECT id FROM organizations ORDER BY created_at, id")
            .fetch_all(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(ids.into_iter().map(|id| SystemContext::new(id.into(), reason)).collect())
    }

    /// Hints that stores have new versions and that syncs are further, from every process. A hint may be lost: whoever depends on it also polls.
    ///
    /// # Errors
    /// When the database is unavailable.
    pub async fn changes(&self) -> Result<Changes, CatalogError> {
        Changes::listen(&self.inner.pool).await
    }

    /// Asks the database for nothing, to see whether it answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&self) -> Result<(), CatalogError> {
        sqlx::query("SELECT 1").execute(&self.inner.pool).await?;
        Ok(())
    }

    /// Sends what is still to be told, and closes every connection.
    pub async fn close(&self) {
        self.inner.notifier.flush().await;
        self.inner.pool.close().await;
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.inner.clock
    }

    pub(crate) fn hashing(&self) -> Arc<Semaphore> {
        Arc::clone(&self.inner.hashing)
    }

    pub(crate) fn vault(&self) -> &Vault {
        &self.inner.vault
    }

    /// Sessions, by the SHA-256 of their tokens and whether the stores that can be asked about in them are wanted too.
    pub(crate) fn shared_sessions(&self) -> &SharedReads<([u8; 32], bool), Option<Authenticated>> {
        &self.inner.sessions
    }

    /// API keys, in the same way.
    pub(crate) fn shared_keys(&self) -> &SharedReads<([u8; 32], bool), Option<AuthenticatedKey>> {
        &self.inner.keys
    }

    pub(crate) fn notifier(&self) -> &Notifier {
        &self.inner.notifier
    }

    /// A transaction that sees what the scope says. The settings are local to it: commit, rollback and a dropped connection
    /// all end them.
    pub(crate) async fn begin(&self, scope: Scope<'_>) -> Result<PgTransaction<'static>, CatalogError> {
        let mut transaction = self.inner.pool.begin().await?;
        narrow(&mut transaction, scope).await?;
        Ok(transaction)
    }

    /// For the functions that read in one statement, with a scope of their own (`migrations/0008_reads.sql`).
    pub(crate) fn reads(&self) -> &PgPool {
        &self.inner.pool
    }

    #[cfg(feature = "testing")]
    pub(crate) fn pool(&self) -> &PgPool {
        &self.inner.pool
    }
}

/// What policies read; all but one are empty.
#[derive(Default)]
struct Settings<'a> {
    organization: String,
    user: String,
    email: &'a str,
    session: String,
    api_key: String,
    token: String,
    identity: String,
    embed: &'a str,
    system: &'a str,
}

/// Gives a running transaction another scope. One that brings data in keeps its role until it ends.
pub(crate) async fn narrow(transaction: &mut PgTransaction<'static>, scope: Scope<'_>) -> Result<(), CatalogError> {
    let mut settings = Settings::default();
    let ingests = matches!(scope, Scope::Ingest(_) | Scope::Queue);
    match scope {
        Scope::Organization(id) | Scope::Ingest(id) => settings.organization = id.to_string(),
        Scope::User(id) => settings.user = id.to_string(),
        Scope::Email(address) => settings.email = address,
        Scope::Session(hash) => settings.session = hex::encode(hash),
        Scope::ApiKey(hash) => settings.api_key = hex::encode(hash),
        Scope::Token(hash) => settings.token = hex::encode(hash),
        Scope::Identity(identity) => settings.identity = format!("{} {}", identity.issuer, identity.subject),
        Scope::Embed(key) => settings.embed = key,
        Scope::System | Scope::Queue => settings.system = "on",
    }
    sqlx::query!(
        "SELECT set_config('aloftly.org_id', $1, true) AS a, set_config('aloftly.user_id', $2, true) AS b,
            set_config('aloftly.email', $3, true) AS c, set_config('aloftly.session', $4, true) AS d,
            set_config('aloftly.system', $5, true) AS e, set_config('aloftly.token', $6, true) AS f,
            set_config('aloftly.identity', $7, true) AS g, set_config('aloftly.api_key', $8, true) AS h,
            set_config('aloftly.embed', $10, true) AS j,
            CASE WHEN $9 THEN set_config('role', 'aloftly_ingest', true) END AS i",
        settings.organization,
        settings.user,
        settings.email,
        settings.session,
        settings.system,
        settings.token,
        settings.identity,
        settings.api_key,
        ingests,
        settings.embed,
    )
    .fetch_one(&mut **transaction)
    .await?;
    Ok(())
}
