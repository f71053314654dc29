//! What was called, for the operator to see: never a header, a body or a token.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::Duration;

use reqwest::Method;

/// The calls that are kept until they are taken; those before them are dropped.
const MAX_CALLS: usize = 200;

/// A call that has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallEntry {
    /// The method.
    pub method: Method,
    /// The URL, with the query.
    pub url: String,
    /// The status of the answer; `None` if there was none.
    pub status: Option<u16>,
    /// How long the call took.
    pub took: Duration,
    /// What identifies the call in the server's log, if it answered.
    pub request_id: Option<String>,
}

impl CallEntry {
    /// The path and the query.
    pub fn path(&self) -> &str {
        let after_scheme = self.url.find("://").map_or(0, |at| at + 3);
        self.url[after_scheme..].find('/').map_or("/", |at| &self.url[after_scheme + at..])
    }
}

/// The calls that have ended and were not taken yet.
#[derive(Debug, Default)]
pub(super) struct CallLog(Mutex<VecDeque<CallEntry>>);

impl CallLog {
    /// Adds a call.
    pub(super) fn add(&self, entry: CallEntry) {
        if let Ok(mut calls) = self.0.lock() {
            if calls.len() == MAX_CALLS {
                calls.pop_front();
            }
            calls.push_back(entry);
        }
    }

    /// Takes what has been added since.
    pub(super) fn take(&self) -> Vec<CallEntry> {
        self.0.lock().map(|mut calls| std::mem::take(&mut *calls).into()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_calls_wait_until_they_are_taken() {
        let log = CallLog::default();
        for n in 0..300 {
            let url = format!("https://bowline.example/{n}");
            let took = Duration::ZERO;
            log.add(CallEntry { method: Method::GET, url, status: None, took, request_id: None });
        }
        let taken = log.take();
        assert_eq!((taken.len(), taken[0].path(), taken[199].path()), (MAX_CALLS, "/100", "/299"));
        assert!(log.take().is_empty());
    }
}
