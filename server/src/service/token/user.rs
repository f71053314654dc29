//! Tokens by the tenant's own name for its user, which must have one active account.

use bowline_api::status::AccountStatus;
use bowline_api::{AccountId, ConnectorId, TenantId};

use super::fetch::measure::Measure;
use crate::app::App;
use crate::domain::identity::ExternalUserId;
use crate::domain::{Code, Error, Facts, Result};
use crate::store::Stored;
use crate::store::accounts::{AccountRow, OwnAccounts};

/// The account to use: the user's only active account, otherwise the newest, whose status explains why there is no
/// token.
///
/// # Errors
/// `not_found`; `ambiguous_account` if the user has several active accounts.
pub(super) async fn account_of(
    app: &App,
    tenant: TenantId,
    user: &ExternalUserId,
    connector: Option<ConnectorId>,
) -> Result<AccountId> {
    let measure = Measure::begin();
    find_account_of_user(app, tenant, user, connector).await.inspect_err(|error| measure.refuse(error.code()))
}

async fn find_account_of_user(
    app: &App,
    tenant: TenantId,
    user: &ExternalUserId,
    connector: Option<ConnectorId>,
) -> Result<AccountId> {
    let filter = OwnAccounts { external_user_id: Some(user.as_str()), limit: 1000, ..OwnAccounts::default() };
    let rows = app.store.scoped_in_turn(tenant, async |tx| tx.own_accounts(&filter).await).await?;
    let rows: Vec<AccountRow> = rows
        .into_iter()
        .filter(|account_row| connector.is_none_or(|connector| connector.uuid() == account_row.connector_id))
        .collect();
    let active: Vec<&AccountRow> =
        rows.iter().filter(|account_row| account_row.status == AccountStatus::Active).collect();
    // An account in a state that only a newer version knows may be the right one. Its own error says so.
    let unknown = rows.iter().find(|account_row| matches!(account_row.status, Stored::Unknown(_)));
    match (active.as_slice(), unknown.or(rows.first())) {
        ([one], _) => Ok(one.id.into()),
        ([], Some(newest)) => Ok(newest.id.into()),
        ([], None) => Err(Error::not_found()),
        (several, _) => {
            let ids = several.iter().map(|account_row| account_row.id.into()).collect();
            let detail = "the user has several active accounts; ask for one of account_ids";
            Err(Code::AmbiguousAccount.because(detail).with(Facts::Accounts { account_ids: ids }).into())
        }
    }
}
