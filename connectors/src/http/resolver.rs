//! From a host's name to addresses that may be connected to. What is connected to is what was checked: nobody looks the name up
//! a second time.

use std::fmt::Debug;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use async_trait::async_trait;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::Refusal;
use super::address::is_public;

/// Looks names of hosts up.
#[async_trait]
pub trait Lookup: Send + Sync + Debug {
    /// Every address of the host of that name.
    ///
    /// # Errors
    /// When it could not be looked up.
    async fn addresses(&self, name: &str) -> io::Result<Vec<IpAddr>>;
}

/// Looks names up as the machine does.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemLookup;

#[async_trait]
impl Lookup for SystemLookup {
    async fn addresses(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        Ok(tokio::net::lookup_host((name, 0)).await?.map(|address| address.ip()).collect())
    }
}

/// Gives the HTTP client those addresses of a host that are public, and no others.
#[derive(Debug)]
pub(super) struct Guarded(pub(super) Arc<dyn Lookup>);

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let lookup = Arc::clone(&self.0);
        Box::pin(async move {
            let found = lookup.addresses(name.as_str()).await?;
            let public: Vec<_> = found.iter().filter(|ip| is_public(**ip)).map(|ip| SocketAddr::new(*ip, 0)).collect();
            if public.is_empty() && !found.is_empty() {
                return Err(Refusal::Inside(name.as_str().to_owned()).into());
            }
            let addresses: Addrs = Box::new(public.into_iter());
            Ok(addresses)
        })
    }
}
