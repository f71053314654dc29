//! The end of a link of OAuth 1.0 whose approval arrives in another browser than the one that began it.
//!
//! Nothing in such an approval comes from the provider alone, so whoever began the link can make up the approval of somebody else. The
//! arrival of that person's browser is the only sign. It counts in every state of the session, and whatever else the callback says.

use std::time::Duration;

use bowline_api::status::LinkSessionStatus;
use bowline_provider::oauth1::request_tokens;
use secrecy::{ExposeSecret as _, SecretString};

use super::binding::cookie_name;
use super::setting::LinkSetting;
use super::standing::{Halt, Stop, halted, is_bound_to};
use crate::app::App;
use crate::domain::account_reason::FOREIGN_BROWSER;
use crate::domain::credential::Digest;
use crate::domain::{Actor, Error, Event, Result};
use crate::service::connector::branding::Branding;
use crate::service::link::places::check_intent;
use crate::service::link::sweep::queue_grant;
use crate::service::{connector, freeze, revocation};
use crate::store::TenantTx;
use crate::store::link_sessions::LinkSessionRow;

/// Before the digest of a request token. The first byte occurs in no text, and so in no state.
const REQUEST_TOKEN_PREFIX: &[u8] = b"\xffrequest token\0";

/// By which a start is found again from its request token.
pub(super) fn request_token_digest(token: &SecretString) -> Digest {
    Digest::of(&[REQUEST_TOKEN_PREFIX, token.expose_secret().as_bytes()].concat())
}

/// Ends the sessions of all request tokens that the query names, unless they are bound to this browser. Returns what its user is told.
pub(super) async fn end_presented<'c>(
    app: &App,
    query: &str,
    cookie: impl Fn(&str) -> Option<&'c str>,
) -> Result<Option<Stop>> {
    let mut ended = None;
    for token in request_tokens(query) {
        let digest = request_token_digest(&token);
        let start = app.store.by_credential(digest, async |tx| tx.link_start_by_state(digest).await).await?;
        let Some((tenant, session)) = start else { continue };
        let read = async |tx: &mut TenantTx| {
            let session =
                tx.link_session(session).await?.ok_or_else(|| Error::bug("a start has no session"))?;
            let connector = tx.connector(session.connector_id).await?;
            let branding = Branding::of(tx, session.connector_id.into()).await?;
            Ok((session, connector.ok_or_else(|| Error::bug("a session has no connector"))?, branding))
        };
        let (session, connector, branding) = app.store.scoped(tenant.into(), read).await?;
        let is_ours = is_bound_to(&session, cookie(&cookie_name(app.settings.is_https(), session.id.into())));
        if !is_ours && connector::protocol(&connector)?.ends_in_a_foreign_browser() {
            check_intent(app, &session).await?;
            end(app, &session).await?;
            let setting = LinkSetting::of(&session, &connector, branding)?;
            ended = Some(halted(&session, Halt::NotThisBrowser).at(&setting));
        }
    }
    Ok(ended)
}

/// Ends the session, even if its own browser has returned meanwhile. A grant that was obtained already is queued for revocation, a
/// completion that is still waiting for one revokes it, and an account that the session has just made is revoked.
pub(super) async fn end(app: &App, session: &LinkSessionRow) -> Result<()> {
    app.store.scoped(session.tenant_id.into(), async |tx| end_within(app, tx, session).await).await?;
    app.revocation_queued.notify_one();
    Ok(())
}

async fn end_within(app: &App, tx: &mut TenantTx, session: &LinkSessionRow) -> Result<()> {
    let link_session = session.id.into();
    let now = tx.lock_link_session(session.id).await?.ok_or_else(Error::not_found)?;
    if let Some(sealed) = &now.sealed_grant {
        queue_grant(app, tx, &now, sealed).await?;
    }
    if tx.end_link_session(session.id, LinkSessionStatus::Failed, Some(FOREIGN_BROWSER), None).await? {
        let failed = Event::LinkSessionFailed { link_session, reason: FOREIGN_BROWSER, cause: None };
        tx.record(&Actor::EndUser, failed).await?;
        crate::metrics::link_session(LinkSessionStatus::Failed);
    } else if now.status == LinkSessionStatus::Completed {
        revoke_its_account(app, tx, &now).await?;
    }
    Ok(())
}

/// Revokes the account that the session has made, if it was made a moment ago: the browser of the person who approved may arrive after
/// the tenant has completed. Later than that, a callback from a browser's history says nothing, and neither does one of a session whose
/// grant was replaced because the account was linked again.
async fn revoke_its_account(app: &App, tx: &mut TenantTx, session: &LinkSessionRow) -> Result<()> {
    let Some(account) = session.account_id else { return Ok(()) };
    let now = tx.now().await?;
    if now > session.expires_at + Duration::from_secs(app.settings.link.session_seconds) {
        return Ok(());
    }
    let row = tx.account(account).await?.ok_or_else(Error::not_found)?;
    // Nobody links it again until this transaction ends.
    freeze::lock(tx, &row).await?;
    // An account gets its grant at the time at which its session ends.
    let granted_at = row.refreshed_at.unwrap_or(now);
    let last = tx.last_link_session(account, &session.external_user_id, granted_at).await?;
    if last != Some(session.id) {
        return Ok(());
    }
    revocation::revoke_within(app, tx, account.into(), &Actor::System, FOREIGN_BROWSER).await
}
