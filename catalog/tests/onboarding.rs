//! How far an organisation is from nothing to first figures, to each who asks.

use aloftly_catalog::dashboards::{DashboardSource, NewDashboard, Visibility};
use aloftly_catalog::testing::TestDatabase;
use aloftly_catalog::{
    CatalogError, ImportFailure, NewImport, NewStore, OnboardingStep, OrgRole, Provisioned, Tenant, WorkspaceRole,
};
use aloftly_engine::StoreId;

use crate::connections::{account, new};

async fn scene() -> (TestDatabase, Tenant, Provisioned) {
    let database = TestDatabase::new().await;
    let (_, made) = database.organization("acme").await;
    let (owner, _) = database.as_person("owner@acme.test").await;
    (database, owner, made)
}

/// Which steps were made: store, data, template, numbers.
async fn steps(tenant: &Tenant) -> [bool; 4] {
    let onboarding = tenant.onboarding().await.unwrap();
    OnboardingStep::ALL.map(|step| onboarding.is_done(step))
}

fn file(store: StoreId) -> NewImport {
    NewImport {
        store,
        kind: "shopify_orders".to_owned(),
        file_name: "a.csv".to_owned(),
        size_bytes: 1,
        spool_file: None,
        mapping: None,
    }
}

fn dashboard(made: &Provisioned, name: &str, visibility: Visibility) -> NewDashboard {
    NewDashboard { workspace: made.workspace, name: name.to_owned(), visibility, from: DashboardSource::Nothing }
}

#[tokio::test]
async fn a_file_on_its_way_counts_as_data_until_it_fails() {
    let (database, owner, made) = scene().await;
    let store = made.stores[0];
    assert_eq!(steps(&owner).await, [true, false, false, false]);
    let import = owner.create_import(&file(store), u64::MAX).await.unwrap();
    let onboarding = owner.onboarding().await.unwrap();
    assert_eq!((onboarding.store, onboarding.import), (Some(store), Some(import.id)));
    assert_eq!(steps(&owner).await, [true, true, false, false]);

    let first = owner.create_dashboard(&dashboard(&made, "first", Visibility::Workspace)).await.unwrap();
    assert_eq!(owner.onboarding().await.unwrap().dashboard, Some(first.summary.id));
    assert_eq!(steps(&owner).await, [true, true, true, false], "there is nothing to look at yet");
    let worker = database.clock().new_id();
    owner.claim_import(import.id, worker).await.unwrap().unwrap();
    assert_eq!(steps(&owner).await, [true, true, true, false]);
    owner.fail_import(import.id, worker, &ImportFailure::new("it is no such file")).await.unwrap();
    assert_eq!(steps(&owner).await, [true, false, true, false]);
    assert_eq!(owner.onboarding().await.unwrap().import, None);
    database.close().await;
}

#[tokio::test]
async fn a_connection_counts_as_data_once_its_account_is_chosen_and_its_store_is_what_it_is_about() {
    let (database, owner, made) = scene().await;
    let second = NewStore {
        name: "second".to_owned(),
        currency: "USD".to_owned(),
        timezone: chrono_tz::UTC,
        week_start: chrono::Weekday::Mon,
    };
    let second = owner.create_store(made.workspace, &second).await.unwrap();
    assert_eq!(owner.onboarding().await.unwrap().store, Some(made.stores[0]), "the first store");
    let begun = owner.begin_connection(new(second, "shopify")).await.unwrap();
    assert_eq!(steps(&owner).await, [true, false, false, false]);
    owner.choose_account(begun.id, &account("acme.shop"), &[]).await.unwrap();
    assert_eq!(steps(&owner).await, [true, true, false, false]);
    assert_eq!(owner.onboarding().await.unwrap().store, Some(second));
    owner.disconnect(begun.id).await.unwrap();
    assert_eq!(steps(&owner).await, [true, false, false, false]);
    database.close().await;
}

#[tokio::test]
async fn it_is_over_when_an_admin_says_so_and_stays_so() {
    let (database, owner, made) = scene().await;
    for (role, email) in [(OrgRole::Viewer, "viewer@acme.test"), (OrgRole::Member, "member@acme.test")] {
        let user = database.member(made.organization, email, role).await;
        owner.set_workspace_role(made.workspace, user, WorkspaceRole::Admin).await.unwrap();
        let refused = database.as_person(email).await.0.finish_onboarding().await.unwrap_err();
        assert!(matches!(refused, CatalogError::Forbidden("admin")), "{refused:?}");
    }
    assert_eq!(owner.onboarding().await.unwrap().finished_at, None);
    owner.finish_onboarding().await.unwrap();
    let finished_at = owner.onboarding().await.unwrap().finished_at;
    assert!(finished_at.is_some());
    owner.finish_onboarding().await.unwrap();
    assert_eq!(owner.onboarding().await.unwrap().finished_at, finished_at);
    assert_eq!(steps(&owner).await, [true, false, false, true]);
    let (other, _) = database.organization("other").await;
    assert_eq!(other.onboarding().await.unwrap().finished_at, None);
    database.close().await;
}

#[tokio::test]
async fn everybody_is_told_of_what_they_see_and_no_more() {
    let (database, owner, made) = scene().await;
    let user = database.member(made.organization, "member@acme.test", OrgRole::Member).await;
    let (member, _) = database.as_person("member@acme.test").await;
    owner.create_import(&file(made.stores[0]), u64::MAX).await.unwrap();
    owner.create_dashboard(&dashboard(&made, "private", Visibility::Private)).await.unwrap();
    assert_eq!(steps(&member).await, [false; 4]);
    let nothing = member.onboarding().await.unwrap();
    assert_eq!((nothing.store, nothing.import, nothing.dashboard), (None, None, None));

    owner.set_workspace_role(made.workspace, user, WorkspaceRole::Viewer).await.unwrap();
    assert_eq!(steps(&member).await, [true, true, false, false], "somebody else's private dashboard");
    owner.create_dashboard(&dashboard(&made, "for all", Visibility::Workspace)).await.unwrap();
    assert_eq!(steps(&member).await, [true, true, true, false]);
    let (stranger, _) = database.organization("other").await;
    assert_eq!(steps(&stranger).await, [true, false, false, false]);
    database.close().await;
}
