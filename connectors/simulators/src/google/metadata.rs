//! What can be asked for, as Google lists it, and what goes together.

use serde_json::{Value, json};

use super::error::ApiError;
use super::fields::{self, DIMENSIONS, METRICS, Scope};
use super::options::{Blocked, Settings};
use super::request::{self, Compatibility};
use super::{fields::Kind, filter};

fn dimension(name: &str, title: &str, settings: &Settings) -> Value {
    let mut told = json!({ "apiName": name, "uiName": title, "description": title, "category": "Simulated" });
    if settings.unknown_fields {
        told["novelty"] = json!(true);
    }
    told
}

fn metric(name: &str, title: &str, kind: Kind, settings: &Settings) -> Value {
    let mut told = json!({
        "apiName": name, "uiName": title, "description": title, "category": "Simulated", "type": kind.name(),
    });
    if name == "keyEvents" {
        told["deprecatedApiNames"] = json!(["conversions"]);
    }
    if let Some(blocked) = settings.blocked.get(name) {
        let reason = match blocked {
            Blocked::Revenue => "NO_REVENUE_METRICS",
            Blocked::Cost => "NO_COST_METRICS",
        };
        told["blockedReasons"] = json!([reason]);
    }
    told
}

/// Everything that can be asked of a property.
pub(super) fn all(property: &str, settings: &Settings) -> Value {
    let is_there = |name: &str| !settings.missing.contains(name);
    let dimensions = DIMENSIONS.iter().filter(|(name, _, _)| is_there(name));
    let metrics = METRICS.iter().filter(|(name, _, _, _)| is_there(name));
    json!({
        "name": format!("properties/{property}/metadata"),
        "dimensions": dimensions.map(|(name, title, _)| dimension(name, title, settings)).collect::<Vec<_>>(),
        "metrics": metrics.map(|(name, title, _, kind)| metric(name, title, *kind, settings)).collect::<Vec<_>>(),
    })
}

/// What can be added to a report.
pub(super) fn compatibility(asked: &Compatibility, settings: &Settings) -> Result<Value, ApiError> {
    let mut dimensions: Vec<&str> = asked.dimensions.iter().map(|named| named.name.as_str()).collect();
    let mut metrics: Vec<&str> = asked.metrics.iter().map(|named| named.name.as_str()).collect();
    request::check_names(settings, &dimensions, &metrics)?;
    dimensions.extend(asked.dimension_filter.as_ref().map(filter::names).unwrap_or_default());
    metrics.extend(asked.metric_filter.as_ref().map(filter::names).unwrap_or_default());
    fields::check(&dimensions, &metrics)?;
    let of_dimensions = dimensions.iter().filter_map(|name| fields::dimension(name));
    let scopes: Vec<Scope> =
        of_dimensions.chain(metrics.iter().filter_map(|name| Some(fields::metric(name)?.0))).collect();
    let wanted = match asked.compatibility_filter.as_str() {
        "" | "COMPATIBILITY_UNSPECIFIED" => None,
        "COMPATIBLE" => Some(true),
        "INCOMPATIBLE" => Some(false),
        other => return Err(ApiError::invalid(&format!("Invalid value at 'compatibility_filter': \"{other}\""))),
    };
    let told = |scope: Scope| {
        let fits = fields::fits(scope, &scopes);
        let is_wanted = wanted.is_none_or(|wanted| wanted == fits);
        is_wanted.then_some(if fits { "COMPATIBLE" } else { "INCOMPATIBLE" })
    };
    let is_there = |name: &str| !settings.missing.contains(name);
    let dimensions = DIMENSIONS.iter().filter(|(name, _, _)| is_there(name)).filter_map(|(name, title, scope)| {
        Some(json!({ "dimensionMetadata": dimension(name, title, settings), "compatibility": told(*scope)? }))
    });
    let metrics = METRICS.iter().filter(|(name, _, _, _)| is_there(name)).filter_map(|(name, title, scope, kind)| {
        Some(json!({ "metricMetadata": metric(name, title, *kind, settings), "compatibility": told(*scope)? }))
    });
    Ok(json!({
        "dimensionCompatibilities": dimensions.collect::<Vec<_>>(),
        "metricCompatibilities": metrics.collect::<Vec<_>>(),
    }))
}
