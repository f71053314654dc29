//! The starts of link sessions: a browser may begin the same session several times, each time with its own state and
//! its own parked value.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::domain::Result;
use crate::domain::credential::Digest;
use crate::store::schema::link_starts;
use crate::store::{PlatformTx, TenantTx};

/// The number of starts remembered per session. A further one replaces the oldest.
const REMEMBERED_STARTS: i64 = 8;

impl PlatformTx {
    /// Tenant and session of the start with the digest `state`.
    pub async fn link_start_by_state(&mut self, state: Digest) -> Result<Option<(Uuid, Uuid)>> {
        let start_query = link_starts::table
            .filter(link_starts::state_hash.eq(state.as_bytes()))
            .select((link_starts::tenant_id, link_starts::session_id));
        Ok(start_query.first(self.connection()).await.optional()?)
    }
}

impl TenantTx {
    /// Adds a start to a locked session, and deletes its oldest ones if there are too many. A start with a request token is also found
    /// by that token's digest: it has a second row, in which nothing is parked.
    pub async fn insert_link_start(
        &mut self,
        session: Uuid,
        state: Digest,
        sealed_parked: &[u8],
        request_token: Option<Digest>,
    ) -> Result<()> {
        let tenant = self.tenant_uuid();
        let of_session = link_starts::tenant_id.eq(tenant).and(link_starts::session_id.eq(session));
        let surplus: Vec<Vec<u8>> = link_starts::table
            .filter(of_session)
            .order((link_starts::started_at.desc(), link_starts::state_hash))
            .offset(if request_token.is_some() { 2 * (REMEMBERED_STARTS - 1) } else { REMEMBERED_STARTS - 1 })
            .select(link_starts::state_hash)
            .load(self.connection())
            .await?;
        if !surplus.is_empty() {
            diesel::delete(link_starts::table)
                .filter(of_session)
                .filter(link_starts::state_hash.eq_any(surplus))
                .execute(self.connection())
                .await?;
        }
        diesel::insert_into(link_starts::table)
            .values((
                link_starts::tenant_id.eq(tenant),
                link_starts::session_id.eq(session),
                link_starts::state_hash.eq(state.as_bytes()),
                link_starts::sealed_pkce_verifier.eq(sealed_parked),
            ))
            .execute(self.connection())
            .await?;
        let Some(request_token) = request_token else { return Ok(()) };
        diesel::insert_into(link_starts::table)
            .values((
                link_starts::tenant_id.eq(tenant),
                link_starts::session_id.eq(session),
                link_starts::state_hash.eq(request_token.as_bytes()),
            ))
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// The sealed value that a start has parked. None if the start was deleted or its session has moved on.
    pub async fn parked(&mut self, session: Uuid, state: Digest) -> Result<Option<Vec<u8>>> {
        let start_query = link_starts::table
            .find((self.tenant_uuid(), session, state.as_bytes()))
            .select(link_starts::sealed_pkce_verifier);
        Ok(start_query.first(self.connection()).await.optional()?.flatten())
    }

    /// Erases the values that the starts of a session have parked, because one of them has been used, or none will be.
    pub async fn erase_parked(&mut self, session: Uuid) -> Result<()> {
        diesel::update(link_starts::table)
            .filter(link_starts::tenant_id.eq(self.tenant_uuid()).and(link_starts::session_id.eq(session)))
            .set(link_starts::sealed_pkce_verifier.eq(None::<Vec<u8>>))
            .execute(self.connection())
            .await?;
        Ok(())
    }
}
