//! Link sessions. Every step is one update that names the state it leaves, so that of two concurrent ones only one
//! succeeds.

#![expect(clippy::ref_option_ref, reason = "the code that Insertable derives borrows optional columns twice")]

pub mod again;
pub mod lists;
pub mod lost;
pub mod starts;
pub mod together;

use std::time::Duration;

use bowline_api::status::LinkSessionStatus;
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Interval, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::schema::link_sessions;
use super::{PlatformTx, Stored, TenantTx, WorkerTx, coalesce, interval};
use crate::domain::credential::Digest;
use crate::domain::state::link_session::{before, startable};
use crate::domain::{Actor, Event, Result};

/// A row without the columns that only one step needs.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = link_sessions, check_for_backend(diesel::pg::Pg))]
#[expect(missing_docs, reason = "the columns")]
pub struct LinkSessionRow {
    pub tenant_id: Uuid,
    pub id: Uuid,
    pub connector_id: Uuid,
    pub external_user_id: String,
    pub return_url: String,
    pub completion_challenge: Option<Vec<u8>>,
    pub scopes: Vec<String>,
    pub relink_account_id: Option<Uuid>,
    pub status: Stored<LinkSessionStatus>,
    pub failure: Option<String>,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub ticket_hash: Vec<u8>,
    pub sealed_intent: Option<Vec<u8>>,
    pub binding_hash: Option<Vec<u8>>,
    #[diesel(column_name = sealed_pkce_verifier)]
    pub sealed_parked: Option<Vec<u8>>,
    pub link_code_hash: Option<Vec<u8>>,
    pub more_link_code_hashes: Vec<Vec<u8>>,
    #[diesel(column_name = sealed_code)]
    pub sealed_approval: Option<Vec<u8>>,
    pub claimed_by: Option<Uuid>,
    pub claimed_until: Option<DateTime<Utc>>,
    pub sealed_grant: Option<Vec<u8>>,
    pub account_id: Option<Uuid>,
    pub options: Option<String>,
    pub mismatches: i16,
    pub spent_link_code_hashes: Vec<Vec<u8>>,
}

/// A session to insert.
#[derive(Insertable)]
#[diesel(table_name = link_sessions, treat_none_as_default_value = false)]
#[expect(missing_docs, reason = "the columns")]
pub struct NewLinkSession<'a> {
    pub tenant_id: Uuid,
    pub id: Uuid,
    pub connector_id: Uuid,
    pub external_user_id: &'a str,
    pub return_url: &'a str,
    pub completion_challenge: Option<&'a [u8]>,
    pub scopes: &'a [String],
    pub relink_account_id: Option<Uuid>,
    pub expires_at: DateTime<Utc>,
    pub ticket_hash: &'a [u8],
    pub sealed_intent: Option<Vec<u8>>,
    pub options: Option<&'a str>,
    /// Whether it was created with the response that this account must be linked again.
    pub offered: bool,
}

/// An approval that the browser brought back, stored until the tenant completes.
pub struct Approved<'a> {
    /// The hash of the code that the tenant completes with.
    pub link_code_hash: Digest,
    /// The approval: under OAuth 2 the provider's code.
    pub sealed_approval: &'a [u8],
    /// The value parked by the start that the user came back from: under OAuth 2 the PKCE verifier.
    pub sealed_parked: &'a [u8],
    /// How long the link code is valid.
    pub within: Duration,
}

impl PlatformTx {
    /// The session of any tenant whose ticket has the digest `ticket`.
    pub async fn link_session_by_ticket(&mut self, ticket: Digest) -> Result<Option<LinkSessionRow>> {
        let session_query = link_sessions::table
            .filter(link_sessions::ticket_hash.eq(ticket.as_bytes()))
            .select(LinkSessionRow::as_select());
        Ok(session_query.first(self.connection()).await.optional()?)
    }
}

impl TenantTx {
    /// One session.
    pub async fn link_session(&mut self, id: Uuid) -> Result<Option<LinkSessionRow>> {
        let session_query =
            link_sessions::table.find((self.tenant_uuid(), id)).select(LinkSessionRow::as_select());
        Ok(session_query.first(self.connection()).await.optional()?)
    }

    /// One session, locked until this transaction ends.
    pub async fn lock_link_session(&mut self, id: Uuid) -> Result<Option<LinkSessionRow>> {
        let session_query = link_sessions::table
            .find((self.tenant_uuid(), id))
            .select(LinkSessionRow::as_select())
            .for_update();
        Ok(session_query.first(self.connection()).await.optional()?)
    }

    /// The session of the user that was the last to link this account, at `by` at the latest.
    pub async fn last_link_session(
        &mut self,
        account: Uuid,
        external_user_id: &str,
        by: DateTime<Utc>,
    ) -> Result<Option<Uuid>> {
        let session_query = link_sessions::table
            .filter(link_sessions::tenant_id.eq(self.tenant_uuid()))
            .filter(link_sessions::external_user_id.eq(external_user_id))
            .filter(link_sessions::account_id.eq(account))
            .filter(link_sessions::status.eq(LinkSessionStatus::Completed.as_str()))
            .filter(link_sessions::finished_at.le(by))
            .order(link_sessions::finished_at.desc())
            .select(link_sessions::id);
        Ok(session_query.first(self.connection()).await.optional()?)
    }

