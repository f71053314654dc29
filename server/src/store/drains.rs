//! How many accounts API keys fetch tokens of, and the automatic stop of a key that fetches far more than it is used to.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Array, Date, Integer, Timestamptz};
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::api_keys::ApiKeyRow;
use super::schema::{api_keys, drain_stops, key_habits};
use super::{TenantTx, Tx, WorkerTx, violated};
use crate::domain::{Code, Result};

/// The accounts of the minute over all replicas. Another replica may have begun the next minute already.
const SUM_OF_MINUTE: &str = "CASE WHEN key_habits.minute >= excluded.minute THEN key_habits.accounts + excluded.accounts \
                   ELSE excluded.accounts END";
/// The largest minute of the day.
const LARGEST_OF_DAY: &str = "greatest(CASE WHEN key_habits.day >= excluded.day THEN key_habits.largest ELSE 0 END, \
                       CASE WHEN key_habits.minute >= excluded.minute THEN key_habits.accounts + excluded.accounts \
                       ELSE excluded.accounts END)";
/// The largest minutes of the seven days before it; a day without any has 0.
const LARGEST_OF_EARLIER_DAYS: &str = "CASE WHEN key_habits.day >= excluded.day THEN key_habits.earlier ELSE \
                       (array_fill(0, ARRAY[least(excluded.day - key_habits.day - 1, 7)]) || ARRAY[key_habits.largest] \
                       || key_habits.earlier)[1:7] END";

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
    /// The only key that was announced; all keys of the tenant if `None`.
    pub announced_key: Option<Uuid>,
}

impl DrainStopRow {
    /// Whether a mass fetch of this key is announced at this time.
    pub fn is_announced(&self, key: Uuid, now: DateTime<Utc>) -> bool {
        self.announced_until.is_some_and(|until| until > now)
            && self.announced_key.is_none_or(|announced| announced == key)
    }

    /// The number of accounts a minute above which a key with this habit is stopped.
    pub fn limit(&self, habit: i32) -> i32 {
        self.least.max(self.times.saturating_mul(habit))
    }
}

/// How many further accounts a key has fetched tokens of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Insertable)]
#[diesel(table_name = key_habits)]
pub struct FetchedRow {
    /// The key's tenant.
    pub tenant_id: Uuid,
    /// The key.
    #[diesel(column_name = api_key_id)]
    pub key: Uuid,
    /// Fetches in the minute that begins then.
    pub minute: DateTime<Utc>,
    /// On this day.
    pub day: NaiveDate,
    /// The number of accounts.
    pub accounts: i32,
    /// The same number, if it is the first of the key.
    pub largest: i32,
}

/// What a key has fetched, over all replicas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sum {
    /// The number of accounts in the current minute.
    pub accounts: i32,
    /// The number in its largest minute of the last days before today.
    pub habit: i32,
}

impl<Scope> Tx<Scope> {
    /// Those of these tenants that have an automatic stop.
    pub async fn drain_stops_of(&mut self, tenants: &[Uuid]) -> Result<Vec<(Uuid, DrainStopRow)>> {
        let drain_query = drain_stops::table
            .filter(drain_stops::tenant_id.eq_any(tenants))
            .select((drain_stops::tenant_id, DrainStopRow::as_select()));
        Ok(drain_query.load(self.connection()).await?)
    }
}

impl WorkerTx {
    /// The tenants with an automatic stop.
    pub async fn tenants_with_drain_stop(&mut self) -> Result<Vec<Uuid>> {
        Ok(drain_stops::table.select(drain_stops::tenant_id).load(self.connection()).await?)
    }

    /// Adds to what keys have fetched, and returns the sum of each: tenant, key, sum. Replicas add in one order, so that they never wait
    /// for each other in a circle.
    pub async fn add_fetched(&mut self, mut rows: Vec<FetchedRow>) -> Result<Vec<(Uuid, Uuid, Sum)>> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        rows.sort_unstable_by_key(|row| (row.tenant_id, row.key));
        let add = diesel::insert_into(key_habits::table)
            .values(rows)
            .on_conflict((key_habits::tenant_id, key_habits::api_key_id))
            .do_update()
            .set((
                key_habits::accounts.eq(sql::<Integer>(SUM_OF_MINUTE)),
                key_habits::largest.eq(sql::<Integer>(LARGEST_OF_DAY)),
                key_habits::earlier.eq(sql::<Array<Integer>>(LARGEST_OF_EARLIER_DAYS)),
                key_habits::minute.eq(sql::<Timestamptz>("greatest(key_habits.minute, excluded.minute)")),
                key_habits::day.eq(sql::<Date>("greatest(key_habits.day, excluded.day)")),
            ))
            .returning((
                key_habits::tenant_id,
                key_habits::api_key_id,
                key_habits::accounts,
                key_habits::earlier,
            ));
        let sums: Vec<(Uuid, Uuid, i32, Vec<i32>)> = add.get_results(self.connection()).await?;
        let sum = |accounts, earlier: Vec<i32>| Sum {
            accounts,
            habit: earlier.into_iter().max().unwrap_or_default(),
        };
        Ok(sums
            .into_iter()
            .map(|(tenant, key, accounts, earlier)| (tenant, key, sum(accounts, earlier)))
            .collect())
    }
}

