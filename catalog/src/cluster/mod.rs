//! A private Postgres, for those who have no server of their own.
//!
//! It lives in `<data folder>/postgres`: the data itself, the socket, the generated passwords, and two locks. It listens on a
//! Unix socket and nowhere else.
//!
//! Promises:
//! - whatever was killed, this process or Postgres, the next start recovers by itself;
//! - several processes may use one cluster; whoever comes first starts it, and the last one to leave stops it;
//! - nothing is stopped by name: only the server whose `postmaster.pid` is in the data folder.
//!
//! A process that is killed leaves its Postgres running; the next one finds it and takes it over.

mod account;
mod binaries;
mod bootstrap;
mod error;
mod lock;
mod log;
mod pid_file;
mod secrets;
mod settings;
mod socket;

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use error::At;
pub use error::ClusterError;
use sqlx::postgres::{PgConnectOptions, PgSslMode};

use self::account::{Account, command};
use self::binaries::Binaries;
use self::lock::Lock;
use self::pid_file::PidFile;
use self::secrets::Secrets;
use crate::{Endpoint, PostgresVersion};

/// The number in the socket's name; nothing listens on a port.
const PORT: u16 = 5432;
/// How long a start (with recovery after a crash) or a stop may take.
const PATIENCE: Duration = Duration::from_secs(120);
/// How long the workers of a server that was killed may take to notice.
const ORPHANS: Duration = Duration::from_secs(20);
const POLL: Duration = Duration::from_millis(50);

/// Where a cluster is and how it is run.
#[derive(Clone, Debug)]
pub struct ClusterOptions {
    /// The product's data folder; the cluster is in its subfolder `postgres`. Made when missing.
    pub data_folder: PathBuf,
    /// The folder of `initdb`, `pg_ctl` and `postgres`; looked for when `None`.
    pub binaries: Option<PathBuf>,
    /// Whether a commit waits for the disk. Only tests say no.
    pub durable: bool,
}

impl ClusterOptions {
    /// A durable cluster in `data_folder`.
    #[must_use]
    pub fn new(data_folder: impl Into<PathBuf>) -> Self {
        Self { data_folder: data_folder.into(), binaries: None, durable: true }
    }
}

/// Whether leaving a cluster stopped it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    /// This was the last user: the server was shut down in order.
    Stopped,
    /// Another process still uses it.
    Running,
}

/// A private Postgres in use by this process. Leave it with [`Cluster::stop`].
#[derive(Clone, Debug)]
pub struct Cluster {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    home: PathBuf,
    data: PathBuf,
    socket: PathBuf,
    binaries: Binaries,
    account: Option<Account>,
    durable: bool,
    secrets: Secrets,
    joined: bool,
    in_use: Lock,
}

impl Cluster {
    /// Starts the cluster, or joins it when it runs; makes it when there is none yet.
    ///
    /// # Errors
    /// When no fit PostgreSQL is installed, its folders cannot be used, or it does not start: the message says what to do.
    pub async fn start(options: ClusterOptions) -> Result<Self, ClusterError> {
        let (starting, inner) = tokio::task::spawn_blocking(move || Inner::start(&options)).await??;
        let cluster = Self { inner: Arc::new(inner) };
        // Also after joining: whoever started it may have been killed before this.
        bootstrap::run(&cluster.superuser(), &cluster.inner.secrets).await?;
        drop(starting);
        Ok(cluster)
    }

    /// For requests: the role that row-level security binds.
    #[must_use]
    pub fn app(&self) -> Endpoint {
        self.inner.endpoint("aloftly_app", &self.inner.secrets.app, bootstrap::DATABASE)
    }

    /// For migrations: the role that owns the tables.
    #[must_use]
    pub fn owner(&self) -> Endpoint {
        self.inner.endpoint("aloftly_owner", &self.inner.secrets.owner, bootstrap::DATABASE)
    }

    /// For what only the cluster's superuser may do, such as making databases. Connected to `postgres`.
    #[must_use]
    pub fn superuser(&self) -> Endpoint {
        self.inner.endpoint("postgres", &self.inner.secrets.superuser, "postgres")
    }

    /// The version of the programs that run it.
    #[must_use]
    pub fn version(&self) -> PostgresVersion {
        self.inner.binaries.version
    }

