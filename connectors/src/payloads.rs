//! What providers answered, as rows of the lake, and back.

use std::collections::BTreeMap;
use std::sync::Arc;

use aloftly_engine::dataset::{self, Dataset};
use arrow::array::{
    ArrayRef, AsArray, BinaryViewArray, Int64Array, RecordBatch, StringViewArray, TimestampMicrosecondArray,
};
use sha2::{Digest as _, Sha256};
use zstd::bulk::Compressor;

use crate::contract::{Account, Declaration, Failure, Kept, Raw};

/// As quick as it is worth: bodies are a few thousand bytes.
const LEVEL: i32 = 3;
/// Where a payload without a time of its own is: the first instant of 2100, which does not expire.
const TIMELESS: i64 = 4_102_444_800_000_000;
/// Between a dataset and an entity in what a thing is called.
const OF: char = '/';

/// A payload as it is read back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payload {
    /// Its id in the lake.
    pub id: String,
    /// What it was; `None` when it is of a stream that the connector does not have any more.
    pub raw: Option<Raw>,
}

/// The rows of what is kept of an account, one for each thing: that of the highest version, among equals the last.
///
/// # Errors
/// When they cannot be put together.
pub fn rows(source: &str, account: &Account, kept: &[Kept]) -> Result<Option<(Arc<Dataset>, RecordBatch)>, Failure> {
    let mut newest: BTreeMap<String, &Kept> = BTreeMap::new();
    for one in kept {
        let id = id_of(source, account, one);
        if newest.get(&id).is_none_or(|other| other.version <= one.version) {
            newest.insert(id, one);
        }
    }
    if newest.is_empty() {
        return Ok(None);
    }
    let dataset = dataset::payloads();
    let taker = |error: std::io::Error| Failure::Taker(Box::new(error));
    let mut compressor = Compressor::new(LEVEL).map_err(taker)?;
    let bodies = newest.values().map(|one| compressor.compress(&one.raw.body)).collect::<Result<Vec<_>, _>>();
    let bodies = bodies.map_err(taker)?;
    let all = || newest.values().copied();
    let texts =
        |of: &dyn Fn(&Kept) -> Option<String>| -> ArrayRef { Arc::new(all().map(of).collect::<StringViewArray>()) };
    let times = TimestampMicrosecondArray::from_iter_values(all().map(|one| one.happened_at.unwrap_or(TIMELESS)));
    let columns = dataset.schema.fields().iter().map(|field| -> Result<ArrayRef, Failure> {
        Ok(match field.name().as_str() {
            "payload_id" => Arc::new(StringViewArray::from_iter_values(newest.keys())),
            "row_version" => Arc::new(Int64Array::from_iter_values(all().map(|one| one.version))),
            "happened_at" => Arc::new(times.clone().with_timezone("UTC")),
            "source" => texts(&|_| Some(source.to_owned())),
            "account" => texts(&|_| Some(account.id.clone())),
            "stream" => texts(&|one| Some(one.raw.stream.to_owned())),
            "kind" => texts(&|one| Some(one.raw.kind.to_string())),
            "thing" => texts(&|one| one.thing.as_ref().map(|(dataset, entity)| thing(dataset, entity))),
            "customer_id" => texts(&|one| one.customer.clone()),
            "order_id" => texts(&|one| one.order.clone()),
            "about" => texts(&|one| Some(one.raw.about.to_string())),
            "digest" => texts(&|one| Some(hex::encode(Sha256::digest(&one.raw.body)))),
            "body" => Arc::new(BinaryViewArray::from_iter_values(&bodies)),
            other => return Err(unexpected(&format!("has a column {other} that is not known"))),
        })
    });
    let columns = columns.collect::<Result<Vec<_>, _>>()?;
    Ok(Some((Arc::clone(dataset), RecordBatch::try_new(Arc::clone(&dataset.schema), columns)?)))
}

/// The payloads of rows, in their order.
///
/// # Errors
/// [`Failure::Unexpected`] when they are not what [`rows`] makes.
pub fn read(declaration: &Declaration, batch: &RecordBatch) -> Result<Vec<Payload>, Failure> {
    let column = |name: &str| batch.column_by_name(name).ok_or_else(|| unexpected(&format!("has no {name}")));
    let texts = |name: &str| {
        column(name)?.as_string_view_opt().ok_or_else(|| unexpected(&format!("has a {name} that is no text")))
    };
    let (ids, streams, kinds, about) = (texts("payload_id")?, texts("stream")?, texts("kind")?, texts("about")?);
    let bodies = column("body")?.as_binary_view_opt().ok_or_else(|| unexpected("has a body that is no bytes"))?;
    let payloads = (0..batch.num_rows()).map(|row| {
        let body = unpacked(bodies.value(row))?;
        let about = serde_json::from_str(about.value(row)).map_err(|_| unexpected("does not say what it is about"))?;
        let raw = declaration.stream(streams.value(row)).map(|stream| Raw {
            stream: stream.id,
            kind: kinds.value(row).to_owned().into(),
            about,
            body: body.into(),
        });
        Ok(Payload { id: ids.value(row).to_owned(), raw })
    });
    payloads.collect()
}

