//! The filters by age, which several commands have.

use bowline_api::{Age, Ages};
use clap::Args;

/// How long ago accounts were used and linked.
#[derive(Debug, Clone, Copy, Args)]
pub struct AgeArgs {
    /// Only used within this time, such as 90d: a number and m, h, d or w
    #[arg(long, value_name = "AGE")]
    used_within: Option<Age>,
    /// Only not used for this time, such as 90d, and not linked within it
    #[arg(long, value_name = "AGE")]
    unused_for: Option<Age>,
    /// Only first linked within this time, such as 7d
    #[arg(long, value_name = "AGE")]
    linked_within: Option<Age>,
    /// Only first linked longer ago than this, such as 365d
    #[arg(long, value_name = "AGE")]
    linked_for: Option<Age>,
}

impl AgeArgs {
    /// The filters.
    pub fn ages(&self) -> Ages {
        let Self { used_within, unused_for, linked_within, linked_for } = *self;
        Ages { used_within, unused_for, linked_within, linked_for }
    }

    /// The filters, and those of a saved query where there is none here.
    pub fn ages_or(&self, saved: Ages) -> Ages {
        Ages {
            used_within: self.used_within.or(saved.used_within),
            unused_for: self.unused_for.or(saved.unused_for),
            linked_within: self.linked_within.or(saved.linked_within),
            linked_for: self.linked_for.or(saved.linked_for),
        }
    }
}
