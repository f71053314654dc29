//! Requests and answers as values, so that the pure core does not depend on HTTP, and the call that each request stands
//! for.

use bowline_api::admin::{
    AccountDetail, AccountState, AccountSummary, AuditEvent, NewSession, Operator, Tenant,
};
use bowline_api::{AccountId, Page};
use secrecy::SecretString;

use super::{AccountFilter, Client, Failure, PageQuery, TenantRef};

/// A request to the server.
#[derive(Debug, Clone)]
pub enum Request {
    /// Exchanges a password for a session.
    Login {
        /// Login name.
        name: String,
        /// The password, which is never shown.
        password: SecretString,
    },
    /// Ends the session.
    Logout,
    /// Asks for the logged-in operator.
    WhoAmI,
    /// A page of tenants.
    Tenants(PageQuery),
    /// A page of accounts.
    Accounts(AccountFilter, PageQuery),
    /// One account.
    Account(AccountId),
    /// The state of one account; the server does not record this read.
    AccountState(AccountId),
    /// A page of an account's timeline.
    Timeline(AccountId, PageQuery),
    /// A page of an audit log.
    Audit(Option<TenantRef>, PageQuery),
    /// Revokes an account permanently.
    Revoke {
        /// The account's id.
        id: AccountId,
        /// The reason, for the audit log.
        reason: String,
    },
}

/// The answer to a request.
#[derive(Debug, Clone)]
pub enum Answer {
    /// A new session, which is not saved yet.
    Session(Box<NewSession>),
    /// The session has ended.
    LoggedOut,
    /// The logged-in operator.
    Operator(Operator),
    /// A page of tenants.
    Tenants(Page<Tenant>),
    /// A page of accounts.
    Accounts(Page<AccountSummary>),
    /// One account.
    Account(Box<AccountDetail>),
    /// The state of one account.
    AccountState(AccountState),
    /// A page of an audit log.
    Events(Page<AuditEvent>),
}

impl Client {
    /// Sends the request.
    pub async fn perform(&self, request: Request) -> Result<Answer, Failure> {
        Ok(match request {
            Request::Login { name, password } => {
                Answer::Session(Box::new(self.login(&name, &password).await?))
            }
            Request::Logout => {
                self.logout().await?;
                Answer::LoggedOut
            }
            Request::WhoAmI => Answer::Operator(self.whoami().await?),
            Request::Tenants(page) => Answer::Tenants(self.tenants(page).await?),
            Request::Accounts(filter, page) => Answer::Accounts(self.accounts(&filter, page).await?),
            Request::Account(id) => Answer::Account(Box::new(self.account(id).await?)),
            Request::AccountState(id) => Answer::AccountState(self.account_state(id).await?),
            Request::Timeline(id, page) => Answer::Events(self.timeline(id, page).await?),
            Request::Audit(tenant, page) => Answer::Events(self.audit(tenant.as_ref(), page).await?),
            Request::Revoke { id, reason } => Answer::Account(Box::new(self.revoke(id, &reason).await?)),
        })
    }
}
