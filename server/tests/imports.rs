//! Files over HTTP: from upload to exact figures, and what happens when something is wrong.

use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use crate::support::{ORDERS, World, answer, by_hand, figures, form};

#[tokio::test]
async fn an_uploaded_file_gives_the_figures_that_were_computed_by_hand() {
    let world = World::new().await;
    let (_, made) = world.organization("a").await;
    let server = world.serve().await;
    let client = server.owner_of("a").await;
    let begun =
        client.post("/api/imports").multipart(form(made.stores[0], "../orders.csv", ORDERS)).send().await.unwrap();
    assert_eq!(begun.status(), 202);
    let location = begun.headers()["location"].to_str().unwrap().to_owned();
    let begun: Value = begun.json().await.unwrap();
    assert_eq!(location, format!("/api/imports/{}", begun["id"].as_str().unwrap()));
    assert_eq!((&begun["status"], &begun["file_name"]), (&json!("queued"), &json!("orders.csv")));

    let done = client.ended(begun["id"].as_str().unwrap()).await;
    assert_eq!(done["status"], "done", "{done}");
    assert_eq!(done["progress"], 1.0);
    assert_eq!(done["rows_read"], 4);
    assert_eq!(done["size_bytes"], ORDERS.len());
    assert_eq!(done["already_imported"], false);
    assert_eq!(done["version"], 1);
    assert_eq!(done["counts"]["updated"], 0);
    assert_eq!(figures(&client, made.stores[0]).await, by_hand());

    let stores = client.read("/api/stores").await;
    assert_eq!(stores["stores"][0]["version"], 1);
    assert_eq!(
        (&stores["stores"][0]["data_from"], &stores["stores"][0]["data_to"]),
        (&json!("2026-11-02"), &json!("2026-11-03"))
    );
    world.nothing_waits().await;
    server.stop().await;
}

#[tokio::test]
async fn the_same_file_twice_changes_nothing() {
    let world = World::new().await;
    let (_, made) = world.organization("a").await;
    let server = world.serve().await;
    let client = server.owner_of("a").await;
    client.import(made.stores[0], "orders.csv", ORDERS).await;
    let again = client.import(made.stores[0], "another name.csv", ORDERS).await;
    assert_eq!((&again["status"], &again["already_imported"]), (&json!("done"), &json!(true)), "{again}");
    assert_eq!(again["version"], 1);
    assert_eq!(figures(&client, made.stores[0]).await, by_hand());

    let listed = client.read(&format!("/api/imports?store_id={}&limit=1", made.stores[0])).await;
    assert_eq!(listed["imports"][0]["file_name"], "another name.csv");
    let cursor = listed["next_cursor"].as_str().unwrap();
    let rest = client.read(&format!("/api/imports?store_id={}&cursor={cursor}", made.stores[0])).await;
    assert_eq!(rest["imports"][0]["file_name"], "orders.csv");
    assert_eq!(rest["next_cursor"], Value::Null);
    server.stop().await;
}

#[tokio::test]
async fn a_wrong_file_is_refused_as_a_whole_with_the_places_that_are_wrong() {
    let world = World::new().await;
    let (_, made) = world.organization("a").await;
    let server = world.serve().await;
    let client = server.owner_of("a").await;
    let broken = ORDERS.replace("12.50,1,Plate", "twelve,1,Plate");
    let failed = client.import(made.stores[0], "broken.csv", broken).await;
    assert_eq!(failed["status"], "failed", "{failed}");
    assert_eq!(failed["error_count"], 1);
    assert_eq!(
        (&failed["errors"][0]["line"], &failed["errors"][0]["value"]),
        (&json!(4), &json!("twelve")),
        "{failed}"
    );
    let failed = client.import(made.stores[0], "notes.txt", "hello\nworld\n").await;
    assert!(failed["error"].as_str().unwrap().contains("lacks the columns"), "{failed}");
    let failed = client.import(made.stores[0], "cut.csv.gz", [0x1f, 0x8b, 8, 0, 0]).await;
    assert_eq!(failed["status"], "failed", "{failed}");
    assert_eq!(client.read("/api/stores").await["stores"][0]["version"], 0);
    world.nothing_waits().await;
    server.stop().await;
}

