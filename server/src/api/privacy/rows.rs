//! Rows as JSON: numbers of things and truths as such; money, instants and texts as text, and so are answers of sources.

use aloftly_connectors::payloads;
use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Int64Type};
use arrow::error::ArrowError;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use serde_json::{Map, Value};

pub(super) fn objects(batches: &[RecordBatch]) -> Result<Vec<Value>, ArrowError> {
    let mut objects = Vec::new();
    for batch in batches {
        let options = FormatOptions::default();
        let schema = batch.schema_ref();
        let texts = batch.columns().iter().map(|column| ArrayFormatter::try_new(column, &options));
        let texts = texts.collect::<Result<Vec<_>, _>>()?;
        for row in 0..batch.num_rows() {
            let mut object = Map::new();
            for ((field, column), text) in schema.fields().iter().zip(batch.columns()).zip(&texts) {
                let value = match column.data_type() {
                    _ if column.is_null(row) => Value::Null,
                    DataType::Boolean => Value::Bool(column.as_boolean().value(row)),
                    DataType::Int64 => column.as_primitive::<Int64Type>().value(row).into(),
                    DataType::BinaryView => Value::String(answer(column.as_binary_view().value(row))?),
                    _ => Value::String(text.value(row).try_to_string()?),
                };
                object.insert(field.name().clone(), value);
            }
            objects.push(Value::Object(object));
        }
    }
    Ok(objects)
}

/// The only bytes that rows have: what a source answered.
fn answer(body: &[u8]) -> Result<String, ArrowError> {
    let answer = payloads::unpacked(body).map_err(|error| ArrowError::ExternalError(Box::new(error)))?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{
        ArrayRef, BooleanArray, Decimal128Array, Int64Array, StringViewArray, TimestampMicrosecondArray,
    };
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_row_says_is_said_as_it_is() {
        let columns: [(&str, ArrayRef); 5] = [
            ("order_id", Arc::new(StringViewArray::from(vec![Some("1001"), None]))),
            ("lines", Arc::new(Int64Array::from(vec![9_007_199_254_740_993, -1]))),
            ("is_test", Arc::new(BooleanArray::from(vec![true, false]))),
            ("total", Arc::new(Decimal128Array::from(vec![12_345_600, -5]).with_precision_and_scale(38, 6).unwrap())),
            (
                "created_at",
                Arc::new(TimestampMicrosecondArray::from(vec![1_771_600_000_000_001, 0]).with_timezone("UTC")),
            ),
        ];
        let told = objects(&[RecordBatch::try_from_iter(columns).unwrap()]).unwrap();
        let expected = json!([
            {
                "order_id": "1001", "lines": 9_007_199_254_740_993_i64, "is_test": true, "total": "12.345600",
                "created_at": "2026-02-20T15:06:40.000001Z"
            },
            { "order_id": null, "lines": -1, "is_test": false, "total": "-0.000005", "created_at": "1970-01-01T00:00:00Z" }
        ]);
        assert_eq!(Value::Array(told), expected);
    }
}
