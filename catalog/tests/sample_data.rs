//! Made-up data: never in a store with anything real, and nothing real beside them.

use aloftly_catalog::testing::TestDatabase;
use aloftly_catalog::{
    AuditFilter, CatalogError, ImportId, ImportOutcome, ImportStatus, NewImport, NewStore, OrgRole, Provisioned,
    SampleDataRemoval, Tenant, WorkspaceRole,
};
use aloftly_engine::StoreId;
use aloftly_engine::lake::manifest::CommitCounts;
use futures::future::join_all;
use uuid::Uuid;

use crate::connections::{connected, new};

fn file(store: StoreId, name: &str) -> NewImport {
    NewImport {
        store,
        kind: "shopify_orders".to_owned(),
        file_name: format!("{name}.csv"),
        size_bytes: 1_000,
        spool_file: Some(format!("here/{name}")),
        mapping: None,
    }
}

fn files(store: StoreId) -> [NewImport; 2] {
    [file(store, "orders"), file(store, "visits")]
}

async fn scene() -> (TestDatabase, Tenant, Provisioned) {
    let database = TestDatabase::new().await;
    let (_, made) = database.organization("acme").await;
    let (owner, _) = database.as_person("owner@acme.test").await;
    (database, owner, made)
}

async fn finish(tenant: &Tenant, import: ImportId, worker: Uuid) {
    let counts = CommitCounts { new: 1, updated: 0, unchanged: 0, stale: 0, removed: 0 };
    let outcome = ImportOutcome { rows_read: 1, counts, already_imported: false, version: 1 };
    tenant.finish_import(import, worker, &outcome).await.unwrap();
}

/// What the audit log tells of made-up data, the oldest first.
async fn told(tenant: &Tenant) -> Vec<String> {
    let page = tenant.audit_events(&AuditFilter::default(), None, 500).await.unwrap();
    let actions = page.events.into_iter().map(|event| event.action);
    let mut told: Vec<_> = actions.filter(|action| action.starts_with("sample_data.")).collect();
    told.reverse();
    told
}

#[tokio::test]
async fn a_store_that_is_filled_says_so_and_takes_nothing_real() {
    let (database, owner, made) = scene().await;
    let store = made.stores[0];
    assert_eq!(owner.store(store).await.unwrap().sample_data_at, None);
    owner.check_sample_data(store).await.unwrap();
    let imports = owner.add_sample_data(store, &files(store), u64::MAX).await.unwrap();
    let names: Vec<_> = imports.iter().map(|import| (import.file_name.as_str(), import.status)).collect();
    assert_eq!(names, [("orders.csv", ImportStatus::Queued), ("visits.csv", ImportStatus::Queued)]);
    assert!(owner.store(store).await.unwrap().sample_data_at.is_some());
    assert_eq!(told(&owner).await, ["sample_data.added"]);

    for refused in [
        owner.check_import_into(store).await.unwrap_err(),
        owner.create_import(&file(store, "real"), u64::MAX).await.unwrap_err(),
        owner.check_connect_to(store).await.unwrap_err(),
        owner.begin_connection(new(store, "shopify")).await.unwrap_err(),
    ] {
        assert!(matches!(refused, CatalogError::HasSampleData), "{refused:?}");
    }
    assert_eq!(owner.imports(Some(store), None, 10).await.unwrap().imports.len(), 2);
    assert!(owner.connections(Some(store)).await.unwrap().is_empty());
    let again = owner.add_sample_data(store, &files(store), u64::MAX).await.unwrap_err();
    assert!(matches!(again, CatalogError::HasData), "{again:?}");
    database.close().await;
}

