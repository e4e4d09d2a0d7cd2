//! Reading what changed, page by page; and certain things by their ids.

use std::time::Duration;

use chrono::NaiveDate;

use super::graphql::AskError;
use super::payload::Payload;
use super::place::{Changes, Place, written};
use super::reader::{Reader, endless};
use super::resource::Resource;
use crate::contract::Failure;

const MICROS: i64 = 1_000_000;
/// Things that are read by their ids and handed on at once.
const AT_ONCE: usize = 500;

/// Reads what changed in a stream from a place on, and says where the next reading begins.
///
/// # Errors
/// See [`Connector::sync`](crate::contract::Connector::sync).
pub(super) async fn read(
    reader: &mut Reader<'_>,
    resources: &'static [&'static Resource],
    mut place: Changes,
) -> Result<Place, Failure> {
    while let Some(resource) = resources.get(place.resource).copied() {
        reader.reset();
        if !resource.has_changes {
            // It is read as a whole once a day.
            place = Changes { resource: place.resource + 1, ..place };
            continue;
        }
        match pages(reader, resource, &mut place).await {
            Err(AskError::Denied(why)) if is_optional(resource) => skip(reader, resource, &why),
            other => other?,
        }
        place = Changes { resource: place.resource + 1, after: None, ..place };
    }
    // What changed while it was read may have been read before it did.
    let watermark =
        place.begun.map(|begun| reader.api.earlier(begun)).map_or(place.newest, |begun| place.newest.min(begun));
    Ok(Place::Done { watermark, read_on: place.read_on })
}

/// Whether a shop can do without it: it takes a permission of the staff that cannot be asked for.
pub(super) fn is_optional(resource: &Resource) -> bool {
    resource.kind == "AbandonedCheckout"
}

/// Says why something is left out.
pub(super) fn skip(reader: &Reader<'_>, resource: &Resource, why: &str) {
    reader.api.warn(format!("Shopify does not show us {}: {why}", resource.title));
}

async fn pages(reader: &mut Reader<'_>, resource: &'static Resource, place: &mut Changes) -> Result<(), AskError> {
    let calls = reader.api.session.calls;
    let search = format!("updated_at:>='{}'", written(place.since));
    let mut turns = calls.http.pages();
    loop {
        let read_at = calls.clock.now();
        let read = reader.page(resource, Some(&search), place.after.as_deref()).await?;
        place.begun = place.begun.map(|begun| reader.api.earlier(begun));
        let payload = Payload { resource, trees: &read.trees, read_at };
        // A change of the future would hide those between now and then.
        let newest = payload.newest()?.map(|at| at.min(read_at.timestamp_micros()));
        place.newest = newest.map_or(place.newest, |newest| place.newest.max(newest));
        place.after.clone_from(&read.next);
        let goes_on = turns.turn(read.trees.len(), read.next.as_deref()).map_err(endless)?;
        let behind = if goes_on {
            place.clone()
        } else {
            Changes { resource: place.resource + 1, after: None, ..place.clone() }
        };
        reader.take(&payload, &Place::Changes(behind), None).await?;
        if !goes_on {
            return Ok(());
        }
    }
}

/// Where a reading of what changed begins, behind a watermark.
pub(super) fn since(watermark: i64, lookback: Duration, read_on: Option<NaiveDate>, now: i64) -> Changes {
    let back = i64::try_from(lookback.as_secs()).unwrap_or(0).saturating_mul(MICROS);
    let since = watermark.saturating_sub(back).max(0);
    Changes { since, newest: watermark, begun: Some(now), read_on, resource: 0, after: None }
}

/// Reads certain things of a stream's first resource that has ids of its own.
///
/// # Errors
/// See [`Connector::sync`](crate::contract::Connector::sync).
pub(super) async fn things(
    reader: &mut Reader<'_>,
    resource: &'static Resource,
    ids: &[String],
    place: &Place,
    can_be_gone: bool,
) -> Result<(), Failure> {
    for some in ids.chunks(AT_ONCE) {
        let read_at = reader.api.session.calls.clock.now();
        let (trees, gone) = match reader.things(resource, some).await {
            Err(AskError::Denied(why)) if is_optional(resource) => {
                skip(reader, resource, &why);
                return reader.mark(place).await;
            }
            other => other?,
        };
        let payload = Payload { resource, trees: &trees, read_at };
        reader.take(&payload, place, None).await?;
        if gone.is_empty() {
            continue;
        }
        if can_be_gone {
            reader.remove(&gone, place).await?;
        } else {
            reader.api.warn(format!(
                "{} of the {} that were asked for are not shown to us: without the permission to read all orders, older ones are not",
                gone.len(),
                resource.title
            ));
            reader.mark(place).await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_read_from_behind_the_watermark_on() {
        let place = since(5_000 * MICROS, Duration::from_secs(600), None, 6_000 * MICROS);
        let expected = Changes {
            since: 4_400 * MICROS,
            newest: 5_000 * MICROS,
            begun: Some(6_000 * MICROS),
            read_on: None,
            resource: 0,
            after: None,
        };
        assert_eq!(place, expected);
        assert_eq!(since(0, Duration::from_secs(600), None, 0).since, 0);
    }
}
