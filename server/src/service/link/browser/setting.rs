//! What every page of a link session may say about it, however the session stands.

use bowline_api::status::RequiredRole;
pub use bowline_provider::DROPBOX;

use crate::domain::{LinkOptions, Result};
use crate::service::connector;
use crate::service::connector::branding::Branding;
use crate::store::connectors::ConnectorRow;
use crate::store::link_sessions::LinkSessionRow;

/// The names on the pages of one link session.
#[derive(Debug, Clone)]
pub struct Setting {
    /// The name of the requesting app.
    pub app: String,
    /// The provider's name, such as "Dropbox", or its host.
    pub provider: String,
    /// The language that the tenant's app asked for, as a language tag.
    pub locale: Option<String>,
    /// The address of the account that is linked again, partly hidden, if this browser may know it.
    pub email: Option<String>,
    /// The kind of account that the app needs.
    pub required_role: Option<RequiredRole>,
    /// What the app shows of itself.
    pub branding: Branding,
}

impl Setting {
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
            branding,
        })
    }

    /// Whether accounts are linked at Dropbox itself.
    pub fn is_dropbox(&self) -> bool {
        self.provider == DROPBOX
    }
}
