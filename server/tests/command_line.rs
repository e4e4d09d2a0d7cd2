//! The program as a person at a terminal meets it.

use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::support::ORDERS;

fn aloftly(data: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_aloftly"))
        .args(arguments)
        .current_dir(data)
        .env("ALOFTLY_DATA_DIR", data)
        .env("ALOFTLY_LOG_LEVEL", "warn")
        .env_remove("ALOFTLY_CONFIG")
        .env_remove("ALOFTLY_STORE_URL")
        .env_remove("DATABASE_URL")
        .env_remove("SENTRY_DSN")
        .output()
        .unwrap()
}

fn printed(output: &Output) -> (i32, String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
}

#[test]
fn a_wrong_configuration_ends_with_2_and_says_what_to_change() {
    let folder = tempfile::tempdir().unwrap();
    let (code, shown, said) = printed(&aloftly(folder.path(), &["config", "check", "--listen", "x"]));
    assert_eq!(code, 2);
    assert!(shown.contains("listen") && shown.contains("flag --listen"), "{shown}");
    assert!(said.contains("--listen is \"x\": expected an address and a port"), "{said}");
    let (code, shown, _) = printed(&aloftly(folder.path(), &["config", "check"]));
    assert_eq!(code, 0);
    assert!(shown.contains("environment ALOFTLY_DATA_DIR"), "{shown}");
}

#[test]
fn the_document_can_be_printed_without_any_configuration() {
    let folder = tempfile::tempdir().unwrap();
    let (code, shown, said) = printed(&aloftly(folder.path(), &["openapi"]));
    assert_eq!(code, 0, "{said}");
    let document: serde_json::Value = serde_json::from_str(&shown).unwrap();
    assert!(document["paths"]["/api/metrics/query"]["post"].is_object());
    assert!(std::fs::read_dir(folder.path()).unwrap().next().is_none(), "it left something behind");
}

#[test]
fn a_merchant_gets_from_nothing_to_an_imported_file() {
    use std::os::unix::fs::PermissionsExt as _;
    // The database's user must be able to enter it.
    let open = std::fs::Permissions::from_mode(0o755);
    let folder = tempfile::Builder::new().permissions(open).tempdir_in("/tmp").unwrap();
    let data = folder.path();
    std::fs::write(data.join("orders.csv"), ORDERS).unwrap();
    std::fs::write(data.join("broken.csv"), ORDERS.replace("30.00,2,Mug", "thirty,2,Mug")).unwrap();
    let run = |arguments: &[&str]| printed(&aloftly(data, arguments));

    let (code, _, said) = run(&["import", "shopify-orders", "orders.csv", "--store", "Shop"]);
    assert_eq!(code, 2);
    assert!(said.contains("aloftly org create"), "{said}");
    let (code, shown, said) = run(&["org", "create", "--name", "Us", "--owner-email", "me@example.com"]);
    assert_eq!(code, 0, "{said}");
    assert!(shown.contains("me@example.com") && shown.contains("password"), "{shown}");
    let (code, _, said) =
        run(&["store", "create", "--name", "Shop", "--currency", "usd", "--timezone", "America/New_Yorc"]);
    assert_eq!(code, 2);
    assert!(said.contains("did you mean America/New_York?"), "{said}");
    let (code, _, said) =
        run(&["store", "create", "--name", "Shop", "--currency", "usd", "--timezone", "America/New_York"]);
    assert_eq!(code, 0, "{said}");

    let (code, _, said) = run(&["import", "shopify-orders", "broken.csv", "--store", "Shop"]);
    assert_eq!(code, 3, "{said}");
    assert!(said.contains("line 2") && said.contains("\"thirty\""), "{said}");
    let (code, shown, said) = run(&["import", "shopify-orders", "orders.csv", "--store", "Shop"]);
    assert_eq!(code, 0, "{said}");
    assert!(shown.contains("orders.csv: 4 rows read;") && shown.contains("(version 1)"), "{shown}");
    let (code, shown, _) = run(&["import", "shopify-orders", "orders.csv", "--store", "Shop"]);
    assert_eq!(code, 0);
    assert!(shown.contains("imported before, nothing to do"), "{shown}");

    // Whoever runs the server has no limits, and may give some.
    let (_, shown, _) = run(&["org", "list"]);
    assert!(shown.contains("Us  (enterprise, 1 stores)"), "{shown}");
    let (code, _, said) = run(&["org", "plan", "Us", "gold"]);
    assert!(code == 2 && said.contains("expected free, starter"), "{said}");
    let (code, shown, said) = run(&["org", "plan", "Us", "free"]);
    assert!(code == 0 && shown.contains("Us is on the plan free."), "{said}");
    let (code, _, said) = run(&["store", "create", "--name", "Two", "--currency", "usd", "--timezone", "UTC"]);
    assert!(code == 2 && said.contains("the plan free includes 1 store, and 1 is in use; the plan starter"), "{said}");

    let (_, shown, _) = run(&["store", "list"]);
    assert!(shown.contains("Shop") && shown.contains("data from 2026-11-02 to 2026-11-03"), "{shown}");
    let (_, shown, _) = run(&["lake", "status", "--store", "Shop"]);
    assert!(shown.contains("orders"), "{shown}");
    let (code, shown, said) = run(&["lake", "fold", "--store", "Shop"]);
    assert_eq!(code, 0, "{said}");
    assert!(shown.contains("Folded"), "{shown}");
    assert!(!data.join("postgres/data/postmaster.pid").exists(), "the database still runs");
}

