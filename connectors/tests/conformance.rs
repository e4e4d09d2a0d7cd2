//! Every connector of the registry, run through the suite for connectors.

use aloftly_connectors::conformance::{Scene, Subject};
use aloftly_connectors::registry;

/// Runs the suite for each subject, in a module that is called as its connector is.
macro_rules! runs {
    ($($id:ident: $subject:ty,)*) => {
        const RUNS: &[&str] = &[$(stringify!($id)),*];

        $(
            mod $id {
                aloftly_connectors::connector_conformance!($subject);

                #[tokio::test]
                async fn the_subject_is_this_connector() {
                    super::is_named::<$subject>(stringify!($id)).await;
                }
            }
        )*
    };
}

runs! {
    shopify: crate::shopify::simulated::conformance::ShopSubject,
    ga4: crate::ga4::simulated::conformance::PropertySubject,
}

async fn is_named<S: Subject>(id: &str) {
    assert_eq!(S::start(Scene::Empty).await.connector().declaration().id, id);
}

#[test]
fn every_connector_of_the_registry_is_run_through_the_suite() {
    let all: Vec<&str> = registry::all().iter().map(|connector| connector.declaration().id).collect();
    assert_eq!(RUNS, all, "add a run of the suite for it above: CONTRIBUTING.md says how");
}
