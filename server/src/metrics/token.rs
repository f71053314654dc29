//! Token requests by outcome: the busiest measurement, so all that is done for one is to find its handle by a number.

use std::sync::{LazyLock, OnceLock};
use std::time::Duration;

use metrics::Histogram;

use crate::domain::Code;

/// How a request for one account's token ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenOutcome {
    /// The stored token lived long enough.
    Fresh,
    /// It was refreshed first.
    Refreshed,
    /// A refresh was due and did not come about; the old token still lives.
    Degraded,
    /// No token.
    Refused(Code),
}

/// Refusals that are not the caller's doing, and so count against the objective (docs/slo.md); there from the start.
const OURS: [Code; 6] = [
    Code::Internal,
    Code::IntegrityError,
    Code::ConnectorBroken,
    Code::ProviderMalformed,
    Code::ProviderUnavailable,
    Code::DatabaseUnavailable,
];

/// The measurements of all token requests of this process.
pub struct Token {
    fresh: Histogram,
    refreshed: Histogram,
    degraded: Histogram,
    refused: Vec<OnceLock<Histogram>>,
}

/// The one of this process.
pub fn token() -> &'static Token {
    static TOKEN: LazyLock<Token> = LazyLock::new(Token::new);
    &TOKEN
}

impl Token {
    fn new() -> Self {
        let refused = Code::ALL.iter().map(|_| OnceLock::new()).collect();
        let all = Self {
            fresh: handle("fresh"),
            refreshed: handle("refreshed"),
            degraded: handle("degraded"),
            refused,
        };
        for code in OURS {
            all.handle(TokenOutcome::Refused(code));
        }
        all
    }

    /// One request was decided after `elapsed`.
    pub fn observe(&self, outcome: TokenOutcome, elapsed: Duration) {
        if let Some(handle) = self.handle(outcome) {
            handle.record(elapsed);
        }
    }

    fn handle(&self, outcome: TokenOutcome) -> Option<&Histogram> {
        Some(match outcome {
            TokenOutcome::Fresh => &self.fresh,
            TokenOutcome::Refreshed => &self.refreshed,
            TokenOutcome::Degraded => &self.degraded,
            TokenOutcome::Refused(code) => {
                self.refused.get(code as usize)?.get_or_init(|| handle(code.as_str()))
            }
        })
    }
}

fn handle(outcome: &'static str) -> Histogram {
    metrics::histogram!("bowline_token_request_duration_seconds", "outcome" => outcome)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_place() {
        for (index, code) in Code::ALL.iter().enumerate() {
            assert_eq!(*code as usize, index);
        }
    }
}
