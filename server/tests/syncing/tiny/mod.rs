//! The smallest provider that there can be: a list of customers. It shows what a connector has to say, and nothing else has to know of it.
//!
//! This is the connector. [`provider`] is what it asks, over HTTP, and [`conformance`] runs it through the suite.

mod conformance;
mod provider;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aloftly_connectors::contract::{
    Account, App, Auth, Calls, Connector, Credentials, Cursor, Declaration, Delivered, Delivery, Effect, Failure,
    Field, FieldKind, Health, Kept, Listed, Mode, NotAuthentic, Outgoing, Page, Pages, Person, Raw, Removal,
    Restatement, Schedule, Session, Stream, Task, Webhooks,
};
use aloftly_connectors::http::budget::Rules;
use aloftly_connectors::http::{ClientOptions, Hosts, Request};
use aloftly_engine::dataset;
use arrow::array::{ArrayRef, Int64Array, StringViewArray, TimestampMicrosecondArray, new_null_array};
use arrow::record_batch::RecordBatch;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use secrecy::SecretString;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

pub(super) use self::provider::{PAGE, Source, Trouble};

static CUSTOMERS: Stream = Stream {
    id: "customers",
    title: "Customers",
    datasets: &["customers"],
    lookback: Duration::ZERO,
    restatement: Restatement::Upsert,
    reconciles: true,
};

static DECLARATION: Declaration = Declaration {
    id: "tiny",
    title: "Tiny",
    description: "A list of customers",
    auth: Auth::Keys {
        fields: &[Field {
            name: "token",
            title: "Token",
            help: "It is on the box.",
            placeholder: "",
            kind: FieldKind::Secret,
            optional: false,
        }],
    },
    streams: std::slice::from_ref(&CUSTOMERS),
    schedule: Schedule { incremental: "0 0 * * * *", reconcile: None },
};

/// The same under the name of a source that there are metrics of.
static SHOP: Declaration = Declaration {
    id: "shopify",
    title: "Shopify",
    description: "A list of customers",
    auth: Auth::Keys { fields: &[] },
    streams: std::slice::from_ref(&CUSTOMERS),
    schedule: Schedule { incremental: "0 */10 * * * *", reconcile: None },
};

/// The connector: what its provider holds, which tests change, and where it is. What it reads it knows by asking alone.
#[derive(Debug)]
pub(super) struct Tiny(pub(super) Arc<Mutex<Source>>, Url);

/// A page of customers.
#[derive(Debug, Deserialize)]
struct Answer {
    customers: Vec<Customer>,
    /// Behind whom the next page begins.
    next: Option<String>,
    /// The version of the last change.
    newest: i64,
    /// How many customers there are in all.
    total: u64,
}

#[derive(Debug, Deserialize)]
struct There {
    customers: Vec<Customer>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Customer {
    id: String,
    version: i64,
    name: Option<String>,
}

/// Where it goes on.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Place {
    /// Behind whom.
    after: String,
    /// With customers of which version.
    since: i64,
    /// The version of the last change when this reading began: the next begins behind it.
    newest: Option<i64>,
}

impl Tiny {
    /// One with that many customers, for as long as the tests run.
    pub(super) fn with(customers: usize) -> &'static Self {
        let customers = (0..customers).map(|number| (format!("c{number:03}"), 1)).collect();
        let keys = BTreeSet::from([provider::KEY.to_owned()]);
        let source = Arc::new(Mutex::new(Source { customers, keys, ..Source::default() }));
        let url = provider::serve(Arc::clone(&source));
        Box::leak(Box::new(Self(source, url)))
    }

    /// The same by the name of Shopify.
    pub(super) fn shop(customers: usize) -> &'static Self {
        let tiny = Self::with(customers);
        tiny.0.lock().unwrap().is_shop = true;
        tiny
    }

    /// Asks the provider, and shows it the key.
    async fn ask<T: DeserializeOwned>(
        &self,
        session: &Session<'_>,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<T, Failure> {
        let credentials = session.keyring.current().await?;
        let url = self.1.join(path).map_err(|error| Failure::Refused { detail: error.to_string() })?;
        let request = query.iter().fold(Request::get(url), |request, (name, value)| request.query(name, value));
        let request = request.bearer(&SecretString::from(credentials.get("token")?));
        let (answer, _) = session.calls.http.json(request, session.calls.cancel).await?;
        Ok(answer)
    }
}

