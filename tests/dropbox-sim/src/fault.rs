//! Faults on demand: which calls they meet, and what they do to them.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use crate::call::{Caller, Operation};

/// What a fault does to a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum FaultKind {
    /// Answers this instead.
    Status {
        /// HTTP status, 200 to 599.
        status: u16,
        /// Body; Dropbox's own JSON of a server fault if left out.
        #[serde(default)]
        body: Option<String>,
        /// `application/json` if left out.
        #[serde(default)]
        content_type: Option<String>,
        /// `Retry-After` as sent, so that dates and nonsense can be tried.
        #[serde(default)]
        retry_after: Option<String>,
    },
    /// Waits, then carries on.
    Delay {
        /// Milliseconds.
        ms: u64,
    },
    /// Never answers: parked until the fault is released (then the connection is reset) or the client goes.
    Hang,
    /// Parked until the fault is released, then carries on.
    Pause,
    /// Answers 200 with something that Dropbox would not say.
    Garbage {
        /// Which.
        garbage: Garbage,
    },
    /// Answers 429 with `Retry-After`.
    RateLimit {
        /// Seconds.
        retry_after: u64,
    },
    /// Resets the TCP connection instead of an answer.
    Reset,
    /// Does the work, announces the whole answer, sends this many bytes of it and closes.
    Cut {
        /// Bytes of the body that are sent.
        bytes: usize,
    },
    /// The user has disconnected the app just before: the grant is killed, then Dropbox answers.
    DeadGrant,
    /// The app's secret is wrong: `invalid_client` at the token endpoint, 401 elsewhere.
    BadClient,
}

/// A 200 that cannot be right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Garbage {
    /// An HTML page with `text/html`.
    Html,
    /// The right answer, cut in the middle, with a matching `Content-Length`.
    CutJson,
    /// The right answer's fields with wrong types: strings become numbers and everything else a string.
    WrongTypes,
    /// An empty body.
    Empty,
    /// This body as `application/json`.
    Custom(String),
    /// The right answer with these top-level fields replaced; `null` removes one.
    Merge(serde_json::Map<String, serde_json::Value>),
    /// The right answer with the values of these fields replaced by bytes as they stand here, which need not be JSON: half of an emoji,
    /// a number in another form. A field inside another is named with a dot, such as `name.display_name`.
    Raw(std::collections::BTreeMap<String, String>),
}

/// Whether Dropbox has done what was asked when the fault strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// Nothing has happened yet.
    #[default]
    Before,
    /// The work is done (code spent, grant made or revoked), the answer is not sent yet.
    After,
}

/// A fault to be set. Left-out fields match everything.
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
    /// Matching calls let through first.
    #[serde(default)]
    pub skip: u32,
    /// How many calls it meets; until cleared if left out.
    #[serde(default)]
    pub times: Option<u32>,
    /// Before or after the work.
    #[serde(default)]
    pub when: When,
    /// What happens.
    pub fault: FaultKind,
}

impl FaultSpec {
    /// Any call, before the work, until cleared.
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

    /// Only so many calls.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    /// Lets so many matching calls through first.
    #[must_use]
    pub fn skip(mut self, skip: u32) -> Self {
        self.skip = skip;
        self
    }

    /// After Dropbox has done the work, before the answer.
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
    /// For clearing it.
    pub id: u64,
    /// As it was set; `times` and `skip` count down.
    #[serde(flatten)]
    pub spec: FaultSpec,
    /// Calls it has met.
    pub hits: u64,
}

#[derive(Debug)]
struct Active {
    status: FaultStatus,
    released: watch::Sender<bool>,
}

/// A fault that has met a call.
#[derive(Debug)]
pub(crate) struct Strike {
    pub(crate) id: u64,
    pub(crate) when: When,
    pub(crate) kind: FaultKind,
    /// True once the fault is cleared.
    pub(crate) released: watch::Receiver<bool>,
}

/// The faults that are set, in the order of setting; the first that matches strikes.
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

    /// Removes one fault and lets go what it has parked; false if there is none of that id.
    pub(crate) fn clear(&self, id: u64) -> bool {
        let mut state = self.lock();
        let before = state.1.len();
        for active in state.1.extract_if(.., |active| active.status.id == id) {
            active.released.send_replace(true);
        }
        state.1.len() < before
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
