//! The states of a connector.

use bowline_api::status::ConnectorStatus::{self, Active, Broken, Disabled};

/// What happens to a connector.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trigger {
    /// The provider refused its app key or secret.
    Refused,
    /// The provider accepted its app key and secret again.
    Accepted,
    /// An operator replaced its app secret. One that is disabled stays so.
    SecretReplaced,
    /// An operator disabled it.
    Disabled,
    /// An operator enabled it again. Whether it works is for the provider to say.
    Enabled,
}

/// The state that `trigger` leads to; `None` where it is not allowed in the state `old`.
pub const fn after(old: ConnectorStatus, trigger: Trigger) -> Option<ConnectorStatus> {
    Some(match (old, trigger) {
        (Active | Broken, Trigger::Refused) => Broken,
        (Broken, Trigger::Accepted)
        | (Active | Broken, Trigger::SecretReplaced)
        | (Active | Disabled, Trigger::Enabled) => Active,
        (_, Trigger::Disabled) | (Disabled, Trigger::SecretReplaced) => Disabled,
        (Disabled, Trigger::Refused)
        | (Active | Disabled, Trigger::Accepted)
        | (Broken, Trigger::Enabled) => {
            return None;
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_trigger_in_every_state() {
        // In the order of `ConnectorStatus::ALL`.
        let table = [
            (Trigger::Refused, [Some(Broken), Some(Broken), None]),
            (Trigger::Accepted, [None, Some(Active), None]),
            (Trigger::SecretReplaced, [Some(Active), Some(Active), Some(Disabled)]),
            (Trigger::Disabled, [Some(Disabled), Some(Disabled), Some(Disabled)]),
            (Trigger::Enabled, [Some(Active), None, Some(Active)]),
        ];
        assert_eq!(ConnectorStatus::ALL, [Active, Broken, Disabled]);
        for (trigger, expected) in table {
            for (old, new) in ConnectorStatus::ALL.iter().zip(expected) {
                assert_eq!(after(*old, trigger), new, "{old} {trigger:?}");
            }
        }
    }
}
