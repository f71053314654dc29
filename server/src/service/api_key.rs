//! API keys: who a shown one is, and making and revoking them.

use bowline_api::status::Permission;
use bowline_api::{ApiKeyId, TenantId};

use crate::app::App;
use crate::domain::credential::Digest;
use crate::domain::{Code, Result};
use crate::store::api_keys::ApiKeyRow;

/// A key that works now.
#[derive(Debug)]
pub struct Identified {
    /// Whose.
    pub tenant: TenantId,
    /// Which.
    pub id: ApiKeyId,
    /// The key's name.
    pub name: String,
    /// What it may do.
    pub permissions: Vec<Permission>,
}

/// Whose key the shown one is; the database is asked each time, so that a revoked key stops everywhere at once.
///
/// # Errors
/// `unauthenticated` where there is no such key, or it is revoked or expired.
pub async fn identify(app: &App, digest: Digest) -> Result<Identified> {
    let mut tx = app.store.shown(digest).await?;
    let row = tx.shown_api_key(digest).await?;
    tx.commit().await?;
    let row = row.ok_or_else(|| {
        Code::Unauthenticated.because("this API key does not work: it is unknown, revoked or expired")
    })?;
    Ok(Identified {
        tenant: row.tenant_id.into(),
        id: row.id.into(),
        permissions: permissions(&row),
        name: row.name,
    })
}

/// The permissions of a row; names that this version does not know grant nothing.
pub fn permissions(row: &ApiKeyRow) -> Vec<Permission> {
    row.permissions.iter().filter_map(|name| name.parse().ok()).collect()
}
