//! Databases for tests: one cluster per test run, one database per test.
//!
//! The cluster is made at first use, in a temporary folder, and goes when the run ends, however it ends: a small shell waits for
//! the end of the process that runs the tests. That is this process or, where every test is a process of its own (nextest), the
//! one that started them all.

use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::{CommandExt, parent_id};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use aloftly_engine::clock::{Clock, SystemClock};
use chrono::Weekday;
use secrecy::ExposeSecret as _;
use sqlx::{AssertSqlSafe, Connection, PgConnection, PgTransaction};
use tokio::sync::OnceCell;

use crate::cluster::{Cluster, ClusterOptions};
use crate::plans::Tier;
use crate::{
    ApiKeyToken, Catalog, CatalogOptions, ConnectionId, DeliveryId, Endpoint, KeyScope, LocalMasterKeys, MasterKeys,
    NewApiKey, NewOrganization, NewStore, OrgRole, OrganizationId, Origin, Provisioned, SignedIn, SystemContext,
    Tenant, UserId, passwords,
};

const TEMPLATE: &str = "aloftly";

static CLUSTER: OnceCell<Cluster> = OnceCell::const_new();
static NAMES: AtomicU32 = AtomicU32::new(0);

/// A migrated, empty database of its own.
#[derive(Debug)]
pub struct TestDatabase {
    catalog: Catalog,
    clock: Arc<dyn Clock>,
    master_keys: Arc<dyn MasterKeys>,
    name: String,
    app: Endpoint,
    owner: Endpoint,
    superuser: Endpoint,
}

impl TestDatabase {
    /// A database with the machine's clock.
    ///
    /// # Panics
    /// When there is no PostgreSQL to make it with.
    pub async fn new() -> Self {
        Self::with_clock(Arc::new(SystemClock)).await
    }

    /// A database with that clock.
    ///
    /// # Panics
    /// When there is no PostgreSQL to make it with.
    #[allow(clippy::expect_used, reason = "for tests")]
    pub async fn with_clock(clock: Arc<dyn Clock>) -> Self {
        let cluster = CLUSTER.get_or_init(start).await;
        let name = format!("test_{}_{}", std::process::id(), NAMES.fetch_add(1, Ordering::Relaxed));
        let superuser = cluster.superuser();
        let mut connection = PgConnection::connect_with(superuser.options()).await.expect("the test cluster runs");
        // A template must not be in use while it is copied.
        sqlx::raw_sql("SELECT pg_advisory_lock(1)").execute(&mut connection).await.expect("the lock can be taken");
        Catalog::migrate(&cluster.owner()).await.expect("the migrations apply");
        for statement in [
            format!("CREATE DATABASE {name} TEMPLATE {TEMPLATE} OWNER aloftly_owner"),
            format!("REVOKE ALL ON DATABASE {name} FROM PUBLIC"),
            format!("GRANT CONNECT ON DATABASE {name} TO aloftly_app"),
        ] {
            sqlx::raw_sql(AssertSqlSafe(statement))
                .execute(&mut connection)
                .await
                .expect("a test database can be made");
        }
        connection.close().await.expect("the lock can be given back");
        let app = cluster.app().with_database(&name);
        let master_keys = master_keys();
        let mut options = CatalogOptions::new(app.clone(), Arc::clone(&master_keys));
        options.max_connections = 8;
        // A machine that is busy is no reason to fail.
        options.acquire_timeout = Duration::from_secs(120);
        let catalog = Catalog::connect(options, Arc::clone(&clock)).await.expect("a test database can be used");
        Self {
            catalog,
            clock,
            master_keys,
            app,
            owner: cluster.owner().with_database(&name),
            superuser: superuser.with_database(&name),
            name,
        }
    }

    /// The catalog, as requests use it.
    #[must_use]
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// How a server comes to the database.
    #[must_use]
    pub fn options(&self) -> CatalogOptions {
        CatalogOptions::new(self.app.clone(), Arc::clone(&self.master_keys))
    }

    /// The clock that it was made with.
    #[must_use]
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// As the role that requests run as.
    #[must_use]
    pub fn app(&self) -> &Endpoint {
        &self.app
    }

    /// As the role that owns the tables.
    #[must_use]
    pub fn owner(&self) -> &Endpoint {
        &self.owner
    }

    /// As the superuser, who sees all.
    #[must_use]
    pub fn superuser(&self) -> &Endpoint {
        &self.superuser
    }

    /// A token with that header and these claims, signed as access tokens are.
    ///
    /// # Panics
    /// When the cluster is gone.
    #[allow(clippy::expect_used, reason = "for tests")]
    pub async fn sign(&self, header: &str, claims: &str) -> String {
        self.catalog.sign_anything(header, claims).await.expect("there is a key")
    }

