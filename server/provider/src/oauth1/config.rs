//! What a service of OAuth 1 is: its dialect, its addresses, and how it wants to be asked.

use url::{Origin, Url};

use super::signature::SignatureMethod;
use crate::HttpClient;

/// The two protocols that are called OAuth 1. Code for one fails against the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// OAuth Core 1.0 of 2007, as Dropbox spoke it: the callback stands unsigned on the authorize URL, and nothing proves who comes
    /// back.
    OAuth1,
    /// OAuth Core 1.0 Revision A of 2009, which RFC 5849 describes: the callback is signed where the request token is asked for, and a
    /// verifier comes back.
    OAuth1a,
}

/// Where the protocol's parameters stand in a request (RFC 5849, 3.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Transmission {
    /// The Authorization header (3.5.1).
    Header,
    /// The form body (3.5.2); the header where a request has no form body.
    Body,
    /// The query of the address (3.5.3).
    Query,
}

/// The addresses of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoints {
    /// Issues request tokens (RFC 5849, 2.1).
    pub request_token: Url,
    /// The page where the user approves (2.2).
    pub authorize: Url,
    /// Exchanges request tokens for access tokens (2.3).
    pub access_token: Url,
    /// Answers a GET with the account of the access token, as a JSON object.
    pub account: Url,
    /// Ends the access token that signs the request, if the service has such a call.
    pub revoke: Option<Url>,
    /// Makes an OAuth 2 token of the access token that signs the request, if the service has such a call.
    pub oauth2_token: Option<Url>,
    /// Origins, besides those of the other addresses, for which a tenant's requests are signed.
    pub also_signed: Vec<Url>,
}

/// The names of the fields that describe an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountFields {
    /// The provider's id of the account, in the account's description, as a string or a whole number.
    pub id: String,
    /// The same id where it comes with the access token. Nothing: the account endpoint is asked.
    pub id_with_token: Option<String>,
    /// The name to show.
    pub name: String,
    /// The e-mail address.
    pub email: String,
}

/// All that is to be known of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceConfig {
    /// Which protocol it speaks.
    pub dialect: Dialect,
    /// Where it is.
    pub endpoints: Endpoints,
    /// How requests are signed.
    pub method: SignatureMethod,
    /// Where the parameters stand.
    pub transmission: Transmission,
    /// How accounts are described.
    pub account: AccountFields,
}

/// Why a service cannot be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// An address that the HTTP client does not call, such as plain http.
    #[error("an address of the OAuth 1 service must be https; plain http needs the development switch")]
    Scheme,
    /// An address with a fragment, or with a user or password in it.
    #[error("an address of the OAuth 1 service must have no user, password or fragment")]
    Address,
    /// PLAINTEXT in the query would put the secrets into URLs, which are logged everywhere.
    #[error("PLAINTEXT signatures cannot be sent in the query")]
    PlaintextInQuery,
    /// OAuth 1.0 has no verifier: only the account id in both answers binds the approval to the access token.
    #[error("an OAuth 1.0 service must send the account id with the access token")]
    UnboundApproval,
    /// An address at an origin to which no app secret may go.
    #[error("an address of the OAuth 1 service is at an origin that the server's settings do not list")]
    Origin,
}

impl ServiceConfig {
    /// Dropbox's API v1, which Dropbox retired in September 2017, at these origins of its web pages and of its API.
    ///
    /// # Errors
    /// [`ConfigError::Address`] if an origin cannot have a path.
    pub fn dropbox(web: &Url, api: &Url) -> Result<Self, ConfigError> {
        let join = |base: &Url, path| base.join(path).map_err(|_| ConfigError::Address);
        Ok(Self {
            dialect: Dialect::OAuth1,
            endpoints: Endpoints {
                request_token: join(api, "/1/oauth/request_token")?,
                authorize: join(web, "/1/oauth/authorize")?,
                access_token: join(api, "/1/oauth/access_token")?,
                account: join(api, "/1/account/info")?,
                revoke: Some(join(api, "/1/disable_access_token")?),
                oauth2_token: Some(join(api, "/1/oauth2/token_from_oauth1")?),
                also_signed: Vec::new(),
            },
            method: SignatureMethod::HmacSha1,
            transmission: Transmission::Header,
            account: AccountFields {
                id: "uid".to_owned(),
                id_with_token: Some("uid".to_owned()),
                name: "display_name".to_owned(),
                email: "email".to_owned(),
            },
        })
    }

    /// Whether all addresses are at these origins.
    pub(crate) fn is_within(&self, origins: &[Origin]) -> bool {
        let mut all = self.endpoints.called().chain([&self.endpoints.authorize]);
        all.all(|url| origins.contains(&url.origin()))
    }

    pub(super) fn check(&self, http: &HttpClient) -> Result<(), ConfigError> {
        if !self.endpoints.called().all(|url| http.accepts(url)) {
            return Err(ConfigError::Scheme);
        }
        let bare =
            |url: &Url| url.fragment().is_none() && url.username().is_empty() && url.password().is_none();
        if !self.endpoints.called().chain([&self.endpoints.authorize]).all(bare) {
            return Err(ConfigError::Address);
        }
        if self.method == SignatureMethod::Plaintext && self.transmission == Transmission::Query {
            return Err(ConfigError::PlaintextInQuery);
        }
        if self.dialect == Dialect::OAuth1 && self.account.id_with_token.is_none() {
            return Err(ConfigError::UnboundApproval);
        }
        Ok(())
    }
}

impl Endpoints {
    /// The addresses that get signed requests.
    fn called(&self) -> impl Iterator<Item = &Url> {
        [&self.account].into_iter().chain(self.of_the_protocol()).chain(&self.also_signed)
    }

    /// The addresses that make, change or end tokens.
    pub(super) fn of_the_protocol(&self) -> impl Iterator<Item = &Url> {
        [&self.request_token, &self.access_token].into_iter().chain(&self.revoke).chain(&self.oauth2_token)
    }

    /// Whether an address is on one of the service's hosts.
    pub(super) fn owns(&self, origin: &Origin) -> bool {
        self.called().any(|url| url.origin() == *origin)
    }
}
