//! Accounts in the order in which they are exported.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::AccountRow;
use crate::domain::Result;
use crate::store::TenantTx;
use crate::store::schema::accounts;

impl TenantTx {
    /// Up to `limit` accounts after `after`, oldest first, whatever their status is; of one connector or of all.
    pub async fn accounts_after(
        &mut self,
        connector: Option<Uuid>,
        after: Option<Uuid>,
        limit: i64,
    ) -> Result<Vec<AccountRow>> {
        let mut query = accounts::table
            .filter(accounts::tenant_id.eq(self.tenant_uuid()))
            .filter(accounts::id.gt(after.unwrap_or_default()))
            .order(accounts::id)
            .limit(limit)
            .select(AccountRow::as_select())
            .into_boxed();
        if let Some(connector) = connector {
            query = query.filter(accounts::connector_id.eq(connector));
        }
        Ok(query.load(self.connection()).await?)
    }
}
