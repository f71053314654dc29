//! The service at which a connector of OAuth 1.0 or 1.0a links accounts.

use serde::{Deserialize, Serialize};

use crate::status::{SignatureMethod, Transmission};

/// A service of OAuth 1.0 or 1.0a. All of its addresses must be at origins that the server's settings list
/// (`bowline.oauth1.origins`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct OAuth1Service {
    /// Issues request tokens.
    pub request_token_url: String,
    /// The page on which end users approve.
    pub authorize_url: String,
    /// Exchanges request tokens for access tokens.
    pub access_token_url: String,
    /// Answers a signed GET with the account of the access token, as a JSON object.
    pub account_url: String,
    /// Ends the access token that signs the POST, if the service has such a call. Without one, revoked accounts end in Bowline
    /// alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoke_url: Option<String>,
    /// Makes an OAuth 2 token of the access token that signs the POST, if the service has such a call. Requests to it are never
    /// signed for a tenant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oauth2_token_url: Option<String>,
    /// Origins of the service's API, besides those of the other addresses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub api_origins: Vec<String>,
    /// How requests are signed; `hmac_sha1` if omitted.
    #[serde(default = "hmac_sha1")]
    pub signature_method: SignatureMethod,
    /// Where the parameters of the protocol are sent; `header` if omitted.
    #[serde(default = "header")]
    pub transmission: Transmission,
    /// The field of the account that contains its id.
    pub account_id_field: String,
    /// The field that contains the same id in the answer with the access token. Required under OAuth 1.0, where only this id binds
    /// the access token to the user's approval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_account_id_field: Option<String>,
    /// The field of the account that contains the name to show; `name` if omitted.
    #[serde(default = "name")]
    pub name_field: String,
    /// The field of the account that contains the e-mail address; `email` if omitted.
    #[serde(default = "email")]
    pub email_field: String,
}

fn hmac_sha1() -> SignatureMethod {
    SignatureMethod::HmacSha1
}

fn header() -> Transmission {
    Transmission::Header
}

fn name() -> String {
    "name".to_owned()
}

fn email() -> String {
    "email".to_owned()
}
