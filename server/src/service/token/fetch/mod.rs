//! The token API's calls: the token of one account, of a user's one active account, or of many accounts.

pub(super) mod issue;
pub(super) mod measure;
mod relink;
pub(super) mod unverified;

use std::num::NonZeroU32;

use bowline_api::AccountId;
use bowline_api::v1::{Relink, Token, TokenRequest, TokensRequest, UserTokenRequest};
use futures_util::{StreamExt as _, stream};

use super::{narrow, user};
use crate::app::App;
use crate::domain::credential::PresentedApiKey;
use crate::domain::identity::ExternalUserId;
use crate::domain::{Code, Result};
use crate::service::api_key::VerifiedKey;
use crate::service::limit::by_tenant::INDIRECT_TOKEN;
use issue::MinTtl;
use unverified::{AnsweredCall, UnverifiedApp};

/// The maximum number of accounts in one call of [`fetch_many`].
const MOST_TOKENS_AT_ONCE: usize = 100;
/// The number of accounts of one call that are fetched at the same time: enough to share round trips, and few enough to
/// bound the memory of waiting calls.
const FETCHED_AT_ONCE: usize = 32;

/// An account and its token, or why there is none.
pub type AccountOutcome = (AccountId, Result<Token>);

/// A token of one account: its own, or one with only the requested scopes. If the user must link again and the request
/// asks for it, the refusal contains a link session.
///
/// # Errors
/// `rate_limited`, `unauthenticated`, `insufficient_scope`, and those of a malformed request; `not_found`; the reason
/// why the account has no token; or that a refresh failed. For requested scopes also `invalid_field`.
pub async fn fetch(
    app: &App,
    caller: &UnverifiedApp<'_>,
    request: Result<(AccountId, TokenRequest)>,
) -> Result<Token> {
    let request = request.and_then(|(id, body)| Ok((id, MinTtl::new(body.min_ttl)?, body)));
    let is_plain = request.as_ref().is_ok_and(|(.., body)| body.scopes.is_none() && body.relink.is_none());
    let tokens = if is_plain { NonZeroU32::MIN } else { INDIRECT_TOKEN };
    let (id, min_ttl, body) = caller.admit(app, tokens, request).await?;
    if is_plain {
        let answered = issue::issue(app, caller.key(), min_ttl, id).await;
        return caller.conclude(app, answered).await;
    }
    // Boxed, because nearly all fetches are plain ones and should not reserve space for it.
    Box::pin(async {
        let key = caller.verify_measured(app).await?;
        issue_or_offer(app, &key, min_ttl, id, body.scopes.as_deref(), body.relink.as_ref()).await
    })
    .await
}

/// Like [`fetch`], for the one active account of a user.
///
/// # Errors
/// `invalid_field`, `not_found`, `ambiguous_account`, and those of [`fetch`].
pub async fn fetch_for_user(
    app: &App,
    key: &VerifiedKey,
    external_user_id: &str,
    body: &UserTokenRequest,
) -> Result<Token> {
    let min_ttl = MinTtl::new(body.min_ttl)?;
    let user = ExternalUserId::named(external_user_id)?;
    let id = user::account_of(app, key.tenant(), &user, body.connector).await?;
    issue_or_offer(app, key, min_ttl, id, body.scopes.as_deref(), body.relink.as_ref()).await
}

/// The tokens of up to 100 accounts, each with its own outcome, in the order of the request.
///
/// # Errors
/// `rate_limited`, `unauthenticated`, `insufficient_scope`, and those of a malformed request.
pub async fn fetch_many(
    app: &App,
    caller: &UnverifiedApp<'_>,
    request: Result<TokensRequest>,
) -> Result<Vec<AccountOutcome>> {
    let request = request.and_then(|body| {
        if (1..=MOST_TOKENS_AT_ONCE).contains(&body.account_ids.len()) {
            return Ok((MinTtl::new(body.min_ttl)?, body.account_ids));
        }
        let detail = format!("account_ids must be 1 to {MOST_TOKENS_AT_ONCE} ids");
        Err(Code::InvalidField.because(detail).field("account_ids").into())
    });
    let tokens = request.as_ref().ok().and_then(|(_, ids)| NonZeroU32::new(ids.len().try_into().ok()?));
    let (min_ttl, ids) = caller.admit(app, tokens.unwrap_or(NonZeroU32::MIN), request).await?;
    caller.conclude(app, issue_many(app, caller.key(), min_ttl, ids).await).await
}

async fn issue_or_offer(
    app: &App,
    key: &VerifiedKey,
    min_ttl: MinTtl,
    account: AccountId,
    scopes: Option<&[String]>,
    relink: Option<&Relink>,
) -> Result<Token> {
    let outcome = match scopes {
        Some(scopes) => narrow::fetch(app, key, min_ttl, account, scopes).await,
        None => issue::issue(app, key.presented, min_ttl, account).await.outcome,
    };
    match (outcome, relink) {
        (Err(error), Some(relink)) => Err(relink::offer(app, key, relink, error).await),
        (outcome, _) => outcome,
    }
}

/// The accounts' calls wait together, so that they share round trips. A refresh of one account does not delay the
/// others.
async fn issue_many(
    app: &App,
    key: PresentedApiKey,
    min_ttl: MinTtl,
    ids: Vec<AccountId>,
) -> AnsweredCall<Vec<AccountOutcome>> {
    let mut outcomes: Vec<Option<AccountOutcome>> = ids.iter().map(|_| None).collect();
    let mut answers = stream::iter(ids)
        .enumerate()
        .map(|(index, id)| async move { (index, id, issue::issue(app, key, min_ttl, id).await) })
        .buffer_unordered(FETCHED_AT_ONCE);
    let (mut verified, mut key_error) = (None, None);
    while let Some((index, id, answered)) = answers.next().await {
        verified = answered.key.or(verified);
        match answered.outcome {
            // An error about the key is an error of the whole call. Refreshes in progress are completed nevertheless.
            Err(error) if matches!(error.code(), Code::Unauthenticated | Code::InsufficientScope) => {
                key_error = Some(error);
            }
            outcome => outcomes[index] = Some((id, outcome)),
        }
    }
    let outcome = key_error.map_or_else(|| Ok(outcomes.into_iter().flatten().collect()), Err);
    AnsweredCall { key: verified, outcome }
}
