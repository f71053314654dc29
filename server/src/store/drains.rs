//! How many accounts API keys fetch tokens of, and the automatic stop of a key that fetches far more than it is used to.

use chrono::{DateTime, Duration, NaiveDate, Utc};
use diesel::dsl::{max, sql};
use diesel::prelude::*;
use diesel::sql_types::Integer;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::api_keys::ApiKeyRow;
use super::schema::{api_keys, drain_stops, key_days};
use super::{TenantTx, WorkerTx};
use crate::domain::Result;

/// A habit is the largest minute of this many days before today.
const HABIT_DAYS: i64 = 7;

/// A tenant's automatic stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = drain_stops, check_for_backend(diesel::pg::Pg))]
pub struct DrainStopRow {
    /// The factor by which a key may exceed its habit.
    pub times: i32,
    /// The number of accounts a minute up to which no key is stopped.
    pub least: i32,
    /// Until then a mass fetch was announced.
    pub announced_until: Option<DateTime<Utc>>,
}

/// What a key has fetched, over all replicas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fetched {
    /// The current minute.
    pub minute: DateTime<Utc>,
    /// In which time it ends.
    pub ends_in: std::time::Duration,
    /// The number of accounts in it.
    pub accounts: i32,
    /// The number in its largest minute of the last days before today.
    pub habit: i32,
}

impl WorkerTx {
    /// The tenants with an automatic stop.
    pub async fn tenants_with_drain_stop(&mut self) -> Result<Vec<Uuid>> {
        Ok(drain_stops::table.select(drain_stops::tenant_id).load(self.connection()).await?)
    }
}

impl TenantTx {
    /// The tenant's automatic stop, if it has one.
    pub async fn drain_stop(&mut self) -> Result<Option<DrainStopRow>> {
        let query = drain_stops::table.find(self.tenant_uuid()).select(DrainStopRow::as_select());
        Ok(query.first(self.connection()).await.optional()?)
    }

