//! The canary, and where it is found in what is told.

use std::fmt::Write as _;

use reqwest::RequestBuilder;
use serde_json::Value;
use url::form_urlencoded;

/// Small letters and digits alone, so that even the name of a credential's field can be it.
pub(super) const CANARY: &str = "kanarie7f3c9";
/// Its halves, to look for it without saying it: what is looked for is repeated in answers.
pub(super) const HALVES: [&str; 2] = ["kanarie", "7f3c9"];
/// How else it may be written: in hexadecimal digits, and in base64 at each of the three places of a group.
const ENCODED: [&str; 4] = ["6b616e617269653766336339", "a2FuYXJpZTdmM2M5", "thbmFyaWU3ZjNj", "rYW5hcmllN2Yz"];
/// What each order of the canary's organisation comes to, and both together.
pub(super) const AMOUNTS: [&str; 2] = ["73190.57", "146381.14"];

pub(super) fn with_canary(text: &str) -> String {
    text.replace('~', CANARY)
}

/// An address of the canary's organisation.
pub(super) fn address(name: &str) -> String {
    format!("{name}@{CANARY}.test")
}

/// What an answer tells, whoever reads it and however closely.
pub(super) struct Told {
    pub(super) status: u16,
    pub(super) head: String,
    pub(super) body: String,
}

impl Told {
    pub(super) async fn by(request: RequestBuilder) -> Self {
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        let mut head = String::new();
        for (name, value) in answer.headers() {
            let _ = writeln!(head, "{name}: {}", String::from_utf8_lossy(value.as_bytes()));
        }
        let body = String::from_utf8_lossy(&answer.bytes().await.unwrap()).into_owned();
        Self { status, head, body }
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// The canary, or a figure that nobody else has, in whatever form it is told.
    pub(super) fn shown(&self) -> Option<&'static str> {
        shown(&self.head).or_else(|| shown(&self.body))
    }

    /// Fails when somebody was told of the canary who may not see it.
    pub(super) fn keeps_quiet(&self, who: &str, what: &str) {
        let Self { status, head, body } = self;
        let shown = self.shown();
        assert!(shown.is_none(), "{what}, asked by {who}, tells {shown:?}: {status}\n{head}\n{body}");
    }
}

/// The canary, or a figure that nobody else has, in whatever form it is in a text.
fn shown(text: &str) -> Option<&'static str> {
    let lower = text.to_lowercase();
    let pairs = form_urlencoded::parse(lower.as_bytes());
    let decoded = pairs.fold(String::new(), |mut all, (name, value)| {
        all.extend([&*name, "=", &*value, "&"]);
        all
    });
    if lower.contains(CANARY) || decoded.contains(CANARY) {
        return Some(CANARY);
    }
    ENCODED.into_iter().chain(AMOUNTS).find(|form| text.contains(*form) || lower.contains(*form))
}
