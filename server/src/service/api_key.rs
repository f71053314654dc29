//! API keys: verifying a presented key, which identifies the caller, and creating and revoking keys.

use bowline_api::admin::{ApiKey, ApiKeySuspension, NewApiKey, RotatedApiKey};
use bowline_api::status::Permission;
use bowline_api::{ApiKeyId, Page, TenantId};
use chrono::{DateTime, TimeDelta, Utc};

use super::caller::{Caller, Principal};
use super::limit::by_tenant::CallKind;
use super::uncommitted::Uncommitted;
use super::{cursor, tenant, tenant_freeze};
use crate::app::App;
use crate::domain::credential::{NewCredential, PresentedApiKey};
use crate::domain::{Actor, Code, Error, Event, Facts, Result, entropy, text};
use crate::store::api_keys::ApiKeyRow;

/// How long a key that was rotated still works, in hours: usually, and at most.
const USUAL_KEY_OVERLAP: u32 = 24;
const LONGEST_KEY_OVERLAP: u32 = 720;

/// A key that worked at its last lookup in the database.
#[derive(Debug, Clone)]
pub struct VerifiedKey {
    /// The key as the caller presented it.
    pub presented: PresentedApiKey,
    /// The key's id.
    pub id: ApiKeyId,
    name: String,
    permissions: Vec<Permission>,
}

/// What an API key is to be.
#[derive(Debug, Clone)]
pub struct WantedKey {
    /// The API key's name: 1 to 100 characters.
    pub name: String,
    /// What the API key may do; everything but `sign` if `None`.
    pub permissions: Option<Vec<Permission>>,
    /// When the API key expires; never if `None`.
    pub expires_at: Option<DateTime<Utc>>,
}

impl VerifiedKey {
    /// The tenant that the key belongs to.
    pub fn tenant(&self) -> TenantId {
        self.presented.tenant
    }

    /// Whether it is a test key, and its tenant thus a sandbox.
    pub fn is_test(&self) -> bool {
        self.presented.is_test
    }

    /// The key as the actor of audit events.
    pub fn actor(&self) -> Actor {
        Actor::ApiKey { id: self.id, name: self.name.clone() }
    }

    /// Refuses a key that lacks `permission`.
    ///
    /// # Errors
    /// `insufficient_scope`.
    pub fn must(&self, permission: Permission) -> Result<()> {
        if self.may(permission) { Ok(()) } else { Err(insufficient(permission)) }
    }

    /// Whether the key has `permission`.
    pub fn may(&self, permission: Permission) -> bool {
        self.permissions.contains(&permission)
    }
}

/// Counts a call with the presented key against its tenant's limit, if the key has worked before.
///
/// # Errors
/// `rate_limited`, delayed if there are many refusals.
pub async fn count(app: &App, caller: &Caller, presented: &PresentedApiKey, calls: CallKind) -> Result<()> {
    let counted = app.tenants.count(presented, calls);
    if counted.is_err()
        && let Some(key) = app.tenants.known(presented)
    {
        // The access log also names the callers of refused calls.
        caller.identify_as(Principal::TenantApp(presented.tenant, key));
    }
    app.limited.delay(counted).await
}

/// Verifies a key. Every call asks the database, so that a revoked key stops working on every replica at once.
///
/// # Errors
/// `unauthenticated` if there is no such key, or it is revoked or expired; `tenant_frozen`, `api_key_suspended`.
pub async fn verify(app: &App, presented: PresentedApiKey) -> Result<VerifiedKey> {
    // Anyone can write a tenant's id into a key, so only a key that has worked before waits for the tenant's turn.
    let is_known = app.tenants.known(&presented).is_some();
    let Some(key_row) = app.store.working_api_key(presented, is_known).await? else {
        return Err(tenant_freeze::refuse_key(app, &presented, unknown()).await);
    };
    app.tenants.works(&presented, key_row.id.into());
    Ok(VerifiedKey {
        presented,
        id: key_row.id.into(),
        permissions: permissions(&key_row.permissions),
        name: key_row.name,
    })
}

/// The refusal of a key that does not work. `App::wrong_keys` delays it, so that a caller who guesses keys as fast as
/// possible does not slow down callers with valid keys.
pub fn unknown() -> Error {
    Code::Unauthenticated.because("this API key does not work: it is unknown, revoked or expired").into()
}

/// The error for an API key that lacks a permission.
pub fn insufficient(permission: Permission) -> Error {
    Code::InsufficientScope
        .because(format!("this API key lacks the permission {permission}"))
        .with(Facts::Permission { permission })
        .into()
}

/// The permissions with these names. Names that this version does not know grant nothing.
pub fn permissions(names: &[String]) -> Vec<Permission> {
    names.iter().filter_map(|name| name.parse().ok()).collect()
}

/// Creates an API key for a tenant's app. Its secret is returned here and never again.
///
/// # Errors
/// `not_found`, `invalid_field`.
pub async fn add(app: &App, actor: &Actor, tenant: TenantId, wanted: &WantedKey) -> Result<NewApiKey> {
    prepare(app, actor, tenant, wanted).await?.commit().await
}

/// The permissions of a key for which none are named: all but `sign`, which `token` makes unnecessary and which clients of earlier
/// versions do not know.
fn usual_permissions() -> Vec<Permission> {
    Permission::ALL.iter().copied().filter(|permission| *permission != Permission::Sign).collect()
}

