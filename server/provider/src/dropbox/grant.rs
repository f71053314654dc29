//! The grant that Dropbox returns for a code.

use serde_json::Value;

use super::{AccountId, is_team};
use crate::{Failure, Grant, Malformed, oauth2::TokenAnswer};

/// Accepts a response that has everything that a link needs. Otherwise its tokens go into the failure. The access token
/// lives for four hours, after which a grant without a refresh token would be useless.
pub(super) fn read(answer: TokenAnswer) -> Result<Grant, Failure> {
    let account = answer.account_id.as_ref().and_then(Value::as_str);
    let account = account.and_then(|id| id.parse().ok()).map(AccountId::into_string);
    let team = answer.team_id.as_ref().and_then(Value::as_str).filter(|id| is_team(id)).map(str::to_owned);
    let what = match (&answer.refresh_token, account.or(team)) {
        (Some(_), Some(account_id)) => {
            return Ok(Grant {
                access_token: answer.access_token,
                refresh_token: answer.refresh_token,
                expires_in: Some(answer.expires_in),
                scopes: answer.scopes,
                account_id: Some(account_id),
            });
        }
        (_, None) if answer.team_id.is_some() => Malformed::TeamGrant,
        (_, None) => Malformed::AccountId,
        (None, Some(_)) => Malformed::RefreshToken,
    };
    Err(Failure::Malformed { what, orphan: Some(Box::new(answer.into_orphan())) })
}
