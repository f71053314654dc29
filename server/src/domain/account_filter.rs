//! The filter of operators' account lists.

use bowline_api::admin::AccountSort;
use bowline_api::status::AccountStatus;
use bowline_api::{Ages, AnyOf};
use serde::Serialize;
use uuid::Uuid;

use super::Whose;

/// Selects the accounts of a list, and their order. Cursors are bound to it.
#[derive(Debug, Clone, Default, Serialize)]
pub struct AccountFilter {
    /// Whose accounts.
    pub tenants: Whose,
    /// Only accounts in any of these states.
    pub status: Option<AnyOf<AccountStatus>>,
    /// Only accounts that were linked through this connector.
    pub connector: Option<Uuid>,
    /// Only accounts with this scope.
    pub scope: Option<String>,
    /// A text to find in e-mail address, display name, external user id and provider account id.
    pub text: Option<String>,
    /// The account with this id also matches, whatever the text is.
    pub id: Option<Uuid>,
    /// Only accounts that were used or linked recently, or long ago.
    pub ages: Ages,
    /// The order of the list.
    pub sort: AccountSort,
}

impl AccountFilter {
    /// This filter for each of its states alone, or itself if it names none or one. Indexes begin with one state, so the accounts of several are
    /// read one state after the other.
    pub fn by_state(&self) -> Vec<Self> {
        let one = |status: &AccountStatus| Self { status: Some((*status).into()), ..self.clone() };
        self.status.as_ref().map_or_else(|| vec![self.clone()], |any| any.values().iter().map(one).collect())
    }

    /// Whether it names several states.
    pub fn has_several_states(&self) -> bool {
        self.status.as_ref().is_some_and(|any| any.single().is_none())
    }

    /// Whether a text, if any, is all that accounts are chosen by.
    pub fn is_text_alone(&self) -> bool {
        let Self { tenants, status, connector, scope, text: _, id: _, ages, sort: _ } = self;
        let has_none = tenants.tenants().is_none() && status.is_none() && connector.is_none();
        has_none && scope.is_none() && *ages == Ages::default()
    }
}
