//! Linked accounts with their sealed tokens, within their tenant.

mod ages;
pub mod details;
pub mod freezes;
pub mod lists;
mod moving;
pub mod order;
mod query;
pub mod search;
mod search_texts;
pub mod seen;

use bowline_api::status::{AccountStatus, Assurance, Protocol, RevokedBy};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::Timestamptz;
use diesel_async::RunQueryDsl;
use serde_json::Value;
use uuid::Uuid;

use super::schema::accounts;
use super::{Stored, TenantTx, violated};
use crate::domain::state::account::{self, AccountTrigger};
use crate::domain::{Result, account_reason};
use search_texts::search_text;

/// A row with its sealed tokens.
#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = accounts, treat_none_as_default_value = false, check_for_backend(diesel::pg::Pg))]
#[expect(missing_docs, reason = "the columns")]
pub struct AccountRow {
    pub tenant_id: Uuid,
    pub id: Uuid,
    pub connector_id: Uuid,
    pub external_user_id: String,
    pub provider_account_id: String,
    pub email: String,
    pub display_name: String,
    pub status: Stored<AccountStatus>,
    pub status_reason: Option<String>,
    pub scopes: Vec<String>,
    pub missing_scopes: Vec<String>,
    pub assurance: Stored<Assurance>,
    pub generation: i64,
    pub sealed_access_token: Option<Vec<u8>>,
    pub access_expires_at: Option<DateTime<Utc>>,
    pub sealed_refresh_token: Option<Vec<u8>>,
    pub refreshed_at: Option<DateTime<Utc>>,
    pub linked_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub last_used_at: Option<DateTime<Utc>>,
    pub protocol: Stored<Protocol>,
    pub user_label: Option<String>,
    pub metadata: Value,
    pub revoked_by: Option<Stored<RevokedBy>>,
}

/// Why an account has its status, as its tenant is told. None for a status that only a newer version knows.
pub(super) fn reason_for_tenant(
    status: &Stored<AccountStatus>,
    kept: Option<&str>,
    revoked_by: Option<&Stored<RevokedBy>>,
) -> Option<String> {
    let Stored::Known(status) = status else { return None };
    let by = match revoked_by {
        Some(Stored::Known(by)) => Some(*by),
        _ => None,
    };
    account_reason::for_tenant(*status, kept, by)
}

impl AccountRow {
    /// Why the account has its status, as its tenant is told.
    pub fn reason_for_tenant(&self) -> Option<String> {
        reason_for_tenant(&self.status, self.status_reason.as_deref(), self.revoked_by.as_ref())
    }

    fn search_text(&self) -> String {
        let identity = [&self.email, &self.display_name, &self.external_user_id, &self.provider_account_id];
        search_text(identity.map(String::as_str), self.user_label.as_deref(), &self.metadata)
    }
}

/// Which accounts of a tenant to list.
#[derive(Debug, Default)]
pub struct OwnAccounts<'a> {
    /// Only accounts of this user.
    pub external_user_id: Option<&'a str>,
    /// Only accounts with this status.
    pub status: Option<AccountStatus>,
    /// Only accounts beyond this id: older ones, or if the flag is true, newer ones (oldest first).
    pub from: Option<(Uuid, bool)>,
    /// The maximum number of accounts.
    pub limit: i64,
}

/// The result of writing a refresh into its account.
pub struct Refreshed {
    /// The reason why the provider account is frozen; `None` if it is not.
    pub frozen: Option<String>,
    /// Sealed for the next generation.
    pub sealed_access_token: Vec<u8>,
    /// When the access token expires.
    pub access_expires_at: DateTime<Utc>,
    /// Sealed for the next generation.
    pub sealed_refresh_token: Vec<u8>,
}

impl TenantTx {
    /// One account.
    pub async fn account(&mut self, id: Uuid) -> Result<Option<AccountRow>> {
        let account_query = accounts::table.find((self.tenant_uuid(), id)).select(AccountRow::as_select());
        Ok(account_query.first(self.connection()).await.optional()?)
    }

    /// One account, locked until this transaction ends. Its key columns never change, so recording a holding, whose
    /// foreign key references the row, does not wait.
    pub async fn lock_account(&mut self, id: Uuid) -> Result<Option<AccountRow>> {
        let account_query = accounts::table
            .find((self.tenant_uuid(), id))
            .select(AccountRow::as_select())
            .for_no_key_update();
        Ok(account_query.first(self.connection()).await.optional()?)
    }

    /// The account of this user at this provider account, if it was ever linked, locked.
    pub async fn lock_linked(
        &mut self,
        connector: Uuid,
        external_user_id: &str,
        provider_account_id: &str,
    ) -> Result<Option<AccountRow>> {
        let account_query = accounts::table
            .filter(accounts::tenant_id.eq(self.tenant_uuid()))
            .filter(accounts::connector_id.eq(connector))
            .filter(accounts::external_user_id.eq(external_user_id))
            .filter(accounts::provider_account_id.eq(provider_account_id))
            .select(AccountRow::as_select())
            .for_no_key_update();
        Ok(account_query.first(self.connection()).await.optional()?)
    }

