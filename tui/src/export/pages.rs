//! Fetches a whole list page by page.

use std::io;
use std::time::Duration;

use bowline_api::Page;

use crate::client::{Failure, PageQuery, Walk};

/// How often the server may say in a row that it is busy.
const BUSY_ANSWERS: u32 = 10;
/// The longest wait that the server may ask for, in seconds.
const MAX_WAIT_SECONDS: u64 = 60;

/// Why a list could not be exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The server refused, failed or did not answer.
    #[error(transparent)]
    Api(#[from] Failure),
    /// The server ran out of time, so that rows would be missing.
    #[error("the search ran out of time before it had found all rows; add a word or a filter")]
    Incomplete,
    /// The exported rows could not be written.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// The way through a list: which page to fetch next. It waits where the server says that it is busy, because a long list
/// is more calls than an operator may make at once.
#[derive(Debug)]
pub struct Pages {
    walk: Walk,
    /// How often the server has said in a row that it is busy.
    refused: u32,
}

impl Pages {
    /// All pages from this cursor on.
    pub fn from(cursor: Option<String>) -> Self {
        Self { walk: Walk::from(cursor), refused: 0 }
    }

    /// The page to fetch next; `None` after the last one.
    pub fn next(&self) -> Option<PageQuery> {
        self.walk.next()
    }

    /// Takes what the server answered. Without a page, the same one is to be fetched again.
    pub async fn take<T>(&mut self, answer: Result<Page<T>, Failure>) -> Result<Option<Page<T>>, Failure> {
        match answer {
            Ok(mut page) => {
                self.walk.go_on(page.next.take())?;
                self.refused = 0;
                Ok(Some(page))
            }
            Err(Failure::Busy { retry_after, .. }) if self.refused < BUSY_ANSWERS => {
                self.refused += 1;
                let asked = retry_after.map_or(1, |wait| wait.as_secs().clamp(1, MAX_WAIT_SECONDS));
                tokio::time::sleep(Duration::from_secs(asked)).await;
                Ok(None)
            }
            Err(failure) => Err(failure),
        }
    }
}
