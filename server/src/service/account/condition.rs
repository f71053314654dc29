//! What state an account is in, for operators: whether tokens are issued, and everything that stands in the way, the
//! connector's state included.

use bowline_api::admin::{AccountCondition, Freeze, RevocationFacts};
use bowline_api::status::{AccountProblem, AccountStatus, ConnectorStatus, TokenAvailability};
use chrono::{DateTime, TimeDelta, Utc};

use crate::service::connector;
use crate::store::accounts::seen::SeenAccount;
use crate::store::connectors::ConnectorState;
use crate::store::connectors::breakers::BreakerRow;
use crate::store::tokens::leases::LeaseRow;

/// A token this close to its end is not issued any more.
const TOKEN_SKEW: TimeDelta = TimeDelta::seconds(5);

/// Everything that decides an account's condition, read in one transaction.
pub(super) struct KnownAccount<'a> {
    pub(super) account: &'a SeenAccount,
    pub(super) status: AccountStatus,
    pub(super) connector: &'a ConnectorState,
    pub(super) breaker: Option<&'a BreakerRow>,
    pub(super) refresh: Option<&'a LeaseRow>,
    pub(super) freeze: Option<&'a Freeze>,
    pub(super) revocation: Option<&'a RevocationFacts>,
    pub(super) now: DateTime<Utc>,
}

/// The condition of an account.
pub(super) fn condition(known: &KnownAccount<'_>) -> AccountCondition {
    let mut found_problems = known.account_problems();
    let tokens = known.tokens(&found_problems);
    let mut sentences: Vec<String> = found_problems.iter().map(|(_, sentence)| sentence.clone()).collect();
    if known.status == AccountStatus::Active {
        let needs_saying = !found_problems.is_empty();
        match (tokens, known.account.access_expires_at) {
            (TokenAvailability::Issued, _) if needs_saying => sentences.push("Tokens are issued.".to_owned()),
            (TokenAvailability::Issued, _) => sentences.push("It works: tokens are issued.".to_owned()),
            (TokenAvailability::UntilExpiry, Some(end)) => {
                sentences
                    .push(format!("Its current token is issued until it expires at {}.", time_in_words(end)));
            }
            (TokenAvailability::UntilExpiry, None) => {
                sentences.push("Its current token is issued.".to_owned());
            }
            (TokenAvailability::NotIssued, _) => {
                sentences.push("Its last token has expired, so no token is issued.".to_owned());
            }
        }
    }
    let problems = found_problems.drain(..).map(|(problem, _)| problem.into()).collect();
    AccountCondition { tokens: tokens.into(), problems, sentence: sentences.join(" ") }
}

