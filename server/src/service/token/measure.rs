//! Every request for one account's token is measured once, whichever way it goes: the objective counts these outcomes.

use std::time::Instant;

use bowline_api::v1::AccessToken;

use crate::domain::{Code, Result};
use crate::metrics::{self, TokenOutcome};

/// A request for one account's token, from when the token service has it.
#[derive(Debug)]
pub(super) struct Measure {
    begun: Instant,
    /// Whether a refresh was asked for.
    pub(super) refreshed: bool,
}

impl Measure {
    pub(super) fn begin() -> Self {
        Self { begun: Instant::now(), refreshed: false }
    }

    /// It is decided.
    pub(super) fn end(self, outcome: &Result<AccessToken>) {
        let refreshed = self.refreshed;
        self.observe(match outcome {
            Ok(token) if token.degraded => TokenOutcome::Degraded,
            Ok(_) if refreshed => TokenOutcome::Refreshed,
            Ok(_) => TokenOutcome::Fresh,
            Err(error) => TokenOutcome::Refused(error.code()),
        });
    }

    /// It ends before any token was looked at.
    pub(super) fn refuse(self, code: Code) {
        self.observe(TokenOutcome::Refused(code));
    }

    fn observe(self, outcome: TokenOutcome) {
        metrics::token().observe(outcome, self.begun.elapsed());
    }
}
