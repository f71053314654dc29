//! Connectors, which are a tenant's registrations at the provider: adding and listing them.

pub(super) mod app_secret;
pub mod branding;
mod edit;
mod fields;
pub mod logo;
mod new_secret;
mod oauth1;
mod remove;
mod shown;
mod status;
mod switch;

pub use edit::edit;
pub use new_secret::replace_secret;
pub use remove::remove;
pub use shown::callback_url;
pub use status::{
    PROVIDER, SANDBOX, broken, credentials, disabled, gets_notices, hold_usable, is_given_up, mark_broken,
    mark_working, protocol, returns_to, usable,
};
pub use switch::{disable, enable};

use std::collections::HashMap;

use bowline_api::admin::{Connector, CreateConnector};
use bowline_api::status::{Completion, Protocol};
use bowline_api::{ConnectorId, Page, TenantId};
use bowline_provider::Failure;
use secrecy::SecretString;
use uuid::Uuid;

use super::uncommitted::Uncommitted;
use super::vault::{noted, seal};
use super::{cursor, tenant};
use app_secret::secret_place;
use fields::{check_completion, credential, return_urls, scopes};
use shown::{ShownConnector, is_default, no_connector, to_wire};

use crate::app::App;
use crate::domain::{Actor, Code, Event, Result, entropy, text};
use crate::store::connectors::branding::BrandingRow;
use crate::store::connectors::{ConnectorRow, NewConnector};
use crate::store::{OperatorTx, TenantTx};

/// Adds a connector. Its app secret is sealed and never shown again.
///
/// # Errors
/// `already_exists` if this or another tenant has the app key; `invalid_field`; `not_found`.
pub async fn add(
    app: &App,
    actor: &Actor,
    tenant: TenantId,
    wanted_connector: CreateConnector,
) -> Result<Connector> {
    prepare(app, actor, tenant, wanted_connector).await?.commit().await
}

/// Like [`add`], but the caller commits, once the connector has been shown.
///
/// # Errors
/// `already_exists` if this or another tenant has the app key; `invalid_field`; `not_found`.
pub async fn prepare(
    app: &App,
    actor: &Actor,
    tenant: TenantId,
    wanted_connector: CreateConnector,
) -> Result<Uncommitted<Connector>> {
    let name = text::line("name", &wanted_connector.name, 1, 100)?;
    let app_key = credential("app_key", &wanted_connector.app_key)?;
    let secret = SecretString::from(credential("app_secret", &wanted_connector.app_secret)?);
    let protocol = wanted_connector.protocol.unwrap_or(Protocol::OAuth2);
    oauth1::check_protocol(&app.settings.oauth1, protocol)?;
    let oauth1_service = oauth1::stored(&app.provider, protocol, wanted_connector.oauth1_service.as_ref())?;
    let sandbox = app.store.scoped(tenant, async |tx| tenant::existing(tx).await).await?.sandbox;
    check_sandbox(app, sandbox, protocol)?;
    let issuer = oauth1::issuer(&app.settings.dropbox, wanted_connector.oauth1_service.as_ref());
    let own = if sandbox { SANDBOX } else { PROVIDER };
    let issuer = issuer.unwrap_or_else(|| own.to_owned());
    let completion = wanted_connector.completion.unwrap_or(Completion::Tenant);
    check_completion(protocol, completion)?;
    let scopes = scopes(protocol, &wanted_connector.scopes)?;
    let return_urls = return_urls(&wanted_connector.return_urls)?;
    // Kept open until the insert is committed, because its lock prevents the same key from being added elsewhere
    // meanwhile.
    let guard = async |tx: &mut OperatorTx| {
        if tx.app_key_is_foreign(tenant.uuid(), &issuer, &app_key).await? {
            let detail = "another tenant has this app key; an app key belongs to one tenant only";
            return Err(Code::AlreadyExists.because(detail).into());
        }
        Ok(())
    };
    let (guarded, ()) = app.store.begin_operator().await?.attempt(guard).await?;
    let id: ConnectorId = entropy::id();
    let added = insert_connector_row(
        app,
        actor,
        &secret,
        NewConnector {
            tenant_id: tenant.uuid(),
            id: id.uuid(),
            name: &name,
            provider: PROVIDER,
            protocol: protocol.into(),
            app_key: &app_key,
            sealed_app_secret: &[],
            scopes: &scopes,
            return_urls: &return_urls,
            completion: completion.into(),
            confirm_page: wanted_connector.confirm_page.unwrap_or(true),
            oauth1_service: oauth1_service.as_deref(),
            issuer: &issuer,
            sandbox,
        },
    )
    .await;
    match added {
        Ok((tx, row, is_default)) => {
            let new = ShownConnector { row, branding: BrandingRow::default(), is_default };
            Ok(Uncommitted::new(tx, to_wire(app, new)?).guarded_by(guarded))
        }
        Err(refused) => guarded.finish(Err(refused)).await,
    }
}

