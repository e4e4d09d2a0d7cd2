//! What Shopify's answers say beside the data: errors, costs, limits.

use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::http::budget::Told;
use crate::http::{Answer, Judgement, Verdict, Why};

/// The longest that a lack of points is waited for; a bucket fills within a minute.
const LONGEST_WAIT: f64 = 120.0;
/// The largest answer that is looked into for its costs: a bulk operation's result has none.
const MOST: usize = 16 << 20;

/// An answer's parts.
#[derive(Debug, Deserialize)]
pub(super) struct Envelope<'a> {
    #[serde(default, borrow)]
    pub(super) data: Option<&'a RawValue>,
    #[serde(default)]
    pub(super) errors: Option<Errors>,
    #[serde(default)]
    extensions: Option<Extensions>,
}

/// What went wrong: a list mostly, at times a text alone.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Errors {
    /// A list.
    List(Vec<GraphqlError>),
    /// A text.
    Text(String),
    /// What nobody knows.
    Other(serde::de::IgnoredAny),
}

/// One of them.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct GraphqlError {
    #[serde(default)]
    pub(super) message: String,
    #[serde(default)]
    path: Vec<Value>,
    #[serde(default)]
    extensions: Option<ErrorExtensions>,
}

#[derive(Clone, Debug, Deserialize)]
struct ErrorExtensions {
    #[serde(default)]
    code: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Extensions {
    #[serde(default)]
    cost: Option<Cost>,
}

/// Points, as whole numbers and floats as it happens.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Cost {
    #[serde(default)]
    requested_query_cost: Option<f64>,
    #[serde(default)]
    actual_query_cost: Option<f64>,
    #[serde(default)]
    throttle_status: Option<ThrottleStatus>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ThrottleStatus {
    maximum_available: f64,
    currently_available: f64,
    restore_rate: f64,
}

impl GraphqlError {
    /// Shopify's name for it; empty where it gives none.
    pub(super) fn code(&self) -> &str {
        self.extensions.as_ref().and_then(|extensions| extensions.code.as_deref()).unwrap_or_default()
    }

    /// Where in the answer, by the names of fields.
    pub(super) fn place(&self) -> String {
        let names = self.path.iter().filter_map(Value::as_str);
        names.collect::<Vec<_>>().join(".")
    }
}

impl Errors {
    /// Whether one of them has this code.
    pub(super) fn has(&self, code: &str) -> bool {
        match self {
            Self::List(errors) => errors.iter().any(|error| error.code() == code),
            Self::Text(_) | Self::Other(_) => false,
        }
    }

    /// Whether all of them have this code.
    pub(super) fn are(&self, code: &str) -> bool {
        match self {
            Self::List(errors) => !errors.is_empty() && errors.iter().all(|error| error.code() == code),
            Self::Text(_) | Self::Other(_) => false,
        }
    }

    /// In Shopify's words.
    pub(super) fn text(&self) -> String {
        match self {
            Self::List(errors) => errors.iter().map(|error| error.message.as_str()).collect::<Vec<_>>().join("; "),
            Self::Text(text) => text.clone(),
            Self::Other(_) => "an error without a text".to_owned(),
        }
    }

