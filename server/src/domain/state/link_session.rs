//! The states of a link session. Each event is named by the state that it leads to.

use bowline_api::status::LinkSessionStatus::{
    self, Authorizing, Completed, Created, Denied, Expired, Failed, Returned,
};

/// Whether a session in the state `old` may become `new`. The same browser may begin again, so `authorizing` may follow
/// itself, and `returned` if the approval was for an account that the session does not accept.
pub const fn may_become(old: LinkSessionStatus, new: LinkSessionStatus) -> bool {
    match new {
        Created => false,
        Authorizing => may_start(old) || matches!(old, Returned),
        Denied => may_start(old),
        Returned => matches!(old, Authorizing),
        Completed => matches!(old, Returned),
        // A session that nobody has begun fails if its tenant cancels it.
        Failed | Expired => is_open(old),
    }
}

/// Whether a browser may be sent to the provider from this state.
const fn may_start(old: LinkSessionStatus) -> bool {
    matches!(old, Created | Authorizing)
}

/// Whether a session in this state has not ended.
pub const fn is_open(status: LinkSessionStatus) -> bool {
    matches!(status, Created | Authorizing | Returned)
}

/// The names of the states that may become `new`: the condition of an update.
pub fn before(new: LinkSessionStatus) -> Vec<&'static str> {
    LinkSessionStatus::ALL.iter().filter(|old| may_become(**old, new)).map(|old| old.as_str()).collect()
}

/// The names of the states from which a browser may be sent to the provider: the condition of an update. A session that has returned
/// gets there only when its approval is refused.
pub fn startable() -> Vec<&'static str> {
    LinkSessionStatus::ALL.iter().filter(|old| may_start(**old)).map(|old| old.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_of_states() {
        let table: [(LinkSessionStatus, &[LinkSessionStatus]); 7] = [
            (Created, &[]),
            (Authorizing, &[Created, Authorizing, Returned]),
            (Returned, &[Authorizing]),
            (Completed, &[Returned]),
            (Denied, &[Created, Authorizing]),
            (Failed, &[Created, Authorizing, Returned]),
            (Expired, &[Created, Authorizing, Returned]),
        ];
        assert_eq!(table.map(|(new, _)| new), LinkSessionStatus::ALL);
        for (new, allowed) in table {
            for old in LinkSessionStatus::ALL {
                assert_eq!(may_become(*old, new), allowed.contains(old), "{old} -> {new}");
            }
            let names: Vec<&str> = allowed.iter().map(|old| old.as_str()).collect();
            assert_eq!(before(new), names, "{new}");
        }
    }

    #[test]
    fn a_browser_is_sent_to_the_provider_only_before_it_has_returned() {
        assert_eq!(startable(), ["created", "authorizing"]);
    }

    #[test]
    fn a_session_that_has_ended_stays_so() {
        for old in LinkSessionStatus::ALL.iter().filter(|old| !is_open(**old)) {
            assert!(LinkSessionStatus::ALL.iter().all(|new| !may_become(*old, *new)), "{old}");
        }
    }
}
