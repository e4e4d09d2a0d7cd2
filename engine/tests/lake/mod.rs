mod awkward;
mod caches;
mod commits;
mod damage;
mod erase;
mod faults;
mod faulty;
mod layout;
mod model;
mod payloads;
mod races;
mod remove;
mod replace;
mod stress;
mod stubborn;
mod support;
mod verified;

mod memory_manifest {
    use std::sync::Arc;

    use aloftly_engine::StoreId;
    use aloftly_engine::lake::{Manifest, MemoryManifest};

    async fn make() -> (Arc<dyn Manifest>, StoreId, ()) {
        let store = StoreId(uuid::Uuid::from_u128(7));
        let manifest = MemoryManifest::new();
        manifest.create_store(store);
        (Arc::new(manifest), store, ())
    }

    aloftly_engine::manifest_conformance!(make);
}
