//! Linked accounts: what their status means, how their tenant sees them, and what their sealed tokens are bound to.

pub mod admin;
mod condition;
pub(super) mod detail;
pub(super) mod frozen;
pub mod holders;
pub mod search_texts;

use std::collections::BTreeMap;

use bowline_api::status::AccountStatus;
use bowline_api::v1::Account;
use bowline_api::{AccountId, Page, TenantId};
use serde_json::Value;
use uuid::Uuid;

use super::connector;
use super::cursor::{self, Cursor, List};
use crate::app::App;
use crate::domain::facts::NeedsReauth;
use crate::domain::identity::ExternalUserId;
use crate::domain::state::account::AccountTrigger;
use crate::domain::{Actor, Code, Error, Event, Facts, Result, scope};
use crate::store::accounts::{AccountRow, OwnAccounts};
use crate::store::{Stored, TenantTx};

/// The sealing contexts of an account's tokens. They bind row, generation, user and provider account, and what the
/// tokens are valid for.
pub mod places {
    use bowline_vault::{Context, Facts, Purpose};
    use chrono::{DateTime, Utc};
    use uuid::Uuid;

    use crate::store::accounts::AccountRow;

    /// The context of the access token.
    pub fn access_token(account_row: &AccountRow) -> Context<'_> {
        let facts = access_facts(account_row.access_expires_at, &account_row.scopes);
        access_token_of(
            &account_row.id,
            account_row.generation,
            &account_row.external_user_id,
            &account_row.provider_account_id,
        )
        .facts(facts)
    }

    /// The context of the refresh token. It also binds the facts of the access token, so that a refresh caused by an
    /// edited expiry does not seal the edit in. Values that are read only during a refresh are bound only here.
    pub fn refresh_token(account_row: &AccountRow) -> Context<'_> {
        let facts = access_facts(account_row.access_expires_at, &account_row.scopes)
            .bytes("connector_id", Some(account_row.connector_id.as_bytes()))
            .set("missing_scopes", account_row.missing_scopes.iter().map(String::as_str))
            .text("assurance", account_row.assurance.as_str());
        Context::new(Purpose::RefreshToken, "accounts.refresh_token", &account_row.id)
            .generation(account_row.generation)
            .external_user(&account_row.external_user_id)
            .provider_account(&account_row.provider_account_id)
            .facts(facts)
    }

    /// The context of the access token, from the columns that identify it. The caller adds [`access_facts`].
    pub fn access_token_of<'a>(
        id: &'a Uuid,
        generation: i64,
        external_user_id: &'a str,
        provider_account_id: &'a str,
    ) -> Context<'a> {
        Context::new(Purpose::AccessToken, "accounts.access_token", id)
            .generation(generation)
            .external_user(external_user_id)
            .provider_account(provider_account_id)
    }

    /// What an access token is valid for: until when, and for which scopes. The order of scopes does not matter.
    pub fn access_facts(expires_at: Option<DateTime<Utc>>, scopes: &[String]) -> Facts {
        Facts::new().time("access_expires_at", expires_at).set("scopes", scopes.iter().map(String::as_str))
    }
}

/// Why the tokens of an account with this status may not be handed out, and what to do about it: `account_revoked`,
/// `account_suspended` or `needs_reauth`, or `unknown_state` if this version does not know the status. None if they may
/// be handed out.
pub fn refusal(
    id: Uuid,
    status: &Stored<AccountStatus>,
    reason: Option<&str>,
    external_user_id: &str,
) -> Option<Error> {
    let status = match status.known() {
        Ok(status) => status,
        Err(error) => return Some(error),
    };
    let account_id = AccountId::from(id);
    let refusal = match status {
        AccountStatus::Active => return None,
        AccountStatus::NeedsReauth => Code::NeedsReauth
            .because("the grant has ended at the provider; create a link session with this account_id and send the user to its url")
            .with(Facts::NeedsReauth(Box::new(NeedsReauth {
                account_id,
                external_user_id: external_user_id.to_owned(),
                reason: reason.unwrap_or_default().to_owned(),
                offer: None,
            }))),
        AccountStatus::Suspended => Code::AccountSuspended
            .because("an operator has frozen this Dropbox account; linking it again does not help: ask an operator to resume it")
            .with(Facts::Account { account_id }),
        AccountStatus::Revoking | AccountStatus::Revoked => Code::AccountRevoked
            .because("this account is revoked; the user can link it again")
            .with(Facts::Account { account_id }),
    };
    Some(refusal.into())
}

/// Checks that the account's tokens may be handed out.
///
/// # Errors
/// Those of [`refusal`].
pub fn usable(account_row: &AccountRow) -> Result<()> {
    refusal(
        account_row.id,
        &account_row.status,
        account_row.status_reason.as_deref(),
        &account_row.external_user_id,
    )
    .map_or(Ok(()), Err)
}

