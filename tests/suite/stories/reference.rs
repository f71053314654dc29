//! The reference for stories: the expected state that the real service is compared with.

use bowline_api::status::AccountStatus::{self, Active, NeedsReauth, Revoked, Suspended};
use proptest::prelude::*;
use proptest::sample::select;
use proptest_state_machine::ReferenceStateMachine;

/// A replica, 0 or 1.
pub(super) type Replica = usize;

/// A step of a story.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// The user links the account, for the first time or again.
    Link(Replica),
    /// The user links the account again, first with a wrong one, and then chooses the right one in the same session.
    Choose(Replica),
    /// This many callers request the token at once, at this replica and at every other one that runs.
    Fetch(Replica, usize),
    /// A holder of the lease waits for Dropbox. Meanwhile the event happens; then Dropbox sends its answer, or only
    /// then starts to process the call.
    Meanwhile(Replica, Event, Dropbox),
    /// The token's remaining lifetime drops below what callers request.
    TokenRunsLow,
    /// The token expires.
    TokenDies,
    /// The clocks of Dropbox and the database advance by five hours.
    HoursPass,
    /// The pause after a failure ends.
    PauseEnds,
    /// The user disconnects the app in their Dropbox settings.
    Disconnect,
    /// The state of Dropbox changes.
    Turn(Provider),
    /// An operator suspends the account.
    Suspend,
    /// An operator resumes the account.
    Resume,
    /// The tenant revokes the account.
    Revoke(Replica),
    /// The replica is killed with SIGKILL.
    Kill(Replica),
    /// The replica is started again.
    Start(Replica),
}

/// An event while a holder of the lease waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Event {
    /// The lease expires, and the other replica refreshes.
    TakeOver,
    /// The holder is killed, and its lease expires.
    Kill,
    /// The tenant revokes the account.
    Revoke,
    /// An operator suspends the account.
    Suspend,
    /// The user links again.
    Link,
}

/// Whether Dropbox has processed the refresh that a holder waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dropbox {
    /// It has; its response is held back.
    HasAnswered,
    /// It has not processed the call yet.
    HasNotLooked,
}

/// The state of Dropbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Provider {
    /// It works.
    Up,
    /// Dropbox answers everything with 503, for an hour as it says.
    Down,
    /// Dropbox sends HTML instead of tokens.
    Nonsense,
}

/// The remaining lifetime of the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Life {
    /// Hours.
    Long,
    /// Less than callers request.
    Low,
    /// The token has expired.
    Over,
}

/// The expected answer to a caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    /// A token; true if it is `degraded`.
    Token(bool),
    /// A refusal with this status and code.
    Refused(u16, &'static str),
}

/// The expected state.
#[derive(Debug, Clone)]
pub(super) struct Expected {
    /// `None` before the first link. `revoked` includes `revoking`.
    pub(super) status: Option<AccountStatus>,
    /// Whether an operator has frozen the Dropbox account; revoking and linking again do not end that.
    pub(super) frozen: bool,
    /// The lifetime of the account's token.
    pub(super) life: Life,
    /// Whether the account's own grant is alive at Dropbox.
    pub(super) grant_lives: bool,
    /// The state of Dropbox.
    pub(super) provider: Provider,
    /// The state of Dropbox that caused the current pause.
    pub(super) pause: Option<Provider>,
    /// The replicas that are running.
    pub(super) runs: [bool; 2],
    /// The expected answer to the callers of this step.
    pub(super) told: Option<Told>,
    /// The expected number of token requests to Dropbox for the account's grant in this step.
    pub(super) asked: usize,
}

impl Expected {
    fn other_runs(&self, replica: Replica) -> bool {
        self.runs[1 - replica]
    }

    /// Whether a fetch would call Dropbox now.
    fn would_ask(&self) -> bool {
        self.status == Some(Active) && self.life != Life::Long && self.pause.is_none()
    }

    /// Determines the answer to a caller who fetches now, and the resulting state.
    fn fetch(&mut self) {
        if self.would_ask() {
            self.asked += 1;
            match self.provider {
                Provider::Up if self.grant_lives => self.life = Life::Long,
                Provider::Up => self.status = Some(NeedsReauth),
                failing => self.pause = Some(failing),
            }
        }
        self.told = Some(self.answer());
    }

    /// The answer that follows from the account's state.
    fn answer(&self) -> Told {
        match (self.status, self.life) {
            (Some(Active), Life::Long) => Told::Token(false),
            (Some(Active), Life::Low) => Told::Token(true),
            (Some(Active), Life::Over) if self.pause == Some(Provider::Nonsense) => {
                Told::Refused(502, "provider_malformed")
            }
            (Some(Active), Life::Over) => Told::Refused(503, "provider_unavailable"),
            (Some(NeedsReauth), _) => Told::Refused(409, "needs_reauth"),
            (Some(Suspended), _) => Told::Refused(403, "account_suspended"),
            _ => Told::Refused(410, "account_revoked"),
        }
    }

    fn link(&mut self) {
        self.status = Some(if self.frozen { Suspended } else { Active });
        (self.life, self.grant_lives) = (Life::Long, true);
    }

    fn suspend(&mut self) {
        (self.status, self.frozen) = (Some(Suspended), true);
    }

    fn resume(&mut self) {
        self.frozen = false;
        if self.status == Some(Suspended) {
            self.status = Some(Active);
        }
    }

