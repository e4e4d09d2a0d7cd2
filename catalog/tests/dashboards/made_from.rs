//! What dashboards are made from: templates that are built in, those of the organisation, and other dashboards.

use aloftly_catalog::dashboards::{
    DashboardChange, DashboardSource, Document, NewDashboard, TemplateChange, Visibility, built_in_templates,
};
use aloftly_catalog::{CatalogError, OrgRole, TemplateId, WorkspaceRole};
use serde_json::json;
use uuid::Uuid;

use super::{World, at, outcome, renamed};

#[tokio::test]
async fn a_dashboard_begins_with_what_it_is_made_from() {
    let world = World::new().await;
    let new = |from: DashboardSource| NewDashboard { from, ..world.new_dashboard("New", Visibility::Workspace) };
    let empty = world.ann.create_dashboard(&new(DashboardSource::Nothing)).await.unwrap();
    assert_eq!((empty.document, empty.summary.widgets, empty.summary.revision), (Document::empty(), 0, 1));
    for template in built_in_templates() {
        let from = DashboardSource::BuiltIn(template.key.to_owned());
        let made = world.ann.create_dashboard(&new(from)).await.unwrap();
        assert_eq!(made.document, template.document, "{}", template.key);
        assert_eq!(made.summary.template.as_deref(), Some(template.key));
        assert_eq!(made.summary.description, template.description);
        assert_eq!(usize::try_from(made.summary.widgets).unwrap(), template.document.widgets().count());
    }
    let refused = world.ann.create_dashboard(&new(DashboardSource::BuiltIn("magic".to_owned()))).await;
    assert!(matches!(refused, Err(CatalogError::Invalid { field: "template", .. })), "{refused:?}");
    let unknown = new(DashboardSource::Own(TemplateId(Uuid::from_u128(7))));
    assert_eq!(outcome(world.ann.create_dashboard(&unknown).await), "no template");
    world.database.close().await;
}

#[tokio::test]
async fn a_copy_in_another_workspace_names_no_stores() {
    let world = World::new().await;
    let (elsewhere, _) = world.elsewhere().await;
    let owner = world.owner().await;
    let dashboard = world.dashboard().await;
    let mut document = built_in_templates()[0].document.clone();
    document.settings.stores = Some(world.made.stores.clone());
    document.sections[0].widgets[0].own.stores = Some(world.made.stores.clone());
    let of_a_store = json!({ "dimension": "store", "operator": "in", "values": world.made.stores });
    document.settings.filters.push(serde_json::from_value(of_a_store.clone()).unwrap());
    let query = document.sections[0].widgets[0].query.as_mut().unwrap();
    query.insert("filters".to_owned(), json!({ "and": [of_a_store, { "not": { "store": world.made.stores } }] }));
    let change = DashboardChange { document, ..renamed(&dashboard, "Shared") };
    let original = world.ann.save_dashboard(dashboard.summary.id, &at(&dashboard), &change).await.unwrap();
    let copy = NewDashboard {
        from: DashboardSource::Copy(original.summary.id),
        ..world.new_dashboard("Copy", Visibility::Private)
    };
    let here = world.bob.create_dashboard(&copy).await.unwrap();
    assert_eq!((here.document, here.summary.revision), (original.document.clone(), 1));
    let there = owner.create_dashboard(&NewDashboard { workspace: elsewhere, ..copy.clone() }).await.unwrap();
    assert_eq!(there.document, built_in_templates()[0].document);
    assert_eq!(
        outcome(world.bob.create_dashboard(&NewDashboard { workspace: elsewhere, ..copy }).await),
        "no workspace"
    );
    // What one does not see one does not copy.
    let hidden = world.ann.create_dashboard(&world.new_dashboard("Hidden", Visibility::Private)).await.unwrap();
    let from = DashboardSource::Copy(hidden.summary.id);
    let copy = NewDashboard { from, ..world.new_dashboard("Copy", Visibility::Private) };
    assert_eq!(outcome(world.bob.create_dashboard(&copy).await), "no dashboard");
    world.database.close().await;
}

