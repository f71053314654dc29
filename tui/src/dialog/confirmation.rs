//! What an operator types to confirm a change, in a dialog and on the command line: a reason, and the end of the id.

use std::ops::RangeInclusive;

use bowline_api::AccountId;

use crate::text::CONFIRM_CHARS;

/// The length of a reason in characters; the server has the same rule.
const REASON_CHARS: RangeInclusive<usize> = 3..=500;

/// Whether the server accepts this reason.
pub fn is_reason(text: &str) -> bool {
    REASON_CHARS.contains(&text.trim().chars().count())
}

/// The length of a reason in words.
pub fn reason_length() -> String {
    format!("{} to {} characters", REASON_CHARS.start(), REASON_CHARS.end())
}

/// The text that confirms an action on this account: the end of its id.
pub fn confirmation(id: AccountId) -> String {
    end_of(&id.to_string()).to_owned()
}

/// The end of an id, which confirms an action on what it identifies.
pub fn end_of(id: &str) -> &str {
    &id[id.len().saturating_sub(CONFIRM_CHARS)..]
}
