//! The states of an account.

use bowline_api::status::AccountStatus::{self, Active, NeedsReauth, Revoked, Revoking, Suspended};

/// What happens to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// The provider issued tokens for its refresh token.
    Refreshed {
        /// Whether an operator's freeze is in force.
        frozen: bool,
    },
    /// The provider refused its refresh token.
    GrantDied,
    /// An operator froze its Dropbox account. The freeze is kept beside the account, so one that needs a new link stays as it is.
    Frozen,
    /// An operator lifted the freeze.
    Released,
    /// Its tenant or an operator revoked it.
    Revoked,
    /// Its revocation at the provider has ended: the grant is dead, or the server has given up.
    RevocationEnded,
}

/// The state that `event` leads to; `None` where it is not allowed in the state `old`.
pub const fn after(old: AccountStatus, event: Event) -> Option<AccountStatus> {
    Some(match (old, event) {
        (Active | NeedsReauth, Event::Refreshed { frozen }) => linked(frozen),
        (Active, Event::GrantDied) | (NeedsReauth, Event::Frozen) => NeedsReauth,
        (Active | Suspended, Event::Frozen) => Suspended,
        (Suspended | Active, Event::Released) => Active,
        (Active | NeedsReauth | Suspended, Event::Revoked) => Revoking,
        (Revoking, Event::RevocationEnded) => Revoked,
        _ => return None,
    })
}

/// The state of an account with a new grant. Its user may link it in every state, for the first time or again; no token of it is
/// issued while an operator's freeze of its Dropbox account is in force.
pub const fn linked(frozen: bool) -> AccountStatus {
    if frozen { Suspended } else { Active }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_in_every_state() {
        let forbidden = None;
        assert_eq!((linked(false), linked(true)), (Active, Suspended));
        // In the order of `AccountStatus::ALL`.
        let table = [
            (
                Event::Refreshed { frozen: false },
                [Some(Active), Some(Active), forbidden, forbidden, forbidden],
            ),
            (
                Event::Refreshed { frozen: true },
                [Some(Suspended), Some(Suspended), forbidden, forbidden, forbidden],
            ),
            (Event::GrantDied, [Some(NeedsReauth), forbidden, forbidden, forbidden, forbidden]),
            (Event::Frozen, [Some(Suspended), Some(NeedsReauth), Some(Suspended), forbidden, forbidden]),
            (Event::Released, [Some(Active), forbidden, Some(Active), forbidden, forbidden]),
            (Event::Revoked, [Some(Revoking), Some(Revoking), Some(Revoking), forbidden, forbidden]),
            (Event::RevocationEnded, [forbidden, forbidden, forbidden, Some(Revoked), forbidden]),
        ];
        assert_eq!(AccountStatus::ALL, [Active, NeedsReauth, Suspended, Revoking, Revoked]);
        for (event, expected) in table {
            for (old, new) in AccountStatus::ALL.iter().zip(expected) {
                assert_eq!(after(*old, event), new, "{old} {event:?}");
            }
        }
    }

    #[test]
    fn only_a_new_link_brings_a_revoked_account_back() {
        for event in [
            Event::Refreshed { frozen: false },
            Event::GrantDied,
            Event::Frozen,
            Event::Released,
            Event::Revoked,
            Event::RevocationEnded,
        ] {
            assert_eq!(after(Revoked, event), None, "{event:?}");
        }
    }
}
