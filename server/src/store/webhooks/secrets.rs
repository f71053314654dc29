//! The sealed signing secrets of endpoints.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::domain::Result;
use crate::store::TenantTx;
use crate::store::schema::webhook_secrets;

/// A secret that has not expired.
#[derive(Clone, Queryable)]
#[expect(missing_docs, reason = "the columns")]
pub struct SecretRow {
    pub generation: i64,
    pub sealed_secret: Vec<u8>,
    pub expires_at: Option<DateTime<Utc>>,
}

impl TenantTx {
    /// The secrets of an endpoint that have not expired, newest first.
    pub async fn webhook_secrets(&mut self, endpoint: Uuid) -> Result<Vec<SecretRow>> {
        let now = self.now().await?;
        let secret_query = webhook_secrets::table
            .filter(webhook_secrets::tenant_id.eq(self.tenant_uuid()))
            .filter(webhook_secrets::endpoint_id.eq(endpoint))
            .filter(webhook_secrets::expires_at.is_null().or(webhook_secrets::expires_at.gt(now)))
            .order(webhook_secrets::generation.desc())
            .select((
                webhook_secrets::generation,
                webhook_secrets::sealed_secret,
                webhook_secrets::expires_at,
            ));
        Ok(secret_query.load(self.connection()).await?)
    }

    /// When the first of the old secrets of each endpoint expires.
    pub async fn webhook_secret_ends(&mut self) -> Result<Vec<(Uuid, DateTime<Utc>)>> {
        let now = self.now().await?;
        let secret_query = webhook_secrets::table
            .filter(webhook_secrets::tenant_id.eq(self.tenant_uuid()))
            .filter(webhook_secrets::expires_at.gt(now))
            .order(webhook_secrets::expires_at)
            .select((webhook_secrets::endpoint_id, webhook_secrets::expires_at.assume_not_null()));
        Ok(secret_query.load(self.connection()).await?)
    }

    /// Adds a secret.
    pub async fn insert_webhook_secret(
        &mut self,
        endpoint: Uuid,
        generation: i64,
        sealed_secret: &[u8],
    ) -> Result<()> {
        let values = (
            webhook_secrets::tenant_id.eq(self.tenant_uuid()),
            webhook_secrets::endpoint_id.eq(endpoint),
            webhook_secrets::generation.eq(generation),
            webhook_secrets::sealed_secret.eq(sealed_secret),
        );
        diesel::insert_into(webhook_secrets::table).values(values).execute(self.connection()).await?;
        Ok(())
    }

    /// Replaces the sealed form of a secret.
    pub async fn reseal_webhook_secret(
        &mut self,
        endpoint: Uuid,
        generation: i64,
        sealed_secret: &[u8],
    ) -> Result<()> {
        diesel::update(webhook_secrets::table.find((self.tenant_uuid(), endpoint, generation)))
            .set(webhook_secrets::sealed_secret.eq(sealed_secret))
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Lets the secret that has no end expire at `end`, and deletes those that have expired.
    pub async fn expire_webhook_secret(&mut self, endpoint: Uuid, end: DateTime<Utc>) -> Result<()> {
        let now = self.now().await?;
        let tenant = self.tenant_uuid();
        let of_endpoint =
            || webhook_secrets::tenant_id.eq(tenant).and(webhook_secrets::endpoint_id.eq(endpoint));
        diesel::update(webhook_secrets::table)
            .filter(of_endpoint().and(webhook_secrets::expires_at.is_null()))
            .set(webhook_secrets::expires_at.eq(end))
            .execute(self.connection())
            .await?;
        diesel::delete(webhook_secrets::table)
            .filter(of_endpoint().and(webhook_secrets::expires_at.le(now)))
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Deletes all secrets of an endpoint.
    pub async fn delete_webhook_secrets(&mut self, endpoint: Uuid) -> Result<()> {
        diesel::delete(webhook_secrets::table)
            .filter(webhook_secrets::tenant_id.eq(self.tenant_uuid()))
            .filter(webhook_secrets::endpoint_id.eq(endpoint))
            .execute(self.connection())
            .await?;
        Ok(())
    }
}