fn rows(customers: &[Customer]) -> RecordBatch {
    let dataset = dataset::find("customers").unwrap();
    let columns = dataset.schema.fields().iter().map(|field| -> ArrayRef {
        match field.name().as_str() {
            "customer_id" => Arc::new(StringViewArray::from_iter_values(customers.iter().map(|one| &one.id))),
            "name" => Arc::new(StringViewArray::from_iter(customers.iter().map(|one| one.name.as_deref()))),
            "row_version" => Arc::new(Int64Array::from_iter_values(customers.iter().map(|one| one.version))),
            "seen_at" => {
                let seen = TimestampMicrosecondArray::from_iter_values(customers.iter().map(|_| 0));
                Arc::new(seen.with_timezone("UTC"))
            }
            _ => new_null_array(field.data_type(), customers.len()),
        }
    });
    RecordBatch::try_new(Arc::clone(&dataset.schema), columns.collect()).unwrap()
}

fn page(customers: &[Customer], place: &Place) -> Page {
    let dataset = dataset::find("customers").unwrap();
    let batches = if customers.is_empty() { Vec::new() } else { vec![(Arc::clone(dataset), rows(customers))] };
    let kept = customers.iter().map(kept).collect();
    Page { batches, kept, records: customers.len() as u64, ..Page::at(Cursor::of(place).unwrap()) }
}

/// What was told of a customer, as it is kept.
fn kept(customer: &Customer) -> Kept {
    let Customer { id, version, .. } = customer;
    let body = serde_json::to_vec(customer).unwrap().into();
    Kept {
        raw: Raw { stream: CUSTOMERS.id, kind: "customer".into(), about: Value::Null, body },
        key: id.clone(),
        version: *version,
        happened_at: None,
        thing: Some(("customers", id.clone())),
        customer: Some(id.clone()),
        order: None,
    }
}

