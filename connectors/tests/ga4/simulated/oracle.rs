//! What should be seen of a day: counted from the shop's visits, without any of the code that reads or answers reports.

use std::collections::{BTreeMap, BTreeSet};

use aloftly_simulators::world::traffic::{self, Session};
use chrono::NaiveDate;

use super::{Lab, Store};
use crate::support::{Row, number, text};

/// Values in millionths by name and what they are cut by; those that are zero are not there.
pub(super) type Values = BTreeMap<(String, Vec<String>), i128>;

/// What a lake should hold of a day, as the visits are known now.
pub(super) fn of(lab: &Lab, day: NaiveDate) -> Values {
    let now = lab.clock.now();
    // A property knows nothing of before it was made.
    if day < lab.property.created_at.with_timezone(&lab.property.zone).date_naive() {
        return Values::new();
    }
    let visits = traffic::sessions(&lab.world, &lab.property.traffic, day, lab.property.zone, now);
    let mut values = Values::new();
    let mut add = |name: &str, cut: &[&str], count: i128| {
        let cut = cut.iter().map(|part| (*part).to_owned()).collect();
        *values.entry((name.to_owned(), cut)).or_default() += count * 1_000_000;
    };
    for visit in &visits {
        let origin = visit.origin_at(now);
        let landing = visit.landing.split('?').next().unwrap();
        let source = [origin.source.as_str(), &origin.medium, &origin.campaign];
        for (name, count) in counted(visit) {
            add(name, &[], count);
            add(&format!("{name}_by_source"), &source, count);
            add(&format!("{name}_by_device"), &[visit.device, &visit.country], count);
            if ["sessions", "engaged_sessions", "engagement_seconds", "page_views", "key_events"].contains(&name) {
                add(&format!("{name}_by_page"), &[landing], count);
            }
        }
        for event in &visit.events {
            let name = match event.name {
                "view_item" => "items_viewed",
                "add_to_cart" => "items_added_to_cart",
                "begin_checkout" => "items_checked_out",
                "purchase" => "items_purchased",
                _ => continue,
            };
            for item in &event.items {
                add(name, &[&item.name, &item.id], i128::from(item.quantity));
            }
        }
    }
    add("users", &[], visits.iter().map(|visit| visit.user).collect::<BTreeSet<_>>().len() as i128);
    // Amounts are in cents so far.
    for ((name, _), value) in &mut values {
        if name.starts_with("purchase_revenue") {
            *value /= 100;
        }
    }
    values.retain(|_, value| *value != 0);
    values
}

fn counted(visit: &Session) -> [(&'static str, i128); 10] {
    let events = |name: &str| visit.events.iter().filter(|event| event.name == name).count() as i128;
    let sum = |of: fn(&traffic::Event) -> i64| visit.events.iter().map(of).map(i128::from).sum::<i128>();
    let seconds = sum(|event| event.seconds);
    let is_engaged = events("page_view") > 1 || seconds >= 10 || events("purchase") > 0;
    [
        ("sessions", 1),
        ("engaged_sessions", i128::from(is_engaged)),
        ("engagement_seconds", seconds),
        ("page_views", events("page_view")),
        ("key_events", events("purchase")),
        ("new_users", events("first_visit")),
        ("add_to_carts", events("add_to_cart")),
        ("checkouts", events("begin_checkout")),
        ("purchases", events("purchase")),
        ("purchase_revenue", sum(|event| event.value)),
    ]
}

/// What a store holds of a day, in the same form.
pub(super) fn held(store: &Store, day: NaiveDate) -> Values {
    values(store.days.get(&day).map_or(&[][..], Vec::as_slice))
}

/// What the rows of a day say.
pub(super) fn values<'r>(rows: impl IntoIterator<Item = &'r Row>) -> Values {
    let column = |row: &Row, name: &str| row[name].clone().unwrap_or_default();
    let mut values = Values::new();
    for row in rows {
        let name = text(row, "metric_name");
        let cut = if name.ends_with("_by_source") {
            vec![column(row, "traffic_source"), column(row, "medium"), column(row, "campaign")]
        } else if name.ends_with("_by_page") {
            vec![column(row, "page")]
        } else if name.ends_with("_by_device") {
            vec![column(row, "device"), column(row, "country")]
        } else if name.starts_with("items_") {
            let others: BTreeMap<String, String> = serde_json::from_str(text(row, "dimensions")).unwrap();
            vec![column(row, "product"), others["item_id"].clone()]
        } else {
            Vec::new()
        };
        let before = values.insert((name.to_owned(), cut), number(row, "metric_value"));
        assert_eq!(before, None, "a value is held twice");
    }
    values.retain(|_, value| *value != 0);
    values
}
