//! Stock levels.

use chrono::{DateTime, Utc};

use super::World;
use super::catalog::Level;

impl World {
    /// Takes sold units off the first place that has the variant, and says of which item and place.
    pub(super) fn commit_stock(&mut self, variant: u64, units: i64, at: DateTime<Utc>) -> Option<(u64, u64)> {
        self.change_stock(variant, at, |level| {
            level.available -= units;
            level.committed += units;
        })
    }

    /// Puts returned units back, and says of which item and where.
    pub(super) fn restock(&mut self, variant: u64, units: i64, at: DateTime<Utc>) -> Option<(u64, u64)> {
        self.change_stock(variant, at, |level| level.available += units)
    }

    fn change_stock(&mut self, variant: u64, at: DateTime<Utc>, change: impl FnOnce(&mut Level)) -> Option<(u64, u64)> {
        let item = self.variant(variant)?.1.inventory_item;
        let row = self.inventory.get(item).filter(|row| row.tracked)?;
        let location = row.levels.iter().find(|level| level.active)?.location;
        self.change_level(item, location, at, change)?;
        Some((item, location))
    }

    /// Changes a level. The item's own time stays as it was.
    pub(super) fn change_level(
        &mut self,
        item: u64,
        location: u64,
        at: DateTime<Utc>,
        change: impl FnOnce(&mut Level),
    ) -> Option<()> {
        self.inventory.change(item, |item| {
            let level = item.levels.iter_mut().find(|level| level.location == location)?;
            change(level);
            level.updated_at = at;
            Some(())
        })?
    }
}