    /// Up to `limit` accounts of a connector that are not revoked, oldest first.
    pub async fn living_accounts(&mut self, connector: Uuid, limit: i64) -> Result<Vec<Uuid>> {
        let ended = [AccountStatus::Revoking.as_str(), AccountStatus::Revoked.as_str()];
        let account_query = accounts::table
            .filter(accounts::tenant_id.eq(self.tenant_uuid()).and(accounts::connector_id.eq(connector)))
            .filter(accounts::status.ne_all(ended))
            .order(accounts::id)
            .limit(limit)
            .select(accounts::id);
        Ok(account_query.load(self.connection()).await?)
    }

    /// One page of the tenant's accounts, newest first.
    pub async fn own_accounts(&mut self, wanted: &OwnAccounts<'_>) -> Result<Vec<AccountRow>> {
        let mut account_query = accounts::table
            .filter(accounts::tenant_id.eq(self.tenant_uuid()))
            .limit(wanted.limit)
            .select(AccountRow::as_select())
            .into_boxed();
        if let Some(user) = wanted.external_user_id {
            account_query = account_query.filter(accounts::external_user_id.eq(user.to_owned()));
        }
        if let Some(status) = wanted.status {
            account_query = account_query.filter(accounts::status.eq(status.as_str()));
        }
        account_query = match wanted.from {
            Some((id, true)) => account_query.filter(accounts::id.gt(id)).order(accounts::id.asc()),
            Some((id, false)) => account_query.filter(accounts::id.lt(id)).order(accounts::id.desc()),
            None => account_query.order(accounts::id.desc()),
        };
        Ok(account_query.load(self.connection()).await?)
    }

    /// Up to `limit` accounts of a user, newest first: those that are revoked or about to be, or all others.
    pub async fn accounts_of_user(
        &mut self,
        external_user_id: &str,
        ended: bool,
        limit: usize,
    ) -> Result<Vec<AccountRow>> {
        let states = [AccountStatus::Revoking.as_str(), AccountStatus::Revoked.as_str()];
        let account_query = accounts::table
            .filter(accounts::tenant_id.eq(self.tenant_uuid()))
            .filter(accounts::external_user_id.eq(external_user_id))
            .filter(accounts::status.eq_any(states).eq(ended))
            .order(accounts::id.desc())
            .limit(i64::try_from(limit).unwrap_or(i64::MAX))
            .select(AccountRow::as_select());
        Ok(account_query.load(self.connection()).await?)
    }

