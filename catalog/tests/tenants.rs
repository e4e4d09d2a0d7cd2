//! Organisations, workspaces, stores, and who may see and change them.

use aloftly_catalog::testing::TestDatabase;
use aloftly_catalog::{CatalogError, NewImport, NewStore, Provisioned, Tenant};
use aloftly_engine::lake::ManifestError;
use chrono::Weekday;
use sqlx::AssertSqlSafe;

use crate::manifest::hot_commit;

fn new_store(name: &str) -> NewStore {
    NewStore {
        name: name.to_owned(),
        currency: "INR".to_owned(),
        timezone: chrono_tz::Asia::Kolkata,
        week_start: Weekday::Sun,
    }
}

/// The owner, signed in, with the role `role` in the organisation and `workspace` in its workspace.
async fn demoted(database: &TestDatabase, made: &Provisioned, role: &str, workspace: Option<&str>) -> Tenant {
    let mut superuser = database.connect(database.superuser()).await;
    let change = match workspace {
        Some(workspace) => format!("UPDATE workspace_members SET role = '{workspace}'"),
        None => "DELETE FROM workspace_members".to_owned(),
    };
    let sql = format!("UPDATE org_members SET role = '{role}' WHERE org_id = '{}'; {change}", made.organization);
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut superuser).await.unwrap();
    let signed_in = database.as_person("owner@acme.test").await.1;
    database.catalog().tenant(signed_in.context)
}

#[tokio::test]
async fn a_store_is_kept_as_it_was_given() {
    let database = TestDatabase::new().await;
    let (tenant, made) = database.organization("acme").await;
    let id = tenant.create_store(made.workspace, &new_store(" Kolkata ")).await.unwrap();
    let store = tenant.store(id).await.unwrap();
    assert_eq!((store.name.as_str(), store.currency.as_str()), ("Kolkata", "INR"));
    assert_eq!((store.timezone, store.week_start), (chrono_tz::Asia::Kolkata, Weekday::Sun));
    assert_eq!((store.version, store.data_bounds, store.committed_at), (0, None, None));
    assert_eq!(store.workspace.name, "acme workspace");
    let names: Vec<String> = tenant.stores().await.unwrap().into_iter().map(|store| store.name).collect();
    assert_eq!(names, ["Kolkata", "acme store"]);
    assert_eq!(tenant.manifest().version(id).await.unwrap(), 0);
}

#[tokio::test]
async fn a_store_tells_the_bounds_and_the_version_of_its_data() {
    let database = TestDatabase::new().await;
    let (tenant, made) = database.organization("acme").await;
    tenant.manifest().publish(hot_commit(&database, made.stores[0], 0, "1001")).await.unwrap();
    let store = tenant.store(made.stores[0]).await.unwrap();
    assert_eq!(store.version, 1);
    assert!(store.committed_at.is_some());
    let (from, to) = store.data_bounds.unwrap();
    assert_eq!(
        (from.to_rfc3339(), to.to_rfc3339()),
        ("2026-11-01T00:00:00+00:00".into(), "2026-11-02T00:00:00+00:00".into())
    );
}

#[tokio::test]
async fn names_are_unique_within_a_tenant_and_tell_nothing_of_another() {
    let database = TestDatabase::new().await;
    let (acme, made) = database.organization("acme").await;
    let (rival, rivals) = database.organization("rival").await;
    acme.create_store(made.workspace, &new_store("same")).await.unwrap();
    let refused = acme.create_store(made.workspace, &new_store("same")).await.unwrap_err();
    assert!(matches!(refused, CatalogError::Taken("store name")), "{refused}");
    rival.create_store(rivals.workspace, &new_store("same")).await.unwrap();
    rival.create_workspace("acme workspace").await.unwrap();
    let refused = rival.create_store(made.workspace, &new_store("in another's workspace")).await.unwrap_err();
    assert!(matches!(refused, CatalogError::NotFound("workspace")), "{refused}");
}

