//! What plans include, and that nobody gets more.

use aloftly_catalog::plans::{Limit, Plan, Tier, Usage};
use aloftly_catalog::testing::{PASSWORD, TestDatabase};
use aloftly_catalog::{AuditFilter, Catalog, CatalogError, NewOrganization, NewStore, OrgRole, Origin};

fn store(name: &str) -> NewStore {
    NewStore {
        name: name.to_owned(),
        currency: "USD".to_owned(),
        timezone: chrono_tz::UTC,
        week_start: chrono::Weekday::Mon,
    }
}

#[tokio::test]
async fn a_plan_that_is_full_takes_no_more_stores_and_says_which_would() {
    let database = TestDatabase::new().await;
    let (tenant, made) = database.organization("acme").await;
    tenant.set_plan(Tier::Starter).await.unwrap();
    tenant.create_store(made.workspace, &store("second")).await.unwrap();
    tenant.create_store(made.workspace, &store("third")).await.unwrap();
    let refused = tenant.create_store(made.workspace, &store("fourth")).await.unwrap_err();
    assert!(
        matches!(refused, CatalogError::PlanLimit { limit: Limit::Stores, allowed: 3, used: 3, plan: Tier::Starter }),
        "{refused:?}"
    );
    let said = "the plan starter includes 3 stores, and 3 are in use; the plan growth includes 10 stores";
    assert_eq!(refused.to_string(), said);

    // A lesser plan takes nothing away, and adds nothing.
    tenant.set_plan(Tier::Free).await.unwrap();
    assert_eq!(tenant.stores().await.unwrap().len(), 3);
    let refused = tenant.create_store(made.workspace, &store("fourth")).await.unwrap_err();
    let said = "the plan free includes 1 store, and 3 are in use; the plan starter includes 3 stores";
    assert_eq!(refused.to_string(), said);
    tenant.set_plan(Tier::Scale).await.unwrap();
    tenant.create_store(made.workspace, &store("fourth")).await.unwrap();
    assert_eq!(
        tenant.plan().await.unwrap(),
        Plan { tier: Tier::Scale, usage: Usage { stores: 4, integrations: 0, seats: 1, dashboards: 0 } }
    );
    database.close().await;
}

#[tokio::test]
async fn of_many_who_want_the_last_place_at_once_one_gets_it() {
    let database = TestDatabase::new().await;
    let (tenant, made) = database.organization("acme").await;
    let (rival, rivals) = database.organization("rival").await;
    tenant.set_plan(Tier::Starter).await.unwrap();
    tenant.create_store(made.workspace, &store("second")).await.unwrap();
    let names: Vec<_> = (0..6).map(|number| format!("third {number}")).collect();
    let attempts = names.iter().map(|name| {
        let (tenant, new) = (tenant.clone(), store(name));
        async move { tenant.create_store(made.workspace, &new).await }
    });
    let outcomes = futures::future::join_all(attempts).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{outcomes:?}");
    let refused = |error: &CatalogError| matches!(error, CatalogError::PlanLimit { used: 3, .. });
    assert!(outcomes.iter().filter_map(|outcome| outcome.as_ref().err()).all(refused), "{outcomes:?}");
    assert_eq!(tenant.stores().await.unwrap().len(), 3);
    rival.create_store(rivals.workspace, &store("second")).await.expect("each organisation is counted by itself");
    database.close().await;
}

#[tokio::test]
async fn an_organisation_is_made_with_no_more_than_its_plan_includes() {
    let database = TestDatabase::new().await;
    let new = NewOrganization {
        name: "small".to_owned(),
        plan: Tier::Free,
        workspace: "Main".to_owned(),
        owner_email: "owner@small.test".to_owned(),
        owner_name: "owner".to_owned(),
        owner_password: PASSWORD.to_owned(),
        stores: vec![store("first"), store("second")],
    };
    let refused = database.catalog().provision_organization(&new).await.unwrap_err();
    assert!(matches!(refused, CatalogError::PlanLimit { plan: Tier::Free, .. }), "{refused:?}");
    assert!(database.catalog().organizations("a test").await.unwrap().is_empty());
    let new = NewOrganization { stores: vec![store("first")], ..new };
    let made = database.catalog().provision_organization(&new).await.unwrap();
    let signed_in = database
        .catalog()
        .sign_in("owner@small.test", PASSWORD, &Origin::default())
        .await
        .unwrap()
        .signed_in()
        .unwrap();
    assert_eq!(signed_in.session.plan_tier, "free");
    let (owner, _) = database.as_person("owner@small.test").await;
    let refused = owner.create_store(made.workspace, &store("second")).await.unwrap_err();
    assert!(matches!(refused, CatalogError::PlanLimit { plan: Tier::Free, .. }), "{refused:?}");
    database.close().await;
}

#[tokio::test]
async fn members_see_the_plan_and_nobody_in_the_organisation_changes_it() {
    let database = TestDatabase::new().await;
    let (tenant, made) = database.organization("acme").await;
    database.organization("rival").await;
    for role in [OrgRole::Viewer, OrgRole::Member, OrgRole::Admin] {
        database.member(made.organization, &format!("{}@acme.test", role.as_str()), role).await;
    }
    for role in OrgRole::ALL {
        let (acting, _) = database.as_person(&format!("{}@acme.test", role.as_str())).await;
        let usage = Usage { stores: 1, integrations: 0, seats: 4, dashboards: 0 };
        let expected = Plan { tier: Tier::Enterprise, usage };
        assert_eq!(acting.plan().await.unwrap(), expected, "{role:?}");
        let refused = acting.set_plan(Tier::Free).await;
        assert!(matches!(refused, Err(CatalogError::Forbidden(_))), "{role:?}: {refused:?}");
    }
    tenant.set_plan(Tier::Growth).await.unwrap();
    tenant.set_plan(Tier::Growth).await.unwrap(); // nothing changes
    let told = tenant.audit_events(&AuditFilter::default(), None, 10).await.unwrap().events;
    let told: Vec<_> = told.iter().filter(|event| event.action == "plan.changed").collect();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].detail, serde_json::json!({ "from": "enterprise", "to": "growth" }));
    // A newer version's plan is not known here: nothing is added that this one cannot tell is paid for.
    let mut superuser = database.connect(database.superuser()).await;
    sqlx::raw_sql("UPDATE organizations SET plan_tier = 'platinum'").execute(&mut superuser).await.unwrap();
    assert_eq!(tenant.plan().await.unwrap().tier, Tier::Free);
    assert!(tenant.create_store(made.workspace, &store("second")).await.is_err());
    database.close().await;
}

#[tokio::test]
async fn organisations_from_before_there_were_limits_have_none() {
    let database = TestDatabase::new().await;
    let (tenant, _) = database.organization("acme").await;
    let mut superuser = database.connect(database.superuser()).await;
    let before = "UPDATE organizations SET plan_tier = 'free'; DELETE FROM _sqlx_migrations WHERE version = 15";
    sqlx::raw_sql(before).execute(&mut superuser).await.unwrap();
    Catalog::migrate(database.owner()).await.unwrap();
    assert_eq!(tenant.plan().await.unwrap().tier, Tier::Enterprise);
    let forced: bool = sqlx::query_scalar("SELECT relforcerowsecurity FROM pg_class WHERE relname = 'organizations'")
        .fetch_one(&mut superuser)
        .await
        .unwrap();
    assert!(forced);
    database.close().await;
}
