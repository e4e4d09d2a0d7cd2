//! Reading everything that there is, or everything of certain days: in bulk, one window of time after another.

use bytes::Bytes;
use chrono::DateTime;
use serde::Deserialize;
use serde_json::json;

use super::bulk::{self, MOST_LINES, Outcome};
use super::changes::{is_optional, skip};
use super::graphql::{Api, AskError};
use super::payload::Payload;
use super::place::{Everything, Place, Window};
use super::reader::{Reader, endless};
use super::resource::{Bulk, Resource};
use super::tree::gather;
use super::wire::At;
use crate::contract::Failure;

/// Things that are handed on at once.
pub(super) const PAGE: usize = 2_000;
/// How often an operation is begun again that came to nothing.
const MOST_LOST: u32 = 3;
/// Windows with less than this share of what may be in one become longer.
const FEW: u64 = 4;

/// What is read of everything.
#[derive(Clone, Copy, Debug)]
pub(super) struct Extent {
    /// The time that things are searched for by; `None` for when they were made.
    pub(super) field: Option<&'static str>,
    /// From when on; `None` from the beginning.
    pub(super) from: Option<i64>,
    /// Up to when.
    pub(super) to: i64,
}

/// Reads everything of some resources from a place on, and says which place is behind it.
///
/// # Errors
/// See [`Connector::sync`](crate::contract::Connector::sync).
pub(super) async fn read(
    reader: &mut Reader<'_>,
    resources: &[&'static Resource],
    mut place: Everything,
    extent: Extent,
) -> Result<Everything, Failure> {
    while let Some(resource) = resources.get(place.resource).copied() {
        reader.reset();
        let result = match resource.bulk {
            Bulk::Never => by_pages(reader, resource, &mut place).await,
            // What there is too much of to be read in bulk as a whole is read page by page from where that was found out.
            Bulk::Whole if place.after.is_some() => by_pages(reader, resource, &mut place).await,
            Bulk::Whole | Bulk::Windows => in_bulk(reader, resource, &mut place, extent).await,
        };
        match result {
            Err(AskError::Denied(why)) if is_optional(resource) => skip(reader, resource, &why),
            other => other?,
        }
        place = place.next_resource();
    }
    place.begun = reader.api.earlier(place.begun);
    Ok(place)
}

/// Reads a resource page by page.
async fn by_pages(
    reader: &mut Reader<'_>,
    resource: &'static Resource,
    place: &mut Everything,
) -> Result<(), AskError> {
    let calls = reader.api.session.calls;
    let mut turns = calls.http.pages();
    loop {
        let read_at = calls.clock.now();
        let read = reader.page(resource, None, place.after.as_deref()).await?;
        place.begun = reader.api.earlier(place.begun);
        place.after.clone_from(&read.next);
        let goes_on = turns.turn(read.trees.len(), read.next.as_deref()).map_err(endless)?;
        let behind = if goes_on { place.clone() } else { place.next_resource() };
        let payload = Payload { resource, trees: &read.trees, read_at };
        reader.take(&payload, &Place::Everything(behind), None).await?;
        if !goes_on {
            return Ok(());
        }
    }
}

/// Reads a resource in bulk.
async fn in_bulk(
    reader: &mut Reader<'_>,
    resource: &'static Resource,
    place: &mut Everything,
    extent: Extent,
) -> Result<(), AskError> {
    let whole = Window { from: extent.from, to: extent.to.saturating_add(resource.beyond()) };
    let mut lost = 0;
    loop {
        let window = *place.window.get_or_insert(whole);
        let is_resumed = place.operation.is_some();
        let operation = match place.operation.clone() {
            Some(operation) => operation,
            None => begin(reader, resource, place, extent, window).await?,
        };
        match bulk::finish(&reader.api, &operation).await? {
            Outcome::Done(lines) => {
                let things = hand_on(reader, resource, place, &lines, window == whole).await?;
                if window.to >= whole.to {
                    return Ok(());
                }
                lost = 0;
                go_on(place, window, whole, things);
            }
            Outcome::TooMuch(things) if resource.bulk == Bulk::Windows => {
                shorten(reader, resource, place, window, things).await?;
            }
            Outcome::TooSlow if resource.bulk == Bulk::Windows => {
                shorten(reader, resource, place, window, 2 * MOST_LINES).await?;
            }
            Outcome::TooMuch(_) | Outcome::TooSlow => return by_pages(reader, resource, place).await,
            Outcome::Lost(why) => {
                // One that another server began may have lapsed since: that is no failure.
                lost += u32::from(!is_resumed);
                if lost >= MOST_LOST {
                    let detail =
                        format!("a bulk operation over {} came to nothing again and again: {why}", resource.title);
                    return Err(Failure::Unavailable { detail, retry_after: None }.into());
                }
                place.begin_again();
            }
        }
    }
}

/// Begins an operation, and hands on that it was begun: whoever goes on waits for it rather than beginning another.
async fn begin(
    reader: &mut Reader<'_>,
    resource: &'static Resource,
    place: &mut Everything,
    extent: Extent,
    window: Window,
) -> Result<String, AskError> {
    let search = if resource.bulk == Bulk::Windows {
        window.search(extent.field.unwrap_or(resource.made))
    } else {
        String::new()
    };
    let read_at = reader.api.session.calls.clock.now();
    let operation = bulk::begin(&reader.api, &resource.bulk(&search)).await?;
    place.begun = reader.api.earlier(place.begun);
    place.begin_again();
    (place.operation, place.read_at) = (Some(operation.clone()), Some(read_at.timestamp_micros()));
    reader.mark(&Place::Everything(place.clone())).await?;
    Ok(operation)
}

/// Hands an operation's result on, from where it was left; how many lines it had.
async fn hand_on(
    reader: &mut Reader<'_>,
    resource: &'static Resource,
    place: &mut Everything,
    lines: &Bytes,
    is_whole: bool,
) -> Result<u64, AskError> {
    let now = reader.api.session.calls.clock.now();
    // It tells how things were when the operation began, at the earliest.
    let read_at = place.read_at.and_then(DateTime::from_timestamp_micros).unwrap_or(now);
    let trees = gather(lines)?;
    let expected = is_whole.then_some(trees.len() as u64);
    for some in trees.get(place.done..).unwrap_or_default().chunks(PAGE) {
        let trees = reader.completed(resource, some.to_vec()).await?;
        place.done += some.len();
        let payload = Payload { resource, trees: &trees, read_at };
        reader.take(&payload, &Place::Everything(place.clone()), expected).await?;
    }
    Ok(lines.iter().filter(|byte| **byte == b'\n').count() as u64)
}

/// Goes on to the next window, which is longer when this one had little in it.
fn go_on(place: &mut Everything, window: Window, whole: Window, lines: u64) {
    let length = place.length.unwrap_or(i64::MAX / 2);
    let length = if lines < MOST_LINES / FEW { length.saturating_mul(2) } else { length };
    place.at_window(whole.first(window.to, length), length);
}

/// Makes the window shorter: there is more in it than is read at once.
async fn shorten(
    reader: &mut Reader<'_>,
    resource: &'static Resource,
    place: &mut Everything,
    window: Window,
    lines: u64,
) -> Result<(), AskError> {
    let from = match window.from {
        Some(from) => from,
        None => oldest(&reader.api, resource).await?.unwrap_or(0).min(window.to),
    };
    let Some(length) = window.shorter(from, lines, MOST_LINES) else {
        let detail = format!("more {} were made in a minute than can be read at once", resource.title);
        return Err(Failure::Unexpected { detail }.into());
    };
    place.at_window(window.first(from, length), length);
    reader.mark(&Place::Everything(place.clone())).await?;
    Ok(())
}

/// When the first thing was made.
async fn oldest(api: &Api<'_>, resource: &Resource) -> Result<Option<i64>, AskError> {
    #[derive(Deserialize)]
    struct Answer {
        page: Nodes,
    }
    #[derive(Deserialize)]
    struct Nodes {
        nodes: Vec<Made>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Made {
        created_at: At,
    }
    let answer = api.ask(&resource.oldest(), &json!({}), 4).await?;
    let first = answer.read::<Answer>(resource.title)?.page.nodes.into_iter().next();
    Ok(first.map(|made| made.created_at.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400;
    const MICROS: i64 = 1_000_000;

    #[test]
    fn windows_with_little_in_them_become_longer() {
        let whole = Window { from: None, to: 100 * DAY * MICROS };
        let window = Window { from: Some(0), to: DAY * MICROS };
        let mut place =
            Everything { length: Some(DAY), operation: Some("x".to_owned()), done: 7, ..Everything::new(0, None) };
        go_on(&mut place, window, whole, MOST_LINES / 2);
        assert_eq!(place.window, Some(Window { from: Some(DAY * MICROS), to: 2 * DAY * MICROS }));
        assert_eq!((place.operation.clone(), place.done), (None, 0));
        go_on(&mut place, Window { from: Some(DAY * MICROS), to: 2 * DAY * MICROS }, whole, 3);
        assert_eq!(place.window, Some(Window { from: Some(2 * DAY * MICROS), to: 4 * DAY * MICROS }));
    }
}
