//! The master key: what a start refuses, and what `aloftly keys` does.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use aloftly_catalog::plans::Tier;
use aloftly_catalog::{ConnectionId, LocalMasterKeys, NewOrganization, SystemContext, SystemPurpose};
use aloftly_engine::clock::SystemClock;
use aloftly_server::config::{Config, Layers};
use aloftly_server::service::backend::Backend;
use secrecy::ExposeSecret as _;
use uuid::Uuid;

/// Runs a command in a data folder, with these variables: exit code, output, and what it said.
fn run(data: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_aloftly"))
        .args(arguments)
        .current_dir(data)
        .env("ALOFTLY_DATA_DIR", data)
        .env("ALOFTLY_LOG_LEVEL", "warn")
        .env_remove("ALOFTLY_CONFIG")
        .env_remove("ALOFTLY_STORE_URL")
        .env_remove("DATABASE_URL")
        .env_remove("SENTRY_DSN")
        .env_remove("ALOFTLY_MASTER_KEY")
        .env_remove("ALOFTLY_MASTER_KEY_FILE")
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
}

/// A folder that the private database's user may enter.
fn folder() -> tempfile::TempDir {
    let open = std::fs::Permissions::from_mode(0o755);
    tempfile::Builder::new().permissions(open).tempdir_in("/tmp").unwrap()
}

fn made() -> String {
    LocalMasterKeys::generate().unwrap().expose_secret().to_owned()
}

fn parts(key: &str) -> (&str, &str) {
    key.split_once(':').unwrap()
}

const NOWHERE: (&str, &str) = ("DATABASE_URL", "postgres://app:hunter2@127.0.0.1:1/none");

#[test]
fn a_key_is_generated_fit_for_use_and_never_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let generate = || {
        let (code, shown, said) = run(folder.path(), &["keys", "generate"], &[]);
        assert_eq!((code, said.as_str()), (0, ""));
        shown
    };
    let (one, other) = (generate(), generate());
    assert_ne!(one, other);
    let (code, _, said) = run(folder.path(), &["org", "list"], &[NOWHERE, ("ALOFTLY_MASTER_KEY", one.trim())]);
    assert_eq!(code, 1);
    assert!(said.contains("cannot use DATABASE_URL"), "the key is not what is refused: {said}");
}

#[test]
fn a_database_of_ones_own_without_a_master_key_is_refused_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    for command in [&["serve"][..], &["org", "list"], &["keys", "rotate"], &["keys", "status"]] {
        let (code, _, said) = run(folder.path(), command, &[NOWHERE]);
        assert_eq!(code, 1, "{command:?}: {said}");
        for name in ["ALOFTLY_MASTER_KEY", "ALOFTLY_MASTER_KEY_FILE", "aloftly keys generate"] {
            assert!(said.contains(name), "{command:?}: {said}");
        }
        assert!(!said.contains("hunter2"), "{said}");
    }
    assert!(!folder.path().join("master-key").exists());
}

#[test]
fn weak_wrong_and_double_keys_are_refused_by_the_name_of_the_variable() {
    let folder = tempfile::tempdir().unwrap();
    let (zeros, text) = (format!("mk-1:{}=", "A".repeat(43)), "hunter2hunter2hunter2");
    for (value, expected) in [(zeros.as_str(), "weak"), (text, "id:base64")] {
        let (code, _, said) = run(folder.path(), &["org", "list"], &[NOWHERE, ("ALOFTLY_MASTER_KEY", value)]);
        assert_eq!(code, 2, "{said}");
        assert!(said.contains("ALOFTLY_MASTER_KEY: ") && said.contains(expected), "{said}");
        assert!(!said.contains("hunter2") && !said.contains("AAAA"), "{said}");
    }
    let key = made();
    let both = [("ALOFTLY_MASTER_KEY", key.as_str()), ("ALOFTLY_MASTER_KEY_FILE", "/nowhere")];
    let (code, _, said) = run(folder.path(), &["org", "list"], &both);
    assert_eq!(code, 2);
    assert!(said.contains("ALOFTLY_MASTER_KEY or ALOFTLY_MASTER_KEY_FILE, not both"), "{said}");
    let (code, shown, _) = run(folder.path(), &["config", "check"], &[("ALOFTLY_MASTER_KEY", &key)]);
    assert_eq!(code, 0);
    assert!(shown.contains("master_key ") && shown.contains("(hidden)") && !shown.contains(parts(&key).1), "{shown}");
}

