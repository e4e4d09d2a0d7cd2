//! Whatever is killed and whenever: what was acknowledged is there exactly once, and nothing else is.

use std::time::Duration;

use crate::figures::{assert_totals, expected_revenue_and_orders, revenue_and_orders};
use crate::harness::Place;
use crate::oracle::Shop;

/// How large the imported files are: large enough to be killed in the middle.
const SIZE: &str = "5MiB";

#[tokio::test]
async fn an_import_by_command_line_that_is_killed_half_way_leaves_nothing_and_can_be_repeated() {
    let place = Place::new();
    let file = place.made_up_orders(SIZE);
    let shop = Shop::read(&file);
    let whole = expected_revenue_and_orders(&shop);
    place.create_store("shop");
    let server = place.serve().await;
    let client = server.client().await;
    for milliseconds in [50, 150, 300, 500, 800, 1_200, 2_000] {
        let mut import = place.import_command("shop", &file).spawn().unwrap();
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
        import.kill().unwrap();
        import.wait().unwrap();
        let seen = revenue_and_orders(&client, "shop").await;
        assert!(seen == (0, 0) || seen == whole, "half an import is visible after {milliseconds} ms: {seen:?}");
    }
    place.import("shop", &file);
    assert_totals(&client, "shop", &shop).await;
    server.stop().await;
}

#[tokio::test]
async fn every_import_that_a_server_acknowledged_before_it_was_killed_comes_to_its_end() {
    let place = Place::new();
    let file = place.made_up_orders(SIZE);
    let made_up = Shop::read(&file);
    let whole = expected_revenue_and_orders(&made_up);
    let mut acknowledged = Vec::new();
    for milliseconds in [0, 100, 250, 500, 1_000] {
        let shop = format!("shop {milliseconds}");
        place.create_store(&shop);
        let server = place.serve().await;
        let client = server.client().await;
        let import = client.begin_import(&shop, &file).await["id"].as_str().unwrap().to_owned();
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
        server.kill();
        acknowledged.push((shop, import));

        let server = place.serve().await;
        let client = server.client().await;
        for (shop, _) in &acknowledged {
            let seen = revenue_and_orders(&client, shop).await;
            assert!(seen == (0, 0) || seen == whole, "half an import is visible in {shop}: {seen:?}");
        }
        server.kill();
    }
    let server = place.serve().await;
    let client = server.client().await;
    for (shop, import) in &acknowledged {
        let done = client.finished(import).await;
        assert_eq!((&done["status"], &done["already_imported"]), (&"done".into(), &false.into()), "{shop}: {done}");
        assert!(done["counts"]["new"].as_i64().unwrap() > whole.1, "{shop}: {done}");
        assert_eq!(revenue_and_orders(&client, shop).await, whole, "{shop}");
    }
    let (shop, _) = &acknowledged[0];
    assert_totals(&client, shop, &made_up).await;
    server.stop().await;
}

#[tokio::test]
async fn the_database_that_a_killed_server_left_running_or_dying_is_taken_over() {
    let place = Place::new();
    place.create_store("shop");
    for with_database in [false, true, false] {
        let server = place.serve().await;
        server.client().await.store("shop").await;
        if with_database {
            place.kill_database();
        }
        server.kill();
    }
    let server = place.serve().await;
    server.client().await.store("shop").await;
    server.stop().await;
}
