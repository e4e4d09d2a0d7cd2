//! Whatever is killed and whenever: what was acknowledged is there exactly once, and nothing else is.

use std::time::Duration;

use crate::figures::{assert_figures, revenue_and_orders};
use crate::harness::{Place, retail};
use crate::oracle::Shop;

#[tokio::test]
async fn an_import_by_command_line_that_is_killed_half_way_leaves_nothing_and_can_be_repeated() {
    let Some([_, _, (_, file)]) = retail() else { return };
    let place = Place::new();
    place.create_store("shop");
    let server = place.serve().await;
    let client = server.client().await;
    let whole = (788_741_000, 2_289);
    for milliseconds in [50, 150, 300, 500, 800, 1_200, 2_000] {
        let mut import = place.import_command("shop", &file).spawn().unwrap();
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
        import.kill().unwrap();
        import.wait().unwrap();
        let seen = revenue_and_orders(&client, "shop").await;
        assert!(seen == (0, 0) || seen == whole, "half an import is visible after {milliseconds} ms: {seen:?}");
    }
    place.import("shop", &file);
    assert_figures(&client, "shop", &Shop::read(&file)).await;
    server.stop().await;
}

#[tokio::test]
async fn every_import_that_a_server_acknowledged_before_it_was_killed_comes_to_its_end() {
    let Some([_, _, (_, file)]) = retail() else { return };
    let place = Place::new();
    let whole = (788_741_000, 2_289);
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
        assert!(done["counts"]["new"].as_u64().unwrap() > 2_289, "{shop}: {done}");
        assert_eq!(revenue_and_orders(&client, shop).await, whole, "{shop}");
    }
    let (shop, _) = &acknowledged[0];
    assert_figures(&client, shop, &Shop::read(&file)).await;
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
