//! Gives the token of an account the form of its protocol: OAuth 1 has a token and a secret.

use bowline_api::v1::{AccessToken, OAuth1Token, Token};
use bowline_provider::oauth1::TokenPair;
use secrecy::{ExposeSecret as _, SecretString};

/// The token as its caller gets it. The text of a token says which protocol it is of: the pair of OAuth 1 is a form, and no token
/// of OAuth 2 contains an ampersand (RFC 6750 section 2.1).
#[must_use]
pub(in crate::service) fn of_its_protocol(token: AccessToken) -> Token {
    // Nearly all tokens are of OAuth 2, and are not copied.
    if !token.access_token.starts_with("oauth_token=") {
        return Token::Bearer(token);
    }
    match TokenPair::read(&SecretString::from(token.access_token.as_str())) {
        Some(pair) => Token::OAuth1(OAuth1Token {
            oauth_token: pair.token.expose_secret().to_owned(),
            oauth_token_secret: pair.secret.expose_secret().to_owned(),
            account_id: token.account_id,
            provider_account_id: token.provider_account_id,
        }),
        None => Token::Bearer(token),
    }
}
