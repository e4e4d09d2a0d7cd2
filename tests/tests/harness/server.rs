//! The real binary in a data folder of its own.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, test_kill_process};

use super::{Client, place};

/// How long a start, with a database to make or to recover, may take.
const START_PATIENCE: Duration = Duration::from_secs(120);
/// How long an orderly stop may take.
const STOP_PATIENCE: Duration = Duration::from_secs(45);

const EMAIL: &str = "owner@example.com";
const PASSWORD: &str = "correct horse battery staple";

/// A data folder, and commands that work in it. What is still running in it when it is dropped is stopped.
pub(crate) struct Place {
    folder: tempfile::TempDir,
    variables: Vec<(String, String)>,
}

impl Place {
    /// A place with an organisation and its owner.
    pub(crate) fn new() -> Self {
        Self::with(&[] as &[(&str, &str)])
    }

    /// A place with an organisation and its owner, where commands have these environment variables.
    pub(crate) fn with<T: AsRef<str>>(variables: &[(T, T)]) -> Self {
        let variable = |(name, value): &(T, T)| (name.as_ref().to_owned(), value.as_ref().to_owned());
        let place = Self { folder: place::data_folder(), variables: variables.iter().map(variable).collect() };
        let password = place.file("password");
        std::fs::write(&password, PASSWORD).unwrap();
        let password = password.to_str().unwrap();
        place.run(&["org", "create", "--name", "Shops", "--owner-email", EMAIL, "--password-file", password]);
        place
    }

    /// Makes a store in New York that sells in dollars.
    pub(crate) fn create_store(&self, name: &str) {
        self.run(&["store", "create", "--name", name, "--currency", "USD", "--timezone", "America/New_York"]);
    }

    /// Imports an orders file by command line.
    pub(crate) fn import(&self, store: &str, file: &Path) {
        self.run(&["import", "shopify-orders", "--store", store, file.to_str().unwrap()]);
    }

    /// Makes up the orders of a shop: a gzipped file, of about `size` when it is unpacked.
    pub(crate) fn made_up_orders(&self, size: &str) -> PathBuf {
        let file = self.file("made-up.csv.gz");
        self.run(&["demo-file", "--size", size, "--seed", "4711", file.to_str().unwrap()]);
        file
    }

    /// The command that imports an orders file, not started yet.
    pub(crate) fn import_command(&self, store: &str, file: &Path) -> Command {
        let mut command = self.command(&["import", "shopify-orders", "--store", store, file.to_str().unwrap()]);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    /// Its data folder.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A file beside the data folder.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The binary, told to work here and nowhere else.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(place::binary());
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_remove("DATABASE_URL")
            .env_remove("ALOFTLY_STORE_URL")
            // Load comes from one account.
            .env("ALOFTLY_API_RATE_LIMIT", "off")
            .env("ALOFTLY_ORG_RATE_LIMIT", "off")
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .env("ALOFTLY_DATA_DIR", self.data())
            .env("ALOFTLY_LOG_FORMAT", "json")
            .stdin(Stdio::null());
        command
    }

