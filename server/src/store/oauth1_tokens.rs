//! Who holds an access token of OAuth 1, and which of them are being ended at the provider. Tokens are known by keyed hashes.

use std::time::Duration;

use diesel::dsl::exists;
use diesel::prelude::*;
use diesel::sql_types::{Interval, Timestamptz};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::schema::oauth1_tokens;
use super::{TenantTx, interval};
use crate::domain::Result;

impl TenantTx {
    /// Prevents concurrent holding and ending of this token until the transaction ends. Must be called before any account is
    /// locked.
    pub async fn lock_oauth1_token(&mut self, token_hash: &[u8]) -> Result<()> {
        let name = [b"oauth1 token\0", self.tenant_uuid().as_bytes().as_slice(), token_hash].concat();
        self.take_turn(&name).await
    }

    /// Records that an account or a link session holds this token, and no other.
    pub async fn hold_oauth1_token(&mut self, holder: Uuid, token_hash: &[u8]) -> Result<()> {
        diesel::insert_into(oauth1_tokens::table)
            .values((
                oauth1_tokens::tenant_id.eq(self.tenant_uuid()),
                oauth1_tokens::holder.eq(holder),
                oauth1_tokens::token_hash.eq(token_hash),
            ))
            .on_conflict((oauth1_tokens::tenant_id, oauth1_tokens::holder))
            .do_update()
            .set(oauth1_tokens::token_hash.eq(token_hash))
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Records that an account or a link session holds no token of OAuth 1 any more.
    pub async fn release_oauth1_token(&mut self, holder: Uuid) -> Result<()> {
        let row = oauth1_tokens::table.find((self.tenant_uuid(), holder));
        diesel::delete(row).execute(self.connection()).await?;
        Ok(())
    }

    /// Whether an account or a link session holds this token.
    pub async fn oauth1_token_is_held(&mut self, token_hash: &[u8]) -> Result<bool> {
        let held = oauth1_tokens::table
            .filter(oauth1_tokens::tenant_id.eq(self.tenant_uuid()))
            .filter(oauth1_tokens::token_hash.eq(token_hash).and(oauth1_tokens::ending_until.is_null()));
        Ok(diesel::select(exists(held)).get_result(self.connection()).await?)
    }

    /// Records that a revocation is ending this token. Nobody begins to rely on it for `length`; older records are deleted.
    pub async fn begin_ending_oauth1_token(
        &mut self,
        revocation: Uuid,
        token_hash: &[u8],
        length: Duration,
    ) -> Result<()> {
        let now = diesel::dsl::now.into_sql::<Timestamptz>();
        let over = oauth1_tokens::table
            .filter(oauth1_tokens::tenant_id.eq(self.tenant_uuid()))
            .filter(oauth1_tokens::ending_until.lt(now.nullable()));
        diesel::delete(over).execute(self.connection()).await?;
        let until = (now + interval(length).into_sql::<Interval>()).nullable();
        diesel::insert_into(oauth1_tokens::table)
            .values((
                oauth1_tokens::tenant_id.eq(self.tenant_uuid()),
                oauth1_tokens::holder.eq(revocation),
                oauth1_tokens::token_hash.eq(token_hash),
                oauth1_tokens::ending_until.eq(until),
            ))
            .on_conflict((oauth1_tokens::tenant_id, oauth1_tokens::holder))
            .do_update()
            .set(oauth1_tokens::ending_until.eq(until))
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Whether this token is being ended, or was a moment ago.
    pub async fn oauth1_token_is_ending(&mut self, token_hash: &[u8]) -> Result<bool> {
        let now = diesel::dsl::now.into_sql::<Timestamptz>();
        let ending = oauth1_tokens::table
            .filter(oauth1_tokens::tenant_id.eq(self.tenant_uuid()))
            .filter(oauth1_tokens::token_hash.eq(token_hash))
            .filter(oauth1_tokens::ending_until.gt(now.nullable()));
        Ok(diesel::select(exists(ending)).get_result(self.connection()).await?)
    }
}
