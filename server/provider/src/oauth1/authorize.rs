//! The callback address, and the address of the authorize page (RFC 5849, 2.1 and 2.2).

use secrecy::ExposeSecret as _;
use url::Url;

use super::{config::Dialect, form::encode, token_pair::TokenPair};

/// Our callback with the state in its query. It must be there, because the denial of 1.0 carries no token by which the session could be
/// found.
pub(super) fn callback(callback_url: &str, state: &str) -> String {
    let mark = if callback_url.contains('?') { '&' } else { '?' };
    format!("{callback_url}{mark}state={}", encode(state.as_bytes()))
}

/// Where to send the browser. Only in 1.0 the callback is given here, where nothing protects it.
pub(super) fn url(endpoint: &Url, dialect: Dialect, token: &TokenPair, callback: &str) -> Url {
    let mut url = endpoint.clone();
    let mut query = url.query_pairs_mut();
    query.append_pair("oauth_token", token.token.expose_secret());
    if dialect == Dialect::OAuth1 {
        query.append_pair("oauth_callback", callback);
    }
    drop(query);
    url
}
