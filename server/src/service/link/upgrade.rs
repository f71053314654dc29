//! Scope upgrades: a session for an account that works asks only for the scopes that the account lacks.

use bowline_api::status::{AccountStatus, Protocol};
use bowline_provider::dropbox::is_team;

use crate::domain::{LinkOptions, Result, scope};
use crate::store::accounts::AccountRow;
use crate::store::connectors::ConnectorRow;
use crate::store::link_sessions::LinkSessionRow;

/// If `wanted` has scopes that the account lacks, adds those that it has, and returns them: the provider asks the user
/// for the others alone. Returns nothing if the account has all of them already, or if its grant has ended, so that the
/// provider has nothing to add.
///
/// # Errors
/// `unknown_state` if only a newer version knows the account's state or protocol.
pub(super) fn widen(
    connector: &ConnectorRow,
    account: &AccountRow,
    wanted: &mut Vec<String>,
) -> Result<Vec<String>> {
    // The provider adds to a team's scopes by a parameter of its own, which is not used.
    let works = account.status.known()? == AccountStatus::Active && !is_team(&account.provider_account_id);
    let adds =
        connector.protocol.known()? == Protocol::OAuth2 && account.protocol.known()? == Protocol::OAuth2;
    if !works || !adds || scope::missing(wanted, &account.scopes).is_empty() {
        return Ok(Vec::new());
    }
    let kept = account.scopes.iter().filter(|scope| connector.scopes.contains(scope));
    wanted.extend(kept.cloned());
    wanted.sort_unstable();
    wanted.dedup();
    Ok(account.scopes.clone())
}

/// The scopes to ask the provider for, and whether it is to add those that the user granted before.
pub(super) fn asked(session: &LinkSessionRow, options: &LinkOptions) -> (Vec<String>, bool) {
    let new = scope::missing(&session.scopes, &options.granted);
    let is_upgrade = !options.granted.is_empty();
    // The one that says which account was linked is requested each time.
    let identity = session.scopes.iter().filter(|scope| is_upgrade && *scope == scope::IDENTITY);
    let mut asked: Vec<String> = identity.cloned().chain(new).collect();
    asked.sort_unstable();
    asked.dedup();
    (asked, is_upgrade)
}
