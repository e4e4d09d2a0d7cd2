//! Who is calling: the peer's address, or what a trusted proxy says it is.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};

use aloftly_catalog::Origin;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};

use crate::api::App;
use crate::config::IpRange;

/// The address at the other end of the connection.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// Who is calling, as far as a request tells.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The address; unspecified where the connection has none.
    pub address: IpAddr,
    /// What is written down of it.
    pub origin: Origin,
}

impl Caller {
    /// From a request's head.
    #[must_use]
    pub fn of(parts: &Parts, trusted: &[IpRange]) -> Self {
        let peer = parts.extensions.get::<Peer>().map(|peer| peer.0.ip());
        let address = peer.map(|peer| address(peer, &parts.headers, trusted));
        let user_agent = parts.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
        Self {
            address: address.unwrap_or(IpAddr::from([0, 0, 0, 0])),
            origin: Origin { address, user_agent: user_agent.map(str::to_owned) },
        }
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        Ok(Self::of(parts, &app.backend.config.trusted_proxies))
    }
}

/// The caller's address. `X-Forwarded-For` is read from its end, as far as trusted proxies wrote it.
#[must_use]
pub fn address(peer: IpAddr, headers: &HeaderMap, trusted: &[IpRange]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|range| range.contains(address));
    let mut caller = peer.to_canonical();
    let forwarded: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    for hop in forwarded.into_iter().rev() {
        if !is_trusted(caller) {
            break;
        }
        let Ok(address) = hop.trim().parse::<IpAddr>() else { break };
        caller = address.to_canonical();
    }
    caller
}

/// One network is one caller: who has an IPv6 address has 2^64 of them.
#[must_use]
pub fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() & !u128::from(u64::MAX)).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, Layers};

    fn caller(peer: &str, forwarded: &str) -> String {
        let config = Config::load(&Layers::of(&[("trusted_proxies", "10.0.0.0/8, ::1")])).unwrap();
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", forwarded.parse().unwrap());
        address(peer.parse().unwrap(), &headers, &config.trusted_proxies).to_string()
    }

    #[test]
    fn forwarded_addresses_count_only_as_far_as_trusted_proxies_wrote_them() {
        assert_eq!(caller("203.0.113.9", "198.51.100.1"), "203.0.113.9");
        assert_eq!(caller("10.1.2.3", "198.51.100.1"), "198.51.100.1");
        assert_eq!(caller("::ffff:10.1.2.3", "198.51.100.1"), "198.51.100.1");
        assert_eq!(caller("10.1.2.3", "6.6.6.6, 198.51.100.1, 10.9.9.9"), "198.51.100.1");
        assert_eq!(caller("10.1.2.3", "6.6.6.6, nonsense"), "10.1.2.3");
        assert_eq!(caller("::1", "198.51.100.1"), "198.51.100.1");
    }
}
