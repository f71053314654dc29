//! What was called, for the operator to see: never a header, a body or a token.

use std::sync::Mutex;
use std::time::Duration;

use reqwest::Method;

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
pub(super) struct CallLog(Mutex<Vec<CallEntry>>);

impl CallLog {
    /// Adds a call.
    pub(super) fn add(&self, entry: CallEntry) {
        if let Ok(mut calls) = self.0.lock() {
            calls.push(entry);
        }
    }

    /// Takes what has been added since.
    pub(super) fn take(&self) -> Vec<CallEntry> {
        self.0.lock().map(|mut calls| std::mem::take(&mut *calls)).unwrap_or_default()
    }
}
