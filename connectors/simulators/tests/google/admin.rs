//! What properties there are.

use std::sync::Arc;

use aloftly_simulators::google::{Property, WorldView};
use reqwest::StatusCode;
use serde_json::json;

use super::{Google, ID};

#[tokio::test]
async fn accounts_come_in_pages_and_only_those_that_one_may_read() {
    let google = Google::start(|options| {
        let first = options.properties[0].clone();
        for number in 0..5 {
            let id = ID + 1 + number;
            options.properties.push(Property { id, account: (2_000 + number, "Another".to_owned()), ..first.clone() });
        }
        options.users[0].properties = vec![ID, ID + 1, ID + 2, ID + 3];
    })
    .await;
    let token = google.token().await;
    let (mut found, mut page) = (Vec::new(), String::new());
    loop {
        let path = format!("analyticsadmin/v1beta/accountSummaries?pageSize=3&pageToken={page}");
        let (status, body) = google.get(&token, &path).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        for account in body["accountSummaries"].as_array().unwrap() {
            found.push(account["propertySummaries"][0]["property"].as_str().unwrap().to_owned());
        }
        let Some(next) = body["nextPageToken"].as_str() else { break };
        page = next.to_owned();
    }
    assert_eq!(found, [0, 1, 2, 3].map(|number| format!("properties/{}", ID + number)));
    let (status, _) = google.get(&token, "analyticsadmin/v1beta/accountSummaries?pageToken=made-up").await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    let (status, _) = google.get(&token, &format!("analyticsadmin/v1beta/properties/{}", ID + 4)).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_property_tells_its_zone_its_currency_and_its_key_events() {
    let google = Google::start(|_| {}).await;
    let token = google.token().await;
    let (_, property) = google.get(&token, &format!("analyticsadmin/v1beta/properties/{ID}")).await;
    assert_eq!(
        (&property["timeZone"], &property["currencyCode"], &property["serviceLevel"]),
        (&json!("America/New_York"), &json!("USD"), &json!("GOOGLE_ANALYTICS_STANDARD"))
    );
    let (_, events) = google.get(&token, &format!("analyticsadmin/v1beta/properties/{ID}/keyEvents")).await;
    assert_eq!(events["keyEvents"][0]["eventName"], "purchase");
    let (status, _) = google.get(&token, "analyticsadmin/v1beta/properties/G-ABCDEF").await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
}

#[test]
fn a_world_that_is_shared_can_be_looked_at() {
    let world = Arc::new(std::sync::Mutex::new(aloftly_simulators::world::World::new(
        &aloftly_simulators::world::WorldOptions {
            orders: 3,
            ..aloftly_simulators::world::WorldOptions::new("a.myshopify.com", super::now())
        },
    )));
    let property = Property::new(7, WorldView::shared(world));
    assert_eq!((property.id, property.zone), (7, chrono_tz::America::New_York));
}
