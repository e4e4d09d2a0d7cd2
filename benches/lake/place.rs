//! Where the lake is measured: a durable private Postgres, and folders for objects and spools, which all go at the end.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

use aloftly_catalog::cluster::{Cluster, ClusterOptions};
use aloftly_catalog::plans::Tier;
use aloftly_catalog::testing::master_keys;
use aloftly_catalog::{
    Catalog, CatalogOptions, LocalMasterKeys, MasterKeys, NewOrganization, NewStore, SystemContext, Tenant,
};
use aloftly_engine::StoreId;
use aloftly_engine::clock::Clock;
use aloftly_engine::lake::{Lake, LakeOptions, StoreLake};
use aloftly_engine::metrics::StoreScope;
use anyhow::Context as _;
use object_store::ObjectStore;
use object_store::local::LocalFileSystem;
use tempfile::TempDir;

use crate::counted::Counted;
use crate::report::Times;

/// How all of it is run.
#[derive(Clone, Debug)]
pub(crate) struct Setting {
    /// Where folders are made.
    pub(crate) base: PathBuf,
    /// Sizes for trying out.
    pub(crate) quick: bool,
    /// The server.
    pub(crate) binary: PathBuf,
    /// The object store of the benchmark that counts requests; a local folder without.
    pub(crate) store_url: Option<url::Url>,
}

impl Setting {
    /// A folder that others, such as Postgres's user, may pass through; it goes when it is dropped.
    pub(crate) fn folder(&self) -> anyhow::Result<TempDir> {
        let open = std::fs::Permissions::from_mode(0o755);
        let folder = tempfile::Builder::new().prefix("aloftly-bench-").permissions(open).tempdir_in(&self.base);
        folder.with_context(|| format!("cannot make a folder in {}", self.base.display()))
    }

    /// How long the disk takes to keep a little for good, which bounds commits whatever is done about them.
    pub(crate) fn sync_latency(&self) -> anyhow::Result<Times> {
        use std::io::Write as _;
        let folder = self.folder()?;
        let mut file = std::fs::File::create(folder.path().join("synced"))?;
        let times = (0..100).map(|_| {
            let began = Instant::now();
            file.write_all(&[1; 4_096])?;
            file.sync_data()?;
            Ok(began.elapsed())
        });
        Ok(times.collect::<std::io::Result<Vec<_>>>()?.into())
    }

    /// The first when quick, else the second.
    pub(crate) fn size<T>(&self, quick: T, whole: T) -> T {
        if self.quick { quick } else { whole }
    }
}

/// A Postgres of its own that waits for the disk, with the catalog in it.
pub(crate) struct Database {
    pub(crate) catalog: Catalog,
    cluster: Option<Cluster>,
    /// Kept for its end, after that of the server.
    _folder: Option<TempDir>,
}

impl Database {
    /// A new one.
    pub(crate) async fn new(setting: &Setting, clock: Arc<dyn Clock>) -> anyhow::Result<Self> {
        let folder = setting.folder()?;
        Self::open(folder.path().to_owned(), Some(folder), clock).await
    }

    /// That of a server's data folder.
    pub(crate) async fn of_server(data: &Path, clock: Arc<dyn Clock>) -> anyhow::Result<Self> {
        Self::open(data.to_owned(), None, clock).await
    }

    async fn open(data: PathBuf, folder: Option<TempDir>, clock: Arc<dyn Clock>) -> anyhow::Result<Self> {
        let masters = match std::fs::read_to_string(data.join("master-key")) {
            Ok(kept) => Arc::new(LocalMasterKeys::parse(&kept)?) as Arc<dyn MasterKeys>,
            Err(_) => master_keys(),
        };
        let cluster = Cluster::start(ClusterOptions::new(data)).await.context("cannot start Postgres")?;
        Catalog::migrate(&cluster.owner()).await?;
        let catalog = Catalog::connect(CatalogOptions::new(cluster.app(), masters), clock).await?;
        Ok(Self { catalog, cluster: Some(cluster), _folder: folder })
    }

    /// The processor time that the server has used.
    pub(crate) fn processor_time(&self) -> anyhow::Result<std::time::Duration> {
        let cluster = self.cluster.as_ref().context("Postgres was stopped")?;
        crate::process::tree(cluster.pid().context("Postgres does not run")?)
    }

