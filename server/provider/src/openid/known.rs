//! The last configuration and keys of an identity provider.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::claims::Metadata;
use super::error::OpenIdError;

/// How long the configuration and the keys are used before they are fetched again.
const LIFETIME: Duration = Duration::from_hours(1);
/// The least time between two fetches because of an unknown key, so that forged tokens do not make the server fetch.
const BETWEEN: Duration = Duration::from_secs(10);

/// How long a failed fetch stands for others that were asked for.
const FAILED: Duration = Duration::from_secs(5);

/// The last configuration and keys.
#[derive(Debug, Default)]
pub(super) struct Known(Mutex<Last>);

#[derive(Debug, Default)]
struct Last {
    metadata: Option<(Instant, Arc<Metadata>)>,
    /// When a fetch because of an unknown key began.
    renewal: Option<Instant>,
    failure: Option<(Instant, OpenIdError)>,
}

impl Known {
    fn last(&self) -> MutexGuard<'_, Last> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The last ones, if they are not too old.
    pub(super) fn young(&self) -> Option<Arc<Metadata>> {
        let last = self.last();
        let young = last.metadata.as_ref().filter(|(since, _)| since.elapsed() < LIFETIME);
        young.map(|(_, metadata)| Arc::clone(metadata))
    }

    /// Whether the keys may be fetched again now. If so, nobody else may for a while.
    pub(super) fn may_renew(&self) -> bool {
        let mut last = self.last();
        let may = last.renewal.is_none_or(|since| since.elapsed() >= BETWEEN);
        if may {
            last.renewal = Some(Instant::now());
        }
        may
    }

    /// Why a fetch failed a moment ago.
    pub(super) fn failure(&self) -> Option<OpenIdError> {
        let last = self.last();
        let recent = last.failure.as_ref().filter(|(since, _)| since.elapsed() < FAILED);
        recent.map(|(_, error)| error.clone())
    }

    pub(super) fn failed(&self, error: &OpenIdError) {
        self.last().failure = Some((Instant::now(), error.clone()));
    }

    pub(super) fn keep(&self, metadata: &Arc<Metadata>) {
        self.last().metadata = Some((Instant::now(), Arc::clone(metadata)));
    }
}
