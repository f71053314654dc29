//! The address of the provider's authorize page (RFC 6749, 4.1.1; RFC 7636, 4.3).

use url::Url;

use super::Challenge;

/// The parameters of every provider. A provider's own ones are added to them.
#[derive(Debug, Clone, Copy)]
pub struct AuthorizeRequest<'a> {
    /// The app key.
    pub client_id: &'a str,
    /// The redirect URI, byte for byte as it is registered at the provider.
    pub redirect_uri: &'a str,
    /// The state: unguessable, bound to the browser, under 500 bytes.
    pub state: &'a str,
    /// The scopes to request. If it is empty, the parameter is omitted, which requests all scopes of the app.
    pub scopes: &'a [String],
    /// The challenge of the verifier with which the code will be exchanged.
    pub challenge: &'a Challenge,
}

impl AuthorizeRequest<'_> {
    /// The address to send the browser to.
    #[must_use]
    pub fn url(&self, endpoint: &Url) -> Url {
        let mut url = endpoint.clone();
        let mut query = url.query_pairs_mut();
        query
            .append_pair("response_type", "code")
            .append_pair("client_id", self.client_id)
            .append_pair("redirect_uri", self.redirect_uri)
            .append_pair("state", self.state);
        if !self.scopes.is_empty() {
            query.append_pair("scope", &self.scopes.join(" "));
        }
        query
            .append_pair("code_challenge", self.challenge.as_str())
            .append_pair("code_challenge_method", "S256");
        drop(query);
        url
    }
}
