//! Notices of the provider about changed files.

/// What became of a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeOutcome {
    /// Accounts are marked, and their tenant is told.
    Marked,
    /// The notice names no account that is not marked already.
    Nothing,
    /// The notice's signature is wrong or absent.
    Unverified,
    /// The notice's connector does not exist.
    Unknown,
    /// It is signed but no notice.
    Malformed,
    /// A limit refused it.
    Limited,
    /// The notice failed, because the database is not available.
    Failed,
}

impl NoticeOutcome {
    const ALL: [Self; 7] = [
        Self::Marked,
        Self::Nothing,
        Self::Unverified,
        Self::Unknown,
        Self::Malformed,
        Self::Limited,
        Self::Failed,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Marked => "marked",
            Self::Nothing => "nothing",
            Self::Unverified => "unverified",
            Self::Unknown => "unknown",
            Self::Malformed => "malformed",
            Self::Limited => "limited",
            Self::Failed => "failed",
        }
    }
}

/// Creates series from the start, so that their first event is visible as an increase.
pub(super) fn register() {
    for outcome in NoticeOutcome::ALL {
        metrics::counter!("bowline_notices_total", "outcome" => outcome.name()).increment(0);
    }
}

/// Records what became of a notice.
pub fn notice(outcome: NoticeOutcome) {
    metrics::counter!("bowline_notices_total", "outcome" => outcome.name()).increment(1);
}
