//! Failed logins by the SHA-256 of the name, whether or not an operator has that name.

use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Interval, Timestamptz};
use diesel_async::RunQueryDsl;

use crate::domain::Result;
use crate::domain::credential::Digest;
use crate::store::schema::login_failures;
use crate::store::{PlatformTx, interval};

/// Failures are forgotten after this time without another one.
const LOGIN_FAILURES_FORGOTTEN_AFTER: Duration = Duration::from_hours(24);

/// The failed logins of a name.
#[derive(Debug, Clone, Copy, Queryable, Selectable)]
#[diesel(table_name = login_failures, check_for_backend(diesel::pg::Pg))]
#[expect(missing_docs, reason = "the columns")]
pub struct LoginFailures {
    pub failures: i32,
}

impl PlatformTx {
    /// How long this name is still locked; zero if it is not.
    pub async fn login_lock(&mut self, name: Digest) -> Result<Duration> {
        let until = login_failures::table.find(name.as_bytes()).select(login_failures::locked_until);
        let until: Option<DateTime<Utc>> = until.first(self.connection()).await.optional()?;
        let Some(until) = until else { return Ok(Duration::ZERO) };
        Ok((until - self.now().await?).to_std().unwrap_or_default())
    }

    /// The failed logins of this name, which no other login can change until this transaction ends.
    pub async fn lock_login(&mut self, name: Digest) -> Result<LoginFailures> {
        self.sweep_login_failures().await?;
        let now = diesel::dsl::now.into_sql::<Timestamptz>();
        diesel::insert_into(login_failures::table)
            .values((
                login_failures::name_hash.eq(name.as_bytes()),
                login_failures::failures.eq(0),
                login_failures::locked_until.eq(now),
            ))
            .on_conflict_do_nothing()
            .execute(self.connection())
            .await?;
        let login_failures_query =
            login_failures::table.find(name.as_bytes()).select(LoginFailures::as_select()).for_update();
        Ok(login_failures_query.first(self.connection()).await?)
    }

    /// Counts a failed login of a name that `lock_login` has locked, and locks the name against further logins for
    /// `lock`.
    pub async fn count_login(&mut self, name: Digest, lock: Duration) -> Result<()> {
        let now = diesel::dsl::now.into_sql::<Timestamptz>();
        diesel::update(login_failures::table.find(name.as_bytes()))
            .set((
                login_failures::failures.eq(login_failures::failures + 1),
                login_failures::locked_until.eq(now + interval(lock).into_sql::<Interval>()),
                login_failures::last_failed_at.eq(now),
            ))
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Forgets the failures of a name.
    pub async fn forget_login_failures(&mut self, name: Digest) -> Result<()> {
        diesel::delete(login_failures::table.find(name.as_bytes())).execute(self.connection()).await?;
        Ok(())
    }

    /// Forgets old failures, so that names do not accumulate. Skips names with a login in progress.
    async fn sweep_login_failures(&mut self) -> Result<()> {
        let forgotten = diesel::dsl::now.into_sql::<Timestamptz>()
            - interval(LOGIN_FAILURES_FORGOTTEN_AFTER).into_sql::<Interval>();
        let old: Vec<Vec<u8>> = login_failures::table
            .filter(login_failures::last_failed_at.lt(forgotten))
            .select(login_failures::name_hash)
            .limit(100)
            .for_update()
            .skip_locked()
            .load(self.connection())
            .await?;
        if !old.is_empty() {
            diesel::delete(login_failures::table.filter(login_failures::name_hash.eq_any(old)))
                .execute(self.connection())
                .await?;
        }
        Ok(())
    }
}
