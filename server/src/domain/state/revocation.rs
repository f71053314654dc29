//! The states of a revocation at the provider. Each event is named by the state that it leads to.

use bowline_api::status::RevocationStatus::{self, Done, Due, GivenUp};

/// Whether a revocation in the state `old` may become `new`. A postponed revocation becomes due again. A revocation
/// that has ended keeps its state, because its tokens are erased.
pub const fn may_become(old: RevocationStatus, new: RevocationStatus) -> bool {
    match (old, new) {
        (Due, Due | Done | GivenUp) => true,
        (Done | GivenUp, _) => false,
    }
}

/// The names of the states that may become `new`: the condition of an update.
pub fn before(new: RevocationStatus) -> Vec<&'static str> {
    RevocationStatus::ALL.iter().filter(|old| may_become(**old, new)).map(|old| old.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_of_states() {
        assert_eq!(RevocationStatus::ALL, [Due, Done, GivenUp]);
        for new in RevocationStatus::ALL {
            assert!(may_become(Due, *new), "{new}");
            assert!(!may_become(Done, *new) && !may_become(GivenUp, *new), "{new}");
            assert_eq!(before(*new), ["due"]);
        }
    }
}
