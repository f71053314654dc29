//! The services of OAuth 1 that the simulated Dropbox speaks for, as connectors describe them.

use bowline_api::admin::OAuth1Service;
use bowline_api::status::{Protocol, SignatureMethod, Transmission};

/// The service at `origin`: Dropbox's API v1 under OAuth 1.0, and another service under 1.0a; none under OAuth 2.
#[must_use]
pub fn oauth1_service(protocol: Protocol, origin: &str) -> Option<OAuth1Service> {
    let at = |path: &str| format!("{origin}{path}");
    let (prefix, account, id) = match protocol {
        Protocol::OAuth2 => return None,
        Protocol::OAuth1 => ("/1/oauth", "/1/account/info", "uid"),
        Protocol::OAuth1a => ("/oauth", "/account/verify_credentials.json", "id_str"),
    };
    let is_dropbox = protocol == Protocol::OAuth1;
    let only_dropbox = |text: String| is_dropbox.then_some(text);
    Some(OAuth1Service {
        request_token_url: at(&format!("{prefix}/request_token")),
        authorize_url: at(&format!("{prefix}/authorize")),
        access_token_url: at(&format!("{prefix}/access_token")),
        account_url: at(account),
        revoke_url: only_dropbox(at("/1/disable_access_token")),
        oauth2_token_url: only_dropbox(at("/1/oauth2/token_from_oauth1")),
        api_origins: Vec::new(),
        signature_method: SignatureMethod::HmacSha1,
        transmission: Transmission::Header,
        account_id_field: id.to_owned(),
        token_account_id_field: only_dropbox(id.to_owned()),
        name_field: if is_dropbox { "display_name" } else { "name" }.to_owned(),
        email_field: "email".to_owned(),
    })
}
