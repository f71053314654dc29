//! Calls and their answers as values, so that the pure core can ask without knowing HTTP.

use bowline_api::admin::{
    AccountDetail, AccountState, AccountSummary, AuditEvent, NewSession, Operator, Tenant,
};
use bowline_api::{AccountId, Page};
use secrecy::SecretString;

use super::{AccountFilter, Client, Failure, Place, TenantRef};

/// One call to the server.
#[derive(Debug, Clone)]
pub enum Request {
    /// Trade a password for a session.
    Login {
        /// Login name.
        name: String,
        /// Never shown.
        password: SecretString,
    },
    /// End the session.
    Logout,
    /// Who am I?
    WhoAmI,
    /// A page of tenants.
    Tenants(Place),
    /// A page of accounts.
    Accounts(AccountFilter, Place),
    /// One account.
    Account(AccountId),
    /// How far one account is: a look that is not recorded.
    AccountState(AccountId),
    /// A page of what happened to one account.
    Timeline(AccountId, Place),
    /// A page of a log.
    Audit(Option<TenantRef>, Place),
    /// Untie an account for good.
    Revoke {
        /// Which.
        id: AccountId,
        /// Why, for the audit log.
        reason: String,
    },
}

/// What a call gave.
#[derive(Debug, Clone)]
pub enum Answer {
    /// A new session; its token has not been kept yet.
    Session(Box<NewSession>),
    /// The session is over.
    LoggedOut,
    /// Who I am.
    Operator(Operator),
    /// A page of tenants.
    Tenants(Page<Tenant>),
    /// A page of accounts.
    Accounts(Page<AccountSummary>),
    /// One account.
    Account(Box<AccountDetail>),
    /// How far one account is.
    AccountState(AccountState),
    /// A page of a log.
    Events(Page<AuditEvent>),
}

impl Client {
    /// Makes the call.
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
            Request::Tenants(place) => Answer::Tenants(self.tenants(place).await?),
            Request::Accounts(filter, place) => Answer::Accounts(self.accounts(&filter, place).await?),
            Request::Account(id) => Answer::Account(Box::new(self.account(id).await?)),
            Request::AccountState(id) => Answer::AccountState(self.account_state(id).await?),
            Request::Timeline(id, place) => Answer::Events(self.timeline(id, place).await?),
            Request::Audit(tenant, place) => Answer::Events(self.audit(tenant.as_ref(), place).await?),
            Request::Revoke { id, reason } => Answer::Account(Box::new(self.revoke(id, &reason).await?)),
        })
    }
}
