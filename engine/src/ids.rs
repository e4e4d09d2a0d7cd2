//! Identifiers. All are UUIDv7 made by [`crate::clock::Clock::new_id`], so that tests can decide them.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }
    };
}

id!(
    /// One online store: the unit that has a version, a currency and a time zone.
    StoreId
);
id!(
    /// One immutable piece of a partition.
    SegmentId
);
id!(
    /// One commit. It is chosen by the writer, so that a commit whose answer was lost can be looked up.
    CommitId
);
