//! Accounts without a refresh token: their access token is the last, and the provider is not asked for another.

use bowline_api::status::AccountStatus;
use chrono::{DateTime, Utc};

use super::need::{Need, SKEW};
use super::outcome::RefreshOutcome;
use crate::app::App;
use crate::domain::Result;
use crate::domain::state::account::AccountTrigger;
use crate::service::{account, freeze};
use crate::store::TenantTx;
use crate::store::accounts::AccountRow;

/// Why an account needs a new link after its last token has expired.
const LAST_TOKEN_EXPIRED: &str = "access_token_expired";

/// Handles a need for another token. If the last token has expired, the link ends.
pub(super) async fn instead(
    tx: &mut TenantTx,
    row: &AccountRow,
    need: &Need,
    now: DateTime<Utc>,
) -> Result<RefreshOutcome> {
    if row.access_expires_at.is_some_and(|end| end <= now + SKEW) {
        account::needs_reauth(tx, row, LAST_TOKEN_EXPIRED, None).await?;
        return Ok(RefreshOutcome::Done);
    }
    Ok(match need {
        Need::Another { .. } | Need::Narrowed { .. } => RefreshOutcome::NoRefreshToken,
        Need::Life(_) | Need::Ahead(_) | Need::Revive { .. } => RefreshOutcome::Done,
    })
}

/// Records that the provider accepts the token of an account that seemed to need a new link. It is active again, unless it is frozen.
pub(in crate::service::token) async fn accepted(app: &App, row: &AccountRow) -> Result<()> {
    let accept = async |tx: &mut TenantTx| {
        let freeze = freeze::in_force(tx, row.connector_id, &row.provider_account_id).await?;
        let (was, accepted) =
            (AccountStatus::NeedsReauth, AccountTrigger::Refreshed { frozen: freeze.is_some() });
        if tx.change_status(row.id, row.generation, was, accepted, freeze.as_deref()).await? {
            account::recovered(tx, row).await?;
        }
        Ok(())
    };
    app.store.scoped(row.tenant_id.into(), accept).await
}

/// Records that the provider rejected the token for `reason`, so that the account needs a new link.
pub(in crate::service::token) async fn refused(app: &App, row: &AccountRow, reason: &str) -> Result<()> {
    let refuse = async |tx: &mut TenantTx| account::needs_reauth(tx, row, reason, None).await;
    app.store.scoped(row.tenant_id.into(), refuse).await
}