#[test]
fn a_demo_that_is_told_to_stop_while_it_makes_up_its_trade_stops_in_order_and_leaves_nothing_open() {
    use std::os::unix::fs::PermissionsExt as _;
    let open = std::fs::Permissions::from_mode(0o755);
    let folder = tempfile::Builder::new().permissions(open).tempdir_in("/tmp").unwrap();
    let data = folder.path().join("data");
    let mut demo = Command::new(env!("CARGO_BIN_EXE_aloftly"))
        .args(["demo", "--listen", "127.0.0.1:0"])
        .current_dir(folder.path())
        .env("ALOFTLY_DATA_DIR", &data)
        .env_remove("ALOFTLY_CONFIG")
        .env_remove("ALOFTLY_STORE_URL")
        .env_remove("DATABASE_URL")
        .env_remove("SENTRY_DSN")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let patience = Instant::now() + Duration::from_secs(60);
    let files = |folder: &Path| -> Vec<_> {
        std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path()).collect()
    };
    // Its trade is written below the folder that it alone works in.
    while !files(&data.join("scratch"))
        .iter()
        .flat_map(|own| files(own))
        .any(|path| path.is_dir() && !files(&path).is_empty())
    {
        assert!(Instant::now() < patience && demo.try_wait().unwrap().is_none(), "it makes up no trade");
        std::thread::sleep(Duration::from_millis(10));
    }
    let mode = |name: &str| std::fs::metadata(data.join(name)).unwrap().permissions().mode() & 0o777;
    // As root, the user that Postgres runs as has to pass through.
    let passed = if rustix::process::geteuid().is_root() { 0o711 } else { 0o700 };
    assert_eq!((mode(""), mode("postgres"), mode("postgres/data")), (passed, passed, 0o700));
    assert_eq!((mode("lake"), mode("scratch"), mode("demo-password")), (0o700, 0o700, 0o600));

    rustix::process::kill_process(rustix::process::Pid::from_child(&demo), rustix::process::Signal::INT).unwrap();
    let patience = Instant::now() + Duration::from_secs(20);
    let status = loop {
        if let Some(status) = demo.try_wait().unwrap() {
            break status;
        }
        assert!(Instant::now() < patience, "it does not stop");
        std::thread::sleep(Duration::from_millis(10));
    };
    assert_eq!(status.code(), Some(1));
    assert!(!data.join("postgres/data/postmaster.pid").exists(), "the database still runs");
}
