//! The order of rows by several columns, for as many rows as fit into memory.
//!
//! Most comparisons are of one number a row, into which as much of the row's key is packed as fits: few texts by their rank, many
//! by their first bytes. Only rows whose numbers are equal are compared column by column.

use std::collections::BTreeMap;

use arrow::array::{Array, ArrayRef, AsArray, DynComparator, StringViewArray, make_comparator};
use arrow::compute::SortOptions;
use arrow::datatypes::{DataType, Int64Type, TimeUnit, TimestampMicrosecondType, UInt64Type};
use arrow::error::ArrowError;

/// So many different texts are ranked at most; of more, the beginnings count.
const RANKED: usize = 256;

/// The positions of the rows in order; equal rows stay as they are. Each column is as long as the others.
pub(super) fn sort_order(by: &[(ArrayRef, SortOptions)]) -> Result<Vec<u32>, ArrowError> {
    let rows = by.first().map_or(0, |(column, _)| column.len());
    let mut packed = Packed { numbers: vec![0; rows], free: u128::BITS };
    let is_whole = by.iter().all(|(column, options)| packed.add(column, *options));
    let comparators: Vec<DynComparator> = if is_whole {
        Vec::new()
    } else {
        by.iter().map(|(column, options)| make_comparator(column, column, *options)).collect::<Result<_, _>>()?
    };
    let mut order: Vec<(u128, u32)> = packed.numbers.into_iter().zip(0..).collect();
    order.sort_unstable_by(|(a, first), (b, second)| {
        a.cmp(b).then_with(|| {
            let mut compared = comparators.iter().map(|compare| compare(*first as usize, *second as usize));
            compared.find(|order| order.is_ne()).unwrap_or_else(|| first.cmp(second))
        })
    });
    Ok(order.into_iter().map(|(_, row)| row).collect())
}

/// One number a row, in the order of the columns that were added, as far as they are in it.
struct Packed {
    numbers: Vec<u128>,
    /// Low bits that are not used yet.
    free: u32,
}

impl Packed {
    /// Adds a column; false when not all of it fits, so that nothing may be added after it.
    fn add(&mut self, column: &ArrayRef, options: SortOptions) -> bool {
        if column.data_type() == &DataType::Utf8View {
            return self.add_texts(column.as_string_view(), options);
        }
        if column.null_count() > 0 || self.free < u64::BITS {
            return false;
        }
        let signed = |value: &i64| u128::from(value.cast_unsigned() ^ (1 << 63));
        match column.data_type() {
            DataType::Int64 => {
                let values = column.as_primitive::<Int64Type>().values().iter();
                self.put(u64::BITS, options, values.map(signed));
            }
            DataType::Timestamp(TimeUnit::Microsecond, _) => {
                let instants = column.as_primitive::<TimestampMicrosecondType>();
                self.put(u64::BITS, options, instants.values().iter().map(signed));
            }
            DataType::UInt64 => {
                let values = column.as_primitive::<UInt64Type>().values().iter();
                self.put(u64::BITS, options, values.map(|value| u128::from(*value)));
            }
            _ => return false,
        }
        true
    }

    fn add_texts(&mut self, texts: &StringViewArray, options: SortOptions) -> bool {
        // A null is before or after all others, whichever way these go.
        let null_is_least = options.nulls_first != options.descending;
        if let Some(ranks) = ranks(texts) {
            let most = ranks.len() as u128 + 1;
            let bits = u128::BITS - most.leading_zeros();
            if bits > self.free {
                return false;
            }
            let null = if null_is_least { 0 } else { most };
            self.put(bits, options, texts.iter().map(|text| text.map_or(null, |text| ranks[text])));
            return true;
        }
        let bytes = (self.free / u8::BITS).saturating_sub(1).min(8);
        if bytes > 0 && texts.null_count() == 0 {
            let common = common_prefix(texts);
            let beginning = |text: Option<&str>| {
                let rest = text.map_or(&[][..], |text| &text.as_bytes()[common..]);
                (0..bytes as usize)
                    .fold(0, |number, at| number << u8::BITS | u128::from(rest.get(at).copied().unwrap_or(0)))
            };
            self.put(bytes * u8::BITS, options, texts.iter().map(beginning));
        }
        false
    }

