//! What every command that touches data works with: the database, the object store and the lake over the two.

use std::sync::Arc;

use aloftly_catalog::cluster::{Cluster, ClusterOptions};
use aloftly_catalog::{Catalog, CatalogError, CatalogOptions, Endpoint, Tenant};
use aloftly_engine::StoreId;
use aloftly_engine::clock::Clock;
use aloftly_engine::lake::{Lake, LakeOptions, StoreLake};
use anyhow::Context as _;
use secrecy::{ExposeSecret as _, SecretString};

use super::folders;
use super::freshness::Followed;
use super::live::Live;
use super::master_key::{self, Found};
use super::objects::Objects;
use super::scratch::Scratch;
use crate::config::Config;
use crate::http::problem::Chain;

/// The database, the object store and the lake. Cheap to clone; [`Backend::close`] it once at the end.
#[derive(Clone, Debug)]
pub struct Backend {
    /// What the process was told.
    pub config: Arc<Config>,
    /// The present instant, and new identifiers.
    pub clock: Arc<dyn Clock>,
    /// Postgres.
    pub catalog: Catalog,
    /// The lake's object store.
    pub objects: Objects,
    /// The lake.
    pub lake: Lake,
    /// A folder for what need not outlive the process.
    pub scratch: Arc<Scratch>,
    /// The stores that were asked about lately.
    pub followed: Followed,
    /// Who watches which store here.
    pub live: Live,
    cluster: Option<Cluster>,
}

impl Backend {
    /// Connects to everything. Without a database URL the private cluster is started (or joined) and migrated first.
    ///
    /// # Errors
    /// Something cannot be reached or is not fit for use; the message names the option to look at.
    pub async fn open(config: Arc<Config>, clock: Arc<dyn Clock>) -> anyhow::Result<Self> {
        // First of all, and closed to others: everything else is made in it.
        folders::make_data_dir(&config.data_dir)
            .with_context(|| format!("cannot use the folder {}", config.data_dir.display()))?;
        let Some(url) = &config.database_url else {
            let masters = master_key::given_or_kept(&config)?;
            let cluster = Cluster::start(ClusterOptions::new(&config.data_dir))
                .await
                .context("cannot use the private database (set DATABASE_URL to use one of your own)")?;
            // Whatever fails from here on, what was started is left in order.
            let opened = Self::with_cluster(config, clock, &cluster, masters).await;
            if opened.is_err() {
                leave(cluster).await;
            }
            return opened;
        };
        let masters = master_key::given(&config)?;
        let endpoint = endpoint("DATABASE_URL", url)?;
        let catalog = connect(endpoint, &clock, &masters).await.context("cannot use DATABASE_URL")?;
        Self::over(config, clock, catalog)
    }

    async fn with_cluster(
        config: Arc<Config>,
        clock: Arc<dyn Clock>,
        cluster: &Cluster,
        mut masters: Found,
    ) -> anyhow::Result<Self> {
        Catalog::migrate(&cluster.owner()).await.context("cannot bring the private database up to date")?;
        let cannot = "cannot use the private database";
        let mut catalog = connect(cluster.app(), &clock, &masters).await.context(cannot)?;
        // Only now: a key that is lost must not be replaced by another one.
        if !masters.keep()? {
            catalog.close().await;
            catalog = connect(cluster.app(), &clock, &masters).await.context(cannot)?;
        }
        let backend = Self::over(config, clock, catalog)?;
        Ok(Self { cluster: Some(cluster.clone()), ..backend })
    }

    /// A backend over a database that somebody else looks after.
    ///
    /// # Errors
    /// The object store or the scratch folder cannot be used.
    pub fn over(config: Arc<Config>, clock: Arc<dyn Clock>, catalog: Catalog) -> anyhow::Result<Self> {
        let objects = Objects::open(config.store_url.as_ref(), &config.lake_dir())?;
        let scratch = Scratch::open(&config.scratch_dir(), &*clock)
            .with_context(|| format!("cannot use the folder {}", config.scratch_dir().display()))?;
        let lake = open_lake(&config, &objects, &scratch, &clock)?;
        Ok(Self {
            config,
            clock,
            catalog,
            objects,
            lake,
            scratch: Arc::new(scratch),
            followed: Followed::default(),
            live: Live::default(),
            cluster: None,
        })
    }

