//! A new link without special wishes is created in statements that concurrent calls share.

use bowline_api::status::Protocol;
use bowline_api::{LinkSessionId, TenantId};
use chrono::{DateTime, TimeDelta, Utc};

use super::request::Parsed;
use super::terms::{Terms, agree};
use crate::app::App;
use crate::domain::credential::NewCredential;
use crate::domain::{Actor, Error, Result, entropy};
use crate::service::link::places::seal_intent;
use crate::store::link_sessions::together::{Created, PlainSession};

/// Creates the session. None if that has to be done alone, in a transaction of the tenant.
///
/// # Errors
/// `invalid_field` with the field's name; `database_unavailable`.
pub(super) async fn create(
    app: &App,
    tenant: TenantId,
    actor: &Actor,
    ticket: &NewCredential,
    parsed: &Parsed,
) -> Result<Option<(LinkSessionId, DateTime<Utc>)>> {
    if parsed.offered || parsed.relink.is_some() {
        return Ok(None);
    }
    let Some(found) = app.store.link_terms(tenant, parsed.connector).await? else { return Ok(None) };
    let terms = Terms {
        protocol: Protocol::OAuth2,
        completion: found.completion.known()?,
        scopes: &found.scopes,
        return_urls: &found.return_urls,
    };
    let (options, scopes) = agree(&terms, parsed, None)?;
    let options = options.stored()?;
    let id: LinkSessionId = entropy::id();
    let expires_at = found.at + TimeDelta::seconds(app.settings.link.session_seconds.cast_signed());
    let keys = app.vault.keys_of(&app.store, tenant).await?;
    let mut session = PlainSession {
        tenant_id: tenant.uuid(),
        id: id.uuid(),
        connector_id: found.connector,
        external_user_id: parsed.user.as_str().to_owned(),
        return_url: parsed.return_url.as_str().to_owned(),
        completion_challenge: parsed.challenge.clone(),
        scopes,
        expires_at,
        ticket_hash: ticket.digest.as_bytes().to_vec(),
        sealed_intent: Vec::new(),
        options,
        actor: actor.clone(),
    };
    session.sealed_intent = seal_intent(&keys, &session)?;
    match app.store.create_link_session(session).await? {
        Created::Yes => Ok(Some((id, expires_at))),
        Created::Alone => Ok(None),
        Created::Unconfirmed => Err(Error::Unconfirmed("the database did not confirm the commit".into())),
    }
}
