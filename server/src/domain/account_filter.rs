//! The filter of operators' account lists.

use bowline_api::admin::AccountSort;
use bowline_api::status::AccountStatus;
use serde::Serialize;
use uuid::Uuid;

/// Selects the accounts of a list, and their order. Cursors are bound to it.
#[derive(Debug, Clone, Default, Serialize)]
pub struct AccountFilter {
    /// Only accounts of this tenant.
    pub tenant: Option<Uuid>,
    /// Only accounts in this state.
    pub status: Option<AccountStatus>,
    /// Only accounts that were linked through this connector.
    pub connector: Option<Uuid>,
    /// Only accounts with this scope.
    pub scope: Option<String>,
    /// A text to find in e-mail address, display name, external user id and provider account id.
    pub text: Option<String>,
    /// The account with this id also matches, whatever the text is.
    pub id: Option<Uuid>,
    /// The order of the list.
    pub sort: AccountSort,
}