/// Refuses a connector that its sandbox cannot have.
fn check_sandbox(app: &App, sandbox: bool, protocol: Protocol) -> Result<()> {
    if sandbox && protocol != Protocol::OAuth2 {
        let detail = "the connectors of a sandbox speak oauth2, because nothing else is simulated there";
        return Err(Code::InvalidField.because(detail).field("protocol").into());
    }
    if sandbox && app.settings.sandbox.url.is_none() {
        let detail =
            "this tenant is a sandbox, and the server's settings name no simulator: set bowline.sandbox.url";
        return Err(Code::InvalidState.because(detail).into());
    }
    Ok(())
}

async fn insert_connector_row(
    app: &App,
    actor: &Actor,
    secret: &SecretString,
    new: NewConnector<'_>,
) -> Result<(TenantTx, ConnectorRow, bool)> {
    let tx = app.store.begin_scoped(new.tenant_id.into()).await?;
    let made = async |tx: &mut TenantTx| {
        tenant::must_exist(tx).await?;
        let keys = app.vault.keys(tx).await?;
        let sealed = seal(&keys, &secret_place(&(&new).into()), secret)?;
        let new = NewConnector { sealed_app_secret: &sealed, ..new };
        let row = tx.insert_connector(&new).await?;
        let NewConnector { name, app_key, ref completion, ref protocol, .. } = new;
        let (connector, completion, protocol) = (new.id.into(), completion.known()?, protocol.known()?);
        let added = Event::ConnectorAdded { connector, name, app_key, completion, protocol };
        tx.record(actor, added).await?;
        let is_default = is_default(tx, &row).await?;
        Ok((row, is_default))
    };
    let (tx, (row, is_default)) = tx.attempt(made).await?;
    Ok((tx, row, is_default))
}

/// All connectors of a tenant, oldest first.
///
/// # Errors
/// `not_found`.
pub async fn list(app: &App, tenant: TenantId) -> Result<Page<Connector>> {
    let read = async |tx: &mut TenantTx| Ok((tx.connectors().await?, tx.brandings().await?));
    let (rows, brandings) = tenant::scoped(app, tenant, read).await?;
    let mut brandings: HashMap<Uuid, BrandingRow> = brandings.into_iter().collect();
    let default = rows.iter().find(|row| row.is_default).or(rows.first()).map(|row| row.id);
    let rows = rows.into_iter().map(|row| {
        let branding = brandings.remove(&row.id).unwrap_or_default();
        ShownConnector { is_default: Some(row.id) == default, row, branding }
    });
    let page = cursor::whole(rows.collect());
    cursor::try_map(
        page,
        |shown: &ShownConnector| ConnectorId::from(shown.row.id),
        |shown| to_wire(app, shown),
    )
}

/// Checks whether the provider accepts a connector's app key and secret. The row is unchanged.
///
/// # Errors
/// `not_found`, `integrity_error`. The provider's verdict is the inner result.
pub async fn check(app: &App, tenant: TenantId, id: ConnectorId) -> Result<std::result::Result<(), Failure>> {
    let read = async |tx: &mut TenantTx| Ok((tx.connector(id.uuid()).await?, app.vault.keys(tx).await?));
    let (row, keys) = tenant::scoped(app, tenant, read).await?;
    let row = row.ok_or_else(no_connector)?;
    let credentials = noted(&app.store, tenant, credentials(&keys, &row)).await?;
    Ok(app.provider.check_app(&credentials, &callback_url(&app.settings.public_url, id)).await)
}
