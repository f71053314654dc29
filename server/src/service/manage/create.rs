//! The tenant requests a session for the page with a user's accounts.

use bowline_api::v1::{CreateLinkSession, CreateManageSession, NewManageSession};
use bowline_api::{ConnectorId, ManageSessionId, TenantId};
use chrono::TimeDelta;

use super::places::seal_intent;
use crate::app::App;
use crate::domain::credential::{Kind, NewCredential};
use crate::domain::identity::ExternalUserId;
use crate::domain::return_url::ReturnUrl;
use crate::domain::{Actor, Code, Error, Event, LinkOptions, Result, entropy};
use crate::service::connector;
use crate::service::link::{completion_challenge, no_connector_yet};
use crate::service::once::Claim;
use crate::store::TenantTx;
use crate::store::connectors::ConnectorRow;
use crate::store::manage_sessions;

/// The tenant's request, validated.
struct Parsed {
    user: ExternalUserId,
    return_url: ReturnUrl,
    challenge: Option<Vec<u8>>,
    connector: Option<ConnectorId>,
    options: Option<String>,
}

fn parse_manage_request(asked_session: &CreateManageSession) -> Result<Parsed> {
    let options = LinkOptions::parse(&CreateLinkSession {
        user_label: asked_session.user_label.clone(),
        locale: asked_session.locale.clone(),
        ..CreateLinkSession::new("", "")
    })?;
    Ok(Parsed {
        user: ExternalUserId::parse(&asked_session.external_user_id)?,
        return_url: ReturnUrl::parse(&asked_session.return_url)?,
        challenge: asked_session.completion_challenge.as_deref().map(completion_challenge).transpose()?,
        connector: asked_session.connector,
        options: options.stored()?,
    })
}

/// Creates a session. Its ticket is only in the URL, and in the answer that `claim` keeps. The user need not have an account.
///
/// # Errors
/// `invalid_field` with the field's name; `not_found` if the connector does not exist; `connector_disabled` if it was removed.
pub async fn create(
    app: &App,
    tenant: TenantId,
    actor: &Actor,
    asked_session: &CreateManageSession,
    claim: Option<&Claim>,
) -> Result<NewManageSession> {
    let parsed = parse_manage_request(asked_session)?;
    let ticket = NewCredential::generate(Kind::ManageTicket)?;
    let work = async |tx: &mut TenantTx| {
        let session = insert_manage_session_row(app, tx, actor, &ticket, &parsed).await?;
        if let Some(claim) = claim {
            claim.keep(app, tx, &session).await?;
        }
        Ok(session)
    };
    app.store.scoped_in_turn(tenant, work).await
}

async fn insert_manage_session_row(
    app: &App,
    tx: &mut TenantTx,
    actor: &Actor,
    ticket: &NewCredential,
    parsed: &Parsed,
) -> Result<NewManageSession> {
    let id: ManageSessionId = entropy::id();
    let connector = choose_connector(tx, parsed.connector).await?;
    connector::returns_to(&connector.return_urls, &parsed.return_url)?;
    let life = TimeDelta::seconds(app.settings.link.session_seconds.cast_signed());
    let expires_at = tx.now().await? + life;
    let external_user_id = parsed.user.as_str();
    let mut new = manage_sessions::NewManageSession {
        tenant_id: tx.tenant().uuid(),
        id: id.uuid(),
        connector_id: connector.id,
        external_user_id,
        return_url: parsed.return_url.as_str(),
        completion_challenge: parsed.challenge.as_deref(),
        options: parsed.options.as_deref(),
        ticket_hash: ticket.digest.as_bytes(),
        sealed_intent: Vec::new(),
        expires_at,
    };
    let keys = app.vault.keys(tx).await?;
    new.sealed_intent = seal_intent(&keys, &new)?;
    tx.insert_manage_session(&new).await?;
    tx.record(actor, Event::ManageSessionCreated { manage_session: id, external_user_id }).await?;
    let url = format!("{}link/manage/{}", app.settings.public_url.as_str(), ticket.expose());
    Ok(NewManageSession { id, url, expires_at })
}

/// The named connector, or the tenant's default. A disabled one is good enough: the user can still end what there is.
async fn choose_connector(tx: &mut TenantTx, named: Option<ConnectorId>) -> Result<ConnectorRow> {
    let connector = match named {
        Some(id) => tx.connector(id.uuid()).await?.ok_or_else(Error::not_found)?,
        None => tx.default_connector().await?.ok_or_else(no_connector_yet)?,
    };
    if connector.removed_at.is_some() {
        let detail = "an operator has removed this connector; name another one, or leave connector out";
        return Err(Code::ConnectorDisabled.because(detail).into());
    }
    Ok(connector)
}
