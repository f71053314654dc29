//! Which accounts an operator asks for.

use bowline_api::admin::AccountSort;
use bowline_api::status::AccountStatus;
use serde::Serialize;
use uuid::Uuid;

/// Which accounts a list contains, and in which order. Cursors are bound to it.
#[derive(Debug, Clone, Default, Serialize)]
pub struct AccountFilter {
    /// One tenant's alone.
    pub tenant: Option<Uuid>,
    /// In this state alone.
    pub status: Option<AccountStatus>,
    /// Linked through this connector alone.
    pub connector: Option<Uuid>,
    /// Granted this scope.
    pub scope: Option<String>,
    /// A text to find in e-mail address, display name, external user id and provider account id.
    pub text: Option<String>,
    /// Or this very account.
    pub id: Option<Uuid>,
    /// In which order.
    pub sort: AccountSort,
}
