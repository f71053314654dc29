//! A manage session in a browser: by its ticket, and bound to the first browser whose user opens the page.

use std::time::Duration;

use bowline_api::ManageSessionId;
use chrono::{DateTime, Utc};
use url::Url;

use super::places::check_intent;
use crate::app::App;
use crate::domain::credential::{self, Digest, Kind};
use crate::domain::return_url::ReturnUrl;
use crate::domain::{Actor, Error, Event, LinkOptions, Result};
use crate::service::connector;
use crate::service::connector::branding::Branding;
use crate::service::link::{self, Binding, Halt, Halted, LinkSetting, LinkStep, Stop, StopCause};
use crate::store::TenantTx;
use crate::store::manage_sessions::ManageSessionRow;

/// A session opened by its ticket, in any state.
pub struct OpenedManageSession {
    pub(super) session: ManageSessionRow,
    pub(super) options: LinkOptions,
    pub(super) now: DateTime<Utc>,
    tenant: String,
    setting: LinkSetting,
    /// Whether an operator has frozen the tenant. Its users still see and disconnect what they have linked.
    pub(super) tenant_is_frozen: bool,
}

/// The standing of a session for one browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ManageStanding {
    /// Nobody has opened the page.
    Fresh,
    /// This browser has opened it.
    Open,
    /// It does not work in this browser.
    Halted(Halt),
}

/// Finds the session of a ticket.
///
/// # Errors
/// `not_found` if there is none; `integrity_error` if it was edited.
pub async fn open(app: &App, ticket: &str) -> Result<OpenedManageSession> {
    let digest = credential::parse(Kind::ManageTicket, ticket).ok_or_else(Error::not_found)?;
    let session =
        app.store.by_credential(digest, async |tx| tx.manage_session_by_ticket(digest).await).await?;
    let session = session.ok_or_else(Error::not_found)?;
    check_intent(app, &session).await?;
    let read = async |tx: &mut TenantTx| {
        let tenant = tx.own_tenant().await?.ok_or_else(|| Error::bug("a session has no tenant"))?;
        let connector = tx.connector(session.connector_id).await?;
        let connector = connector.ok_or_else(|| Error::bug("a session has no connector"))?;
        let branding = Branding::of(tx, connector.id.into()).await?;
        Ok((tenant, connector, branding, tx.now().await?))
    };
    let (tenant, connector, branding, now) = app.store.scoped(session.tenant_id.into(), read).await?;
    let options = LinkOptions::read(session.options.as_deref())?;
    let setting = LinkSetting {
        app: connector.name.clone(),
        provider: connector::protocol(&connector)?.provider_name().to_owned(),
        locale: options.locale.clone(),
        email: None,
        required_role: None,
        return_to: None,
        branding,
    };
    let tenant_is_frozen = tenant.frozen_at.is_some();
    Ok(OpenedManageSession { session, options, now, tenant: tenant.name, tenant_is_frozen, setting })
}

impl OpenedManageSession {
    /// The session's id.
    pub fn id(&self) -> ManageSessionId {
        self.session.id.into()
    }

    /// The names on the pages of the session.
    pub fn setting(&self) -> &LinkSetting {
        &self.setting
    }

    /// The name of the tenant that asked for the page.
    pub fn tenant(&self) -> &str {
        &self.tenant
    }

    /// How the page calls the user.
    pub fn user(&self) -> &str {
        self.options.user_label.as_ref().unwrap_or(&self.session.external_user_id)
    }

    /// The tenant's return URL, with the session's id.
    ///
    /// # Errors
    /// If the stored URL is invalid.
    pub fn way_back(&self) -> Result<Url> {
        Ok(ReturnUrl::parse(&self.session.return_url)?.with(&[("manage_session", &self.id().to_string())]))
    }

    /// The standing for the browser that sent `binding`.
    pub fn standing(&self, binding: Option<&str>) -> ManageStanding {
        manage_standing(&self.session, self.now, binding)
    }

    /// The stop for a session that does not work in this browser, with the way back.
    pub fn halted(&self, why: Halt) -> Stop {
        match self.way_back() {
            Ok(way_back) => {
                let halted = Halted { why, way_back, failure: None, link: None };
                Stop { cause: StopCause::Halted(Box::new(halted)), setting: None }
            }
            Err(error) => error.into(),
        }
        .at(&self.setting)
    }

    /// The same session, if this browser has opened its page.
    ///
    /// # Errors
    /// A stop with its reason if it has not.
    pub fn opened_here(self, binding: Option<&str>) -> LinkStep<Self> {
        match self.standing(binding) {
            ManageStanding::Open => Ok(self),
            ManageStanding::Fresh => Err(self.halted(Halt::OutOfDate)),
            ManageStanding::Halted(why) => Err(self.halted(why)),
        }
    }
}

fn manage_standing(session: &ManageSessionRow, now: DateTime<Utc>, binding: Option<&str>) -> ManageStanding {
    match (&session.binding_hash, binding) {
        _ if session.expires_at <= now => ManageStanding::Halted(Halt::PageExpired),
        (None, _) => ManageStanding::Fresh,
        (Some(stored), Some(binding)) if Digest::of(binding.as_bytes()).matches(stored) => {
            ManageStanding::Open
        }
        (Some(_), _) => ManageStanding::Halted(Halt::PageElsewhere),
    }
}

/// Binds the session to the browser that sent `binding`, which the page has set before. In the same browser, repeating it changes nothing.
///
/// # Errors
/// A stop with its reason if the session does not work in this browser.
pub async fn begin(app: &App, opened: &OpenedManageSession, binding: Option<&str>) -> LinkStep<()> {
    if let ManageStanding::Halted(why) = opened.standing(binding) {
        return Err(opened.halted(why));
    }
    let Some(presented) = binding.filter(|binding| Binding::is_well_formed(binding)) else {
        return Err(opened.halted(Halt::PageWithoutCookie));
    };
    let within = Duration::from_secs(app.settings.link.session_seconds);
    let work = async |tx: &mut TenantTx| {
        let session = tx.lock_manage_session(opened.session.id).await?.ok_or_else(Error::not_found)?;
        let standing = manage_standing(&session, tx.now().await?, Some(presented));
        if standing == ManageStanding::Fresh {
            let digest = Digest::of(presented.as_bytes());
            if !tx.open_manage_session(session.id, digest, within).await? {
                return Err(Error::bug("a manage session changed while it was locked"));
            }
            tx.record(&Actor::EndUser, Event::ManageSessionOpened { manage_session: session.id.into() })
                .await?;
        }
        Ok(standing)
    };
    match app.store.scoped(opened.session.tenant_id.into(), work).await? {
        ManageStanding::Fresh | ManageStanding::Open => Ok(()),
        ManageStanding::Halted(why) => Err(opened.halted(why)),
    }
}

/// The name of the cookie that binds a browser to a session. It looks like that of a link session: both are forgotten together.
pub fn cookie_name(https: bool, session: ManageSessionId) -> String {
    link::cookie_name(https, session.uuid().into())
}
