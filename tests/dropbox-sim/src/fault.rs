//! Faults on demand: which calls they affect, and how.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use crate::call::{Caller, Operation};

/// The effect of a fault on a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum FaultKind {
    /// Answers with this response instead.
    Status {
        /// The HTTP status, 200 to 599.
        status: u16,
        /// The body; Dropbox's own server error JSON if omitted.
        #[serde(default)]
        body: Option<String>,
        /// The content type; `application/json` if omitted.
        #[serde(default)]
        content_type: Option<String>,
        /// `Retry-After` exactly as sent, so that dates and invalid values can be tested.
        #[serde(default)]
        retry_after: Option<String>,
    },
    /// Delays the call.
    Delay {
        /// The delay in milliseconds.
        ms: u64,
    },
    /// Never answers: the call is parked until the fault is cleared, which resets the connection, or until the client
    /// disconnects.
    Hang,
    /// Parks the call until the fault is cleared, then continues.
    Pause,
    /// Answers 200 with a body that Dropbox would never send.
    Garbage {
        /// The kind of garbage.
        garbage: Garbage,
    },
    /// Answers 429 with `Retry-After`.
    RateLimit {
        /// The delay in seconds.
        retry_after: u64,
    },
    /// Resets the TCP connection instead of answering.
    Reset,
    /// Performs the work, announces the whole answer, sends only this many bytes of it and closes the connection.
    Cut {
        /// The number of bytes of the body that are sent.
        bytes: usize,
    },
    /// Ends the grant before Dropbox answers, as if the user had just disconnected the app.
    DeadGrant,
    /// Rejects the app's secret: `invalid_client` at the token endpoint, 401 elsewhere.
    BadClient,
}

/// An invalid body of a 200 response.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Garbage {
    /// An HTML page with `text/html`.
    Html,
    /// The correct answer cut in the middle, with a matching `Content-Length`.
    CutJson,
    /// The correct answer's fields with wrong types: strings become numbers, and all other values become strings.
    WrongTypes,
    /// An empty body.
    Empty,
    /// This body as `application/json`.
    Custom(String),
    /// The correct answer with these top-level fields replaced; `null` removes a field.
    Merge(serde_json::Map<String, serde_json::Value>),
    /// The correct answer with the values of these fields replaced by raw bytes, which need not be JSON, such as half
    /// of an emoji or a number in another form. A nested field is named with a dot, such as `name.display_name`.
    Raw(std::collections::BTreeMap<String, String>),
}

/// Whether Dropbox has performed the operation when the fault takes effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// Nothing has happened yet.
    #[default]
    Before,
    /// The work is done (code consumed, grant created or revoked), but the answer is not sent yet.
    After,
}

/// A fault to set. Omitted fields match everything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultSpec {
    /// Only this operation.
    #[serde(default)]
    pub operation: Option<Operation>,
    /// Only calls of this app.
    #[serde(default)]
    pub app_key: Option<String>,
    /// Only calls for this account.
    #[serde(default)]
    pub account_id: Option<String>,
    /// The number of matching calls to let through first.
    #[serde(default)]
    pub skip: u32,
    /// The number of calls to affect; unlimited if omitted.
    #[serde(default)]
    pub times: Option<u32>,
    /// Before or after the work.
    #[serde(default)]
    pub when: When,
    /// The effect on the call.
    pub fault: FaultKind,
}

impl FaultSpec {
    /// A fault for every call, before the work, until cleared.
    pub fn new(fault: FaultKind) -> Self {
        Self {
            operation: None,
            app_key: None,
            account_id: None,
            skip: 0,
            times: None,
            when: When::Before,
            fault,
        }
    }

    /// Only this operation.
    #[must_use]
    pub fn on(mut self, operation: Operation) -> Self {
        self.operation = Some(operation);
        self
    }

    /// Only calls of this app.
    #[must_use]
    pub fn app(mut self, app_key: impl Into<String>) -> Self {
        self.app_key = Some(app_key.into());
        self
    }

    /// Only calls for this account.
    #[must_use]
    pub fn account(mut self, account_id: impl Into<String>) -> Self {
        self.account_id = Some(account_id.into());
        self
    }

    /// Only this many calls.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    /// Lets this many matching calls through first.
    #[must_use]
    pub fn skip(mut self, skip: u32) -> Self {
        self.skip = skip;
        self
    }

    /// Takes effect after the work and before the answer.
    #[must_use]
    pub fn after(mut self) -> Self {
        self.when = When::After;
        self
    }

    fn matches(&self, operation: Operation, caller: &Caller) -> bool {
        let fits = |wanted: &Option<String>, is: &Option<String>| wanted.is_none() || wanted == is;
        self.operation.is_none_or(|wanted| wanted == operation)
            && fits(&self.app_key, &caller.app_key)
            && fits(&self.account_id, &caller.account_id)
    }
}

/// A fault that is set.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FaultStatus {
    /// The id with which the fault is cleared.
    pub id: u64,
    /// The fault as it was set; `times` and `skip` count down.
    #[serde(flatten)]
    pub spec: FaultSpec,
    /// The number of calls affected so far.
    pub hits: u64,
}

#[derive(Debug)]
struct Active {
    status: FaultStatus,
    released: watch::Sender<bool>,
}

/// A fault that affects a call.
#[derive(Debug)]
pub(crate) struct Strike {
    pub(crate) id: u64,
    pub(crate) when: When,
    pub(crate) kind: FaultKind,
    /// Becomes true when the fault is cleared.
    pub(crate) released: watch::Receiver<bool>,
}

/// The faults that are set, in the order in which they were set. The first one that matches takes effect.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    state: Mutex<(u64, Vec<Active>)>,
}

impl Faults {
    fn lock(&self) -> MutexGuard<'_, (u64, Vec<Active>)> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set(&self, spec: FaultSpec) -> u64 {
        let mut state = self.lock();
        state.0 += 1;
        let id = state.0;
        state
            .1
            .push(Active { status: FaultStatus { id, spec, hits: 0 }, released: watch::Sender::new(false) });
        id
    }

    pub(crate) fn list(&self) -> Vec<FaultStatus> {
        self.lock().1.iter().map(|active| active.status.clone()).collect()
    }

    /// Removes a fault and releases the calls that it holds; returns false if there is no fault with this id.
    pub(crate) fn clear(&self, id: u64) -> bool {
        let mut state = self.lock();
        let before = state.1.len();
        for active in state.1.extract_if(.., |active| active.status.id == id) {
            active.released.send_replace(true);
        }
        state.1.len() < before
    }

    /// Removes all faults that `wanted` selects, and releases the calls that they hold.
    pub(crate) fn clear_where(&self, wanted: impl Fn(&FaultSpec) -> bool) {
        for active in self.lock().1.extract_if(.., |active| wanted(&active.status.spec)) {
            active.released.send_replace(true);
        }
    }

    pub(crate) fn clear_all(&self) {
        for active in self.lock().1.drain(..) {
            active.released.send_replace(true);
        }
    }

    pub(crate) fn strike(&self, operation: Operation, caller: &Caller) -> Option<Strike> {
        let mut state = self.lock();
        for active in &mut state.1 {
            let spec = &mut active.status.spec;
            if !spec.matches(operation, caller) || spec.times == Some(0) {
                continue;
            }
            if spec.skip > 0 {
                spec.skip -= 1;
                continue;
            }
            if let Some(times) = &mut spec.times {
                *times -= 1;
            }
            let (when, kind) = (spec.when, spec.fault.clone());
            active.status.hits += 1;
            return Some(Strike { id: active.status.id, when, kind, released: active.released.subscribe() });
        }
        None
    }
}
