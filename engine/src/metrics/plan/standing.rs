//! The rows of what stands: how much there was of everything at the end of some days.
//!
//! It is read as a whole once a day, and of single things also when they change. So on a day whose whole was not read yet there are
//! only rows of some: of the others that of the day before is taken. What was not read for longer is gone. All that is decided before
//! anything is left out, by filters or by what metrics are about: else a thing that is no longer meant would stand as it was the day
//! before.

use std::sync::Arc;

use arrow::array::{AsArray, TimestampMicrosecondArray};
use arrow::datatypes::{DataType, TimestampMicrosecondType};
use datafusion::common::{Column, JoinType, Result as PlanResult, exec_err};
use datafusion::logical_expr::{
    ColumnarValue, Expr, LogicalPlan, LogicalPlanBuilder, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
    TypeSignature, Volatility, ident,
};

use super::facts::{FactsPlan, instant, plain};
use crate::dataset::instant_type;
use crate::metrics::error::QueryError;
use crate::metrics::source::{Extent, Facts};
use crate::metrics::standing::Ends;

/// What was read on a day: of what, and when that began.
const READ: &str = "read_of";
const READ_ON: &str = "read_on";

impl FactsPlan<'_> {
    /// The rows that the query is about of what stands at these ends: one of each thing, which `entity` tells apart, at each end, with
    /// that end as its time.
    pub(crate) async fn standing(
        &self,
        source: &dyn Facts,
        entity: &'static str,
        ends: &Ends,
    ) -> Result<LogicalPlan, QueryError> {
        let time = self.set.dataset.time;
        let mut columns = self.columns();
        columns.extend([entity, time]);
        let columns: Vec<_> = columns.into_iter().collect();
        let (first, last) = ends.hull();
        let scan = source.scan(self.set.dataset, &columns, Extent::Range((first, last.saturating_add(1)))).await?;
        let rows = plain(scan, &columns)?.build()?;
        let last = of_days(&rows, time, ends.last.iter().copied())?;
        if ends.before.is_empty() {
            return self.taken(last, &columns);
        }
        let read = last.clone().project([ident(entity).alias(READ), ident(time).alias(READ_ON)])?;
        let before = of_days(&rows, time, ends.before.iter().map(|(before, _)| *before))?;
        let completes = NextDay::of(&ends.before);
        let before =
            before.project(columns.iter().map(|name| {
                if *name == time { completes.clone().after(ident(time)).alias(time) } else { ident(*name) }
            }))?;
        let own = vec![Column::new_unqualified(READ), Column::new_unqualified(READ_ON)];
        let theirs = vec![Column::new_unqualified(entity), Column::new_unqualified(time)];
        let unread = read.join(before.build()?, JoinType::RightAnti, (own, theirs), None)?;
        self.taken(last.union(unread.build()?)?, &columns)
    }
}

/// The rows of some days.
fn of_days(
    rows: &LogicalPlan,
    time: &'static str,
    days: impl Iterator<Item = i64>,
) -> Result<LogicalPlanBuilder, QueryError> {
    let is_one_of_them = ident(time).in_list(days.map(instant).collect(), false);
    Ok(LogicalPlanBuilder::from(rows.clone()).filter(is_one_of_them)?)
}

/// From a day to the next one on which something was read, for some days.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct NextDay {
    /// Both in microseconds, ascending.
    days: Arc<[(i64, i64)]>,
    signature: Signature,
}

impl NextDay {
    fn of(days: &[(i64, i64)]) -> Self {
        let signature = Signature::new(TypeSignature::Exact(vec![instant_type()]), Volatility::Immutable);
        Self { days: days.into(), signature }
    }

    /// The expression for the day after `day`; null where there is none.
    fn after(self, day: Expr) -> Expr {
        ScalarUDF::new_from_impl(self).call(vec![day])
    }

    fn next(&self, day: i64) -> Option<i64> {
        let at = self.days.binary_search_by_key(&day, |(before, _)| *before).ok()?;
        Some(self.days[at].1)
    }
}

impl ScalarUDFImpl for NextDay {
    fn name(&self) -> &'static str {
        "next_day"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> PlanResult<DataType> {
        Ok(instant_type())
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> PlanResult<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let Some(days) = arrays.first().and_then(|array| array.as_primitive_opt::<TimestampMicrosecondType>()) else {
            return exec_err!("next_day takes one timestamp of microseconds");
        };
        let next: TimestampMicrosecondArray = days.iter().map(|day| self.next(day?)).collect();
        Ok(ColumnarValue::Array(Arc::new(next.with_timezone("UTC"))))
    }
}