    fn put(&mut self, bits: u32, options: SortOptions, values: impl Iterator<Item = u128>) {
        self.free -= bits;
        let flipped = if options.descending { (1_u128 << bits) - 1 } else { 0 };
        for (number, value) in self.numbers.iter_mut().zip(values) {
            *number |= (value ^ flipped) << self.free;
        }
    }
}

/// The rank of each text from 1 on; `None` when there are too many.
fn ranks(texts: &StringViewArray) -> Option<BTreeMap<&str, u128>> {
    let mut ranks = BTreeMap::new();
    let mut last = None;
    for text in texts.iter().flatten() {
        if last != Some(text) {
            last = Some(text);
            ranks.insert(text, 0);
            if ranks.len() > RANKED {
                return None;
            }
        }
    }
    for (rank, number) in ranks.values_mut().zip(1..) {
        *rank = number;
    }
    Some(ranks)
}

/// How many bytes all texts begin with alike.
fn common_prefix(texts: &StringViewArray) -> usize {
    let mut texts = texts.iter().flatten().map(str::as_bytes);
    let Some(first) = texts.next() else { return 0 };
    texts.fold(first.len(), |common, text| first[..common].iter().zip(text).take_while(|(a, b)| a == b).count())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{Decimal128Array, Int64Array, TimestampMicrosecondArray, UInt64Array};
    use arrow::compute::{SortColumn, lexsort_to_indices};
    use proptest::prelude::*;

    use super::*;

    /// The order by arrow's own sort, with the position as the last column.
    fn expected(by: &[(ArrayRef, SortOptions)]) -> Vec<u32> {
        let rows = by[0].0.len() as u64;
        let positions: ArrayRef = Arc::new(UInt64Array::from_iter_values(0..rows));
        let mut columns: Vec<_> = by
            .iter()
            .map(|(values, options)| SortColumn { values: Arc::clone(values), options: Some(*options) })
            .collect();
        columns.push(SortColumn { values: positions, options: None });
        lexsort_to_indices(&columns, None).unwrap().values().to_vec()
    }

    fn options() -> impl Strategy<Value = SortOptions> {
        (any::<bool>(), any::<bool>()).prop_map(|(descending, nulls_first)| SortOptions { descending, nulls_first })
    }

    /// A column of so many rows, of one of the kinds that are sorted by.
    fn column(rows: usize) -> impl Strategy<Value = ArrayRef> {
        let few = proptest::collection::vec(proptest::option::of("[ab]{0,2}"), rows);
        let many = proptest::collection::vec("same prefix [a-c\u{0}é]{0,12}", rows);
        let nullable = proptest::collection::vec(proptest::option::of("[a-z]{0,20}"), rows);
        let whole = proptest::collection::vec(prop_oneof![any::<i64>(), -2..3_i64], rows);
        let maybe = proptest::collection::vec(proptest::option::of(-2..3_i64), rows);
        prop_oneof![
            few.prop_map(|texts| Arc::new(StringViewArray::from_iter(texts)) as ArrayRef),
            many.prop_map(|texts| Arc::new(StringViewArray::from_iter_values(texts)) as ArrayRef),
            nullable.prop_map(|texts| Arc::new(StringViewArray::from_iter(texts)) as ArrayRef),
            whole.clone().prop_map(|values| Arc::new(Int64Array::from(values)) as ArrayRef),
            whole.clone().prop_map(|values| Arc::new(TimestampMicrosecondArray::from(values)) as ArrayRef),
            whole.clone().prop_map(|values| {
                Arc::new(UInt64Array::from_iter_values(values.into_iter().map(i64::cast_unsigned))) as ArrayRef
            }),
            whole.prop_map(|values| {
                Arc::new(Decimal128Array::from_iter_values(values.into_iter().map(i128::from))) as ArrayRef
            }),
            maybe.prop_map(|values| Arc::new(Int64Array::from(values)) as ArrayRef),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]

        #[test]
        fn rows_come_as_a_sort_of_all_columns_puts_them(
            by in prop_oneof![1..40_usize, 300..600_usize].prop_flat_map(|rows| {
                proptest::collection::vec((column(rows), options()), 1..5)
            })
        ) {
            prop_assert_eq!(sort_order(&by).unwrap(), expected(&by));
        }
    }

    #[test]
    fn no_rows_are_in_order() {
        let none: ArrayRef = Arc::new(StringViewArray::from(Vec::<&str>::new()));
        assert!(sort_order(&[(none, SortOptions::default())]).unwrap().is_empty());
        assert!(sort_order(&[]).unwrap().is_empty());
    }
}
