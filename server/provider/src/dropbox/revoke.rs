//! The response of `auth/token/revoke`.

use reqwest::StatusCode;

use super::error;
use crate::{Failure, Malformed, Revoked, TokenTag, http::Answer};

/// 401 means that the token and therefore the grant have ended, unless the token is expired, its user is suspended, or it
/// only lacks a permission. In these cases the grant may still be alive.
pub(super) fn read(answer: &Answer) -> Result<Revoked, Failure> {
    match answer.status {
        StatusCode::OK => match answer.json::<()>() {
            Some(()) => Ok(Revoked::Done),
            None => Err(Failure::malformed(Malformed::Json)),
        },
        StatusCode::UNAUTHORIZED => match error::failure(answer) {
            Failure::TokenRejected { tag: TokenTag::Invalid | TokenTag::Other } => Ok(Revoked::AlreadyDead),
            failure => Err(failure),
        },
        _ => Err(error::failure(answer)),
    }
}