    /// An organisation with so many stores, in New York's time.
    pub(crate) async fn stores(&self, count: usize) -> anyhow::Result<(Tenant, Vec<StoreId>)> {
        let store = |number: usize| NewStore {
            name: format!("Store {number}"),
            currency: "USD".to_owned(),
            timezone: chrono_tz::America::New_York,
            week_start: chrono::Weekday::Mon,
        };
        let new = NewOrganization {
            plan: Tier::Enterprise,
            name: "Shops".to_owned(),
            workspace: "Main".to_owned(),
            owner_email: "owner@example.com".to_owned(),
            owner_name: "Owner".to_owned(),
            owner_password: "correct horse battery staple".to_owned(),
            stores: (0..count).map(store).collect(),
        };
        let made = self.catalog.provision_organization(&new).await?;
        Ok((self.catalog.tenant(SystemContext::new(made.organization, "a benchmark")), made.stores))
    }

    pub(crate) async fn stop(mut self) -> anyhow::Result<()> {
        self.catalog.close().await;
        if let Some(cluster) = self.cluster.take() {
            cluster.stop().await?;
        }
        Ok(())
    }
}

impl Drop for Database {
    /// A benchmark that failed, or was interrupted, leaves no server behind.
    fn drop(&mut self) {
        if let Some(pid) = self.cluster.as_ref().and_then(Cluster::pid) {
            let _ = Command::new("kill").args(["-QUIT", &pid.to_string()]).status();
            for _ in 0..100 {
                if !Path::new(&format!("/proc/{pid}")).exists() {
                    break;
                }
                std::thread::sleep(std::time::Duration::from_millis(50));
            }
        }
    }
}

/// Folders for a lake.
pub(crate) struct Folders {
    folder: TempDir,
}

impl Folders {
    pub(crate) fn new(setting: &Setting) -> anyhow::Result<Self> {
        let folder = setting.folder()?;
        std::fs::create_dir(folder.path().join("objects"))?;
        std::fs::create_dir(folder.path().join("spool"))?;
        Ok(Self { folder })
    }

    pub(crate) fn objects(&self) -> PathBuf {
        self.folder.path().join("objects")
    }

    /// A new folder's counted object store.
    pub(crate) fn counted(&self) -> anyhow::Result<Counted> {
        Ok(Counted::over(Arc::new(LocalFileSystem::new_with_prefix(self.objects())?)))
    }

    /// The settings of a server's lake over the folder.
    pub(crate) fn options(&self) -> LakeOptions {
        LakeOptions { local_root: Some(self.objects()), ..LakeOptions::new(self.folder.path().join("spool")) }
    }

    /// A lake that has read nothing yet.
    pub(crate) fn lake(&self, store: &Counted, clock: &Arc<dyn Clock>) -> anyhow::Result<Lake> {
        let store: Arc<dyn ObjectStore> = Arc::new(store.clone());
        Ok(Lake::new(store, self.options(), Arc::clone(clock))?)
    }
}

/// A store as queries see it.
pub(crate) fn scope(id: StoreId) -> StoreScope {
    StoreScope {
        id,
        name: "Store".to_owned(),
        currency: "USD".to_owned(),
        timezone: chrono_tz::America::New_York,
        week_start: chrono::Weekday::Mon,
        readings: BTreeMap::new(),
    }
}

/// Everything that a store holds of a dataset: how many rows, and the sum of a column of amounts in its last decimals.
pub(crate) async fn held(lake: &StoreLake, dataset: &str, amount: &str) -> anyhow::Result<(u64, i128)> {
    use arrow::array::AsArray as _;
    use arrow::datatypes::Decimal128Type;
    let reader = lake.reader(None).await?;
    let plan = reader.scan(crate::rows::dataset(dataset)?, &[amount], None).await?;
    let mut held = (0, 0);
    for batch in reader.session().execute_logical_plan(plan).await?.collect().await? {
        held.0 += batch.num_rows() as u64;
        held.1 += batch.column(0).as_primitive::<Decimal128Type>().iter().flatten().sum::<i128>();
    }
    Ok(held)
}
