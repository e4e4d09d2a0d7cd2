//! Where things are: the binary under test, the shared data, a free port, a data folder.

use std::net::TcpListener;
use std::path::PathBuf;

/// The `aloftly` binary that `cargo build --workspace` left beside this test's own folder.
pub(crate) fn binary() -> PathBuf {
    if let Some(path) = std::env::var_os("ALOFTLY_BINARY") {
        return path.into();
    }
    let here = std::env::current_exe().unwrap();
    let path = here.ancestors().nth(2).unwrap().join("aloftly");
    assert!(path.exists(), "{} is missing: `cargo build --workspace --bins` makes it", path.display());
    path
}

/// The retail exports, by the name of their store, or `None` (said loudly) where they are not available. In CI they must be.
pub(crate) fn retail() -> Option<[(&'static str, PathBuf); 3]> {
    // Tests run in their package's folder, and programs that they start in another.
    let shared = PathBuf::from(std::env::var_os("ALOFTLY_SHARED").unwrap_or_else(|| "../../shared".into()));
    let shared = std::path::absolute(shared).unwrap();
    let files = ["367", "406", "356"]
        .map(|store| (store, shared.join(format!("data/retail/orders_export_store_{store}.csv.gz"))));
    if let Some((_, missing)) = files.iter().find(|(_, path)| !path.exists()) {
        assert!(
            std::env::var_os("CI").is_none(),
            "{} is missing, and CI must not skip what it proves",
            missing.display()
        );
        eprintln!("SKIPPED: {} is missing; set ALOFTLY_SHARED to the folder that holds data/retail", missing.display());
        return None;
    }
    Some(files)
}

/// A port that nothing listens on.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port()
}

/// A fresh folder that is removed with its value. The database's user must be able to enter it.
pub(crate) fn data_folder() -> tempfile::TempDir {
    use std::os::unix::fs::PermissionsExt;
    tempfile::Builder::new()
        .prefix("aloftly-test-")
        .permissions(std::fs::Permissions::from_mode(0o755))
        .tempdir()
        .unwrap()
}
