//! The parameters of a model: how much may happen, and which of the server's rules are in force.

/// How often things may happen. Everything else, including the passing of time, is unlimited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Budget {
    /// Callers that find the token due.
    pub fetches: u8,
    /// Links of the same account by the user.
    pub links: u8,
    /// Calls of the provider that fail without information about the grant.
    pub faults: u8,
    /// Kills of a replica.
    pub crashes: u8,
    /// Suspensions, resumptions and revocations.
    pub acts: u8,
    /// Disconnects of the app by the user at the provider.
    pub disconnects: u8,
    /// Setting back the database's clock by a tick.
    pub steps_back: u8,
}

/// The rules that make the server correct. Each can be disabled, to verify that the checker notices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a separate switch")]
pub struct Rules {
    /// Only its own holder can end a lease: owner and epoch are compared.
    pub fence: bool,
    /// The account is read again once the lease is held.
    pub look_again: bool,
    /// A refresh is written only if the account is still active and at the same generation.
    pub compare_and_swap: bool,
    /// Callers are answered from the database, not with the result of the refresh.
    pub answer_from_database: bool,
    /// A token's lifetime starts before the call of the provider, not when the answer is written.
    pub life_from_the_call: bool,
    /// A link revokes the grant that it replaces.
    pub replaced_grant_dies: bool,
    /// A finished revocation changes the account only if the account is still at the same generation.
    pub finish_at_generation: bool,
    /// Only the holder of the session's claim can store a link or park a grant.
    pub session_claim: bool,
    /// A link keeps an operator's freeze, even if the account was revoked meanwhile.
    pub suspension_outlives_links: bool,
}

impl Rules {
    /// The rules of the server.
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

/// A model of one account to which anything may happen within a budget.
#[derive(Debug, Clone, Copy)]
pub struct Model {
    /// The number of replicas, each of which does one thing at a time.
    pub replicas: usize,
    /// How much may happen.
    pub budget: Budget,
    /// The rules that are in force.
    pub rules: Rules,
}
