//! Files of measurements, by a mapping of their columns.

use std::collections::BTreeSet;
use std::sync::Arc;

use aloftly_connectors::events_file::{Mapping, Options, import_csv, import_parquet};
use aloftly_connectors::{CellError, ImportError, Summary};
use arrow::array::{
    ArrayRef, Date32Array, Decimal128Array, DictionaryArray, Float64Array, Int64Array, ListArray, RecordBatch,
    StringArray, TimestampMillisecondArray,
};
use arrow::datatypes::{Int32Type, Int64Type};
use bytes::Bytes;
use parquet::arrow::ArrowWriter;
use serde_json::{Value, json};

use crate::support::{Kept, gzip, number, rejected, text};

const SYNCED: &str = "2026-11-21T12:00:00Z";

fn options() -> Options {
    Options { batch_rows: 2, ..Options::new(SYNCED.parse().unwrap()) }
}

fn mapping(value: Value) -> Mapping {
    serde_json::from_value(value).unwrap()
}

/// A long file: each row one value.
fn long() -> Value {
    json!({
        "source": { "constant": "ga4" },
        "recorded_at": { "column": "when", "timezone": "America/New_York" },
        "metrics": [{ "name": { "column": "metric" }, "value": "value" }],
        "device": { "column": "device" },
        "dimensions": { "browser": { "column": "browser" }, "property": { "constant": "main" } }
    })
}

fn csv(file: impl AsRef<[u8]>, mapping: &Mapping) -> Result<(Kept, Summary), ImportError> {
    let mut kept = Kept::default();
    let summary = import_csv(file.as_ref(), mapping, &options(), &mut kept, &mut |_| {})?;
    Ok((kept, summary))
}

fn parquet(columns: Vec<(&str, ArrayRef)>, mapping: &Mapping) -> Result<(Kept, Summary), ImportError> {
    let mut kept = Kept::default();
    let summary = import_parquet(parquet_file(columns), mapping, &options(), &mut kept, &mut |_| {})?;
    Ok((kept, summary))
}

fn parquet_file(columns: Vec<(&str, ArrayRef)>) -> Bytes {
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let mut file = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut file, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    file.into()
}

fn places(errors: &[CellError]) -> Vec<(u64, &str, &str)> {
    errors.iter().map(|error| (error.line, error.column.as_str(), error.value.as_str())).collect()
}

fn ids(kept: &Kept) -> Vec<&str> {
    kept.of("metric_events").iter().map(|row| text(row, "event_id")).collect()
}

