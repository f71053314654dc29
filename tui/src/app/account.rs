//! The account screen: one account with its timeline.

use bowline_api::AccountId;
use bowline_api::admin::{AccountDetail, AccountState, AuditEvent};
use bowline_api::status::AccountStatus;
use chrono::{DateTime, TimeDelta, Utc};

use super::fetch::Fetch;
use super::list::List;

/// The interval between polls of an account that is being revoked, in seconds.
const POLL_SECONDS: i64 = 2;

/// The account screen.
#[derive(Debug)]
pub struct AccountView {
    /// The account's id.
    pub id: AccountId,
    /// The state of fetching the account.
    pub fetch: Fetch,
    /// The account's details, once they are loaded.
    pub detail: Option<AccountDetail>,
    /// The account's timeline, newest first.
    pub timeline: List<AuditEvent>,
    /// How many lines the details are scrolled down.
    pub scroll: u16,
    stale: bool,
}

impl AccountView {
    /// A view whose details are not loaded yet.
    pub fn new(id: AccountId) -> Self {
        Self { id, fetch: Fetch::default(), detail: None, timeline: List::default(), scroll: 0, stale: false }
    }

    /// Whether the account must be fetched, because it is not loaded or out of date.
    pub fn is_stale(&self) -> bool {
        self.stale || self.detail.is_none()
    }

    /// Stores the details that the server returned.
    pub fn take(&mut self, detail: AccountDetail) {
        self.detail = Some(detail);
        self.stale = false;
    }

    /// Stores a polled state. If the status has changed, other details have changed too, so the account becomes stale.
    pub fn take_state(&mut self, state: AccountState) {
        let Some(detail) = &mut self.detail else { return };
        let account = &mut detail.summary.account;
        self.stale = account.status != state.status;
        (account.status, account.status_reason) = (state.status, state.status_reason);
        detail.revocation = state.revocation;
    }

    /// When to poll again: soon, while a revocation is in progress and the server responds.
    pub fn next_poll_at(&self) -> Option<DateTime<Utc>> {
        let detail = self.detail.as_ref()?;
        let revoking = detail.summary.account.status == AccountStatus::Revoking;
        let idle = revoking && !self.fetch.is_loading() && self.fetch.last_failure.is_none();
        self.fetch.as_of.filter(|_| idle).map(|at| at + TimeDelta::seconds(POLL_SECONDS))
    }
}
