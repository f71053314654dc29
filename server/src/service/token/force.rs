//! A refresh before its time, for a tenant's app whose token the provider refuses.

use bowline_api::AccountId;
use bowline_api::v1::AccessToken;

use super::Wanted;
use super::ended::Ended;
use super::issue::plain_since;
use super::measure::Measure;
use super::need::Need;
use crate::app::App;
use crate::domain::{Error, Result};
use crate::service::account;

/// Another token than the account has now, once a minute; a refresh that is under way is joined.
///
/// # Errors
/// `invalid_state` where the account has no refresh token; `refresh_limited` where one was forced less than a minute ago; `provider_unavailable` and the like even where the old
/// token would still live, for it is not wanted; otherwise those of [`super::for_account`].
pub async fn force(app: &App, wanted: Wanted, id: AccountId) -> Result<AccessToken> {
    let mut measure = Measure::begin();
    measure.refreshed = true;
    if let Err(error) = another(app, wanted, id).await {
        measure.refuse(error.code());
        return Err(error);
    }
    plain_since(app, wanted, id, measure).await
}

/// Has the account's token replaced.
async fn another(app: &App, wanted: Wanted, id: AccountId) -> Result<()> {
    let mut tx = app.store.scoped_in_turn(wanted.tenant).await?;
    let now = tx.now().await?;
    let row = tx.account(id.uuid()).await?;
    tx.commit().await?;
    let row = row.ok_or_else(Error::not_found)?;
    account::usable(&row)?;
    let lives_long_enough = row.access_expires_at.is_none_or(|at| at >= now + wanted.min_ttl);
    let need = if lives_long_enough {
        Need::Another { generation: row.generation }
    } else {
        // It is due anyway, and that counts against no limit.
        Need::Life(wanted.min_ttl)
    };
    match app.refreshes.join_for(app, wanted.tenant, id, need).await? {
        Ended::Done => Ok(()),
        other => Err(other.refusal()),
    }
}
