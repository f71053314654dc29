//! The way through a list: which page comes next.

use super::{Failure, PageQuery};

/// The way through a list, page by page.
#[derive(Debug, Clone)]
pub struct Walk {
    cursor: Option<String>,
    has_more: bool,
}

impl Walk {
    /// From this cursor on, or from the beginning.
    pub fn from(cursor: Option<String>) -> Self {
        Self { cursor, has_more: true }
    }

    /// The page to fetch next, as large as it may be; `None` after the last one.
    pub fn next(&self) -> Option<PageQuery> {
        self.has_more.then(|| PageQuery { cursor: self.cursor.clone(), limit: PageQuery::MAX_ROWS })
    }

    /// Goes on to the page with this cursor, which the server has named; without one, that was the last page.
    ///
    /// # Errors
    /// If it is the page that was just fetched, so that the list would never end.
    pub fn go_on(&mut self, next: Option<String>) -> Result<(), Failure> {
        if next.is_some() && next == self.cursor {
            let why = "the page after this one is this one again, so the list would never end";
            return Err(Failure::Malformed(why.to_owned()));
        }
        self.has_more = next.is_some();
        self.cursor = next;
        Ok(())
    }
}

impl Default for Walk {
    fn default() -> Self {
        Self::from(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_is_followed_by_itself_ends_the_list() {
        let mut walk = Walk::default();
        for next in ["a", "b"] {
            walk.go_on(Some(next.to_owned())).unwrap();
            assert_eq!(walk.next().unwrap().cursor.as_deref(), Some(next));
        }
        assert!(walk.go_on(Some("b".to_owned())).is_err());
        walk.go_on(None).unwrap();
        assert_eq!(walk.next(), None);
    }
}
