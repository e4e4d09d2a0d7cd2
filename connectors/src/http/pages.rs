//! Paging that ends.

use std::collections::HashSet;

use sha2::{Digest as _, Sha256};

/// Counts the pages of one listing and refuses to go on without end.
#[derive(Debug)]
pub struct Pages {
    most: u32,
    most_empty: u32,
    seen: u32,
    empty_in_a_row: u32,
    /// The cursors so far, by their digests: they can be long.
    cursors: HashSet<[u8; 32]>,
}

/// A listing that does not end as it should.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PagesError {
    /// There are more pages than are read.
    #[error("there are more than {0} pages: ask for a shorter range")]
    TooMany(u32),
    /// A cursor came again: its pages would come again and again.
    #[error("page {0} leads back to one before it")]
    Circle(u32),
    /// Nothing but pages without rows.
    #[error("there were {0} pages in a row without a row")]
    Empty(u32),
}

impl Pages {
    /// At most so many pages, and so many in a row without rows that still say that there is more.
    #[must_use]
    pub fn new(most: u32, most_empty: u32) -> Self {
        Self { most, most_empty, seen: 0, empty_in_a_row: 0, cursors: HashSet::new() }
    }

    /// A page came, with so many rows and, unless it is the last, the cursor or address of the next. Says whether there is a
    /// next one.
    ///
    /// # Errors
    /// When the listing does not end as it should. Then the next page must not be asked for.
    pub fn turn(&mut self, rows: usize, next: Option<&str>) -> Result<bool, PagesError> {
        self.seen += 1;
        let Some(next) = next else { return Ok(false) };
        if self.seen >= self.most {
            return Err(PagesError::TooMany(self.most));
        }
        if !self.cursors.insert(Sha256::digest(next).into()) {
            return Err(PagesError::Circle(self.seen));
        }
        self.empty_in_a_row = if rows == 0 { self.empty_in_a_row + 1 } else { 0 };
        if self.empty_in_a_row > self.most_empty {
            return Err(PagesError::Empty(self.empty_in_a_row));
        }
        Ok(true)
    }

    /// How many pages came.
    #[must_use]
    pub fn seen(&self) -> u32 {
        self.seen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listing_that_ends_is_read_to_its_end() {
        let mut pages = Pages::new(3, 1);
        assert_eq!(pages.turn(10, Some("a")), Ok(true));
        assert_eq!(pages.turn(0, Some("b")), Ok(true));
        assert_eq!(pages.turn(10, None), Ok(false));
        assert_eq!(pages.seen(), 3);
    }

    #[test]
    fn the_page_after_the_last_that_may_be_is_not_asked_for() {
        let mut pages = Pages::new(2, 1);
        assert_eq!(pages.turn(10, Some("a")), Ok(true));
        assert_eq!(pages.turn(10, Some("b")), Err(PagesError::TooMany(2)));
    }

    #[test]
    fn a_cursor_does_not_come_twice() {
        let mut pages = Pages::new(100, 1);
        assert_eq!(pages.turn(10, Some("a")), Ok(true));
        assert_eq!(pages.turn(10, Some("b")), Ok(true));
        assert_eq!(pages.turn(10, Some("a")), Err(PagesError::Circle(3)));
    }

    #[test]
    fn pages_without_rows_do_not_go_on() {
        let mut pages = Pages::new(100, 2);
        assert_eq!(pages.turn(0, Some("a")), Ok(true));
        assert_eq!(pages.turn(0, Some("b")), Ok(true));
        assert_eq!(pages.turn(0, Some("c")), Err(PagesError::Empty(3)));
    }
}
