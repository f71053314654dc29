//! The kind of account that a tenant requires, and whether the user came back with one.

use bowline_api::status::RequiredRole;
use bowline_provider::{Profile, Role};

use crate::domain::{LinkOptions, Result};
use crate::store::link_sessions::LinkSessionRow;

/// The failure of a session whose user approved with an account of the other kind. The user can remove the parameter
/// from the provider's page, so the result is checked.
pub(super) const WRONG_ROLE: &str = "wrong_role";

/// The role in the provider's terms.
pub(super) fn provider_role(role: RequiredRole) -> Role {
    match role {
        RequiredRole::Work => Role::Work,
        RequiredRole::Personal => Role::Personal,
    }
}

/// Whether the account is known to be of another kind than `session` requires.
///
/// # Errors
/// If the session's options are unreadable.
pub(super) fn is_refused(session: &LinkSessionRow, who: &Profile) -> Result<bool> {
    let required = LinkOptions::read(session.options.as_deref())?.require_role.map(provider_role);
    Ok(matches!((required, who.role), (Some(required), Some(found)) if required != found))
}