impl TenantTx {
    /// The tenant's automatic stop, if it has one.
    pub async fn drain_stop(&mut self) -> Result<Option<DrainStopRow>> {
        let drain_query = drain_stops::table.find(self.tenant_uuid()).select(DrainStopRow::as_select());
        Ok(drain_query.first(self.connection()).await.optional()?)
    }

    /// Sets the tenant's automatic stop, or ends it.
    ///
    /// # Errors
    /// `not_found` if the announced key is none of the tenant's.
    pub async fn set_drain_stop(&mut self, stop: Option<DrainStopRow>) -> Result<()> {
        let tenant = self.tenant_uuid();
        let Some(DrainStopRow { times, least, announced_until, announced_key }) = stop else {
            diesel::delete(drain_stops::table.find(tenant)).execute(self.connection()).await?;
            return Ok(());
        };
        let values = (
            drain_stops::tenant_id.eq(tenant),
            drain_stops::times.eq(times),
            drain_stops::least.eq(least),
            drain_stops::announced_until.eq(announced_until),
            drain_stops::announced_key.eq(announced_key),
        );
        let set = diesel::insert_into(drain_stops::table)
            .values(values)
            .on_conflict(drain_stops::tenant_id)
            .do_update()
            .set((
                drain_stops::times.eq(excluded(drain_stops::times)),
                drain_stops::least.eq(excluded(drain_stops::least)),
                drain_stops::announced_until.eq(excluded(drain_stops::announced_until)),
                drain_stops::announced_key.eq(excluded(drain_stops::announced_key)),
            ));
        match set.execute(self.connection()).await {
            Err(error) if violated(&error) == Some("drain_stops_announced_key_fkey") => {
                Err(Code::NotFound.because("there is no such API key").into())
            }
            set => Ok(set.map(drop)?),
        }
    }

    /// Gives a key that replaces another one its habit.
    pub async fn inherit_habit(&mut self, from: Uuid, to: Uuid) -> Result<()> {
        let tenant = self.tenant_uuid();
        let columns = (
            key_habits::tenant_id,
            key_habits::api_key_id,
            key_habits::minute,
            key_habits::accounts,
            key_habits::day,
            key_habits::largest,
            key_habits::earlier,
        );
        let habit = key_habits::table.find((tenant, from)).select((
            key_habits::tenant_id,
            to.into_sql::<diesel::sql_types::Uuid>(),
            key_habits::minute,
            0.into_sql::<Integer>(),
            key_habits::day,
            key_habits::largest,
            key_habits::earlier,
        ));
        let insert = diesel::insert_into(key_habits::table).values(habit).into_columns(columns);
        insert.execute(self.connection()).await?;
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
        let (tenant, today) = (self.tenant_uuid(), self.now().await?.date_naive());
        let Some(before) = self.lock_api_key(key).await? else { return Ok(None) };
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
        // As if its largest minute had been yesterday, however long ago it was.
        let habit = diesel::update(key_habits::table.find((tenant, key))).set((
            key_habits::earlier
                .eq(sql::<Array<Integer>>("(ARRAY[key_habits.largest] || key_habits.earlier)[1:7]")),
            key_habits::day.eq(today),
        ));
        habit.execute(self.connection()).await?;
        Ok(Some((row, true)))
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn the_limit_follows_the_habit_and_is_never_below_the_least() {
        let stop = DrainStopRow { times: 10, least: 500, announced_until: None, announced_key: None };
        assert_eq!([0, 50, 51, i32::MAX].map(|habit| stop.limit(habit)), [500, 500, 510, i32::MAX]);
    }

    #[test]
    fn an_announcement_holds_until_its_end_for_the_keys_that_it_is_about() {
        let end = DateTime::UNIX_EPOCH + TimeDelta::hours(1);
        let (now, [key, other]) = (DateTime::UNIX_EPOCH, [1, 2].map(Uuid::from_u128));
        let all = DrainStopRow { times: 10, least: 500, announced_until: Some(end), announced_key: None };
        assert!(all.is_announced(key, now) && all.is_announced(other, now) && !all.is_announced(key, end));
        assert!(!DrainStopRow { announced_until: None, ..all }.is_announced(key, now));
        let one = DrainStopRow { announced_key: Some(key), ..all };
        assert!(one.is_announced(key, now) && !one.is_announced(other, now) && !one.is_announced(key, end));
    }
}
