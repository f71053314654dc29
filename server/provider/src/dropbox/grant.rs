//! What a code brings at Dropbox.

use std::time::Duration;

use secrecy::SecretString;
use serde_json::Value;

use super::AccountId;
use crate::{Failure, Malformed, oauth2::TokenAnswer};

/// A new grant. `Debug` shows no token.
#[derive(Debug, Clone)]
pub struct Grant {
    /// Lives for `expires_in`.
    pub access_token: SecretString,
    /// Lives until the user or we end it.
    pub refresh_token: SecretString,
    /// How long the access token lives, from the moment of the answer; 4 hours at Dropbox.
    pub expires_in: Duration,
    /// What was granted, to be compared with what was asked for; nothing if Dropbox did not say.
    pub scopes: Option<Vec<String>>,
    /// The account that was linked.
    pub account_id: AccountId,
}

impl Grant {
    /// Takes an answer that has all that a link needs; else its tokens go into the failure.
    pub(super) fn from_answer(answer: TokenAnswer) -> Result<Self, Failure> {
        let account_id =
            answer.account_id.as_ref().and_then(Value::as_str).and_then(|id| id.parse::<AccountId>().ok());
        let what = match (&answer.refresh_token, account_id) {
            (Some(refresh_token), Some(account_id)) => {
                return Ok(Self {
                    refresh_token: refresh_token.clone(),
                    access_token: answer.access_token,
                    expires_in: answer.expires_in,
                    scopes: answer.scopes,
                    account_id,
                });
            }
            (_, None) if answer.is_team => Malformed::TeamGrant,
            (_, None) => Malformed::AccountId,
            (None, Some(_)) => Malformed::RefreshToken,
        };
        Err(Failure::Malformed { what, orphan: Some(Box::new(answer.into_orphan())) })
    }
}
