//! A token and its secret, which are one opaque text for everybody outside of this module.

use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroizing;

use super::form::{BadForm, Fields, encode};
use crate::oauth2::is_token;

/// A request token or an access token with its secret. `Debug` shows neither.
#[derive(Debug, Clone)]
pub struct TokenPair {
    /// `oauth_token`.
    pub token: SecretString,
    /// `oauth_token_secret`.
    pub secret: SecretString,
}

impl TokenPair {
    /// The pair of a text that [`to_text`](Self::to_text) made; nothing if it did not.
    #[must_use]
    pub fn read(text: &SecretString) -> Option<Self> {
        let fields = Fields::read(text.expose_secret().as_bytes()).ok()?;
        Self::of(&fields).ok().flatten()
    }

    /// The two fields of a provider's answer (RFC 5849, 2.1); nothing if one of them is missing or not well-formed.
    pub(super) fn of(fields: &Fields) -> Result<Option<Self>, BadForm> {
        let text = |name| Ok(fields.one(name)?.filter(|text| is_token(text)).map(SecretString::from));
        let (token, secret) = (text("oauth_token")?, text("oauth_token_secret")?);
        Ok(token.zip(secret).map(|(token, secret)| Self { token, secret }))
    }

    /// Both as one text: a form of `oauth_token` and `oauth_token_secret`.
    #[must_use]
    pub fn to_text(&self) -> SecretString {
        let encoded = |secret: &SecretString| Zeroizing::new(encode(secret.expose_secret().as_bytes()));
        let (token, secret) = (encoded(&self.token), encoded(&self.secret));
        let names = ["oauth_token=", "&oauth_token_secret="];
        let mut text = String::with_capacity(names.concat().len() + token.len() + secret.len());
        for part in [names[0], &token, names[1], &secret] {
            text.push_str(part);
        }
        text.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_survives_as_text_and_is_not_shown() {
        let pair = TokenPair { token: "CANARY_a&=+%".into(), secret: "CANARY_s~!".into() };
        let read = TokenPair::read(&pair.to_text()).unwrap();
        assert_eq!(read.token.expose_secret(), "CANARY_a&=+%");
        assert_eq!(read.secret.expose_secret(), "CANARY_s~!");
        assert!(!format!("{pair:?}").contains("CANARY"));
        for bad in [
            "",
            "oauth_token=a",
            "oauth_token=a&oauth_token_secret=",
            "oauth_token=a&oauth_token=a&oauth_token_secret=b",
            "sl.x",
        ] {
            assert!(TokenPair::read(&bad.into()).is_none(), "{bad}");
        }
    }
}
