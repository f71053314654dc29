//! Inspections are recorded at most once an hour.

use chrono::TimeDelta;
use diesel::dsl::exists;
use diesel::{ExpressionMethods as _, PgExpressionMethods as _, QueryDsl as _};
use diesel_async::RunQueryDsl as _;

use crate::domain::{Actor, Event, Result};
use crate::store::TenantTx;
use crate::store::pg::sql::{hashtextextended, pg_advisory_xact_lock};
use crate::store::schema::audit_events;

/// How long one entry covers all inspections of the same kind, by the same operator, of the same subject.
const INSPECTION_WINDOW: TimeDelta = TimeDelta::hours(1);

impl TenantTx {
    /// Whether the log has no entry of the last hour, by the database's clock, about `actor` causing `event`. Of
    /// simultaneous inspections, the later ones find the entry of the first, if the first records it in the same
    /// transaction.
    pub async fn is_first_of_hour(&mut self, actor: &Actor, event: Event<'_>) -> Result<bool> {
        let tenant = self.tenant_uuid();
        let (action, actor, subject) = (event.action(), actor.id(), event.subject());
        let (who, what) = (actor.as_deref(), subject.as_deref());
        let look = format!(
            "bowline look {tenant} {action} {} {}",
            who.unwrap_or_default(),
            what.unwrap_or_default()
        );
        // Identical inspections wait until the transaction ends, on every replica, because the lock is in the database.
        let turn = diesel::select(pg_advisory_xact_lock(hashtextextended(look, 0)));
        turn.execute(self.connection()).await?;
        let since = self.now().await? - INSPECTION_WINDOW;
        let earlier = audit_events::table
            .filter(audit_events::tenant_id.eq(tenant))
            .filter(audit_events::subject.is_not_distinct_from(what))
            .filter(audit_events::action.eq(action))
            .filter(audit_events::actor_id.is_not_distinct_from(who))
            .filter(audit_events::at.gt(since));
        Ok(!diesel::select(exists(earlier)).get_result::<bool>(self.connection()).await?)
    }
}
