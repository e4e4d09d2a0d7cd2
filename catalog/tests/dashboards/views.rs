//! Ways to look at a dashboard that have a name.

use aloftly_catalog::dashboards::{SavedViewChange, Visibility};
use aloftly_catalog::{CatalogError, DashboardId, OrgRole, Tenant, WorkspaceRole};

use super::{World, outcome};

fn view(name: &str, is_shared: bool) -> SavedViewChange {
    SavedViewChange { name: name.to_owned(), search: format!("range=last_7_days&name={name}"), is_shared }
}

async fn names(tenant: &Tenant, id: DashboardId) -> Vec<(String, bool)> {
    let views = tenant.saved_views(id).await.unwrap().into_iter();
    views.map(|view| (view.name, view.is_own)).collect()
}

#[tokio::test]
async fn ones_own_views_are_ones_own_and_shared_ones_are_seen_and_changed_by_editors() {
    let world = World::new().await;
    let id = world.dashboard().await.summary.id;
    let looking = world.person("looking", OrgRole::Member, Some(WorkspaceRole::Viewer)).await;
    let own = world.ann.create_saved_view(id, &view("Own", false)).await.unwrap();
    let shared = looking.create_saved_view(id, &view("Shared", true)).await.unwrap();
    assert_eq!((own.search.as_str(), own.is_own), ("range=last_7_days&name=Own", true));
    let both = [("Own".to_owned(), true), ("Shared".to_owned(), false)];
    assert_eq!(names(&world.ann, id).await, both);
    assert_eq!(names(&world.bob, id).await, both[1..]);
    assert_eq!(names(&looking, id).await, [("Shared".to_owned(), true)]);

    // Nobody else has one's own.
    for acting in [&world.bob, &looking] {
        assert_eq!(outcome(acting.change_saved_view(id, own.id, &view("Other", true)).await), "no saved view");
        assert_eq!(outcome(acting.delete_saved_view(id, own.id).await), "no saved view");
    }
    let renamed = world.bob.change_saved_view(id, shared.id, &view("Renamed", true)).await.unwrap();
    assert_eq!((renamed.name.as_str(), renamed.is_own, renamed.created_at), ("Renamed", false, shared.created_at));
    let anns = world.ann.create_saved_view(id, &view("Anns", true)).await.unwrap();
    assert_eq!(outcome(looking.change_saved_view(id, anns.id, &view("Mine", true)).await), "for editors");
    assert_eq!(outcome(looking.delete_saved_view(id, anns.id).await), "for editors");
    // An editor may take it back from the others: it is its owner's alone then.
    world.bob.change_saved_view(id, shared.id, &view("Hidden", false)).await.unwrap();
    assert_eq!(names(&looking, id).await, [("Anns".to_owned(), false), ("Hidden".to_owned(), true)]);
    world.bob.delete_saved_view(id, anns.id).await.unwrap();
    assert_eq!(names(&world.ann, id).await, both[..1]);

    // Who does not see the dashboard sees none of its views.
    let hidden = world.ann.create_dashboard(&world.new_dashboard("Hidden", Visibility::Private)).await.unwrap();
    assert_eq!(outcome(world.bob.saved_views(hidden.summary.id).await), "no dashboard");
    let refused = world.bob.create_saved_view(hidden.summary.id, &view("Mine", true)).await;
    assert_eq!(outcome(refused), "no dashboard");
    // A view is found with its dashboard alone.
    let other = world.dashboard().await.summary.id;
    assert_eq!(outcome(world.ann.delete_saved_view(other, own.id).await), "no saved view");
    world.tenant.remove_member(world.anns_id).await.unwrap();
    assert_eq!(names(&looking, id).await, [("Hidden".to_owned(), true)]);
    world.database.close().await;
}

#[tokio::test]
async fn a_view_is_the_part_of_an_address_and_a_dashboard_has_a_hundred() {
    let world = World::new().await;
    let id = world.dashboard().await.summary.id;
    let with = |search: String| SavedViewChange { search, ..view("View", false) };
    for wrong in ["?range=today".to_owned(), "a\nb".to_owned(), "a\0b".to_owned(), "x".repeat(4_001)] {
        let refused = world.ann.create_saved_view(id, &with(wrong)).await;
        assert!(matches!(refused, Err(CatalogError::Invalid { field: "search", .. })), "{refused:?}");
    }
    let nameless = SavedViewChange { name: " ".to_owned(), ..view("View", false) };
    let refused = world.ann.create_saved_view(id, &nameless).await;
    assert!(matches!(refused, Err(CatalogError::Invalid { field: "name", .. })), "{refused:?}");
    world.ann.create_saved_view(id, &with("x".repeat(4_000))).await.unwrap();
    world.ann.create_saved_view(id, &with(String::new())).await.unwrap();
    for number in 2..100 {
        world.bob.create_saved_view(id, &view(&format!("View {number}"), false)).await.unwrap();
    }
    let refused = world.ann.create_saved_view(id, &view("One more", false)).await;
    assert!(matches!(refused, Err(CatalogError::TooManyViews { limit: 100 })), "{refused:?}");
    world.database.close().await;
}
