//! A temporary data folder with an owner and a store, and the binary at work in it.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, bail, ensure};

/// The owner's address.
pub const EMAIL: &str = "owner@example.com";
/// The owner's password.
pub const PASSWORD: &str = "correct horse battery staple";
/// The store's name.
pub const STORE: &str = "Measured";

/// A data folder of its own, which goes when this is dropped.
#[derive(Debug)]
pub struct Place {
    folder: tempfile::TempDir,
    binary: PathBuf,
}

impl Place {
    /// Makes the folder in the system's temporary one, and an owner with a store in it.
    ///
    /// # Errors
    /// The binary cannot be run, or refuses.
    pub fn new(binary: PathBuf) -> anyhow::Result<Self> {
        use std::os::unix::fs::PermissionsExt;
        // The database's user must be able to enter it.
        let open = std::fs::Permissions::from_mode(0o755);
        let folder = tempfile::Builder::new().prefix("aloftly-measure-").permissions(open).tempdir()?;
        let place = Self { folder, binary };
        let password = place.file("password");
        std::fs::write(&password, PASSWORD)?;
        let password = password.to_str().context("the temporary folder's name is not text")?;
        place.run(&["org", "create", "--name", "Shops", "--owner-email", EMAIL, "--password-file", password])?;
        place.run(&["store", "create", "--name", STORE, "--currency", "USD", "--timezone", "America/New_York"])?;
        Ok(place)
    }

    /// A path in the folder.
    #[must_use]
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The folder of the server's data.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.file("data")
    }

    /// The binary with these arguments, over the folder and nothing else.
    #[must_use]
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_remove("DATABASE_URL")
            .env_remove("ALOFTLY_STORE_URL")
            .env("ALOFTLY_DATA_DIR", self.data())
            .env("ALOFTLY_LOG_LEVEL", "warn")
            .env("ALOFTLY_API_RATE_LIMIT", "off")
            .env("ALOFTLY_ORG_RATE_LIMIT", "off")
            .stdin(Stdio::null());
        command
    }

    /// Runs a command to its end.
    ///
    /// # Errors
    /// It cannot be run, or fails; with what it said.
    pub fn run(&self, arguments: &[&str]) -> anyhow::Result<()> {
        let output = self.command(arguments).output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "aloftly {arguments:?}: {}\n{said}", output.status);
        Ok(())
    }

    /// Starts a server and waits until it is ready; returns its address too.
    ///
    /// # Errors
    /// It ends, or is not ready after a minute.
    pub async fn serve(&self) -> anyhow::Result<(Server, String)> {
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let child = self.command(&["serve"]).env("ALOFTLY_LISTEN", format!("127.0.0.1:{port}")).spawn()?;
        let mut server = Server(child);
        let base = format!("http://127.0.0.1:{port}");
        for _ in 0..6_000 {
            if reqwest::get(format!("{base}/readyz")).await.is_ok_and(|answer| answer.status().is_success()) {
                return Ok((server, base));
            }
            if let Some(status) = server.0.try_wait()? {
                bail!("the server ended: {status}");
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        bail!("the server is not ready after a minute")
    }
}

/// A running server; [`Server::stop`] stops it with its database.
#[derive(Debug)]
pub struct Server(Child);

impl Server {
    /// Its process id.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.0.id()
    }

    /// Stops it, and waits until it has gone.
    ///
    /// # Errors
    /// It cannot be told.
    pub fn stop(mut self) -> anyhow::Result<()> {
        Command::new("kill").arg(self.0.id().to_string()).status()?;
        self.0.wait()?;
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if matches!(self.0.try_wait(), Ok(None)) {
            let _ = Command::new("kill").arg(self.0.id().to_string()).status();
            let _ = self.0.wait();
        }
    }
}

/// The most memory that a process has had resident, in MiB; Linux only.
#[must_use]
pub fn peak_memory(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? >> 10)
}
