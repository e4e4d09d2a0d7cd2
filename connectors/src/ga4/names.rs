//! What a property can be asked for: which of the names that reports are made of it knows.
//!
//! GA4 refuses a whole report for one name that it does not know. A property may lack names that Google introduces or gives up
//! step by step, and people may be kept from figures of revenue, of which they are then told zeros.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::Value;

use super::reports::{DATE, REPORTS};
use crate::contract::Account;

/// Where an account keeps the names that its property lacks.
const DETAIL: &str = "missing";

/// Names that a property lacks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Missing(BTreeSet<String>);

/// What GA4 says that can be asked for.
#[derive(Debug, Deserialize)]
pub(super) struct Metadata {
    dimensions: Vec<Name>,
    metrics: Vec<Name>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Name {
    api_name: String,
    /// Names of before that are still taken.
    #[serde(default)]
    deprecated_api_names: Vec<String>,
    /// Why only zeros are told of it.
    #[serde(default)]
    blocked_reasons: Vec<String>,
}

impl Missing {
    /// These names.
    #[cfg(test)]
    pub(super) fn of<const N: usize>(names: [&str; N]) -> Self {
        Self(names.map(str::to_owned).into_iter().collect())
    }

    /// What of the names that reports are made of is not among those that can be asked for.
    pub(super) fn from(metadata: &Metadata) -> Self {
        let takes = |names: &[Name], wanted: &str| {
            names.iter().any(|name| {
                let is_name = name.api_name == wanted || name.deprecated_api_names.iter().any(|old| old == wanted);
                is_name && name.blocked_reasons.is_empty()
            })
        };
        let cuts = REPORTS.iter().flat_map(|report| report.dimensions).map(|dimension| dimension.name).chain([DATE]);
        let counts = REPORTS.iter().flat_map(|report| report.metrics).map(|metric| metric.name);
        let cuts = cuts.filter(|name| !takes(&metadata.dimensions, name));
        let counts = counts.filter(|name| !takes(&metadata.metrics, name));
        Self(cuts.chain(counts).map(str::to_owned).collect())
    }

    /// What was found when the account was connected.
    pub(super) fn read(account: &Account) -> Self {
        let names = account.details.get(DETAIL).and_then(Value::as_array);
        Self(names.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect())
    }

    /// Keeps them with the account.
    pub(super) fn write(&self, account: &mut Account) {
        account.details.insert(DETAIL.to_owned(), self.0.iter().map(String::as_str).collect());
    }

    /// Whether a name is missing.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains(name)
    }

    /// What people should know of them.
    pub(super) fn warning(&self) -> Option<String> {
        let names: Vec<&str> = self.0.iter().map(String::as_str).collect();
        let names = names.join(", ");
        (!self.0.is_empty()).then(|| {
            format!("GA4 does not tell {names} of this property to whoever connected it: the figures that are made of them are left out")
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Everything that reports are made of, as GA4 lists it.
    fn everything() -> (Vec<Value>, Vec<Value>) {
        let cuts = REPORTS.iter().flat_map(|report| report.dimensions).map(|dimension| dimension.name).chain([DATE]);
        let counts = REPORTS.iter().flat_map(|report| report.metrics).map(|metric| metric.name);
        (cuts.map(|name| json!({ "apiName": name })).collect(), counts.map(|name| json!({ "apiName": name })).collect())
    }

    fn missing(dimensions: &[Value], metrics: &[Value]) -> Missing {
        let metadata = json!({ "dimensions": dimensions, "metrics": metrics, "comparisons": [], "name": "metadata" });
        Missing::from(&serde_json::from_value(metadata).unwrap())
    }

    #[test]
    fn a_property_with_every_name_lacks_none() {
        let (dimensions, metrics) = everything();
        assert_eq!(missing(&dimensions, &metrics), Missing::default());
        assert_eq!(Missing::default().warning(), None);
    }

    #[test]
    fn names_that_are_gone_or_blocked_are_missing_and_old_ones_are_not() {
        let (mut dimensions, mut metrics) = everything();
        dimensions.retain(|name| name["apiName"] != "landingPage");
        for metric in &mut metrics {
            if metric["apiName"] == "purchaseRevenue" {
                metric["blockedReasons"] = json!(["NO_REVENUE_METRICS"]);
            }
            if metric["apiName"] == "keyEvents" {
                *metric = json!({ "apiName": "mainEvents", "deprecatedApiNames": ["keyEvents", "conversions"] });
            }
        }
        let missing = missing(&dimensions, &metrics);
        assert_eq!(missing, Missing::of(["landingPage", "purchaseRevenue"]));
        let mut account = Account::new("properties/1", "A");
        missing.write(&mut account);
        assert_eq!(account.details[DETAIL], json!(["landingPage", "purchaseRevenue"]));
        assert_eq!(Missing::read(&account), missing);
        let warning = missing.warning().unwrap();
        assert!(warning.starts_with("GA4 does not tell landingPage, purchaseRevenue of this property"), "{warning}");
    }
}