    fn revoke(&mut self) {
        (self.status, self.grant_lives) = (Some(Revoked), false);
    }

    fn meanwhile(&mut self, replica: Replica, event: Event) {
        self.asked = 1;
        match event {
            Event::TakeOver => (self.asked, self.life) = (2, Life::Long),
            Event::Kill => self.runs[replica] = false,
            Event::Revoke => self.revoke(),
            Event::Suspend => self.suspend(),
            Event::Link => self.link(),
        }
        // A killed holder does not answer.
        self.told = (event != Event::Kill).then(|| self.answer());
    }

    /// All steps that are possible now; the most interesting ones occur more than once.
    fn possible(&self) -> Vec<Step> {
        let mut steps = vec![Step::HoursPass];
        let running: Vec<Replica> = (0..2).filter(|replica| self.runs[*replica]).collect();
        for &replica in &running {
            steps.extend([
                Step::Link(replica),
                Step::Choose(replica),
                Step::Kill(replica),
                Step::Revoke(replica),
            ]);
            steps.extend([1, 1, 1, 4, 4, 4].map(|callers| Step::Fetch(replica, callers)));
            for event in [Event::TakeOver, Event::Kill, Event::Revoke, Event::Suspend, Event::Link] {
                for dropbox in [Dropbox::HasAnswered, Dropbox::HasNotLooked] {
                    steps.push(Step::Meanwhile(replica, event, dropbox));
                }
            }
        }
        steps.extend((0..2).map(Step::Start));
        steps.extend([Step::TokenRunsLow, Step::TokenDies, Step::TokenDies, Step::PauseEnds]);
        steps.extend([Step::Disconnect, Step::Suspend, Step::Resume, Step::Resume]);
        steps.extend([Provider::Up, Provider::Up, Provider::Down, Provider::Nonsense].map(Step::Turn));
        steps.retain(|step| self.allows(*step));
        steps
    }

    /// Whether `step` is possible now.
    fn allows(&self, step: Step) -> bool {
        let holds_token = matches!(self.status, Some(Active | Suspended | NeedsReauth));
        match step {
            Step::Link(replica) => self.runs[replica] && self.provider != Provider::Down,
            // The grant of the wrong account is revoked, which takes Dropbox.
            Step::Choose(replica) => {
                self.runs[replica] && self.status.is_some() && self.provider == Provider::Up
            }
            // An invalid response starts a short pause, for which one caller suffices.
            Step::Fetch(replica, callers) => {
                self.runs[replica]
                    && self.status.is_some()
                    && (callers == 1 || self.provider != Provider::Nonsense)
            }
            Step::Meanwhile(replica, event, _) => {
                self.runs[replica]
                    && self.would_ask()
                    && self.provider == Provider::Up
                    && self.grant_lives
                    && (self.other_runs(replica) || !matches!(event, Event::TakeOver | Event::Kill))
                    && (self.runs[0] || event != Event::Suspend)
            }
            Step::TokenRunsLow => holds_token && self.life == Life::Long,
            Step::TokenDies => holds_token && self.life != Life::Over,
            Step::HoursPass => self.status.is_some(),
            Step::PauseEnds => self.pause.is_some(),
            Step::Disconnect => holds_token && self.grant_lives,
            Step::Turn(provider) => self.provider != provider,
            // The operator's session is at the first replica.
            Step::Suspend => self.runs[0] && self.status == Some(Active),
            Step::Resume => self.runs[0] && self.frozen,
            Step::Revoke(replica) => self.runs[replica] && holds_token,
            Step::Kill(replica) => self.runs[replica] && self.other_runs(replica),
            Step::Start(replica) => !self.runs[replica],
        }
    }
}

/// The reference in the form that proptest requires.
pub(super) struct Story;

impl ReferenceStateMachine for Story {
    type State = Expected;
    type Transition = Step;

    fn init_state() -> BoxedStrategy<Expected> {
        let nothing = Expected {
            status: None,
            frozen: false,
            life: Life::Long,
            grant_lives: false,
            provider: Provider::Up,
            pause: None,
            runs: [true; 2],
            told: None,
            asked: 0,
        };
        Just(nothing).boxed()
    }

    fn transitions(state: &Expected) -> BoxedStrategy<Step> {
        if state.status.is_none() {
            return select(vec![Step::Link(0), Step::Link(1)]).boxed();
        }
        select(state.possible()).boxed()
    }

    fn preconditions(state: &Expected, step: &Step) -> bool {
        state.allows(*step)
    }

    fn apply(mut state: Expected, step: &Step) -> Expected {
        (state.told, state.asked) = (None, 0);
        match *step {
            Step::Link(_) | Step::Choose(_) => state.link(),
            Step::Fetch(..) => state.fetch(),
            Step::Meanwhile(replica, event, _) => state.meanwhile(replica, event),
            Step::TokenRunsLow => state.life = Life::Low,
            Step::TokenDies => state.life = Life::Over,
            Step::HoursPass => (state.life, state.pause) = (Life::Over, None),
            Step::PauseEnds => state.pause = None,
            Step::Disconnect => state.grant_lives = false,
            Step::Turn(provider) => state.provider = provider,
            Step::Suspend => state.suspend(),
            Step::Resume => state.resume(),
            Step::Revoke(_) => state.revoke(),
            Step::Kill(replica) => state.runs[replica] = false,
            Step::Start(replica) => state.runs[replica] = true,
        }
        state
    }
}