impl KnownAccount<'_> {
    /// The problems, the one that stops most first, each with a sentence.
    fn account_problems(&self) -> Vec<(AccountProblem, String)> {
        let mut found_problems = self.own_problems();
        // Nothing calls the provider for an account without a grant.
        if matches!(self.status, AccountStatus::Active | AccountStatus::Suspended) {
            found_problems.extend(self.connector_problem());
            found_problems.extend(self.refresh_problem());
            if !self.account.missing_scopes.is_empty() {
                let scopes = self.account.missing_scopes.join(", ");
                let sentence = format!("The user has not granted {scopes}.");
                found_problems.push((AccountProblem::ScopesMissing, sentence));
            }
        }
        found_problems
    }

    fn own_problems(&self) -> Vec<(AccountProblem, String)> {
        let provider = self.provider();
        let because = |reason: &Option<String>| {
            reason
                .as_deref()
                .filter(|text| !text.is_empty())
                .map_or_else(String::new, |text| format!(" ({text})"))
        };
        let reason = because(&self.account.status_reason);
        let mut found_problems = Vec::new();
        match self.status {
            AccountStatus::Active => {}
            AccountStatus::NeedsReauth => {
                let sentence = format!("{provider} has ended the grant{reason}; the user must link again.");
                found_problems.push((AccountProblem::GrantEnded, sentence));
            }
            AccountStatus::Suspended => {
                let sentence = format!(
                    "An operator has frozen its account at {provider}{reason}: tokens are kept but not issued until an operator resumes it."
                );
                found_problems.push((AccountProblem::Frozen, sentence));
            }
            AccountStatus::Revoking => {
                let error = self.revocation.map(|facts| because(&facts.last_error)).unwrap_or_default();
                let sentence = format!(
                    "It is revoked here{reason}, and no token is issued; {provider} has not confirmed the end of the grant yet{error}."
                );
                let is_failing = self.revocation.is_some_and(|facts| facts.last_error.is_some());
                found_problems.push((AccountProblem::Revoked, sentence));
                if is_failing {
                    let sentence = "The revocation there is tried again for a day.".to_owned();
                    found_problems.push((AccountProblem::RevocationFailing, sentence));
                }
            }
            AccountStatus::Revoked => {
                let sentence = format!("It is revoked{reason}; the user may link again.");
                found_problems.push((AccountProblem::Revoked, sentence));
                if let Some(facts) = self.revocation {
                    let error = because(&facts.last_error);
                    let sentence = format!("{provider} never confirmed the end of the grant{error}.");
                    found_problems.push((AccountProblem::RevocationFailing, sentence));
                }
            }
        }
        if self.freeze.is_some() && self.status != AccountStatus::Suspended {
            let sentence = format!("Its account at {provider} is frozen, so a new link will be suspended.");
            found_problems.push((AccountProblem::Frozen, sentence));
        }
        found_problems
    }

    /// What is wrong with the connector: at most one thing.
    fn connector_problem(&self) -> Option<(AccountProblem, String)> {
        let (connector, provider) = (self.connector, self.provider());
        let name = &connector.name;
        let reason = connector.status_reason.as_deref().unwrap_or_default();
        if connector.removed_at.is_some() {
            let sentence = format!("An operator has removed its connector “{name}” ({reason}).");
            return Some((AccountProblem::ConnectorRemoved, sentence));
        }
        if connector.status == ConnectorStatus::Disabled {
            let sentence = format!("An operator has disabled its connector “{name}” ({reason}).");
            return Some((AccountProblem::ConnectorDisabled, sentence));
        }
        if connector.status == ConnectorStatus::Broken {
            return Some(if reason == "unauthorized_client" {
                let what = format!(
                    "{provider} does not allow the app of its connector “{name}” to refresh tokens ({reason})."
                );
                (AccountProblem::AppRefused, what)
            } else {
                let what = format!(
                    "{provider} rejects the app key or app secret of its connector “{name}” ({reason})."
                );
                (AccountProblem::AppSecretRejected, what)
            });
        }
        let retry_at = self.breaker.filter(|row| row.opened_at.is_some()).and_then(|row| row.retry_at)?;
        let until =
            if retry_at > self.now { format!(" until {}", time_in_words(retry_at)) } else { String::new() };
        let sentence =
            format!("Calls to {provider} for its connector “{name}” are paused after failures{until}.");
        Some((AccountProblem::ProviderPaused, sentence))
    }

    /// Why the account's last refresh failed, while no other is tried.
    fn refresh_problem(&self) -> Option<(AccountProblem, String)> {
        let refresh = self.refresh?;
        let error = refresh.last_error.as_deref()?;
        let until = refresh.cool_down_until.filter(|until| *until > self.now)?;
        let provider = self.provider();
        let again = time_in_words(until);
        Some(match error {
            "invalid_request" | "invalid_scope" | "unsupported_grant_type" | "route_error" => {
                let sentence = format!(
                    "{provider} refuses to refresh its token ({error}); the next attempt is at {again}."
                );
                (AccountProblem::RefreshRefused, sentence)
            }
            _ => {
                let sentence = format!(
                    "The last refresh of its token failed ({error}); the next attempt is at {again}."
                );
                (AccountProblem::RefreshFailing, sentence)
            }
        })
    }

    fn tokens(&self, found_problems: &[(AccountProblem, String)]) -> TokenAvailability {
        if self.status != AccountStatus::Active {
            return TokenAvailability::NotIssued;
        }
        let is =
            |wanted: &[AccountProblem]| found_problems.iter().any(|(problem, _)| wanted.contains(problem));
        let off = is(&[AccountProblem::ConnectorDisabled, AccountProblem::ConnectorRemoved]);
        let stopped = off
            || is(&[
                AccountProblem::AppSecretRejected,
                AccountProblem::AppRefused,
                AccountProblem::ProviderPaused,
                AccountProblem::RefreshRefused,
                AccountProblem::RefreshFailing,
            ]);
        match self.account.access_expires_at {
            _ if !stopped => TokenAvailability::Issued,
            None if off => TokenAvailability::NotIssued,
            None => TokenAvailability::Issued,
            Some(end) if end > self.now + TOKEN_SKEW => TokenAvailability::UntilExpiry,
            Some(_) => TokenAvailability::NotIssued,
        }
    }

    /// Who the account's provider is, in a sentence.
    fn provider(&self) -> &str {
        match self.connector.issuer.as_str() {
            connector::PROVIDER => "Dropbox",
            connector::SANDBOX => "the simulator of Dropbox",
            service => service,
        }
    }
}

fn time_in_words(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%SZ").to_string()
}
