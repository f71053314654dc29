//! The states of a connector.

use bowline_api::status::ConnectorStatus::{self, Active, Broken, Disabled};

/// What happens to a connector.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
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

/// The state that `event` leads to; `None` where it is not allowed in the state `old`.
pub const fn after(old: ConnectorStatus, event: Event) -> Option<ConnectorStatus> {
    Some(match (old, event) {
        (Active | Broken, Event::Refused) => Broken,
        (Broken, Event::Accepted)
        | (Active | Broken, Event::SecretReplaced)
        | (Active | Disabled, Event::Enabled) => Active,
        (_, Event::Disabled) | (Disabled, Event::SecretReplaced) => Disabled,
        (Disabled, Event::Refused) | (Active | Disabled, Event::Accepted) | (Broken, Event::Enabled) => {
            return None;
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_in_every_state() {
        // In the order of `ConnectorStatus::ALL`.
        let table = [
            (Event::Refused, [Some(Broken), Some(Broken), None]),
            (Event::Accepted, [None, Some(Active), None]),
            (Event::SecretReplaced, [Some(Active), Some(Active), Some(Disabled)]),
            (Event::Disabled, [Some(Disabled), Some(Disabled), Some(Disabled)]),
            (Event::Enabled, [Some(Active), None, Some(Active)]),
        ];
        assert_eq!(ConnectorStatus::ALL, [Active, Broken, Disabled]);
        for (event, expected) in table {
            for (old, new) in ConnectorStatus::ALL.iter().zip(expected) {
                assert_eq!(after(*old, event), new, "{old} {event:?}");
            }
        }
    }
}