    /// The folder of the data, the socket and the logs.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.inner.home
    }

    /// Whether it ran already when this process came.
    #[must_use]
    pub fn joined(&self) -> bool {
        self.inner.joined
    }

    /// The server's process id, while it runs.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        let file = PidFile::read(&self.inner.data).filter(|file| file.is_alive(&self.inner.data))?;
        u32::try_from(file.pid).ok()
    }

    /// Starts the server again if it died. True if it had to be started.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn ensure_running(&self) -> Result<bool, ClusterError> {
        let inner = Arc::clone(&self.inner);
        tokio::task::spawn_blocking(move || {
            if PidFile::read(&inner.data).is_some_and(|file| file.is_alive(&inner.data)) {
                return Ok(false);
            }
            let _starting = inner.starting()?;
            inner.run().map(|joined| !joined)
        })
        .await?
    }

    /// Leaves the cluster: the last of its users shuts it down in order, which ends connections that are still open.
    ///
    /// # Errors
    /// When it does not stop.
    pub async fn stop(self) -> Result<Left, ClusterError> {
        tokio::task::spawn_blocking(move || self.inner.stop()).await?
    }
}

impl Inner {
    /// Everything up to a server that takes connections. The returned lock keeps other processes waiting until it is dropped.
    fn start(options: &ClusterOptions) -> Result<(Lock, Self), ClusterError> {
        let is_root = rustix::process::geteuid().is_root();
        // As root, Postgres's own user has to pass through, and nobody else has to see what is in it.
        make_folder(&options.data_folder, if is_root { 0o711 } else { 0o700 })?;
        let home = options.data_folder.canonicalize().at(&options.data_folder)?.join("postgres");
        make_folder(&home, if is_root { 0o711 } else { 0o700 })?;
        let starting = Lock::open(&home.join("start.lock"))?;
        starting.exclusive(PATIENCE)?;
        let in_use = Lock::open(&home.join("in-use.lock"))?;
        in_use.shared(PATIENCE)?;

        let data = home.join("data");
        let account = Account::choose(&data)?;
        if let Some(account) = &account {
            account.check_reaches(&home)?;
        }
        let written_by = written_by(&data)?;
        let binaries = binaries::find(
            options.binaries.as_deref(),
            std::env::var_os("PATH").as_deref(),
            written_by.map(|major| (major, data.as_path())),
        )?;
        let secrets_file = home.join("secrets.json");
        let secrets = match written_by {
            Some(_) => Secrets::read(&secrets_file)?,
            None => Secrets::read_or_create(&secrets_file)?,
        };
        let socket = socket::folder(&home, &std::env::temp_dir(), account.as_ref())?;
        let mut inner =
            Self { home, data, socket, binaries, account, durable: options.durable, secrets, joined: false, in_use };
        if written_by.is_none() {
            inner.initialize()?;
        }
        inner.joined = inner.run()?;
        if inner.joined
            && let Some(socket) = PidFile::read(&inner.data).and_then(|file| file.socket)
        {
            inner.socket = socket;
        }
        Ok((starting, inner))
    }

    fn starting(&self) -> Result<Lock, ClusterError> {
        let lock = Lock::open(&self.home.join("start.lock"))?;
        lock.exclusive(PATIENCE)?;
        Ok(lock)
    }

    fn endpoint(&self, role: &str, password: &str, database: &str) -> Endpoint {
        Endpoint::from_options(
            PgConnectOptions::new_without_pgpass()
                .socket(&self.socket)
                .port(PORT)
                .username(role)
                .password(password)
                .database(database)
                .ssl_mode(PgSslMode::Disable),
        )
    }

