//! The state of the database, the provider and the replicas at one moment.

use bowline_api::status::AccountStatus;

use super::Budget;

/// Time in units of about five seconds. Deadlines are stored as remaining time, so that states do not contain absolute
/// times.
pub type Ticks = i8;

/// An access token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Token {
    /// The grant that the token belongs to.
    pub grant: u8,
    /// The remaining lifetime according to the database.
    pub left: Ticks,
    /// The actual remaining lifetime.
    pub lives: Ticks,
}

/// The account's row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Account {
    /// Its status.
    pub status: AccountStatus,
    /// Increases with each token, link and revocation.
    pub generation: u8,
    /// Its access token.
    pub token: Option<Token>,
    /// The grant of its refresh token.
    pub grant: Option<u8>,
}

/// The row of `refresh_leases`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lease {
    /// The remaining time of the lease.
    pub left: Ticks,
    /// The remaining time in which nobody calls the provider.
    pub cool: Ticks,
    /// Whether the last holder returned the lease.
    pub ended: bool,
}

/// A link session whose user has returned with a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Session {
    /// Whether the code is still in the database.
    pub code: bool,
    /// A grant that was obtained but is not an account yet, with its token.
    pub parked: Option<Token>,
    /// The remaining time of the completion's claim.
    pub left: Ticks,
}

/// A row of `revocations`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Revocation {
    /// The grant to revoke.
    pub grant: u8,
    /// The account's generation when the revocation was queued; 0 if the grant never became an account.
    pub generation: u8,
    /// The remaining time until the revocation is due.
    pub wait: Ticks,
}

/// A grant at the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grant {
    /// The grant works.
    Alive,
    /// The user has disconnected the app.
    Disconnected,
    /// The server has revoked the grant.
    Revoked,
}

/// The values that a refresh has read from the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Row {
    /// The generation to refresh.
    pub generation: u8,
    /// The grant whose refresh token is sent.
    pub grant: u8,
}

/// The provider's response to a refresh.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Answer {
    /// A token with this lifetime from now on.
    Fresh(Ticks),
    /// The grant has ended.
    Dead,
    /// No usable response: a timeout, a 5xx, a 429 or garbage.
    Nothing,
}

/// Whether a replica still holds its lease or claim. The database determines this by owner and epoch, whose only
/// purpose is this comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Held {
    /// The row still names this attempt.
    Still,
    /// Another attempt holds it, or it has ended.
    Lost,
}

/// The current task of a replica. A replica with several tasks is modelled as several replicas.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Task {
    /// Nothing.
    Idle,
    /// Waits for another replica's refresh.
    Polling,
    /// A transaction of this age has read a token that is due, and is about to take the lease.
    Due(Ticks, Row),
    /// The lease was taken this long ago, and the provider is about to be called.
    Holding(Held, Ticks, Row),
    /// The provider's response has arrived and is about to be written.
    Answered(Held, Ticks, Row, Answer),
    /// The caller is about to be answered with this token, which happens only if the database is not read.
    Landed(Token),
    /// The link session was claimed and its code taken this long ago; the code is about to be sent.
    Exchanging(Held, Ticks),
    /// The grant is in memory.
    Exchanged(Held, Token),
    /// The grant is parked in the session, and the account is about to be stored.
    Parked(Held, Token),
    /// The revocation of this grant is claimed, and it is about to be revoked at the provider.
    Claimed(Held, u8),
    /// It is known whether the grant has ended, and this is about to be recorded.
    Tried(Held, u8, bool),
}

/// Ghost variables, which only the properties use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ghost {
    /// The number of justified refreshes (expiries, failures, take-overs, late results) minus the number performed.
    pub refreshes_due: i8,
    /// The last generation whose expiry is counted.
    pub counted: u8,
    /// Whether an operator has suspended the account.
    pub suspended: bool,
    /// A violation within a step rather than in a state.
    pub wrong: Option<Wrong>,
}

/// Violations within a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Wrong {
    /// A holder wrote although another one had taken the lease.
    StaleWrite,
    /// The generation decreased.
    GenerationBack,
    /// A caller gets a token of an account that is not active.
    NotActive,
    /// A caller got a token that has expired or belongs to another grant.
    DeadToken,
}

/// The complete state.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct State {
    /// The account.
    pub account: Account,
    /// Whether an operator has frozen the Dropbox account; this is stored separately from the account.
    pub frozen: bool,
    /// The lease, which does not exist before the first refresh.
    pub lease: Option<Lease>,
    /// The link in progress.
    pub session: Option<Session>,
    /// Pending revocations, in the order of their grants.
    pub revocations: Vec<Revocation>,
    /// The provider's grants.
    pub grants: Vec<Grant>,
    /// Grants that were only in the memory of a killed replica, or in a lost response; as a bit set.
    pub orphans: u8,
    /// The replicas, sorted because they are interchangeable.
    pub tasks: Vec<Task>,
    /// What may still happen.
    pub budget: Budget,
    /// Ghost variables for the properties.
    pub ghost: Ghost,
}

impl State {
    /// The token that a read of the database returns now: fresh, or `degraded` if a refresh failed.
    pub fn handed_out(&self) -> Option<Token> {
        self.account.token.filter(|token| self.account.status == AccountStatus::Active && token.left > 0)
    }

    /// The lease was taken or ended, so previous holders have lost it.
    pub(super) fn lose_leases(&mut self) {
        for task in &mut self.tasks {
            if let Task::Holding(held, ..) | Task::Answered(held, ..) = task {
                *held = Held::Lost;
            }
        }
    }

    /// The link session was claimed or ended, so previous claims are lost.
    pub(super) fn lose_session(&mut self) {
        for task in &mut self.tasks {
            if let Task::Exchanging(held, _) | Task::Exchanged(held, _) | Task::Parked(held, _) = task {
                *held = Held::Lost;
            }
        }
    }

    /// The revocation of `grant` was claimed, postponed or ended, so previous claims are lost.
    pub(super) fn lose_revocation(&mut self, grant: u8) {
        for task in &mut self.tasks {
            match task {
                Task::Claimed(held, of) | Task::Tried(held, of, _) if *of == grant => *held = Held::Lost,
                _ => {}
            }
        }
    }

    /// Records the first violation.
    pub(super) fn wrong(&mut self, what: Wrong) {
        self.ghost.wrong.get_or_insert(what);
    }
}