#[tokio::test]
async fn a_tenant_sees_its_own_and_nothing_else() {
    let database = TestDatabase::new().await;
    let (acme, made) = database.organization("acme").await;
    let (rival, rivals) = database.organization("rival").await;
    assert!(matches!(acme.store(rivals.stores[0]).await, Err(CatalogError::NotFound("store"))));
    assert_eq!(acme.organization().await.unwrap().name, "acme");
    assert_eq!(acme.members().await.unwrap()[0].user.email, "owner@acme.test");
    assert_eq!(rival.members().await.unwrap().len(), 1);
    assert_eq!(rival.workspaces().await.unwrap()[0].name, "rival workspace");
    assert_eq!(acme.stores().await.unwrap().into_iter().map(|store| store.id).collect::<Vec<_>>(), made.stores);
    let all: Vec<_> = database.catalog().organizations("a test").await.unwrap();
    assert_eq!(all.len(), 2);
}

fn new_import(made: &Provisioned) -> NewImport {
    NewImport {
        store: made.stores[0],
        kind: "shopify_orders".to_owned(),
        file_name: "orders.csv".to_owned(),
        size_bytes: 3,
        spool_file: None,
        mapping: None,
    }
}

#[tokio::test]
async fn an_editor_of_the_workspace_imports_and_manages_nothing() {
    let database = TestDatabase::new().await;
    let (_, made) = database.organization("acme").await;
    let editor = demoted(&database, &made, "member", Some("editor")).await;
    assert_eq!(editor.stores().await.unwrap().len(), 1);
    editor.create_import(&new_import(&made), u64::MAX).await.unwrap();
    editor.manifest().publish(hot_commit(&database, made.stores[0], 0, "1001")).await.unwrap();
    assert!(matches!(editor.create_workspace("more").await, Err(CatalogError::Forbidden("admin"))));
    let refused = editor.create_store(made.workspace, &new_store("more")).await;
    assert!(matches!(refused, Err(CatalogError::Forbidden("admin"))), "{refused:?}");
}

#[tokio::test]
async fn a_viewer_reads_and_changes_nothing() {
    let database = TestDatabase::new().await;
    let (_, made) = database.organization("acme").await;
    for (role, workspace) in [("member", "viewer"), ("viewer", "editor")] {
        let viewer = demoted(&database, &made, role, Some(workspace)).await;
        assert_eq!(viewer.stores().await.unwrap().len(), 1);
        assert_eq!(viewer.manifest().version(made.stores[0]).await.unwrap(), 0);
        let refused = viewer.create_import(&new_import(&made), u64::MAX).await;
        assert!(matches!(refused, Err(CatalogError::Forbidden("editor"))), "{refused:?}");
        let refused = viewer.manifest().publish(hot_commit(&database, made.stores[0], 0, "1001")).await;
        assert!(matches!(refused, Err(ManifestError::Unavailable(_))), "{refused:?}");
    }
}

#[tokio::test]
async fn a_member_of_no_workspace_sees_no_store() {
    let database = TestDatabase::new().await;
    let (system, made) = database.organization("acme").await;
    let import = system.create_import(&new_import(&made), u64::MAX).await.unwrap();
    let outsider = demoted(&database, &made, "member", None).await;
    assert_eq!(outsider.stores().await.unwrap(), []);
    assert_eq!(outsider.workspaces().await.unwrap(), []);
    let store = made.stores[0];
    assert!(matches!(outsider.store(store).await, Err(CatalogError::NotFound("store"))));
    assert!(matches!(outsider.import(import.id).await, Err(CatalogError::NotFound("import"))));
    assert_eq!(outsider.imports(None, None, 10).await.unwrap().imports, []);
    assert!(matches!(outsider.imports(Some(store), None, 10).await, Err(CatalogError::NotFound("store"))));
    assert!(matches!(outsider.manifest().version(store).await, Err(ManifestError::UnknownStore(_))));
    let admin = demoted(&database, &made, "admin", None).await;
    assert_eq!(admin.stores().await.unwrap().len(), 1, "admins see all");
}