    /// Breaks the connections on which this database's listeners wait for notifications.
    ///
    /// # Panics
    /// When the cluster is gone.
    #[allow(clippy::expect_used, reason = "for tests")]
    pub async fn cut_off_listeners(&self) {
        let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid() AND query ILIKE 'LISTEN%'";
        let mut superuser = self.connect(&self.superuser).await;
        sqlx::raw_sql(cut).execute(&mut superuser).await.expect("listeners can be cut off");
    }

    /// A connection of the test's own.
    ///
    /// # Panics
    /// When the cluster is gone.
    #[allow(clippy::expect_used, reason = "for tests")]
    pub async fn connect(&self, endpoint: &Endpoint) -> PgConnection {
        PgConnection::connect_with(endpoint.options()).await.expect("the test cluster runs")
    }

    /// The pool that the catalog's transactions come from.
    #[must_use]
    pub fn pool(&self) -> &sqlx::PgPool {
        self.catalog.pool()
    }

    /// A transaction of that tenant's, as all its work is done in.
    ///
    /// # Panics
    /// When the cluster is gone.
    #[allow(clippy::expect_used, reason = "for tests")]
    pub async fn transaction(&self, tenant: &Tenant) -> PgTransaction<'static> {
        tenant.begin().await.expect("a transaction can be begun")
    }

    /// An organisation of that name with one workspace, one store (New York, USD, weeks from Monday) and the owner
    /// `owner@<name>.test`, whose password is [`PASSWORD`].
    ///
    /// # Panics
    /// When the name is taken.
    #[allow(clippy::expect_used, reason = "for tests")]
    pub async fn organization(&self, name: &str) -> (Tenant, Provisioned) {
        let new = NewOrganization {
            name: name.to_owned(),
            plan: Tier::Enterprise,
            workspace: format!("{name} workspace"),
            owner_email: format!("owner@{name}.test"),
            owner_name: format!("{name} owner"),
            owner_password: PASSWORD.to_owned(),
            stores: vec![NewStore {
                name: format!("{name} store"),
                currency: "USD".to_owned(),
                timezone: chrono_tz::America::New_York,
                week_start: Weekday::Mon,
            }],
        };
        let made = self.catalog.provision_organization(&new).await.expect("the organisation can be made");
        (self.catalog.tenant(SystemContext::new(made.organization, "a test")), made)
    }

    /// Another person in an organisation, whose password is [`PASSWORD`], too. Somebody who is known by that address joins it.
    ///
    /// # Panics
    /// When they belong to it already.
    #[allow(clippy::expect_used, reason = "for tests")]
    pub async fn member(&self, organization: OrganizationId, email: &str, role: OrgRole) -> UserId {
        let now = self.clock.now();
        let hash = passwords::hash(&self.catalog, PASSWORD).await.expect("a password can be hashed");
        let mut superuser = self.connect(&self.superuser).await;
        let user: uuid::Uuid = sqlx::query_scalar(
            "WITH person AS (
                INSERT INTO users (id, email, name, created_at) VALUES ($1, $2, $2, $5)
                ON CONFLICT (email) DO UPDATE SET name = users.name RETURNING id
            ), password AS (
                INSERT INTO user_passwords (user_id, password_hash, changed_at) SELECT id, $3, $5 FROM person ON CONFLICT DO NOTHING
            )
            INSERT INTO org_members (org_id, user_id, role, created_at) SELECT $4, id, $6, $5 FROM person RETURNING user_id",
        )
        .bind(self.clock.new_id())
        .bind(email)
        .bind(hash)
        .bind(organization.0)
        .bind(now)
        .bind(role.as_str())
        .fetch_one(&mut superuser)
        .await
        .expect("a member can be added");
        UserId(user)
    }

    /// The rows of the organisation that they joined first, as that person may see them, who signs in from nowhere in particular.
    ///
    /// # Panics
    /// When nobody has that address and [`PASSWORD`].
    #[allow(clippy::expect_used, reason = "for tests")]
    pub async fn as_person(&self, email: &str) -> (Tenant, SignedIn) {
        let entry = self.catalog.sign_in(email, PASSWORD, &Origin::default()).await.expect("they can sign in");
        let signed_in = entry.signed_in().expect("they have no second factor");
        (self.catalog.tenant(signed_in.context.clone()), signed_in)
    }

    /// The token of a key that the person with that address, an admin, makes in the organisation that they joined first. With no scope at
    /// all, too, which nobody else can make.
    ///
    /// # Panics
    /// When they may not.
    #[allow(clippy::expect_used, reason = "for tests")]
    pub async fn api_key(&self, email: &str, scopes: &[KeyScope]) -> ApiKeyToken {
        let (maker, _) = self.as_person(email).await;
        let made_with = if scopes.is_empty() { &[KeyScope::MetricsRead] } else { scopes };
        let scopes_made = made_with.iter().copied().collect();
        let new = NewApiKey { name: "a test".to_owned(), scopes: scopes_made, workspace: None, expires_at: None };
        let (key, token) = maker.create_api_key(&new).await.expect("they may make keys");
        if scopes.is_empty() {
            let mut superuser = self.connect(&self.superuser).await;
            let take = sqlx::query("UPDATE api_keys SET scopes = '{}' WHERE id = $1").bind(key.id.0);
            take.execute(&mut superuser).await.expect("scopes can be taken away");
        }
        token
    }

    /// Gives the owner of an organisation that [`Self::organization`] made another role there, and a viewer's place in a workspace.
    ///
    /// # Panics
    /// When the database refuses.
    #[allow(clippy::expect_used, reason = "for tests")]
    pub async fn demote_owner(&self, name: &str, workspace: &str, role: OrgRole) {
        let mut superuser = self.connect(&self.superuser).await;
        let email = format!("owner@{name}.test");
        sqlx::query(
            "WITH changed AS (
                UPDATE org_members SET role = $2 WHERE user_id = (SELECT id FROM users WHERE email = $1) RETURNING org_id, user_id
            )
            INSERT INTO workspace_members (org_id, workspace_id, user_id, role, created_at)
            SELECT changed.org_id, workspace.id, changed.user_id, 'viewer', now() FROM changed
            JOIN workspaces AS workspace ON workspace.org_id = changed.org_id AND workspace.name = $3
            ON CONFLICT DO NOTHING",
        )
        .bind(email)
        .bind(role.as_str())
        .bind(workspace)
        .execute(&mut superuser)
        .await
        .expect("roles can be changed");
    }

    /// Has the database fail whenever an import is put back into the queue, as one that shuts down does; or not any more.
    ///
    /// # Panics
    /// When the cluster is gone.
    #[allow(clippy::expect_used, reason = "for tests")]
    pub async fn refuse_postponements(&self, refuse: bool) {
        let statement = if refuse {
            "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN RAISE EXCEPTION 'the database shuts down' USING ERRCODE = 'admin_shutdown'; END $$;
            CREATE TRIGGER fail BEFORE UPDATE ON imports FOR EACH ROW
                WHEN (OLD.status = 'running' AND NEW.status = 'queued') EXECUTE FUNCTION fail()"
        } else {
            "DROP TRIGGER fail ON imports; DROP FUNCTION fail()"
        };
        let mut connection = self.connect(&self.superuser).await;
        sqlx::raw_sql(statement).execute(&mut connection).await.expect("the trigger can be made and removed");
    }

    /// A delivery to a connection that could not be carried out; the text is in everything that it says.
    ///
    /// # Panics
    /// When there is no such connection, or it had that delivery before.
    #[allow(clippy::expect_used, reason = "for tests")]
    pub async fn dead_letter(&self, organization: OrganizationId, connection: ConnectionId, text: &str) -> DeliveryId {
        let id = self.clock.new_id();
        let mut superuser = self.connect(&self.superuser).await;
        sqlx::query(
            "INSERT INTO webhook_deliveries (
                org_id, id, connection_id, delivery, topic, object, received_at, body, status, attempts, problem_code, problem, settled_at
            ) VALUES ($1, $2, $3, $4, $4, $4, $5, convert_to($4, 'UTF8'), 'dead', 1, 'unexpected_answer', 'It was not understood.', $5)",
        )
        .bind(organization.0)
        .bind(id)
        .bind(connection.0)
        .bind(text)
        .bind(self.clock.now())
        .execute(&mut superuser)
        .await
        .expect("a delivery can be kept");
        DeliveryId(id)
    }

    /// What became of the deliveries to a connection that are over, each behind its name, as `7 rows`; in the order of their names as numbers.
    ///
    /// # Panics
    /// When the cluster is gone.
    #[allow(clippy::expect_used, reason = "for tests")]
    pub async fn outcomes(&self, connection: ConnectionId) -> Vec<String> {
        let mut superuser = self.connect(&self.superuser).await;
        let over =
            "SELECT delivery || ' ' || outcome FROM webhook_deliveries WHERE connection_id = $1 AND status = 'done'
            ORDER BY length(delivery), delivery";
        sqlx::query_scalar(over).bind(connection.0).fetch_all(&mut superuser).await.expect("deliveries can be listed")
    }

    /// Looks for a text, whatever its case, in every column that can hold one, of the rows of an organisation and of
    /// its people. Bytes are looked through as they are.
    ///
    /// # Panics
    /// When the cluster is gone.
    #[allow(clippy::expect_used, reason = "for tests")]
    pub async fn look_for(&self, organization: OrganizationId, text: &str) -> Vec<TextColumn> {
        let mut superuser = self.connect(&self.superuser).await;
        let columns: Vec<(String, String, String, String)> = sqlx::query_as(include_str!("sql/text_columns.sql"))
            .fetch_all(&mut superuser)
            .await
            .expect("columns can be listed");
        let mut looked_through = Vec::new();
        for (table, column, kind, whose) in columns {
            let is_bytes = kind == "bytea";
            let cell = if is_bytes { format!("encode(\"{column}\", 'escape')") } else { format!("\"{column}\"::text") };
            let holding = format!("count(*) FILTER (WHERE strpos(lower({cell}), $2) > 0)");
            let count = format!("SELECT count(*), {holding} FROM \"{table}\" WHERE {whose}");
            let (rows, holding): (i64, i64) = sqlx::query_as(AssertSqlSafe(count))
                .bind(organization.0)
                .bind(text.to_lowercase())
                .fetch_one(&mut superuser)
                .await
                .expect("a column can be looked through");
            looked_through.push(TextColumn { table, column, rows, holding });
        }
        looked_through
    }

    /// Closes the connections and drops the database. Without it the database stays until the process ends.
    ///
    /// # Panics
    /// When the cluster is gone.
    #[allow(clippy::expect_used, reason = "for tests")]
    pub async fn close(self) {
        self.catalog.close().await;
        let mut connection = PgConnection::connect_with(self.superuser.with_database("postgres").options())
            .await
            .expect("the cluster runs");
        let statement = format!("DROP DATABASE {} WITH (FORCE)", self.name);
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut connection).await.expect("the database can be dropped");
    }
}