    /// Runs a command to its end, which must be a good one, and returns what it printed.
    pub(crate) fn run(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().unwrap();
        let (printed, said) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "aloftly {arguments:?}: {}\n{printed}\n{said}", output.status);
        printed.into_owned()
    }

    /// Kills the database's main process as a power cut would.
    pub(crate) fn kill_database(&self) {
        let pids = self.database_pids();
        assert!(!pids.is_empty(), "no database is running in {}", self.data().display());
        for pid in pids {
            kill_process(pid, Signal::KILL).unwrap();
        }
    }

    /// The processes in which the database serves the server and commands.
    pub(crate) fn database_sessions(&self) -> Vec<Pid> {
        let children = |pid: Pid| {
            let pid = pid.as_raw_nonzero();
            let children = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
            children.split_whitespace().filter_map(|pid| Pid::from_raw(pid.parse().unwrap())).collect::<Vec<_>>()
        };
        self.database_pids().into_iter().flat_map(children).filter(|pid| is_database_session(*pid)).collect()
    }

    /// Kills one of them; the database ends all others then and recovers. False when it is gone already.
    pub(crate) fn kill_database_session(&self, pid: Pid) -> bool {
        is_database_session(pid) && kill_process(pid, Signal::KILL).is_ok()
    }

    fn database_pids(&self) -> Vec<Pid> {
        let pid_of = |file: PathBuf| std::fs::read_to_string(file).ok()?.lines().next()?.trim().parse().ok();
        let files = files_named("postmaster.pid", &self.data(), 3).into_iter();
        files.filter_map(pid_of).filter_map(Pid::from_raw).filter(|pid| test_kill_process(*pid).is_ok()).collect()
    }

    /// Starts a server and waits until it is ready.
    pub(crate) async fn serve(&self) -> Server {
        let port = place::free_port();
        let log = self.file("server.log");
        let output = File::options().create(true).append(true).open(&log).unwrap();
        let child = self
            .command(&["serve"])
            .env("ALOFTLY_LISTEN", format!("127.0.0.1:{port}"))
            .stdout(output.try_clone().unwrap())
            .stderr(output)
            .spawn()
            .unwrap();
        let mut server = Server { child, base: format!("http://127.0.0.1:{port}"), log };
        server.wait_until_ready().await;
        server
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if std::thread::panicking() && std::env::var_os("KEEP").is_some_and(|keep| !keep.is_empty()) {
            self.folder.disable_cleanup(true);
            eprintln!("kept: {}", self.folder.path().display());
        }
        if std::thread::panicking() {
            let log = std::fs::read_to_string(self.file("server.log")).unwrap_or_default();
            let lines: Vec<_> = log.lines().filter(|line| !line.contains("\"answered\"")).collect();
            eprintln!("the end of the server's log:\n{}", lines[lines.len().saturating_sub(40)..].join("\n"));
        }
        for pid in self.database_pids() {
            stop(pid, Signal::QUIT);
        }
    }
}

/// A running server.
pub(crate) struct Server {
    child: Child,
    base: String,
    log: PathBuf,
}

impl Server {
    /// Signs in as the owner.
    pub(crate) async fn client(&self) -> Client {
        Client::sign_in(&self.base, EMAIL, PASSWORD).await
    }

    /// The bytes of memory that it has, where the system tells.
    pub(crate) fn memory(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid().as_raw_nonzero())).ok()?;
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        Some(resident.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? * 1_024)
    }

    /// Where it is asked.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// Stops it as an operator would; it must say that all went well.
    pub(crate) async fn stop(mut self) {
        kill_process(self.pid(), Signal::TERM).unwrap();
        let patience = Instant::now() + STOP_PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                assert!(status.success(), "{status}\n{}", self.said());
                return;
            }
            assert!(Instant::now() < patience, "still running after {STOP_PATIENCE:?}\n{}", self.said());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Kills it as a power cut would, without a last word. The database goes on or not, as it happens.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    async fn wait_until_ready(&mut self) {
        let ready = format!("{}/readyz", self.base);
        let patience = Instant::now() + START_PATIENCE;
        while !reqwest::get(&ready).await.is_ok_and(|answer| answer.status().is_success()) {
            if let Some(status) = self.child.try_wait().unwrap() {
                panic!("the server ended: {status}\n{}", self.said());
            }
            assert!(Instant::now() < patience, "not ready after {START_PATIENCE:?}\n{}", self.said());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    fn said(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            let _ = kill_process(self.pid(), Signal::KILL);
            let _ = self.child.wait();
        }
    }
}

/// Whether a process lives and serves a connection of the product to its database.
pub(crate) fn is_database_session(pid: Pid) -> bool {
    let command = std::fs::read(format!("/proc/{}/cmdline", pid.as_raw_nonzero())).unwrap_or_default();
    String::from_utf8_lossy(&command).contains("aloftly_app")
}

/// Signals a process that is not our child and waits until it is gone.
fn stop(pid: Pid, signal: Signal) {
    let _ = kill_process(pid, signal);
    for _ in 0..100 {
        if test_kill_process(pid).is_err() {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    let _ = kill_process(pid, Signal::KILL);
}

fn files_named(name: &str, folder: &Path, depth: u32) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .flat_map(|entry| match entry.path() {
            path if path.is_dir() && depth > 0 => files_named(name, &path, depth - 1),
            path if path.file_name().is_some_and(|file| file == name) => vec![path],
            _ => Vec::new(),
        })
        .collect()
}