    /// A store's lake, as far as the tenant's actor may see it.
    #[must_use]
    pub fn store_lake(&self, tenant: &Tenant, store: StoreId) -> StoreLake {
        self.followed.add(store, tenant.context().organization());
        self.lake.open(tenant.manifest(), store)
    }

    /// Starts the private cluster again if it died. True if it had to be started.
    ///
    /// # Errors
    /// It does not start.
    pub async fn ensure_database(&self) -> anyhow::Result<bool> {
        match &self.cluster {
            Some(cluster) => Ok(cluster.ensure_running().await?),
            None => Ok(false),
        }
    }

    /// Closes the database's connections and leaves the private cluster, which the last of its users stops.
    ///
    /// # Errors
    /// The cluster does not stop.
    pub async fn close(self) -> anyhow::Result<()> {
        self.catalog.close().await;
        if let Some(cluster) = self.cluster {
            cluster.stop().await.context("cannot stop the private database")?;
        }
        Ok(())
    }
}

/// Brings the tables up to date, as the role that owns them.
///
/// # Errors
/// No owner's URL was given although the database is not the private one, or the migration failed.
pub async fn migrate(config: &Config) -> anyhow::Result<()> {
    if let Some(url) = &config.migration_database_url {
        let owner = endpoint("ALOFTLY_MIGRATION_DATABASE_URL", url)?;
        return Catalog::migrate(&owner).await.context("cannot migrate the database of ALOFTLY_MIGRATION_DATABASE_URL");
    }
    anyhow::ensure!(
        config.database_url.is_none(),
        "set ALOFTLY_MIGRATION_DATABASE_URL to the database as the role that owns the tables; the role of DATABASE_URL may \
         not change them"
    );
    let cluster =
        Cluster::start(ClusterOptions::new(&config.data_dir)).await.context("cannot use the private database")?;
    let migrated = Catalog::migrate(&cluster.owner()).await.context("cannot migrate the private database");
    if migrated.is_err() {
        leave(cluster).await;
        return migrated;
    }
    cluster.stop().await.context("cannot stop the private database")?;
    Ok(())
}

/// Leaves the private database when something else has failed, which is what its user has to hear of.
async fn leave(cluster: Cluster) {
    if let Err(error) = cluster.stop().await {
        tracing::warn!(error = %Chain(&error), "cannot stop the private database");
    }
}

async fn connect(endpoint: Endpoint, clock: &Arc<dyn Clock>, masters: &Found) -> anyhow::Result<Catalog> {
    let options = CatalogOptions::new(endpoint, Arc::new(masters.keys.clone()));
    Catalog::connect(options, Arc::clone(clock)).await.map_err(|error| masters.explain(error))
}

fn endpoint(name: &str, url: &SecretString) -> anyhow::Result<Endpoint> {
    Endpoint::from_url(url.expose_secret())
        .map_err(|error: CatalogError| anyhow::anyhow!("{name}: {error} (its value is not shown)"))
}

fn open_lake(config: &Config, objects: &Objects, scratch: &Scratch, clock: &Arc<dyn Clock>) -> anyhow::Result<Lake> {
    let memory = usize::try_from(config.query_memory_limit).unwrap_or(usize::MAX);
    let options = LakeOptions {
        disk_reserve: config.disk_reserve,
        local_root: objects.local_root.clone(),
        query_memory: memory,
        block_memory: config.cache_memory,
        block_disk: config.cache_disk,
        store_counters: Arc::clone(&objects.counters),
        parallelism: config.query_threads,
        grace: config.lake_grace,
        ..LakeOptions::new(scratch.path().to_owned())
    };
    Lake::new(Arc::clone(&objects.store), options, Arc::clone(clock))
        .with_context(|| format!("cannot use the folder {}", scratch.path().display()))
}