/// Records that the provider has reported the grant as revoked: no further calls, and the user must link again. `provider_request` is the
/// provider's own id of the request that it refused.
pub async fn needs_reauth(
    tx: &mut TenantTx,
    account_row: &AccountRow,
    reason: &str,
    provider_request: Option<&str>,
) -> Result<()> {
    let (active, died) = (AccountStatus::Active, AccountTrigger::GrantDied);
    if tx.change_status(account_row.id, account_row.generation, active, died, Some(reason)).await? {
        let event = Event::AccountNeedsReauth { account: account_row.id.into(), reason, provider_request };
        tx.record(&Actor::System, event).await?;
    }
    Ok(())
}

/// Records that the provider has accepted the refresh token of an account that seemed to need a new link. It is active
/// again.
pub async fn recovered(tx: &mut TenantTx, account_row: &AccountRow) -> Result<()> {
    let reason = account_row.status_reason.as_deref().unwrap_or_default();
    tx.record(&Actor::System, Event::AccountRecovered { account: account_row.id.into(), reason }).await
}

/// One account of the tenant.
///
/// # Errors
/// `not_found`.
pub async fn show(app: &App, tenant: TenantId, account: AccountId) -> Result<Account> {
    let read = async |tx: &mut TenantTx| Ok((tx.account(account.uuid()).await?, tx.is_sandbox().await?));
    let (account_row, sandbox) = app.store.scoped_in_turn(tenant, read).await?;
    to_wire(account_row.ok_or_else(Error::not_found)?, sandbox)
}

/// Which accounts a page contains.
#[derive(Debug)]
pub struct AccountQuery<'a> {
    /// Only accounts of this user.
    pub external_user_id: Option<&'a str>,
    /// Only accounts with this status.
    pub status: Option<AccountStatus>,
    /// Where the previous page of accounts ended.
    pub cursor: Option<&'a str>,
    /// The maximum number of accounts on the page.
    pub limit: i64,
}

/// One page of the tenant's accounts, newest first.
///
/// # Errors
/// `invalid_field`, `invalid_cursor`.
pub async fn list(app: &App, tenant: TenantId, query: &AccountQuery<'_>) -> Result<Page<Account>> {
    if let Some(user) = query.external_user_id {
        ExternalUserId::named(user)?;
    }
    let binding = (tenant, query.external_user_id, query.status);
    let list = List::new(app.vault.ring(), "v1/accounts", &binding)?;
    let asked: Option<Cursor<Uuid>> = list.read(query.cursor)?;
    let filter = OwnAccounts {
        external_user_id: query.external_user_id,
        status: query.status,
        from: asked.as_ref().map(|cursor| (cursor.key, cursor.is_backwards())),
        limit: query.limit + 1,
    };
    let read = async |tx: &mut TenantTx| Ok((tx.own_accounts(&filter).await?, tx.is_sandbox().await?));
    let (rows, sandbox) = app.store.scoped_in_turn(tenant, read).await?;
    let page = list.page(asked.as_ref(), rows, query.limit, |account_row| account_row.id)?;
    cursor::try_map(
        page,
        |account_row| AccountId::from(account_row.id),
        |account_row| to_wire(account_row, sandbox),
    )
}

/// The tenant's own data of an account, as the database has it.
pub(super) fn metadata_to_wire(stored: Value) -> BTreeMap<String, String> {
    // Only pairs of texts are ever stored. An edit of the database must not keep an account from being shown.
    serde_json::from_value(stored).unwrap_or_default()
}

/// A row as its tenant, which may be a sandbox, sees it.
///
/// # Errors
/// `unknown_state`.
pub fn to_wire(account_row: AccountRow, sandbox: bool) -> Result<Account> {
    let status_reason = account_row.reason_for_tenant();
    Ok(Account {
        id: account_row.id.into(),
        external_user_id: account_row.external_user_id,
        user_label: account_row.user_label,
        metadata: metadata_to_wire(account_row.metadata),
        connector_id: account_row.connector_id.into(),
        provider: connector::PROVIDER.to_owned(),
        sandbox,
        protocol: account_row.protocol.known()?.into(),
        provider_account_id: account_row.provider_account_id,
        email: account_row.email,
        display_name: account_row.display_name,
        status: account_row.status.known()?.into(),
        status_reason,
        scopes: scope::set(account_row.scopes),
        missing_scopes: scope::set(account_row.missing_scopes),
        assurance: account_row.assurance.known()?.into(),
        linked_at: account_row.linked_at,
        updated_at: account_row.updated_at,
        last_used_at: account_row.last_used_at,
    })
}
