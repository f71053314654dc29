//! Somebody looks at a link session: the end user at our page, or the tenant. Nothing is changed.

use bowline_api::status::LinkSessionStatus;
use bowline_api::v1::LinkSession;
use bowline_api::{LinkSessionId, TenantId};

use super::places::check_intent;
use crate::app::App;
use crate::domain::credential::{self, Digest, Kind};
use crate::domain::return_url::ReturnUrl;
use crate::domain::{Code, Error, Result, known, scope};
use crate::store::link_sessions::LinkSessionRow;

/// The fact of a refusal that says where the end user came from.
pub const WAY_BACK: &str = "return_origin";

/// What the end user is shown before he decides.
#[derive(Debug)]
pub struct Visit {
    /// Who asks.
    pub tenant: String,
    /// With which app.
    pub app: String,
    /// For whom, in the tenant's words.
    pub external_user_id: String,
    /// For what.
    pub scopes: Vec<String>,
    /// Where he goes afterwards.
    pub return_origin: String,
    /// Origins other than ours from which the ticket may be posted; empty where our page asks first.
    pub posting_origins: Vec<String>,
}

/// What the ticket's page shows.
///
/// # Errors
/// `not_found` where there is no such ticket; `link_finished` or `link_expired` where it cannot be used any more.
pub async fn visit(app: &App, ticket: &str) -> Result<Visit> {
    let (session, _) = open_ticket(app, ticket).await?;
    let mut tx = app.store.scoped(session.tenant_id.into()).await?;
    let tenant = tx.own_tenant().await?.ok_or_else(|| Error::bug("a session has no tenant"))?;
    let connector =
        tx.connector(session.connector_id).await?.ok_or_else(|| Error::bug("a session has no connector"))?;
    tx.commit().await?;
    let origin = |url: &String| ReturnUrl::parse(url).map(|url| url.origin());
    let posting_origins = if connector.confirm_page {
        Vec::new()
    } else {
        connector.return_urls.iter().map(origin).collect::<Result<_>>()?
    };
    Ok(Visit {
        tenant: tenant.name,
        app: connector.name,
        external_user_id: session.external_user_id,
        scopes: scope::set(session.scopes),
        return_origin: origin(&session.return_url)?,
        posting_origins,
    })
}

/// The session that a ticket opens, if it has not been used.
///
/// # Errors
/// As those of [`visit`].
pub(super) async fn open_ticket(app: &App, ticket: &str) -> Result<(LinkSessionRow, Digest)> {
    let digest = credential::parse(Kind::LinkTicket, ticket).ok_or_else(Error::not_found)?;
    let mut tx = app.store.shown(digest).await?;
    let session = tx.shown_link_session(digest).await?;
    let now = tx.now().await?;
    tx.commit().await?;
    let session = session.ok_or_else(Error::not_found)?;
    match known(&session.status)? {
        LinkSessionStatus::Created if session.expires_at > now => {
            check_intent(app, &session).await?;
            Ok((session, digest))
        }
        LinkSessionStatus::Created | LinkSessionStatus::Expired => {
            Err(ended(&session, Code::LinkExpired, "this link is too old"))
        }
        _ => Err(ended(&session, Code::LinkFinished, "this link has been used")),
    }
}

/// What somebody is told who may know the session and cannot go on with it: also the way back.
pub(super) fn ended(session: &LinkSessionRow, code: Code, detail: &'static str) -> Error {
    let refusal = code.because(detail);
    match ReturnUrl::parse(&session.return_url) {
        Ok(url) => refusal.with(WAY_BACK, url.origin()).into(),
        Err(_) => refusal.into(),
    }
}

/// A session as its tenant sees it.
///
/// # Errors
/// `not_found`.
pub async fn show(app: &App, tenant: TenantId, id: LinkSessionId) -> Result<LinkSession> {
    let mut tx = app.store.scoped(tenant).await?;
    let row = tx.link_session(id.uuid()).await?;
    tx.commit().await?;
    let row = row.ok_or_else(Error::not_found)?;
    Ok(LinkSession {
        id: row.id.into(),
        status: known(&row.status)?,
        failure: row.failure,
        external_user_id: row.external_user_id,
        connector_id: row.connector_id.into(),
        account_id: row.account_id.map(Into::into),
        created_at: row.created_at,
        expires_at: row.expires_at,
    })
}