#[test]
fn a_key_file_that_others_may_read_is_refused_by_the_name_of_the_variable() {
    let folder = tempfile::tempdir().unwrap();
    let (path, key) = (folder.path().join("keys"), made());
    std::fs::write(&path, &key).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    let variables = [NOWHERE, ("ALOFTLY_MASTER_KEY_FILE", path.to_str().unwrap())];
    let (code, _, said) = run(folder.path(), &["org", "list"], &variables);
    assert_eq!(code, 1);
    assert!(said.contains("ALOFTLY_MASTER_KEY_FILE") && said.contains("chmod 600"), "{said}");
    assert!(!said.contains(parts(&key).1), "{said}");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    let (_, _, said) = run(folder.path(), &["org", "list"], &variables);
    assert!(said.contains("cannot use DATABASE_URL"), "{said}");
}

#[tokio::test]
async fn the_private_database_gets_a_key_of_its_own_which_can_be_rotated_and_is_missed_when_it_is_lost() {
    let folder = folder();
    let data = folder.path();
    let file = data.join("master-key");
    let config = Config::load(&Layers::of(&[("data_dir", data.to_str().unwrap())])).unwrap();
    let backend = Backend::open(Arc::new(config), Arc::new(SystemClock)).await.unwrap();
    let new = NewOrganization {
        name: "Shops".to_owned(),
        plan: Tier::Enterprise,
        workspace: "Main".to_owned(),
        owner_email: "owner@example.com".to_owned(),
        owner_name: "Owner".to_owned(),
        owner_password: "correct horse battery staple".to_owned(),
        stores: Vec::new(),
    };
    let made_organization = backend.catalog.provision_organization(&new).await.unwrap().organization;
    let tenant = backend.catalog.tenant(SystemContext::new(made_organization, "a test"));
    let connection = ConnectionId(Uuid::from_u128(1));
    tenant.put_credentials(connection, &[("token", "canary".into())]).await.unwrap();
    backend.catalog.system_key(SystemPurpose::People).await.unwrap();
    backend.close().await.unwrap();
    let kept = std::fs::read_to_string(&file).unwrap().trim().to_owned();
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);

    // Lost.
    let aside = data.join("aside");
    std::fs::rename(&file, &aside).unwrap();
    for _ in 0..2 {
        let (code, _, said) = run(data, &["keys", "status"], &[]);
        assert_eq!(code, 1);
        assert!(said.contains("master-key is lost") && said.contains(parts(&kept).0), "{said}");
        assert!(said.contains("ALOFTLY_MASTER_KEY"), "{said}");
        assert!(!file.exists(), "nothing takes its place");
    }
    let other = made();
    let (code, _, said) = run(data, &["keys", "status"], &[("ALOFTLY_MASTER_KEY", &other)]);
    assert_eq!(code, 1);
    assert!(said.contains("ALOFTLY_MASTER_KEY: ") && said.contains(parts(&kept).0), "{said}");
    assert!(!said.contains(parts(&kept).1) && !said.contains(parts(&other).1), "{said}");
    std::fs::rename(&aside, &file).unwrap();

    // Rotated, to a key that is given from now on.
    let both = format!("{other},{kept}");
    let (code, shown, said) = run(data, &["keys", "rotate"], &[("ALOFTLY_MASTER_KEY", &both)]);
    assert_eq!(code, 0, "{said}");
    assert!(shown.contains("Wrapped 2 data keys anew; replaced 0"), "{shown}");
    let alone = [("ALOFTLY_MASTER_KEY", other.as_str())];
    let (code, shown, said) = run(data, &["keys", "rotate", "--data"], &alone);
    assert_eq!(code, 0, "{said}");
    assert!(shown.contains("Wrapped 0 data keys anew; replaced 1 and deleted 1; sealed 1 credentials anew"), "{shown}");
    let (_, shown, _) = run(data, &["keys", "status"], &alone);
    let id = parts(&other).0;
    let expected =
        format!("{id}, the one that wraps: wraps 1 data keys of organisations, 0 retired ones, 1 of the system");
    assert_eq!(shown.trim(), expected);
    let (code, _, said) = run(data, &["keys", "status"], &[]);
    assert_eq!(code, 1);
    assert!(said.contains("master-key: ") && said.contains(id), "the kept key is the old one: {said}");

    let settings = [("data_dir", data.to_str().unwrap()), ("master_key", other.as_str())];
    let config = Config::load(&Layers::of(&settings)).unwrap();
    let backend = Backend::open(Arc::new(config), Arc::new(SystemClock)).await.unwrap();
    let tenant = backend.catalog.tenant(SystemContext::new(made_organization, "a test"));
    let revealed = tenant.reveal_credentials(connection).await.unwrap();
    assert_eq!(revealed[0].1.expose_secret(), "canary");
    backend.close().await.unwrap();
    assert!(!data.join("postgres/data/postmaster.pid").exists(), "the database still runs");
}
