//! What operators look for in the palette by other words than those of an action, and the screen where it is done.

use crate::interface::dialog::Reaction;
use crate::registry::action::Action;
use crate::registry::place::Place;

/// Something that is done on another screen.
#[derive(Debug)]
pub(super) struct Jump {
    /// What the jump leads to, and where.
    pub(super) label: &'static str,
    /// Other words for it.
    pub(super) words: &'static str,
    place: Place,
    /// The query there; the one that is there anyway if empty.
    query: &'static str,
}

/// All of them.
pub(super) const JUMPS: &[Jump] = &[
    Jump {
        label: "replace an app secret: connectors",
        words: "wrong secret invalid_client broken connector rotate",
        place: Place::Connectors,
        query: "",
    },
    Jump {
        label: "revoke a leaked API key: API keys",
        words: "leaked stolen compromised lost secret",
        place: Place::ApiKeys,
        query: "",
    },
    Jump {
        label: "who has a token: an account's page",
        words: "leaked token holders held by last used fetched",
        place: Place::Accounts,
        query: "",
    },
    Jump {
        label: "users who must link again: accounts",
        words: "re-link relink reauth needs_reauth expired",
        place: Place::Accounts,
        query: "status:needs_reauth",
    },
    Jump {
        label: "accounts unused for long: accounts",
        words: "stale last used idle old",
        place: Place::Accounts,
        query: "used>90d sort:used",
    },
    Jump {
        label: "send webhooks again: webhook endpoints",
        words: "resend lost missed event delivery retry hook",
        place: Place::Webhooks,
        query: "",
    },
    Jump {
        label: "what an operator did: operators",
        words: "suspicious history who did audit actor",
        place: Place::Operators,
        query: "",
    },
];

impl Jump {
    /// What leads there.
    pub(super) fn reaction(&self) -> Reaction {
        if self.query.is_empty() {
            return Reaction::Perform(Action::Go(self.place));
        }
        Reaction::Find { place: self.place, query: self.query.to_owned() }
    }
}
