//! What the account screen knows, and when that is out of date.

use bowline_api::AccountId;
use bowline_api::admin::{AccountDetail, AccountState, AuditEvent, TokenHolders};
use bowline_api::status::AccountStatus;
use chrono::{DateTime, TimeDelta, Utc};

use crate::widget::behind::Behind;
use crate::widget::call_state::CallState;
use crate::widget::list::List;

/// The interval between polls of an account that is being revoked, in seconds.
const REVOKING_POLL_SECONDS: i64 = 2;

/// The account screen: one account with its timeline.
#[derive(Debug, Default)]
pub struct Account {
    /// The account that is shown; `None` until one was opened.
    pub id: Option<AccountId>,
    /// The state of the calls for the account itself.
    pub call: CallState,
    /// The account's details, once they are loaded.
    pub detail: Option<AccountDetail>,
    /// The state of the calls for the holders of its token.
    pub holders_call: CallState,
    /// Which API keys have received its token, once that is loaded.
    pub holders: Option<TokenHolders>,
    /// The account's timeline, newest first.
    pub timeline: List<AuditEvent>,
    /// How many lines the details are scrolled down.
    pub scroll: usize,
    /// Whether the loaded details are out of date.
    pub(super) stale: bool,
    /// Whether the loaded holders are out of date.
    pub(super) holders_stale: bool,
    /// Whether something has happened to the account since it was loaded.
    pub(super) behind: Behind,
}

impl Account {
    /// Shows this account. The row from the list does not stand in for the account's details.
    pub(super) fn show(&mut self, id: AccountId) {
        if self.id == Some(id) {
            (self.stale, self.holders_stale) = (true, true);
            self.timeline.refresh();
        } else {
            *self = Self { id: Some(id), ..Self::default() };
        }
    }

    /// Whether the account must be fetched, because it is not loaded or out of date.
    pub(super) fn is_stale(&self) -> bool {
        self.stale || self.detail.is_none()
    }

    /// Stores the details that the server returned.
    pub(super) fn take_detail(&mut self, detail: AccountDetail) {
        let generation = |detail: &AccountDetail| detail.token.as_ref().map(|token| token.generation);
        let is_same_token = self.detail.as_ref().is_some_and(|old| generation(old) == generation(&detail));
        self.holders_stale |= !is_same_token;
        self.detail = Some(detail);
        self.stale = false;
    }

    /// Stores a polled state. If the status has changed, other details have changed too, so the account becomes stale.
    pub(super) fn take_state(&mut self, state: AccountState) {
        let Some(detail) = &mut self.detail else { return };
        let account = &mut detail.summary.account;
        self.stale = account.status != state.status;
        (account.status, account.status_reason) = (state.status, state.status_reason);
        detail.revocation = state.revocation;
    }

    /// When to poll again: soon, while a revocation is in progress and the server responds.
    pub(super) fn next_poll_at(&self) -> Option<DateTime<Utc>> {
        let detail = self.detail.as_ref()?;
        let revoking = detail.summary.account.status == AccountStatus::Revoking;
        let idle = revoking && !self.call.is_loading() && self.call.last_failure.is_none();
        self.call.as_of.filter(|_| idle).map(|at| at + TimeDelta::seconds(REVOKING_POLL_SECONDS))
    }

    /// Scrolls the details by this many lines, at most down to `last`.
    pub(super) fn scroll_by(&mut self, lines: isize, last: usize) {
        self.scroll = self.scroll.saturating_add_signed(lines).min(last);
    }
}
