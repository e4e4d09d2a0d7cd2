//! What kind of customer a row's order is from.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use arrow::array::{Array, AsArray, StringViewBuilder};
use arrow::datatypes::{DataType, TimestampMicrosecondType};
use datafusion::common::{Result, exec_err};
use datafusion::logical_expr::{
    ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};

use crate::metrics::first_orders::FirstOrders;

/// `new` where a customer has no earlier order, else `returning`; null without a customer. Whether a customer is new does not depend on
/// what is asked.
pub(crate) fn customer_type(first_orders: Arc<FirstOrders>, customer: Expr, ordered_at: Expr) -> Expr {
    let signature = Signature::any(2, Volatility::Immutable);
    ScalarUDF::new_from_impl(CustomerType { first_orders, signature }).call(vec![customer, ordered_at])
}

struct CustomerType {
    first_orders: Arc<FirstOrders>,
    signature: Signature,
}

impl CustomerType {
    /// What it decides by is the same only when it is one and the same.
    fn identity(&self) -> usize {
        Arc::as_ptr(&self.first_orders).addr()
    }
}

impl PartialEq for CustomerType {
    fn eq(&self, other: &Self) -> bool {
        self.identity() == other.identity()
    }
}

impl Eq for CustomerType {}

impl Hash for CustomerType {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.identity().hash(state);
    }
}

impl fmt::Debug for CustomerType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CustomerType").finish_non_exhaustive()
    }
}

impl ScalarUDFImpl for CustomerType {
    fn name(&self) -> &'static str {
        "customer_type"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8View)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let [customers, instants] = &arrays[..] else {
            return exec_err!("a customer's type is of a customer and a time");
        };
        let customers = arrow::compute::cast(customers, &DataType::Utf8View)?;
        let (Some(customers), Some(instants)) =
            (customers.as_string_view_opt(), instants.as_primitive_opt::<TimestampMicrosecondType>())
        else {
            return exec_err!("a customer's type is of a text and a timestamp of microseconds");
        };
        let mut kinds = StringViewBuilder::with_capacity(customers.len());
        for (customer, at) in customers.iter().zip(instants) {
            kinds.append_option(customer.map(|customer| {
                let earlier = self.first_orders.of(customer).zip(at).is_some_and(|(first, at)| first < at);
                if earlier { "returning" } else { "new" }
            }));
        }
        Ok(ColumnarValue::Array(Arc::new(kinds.finish())))
    }
}
