//! Logins at the identity provider that have begun, by the digest of the secret that the operator's terminal has.

use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Interval, Timestamptz};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::domain::Result;
use crate::domain::credential::Digest;
use crate::store::schema::operator_sign_ons;
use crate::store::{PlatformTx, interval};

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
pub enum Due {
    /// The login, which may be polled now.
    Now(SignOnRow),
    /// It may be polled after this time.
    Later(Duration),
    /// There is no such login any more.
    Gone,
}

impl PlatformTx {
    /// Stores a login that begins, and forgets those that were not finished in time. Returns until when it can be finished.
    pub async fn insert_sign_on(
        &mut self,
        secret: Digest,
        operator: Option<Uuid>,
        way: Way<'_>,
        lifetime: Duration,
    ) -> Result<DateTime<Utc>> {
        let now = || diesel::dsl::now.into_sql::<Timestamptz>();
        let expired = operator_sign_ons::table.filter(operator_sign_ons::expires_at.le(now()));
        diesel::delete(expired).execute(self.connection()).await?;
        let ends = now() + interval(lifetime).into_sql::<Interval>();
        let insert = diesel::insert_into(operator_sign_ons::table);
        let returned = operator_sign_ons::expires_at;
        Ok(match way {
            Way::Browser(redirect) => {
                let values = (
                    operator_sign_ons::secret_hash.eq(secret.as_bytes()),
                    operator_sign_ons::operator_id.eq(operator),
                    operator_sign_ons::expires_at.eq(ends),
                    operator_sign_ons::redirect_uri.eq(redirect),
                );
                insert.values(values).returning(returned).get_result(self.connection()).await?
            }
            Way::Device { sealed, wrapped_key, kek_version, interval: wait } => {
                let next = now() + interval(wait).into_sql::<Interval>();
                let values = (
                    operator_sign_ons::secret_hash.eq(secret.as_bytes()),
                    operator_sign_ons::operator_id.eq(operator),
                    operator_sign_ons::expires_at.eq(ends),
                    operator_sign_ons::kek_version.eq(kek_version),
                    operator_sign_ons::wrapped_key.eq(wrapped_key),
                    operator_sign_ons::sealed_device.eq(sealed),
                    operator_sign_ons::next_poll_at.eq(next.nullable()),
                );
                insert.values(values).returning(returned).get_result(self.connection()).await?
            }
        })
    }

    /// Takes a login of this operator, or of one who is not known yet, to finish it. Nobody else can from then on.
    pub async fn take_sign_on(
        &mut self,
        secret: Digest,
        operator: Option<Uuid>,
    ) -> Result<Option<SignOnRow>> {
        let now = diesel::dsl::now.into_sql::<Timestamptz>();
        let one = operator_sign_ons::table
            .find(secret.as_bytes())
            .filter(operator_sign_ons::operator_id.is_not_distinct_from(operator))
            .filter(operator_sign_ons::is_proven.eq(false))
            .filter(operator_sign_ons::expires_at.gt(now));
        let delete = diesel::delete(one).returning(SignOnRow::as_returning());
        Ok(delete.get_result(self.connection()).await.optional()?)
    }

    /// Stores that the secret of a step-up counts once in place of this operator's password.
    pub async fn insert_proof(&mut self, secret: Digest, operator: Uuid, lifetime: Duration) -> Result<()> {
        let now = diesel::dsl::now.into_sql::<Timestamptz>();
        let values = (
            operator_sign_ons::secret_hash.eq(secret.as_bytes()),
            operator_sign_ons::operator_id.eq(operator),
            operator_sign_ons::is_proven.eq(true),
            operator_sign_ons::expires_at.eq(now + interval(lifetime).into_sql::<Interval>()),
        );
        diesel::insert_into(operator_sign_ons::table).values(values).execute(self.connection()).await?;
        Ok(())
    }

    /// Uses up a proof of this operator. Returns whether there was one.
    pub async fn spend_proof(&mut self, secret: Digest, operator: Uuid) -> Result<bool> {
        let now = diesel::dsl::now.into_sql::<Timestamptz>();
        let one = operator_sign_ons::table
            .find(secret.as_bytes())
            .filter(operator_sign_ons::operator_id.eq(operator))
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
        operator: Option<Uuid>,
        wait: Duration,
    ) -> Result<Due> {
        let now = diesel::dsl::now.into_sql::<Timestamptz>();
        let one = operator_sign_ons::table
            .find(secret.as_bytes())
            .filter(operator_sign_ons::operator_id.is_not_distinct_from(operator))
            .filter(operator_sign_ons::expires_at.gt(now))
            .select((SignOnRow::as_select(), operator_sign_ons::next_poll_at))
            .for_update();
        let found: Option<(SignOnRow, Option<DateTime<Utc>>)> =
            one.first(self.connection()).await.optional()?;
        let Some((row, Some(next))) = found else { return Ok(Due::Gone) };
        let left = next - self.now().await?;
        if let Ok(left) = left.to_std()
            && !left.is_zero()
        {
            return Ok(Due::Later(left));
        }
        self.delay_sign_on(secret, wait).await?;
        Ok(Due::Now(row))
    }
}