    /// Whether the user has completed a link of this account after `since`.
    pub async fn is_linked_since(
        &mut self,
        account: Uuid,
        external_user_id: &str,
        since: DateTime<Utc>,
    ) -> Result<bool> {
        let later = link_sessions::table
            .filter(link_sessions::tenant_id.eq(self.tenant_uuid()))
            .filter(link_sessions::external_user_id.eq(external_user_id))
            .filter(link_sessions::account_id.eq(account))
            .filter(link_sessions::finished_at.gt(since));
        Ok(diesel::select(diesel::dsl::exists(later)).get_result(self.connection()).await?)
    }

    /// Creates a session.
    pub async fn insert_link_session(
        &mut self,
        new: &NewLinkSession<'_>,
        actor: &Actor,
        event: Event<'_>,
    ) -> Result<()> {
        let insert = async |mut connection: &AsyncPgConnection| {
            diesel::insert_into(link_sessions::table).values(new).execute(&mut connection).await.map(drop)
        };
        self.write_and_record(insert, actor, event).await
    }

    /// Creates a session that is offered for an account to be linked again, or renews the one that was offered before
    /// and not begun: there is one at a time, and the previous ticket becomes invalid. Returns its id.
    pub async fn put_offered_link_session(&mut self, new: &NewLinkSession<'_>) -> Result<Uuid> {
        let put = diesel::insert_into(link_sessions::table)
            .values(new)
            .on_conflict((link_sessions::tenant_id, link_sessions::relink_account_id))
            .filter_target(
                link_sessions::offered.and(link_sessions::status.eq(LinkSessionStatus::Created.as_str())),
            )
            .do_update()
            .set((
                link_sessions::connector_id.eq(new.connector_id),
                link_sessions::external_user_id.eq(new.external_user_id),
                link_sessions::return_url.eq(new.return_url),
                link_sessions::completion_challenge.eq(new.completion_challenge),
                link_sessions::scopes.eq(new.scopes),
                link_sessions::expires_at.eq(new.expires_at),
                link_sessions::ticket_hash.eq(new.ticket_hash),
                link_sessions::sealed_intent.eq(&new.sealed_intent),
                link_sessions::options.eq(new.options),
            ))
            .returning(link_sessions::id);
        Ok(put.get_result(self.connection()).await?)
    }

    /// Binds a locked session to a browser, which has `within` to come back: `created` becomes `authorizing`, and a
    /// session begun again by the same browser remains so. False if the session is in another state or too old.
    pub async fn start_link_session(&mut self, id: Uuid, binding: Digest, within: Duration) -> Result<bool> {
        let now = diesel::dsl::now.into_sql::<Timestamptz>();
        let update = diesel::update(link_sessions::table.find((self.tenant_uuid(), id)))
            .filter(link_sessions::status.eq_any(startable()))
            .filter(link_sessions::expires_at.gt(now))
            .set((
                link_sessions::status.eq(LinkSessionStatus::Authorizing.as_str()),
                link_sessions::binding_hash.eq(binding.as_bytes()),
                link_sessions::expires_at.eq(now + interval(within).into_sql::<Interval>()),
            ));
        Ok(update.execute(self.connection()).await? == 1)
    }