    /// Makes the cluster's files beside their place and moves them there when they are whole.
    fn initialize(&self) -> Result<(), ClusterError> {
        let new = self.home.join("data.new");
        match fs::remove_dir_all(&new) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error).at(&new),
            _ => {}
        }
        DirBuilder::new().mode(0o700).create(&new).at(&new)?;
        let password = self.home.join("password");
        secrets::write_private(&password, self.secrets.superuser.as_bytes())?;
        if let Some(account) = &self.account {
            account.own(&new)?;
            account.own(&password)?;
        }
        let mut initdb = command(&self.binaries.initdb(), self.account.as_ref());
        initdb.arg("--pgdata").arg(&new).arg("--pwfile").arg(&password);
        initdb.args([
            "--username=postgres",
            "--encoding=UTF8",
            "--auth=scram-sha-256",
            "--data-checksums",
            "--locale=C",
        ]);
        if self.binaries.version.major >= 17 {
            initdb.args(["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]);
        }
        if !self.durable {
            initdb.arg("--no-sync");
        }
        let output = initdb.output().at(&self.binaries.initdb());
        fs::remove_file(&password).at(&password)?;
        let output = output?;
        if !output.status.success() {
            let said = [output.stdout, output.stderr].concat();
            return Err(ClusterError::Program { program: "initdb", output: log::last_lines(&said) });
        }
        fs::rename(&new, &self.data).at(&self.data)
    }

    /// Waits for the server that runs, or starts one. True if one ran.
    fn run(&self) -> Result<bool, ClusterError> {
        let since = Instant::now();
        while let Some(file) = PidFile::read(&self.data)
            && file.is_alive(&self.data)
        {
            if file.ready {
                return Ok(true);
            }
            if since.elapsed() > PATIENCE {
                return Err(ClusterError::Program { program: "postgres", output: log::end(&self.data) });
            }
            std::thread::sleep(POLL); // it is starting, or stopping
        }
        if pid_file::disarm_stale(&self.data)? {
            tracing::warn!(folder = %self.data.display(), "a dead server's process id had gone to another process");
        }
        self.write_settings()?;
        loop {
            let output = self.pg_ctl("start").args(["-s", "-l"]).arg(self.data.join("start.log")).output();
            let output = output.at(&self.binaries.pg_ctl())?;
            if output.status.success() {
                tracing::info!(version = %self.binaries.version, folder = %self.home.display(), "the private Postgres runs");
                return Ok(false);
            }
            let said = log::end(&self.data);
            // After a kill -9 the workers of the dead server need a moment to notice that they are orphans.
            if !said.contains("is still in use") || since.elapsed() > ORPHANS {
                return Err(ClusterError::Program {
                    program: "pg_ctl start",
                    output: format!("{}\n{said}", log::last_lines(&output.stderr)),
                });
            }
            std::thread::sleep(POLL * 10);
        }
    }

    fn write_settings(&self) -> Result<(), ClusterError> {
        let path = self.data.join("postgresql.conf");
        secrets::write_private(&path, settings::conf(&self.socket, self.durable).as_bytes())?;
        if let Some(account) = &self.account {
            account.own(&path)?;
        }
        let log = self.data.join("start.log");
        match fs::remove_file(&log) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error).at(&log),
            _ => Ok(()),
        }
    }

    fn stop(&self) -> Result<Left, ClusterError> {
        let _starting = self.starting()?;
        if !self.in_use.try_exclusive()? {
            return Ok(Left::Running);
        }
        if !PidFile::read(&self.data).is_some_and(|file| file.is_alive(&self.data)) {
            return Ok(Left::Stopped);
        }
        let output = self.pg_ctl("stop").args(["-s", "-m", "fast"]).output().at(&self.binaries.pg_ctl())?;
        if output.status.success() || !PidFile::read(&self.data).is_some_and(|file| file.is_alive(&self.data)) {
            return Ok(Left::Stopped);
        }
        Err(ClusterError::Program { program: "pg_ctl stop", output: log::last_lines(&output.stderr) })
    }

    fn pg_ctl(&self, action: &str) -> std::process::Command {
        let mut command = command(&self.binaries.pg_ctl(), self.account.as_ref());
        command.arg(action).arg("-D").arg(&self.data).arg("-w").arg("-t").arg(PATIENCE.as_secs().to_string());
        command
    }
}

/// The major version that wrote the data, if there is data.
fn written_by(data: &Path) -> Result<Option<u32>, ClusterError> {
    let path = data.join("PG_VERSION");
    match fs::read_to_string(&path) {
        Ok(text) => match text.trim().parse() {
            Ok(major) => Ok(Some(major)),
            Err(_) => Err(io::Error::from(io::ErrorKind::InvalidData)).at(&path),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).at(&path),
    }
}

/// Makes a folder with that mode; one that exists is left as it is.
fn make_folder(path: &Path, mode: u32) -> Result<(), ClusterError> {
    if path.is_dir() {
        return Ok(());
    }
    if let Some(parent) = path.parent()
        && !parent.as_os_str().is_empty()
    {
        fs::create_dir_all(parent).at(parent)?;
    }
    match DirBuilder::new().mode(mode).create(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error).at(path),
        _ => Ok(()),
    }
}
