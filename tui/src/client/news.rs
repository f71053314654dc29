//! What happened at the server in a short time: events taken together, so that a thousand of them cost as little as one.

use std::collections::BTreeSet;

use bowline_api::admin::AuditEvent;

/// The number of different subjects that are kept.
const MOST_NEWS_SUBJECTS: usize = 256;

/// What happened in a short time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct News {
    /// The ids that the events are about.
    subjects: BTreeSet<String>,
    /// Whether anything may have happened: there were too many subjects, or events are missing.
    anything: bool,
}

impl News {
    /// Anything may have happened.
    pub fn anything() -> Self {
        Self { subjects: BTreeSet::new(), anything: true }
    }

    /// Adds an event.
    pub fn add(&mut self, event: &AuditEvent) {
        let Some(subject) = &event.subject else { return };
        if self.subjects.len() < MOST_NEWS_SUBJECTS {
            self.subjects.insert(subject.clone());
        } else if !self.subjects.contains(subject) {
            self.anything = true;
        }
    }

    /// Whether something may have happened to what has this id.
    pub fn may_concern(&self, id: &str) -> bool {
        self.anything || self.subjects.contains(id)
    }
}
