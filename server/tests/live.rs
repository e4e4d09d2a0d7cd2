//! News of stores, pushed through sockets: to those who may see them, for as long as they may.

use std::time::Duration;

use aloftly_catalog::{OrgRole, SyncKind};
use futures::StreamExt as _;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::routes::new_connection;
use crate::support::{Client, ORDERS, Server, World, answer};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Opens a socket, or the status of the refusal.
async fn watch(
    server: &Server,
    client: &Client,
    store: impl ToString,
    headers: &[(&'static str, &str)],
) -> Result<Socket, u16> {
    let address = format!("ws://{}/ws/stores/{}", server.address, store.to_string());
    let mut request = address.into_client_request().unwrap();
    if let Some(cookie) = &client.cookie {
        request.headers_mut().insert("cookie", cookie.parse().unwrap());
    }
    for (name, value) in headers {
        request.headers_mut().insert(*name, value.parse().unwrap());
    }
    match connect_async(request).await {
        Ok((socket, _)) => Ok(socket),
        Err(Error::Http(response)) => Err(response.status().as_u16()),
        Err(other) => panic!("{other}"),
    }
}

/// The next news; nothing when the socket is closed.
async fn news(socket: &mut Socket) -> Option<Value> {
    loop {
        let next = tokio::time::timeout(Duration::from_secs(20), socket.next()).await.expect("something is told");
        match next? {
            Ok(Message::Text(text)) => return Some(serde_json::from_str(&text).unwrap()),
            Ok(Message::Close(_)) | Err(_) => return None,
            Ok(_) => {}
        }
    }
}

#[tokio::test]
async fn a_commit_is_told_to_those_who_watch_the_store_and_to_nobody_else() {
    let world = World::new().await;
    let (_, a) = world.organization("a").await;
    let (_, b) = world.organization("b").await;
    let server = world.serve().await;
    let (owner, other) = (server.owner_of("a").await, server.owner_of("b").await);
    let mut watched = watch(&server, &owner, a.stores[0], &[]).await.unwrap();
    let mut elsewhere = watch(&server, &other, b.stores[0], &[]).await.unwrap();
    let first =
        |store: &str| json!({ "type": "dashboard:update", "store_id": store, "version": 0, "committed_at": null });
    assert_eq!(news(&mut watched).await.unwrap(), first(&a.stores[0].to_string()));
    assert_eq!(news(&mut elsewhere).await.unwrap(), first(&b.stores[0].to_string()));
    let began = std::time::Instant::now();
    owner.import(a.stores[0], "a.csv", ORDERS).await;
    let told = news(&mut watched).await.unwrap();
    eprintln!("told within {:?} of handing a file over", began.elapsed());
    assert_eq!((&told["type"], &told["store_id"]), (&json!("dashboard:update"), &json!(a.stores[0].to_string())));
    let stores = owner.read("/api/stores").await;
    let of_store = |field: &str| &stores["stores"][0][field];
    assert_eq!((&told["version"], &told["committed_at"]), (of_store("version"), of_store("committed_at")), "{told}");
    assert!(told["version"].as_i64().unwrap() >= 1);
    let nothing = tokio::time::timeout(Duration::from_millis(500), elsewhere.next()).await;
    assert!(nothing.is_err(), "{nothing:?}");
    server.stop().await;
    assert_eq!(news(&mut elsewhere).await, None, "a server that stops says so");
}

#[tokio::test]
async fn how_far_a_sync_is_is_told() {
    let world = World::new().await;
    let (tenant, made) = world.organization("a").await;
    let server = world.serve().await;
    let (connection, _) = new_connection(&tenant, &made, "elsewhere", "acme").await;
    let owner = server.owner_of("a").await;
    let mut watched = watch(&server, &owner, made.stores[0], &[]).await.unwrap();
    assert_eq!(news(&mut watched).await.unwrap()["type"], "dashboard:update");
    // The server knows nothing of the provider: it claims the job, and puts it off.
    tenant.request_sync(connection.into(), &SyncKind::Reconcile).await.unwrap();
    let told = news(&mut watched).await.unwrap();
    assert_eq!(
        (&told["type"], &told["sync"]["integration_id"]),
        (&json!("sync:progress"), &json!(connection.to_string()))
    );
    server.stop().await;
}

#[tokio::test]
async fn nobody_watches_what_they_may_not_see() {
    let world = World::new().await;
    let (_, a) = world.organization("a").await;
    world.organization("b").await;
    let server = world.serve().await;
    let (owner, other) = (server.owner_of("a").await, server.owner_of("b").await);
    let store = a.stores[0];
    let refused = async |client: &Client, store: &str, headers: &[(&'static str, &str)]| {
        watch(&server, client, store, headers).await.unwrap_err()
    };
    assert_eq!(refused(&server.anonymous(), &store.to_string(), &[]).await, 401);
    assert_eq!(refused(&other, &store.to_string(), &[]).await, 404);
    assert_eq!(refused(&owner, "00000000-0000-0000-0000-000000000001", &[]).await, 404);
    assert_eq!(refused(&owner, "nothing", &[]).await, 404);
    // Another site's page holds the cookie, but not the origin.
    assert_eq!(refused(&owner, &store.to_string(), &[("origin", "https://evil.example")]).await, 403);
    assert_eq!(refused(&owner, &store.to_string(), &[("sec-fetch-site", "cross-site")]).await, 403);
    let own = format!("http://{}", server.address);
    assert!(watch(&server, &owner, store, &[("origin", own.as_str())]).await.is_ok());
    // Without an upgrade it is an address like any other.
    let (status, problem) = answer(owner.get(&format!("/ws/stores/{store}"))).await;
    assert_eq!((status, &problem["code"]), (426, &json!("upgrade_required")));
    server.stop().await;
}

#[tokio::test]
async fn a_socket_ends_with_the_session_and_with_the_right_to_see_the_store() {
    let world = World::new().await;
    let (tenant, made) = world.organization("a").await;
    let member = world.database.member(made.organization, "ann@a.test", OrgRole::Admin).await;
    let server = world.serve().await;
    let (owner, ann) = (server.owner_of("a").await, server.person("ann@a.test").await);
    let mut of_owner = watch(&server, &owner, made.stores[0], &[]).await.unwrap();
    let mut of_ann = watch(&server, &ann, made.stores[0], &[]).await.unwrap();
    assert!(news(&mut of_owner).await.is_some() && news(&mut of_ann).await.is_some());
    // She belongs to no workspace, and is no admin any more.
    tenant.change_role(member, OrgRole::Viewer).await.unwrap();
    assert_eq!(news(&mut of_ann).await, None);
    owner.post("/api/auth/sign-out").send().await.unwrap();
    assert_eq!(news(&mut of_owner).await, None);
    server.stop().await;
}

#[tokio::test]
async fn a_session_that_ends_takes_all_of_its_sockets_along_and_no_others() {
    let world = World::new().await;
    let (_, made) = world.organization("a").await;
    let server = world.serve().await;
    let (here, there) = (server.owner_of("a").await, server.owner_of("a").await);
    let mut sockets = Vec::new();
    for client in [&here, &here, &there] {
        let mut socket = watch(&server, client, made.stores[0], &[]).await.unwrap();
        assert!(news(&mut socket).await.is_some());
        sockets.push(socket);
    }
    here.post("/api/auth/sign-out").send().await.unwrap();
    let mut elsewhere = sockets.pop().unwrap();
    for socket in &mut sockets {
        assert_eq!(news(socket).await, None);
    }
    there.import(made.stores[0], "a.csv", ORDERS).await;
    assert_eq!(news(&mut elsewhere).await.unwrap()["type"], "dashboard:update");
    server.stop().await;
}

#[tokio::test]
async fn to_watch_is_one_request_however_long_it_goes_on() {
    let world = World::with(&[("api_rate_limit", "100/1m"), ("org_rate_limit", "off")]).await;
    let (_, made) = world.organization("a").await;
    let server = world.serve().await;
    let owner = server.owner_of("a").await;
    let left = async || {
        let answered = owner.get("/api/stores").send().await.unwrap();
        answered.headers()["ratelimit"].to_str().unwrap().split(';').nth(1).unwrap().to_owned()
    };
    assert_eq!(left().await, "r=99");
    let mut watched = watch(&server, &owner, made.stores[0], &[]).await.unwrap();
    assert!(news(&mut watched).await.is_some());
    assert_eq!(left().await, "r=97");
    // Long enough to have been looked at twice. The server's clock, by which requests are counted, stands still meanwhile.
    tokio::time::sleep(Duration::from_secs(11)).await;
    assert_eq!(left().await, "r=96");
    server.stop().await;
}
