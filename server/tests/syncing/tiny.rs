//! The smallest provider that there can be: a list of customers in this process. It shows what a connector has to say, and nothing else has to
//! know of it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aloftly_connectors::contract::{
    Account, App, Auth, Calls, Connector, Credentials, Cursor, Declaration, Delivered, Delivery, Effect, Failure,
    Field, FieldKind, Health, Kept, Listed, Mode, NotAuthentic, Outgoing, Page, Pages, Person, Raw, Removal,
    Restatement, Schedule, Session, Stream, Task, Webhooks,
};
use aloftly_connectors::http::budget::Rules;
use aloftly_connectors::http::{ClientOptions, Hosts};
use aloftly_engine::dataset;
use arrow::array::{ArrayRef, Int64Array, StringViewArray, TimestampMicrosecondArray, new_null_array};
use arrow::record_batch::RecordBatch;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use secrecy::SecretString;
use serde_json::Value;

/// How many customers are on a page.
pub(super) const PAGE: usize = 3;

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

/// What happens when it is asked for a page.
#[derive(Clone, Debug, Default)]
pub(super) enum Trouble {
    #[default]
    None,
    /// The page behind that many never comes.
    HangsAfter(usize),
    /// It fails in a way that may pass.
    Away,
    /// It does not know us any more.
    Revoked,
    /// Something of ours breaks when so many answers were made rows of anew.
    BreaksAfter(usize),
}

/// Customers by id, with the version of each.
#[derive(Debug, Default)]
pub(super) struct Source {
    pub(super) customers: BTreeMap<String, i64>,
    pub(super) trouble: Trouble,
    /// Whether it goes by the name of Shopify.
    pub(super) is_shop: bool,
    /// From where pages were asked for.
    pub(super) asked: Vec<String>,
    /// How many answers rows were made of anew.
    pub(super) rebuilt: usize,
}

/// The provider.
#[derive(Debug, Default)]
pub(super) struct Tiny(pub(super) Mutex<Source>);

impl Tiny {
    /// One with that many customers, for as long as the tests run.
    pub(super) fn with(customers: usize) -> &'static Self {
        let customers = (0..customers).map(|number| (format!("c{number:03}"), 1)).collect();
        Box::leak(Box::new(Self(Mutex::new(Source { customers, ..Source::default() }))))
    }

    /// The same by the name of Shopify.
    pub(super) fn shop(customers: usize) -> &'static Self {
        let tiny = Self::with(customers);
        tiny.0.lock().unwrap().is_shop = true;
        tiny
    }

    /// The customers behind one, at most a page of them: those of at least that version.
    fn page(&self, after: &str, since: i64) -> Vec<(String, i64)> {
        let mut source = self.0.lock().unwrap();
        source.asked.push(after.to_owned());
        let behind = source.customers.iter().filter(|(id, version)| id.as_str() > after && **version >= since);
        behind.take(PAGE).map(|(id, version)| (id.clone(), *version)).collect()
    }
}

fn rows(customers: &[(String, i64)]) -> RecordBatch {
    let dataset = dataset::find("customers").unwrap();
    let columns = dataset.schema.fields().iter().map(|field| -> ArrayRef {
        match field.name().as_str() {
            "customer_id" => Arc::new(StringViewArray::from_iter_values(customers.iter().map(|(id, _)| id))),
            "row_version" => Arc::new(Int64Array::from_iter_values(customers.iter().map(|(_, version)| *version))),
            "seen_at" => {
                let seen = TimestampMicrosecondArray::from_iter_values(customers.iter().map(|_| 0));
                Arc::new(seen.with_timezone("UTC"))
            }
            _ => new_null_array(field.data_type(), customers.len()),
        }
    });
    RecordBatch::try_new(Arc::clone(&dataset.schema), columns.collect()).unwrap()
}

fn page(customers: &[(String, i64)], cursor: &impl serde::Serialize) -> Page {
    let dataset = dataset::find("customers").unwrap();
    let batches = if customers.is_empty() { Vec::new() } else { vec![(Arc::clone(dataset), rows(customers))] };
    let kept = customers.iter().map(kept).collect();
    Page { batches, kept, records: customers.len() as u64, ..Page::at(Cursor::of(cursor).unwrap()) }
}

/// What is kept of a customer: its id and version.
fn kept(customer: &(String, i64)) -> Kept {
    let (id, version) = customer;
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

    async fn sync(&self, _: &Session<'_>, task: &Task<'_>, pages: &mut dyn Pages) -> Result<Cursor, Failure> {
        if let Mode::Things { ids } = &task.mode {
            let known = self.0.lock().unwrap().customers.clone();
            let there: Vec<_> = ids.iter().filter_map(|id| Some((id.clone(), *known.get(id)?))).collect();
            let gone = ids.iter().filter(|id| !known.contains_key(*id)).cloned().collect();
            let removals = vec![Removal { dataset: "customers", entities: gone }];
            pages.take(Page { removals, ..page(&there, &("", 0)) }).await?;
            return Ok(Cursor::of(&("", 0))?);
        }
        // Behind whom it goes on, and from which version on it reads.
        let (mut after, since) = match task.cursor {
            Some(cursor) => cursor.read::<(String, i64)>()?,
            None => (String::new(), 0),
        };
        let highest = self.0.lock().unwrap().customers.values().copied().max().unwrap_or(0);
        for number in 0.. {
            let trouble = self.0.lock().unwrap().trouble.clone();
            match trouble {
                Trouble::HangsAfter(pages) if number == pages => std::future::pending::<()>().await,
                Trouble::Away => {
                    return Err(Failure::Unavailable { detail: "nobody is at home".to_owned(), retry_after: None });
                }
                Trouble::Revoked => return Err(Failure::Revoked { detail: "who are you?".to_owned() }),
                Trouble::None | Trouble::HangsAfter(_) | Trouble::BreaksAfter(_) => {}
            }
            let customers = self.page(&after, since);
            let Some((last, _)) = customers.last() else { break };
            after.clone_from(last);
            let expected = self.0.lock().unwrap().customers.len() as u64;
            pages.take(Page { expected: Some(expected), ..page(&customers, &(&after, since)) }).await?;
        }
        Ok(Cursor::of(&("", highest + 1))?)
    }

    async fn list(
        &self,
        _: &Session<'_>,
        _: &'static Stream,
        _: (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<Vec<Listed>, Failure> {
        let source = self.0.lock().unwrap();
        let listed = source.customers.iter().map(|(id, version)| Listed { entity: id.clone(), version: *version });
        Ok(listed.collect())
    }

    fn rebuild(&self, _: &Account, raw: &Raw) -> Result<Page, Failure> {
        let mut source = self.0.lock().unwrap();
        source.rebuilt += 1;
        if matches!(source.trouble, Trouble::BreaksAfter(most) if source.rebuilt > most) {
            return Err(Failure::Taker("the memory is full".into()));
        }
        let customer: (String, i64) = serde_json::from_slice(&raw.body)
            .map_err(|error| Failure::Unexpected { detail: format!("a customer: {error}") })?;
        Ok(page(&[customer], &()))
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
            "changed" => Effect::Rows { page: page(&[(customer, version)], &()), keeps: None },
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
