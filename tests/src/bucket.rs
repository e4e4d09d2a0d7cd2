//! A bucket of S3 on a port of this machine: real HTTP, real signatures, files in a temporary folder. It fails as it is told to.

use std::collections::VecDeque;
use std::fs;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures::future::BoxFuture;
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::server::conn::http1::Builder;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s_fs::FileSystem;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

const BUCKET: &str = "lake";
const KEY: &str = "test-key";
const SECRET: &str = "test-secret";

type Error = Box<dyn std::error::Error + Send + Sync>;

/// What the bucket does with a request in place of answering it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Answers with this status.
    Status(u16),
    /// Says that the bucket does not exist.
    NoBucket,
    /// Says that it has too much to do, and to come back after so many seconds.
    TooMany(u64),
    /// Answers after a while.
    Slow(Duration),
    /// Cuts the connection in the middle of the answer's body.
    Cut,
    /// Changes one bit in the middle of the answer's body.
    Flipped,
    /// Answers as it should, after it has cut the last byte off the object that is asked for.
    Torn,
}

/// A running bucket, or one elsewhere whose address and credentials were given.
#[derive(Debug)]
pub struct Bucket {
    endpoint: String,
    bucket: String,
    key: String,
    secret: String,
    region: String,
    prefix: String,
    own: Option<Own>,
}

#[derive(Debug)]
struct Own {
    folder: tempfile::TempDir,
    faults: Arc<Faults>,
    /// The server ends when this does.
    _stop: oneshot::Sender<()>,
}

#[derive(Debug, Default)]
struct Faults {
    reads: Mutex<VecDeque<Fault>>,
    writes: Mutex<VecDeque<Fault>>,
    asked: Mutex<Vec<String>>,
}

impl Bucket {
    /// Starts one on a free port of this machine, and on a thread of its own: a test may wait for a process that uses it. It ends with
    /// the value.
    pub fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join(BUCKET)).unwrap();
        let mut service = S3ServiceBuilder::new(FileSystem::new(folder.path()).unwrap());
        service.set_auth(SimpleAuth::from_single(KEY, SECRET));
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
        listener.set_nonblocking(true).unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let faults = Arc::<Faults>::default();
        let awkward = Awkward { inner: service.build(), faults: Arc::clone(&faults), root: folder.path().to_owned() };
        let (stop, stopped) = oneshot::channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = TcpListener::from_std(listener).unwrap();
                tokio::select! {
                    () = serve(listener, awkward) => {}
                    _ = stopped => {}
                }
            });
        });
        Self {
            endpoint,
            bucket: BUCKET.to_owned(),
            key: KEY.to_owned(),
            secret: SECRET.to_owned(),
            region: "us-east-1".to_owned(),
            prefix: "a/prefix".to_owned(),
            own: Some(Own { folder, faults, _stop: stop }),
        }
    }

    /// The bucket that the environment names (`ALOFTLY_TEST_S3_ENDPOINT`, and `_BUCKET`, `_KEY`, `_SECRET`, `_REGION`), below a
    /// prefix of its own; without it one that is started.
    pub fn given_or_start() -> Self {
        let variable = |name: &str| std::env::var(format!("ALOFTLY_TEST_S3_{name}")).ok();
        let Some(endpoint) = variable("ENDPOINT") else { return Self::start() };
        let required = |name: &str| variable(name).unwrap_or_else(|| panic!("ALOFTLY_TEST_S3_{name} is not set"));
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_nanos();
        Self {
            endpoint,
            bucket: required("BUCKET"),
            key: required("KEY"),
            secret: required("SECRET"),
            region: variable("REGION").unwrap_or_else(|| "us-east-1".to_owned()),
            prefix: format!("aloftly-test/{now}"),
            own: None,
        }
    }

    /// What `ALOFTLY_STORE_URL` has to be.
    pub fn url(&self) -> String {
        format!("s3://{}/{}", self.bucket, self.prefix)
    }

    /// The variables that lead there.
    pub fn variables(&self) -> Vec<(String, String)> {
        let variables = [
            ("AWS_ENDPOINT", self.endpoint.as_str()),
            ("AWS_REGION", &self.region),
            ("AWS_ACCESS_KEY_ID", &self.key),
            ("AWS_SECRET_ACCESS_KEY", &self.secret),
            ("AWS_ALLOW_HTTP", "true"),
        ];
        variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
    }

    /// The requests for the bytes of objects that come next meet these faults.
    pub fn will_read(&self, faults: &[Fault]) {
        self.own().faults.reads.lock().unwrap().extend(faults);
    }

    /// The requests that write objects that come next meet these faults.
    pub fn will_write(&self, faults: &[Fault]) {
        self.own().faults.writes.lock().unwrap().extend(faults);
    }

    /// Whether no fault is left over.
    pub fn has_been_awkward(&self) -> bool {
        let faults = &self.own().faults;
        faults.reads.lock().unwrap().is_empty() && faults.writes.lock().unwrap().is_empty()
    }

    /// Forgets what it was told to do wrong.
    pub fn behave(&self) {
        self.own().faults.reads.lock().unwrap().clear();
        self.own().faults.writes.lock().unwrap().clear();
    }

    /// The method and path of every request since this was asked last.
    pub fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.own().faults.asked.lock().unwrap())
    }

    /// The files that are its objects, in the order of their names.
    pub fn files(&self) -> Vec<PathBuf> {
        let mut files = files(&self.own().folder.path().join(&self.bucket));
        files.sort();
        files
    }

    fn own(&self) -> &Own {
        self.own.as_ref().expect("a bucket of our own, as only that does what it is told")
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// Answers until it is aborted; its connections end with it.
async fn serve(listener: TcpListener, awkward: Awkward) {
    let mut connections = JoinSet::new();
    loop {
        let Ok((socket, _)) = listener.accept().await else { continue };
        let service = awkward.clone();
        connections.spawn(async move {
            // A connection that was cut is what some tests are about.
            let _ = Builder::new().serve_connection(TokioIo::new(socket), service).await;
        });
        while connections.try_join_next().is_some() {}
    }
}

/// The service, with its faults before it.
#[derive(Clone)]
struct Awkward {
    inner: S3Service,
    faults: Arc<Faults>,
    root: PathBuf,
}

impl hyper::service::Service<Request<Incoming>> for Awkward {
    type Response = Response<Answer>;
    type Error = Error;
    type Future = BoxFuture<'static, Result<Self::Response, Self::Error>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let this = self.clone();
        Box::pin(async move { this.answer(request).await })
    }
}

