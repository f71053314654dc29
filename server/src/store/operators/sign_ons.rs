//! Logins at the identity provider that have begun, by the digest of the secret that the operator's terminal has.

use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Interval, Timestamptz};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::domain::credential::Digest;
use crate::domain::{Code, Error, Result};
use crate::store::schema::operator_sign_ons;
use crate::store::{PlatformTx, interval, violated};

/// A row.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = operator_sign_ons, check_for_backend(diesel::pg::Pg))]
#[expect(missing_docs, reason = "the columns")]
pub struct SignOnRow {
    pub secret_hash: Vec<u8>,
    pub operator_id: Option<Uuid>,
    pub redirect_uri: Option<String>,
    pub kek_version: Option<i32>,
    pub wrapped_key: Option<Vec<u8>>,
    pub sealed_device: Option<Vec<u8>>,
    pub created_at: DateTime<Utc>,
}

/// Who proves with a login anew that it is them.
#[derive(Debug, Clone, Copy)]
pub struct Prover {
    /// The operator.
    pub operator: Uuid,
    /// Their session that has begun the login. No other one can finish it or use the proof.
    pub session: Uuid,
}

/// How a login goes on.
#[derive(Debug, Clone)]
pub enum Way<'a> {
    /// In a browser on the same machine, which comes back to this address.
    Browser(&'a str),
    /// On another device.
    Device {
        /// The sealed device code.
        sealed: &'a [u8],
        /// The key that it is sealed with, wrapped.
        wrapped_key: &'a [u8],
        /// The version of the master key.
        kek_version: i32,
        /// The least time until the first poll.
        interval: Duration,
    },
}

/// What a poll finds.
#[derive(Debug)]
pub enum PollDue {
    /// The login, which may be polled now.
    Now(SignOnRow),
    /// The login may be polled after this time.
    Later(Duration),
    /// There is no such login any more.
    Gone,
}

impl PlatformTx {
    /// Stores a login that begins, and forgets those that were not finished in time. Returns until when it can be finished.
    ///
    /// # Errors
    /// `unauthenticated` if the session of a step-up has ended meanwhile.
    pub async fn insert_sign_on(
        &mut self,
        secret: Digest,
        prover: Option<Prover>,
        way: Way<'_>,
        lifetime: Duration,
    ) -> Result<DateTime<Utc>> {
        let now = || diesel::dsl::now.into_sql::<Timestamptz>();
        let expired = operator_sign_ons::table.filter(operator_sign_ons::expires_at.le(now()));
        diesel::delete(expired).execute(self.connection()).await?;
        let ends = now() + interval(lifetime).into_sql::<Interval>();
        let insert = diesel::insert_into(operator_sign_ons::table);
        let returned = operator_sign_ons::expires_at;
        let operator = prover.map(|prover| prover.operator);
        let session = prover.map(|prover| prover.session);
        let inserted = match way {
            Way::Browser(redirect) => {
                let values = (
                    operator_sign_ons::secret_hash.eq(secret.as_bytes()),
                    operator_sign_ons::operator_id.eq(operator),
                    operator_sign_ons::session_id.eq(session),
                    operator_sign_ons::expires_at.eq(ends),
                    operator_sign_ons::redirect_uri.eq(redirect),
                );
                insert.values(values).returning(returned).get_result(self.connection()).await
            }
            Way::Device { sealed, wrapped_key, kek_version, interval: wait } => {
                let next = now() + interval(wait).into_sql::<Interval>();
                let values = (
                    operator_sign_ons::secret_hash.eq(secret.as_bytes()),
                    operator_sign_ons::operator_id.eq(operator),
                    operator_sign_ons::session_id.eq(session),
                    operator_sign_ons::expires_at.eq(ends),
                    operator_sign_ons::kek_version.eq(kek_version),
                    operator_sign_ons::wrapped_key.eq(wrapped_key),
                    operator_sign_ons::sealed_device.eq(sealed),
                    operator_sign_ons::next_poll_at.eq(next.nullable()),
                );
                insert.values(values).returning(returned).get_result(self.connection()).await
            }
        };
        inserted.map_err(session_ended)
    }

