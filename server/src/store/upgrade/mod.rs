//! A database from before facts were bound into sealed values and before audit entries were signed: finds what is still
//! in the old form, and replaces it with the new one.

mod link_sessions;

pub use link_sessions::LinkSessionSeals;

use diesel::dsl::{exists, sql};
use diesel::prelude::*;
use diesel::sql_types::{Array, Binary, Bool, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::accounts::AccountRow;
use super::connectors::ConnectorRow;
use super::schema::{accounts, audit_events, audit_heads, connectors, narrowed_tokens};
use super::{OperatorTx, PlatformTx, TenantTx, Tx};
use crate::domain::{Actor, Event, Result};

/// Conditions on the first byte of an envelope: 2 is the current form.
const OLD_CONNECTOR: &str = "substr(sealed_app_secret, 1, 1) <> '\\x02'";
const OLD_ACCOUNT: &str =
    "(substr(sealed_access_token, 1, 1) <> '\\x02' OR substr(sealed_refresh_token, 1, 1) <> '\\x02')";
const OLD_NARROWED_TOKEN: &str = "substr(sealed_access_token, 1, 1) <> '\\x02'";

/// One statement per batch, because the round trip of a single one takes longer than its update.
const RESEAL_ACCOUNTS: &str = "UPDATE accounts a SET sealed_access_token = s.access, sealed_refresh_token = s.refresh \
    FROM unnest($2::uuid[], $3::bytea[], $4::bytea[]) AS s (id, access, refresh) WHERE a.tenant_id = $1 AND a.id = s.id";

/// The tokens of some accounts in the current form, as columns.
#[derive(Default)]
#[expect(missing_docs, reason = "the columns")]
pub struct AccountSeals {
    pub ids: Vec<Uuid>,
    pub access_tokens: Vec<Vec<u8>>,
    pub refresh_tokens: Vec<Vec<u8>>,
}

impl PlatformTx {
    /// Whether the last entry of the service's own log is signed. None if it has no entry.
    pub async fn own_log_is_signed(&mut self) -> Result<Option<bool>> {
        let last: Option<Option<i32>> = audit_events::table
            .filter(audit_events::tenant_id.eq(Uuid::nil()))
            .order(audit_events::sequence.desc())
            .select(audit_events::key_version)
            .first(self.connection())
            .await
            .optional()?;
        Ok(last.map(|key_version| key_version.is_some()))
    }
}

impl OperatorTx {
    /// Whether any log ends with an unsigned entry.
    pub async fn has_unsigned_log(&mut self) -> Result<bool> {
        let last = audit_events::tenant_id
            .eq(audit_heads::tenant_id)
            .and(audit_events::sequence.eq(audit_heads::sequence));
        let unsigned = audit_heads::table
            .inner_join(audit_events::table.on(last))
            .filter(audit_events::key_version.is_null());
        Ok(diesel::select(exists(unsigned)).get_result(self.connection()).await?)
    }
}

impl TenantTx {
    /// Locks the connectors with an app secret in the old form.
    pub async fn lock_old_connectors(&mut self) -> Result<Vec<ConnectorRow>> {
        let old_seals_query = connectors::table
            .filter(connectors::tenant_id.eq(self.tenant_uuid()))
            .filter(sql::<Bool>(OLD_CONNECTOR))
            .order(connectors::id)
            .select(ConnectorRow::as_select())
            .for_no_key_update();
        Ok(old_seals_query.load(self.connection()).await?)
    }

    /// Replaces a sealed app secret with its new form.
    pub async fn reseal_connector(&mut self, id: Uuid, sealed: &[u8]) -> Result<()> {
        let update = diesel::update(connectors::table.find((self.tenant_uuid(), id)))
            .set(connectors::sealed_app_secret.eq(sealed));
        update.execute(self.connection()).await?;
        Ok(())
    }

    /// The id of the last of the next `count` accounts after `after`. None if there are fewer.
    pub async fn account_ahead(&mut self, after: Uuid, count: i64) -> Result<Option<Uuid>> {
        let old_seals_query = accounts::table
            .filter(accounts::tenant_id.eq(self.tenant_uuid()).and(accounts::id.gt(after)))
            .order(accounts::id)
            .offset(count - 1)
            .select(accounts::id);
        Ok(old_seals_query.first(self.connection()).await.optional()?)
    }

    /// Locks the accounts after `after`, up to `last`, with a token in the old form.
    pub async fn lock_old_accounts(&mut self, after: Uuid, last: Uuid) -> Result<Vec<AccountRow>> {
        let old_seals_query = accounts::table
            .filter(accounts::tenant_id.eq(self.tenant_uuid()))
            .filter(accounts::id.gt(after).and(accounts::id.le(last)))
            .filter(sql::<Bool>(OLD_ACCOUNT))
            .order(accounts::id)
            .select(AccountRow::as_select())
            .for_no_key_update();
        Ok(old_seals_query.load(self.connection()).await?)
    }

    /// Replaces sealed tokens with their new form.
    pub async fn reseal_accounts(&mut self, seals: AccountSeals) -> Result<()> {
        diesel::sql_query(RESEAL_ACCOUNTS)
            .bind::<SqlUuid, _>(self.tenant_uuid())
            .bind::<Array<SqlUuid>, _>(seals.ids)
            .bind::<Array<Binary>, _>(seals.access_tokens)
            .bind::<Array<Binary>, _>(seals.refresh_tokens)
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Erases the narrowed tokens in the old form and returns their number. Each can be issued again.
    pub async fn erase_old_narrowed_tokens(&mut self) -> Result<usize> {
        let delete = diesel::delete(narrowed_tokens::table)
            .filter(narrowed_tokens::tenant_id.eq(self.tenant_uuid()))
            .filter(sql::<Bool>(OLD_NARROWED_TOKEN));
        Ok(delete.execute(self.connection()).await?)
    }
}

impl<Scope> Tx<Scope> {
    /// Adds `event`, which `actor` caused, after the `length` entries of the chain. False if the chain has another
    /// length by now.
    pub async fn sign_over(&mut self, length: i64, actor: &Actor, event: Event<'_>) -> Result<bool> {
        if self.lock_head().await?.sequence != length {
            return Ok(false);
        }
        self.append(actor, event).await.map(|()| true)
    }
}