    /// Adds an account, or replaces the one with its id by `account_row`. False if someone else has linked the same account for
    /// the first time at the same moment, in which case the transaction can no longer be used.
    pub async fn put_account(&mut self, account_row: &AccountRow) -> Result<bool> {
        use diesel::upsert::excluded;
        let put = diesel::insert_into(accounts::table)
            .values((account_row, accounts::search_text.eq(account_row.search_text())))
            .on_conflict((accounts::tenant_id, accounts::id))
            .do_update()
            .set((
                accounts::email.eq(excluded(accounts::email)),
                accounts::display_name.eq(excluded(accounts::display_name)),
                accounts::search_text.eq(excluded(accounts::search_text)),
                accounts::status.eq(excluded(accounts::status)),
                accounts::status_reason.eq(excluded(accounts::status_reason)),
                accounts::revoked_by.eq(excluded(accounts::revoked_by)),
                accounts::scopes.eq(excluded(accounts::scopes)),
                accounts::missing_scopes.eq(excluded(accounts::missing_scopes)),
                accounts::assurance.eq(excluded(accounts::assurance)),
                accounts::generation.eq(excluded(accounts::generation)),
                accounts::sealed_access_token.eq(excluded(accounts::sealed_access_token)),
                accounts::access_expires_at.eq(excluded(accounts::access_expires_at)),
                accounts::sealed_refresh_token.eq(excluded(accounts::sealed_refresh_token)),
                accounts::refreshed_at.eq(excluded(accounts::refreshed_at)),
                accounts::protocol.eq(excluded(accounts::protocol)),
                accounts::user_label.eq(excluded(accounts::user_label)),
                accounts::metadata.eq(excluded(accounts::metadata)),
                accounts::updated_at.eq(excluded(accounts::updated_at)),
            ))
            .execute(self.connection())
            .await;
        match put {
            Ok(_) => Ok(true),
            Err(error) if violated(&error) == Some("accounts_linked_once") => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Moves an account to another connector and provider account, with the tokens of its next generation, if it is still active at the
    /// previous one. False if its user has linked the same account there, in which case the transaction can no longer be used.
    pub async fn move_account(&mut self, account_row: &AccountRow) -> Result<bool> {
        let update = diesel::update(accounts::table.find((self.tenant_uuid(), account_row.id)))
            .filter(accounts::generation.eq(account_row.generation - 1))
            .filter(accounts::status.eq(AccountStatus::Active.as_str()))
            .set((
                accounts::connector_id.eq(account_row.connector_id),
                accounts::provider_account_id.eq(&account_row.provider_account_id),
                accounts::email.eq(&account_row.email),
                accounts::display_name.eq(&account_row.display_name),
                accounts::search_text.eq(account_row.search_text()),
                accounts::status.eq(account_row.status.as_str()),
                accounts::status_reason.eq(account_row.status_reason.as_deref()),
                accounts::scopes.eq(&account_row.scopes),
                accounts::missing_scopes.eq(&account_row.missing_scopes),
                accounts::generation.eq(account_row.generation),
                accounts::sealed_access_token.eq(account_row.sealed_access_token.as_deref()),
                accounts::access_expires_at.eq(account_row.access_expires_at),
                accounts::sealed_refresh_token.eq(account_row.sealed_refresh_token.as_deref()),
                accounts::refreshed_at.eq(account_row.refreshed_at),
                accounts::updated_at.eq(account_row.updated_at),
                accounts::protocol.eq(account_row.protocol.as_str()),
            ));
        match update.execute(self.connection()).await {
            Ok(moved) => Ok(moved == 1),
            Err(error) if violated(&error) == Some("accounts_linked_once") => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// The ids of the next active accounts of a connector after `after`, oldest first.
    pub async fn active_accounts_of(
        &mut self,
        connector: Uuid,
        after: Option<Uuid>,
        limit: i64,
    ) -> Result<Vec<Uuid>> {
        let account_query = accounts::table
            .filter(accounts::tenant_id.eq(self.tenant_uuid()).and(accounts::connector_id.eq(connector)))
            .filter(accounts::id.gt(after.unwrap_or_default()))
            .filter(accounts::status.eq(AccountStatus::Active.as_str()))
            .order(accounts::id)
            .limit(limit)
            .select(accounts::id);
        Ok(account_query.load(self.connection()).await?)
    }

    /// Writes a refresh back if the account is still at `generation` and has the status `from`; false if it is not.
    pub async fn write_refresh(
        &mut self,
        id: Uuid,
        generation: i64,
        from: AccountStatus,
        refreshed: &Refreshed,
    ) -> Result<bool> {
        let frozen = refreshed.frozen.is_some();
        let Some(to) = account::after(from, AccountTrigger::Refreshed { frozen }) else { return Ok(false) };
        let now = diesel::dsl::now.into_sql::<Timestamptz>();
        let update = diesel::update(accounts::table.find((self.tenant_uuid(), id)))
            .filter(accounts::generation.eq(generation).and(accounts::status.eq(from.as_str())))
            .set((
                accounts::generation.eq(generation + 1),
                accounts::status.eq(to.as_str()),
                accounts::status_reason.eq(refreshed.frozen.as_deref()),
                accounts::sealed_access_token.eq(&refreshed.sealed_access_token),
                accounts::access_expires_at.eq(refreshed.access_expires_at),
                accounts::sealed_refresh_token.eq(&refreshed.sealed_refresh_token),
                accounts::refreshed_at.eq(now.nullable()),
                accounts::updated_at.eq(now),
            ));
        Ok(update.execute(self.connection()).await? == 1)
    }

    /// Moves an account from the status `from` to the status that `trigger` leads to, if it is still at `generation`.
    /// Returns false if it is not, or if the trigger is not allowed.
    pub async fn change_status(
        &mut self,
        id: Uuid,
        generation: i64,
        from: AccountStatus,
        trigger: AccountTrigger,
        reason: Option<&str>,
    ) -> Result<bool> {
        let Some(to) = account::after(from, trigger) else { return Ok(false) };
        let update = diesel::update(accounts::table.find((self.tenant_uuid(), id)))
            .filter(accounts::generation.eq(generation).and(accounts::status.eq(from.as_str())))
            .set((
                accounts::status.eq(to.as_str()),
                accounts::status_reason.eq(reason),
                accounts::updated_at.eq(diesel::dsl::now.into_sql::<Timestamptz>()),
            ));
        Ok(update.execute(self.connection()).await? == 1)
    }

    /// Removes the tokens of a locked account and marks it `revoking`, at the next generation.
    pub async fn strip_account(
        &mut self,
        account_row: &AccountRow,
        by: RevokedBy,
        reason: &str,
    ) -> Result<()> {
        self.erase_narrowed_tokens(account_row.id).await?;
        diesel::update(accounts::table.find((self.tenant_uuid(), account_row.id)))
            .set((
                accounts::status.eq(AccountStatus::Revoking.as_str()),
                accounts::status_reason.eq(reason),
                accounts::revoked_by.eq(by.as_str()),
                accounts::generation.eq(account_row.generation + 1),
                accounts::sealed_access_token.eq(None::<Vec<u8>>),
                accounts::access_expires_at.eq(None::<DateTime<Utc>>),
                accounts::sealed_refresh_token.eq(None::<Vec<u8>>),
                accounts::refreshed_at.eq(None::<DateTime<Utc>>),
                accounts::updated_at.eq(diesel::dsl::now.into_sql::<Timestamptz>()),
            ))
            .execute(self.connection())
            .await?;
        Ok(())
    }
}
