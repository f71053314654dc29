//! A forced refresh, for a tenant's app whose token the provider rejects before it expires.

use bowline_api::v1::{ForceRefresh, Token};
use bowline_api::{AccountId, TenantId};

use super::join::join;
use super::need::Need;
use super::outcome::RefreshOutcome;
use crate::app::App;
use crate::domain::{Error, Result};
use crate::service::account;
use crate::service::api_key::VerifiedKey;
use crate::service::token::fetch::issue::{MinTtl, issue_measured};
use crate::service::token::fetch::measure::Measure;
use crate::store::TenantTx;

/// Replaces the account's token and issues the new one, at most once a minute for each account. Joins a refresh in
/// progress.
///
/// # Errors
/// `invalid_field`; `invalid_state` if the account has no refresh token; `refresh_limited` if a refresh was forced less
/// than a minute ago; `provider_unavailable` and similar errors even if the old token is still valid, because the
/// caller has no use for it; otherwise those of [`fetch`](fn@crate::service::token::fetch).
pub async fn force(app: &App, key: &VerifiedKey, id: AccountId, body: &ForceRefresh) -> Result<Token> {
    let min_ttl = MinTtl::new(body.min_ttl)?;
    let mut measure = Measure::begin();
    measure.refreshed = true;
    if let Err(error) = replace_access_token(app, key.tenant(), id, min_ttl).await {
        measure.refuse(error.code());
        return Err(error);
    }
    issue_measured(app, key.presented, min_ttl, id, measure).await.outcome
}

/// Replaces the account's token.
async fn replace_access_token(
    app: &App,
    tenant: TenantId,
    id: AccountId,
    MinTtl(life): MinTtl,
) -> Result<()> {
    let read = async |tx: &mut TenantTx| Ok((tx.now().await?, tx.account(id.uuid()).await?));
    let (now, account_row) = app.store.scoped_in_turn(tenant, read).await?;
    let account_row = account_row.ok_or_else(Error::not_found)?;
    account::usable(&account_row)?;
    let lives_long_enough = account_row.access_expires_at.is_none_or(|at| at >= now + life);
    let need = if lives_long_enough {
        Need::Another { generation: account_row.generation }
    } else {
        // A refresh is due anyway, so the limit on forced refreshes does not apply.
        Need::Life(life)
    };
    match join(app, tenant, id, need).await? {
        RefreshOutcome::Done => Ok(()),
        other => Err(other.refusal()),
    }
}
