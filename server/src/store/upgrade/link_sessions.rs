//! Link sessions in their old form: each had one start, whose state and verifier were stored in the session.

use bowline_api::status::LinkSessionStatus;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::domain::Result;
use crate::store::TenantTx;
use crate::store::link_sessions::LinkSessionRow;
use crate::store::schema::{link_sessions, link_starts};

const OLD_LINK_SESSION: &str = "(sealed_intent IS NULL OR substr(sealed_pkce_verifier, 1, 1) <> '\\x02' \
    OR substr(sealed_code, 1, 1) <> '\\x02' OR substr(sealed_grant, 1, 1) <> '\\x02')";

/// All sealed values of a link session, in the current form.
#[expect(missing_docs, reason = "the columns")]
pub struct LinkSessionSeals {
    pub intent: Vec<u8>,
    pub parked: Option<Vec<u8>>,
    pub approval: Option<Vec<u8>>,
    pub grant: Option<Vec<u8>>,
}

impl TenantTx {
    /// The id of the last of the next `count` link sessions after `after`. None if there are fewer.
    pub async fn link_session_ahead(&mut self, after: Uuid, count: i64) -> Result<Option<Uuid>> {
        let old_session_query = link_sessions::table
            .filter(link_sessions::tenant_id.eq(self.tenant_uuid()).and(link_sessions::id.gt(after)))
            .order(link_sessions::id)
            .offset(count - 1)
            .select(link_sessions::id);
        Ok(old_session_query.first(self.connection()).await.optional()?)
    }

    /// Locks the link sessions after `after`, up to `last`, that have a value in the old form. Ended sessions are
    /// included, because their pages are still shown. Each comes with the digest of the state that its browser was sent
    /// to the provider with.
    pub async fn lock_old_link_sessions(
        &mut self,
        after: Uuid,
        last: Uuid,
    ) -> Result<Vec<(LinkSessionRow, Option<Vec<u8>>)>> {
        let old_session_query = link_sessions::table
            .filter(link_sessions::tenant_id.eq(self.tenant_uuid()))
            .filter(link_sessions::id.gt(after).and(link_sessions::id.le(last)))
            .filter(sql::<Bool>(OLD_LINK_SESSION))
            .order(link_sessions::id)
            .select((LinkSessionRow::as_select(), link_sessions::state_hash))
            .for_no_key_update();
        Ok(old_session_query.load(self.connection()).await?)
    }

    /// Replaces the sealed values of a session with their new form. A start gets its own row, which the parked value
    /// moves to while the user is at the provider.
    pub async fn reseal_link_session(
        &mut self,
        session_row: &LinkSessionRow,
        state_hash: Option<&[u8]>,
        seals: LinkSessionSeals,
    ) -> Result<()> {
        let (kept, moved) = match state_hash {
            Some(_) if session_row.status == LinkSessionStatus::Authorizing => (None, seals.parked),
            _ => (seals.parked, None),
        };
        let update = diesel::update(link_sessions::table.find((self.tenant_uuid(), session_row.id))).set((
            link_sessions::sealed_intent.eq(seals.intent),
            link_sessions::sealed_pkce_verifier.eq(kept),
            link_sessions::sealed_code.eq(seals.approval),
            link_sessions::sealed_grant.eq(seals.grant),
        ));
        update.execute(self.connection()).await?;
        let Some(state_hash) = state_hash else { return Ok(()) };
        diesel::insert_into(link_starts::table)
            .values((
                link_starts::tenant_id.eq(self.tenant_uuid()),
                link_starts::session_id.eq(session_row.id),
                link_starts::state_hash.eq(state_hash),
                link_starts::sealed_pkce_verifier.eq(moved),
            ))
            .on_conflict_do_nothing()
            .execute(self.connection())
            .await?;
        Ok(())
    }
}
