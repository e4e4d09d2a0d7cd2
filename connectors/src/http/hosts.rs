//! Where requests may go.

use std::net::Ipv4Addr;

use url::{Host, Url};

/// Endings of names that are never on the public internet.
const INSIDE: [&str; 8] = ["localhost", "local", "internal", "intranet", "lan", "home.arpa", "test", "invalid"];

/// Where requests may go: to hosts that were named, over HTTPS on its own port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hosts(Policy);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Policy {
    Exact(Vec<String>),
    Under(Vec<String>),
    Loopback,
}

/// Why a request does not go out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// It is not HTTPS.
    #[error("{0:?} is not asked but over https: use an address that begins with https://")]
    Scheme(String),
    /// The URL has a user or a password in it.
    #[error("an address with a user or a password in it is not used: put them into a header")]
    Userinfo,
    /// Another port than that of HTTPS.
    #[error("port {0} is not asked: use 443")]
    Port(u16),
    /// The URL has an address where the name of a host should be.
    #[error("{0:?} is not the name of a host on the internet: use a domain name")]
    NoName(String),
    /// A host that was not named.
    #[error("the host {0:?} is not one of those that may be asked")]
    Other(String),
    /// The name leads to nothing but addresses that are not on the public internet.
    #[error("{0:?} does not lead to a public address: it is not asked")]
    Inside(String),
}

impl Hosts {
    /// These hosts and no others.
    ///
    /// # Errors
    /// For what is not the name of a host on the internet.
    pub fn exact(names: &[&str]) -> Result<Self, Refusal> {
        Ok(Self(Policy::Exact(names.iter().map(|name| public_name(name)).collect::<Result<_, _>>()?)))
    }

    /// Every host under these domains, such as `myshopify.com`, but not the domains themselves. Whoever can have a host there
    /// can be sent what a connection's requests carry: where a connection has one host, [`Hosts::exact`] is right.
    ///
    /// # Errors
    /// For what is not a domain on the internet.
    pub fn under(domains: &[&str]) -> Result<Self, Refusal> {
        Ok(Self(Policy::Under(domains.iter().map(|name| public_name(name)).collect::<Result<_, _>>()?)))
    }

    /// Only 127.0.0.1, on any port and without TLS: for tests and the demo.
    #[must_use]
    pub fn loopback() -> Self {
        Self(Policy::Loopback)
    }

    /// Whether a request to this URL may go out. Which addresses its host has is checked when it is connected to.
    ///
    /// # Errors
    /// When it may not.
    pub fn check(&self, url: &Url) -> Result<(), Refusal> {
        let host = url.host().ok_or_else(|| Refusal::Scheme(url.scheme().to_owned()))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Refusal::Userinfo);
        }
        if self.0 == Policy::Loopback {
            let is_loopback = matches!(host, Host::Ipv4(Ipv4Addr::LOCALHOST));
            let is_http = matches!(url.scheme(), "http" | "https");
            return if is_loopback && is_http { Ok(()) } else { Err(Refusal::Other(host.to_string())) };
        }
        if url.scheme() != "https" {
            return Err(Refusal::Scheme(host.to_string()));
        }
        let Host::Domain(name) = host else { return Err(Refusal::NoName(host.to_string())) };
        let is_named = match &self.0 {
            Policy::Exact(names) => names.iter().any(|own| own == name),
            Policy::Under(domains) => domains.iter().any(|domain| is_under(name, domain)),
            Policy::Loopback => false,
        };
        if !is_named {
            return Err(Refusal::Other(name.to_owned()));
        }
        // What is kept in a URL is never the port that its scheme has anyway.
        url.port().map_or(Ok(()), |port| Err(Refusal::Port(port)))
    }

    /// Whether they are hosts of the internet, so that every address of theirs has to be public.
    pub(super) fn are_public(&self) -> bool {
        self.0 != Policy::Loopback
    }
}

