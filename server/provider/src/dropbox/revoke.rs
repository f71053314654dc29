//! The answer of `auth/token/revoke`.

use reqwest::StatusCode;

use super::error;
use crate::{Failure, Malformed, Revoked, TokenTag, http::Answer};

/// 401 says that the token is dead, and so the grant; unless it is expired, suspended or only lacks
/// a right, for then the grant may live.
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
