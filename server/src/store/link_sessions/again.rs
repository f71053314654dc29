//! The way back of a session whose user approved with an account that it does not accept: the same browser may choose another one.

use std::time::Duration;

use bowline_api::status::LinkSessionStatus;
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Interval, Timestamptz};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::domain::Result;
use crate::store::schema::link_sessions;
use crate::store::{TenantTx, interval};

impl TenantTx {
    /// Returns a session from `returned` to `authorizing`, for the reason `failure`. The browser has `within` to begin again. The sealed
    /// values are erased, and the link codes are spent. False if this has happened `most` times already, or the session is in another state.
    pub async fn reopen_link_session(
        &mut self,
        id: Uuid,
        failure: &str,
        most: i16,
        within: Duration,
    ) -> Result<bool> {
        let Some(session) = self.lock_link_session(id).await?.filter(|session| session.mismatches < most)
        else {
            return Ok(false);
        };
        let mut spent = session.spent_link_code_hashes;
        spent.extend(session.link_code_hash);
        spent.extend(session.more_link_code_hashes);
        let now = diesel::dsl::now.into_sql::<Timestamptz>();
        let update = diesel::update(link_sessions::table.find((self.tenant_uuid(), id)))
            .filter(link_sessions::status.eq(LinkSessionStatus::Returned.as_str()))
            .set((
                link_sessions::status.eq(LinkSessionStatus::Authorizing.as_str()),
                link_sessions::failure.eq(failure),
                link_sessions::mismatches.eq(session.mismatches + 1),
                link_sessions::expires_at.eq(now + interval(within).into_sql::<Interval>()),
                link_sessions::consumed_at.eq(None::<DateTime<Utc>>),
                link_sessions::link_code_hash.eq(None::<Vec<u8>>),
                link_sessions::more_link_code_hashes.eq(Vec::<Vec<u8>>::new()),
                link_sessions::spent_link_code_hashes.eq(spent),
                link_sessions::sealed_pkce_verifier.eq(None::<Vec<u8>>),
                link_sessions::sealed_code.eq(None::<Vec<u8>>),
                link_sessions::sealed_grant.eq(None::<Vec<u8>>),
                link_sessions::claimed_by.eq(None::<Uuid>),
                link_sessions::claimed_until.eq(None::<DateTime<Utc>>),
            ));
        Ok(update.execute(self.connection()).await? == 1)
    }
}
