//! The tenant requests a link session, or is offered one for an account that must be linked again.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bowline_api::status::{Completion, LinkSessionStatus, Protocol};
use bowline_api::v1::{CreateLinkSession, NewLinkSession};
use bowline_api::{AccountId, ConnectorId, LinkSessionId, TenantId};
use chrono::{DateTime, TimeDelta, Utc};

use super::browser::binding::Binding;
use super::places::seal_intent;
use super::upgrade;
use crate::app::App;
use crate::domain::credential::{Kind, NewCredential};
use crate::domain::identity::ExternalUserId;
use crate::domain::return_url::ReturnUrl;
use crate::domain::{Actor, Code, Error, Event, LinkOptions, Result, entropy, scope};
use crate::service::connector;
use crate::service::once::Claim;
use crate::store::TenantTx;
use crate::store::accounts::AccountRow;
use crate::store::connectors::ConnectorRow;
use crate::store::link_sessions;

/// The tenant's request, validated.
struct Parsed {
    user: ExternalUserId,
    return_url: ReturnUrl,
    challenge: Option<Vec<u8>>,
    scopes: Option<Vec<String>>,
    connector: Option<ConnectorId>,
    relink: Option<AccountId>,
    options: LinkOptions,
    offered: bool,
}

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
    make(app, tenant, actor, &parse(asked)?, claim).await
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
    make(app, tenant, actor, &Parsed { offered: true, ..parse(asked)? }, None).await
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
        let (id, expires_at) = insert(app, tx, &Actor::EndUser, &ticket, &parsed).await?;
        tx.bind_link_session(id.uuid(), binding.digest()).await?;
        Ok(NewLinkSession { id, url: url(app, &ticket), expires_at })
    };
    let session = app.store.scoped(tenant, work).await?;
    crate::metrics::link_session(LinkSessionStatus::Created);
    Ok(session)
}

/// The address of the ticket's page.
fn url(app: &App, ticket: &NewCredential) -> String {
    format!("{}link/{}", app.settings.public_url.as_str(), ticket.expose())
}

async fn make(
    app: &App,
    tenant: TenantId,
    actor: &Actor,
    parsed: &Parsed,
    claim: Option<&Claim>,
) -> Result<NewLinkSession> {
    let ticket = NewCredential::generate(Kind::LinkTicket)?;
    let work = async |tx: &mut TenantTx| {
        let (id, expires_at) = insert(app, tx, actor, &ticket, parsed).await?;
        let session = NewLinkSession { id, url: url(app, &ticket), expires_at };
        if let Some(claim) = claim {
            claim.keep(app, tx, &session).await?;
        }
        Ok(session)
    };
    let session = app.store.scoped_in_turn(tenant, work).await?;
    crate::metrics::link_session(LinkSessionStatus::Created);
    Ok(session)
}

fn parse(asked: &CreateLinkSession) -> Result<Parsed> {
    Ok(Parsed {
        user: ExternalUserId::parse(&asked.external_user_id)?,
        return_url: ReturnUrl::parse(&asked.return_url)?,
        challenge: asked.completion_challenge.as_deref().map(completion_challenge).transpose()?,
        scopes: asked.scopes.as_deref().map(scope::parse).transpose()?,
        connector: asked.connector,
        relink: asked.account_id,
        options: LinkOptions::parse(asked)?,
        offered: false,
    })
}

/// The bytes of a completion challenge.
///
/// # Errors
/// `invalid_field`.
pub fn completion_challenge(text: &str) -> Result<Vec<u8>> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok().filter(|bytes| bytes.len() == 32);
    bytes.ok_or_else(|| {
        let detail = "completion_challenge must be the SHA-256 of your verifier as base64url without padding (43 characters)";
        Code::InvalidField.because(detail).field("completion_challenge").into()
    })
}

