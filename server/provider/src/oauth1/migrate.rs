//! From OAuth 1 to OAuth 2 by Dropbox's `/1/oauth2/token_from_oauth1`.

use std::time::Duration;

use reqwest::StatusCode;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::Value;

use super::error::{self, Asked};
use crate::{Failure, Malformed, Orphan, http::Answer, oauth2::is_token};

/// An OAuth 2 token for the account of an OAuth 1 token, which stays alive until it is disabled.
#[derive(Debug, Clone)]
pub struct MigratedToken {
    /// The access token. Dropbox issued long-lived ones here, without a refresh token.
    pub access_token: SecretString,
    /// The refresh token, if the answer has one.
    pub refresh_token: Option<SecretString>,
    /// How long the access token lives from the moment of the answer; nothing: until somebody ends it.
    pub expires_in: Option<Duration>,
}

#[derive(Deserialize)]
struct RawToken {
    access_token: Option<Value>,
    refresh_token: Option<Value>,
    token_type: Option<Value>,
    expires_in: Option<Value>,
}

impl MigratedToken {
    /// The tokens as those that nobody will use.
    #[must_use]
    pub fn orphan(&self) -> Orphan {
        Orphan { access_token: Some(self.access_token.clone()), refresh_token: self.refresh_token.clone() }
    }
}

/// Reads the answer. The OAuth 1 token lives on with a bad one, and a further call makes a further token; the tokens in a bad answer are
/// in the failure, because they must be revoked.
pub(super) fn read(answer: &Answer) -> Result<MigratedToken, Failure> {
    if answer.status != StatusCode::OK {
        return Err(error::failure(answer, Asked::Api));
    }
    let raw: RawToken = answer.json().ok_or(Failure::malformed(Malformed::Json))?;
    let token = |value: Option<&Value>| {
        value.and_then(Value::as_str).filter(|text| is_token(text)).map(SecretString::from)
    };
    let (access_token, refresh_token) = (token(raw.access_token.as_ref()), token(raw.refresh_token.as_ref()));
    let malformed = |what| {
        let orphan = Orphan { access_token: access_token.clone(), refresh_token: refresh_token.clone() };
        let is_there = orphan.access_token.is_some() || orphan.refresh_token.is_some();
        Failure::Malformed { what, orphan: is_there.then(|| Box::new(orphan)) }
    };
    let bearer = raw.token_type.as_ref().and_then(Value::as_str);
    if !bearer.is_some_and(|kind| kind.eq_ignore_ascii_case("bearer")) {
        return Err(malformed(Malformed::TokenType));
    }
    let expires_in = match raw.expires_in.as_ref() {
        None | Some(Value::Null) => None,
        Some(value) => Some(crate::oauth2::lifetime(value).ok_or_else(|| malformed(Malformed::ExpiresIn))?),
    };
    match access_token {
        Some(access_token) => Ok(MigratedToken { access_token, refresh_token, expires_in }),
        None => Err(malformed(Malformed::AccessToken)),
    }
}