    /// Sets the tenant's automatic stop, or ends it.
    pub async fn set_drain_stop(&mut self, stop: Option<DrainStopRow>) -> Result<()> {
        let tenant = self.tenant_uuid();
        let Some(DrainStopRow { times, least, announced_until }) = stop else {
            diesel::delete(drain_stops::table.find(tenant)).execute(self.connection()).await?;
            return Ok(());
        };
        let values = (
            drain_stops::times.eq(times),
            drain_stops::least.eq(least),
            drain_stops::announced_until.eq(announced_until),
        );
        diesel::insert_into(drain_stops::table)
            .values((drain_stops::tenant_id.eq(tenant), values))
            .on_conflict(drain_stops::tenant_id)
            .do_update()
            .set(values)
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Adds `accounts` to those of which the key has fetched tokens in the current minute. What was announced does not become a habit.
    pub async fn add_fetched(&mut self, key: Uuid, accounts: i32, announced: bool) -> Result<Fetched> {
        let now = self.now().await?;
        let second = now.timestamp().rem_euclid(60);
        let minute = DateTime::from_timestamp(now.timestamp() - second, 0).unwrap_or(now);
        let ends_in = std::time::Duration::from_secs(u64::try_from(60 - second).unwrap_or(60));
        let today = minute.date_naive();
        let tenant = self.tenant_uuid();
        // Another replica may have begun the next minute already.
        let sum = "CASE WHEN key_days.minute >= excluded.minute THEN key_days.accounts + excluded.accounts \
                   ELSE excluded.accounts END";
        let largest = if announced {
            "key_days.largest".to_owned()
        } else {
            format!("greatest(key_days.largest, {sum})")
        };
        let row = (
            key_days::tenant_id.eq(tenant),
            key_days::api_key_id.eq(key),
            key_days::day.eq(today),
            key_days::minute.eq(minute),
            key_days::accounts.eq(accounts),
            key_days::largest.eq(if announced { 0 } else { accounts }),
        );
        let accounts: i32 = diesel::insert_into(key_days::table)
            .values(row)
            .on_conflict((key_days::tenant_id, key_days::api_key_id, key_days::day))
            .do_update()
            .set((
                key_days::accounts.eq(sql::<Integer>(sum)),
                key_days::largest.eq(sql::<Integer>(&largest)),
                key_days::minute.eq(sql::<diesel::sql_types::Timestamptz>(
                    "greatest(key_days.minute, excluded.minute)",
                )),
            ))
            .returning(key_days::accounts)
            .get_result(self.connection())
            .await?;
        let habit = self.largest_minute(key, today).await?;
        Ok(Fetched { minute, ends_in, accounts, habit })
    }

    /// The number of accounts in the key's largest minute of the last days before this one.
    async fn largest_minute(&mut self, key: Uuid, before: NaiveDate) -> Result<i32> {
        let since = before - Duration::days(HABIT_DAYS);
        let query = key_days::table
            .filter(key_days::tenant_id.eq(self.tenant_uuid()).and(key_days::api_key_id.eq(key)))
            .filter(key_days::day.ge(since).and(key_days::day.lt(before)))
            .select(max(key_days::largest));
        let largest: Option<i32> = query.first(self.connection()).await?;
        Ok(largest.unwrap_or_default())
    }

    /// Forgets days that are no part of a habit any more.
    pub async fn forget_key_days(&mut self, key: Uuid) -> Result<()> {
        let before = self.now().await?.date_naive() - Duration::days(HABIT_DAYS);
        let old = key_days::table
            .filter(key_days::tenant_id.eq(self.tenant_uuid()).and(key_days::api_key_id.eq(key)))
            .filter(key_days::day.lt(before));
        diesel::delete(old).execute(self.connection()).await?;
        Ok(())
    }

    /// Suspends a key that works. False if it does not.
    pub async fn suspend_api_key(&mut self, key: Uuid, reason: &str) -> Result<bool> {
        let now = self.now().await?;
        let update = diesel::update(api_keys::table.find((self.tenant_uuid(), key)))
            .filter(api_keys::suspended_at.is_null().and(api_keys::revoked_at.is_null()))
            .set((api_keys::suspended_at.eq(now), api_keys::suspended_reason.eq(reason)));
        Ok(update.execute(self.connection()).await? == 1)
    }

    /// Lets a suspended key work again, and makes what it was suspended for its habit. None if there is no such key; false if it was not
    /// suspended.
    pub async fn resume_api_key(&mut self, key: Uuid) -> Result<Option<(ApiKeyRow, bool)>> {
        let now = self.now().await?;
        let tenant = self.tenant_uuid();
        let before = api_keys::table.find((tenant, key)).select(ApiKeyRow::as_select()).for_no_key_update();
        let Some(before) = before.first(self.connection()).await.optional()? else { return Ok(None) };
        if before.suspended_at.is_none() {
            return Ok(Some((before, false)));
        }
        let update = diesel::update(api_keys::table.find((tenant, key)))
            .set((
                api_keys::suspended_at.eq(None::<DateTime<Utc>>),
                api_keys::suspended_reason.eq(None::<String>),
            ))
            .returning(ApiKeyRow::as_returning());
        let row = update.get_result(self.connection()).await?;
        let today = now.date_naive();
        let largest = self.largest_minute(key, today + Duration::days(1)).await?;
        let yesterday = (
            key_days::tenant_id.eq(tenant),
            key_days::api_key_id.eq(key),
            key_days::day.eq(today - Duration::days(1)),
            key_days::minute.eq(now - Duration::days(1)),
            key_days::accounts.eq(0),
            key_days::largest.eq(largest),
        );
        diesel::insert_into(key_days::table)
            .values(yesterday)
            .on_conflict((key_days::tenant_id, key_days::api_key_id, key_days::day))
            .do_update()
            .set(key_days::largest.eq(largest))
            .execute(self.connection())
            .await?;
        Ok(Some((row, true)))
    }
}
