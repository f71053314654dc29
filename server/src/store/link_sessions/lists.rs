//! A tenant's lists of its link sessions, and the states of those that somebody waits for.

use bowline_api::status::LinkSessionStatus;
use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::LinkSessionRow;
use crate::domain::Result;
use crate::store::schema::link_sessions;
use crate::store::{Stored, TenantTx, WorkerTx};

/// The largest difference between the clock of a server, which is in the ids, and that of the database.
const CLOCKS_DIFFER_BY: TimeDelta = TimeDelta::hours(1);

/// Which link sessions of a tenant to list.
#[derive(Debug, Default)]
pub struct OwnLinkSessions<'a> {
    /// Only sessions of this user.
    pub external_user_id: Option<&'a str>,
    /// Only sessions with this status.
    pub status: Option<LinkSessionStatus>,
    /// Only sessions created then or later.
    pub created_after: Option<DateTime<Utc>>,
    /// Only sessions created earlier.
    pub created_before: Option<DateTime<Utc>>,
    /// Only sessions beyond this id: older ones, or if the flag is true, newer ones (oldest first).
    pub from: Option<(Uuid, bool)>,
    /// The maximum number of link sessions.
    pub limit: i64,
}

impl TenantTx {
    /// One page of the tenant's link sessions, newest first.
    pub async fn own_link_sessions(&mut self, wanted: &OwnLinkSessions<'_>) -> Result<Vec<LinkSessionRow>> {
        let mut session_query = link_sessions::table
            .filter(link_sessions::tenant_id.eq(self.tenant_uuid()))
            .limit(wanted.limit)
            .select(LinkSessionRow::as_select())
            .into_boxed();
        if let Some(user) = wanted.external_user_id {
            session_query = session_query.filter(link_sessions::external_user_id.eq(user.to_owned()));
        }
        if let Some(status) = wanted.status {
            session_query = session_query.filter(link_sessions::status.eq(status.as_str()));
        }
        // The ids begin with a time, so the index on them finds the range. The other column is exact.
        if let Some(from) = wanted.created_after {
            session_query = session_query.filter(link_sessions::id.ge(first_id(from - CLOCKS_DIFFER_BY)));
            session_query = session_query.filter(link_sessions::created_at.ge(from));
        }
        if let Some(until) = wanted.created_before {
            session_query = session_query.filter(link_sessions::id.lt(first_id(until + CLOCKS_DIFFER_BY)));
            session_query = session_query.filter(link_sessions::created_at.lt(until));
        }
        session_query = match wanted.from {
            Some((id, true)) => session_query.filter(link_sessions::id.gt(id)).order(link_sessions::id.asc()),
            Some((id, false)) => {
                session_query.filter(link_sessions::id.lt(id)).order(link_sessions::id.desc())
            }
            None => session_query.order(link_sessions::id.desc()),
        };
        Ok(session_query.load(self.connection()).await?)
    }
}

impl WorkerTx {
    /// The states of these sessions of these tenants, each with its tenant.
    pub async fn link_session_states(
        &mut self,
        tenants: &[Uuid],
        sessions: &[Uuid],
    ) -> Result<Vec<(Uuid, Uuid, Stored<LinkSessionStatus>)>> {
        let session_query = link_sessions::table
            .filter(link_sessions::tenant_id.eq_any(tenants).and(link_sessions::id.eq_any(sessions)))
            .select((link_sessions::tenant_id, link_sessions::id, link_sessions::status));
        Ok(session_query.load(self.connection()).await?)
    }
}

/// The smallest id (UUIDv7) of that time.
fn first_id(at: DateTime<Utc>) -> Uuid {
    let millis = u128::from(at.timestamp_millis().max(0).unsigned_abs()).min((1 << 48) - 1);
    Uuid::from_u128(millis << 80)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::entropy;

    #[test]
    fn ids_of_now_lie_between_the_bounds_of_now() {
        let id = entropy::id::<bowline_api::id::LinkSession>().uuid();
        let (seconds, nanos) = id.get_timestamp().unwrap().to_unix();
        let now = DateTime::from_timestamp(seconds.cast_signed(), nanos).unwrap();
        assert!(first_id(now - TimeDelta::minutes(1)) < id && id < first_id(now + TimeDelta::minutes(1)));
        assert!(first_id(DateTime::<Utc>::MIN_UTC) < id && id < first_id(DateTime::<Utc>::MAX_UTC));
    }
}
