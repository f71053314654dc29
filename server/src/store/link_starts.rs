//! The starts of link sessions: a browser may begin the same session several times, each time with a state of its
//! own, and something that the provider has parked.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::schema::link_starts;
use super::{PlatformTx, TenantTx};
use crate::domain::Result;
use crate::domain::credential::Digest;

/// Starts of one session that are remembered; a further one replaces the oldest.
const REMEMBERED: i64 = 8;

impl PlatformTx {
    /// Tenant and session of the start with the digest `state`.
    ///
    /// # Errors
    /// Those of any statement.
    pub async fn link_start_by_state(&mut self, state: Digest) -> Result<Option<(Uuid, Uuid)>> {
        let query = link_starts::table
            .filter(link_starts::state_hash.eq(state.as_bytes()))
            .select((link_starts::tenant_id, link_starts::session_id));
        Ok(query.first(self.connection()).await.optional()?)
    }
}

impl TenantTx {
    /// Adds a start to a locked session and forgets its oldest one if there are too many.
    ///
    /// # Errors
    /// Those of any statement.
    pub async fn insert_link_start(
        &mut self,
        session: Uuid,
        state: Digest,
        sealed_parked: &[u8],
    ) -> Result<()> {
        let tenant = self.tenant_uuid();
        let of_session = link_starts::tenant_id.eq(tenant).and(link_starts::session_id.eq(session));
        let surplus: Vec<Vec<u8>> = link_starts::table
            .filter(of_session)
            .order((link_starts::started_at.desc(), link_starts::state_hash))
            .offset(REMEMBERED - 1)
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
        Ok(())
    }

    /// What one start has parked, sealed; none if the start is forgotten or its session has gone on.
    ///
    /// # Errors
    /// Those of any statement.
    pub async fn parked(&mut self, session: Uuid, state: Digest) -> Result<Option<Vec<u8>>> {
        let query = link_starts::table
            .find((self.tenant_uuid(), session, state.as_bytes()))
            .select(link_starts::sealed_pkce_verifier);
        Ok(query.first(self.connection()).await.optional()?.flatten())
    }

    /// Erases what the starts of a session have parked: one of them has been used, or none ever will be.
    ///
    /// # Errors
    /// Those of any statement.
    pub async fn erase_parked(&mut self, session: Uuid) -> Result<()> {
        diesel::update(link_starts::table)
            .filter(link_starts::tenant_id.eq(self.tenant_uuid()).and(link_starts::session_id.eq(session)))
            .set(link_starts::sealed_pkce_verifier.eq(None::<Vec<u8>>))
            .execute(self.connection())
            .await?;
        Ok(())
    }
}
