//! Freezing and thawing.

use bowline_api::TenantId;
use bowline_api::admin::Tenant;

use crate::app::App;
use crate::domain::{Actor, Event, Result, text};
use crate::service::tenant::{no_tenant, to_wire};
use crate::store::TenantTx;
use crate::store::tenants::FreezeOfTenant;

/// Freezes a tenant, effective on every replica from the commit. One that is frozen already keeps its reason.
///
/// # Errors
/// `not_found`, `invalid_field`.
pub async fn freeze(app: &App, actor: &Actor, tenant: TenantId, reason: &str) -> Result<Tenant> {
    let reason = text::line("reason", reason, 3, 500)?;
    let by = match actor {
        Actor::Operator { name, .. } => Some(name.as_str()),
        _ => None,
    };
    let act = async |tx: &mut TenantTx| {
        let tenant_row = tx.lock_own_tenant().await?.ok_or_else(no_tenant)?;
        if tenant_row.frozen_at.is_some() {
            return Ok((tenant_row, tx.drain_stop().await?));
        }
        let at = tx.now().await?;
        let tenant_row = tx.set_frozen(Some(FreezeOfTenant { at, reason: &reason, by })).await?;
        tx.record(actor, Event::TenantFrozen { tenant, reason: &reason }).await?;
        Ok((tenant_row, tx.drain_stop().await?))
    };
    let (tenant_row, stop) = app.store.scoped(tenant, act).await?;
    Ok(to_wire(tenant_row, stop))
}

/// Thaws a tenant. One that is not frozen stays as it is.
///
/// # Errors
/// `not_found`, `invalid_field`.
pub async fn thaw(app: &App, actor: &Actor, tenant: TenantId, reason: &str) -> Result<Tenant> {
    let reason = text::line("reason", reason, 3, 500)?;
    let act = async |tx: &mut TenantTx| {
        let tenant_row = tx.lock_own_tenant().await?.ok_or_else(no_tenant)?;
        if tenant_row.frozen_at.is_none() {
            return Ok((tenant_row, tx.drain_stop().await?));
        }
        let tenant_row = tx.set_frozen(None).await?;
        tx.record(actor, Event::TenantThawed { tenant, reason: &reason }).await?;
        Ok((tenant_row, tx.drain_stop().await?))
    };
    let (tenant_row, stop) = app.store.scoped(tenant, act).await?;
    Ok(to_wire(tenant_row, stop))
}
