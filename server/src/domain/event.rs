//! Events: everything that the audit log records, each with its subject and details.
//!
//! The audit log and an account's timeline consist of events. Names and details are a stored format and part of the
//! API: add to them, and never change them.

use std::net::IpAddr;

use bowline_api::status::{AccountStatus, Assurance, Completion, JobKind, Protocol, Role};
use bowline_api::v1::TenantEvent;
use bowline_api::{
    AccountId, ApiKeyId, ConnectorId, EventId, JobId, LinkSessionId, ManageSessionId, OperatorId, SessionId,
    TenantId, WebhookEndpointId,
};
use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::error::About;
use super::link_options::Metadata;
use super::told::Told;

/// Declares the events: `Variant = "action", subject: its id { details }`. Details that are `None` are left out. Of an event with
/// `=> Type { details }`, webhooks tell its tenant as well, with those of its details; see [`TenantEvent`] for the types, and [`Told`] for what all of
/// them have. A reason that an operator may have written is never one of them. Of those that are `told only`, the audit log knows nothing.
macro_rules! events {
    ($(
        $(#[doc = $doc:literal])+
        $variant:ident = $action:literal $(, $subject:ident: $id:ty)? $({ $($detail:ident: $type:ty),+ })?
            $(=> $told:ident { $($shown:ident),* })?;
    )*
    told only {$(
        $(#[doc = $note:literal])+
        $only:ident = $kind:ident, $of:ident: $of_id:ty;
    )*}) => {
        /// An event.
        #[derive(Debug, Clone, Copy)]
        #[expect(missing_docs, reason = "the fields are the members of the audit log's entries")]
        pub enum Event<'a> {
            $($(#[doc = $doc])+ $variant { $($subject: $id,)? $($($detail: $type),+)? },)*
            $($(#[doc = $note])+ $only { $of: $of_id },)*
        }

        impl Event<'_> {
            /// The names of all events of the audit log.
            pub const ACTIONS: &'static [&'static str] = &[$($action),*];

            /// The types that these events have.
            #[cfg(test)]
            const TOLD: &'static [TenantEvent] = &[$($(TenantEvent::$told,)?)* $(TenantEvent::$kind),*];

            /// Whether the audit log records it.
            pub const fn is_logged(&self) -> bool {
                !matches!(self, $(Self::$only { .. })|*)
            }

            /// What webhooks tell the tenant, if they do.
            pub fn told(&self) -> Option<Told> {
                let mut told: Vec<Told> = match self {
                    $(Self::$variant { $($($shown,)*)? .. } => {
                        vec![$(Told { kind: TenantEvent::$told, subject: self.subject()?, details: vec![$((stringify!($shown), json!($shown))),*] })?]
                    })*
                    $(Self::$only { .. } => {
                        vec![Told { kind: TenantEvent::$kind, subject: self.subject()?, details: Vec::new() }]
                    })*
                };
                told.pop()
            }

            /// The name in the audit log and on the wire.
            pub const fn action(&self) -> &'static str {
                match self { $(Self::$variant { .. } => $action,)* $(Self::$only { .. } => TenantEvent::$kind.as_str(),)* }
            }

            /// The subject's id on the wire, if there is a subject.
            pub fn subject(&self) -> Option<String> {
                let subject = match self {
                    $(Self::$variant { $($subject,)? .. } => json!([$($subject)?]),)*
                    $(Self::$only { $of } => json!([$of]),)*
                };
                subject.get(0)?.as_str().map(str::to_owned)
            }

            /// The details by their names; never a secret.
            pub fn detail(&self) -> Map<String, Value> {
                let details: Vec<(&str, Value)> = match self {
                    $(Self::$variant { $($($detail,)+)? .. } => {
                        vec![$($((stringify!($detail), json!($detail))),+)?]
                    })*
                    $(Self::$only { .. } => Vec::new(),)*
                };
                let given = details.into_iter().filter(|(_, value)| !value.is_null());
                given.map(|(name, value)| (name.to_owned(), value)).collect()
            }
        }

        /// Every event as the documentation lists it: action, subject, details, meaning.
        #[cfg(test)]
        const DESCRIBED: &[(&str, &[&str], &[&str], &str)] = &[$(
            ($action, &[$(stringify!($subject))?], &[$($(stringify!($detail)),+)?], concat!($($doc),+)),
        )*];
    };
}

events! {
    /// A tenant was added.
    TenantAdded = "tenant.added", tenant: TenantId { slug: &'a str, name: &'a str, sandbox: Option<bool> };
    /// An operator froze the tenant: its API keys are refused, and nobody links.
    TenantFrozen = "tenant.frozen", tenant: TenantId { reason: &'a str };
    /// An operator thawed the tenant.
    TenantThawed = "tenant.thawed", tenant: TenantId { reason: &'a str };
    /// An operator turned the automatic stop of the tenant's API keys on or off, or changed its limits.
    DrainStopChanged = "tenant.drain_stop_changed", tenant: TenantId { enabled: bool, times: i32, least: i32, reason: &'a str };
    /// An operator announced a mass fetch of the tenant, for which no API key is suspended, or only `api_key` is not. 0 minutes end an
    /// announcement.
    MassFetchAnnounced = "tenant.mass_fetch_announced", tenant: TenantId {
        minutes: u32, reason: &'a str, api_key: Option<ApiKeyId>
    };
    /// An import of grants ended, which made or relinked this number of accounts and refused this number of grants.
    GrantsImported = "tenant.grants_imported", tenant: TenantId { imported: u64, refused: u64 };
    /// An export ended, which wrote the grants of this number of accounts to a file that is sealed for this recipient.
    GrantsExported = "tenant.grants_exported", tenant: TenantId { exported: u64, recipient: &'a str };
    /// The tenant's stored data keys were moved, edited, deleted or replaced by old ones.
    TenantIntegrityError = "tenant.integrity_error", tenant: TenantId { sealed: &'static str };

    /// A connector was added.
    ConnectorAdded = "connector.added", connector: ConnectorId {
        name: &'a str, app_key: &'a str, completion: Completion, protocol: Protocol
    };
    /// The connector's app secret was replaced.
    ConnectorSecretReplaced = "connector.secret_replaced", connector: ConnectorId;
    /// The connector was edited. `changed` names what is different; new return URLs, scopes and the new completion are there as well.
    ConnectorEdited = "connector.edited", connector: ConnectorId {
        changed: &'a [&'a str], return_urls: Option<&'a [String]>, scopes: Option<&'a [String]>, completion: Option<Completion>
    };
    /// An operator removed the connector. `accounts` is the number of accounts that this revoked, `new_default` the connector that
    /// took its place as the tenant's default.
    ConnectorRemoved = "connector.removed", connector: ConnectorId {
        reason: &'a str, accounts: usize, new_default: Option<ConnectorId>
    };
    /// The provider rejected the connector's app key or secret.
    ConnectorBroken = "connector.broken", connector: ConnectorId { reason: &'a str } => ConnectorBroken { reason };
    /// The provider accepts the connector's app key and secret again, or the secret that it rejected was replaced.
    ConnectorWorking = "connector.working", connector: ConnectorId => ConnectorMended {};
    /// An operator disabled the connector.
    ConnectorDisabled = "connector.disabled", connector: ConnectorId { reason: &'a str };
    /// An operator enabled the connector again.
    ConnectorEnabled = "connector.enabled", connector: ConnectorId { reason: &'a str };
    /// The connector's stored app secret was moved, edited or replaced by an old one.
    ConnectorIntegrityError = "connector.integrity_error", connector: ConnectorId { sealed: &'static str };

    /// An API key was added.
    ApiKeyAdded = "api_key.added", api_key: ApiKeyId { name: &'a str, permissions: &'a [String] };
    /// An API key was revoked.
    ApiKeyRevoked = "api_key.revoked", api_key: ApiKeyId { name: &'a str };
    /// An API key was replaced by another one with the same permissions, and expires after these hours.
    ApiKeyRotated = "api_key.rotated", api_key: ApiKeyId { name: &'a str, replacement: ApiKeyId, overlap_hours: u32 };
    /// The automatic stop suspended the API key, which got tokens of `accounts` accounts in a minute. `limit` is how many it might have got,
    /// and `habit` the number of its largest minute of the last days.
    ApiKeySuspended = "api_key.suspended", api_key: ApiKeyId { reason: &'a str, accounts: i32, limit: i32, habit: i32 };
    /// An operator let the suspended API key work again.
    ApiKeyResumed = "api_key.resumed", api_key: ApiKeyId { reason: &'a str };

    /// An endpoint for webhooks was added. `connector` is the one whose events it gets, if not those of all.
    WebhookEndpointAdded = "webhook_endpoint.added", webhook_endpoint: WebhookEndpointId {
        url: &'a str, events: &'a [String], connector: Option<ConnectorId>
    };
    /// The endpoint was edited. What is different is there; `connector` is `none` if it gets the events of all that have no endpoint now.
    WebhookEndpointEdited = "webhook_endpoint.edited", webhook_endpoint: WebhookEndpointId {
        url: Option<&'a str>, events: Option<&'a [String]>, connector: Option<&'a str>
    };
    /// The endpoint got another signing secret. Messages are signed with the old one as well for these hours.
    WebhookSecretRotated = "webhook_endpoint.secret_rotated", webhook_endpoint: WebhookEndpointId { overlap_hours: u32 };
    /// The endpoint was disabled: `requested`, or by the service because it answered 410 (`gone`) or accepted nothing for ten days (`failing`).
    WebhookEndpointDisabled = "webhook_endpoint.disabled", webhook_endpoint: WebhookEndpointId { reason: &'a str };
    /// The endpoint was enabled again.
    WebhookEndpointEnabled = "webhook_endpoint.enabled", webhook_endpoint: WebhookEndpointId;
    /// The endpoint was removed.
    WebhookEndpointRemoved = "webhook_endpoint.removed", webhook_endpoint: WebhookEndpointId;
    /// A test event was sent to the endpoint.
    WebhookEndpointTested = "webhook_endpoint.tested", webhook_endpoint: WebhookEndpointId => EndpointTest {};
    /// This number of events is sent to the endpoint again, those since a time or the one that is named.
    WebhooksResent = "webhook_endpoint.resent", webhook_endpoint: WebhookEndpointId {
        events: u64, since: Option<DateTime<Utc>>, event: Option<EventId>
    };
    /// The endpoint's sealed secrets or its URL were moved, edited or replaced by old ones.
    WebhookIntegrityError = "webhook_endpoint.integrity_error", webhook_endpoint: WebhookEndpointId { sealed: &'static str };

    /// A link session was created.
    LinkSessionCreated = "link_session.created", link_session: LinkSessionId { external_user_id: &'a str };
    /// A token call renewed the link session that an earlier token call had created; the session has a new URL.
    LinkSessionRenewed = "link_session.renewed", link_session: LinkSessionId { external_user_id: &'a str };
    /// The end user started the link and was sent to the provider.
    LinkSessionStarted = "link_session.started", link_session: LinkSessionId => LinkSessionStarted {};
    /// The end user approved and came back from the provider.
    LinkSessionReturned = "link_session.returned", link_session: LinkSessionId => LinkSessionReturned {};
    /// The end user approved with an account that the link session does not accept, and may choose another one in the same session.
    LinkSessionReopened = "link_session.reopened", link_session: LinkSessionId { reason: &'a str };
    /// The end user declined.
    LinkSessionDenied = "link_session.denied", link_session: LinkSessionId { reason: &'a str } => LinkSessionDenied { reason };
    /// The link failed.
    LinkSessionFailed = "link_session.failed", link_session: LinkSessionId { reason: &'a str, cause: Option<&'a str> } => LinkSessionFailed { reason };
    /// The tenant cancelled the link session, which has failed for it.
    LinkSessionCancelled = "link_session.cancelled", link_session: LinkSessionId => LinkSessionFailed {};
    /// The tenant, or the end user's browser, completed the link session with this account.
    LinkSessionCompleted = "link_session.completed", link_session: LinkSessionId { account: AccountId } => LinkSessionCompleted { account };
    /// The link session was not completed in time.
    LinkSessionExpired = "link_session.expired", link_session: LinkSessionId { integrity_error: Option<&'static str> } => LinkSessionExpired {};
    /// A grant that never became an account was revoked at the provider.
    OrphanGrantRevoked = "link_session.orphan_grant_revoked" { attempts: i32 };
    /// The sealed values of the link session were moved, edited or replaced by old ones.
    LinkSessionIntegrityError = "link_session.integrity_error", link_session: LinkSessionId { sealed: &'static str };

    /// A session for the page with a user's accounts was created.
    ManageSessionCreated = "manage_session.created", manage_session: ManageSessionId { external_user_id: &'a str };
    /// The end user opened the page with their accounts. From then on it works in their browser only.
    ManageSessionOpened = "manage_session.opened", manage_session: ManageSessionId;
    /// What the session shows was edited in the database.
    ManageSessionIntegrityError = "manage_session.integrity_error", manage_session: ManageSessionId { sealed: &'static str };

    /// An account was linked.
    AccountLinked = "account.linked", account: AccountId {
        link_session: LinkSessionId, external_user_id: &'a str, assurance: Assurance, status: AccountStatus,
        metadata: Option<&'a Metadata>
    } => AccountLinked { link_session };
    /// The account was linked again, which gave it new tokens.
    AccountRelinked = "account.relinked", account: AccountId {
        link_session: LinkSessionId, external_user_id: &'a str, assurance: Assurance, status: AccountStatus,
        metadata: Option<&'a Metadata>
    } => AccountRelinked { link_session };
    /// An account was made of a grant that was given elsewhere (`bowline-server import`).
    AccountImported = "account.imported", account: AccountId {
        external_user_id: &'a str, assurance: Assurance, status: AccountStatus, metadata: Option<&'a Metadata>
    } => AccountLinked {};
    /// The account, which needed a new link, got a grant that was given elsewhere.
    AccountImportedAgain = "account.imported_again", account: AccountId {
        external_user_id: &'a str, assurance: Assurance, status: AccountStatus, metadata: Option<&'a Metadata>
    } => AccountRelinked {};
    /// The account's grant was written to a file that is sealed for this recipient (`bowline-server export`).
    AccountExported = "account.exported", account: AccountId { recipient: &'a str };
    /// The account has other scopes than before, because it was linked again.
    AccountScopesChanged = "account.scopes_changed", account: AccountId { scopes: &'a [String] }
        => AccountScopesChanged { scopes };
    /// The grant that a new link replaced was revoked at the provider.
    OldGrantRevoked = "account.old_grant_revoked", account: Option<AccountId> { attempts: i32 };
    /// An operator inspected the account; recorded once for each operator and hour.
    AccountInspected = "account.inspected", account: AccountId;
    /// An app had a request signed with the account's token; recorded once for each API key and hour.
    AccountSigned = "account.signed", account: AccountId;
    /// The grant has ended at the provider; the end user must link again. `provider_request` is the provider's own id of the request that it
    /// refused, if it named one.
    AccountNeedsReauth = "account.needs_reauth", account: AccountId { reason: &'a str, provider_request: Option<&'a str> }
        => AccountNeedsReauth { reason };
    /// The provider accepted the refresh token of an account that was `needs_reauth`, so the account is active again;
    /// `reason` is why it was `needs_reauth`.
    AccountRecovered = "account.recovered", account: AccountId { reason: &'a str } => AccountRecovered { reason };
    /// The account was moved from a connector of OAuth 1 to one of OAuth 2, which gave it new tokens.
    AccountMigrated = "account.migrated", account: AccountId {
        from: ConnectorId, to: ConnectorId, provider_account_id: &'a str, reason: Option<&'a str>
    };
    /// An operator suspended the provider's account. `accounts` is the number of accounts that this suspended;
    /// `along_with` is the account that the operator named, if it is another one.
    AccountSuspended = "account.suspended", account: AccountId {
        reason: &'a str, accounts: Option<usize>, along_with: Option<AccountId>
    } => AccountSuspended {};
    /// An operator resumed the provider's account, with the same details.
    AccountResumed = "account.resumed", account: AccountId {
        reason: &'a str, accounts: Option<usize>, along_with: Option<AccountId>
    } => AccountResumed {};
    /// The account was revoked: its tokens are no longer issued. `job` is the job that it was a part of.
    AccountRevoked = "account.revoked", account: AccountId { reason: &'a str, job: Option<JobId> } => AccountRevoked {};
    /// The grant of a revoked account was revoked at the provider.
    AccountRevokedAtProvider = "account.revoked_at_provider", account: Option<AccountId> { attempts: i32 };
    /// The provider did not revoke the grant within a day, or has no call for it (`provider_cannot_revoke`), or another account or link holds
    /// the same token of OAuth 1 (`token_held_elsewhere`).
    RevocationGivenUp = "account.revocation_given_up", account: Option<AccountId> { attempts: i32, reason: &'a str };
    /// The grant of a revoked account cannot be revoked at the provider, because none of its stored tokens can be
    /// decrypted.
    AccountGrantLost = "account.grant_lost", account: AccountId { reason: &'a str };
    /// The account's stored tokens were moved, edited or replaced by old ones.
    AccountIntegrityError = "account.integrity_error", account: AccountId { sealed: &'static str };
    /// The stored tokens of a queued revocation were moved, edited or replaced by old ones.
    RevocationIntegrityError = "revocation.integrity_error", revocation: JobId { sealed: &'static str };

    /// An operator prepared a job for this number of accounts. Nothing is done to them before it is confirmed.
    JobPrepared = "job.prepared", job: JobId { kind: JobKind, accounts: usize, reason: &'a str };
    /// The operator who has prepared the job confirmed it.
    JobConfirmed = "job.confirmed", job: JobId { accounts: i64 };
    /// A second operator approved the job.
    JobApproved = "job.approved", job: JobId { accounts: i64 };
    /// An operator stopped the job, or cancelled it before it ran. `done` of its `accounts` were done.
    JobStopped = "job.stopped", job: JobId { done: i64, accounts: i64, reason: &'a str };
    /// An operator lets the job try the accounts that are left and those that failed: this number.
    JobRetried = "job.retried", job: JobId { accounts: i64 };
    /// All accounts of the job were tried.
    JobFinished = "job.finished", job: JobId { done: i64, failed: i64 };

    /// An operator was added.
    OperatorAdded = "operator.added", operator: OperatorId { name: &'a str, role: Role };
    /// The operator's password was changed, which ended all of their sessions.
    OperatorPasswordChanged = "operator.password_changed", operator: OperatorId { ended_sessions: usize };
    /// The operator's role was changed, which ended all of their sessions.
    OperatorRoleChanged = "operator.role_changed", operator: OperatorId { role: Role, ended_sessions: usize };
    /// The operator was limited to these tenants, or to none in particular if there is no list, which ended all of their sessions.
    OperatorTenantsChanged = "operator.tenants_changed", operator: OperatorId { tenants: Option<&'a [String]>, ended_sessions: usize };
    /// The operator was disabled, which ended all of their sessions.
    OperatorDisabled = "operator.disabled", operator: OperatorId { ended_sessions: usize };
    /// The operator was enabled again.
    OperatorEnabled = "operator.enabled", operator: OperatorId;
    /// The operator logged in from this address. `by` is `single_sign_on` or `single_sign_on_device`, or `break_glass` for a password that counts although
    /// operators log in by single sign-on; it is omitted for any other password.
    OperatorLoggedIn = "operator.logged_in", operator: OperatorId { session: SessionId, address: IpAddr, by: Option<&'static str> };
    /// The identity provider's user was not let in: `no_group`, `disabled`, `another_person` if a session's operator had to log in
    /// anew, or `untrusted` if the response does not prove who they are. The subject is present if it is an operator; `ended_sessions` of
    /// theirs ended. `user` is the issuer's name for them.
    OperatorSignOnRefused = "operator.sign_on_refused", operator: Option<OperatorId> {
        reason: &'static str, address: IpAddr, user: Option<&'a str>, ended_sessions: Option<usize>
    };
    /// The operator became known by their first login at the identity provider, with the role of their groups.
    OperatorSignedOnFirst = "operator.signed_on_first", operator: OperatorId {
        name: &'a str, role: Role, tenants: Option<&'a [String]>, issuer: &'a str, user: &'a str
    };
    /// The operator who is the actor logged out.
    OperatorLoggedOut = "operator.logged_out";
    /// One session of the operator was ended by the actor, who may be the operator.
    OperatorSessionEnded = "operator.session_ended", operator: OperatorId { session: SessionId };
    /// This number of the operator's sessions was ended by the actor: all, or all but the one that asked for it.
    OperatorSessionsEnded = "operator.sessions_ended", operator: OperatorId { ended_sessions: usize };
    /// A login failed, or a call for which the operator had to prove again that it is them. The subject and `name` are present only
    /// if an operator has this name. `wrong` is `code` if the password was right and the one-time code was not.
    OperatorLoginFailed = "operator.login_failed", operator: Option<OperatorId> {
        address: IpAddr, failures: i32, name: Option<&'a str>, wrong: Option<&'static str>
    };
    /// The operator set up one-time codes, which ended their other sessions.
    OperatorTotpEnrolled = "operator.totp_enrolled", operator: OperatorId { ended_sessions: usize };
    /// The operator removed their one-time codes.
    OperatorTotpRemoved = "operator.totp_removed", operator: OperatorId;
    /// The operator's one-time codes were removed by the actor, which ended all of their sessions.
    OperatorTotpReset = "operator.totp_reset", operator: OperatorId { ended_sessions: usize };
    /// The operator used a recovery code in place of a one-time code. `left` is the number of those that remain.
    OperatorRecoveryCodeUsed = "operator.recovery_code_used", operator: OperatorId { left: i64 };
    /// The operator got new recovery codes; the old ones are void.
    OperatorRecoveryCodesReplaced = "operator.recovery_codes_replaced", operator: OperatorId;
    /// The secret of the operator's one-time codes was moved, edited or replaced.
    OperatorIntegrityError = "operator.integrity_error", operator: OperatorId { sealed: &'static str };

    /// The upgrade of an old database signed this number of unsigned entries.
    AuditSignedOver = "audit.signed_over" { entries: i64 };
    /// The log was edited, truncated or extended.
    AuditIntegrityError = "audit.integrity_error", tenant: Option<TenantId> { sealed: &'static str };

    told only {
        /// The provider says that files of the account have changed. It may say so every second, so the audit log would consist of it.
        AccountChanged = AccountChanged, account: AccountId;
    }
}

impl Event<'_> {
    /// The action of the entry whose signature covers the unsigned entries before it.
    pub const SIGNED_OVER: &'static str = Event::AuditSignedOver { entries: 0 }.action();

    /// The event for a stored value that was moved, edited, deleted or put back. `sealed` is its table and column.
    pub fn integrity_error(sealed: &'static str, about: About) -> Self {
        match about {
            About::Account(account) => Self::AccountIntegrityError { account, sealed },
            About::LinkSession(link_session) => Self::LinkSessionIntegrityError { link_session, sealed },
            About::ManageSession(manage_session) => {
                Self::ManageSessionIntegrityError { manage_session, sealed }
            }
            About::Connector(connector) => Self::ConnectorIntegrityError { connector, sealed },
            About::WebhookEndpoint(webhook_endpoint) => {
                Self::WebhookIntegrityError { webhook_endpoint, sealed }
            }
            About::Revocation(revocation) => Self::RevocationIntegrityError { revocation, sealed },
            About::Operator(operator) => Self::OperatorIntegrityError { operator, sealed },
            About::Tenant(tenant) => Self::TenantIntegrityError { tenant, sealed },
            About::AuditLog(tenant) => Self::AuditIntegrityError { tenant, sealed },
        }
    }
}

#[cfg(test)]
mod tests;