impl Awkward {
    async fn answer(&self, request: Request<Incoming>) -> Result<Response<Answer>, Error> {
        let path = request.uri().path().to_owned();
        self.faults.asked.lock().unwrap().push(format!("{} {path}", request.method()));
        let is_object = path.matches('/').count() > 1;
        let fault = match *request.method() {
            Method::GET if is_object => self.faults.reads.lock().unwrap().pop_front(),
            Method::PUT | Method::POST if is_object => self.faults.writes.lock().unwrap().pop_front(),
            _ => None,
        };
        match fault {
            Some(Fault::Status(status)) => return Ok(refusal(status, "Refused", None)),
            Some(Fault::NoBucket) => return Ok(refusal(404, "NoSuchBucket", None)),
            Some(Fault::TooMany(seconds)) => return Ok(refusal(429, "SlowDown", Some(seconds))),
            Some(Fault::Slow(time)) => tokio::time::sleep(time).await,
            Some(Fault::Torn) => {
                // By its name alone, which nothing escapes.
                let name = path.rsplit('/').next().unwrap_or_default();
                let file = files(&self.root).into_iter().find(|file| file.ends_with(name));
                let file = file.ok_or("there is no such object")?;
                let length = fs::metadata(&file)?.len();
                fs::File::options().write(true).open(&file)?.set_len(length - 1)?;
            }
            _ => {}
        }
        let answer = hyper::service::Service::call(&self.inner, request).await.map_err(|error| format!("{error:?}"))?;
        let (parts, body) = answer.into_parts();
        let mut bytes = body.collect().await.map_err(|error| format!("{error:?}"))?.to_bytes();
        let mut is_cut = false;
        match fault {
            Some(Fault::Cut) => {
                bytes.truncate(bytes.len() / 2);
                is_cut = true;
            }
            Some(Fault::Flipped) => {
                let mut changed = bytes.to_vec();
                let middle = changed.len() / 2;
                changed[middle] ^= 0x08;
                bytes = changed.into();
            }
            _ => {}
        }
        Ok(Response::from_parts(parts, Answer { bytes: Full::new(bytes), is_cut }))
    }
}

fn refusal(status: u16, code: &str, after: Option<u64>) -> Response<Answer> {
    let body = format!("<Error><Code>{code}</Code></Error>");
    let mut answer = Response::new(Answer { bytes: Full::new(body.into()), is_cut: false });
    *answer.status_mut() = StatusCode::from_u16(status).unwrap();
    answer.headers_mut().extend(after.map(|seconds| (hyper::header::RETRY_AFTER, seconds.into())));
    answer
}

/// A body that may end before it should.
struct Answer {
    bytes: Full<Bytes>,
    is_cut: bool,
}

impl Body for Answer {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        match Pin::new(&mut self.bytes).poll_frame(context) {
            Poll::Ready(None) if self.is_cut => Poll::Ready(Some(Err("the connection is cut".into()))),
            other => other.map_err(|never| match never {}),
        }
    }

    fn is_end_stream(&self) -> bool {
        !self.is_cut && self.bytes.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        if self.is_cut { SizeHint::default() } else { self.bytes.size_hint() }
    }
}
