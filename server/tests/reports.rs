//! Reports of errors, received by a sink of the test's own.

use std::process::Stdio;
use std::time::Duration;

use aloftly_catalog::LocalMasterKeys;
use secrecy::ExposeSecret as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

/// Takes one request and answers it with 200; gives back all of it.
async fn receive(sink: &TcpListener) -> String {
    let (mut stream, _) = sink.accept().await.unwrap();
    let mut received = Vec::new();
    let mut buffer = [0; 8192];
    loop {
        let read = tokio::time::timeout(Duration::from_secs(1), stream.read(&mut buffer)).await;
        match read {
            Ok(Ok(read)) if read > 0 => received.extend_from_slice(&buffer[..read]),
            _ => break,
        }
    }
    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}").await.unwrap();
    String::from_utf8_lossy(&received).into_owned()
}

#[tokio::test]
async fn an_error_is_reported_to_the_dsn_without_secrets() {
    let sink = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let dsn = format!("http://key@127.0.0.1:{}/7", sink.local_addr().unwrap().port());
    let folder = tempfile::tempdir().unwrap();
    let child = tokio::process::Command::new(env!("CARGO_BIN_EXE_aloftly"))
        .args(["serve", "--database-url", "postgres://app:hunter2@127.0.0.1:1/none"])
        .env("SENTRY_DSN", dsn)
        .env("ALOFTLY_MASTER_KEY", LocalMasterKeys::generate().unwrap().expose_secret())
        .env("ALOFTLY_DATA_DIR", folder.path())
        .env_remove("DATABASE_URL")
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let received = tokio::time::timeout(Duration::from_secs(60), receive(&sink)).await.expect("a report comes");
    assert!(received.starts_with("POST /api/7/envelope/"), "{received}");
    assert!(received.contains("the command failed") && received.contains("cannot use DATABASE_URL"), "{received}");
    assert!(!received.contains("hunter2"), "{received}");
    let output = tokio::time::timeout(Duration::from_secs(30), child.wait_with_output()).await.unwrap().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("cannot use DATABASE_URL") && !said.contains("hunter2"), "{said}");
}
