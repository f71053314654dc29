//! The end user reads a link session on our page. Nothing is changed.

use bowline_api::LinkSessionId;
use bowline_api::status::Completion;
use chrono::{DateTime, Utc};

use super::again::Again;
use super::binding::Binding;
use super::setting::LinkSetting;
use super::standing::{Halt, LinkStanding, LinkStep, Stop, halted, is_bound_to, standing, way_back};
use crate::app::App;
use crate::domain::credential::{self, Kind};
use crate::domain::return_url::ReturnUrl;
use crate::domain::{Error, LinkOptions, Result, scope};
use crate::service::connector;
use crate::service::connector::branding::Branding;
use crate::service::link::places::check_intent;
use crate::service::tenant_freeze;
use crate::store::TenantTx;
use crate::store::accounts::AccountRow;
use crate::store::connectors::ConnectorRow;
use crate::store::link_sessions::LinkSessionRow;
use crate::store::tenants::TenantRow;

/// A link session opened by its ticket, in any state.
pub struct OpenedLink {
    pub(super) session: LinkSessionRow,
    pub(super) connector: ConnectorRow,
    tenant: TenantRow,
    pub(super) setting: LinkSetting,
    /// The account that is to be linked again.
    pub(super) account: Option<AccountRow>,
    pub(super) now: DateTime<Utc>,
    pub(super) options: LinkOptions,
}

/// What the end user is shown before deciding.
#[derive(Debug)]
pub struct Visit {
    /// The name of the tenant that requests the link.
    pub tenant: String,
    /// The names of its app and of the provider.
    pub setting: LinkSetting,
    /// The tenant's name for the user.
    pub external_user_id: String,
    /// How the tenant calls the user, which is shown in place of its own name if it is given.
    pub user_label: Option<String>,
    /// The host to which the user returns, or the app's name if there is none.
    pub site: String,
    /// The account to be linked again, if the session is for one.
    pub again: Option<Again>,
    /// The requested scopes. None under protocols without scopes, whose tokens may do whatever the app is registered for.
    pub scopes: Vec<String>,
    /// Those of them that the account has already, if the session asks for more; none otherwise.
    pub granted: Vec<String>,
    /// The binding between the page and this browser.
    pub binding: Binding,
}

/// Opens the session of a ticket.
///
/// # Errors
/// `not_found` if there is none.
pub async fn open(app: &App, ticket: &str) -> Result<OpenedLink> {
    let digest = credential::parse(Kind::LinkTicket, ticket).ok_or_else(Error::not_found)?;
    let session = app.store.by_credential(digest, async |tx| tx.link_session_by_ticket(digest).await).await?;
    opened(app, session.ok_or_else(Error::not_found)?).await
}

/// The session with everything that its pages show.
pub(in crate::service) async fn opened(app: &App, session: LinkSessionRow) -> Result<OpenedLink> {
    // Everything that its page shows, and the way back, comes from the tenant's request.
    check_intent(app, &session).await?;
    let read = async |tx: &mut TenantTx| {
        let tenant = tx.own_tenant().await?.ok_or_else(|| Error::bug("a session has no tenant"))?;
        let connector = tx.connector(session.connector_id).await?;
        let connector = connector.ok_or_else(|| Error::bug("a session has no connector"))?;
        let branding = Branding::of(tx, connector.id.into()).await?;
        let account = match session.relink_account_id {
            Some(account) => tx.account(account).await?,
            None => None,
        };
        Ok((tenant, connector, branding, account, tx.now().await?))
    };
    let (tenant, connector, branding, account, now) =
        app.store.scoped(session.tenant_id.into(), read).await?;
    let setting = LinkSetting::of(&session, &connector, branding)?;
    let options = LinkOptions::read(session.options.as_deref())?;
    Ok(OpenedLink { session, connector, tenant, setting, account, now, options })
}

impl OpenedLink {
    /// The session's id.
    pub fn id(&self) -> LinkSessionId {
        self.session.id.into()
    }

    /// The connector through which it links.
    pub(in crate::service) fn connector(&self) -> &ConnectorRow {
        &self.connector
    }

    /// The names on the pages of the session.
    pub fn setting(&self) -> &LinkSetting {
        &self.setting
    }

    /// Origins other than ours whose pages may post the ticket. None if our page asks first.
    ///
    /// # Errors
    /// If a stored URL is invalid.
    pub fn posting_origins(&self) -> Result<Vec<String>> {
        if self.connector.confirm_page {
            return Ok(Vec::new());
        }
        let origin = |url: &String| ReturnUrl::parse(url).map(|url| url.origin()).transpose();
        self.connector.return_urls.iter().filter_map(origin).collect()
    }

    /// The standing that the session had when it was opened, for the browser that sent `binding`.
    ///
    /// # Errors
    /// `unknown_state` if only a newer version knows its state.
    pub(super) fn standing(&self, binding: Option<&str>) -> Result<LinkStanding> {
        standing(&self.session, self.now, is_bound_to(&self.session, binding))
    }

    /// The stop for a session that cannot continue in this browser, with the way back.
    pub fn halted(&self, why: Halt) -> Stop {
        halted(&self.session, why).at(&self.setting)
    }

    /// Whether the session is completed when the user comes back, without the tenant.
    ///
    /// # Errors
    /// `unknown_state` if only a newer version knows.
    pub(super) fn completes_in_browser(&self) -> Result<bool> {
        let completion = self.options.completion_at(self.connector.completion.known()?);
        Ok(completion == Completion::Browser)
    }

    /// Refuses a link that an operator has stopped.
    ///
    /// # Errors
    /// `tenant_frozen`, `connector_disabled`; `unknown_state` if only a newer version knows the provider or protocol.
    pub(super) fn may_link(&self) -> Result<()> {
        tenant_freeze::must_not_be_frozen(&self.tenant)?;
        connector::usable(&self.connector)
    }

    /// Whether another page than ours may post the ticket. The browser must then send our cookie from there.
    pub fn skips_the_page(&self) -> bool {
        !self.connector.confirm_page
    }

    /// What the ticket's page shows in the browser that sent `binding`.
    ///
    /// # Errors
    /// A stop with its reason if the session cannot continue in this browser.
    pub fn visit(self, binding: Option<&str>) -> LinkStep<Visit> {
        if let LinkStanding::Halted(why) = self.standing(binding)? {
            return Err(self.halted(why));
        }
        self.may_link()?;
        // The name of a native app's scheme says nothing to its user.
        let back = Some(way_back(&self.session, None, None)?).filter(|url| url.origin().is_tuple());
        let site = back.and_then(|url| url.host_str().map(str::to_owned));
        let again = self.account.as_ref().map(|account| Again::of(&self.session, account)).transpose()?;
        Ok(Visit {
            tenant: self.tenant.name,
            site: site.unwrap_or_else(|| self.setting.app.clone()),
            setting: self.setting,
            external_user_id: self.session.external_user_id,
            user_label: self.options.user_label,
            again,
            scopes: scope::set(self.session.scopes),
            granted: scope::set(self.options.granted),
            binding: Binding::kept_or_new(binding)?,
        })
    }
}
