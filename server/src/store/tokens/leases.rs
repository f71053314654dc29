//! Refresh leases: of all replicas, only the holder of an account's lease may refresh its token.

use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Interval, Timestamptz};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::domain::Result;
use crate::store::schema::refresh_leases;
use crate::store::{OperatorTx, TenantTx, interval};

/// A lease that this process holds. The epoch excludes a holder that was stopped and continued too late.
#[derive(Debug, Clone, Copy)]
pub struct Lease {
    /// The account.
    pub account: Uuid,
    /// The attempt that holds the refresh lease.
    pub owner: Uuid,
    /// Increases with each holder.
    pub epoch: i64,
    /// The number of consecutive refreshes that failed before this one.
    pub failures: i32,
}

/// The state of an account's lease.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = refresh_leases, check_for_backend(diesel::pg::Pg))]
#[expect(missing_docs, reason = "the columns")]
pub struct LeaseRow {
    pub held_until: DateTime<Utc>,
    pub last_error: Option<String>,
    pub cool_down_until: Option<DateTime<Utc>>,
    pub forced_at: Option<DateTime<Utc>>,
}

impl OperatorTx {
    /// The state of an account's lease, if the account was ever refreshed.
    pub async fn refresh_state(&mut self, tenant: Uuid, account: Uuid) -> Result<Option<LeaseRow>> {
        let lease_query = refresh_leases::table.find((tenant, account)).select(LeaseRow::as_select());
        Ok(lease_query.first(self.connection()).await.optional()?)
    }
}

impl TenantTx {
    /// The state of the lease, if the account was ever refreshed.
    pub async fn lease(&mut self, account: Uuid) -> Result<Option<LeaseRow>> {
        let lease_query =
            refresh_leases::table.find((self.tenant_uuid(), account)).select(LeaseRow::as_select());
        Ok(lease_query.first(self.connection()).await.optional()?)
    }

    /// Takes the lease for `length` if nobody holds it and no cool-down is in force.
    pub async fn take_lease(
        &mut self,
        account: Uuid,
        owner: Uuid,
        length: Duration,
    ) -> Result<Option<Lease>> {
        let now = diesel::dsl::now.into_sql::<Timestamptz>();
        diesel::insert_into(refresh_leases::table)
            .values((
                refresh_leases::tenant_id.eq(self.tenant_uuid()),
                refresh_leases::account_id.eq(account),
                refresh_leases::owner.eq(owner),
                refresh_leases::epoch.eq(0),
                refresh_leases::held_until.eq(now),
            ))
            .on_conflict_do_nothing()
            .execute(self.connection())
            .await?;
        let free = refresh_leases::held_until.le(now);
        let cool = refresh_leases::cool_down_until
            .is_null()
            .or(refresh_leases::cool_down_until.assume_not_null().le(now));
        let taken: Option<(i64, i32)> =
            diesel::update(refresh_leases::table.find((self.tenant_uuid(), account)))
                .filter(free.and(cool))
                .set((
                    refresh_leases::owner.eq(owner),
                    refresh_leases::epoch.eq(refresh_leases::epoch + 1),
                    refresh_leases::held_until.eq(now + interval(length).into_sql::<Interval>()),
                ))
                .returning((refresh_leases::epoch, refresh_leases::failures))
                .get_result(self.connection())
                .await
                .optional()?;
        Ok(taken.map(|(epoch, failures)| Lease { account, owner, epoch, failures }))
    }

    /// Returns the lease and records how the refresh ended. False if somebody else holds it by now.
    pub async fn end_lease(
        &mut self,
        lease: Lease,
        error: Option<&str>,
        cool_down: Option<Duration>,
    ) -> Result<bool> {
        let now = diesel::dsl::now.into_sql::<Timestamptz>();
        let until = match cool_down {
            Some(length) => Some(self.now().await? + length),
            None => None,
        };
        let update = diesel::update(refresh_leases::table.find((self.tenant_uuid(), lease.account)))
            .filter(refresh_leases::owner.eq(lease.owner).and(refresh_leases::epoch.eq(lease.epoch)))
            .set((
                refresh_leases::held_until.eq(now),
                refresh_leases::last_error.eq(error),
                refresh_leases::cool_down_until.eq(until),
                refresh_leases::failures.eq(error.map_or(0, |_| lease.failures.saturating_add(1))),
            ));
        Ok(update.execute(self.connection()).await? == 1)
    }

    /// Returns the lease without an attempt; everything else stays as it was.
    pub async fn return_lease(&mut self, lease: Lease) -> Result<()> {
        diesel::update(refresh_leases::table.find((self.tenant_uuid(), lease.account)))
            .filter(refresh_leases::owner.eq(lease.owner).and(refresh_leases::epoch.eq(lease.epoch)))
            .set(refresh_leases::held_until.eq(diesel::dsl::now.into_sql::<Timestamptz>()))
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Records that the tenant's app forced the refresh under this lease, or that a forced refresh achieved nothing.
    pub async fn mark_forced(&mut self, lease: Lease, forced: bool) -> Result<()> {
        let held = diesel::update(refresh_leases::table.find((self.tenant_uuid(), lease.account)))
            .filter(refresh_leases::owner.eq(lease.owner).and(refresh_leases::epoch.eq(lease.epoch)));
        if forced {
            let now = diesel::dsl::now.into_sql::<Timestamptz>().nullable();
            held.set(refresh_leases::forced_at.eq(now)).execute(self.connection()).await?;
        } else {
            let never = None::<DateTime<Utc>>;
            held.set(refresh_leases::forced_at.eq(never)).execute(self.connection()).await?;
        }
        Ok(())
    }
}