#[test]
fn a_long_file_makes_an_event_of_every_row() {
    let file = "\u{feff}When,Metric,VALUE,device,browser,noise\n\
        2026-10-31 10:00:00,sessions,12,mobile,Safari,x\n\
        2026-10-31T23:30:00Z,bounce_rate,0.123456,,,x\n\
        2026-11-01,sessions,-3.5,desktop,\"Fire\"\"fox\",x\n";
    let (kept, summary) = csv(gzip(file.as_bytes()), &mapping(long())).unwrap();
    let rows = kept.of("metric_events");
    let cells = |column: &str| rows.iter().map(|row| row[column].as_deref()).collect::<Vec<_>>();
    assert_eq!(cells("source"), [Some("ga4"); 3]);
    assert_eq!(cells("metric_name"), [Some("sessions"), Some("bounce_rate"), Some("sessions")]);
    assert_eq!(cells("metric_value"), [Some("12000000"), Some("123456"), Some("-3500000")]);
    // 14:00 UTC; 23:30 UTC; midnight of the last day of summer time, 04:00 UTC.
    assert_eq!(cells("recorded_at"), [Some("1793455200000000"), Some("1793489400000000"), Some("1793505600000000")]);
    assert_eq!(cells("synced_at"), [Some("1795262400000000"); 3]);
    assert_eq!(cells("device"), [Some("mobile"), None, Some("desktop")]);
    assert_eq!(cells("country"), [None; 3]);
    assert_eq!(cells("metadata"), [None; 3]);
    assert_eq!(
        cells("dimensions"),
        [
            Some(r#"{"browser":"Safari","property":"main"}"#),
            Some(r#"{"property":"main"}"#),
            Some(r#"{"browser":"Fire\"fox","property":"main"}"#)
        ]
    );
    assert_eq!((summary.rows, summary.pushed["metric_events"], summary.empty_values), (3, 3, 0));
    assert_eq!(summary.ignored_columns, ["noise"]);
    assert_eq!(summary.time_bounds, Some((1_793_455_200_000_000, 1_793_505_600_000_000)));
}

#[test]
fn a_wide_file_makes_an_event_of_every_value_and_none_of_empty_cells() {
    let mapping = mapping(json!({
        "source": { "column": "tool" },
        "recorded_at": { "column": "day", "format": "%Y%m%d", "timezone": "Asia/Kolkata" },
        "metrics": [
            { "name": { "constant": "sessions" }, "value": "Sessions" },
            { "name": { "constant": "revenue" }, "value": "Revenue" }
        ],
        "currency": { "constant": "inr" }
    }));
    let file = "day,tool,Sessions,Revenue\n20261031,ga4,7,99.95\n20261101,ga4,,0\n";
    let (kept, summary) = csv(file, &mapping).unwrap();
    let rows: Vec<_> = kept
        .of("metric_events")
        .iter()
        .map(|row| (text(row, "metric_name"), number(row, "metric_value"), text(row, "currency")))
        .collect();
    assert_eq!(rows, [("sessions", 7_000_000, "INR"), ("revenue", 99_950_000, "INR"), ("revenue", 0, "INR")]);
    assert_eq!((summary.rows, summary.empty_values), (2, 1));
    assert_eq!(summary.currencies.iter().collect::<Vec<_>>(), ["INR"]);
}

#[test]
fn rows_of_one_content_are_distinct_events_and_the_same_ones_in_every_import() {
    let row = "2026-10-31 10:00:00,clicks,1,mobile,Safari\n";
    let other = "2026-10-31 10:00:00,clicks,1,mobile,Chrome\n";
    let file = format!("when,metric,value,device,browser\n{row}{row}{other}{row}");
    let (first, _) = csv(&file, &mapping(long())).unwrap();
    let (again, _) = csv(&file, &mapping(long())).unwrap();
    assert_eq!(first.of("metric_events"), again.of("metric_events"));
    assert_eq!(ids(&first).iter().collect::<BTreeSet<_>>().len(), 4);
    // Columns in another order, other rows before them, other ways to write a value: the same events.
    let overlapping = format!(
        "browser,device,value,metric,when\nEdge,,2,clicks,2026-10-30 09:00:00\n{}",
        "Safari,mobile,1.0,clicks,2026-10-31T14:00:00Z\n".repeat(3)
    );
    let (overlapping, _) = csv(overlapping, &mapping(long())).unwrap();
    let (known, new): (Vec<&str>, Vec<&str>) = ids(&overlapping).into_iter().partition(|id| ids(&first).contains(id));
    assert_eq!((known.len(), new.len()), (3, 1));
}

#[test]
fn any_difference_of_content_is_another_event() {
    let base = "2026-10-31 10:00:00,clicks,1,mobile,Safari";
    let variants = [
        base,
        "2026-10-31 10:00:01,clicks,1,mobile,Safari",
        "2026-10-31 10:00:00,click,1,mobile,Safari",
        "2026-10-31 10:00:00,clicks,1.000001,mobile,Safari",
        "2026-10-31 10:00:00,clicks,1,mobil,Safari",
        "2026-10-31 10:00:00,clicks,1,mobile,",
        "2026-10-31 10:00:00,clicks,1,,mobile",
    ];
    let file = format!("when,metric,value,device,browser\n{}\n", variants.join("\n"));
    let (kept, _) = csv(file, &mapping(long())).unwrap();
    assert_eq!(ids(&kept).iter().collect::<BTreeSet<_>>().len(), variants.len());
    assert!(ids(&kept).iter().all(|id| id.len() == 32 && !id.contains('-')));
}

#[test]
fn events_of_different_metrics_are_different_whatever_their_names_and_ids_are() {
    let mut by_id = long();
    by_id["event_id"] = json!("id");
    let file = "id,when,metric,value,device,browser\n\
        b/c,2026-10-31,a,1,,\n\
        c,2026-10-31,a/b,2,,\n\
        c,2026-10-31,a%2Fb,3,,\n";
    let (kept, _) = csv(file, &mapping(by_id)).unwrap();
    assert_eq!(ids(&kept), ["ga4/a/b/c", "ga4/a%2Fb/c", "ga4/a%252Fb/c"]);
}

#[test]
fn an_id_column_names_events_and_must_be_unique_for_each_metric() {
    let mut by_id = long();
    by_id["event_id"] = json!("id");
    let file = "id,when,metric,value,device,browser\n\
        a1,2026-10-31,clicks,1,,\n\
        a1,2026-10-31,views,9,,\n";
    let (kept, _) = csv(file, &mapping(by_id.clone())).unwrap();
    assert_eq!(ids(&kept), ["ga4/clicks/a1", "ga4/views/a1"]);
    let errors = rejected(csv(format!("{file}a1,2026-10-30,clicks,2,,\n,2026-10-30,clicks,2,,\n"), &mapping(by_id)));
    assert_eq!(places(&errors), [(4, "id", "a1"), (5, "id", "")]);
    assert_eq!(errors[0].expected, "an id that no row before has for clicks of ga4");
}

#[test]
fn wrong_cells_are_named_with_their_place() {
    let mut with_currency = long();
    with_currency["currency"] = json!({ "column": "currency" });
    with_currency["source"] = json!({ "column": "source" });
    let file = "when,metric,value,device,browser,currency,source\n\
        yesterday,clicks,1,,,,ga4\n\
        2026-03-08 02:30:00,clicks,1,,,,ga4\n\
        2026-10-31,,1,,,,ga4\n\
        2026-10-31,clicks,1e5,,,,ga4\n\
        2026-10-31,clicks,0.0000001,,,,ga4\n\
        2026-10-31,clicks,1,,,euro,ga4\n\
        2026-10-31,clicks,1,,,EUR,\n\
        2026-10-31,clicks,1\n";
    let errors = rejected(csv(file, &mapping(with_currency)));
    assert_eq!(
        places(&errors),
        [
            (2, "when", "yesterday"),
            (3, "when", "2026-03-08 02:30:00"),
            (4, "metric", ""),
            (5, "value", "1e5"),
            (6, "value", "0.0000001"),
            (7, "currency", "euro"),
            (8, "source", ""),
            (9, "", "3 cells"),
        ]
    );
    assert!(errors[1].expected.contains("clocks skip"), "{}", errors[1].expected);
    assert!(errors[4].expected.contains("at most 6 decimals"), "{}", errors[4].expected);
}

#[test]
fn values_are_rounded_only_where_the_mapping_says_so() {
    let mut rounded = long();
    rounded["metrics"][0]["round"] = json!(true);
    let (kept, _) = csv("when,metric,value,device,browser\n2026-10-31,m,0.33333333,,\n", &mapping(rounded)).unwrap();
    assert_eq!(number(&kept.of("metric_events")[0], "metric_value"), 333_333);
}

#[test]
fn columns_that_the_mapping_names_and_the_file_lacks_are_named_all_at_once() {
    let Err(ImportError::MissingColumns { missing, .. }) = csv("when,value\n", &mapping(long())) else {
        panic!("accepted")
    };
    assert_eq!(missing, ["metric", "device", "browser"]);
}

/// A mapping of a Parquet file with columns `t` and `v`.
fn plain(timezone: &Value) -> Mapping {
    mapping(json!({
        "source": { "constant": "s" },
        "recorded_at": { "column": "t", "timezone": timezone },
        "metrics": [{ "name": { "constant": "m" }, "value": "v" }]
    }))
}

#[test]
fn parquet_columns_of_every_plain_type_are_read_exactly() {
    let instants = || -> ArrayRef {
        Arc::new(TimestampMillisecondArray::from(vec![1_793_455_200_123, 1_793_455_200_000]).with_timezone("UTC"))
    };
    let expected = [1_793_455_200_123_000, 1_793_455_200_000_000];
    let decimal = Decimal128Array::from(vec![12_345, -1]).with_precision_and_scale(20, 4).unwrap();
    let dictionary: DictionaryArray<Int32Type> = vec!["7.5", "0.000001"].into_iter().collect();
    for (values, millionths) in [
        (Arc::new(Int64Array::from(vec![7, -9_007_199_254_740])) as ArrayRef, [7_000_000, -9_007_199_254_740_000_000]),
        (Arc::new(Float64Array::from(vec![0.1, 1e11])), [100_000, 100_000_000_000_000_000]),
        (Arc::new(decimal), [1_234_500, -100]),
        (Arc::new(StringArray::from(vec!["7.5", "0.000001"])), [7_500_000, 1]),
        (Arc::new(dictionary), [7_500_000, 1]),
    ] {
        let what = values.data_type().clone();
        let result = parquet(vec![("x", instants()), ("v", values), ("t", instants())], &plain(&Value::Null));
        if millionths[1] < -999_999_999_999_999_999 {
            assert_eq!(places(&rejected(result)), [(2, "v", "-9007199254740")], "{what}");
            continue;
        }
        let (kept, summary) = result.unwrap();
        let rows = kept.of("metric_events");
        let found = |column: &str| rows.iter().map(|row| number(row, column)).collect::<Vec<_>>();
        assert_eq!((found("metric_value"), found("recorded_at")), (millionths.to_vec(), expected.to_vec()), "{what}");
        assert_eq!((summary.rows, summary.ignored_columns), (2, vec!["x".to_owned()]), "{what}");
    }
}

#[test]
fn parquet_days_and_local_times_are_of_the_mappings_zone() {
    let values = || -> ArrayRef { Arc::new(Int64Array::from(vec![1])) };
    let day: ArrayRef = Arc::new(Date32Array::from(vec![20_757]));
    let local: ArrayRef = Arc::new(TimestampMillisecondArray::from(vec![1_793_455_200_000]));
    for (times, recorded_at) in [(day, 1_793_385_000_000_000), (local, 1_793_435_400_000_000)] {
        let (kept, _) =
            parquet(vec![("t", Arc::clone(&times)), ("v", values())], &plain(&json!("Asia/Kolkata"))).unwrap();
        assert_eq!(number(&kept.of("metric_events")[0], "recorded_at"), recorded_at);
        let errors = rejected(parquet(vec![("t", times), ("v", values())], &plain(&Value::Null)));
        assert!(errors[0].expected.contains("\"timezone\""), "{}", errors[0].expected);
    }
}

#[test]
fn parquet_errors_name_row_and_column() {
    let times: ArrayRef =
        Arc::new(StringArray::from(vec![Some("2026-10-31T10:00:00Z"), None, Some("2026-10-31T10:00:00Z"), Some("x")]));
    let values: ArrayRef = Arc::new(Float64Array::from(vec![Some(1.0), Some(1.0), Some(0.1 + 0.2), None]));
    let result = parquet(vec![("t", times), ("v", values)], &plain(&Value::Null));
    assert_eq!(places(&rejected(result)), [(2, "t", ""), (3, "v", "0.30000000000000004"), (4, "t", "x")]);
}

#[test]
fn a_parquet_column_of_lists_holds_no_values() {
    let lists = ListArray::from_iter_primitive::<Int64Type, _, _>([Some([Some(1)])]);
    let times: ArrayRef = Arc::new(StringArray::from(vec!["2026-10-31T10:00:00Z"]));
    let result = parquet(vec![("t", times), ("v", Arc::new(lists))], &plain(&Value::Null));
    assert!(matches!(result, Err(ImportError::ColumnType { column, .. }) if column == "v"));
}

#[test]
fn a_parquet_file_and_a_csv_file_of_one_content_make_the_same_events() {
    let times: ArrayRef = Arc::new(TimestampMillisecondArray::from(vec![1_793_455_200_000]).with_timezone("UTC"));
    let values: ArrayRef = Arc::new(Float64Array::from(vec![2.5]));
    let (by_parquet, _) = parquet(vec![("t", times), ("v", values)], &plain(&Value::Null)).unwrap();
    let (by_csv, _) = csv("v,t\n2.50,2026-10-31 10:00:00 -0400\n", &plain(&Value::Null)).unwrap();
    assert_eq!(by_parquet.of("metric_events"), by_csv.of("metric_events"));
}

#[test]
fn a_parquet_file_that_was_cut_off_is_damaged() {
    let values: ArrayRef = Arc::new(Int64Array::from(vec![1; 1_000]));
    let file = parquet_file(vec![("t", Arc::clone(&values)), ("v", values)]);
    for length in [0, 3, file.len() / 2, file.len() - 1] {
        let result =
            import_parquet(file.slice(..length), &plain(&Value::Null), &options(), &mut Kept::default(), &mut |_| {});
        assert!(matches!(result, Err(ImportError::Parquet(_))), "{length}: {result:?}");
    }
    let result = csv(&file, &plain(&Value::Null));
    assert!(matches!(result, Err(ImportError::WrongKind { found: "a Parquet file", .. })));
}

#[test]
fn what_a_source_says_of_its_values_goes_with_them() {
    let mut mapped = long();
    mapped["sampled"] = json!({ "column": "Sampled" });
    mapped["thresholded"] = json!({ "constant": "yes" });
    let file = "when,metric,value,device,browser,sampled\n\
        2026-10-31,sessions,1,mobile,Safari,true\n\
        2026-10-31,sessions,2,(other),Safari,no\n\
        2026-10-31,sessions,3,mobile,(other),\n";
    let (kept, _) = csv(file, &mapping(mapped.clone())).unwrap();
    let rows = kept.of("metric_events");
    let cells = |column: &str| rows.iter().map(|row| row[column].as_deref()).collect::<Vec<_>>();
    assert_eq!(cells("is_sampled"), [Some("true"), Some("false"), None]);
    assert_eq!(cells("is_thresholded"), [Some("true"); 3]);
    assert_eq!(cells("is_other"), [None, Some("true"), Some("true")]);
    // The same measurements are known again when they are no estimates any more.
    let (corrected, _) = csv(file.replace(",true", ",no"), &mapping(mapped.clone())).unwrap();
    assert_eq!(ids(&kept), ids(&corrected));
    let errors = rejected(csv(file.replace(",no", ",perhaps"), &mapping(mapped.clone())));
    assert_eq!(places(&errors), [(3, "Sampled", "perhaps")]);
    mapped["thresholded"] = json!({ "constant": "perhaps" });
    assert!(matches!(csv(file, &mapping(mapped)), Err(ImportError::Mapping(why)) if why.contains("perhaps")));
}
