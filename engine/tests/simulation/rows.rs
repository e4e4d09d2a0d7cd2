//! Rows of the simulation as record batches, and back.

use std::collections::BTreeMap;
use std::sync::Arc;

use aloftly_engine::dataset::{self, Dataset};
use aloftly_engine::lake::{LakeError, Reader, RowSink, Slice};
use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Decimal128Array, Int64Array, RecordBatch, StringViewArray,
    TimestampMicrosecondArray,
};
use arrow::datatypes::{DataType, Decimal128Type, Int64Type, TimestampMicrosecondType};
use datafusion::dataframe::DataFrame;

use super::oracle::{Given, Part, Row, State, Table};

impl Table {
    pub(crate) fn dataset(self) -> &'static Arc<Dataset> {
        let name = match self {
            Self::Items => "order_items",
            Self::Events => "metric_events",
            Self::Customers => "customers",
        };
        dataset::find(name).unwrap()
    }

    /// A text column that may be null.
    fn tag(self) -> &'static str {
        match self {
            Self::Items => "channel",
            Self::Events => "device",
            Self::Customers => "city",
        }
    }

    /// A column for numbers; text where there is none.
    fn value(self) -> &'static str {
        match self {
            Self::Items => "amount",
            Self::Events => "metric_value",
            Self::Customers => "name",
        }
    }

    fn columns(self) -> Vec<&'static str> {
        let dataset = self.dataset();
        let mut columns = vec![dataset.entity, dataset.version, dataset.time, self.tag(), self.value()];
        columns.extend(dataset.row);
        if self != Self::Customers {
            columns.push("customer_id");
        }
        columns
    }
}

impl Part {
    pub(crate) fn slice(&self) -> Slice {
        let conditions = self.tag.iter().map(|tag| (self.table.tag(), tag.clone()));
        Slice::new(self.table.dataset(), self.range, conditions).unwrap()
    }
}

/// Puts states into a spool, so many at a time.
pub(crate) fn push(sink: &mut impl RowSink, table: Table, given: &Given, at_a_time: usize) -> Result<(), LakeError> {
    given.chunks(at_a_time).try_for_each(|given| sink.push(table.dataset(), &batch(table, given)))
}

fn batch(table: Table, given: &[(String, State)]) -> RecordBatch {
    let dataset = table.dataset();
    let rows: Vec<(&str, i64, &Row)> = given
        .iter()
        .flat_map(|(entity, state)| state.rows.iter().map(|row| (entity.as_str(), state.version, row)))
        .collect();
    let columns = dataset.schema.fields().iter().map(|field| -> ArrayRef {
        let name = field.name().as_str();
        if name == dataset.entity {
            return Arc::new(StringViewArray::from_iter_values(rows.iter().map(|row| row.0)));
        }
        if name == table.tag() {
            return Arc::new(rows.iter().map(|row| row.2.tag.as_deref()).collect::<StringViewArray>());
        }
        if name == "customer_id" {
            return Arc::new(rows.iter().map(|row| row.2.customer.as_deref()).collect::<StringViewArray>());
        }
        match field.data_type() {
            DataType::Int64 if name == dataset.version => {
                Arc::new(Int64Array::from_iter_values(rows.iter().map(|row| row.1)))
            }
            DataType::Int64 => Arc::new(Int64Array::from_iter_values(rows.iter().map(|row| row.2.key))),
            DataType::Timestamp(..) => {
                // That of a sync differs each time, which is no change.
                let time = |row: &Row| if name == "synced_at" { row.time ^ row.value } else { row.time };
                let times = TimestampMicrosecondArray::from_iter_values(rows.iter().map(|row| time(row.2)));
                Arc::new(times.with_timezone("UTC"))
            }
            DataType::Decimal128(precision, scale) => {
                let value = |row: &Row| if name == table.value() { i128::from(row.value) } else { 7 };
                let values = Decimal128Array::from_iter_values(rows.iter().map(|row| value(row.2)));
                Arc::new(values.with_precision_and_scale(*precision, *scale).unwrap())
            }
            DataType::Boolean => Arc::new(BooleanArray::from(vec![false; rows.len()])),
            DataType::Utf8View if name == table.value() => {
                Arc::new(StringViewArray::from_iter_values(rows.iter().map(|row| row.2.value.to_string())))
            }
            DataType::Utf8View => Arc::new(StringViewArray::from(vec!["the same for all"; rows.len()])),
            other => panic!("no values of type {other}"),
        }
    });
    RecordBatch::try_new(Arc::clone(&dataset.schema), columns.collect()).unwrap()
}

/// What a reader shows of a table, in a range if one is given.
pub(crate) async fn read(
    reader: &Reader,
    table: Table,
    range: Option<(i64, i64)>,
) -> Result<BTreeMap<String, State>, LakeError> {
    let plan = reader.scan(table.dataset(), &table.columns(), range).await?;
    let batches = DataFrame::new(reader.session().state(), plan).collect().await?;
    let mut rows: BTreeMap<(String, i64), (i64, Row)> = BTreeMap::new();
    for batch in &batches {
        for (entity, version, row) in rows_of(table, batch) {
            let twice = rows.insert((entity.clone(), row.key), (version, row));
            assert_eq!(twice, None, "a row of {entity} is there twice");
        }
    }
    let mut states: BTreeMap<String, State> = BTreeMap::new();
    for ((entity, _), (version, row)) in rows {
        let state = states.entry(entity).or_insert_with(|| State { version, rows: Vec::new() });
        assert_eq!(state.version, version, "rows of several states of one entity");
        state.rows.push(row);
    }
    Ok(states)
}

/// The rows of a batch: entity, version, and the rest.
pub(crate) fn rows_of(table: Table, batch: &RecordBatch) -> Vec<(String, i64, Row)> {
    let dataset = table.dataset();
    let text = |name: &str, row: usize| {
        let column = batch[name].as_string_view();
        column.is_valid(row).then(|| column.value(row).to_owned())
    };
    let integer = |name: &str, row: usize| batch[name].as_primitive::<Int64Type>().value(row);
    let value = |row: usize| match batch[table.value()].data_type() {
        DataType::Utf8View => text(table.value(), row).unwrap().parse().unwrap(),
        _ => i64::try_from(batch[table.value()].as_primitive::<Decimal128Type>().value(row)).unwrap(),
    };
    let rows = (0..batch.num_rows()).map(|row| {
        let entity = text(dataset.entity, row).unwrap();
        let customer = if table == Table::Customers { Some(entity.clone()) } else { text("customer_id", row) };
        let shown = Row {
            key: dataset.row.map_or(0, |name| integer(name, row)),
            time: batch[dataset.time].as_primitive::<TimestampMicrosecondType>().value(row),
            tag: text(table.tag(), row),
            customer,
            value: value(row),
        };
        (entity, integer(dataset.version, row), shown)
    });
    rows.collect()
}