    /// Whether the token was not taken, which some answers say in a text alone.
    pub(super) fn refuse_token(&self) -> bool {
        let text = self.text().to_ascii_lowercase();
        matches!(self, Self::Text(_)) && (text.contains("access token") || text.contains("unauthorized"))
    }
}

/// Judges an answer by what it says: Shopify answers most refusals with status 200.
pub(super) fn judge(answer: &Answer) -> Judgement {
    let is_json = answer.header("content-type").is_some_and(|kind| kind.contains("json"));
    if !is_json || answer.body().len() > MOST {
        return Judgement { verdict: by_status(answer.status()), told: Vec::new() };
    }
    judged(answer.status(), answer.body())
}

fn judged(status: u16, body: &[u8]) -> Judgement {
    let nothing = Judgement { verdict: by_status(status), told: Vec::new() };
    let Ok(envelope) = serde_json::from_slice::<Envelope<'_>>(body) else { return nothing };
    let cost = envelope.extensions.and_then(|extensions| extensions.cost);
    let bucket = cost.as_ref().and_then(|cost| cost.throttle_status.as_ref());
    // What a request was found to cost in the end is mostly far less than what it could have, and the rest is put back at Shopify, too.
    let spent = cost.as_ref().and_then(|cost| points(cost.actual_query_cost?)).map(|points| Told::Cost { points });
    let bucket = bucket.map(|bucket| Told::Bucket {
        capacity: bucket.maximum_available,
        available: bucket.currently_available,
        refill_per_second: Some(bucket.restore_rate),
    });
    let has_data = envelope.data.is_some_and(|data| data.get() != "null");
    let verdict = match envelope.errors {
        Some(errors) if errors.has("THROTTLED") => {
            Some(Verdict::Retry { after: cost.as_ref().and_then(until_affordable), why: Why::Throttled })
        }
        Some(errors) if !has_data && errors.has("INTERNAL_SERVER_ERROR") => {
            Some(Verdict::Retry { after: None, why: Why::Failed })
        }
        _ => by_status(status),
    };
    Judgement { verdict, told: spent.into_iter().chain(bucket).collect() }
}

/// Points as a whole number, which is no less; none for what is no number of points.
fn points(cost: f64) -> Option<u32> {
    // A duration's seconds are the way from a float to a whole number that does not wrap.
    let whole = Duration::try_from_secs_f64(cost.ceil()).ok()?.as_secs();
    u32::try_from(whole).ok()
}

/// Two statuses of Shopify's own; what others say by themselves stays.
fn by_status(status: u16) -> Option<Verdict> {
    (status == 430).then_some(Verdict::Retry { after: None, why: Why::Throttled })
}

/// How long until there are as many points as a request costs.
fn until_affordable(cost: &Cost) -> Option<Duration> {
    let (requested, bucket) = (cost.requested_query_cost?, cost.throttle_status.as_ref()?);
    let seconds = (requested - bucket.currently_available) / bucket.restore_rate;
    Duration::try_from_secs_f64(seconds.clamp(0.0, LONGEST_WAIT)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_throttled_answer_is_waited_for_until_there_are_points() {
        let body = br#"{"errors":[{"message":"Throttled","extensions":{"code":"THROTTLED","documentation":"x"}}],
            "extensions":{"cost":{"requestedQueryCost":752,"actualQueryCost":null,
            "throttleStatus":{"maximumAvailable":2000.0,"currentlyAvailable":252,"restoreRate":100.0}}}}"#;
        for status in [200, 429] {
            let judgement = judged(status, body);
            let verdict = Verdict::Retry { after: Some(Duration::from_secs(5)), why: Why::Throttled };
            assert_eq!(judgement.verdict, Some(verdict));
            let bucket = Told::Bucket { capacity: 2_000.0, available: 252.0, refill_per_second: Some(100.0) };
            assert_eq!(judgement.told, [bucket]);
        }
    }

    #[test]
    fn an_answer_with_data_is_left_to_its_status_and_tells_what_it_cost_and_the_bucket() {
        let body = br#"{"data":{"shop":{"name":"x"}},"extensions":{"cost":{"requestedQueryCost":1,"actualQueryCost":1,
            "throttleStatus":{"maximumAvailable":1000,"currentlyAvailable":999,"restoreRate":50}}}}"#;
        let judgement = judged(200, body);
        let bucket = Told::Bucket { capacity: 1_000.0, available: 999.0, refill_per_second: Some(50.0) };
        assert_eq!(judgement.verdict, None);
        assert_eq!(judgement.told, [Told::Cost { points: 1 }, bucket]);
        for (cost, whole) in [(0.0, Some(0)), (8.2, Some(9)), (-1.0, None), (f64::NAN, None), (1e300, None)] {
            assert_eq!(points(cost), whole, "{cost}");
        }
        assert_eq!(judged(200, b"not json"), Judgement::default());
    }

    #[test]
    fn an_error_inside_is_asked_again_only_without_data() {
        let failed = br#"{"data":null,"errors":[{"message":"x","extensions":{"code":"INTERNAL_SERVER_ERROR"}}]}"#;
        assert_eq!(judged(200, failed).verdict, Some(Verdict::Retry { after: None, why: Why::Failed }));
        let partial = br#"{"data":{"a":1},"errors":[{"message":"x","extensions":{"code":"INTERNAL_SERVER_ERROR"}}]}"#;
        assert_eq!(judged(200, partial).verdict, None);
    }

    #[test]
    fn errors_may_be_a_text_or_a_list() {
        let errors = |json: &str| serde_json::from_str::<Envelope<'_>>(json).unwrap().errors.unwrap();
        let text =
            errors(r#"{"errors":"[API] Invalid API key or access token (unrecognized login or wrong password)"}"#);
        assert!(text.refuse_token());
        let denied = errors(
            r#"{"data":null,"errors":[{"message":"Access denied","path":["abandonedCheckouts"],"extensions":{"code":"ACCESS_DENIED"}}]}"#,
        );
        assert!(denied.are("ACCESS_DENIED") && !denied.refuse_token());
        assert_eq!(errors(r#"{"errors":{"query":"is missing"}}"#).text(), "an error without a text");
    }

    #[test]
    fn what_is_locked_out_for_a_while_is_asked_again() {
        assert_eq!(by_status(430), Some(Verdict::Retry { after: None, why: Why::Throttled }));
        assert_eq!(by_status(200), None);
    }
}
