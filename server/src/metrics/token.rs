//! Token requests by outcome. This is the most frequent measurement, so it only looks up a handle by index.

use std::sync::{LazyLock, OnceLock};
use std::time::Duration;

use metrics::Histogram;

use crate::domain::Code;

/// The outcome of a request for one account's token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FetchOutcome {
    /// The stored token was valid for long enough.
    Fresh,
    /// The token was refreshed first.
    Refreshed,
    /// A refresh was due but failed; the old token is still valid.
    Degraded,
    /// No token was returned.
    Refused(Code),
}

/// Our own failures, which count against the objective (docs/slo.md). They exist from the start, so that the first one
/// is visible as an increase.
const OWN_FAILURES: [Code; 4] =
    [Code::Internal, Code::IntegrityError, Code::DatabaseUnavailable, Code::UnknownState];
/// Failures of the provider, which are reported separately. They exist from the start as well.
const PROVIDER_FAILURES: [Code; 3] =
    [Code::ConnectorBroken, Code::ProviderMalformed, Code::ProviderUnavailable];

/// The measurements of all token requests of this process.
pub struct TokenMetrics {
    fresh: Histogram,
    refreshed: Histogram,
    degraded: Histogram,
    refused: Vec<OnceLock<Histogram>>,
}

/// The measurements of this process.
pub fn token() -> &'static TokenMetrics {
    static TOKEN: LazyLock<TokenMetrics> = LazyLock::new(TokenMetrics::new);
    &TOKEN
}

impl TokenMetrics {
    fn new() -> Self {
        let refused = Code::ALL.iter().map(|_| OnceLock::new()).collect();
        let all = Self {
            fresh: outcome_handle("fresh"),
            refreshed: outcome_handle("refreshed"),
            degraded: outcome_handle("degraded"),
            refused,
        };
        for code in OWN_FAILURES.into_iter().chain(PROVIDER_FAILURES) {
            all.handle(FetchOutcome::Refused(code));
        }
        all
    }

    /// Records a request that was decided after `elapsed`.
    pub fn observe(&self, outcome: FetchOutcome, elapsed: Duration) {
        if let Some(handle) = self.handle(outcome) {
            handle.record(elapsed);
        }
    }

    fn handle(&self, outcome: FetchOutcome) -> Option<&Histogram> {
        Some(match outcome {
            FetchOutcome::Fresh => &self.fresh,
            FetchOutcome::Refreshed => &self.refreshed,
            FetchOutcome::Degraded => &self.degraded,
            FetchOutcome::Refused(code) => {
                self.refused.get(code as usize)?.get_or_init(|| outcome_handle(code.as_str()))
            }
        })
    }
}

fn outcome_handle(outcome: &'static str) -> Histogram {
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

    #[test]
    fn every_failure_is_ours_or_the_providers_and_the_objective_counts_it_so() {
        for code in Code::ALL.iter().filter(|code| code.status() >= 500) {
            assert_ne!(OWN_FAILURES.contains(code), PROVIDER_FAILURES.contains(code), "{}", code.as_str());
        }
        let outcomes = |codes: &[Code]| codes.iter().map(|code| code.as_str()).collect::<Vec<_>>().join("|");
        let (ours, providers) = (outcomes(&OWN_FAILURES), outcomes(&PROVIDER_FAILURES));
        let failed = format!("_count{{outcome=~\"{ours}\"}}[1h]");
        let counted = format!("_count{{outcome!~\"unauthenticated|{providers}\"}}[1h]");
        for text in
            [include_str!("../../../deploy/prometheus/alerts.yml"), include_str!("../../../docs/slo.md")]
        {
            assert!(text.contains(&failed), "{failed}");
            assert!(text.contains(&counted), "{counted}");
        }
    }
}
