//! The widgets of a dashboard, one by one.

use aloftly_catalog::dashboards::{Dashboard, IfMatch, Own, Widget, WidgetChange, WidgetKind, WidgetSize};
use aloftly_catalog::{CatalogError, Tenant};
use serde_json::json;

use super::{World, at, outcome};

fn widget(id: &str, metric: &str) -> Widget {
    let query = json!({ "metrics": [metric] });
    Widget {
        id: id.to_owned(),
        kind: WidgetKind::Kpi,
        size: WidgetSize::Small,
        title: None,
        note: None,
        query: query.as_object().cloned(),
        own: Own::default(),
        display: serde_json::Map::new(),
        text: None,
    }
}

fn add(id: &str, position: Option<usize>) -> WidgetChange {
    WidgetChange::Add { section: None, position, widget: widget(id, "shopify.revenue") }
}

fn ids(dashboard: &Dashboard) -> Vec<&str> {
    dashboard.document.widgets().map(|widget| widget.id.as_str()).collect()
}

async fn change(tenant: &Tenant, dashboard: &Dashboard, change: WidgetChange) -> Result<Dashboard, CatalogError> {
    tenant.change_widget(dashboard.summary.id, &IfMatch::Any, change).await
}

/// What is wrong, by its place in the document, and where what was given stands.
fn wrong(result: Result<Dashboard, CatalogError>) -> (Vec<String>, String) {
    match result {
        Err(CatalogError::WrongDocument { faults, at }) => {
            (faults.into_iter().map(|fault| fault.pointer).collect(), at)
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn widgets_come_and_go_and_the_others_stay_as_they_are() {
    let world = World::new().await;
    let dashboard = world.dashboard().await;
    change(&world.ann, &dashboard, add("second", None)).await.unwrap();
    change(&world.bob, &dashboard, add("third1", None)).await.unwrap();
    let three = change(&world.ann, &dashboard, add("first1", Some(0))).await.unwrap();
    assert_eq!(ids(&three), ["first1", "second", "third1"]);
    assert_eq!((three.summary.widgets, three.summary.revision), (3, 4));
    let to = WidgetChange::Replace { id: "second".to_owned(), widget: widget("second", "shopify.orders") };
    let changed = change(&world.bob, &dashboard, to).await.unwrap();
    assert_eq!(ids(&changed), ["first1", "second", "third1"]);
    assert_eq!(changed.document.asked().into_iter().collect::<Vec<_>>(), ["shopify.orders", "shopify.revenue"]);
    let two = change(&world.ann, &dashboard, WidgetChange::Remove { id: "first1".to_owned() }).await.unwrap();
    assert_eq!(ids(&two), ["second", "third1"]);
    assert_eq!(world.bob.dashboard(dashboard.summary.id).await.unwrap().document, two.document);

    // Who says which revision is meant is told that it is another by now.
    let stale = world.ann.change_widget(two.summary.id, &at(&changed), add("fourth", None)).await;
    assert_eq!(outcome(stale), "stale");
    let fresh = world.ann.change_widget(two.summary.id, &at(&two), add("fourth", None)).await.unwrap();
    assert_eq!(ids(&fresh), ["second", "third1", "fourth"]);
    world.database.close().await;
}

#[tokio::test]
async fn a_widget_that_is_wrong_is_told_with_its_place() {
    let world = World::new().await;
    let dashboard = world.dashboard().await;
    change(&world.ann, &dashboard, add("first1", None)).await.unwrap();
    let given = WidgetChange::Add { section: None, position: None, widget: widget("second", "shopify.revenu") };
    let place = "/sections/0/widgets/1".to_owned();
    assert_eq!(wrong(change(&world.ann, &dashboard, given).await), (vec![format!("{place}/query/metrics/0")], place));
    let place = "/sections/0/widgets/0".to_owned();
    let twice = wrong(change(&world.ann, &dashboard, add("first1", Some(0))).await);
    assert_eq!(twice, (vec!["/sections/0/widgets/1/id".to_owned()], place), "what is there already is the second then");

    let elsewhere = |section: &str| WidgetChange::Add {
        section: Some(section.to_owned()),
        position: None,
        widget: widget("second", "shopify.revenue"),
    };
    for (given, field) in [(elsewhere("nowhere"), "section_id"), (add("second", Some(2)), "position")] {
        let refused = change(&world.ann, &dashboard, given).await;
        assert!(matches!(refused, Err(CatalogError::Invalid { field: found, .. }) if found == field), "{refused:?}");
    }
    let renamed = WidgetChange::Replace { id: "first1".to_owned(), widget: widget("other1", "shopify.revenue") };
    let refused = change(&world.ann, &dashboard, renamed).await;
    assert!(matches!(refused, Err(CatalogError::Invalid { field: "id", .. })), "{refused:?}");
    let unknown = WidgetChange::Remove { id: "unknown".to_owned() };
    assert_eq!(outcome(change(&world.ann, &dashboard, unknown).await), "no widget");
    assert_eq!(world.ann.dashboard(dashboard.summary.id).await.unwrap().summary.revision, 2, "nothing else was kept");
    world.database.close().await;
}
