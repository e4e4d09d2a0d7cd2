//! The private Postgres: made, left, killed, found again.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aloftly_catalog::cluster::{Cluster, ClusterError, ClusterOptions, Left};
use aloftly_catalog::testing::master_keys;
use aloftly_catalog::{Catalog, CatalogError, CatalogOptions};
use aloftly_engine::clock::SystemClock;
use sqlx::{Connection, PgConnection};

/// A folder that Postgres can reach whoever runs it. A cluster that a failed test left behind is stopped by its own pid.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("aloftly-cluster-").tempdir_in("/tmp").unwrap().keep();
        std::fs::set_permissions(&folder, PermissionsExt::from_mode(0o755)).unwrap();
        Self(folder)
    }

    fn pid_file(&self) -> PathBuf {
        self.0.join("postgres/data/postmaster.pid")
    }

    fn options(&self) -> ClusterOptions {
        ClusterOptions { data_folder: self.0.clone(), binaries: None, durable: false }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Ok(text) = std::fs::read_to_string(self.pid_file())
            && let Some(pid) = text.lines().next().and_then(|line| line.parse::<u32>().ok())
            && is_postgres(pid)
        {
            kill("-QUIT", pid);
            wait_for(|| !is_postgres(pid));
        }
        std::fs::remove_dir_all(&self.0).unwrap_or(());
    }
}

fn kill(signal: &str, pid: u32) {
    assert!(Command::new("kill").args([signal, &pid.to_string()]).status().unwrap().success());
}

fn is_postgres(pid: u32) -> bool {
    let output = Command::new("ps").args(["-o", "stat=,comm=", "-p", &pid.to_string()]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.contains("postgres") && !text.trim_start().starts_with('Z')
}

fn wait_for(condition: impl Fn() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < Duration::from_secs(20), "it takes too long");
        std::thread::sleep(Duration::from_millis(20));
    }
}

async fn connect(cluster: &Cluster) -> PgConnection {
    connect_as(cluster, "aloftly_owner", "owner").await
}

/// As that role, whose password is kept by that name.
async fn connect_as(cluster: &Cluster, role: &str, kept_as: &str) -> PgConnection {
    let secrets = std::fs::read_to_string(cluster.folder().join("secrets.json")).unwrap();
    let secrets: serde_json::Value = serde_json::from_str(&secrets).unwrap();
    let endpoint = cluster.owner().to_string();
    let socket = endpoint.split_once('@').unwrap().1.rsplit_once('/').unwrap().0.to_owned();
    let password = secrets[kept_as].as_str().unwrap();
    PgConnection::connect(&format!("postgres://{role}:{password}@localhost/aloftly?host={socket}")).await.unwrap()
}

async fn remember(cluster: &Cluster) {
    let sql = "CREATE TABLE remembered (what text); INSERT INTO remembered VALUES ('this')";
    sqlx::raw_sql(sql).execute(&mut connect(cluster).await).await.unwrap();
}

async fn remembered(cluster: &Cluster) -> String {
    sqlx::query_scalar("SELECT what FROM remembered").fetch_one(&mut connect(cluster).await).await.unwrap()
}

