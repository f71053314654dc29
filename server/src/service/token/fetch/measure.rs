//! Every request for one account's token is measured once, whatever its path. The service level objective is computed
//! from these outcomes.

use std::time::Instant;

use bowline_api::v1::Token;

use crate::domain::{Code, Result};
use crate::metrics::{self, FetchOutcome};

/// A request for one account's token, from when the token service receives it.
#[derive(Debug)]
pub(in crate::service::token) struct Measure {
    begun: Instant,
    /// Whether a refresh was requested.
    pub(in crate::service::token) refreshed: bool,
}

impl Measure {
    pub(in crate::service::token) fn begin() -> Self {
        Self { begun: Instant::now(), refreshed: false }
    }

    /// Records the outcome.
    pub(in crate::service::token) fn end(self, outcome: &Result<Token>) {
        let refreshed = self.refreshed;
        self.observe(match outcome {
            Ok(token) if token.is_degraded() => FetchOutcome::Degraded,
            Ok(_) if refreshed => FetchOutcome::Refreshed,
            Ok(_) => FetchOutcome::Fresh,
            Err(error) => FetchOutcome::Refused(error.code()),
        });
    }

    /// The request was refused before its token was looked up.
    pub(in crate::service::token) fn refuse(self, code: Code) {
        self.observe(FetchOutcome::Refused(code));
    }

    /// The request ended before the token service decided it. Mistakes of the caller are not failures of the service.
    pub(super) fn fail(self, code: Code) {
        if code.status() >= 500 {
            self.refuse(code);
        }
    }

    fn observe(self, outcome: FetchOutcome) {
        metrics::token().observe(outcome, self.begun.elapsed());
    }
}
