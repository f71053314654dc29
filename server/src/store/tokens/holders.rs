//! Which API keys hold a token of an account, for operators.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_types::{self, Array, BigInt, Bool, Date, Nullable, Text, Timestamptz};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::domain::Result;
use crate::store::OperatorTx;
use crate::store::schema::token_holdings;

/// The maximum number of journal rows that are read for one account: those of some minutes of a very busy tenant.
const JOURNAL_ROWS_READ: i64 = 2_000;

/// The holdings of one token, with the issues that are still in the journal. It is one statement, so that a fold that
/// happens meanwhile is seen as a whole or not at all.
const HOLDERS: &str = "
    WITH held AS (
        SELECT api_key_id, first_issued_at, greatest(last_issued_at, narrowed_at) AS last_issued_at, issues
        FROM token_holdings
        WHERE tenant_id = $1 AND account_id = $2 AND generation = $3
    ), journal AS MATERIALIZED (
        SELECT api_key_id, at, account_ids, generations, counts FROM token_repeats
        WHERE tenant_id = $1 AND api_key_id IN (SELECT api_key_id FROM held) LIMIT $4
    ), unfolded AS (
        SELECT j.api_key_id, max(j.at) AS at, sum(c.issues)::bigint AS issues
        FROM journal j CROSS JOIN LATERAL unnest(j.account_ids, j.generations, j.counts) AS c (account, generation, issues)
        WHERE $2 = ANY (j.account_ids) AND c.account = $2 AND c.generation = $3
        GROUP BY j.api_key_id
    )
    SELECT k.id, k.name, k.permissions, k.created_at, k.expires_at, k.revoked_at, k.suspended_at,
           k.suspended_reason, k.last_used_on, h.first_issued_at, greatest(h.last_issued_at, u.at) AS last_issued_at, h.issues + coalesce(u.issues, 0) AS issues,
           (SELECT count(*) FROM journal) >= $4 AS approximate
    FROM held h
    JOIN api_keys k ON k.tenant_id = $1 AND k.id = h.api_key_id
    LEFT JOIN unfolded u ON u.api_key_id = h.api_key_id
    ORDER BY greatest(h.last_issued_at, u.at) DESC, k.id DESC LIMIT $5";

/// A key that has received a token.
#[derive(Debug, Clone, QueryableByName)]
#[expect(missing_docs, reason = "the columns of the key and of its holding")]
pub struct HolderRow {
    #[diesel(sql_type = sql_types::Uuid)]
    pub id: Uuid,
    #[diesel(sql_type = Text)]
    pub name: String,
    #[diesel(sql_type = Array<Text>)]
    pub permissions: Vec<String>,
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub expires_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub revoked_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub suspended_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Text>)]
    pub suspended_reason: Option<String>,
    #[diesel(sql_type = Nullable<Date>)]
    pub last_used_on: Option<NaiveDate>,
    #[diesel(sql_type = Timestamptz)]
    pub first_issued_at: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    pub last_issued_at: DateTime<Utc>,
    #[diesel(sql_type = BigInt)]
    pub issues: i64,
    /// Whether the journal is so long that only a part of it is counted.
    #[diesel(sql_type = Bool)]
    pub approximate: bool,
}

impl OperatorTx {
    /// Up to `limit` keys that have received the token of this generation, the last issue first.
    pub async fn token_holders(
        &mut self,
        tenant: Uuid,
        account: Uuid,
        generation: i64,
        limit: i64,
    ) -> Result<Vec<HolderRow>> {
        let holder_query = diesel::sql_query(HOLDERS)
            .bind::<sql_types::Uuid, _>(tenant)
            .bind::<sql_types::Uuid, _>(account)
            .bind::<BigInt, _>(generation)
            .bind::<BigInt, _>(JOURNAL_ROWS_READ)
            .bind::<BigInt, _>(limit);
        Ok(holder_query.load(self.connection()).await?)
    }

    /// The newest generation of which a key has received the token.
    pub async fn last_held_generation(&mut self, tenant: Uuid, account: Uuid) -> Result<Option<i64>> {
        let holder_query = token_holdings::table
            .filter(token_holdings::tenant_id.eq(tenant).and(token_holdings::account_id.eq(account)))
            .select(diesel::dsl::max(token_holdings::generation));
        Ok(holder_query.get_result(self.connection()).await?)
    }
}
