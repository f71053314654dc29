//! The states of a connector: what breaks it, what mends it, and what operators disable and enable.

use bowline_api::status::ConnectorStatus::{self, Active, Broken, Disabled};

/// A cause for a connector to change its state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConnectorTrigger {
    /// The provider refused the connector's app key or secret.
    Refused,
    /// The provider accepted the connector's app key and secret again.
    Accepted,
    /// An operator replaced its app secret. A disabled connector stays disabled.
    SecretReplaced,
    /// An operator disabled it.
    Disabled,
    /// An operator enabled it again. Only the provider's answers show whether it works.
    Enabled,
}

/// The state that `trigger` leads to; `None` if the trigger is not allowed in the state `old`.
pub const fn after(old: ConnectorStatus, trigger: ConnectorTrigger) -> Option<ConnectorStatus> {
    Some(match (old, trigger) {
        (Active | Broken, ConnectorTrigger::Refused) => Broken,
        (Broken, ConnectorTrigger::Accepted)
        | (Active | Broken, ConnectorTrigger::SecretReplaced)
        | (Active | Disabled, ConnectorTrigger::Enabled) => Active,
        (_, ConnectorTrigger::Disabled) | (Disabled, ConnectorTrigger::SecretReplaced) => Disabled,
        (Disabled, ConnectorTrigger::Refused)
        | (Active | Disabled, ConnectorTrigger::Accepted)
        | (Broken, ConnectorTrigger::Enabled) => {
            return None;
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_trigger_in_every_state() {
        // Columns in the order of `ConnectorStatus::ALL`.
        let table = [
            (ConnectorTrigger::Refused, [Some(Broken), Some(Broken), None]),
            (ConnectorTrigger::Accepted, [None, Some(Active), None]),
            (ConnectorTrigger::SecretReplaced, [Some(Active), Some(Active), Some(Disabled)]),
            (ConnectorTrigger::Disabled, [Some(Disabled), Some(Disabled), Some(Disabled)]),
            (ConnectorTrigger::Enabled, [Some(Active), None, Some(Active)]),
        ];
        assert_eq!(ConnectorStatus::ALL, [Active, Broken, Disabled]);
        for (trigger, expected) in table {
            for (old, new) in ConnectorStatus::ALL.iter().zip(expected) {
                assert_eq!(after(*old, trigger), new, "{old} {trigger:?}");
            }
        }
    }
}
