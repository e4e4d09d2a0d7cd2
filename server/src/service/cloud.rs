//! The object stores of clouds: how they are opened, and how the requests to them are counted.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use aloftly_engine::lake::objects::counters::{Operation, Outcome, StoreCounters};
use async_trait::async_trait;
use axum::http::header::RETRY_AFTER;
use axum::http::{Method, StatusCode, Uri};
use http_body_util::BodyExt as _;
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::azure::{AzureConfigKey, MicrosoftAzureBuilder};
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpRequest, HttpResponse, HttpResponseBody, HttpService, ReqwestConnector,
};
use object_store::gcp::{GoogleCloudStorageBuilder, GoogleConfigKey};
use object_store::{BackoffConfig, ClientConfigKey, ClientOptions, ObjectStore, Result, RetryConfig};

/// How long a connection may take to come about.
const CONNECT: &str = "5 seconds";
/// How long one request may take, from connecting to the last byte of the answer. A part of an upload is 8 MiB.
const REQUEST: &str = "20 seconds";
/// The longest pause that a store gets because it asks for one.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// The variables that the process was started with, or others in their place.
pub(super) type Variables<'a> = &'a [(String, String)];

/// A bucket of S3, or of a store that speaks its protocol.
pub(super) fn s3(
    bucket: &str,
    variables: Variables<'_>,
    counters: &Arc<StoreCounters>,
) -> Result<Arc<dyn ObjectStore>> {
    let limits = AmazonS3Builder::new()
        .with_config(AmazonS3ConfigKey::Client(ClientConfigKey::ConnectTimeout), CONNECT)
        .with_config(AmazonS3ConfigKey::Client(ClientConfigKey::Timeout), REQUEST);
    let given = given(variables, "AWS_").into_iter();
    let builder = given.fold(limits, |builder, (key, value)| builder.with_config(key, value));
    let connector = Counting { counters: Arc::clone(counters) };
    Ok(Arc::new(builder.with_bucket_name(bucket).with_retry(retries()).with_http_connector(connector).build()?))
}

/// A bucket of Google Cloud Storage.
pub(super) fn gcs(
    bucket: &str,
    variables: Variables<'_>,
    counters: &Arc<StoreCounters>,
) -> Result<Arc<dyn ObjectStore>> {
    let limits = GoogleCloudStorageBuilder::new()
        .with_config(GoogleConfigKey::Client(ClientConfigKey::ConnectTimeout), CONNECT)
        .with_config(GoogleConfigKey::Client(ClientConfigKey::Timeout), REQUEST);
    let account = value(variables, "SERVICE_ACCOUNT").map(|path| (GoogleConfigKey::ServiceAccount, path));
    let given = account.into_iter().chain(given(variables, "GOOGLE_"));
    let builder = given.fold(limits, |builder, (key, value)| builder.with_config(key, value));
    let connector = Counting { counters: Arc::clone(counters) };
    Ok(Arc::new(builder.with_bucket_name(bucket).with_retry(retries()).with_http_connector(connector).build()?))
}

/// A container of Azure's blob storage.
pub(super) fn azure(
    container: &str,
    variables: Variables<'_>,
    counters: &Arc<StoreCounters>,
) -> Result<Arc<dyn ObjectStore>> {
    let limits = MicrosoftAzureBuilder::new()
        .with_config(AzureConfigKey::Client(ClientConfigKey::ConnectTimeout), CONNECT)
        .with_config(AzureConfigKey::Client(ClientConfigKey::Timeout), REQUEST);
    let identity = value(variables, "IDENTITY_ENDPOINT").map(|endpoint| (AzureConfigKey::MsiEndpoint, endpoint));
    let given = given(variables, "AZURE_").into_iter().chain(identity);
    let builder = given.fold(limits, |builder, (key, value)| builder.with_config(key, value));
    let connector = Counting { counters: Arc::clone(counters) };
    Ok(Arc::new(builder.with_container_name(container).with_retry(retries()).with_http_connector(connector).build()?))
}

/// What the variables of a cloud say, as far as its client knows them.
fn given<K: FromStr>(variables: Variables<'_>, prefix: &str) -> Vec<(K, String)> {
    let of_cloud = variables.iter().filter(|(name, _)| name.starts_with(prefix));
    of_cloud.filter_map(|(name, value)| Some((name.to_ascii_lowercase().parse().ok()?, value.clone()))).collect()
}

fn value(variables: Variables<'_>, name: &str) -> Option<String> {
    variables.iter().find(|(given, _)| given == name).map(|(_, value)| value.clone())
}

/// For half a minute: most outages are over by then, and nobody waits longer for a page.
fn retries() -> RetryConfig {
    let backoff =
        BackoffConfig { init_backoff: Duration::from_millis(100), max_backoff: Duration::from_secs(5), base: 2.0 };
    RetryConfig { backoff, max_retries: 10, retry_timeout: Duration::from_secs(30) }
}

/// Makes clients whose requests are counted.
#[derive(Debug)]
struct Counting {
    counters: Arc<StoreCounters>,
}

impl HttpConnector for Counting {
    fn connect(&self, options: &ClientOptions) -> Result<HttpClient> {
        let client = ReqwestConnector::default().connect(options)?;
        Ok(HttpClient::new(Counted { client, counters: Arc::clone(&self.counters) }))
    }
}

/// A client whose requests are counted, each time that they are sent. What is asked for in vain is counted where it is given up.
#[derive(Debug)]
struct Counted {
    client: HttpClient,
    counters: Arc<StoreCounters>,
}

