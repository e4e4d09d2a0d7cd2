//! What a server takes, and how much of it.

use std::time::Duration;

use aloftly_catalog::NewImport;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::{ORDERS, Server, World, answer};

/// Begins a form that says it has a terabyte, sends `start` and then `more` again and again until it is answered.
async fn endless(server: &Server, cookie: &str, start: &str, more: &[u8]) -> (String, usize) {
    let head = format!(
        "POST /api/imports HTTP/1.1\r\nHost: {}\r\nCookie: {cookie}\r\n\
         Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 1099511627776\r\n\r\n{start}",
        server.address,
    );
    let (mut read, mut write) = TcpStream::connect(server.address).await.unwrap().into_split();
    write.write_all(head.as_bytes()).await.unwrap();
    let mut sent = 0;
    let sending = async {
        while sent < 64 << 20 && write.write_all(more).await.is_ok() {
            sent += more.len();
        }
    };
    let mut answer = vec![0; 4096];
    let answered = tokio::select! {
        read = read.read(&mut answer) => read,
        () = sending => read.read(&mut answer).await,
    };
    (String::from_utf8_lossy(&answer[..answered.unwrap_or(0)]).into_owned(), sent)
}

#[tokio::test]
async fn a_form_is_never_kept_in_memory_while_the_next_field_is_looked_for() {
    let world = World::new().await;
    let (_, made) = world.organization("a").await;
    let server = world.serve().await;
    let cookie = server.owner_of("a").await.cookie.unwrap();
    let store = format!("--x\r\nContent-Disposition: form-data; name=\"store_id\"\r\n\r\n{}\r\n", made.stores[0]);
    let header = format!("{store}--x\r\nX-Filler: ");
    for (start, status) in [("", 400), (store.as_str(), 422), (header.as_str(), 400)] {
        let (answer, sent) = endless(&server, &cookie, start, &[b'a'; 1 << 16]).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{start:?}: {answer:?}");
        assert!(sent < 32 << 20, "{sent} bytes of {start:?} were read");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_file_is_refused_where_too_much_waits_or_the_disk_is_full() {
    let world = World::with(&[("pending_upload_limit", "2KiB")]).await;
    let (tenant, made) = world.organization("a").await;
    let waiting = NewImport {
        store: made.stores[0],
        kind: "shopify_orders".to_owned(),
        file_name: "waits.csv".to_owned(),
        size_bytes: 2_000,
        spool_file: Some("another machine/1".to_owned()),
        mapping: None,
    };
    tenant.create_import(&waiting, u64::MAX).await.unwrap();
    let server = world.serve().await;
    let client = server.owner_of("a").await;
    let (status, body) = client.upload(made.stores[0], "orders.csv", ORDERS).await;
    assert_eq!((status, &body["code"]), (429, &json!("too_much_waiting")), "{body}");
    let said = "Files of more than 2 KiB would wait to be imported. Wait until some of them are.";
    assert_eq!(body["detail"], said);
    // One that can never wait is not told to come again.
    let (status, body) = client.upload(made.stores[0], "large.csv", vec![b'x'; 2_049]).await;
    assert_eq!((status, &body["code"]), (413, &json!("payload_too_large")), "{body}");
    assert_eq!(body["detail"], "The body is larger than 2 KiB, the most that is accepted here.");
    world.nothing_waits().await;
    server.stop().await;

    let world = World::with(&[("disk_reserve", "4000000000000000000")]).await;
    let (_, made) = world.organization("a").await;
    let server = world.serve().await;
    let client = server.owner_of("a").await;
    let (status, body) = client.upload(made.stores[0], "orders.csv", ORDERS).await;
    assert_eq!((status, &body["code"]), (507, &json!("storage_full")), "{body}");
    assert_eq!(client.read("/api/imports").await["imports"], json!([]));
    server.stop().await;
}

#[tokio::test]
async fn the_file_of_a_caller_who_goes_away_does_not_stay() {
    let world = World::new().await;
    let (_, made) = world.organization("a").await;
    let server = world.serve().await;
    let cookie = server.owner_of("a").await.cookie.unwrap();
    let form = format!(
        "--x\r\nContent-Disposition: form-data; name=\"store_id\"\r\n\r\n{}\r\n\
         --x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"orders.csv\"\r\n\r\n{ORDERS}\r\n\
         --x\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\nshopify",
        made.stores[0],
    );
    let head = format!(
        "POST /api/imports HTTP/1.1\r\nHost: {}\r\nCookie: {cookie}\r\n\
         Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 100000\r\n\r\n{form}",
        server.address,
    );
    let mut caller = TcpStream::connect(server.address).await.unwrap();
    caller.write_all(head.as_bytes()).await.unwrap();
    let folder = world.config().uploads_dir();
    let whole = || std::fs::read_dir(&folder).unwrap().any(|entry| entry.unwrap().file_name().len() > 64);
    while !whole() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    drop(caller);
    world.nothing_waits().await;
    server.stop().await;
}

#[tokio::test]
async fn what_postgres_cannot_be_asked_for_is_refused_like_any_other_wrong_address() {
    let world = World::new().await;
    world.organization("a").await;
    let server = world.serve().await;
    let body = json!({ "email": "owner\u{0}@a.test", "password": "wrong" });
    let (status, body) = answer(server.anonymous().post("/api/auth/sign-in").json(&body)).await;
    assert_eq!((status, &body["code"]), (401, &json!("invalid_credentials")), "{body}");
    server.stop().await;
}