#[tokio::test]
async fn a_cluster_is_made_migrated_left_and_found_again() {
    let folder = Folder::new();
    let cluster = Cluster::start(folder.options()).await.unwrap();
    assert!(!cluster.joined());
    Catalog::migrate(&cluster.owner()).await.unwrap();
    remember(&cluster).await;
    let pid = cluster.pid().unwrap();
    assert_eq!(cluster.stop().await.unwrap(), Left::Stopped);
    assert!(!is_postgres(pid));
    assert!(!folder.pid_file().exists());

    let cluster = Cluster::start(folder.options()).await.unwrap();
    assert_eq!(remembered(&cluster).await, "this");
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn a_database_without_the_role_that_brings_data_in_is_refused_with_what_to_do() {
    let folder = Folder::new();
    let cluster = Cluster::start(folder.options()).await.unwrap();
    let mut superuser = connect_as(&cluster, "postgres", "superuser").await;
    sqlx::raw_sql("DROP ROLE aloftly_ingest").execute(&mut superuser).await.unwrap();
    let CatalogError::Migrate(refused) = Catalog::migrate(&cluster.owner()).await.unwrap_err() else {
        panic!("it fails for another reason")
    };
    let said = format!("{refused} {:?}", std::error::Error::source(&refused));
    assert!(said.contains("CREATE ROLE aloftly_ingest") && said.contains("GRANT aloftly_ingest"), "{said}");
    sqlx::raw_sql("CREATE ROLE aloftly_ingest").execute(&mut superuser).await.unwrap();
    Catalog::migrate(&cluster.owner()).await.unwrap();
    let connect = || Catalog::connect(CatalogOptions::new(cluster.app(), master_keys()), Arc::new(SystemClock));
    let refused = connect().await.unwrap_err().to_string();
    assert!(refused.contains("role aloftly_app") && refused.contains("`GRANT aloftly_ingest` to it"), "{refused}");
    sqlx::raw_sql("GRANT aloftly_ingest TO aloftly_app").execute(&mut superuser).await.unwrap();
    connect().await.unwrap().close().await;
    superuser.close().await.unwrap();
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn passwords_and_data_are_closed_to_others_and_no_port_is_open() {
    let folder = Folder::new();
    let cluster = Cluster::start(folder.options()).await.unwrap();
    let mode =
        |path: &str| std::fs::metadata(folder.0.join("postgres").join(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("secrets.json"), mode("data"), mode("socket")), (0o600, 0o700, 0o700));
    let mut connection = connect(&cluster).await;
    let listens: String = sqlx::query_scalar("SHOW listen_addresses").fetch_one(&mut connection).await.unwrap();
    assert_eq!(listens, "");
    let checksums: String = sqlx::query_scalar("SHOW data_checksums").fetch_one(&mut connection).await.unwrap();
    assert_eq!(checksums, "on");
    let trust = "SELECT count(*) FROM pg_hba_file_rules WHERE auth_method <> 'scram-sha-256'";
    let denied = sqlx::query_scalar::<_, i64>(trust).fetch_one(&mut connection).await;
    assert!(denied.is_err(), "the owner of the tables is no superuser");
    let text = std::fs::read_to_string(folder.0.join("postgres/data/pg_hba.conf")).unwrap();
    let rules: Vec<&str> = text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()).collect();
    assert!(!rules.is_empty() && rules.iter().all(|rule| rule.ends_with("scram-sha-256")), "{rules:?}");
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn a_server_killed_in_the_middle_recovers_at_the_next_start() {
    let folder = Folder::new();
    let cluster = Cluster::start(ClusterOptions { durable: true, ..folder.options() }).await.unwrap();
    remember(&cluster).await;
    let _open = connect(&cluster).await;
    kill("-KILL", cluster.pid().unwrap());
    drop(cluster);
    let cluster = Cluster::start(ClusterOptions { durable: true, ..folder.options() }).await.unwrap();
    assert!(!cluster.joined());
    assert_eq!(remembered(&cluster).await, "this");
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn a_server_that_died_is_started_again_while_its_user_lives() {
    let folder = Folder::new();
    let cluster = Cluster::start(ClusterOptions { durable: true, ..folder.options() }).await.unwrap();
    remember(&cluster).await;
    assert!(!cluster.ensure_running().await.unwrap());
    let pid = cluster.pid().unwrap();
    kill("-KILL", pid);
    wait_for(|| !is_postgres(pid));
    assert!(cluster.ensure_running().await.unwrap());
    assert_eq!(remembered(&cluster).await, "this");
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn a_pid_file_that_names_another_program_is_no_obstacle() {
    let folder = Folder::new();
    let cluster = Cluster::start(folder.options()).await.unwrap();
    remember(&cluster).await;
    cluster.stop().await.unwrap();
    // The worst that a reboot can do: the number has gone to a program of the very user that Postgres runs as.
    let mut sleeper = Command::new("sleep");
    sleeper.arg("60");
    let owner = std::os::unix::fs::MetadataExt::uid(&std::fs::metadata(folder.0.join("postgres/data")).unwrap());
    if owner != 0 && std::os::unix::fs::MetadataExt::uid(&std::fs::metadata("/proc/self").unwrap()) == 0 {
        std::os::unix::process::CommandExt::uid(&mut sleeper, owner);
    }
    let mut sleeper = sleeper.spawn().unwrap();
    let stale = format!(
        "{}\n{}\n1763700000\n5432\n/nowhere\n\n\nready\n",
        sleeper.id(),
        folder.0.join("postgres/data").display()
    );
    std::fs::write(folder.pid_file(), stale).unwrap();
    std::os::unix::fs::chown(folder.pid_file(), Some(owner), None).unwrap();
    std::fs::set_permissions(folder.pid_file(), PermissionsExt::from_mode(0o600)).unwrap();

    let cluster = Cluster::start(folder.options()).await.unwrap();
    assert!(!cluster.joined());
    assert_eq!(remembered(&cluster).await, "this");
    assert!(sleeper.try_wait().unwrap().is_none(), "the other program was left alone");
    sleeper.kill().unwrap();
    sleeper.wait().unwrap();
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn the_second_user_joins_and_the_last_one_to_leave_stops_it() {
    let folder = Folder::new();
    let (first, second) = tokio::join!(Cluster::start(folder.options()), Cluster::start(folder.options()));
    let (first, second) = (first.unwrap(), second.unwrap());
    assert_ne!(first.joined(), second.joined(), "one started it, the other joined");
    assert_eq!(first.pid(), second.pid());
    remember(&first).await;
    let pid = first.pid().unwrap();
    assert_eq!(first.stop().await.unwrap(), Left::Running);
    assert_eq!(remembered(&second).await, "this");
    assert_eq!(second.stop().await.unwrap(), Left::Stopped);
    assert!(!is_postgres(pid));
}

#[tokio::test]
async fn a_cluster_that_a_killed_user_left_running_is_taken_over() {
    let folder = Folder::new();
    let killed = Cluster::start(folder.options()).await.unwrap();
    remember(&killed).await;
    drop(killed); // the kernel lets go of its locks, as it does after kill -9
    let heir = Cluster::start(folder.options()).await.unwrap();
    assert!(heir.joined());
    assert_eq!(remembered(&heir).await, "this");
    assert_eq!(heir.stop().await.unwrap(), Left::Stopped);
}

#[tokio::test]
async fn an_initialisation_that_was_cut_short_is_done_again() {
    let folder = Folder::new();
    let half = folder.0.join("postgres/data.new/base");
    std::fs::create_dir_all(half).unwrap();
    std::fs::set_permissions(folder.0.join("postgres"), PermissionsExt::from_mode(0o711)).unwrap();
    std::fs::write(folder.0.join("postgres/data.new/PG_VERSION"), "15\n").unwrap();
    let cluster = Cluster::start(folder.options()).await.unwrap();
    remember(&cluster).await;
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn a_data_folder_with_a_long_path_gets_a_short_socket() {
    let folder = Folder::new();
    let deep = folder.0.join("x".repeat(60)).join("y".repeat(60)).join("it's here");
    let options = ClusterOptions { data_folder: deep, ..folder.options() };
    let cluster = Cluster::start(options.clone()).await.unwrap();
    remember(&cluster).await;
    let joined = Cluster::start(options).await.unwrap();
    assert_eq!(remembered(&joined).await, "this");
    joined.stop().await.unwrap();
    let endpoint = cluster.owner().to_string();
    let socket = endpoint.split_once('@').unwrap().1.rsplit_once('/').unwrap().0.to_owned();
    assert!(socket.len() < 80, "{socket}");
    assert_eq!(cluster.stop().await.unwrap(), Left::Stopped);
    std::fs::remove_dir_all(Path::new(&socket)).unwrap();
}

#[tokio::test]
async fn lost_passwords_and_a_missing_major_version_are_told() {
    let folder = Folder::new();
    Cluster::start(folder.options()).await.unwrap().stop().await.unwrap();
    let secrets = folder.0.join("postgres/secrets.json");
    std::fs::rename(&secrets, secrets.with_extension("away")).unwrap();
    let refused = Cluster::start(folder.options()).await.unwrap_err();
    assert!(matches!(&refused, ClusterError::SecretsLost { path, .. } if *path == secrets), "{refused}");
    std::fs::rename(secrets.with_extension("away"), &secrets).unwrap();
    std::fs::write(folder.0.join("postgres/data/PG_VERSION"), "9\n").unwrap();
    let refused = Cluster::start(folder.options()).await.unwrap_err().to_string();
    assert!(refused.contains("made by PostgreSQL 9"), "{refused}");
}

#[tokio::test]
async fn root_is_told_which_folder_is_closed_to_the_user_that_postgres_runs_as() {
    let folder = Folder::new();
    if std::os::unix::fs::MetadataExt::uid(&std::fs::metadata(&folder.0).unwrap()) != 0 {
        return; // an ordinary user reaches their own folders
    }
    let closed = folder.0.join("closed");
    std::fs::create_dir(&closed).unwrap();
    std::fs::set_permissions(&closed, PermissionsExt::from_mode(0o700)).unwrap();
    let options = ClusterOptions { data_folder: closed.join("data"), ..folder.options() };
    let refused = Cluster::start(options).await.unwrap_err();
    assert!(matches!(&refused, ClusterError::NotTraversable { folder, .. } if *folder == closed), "{refused}");
    assert!(refused.to_string().contains("chmod o+x"), "{refused}");
}