/// An answer as it came, of the body of its row.
///
/// # Errors
/// [`Failure::Unexpected`] when it is no such body.
pub fn unpacked(body: &[u8]) -> Result<Vec<u8>, Failure> {
    zstd::decode_all(body).map_err(|_| unexpected("has a body that is damaged"))
}

/// What a thing is called in the column of things.
#[must_use]
pub fn thing(dataset: &str, entity: &str) -> String {
    format!("{dataset}{OF}{entity}")
}

fn id_of(source: &str, account: &Account, kept: &Kept) -> String {
    let Kept { raw, key, .. } = kept;
    format!("{source}{OF}{}{OF}{}{OF}{}{OF}{key}", account.id, raw.stream, raw.kind)
}

fn unexpected(what: &str) -> Failure {
    Failure::Unexpected { detail: format!("what is kept of answers {what}") }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use serde_json::json;

    use super::*;
    use crate::contract::Connector as _;
    use crate::ga4::Ga4;

    fn kept(key: &str, version: i64, body: &'static str) -> Kept {
        let raw =
            Raw { stream: "reports", kind: "report".into(), about: json!({ "day": key }), body: Bytes::from(body) };
        Kept { raw, key: key.to_owned(), version, happened_at: None, thing: None, customer: None, order: None }
    }

    fn texts<'a>(batch: &'a RecordBatch, name: &str) -> Vec<Option<&'a str>> {
        batch[name].as_string_view().iter().collect()
    }

    #[test]
    fn what_is_kept_is_read_as_it_was() {
        let mut customers = kept("b", 3, "{\"two\":2}");
        customers.customer = Some("7".to_owned());
        customers.order = Some("9".to_owned());
        customers.thing = Some(("orders", "9".to_owned()));
        customers.happened_at = Some(5);
        let given = [kept("a", 1, "{}"), customers];
        let account = Account::new("12", "A shop");
        let (dataset, batch) = rows("ga4", &account, &given).unwrap().unwrap();
        assert_eq!(dataset.name, "source_payloads");
        assert_eq!(texts(&batch, "payload_id"), [Some("ga4/12/reports/report/a"), Some("ga4/12/reports/report/b")]);
        assert_eq!(texts(&batch, "customer_id"), [None, Some("7")]);
        assert_eq!(texts(&batch, "order_id"), [None, Some("9")]);
        assert_eq!(texts(&batch, "thing"), [None, Some("orders/9")]);
        let times = batch["happened_at"].as_primitive::<arrow::datatypes::TimestampMicrosecondType>();
        assert_eq!(times.values().to_vec(), [4_102_444_800_000_000, 5]);
        let back = read(Ga4.declaration(), &batch).unwrap();
        assert_eq!(
            back.iter().map(|payload| payload.raw.as_ref().unwrap()).collect::<Vec<_>>(),
            [&given[0].raw, &given[1].raw]
        );
    }

    #[test]
    fn of_a_thing_the_newest_is_kept_and_nothing_makes_no_rows() {
        let account = Account::new("12", "A shop");
        assert!(rows("ga4", &account, &[]).unwrap().is_none());
        let given = [kept("a", 1, "old"), kept("a", 3, "first"), kept("a", 3, "last"), kept("a", 2, "late")];
        let (_, batch) = rows("ga4", &account, &given).unwrap().unwrap();
        let back = read(Ga4.declaration(), &batch).unwrap();
        assert_eq!(back.len(), 1);
        assert_eq!(back[0].raw.as_ref().unwrap().body, "last");
    }

    #[test]
    fn a_stream_that_is_gone_has_no_answers() {
        let account = Account::new("12", "A shop");
        let mut one = kept("a", 1, "{}");
        one.raw.stream = "tides";
        let (_, batch) = rows("ga4", &account, &[one]).unwrap().unwrap();
        assert_eq!(read(Ga4.declaration(), &batch).unwrap()[0].raw, None);
    }
}
