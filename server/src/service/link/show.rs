//! A link session as its tenant sees it.

use bowline_api::v1::LinkSession;
use bowline_api::{LinkSessionId, TenantId};

use crate::app::App;
use crate::domain::{Error, LinkOptions, Result, scope};
use crate::store::link_sessions::LinkSessionRow;

/// One session.
///
/// # Errors
/// `not_found`.
pub async fn show(app: &App, tenant: TenantId, id: LinkSessionId) -> Result<LinkSession> {
    let session_row = app.store.scoped_in_turn(tenant, async |tx| tx.link_session(id.uuid()).await).await?;
    to_wire(session_row.ok_or_else(Error::not_found)?)
}

/// A row as its tenant sees it.
///
/// # Errors
/// `unknown_state`.
pub(super) fn to_wire(session_row: LinkSessionRow) -> Result<LinkSession> {
    let options = LinkOptions::read(session_row.options.as_deref())?;
    let is_relink = session_row.relink_account_id.is_some();
    Ok(LinkSession {
        id: session_row.id.into(),
        status: session_row.status.known()?.into(),
        failure: session_row.failure,
        external_user_id: session_row.external_user_id,
        connector_id: session_row.connector_id.into(),
        account_id: session_row.account_id.map(Into::into),
        relink_account_id: session_row.relink_account_id.map(Into::into),
        scopes: scope::set(session_row.scopes),
        user_label: options.user_label,
        locale: options.locale,
        metadata: options.metadata.unwrap_or_default(),
        force_reauthentication: options.force_reauthentication.unwrap_or(is_relink),
        require_role: options.require_role.map(Into::into),
        completion: options.completion.map(Into::into),
        created_at: session_row.created_at,
        expires_at: session_row.expires_at,
    })
}
