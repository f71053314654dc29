//! Starts refreshes or joins those in progress, for a caller who waits and in the background after a response.

use bowline_api::{AccountId, TenantId};
use chrono::TimeDelta;

use super::ahead::{REFRESHED_AHEAD_BEFORE, count};
use super::need::Need;
use super::outcome::RefreshOutcome;
use crate::app::App;
use crate::domain::Result;
use crate::service::token::refresh;

/// Refreshes the account for this need, once for all callers of this process.
///
/// # Errors
/// Those of the database; the provider's failures are in [`RefreshOutcome`].
pub(in crate::service::token) async fn join(
    app: &App,
    tenant: TenantId,
    account: AccountId,
    need: Need,
) -> Result<RefreshOutcome> {
    app.refreshes.join((tenant, account, need.kind()), || refresh::run(app, tenant, account, &need)).await
}

/// Refreshes the account in the background if its token, which was just issued with this remaining lifetime, is due.
/// Never waits.
pub(in crate::service::token) fn ahead(
    app: &App,
    tenant: TenantId,
    account: AccountId,
    generation: i64,
    remaining: TimeDelta,
) {
    if app.is_draining() {
        return;
    }
    let Some(seat) = app.ahead.claim(account, generation, remaining) else { return };
    let Some(app) = app.shared() else { return };
    tokio::spawn(async move {
        count(match join(&app, tenant, account, Need::Ahead(REFRESHED_AHEAD_BEFORE)).await {
            Ok(RefreshOutcome::Done) => "done",
            Ok(_) => "failed",
            Err(_) => "database_failed",
        });
        drop(seat);
    });
}
