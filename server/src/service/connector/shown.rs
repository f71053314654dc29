//! A connector as operators see it, and as they change it.

use bowline_api::admin::Connector;
use bowline_api::{ConnectorId, TenantId};
use url::Url;

use super::status::gets_notices;
use super::{branding, oauth1};
use crate::app::App;
use crate::domain::{Code, Error, Result, scope};
use crate::store::TenantTx;
use crate::store::connectors::ConnectorRow;
use crate::store::connectors::branding::BrandingRow;

/// The redirect URI of a connector.
pub fn callback_url(public_url: &Url, id: ConnectorId) -> String {
    format!("{}/link/{id}/callback", public_url.as_str().trim_end_matches('/'))
}

/// The address for the provider's notices to a connector, which the tenant enters in the provider's console.
fn notice_url(public_url: &Url, tenant: TenantId, id: ConnectorId) -> String {
    format!("{}/notices/{tenant}/{id}", public_url.as_str().trim_end_matches('/'))
}

/// Locks a connector for an operator's change. A removed one does not change any more.
pub(super) async fn locked(tx: &mut TenantTx, id: ConnectorId) -> Result<ConnectorRow> {
    let row = tx.lock_connector(id.uuid()).await?.filter(|row| row.removed_at.is_none());
    row.ok_or_else(no_connector)
}

pub(super) fn no_connector() -> Error {
    Code::NotFound.because("the tenant has no such connector").into()
}

/// A connector with everything that operators see of it.
pub(super) struct ShownConnector {
    pub(super) row: ConnectorRow,
    pub(super) branding: BrandingRow,
    pub(super) is_default: bool,
}

pub(super) async fn shown(tx: &mut TenantTx, row: ConnectorRow) -> Result<ShownConnector> {
    let branding = tx.branding(row.id).await?;
    Ok(ShownConnector { is_default: is_default(tx, &row).await?, row, branding })
}

pub(super) fn to_wire(
    app: &App,
    ShownConnector { row, branding, is_default }: ShownConnector,
) -> Result<Connector> {
    let id = ConnectorId::from(row.id);
    Ok(Connector {
        id,
        oauth1_service: oauth1::service(&row)?,
        tenant_id: row.tenant_id.into(),
        callback_url: callback_url(&app.settings.public_url, id),
        notice_url: gets_notices(&row)
            .then(|| notice_url(&app.settings.public_url, row.tenant_id.into(), id)),
        protocol: row.protocol.known()?.into(),
        completion: row.completion.known()?.into(),
        status: row.status.known()?.into(),
        name: row.name,
        provider: row.provider,
        sandbox: row.sandbox,
        app_key: row.app_key,
        scopes: scope::set(row.scopes),
        return_urls: row.return_urls,
        confirm_page: row.confirm_page,
        status_reason: row.status_reason,
        is_default,
        branding: branding::to_wire(&app.settings.public_url, id, branding),
        created_at: row.created_at,
    })
}

/// Whether link sessions that name no connector use this one.
pub(super) async fn is_default(tx: &mut TenantTx, row: &ConnectorRow) -> Result<bool> {
    Ok(tx.default_connector().await?.is_some_and(|default| default.id == row.id))
}
