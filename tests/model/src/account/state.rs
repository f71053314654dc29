//! What the database, the provider and the replicas know at one moment.

use bowline_api::status::AccountStatus;

use super::Budget;

/// Time, in units of some five seconds. Deadlines are kept as what is left of them, so that no state knows how late it is.
pub type Ticks = i8;

/// An access token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Token {
    /// Of which grant.
    pub grant: u8,
    /// How long it lives by what is written in the database.
    pub left: Ticks,
    /// How long it really lives.
    pub lives: Ticks,
}

/// The account's row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Account {
    /// Its status.
    pub status: AccountStatus,
    /// Goes up with each token, link and revoke.
    pub generation: u8,
    /// Its access token.
    pub token: Option<Token>,
    /// The grant of its refresh token.
    pub grant: Option<u8>,
}

/// The row of `refresh_leases`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lease {
    /// Until when it is held.
    pub left: Ticks,
    /// Until when nobody asks the provider again.
    pub cool: Ticks,
    /// Whether its last holder gave it back.
    pub ended: bool,
}

/// A link session whose user has come back with a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Session {
    /// Whether the code is still in the database.
    pub code: bool,
    /// The grant that was obtained and is not an account yet, with its token.
    pub parked: Option<Token>,
    /// Until when whoever completes it is believed to be alive.
    pub left: Ticks,
}

/// A row of `revocations`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Revocation {
    /// The grant that must die.
    pub grant: u8,
    /// The account's generation when it was queued; 0 where it never became an account.
    pub generation: u8,
    /// When it is due.
    pub wait: Ticks,
}

/// A grant at the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grant {
    /// It works.
    Alive,
    /// The user has disconnected the app.
    Disconnected,
    /// We have revoked it.
    Revoked,
}

/// What a refresh has read of the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Row {
    /// The generation that it refreshes.
    pub generation: u8,
    /// The grant whose refresh token it sends.
    pub grant: u8,
}

/// What the provider said to a refresh.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Answer {
    /// A token that lives so long from now.
    Fresh(Ticks),
    /// The grant is dead.
    Dead,
    /// Nothing of use: a time-out, a 5xx, a 429, something that makes no sense.
    Nothing,
}

/// Whether a replica still has what it took: its lease, its claim. The database tells by owner and epoch, which serve nothing
/// but to be compared with the row's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Held {
    /// The row names this very try.
    Still,
    /// Somebody else has taken it since, or it has ended.
    Lost,
}

/// What one replica is doing. Others of its tasks count as those of another replica.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Task {
    /// Nothing.
    Idle,
    /// Waits for another replica's refresh.
    Polling,
    /// A transaction that began so long ago has read a token that is due, and is about to take the lease.
    Due(Ticks, Row),
    /// Has taken the lease so long ago, and is about to ask the provider.
    Holding(Held, Ticks, Row),
    /// Has the provider's answer, and is about to write it down.
    Answered(Held, Ticks, Row, Answer),
    /// Is about to answer its caller with this token: only where the database is not asked.
    Landed(Token),
    /// Has claimed the link session and taken the code out so long ago, and is about to send it.
    Exchanging(Held, Ticks),
    /// Has the grant in memory.
    Exchanged(Held, Token),
    /// The grant is in the session; about to store the account.
    Parked(Held, Token),
    /// Has claimed the revocation of this grant, and is about to revoke it at the provider.
    Claimed(Held, u8),
    /// Knows whether the grant is dead, and is about to write that down.
    Tried(Held, u8, bool),
}

/// What nobody in the server knows, for the properties alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ghost {
    /// Refreshes that there are reasons for (expiries, failures, take-overs, results that came too late) less those made.
    pub refreshes_due: i8,
    /// The last generation whose expiry is counted.
    pub counted: u8,
    /// Whether an operator has suspended the account.
    pub suspended: bool,
    /// What went wrong in a step, rather than in a state.
    pub wrong: Option<Wrong>,
}

/// What must never happen in one step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Wrong {
    /// A holder wrote whose lease another had taken.
    StaleWrite,
    /// The generation went down.
    GenerationBack,
    /// A caller got a token of an account that is not active.
    NotActive,
    /// A caller got a token that is dead, or another grant's.
    DeadToken,
}

/// Everything.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct State {
    /// The account.
    pub account: Account,
    /// Whether an operator has frozen the Dropbox account that it stands for; kept beside the account.
    pub frozen: bool,
    /// Its lease; none before the first refresh.
    pub lease: Option<Lease>,
    /// The link under way.
    pub session: Option<Session>,
    /// Revocations that are not done, in the order of their grants.
    pub revocations: Vec<Revocation>,
    /// The provider's grants.
    pub grants: Vec<Grant>,
    /// Grants that were alive in a killed replica's memory only, or in an answer that got lost; as bits.
    pub orphans: u8,
    /// The replicas, sorted: they are all alike.
    pub tasks: Vec<Task>,
    /// What may still happen.
    pub budget: Budget,
    /// For the properties.
    pub ghost: Ghost,
}

impl State {
    /// What a look at the database hands out now: fresh, or `degraded` where a refresh did not come about.
    pub fn handed_out(&self) -> Option<Token> {
        self.account.token.filter(|token| self.account.status == AccountStatus::Active && token.left > 0)
    }

    /// Somebody takes the lease, or ends it.
    pub(super) fn lose_leases(&mut self) {
        for task in &mut self.tasks {
            if let Task::Holding(held, ..) | Task::Answered(held, ..) = task {
                *held = Held::Lost;
            }
        }
    }

    /// Somebody claims the link session, or ends it.
    pub(super) fn lose_session(&mut self) {
        for task in &mut self.tasks {
            if let Task::Exchanging(held, _) | Task::Exchanged(held, _) | Task::Parked(held, _) = task {
                *held = Held::Lost;
            }
        }
    }

    /// Somebody claims the revocation of `grant`, puts it off, or ends it.
    pub(super) fn lose_revocation(&mut self, grant: u8) {
        for task in &mut self.tasks {
            match task {
                Task::Claimed(held, of) | Task::Tried(held, of, _) if *of == grant => *held = Held::Lost,
                _ => {}
            }
        }
    }

    /// Notes the first thing that went wrong.
    pub(super) fn wrong(&mut self, what: Wrong) {
        self.ghost.wrong.get_or_insert(what);
    }
}
