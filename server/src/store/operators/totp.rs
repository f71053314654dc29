//! Operators' secrets for one-time codes, and their recovery codes.

use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_types::{Interval, Timestamptz};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::domain::Result;
use crate::domain::credential::Digest;
use crate::store::schema::{operator_recovery_codes, operator_totp, operators};
use crate::store::{PlatformTx, interval};

/// How long a new secret can be confirmed.
const TOTP_CONFIRMED_WITHIN: Duration = Duration::from_mins(10);

/// A sealed secret.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = operator_totp, check_for_backend(diesel::pg::Pg))]
#[expect(missing_docs, reason = "the columns")]
pub struct TotpRow {
    pub operator_id: Uuid,
    pub is_pending: bool,
    pub kek_version: i32,
    pub wrapped_key: Vec<u8>,
    pub sealed_secret: Vec<u8>,
    pub last_step: i64,
}

impl PlatformTx {
    /// The operator's secret: the one in use, or the one that is not confirmed yet if it is younger than 10 minutes.
    pub async fn totp(&mut self, operator: Uuid, is_pending: bool) -> Result<Option<TotpRow>> {
        let youngest = diesel::dsl::sql::<diesel::sql_types::Bool>(
            "(NOT operator_totp.is_pending OR operator_totp.created_at > now() - interval '10 minutes')",
        );
        let totp_query =
            operator_totp::table.find((operator, is_pending)).filter(youngest).select(TotpRow::as_select());
        Ok(totp_query.first(self.connection()).await.optional()?)
    }

    /// Stores a secret that has to be confirmed, in place of an earlier one that was not.
    pub async fn put_pending_totp(&mut self, row: &TotpRow) -> Result<()> {
        let now = diesel::dsl::now.into_sql::<Timestamptz>();
        // Secrets of others that were never confirmed do not stay.
        let old = operator_totp::created_at.lt(now - interval(TOTP_CONFIRMED_WITHIN).into_sql::<Interval>());
        diesel::delete(operator_totp::table.filter(operator_totp::is_pending.and(old)))
            .execute(self.connection())
            .await?;
        diesel::insert_into(operator_totp::table)
            .values(row)
            .on_conflict((operator_totp::operator_id, operator_totp::is_pending))
            .do_update()
            .set((row, operator_totp::created_at.eq(now)))
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Makes the secret that was confirmed with the code of `step` the one in use, and marks its operator as enrolled.
    pub async fn confirm_totp(&mut self, operator: Uuid, step: i64) -> Result<()> {
        self.delete_totp(operator, false).await?;
        diesel::update(operator_totp::table.find((operator, true)))
            .set((operator_totp::is_pending.eq(false), operator_totp::last_step.eq(step)))
            .execute(self.connection())
            .await?;
        let now = diesel::dsl::now.into_sql::<Timestamptz>();
        diesel::update(operators::table.find(operator))
            .set(operators::totp_since.eq(now.nullable()))
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Records that the code of `step` was accepted. Returns false if one of this step or a later one was before.
    pub async fn advance_totp(&mut self, operator: Uuid, step: i64) -> Result<bool> {
        let update = diesel::update(operator_totp::table.find((operator, false)))
            .filter(operator_totp::last_step.lt(step))
            .set(operator_totp::last_step.eq(step));
        Ok(update.execute(self.connection()).await? == 1)
    }

    /// Removes the operator's secrets and recovery codes.
    pub async fn remove_totp(&mut self, operator: Uuid) -> Result<()> {
        self.delete_totp(operator, false).await?;
        self.delete_totp(operator, true).await?;
        self.replace_recovery_codes(operator, &[]).await?;
        diesel::update(operators::table.find(operator))
            .set(operators::totp_since.eq(None::<chrono::DateTime<chrono::Utc>>))
            .execute(self.connection())
            .await?;
        Ok(())
    }

    async fn delete_totp(&mut self, operator: Uuid, is_pending: bool) -> Result<()> {
        diesel::delete(operator_totp::table.find((operator, is_pending))).execute(self.connection()).await?;
        Ok(())
    }

    /// Replaces all recovery codes of the operator.
    pub async fn replace_recovery_codes(&mut self, operator: Uuid, codes: &[Digest]) -> Result<()> {
        let all = operator_recovery_codes::table.filter(operator_recovery_codes::operator_id.eq(operator));
        diesel::delete(all).execute(self.connection()).await?;
        let rows: Vec<_> = codes
            .iter()
            .map(|code| {
                (
                    operator_recovery_codes::operator_id.eq(operator),
                    operator_recovery_codes::code_hash.eq(code.as_bytes()),
                )
            })
            .collect();
        diesel::insert_into(operator_recovery_codes::table).values(rows).execute(self.connection()).await?;
        Ok(())
    }

    /// Uses up a recovery code. Returns how many are left, or none if the operator has no such code.
    pub async fn use_recovery_code(&mut self, operator: Uuid, code: Digest) -> Result<Option<i64>> {
        let one = operator_recovery_codes::table.find((operator, code.as_bytes()));
        if diesel::delete(one).execute(self.connection()).await? == 0 {
            return Ok(None);
        }
        let left = operator_recovery_codes::table.filter(operator_recovery_codes::operator_id.eq(operator));
        Ok(Some(left.count().get_result(self.connection()).await?))
    }

    /// The versions of the master keys that wrap keys of operators' secrets.
    pub async fn totp_master_keys(&mut self) -> Result<Vec<i32>> {
        Ok(operator_totp::table.select(operator_totp::kek_version).distinct().load(self.connection()).await?)
    }
}
