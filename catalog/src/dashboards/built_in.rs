//! Templates that everybody has, each a document beside this file.

use std::sync::LazyLock;

use super::Document;

/// A template that is built in.
#[derive(Clone, Debug, PartialEq)]
pub struct BuiltInTemplate {
    /// Its name for programs.
    pub key: &'static str,
    /// Its name for people.
    pub name: &'static str,
    /// What it is good for.
    pub description: &'static str,
    /// What dashboards that are made from it show.
    pub document: Document,
}

/// A template's key, its name, what it is good for, and its document as JSON.
type Written = (&'static str, &'static str, &'static str, &'static str);

const WRITTEN: [Written; 5] = [
    (
        "ecommerce_overview",
        "Ecommerce Overview",
        "How the store is doing: what was sold and to whom, where buyers came from, which products sell and which run out.",
        include_str!("built_in/ecommerce_overview.json"),
    ),
    (
        "cro_audit",
        "CRO Audit",
        "Where visitors give up on the way to an order: the funnel, by device, channel, country and landing page, and what hinders them.",
        include_str!("built_in/cro_audit.json"),
    ),
    (
        "pdp_audit",
        "PDP Audit",
        "What product pages do: which products are looked at, put into carts and bought, what comes back, and what buyers say of them.",
        include_str!("built_in/pdp_audit.json"),
    ),
    (
        "agency_client_view",
        "Agency Client View",
        "What a client wants to know each month: results beside last year's, what drove them, and what was done.",
        include_str!("built_in/agency_client_view.json"),
    ),
    (
        "saas_overview",
        "SaaS Overview",
        "For shops that live on customers who stay: who is new, who comes back, what they are worth, and how they are helped.",
        include_str!("built_in/saas_overview.json"),
    ),
];

static TEMPLATES: LazyLock<Vec<BuiltInTemplate>> = LazyLock::new(|| {
    let read = |(key, name, description, document): Written| match serde_json::from_str::<Document>(document) {
        Ok(document) => Some(BuiltInTemplate { key, name, description, document }),
        Err(error) => {
            tracing::error!(template = key, %error, "a template that is built in cannot be read, and is not offered");
            None
        }
    };
    WRITTEN.into_iter().filter_map(read).collect()
});

/// The templates that everybody has, in the order in which they are offered.
#[must_use]
pub fn built_in_templates() -> &'static [BuiltInTemplate] {
    &TEMPLATES
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use aloftly_engine::metrics::Query;
    use aloftly_engine::metrics::query::NamedRange;

    use super::*;
    use crate::dashboards::{View, WidgetKind, WidgetSize, resolve};

    #[test]
    fn every_template_that_is_built_in_is_offered_and_can_be_kept() {
        let keys: Vec<_> = built_in_templates().iter().map(|template| template.key).collect();
        let expected = ["ecommerce_overview", "cro_audit", "pdp_audit", "agency_client_view", "saas_overview"];
        assert_eq!(keys, expected);
        for template in built_in_templates() {
            assert_eq!(template.document.check(), Ok(()), "{}", template.key);
            assert_eq!(template.document.stores().count(), 0, "{} is for every organisation", template.key);
            assert!(template.document.widgets().count() >= 12, "{}", template.key);
        }
    }

    #[test]
    fn whatever_range_is_chosen_each_widget_asks_what_can_be_answered() {
        for template in built_in_templates() {
            for range in NamedRange::ALL {
                let view = View { range: range.name().to_owned(), ..View::from(&template.document.settings) };
                for (widget, query) in resolve(&template.document, &view) {
                    let read = Query::from_json(&query);
                    assert!(read.is_ok(), "{} of {} in {}: {read:?}", widget, template.key, range.name());
                }
            }
        }
    }

    #[test]
    fn a_template_names_the_sources_that_it_is_made_for() {
        let sources = |key: &str| {
            let template = built_in_templates().iter().find(|template| template.key == key).unwrap();
            template.document.sources()
        };
        assert_eq!(
            sources("cro_audit"),
            BTreeSet::from(["clarity", "ga4", "intelligems", "knocommerce", "shopify"]),
            "the experiment and the survey of widgets that ask nothing too"
        );
        assert_eq!(sources("agency_client_view"), BTreeSet::from(["ga4", "intelligems", "shopify"]));
        assert!(!sources("ecommerce_overview").contains("store"), "figures across sources come from these");
    }

    #[test]
    fn no_row_of_a_template_has_a_hole() {
        for template in built_in_templates() {
            for section in &template.document.sections {
                let tracks = 2 * usize::from(section.columns);
                let mut filled = 0;
                let mut height = 0;
                for widget in &section.widgets {
                    let (width, rows) = match widget.size {
                        WidgetSize::Small => (1, 1),
                        WidgetSize::Medium => (2, 2),
                        WidgetSize::Large => (tracks.min(4), 2),
                        WidgetSize::Full => (tracks, 3),
                    };
                    assert!(filled == 0 || rows == height, "{} of {}", widget.id, template.key);
                    height = rows;
                    filled += width;
                    assert!(filled <= tracks, "{} of {} begins a row too late", widget.id, template.key);
                    filled %= tracks;
                }
                assert_eq!(filled, 0, "the last row of {:?} of {}", section.title, template.key);
            }
        }
    }

    #[test]
    fn texts_say_something_and_figures_come_first() {
        for template in built_in_templates() {
            let first = template.document.widgets().next().unwrap();
            assert_eq!(first.kind, WidgetKind::Kpi, "{}", template.key);
            for widget in template.document.widgets().filter(|widget| widget.kind == WidgetKind::Text) {
                let words = widget.text.as_deref().unwrap_or_default();
                assert!(words.starts_with("### ") && words.len() > 40, "{} of {}", widget.id, template.key);
            }
        }
    }
}
