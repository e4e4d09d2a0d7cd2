//! How somebody stands with a limit, as answers tell it: the header fields of draft-ietf-httpapi-ratelimit-headers.

use std::fmt::Write as _;
use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue};

/// What the limits are: `"account";q=3000;w=60`.
pub const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
/// How much of them is left: `"account";r=2999;t=1`.
pub const LEFT: HeaderName = HeaderName::from_static("ratelimit");

/// How somebody stands with a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The limit's name.
    pub name: &'static str,
    /// So many requests are allowed.
    pub requests: u32,
    /// In that time.
    pub window: Duration,
    /// So many can be made now.
    pub remaining: u32,
    /// So long it takes until all can, or until one can where none can now.
    pub full_in: Duration,
}

impl Standing {
    /// Adds both fields. Without any limit there are none.
    pub fn write(standings: &[Self], headers: &mut HeaderMap) {
        if standings.is_empty() {
            return;
        }
        let (mut policy, mut left) = (String::with_capacity(64), String::with_capacity(64));
        for (place, Self { name, requests, window, remaining, full_in }) in standings.iter().enumerate() {
            let comma = if place == 0 { "" } else { ", " };
            _ = write!(policy, "{comma}\"{name}\";q={requests};w={}", seconds(*window));
            _ = write!(left, "{comma}\"{name}\";r={remaining};t={}", seconds(*full_in));
        }
        for (name, text) in [(POLICY, policy), (LEFT, left)] {
            if let Ok(value) = HeaderValue::try_from(text) {
                headers.append(name, value);
            }
        }
    }
}

/// Whole seconds, none too few.
#[must_use]
pub fn seconds(duration: Duration) -> u64 {
    duration.as_secs() + u64::from(duration.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_told_as_structured_lists() {
        let standing = |name, remaining, millis| Standing {
            name,
            requests: 100,
            window: Duration::from_secs(60),
            remaining,
            full_in: Duration::from_millis(millis),
        };
        let mut headers = HeaderMap::new();
        Standing::write(&[], &mut headers);
        assert!(headers.is_empty());
        Standing::write(&[standing("account", 99, 600), standing("organization", 0, 30_001)], &mut headers);
        assert_eq!(headers["ratelimit-policy"], "\"account\";q=100;w=60, \"organization\";q=100;w=60");
        assert_eq!(headers["ratelimit"], "\"account\";r=99;t=1, \"organization\";r=0;t=31");
    }
}