/// Like [`add`], but the caller commits, once the secret has been shown.
///
/// # Errors
/// `not_found`, `invalid_field`.
pub async fn prepare(
    app: &App,
    actor: &Actor,
    tenant: TenantId,
    wanted: &WantedKey,
) -> Result<Uncommitted<NewApiKey>> {
    let name = text::line("name", &wanted.name, 1, 100)?;
    let permissions = wanted.permissions.clone().unwrap_or_else(usual_permissions);
    let mut names: Vec<String> = permissions.iter().map(ToString::to_string).collect();
    names.sort_unstable();
    names.dedup();
    if names.is_empty() {
        let detail = "permissions must not be empty; leave it out for the usual ones";
        return Err(Code::InvalidField.because(detail).field("permissions").into());
    }
    let id: ApiKeyId = entropy::id();
    let (tx, (key_row, credential)) = app
        .store
        .begin_scoped(tenant)
        .await?
        .attempt(async |tx| {
            let credential = NewCredential::api_key(tenant, tenant::existing(tx).await?.sandbox)?;
            let now = tx.now().await?;
            if wanted.expires_at.is_some_and(|end| end <= now) {
                let refusal = Code::InvalidField.because("expires_at must be in the future");
                return Err(refusal.field("expires_at").into());
            }
            let key_row =
                tx.insert_api_key(id.uuid(), &name, credential.digest, &names, wanted.expires_at).await?;
            tx.record(actor, Event::ApiKeyAdded { api_key: id, name: &name, permissions: &names }).await?;
            Ok((key_row, credential))
        })
        .await?;
    Ok(Uncommitted::new(tx, NewApiKey { key: to_wire(key_row), secret: credential.expose().to_owned() }))
}

/// All API keys of a tenant, newest first, including revoked ones.
///
/// # Errors
/// `not_found`.
pub async fn list(app: &App, tenant: TenantId) -> Result<Page<ApiKey>> {
    let rows = tenant::scoped(app, tenant, async |tx| tx.api_keys().await).await?;
    Ok(cursor::whole(rows.into_iter().map(to_wire).collect()))
}

/// Revokes an API key, effective immediately on every replica.
///
/// # Errors
/// `not_found`.
pub async fn revoke(app: &App, actor: &Actor, tenant: TenantId, id: ApiKeyId) -> Result<ApiKey> {
    tenant::scoped(app, tenant, async |tx| {
        let key_row = tx.revoke_api_key(id.uuid()).await?.ok_or_else(no_key)?;
        tx.record(actor, Event::ApiKeyRevoked { api_key: id, name: &key_row.name }).await?;
        Ok(to_wire(key_row))
    })
    .await
}

/// Replaces an API key by one with the same name and permissions. The old one works for some more hours, unless it expires before, so
/// that the tenant's app can change over in that time.
///
/// # Errors
/// `not_found`; `invalid_field` if the overlap is too long; `invalid_state` if the key does not work any more.
pub async fn rotate(
    app: &App,
    actor: &Actor,
    tenant: TenantId,
    id: ApiKeyId,
    overlap_hours: Option<u32>,
) -> Result<RotatedApiKey> {
    let overlap_hours = overlap_hours.unwrap_or(USUAL_KEY_OVERLAP);
    if overlap_hours > LONGEST_KEY_OVERLAP {
        let detail = format!("overlap_hours is 0 to {LONGEST_KEY_OVERLAP}");
        return Err(Code::InvalidField.because(detail).field("overlap_hours").into());
    }
    let replacement: ApiKeyId = entropy::id();
    app.store
        .scoped(tenant, async |tx| {
            let credential = NewCredential::api_key(tenant, tenant::existing(tx).await?.sandbox)?;
            let old = tx.lock_api_key(id.uuid()).await?.ok_or_else(no_key)?;
            let now = tx.now().await?;
            if old.revoked_at.is_some() || old.expires_at.is_some_and(|end| end <= now) {
                let detail = "this API key does not work any more; create another one";
                return Err(Code::InvalidState.because(detail).into());
            }
            let (name, names) = (&*old.name, &*old.permissions);
            let new = tx.insert_api_key(replacement.uuid(), name, credential.digest, names, None).await?;
            // A suspended key was suspended for a habit that its owner did not have.
            if old.suspended_at.is_none() {
                tx.inherit_habit(old.id, replacement.uuid()).await?;
            }
            let end = now + TimeDelta::hours(overlap_hours.into());
            let end = old.expires_at.map_or(end, |before| before.min(end));
            let expiring = tx.expire_api_key(id.uuid(), end).await?.ok_or_else(no_key)?;
            tx.record(actor, Event::ApiKeyAdded { api_key: replacement, name, permissions: names }).await?;
            tx.record(actor, Event::ApiKeyRotated { api_key: id, name, replacement, overlap_hours }).await?;
            let new = NewApiKey { key: to_wire(new), secret: credential.expose().to_owned() };
            Ok(RotatedApiKey { new, old: to_wire(expiring) })
        })
        .await
}

/// The error for an API key that the tenant does not have.
pub(super) fn no_key() -> Error {
    Code::NotFound.because("the tenant has no such API key").into()
}

/// Converts a row to its API form.
pub(super) fn to_wire(key_row: ApiKeyRow) -> ApiKey {
    ApiKey {
        id: key_row.id.into(),
        permissions: permissions(&key_row.permissions).into_iter().map(Into::into).collect(),
        name: key_row.name,
        created_at: key_row.created_at,
        expires_at: key_row.expires_at,
        revoked_at: key_row.revoked_at,
        suspended: suspension(key_row.suspended_at, key_row.suspended_reason),
        last_used_on: key_row.last_used_on,
    }
}

/// The suspension of a key that is suspended, in its API form.
pub(super) fn suspension(since: Option<DateTime<Utc>>, reason: Option<String>) -> Option<ApiKeySuspension> {
    since.map(|since| ApiKeySuspension { since, reason: reason.unwrap_or_default() })
}
