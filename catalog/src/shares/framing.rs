//! The pages that may show a share within themselves.
//!
//! Browsers are told so with the frame's page, before they show it, and so before the token is known, which is in no address that a server
//! sees. The address has a key instead, which opens nothing.

use std::collections::BTreeSet;

use crate::catalog::Scope;
use crate::{Catalog, CatalogError, secrets};

/// The most pages that may show one share.
const MOST: usize = 20;
/// The longest origin, in bytes: a domain's name has no more than 253.
const LONGEST: usize = 280;

impl Catalog {
    /// The pages that may show the share of the frame with that key; none where there is no such share.
    ///
    /// # Errors
    /// When the database is unavailable.
    pub async fn framing(&self, key: &str) -> Result<Vec<String>, CatalogError> {
        if !is_key(key) {
            return Ok(Vec::new());
        }
        let mut transaction = self.begin(Scope::Embed(key)).await?;
        let origins = sqlx::query_scalar!("SELECT origins FROM shares WHERE embed_key = $1", key)
            .fetch_optional(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(origins.unwrap_or_default())
    }
}

/// Whether a text can be a key at all.
fn is_key(text: &str) -> bool {
    text.len() == secrets::LENGTH
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// Origins as browsers write them, each once.
pub(super) fn checked_origins(given: &[String]) -> Result<Vec<String>, CatalogError> {
    let wrong = |reason: String| CatalogError::Invalid { field: "origins", reason };
    if given.len() > MOST {
        return Err(wrong(format!("{MOST} pages or fewer")));
    }
    let mut origins = BTreeSet::new();
    for origin in given {
        if !is_origin(origin) {
            return Err(wrong(
                "like https://shop.example.com, each with nothing behind the name but a port".to_owned(),
            ));
        }
        origins.insert(origin.clone());
    }
    Ok(origins.into_iter().collect())
}

/// Whether it is the origin of a page that nobody between it and the browser can change: over HTTPS, or of this machine. What is one can
/// stand in a list that blanks and semicolons divide.
fn is_origin(text: &str) -> bool {
    let is_there = |authority: &str, is_local: bool| {
        let (host, port) = authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port)));
        let default = if is_local { "80" } else { "443" };
        let is_port = |port: &str| {
            port.parse::<u16>().is_ok_and(|number| number > 0 && number.to_string() == port) && port != default
        };
        is_host(host) && (!is_local || matches!(host, "localhost" | "127.0.0.1")) && port.is_none_or(is_port)
    };
    text.len() <= LONGEST
        && match text.split_once("://") {
            Some(("https", authority)) => is_there(authority, false),
            Some(("http", authority)) => is_there(authority, true),
            _ => false,
        }
}

/// Small letters, digits and dashes between dots, as browsers write names in whatever script.
fn is_host(host: &str) -> bool {
    let is_label = |label: &str| {
        let letters = label.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        !label.is_empty() && label.len() <= 63 && letters && !label.starts_with('-') && !label.ends_with('-')
    };
    host.len() <= 253 && host.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_a_page_over_https_or_of_this_machine_and_nothing_that_says_more() {
        for good in [
            "https://shop.example.com",
            "https://shop.example.com:8443",
            "https://xn--bcher-kva.example",
            "https://intranet",
            "https://192.0.2.7",
            "http://localhost:3000",
            "http://127.0.0.1:5173",
            "http://localhost",
        ] {
            assert!(is_origin(good), "{good}");
        }
        for wrong in [
            "",
            "*",
            "https://*",
            "https://*.example.com",
            "https://",
            "https://shop.example.com/",
            "https://shop.example.com/page",
            "https://shop.example.com?x",
            "https://shop.example.com#x",
            "https://ann@shop.example.com",
            "https://Shop.example.com",
            "https://bücher.example",
            "https://shop..example.com",
            "https://shop.example.com.",
            "https://-shop.example.com",
            "https://shop.example.com:443",
            "https://shop.example.com:0",
            "https://shop.example.com:08443",
            "https://shop.example.com:+8443",
            "https://shop.example.com:70000",
            "https://shop.example.com:",
            "https://shop.example.com:1:2",
            "https://[::1]",
            "http://shop.example.com",
            "http://localhost.example.com",
            "http://localhost:80",
            "ftp://shop.example.com",
            "shop.example.com",
            "data:text/html,x",
            "'self'",
            "https://shop.example.com; script-src *",
            "https://shop.example.com https://evil.example",
            "https://shop.example.com,https://evil.example",
            "https://shop.example.com\r\nx: y",
        ] {
            assert!(!is_origin(wrong), "{wrong:?}");
        }
        assert!(!is_origin(&format!("https://{}.example", "a".repeat(300))));
    }

    #[test]
    fn a_list_of_origins_has_each_once_and_no_more_than_twenty() {
        let origins = |number: usize| -> Vec<String> { (0..number).map(|n| format!("https://s{n}.example")).collect() };
        assert_eq!(checked_origins(&[origins(2), origins(2)].concat()).unwrap(), origins(2));
        assert_eq!(checked_origins(&origins(20)).unwrap().len(), 20);
        assert!(matches!(checked_origins(&origins(21)), Err(CatalogError::Invalid { field: "origins", .. })));
        let wrong = ["https://a.example".to_owned(), "*".to_owned()];
        assert!(matches!(checked_origins(&wrong), Err(CatalogError::Invalid { field: "origins", .. })));
    }

    #[test]
    fn a_key_is_what_is_made_at_random_and_nothing_else_is_looked_up() {
        assert!(is_key(&secrets::random().unwrap()));
        for wrong in ["", "x", &"x".repeat(44), &format!("{}'", "x".repeat(42)), &"ü".repeat(21)] {
            assert!(!is_key(wrong), "{wrong:?}");
        }
    }
}
