//! The folded texts that operators' search looks through, of accounts that an earlier version has written without one.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::domain::Result;
use crate::domain::fold::fold;
use crate::store::schema::accounts;
use crate::store::{TenantTx, WorkerTx};

/// What is looked through of an account.
pub(super) fn search_text(
    email: &str,
    display_name: &str,
    external_user_id: &str,
    provider_account_id: &str,
) -> String {
    fold(&[email, display_name, external_user_id, provider_account_id].join(" "))
}

impl WorkerTx {
    /// Up to `limit` accounts whose text is still to be filled in, by their tenants.
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
    /// Fills in the texts of those of these accounts that have none and that nobody else is changing; says how many those were.
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
