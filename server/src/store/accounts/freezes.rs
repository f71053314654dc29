//! Freezes by operators of a provider's account within a tenant, and the accounts that they suspend.

use bowline_api::status::AccountStatus;
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::domain::state::account::{self, AccountTrigger};
use crate::domain::{Result, Whose};
use crate::store::schema::{account_freezes, accounts, connectors};
use crate::store::whose::of_tenants;
use crate::store::{OperatorTx, TenantTx};

/// A row.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = account_freezes, check_for_backend(diesel::pg::Pg))]
#[expect(missing_docs, reason = "the columns")]
pub struct FreezeRow {
    pub tenant_id: Uuid,
    /// Of another service than Dropbox with its issuer in front: see `service/freeze.rs`.
    pub provider_account_id: String,
    pub account_id: Uuid,
    pub reason: String,
    pub placed_at: DateTime<Utc>,
    pub placed_by: Option<String>,
}

/// The position of a page of freezes: the tenant and the provider's account of a row.
pub type FreezeKey = (Uuid, String);

/// All accounts of a provider account at an issuer, whatever their user and connector.
#[diesel::dsl::auto_type]
fn of_provider_account<'a>(tenant: Uuid, issuer: &'a str, provider_account_id: &'a str) -> _ {
    accounts::table
        .filter(accounts::tenant_id.eq(tenant))
        .filter(accounts::provider_account_id.eq(provider_account_id))
        .filter(
            accounts::connector_id.eq_any(
                connectors::table
                    .filter(connectors::tenant_id.eq(tenant))
                    .filter(connectors::issuer.eq(issuer))
                    .select(connectors::id),
            ),
        )
}

impl TenantTx {
    /// Prevents concurrent freezing, lifting and linking of this provider account until the transaction ends.
    ///
    /// Must be called before any account is locked: a freeze locks several accounts, and a link adds one.
    pub async fn lock_provider_account(&mut self, frozen: &str) -> Result<()> {
        let name = format!("freeze\0{}\0{frozen}", self.tenant_uuid());
        self.take_turn(name.as_bytes()).await
    }

    /// The reason for which this provider account at this issuer is frozen, or none. Its freeze has the key `frozen`. An account
    /// that was suspended by a version without freezes counts as frozen.
    pub async fn freeze_reason(
        &mut self,
        frozen: &str,
        issuer: &str,
        provider_account_id: &str,
    ) -> Result<Option<String>> {
        let freeze =
            account_freezes::table.find((self.tenant_uuid(), frozen)).select(account_freezes::reason);
        if let Some(reason) = freeze.first(self.connection()).await.optional()? {
            return Ok(Some(reason));
        }
        let suspended = of_provider_account(self.tenant_uuid(), issuer, provider_account_id)
            .filter(accounts::status.eq(AccountStatus::Suspended.as_str()))
            .select(accounts::status_reason);
        let reason: Option<Option<String>> = suspended.first(self.connection()).await.optional()?;
        Ok(reason.map(Option::unwrap_or_default))
    }

    /// Adds a freeze. False if there is one already, which stays unchanged.
    pub async fn insert_freeze(&mut self, freeze_row: &FreezeRow) -> Result<bool> {
        let insert = diesel::insert_into(account_freezes::table).values(freeze_row).on_conflict_do_nothing();
        Ok(insert.execute(self.connection()).await? == 1)
    }

    /// Removes and returns a freeze.
    pub async fn delete_freeze(&mut self, provider_account_id: &str) -> Result<Option<FreezeRow>> {
        let freeze_row = account_freezes::table.find((self.tenant_uuid(), provider_account_id));
        let delete = diesel::delete(freeze_row).returning(FreezeRow::as_returning());
        Ok(delete.get_result(self.connection()).await.optional()?)
    }

    /// Moves all accounts of this provider account at this issuer from the status `from` to the status that `trigger` leads to;
    /// returns those accounts.
    pub async fn change_statuses(
        &mut self,
        issuer: &str,
        provider_account_id: &str,
        from: AccountStatus,
        trigger: AccountTrigger,
        reason: Option<&str>,
        at: DateTime<Utc>,
    ) -> Result<Vec<Uuid>> {
        let Some(to) = account::after(from, trigger) else { return Ok(Vec::new()) };
        let all = of_provider_account(self.tenant_uuid(), issuer, provider_account_id)
            .filter(accounts::status.eq(from.as_str()));
        let update = diesel::update(all)
            .set((
                accounts::status.eq(to.as_str()),
                accounts::status_reason.eq(reason),
                accounts::updated_at.eq(at),
            ))
            .returning(accounts::id);
        Ok(update.get_results(self.connection()).await?)
    }
}

impl OperatorTx {
    /// The freeze of a provider account.
    pub async fn freeze(&mut self, tenant: Uuid, provider_account_id: &str) -> Result<Option<FreezeRow>> {
        let freeze_query =
            account_freezes::table.find((tenant, provider_account_id)).select(FreezeRow::as_select());
        Ok(freeze_query.first(self.connection()).await.optional()?)
    }

    /// The freezes of one tenant or of all in key order, after `from`; with `backwards` those before it, nearest first.
    pub async fn freezes(
        &mut self,
        whose: &Whose,
        from: Option<&FreezeKey>,
        backwards: bool,
        limit: i64,
    ) -> Result<Vec<FreezeRow>> {
        use account_freezes::{provider_account_id, tenant_id};
        let mut freeze_query =
            account_freezes::table.select(FreezeRow::as_select()).limit(limit).into_boxed::<diesel::pg::Pg>();
        freeze_query = of_tenants!(freeze_query, tenant_id, whose);
        if let Some((tenant, account)) = from.cloned() {
            freeze_query = if backwards {
                freeze_query.filter(
                    tenant_id.lt(tenant).or(tenant_id.eq(tenant).and(provider_account_id.lt(account))),
                )
            } else {
                freeze_query.filter(
                    tenant_id.gt(tenant).or(tenant_id.eq(tenant).and(provider_account_id.gt(account))),
                )
            };
        }
        let freeze_query = if backwards {
            freeze_query.order((tenant_id.desc(), provider_account_id.desc()))
        } else {
            freeze_query.order((tenant_id.asc(), provider_account_id.asc()))
        };
        Ok(freeze_query.load(self.connection()).await?)
    }
}
