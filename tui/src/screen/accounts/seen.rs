//! The ids that were on the screen, found by the end that the screen shows of them.

use std::collections::HashMap;

use bowline_api::AccountId;

use crate::text::CONFIRM_CHARS;

/// How many ids are remembered; beyond that, it begins anew.
const MAX_SEEN_IDS: usize = 4_096;

/// The ids that were on the screen.
#[derive(Debug, Default)]
pub(super) struct SeenIds(HashMap<String, AccountId>);

impl SeenIds {
    /// Remembers these ids.
    pub(super) fn remember(&mut self, ids: impl Iterator<Item = AccountId>) {
        if self.0.len() > MAX_SEEN_IDS {
            self.0.clear();
        }
        self.0.extend(ids.map(|id| {
            let text = id.to_string();
            (text[text.len() - CONFIRM_CHARS..].to_owned(), id)
        }));
    }

    /// The whole id of one that is shortened, such as `acct_01h4…5k2qxz`; `None` if it was not on the screen.
    pub(super) fn whole(&self, shown: &str) -> Option<AccountId> {
        let (head, end) = shown.split_once('…')?;
        self.0.get(end).copied().filter(|id| id.to_string().starts_with(head))
    }
}
