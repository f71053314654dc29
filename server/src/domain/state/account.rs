//! The states of an account, and which event leads from one to another.

use bowline_api::status::AccountStatus::{self, Active, NeedsReauth, Revoked, Revoking, Suspended};

/// A cause for an account to change its state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountTrigger {
    /// The provider issued tokens for the account's refresh token.
    Refreshed {
        /// Whether an operator's freeze of the account is in force.
        frozen: bool,
    },
    /// The provider refused the account's refresh token.
    GrantDied,
    /// An operator froze its Dropbox account. The freeze is stored separately, so an account that needs a new link
    /// keeps its state.
    Frozen,
    /// An operator lifted the account's freeze.
    Released,
    /// The account's tenant or an operator revoked it.
    Revoked,
    /// Its revocation at the provider has ended: the grant is dead, or the server has given up.
    RevocationEnded,
}

/// The state that `trigger` leads to; `None` if the trigger is not allowed in the state `old`.
pub const fn after(old: AccountStatus, trigger: AccountTrigger) -> Option<AccountStatus> {
    Some(match (old, trigger) {
        (Active | NeedsReauth, AccountTrigger::Refreshed { frozen }) => linked(frozen),
        (Active, AccountTrigger::GrantDied) | (NeedsReauth, AccountTrigger::Frozen) => NeedsReauth,
        (Active | Suspended, AccountTrigger::Frozen) => Suspended,
        (Suspended | Active, AccountTrigger::Released) => Active,
        (Active | NeedsReauth | Suspended, AccountTrigger::Revoked) => Revoking,
        (Revoking, AccountTrigger::RevocationEnded) => Revoked,
        _ => return None,
    })
}

/// The state of an account with a new grant. Its user may link it in every state, for the first time or again; no token
/// of it is issued while an operator's freeze of its Dropbox account is in force.
pub const fn linked(frozen: bool) -> AccountStatus {
    if frozen { Suspended } else { Active }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_trigger_in_every_state() {
        let forbidden = None;
        assert_eq!((linked(false), linked(true)), (Active, Suspended));
        // Columns in the order of `AccountStatus::ALL`.
        let table = [
            (
                AccountTrigger::Refreshed { frozen: false },
                [Some(Active), Some(Active), forbidden, forbidden, forbidden],
            ),
            (
                AccountTrigger::Refreshed { frozen: true },
                [Some(Suspended), Some(Suspended), forbidden, forbidden, forbidden],
            ),
            (AccountTrigger::GrantDied, [Some(NeedsReauth), forbidden, forbidden, forbidden, forbidden]),
            (
                AccountTrigger::Frozen,
                [Some(Suspended), Some(NeedsReauth), Some(Suspended), forbidden, forbidden],
            ),
            (AccountTrigger::Released, [Some(Active), forbidden, Some(Active), forbidden, forbidden]),
            (AccountTrigger::Revoked, [Some(Revoking), Some(Revoking), Some(Revoking), forbidden, forbidden]),
            (AccountTrigger::RevocationEnded, [forbidden, forbidden, forbidden, Some(Revoked), forbidden]),
        ];
        assert_eq!(AccountStatus::ALL, [Active, NeedsReauth, Suspended, Revoking, Revoked]);
        for (trigger, expected) in table {
            for (old, new) in AccountStatus::ALL.iter().zip(expected) {
                assert_eq!(after(*old, trigger), new, "{old} {trigger:?}");
            }
        }
    }

    #[test]
    fn only_a_new_link_brings_a_revoked_account_back() {
        for trigger in [
            AccountTrigger::Refreshed { frozen: false },
            AccountTrigger::GrantDied,
            AccountTrigger::Frozen,
            AccountTrigger::Released,
            AccountTrigger::Revoked,
            AccountTrigger::RevocationEnded,
        ] {
            assert_eq!(after(Revoked, trigger), None, "{trigger:?}");
        }
    }
}