#[tokio::test]
async fn a_store_to_which_anything_real_is_on_its_way_is_not_filled() {
    let (database, owner, made) = scene().await;
    let store = made.stores[0];
    let refused = async |what: &str| {
        let looked = owner.check_sample_data(store).await.unwrap_err();
        assert!(matches!(looked, CatalogError::HasData), "{what}: {looked:?}");
        let added = owner.add_sample_data(store, &files(store), u64::MAX).await.unwrap_err();
        assert!(matches!(added, CatalogError::HasData), "{what}: {added:?}");
        assert_eq!(owner.store(store).await.unwrap().sample_data_at, None, "{what}");
    };
    let import = owner.create_import(&file(store, "real"), u64::MAX).await.unwrap();
    refused("a file waits").await;
    owner.claim_import(import.id, database.clock().new_id()).await.unwrap().unwrap();
    refused("a file is being imported").await;

    let other = NewStore {
        name: "other".to_owned(),
        currency: "EUR".to_owned(),
        timezone: chrono_tz::Europe::Paris,
        week_start: chrono::Weekday::Mon,
    };
    let other = owner.create_store(made.workspace, &other).await.unwrap();
    let connection = connected(&owner, other, "shop").await;
    let error = owner.check_sample_data(other).await.unwrap_err();
    assert!(matches!(error, CatalogError::HasData), "a connection: {error:?}");
    // One that was ended, and has brought nothing, is no reason.
    owner.disconnect(connection.id).await.unwrap();
    owner.add_sample_data(other, &files(other), u64::MAX).await.unwrap();
    database.close().await;
}

#[tokio::test]
async fn made_up_data_are_not_removed_under_a_worker_and_are_removed_once() {
    let (database, owner, made) = scene().await;
    let store = made.stores[0];
    let refused = owner.begin_sample_data_removal(store).await.unwrap_err();
    assert!(matches!(refused, CatalogError::NotSampleData), "{refused:?}");
    let imports = owner.add_sample_data(store, &files(store), u64::MAX).await.unwrap();
    let since = owner.store(store).await.unwrap().sample_data_at.unwrap();

    let worker = database.clock().new_id();
    owner.claim_import(imports[0].id, worker).await.unwrap().unwrap();
    let refused = owner.begin_sample_data_removal(store).await.unwrap_err();
    assert!(matches!(refused, CatalogError::BeingImported), "{refused:?}");
    assert_eq!(owner.import(imports[1].id).await.unwrap().status, ImportStatus::Queued, "something was given up");
    finish(&owner, imports[0].id, worker).await;

    // What waits is given up, its file is not needed any more, and no worker can have it.
    let removal = owner.begin_sample_data_removal(store).await.unwrap();
    assert_eq!((removal.store, removal.since), (store, since));
    assert_eq!(removal.files, ["here/visits"]);
    let given_up = owner.import(imports[1].id).await.unwrap();
    assert_eq!((given_up.status, given_up.spool_file), (ImportStatus::Failed, None));
    assert_eq!(given_up.error.as_deref(), Some("the sample data were removed"));
    assert_eq!(owner.claim_import(imports[1].id, database.clock().new_id()).await.unwrap(), None);
    // Whoever dies in between begins again, and means the same data. Nothing real comes in meanwhile.
    let again = owner.begin_sample_data_removal(store).await.unwrap();
    assert_eq!(again, SampleDataRemoval { files: Vec::new(), ..removal.clone() });
    let refused = owner.create_import(&file(store, "real"), u64::MAX).await.unwrap_err();
    assert!(matches!(refused, CatalogError::HasSampleData), "{refused:?}");

    owner.finish_sample_data_removal(&removal).await.unwrap();
    owner.finish_sample_data_removal(&again).await.unwrap();
    assert_eq!(owner.store(store).await.unwrap().sample_data_at, None);
    assert_eq!(told(&owner).await, ["sample_data.added", "sample_data.removed"]);
    owner.create_import(&file(store, "real"), u64::MAX).await.unwrap();
    database.close().await;
}