    /// Takes a login of this operator's session, or of somebody who is not known yet, to finish it. Nobody else can from then on.
    pub async fn take_sign_on(
        &mut self,
        secret: Digest,
        prover: Option<Prover>,
    ) -> Result<Option<SignOnRow>> {
        let now = diesel::dsl::now.into_sql::<Timestamptz>();
        let one = operator_sign_ons::table
            .find(secret.as_bytes())
            .filter(operator_sign_ons::operator_id.is_not_distinct_from(prover.map(|one| one.operator)))
            .filter(operator_sign_ons::session_id.is_not_distinct_from(prover.map(|one| one.session)))
            .filter(operator_sign_ons::is_proven.eq(false))
            .filter(operator_sign_ons::expires_at.gt(now));
        let delete = diesel::delete(one).returning(SignOnRow::as_returning());
        Ok(delete.get_result(self.connection()).await.optional()?)
    }

    /// Stores that the secret of a step-up counts once in place of this operator's password, in this session.
    ///
    /// # Errors
    /// `unauthenticated` if the session has ended meanwhile.
    pub async fn insert_proof(&mut self, secret: Digest, prover: Prover, lifetime: Duration) -> Result<()> {
        let now = diesel::dsl::now.into_sql::<Timestamptz>();
        let values = (
            operator_sign_ons::secret_hash.eq(secret.as_bytes()),
            operator_sign_ons::operator_id.eq(prover.operator),
            operator_sign_ons::session_id.eq(prover.session),
            operator_sign_ons::is_proven.eq(true),
            operator_sign_ons::expires_at.eq(now + interval(lifetime).into_sql::<Interval>()),
        );
        let insert = diesel::insert_into(operator_sign_ons::table).values(values);
        insert.execute(self.connection()).await.map_err(session_ended)?;
        Ok(())
    }

    /// Uses up a proof of this operator's session. Returns whether there was one.
    pub async fn spend_proof(&mut self, secret: Digest, prover: Prover) -> Result<bool> {
        let now = diesel::dsl::now.into_sql::<Timestamptz>();
        let one = operator_sign_ons::table
            .find(secret.as_bytes())
            .filter(operator_sign_ons::operator_id.eq(prover.operator))
            .filter(operator_sign_ons::session_id.eq(prover.session))
            .filter(operator_sign_ons::is_proven.eq(true))
            .filter(operator_sign_ons::expires_at.gt(now));
        Ok(diesel::delete(one).execute(self.connection()).await? == 1)
    }

    /// Sets when the identity provider may be asked about a login again.
    pub async fn delay_sign_on(&mut self, secret: Digest, wait: Duration) -> Result<()> {
        let later = diesel::dsl::now.into_sql::<Timestamptz>() + interval(wait).into_sql::<Interval>();
        diesel::update(operator_sign_ons::table.find(secret.as_bytes()))
            .set(operator_sign_ons::next_poll_at.eq(later.nullable()))
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// A login in the device flow, if the identity provider may be asked now. It may be asked again after `wait`.
    pub async fn poll_sign_on(
        &mut self,
        secret: Digest,
        prover: Option<Prover>,
        wait: Duration,
    ) -> Result<PollDue> {
        let now = diesel::dsl::now.into_sql::<Timestamptz>();
        let one = operator_sign_ons::table
            .find(secret.as_bytes())
            .filter(operator_sign_ons::operator_id.is_not_distinct_from(prover.map(|one| one.operator)))
            .filter(operator_sign_ons::session_id.is_not_distinct_from(prover.map(|one| one.session)))
            .filter(operator_sign_ons::expires_at.gt(now))
            .select((SignOnRow::as_select(), operator_sign_ons::next_poll_at))
            .for_update();
        let found: Option<(SignOnRow, Option<DateTime<Utc>>)> =
            one.first(self.connection()).await.optional()?;
        let Some((row, Some(next))) = found else { return Ok(PollDue::Gone) };
        let left = next - self.now().await?;
        if let Ok(left) = left.to_std()
            && !left.is_zero()
        {
            return Ok(PollDue::Later(left));
        }
        self.delay_sign_on(secret, wait).await?;
        Ok(PollDue::Now(row))
    }
}

/// The failure to store something of a session that has ended since it was looked at.
fn session_ended(error: diesel::result::Error) -> Error {
    match violated(&error) {
        Some("operator_sign_ons_session_fkey") => {
            Code::Unauthenticated.because("this session has ended; log in again").into()
        }
        _ => error.into(),
    }
}
