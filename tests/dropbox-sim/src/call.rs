//! The call log: all calls to the token endpoint and the API, without secrets.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

/// The operation that a call requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Operation {
    /// `/oauth2/token` with `grant_type=authorization_code`.
    #[serde(rename = "token.exchange")]
    TokenExchange,
    /// `/oauth2/token` with `grant_type=refresh_token`.
    #[serde(rename = "token.refresh")]
    TokenRefresh,
    /// `/oauth2/token` with any other or no `grant_type`.
    #[serde(rename = "token.other")]
    TokenOther,
    /// `/2/auth/token/revoke`.
    #[serde(rename = "revoke")]
    Revoke,
    /// `/2/users/get_current_account`.
    #[serde(rename = "get_current_account")]
    GetCurrentAccount,
    /// `/2/team/get_info`.
    #[serde(rename = "team_get_info")]
    TeamGetInfo,
    /// `/2/team/members/list_v2`.
    #[serde(rename = "team_members_list")]
    TeamMembersList,
    /// `/2/check/user`.
    #[serde(rename = "check_user")]
    CheckUser,
    /// `/2/check/app`.
    #[serde(rename = "check_app")]
    CheckApp,
    /// `/2/files/list_folder`.
    #[serde(rename = "list_folder")]
    ListFolder,
    /// `/2/files/list_folder/continue`.
    #[serde(rename = "list_folder_continue")]
    ListFolderContinue,
    /// OAuth 1: `/1/oauth/request_token`, `/oauth/request_token`.
    #[serde(rename = "oauth1.request_token")]
    OAuth1RequestToken,
    /// OAuth 1: `/1/oauth/access_token`, `/oauth/access_token`.
    #[serde(rename = "oauth1.access_token")]
    OAuth1AccessToken,
    /// OAuth 1: `/1/account/info`, `/account/verify_credentials.json`.
    #[serde(rename = "oauth1.account")]
    OAuth1Account,
    /// `/1/disable_access_token`.
    #[serde(rename = "oauth1.disable")]
    OAuth1Disable,
    /// `/1/oauth2/token_from_oauth1`.
    #[serde(rename = "oauth1.token_from_oauth1")]
    TokenFromOAuth1,
}

impl Operation {
    /// All operations, in the order of the documentation.
    pub const ALL: [Self; 16] = [
        Self::TokenExchange,
        Self::TokenRefresh,
        Self::TokenOther,
        Self::Revoke,
        Self::GetCurrentAccount,
        Self::TeamGetInfo,
        Self::TeamMembersList,
        Self::CheckUser,
        Self::CheckApp,
        Self::ListFolder,
        Self::ListFolderContinue,
        Self::OAuth1RequestToken,
        Self::OAuth1AccessToken,
        Self::OAuth1Account,
        Self::OAuth1Disable,
        Self::TokenFromOAuth1,
    ];

    /// The state's name in the control API.
    pub fn name(self) -> &'static str {
        match self {
            Self::TokenExchange => "token.exchange",
            Self::TokenRefresh => "token.refresh",
            Self::TokenOther => "token.other",
            Self::Revoke => "revoke",
            Self::GetCurrentAccount => "get_current_account",
            Self::TeamGetInfo => "team_get_info",
            Self::TeamMembersList => "team_members_list",
            Self::CheckUser => "check_user",
            Self::CheckApp => "check_app",
            Self::ListFolder => "list_folder",
            Self::ListFolderContinue => "list_folder_continue",
            Self::OAuth1RequestToken => "oauth1.request_token",
            Self::OAuth1AccessToken => "oauth1.access_token",
            Self::OAuth1Account => "oauth1.account",
            Self::OAuth1Disable => "oauth1.disable",
            Self::TokenFromOAuth1 => "oauth1.token_from_oauth1",
        }
    }

    /// Whether the request is signed by OAuth 1.
    pub(crate) fn is_oauth1(self) -> bool {
        matches!(
            self,
            Self::OAuth1RequestToken
                | Self::OAuth1AccessToken
                | Self::OAuth1Account
                | Self::OAuth1Disable
                | Self::TokenFromOAuth1
        )
    }

    /// The operation with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|operation| operation.name() == name)
    }
}

/// The state of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallState {
    /// The call has arrived but was not answered yet.
    Open,
    /// A `pause` or `hang` fault holds the call.
    Parked,
    /// The call was answered with `status`.
    Answered,
    /// A fault reset the connection without an answer.
    Reset,
    /// The client disconnected while the call was parked.
    Abandoned,
}

