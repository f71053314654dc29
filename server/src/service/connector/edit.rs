//! An operator edits a connector.

use bowline_api::admin::{Connector, EditConnector};
use bowline_api::status::{Completion, Protocol};
use bowline_api::{ConnectorId, TenantId};

use super::app_secret::secret_place;
use super::branding::BrandingEdit;
use super::fields::{check_completion, return_urls, scopes};
use super::shown::{is_default, locked, shown, to_wire};
use super::status::credentials;
use crate::app::App;
use crate::domain::{Actor, Code, Event, Result, text};
use crate::service::tenant;
use crate::service::vault::seal;
use crate::store::TenantTx;
use crate::store::connectors::{ConnectorRow, EditedConnector};

/// The request, checked as far as it can be without the connector.
struct Wanted {
    name: Option<String>,
    scopes: Option<Vec<String>>,
    return_urls: Option<Vec<String>>,
    completion: Option<Completion>,
    confirm_page: Option<bool>,
    is_default: bool,
    branding: BrandingEdit,
}

/// Edits a connector. What is not mentioned stays as it is. Link sessions that have been created keep their scopes, and
/// accounts keep theirs.
///
/// # Errors
/// `not_found`, `invalid_field`.
pub async fn edit(
    app: &App,
    actor: &Actor,
    tenant: TenantId,
    id: ConnectorId,
    wanted: EditConnector,
) -> Result<Connector> {
    let wanted = Wanted {
        name: wanted.name.as_deref().map(|name| text::line("name", name, 1, 100)).transpose()?,
        scopes: wanted.scopes,
        return_urls: wanted.return_urls.as_deref().map(return_urls).transpose()?,
        completion: wanted.completion,
        confirm_page: wanted.confirm_page,
        is_default: becomes_default(wanted.is_default)?,
        branding: BrandingEdit::check(wanted.branding.unwrap_or_default()).await?,
    };
    let edit = async |tx: &mut TenantTx| {
        let connector_row = edit_within(app, tx, actor, id, &wanted).await?;
        shown(tx, connector_row).await
    };
    to_wire(app, tenant::scoped(app, tenant, edit).await?)
}

async fn edit_within(
    app: &App,
    tx: &mut TenantTx,
    actor: &Actor,
    id: ConnectorId,
    wanted: &Wanted,
) -> Result<ConnectorRow> {
    let keys = app.vault.keys(tx).await?;
    if wanted.is_default {
        // In the order of their ids, like everybody who locks several.
        tx.lock_connectors().await?;
    }
    let old = locked(tx, id).await?;
    // The secret must open where it is. Otherwise an edit of the columns that it binds would be sealed in.
    let secret = credentials(&keys, &old)?.app_secret;
    let new = edited_connector(&old, wanted)?;
    let mut changed = edited_fields(&old, &new);
    let connector_row = if changed.is_empty() {
        old
    } else {
        let sealed = seal(&keys, &secret_place(&(&new).into()), &secret)?;
        let edited = EditedConnector {
            name: &new.name,
            scopes: &new.scopes,
            return_urls: &new.return_urls,
            completion: new.completion.known()?.into(),
            confirm_page: new.confirm_page,
            sealed_app_secret: &sealed,
        };
        tx.edit_connector(id.uuid(), &edited).await?
    };
    let has = |name: &str| changed.contains(&name);
    let (return_urls, scopes) = (has("return_urls"), has("scopes"));
    let completion = has("completion").then(|| connector_row.completion.known()).transpose()?;
    if wanted.is_default && !is_default(tx, &connector_row).await? {
        tx.make_default(connector_row.id).await?;
        changed.push("is_default");
    }
    changed.extend(wanted.branding.make(tx, id).await?);
    if !changed.is_empty() {
        let edited = Event::ConnectorEdited {
            connector: id,
            changed: &changed,
            return_urls: return_urls.then_some(connector_row.return_urls.as_slice()),
            scopes: scopes.then_some(connector_row.scopes.as_slice()),
            completion,
        };
        tx.record(actor, edited).await?;
    }
    Ok(connector_row)
}

/// A tenant with connectors has a default, so a connector stops being it only when another one becomes it.
fn becomes_default(wanted: Option<bool>) -> Result<bool> {
    if wanted == Some(false) {
        let detail =
            "is_default can only be set to true: edit the connector that takes the place of this one";
        return Err(Code::InvalidField.because(detail).field("is_default").into());
    }
    Ok(wanted.unwrap_or(false))
}

/// The connector as it is wanted.
fn edited_connector(old: &ConnectorRow, wanted: &Wanted) -> Result<ConnectorRow> {
    let protocol: Protocol = old.protocol.known()?;
    let completion = wanted.completion.map_or_else(|| old.completion.known(), Ok)?;
    check_completion(protocol, completion)?;
    let mut new = old.clone();
    new.completion = completion.into();
    if let Some(wanted) = &wanted.scopes {
        new.scopes = scopes(protocol, wanted)?;
    }
    if let Some(name) = &wanted.name {
        new.name.clone_from(name);
    }
    if let Some(urls) = &wanted.return_urls {
        new.return_urls.clone_from(urls);
    }
    new.confirm_page = wanted.confirm_page.unwrap_or(old.confirm_page);
    Ok(new)
}

/// The names of the connector's fields that an edit changes.
fn edited_fields(old: &ConnectorRow, new: &ConnectorRow) -> Vec<&'static str> {
    [
        ("name", old.name != new.name),
        ("scopes", old.scopes != new.scopes),
        ("return_urls", old.return_urls != new.return_urls),
        ("completion", old.completion.as_str() != new.completion.as_str()),
        ("confirm_page", old.confirm_page != new.confirm_page),
    ]
    .into_iter()
    .filter_map(|(name, differs)| differs.then_some(name))
    .collect()
}
