//! `metric_events` as one table over everything that a store's sources tell.
//!
//! Measurements that sources deliver ready-made are stored as such; what follows from entities (orders, tickets, reviews) is a branch
//! of the view over them, one for each metric, so that a number has one home. A metric's name and source are constants of its branch:
//! a filter on them leaves of all branches only those that it is about.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{Array, AsArray, StringViewBuilder};
use arrow::datatypes::DataType;
use datafusion::common::{Result, ScalarValue, exec_err};
use datafusion::logical_expr::{
    ColumnarValue, Expr, LogicalPlan, LogicalPlanBuilder, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
    Volatility, cast, ident, lit,
};
use serde_json::{Map, Value as Json};

use super::error::QueryError;
use super::plan::facts::{first_of, plain, value};
use super::plan::filter::{all, text};
use super::registry::{Aggregate, DimensionKind, Formula, Measure, Metric, Registry};
use crate::dataset::{self, Dataset, IS_OTHER, IS_SAMPLED, IS_THRESHOLDED, METRIC_VALUE};
use crate::lake::Reader;

/// The stored part of the view.
const EVENTS: &str = "metric_events";
/// Columns that a row has where its dataset has them.
const TYPED: [&str; 12] = [
    "currency",
    "device",
    "country",
    "page",
    "traffic_source",
    "medium",
    "campaign",
    "product",
    "variant",
    "experiment",
    "customer_id",
    "order_id",
];
/// Columns of the stored part that entities do not have.
const STORED: [&str; 2] = ["metadata", "raw_data"];
/// Its flags.
const FLAGS: [&str; 3] = [IS_SAMPLED, IS_THRESHOLDED, IS_OTHER];

/// The view over a store at a reader's version: `store_id`, `source`, `metric_name`, `metric_value` (with six decimals), `recorded_at`
/// and `synced_at` (UTC; null for what follows from entities), the common dimensions as columns of their own, the others in
/// `dimensions` as a JSON object, `metadata` and `raw_data`, and the flags of what is sampled, thresholded or gathered from several.
///
/// Its metrics are those that sources tell by their rows: counts and sums of what happened, and not stock, which does not add up over
/// days. Test orders and the like are left out as the metric says.
///
/// # Errors
/// The rows cannot be planned.
pub async fn metric_events(reader: &Reader) -> Result<LogicalPlan, QueryError> {
    let mut view = LogicalPlanBuilder::from(stored(reader).await?);
    let mut scans: BTreeMap<&str, LogicalPlan> = BTreeMap::new();
    for (metric, measure) in branches() {
        let Some(dataset) = dataset::find(measure.rows.dataset) else { continue };
        let scan = match scans.get(dataset.name) {
            Some(scan) => scan.clone(),
            None => {
                let columns: Vec<_> = dataset.schema.fields().iter().map(|field| field.name().as_str()).collect();
                let scan = plain(reader.scan(dataset, &columns, None).await?, &columns)?.build()?;
                scans.insert(dataset.name, scan.clone());
                scan
            }
        };
        view = view.union(branch(reader, metric, measure, dataset, scan)?)?;
    }
    Ok(view.build()?)
}

/// The metrics that rows of entities tell one by one, and how.
fn branches() -> impl Iterator<Item = (&'static Metric, Measure)> {
    Registry::get().metrics.iter().filter_map(|metric| match metric.formula {
        Formula::Measure(measure) if measure.rows.dataset != EVENTS => {
            // What stands says how much there is: over the days of a table it would be added up.
            let is_of_rows = measure.rows.standing.is_none()
                && matches!(measure.aggregate, Aggregate::Count | Aggregate::CountOf(_) | Aggregate::Sum(_));
            is_of_rows.then_some((*metric, measure))
        }
        _ => None,
    })
}

