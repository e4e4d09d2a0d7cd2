//! What is told of requests, and what is not.

use std::io;
use std::sync::{Arc, Mutex};

use aloftly_connectors::http::{HttpErrorKind, Request};
use secrecy::SecretString;
use tracing::Level;
use tracing_subscriber::fmt::MakeWriter;

use super::clock::WaitingClock;
use super::provider::{Provider, Reply};
use super::{client, kind, never, options};

/// Keeps everything that is logged.
#[derive(Clone, Debug, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl io::Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Kept {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn every_try_is_logged_and_no_secret_is() {
    let kept = Kept::default();
    let subscriber = tracing_subscriber::fmt().with_max_level(Level::TRACE).with_ansi(false).with_writer(kept.clone());
    // While there is one subscriber alone, the thread that logs something first decides for all whether anybody wants it.
    let _second = tracing::Dispatch::new(tracing_subscriber::fmt().finish());
    let _guard = tracing::subscriber::set_default(subscriber.finish());
    let provider = Provider::start([
        Reply::new(429, "hush-answer").header("retry-after", "2").header("x-secret", "hush-told"),
        Reply::new(200, r#"{"orders": ["hush-answer"]}"#).header("set-cookie", "hush-cookie"),
    ])
    .await;
    let client = client(options(), &Arc::new(WaitingClock::new()));
    let request = Request::post(provider.url("/admin/orders/1017.json?token=hush-query"))
        .secret("x-access-token", &SecretString::from("hush-header"))
        .bearer(&SecretString::from("hush-bearer"))
        .query("cursor", "hush-cursor")
        .json(&serde_json::json!({ "password": "hush-body" }));
    let shown = format!("{request:?}");
    let answer = client.send(request.clone().idempotent(), &never()).await.unwrap();
    let shown = format!("{shown} {answer:?} {client:?}");
    let error = client.json::<Vec<u64>>(request, &never()).await.unwrap_err();
    let logged = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
    let shown = format!("{shown} {error:?} {error} {logged}");
    assert!(!shown.contains("hush"), "{shown}");
    assert!(matches!(kind::<()>(Err(error)), HttpErrorKind::Malformed(_)));

    let lines: Vec<&str> = logged.lines().filter(|line| line.contains("asked")).collect();
    assert_eq!(lines.len(), 3, "{logged}");
    let told = [
        r#"provider="example" method="POST" host="127.0.0.1" path="/admin/orders/1017.json" status=429"#,
        "status=200",
        "attempt=2 waited_ms=2000",
    ];
    assert!(lines[0].contains(told[0]), "{}", lines[0]);
    assert!(lines[1].contains(told[1]) && lines[1].contains(told[2]), "{}", lines[1]);
}
