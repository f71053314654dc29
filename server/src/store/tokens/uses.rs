//! How accounts were used last: with all scopes, with some of them, or by a signed request.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{self, Array, BigInt, Integer, Text, Timestamptz};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::holdings::Holding;
use super::repeats::Repeat;
use crate::domain::Result;
use crate::store::TenantTx;
use crate::store::schema::{accounts, token_holdings};

/// Issues of narrowed tokens of one account to one key.
#[derive(Debug, Clone)]
pub struct NarrowedUse {
    /// The account and the key.
    pub holding: Holding,
    /// The number of issues, without the first one of the holding.
    pub issues: i32,
    /// The scopes of the last issue; empty if a token with all scopes was issued after it.
    pub scopes: Vec<String>,
}

/// When an account was used last in one way.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct LastUse {
    /// The account.
    pub account: Uuid,
    /// When.
    pub at: DateTime<Utc>,
}

/// When a token with some of an account's scopes was issued last, and with which.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct LastNarrowedUse {
    /// The account.
    pub account: Uuid,
    /// When.
    pub at: DateTime<Utc>,
    /// The scopes.
    pub scopes: Vec<String>,
}

/// No scope contains a space (RFC 6749 section 3.3), so one text carries all scopes of an issue. Values without scopes leave the
/// last narrowed issue as it is.
const ADD_NARROWED_USES: &str = "
    UPDATE token_holdings h
    SET issues = h.issues + c.issues,
        narrowed_at = CASE WHEN c.scopes = '' THEN h.narrowed_at ELSE c.at END,
        narrowed_scopes = CASE WHEN c.scopes = '' THEN h.narrowed_scopes ELSE string_to_array(c.scopes, ' ') END
    FROM unnest($2::uuid[], $3::uuid[], $4::bigint[], $5::integer[], $6::text[], $7::timestamptz[])
        AS c (account, api_key, generation, issues, scopes, at)
    WHERE h.tenant_id = $1 AND h.account_id = c.account AND h.api_key_id = c.api_key AND h.generation = c.generation";

impl TenantTx {
    /// Adds issues of narrowed tokens, and records that their accounts were used.
    pub async fn add_narrowed_uses(&mut self, uses: &[NarrowedUse]) -> Result<()> {
        let repeats: Vec<Repeat> =
            uses.iter().map(|used| Repeat { holding: used.holding, issues: 0, at: None }).collect();
        self.add_repeats(&repeats).await?;
        let now = self.now().await?;
        let holdings = || uses.iter().map(|used| used.holding);
        diesel::sql_query(ADD_NARROWED_USES)
            .bind::<sql_types::Uuid, _>(self.tenant_uuid())
            .bind::<Array<sql_types::Uuid>, _>(holdings().map(|holding| holding.account).collect::<Vec<_>>())
            .bind::<Array<sql_types::Uuid>, _>(holdings().map(|holding| holding.api_key).collect::<Vec<_>>())
            .bind::<Array<BigInt>, _>(holdings().map(|holding| holding.generation).collect::<Vec<_>>())
            .bind::<Array<Integer>, _>(uses.iter().map(|used| used.issues).collect::<Vec<_>>())
            .bind::<Array<Text>, _>(uses.iter().map(|used| used.scopes.join(" ")).collect::<Vec<_>>())
            .bind::<Array<Timestamptz>, _>(vec![now; uses.len()])
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Notes that a request is signed in the name of an account now.
    pub async fn note_signature(&mut self, account: Uuid) -> Result<()> {
        let now = self.now().await?;
        diesel::update(accounts::table.find((self.tenant_uuid(), account)))
            .set((accounts::last_used_at.eq(now), accounts::signed_at.eq(now)))
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// When a token with all scopes of each of these accounts was issued last. Issues that are still in the journal
    /// (`repeats.rs`) are not seen.
    pub async fn last_issues(&mut self, accounts: &[Uuid]) -> Result<Vec<LastUse>> {
        let uses_query = token_holdings::table
            .filter(token_holdings::tenant_id.eq(self.tenant_uuid()))
            .filter(token_holdings::account_id.eq_any(accounts))
            .distinct_on(token_holdings::account_id)
            .order((token_holdings::account_id, token_holdings::last_issued_at.desc()))
            .select((token_holdings::account_id, token_holdings::last_issued_at));
        Ok(uses_query.load(self.connection()).await?)
    }

    /// When a token with some of the scopes of each of these accounts was issued last.
    pub async fn last_narrowed_uses(&mut self, accounts: &[Uuid]) -> Result<Vec<LastNarrowedUse>> {
        let uses_query = token_holdings::table
            .filter(token_holdings::tenant_id.eq(self.tenant_uuid()))
            .filter(token_holdings::account_id.eq_any(accounts))
            .filter(token_holdings::narrowed_at.is_not_null())
            .distinct_on(token_holdings::account_id)
            .order((token_holdings::account_id, token_holdings::narrowed_at.desc()))
            .select((
                token_holdings::account_id,
                token_holdings::narrowed_at.assume_not_null(),
                token_holdings::narrowed_scopes.assume_not_null(),
            ));
        Ok(uses_query.load(self.connection()).await?)
    }

    /// When a request was signed last in the name of each of these accounts, to within an hour.
    pub async fn last_signatures(&mut self, accounts: &[Uuid]) -> Result<Vec<LastUse>> {
        let uses_query = accounts::table
            .filter(accounts::tenant_id.eq(self.tenant_uuid()))
            .filter(accounts::id.eq_any(accounts))
            .filter(accounts::signed_at.is_not_null())
            .select((accounts::id, accounts::signed_at.assume_not_null()));
        Ok(uses_query.load(self.connection()).await?)
    }
}