#[tokio::test]
async fn a_removal_of_earlier_data_says_nothing_of_later_ones() {
    let (database, owner, made) = scene().await;
    let store = made.stores[0];
    owner.add_sample_data(store, &[], u64::MAX).await.unwrap();
    let first = owner.begin_sample_data_removal(store).await.unwrap();
    owner.finish_sample_data_removal(&first).await.unwrap();
    owner.add_sample_data(store, &[], u64::MAX).await.unwrap();
    let since = owner.store(store).await.unwrap().sample_data_at;
    assert_ne!(since, Some(first.since));
    // Somebody was slow.
    owner.finish_sample_data_removal(&first).await.unwrap();
    assert_eq!(owner.store(store).await.unwrap().sample_data_at, since);
    assert_eq!(told(&owner).await.len(), 3);
    database.close().await;
}

#[tokio::test]
async fn of_those_who_fill_a_store_and_bring_something_real_at_once_one_alone_does() {
    let (database, owner, made) = scene().await;
    for round in 0..8 {
        let new = NewStore {
            name: format!("store {round}"),
            currency: "USD".to_owned(),
            timezone: chrono_tz::UTC,
            week_start: chrono::Weekday::Mon,
        };
        let store = owner.create_store(made.workspace, &new).await.unwrap();
        let attempts = (0..6).map(|number| {
            let owner = owner.clone();
            async move {
                match number % 3 {
                    0 => owner.add_sample_data(store, &files(store), u64::MAX).await.map(|_| "made up"),
                    1 => owner.create_import(&file(store, "real"), u64::MAX).await.map(|_| "real"),
                    _ => owner.begin_connection(self::new(store, "shopify")).await.map(|_| "real"),
                }
            }
        });
        let outcomes = join_all(attempts).await;
        let refused = outcomes.iter().filter_map(|outcome| outcome.as_ref().err());
        for error in refused {
            assert!(matches!(error, CatalogError::HasData | CatalogError::HasSampleData), "{error:?}");
        }
        let done: Vec<_> = outcomes.iter().filter_map(|outcome| outcome.as_ref().ok()).collect();
        let made_up = done.iter().filter(|what| ***what == "made up").count();
        assert!(made_up == 0 || (made_up, done.len()) == (1, 1), "{outcomes:?}");
        assert!(!done.is_empty(), "{outcomes:?}");
        let says_so = owner.store(store).await.unwrap().sample_data_at.is_some();
        assert_eq!(says_so, made_up == 1, "{outcomes:?}");
    }
    database.close().await;
}

#[tokio::test]
async fn who_may_import_into_a_store_may_fill_and_empty_it() {
    let (database, owner, made) = scene().await;
    let store = made.stores[0];
    let person = async |role: OrgRole, there: Option<WorkspaceRole>| {
        let email = format!("{}-{}@acme.test", role.as_str(), there.map_or("nowhere", WorkspaceRole::as_str));
        let user = database.member(made.organization, &email, role).await;
        if let Some(there) = there {
            owner.set_workspace_role(made.workspace, user, there).await.unwrap();
        }
        database.as_person(&email).await.0
    };
    for (role, there, expected) in [
        (OrgRole::Member, None, "no such store"),
        (OrgRole::Member, Some(WorkspaceRole::Viewer), "this needs the role editor"),
        (OrgRole::Viewer, Some(WorkspaceRole::Editor), "this needs the role editor"),
    ] {
        let tenant = person(role, there).await;
        for refused in [
            tenant.check_sample_data(store).await.unwrap_err(),
            tenant.add_sample_data(store, &files(store), u64::MAX).await.unwrap_err(),
            tenant.begin_sample_data_removal(store).await.unwrap_err(),
        ] {
            assert_eq!(refused.to_string(), expected, "{role:?} {there:?}");
        }
    }
    let editor = person(OrgRole::Member, Some(WorkspaceRole::Editor)).await;
    editor.add_sample_data(store, &files(store), u64::MAX).await.unwrap();
    let removal = editor.begin_sample_data_removal(store).await.unwrap();
    editor.finish_sample_data_removal(&removal).await.unwrap();

    let (stranger, _) = database.organization("other").await;
    let refused = stranger.check_sample_data(store).await.unwrap_err();
    assert!(matches!(refused, CatalogError::NotFound("store")), "{refused:?}");
    database.close().await;
}
