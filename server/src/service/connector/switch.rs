//! Operators disable and enable connectors. While a connector is disabled, nobody links through it and no token is
//! refreshed.

use bowline_api::admin::Connector;
use bowline_api::status::ConnectorStatus;
use bowline_api::{ConnectorId, TenantId};

use super::shown::{locked, shown, to_wire};
use crate::app::App;
use crate::domain::state::connector::{ConnectorTrigger, after};
use crate::domain::{Actor, Code, Event, Facts, Result, text};
use crate::service::tenant;
use crate::store::TenantTx;
use crate::store::connectors::ConnectorRow;

/// Disables a connector. A connector that is already disabled does not change.
///
/// # Errors
/// `not_found`, `invalid_field`.
pub async fn disable(
    app: &App,
    actor: &Actor,
    tenant: TenantId,
    id: ConnectorId,
    reason: &str,
) -> Result<Connector> {
    switch_connector(app, actor, tenant, id, reason, ConnectorTrigger::Disabled).await
}

/// Enables a connector. A connector that is already active does not change.
///
/// # Errors
/// `not_found`, `invalid_field`; `invalid_state` if it is broken, which only the provider's answers or another app
/// secret can change.
pub async fn enable(
    app: &App,
    actor: &Actor,
    tenant: TenantId,
    id: ConnectorId,
    reason: &str,
) -> Result<Connector> {
    switch_connector(app, actor, tenant, id, reason, ConnectorTrigger::Enabled).await
}

async fn switch_connector(
    app: &App,
    actor: &Actor,
    tenant: TenantId,
    id: ConnectorId,
    reason: &str,
    happened: ConnectorTrigger,
) -> Result<Connector> {
    let reason = text::line("reason", reason, 3, 500)?;
    let switch = async |tx: &mut TenantTx| {
        let connector_row = switch_within(tx, actor, id, &reason, happened).await?;
        shown(tx, connector_row).await
    };
    to_wire(app, tenant::scoped(app, tenant, switch).await?)
}

async fn switch_within(
    tx: &mut TenantTx,
    actor: &Actor,
    id: ConnectorId,
    reason: &str,
    happened: ConnectorTrigger,
) -> Result<ConnectorRow> {
    let connector_row = locked(tx, id).await?;
    let old = connector_row.status.known()?;
    let Some(new) = after(old, happened) else {
        let detail = format!("the connector is {old}, and nobody has disabled it");
        return Err(Code::InvalidState.because(detail).with(Facts::State { state: old.as_str() }).into());
    };
    if new == old {
        return Ok(connector_row);
    }
    let (event, why) = match new {
        ConnectorStatus::Disabled => (Event::ConnectorDisabled { connector: id, reason }, Some(reason)),
        ConnectorStatus::Active | ConnectorStatus::Broken => {
            (Event::ConnectorEnabled { connector: id, reason }, None)
        }
    };
    tx.mark_connector(connector_row.id, new, why).await?;
    tx.record(actor, event).await?;
    Ok(ConnectorRow { status: new.into(), status_reason: why.map(str::to_owned), ..connector_row })
}
