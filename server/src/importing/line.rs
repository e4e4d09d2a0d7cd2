//! The order in which imports are begun here: one of each organisation in turn, so that nobody's thousand files stand before
//! those of all others.

use std::collections::{HashMap, HashSet, VecDeque};

use aloftly_catalog::{ImportId, OrganizationId};

/// An import and whose it is.
pub(super) type Key = (OrganizationId, ImportId);

/// Imports that wait to be begun, each once.
#[derive(Debug, Default)]
pub(super) struct Line {
    turns: VecDeque<OrganizationId>,
    waiting: HashMap<OrganizationId, VecDeque<ImportId>>,
    known: HashSet<Key>,
}

impl Line {
    /// Puts an import at the end of its organisation's; one that is there stays where it is.
    pub(super) fn push(&mut self, key: Key) {
        if !self.known.insert(key) {
            return;
        }
        let (organization, import) = key;
        let waiting = self.waiting.entry(organization).or_default();
        if waiting.is_empty() {
            self.turns.push_back(organization);
        }
        waiting.push_back(import);
    }

    /// Takes the first import of the organisation whose turn it is.
    pub(super) fn pop(&mut self) -> Option<Key> {
        let organization = self.turns.pop_front()?;
        let waiting = self.waiting.get_mut(&organization)?;
        let import = waiting.pop_front()?;
        if waiting.is_empty() {
            self.waiting.remove(&organization);
        } else {
            self.turns.push_back(organization);
        }
        self.known.remove(&(organization, import));
        Some((organization, import))
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn organisations_take_turns_and_an_import_waits_once() {
        let key = |organization, import| (Uuid::from_u128(organization).into(), Uuid::from_u128(import).into());
        let mut line = Line::default();
        for import in [1, 2, 3, 2] {
            line.push(key(7, import));
        }
        line.push(key(8, 4));
        assert_eq!(line.pop(), Some(key(7, 1)));
        assert_eq!(line.pop(), Some(key(8, 4)));
        line.push(key(9, 5));
        assert_eq!(line.pop(), Some(key(7, 2)));
        assert_eq!(line.pop(), Some(key(9, 5)));
        assert_eq!(line.pop(), Some(key(7, 3)));
        assert_eq!(line.pop(), None);
        line.push(key(7, 1));
        assert_eq!(line.pop(), Some(key(7, 1)), "what was taken may come again");
    }
}
