//! The sealing contexts of a link session's values, which bind for whom and for what the session links.

use bowline_vault::{Context, Facts, Purpose, TenantKeys};
use secrecy::SecretString;

use crate::app::App;
use crate::domain::{About, Result};
use crate::service::vault;
use crate::store::link_sessions::together::PlainSession;
use crate::store::link_sessions::{LinkSessionRow, NewLinkSession};

const LINK_INTENT: &str = "link_sessions.intent";
pub(in crate::service) const PARKED: &str = "link_sessions.pkce_verifier";
pub(in crate::service) const APPROVAL: &str = "link_sessions.code";
pub(in crate::service) const GRANT: &str = "link_sessions.grant";

/// The context of the value that was parked when the user was sent to the provider. Its stored name comes from OAuth 2,
/// where it is a PKCE verifier.
pub(in crate::service) fn parked_place(session: &LinkSessionRow) -> Context<'_> {
    sealing_place(Purpose::PkceVerifier, PARKED, session)
}

/// The context of the user's approval, which the browser brought back. Under OAuth 2 it is a code.
pub(in crate::service) fn approval_place(session: &LinkSessionRow) -> Context<'_> {
    sealing_place(Purpose::AuthorizationCode, APPROVAL, session)
}

/// The context of a session's grant.
pub(in crate::service) fn grant_place(session: &LinkSessionRow) -> Context<'_> {
    sealing_place(Purpose::LinkGrant, GRANT, session)
}

fn sealing_place<'a>(purpose: Purpose, column: &'a str, session: &'a LinkSessionRow) -> Context<'a> {
    Context::new(purpose, column, &session.id)
        .external_user(&session.external_user_id)
        .facts(intent_facts(&session.into()))
}

/// The tenant's request. None of it changes after the session was created or renewed.
pub(super) struct Intent<'a> {
    ticket_hash: &'a [u8],
    external_user_id: &'a str,
    completion_challenge: Option<&'a [u8]>,
    connector: &'a [u8],
    return_url: &'a str,
    scopes: &'a [String],
    relink_account: Option<&'a [u8]>,
    options: Option<&'a str>,
}

impl<'a> From<&'a LinkSessionRow> for Intent<'a> {
    fn from(session_row: &'a LinkSessionRow) -> Self {
        Self {
            ticket_hash: &session_row.ticket_hash,
            external_user_id: &session_row.external_user_id,
            completion_challenge: session_row.completion_challenge.as_deref(),
            connector: session_row.connector_id.as_bytes(),
            return_url: &session_row.return_url,
            scopes: &session_row.scopes,
            relink_account: session_row.relink_account_id.as_ref().map(|id| id.as_bytes().as_slice()),
            options: session_row.options.as_deref(),
        }
    }
}

impl<'a> From<&'a NewLinkSession<'_>> for Intent<'a> {
    fn from(new: &'a NewLinkSession<'_>) -> Self {
        Self {
            ticket_hash: new.ticket_hash,
            external_user_id: new.external_user_id,
            completion_challenge: new.completion_challenge,
            connector: new.connector_id.as_bytes(),
            return_url: new.return_url,
            scopes: new.scopes,
            relink_account: new.relink_account_id.as_ref().map(|id| id.as_bytes().as_slice()),
            options: new.options,
        }
    }
}

impl<'a> From<&'a PlainSession> for Intent<'a> {
    fn from(session: &'a PlainSession) -> Self {
        Self {
            ticket_hash: &session.ticket_hash,
            external_user_id: &session.external_user_id,
            completion_challenge: session.completion_challenge.as_deref(),
            connector: session.connector_id.as_bytes(),
            return_url: &session.return_url,
            scopes: &session.scopes,
            relink_account: None,
            options: session.options.as_deref(),
        }
    }
}

/// Options are a fact only where there are some, so that sessions without them look the same as before options existed.
fn intent_facts(intent: &Intent<'_>) -> Facts {
    let facts = Facts::new()
        .bytes("completion_challenge", intent.completion_challenge)
        .bytes("connector_id", Some(intent.connector))
        .text("return_url", intent.return_url)
        .set("scopes", intent.scopes.iter().map(String::as_str))
        .bytes("relink_account_id", intent.relink_account);
    match intent.options {
        Some(options) => facts.text("options", options),
        None => facts,
    }
}

/// Identified by the ticket and not by the row, because a renewed session keeps its row.
fn intent_place<'a>(intent: &Intent<'a>) -> Context<'a> {
    Context::keyed(Purpose::LinkIntent, LINK_INTENT, intent.ticket_hash)
        .external_user(intent.external_user_id)
        .facts(intent_facts(intent))
}

/// Seals the purpose of a new session. It contains no secret, but opens only while no bound column was edited.
///
/// # Errors
/// If the operating system cannot provide randomness.
pub(super) fn seal_intent<'a>(keys: &TenantKeys, intent: impl Into<Intent<'a>>) -> Result<Vec<u8>> {
    vault::seal(keys, &intent_place(&intent.into()), &SecretString::from(""))
}

/// Like [`seal_intent`], for a session from before sessions were bound to their purpose.
///
/// # Errors
/// If the operating system cannot provide randomness.
pub(in crate::service) fn seal_old_intent(keys: &TenantKeys, session: &LinkSessionRow) -> Result<Vec<u8>> {
    vault::seal(keys, &intent_place(&session.into()), &SecretString::from(""))
}

/// Checks that the session matches the tenant's request, before anything is done or shown for it.
///
/// # Errors
/// `integrity_error` if a column that decides about the link was edited.
pub(super) async fn check_intent(app: &App, session: &LinkSessionRow) -> Result<()> {
    let keys = app.vault.keys_of(&app.store, session.tenant_id.into()).await?;
    let sealed = session.sealed_intent.as_deref().unwrap_or_default();
    let about = About::LinkSession(session.id.into());
    let opened = vault::open(&keys, &intent_place(&session.into()), LINK_INTENT, about, sealed);
    vault::noted(&app.store, session.tenant_id.into(), opened).await.map(drop)
}
