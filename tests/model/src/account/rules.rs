//! What a model is made with: how much may happen, and which of the server's rules hold.

/// How often things may happen; the rest, and the passing of time, happens as often as it can.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Budget {
    /// Callers who find the token due.
    pub fetches: u8,
    /// The user links the same account again.
    pub links: u8,
    /// Calls of the provider that fail without saying anything of the grant.
    pub faults: u8,
    /// Kills of a replica.
    pub crashes: u8,
    /// Suspend, resume or revoke.
    pub acts: u8,
    /// The user disconnects the app at the provider.
    pub disconnects: u8,
    /// The database's clock is set back by a tick.
    pub steps_back: u8,
}

/// The rules that keep it right; each can be left out, to see that the checker notices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct Rules {
    /// A lease is ended by its own holder only: owner and epoch are compared.
    pub fence: bool,
    /// The account is looked at again once the lease is held.
    pub look_again: bool,
    /// A refresh is written if the account is still active and at its generation.
    pub compare_and_swap: bool,
    /// Callers are answered from the database, not with what the refresh brought.
    pub answer_from_database: bool,
    /// A token's life is counted from before the provider was asked, not from when its answer is written.
    pub life_from_the_call: bool,
    /// A link revokes the grant that it replaces.
    pub replaced_grant_dies: bool,
    /// A finished revocation marks the account only if it is still at that generation.
    pub finish_at_generation: bool,
    /// A link is stored, and a grant kept, by the one who holds the session's claim only.
    pub session_claim: bool,
    /// A link keeps an operator's freeze, also of an account that was revoked meanwhile.
    pub suspension_outlives_links: bool,
}

impl Rules {
    /// As the server has them.
    pub const ALL: Self = Self {
        fence: true,
        look_again: true,
        compare_and_swap: true,
        answer_from_database: true,
        life_from_the_call: true,
        replaced_grant_dies: true,
        finish_at_generation: true,
        session_claim: true,
        suspension_outlives_links: true,
    };
}

/// One account, whatever may happen to it within a budget.
#[derive(Debug, Clone, Copy)]
pub struct Model {
    /// Things that are done at the same time: each on a replica of its own.
    pub replicas: usize,
    /// How much may happen.
    pub budget: Budget,
    /// Which rules hold.
    pub rules: Rules,
}
