//! Sealed access tokens with fewer scopes than their account has. Each is for one generation of the account.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::Timestamptz;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::domain::Result;
use crate::store::TenantTx;
use crate::store::schema::narrowed_tokens;

/// A narrowed token, without the row's key.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = narrowed_tokens, check_for_backend(diesel::pg::Pg))]
pub struct NarrowedRow {
    /// The generation of the account for which the row is valid.
    pub generation: i64,
    /// None if the provider refused these scopes.
    pub sealed_access_token: Option<Vec<u8>>,
    /// When the token expires, or until when the refusal is cached.
    pub expires_at: DateTime<Utc>,
}

impl TenantTx {
    /// The stored token of this account with these scopes, or the stored refusal.
    pub async fn narrowed_token(&mut self, account: Uuid, scopes_hash: &[u8]) -> Result<Option<NarrowedRow>> {
        let key = (self.tenant_uuid(), account, scopes_hash);
        let narrowed_query = narrowed_tokens::table.find(key).select(NarrowedRow::as_select());
        Ok(narrowed_query.first(self.connection()).await.optional()?)
    }

    /// Stores a token or a refusal in place of the previous one, and deletes rows of the account that are no longer
    /// valid.
    pub async fn put_narrowed_token(
        &mut self,
        account: Uuid,
        scopes_hash: &[u8],
        narrowed_row: &NarrowedRow,
    ) -> Result<()> {
        let now = diesel::dsl::now.into_sql::<Timestamptz>();
        diesel::delete(narrowed_tokens::table)
            .filter(narrowed_tokens::tenant_id.eq(self.tenant_uuid()))
            .filter(narrowed_tokens::account_id.eq(account))
            .filter(
                narrowed_tokens::generation
                    .ne(narrowed_row.generation)
                    .or(narrowed_tokens::expires_at.le(now)),
            )
            .execute(self.connection())
            .await?;
        let values = (
            narrowed_tokens::generation.eq(narrowed_row.generation),
            narrowed_tokens::sealed_access_token.eq(narrowed_row.sealed_access_token.as_deref()),
            narrowed_tokens::expires_at.eq(narrowed_row.expires_at),
        );
        diesel::insert_into(narrowed_tokens::table)
            .values((
                narrowed_tokens::tenant_id.eq(self.tenant_uuid()),
                narrowed_tokens::account_id.eq(account),
                narrowed_tokens::scopes_hash.eq(scopes_hash),
                values,
            ))
            .on_conflict((
                narrowed_tokens::tenant_id,
                narrowed_tokens::account_id,
                narrowed_tokens::scopes_hash,
            ))
            .do_update()
            .set(values)
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Erases all narrowed tokens of an account.
    pub async fn erase_narrowed_tokens(&mut self, account: Uuid) -> Result<()> {
        diesel::delete(narrowed_tokens::table)
            .filter(narrowed_tokens::tenant_id.eq(self.tenant_uuid()))
            .filter(narrowed_tokens::account_id.eq(account))
            .execute(self.connection())
            .await?;
        Ok(())
    }
}
