//! The states of a job: prepared, confirmed, perhaps approved by a second person, and worked off.

use bowline_api::status::JobState::{
    self, AwaitingApproval, Cancelled, Finished, Prepared, Running, Stopped,
};

/// A cause for a job to change its state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobTrigger {
    /// Its operator confirmed it, and nobody else has to approve it.
    Confirmed,
    /// Its operator confirmed it, and a second person has to approve it.
    Proposed,
    /// A second person approved it.
    Approved,
    /// An operator stopped the job.
    Stopped,
    /// Its operator wants what is left and what failed to be tried again, and nobody else has to approve it.
    Retried,
    /// The same, and a second person has to approve it.
    RetryProposed,
    /// No account is left.
    Ended,
}

/// The state that `trigger` leads to; `None` if the trigger is not allowed in the state `old`.
pub const fn after(old: JobState, trigger: JobTrigger) -> Option<JobState> {
    Some(match (old, trigger) {
        (Prepared, JobTrigger::Confirmed)
        | (AwaitingApproval, JobTrigger::Approved)
        | (Stopped | Finished, JobTrigger::Retried) => Running,
        (Prepared, JobTrigger::Proposed) | (Stopped | Finished, JobTrigger::RetryProposed) => {
            AwaitingApproval
        }
        (Prepared | AwaitingApproval, JobTrigger::Stopped) => Cancelled,
        (Running, JobTrigger::Stopped) => Stopped,
        (Running, JobTrigger::Ended) => Finished,
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
            (JobTrigger::Confirmed, [Some(Running), None, None, None, None, None]),
            (JobTrigger::Proposed, [Some(AwaitingApproval), None, None, None, None, None]),
            (JobTrigger::Approved, [None, Some(Running), None, None, None, None]),
            (JobTrigger::Stopped, [Some(Cancelled), Some(Cancelled), Some(Stopped), None, None, None]),
            (JobTrigger::Retried, [None, None, None, Some(Running), None, Some(Running)]),
            (
                JobTrigger::RetryProposed,
                [None, None, None, Some(AwaitingApproval), None, Some(AwaitingApproval)],
            ),
            (JobTrigger::Ended, [None, None, Some(Finished), None, None, None]),
        ];
        assert_eq!(JobState::ALL, [Prepared, AwaitingApproval, Running, Stopped, Cancelled, Finished]);
        for (trigger, expected) in table {
            for (old, new) in JobState::ALL.iter().zip(expected) {
                assert_eq!(after(*old, trigger), new, "{old} {trigger:?}");
            }
        }
    }
}
