//! The states of a job: prepared, confirmed, perhaps approved by a second person, and worked off.

use bowline_api::status::JobState::{
    self, AwaitingApproval, Cancelled, Finished, Prepared, Running, Stopped,
};

/// A cause for a job to change its state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trigger {
    /// Its operator confirmed it, and nobody else has to approve it.
    Confirmed,
    /// Its operator confirmed it, and a second person has to approve it.
    Proposed,
    /// A second person approved it.
    Approved,
    /// An operator stopped it.
    Stopped,
    /// Its operator wants what is left and what failed to be tried again, and nobody else has to approve it.
    Retried,
    /// The same, and a second person has to approve it.
    RetryProposed,
    /// No account is left.
    Ended,
}

/// The state that `trigger` leads to; `None` if the trigger is not allowed in the state `old`.
pub const fn after(old: JobState, trigger: Trigger) -> Option<JobState> {
    Some(match (old, trigger) {
        (Prepared, Trigger::Confirmed)
        | (AwaitingApproval, Trigger::Approved)
        | (Stopped | Finished, Trigger::Retried) => Running,
        (Prepared, Trigger::Proposed) | (Stopped | Finished, Trigger::RetryProposed) => AwaitingApproval,
        (Prepared | AwaitingApproval, Trigger::Stopped) => Cancelled,
        (Running, Trigger::Stopped) => Stopped,
        (Running, Trigger::Ended) => Finished,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_trigger_in_every_state() {
        // Columns in the order of `JobState::ALL`.
        let table = [
            (Trigger::Confirmed, [Some(Running), None, None, None, None, None]),
            (Trigger::Proposed, [Some(AwaitingApproval), None, None, None, None, None]),
            (Trigger::Approved, [None, Some(Running), None, None, None, None]),
            (Trigger::Stopped, [Some(Cancelled), Some(Cancelled), Some(Stopped), None, None, None]),
            (Trigger::Retried, [None, None, None, Some(Running), None, Some(Running)]),
            (
                Trigger::RetryProposed,
                [None, None, None, Some(AwaitingApproval), None, Some(AwaitingApproval)],
            ),
            (Trigger::Ended, [None, None, Some(Finished), None, None, None]),
        ];
        assert_eq!(JobState::ALL, [Prepared, AwaitingApproval, Running, Stopped, Cancelled, Finished]);
        for (trigger, expected) in table {
            for (old, new) in JobState::ALL.iter().zip(expected) {
                assert_eq!(after(*old, trigger), new, "{old} {trigger:?}");
            }
        }
    }
}
