//! Rebuilds the crate when a migration changes, since the migrations are compiled in.

fn main() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../migrations");
    println!("cargo:rerun-if-changed={folder}");
}
