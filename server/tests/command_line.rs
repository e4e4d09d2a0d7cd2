//! The program as a person at a terminal meets it.

use std::path::Path;
use std::process::{Command, Output};

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

    let (_, shown, _) = run(&["store", "list"]);
    assert!(shown.contains("Shop") && shown.contains("data from 2026-11-02 to 2026-11-03"), "{shown}");
    let (_, shown, _) = run(&["lake", "status", "--store", "Shop"]);
    assert!(shown.contains("orders"), "{shown}");
    let (code, shown, said) = run(&["lake", "fold", "--store", "Shop"]);
    assert_eq!(code, 0, "{said}");
    assert!(shown.contains("Folded"), "{shown}");
    assert!(!data.join("postgres/data/postmaster.pid").exists(), "the database still runs");
}
