//! Data about an account for operators: names, token holders, the revocation in progress.

use bowline_api::status::{RevocationCause, RevocationStatus};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::domain::Result;
use crate::store::OperatorTx;
use crate::store::schema::{connectors, revocations, tenants, token_holdings};

/// The progress of a revocation at the provider.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = revocations, check_for_backend(diesel::pg::Pg))]
#[expect(missing_docs, reason = "the columns")]
pub struct RevocationProgress {
    pub attempts: i32,
    pub next_attempt_at: DateTime<Utc>,
    pub last_error: Option<String>,
}

impl OperatorTx {
    /// Ids and short names of some tenants.
    pub async fn tenant_slugs(&mut self, ids: &[Uuid]) -> Result<Vec<(Uuid, String)>> {
        let account_query =
            tenants::table.filter(tenants::id.eq_any(ids)).select((tenants::id, tenants::slug));
        Ok(account_query.load(self.connection()).await?)
    }

    /// Ids, providers and names of some connectors.
    pub async fn connector_names(&mut self, ids: &[Uuid]) -> Result<Vec<(Uuid, String, String, bool)>> {
        let account_query = connectors::table.filter(connectors::id.eq_any(ids)).select((
            connectors::id,
            connectors::provider,
            connectors::name,
            connectors::sandbox,
        ));
        Ok(account_query.load(self.connection()).await?)
    }

    /// The tenant that owns this connector.
    pub async fn connector_owner(&mut self, id: Uuid) -> Result<Option<Uuid>> {
        let account_query = connectors::table.filter(connectors::id.eq(id)).select(connectors::tenant_id);
        Ok(account_query.first(self.connection()).await.optional()?)
    }

    /// The number of API keys that hold the access token of this generation.
    pub async fn holders(&mut self, tenant: Uuid, account: Uuid, generation: i64) -> Result<i64> {
        let account_query = token_holdings::table
            .filter(token_holdings::tenant_id.eq(tenant).and(token_holdings::account_id.eq(account)))
            .filter(token_holdings::generation.eq(generation));
        Ok(account_query.count().get_result(self.connection()).await?)
    }

    /// The newest revocation of the account that has not succeeded.
    pub async fn revocation(&mut self, tenant: Uuid, account: Uuid) -> Result<Option<RevocationProgress>> {
        let account_query = revocations::table
            .filter(revocations::tenant_id.eq(tenant).and(revocations::account_id.eq(account)))
            .filter(revocations::state.ne(RevocationStatus::Done.as_str()))
            .filter(revocations::cause.eq(RevocationCause::Revoked.as_str()))
            .order(revocations::id.desc())
            .select(RevocationProgress::as_select());
        Ok(account_query.first(self.connection()).await.optional()?)
    }
}
