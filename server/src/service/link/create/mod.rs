//! The tenant requests a link session, or is offered one for an account that must be linked again.

mod request;
mod terms;
mod together;

use bowline_api::status::LinkSessionStatus;
use bowline_api::v1::{CreateLinkSession, NewLinkSession};
use bowline_api::{ConnectorId, LinkSessionId, TenantId};
use chrono::{DateTime, TimeDelta, Utc};

use super::browser::binding::Binding;
use super::places::seal_intent;
use super::upgrade;
use crate::app::App;
use crate::domain::credential::{Kind, NewCredential};
use crate::domain::{Actor, Code, Error, Event, Result, entropy};
use crate::service::connector;
use crate::service::once::Claim;
use crate::store::TenantTx;
use crate::store::accounts::AccountRow;
use crate::store::connectors::ConnectorRow;
use crate::store::link_sessions;
pub use request::completion_challenge;
use request::{Parsed, parse};
use terms::{Terms, agree};

/// Creates a link session. Its ticket is only in the URL, and in the answer that `claim` keeps.
///
/// # Errors
/// `invalid_field` with the field's name; `not_found` if the account to be linked again does not
/// exist.
pub async fn create(
    app: &App,
    tenant: TenantId,
    actor: &Actor,
    asked: &CreateLinkSession,
    claim: Option<&Claim>,
) -> Result<NewLinkSession> {
    make_link_session(app, tenant, actor, &parse(asked)?, claim).await
}

/// Like [`create`], for an account that must be linked again; the session is part of the response that says so. An app
/// that asks repeatedly gets the same session with a new ticket, until the user begins it.
///
/// # Errors
/// As for [`create`].
pub async fn offer(
    app: &App,
    tenant: TenantId,
    actor: &Actor,
    asked: &CreateLinkSession,
) -> Result<NewLinkSession> {
    make_link_session(app, tenant, actor, &Parsed { offered: true, ..parse(asked)? }, None).await
}

/// Like [`create`], for a user who links an account again on a page of ours: the session belongs to their browser from the
/// beginning.
///
/// # Errors
/// As for [`create`].
pub async fn create_bound(
    app: &App,
    tenant: TenantId,
    asked: &CreateLinkSession,
    binding: &Binding,
) -> Result<NewLinkSession> {
    let parsed = parse(asked)?;
    let ticket = NewCredential::generate(Kind::LinkTicket)?;
    let work = async |tx: &mut TenantTx| {
        let made = insert_link_session_row(app, tx, &Actor::EndUser, &ticket, &parsed).await?;
        tx.bind_link_session(made.0.uuid(), binding.digest()).await?;
        Ok(new_session_answer(app, &ticket, made))
    };
    let session = app.store.scoped(tenant, work).await?;
    crate::metrics::link_session(LinkSessionStatus::Created);
    Ok(session)
}

fn new_session_answer(
    app: &App,
    ticket: &NewCredential,
    (id, expires_at): (LinkSessionId, DateTime<Utc>),
) -> NewLinkSession {
    let url = format!("{}link/{}", app.settings.public_url.as_str(), ticket.expose());
    NewLinkSession { id, url, expires_at }
}

async fn make_link_session(
    app: &App,
    tenant: TenantId,
    actor: &Actor,
    parsed: &Parsed,
    claim: Option<&Claim>,
) -> Result<NewLinkSession> {
    let ticket = NewCredential::generate(Kind::LinkTicket)?;
    let made =
        if claim.is_none() { together::create(app, tenant, actor, &ticket, parsed).await? } else { None };
    let alone = async |tx: &mut TenantTx| {
        let session =
            new_session_answer(app, &ticket, insert_link_session_row(app, tx, actor, &ticket, parsed).await?);
        if let Some(claim) = claim {
            claim.keep(app, tx, &session).await?;
        }
        Ok(session)
    };
    let session = match made {
        Some(made) => new_session_answer(app, &ticket, made),
        None => app.store.scoped_in_turn(tenant, alone).await?,
    };
    crate::metrics::link_session(LinkSessionStatus::Created);
    Ok(session)
}

