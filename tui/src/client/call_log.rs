//! What was called, for the operator to see: never a header, a body or a token.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::Method;

use super::LogFile;

/// The calls that are kept until they are taken; those before them are dropped.
const MAX_LOGGED_CALLS: usize = 200;

/// A call that has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallEntry {
    /// The method.
    pub method: Method,
    /// The URL that was called, with the query.
    pub url: String,
    /// The status of the answer; `None` if there was none.
    pub status: Option<u16>,
    /// How long the call took.
    pub took: Duration,
    /// What identifies the call in the server's log, if it answered.
    pub request_id: Option<String>,
}

impl CallEntry {
    /// The path and the query that were called.
    pub fn path(&self) -> &str {
        let after_scheme = self.url.find("://").map_or(0, |at| at + 3);
        self.url[after_scheme..].find('/').map_or("/", |at| &self.url[after_scheme + at..])
    }

    /// The call in one line, without the query, which has what was typed.
    fn call_line(&self) -> String {
        let path = self.path().split('?').next().unwrap_or_default();
        let status = self.status.map_or_else(|| "no answer".to_owned(), |status| status.to_string());
        let request = self.request_id.as_deref().unwrap_or("-");
        format!("{} {path} {status} {} ms {request}", self.method, self.took.as_millis())
    }
}

/// The calls that have ended and were not taken yet.
#[derive(Default)]
pub(super) struct CallLog {
    ended: Mutex<VecDeque<CallEntry>>,
    /// The file in which the calls are written as well.
    pub(super) file: Option<Arc<LogFile>>,
}

impl CallLog {
    /// Adds a call.
    pub(super) fn add(&self, entry: CallEntry) {
        if let Some(file) = &self.file {
            file.write(&entry.call_line());
        }
        if let Ok(mut calls) = self.ended.lock() {
            if calls.len() == MAX_LOGGED_CALLS {
                calls.pop_front();
            }
            calls.push_back(entry);
        }
    }

    /// Takes the calls that have been added since.
    pub(super) fn take(&self) -> Vec<CallEntry> {
        self.ended.lock().map(|mut calls| std::mem::take(&mut *calls).into()).unwrap_or_default()
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
        assert_eq!((taken.len(), taken[0].path(), taken[199].path()), (MAX_LOGGED_CALLS, "/100", "/299"));
        assert!(log.take().is_empty());
    }

    #[test]
    fn a_line_of_the_log_file_has_no_query() {
        let entry = |status| CallEntry {
            method: Method::GET,
            url: "https://bowline.example/admin/v1/accounts?q=CANARY".to_owned(),
            status,
            took: Duration::from_millis(12),
            request_id: status.map(|_| "req_1".to_owned()),
        };
        assert_eq!(entry(Some(200)).call_line(), "GET /admin/v1/accounts 200 12 ms req_1");
        assert_eq!(entry(None).call_line(), "GET /admin/v1/accounts no answer 12 ms -");
    }
}