#[async_trait]
impl Connector for Tiny {
    fn declaration(&self) -> &'static Declaration {
        if self.0.lock().unwrap().is_shop { &SHOP } else { &DECLARATION }
    }

    fn webhooks(&self) -> Option<&dyn Webhooks> {
        Some(self)
    }

    fn outgoing(
        &self,
        _: Option<&App>,
        _: Option<&Account>,
        _: &BTreeMap<String, String>,
    ) -> Result<Outgoing, Failure> {
        let options = ClientOptions::new("tiny", Hosts::loopback());
        Ok(Outgoing { options, budget: "tiny".to_owned(), rules: Rules::default() })
    }

    async fn accounts(&self, _: &Calls<'_>, _: &Credentials) -> Result<Vec<Account>, Failure> {
        Ok(vec![Account::new("1", "The one")])
    }

    async fn connect(&self, session: &Session<'_>) -> Result<Account, Failure> {
        Ok(session.account.clone())
    }

    async fn disconnect(&self, _: &Session<'_>) -> Result<(), Failure> {
        Ok(())
    }

    async fn test_connection(&self, _: &Session<'_>) -> Result<Health, Failure> {
        Ok(Health::default())
    }

    async fn sync(&self, session: &Session<'_>, task: &Task<'_>, pages: &mut dyn Pages) -> Result<Cursor, Failure> {
        if let Mode::Things { ids } = &task.mode {
            let there: There = self.ask(session, "customers/some", &[("ids", ids.join(",").as_str())]).await?;
            let known: BTreeSet<&str> = there.customers.iter().map(|one| one.id.as_str()).collect();
            let gone = ids.iter().filter(|id| !known.contains(id.as_str())).cloned().collect();
            let removals = vec![Removal { dataset: "customers", entities: gone }];
            pages.take(Page { removals, ..page(&there.customers, &Place::default()) }).await?;
            return Ok(Cursor::of(&Place::default())?);
        }
        let mut place: Place = task.cursor.map(Cursor::read).transpose()?.unwrap_or_default();
        let mut turns = session.calls.http.pages();
        loop {
            let since = place.since.to_string();
            let listing = [("after", place.after.as_str()), ("since", since.as_str())];
            let asked: Answer = self.ask(session, "customers", &listing).await?;
            let newest = *place.newest.get_or_insert(asked.newest);
            let goes_on = turns
                .turn(asked.customers.len(), asked.next.as_deref())
                .map_err(|error| Failure::Unexpected { detail: error.to_string() })?;
            place.after = asked.next.unwrap_or(place.after);
            if !asked.customers.is_empty() {
                pages.take(Page { expected: Some(asked.total), ..page(&asked.customers, &place) }).await?;
            }
            if !goes_on {
                return Ok(Cursor::of(&Place { since: newest + 1, ..Place::default() })?);
            }
        }
    }

    async fn list(
        &self,
        session: &Session<'_>,
        _: &'static Stream,
        _: (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<Vec<Listed>, Failure> {
        let versions: BTreeMap<String, i64> = self.ask(session, "versions", &[]).await?;
        Ok(versions.into_iter().map(|(entity, version)| Listed { entity, version }).collect())
    }

    fn rebuild(&self, _: &Account, raw: &Raw) -> Result<Page, Failure> {
        {
            let mut source = self.0.lock().unwrap();
            source.rebuilt += 1;
            if matches!(source.trouble, Trouble::BreaksAfter(most) if source.rebuilt > most) {
                return Err(Failure::Taker("the memory is full".into()));
            }
        }
        let customer: Customer = serde_json::from_slice(&raw.body)
            .map_err(|error| Failure::Unexpected { detail: format!("a customer: {error}") })?;
        Ok(page(&[customer], &Place::default()))
    }
}

/// What it tells by itself: a topic, and a body that says whom it is about and in which version.
impl Webhooks for Tiny {
    fn authenticate(&self, _: &[SecretString], _: &Delivered<'_>) -> Result<Delivery, NotAuthentic> {
        Err(NotAuthentic::Signature)
    }

    fn effects(&self, _: &Account, delivery: &Delivery, body: &[u8]) -> Result<Vec<Effect>, Failure> {
        #[derive(serde::Deserialize)]
        struct Body {
            customer: String,
            #[serde(default)]
            version: i64,
            /// Who became a part of the customer.
            #[serde(default)]
            merged: String,
        }
        let Body { customer, version, merged } = serde_json::from_slice(body)
            .map_err(|error| Failure::Unexpected { detail: format!("a customer: {error}") })?;
        if matches!(self.0.lock().unwrap().trouble, Trouble::Away) && customer == "c000" {
            return Err(Failure::Unavailable { detail: "nobody is at home".to_owned(), retry_after: None });
        }
        if delivery.topic == "merged" {
            let removal = Removal { dataset: "customers", entities: vec![merged] };
            return Ok(vec![Effect::Read { stream: "customers", ids: vec![customer] }, Effect::Remove(removal)]);
        }
        let person = || Person { id: Some(customer.clone()), ..Person::default() };
        if delivery.topic == "forget with all" {
            return Ok(vec![Effect::EraseCustomer(person()), Effect::EraseAccount]);
        }
        Ok(vec![match delivery.topic.as_str() {
            "changed" => {
                let told = Customer { id: customer, version, name: None };
                Effect::Rows { page: page(&[told], &Place::default()), keeps: None }
            }
            "gone" => Effect::Remove(Removal { dataset: "customers", entities: vec![customer] }),
            "look" => Effect::Read { stream: "customers", ids: vec![customer] },
            "asks" => Effect::ExportCustomer(person()),
            "forget" => Effect::EraseCustomer(person()),
            "forget all" => Effect::EraseAccount,
            "farewell" => Effect::Disconnected,
            "granted" => Effect::Regranted { scopes: vec![customer] },
            _ => return Ok(Vec::new()),
        }])
    }
}
