//! The end user ends the access to one of their accounts, after they have confirmed it.

use bowline_api::AccountId;

use super::accounts::{LinkedAccount, one, own};
use super::open::OpenedManageSession;
use crate::app::App;
use crate::domain::account_reason::DISCONNECTED;
use crate::domain::{Actor, Result};
use crate::service::revocation;
use crate::store::TenantTx;

/// The account that the user is asked about. Nothing is changed.
///
/// # Errors
/// `not_found` if the session's user has no such account.
pub async fn confirm(app: &App, opened: &OpenedManageSession, account: AccountId) -> Result<LinkedAccount> {
    let read = async |tx: &mut TenantTx| one(tx, opened, account).await;
    app.store.scoped(opened.session.tenant_id.into(), read).await
}

/// Revokes an account of the session's user. From the commit on, no replica hands out its token. An account that is already revoked is
/// unchanged.
///
/// # Errors
/// `not_found` if the session's user has no such account.
pub async fn disconnect(app: &App, opened: &OpenedManageSession, account: AccountId) -> Result<()> {
    let revoke = async |tx: &mut TenantTx| {
        // An account never changes its user.
        own(tx, opened, account).await?;
        revocation::revoke_within(app, tx, account, &Actor::EndUser, DISCONNECTED).await
    };
    app.store.scoped(opened.session.tenant_id.into(), revoke).await?;
    app.revocation_queued.notify_one();
    Ok(())
}
