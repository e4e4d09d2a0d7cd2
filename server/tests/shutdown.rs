//! Being told to stop: what runs comes to its end, nothing new begins.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::{ORDERS, World};

#[tokio::test]
async fn a_request_that_is_under_way_is_answered_and_no_other_is_taken() {
    let world = World::new().await;
    let (_, made) = world.organization("a").await;
    let server = world.serve().await;
    let client = server.owner_of("a").await;
    let body = format!(
        "--x\r\nContent-Disposition: form-data; name=\"store_id\"\r\n\r\n{}\r\n\
         --x\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\nshopify_orders\r\n\
         --x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"orders.csv\"\r\n\r\n{ORDERS}\r\n--x--\r\n",
        made.stores[0],
    );
    let head = format!(
        "POST /api/imports HTTP/1.1\r\nHost: {}\r\nCookie: {}\r\nContent-Type: multipart/form-data; boundary=x\r\n\
         Content-Length: {}\r\n\r\n",
        server.address,
        client.cookie.as_ref().unwrap(),
        body.len(),
    );
    let mut slow = TcpStream::connect(server.address).await.unwrap();
    let (first, rest) = body.as_bytes().split_at(body.len() / 2);
    slow.write_all(head.as_bytes()).await.unwrap();
    slow.write_all(first).await.unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;

    server.stop.cancel();
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(TcpStream::connect(server.address).await.is_err(), "the listener is still open");
    assert!(!server.task.is_finished(), "the request was not waited for");
    slow.write_all(rest).await.unwrap();
    let mut answer = String::new();
    slow.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 202 Accepted"), "{answer}");
    server.task.await.unwrap().unwrap();

    // The import that it queued was finished, or is finished by the next server.
    let server = world.serve().await;
    let client = server.owner_of("a").await;
    let imports = client.read("/api/imports").await;
    let done = client.ended(imports["imports"][0]["id"].as_str().unwrap()).await;
    assert_eq!(done["status"], "done", "{done}");
    server.stop().await;
}

#[tokio::test]
async fn a_request_that_does_not_end_is_cut_off_at_the_timeout() {
    let world = World::with(&[("shutdown_timeout", "300ms")]).await;
    let server = world.serve().await;
    let mut stuck = TcpStream::connect(server.address).await.unwrap();
    stuck.write_all(b"POST /api/auth/sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{").await.unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    let stopped = tokio::time::timeout(Duration::from_secs(5), server.stop());
    stopped.await.expect("the server stops in spite of it");
}

#[tokio::test]
async fn an_import_that_does_not_end_in_time_is_back_in_the_queue_at_once() {
    use std::fmt::Write as _;
    let world = World::with(&[("shutdown_timeout", "50ms")]).await;
    let (tenant, made) = world.organization("a").await;
    let (titles, _) = ORDERS.split_once('\n').unwrap();
    let mut many = format!("{titles}\n");
    for n in 0..150_000 {
        let order = "ann@example.com,paid,2026-11-02 10:00:00 -0500,,USD,30.00,0.00,0.00,30.00,2,Mug,10.00";
        writeln!(many, "#{n},{order}").unwrap();
    }
    let server = world.serve().await;
    let client = server.owner_of("a").await;
    let (status, begun) = client.upload(made.stores[0], "many.csv", many).await;
    assert_eq!(status, 202, "{begun}");
    let id: uuid::Uuid = begun["id"].as_str().unwrap().parse().unwrap();
    while client.read(&format!("/api/imports/{id}")).await["status"] == "queued" {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    server.stop().await;
    let left = tenant.import(id.into()).await.unwrap();
    assert_eq!((left.status, left.crashes), (aloftly_catalog::ImportStatus::Queued, 0), "{left:?}");
    let again = tenant.claim_import(id.into(), uuid::Uuid::from_u128(1)).await.unwrap();
    assert!(again.is_some_and(|import| import.spool_file.is_some()), "its lease had to run out first");
}
