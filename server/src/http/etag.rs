//! Names of revisions: what `ETag` says of a thing that is changed as a whole, and what `If-Match` says of which one is meant.

use std::convert::Infallible;

use aloftly_catalog::dashboards;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use sha2::{Digest as _, Sha256};

use super::problem::Problem;

/// The name of a revision.
#[must_use]
pub fn of_revision(revision: i64) -> String {
    format!("\"r{revision}\"")
}

/// The name of what one is shown of a revision, where others are shown something else of it: what one may do, who others are.
#[must_use]
pub fn of_shown(revision: i64, shown: &[u8]) -> String {
    format!("\"r{revision}-{}\"", hex::encode(&Sha256::digest(shown)[..8]))
}

/// Which revision a change is meant for, as far as the request says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IfMatch(Option<dashboards::IfMatch>);

impl IfMatch {
    /// It, where it must be said.
    ///
    /// # Errors
    /// 428 when it is not.
    pub fn required(self) -> Result<dashboards::IfMatch, Problem> {
        self.0.ok_or_else(|| {
            let detail =
                "Say what is changed: send the ETag that it was told with as If-Match, or * for whatever is there.";
            Problem::new(StatusCode::PRECONDITION_REQUIRED, "if_match_required", detail)
        })
    }

    /// It; whatever is there where it is not said.
    #[must_use]
    pub fn or_any(self) -> dashboards::IfMatch {
        self.0.unwrap_or(dashboards::IfMatch::Any)
    }

    fn of(headers: &HeaderMap) -> Self {
        let given: Vec<_> = headers.get_all(header::IF_MATCH).iter().collect();
        if given.is_empty() {
            return Self(None);
        }
        // What cannot be read names no revision that there is.
        let texts = given.into_iter().filter_map(|value| value.to_str().ok());
        let tags: Vec<&str> = texts.flat_map(|text| text.split(',')).map(str::trim).collect();
        if tags.contains(&"*") {
            return Self(Some(dashboards::IfMatch::Any));
        }
        Self(Some(dashboards::IfMatch::Revisions(tags.into_iter().filter_map(revision).collect())))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.headers))
    }
}

/// The revision of a name. Proxies that pack answers make names weak; which revision is meant they say all the same.
fn revision(tag: &str) -> Option<i64> {
    let opaque = tag.strip_prefix("W/").unwrap_or(tag);
    let name = opaque.strip_prefix("\"r")?.strip_suffix('"')?;
    let (revision, _shown) = name.split_once('-').unwrap_or((name, ""));
    revision.parse().ok()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn meant(values: &[&'static str]) -> Option<dashboards::IfMatch> {
        let named = values.iter().map(|value| (header::IF_MATCH, HeaderValue::from_static(value)));
        let mut headers = HeaderMap::new();
        for (name, value) in named {
            headers.append(name, value);
        }
        IfMatch::of(&headers).0
    }

    #[test]
    fn a_change_is_meant_for_the_revisions_that_it_names() {
        let revisions = |numbers: &[i64]| Some(dashboards::IfMatch::Revisions(numbers.to_vec()));
        assert_eq!(meant(&[]), None);
        assert_eq!(meant(&["*"]), Some(dashboards::IfMatch::Any));
        assert_eq!(meant(&["\"r7\""]), revisions(&[7]));
        assert_eq!(meant(&["W/\"r7\""]), revisions(&[7]));
        assert_eq!(meant(&["\"r7\", \"r8\"", "\"r9\""]), revisions(&[7, 8, 9]));
        for nothing in ["", "r7", "7", "\"7\"", "\"r\"", "\"rx\"", "\"r7"] {
            assert_eq!(meant(&[nothing]), revisions(&[]), "{nothing:?} is no revision that there is");
        }
    }

    #[test]
    fn what_is_not_said_is_asked_for_or_is_whatever_is_there() {
        let refused = IfMatch(None).required().unwrap_err();
        assert_eq!((refused.status().as_u16(), refused.code()), (428, "if_match_required"));
        assert_eq!(IfMatch(None).or_any(), dashboards::IfMatch::Any);
        let said = dashboards::IfMatch::Revisions(vec![3]);
        assert_eq!(IfMatch(Some(said.clone())).required().unwrap(), said);
        assert_eq!(revision(&of_revision(3)), Some(3));
        let (mine, theirs) = (of_shown(3, b"may edit"), of_shown(3, b"may not"));
        assert_eq!((revision(&mine), revision(&theirs), mine == theirs), (Some(3), Some(3), false));
    }
}
