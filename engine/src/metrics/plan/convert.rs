//! Amounts in the currency that a query asks for.

use std::sync::Arc;

use arrow::array::{AsArray, Decimal128Array};
use arrow::datatypes::{DataType, TimestampMicrosecondType};
use datafusion::common::{Result, exec_err};
use datafusion::logical_expr::{
    ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, TypeSignature, Volatility,
};

use crate::dataset::instant_type;
use crate::metrics::rates::{FACTOR_PRECISION, FACTOR_SCALE, Rates};

/// What one of `currency` was worth at `instant`: a decimal, null where there is no rate.
pub(crate) fn factor(rates: &Rates, currency: Expr, instant: Expr) -> Expr {
    ScalarUDF::new_from_impl(Factor::of(rates.clone())).call(vec![currency, instant])
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Factor {
    rates: Rates,
    signature: Signature,
}

impl Factor {
    fn of(rates: Rates) -> Self {
        let arguments = TypeSignature::Exact(vec![DataType::Utf8View, instant_type()]);
        Self { rates, signature: Signature::new(arguments, Volatility::Immutable) }
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap, reason = "24 and 14")]
fn factor_type() -> DataType {
    DataType::Decimal128(FACTOR_PRECISION as u8, FACTOR_SCALE as i8)
}

impl ScalarUDFImpl for Factor {
    fn name(&self) -> &'static str {
        "currency_factor"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(factor_type())
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let [currencies, instants] = arrays.as_slice() else {
            return exec_err!("a factor is of a currency and an instant");
        };
        let (Some(currencies), Some(instants)) =
            (currencies.as_string_view_opt(), instants.as_primitive_opt::<TimestampMicrosecondType>())
        else {
            return exec_err!("a factor is of a currency and an instant");
        };
        let factors: Decimal128Array = currencies
            .iter()
            .zip(instants.iter())
            .map(|(currency, instant)| self.rates.factor(currency?, instant?))
            .collect();
        Ok(ColumnarValue::Array(Arc::new(factors.with_data_type(factor_type()))))
    }
}