impl CallState {
    /// The state's name in the control API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Parked => "parked",
            Self::Answered => "answered",
            Self::Reset => "reset",
            Self::Abandoned => "abandoned",
        }
    }
}

/// A call. Tokens appear only as fingerprints.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Call {
    /// Position in the log, from 0; it restarts after a reset.
    pub seq: usize,
    /// The requested operation.
    pub operation: Operation,
    /// `client_id` as sent, or the app that the token belongs to.
    pub app_key: Option<String>,
    /// The account of the code or token, if it is known.
    pub account_id: Option<String>,
    /// The grant that was used or created.
    pub grant: Option<u64>,
    /// The first 12 hex digits of the SHA-256 of the code or token that was sent.
    pub token_fingerprint: Option<String>,
    /// The time of arrival, by the simulator's clock.
    pub at: DateTime<Utc>,
    /// `X-Dropbox-Request-Id` of the answer.
    pub request_id: String,
    /// The state of the call.
    pub state: CallState,
    /// The HTTP status, once the call is answered.
    pub status: Option<u16>,
    /// The id of the fault that affected this call.
    pub fault: Option<u64>,
}

/// The caller, as far as the request identifies it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Caller {
    pub(crate) app_key: Option<String>,
    pub(crate) account_id: Option<String>,
    pub(crate) grant: Option<u64>,
    pub(crate) token_fingerprint: Option<String>,
}

#[derive(Debug, Default)]
struct Entries {
    /// How many calls are kept; 0 means all.
    most: usize,
    generation: u64,
    calls: Vec<Call>,
}

/// A reference to a call in the log. After a reset it is stale and has no effect.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ticket {
    generation: u64,
    seq: usize,
}

/// The call log. Waiters are notified of changes, so that tests need not sleep.
#[derive(Debug, Default)]
pub(crate) struct CallLog {
    entries: Mutex<Entries>,
    changed: watch::Sender<u64>,
}

impl CallLog {
    fn lock(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A log that begins anew once it has this many calls, for a simulator that runs for long.
    pub(crate) fn bounded(most: usize) -> Self {
        Self { entries: Mutex::new(Entries { most, ..Entries::default() }), ..Self::default() }
    }

    pub(crate) fn open(
        &self,
        operation: Operation,
        caller: &Caller,
        request_id: &str,
        at: DateTime<Utc>,
    ) -> Ticket {
        let mut entries = self.lock();
        if entries.most > 0 && entries.calls.len() >= entries.most {
            entries.generation += 1;
            entries.calls.clear();
        }
        let ticket = Ticket { generation: entries.generation, seq: entries.calls.len() };
        entries.calls.push(Call {
            seq: ticket.seq,
            operation,
            app_key: caller.app_key.clone(),
            account_id: caller.account_id.clone(),
            grant: caller.grant,
            token_fingerprint: caller.token_fingerprint.clone(),
            at,
            request_id: request_id.to_owned(),
            state: CallState::Open,
            status: None,
            fault: None,
        });
        drop(entries);
        self.announce();
        ticket
    }

    pub(crate) fn update(&self, ticket: Ticket, change: impl FnOnce(&mut Call)) {
        let mut entries = self.lock();
        if entries.generation == ticket.generation
            && let Some(call) = entries.calls.get_mut(ticket.seq)
        {
            change(call);
        }
        drop(entries);
        self.announce();
    }

    pub(crate) fn select(&self, wanted: impl Fn(&Call) -> bool) -> Vec<Call> {
        self.lock().calls.iter().filter(|call| wanted(call)).cloned().collect()
    }

    pub(crate) fn count(&self, wanted: impl Fn(&Call) -> bool) -> usize {
        self.lock().calls.iter().filter(|call| wanted(call)).count()
    }

    pub(crate) fn clear(&self) {
        let mut entries = self.lock();
        entries.generation += 1;
        entries.calls.clear();
        drop(entries);
        self.announce();
    }

    /// Waits until at least `at_least` calls match; returns false after `patience`.
    pub(crate) async fn wait(
        &self,
        at_least: usize,
        patience: Duration,
        wanted: impl Fn(&Call) -> bool,
    ) -> bool {
        let mut changes = self.changed.subscribe();
        let enough = changes.wait_for(|_| self.count(&wanted) >= at_least);
        tokio::time::timeout(patience, enough).await.is_ok_and(|result| result.is_ok())
    }

    fn announce(&self) {
        self.changed.send_modify(|count| *count = count.wrapping_add(1));
    }
}