/// What was delivered ready-made.
async fn stored(reader: &Reader) -> Result<LogicalPlan, QueryError> {
    let Some(dataset) = dataset::find(EVENTS) else { return Ok(LogicalPlanBuilder::empty(false).build()?) };
    let mut columns = vec!["source", "metric_name", "metric_value", "recorded_at", "synced_at", "dimensions"];
    columns.extend(TYPED.into_iter().chain(STORED).chain(FLAGS));
    let plan = plain(reader.scan(dataset, &columns, None).await?, &columns)?;
    let mut all = vec![text(&reader.store().to_string()).alias("store_id")];
    all.extend(["source", "metric_name", "metric_value", "recorded_at", "synced_at"].map(ident));
    all.extend(TYPED.map(ident));
    all.push(ident("dimensions"));
    all.extend(STORED.into_iter().chain(FLAGS).map(ident));
    Ok(plan.project(all)?.build()?)
}

/// What the rows of a dataset tell of a metric, in the columns of [`stored`].
fn branch(
    reader: &Reader,
    metric: &Metric,
    measure: Measure,
    dataset: &Dataset,
    scan: LogicalPlan,
) -> Result<LogicalPlan, QueryError> {
    let has = |column: &str| dataset.column(column).is_some();
    // What has not happened yet has no time.
    let mut rows = LogicalPlanBuilder::from(scan).filter(first_of(measure.rows.time).is_not_null())?;
    if let Some(taken) = all(measure.rows.only.iter().chain(measure.only)) {
        rows = rows.filter(taken)?;
    }
    if let Aggregate::CountOf(counted) = measure.aggregate {
        rows = rows.filter(ident(counted.column).is_not_null())?;
    }
    let amount = match measure.aggregate {
        Aggregate::Sum(of) => value(dataset, of),
        _ => lit(1_i64),
    };
    let name = metric.id.split_once('.').map_or(metric.id, |(_, name)| name);
    let mut columns = vec![
        text(&reader.store().to_string()).alias("store_id"),
        text(metric.source).alias("source"),
        text(name).alias("metric_name"),
        cast(amount, METRIC_VALUE).alias("metric_value"),
        first_of(measure.rows.time).alias("recorded_at"),
        lit(ScalarValue::TimestampMicrosecond(None, Some("UTC".into()))).alias("synced_at"),
    ];
    let nothing = || lit(ScalarValue::Utf8View(None));
    columns.extend(TYPED.map(|column| if has(column) { ident(column) } else { nothing() }.alias(column)));
    let others = metric.dimensions.iter().filter_map(|id| match Registry::get().dimension(id)?.kind {
        DimensionKind::Column(column) | DimensionKind::Number(column) => Some(column),
        DimensionKind::Store | DimensionKind::CustomerType => None,
    });
    let others: Vec<_> = others.filter(|column| has(column) && !TYPED.contains(column)).collect();
    columns.push(if others.is_empty() { nothing() } else { JsonObject::of(others) }.alias("dimensions"));
    columns.extend(STORED.map(|column| nothing().alias(column)));
    columns.extend(FLAGS.map(|column| lit(ScalarValue::Boolean(None)).alias(column)));
    Ok(rows.project(columns)?.build()?)
}

/// A JSON object of columns that are not null.
#[derive(Debug, PartialEq, Eq, Hash)]
struct JsonObject {
    keys: Vec<&'static str>,
    signature: Signature,
}

impl JsonObject {
    fn of(keys: Vec<&'static str>) -> Expr {
        let texts = keys.iter().map(|key| cast(ident(*key), DataType::Utf8View)).collect();
        let signature = Signature::uniform(keys.len(), vec![DataType::Utf8View], Volatility::Immutable);
        ScalarUDF::new_from_impl(Self { keys, signature }).call(texts)
    }
}

impl ScalarUDFImpl for JsonObject {
    fn name(&self) -> &'static str {
        "json_object"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8View)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let Some(texts) = arrays.iter().map(|array| array.as_string_view_opt()).collect::<Option<Vec<_>>>() else {
            return exec_err!("a JSON object is made of texts");
        };
        let rows = texts.first().map_or(0, |texts| Array::len(*texts));
        let mut objects = StringViewBuilder::with_capacity(rows);
        for row in 0..rows {
            let given = self.keys.iter().zip(&texts).filter(|(_, texts)| texts.is_valid(row));
            let object: Map<String, Json> =
                given.map(|(key, texts)| ((*key).to_owned(), texts.value(row).into())).collect();
            objects.append_value(Json::Object(object).to_string());
        }
        Ok(ColumnarValue::Array(Arc::new(objects.finish())))
    }
}
