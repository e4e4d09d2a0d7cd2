//! Addresses of the app's pages that mails and providers lead to.
//!
//! A token is in the part behind the `#`, which browsers send to nobody: it is in no log, and no picture's or script's request tells of
//! it. The page acts when its reader presses a button, because programs that look mail over open links, too.

use std::sync::Arc;

use aloftly_catalog::OneTimeToken;

/// Where the app is, as its readers' browsers reach it.
#[derive(Clone, Debug)]
pub struct Links {
    origin: Arc<str>,
    /// The port of a server that browsers of this machine alone reach, under each name that the machine has for itself.
    own_port: Option<u16>,
}

/// What a machine calls itself.
const OWN_NAMES: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

impl Links {
    /// Links to the app at that origin, such as `https://stats.example.com`.
    #[must_use]
    pub fn to(origin: &str) -> Self {
        Self { origin: origin.into(), own_port: None }
    }

    /// Links to an app that this machine's own browsers reach on that port.
    #[must_use]
    pub fn here(port: u16) -> Self {
        Self { origin: format!("http://localhost:{port}").into(), own_port: Some(port) }
    }

    /// The same for a browser that says by which name it reached the app: it keeps a session for that name alone. A name is believed when it is
    /// one that the machine has for itself, and no origin is configured.
    #[must_use]
    pub fn as_reached(&self, host: Option<&str>) -> Self {
        let own = self.own_port.zip(host).filter(|(port, host)| {
            let name = host.strip_suffix(&format!(":{port}"));
            name.is_some_and(|name| OWN_NAMES.contains(&name))
        });
        own.map_or_else(|| self.clone(), |(_, host)| Self { origin: format!("http://{host}").into(), ..self.clone() })
    }

    /// The address of a page.
    #[must_use]
    pub fn page(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    pub(super) fn with_token(&self, path: &str, token: &OneTimeToken) -> String {
        format!("{}{path}#token={}", self.origin, token.expose())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_of_this_machine_comes_back_under_the_name_by_which_it_left() {
        let links = Links::here(8080);
        for (host, origin) in [
            (Some("localhost:8080"), "http://localhost:8080"),
            (Some("127.0.0.1:8080"), "http://127.0.0.1:8080"),
            (Some("[::1]:8080"), "http://[::1]:8080"),
            (None, "http://localhost:8080"),
        ] {
            assert_eq!(links.as_reached(host).page("/x"), format!("{origin}/x"), "{host:?}");
        }
    }

    #[test]
    fn no_other_name_is_believed() {
        for host in [
            "evil.example:8080",
            "127.0.0.1:8081",
            "127.0.0.1",
            "evil.example@127.0.0.1:8080",
            "127.0.0.1:8080.evil.example",
        ] {
            assert_eq!(Links::here(8080).as_reached(Some(host)).page(""), "http://localhost:8080", "{host}");
        }
        let configured = Links::to("https://stats.example.com");
        assert_eq!(configured.as_reached(Some("127.0.0.1:8080")).page(""), "https://stats.example.com");
    }
}
