//! What GA4 answers to a report. Everything is text, and columns are told by their headers.

use bytes::Bytes;
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::contract::Failure;

/// The answer to several reports, in the order in which they were asked for. Each is kept as it came.
#[derive(Debug, Deserialize)]
pub(super) struct Batch {
    #[serde(default)]
    pub(super) reports: Vec<Box<RawValue>>,
}

/// One page of a report.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Page {
    pub(super) dimension_headers: Vec<Header>,
    pub(super) metric_headers: Vec<Header>,
    /// None when there is nothing to tell.
    pub(super) rows: Vec<Row>,
    pub(super) metadata: Metadata,
}

/// How much a page of a report has.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Counted {
    pub(super) metric_headers: Vec<Header>,
    pub(super) rows: Vec<IgnoredAny>,
    /// How many rows all pages have.
    #[serde(deserialize_with = "count")]
    pub(super) row_count: u64,
}

#[derive(Debug, Deserialize)]
pub(super) struct Header {
    pub(super) name: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Row {
    pub(super) dimension_values: Vec<Value>,
    pub(super) metric_values: Vec<Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Value {
    pub(super) value: String,
}

/// What GA4 says of a report besides its rows.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Metadata {
    pub(super) currency_code: String,
    pub(super) time_zone: String,
    pub(super) data_loss_from_other_row: bool,
    pub(super) subject_to_thresholding: bool,
    pub(super) sampling_metadatas: Vec<Sampling>,
    pub(super) schema_restriction_response: Restrictions,
    pub(super) data_truncation_reasons: Vec<Truncation>,
}

/// How many events a report was made of, and of how many it could have been.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Sampling {
    pub(super) samples_read_count: String,
    pub(super) sampling_space_size: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Restrictions {
    pub(super) active_metric_restrictions: Vec<Restriction>,
}

/// A metric that whoever asks is kept from.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Restriction {
    pub(super) metric_name: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Truncation {
    pub(super) data_truncation_type: String,
}

/// Reads JSON that is part of an answer, whose place in it is named.
///
/// # Errors
/// [`Failure::Unexpected`] when it has another shape.
pub(super) fn read<'a, T: Deserialize<'a>>(place: &str, json: &'a str) -> Result<T, Failure> {
    let mut json = serde_json::Deserializer::from_str(json);
    serde_path_to_error::deserialize(&mut json).map_err(|error| {
        // What serde says may quote what is there.
        let path = error.path().to_string();
        unexpected(&format!("{place}.{path}"), "has another shape than expected")
    })
}

/// The reports of an answer.
///
/// # Errors
/// [`Failure::Unexpected`] when it is no answer to so many reports.
pub(super) fn batch(body: &Bytes, asked: usize) -> Result<Vec<Box<RawValue>>, Failure> {
    let batch: Batch = serde_json::from_slice(body).map_err(|_| unexpected("the answer", "is no list of reports"))?;
    if batch.reports.len() == asked {
        return Ok(batch.reports);
    }
    Err(unexpected("reports", &format!("has {} where {asked} were asked for", batch.reports.len())))
}

/// An answer that is not as it should be, and where.
pub(super) fn unexpected(place: &str, what: &str) -> Failure {
    Failure::Unexpected { detail: format!("{place} {what}") }
}

/// A count, which Google writes as a number here and as a text elsewhere.
fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Count {
        Number(u64),
        Text(String),
    }
    match Count::deserialize(deserializer)? {
        Count::Number(number) => Ok(number),
        Count::Text(text) => text.parse().map_err(serde::de::Error::custom),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_empty_is_left_out_by_google() {
        let empty = r#"{"kind": "analyticsData#runReport"}"#;
        assert_eq!(read::<Page>("reports[0]", empty).unwrap().rows.len(), 0);
        let counted: Counted = read("reports[0]", empty).unwrap();
        assert_eq!((counted.rows.len(), counted.row_count), (0, 0));
        let some = r#"{"rowCount": "31", "rows": [{"dimensionValues": [{}]}]}"#;
        assert_eq!(read::<Page>("reports[0]", some).unwrap().rows[0].dimension_values[0].value, "");
        assert_eq!(read::<Counted>("reports[0]", some).unwrap().row_count, 31);
    }

    #[test]
    fn a_wrong_shape_is_told_by_its_place_and_never_by_what_is_there() {
        let failure = read::<Page>("reports[2]", r#"{"rows": [{"metricValues": [{"value": 12}]}]}"#).unwrap_err();
        let Failure::Unexpected { detail } = failure else { panic!("{failure}") };
        assert_eq!(detail, "reports[2].rows[0].metricValues[0].value has another shape than expected");
    }

    #[test]
    fn parts_of_an_answer_are_kept_byte_by_byte() {
        let body = Bytes::from_static(b"{\"reports\": [ {\"rowCount\":1, \"x\": 1.10},{}], \"kind\": \"k\"}");
        let reports = batch(&body, 2).unwrap();
        assert_eq!(reports[0].get(), "{\"rowCount\":1, \"x\": 1.10}");
        assert!(batch(&body, 3).is_err());
        assert!(batch(&Bytes::from_static(b"<html>"), 1).is_err());
    }
}
