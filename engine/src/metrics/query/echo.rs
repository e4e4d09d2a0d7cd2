//! A checked query as JSON, in the full form.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

use super::{Asked, Funnel, Query, What};

impl Serialize for Query {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        fn optional<M: SerializeMap>(map: &mut M, key: &str, value: Option<&impl Serialize>) -> Result<(), M::Error> {
            value.map_or(Ok(()), |value| map.serialize_entry(key, value))
        }
        let mut map = serializer.serialize_map(None)?;
        match self.funnel {
            Some(funnel) => map.serialize_entry("funnel", &written(funnel, &self.metrics))?,
            None => map.serialize_entry("metrics", &self.metrics)?,
        }
        optional(&mut map, "stores", self.stores.as_ref())?;
        map.serialize_entry("time_range", &self.time_range)?;
        optional(&mut map, "granularity", self.granularity.as_ref())?;
        map.serialize_entry("group_by", &self.group_by)?;
        optional(&mut map, "filters", self.filters.as_ref())?;
        optional(&mut map, "having", self.having.as_ref())?;
        optional(&mut map, "top", self.top.as_ref())?;
        optional(&mut map, "pivot", self.pivot.as_ref())?;
        optional(&mut map, "compare_to", self.compare_to.as_ref())?;
        map.serialize_entry("align", &self.align)?;
        map.serialize_entry("partial", &self.partial)?;
        map.serialize_entry("order_by", &self.order_by)?;
        map.serialize_entry("limit", &self.limit)?;
        map.serialize_entry("offset", &self.offset)?;
        optional(&mut map, "timezone", self.timezone.as_ref())?;
        optional(&mut map, "week_start", self.week_start.as_ref())?;
        optional(&mut map, "currency", self.currency.as_ref())?;
        map.serialize_entry("refunds", &self.refunds)?;
        map.serialize_entry("fill", &self.fill)?;
        optional(&mut map, "explain", self.explain.then_some(true).as_ref())?;
        map.end()
    }
}

fn written(funnel: Funnel, steps: &[Asked]) -> Value {
    let steps = steps.iter().map(|step| {
        let mut map = Map::new();
        if let What::Metric { metric, .. } = &step.what {
            map.insert("metric".to_owned(), metric.id.into());
        }
        if let Some(filters) = &step.filters {
            map.insert("filters".to_owned(), json!(filters));
        }
        map.insert("label".to_owned(), step.title.as_str().into());
        Value::Object(map)
    });
    let mut map = Map::from_iter([("steps".to_owned(), steps.collect())]);
    if let Some(following) = funnel.following {
        map.insert("by".to_owned(), "customer".into());
        map.insert("window".to_owned(), json!(following.window));
    }
    Value::Object(map)
}
