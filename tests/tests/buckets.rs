//! The real binary over a bucket that speaks the protocol of S3.

use aloftly_tests::bucket::Bucket;

use crate::figures::{assert_totals, expected_revenue_and_orders, revenue_and_orders};
use crate::harness::{Client, Place};
use crate::oracle::Shop;

/// The value of a figure of the server's that has these labels.
async fn measured(client: &Client, figure: &str) -> f64 {
    let text = client.text("/metrics").await;
    let line = text.lines().find(|line| line.starts_with(figure)).unwrap_or_else(|| panic!("no {figure} in {text}"));
    line.rsplit(' ').next().unwrap().parse().unwrap()
}

const GETS: &str = "aloftly_object_store_requests_total{operation=\"get\",outcome=\"ok\"}";

#[tokio::test]
async fn figures_in_a_bucket_equal_the_oracles_before_and_after_restarts() {
    let bucket = Bucket::given_or_start();
    let mut variables = bucket.variables();
    variables.push(("ALOFTLY_STORE_URL".to_owned(), bucket.url()));
    let place = Place::with(&variables);
    let file = place.made_up_orders("5MiB");
    let shop = Shop::read(&file);
    place.create_store("by command line");
    place.create_store("by http");
    place.import("by command line", &file);

    let server = place.serve().await;
    let client = server.client().await;
    let done = client.import("by http", &file).await;
    assert_eq!(done["error_count"], 0, "{done}");
    for store in ["by command line", "by http"] {
        assert_totals(&client, store, &shop).await;
    }
    place.run(&["lake", "fold", "--store", "by http"]);
    assert_totals(&client, "by http", &shop).await;
    assert!(!place.data().join("lake").exists(), "nothing of the lake is on this machine's disk");
    server.stop().await;

    let server = place.serve().await;
    let client = server.client().await;
    assert_totals(&client, "by http", &shop).await;
    assert!(measured(&client, GETS).await > 0.0);
    assert!(measured(&client, "aloftly_object_store_cost_dollars_total").await > 0.0);
    // What is asked once more, in other words, is read from memory.
    let asked = measured(&client, GETS).await;
    assert_eq!(revenue_and_orders(&client, "by http").await, expected_revenue_and_orders(&shop));
    assert!((measured(&client, GETS).await - asked).abs() < 0.5);
    assert!(measured(&client, "aloftly_cache_hits_total{cache=\"blocks_memory\"}").await > 0.0);
    server.kill();

    let server = place.serve().await;
    let client = server.client().await;
    for store in ["by command line", "by http"] {
        assert_totals(&client, store, &shop).await;
    }
    let again = client.import("by http", &file).await;
    assert_eq!(again["already_imported"], true, "{again}");
    server.stop().await;
}