    /// Records which browser ended a locked session that was not bound yet.
    pub async fn bind_link_session(&mut self, id: Uuid, binding: Digest) -> Result<()> {
        diesel::update(link_sessions::table.find((self.tenant_uuid(), id)))
            .set(link_sessions::binding_hash.eq(binding.as_bytes()))
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Adds a link code to a locked session that has returned. False if it already has `most` codes.
    pub async fn add_link_code(&mut self, id: Uuid, link_code: Digest, most: usize) -> Result<bool> {
        let session = self.lock_link_session(id).await?;
        let Some(mut hashes) = session.map(|session| session.more_link_code_hashes) else { return Ok(false) };
        if hashes.len() + 1 >= most {
            return Ok(false);
        }
        hashes.push(link_code.as_bytes().to_vec());
        let update = diesel::update(link_sessions::table.find((self.tenant_uuid(), id)))
            .filter(link_sessions::status.eq(LinkSessionStatus::Returned.as_str()))
            .set(link_sessions::more_link_code_hashes.eq(hashes));
        Ok(update.execute(self.connection()).await? == 1)
    }

    /// Consumes the state: `authorizing` becomes `returned`, and the approval is stored. False if it was consumed
    /// before.
    pub async fn keep_approval(&mut self, id: Uuid, approved: &Approved<'_>) -> Result<bool> {
        let now = diesel::dsl::now.into_sql::<Timestamptz>();
        let until = now + interval(approved.within).into_sql::<Interval>();
        let update = diesel::update(link_sessions::table.find((self.tenant_uuid(), id)))
            .filter(
                link_sessions::consumed_at
                    .is_null()
                    .and(link_sessions::status.eq(LinkSessionStatus::Authorizing.as_str())),
            )
            .filter(link_sessions::expires_at.gt(now))
            .set((
                link_sessions::status.eq(LinkSessionStatus::Returned.as_str()),
                link_sessions::failure.eq(None::<String>),
                link_sessions::consumed_at.eq(now.nullable()),
                link_sessions::link_code_hash.eq(approved.link_code_hash.as_bytes()),
                link_sessions::sealed_code.eq(approved.sealed_approval),
                link_sessions::sealed_pkce_verifier.eq(approved.sealed_parked),
                link_sessions::expires_at.eq(until),
            ));
        let kept = update.execute(self.connection()).await? == 1;
        if kept {
            self.erase_parked(id).await?;
        }
        Ok(kept)
    }

    /// Claims a locked session for an exchange and removes the approval, so that it is never sent twice.
    pub async fn claim_link_session(&mut self, id: Uuid, claim: Uuid, length: Duration) -> Result<()> {
        let until = diesel::dsl::now.into_sql::<Timestamptz>() + interval(length).into_sql::<Interval>();
        diesel::update(link_sessions::table.find((self.tenant_uuid(), id)))
            .set((
                link_sessions::claimed_by.eq(claim),
                link_sessions::claimed_until.eq(until.nullable()),
                link_sessions::sealed_code.eq(None::<Vec<u8>>),
            ))
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Ends a claim without a result and restores `sealed_approval`, if there is one. False if the claim has expired.
    pub async fn release_link_session(
        &mut self,
        id: Uuid,
        claim: Uuid,
        sealed_approval: Option<&[u8]>,
    ) -> Result<bool> {
        let update = diesel::update(link_sessions::table.find((self.tenant_uuid(), id)))
            .filter(
                link_sessions::claimed_by
                    .eq(claim)
                    .and(link_sessions::status.eq(LinkSessionStatus::Returned.as_str())),
            )
            .set((
                link_sessions::claimed_by.eq(None::<Uuid>),
                link_sessions::claimed_until.eq(None::<DateTime<Utc>>),
                link_sessions::sealed_code.eq(sealed_approval),
            ));
        Ok(update.execute(self.connection()).await? == 1)
    }

    /// Stores a grant before its account is known. False if the claim has expired.
    pub async fn park_grant(&mut self, id: Uuid, claim: Uuid, sealed_grant: &[u8]) -> Result<bool> {
        let update = diesel::update(link_sessions::table.find((self.tenant_uuid(), id)))
            .filter(
                link_sessions::claimed_by
                    .eq(claim)
                    .and(link_sessions::status.eq(LinkSessionStatus::Returned.as_str())),
            )
            .set(link_sessions::sealed_grant.eq(sealed_grant));
        Ok(update.execute(self.connection()).await? == 1)
    }

    /// Ends a session that is still open, and erases its sealed values. False if it has already ended.
    pub async fn end_link_session(
        &mut self,
        id: Uuid,
        status: LinkSessionStatus,
        failure: Option<&str>,
        account: Option<Uuid>,
    ) -> Result<bool> {
        let now = self.now().await?;
        let update = diesel::update(link_sessions::table.find((self.tenant_uuid(), id)))
            .filter(link_sessions::status.eq_any(before(status)))
            .set((
                link_sessions::status.eq(status.as_str()),
                link_sessions::failure.eq(failure),
                link_sessions::account_id.eq(account),
                link_sessions::consumed_at.eq(coalesce(link_sessions::consumed_at, Some(now))),
                link_sessions::finished_at.eq(now),
                link_sessions::sealed_pkce_verifier.eq(None::<Vec<u8>>),
                link_sessions::sealed_code.eq(None::<Vec<u8>>),
                link_sessions::sealed_grant.eq(None::<Vec<u8>>),
                link_sessions::claimed_by.eq(None::<Uuid>),
                link_sessions::claimed_until.eq(None::<DateTime<Utc>>),
            ));
        let ended = update.execute(self.connection()).await? == 1;
        if ended {
            self.erase_parked(id).await?;
        }
        Ok(ended)
    }
}

impl WorkerTx {
    /// Open sessions that have expired and are not being completed.
    pub async fn overdue_link_sessions(&mut self, limit: i64) -> Result<Vec<(Uuid, Uuid)>> {
        let now = diesel::dsl::now.into_sql::<Timestamptz>();
        let session_query = link_sessions::table
            .filter(link_sessions::status.eq_any(before(LinkSessionStatus::Expired)))
            .filter(link_sessions::expires_at.le(now))
            .filter(
                link_sessions::claimed_until
                    .is_null()
                    .or(link_sessions::claimed_until.assume_not_null().le(now)),
            )
            .order(link_sessions::expires_at)
            .limit(limit)
            .select((link_sessions::tenant_id, link_sessions::id));
        Ok(session_query.load(self.connection()).await?)
    }
}
