//! The answers that bring tokens: form bodies (RFC 5849, 2.1 and 2.3). Their content type is not read, because services differ in it.

use reqwest::StatusCode;
use secrecy::SecretString;

use super::{
    config::Dialect,
    error::{self, Asked},
    form::Fields,
    token_pair::TokenPair,
};
use crate::{Failure, Malformed, Orphan, http::Answer};

/// Bytes that an account id may have.
const LONGEST_ID: usize = 128;

/// Reads a request token. In 1.0a the answer must confirm the callback: a service that does not is one of 1.0, where nobody would ask
/// for the verifier.
pub(super) fn request_token(answer: &Answer, dialect: Dialect) -> Result<TokenPair, Failure> {
    if answer.status != StatusCode::OK {
        return Err(error::failure(answer, Asked::RequestToken));
    }
    let fields = Fields::read(answer.body()).map_err(|_| Failure::malformed(Malformed::Form))?;
    let pair = TokenPair::of(&fields).map_err(|_| Failure::malformed(Malformed::Form))?;
    let pair = pair.ok_or(Failure::malformed(Malformed::RequestToken))?;
    match (dialect, fields.one("oauth_callback_confirmed")) {
        (Dialect::OAuth1, _) | (Dialect::OAuth1a, Ok(Some("true"))) => Ok(pair),
        (Dialect::OAuth1a, _) => Err(Failure::malformed(Malformed::CallbackConfirmed)),
    }
}

/// Reads an access token and, where the service sends it along, the account's id.
///
/// The request token is spent, so a live access token in a bad answer goes into the failure.
pub(super) fn access_token(
    answer: Answer,
    id_field: Option<&str>,
) -> Result<(TokenPair, Option<String>), Failure> {
    if answer.status == StatusCode::OK && answer.is_incomplete() {
        // Only what is followed by another field is certainly whole.
        let pair = Fields::read_part(answer.body()).and_then(|fields| TokenPair::of(&fields));
        if let Ok(Some(pair)) = pair {
            return Err(orphaned(Malformed::Incomplete, &pair));
        }
    }
    let answer = answer.checked().map_err(error::rate_limit)?;
    if answer.status != StatusCode::OK {
        return Err(error::failure(&answer, Asked::AccessToken));
    }
    let fields = Fields::read(answer.body()).map_err(|_| Failure::malformed(Malformed::Form))?;
    let pair = TokenPair::of(&fields).map_err(|_| Failure::malformed(Malformed::Form))?;
    let pair = pair.ok_or(Failure::malformed(Malformed::AccessToken))?;
    let Some(id_field) = id_field else { return Ok((pair, None)) };
    match fields.one(id_field) {
        Ok(Some(id)) if is_account_id(id) => {
            let id = id.to_owned();
            Ok((pair, Some(id)))
        }
        _ => Err(orphaned(Malformed::AccountId, &pair)),
    }
}

/// A failure that carries a live access token, which must be revoked.
pub(super) fn orphaned(what: Malformed, pair: &TokenPair) -> Failure {
    let access_token: Option<SecretString> = Some(pair.to_text());
    Failure::Malformed { what, orphan: Some(Box::new(Orphan { access_token, refresh_token: None })) }
}

/// Printable, without spaces, and short.
pub(super) fn is_account_id(text: &str) -> bool {
    (1..=LONGEST_ID).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Reads the answer of the call that ends a token.
pub(super) fn ended(answer: &Answer) -> Result<(), Failure> {
    match answer.status {
        StatusCode::OK | StatusCode::NO_CONTENT => Ok(()),
        _ => Err(error::failure(answer, Asked::Api)),
    }
}