#[async_trait]
impl HttpService for Counted {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let operation = operation(request.method(), request.uri());
        if request.method() == Method::PUT {
            self.counters.sent(request.body().content_length() as u64);
        }
        let answer = match self.client.execute(request).await {
            Ok(answer) => answer,
            Err(error) => {
                self.counters.count(operation, Outcome::Retried);
                return Err(error);
            }
        };
        if let Some(outcome) = outcome(answer.status()) {
            self.counters.count(operation, outcome);
        }
        if let Some(pause) = pause(&answer) {
            tokio::time::sleep(pause).await;
        }
        if operation != Operation::Get || !answer.status().is_success() {
            return Ok(answer);
        }
        let counters = Arc::clone(&self.counters);
        Ok(answer.map(|body| {
            HttpResponseBody::new(body.map_frame(move |frame| {
                counters.received(frame.data_ref().map_or(0, |data| data.len() as u64));
                frame
            }))
        }))
    }
}

/// What a request is for. The protocols of the clouds tell it in nearly the same way.
fn operation(method: &Method, uri: &Uri) -> Operation {
    let parts = || uri.query().unwrap_or_default().split('&');
    let asks = |name: &str| parts().any(|part| part == name || part.split('=').next() == Some(name));
    match *method {
        Method::GET if asks("list-type") || asks("comp=list") => Operation::List,
        Method::GET => Operation::Get,
        Method::HEAD => Operation::Head,
        Method::DELETE => Operation::Delete,
        // Many at once.
        Method::POST if asks("delete") => Operation::Delete,
        _ => Operation::Put,
    }
}

/// How a request ended that was answered; `None` when it was refused, which is counted where it is given up.
fn outcome(status: StatusCode) -> Option<Outcome> {
    match status {
        StatusCode::NOT_FOUND | StatusCode::NOT_MODIFIED | StatusCode::CONFLICT | StatusCode::PRECONDITION_FAILED => {
            Some(Outcome::Ok)
        }
        StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT => Some(Outcome::Retried),
        _ if status.is_success() => Some(Outcome::Ok),
        _ if status.is_server_error() => Some(Outcome::Retried),
        _ => None,
    }
}

/// The pause that a store asks for: the client itself does not look at that.
fn pause(answer: &HttpResponse) -> Option<Duration> {
    if !matches!(answer.status(), StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) {
        return None;
    }
    let seconds: u64 = answer.headers().get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(LONGEST_PAUSE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_tells_what_it_is_for() {
        let of = |method: Method, uri: &str| operation(&method, &uri.parse().unwrap());
        assert_eq!(of(Method::GET, "https://b.s3.amazonaws.com/orders/a.parquet"), Operation::Get);
        assert_eq!(of(Method::GET, "https://b.s3.amazonaws.com/?list-type=2&prefix=orders"), Operation::List);
        assert_eq!(of(Method::GET, "https://a.blob.core.windows.net/c?restype=container&comp=list"), Operation::List);
        assert_eq!(of(Method::HEAD, "https://b.s3.amazonaws.com/a"), Operation::Head);
        assert_eq!(of(Method::PUT, "https://b.s3.amazonaws.com/a?partNumber=1&uploadId=2"), Operation::Put);
        assert_eq!(of(Method::POST, "https://b.s3.amazonaws.com/a?uploads"), Operation::Put);
        assert_eq!(of(Method::POST, "https://b.s3.amazonaws.com/?delete"), Operation::Delete);
        assert_eq!(of(Method::DELETE, "https://b.s3.amazonaws.com/a?uploadId=2"), Operation::Delete);
    }

    #[test]
    fn what_may_pass_is_told_from_what_is_refused() {
        assert_eq!(outcome(StatusCode::PARTIAL_CONTENT), Some(Outcome::Ok));
        assert_eq!(outcome(StatusCode::NOT_FOUND), Some(Outcome::Ok));
        assert_eq!(outcome(StatusCode::SERVICE_UNAVAILABLE), Some(Outcome::Retried));
        assert_eq!(outcome(StatusCode::TOO_MANY_REQUESTS), Some(Outcome::Retried));
        assert_eq!(outcome(StatusCode::FORBIDDEN), None);
    }

    #[test]
    fn a_pause_is_as_long_as_it_is_asked_for_within_bounds() {
        let asked = |status: StatusCode, after: Option<&str>| {
            let mut answer = HttpResponse::new(Vec::new().into());
            *answer.status_mut() = status;
            answer.headers_mut().extend(after.map(|after| (RETRY_AFTER, after.parse().unwrap())));
            pause(&answer)
        };
        assert_eq!(asked(StatusCode::TOO_MANY_REQUESTS, Some("2")), Some(Duration::from_secs(2)));
        assert_eq!(asked(StatusCode::SERVICE_UNAVAILABLE, Some("3600")), Some(LONGEST_PAUSE));
        assert_eq!(asked(StatusCode::SERVICE_UNAVAILABLE, Some("soon")), None);
        assert_eq!(asked(StatusCode::SERVICE_UNAVAILABLE, None), None);
        assert_eq!(asked(StatusCode::OK, Some("2")), None);
    }

    #[test]
    fn variables_that_a_cloud_does_not_know_are_left_out() {
        let variables: Vec<_> = [("AWS_REGION", "eu-central-1"), ("AWS_SOMETHING", "else"), ("AZURE_REGION", "x")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into();
        assert_eq!(given(&variables, "AWS_"), [(AmazonS3ConfigKey::Region, "eu-central-1".to_owned())]);
    }
}
