//! The newest of the numbers that rows have: the one of the latest instant, and of several at the same instant the greatest, so that
//! it does not depend on the order of rows.

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray};
use arrow::datatypes::{DataType, Decimal128Type, Field, FieldRef, TimestampMicrosecondType};
use datafusion::common::{Result, ScalarValue, exec_err};
use datafusion::logical_expr::expr::AggregateFunction;
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::format_state_name;
use datafusion::logical_expr::{Accumulator, AggregateUDF, AggregateUDFImpl, Expr, Signature, Volatility};

use crate::dataset::instant_type;

/// The newest of a decimal expression, by an instant, over the rows that `filter` lets through and that have both.
pub(crate) fn newest(of: Expr, at: Expr, filter: Option<Expr>) -> Expr {
    let function = Arc::new(AggregateUDF::new_from_impl(Newest::default()));
    let filter = filter.map(Box::new);
    Expr::AggregateFunction(AggregateFunction::new_udf(function, vec![of, at], false, filter, Vec::new(), None))
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Newest {
    signature: Signature,
}

impl Default for Newest {
    fn default() -> Self {
        Self { signature: Signature::any(2, Volatility::Immutable) }
    }
}

impl AggregateUDFImpl for Newest {
    fn name(&self) -> &'static str {
        "newest"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, arguments: &[DataType]) -> Result<DataType> {
        match arguments {
            [value @ DataType::Decimal128(..), at] if *at == instant_type() => Ok(value.clone()),
            other => exec_err!("the newest is of a decimal and an instant, not of {other:?}"),
        }
    }

    fn state_fields(&self, args: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        let field = |state: &str, data_type: DataType| {
            Arc::new(Field::new(format_state_name(args.name, state), data_type, true))
        };
        Ok(vec![field("value", args.return_field.data_type().clone()), field("at", instant_type())])
    }

    fn accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(Held { data_type: args.return_field.data_type().clone(), newest: None }))
    }
}

#[derive(Debug)]
struct Held {
    data_type: DataType,
    /// When it was, and what.
    newest: Option<(i64, i128)>,
}

impl Accumulator for Held {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let (values, instants) =
            (values[0].as_primitive::<Decimal128Type>(), values[1].as_primitive::<TimestampMicrosecondType>());
        let rows = instants.iter().zip(values.iter()).filter_map(|(at, value)| at.zip(value));
        self.newest = self.newest.into_iter().chain(rows).max();
        Ok(())
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        self.update_batch(states)
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let at = ScalarValue::TimestampMicrosecond(self.newest.map(|(at, _)| at), Some("UTC".into()));
        Ok(vec![self.evaluate()?, at])
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        match self.data_type {
            DataType::Decimal128(precision, scale) => {
                Ok(ScalarValue::Decimal128(self.newest.map(|(_, value)| value), precision, scale))
            }
            ref other => exec_err!("the newest is a decimal, not {other}"),
        }
    }

    fn size(&self) -> usize {
        size_of_val(self)
    }
}