#[tokio::test]
async fn a_form_is_refused_with_the_fields_that_are_wrong() {
    let world = World::with(&[("upload_limit", "1KiB")]).await;
    let (_, made) = world.organization("a").await;
    let store = made.stores[0].to_string();
    let server = world.serve().await;
    let client = server.owner_of("a").await;
    let file = || Part::bytes(ORDERS.as_bytes()).file_name("orders.csv");
    let send = |form: Form| answer(client.post("/api/imports").multipart(form));

    let (status, body) = send(Form::new().text("store_id", store.clone())).await;
    let pointers: Vec<_> = body["errors"].as_array().unwrap().iter().map(|error| error["pointer"].clone()).collect();
    assert_eq!((status, pointers), (422, vec![json!("/kind"), json!("/file")]));
    for (form, pointer) in [
        (Form::new().text("store_id", "7").part("file", file()), "/store_id"),
        (Form::new().part("file", file()).text("store_id", store.clone()).text("kind", "shopify_orders"), "/store_id"),
        (Form::new().text("store_id", store.clone()).part("file", file()).text("kind", "secrets"), "/kind"),
        (Form::new().text("store_id", store.clone()).part("file", file()).part("file", file()), "/file"),
        (Form::new().text("store_id", store.clone()).text("store_id", store.clone()), "/store_id"),
        (Form::new().text("kind", "shopify_orders").text("kind", "shopify_orders"), "/kind"),
        (Form::new().text("mapping", "{}").text("mapping", "{}"), "/mapping"),
        (Form::new().text("surprise", "x"), "/surprise"),
        (form(&store, "orders.csv", ORDERS).text("mapping", "{}"), "/mapping"),
        (Form::new().text("store_id", store.clone()).text("kind", "metric_events").part("file", file()), "/mapping"),
    ] {
        let (status, body) = send(form).await;
        assert_eq!((status, &body["errors"][0]["pointer"]), (422, &json!(pointer)), "{body}");
    }
    let (status, body) = send(form(&store, "large.csv", vec![b'x'; 2_000])).await;
    assert_eq!((status, &body["code"]), (413, &json!("payload_too_large")));
    let (status, body) = answer(client.post("/api/imports").json(&json!({}))).await;
    assert_eq!((status, &body["code"]), (415, &json!("unsupported_media_type")));
    let cut =
        client.post("/api/imports").header("content-type", "multipart/form-data; boundary=x").body("--x\r\nContent-");
    let (status, body) = answer(cut).await;
    assert_eq!((status, &body["code"]), (400, &json!("malformed_form")));
    world.nothing_waits().await;
    assert_eq!(client.read("/api/imports").await["imports"], json!([]));
    server.stop().await;
}

#[tokio::test]
async fn measurements_are_imported_by_their_mapping() {
    let world = World::new().await;
    let (_, made) = world.organization("a").await;
    let server = world.serve().await;
    let client = server.owner_of("a").await;
    let mapping = json!({
        "source": { "constant": "ga4" },
        "recorded_at": { "column": "Date", "timezone": "America/New_York" },
        "metrics": [{ "name": { "constant": "sessions" }, "value": "Sessions" }],
    });
    let send = |mapping: Value| {
        let form = Form::new()
            .text("store_id", made.stores[0].to_string())
            .text("kind", "metric_events")
            .text("mapping", mapping.to_string())
            .part("file", Part::text("Date,Sessions\n2026-11-02,12\n2026-11-03,30\n").file_name("ga4.csv"));
        answer(client.post("/api/imports").multipart(form))
    };
    let (status, begun) = send(mapping.clone()).await;
    assert_eq!(status, 202, "{begun}");
    let done = client.ended(begun["id"].as_str().unwrap()).await;
    assert_eq!((&done["status"], &done["counts"]["new"]), (&json!("done"), &json!(2)), "{done}");
    let mut unkeepable = mapping.clone();
    unkeepable["source"]["constant"] = json!("a\u{0}b");
    let (status, body) = send(unkeepable).await;
    assert_eq!((status, &body["code"]), (422, &json!("invalid_request")), "{body}");
    let mut wrong = mapping;
    wrong["metrics"][0]["valeu"] = json!("x");
    let (status, body) = send(wrong).await;
    assert_eq!((status, &body["errors"][0]["pointer"]), (422, &json!("/mapping")), "{body}");
    server.stop().await;
}
