//! What properties there are, and what is to be known of one.

use chrono::{DateTime, Days, NaiveDate, Utc};
use chrono_tz::Tz;
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use super::addresses::Part;
use super::answer::unexpected;
use super::limits::SERVICE_LEVEL;
use super::names::{Metadata, Missing};
use super::{SCOPE, call};
use crate::contract::{Account, Calls, Credentials, Failure, Session};
use crate::http::Request;

/// Where an account keeps when its property was made.
const CREATED_AT: &str = "created_at";
/// Where an account keeps which events count as key events.
const KEY_EVENTS: &str = "key_events";
/// Entries of a page of a listing: the most that there may be.
const PAGE_SIZE: &str = "200";

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Summaries {
    #[serde(default)]
    account_summaries: Vec<Summary>,
    #[serde(default)]
    next_page_token: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Summary {
    #[serde(default)]
    display_name: String,
    #[serde(default)]
    property_summaries: Vec<PropertySummary>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PropertySummary {
    property: String,
    #[serde(default)]
    display_name: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Property {
    name: String,
    #[serde(default)]
    display_name: String,
    time_zone: String,
    #[serde(default)]
    currency_code: Option<String>,
    #[serde(default)]
    service_level: Option<String>,
    #[serde(default)]
    create_time: Option<DateTime<Utc>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct KeyEvents {
    #[serde(default)]
    key_events: Vec<KeyEvent>,
    #[serde(default)]
    next_page_token: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct KeyEvent {
    event_name: String,
}

/// Every property that the credentials open, by the names that people gave it and its account.
///
/// # Errors
/// What Google answered, or what its answer lacked.
pub(super) async fn all(calls: &Calls<'_>, credentials: &Credentials) -> Result<Vec<Account>, Failure> {
    let url = Part::Admin.at(calls.app, "v1beta/accountSummaries")?;
    let (mut found, mut pages, mut token) = (Vec::new(), calls.http.pages(), String::new());
    loop {
        let answer = call::ask(calls, credentials, listing(&url, &token)).await?;
        let page: Summaries = call::read(&answer)?;
        let rows = page.account_summaries.len();
        for summary in page.account_summaries {
            for property in summary.property_summaries {
                check_id(&property.property)?;
                let name = named(&property, &summary.display_name);
                found.push(Account { scopes: vec![SCOPE.to_owned()], ..Account::new(property.property, name) });
            }
        }
        token = page.next_page_token;
        if !turn(&mut pages, rows, &token)? {
            return Ok(found);
        }
    }
}

/// What is to be known of a property: its zone and currency, which events count as key events, and what it can be asked for.
///
/// # Errors
/// What Google answered, or what its answer lacked.
pub(super) async fn read(session: &Session<'_>) -> Result<Account, Failure> {
    let id = &session.account.id;
    check_id(id)?;
    let property = properties_get(session).await?;
    if property.name != *id {
        return Err(unexpected("name", "is not that of the property that was asked for"));
    }
    let mut account = session.account.clone();
    if account.name.is_empty() {
        account.name.clone_from(&property.display_name);
    }
    account.zone = Some(zone(&property)?);
    account.currency = property.currency_code.filter(|code| !code.is_empty());
    account.details.insert(KEY_EVENTS.to_owned(), json!(key_events(session).await?));
    if let Some(created) = property.create_time {
        account.details.insert(CREATED_AT.to_owned(), json!(created));
    }
    if let Some(level) = property.service_level {
        account.details.insert(SERVICE_LEVEL.to_owned(), json!(level));
    }
    missing(session).await?.write(&mut account);
    Ok(account)
}

/// What is not as it was when the property was connected, or not as it should be.
///
/// # Errors
/// What Google answered, or what its answer lacked.
pub(super) async fn changes(session: &Session<'_>) -> Result<Vec<String>, Failure> {
    let (account, property) = (session.account, properties_get(session).await?);
    let mut warnings = Vec::new();
    let now = zone(&property)?;
    if let Some(before) = account.zone.filter(|before| *before != now) {
        warnings.push(format!(
            "the property's days are those of {now} by now, and it was connected with those of {before}: connect it anew"
        ));
    }
    if let (Some(before), Some(now)) = (&account.currency, &property.currency_code)
        && !before.eq_ignore_ascii_case(now)
    {
        warnings.push(format!(
            "the property's currency is {now} by now, and it was connected with {before}: connect it anew"
        ));
    }
    let missing = missing(session).await?;
    warnings.extend(missing.warning());
    if missing != Missing::read(account) {
        warnings.push(
            "what GA4 tells of the property is not what it was when it was connected: connect it anew".to_owned(),
        );
    }
    Ok(warnings)
}

/// The day before that on which the property was made: its zone may have been another then.
pub(super) fn created_on(account: &Account, zone: Tz) -> Option<NaiveDate> {
    let created = account.details.get(CREATED_AT)?.as_str()?.parse::<DateTime<Utc>>().ok()?;
    created.with_timezone(&zone).date_naive().checked_sub_days(Days::new(1))
}

async fn properties_get(session: &Session<'_>) -> Result<Property, Failure> {
    let url = Part::Admin.at(session.calls.app, &format!("v1beta/{}", session.account.id))?;
    call::read(&call::ask_signed_in(session, Request::get(url).cost(0)).await?)
}

async fn missing(session: &Session<'_>) -> Result<Missing, Failure> {
    let url = Part::Data.at(session.calls.app, &format!("v1beta/{}/metadata", session.account.id))?;
    let metadata: Metadata = call::read(&call::ask_signed_in(session, Request::get(url).cost(1)).await?)?;
    Ok(Missing::from(&metadata))
}

async fn key_events(session: &Session<'_>) -> Result<Vec<String>, Failure> {
    let url = Part::Admin.at(session.calls.app, &format!("v1beta/{}/keyEvents", session.account.id))?;
    let (mut found, mut pages, mut token) = (Vec::new(), session.calls.http.pages(), String::new());
    loop {
        let page: KeyEvents = call::read(&call::ask_signed_in(session, listing(&url, &token)).await?)?;
        let rows = page.key_events.len();
        found.extend(page.key_events.into_iter().map(|event| event.event_name));
        token = page.next_page_token;
        if !turn(&mut pages, rows, &token)? {
            found.sort_unstable();
            return Ok(found);
        }
    }
}

/// A page of a listing.
fn listing(url: &Url, token: &str) -> Request {
    let request = Request::get(url.clone()).query("pageSize", PAGE_SIZE).cost(0);
    if token.is_empty() { request } else { request.query("pageToken", token) }
}

/// Whether there is a next page.
fn turn(pages: &mut crate::http::Pages, rows: usize, token: &str) -> Result<bool, Failure> {
    let turned = pages.turn(rows, Some(token).filter(|token| !token.is_empty()));
    turned.map_err(|error| Failure::Unexpected { detail: error.to_string() })
}

/// Refuses what is no name of a property: it becomes part of addresses.
fn check_id(id: &str) -> Result<(), Failure> {
    let number = id.strip_prefix("properties/").unwrap_or_default();
    let is_id = !number.is_empty() && number.len() <= 20 && number.bytes().all(|byte| byte.is_ascii_digit());
    if is_id { Ok(()) } else { Err(unexpected("property", "is not such as properties/123456789")) }
}

fn named(property: &PropertySummary, of: &str) -> String {
    let own = if property.display_name.is_empty() { &property.property } else { &property.display_name };
    if of.is_empty() { own.clone() } else { format!("{own} ({of})") }
}

fn zone(property: &Property) -> Result<Tz, Failure> {
    property.time_zone.parse().map_err(|_| unexpected("timeZone", "is not the name of a time zone that is known"))
}

/// The events that count as key events, as they were when the property was connected.
pub(super) fn kept_key_events(account: &Account) -> Vec<&str> {
    let events = account.details.get(KEY_EVENTS).and_then(Value::as_array);
    events.into_iter().flatten().filter_map(Value::as_str).collect()
}
