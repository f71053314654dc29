//! Fetches a whole list page by page.

use std::io;
use std::time::Duration;

use bowline_api::Page;

use crate::client::{Failure, PageQuery};

/// Rows per request; the server's maximum.
const PAGE_ROWS: u32 = 200;
/// How often the server may say in a row that it is busy.
const PATIENCE: u32 = 10;
/// The longest wait that the server may ask for, in seconds.
const MAX_WAIT_SECONDS: u64 = 60;

/// Why a list could not be exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The server refused, failed or did not answer.
    #[error(transparent)]
    Api(#[from] Failure),
    /// The rows could not be written.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// The way through a list: which page to fetch next. It waits where the server says that it is busy, because a long list
/// is more calls than an operator may make at once.
#[derive(Debug)]
pub struct Pages {
    cursor: Option<String>,
    has_more: bool,
    /// How often the server has said in a row that it is busy.
    refused: u32,
}

impl Pages {
    /// All pages from this cursor on.
    pub fn from(cursor: Option<String>) -> Self {
        Self { cursor, has_more: true, refused: 0 }
    }

    /// The page to fetch next; `None` after the last one.
    pub fn next(&self) -> Option<PageQuery> {
        self.has_more.then(|| PageQuery { cursor: self.cursor.clone(), limit: PAGE_ROWS })
    }

    /// Takes what the server answered. Without a page, the same one is to be fetched again.
    pub async fn take<T>(&mut self, answer: Result<Page<T>, Failure>) -> Result<Option<Page<T>>, Failure> {
        match answer {
            Ok(page) if page.next.is_some() && page.next == self.cursor => Err(same_page()),
            Ok(mut page) => {
                self.cursor = page.next.take();
                (self.has_more, self.refused) = (self.cursor.is_some(), 0);
                Ok(Some(page))
            }
            Err(Failure::Busy { retry_after, .. }) if self.refused < PATIENCE => {
                self.refused += 1;
                let asked = retry_after.map_or(1, |wait| wait.as_secs().clamp(1, MAX_WAIT_SECONDS));
                tokio::time::sleep(Duration::from_secs(asked)).await;
                Ok(None)
            }
            Err(failure) => Err(failure),
        }
    }
}

/// The failure of a server whose next page is the one that was just fetched, so that a list would never end.
fn same_page() -> Failure {
    Failure::Malformed("the page after this one is this one again, so the list would never end".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_page_that_is_followed_by_itself_ends_the_list() {
        let page = |next: &str| Page {
            items: vec![1],
            next: Some(next.to_owned()),
            prev: None,
            total: None,
            unknown_state: Vec::new(),
        };
        let mut pages = Pages::from(None);
        assert!(pages.take(Ok(page("a"))).await.is_ok());
        assert!(pages.take(Ok(page("b"))).await.is_ok());
        assert_eq!(pages.take(Ok(page("b"))).await.map(|_| ()), Err(same_page()));
    }
}
