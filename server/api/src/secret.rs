//! The kinds of secrets that Bowline makes, and how each begins, so that a leaked one is recognised.

/// What a secret of Bowline is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretKind {
    /// A tenant app's API key.
    ApiKey,
    /// An API key of a sandbox.
    TestApiKey,
    /// An operator's session.
    OperatorSession,
    /// The end user's access to a link session.
    LinkTicket,
    /// The code with which the tenant completes a finished authorization.
    LinkCode,
    /// The end user's access to the page with their accounts.
    ManageTicket,
    /// The terminal's access to an operator's login at the identity provider that has begun.
    SignOn,
}

impl SecretKind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::ApiKey,
        Self::TestApiKey,
        Self::OperatorSession,
        Self::LinkTicket,
        Self::LinkCode,
        Self::ManageTicket,
        Self::SignOn,
    ];

    /// The fixed beginning of the secret's text.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::ApiKey => "bwl_sk_",
            Self::TestApiKey => "bwl_test_",
            Self::OperatorSession => "bwl_op_",
            Self::LinkTicket => "bwl_lk_",
            Self::LinkCode => "bwl_lc_",
            Self::ManageTicket => "bwl_mt_",
            Self::SignOn => "bwl_so_",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_beginning_of_its_own() {
        let all: std::collections::BTreeSet<_> =
            SecretKind::ALL.into_iter().map(SecretKind::prefix).collect();
        assert_eq!(all.len(), SecretKind::ALL.len());
        assert!(all.iter().all(|prefix| prefix.starts_with("bwl_") && prefix.ends_with('_')));
    }
}