async fn insert(
    app: &App,
    tx: &mut TenantTx,
    actor: &Actor,
    ticket: &NewCredential,
    parsed: &Parsed,
) -> Result<(LinkSessionId, DateTime<Utc>)> {
    let id: LinkSessionId = entropy::id();
    let renewed = renewed_account(tx, parsed).await?;
    let connector = choose_connector(tx, parsed, renewed.as_ref()).await?;
    check_completion(&connector, parsed)?;
    connector::returns_to(&connector, &parsed.return_url)?;
    let mut options = options(&connector, &parsed.options, renewed.as_ref())?;
    let mut scopes = scopes(&connector, parsed.scopes.as_deref(), renewed.as_ref())?;
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
    let mut made = id;
    if parsed.offered {
        made = tx.put_offered_link_session(&new).await?.into();
    } else {
        tx.insert_link_session(&new).await?;
    }
    let external_user_id = parsed.user.as_str();
    let event = if made == id {
        Event::LinkSessionCreated { link_session: made, external_user_id }
    } else {
        Event::LinkSessionRenewed { link_session: made, external_user_id }
    };
    tx.record(actor, event).await?;
    Ok((made, expires_at))
}

fn check_completion(connector: &ConnectorRow, parsed: &Parsed) -> Result<()> {
    let completion = parsed.options.completion_at(connector.completion.known()?);
    if parsed.options.completion.is_some_and(|asked| asked != completion) {
        let detail = "this connector's links are completed by your back end, and a session cannot ask for less: leave completion out, or \
                      ask your operator to change the connector";
        return Err(Code::InvalidField.because(detail).field("completion").into());
    }
    if completion == Completion::Tenant && parsed.challenge.is_none() {
        let detail = "completion_challenge is required: this link is completed by your back end";
        return Err(Code::InvalidField.because(detail).field("completion_challenge").into());
    }
    Ok(())
}

/// The options of the session. A renewal calls the user as the account does, unless the tenant says otherwise.
fn options(
    connector: &ConnectorRow,
    asked: &LinkOptions,
    renewed: Option<&AccountRow>,
) -> Result<LinkOptions> {
    if asked.require_role.is_some() && connector.protocol.known()? != Protocol::OAuth2 {
        let detail =
            "require_role is a parameter of OAuth 2, and this connector speaks OAuth 1: leave it out";
        return Err(Code::InvalidField.because(detail).field("require_role").into());
    }
    let label = || renewed.and_then(|account| account.user_label.clone());
    Ok(LinkOptions { user_label: asked.user_label.clone().or_else(label), ..asked.clone() })
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
        Some(id) => tx.connector(id.uuid()).await?.ok_or_else(Error::not_found)?,
        None => tx.default_connector().await?.ok_or_else(no_connector_yet)?,
    };
    connector::usable(&connector)?;
    Ok(connector)
}

/// The refusal of a tenant that has no connector.
pub fn no_connector_yet() -> Error {
    Code::NotFound.because("no connector is set up yet; ask an operator").into()
}

/// The scopes that the session requests from the provider: never more than the connector has, and always the one to
/// read which account it is. If the tenant names no scopes, a new link gets those of the connector, and a renewal those
/// of the account.
fn scopes(
    connector: &ConnectorRow,
    parsed: Option<&[String]>,
    renewed: Option<&AccountRow>,
) -> Result<Vec<String>> {
    let mut scopes = match (parsed, renewed) {
        (Some(parsed), _) => parsed.to_vec(),
        (None, Some(account)) => renewal_scopes(connector, account),
        (None, None) => connector.scopes.clone(),
    };
    let excess = scope::missing(&scopes, &connector.scopes);
    if !excess.is_empty() {
        let detail = format!("the connector does not have: {}", excess.join(" "));
        return Err(Code::InvalidField.because(detail).field("scopes").into());
    }
    // A connector without scopes speaks a protocol that has none.
    if !connector.scopes.is_empty() && !scopes.iter().any(|scope| scope == scope::IDENTITY) {
        scopes.push(scope::IDENTITY.to_owned());
        scopes.sort_unstable();
    }
    Ok(scopes)
}

/// The scopes that the account has and those that its user left out, as far as the connector still has them.
fn renewal_scopes(connector: &ConnectorRow, account: &AccountRow) -> Vec<String> {
    let wanted_before =
        |scope: &&String| account.scopes.contains(scope) || account.missing_scopes.contains(scope);
    connector.scopes.iter().filter(wanted_before).cloned().collect()
}
