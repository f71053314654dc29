//! Operators' sessions, by the digest of their tokens.

use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Interval, Timestamptz};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::OperatorRow;
use crate::domain::Result;
use crate::domain::credential::Digest;
use crate::store::schema::{operator_sessions, operators};
use crate::store::{PlatformTx, interval};

/// How exactly the last use of a session is written down, unless it ends sooner without use.
const SESSION_SEEN_EVERY: Duration = Duration::from_secs(10);

/// A session to be stored.
#[derive(Debug, Clone)]
pub struct NewSessionRow<'a> {
    /// The digest of its token.
    pub token: Digest,
    /// Its id, which is no secret.
    pub id: Uuid,
    /// Its operator.
    pub operator: Uuid,
    /// The longest time that the session lasts.
    pub length: Duration,
    /// The address of the session's client.
    pub address: &'a str,
    /// The name of the session's client, if it sent one.
    pub client: Option<&'a str>,
}

/// A row.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = operator_sessions, check_for_backend(diesel::pg::Pg))]
#[expect(missing_docs, reason = "the columns")]
pub struct SessionRow {
    pub token_hash: Vec<u8>,
    pub id: Uuid,
    pub created_at: DateTime<Utc>,
    pub last_seen_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub address: Option<String>,
    pub client: Option<String>,
}

/// A session that has not ended.
#[derive(Clone)]
pub struct LiveSession {
    /// Its id, which is no secret.
    pub id: Uuid,
    /// Its operator, who is not disabled.
    pub operator: OperatorRow,
}

/// Which sessions of an operator end.
#[derive(Debug, Clone, Copy)]
pub enum Ending {
    /// All.
    All,
    /// All but the one with this token.
    Others(Digest),
}

impl PlatformTx {
    /// Begins a session; returns when it ends.
    pub async fn insert_session(&mut self, session: NewSessionRow<'_>) -> Result<DateTime<Utc>> {
        let ends =
            diesel::dsl::now.into_sql::<Timestamptz>() + interval(session.length).into_sql::<Interval>();
        let insert = diesel::insert_into(operator_sessions::table)
            .values((
                operator_sessions::token_hash.eq(session.token.as_bytes()),
                operator_sessions::id.eq(session.id),
                operator_sessions::operator_id.eq(session.operator),
                operator_sessions::expires_at.eq(ends),
                operator_sessions::address.eq(session.address),
                operator_sessions::client.eq(session.client),
            ))
            .returning(operator_sessions::expires_at);
        Ok(insert.get_result(self.connection()).await?)
    }

    /// This session with its operator, if it has not ended and was used within `idle`. It counts as used now. This is written down only if
    /// its last use is older than 10 seconds or a tenth of `idle`, so that most calls need not wait for a commit.
    ///
    /// A session without an address was begun by a server of a version that knows no one-time codes, so nobody asked for one: it is
    /// none of an operator who has them.
    pub async fn use_session(&mut self, token: Digest, idle: Duration) -> Result<Option<LiveSession>> {
        let now = diesel::dsl::now.into_sql::<Timestamptz>();
        let exactness = interval(SESSION_SEEN_EVERY.min(idle / 10)).into_sql::<Interval>();
        let session = operator_sessions::table
            .find(token.as_bytes())
            .filter(operator_sessions::expires_at.gt(now))
            .filter(operator_sessions::last_seen_at.gt(now - interval(idle).into_sql::<Interval>()))
            .select((
                operator_sessions::id,
                operator_sessions::operator_id,
                operator_sessions::address,
                operator_sessions::last_seen_at.lt(now - exactness),
            ));
        let found: Option<(Uuid, Uuid, Option<String>, bool)> =
            session.first(self.connection()).await.optional()?;
        let Some((id, operator, address, outdated)) = found else { return Ok(None) };
        if outdated {
            diesel::update(operator_sessions::table.find(token.as_bytes()))
                .set(operator_sessions::last_seen_at.eq(now))
                .execute(self.connection())
                .await?;
        }
        let operator = self.operator(operator).await?.filter(|operator| operator.disabled_at.is_none());
        let operator = operator.filter(|operator| address.is_some() || operator.totp_since.is_none());
        Ok(operator.map(|operator| LiveSession { id, operator }))
    }

    /// The session of a token, without counting as a use.
    pub async fn live_session(&mut self, token: Digest, idle: Duration) -> Result<Option<LiveSession>> {
        let now = diesel::dsl::now.into_sql::<Timestamptz>();
        let session = operator_sessions::table
            .inner_join(operators::table.on(operators::id.eq(operator_sessions::operator_id)))
            .filter(operator_sessions::token_hash.eq(token.as_bytes()))
            .filter(operator_sessions::expires_at.gt(now))
            .filter(operator_sessions::last_seen_at.gt(now - interval(idle).into_sql::<Interval>()))
            .filter(operators::disabled_at.is_null())
            .filter(operator_sessions::address.is_not_null().or(operators::totp_since.is_null()))
            .select((operator_sessions::id, OperatorRow::as_select()));
        let found: Option<(Uuid, OperatorRow)> = session.first(self.connection()).await.optional()?;
        Ok(found.map(|(id, operator)| LiveSession { id, operator }))
    }

    /// The sessions of an operator that have not ended and were used within `idle`, the newest first; at most `limit`.
    pub async fn sessions(&mut self, operator: Uuid, idle: Duration, limit: i64) -> Result<Vec<SessionRow>> {
        let now = diesel::dsl::now.into_sql::<Timestamptz>();
        let operator_session_query = operator_sessions::table
            .filter(operator_sessions::operator_id.eq(operator))
            .filter(operator_sessions::expires_at.gt(now))
            .filter(operator_sessions::last_seen_at.gt(now - interval(idle).into_sql::<Interval>()))
            .order((operator_sessions::created_at.desc(), operator_sessions::id))
            .limit(limit)
            .select(SessionRow::as_select());
        Ok(operator_session_query.load(self.connection()).await?)
    }

    /// Ends the session of this token.
    pub async fn end_session(&mut self, token: Digest) -> Result<()> {
        diesel::delete(operator_sessions::table.find(token.as_bytes())).execute(self.connection()).await?;
        Ok(())
    }

    /// Ends one session of an operator by its id. Returns whether there was one.
    pub async fn end_session_of(&mut self, operator: Uuid, session: Uuid) -> Result<bool> {
        let one = operator_sessions::table
            .filter(operator_sessions::id.eq(session))
            .filter(operator_sessions::operator_id.eq(operator));
        Ok(diesel::delete(one).execute(self.connection()).await? > 0)
    }

    /// Ends sessions of an operator; returns their number.
    pub async fn end_sessions(&mut self, operator: Uuid, ending: Ending) -> Result<usize> {
        let all = operator_sessions::table.filter(operator_sessions::operator_id.eq(operator));
        Ok(match ending {
            Ending::All => diesel::delete(all).execute(self.connection()).await?,
            Ending::Others(kept) => {
                let others = all.filter(operator_sessions::token_hash.ne(kept.as_bytes()));
                diesel::delete(others).execute(self.connection()).await?
            }
        })
    }

    /// Deletes sessions that have expired.
    pub async fn sweep_sessions(&mut self, idle: Duration) -> Result<()> {
        let now = diesel::dsl::now.into_sql::<Timestamptz>();
        let dead = operator_sessions::expires_at
            .le(now)
            .or(operator_sessions::last_seen_at.le(now - interval(idle).into_sql::<Interval>()));
        diesel::delete(operator_sessions::table.filter(dead)).execute(self.connection()).await?;
        Ok(())
    }
}
