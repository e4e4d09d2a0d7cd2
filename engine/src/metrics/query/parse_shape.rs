//! Reading how figures are shaped once they are there: rolling figures, trends, pivots.

use serde_json::{Map, Value};

use super::parse::Reader;
use super::parse_filter::dimension;
use super::reader::{Findings, Pointer, boolean, choice, known_fields, object, text, whole_number};
use super::shape::{Rolling, RollingFigure, Shape};
use super::{Asked, Granularity};
use crate::metrics::registry::DimensionRef;

const BUCKETS: std::ops::RangeInclusive<u64> = 2..=366;

/// `"rolling": {"buckets": 7, "figure": "average"}`, or `"trend": true`.
pub(super) fn shape(findings: &mut Findings, at: &Pointer<'_>, map: &Map<String, Value>) -> Option<Shape> {
    let given = |name: &str| map.get(name).filter(|value| !value.is_null());
    let trend = given("trend").and_then(|trend| boolean(findings, &at.key("trend"), trend)).unwrap_or(false);
    let Some(rolling) = given("rolling") else { return trend.then_some(Shape::Trend) };
    if trend {
        findings.invalid(&at.key("trend"), "invalid_value", "cannot stand beside \"rolling\": ask for both one by one");
    }
    rolling_of(findings, &at.key("rolling"), rolling).map(Shape::Rolling)
}

fn rolling_of(findings: &mut Findings, at: &Pointer<'_>, value: &Value) -> Option<Rolling> {
    let map = object(findings, at, value)?;
    known_fields(findings, at, map, &["buckets", "figure"]);
    let buckets = match map.get("buckets") {
        Some(buckets) => whole_number(findings, &at.key("buckets"), buckets, BUCKETS),
        None => {
            findings.invalid(&at.key("buckets"), "required", "is missing: over how many buckets?");
            None
        }
    };
    let figure = match map.get("figure") {
        None => Some(RollingFigure::default()),
        Some(figure) => {
            let at = at.key("figure");
            let choices = [("average", RollingFigure::Average), ("total", RollingFigure::Total)];
            text(findings, &at, figure)
                .and_then(|name| choice(findings, &at, name, ("rolling figure", "invalid_value"), choices))
        }
    };
    Some(Rolling { buckets: usize::try_from(buckets?).ok()?, figure: figure? })
}

impl Reader<'_> {
    /// Rolling figures and trends are of buckets.
    pub(super) fn check_shapes(&mut self, asked: &[Asked], granularity: Option<Granularity>) {
        let shaped = asked.iter().enumerate().filter_map(|(index, asked)| Some((index, asked.shape?)));
        for (index, shape) in shaped.filter(|_| granularity.is_none()) {
            let field = if shape == Shape::Trend { "trend" } else { "rolling" };
            let metrics = Pointer::ROOT.key("metrics");
            let detail = "needs buckets of time: give \"granularity\"";
            self.findings.invalid(&metrics.index(index).key(field), "needs_granularity", detail);
        }
    }

    /// A dimension that is grouped by.
    pub(super) fn pivot(&mut self, group_by: &[DimensionRef]) -> Option<DimensionRef> {
        let at = Pointer::ROOT.key("pivot");
        let name = self.text("pivot")?;
        if self.field("funnel").is_some() {
            let detail = "cannot stand beside \"funnel\", whose steps are rows";
            self.findings.invalid(&at, "invalid_value", detail);
            return None;
        }
        let found = group_by.iter().find(|dimension| dimension.id == name);
        if found.is_none() && dimension(&mut self.findings, &at, name, &[]).is_some() {
            let detail = format!("{name:?} must be one of the dimensions in \"group_by\"");
            self.findings.invalid(&at, "not_grouped", detail);
        }
        if found.is_some() && self.field("top").is_some() && group_by.len() > 1 {
            let detail =
                "cannot stand beside \"top\" when rows are grouped by more: the largest groups are not columns";
            self.findings.invalid(&at, "invalid_value", detail);
        }
        found.copied()
    }
}
