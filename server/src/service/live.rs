//! Who watches which store on this server, and what they are told.
//!
//! News are hints: whoever gets one asks what it is about, as far as they may. One that is lost is made up for by the next.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aloftly_catalog::{OrganizationId, StoreVersion, SyncJob};
use aloftly_engine::StoreId;
use tokio::sync::broadcast;

/// News that wait for one who does not read them; whoever is further behind is told the newest version.
const BEHIND: usize = 64;
/// The most who watch stores of one organisation here.
const MOST: usize = 2_000;

/// Something new of a store.
#[derive(Clone, Debug)]
pub enum Event {
    /// It has that version.
    Version(StoreVersion),
    /// A sync of one of its connections is further, or over.
    Sync(Arc<SyncJob>),
}

/// Who watches which store. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Live(Arc<Mutex<Rooms>>);

type Rooms = HashMap<StoreId, Room>;

#[derive(Debug)]
struct Room {
    organization: OrganizationId,
    sender: broadcast::Sender<Event>,
    /// The newest version that was told here.
    newest: Option<StoreVersion>,
}

/// So many watch stores of the organisation already.
#[derive(Debug, thiserror::Error)]
#[error("{MOST} watch stores of this organisation already")]
pub struct Crowded;

/// Watches a store until it is dropped.
#[derive(Debug)]
pub struct Watch {
    live: Live,
    store: StoreId,
    events: Option<broadcast::Receiver<Event>>,
}

impl Live {
    /// Watches a store.
    ///
    /// # Errors
    /// When too many do.
    pub fn watch(&self, store: StoreId, organization: OrganizationId) -> Result<Watch, Crowded> {
        let mut rooms = self.rooms();
        let of_organization = rooms.values().filter(|room| room.organization == organization);
        if of_organization.map(|room| room.sender.receiver_count()).sum::<usize>() >= MOST {
            return Err(Crowded);
        }
        let empty = || Room { organization, sender: broadcast::Sender::new(BEHIND), newest: None };
        let room = rooms.entry(store).or_insert_with(empty);
        Ok(Watch { live: self.clone(), store, events: Some(room.sender.subscribe()) })
    }

    /// Tells whoever watches a store.
    pub fn tell(&self, store: StoreId, event: &Event) {
        if let Some(room) = self.rooms().get_mut(&store) {
            if let Event::Version(version) = event {
                room.newest = Some(*version);
            }
            // Nobody listens any more, and the room is about to go.
            let _ = room.sender.send(event.clone());
        }
    }

    /// Whether anybody watches a store of that organisation.
    #[must_use]
    pub fn is_watched(&self, organization: OrganizationId) -> bool {
        self.rooms().values().any(|room| room.organization == organization)
    }

    /// Ends every watch.
    pub fn end(&self) {
        self.rooms().clear();
    }

    fn rooms(&self) -> MutexGuard<'_, Rooms> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watch {
    /// Waits for something new; nothing when the server stops. Whoever is so far behind that news were missed is told the newest version
    /// and what comes from then on.
    pub async fn next(&mut self) -> Option<Event> {
        loop {
            let told = self.events.as_mut()?.recv().await;
            match told {
                Ok(event) => return Some(event),
                Err(broadcast::error::RecvError::Lagged(_)) => {
                    self.events = self.events.as_ref().map(broadcast::Receiver::resubscribe);
                    // Read afterwards, so that nothing is told between the two and heard by neither.
                    let newest = self.live.rooms().get(&self.store).and_then(|room| room.newest);
                    if let Some(newest) = newest {
                        return Some(Event::Version(newest));
                    }
                }
                Err(broadcast::error::RecvError::Closed) => return None,
            }
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.events = None;
        let mut rooms = self.live.rooms();
        if rooms.get(&self.store).is_some_and(|room| room.sender.receiver_count() == 0) {
            rooms.remove(&self.store);
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn ids(store: u128, organization: u128) -> (StoreId, OrganizationId) {
        (StoreId(Uuid::from_u128(store)), OrganizationId(Uuid::from_u128(organization)))
    }

    fn version(version: i64) -> Event {
        Event::Version(StoreVersion { version, committed_at: None })
    }

    async fn next(watch: &mut Watch) -> i64 {
        match watch.next().await {
            Some(Event::Version(told)) => told.version,
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn news_of_a_store_go_to_those_who_watch_it_and_rooms_go_with_the_last() {
        let live = Live::default();
        let ((mugs, a), (vases, b)) = (ids(1, 1), ids(2, 2));
        let (mut first, mut second) = (live.watch(mugs, a).unwrap(), live.watch(mugs, a).unwrap());
        let mut other = live.watch(vases, b).unwrap();
        live.tell(mugs, &version(7));
        for watch in [&mut first, &mut second] {
            assert_eq!(next(watch).await, 7);
        }
        drop(first);
        assert!(live.is_watched(a));
        drop(second);
        assert!(!live.is_watched(a) && live.is_watched(b));
        live.end();
        assert!(other.next().await.is_none(), "and nothing of the other store before");
    }

    #[tokio::test]
    async fn whoever_is_far_behind_is_told_the_newest_version_and_then_what_comes() {
        let live = Live::default();
        let (store, organization) = ids(1, 1);
        let mut watch = live.watch(store, organization).unwrap();
        (1..=100).for_each(|number| live.tell(store, &version(number)));
        assert_eq!(next(&mut watch).await, 100);
        live.tell(store, &version(101));
        assert_eq!(next(&mut watch).await, 101);
    }

    #[test]
    fn an_organisation_does_not_take_the_room_of_others() {
        let live = Live::default();
        let (store, organization) = ids(1, 1);
        let watches: Vec<_> = (0..MOST).map(|_| live.watch(store, organization).unwrap()).collect();
        assert!(live.watch(store, organization).is_err());
        let (other, another) = ids(2, 2);
        assert!(live.watch(other, another).is_ok());
        drop(watches);
        assert!(live.watch(store, organization).is_ok());
    }
}