/// A column that can hold text, and in how many of its rows a text was found ([`TestDatabase::look_for`]).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextColumn {
    /// Its table.
    pub table: String,
    /// Its name.
    pub column: String,
    /// How many rows there are, whatever they hold.
    pub rows: i64,
    /// In how many of them the text is.
    pub holding: i64,
}

/// The password of every owner that [`TestDatabase::organization`] makes.
pub const PASSWORD: &str = "correct horse battery staple";

/// A master key that nothing else has.
///
/// # Panics
/// When the machine gives no random numbers.
#[must_use]
#[allow(clippy::expect_used, reason = "for tests")]
pub fn master_keys() -> Arc<dyn MasterKeys> {
    let made = LocalMasterKeys::generate().expect("there are random numbers");
    Arc::new(LocalMasterKeys::parse(made.expose_secret()).expect("what is made is fit"))
}

#[allow(clippy::expect_used, reason = "for tests")]
async fn start() -> Cluster {
    // Under /tmp and not under TMPDIR, which may be closed to the user that Postgres runs as.
    let (folder, watched) = match std::env::var("NEXTEST_RUN_ID") {
        Ok(run) => (PathBuf::from(format!("/tmp/aloftly-test-{run}")), parent_id()),
        Err(_) => (PathBuf::from(format!("/tmp/aloftly-test-{}", std::process::id())), std::process::id()),
    };
    std::fs::create_dir_all(&folder).expect("/tmp takes folders");
    std::fs::set_permissions(&folder, PermissionsExt::from_mode(0o755)).expect("the folder is ours");
    let cluster = Cluster::start(ClusterOptions { data_folder: folder.clone(), binaries: None, durable: false }).await;
    let cluster = cluster.expect("a PostgreSQL is installed");
    if !cluster.joined() {
        sweep_after(&folder, watched);
    }
    cluster
}

/// Ends the server by the id in its own file, and removes the folder, once that process is gone.
#[allow(clippy::expect_used, reason = "for tests")]
#[allow(clippy::zombie_processes, reason = "the shell outlives this process: it clears up after it")]
fn sweep_after(folder: &Path, watched: u32) {
    const SWEEP: &str = r#"
        trap '' INT TERM HUP
        while kill -0 "$2" 2>/dev/null; do sleep 1; done
        file="$1/postgres/data/postmaster.pid"
        if [ -f "$file" ]; then
            kill -QUIT "$(head -n 1 "$file")"
            for _ in 1 2 3 4 5 6 7 8 9 10; do [ -f "$file" ] || break; sleep 0.3; done
        fi
        rm -rf "$1"
    "#;
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", SWEEP, "sweep"]).arg(folder).arg(watched.to_string()).process_group(0);
    shell.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("there is a shell");
}
