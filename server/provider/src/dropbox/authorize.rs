//! Dropbox's own parameters of the authorize page.

use url::Url;

use crate::{Role, oauth2};

/// The parameters of Dropbox's authorize page. The link is always `offline`: without a refresh token it would end after
/// four hours.
#[derive(Debug, Clone, Copy)]
pub struct AuthorizeRequest<'a> {
    /// The parameters of every provider.
    pub oauth: oauth2::AuthorizeRequest<'a>,
    /// Signs the user out first, so that they can choose another account.
    pub force_reauthentication: bool,
    /// Asks for an account of this kind. The user can remove the parameter.
    pub require_role: Option<Role>,
    /// Asks for approval even if the user gave it before.
    pub force_reapprove: bool,
    /// The language of the page, as an IETF tag.
    pub locale: Option<&'a str>,
    /// Adds the scopes that the user granted this app before. Needs `scopes`, and a user who has linked.
    pub include_granted_scopes: bool,
}

impl AuthorizeRequest<'_> {
    pub(super) fn url(&self, endpoint: &Url) -> Url {
        let mut url = self.oauth.url(endpoint);
        let mut query = url.query_pairs_mut();
        query.append_pair("token_access_type", "offline");
        if self.include_granted_scopes {
            query.append_pair("include_granted_scopes", "user");
        }
        if self.force_reauthentication {
            query.append_pair("force_reauthentication", "true");
        }
        if let Some(role) = self.require_role {
            query.append_pair("require_role", role.as_str());
        }
        if self.force_reapprove {
            query.append_pair("force_reapprove", "true");
        }
        if let Some(locale) = self.locale {
            query.append_pair("locale", locale);
        }
        drop(query);
        url
    }
}
