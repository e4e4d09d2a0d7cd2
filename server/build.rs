//! Has the server built again when the web app was. Without a built app there is an empty folder, and the server says so.

fn main() {
    let dist = std::path::Path::new("web/dist");
    if !dist.exists() && std::fs::create_dir_all(dist).is_err() {
        println!("cargo:warning=cannot create server/web/dist");
    }
    println!("cargo:rerun-if-changed=web/dist");
}
