//! Where requests do not go.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;

use aloftly_connectors::http::{ClientOptions, Hosts, HttpErrorKind, Lookup, Refusal, Request};
use async_trait::async_trait;

use super::clock::WaitingClock;
use super::provider::{Provider, Reply};
use super::{client, kind, never, options};

/// Every name leads to these addresses.
#[derive(Debug)]
struct Leads(&'static [&'static str]);

#[async_trait]
impl Lookup for Leads {
    async fn addresses(&self, _name: &str) -> io::Result<Vec<IpAddr>> {
        Ok(self.0.iter().map(|address| address.parse().unwrap()).collect())
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Provider::start([Reply::ok()]).await;
    for status in [301, 302, 303, 307, 308] {
        let to = elsewhere.url("/secrets").to_string();
        let provider = Provider::start([Reply::new(status, "").header("location", to)]).await;
        let client = client(options(), &Arc::new(WaitingClock::new()));
        let error = client.send(Request::get(provider.url("/")), &never()).await.unwrap_err();
        assert_eq!((error.status(), error.code(), error.is_transient()), (Some(status), Some("redirect"), false));
    }
    assert!(elsewhere.came().is_empty());
}

#[tokio::test]
async fn a_name_that_leads_inside_is_not_connected_to() {
    let inside: [&'static [&'static str]; 6] = [
        &["127.0.0.1"],
        &["10.0.0.7", "192.168.1.1"],
        &["169.254.169.254"],
        &["::1"],
        &["::ffff:127.0.0.1"],
        &["fd00::7", "100.64.0.1"],
    ];
    for addresses in inside {
        let hosts = Hosts::exact(&["shop.example.com"]).unwrap();
        let options = ClientOptions { lookup: Arc::new(Leads(addresses)), ..ClientOptions::new("example", hosts) };
        let client = client(options, &Arc::new(WaitingClock::new()));
        let request = Request::get("https://shop.example.com/?token=hush".parse().unwrap());
        let error = client.send(request, &never()).await.unwrap_err();
        let HttpErrorKind::Refused(refusal) = &error.kind else { panic!("{addresses:?}: {error:?}") };
        assert_eq!(*refusal, Refusal::Inside("shop.example.com".to_owned()));
        assert_eq!((error.tries, error.is_transient()), (1, false));
    }
}

#[tokio::test]
async fn a_host_that_was_not_named_is_not_asked() {
    let provider = Provider::start([Reply::ok()]).await;
    let hosts = Hosts::exact(&["shop.example.com"]).unwrap();
    let client = client(ClientOptions::new("example", hosts), &Arc::new(WaitingClock::new()));
    let urls = ["https://other.example.com/", "http://shop.example.com/", "https://shop.example.com:8080/"];
    let urls = urls.into_iter().map(|url| url.parse().unwrap()).chain([provider.url("/")]);
    for url in urls {
        let error = kind(client.send(Request::get(url), &never()).await);
        assert!(matches!(error, HttpErrorKind::Refused(_)), "{error:?}");
    }
    assert_eq!((client.counts().requests, provider.came().len()), (0, 0));
}

#[tokio::test]
async fn a_name_that_leads_nowhere_is_tried_again_later() {
    let hosts = Hosts::exact(&["shop.example.com"]).unwrap();
    let options = ClientOptions { lookup: Arc::new(Leads(&[])), ..ClientOptions::new("example", hosts) };
    let client = client(options, &Arc::new(WaitingClock::new()));
    let error = kind(client.send(Request::get("https://shop.example.com/".parse().unwrap()), &never()).await);
    assert!(matches!(error, HttpErrorKind::Connect(_)) && error.is_transient(), "{error:?}");
}
