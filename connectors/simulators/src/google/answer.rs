//! Reports as Google writes them: everything is text, and what is empty is left out.

use serde_json::{Map, Value, json};

use super::fields;
use super::options::{Blocked, Settings};
use super::report::Found;
use super::request::Report;
use crate::money::Currency;

/// The answer to a report, without quotas.
pub(super) fn report(report: &Report, found: &Found, settings: &Settings, zone: &str, currency: Currency) -> Value {
    let mut dimensions: Vec<&str> = report.dimension_names();
    if report.date_ranges.len() > 1 {
        dimensions.push("dateRange");
    }
    let mut answer = Map::new();
    let turned = settings.turned_columns;
    let names = |names: &[&str], with: &dyn Fn(&str) -> Value| -> Vec<Value> {
        let all = names.iter().map(|name| with(name));
        if turned { all.rev().collect() } else { all.collect() }
    };
    let headers = names(&dimensions, &|name| json!({ "name": name }));
    if !headers.is_empty() {
        answer.insert("dimensionHeaders".to_owned(), headers.into());
    }
    let kind = |name: &str| fields::metric(name).map_or("TYPE_INTEGER", |(_, kind)| kind.name());
    let headers = names(&report.metric_names(), &|name| json!({ "name": name, "type": kind(name) }));
    if !headers.is_empty() {
        answer.insert("metricHeaders".to_owned(), headers.into());
    }
    let values = |texts: &[String]| -> Vec<Value> {
        let all = texts.iter().map(|text| json!({ "value": text }));
        if turned { all.rev().collect() } else { all.collect() }
    };
    let rows: Vec<Value> = found
        .rows
        .iter()
        .map(|(cuts, counts)| {
            let mut row = Map::new();
            if !cuts.is_empty() {
                row.insert("dimensionValues".to_owned(), values(cuts).into());
            }
            if !counts.is_empty() {
                row.insert("metricValues".to_owned(), values(counts).into());
            }
            if settings.unknown_fields {
                row.insert("novelty".to_owned(), json!([1]));
            }
            row.into()
        })
        .collect();
    if !rows.is_empty() {
        answer.insert("rows".to_owned(), rows.into());
    }
    if found.count > 0 {
        answer.insert("rowCount".to_owned(), json!(found.count));
    }
    answer.insert("metadata".to_owned(), metadata(report, found, settings, zone, currency));
    answer.insert("kind".to_owned(), json!("analyticsData#runReport"));
    answer.into()
}

fn metadata(report: &Report, found: &Found, settings: &Settings, zone: &str, currency: Currency) -> Value {
    let mut told = json!({ "currencyCode": currency.code(), "timeZone": zone });
    if found.gathered {
        told["dataLossFromOtherRow"] = json!(true);
    }
    if found.withheld {
        told["subjectToThresholding"] = json!(true);
    }
    if let Some((read, space)) = settings.sampling.filter(|_| found.events > 0) {
        let of_range = json!({ "samplesReadCount": read.to_string(), "samplingSpaceSize": space.to_string() });
        told["samplingMetadatas"] = vec![of_range; report.date_ranges.len()].into();
    }
    let blocked = report.metrics.iter().filter_map(|named| {
        let kind = match settings.blocked.get(&named.name)? {
            Blocked::Revenue => "REVENUE_DATA",
            Blocked::Cost => "COST_DATA",
        };
        Some(json!({ "metricName": named.name, "restrictedMetricTypes": [kind] }))
    });
    let blocked: Vec<Value> = blocked.collect();
    if !blocked.is_empty() {
        told["schemaRestrictionResponse"] = json!({ "activeMetricRestrictions": blocked });
    }
    told
}