/// Whether a name has the domain as its ending, and something before it.
fn is_under(name: &str, domain: &str) -> bool {
    name.strip_suffix(domain).and_then(|rest| rest.strip_suffix('.')).is_some_and(|rest| !rest.is_empty())
}

/// The name as URLs have it.
fn public_name(name: &str) -> Result<String, Refusal> {
    let refusal = || Refusal::NoName(name.to_owned());
    let Ok(Host::Domain(domain)) = Host::parse(name) else { return Err(refusal()) };
    let is_whole = domain.contains('.') && !domain.starts_with('.') && !domain.ends_with('.');
    let is_inside = INSIDE.iter().any(|ending| domain == *ending || is_under(&domain, ending));
    if is_whole && !is_inside { Ok(domain) } else { Err(refusal()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(hosts: &Hosts, url: &str) -> Result<(), Refusal> {
        hosts.check(&Url::parse(url).unwrap())
    }

    #[test]
    fn only_named_hosts_are_asked_over_https_on_its_port() {
        let hosts = Hosts::exact(&["Api.Example.com"]).unwrap();
        assert_eq!(check(&hosts, "https://api.example.com/x?y=1"), Ok(()));
        assert_eq!(check(&hosts, "https://API.example.com:443/"), Ok(()));
        assert_eq!(check(&hosts, "http://api.example.com/"), Err(Refusal::Scheme("api.example.com".to_owned())));
        assert_eq!(check(&hosts, "https://api.example.com:8443/"), Err(Refusal::Port(8_443)));
        assert_eq!(check(&hosts, "https://a:b@api.example.com/"), Err(Refusal::Userinfo));
        for other in ["example.com", "evil-api.example.com", "api.example.com.", "api.example.com.evil.net"] {
            assert_eq!(check(&hosts, &format!("https://{other}/")), Err(Refusal::Other(other.to_owned())));
        }
    }

    #[test]
    fn addresses_in_any_spelling_are_no_names() {
        let hosts = Hosts::exact(&["api.example.com"]).unwrap();
        for address in ["127.0.0.1", "0x7f.1", "2130706433", "017700000001", "[::1]", "[::ffff:10.0.0.1]", "8.8.8.8"] {
            let refused = check(&hosts, &format!("https://{address}/"));
            assert!(matches!(refused, Err(Refusal::NoName(_))), "{address}: {refused:?}");
            assert!(Hosts::exact(&[address]).is_err(), "{address}");
        }
    }

    #[test]
    fn names_of_the_inside_are_not_taken() {
        for name in
            ["localhost", "metadata", "db.internal", "nas.local", "a.localhost", "", ".example.com", "example.com."]
        {
            assert!(Hosts::exact(&[name]).is_err(), "{name}");
        }
    }

    #[test]
    fn under_a_domain_is_not_beside_it() {
        let hosts = Hosts::under(&["myshopify.com"]).unwrap();
        assert_eq!(check(&hosts, "https://a-shop.myshopify.com/admin"), Ok(()));
        for other in ["myshopify.com", "evilmyshopify.com", "a.myshopify.com.evil.net"] {
            assert_eq!(check(&hosts, &format!("https://{other}/")), Err(Refusal::Other(other.to_owned())));
        }
    }

    #[test]
    fn the_loopback_is_one_address() {
        let hosts = Hosts::loopback();
        assert_eq!(check(&hosts, "http://127.0.0.1:8080/x"), Ok(()));
        for other in ["http://localhost:8080/", "http://127.0.0.2/", "http://10.0.0.1/", "https://example.com/"] {
            assert!(matches!(check(&hosts, other), Err(Refusal::Other(_))), "{other}");
        }
        assert!(matches!(check(&hosts, "file:///etc/passwd"), Err(Refusal::Scheme(_))));
        assert!(matches!(check(&hosts, "ftp://127.0.0.1/"), Err(Refusal::Other(_))));
    }
}
