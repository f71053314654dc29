//! The folded texts for operators' search, and the accounts for which an earlier version has not written one.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::domain::Result;
use crate::domain::fold::fold;
use crate::store::schema::accounts;
use crate::store::{TenantTx, WorkerTx};

/// The text of an account that a search examines.
pub(super) fn search_text(
    email: &str,
    display_name: &str,
    external_user_id: &str,
    provider_account_id: &str,
) -> String {
    fold(&[email, display_name, external_user_id, provider_account_id].join(" "))
}

impl WorkerTx {
    /// Up to `limit` accounts without a text, each with its tenant.
    pub async fn unfolded_accounts(&mut self, limit: i64) -> Result<Vec<(Uuid, Uuid)>> {
        let query = accounts::table
            .filter(accounts::search_text.is_null())
            .select((accounts::tenant_id, accounts::id))
            .order((accounts::tenant_id, accounts::id))
            .limit(limit);
        Ok(query.load(self.connection()).await?)
    }
}

impl TenantTx {
    /// Fills in the texts of these accounts, except for accounts that have one or are locked by somebody else. Returns
    /// the number of changed accounts.
    pub async fn fold_accounts(&mut self, ids: &[Uuid]) -> Result<usize> {
        let query = accounts::table
            .filter(accounts::tenant_id.eq(self.tenant_uuid()).and(accounts::id.eq_any(ids)))
            .filter(accounts::search_text.is_null())
            .select((
                accounts::id,
                accounts::email,
                accounts::display_name,
                accounts::external_user_id,
                accounts::provider_account_id,
            ))
            .for_no_key_update()
            .skip_locked();
        let rows: Vec<(Uuid, String, String, String, String)> = query.load(self.connection()).await?;
        for (id, email, display_name, external_user_id, provider_account_id) in &rows {
            let text = search_text(email, display_name, external_user_id, provider_account_id);
            diesel::update(accounts::table.find((self.tenant_uuid(), *id)))
                .set(accounts::search_text.eq(text))
                .execute(self.connection())
                .await?;
        }
        Ok(rows.len())
    }
}