#[tokio::test]
async fn a_template_is_seen_by_everybody_and_changed_by_who_made_it_and_by_admins() {
    let world = World::new().await;
    let viewer = world.person("viewer", OrgRole::Viewer, Some(WorkspaceRole::Viewer)).await;
    let admin = world.person("admin", OrgRole::Admin, None).await;
    let dashboard = world.dashboard().await;
    let mut document = dashboard.document.clone();
    document.settings.stores = Some(world.made.stores.clone());
    let change = DashboardChange { document, ..renamed(&dashboard, "Shared") };
    let dashboard = world.ann.save_dashboard(dashboard.summary.id, &at(&dashboard), &change).await.unwrap();
    let id = dashboard.summary.id;
    assert_eq!(outcome(viewer.create_template(id, "Mine", "").await), "for members");
    let template = world.ann.create_template(id, " House style ", "For everything").await.unwrap();
    assert_eq!((template.name.as_str(), template.description.as_str()), ("House style", "For everything"));
    assert_eq!(template.document, Document::empty(), "whose stores are nobody else's");

    let seen = async |tenant: &aloftly_catalog::Tenant| {
        let templates = tenant.templates().await.unwrap();
        templates.into_iter().map(|template| (template.name, template.may_change)).collect::<Vec<_>>()
    };
    for (acting, may_change) in [(&world.ann, true), (&world.bob, false), (&viewer, false), (&admin, true)] {
        assert_eq!(seen(acting).await, [("House style".to_owned(), may_change)]);
    }
    let to = TemplateChange { name: "Ours".to_owned(), description: String::new(), dashboard: None };
    assert_eq!(outcome(viewer.change_template(template.id, &to).await), "for members");
    assert_eq!(outcome(world.bob.change_template(template.id, &to).await), "for admins");
    assert_eq!(outcome(world.bob.delete_template(template.id).await), "for admins");
    let changed = admin.change_template(template.id, &to).await.unwrap();
    assert_eq!((changed.name.as_str(), changed.document), ("Ours", template.document));
    let mut other = built_in_templates()[1].document.clone();
    other.settings.range = "yesterday".to_owned();
    let from = DashboardSource::Document(other.clone());
    let like = NewDashboard { from, ..world.new_dashboard("Like", Visibility::Private) };
    let like = Some(world.ann.create_dashboard(&like).await.unwrap().summary.id);
    let to = TemplateChange { dashboard: like, ..to };
    assert_eq!(outcome(admin.change_template(template.id, &to).await), "no dashboard", "which is Ann's own");
    assert_eq!(world.ann.change_template(template.id, &to).await.unwrap().document, other);
    // Dashboards begin with it as it is, and stay when it goes.
    let from = DashboardSource::Own(template.id);
    let made = NewDashboard { from, ..world.new_dashboard("Made", Visibility::Workspace) };
    let made = world.bob.create_dashboard(&made).await.unwrap();
    assert_eq!((made.document, made.summary.template), (other.clone(), None));
    world.ann.delete_template(template.id).await.unwrap();
    assert_eq!(outcome(world.ann.delete_template(template.id).await), "no template");
    assert_eq!(world.bob.dashboard(made.summary.id).await.unwrap().document, other);
    world.database.close().await;
}

#[tokio::test]
async fn an_organisation_has_a_hundred_templates() {
    let world = World::new().await;
    let id = world.dashboard().await.summary.id;
    for number in 0..100 {
        world.ann.create_template(id, &format!("Template {number}"), "").await.unwrap();
    }
    let refused = world.ann.create_template(id, "One more", "").await;
    assert!(matches!(refused, Err(CatalogError::TooManyTemplates { limit: 100 })), "{refused:?}");
    world.database.close().await;
}
