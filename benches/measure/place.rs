//! A temporary data folder with an owner and a store, and the binary at work in it.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, bail, ensure};

pub(crate) const EMAIL: &str = "owner@example.com";
pub(crate) const PASSWORD: &str = "correct horse battery staple";
pub(crate) const STORE: &str = "Measured";

pub(crate) struct Place {
    folder: tempfile::TempDir,
    binary: PathBuf,
}

impl Place {
    pub(crate) fn new(binary: PathBuf) -> anyhow::Result<Self> {
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

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_remove("DATABASE_URL")
            .env_remove("ALOFTLY_STORE_URL")
            .env("ALOFTLY_DATA_DIR", self.file("data"))
            .env("ALOFTLY_LOG_LEVEL", "warn")
            .stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> anyhow::Result<()> {
        let output = self.command(arguments).output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "aloftly {arguments:?}: {}\n{said}", output.status);
        Ok(())
    }

    /// Starts a server and waits until it is ready; returns its address too.
    pub(crate) async fn serve(&self) -> anyhow::Result<(Server, String)> {
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let child = self.command(&["serve"]).env("ALOFTLY_LISTEN", format!("127.0.0.1:{port}")).spawn()?;
        let mut server = Server(child);
        let base = format!("http://127.0.0.1:{port}");
        for _ in 0..600 {
            if reqwest::get(format!("{base}/readyz")).await.is_ok_and(|answer| answer.status().is_success()) {
                return Ok((server, base));
            }
            if let Some(status) = server.0.try_wait()? {
                bail!("the server ended: {status}");
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        bail!("the server is not ready after a minute")
    }
}

/// A running server; [`Server::stop`] stops it with its database.
pub(crate) struct Server(Child);

impl Server {
    pub(crate) fn pid(&self) -> u32 {
        self.0.id()
    }

    pub(crate) fn stop(mut self) -> anyhow::Result<()> {
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
pub(crate) fn peak_memory(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? >> 10)
}
