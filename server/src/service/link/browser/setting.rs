//! What every page of a link session may say about it, however the session stands.

use bowline_api::LinkSessionId;
use bowline_api::status::RequiredRole;
pub use bowline_provider::DROPBOX;
use url::Url;

use crate::domain::return_url::ReturnUrl;
use crate::domain::{Code, LinkOptions, Result};
use crate::service::connector;
use crate::service::connector::branding::Branding;
use crate::store::connectors::ConnectorRow;
use crate::store::link_sessions::LinkSessionRow;

/// The names on the pages of one link session.
#[derive(Debug, Clone)]
pub struct LinkSetting {
    /// The name of the app that requests the link.
    pub app: String,
    /// The provider's name, such as "Dropbox", or its host.
    pub provider: String,
    /// The language that the tenant's app asked for, as a language tag.
    pub locale: Option<String>,
    /// The address of the account that is linked again, partly hidden, if this browser may know it.
    pub email: Option<String>,
    /// The kind of account that the app needs.
    pub required_role: Option<RequiredRole>,
    /// The link session and its return URL, if this browser may know it.
    pub return_to: Option<(LinkSessionId, String)>,
    /// What the app shows of itself on the link's pages.
    pub branding: Branding,
}

impl LinkSetting {
    /// The setting of a session.
    ///
    /// # Errors
    /// `unknown_state` if this version does not support the provider or protocol.
    pub(super) fn of(session: &LinkSessionRow, connector: &ConnectorRow, branding: Branding) -> Result<Self> {
        let options = LinkOptions::read(session.options.as_deref())?;
        Ok(Self {
            app: connector.name.clone(),
            provider: connector::protocol(connector)?.provider_name().to_owned(),
            locale: options.locale,
            email: None,
            required_role: options.require_role,
            return_to: Some((session.id.into(), session.return_url.clone())),
            branding,
        })
    }

    /// The return URL, with `error` if the session cannot go on. None if this browser may not know it.
    ///
    /// # Errors
    /// If the stored URL is invalid.
    pub fn way_back(&self, error: Option<Code>) -> Result<Option<Url>> {
        let Some((session, return_url)) = &self.return_to else { return Ok(None) };
        let id = session.to_string();
        let error = error.map(|code| ("error", code.as_str()));
        let told: Vec<(&str, &str)> = [("link_session", id.as_str())].into_iter().chain(error).collect();
        Ok(Some(ReturnUrl::parse(return_url)?.with(&told)))
    }

    /// Whether accounts are linked at Dropbox itself.
    pub fn is_dropbox(&self) -> bool {
        self.provider == DROPBOX
    }
}
