//! The folded texts for operators' search, and the accounts for which an earlier version has not written one.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde_json::Value;
use uuid::Uuid;

use crate::domain::Result;
use crate::domain::fold::fold;
use crate::store::schema::accounts;
use crate::store::{TenantTx, WorkerTx};

/// The text of an account that a search examines: its identity, and what its tenant says about it.
pub(super) fn search_text(identity: [&str; 4], user_label: Option<&str>, metadata: &Value) -> String {
    let pairs = metadata.as_object().into_iter().flatten();
    let said = pairs.flat_map(|(name, value)| [name.as_str(), value.as_str().unwrap_or_default()]);
    let texts: Vec<&str> = identity.into_iter().chain(user_label).chain(said).collect();
    fold(&texts.join(" "))
}

/// The columns of a search text.
type Unfolded = (Uuid, String, String, String, String, Option<String>, Value);

impl WorkerTx {
    /// Up to `limit` accounts without a text, each with its tenant.
    pub async fn unfolded_accounts(&mut self, limit: i64) -> Result<Vec<(Uuid, Uuid)>> {
        let text_query = accounts::table
            .filter(accounts::search_text.is_null())
            .select((accounts::tenant_id, accounts::id))
            .order((accounts::tenant_id, accounts::id))
            .limit(limit);
        Ok(text_query.load(self.connection()).await?)
    }
}

impl TenantTx {
    /// Fills in the texts of these accounts, except for accounts that have one or are locked by somebody else. Returns
    /// the number of changed accounts.
    pub async fn fold_accounts(&mut self, ids: &[Uuid]) -> Result<usize> {
        let text_query = accounts::table
            .filter(accounts::tenant_id.eq(self.tenant_uuid()).and(accounts::id.eq_any(ids)))
            .filter(accounts::search_text.is_null())
            .select((
                accounts::id,
                accounts::email,
                accounts::display_name,
                accounts::external_user_id,
                accounts::provider_account_id,
                accounts::user_label,
                accounts::metadata,
            ))
            .for_no_key_update()
            .skip_locked();
        let rows: Vec<Unfolded> = text_query.load(self.connection()).await?;
        for (id, email, display_name, user, provider_account, label, metadata) in &rows {
            let text = search_text([email, display_name, user, provider_account], label.as_deref(), metadata);
            diesel::update(accounts::table.find((self.tenant_uuid(), *id)))
                .set(accounts::search_text.eq(text))
                .execute(self.connection())
                .await?;
        }
        Ok(rows.len())
    }
}
