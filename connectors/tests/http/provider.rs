//! A provider on a port of this machine that answers what it is told to, in turn.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use futures::StreamExt as _;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use url::Url;

/// An answer, and how it comes.
#[derive(Clone, Debug)]
pub(super) struct Reply {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Bytes,
    manner: Manner,
}

#[derive(Clone, Copy, Debug)]
enum Manner {
    /// At once.
    Whole,
    /// A piece of it, then nothing for as long as the client is there.
    Stuck,
    /// A piece of it, then the connection breaks.
    Broken,
    /// The same piece for ever.
    Endless,
}

impl Reply {
    pub(super) fn new(status: u16, body: impl Into<Bytes>) -> Self {
        Self { status, headers: Vec::new(), body: body.into(), manner: Manner::Whole }
    }

    pub(super) fn ok() -> Self {
        Self::new(200, r#"{"orders": [1, 2, 3]}"#)
    }

    pub(super) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(super) fn stuck(self) -> Self {
        Self { manner: Manner::Stuck, ..self }
    }

    pub(super) fn broken(self) -> Self {
        Self { manner: Manner::Broken, ..self }
    }

    pub(super) fn endless(self) -> Self {
        Self { manner: Manner::Endless, ..self }
    }
}

/// A request, as it came.
#[derive(Clone, Debug)]
pub(super) struct Came {
    pub(super) method: String,
    pub(super) target: String,
    pub(super) headers: hyper::HeaderMap,
    pub(super) body: Bytes,
}

#[derive(Debug)]
struct Kept {
    replies: VecDeque<Reply>,
    came: Vec<Came>,
}

/// The provider. It goes when it is dropped.
#[derive(Debug)]
pub(super) struct Provider {
    address: SocketAddr,
    kept: Arc<Mutex<Kept>>,
    task: JoinHandle<()>,
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Provider {
    /// Starts one that gives these answers in turn, and the last of them for ever.
    pub(super) async fn start(replies: impl IntoIterator<Item = Reply>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let kept = Kept { replies: replies.into_iter().collect(), came: Vec::new() };
        let kept = Arc::new(Mutex::new(kept));
        let task = tokio::spawn(accept(listener, Arc::clone(&kept)));
        Self { address, kept, task }
    }

    pub(super) fn url(&self, path: &str) -> Url {
        format!("http://{}{path}", self.address).parse().unwrap()
    }

    /// Every request so far.
    pub(super) fn came(&self) -> Vec<Came> {
        self.kept.lock().unwrap().came.clone()
    }

    /// Waits until so many requests have come.
    pub(super) async fn until_came(&self, count: usize) {
        while self.kept.lock().unwrap().came.len() < count {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

async fn accept(listener: TcpListener, kept: Arc<Mutex<Kept>>) {
    while let Ok((stream, _)) = listener.accept().await {
        let kept = Arc::clone(&kept);
        let service = service_fn(move |request| {
            let kept = Arc::clone(&kept);
            async move { Ok::<_, Infallible>(answer(request, &kept).await) }
        });
        tokio::spawn(async move {
            // A client that goes in the middle is its own affair.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn answer(request: Request<Incoming>, kept: &Mutex<Kept>) -> Response<UnsyncBoxBody<Bytes, io::Error>> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    let (method, target) = (head.method.to_string(), head.uri.to_string());
    let reply = {
        let mut kept = kept.lock().unwrap();
        kept.came.push(Came { method, target, headers: head.headers, body });
        let next = if kept.replies.len() > 1 { kept.replies.pop_front() } else { kept.replies.front().cloned() };
        next.unwrap()
    };
    let mut response = Response::builder().status(reply.status);
    for (name, value) in &reply.headers {
        response = response.header(*name, value);
    }
    let piece = reply.body.clone();
    let first = futures::stream::once(async move { Ok(Frame::data(piece)) });
    let body = match reply.manner {
        Manner::Whole => Full::new(reply.body).map_err(|never| match never {}).boxed_unsync(),
        Manner::Stuck => StreamBody::new(first.chain(futures::stream::pending())).boxed_unsync(),
        Manner::Broken => {
            let end = futures::stream::once(async {
                // Time for the first piece to go out.
                tokio::time::sleep(Duration::from_millis(20)).await;
                Err(io::Error::other("broken"))
            });
            StreamBody::new(first.chain(end)).boxed_unsync()
        }
        Manner::Endless => {
            let pieces = futures::stream::repeat_with(move || Ok(Frame::data(reply.body.clone())));
            StreamBody::new(pieces).boxed_unsync()
        }
    };
    response.body(body).unwrap()
}
