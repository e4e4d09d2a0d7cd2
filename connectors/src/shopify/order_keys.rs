//! By what a store's orders are known: by their ids, or by their names.

use std::borrow::Cow;

use aloftly_engine::lake::Snapshot;

/// What the entities of orders that are known by name begin with. Their ids never do.
const NAMED: &str = "name:";

/// By what the orders of a file, or of a store, are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderKeys {
    /// By Shopify's ids.
    Ids,
    /// By their names, such as `#1001`: the file has no column `Id`.
    Names,
}

/// Orders of a file and of a store are known by different things: the same order would be there twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MixedOrderKeys {
    /// The store knows its orders by id, the file does not tell ids.
    #[error(
        "this store's orders were imported with their ids, and this file has no column Id: export it again with all columns"
    )]
    FileWithoutIds,
    /// The store knows its orders by name, the file tells ids.
    #[error(
        "this store's orders were imported from a file without the column Id, and this file has it: import it without that \
         column, or import all orders with their ids into a new store"
    )]
    StoreWithoutIds,
}

impl OrderKeys {
    /// The entity of an order with that id or name.
    pub(super) fn entity<'a>(self, key: &'a str) -> Cow<'a, str> {
        match self {
            Self::Ids => Cow::Borrowed(key),
            Self::Names => Cow::Owned(format!("{NAMED}{key}")),
        }
    }

    /// Whether an id would be taken for a name.
    pub(super) fn looks_named(id: &str) -> bool {
        id.starts_with(NAMED)
    }

    /// By what a store's orders are known; `None` when it has none.
    #[must_use]
    pub fn of(store: &Snapshot) -> Option<Self> {
        let orders = store.segments.iter().find(|segment| segment.dataset == "orders")?;
        Some(if Self::looks_named(&orders.entity_bounds.0) { Self::Names } else { Self::Ids })
    }

    /// Whether orders that are known by this may join those that the store has.
    ///
    /// # Errors
    /// When the store's are known by something else.
    pub fn fit(self, store: &Snapshot) -> Result<(), MixedOrderKeys> {
        match (self, Self::of(store)) {
            (Self::Names, Some(Self::Ids)) => Err(MixedOrderKeys::FileWithoutIds),
            (Self::Ids, Some(Self::Names)) => Err(MixedOrderKeys::StoreWithoutIds),
            _ => Ok(()),
        }
    }
}