async fn insert_link_session_row(
    app: &App,
    tx: &mut TenantTx,
    actor: &Actor,
    ticket: &NewCredential,
    parsed: &Parsed,
) -> Result<(LinkSessionId, DateTime<Utc>)> {
    let id: LinkSessionId = entropy::id();
    let renewed = renewed_account(tx, parsed).await?;
    let connector = choose_connector(tx, parsed, renewed.as_ref()).await?;
    let (mut options, mut scopes) = agree(&Terms::of(&connector)?, parsed, renewed.as_ref())?;
    if let Some(account) = &renewed {
        options.granted = upgrade::widen(&connector, account, &mut scopes)?;
    }
    let options = options.stored()?;
    let expires_at = tx.now().await? + TimeDelta::seconds(app.settings.link.session_seconds.cast_signed());
    let mut new = link_sessions::NewLinkSession {
        tenant_id: tx.tenant().uuid(),
        id: id.uuid(),
        connector_id: connector.id,
        external_user_id: parsed.user.as_str(),
        return_url: parsed.return_url.as_str(),
        completion_challenge: parsed.challenge.as_deref(),
        scopes: &scopes,
        relink_account_id: parsed.relink.map(|account| account.uuid()),
        expires_at,
        ticket_hash: ticket.digest.as_bytes(),
        sealed_intent: None,
        options: options.as_deref(),
        offered: parsed.offered,
    };
    let keys = app.vault.keys(tx).await?;
    new.sealed_intent = Some(seal_intent(&keys, &new)?);
    let external_user_id = parsed.user.as_str();
    let created = |link_session| Event::LinkSessionCreated { link_session, external_user_id };
    if !parsed.offered {
        tx.insert_link_session(&new, actor, created(id)).await?;
        return Ok((id, expires_at));
    }
    let made: LinkSessionId = tx.put_offered_link_session(&new).await?.into();
    let event = if made == id {
        created(made)
    } else {
        Event::LinkSessionRenewed { link_session: made, external_user_id }
    };
    tx.record(actor, event).await?;
    Ok((made, expires_at))
}

/// The account to be linked again, if the session names one.
async fn renewed_account(tx: &mut TenantTx, parsed: &Parsed) -> Result<Option<AccountRow>> {
    let Some(id) = parsed.relink else { return Ok(None) };
    let account = tx.account(id.uuid()).await?.ok_or_else(Error::not_found)?;
    let connector = ConnectorId::from(account.connector_id);
    if account.external_user_id != parsed.user.as_str()
        || parsed.connector.is_some_and(|named| named != connector)
    {
        let detail = "account_id is an account of another user or connector than this session's";
        return Err(Code::InvalidField.because(detail).field("account_id").into());
    }
    Ok(Some(account))
}

/// The named connector, that of the account to be linked again, or the tenant's default.
async fn choose_connector(
    tx: &mut TenantTx,
    parsed: &Parsed,
    renewed: Option<&AccountRow>,
) -> Result<ConnectorRow> {
    let named = renewed.map(|account| account.connector_id.into()).or(parsed.connector);
    let connector = match named {
        // An offered session may exist already, and its row is locked before the audit log, as in all its other steps.
        Some(id) if parsed.offered => tx.connector(id.uuid()).await?,
        None if parsed.offered => tx.default_connector().await?,
        named => tx.connector_for_link(named.map(|id| id.uuid())).await?,
    };
    let connector =
        connector.ok_or_else(|| if named.is_some() { Error::not_found() } else { no_connector_yet() })?;
    connector::usable(&connector)?;
    Ok(connector)
}

/// The refusal of a tenant that has no connector.
pub fn no_connector_yet() -> Error {
    Code::NotFound.because("no connector is set up yet; ask an operator").into()
}
