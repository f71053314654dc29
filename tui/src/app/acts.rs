//! The changes that this operator has asked for: which are in flight, and how the others ended. They live here and not in
//! the dialog that asked for them, so that their outcome always arrives.

use bowline_api::JobId;
use bowline_api::admin::Job;
use bowline_api::status::{AccountStatus, JobState};
use bowline_api::v1::ResentWebhooks;
use chrono::{DateTime, Utc};

use crate::client::{Act, Answer, Failure, has_ended};
use crate::theme::Meaning;
use crate::when::{clock, stamp};

/// The number of acts kept; of those that have ended, the oldest is dropped first.
const MAX_ACTS: usize = 200;

/// How a change ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Ended {
    /// The act was done; the server says what is now.
    Done(String),
    /// The act was not done, or it is unknown whether it was.
    Failed(Failure),
}

/// A change that this operator has asked for.
#[derive(Debug, Clone)]
pub struct ActEntry {
    /// The number of the act's call.
    pub number: u64,
    /// What the act is called, such as `revoke ada@acme.example`.
    pub name: String,
    /// The context in which it was asked for.
    pub context: String,
    /// When it was asked for.
    pub at: DateTime<Utc>,
    /// How it ended; `None` while it is in flight.
    pub ended: Option<Ended>,
    /// The change that undoes it, if there is one.
    pub opposite: Option<Act>,
    /// The job that it has begun, while that is not known to have ended.
    pub job: Option<JobId>,
}

/// A change that was made, while one key can undo it.
#[derive(Debug, Clone)]
pub(super) struct Undo {
    /// The opposite change.
    pub(super) act: Act,
    /// What the change was called.
    pub(super) name: String,
    /// Until when the act can be undone.
    pub(super) until: DateTime<Utc>,
}

impl ActEntry {
    /// The entry as a line: when and what, how it ended, and how that looks.
    fn line(&self) -> (String, String, Meaning) {
        let (outcome, meaning) = match &self.ended {
            None => ("… in flight".to_owned(), Meaning::Busy),
            Some(Ended::Done(now)) => (format!("✓ {now}"), Meaning::Good),
            Some(Ended::Failed(failure)) => (format!("✕ {}", failed_act(failure)), Meaning::Bad),
        };
        (clock(self.at), format!("{}: {} → {outcome}", self.context, self.name), meaning)
    }

    /// The entry as a notice, once it has ended.
    pub fn notice(&self) -> String {
        match &self.ended {
            None => format!("… {}", self.name),
            Some(Ended::Done(now)) => format!("✓ {}: {now}", self.name),
            Some(Ended::Failed(failure)) => format!("✕ {}: {}", self.name, failed_act(failure)),
        }
    }
}

/// Why it failed, and what that says about the change.
fn failed_act(failure: &Failure) -> String {
    match failure {
        Failure::Unreachable(_) => format!("outcome unknown: {failure}"),
        other => format!("not done: {other}"),
    }
}

/// What the server's answer to a change says, in words.
pub(super) fn outcome(answer: &Answer) -> String {
    match answer {
        Answer::Account(detail) if detail.summary.account.status == AccountStatus::Revoking => {
            "no token of it is issued any more, and Dropbox is told to end the grant".to_owned()
        }
        Answer::Account(detail) => format!("the account is {}", detail.summary.account.status),
        Answer::Connector(connector) => format!("the connector is {}", connector.status),
        Answer::ReplacedSecret(replaced) => format!("the connector is {}", replaced.outcome()),
        Answer::Job(detail) => job_progress(&detail.job),
        Answer::ApiKey(key) if key.revoked_at.is_some() => "no server accepts the key any more".to_owned(),
        Answer::ApiKey(_) => "the key works again".to_owned(),
        Answer::Tenant(tenant) if tenant.frozen.is_some() => "the tenant is frozen".to_owned(),
        Answer::Tenant(_) => "the tenant is not frozen".to_owned(),
        Answer::ChangedOperator(operator) if operator.disabled_at.is_some() => "disabled".to_owned(),
        Answer::ChangedOperator(operator) => format!("the role is {}, enabled", operator.role),
        Answer::AddedOperator(operator) => format!("added with the role {}", operator.role),
        Answer::DrainStop(stop) if !stop.enabled => "the automatic stop is off".to_owned(),
        Answer::DrainStop(stop) => match stop.announced_until {
            Some(until) => format!("the automatic stop is on, a mass fetch announced until {}", stamp(until)),
            None => "the automatic stop is on".to_owned(),
        },
        Answer::NewApiKey(_) => "the key works from now on".to_owned(),
        Answer::Webhook(endpoint) => format!("the endpoint is {}", endpoint.state),
        Answer::NewWebhook(_) => "its secret signs from now on".to_owned(),
        Answer::WebhookTest(test) => format!("{} is on its way", test.event_id),
        Answer::Resent(ResentWebhooks { events: 1 }) => "1 event is on its way".to_owned(),
        Answer::Resent(ResentWebhooks { events }) => format!("{events} events are on their way"),
        Answer::SessionsEnded(1) => "1 session ended".to_owned(),
        Answer::SessionsEnded(count) => format!("{count} sessions ended"),
        _ => "done".to_owned(),
    }
}

/// How far a job is, in words.
fn job_progress(job: &Job) -> String {
    let total = job.total;
    match job.state.known() {
        Some(JobState::Prepared) => format!("{total} accounts found; nothing is done to them yet"),
        Some(JobState::AwaitingApproval) => format!("another operator has to approve it: {total} accounts"),
        Some(JobState::Running) => format!("begun: {total} accounts; its page shows how far it is"),
        Some(JobState::Stopped) => format!("stopped: {} of {total} done, {} failed", job.done, job.failed),
        Some(JobState::Cancelled) => "cancelled: nothing was done".to_owned(),
        Some(JobState::Finished) => format!("finished: {} of {total} done, {} failed", job.done, job.failed),
        None => format!("{}: {} of {total} done, {} failed", job.state, job.done, job.failed),
    }
}

/// The log of acts, oldest first.
#[derive(Debug, Default)]
pub struct Acts(Vec<ActEntry>);

impl Acts {
    /// Records that a change is in flight.
    pub fn sent(&mut self, entry: ActEntry) {
        self.0.push(entry);
        if self.0.len() > MAX_ACTS
            && let Some(oldest) = self.0.iter().position(|entry| entry.ended.is_some())
        {
            self.0.remove(oldest);
        }
    }

    /// Records how a change ended; `None` if it is not in flight.
    pub fn end(&mut self, number: u64, ended: Ended) -> Option<&ActEntry> {
        let entry = self.0.iter_mut().find(|entry| entry.number == number && entry.ended.is_none())?;
        entry.ended = Some(ended);
        Some(entry)
    }

    /// Notes which job a change has begun, so that its end is told.
    pub fn began(&mut self, number: u64, job: &Job) {
        let is_open = matches!(job.state.known(), Some(JobState::Running | JobState::AwaitingApproval));
        for entry in self.0.iter_mut().filter(|entry| entry.number == number) {
            entry.job = is_open.then_some(job.id);
        }
    }

    /// Records how a job has ended that one of the changes has begun; returns the notice.
    pub fn job_changed(&mut self, changed: &Job) -> Option<String> {
        if !has_ended(changed) {
            return None;
        }
        let entry = self.0.iter_mut().rfind(|entry| entry.job == Some(changed.id))?;
        (entry.job, entry.ended) = (None, Some(Ended::Done(job_progress(changed))));
        Some(entry.notice())
    }

    /// The number of changes in flight.
    pub fn in_flight(&self) -> usize {
        self.0.iter().filter(|entry| entry.ended.is_none()).count()
    }

    /// All acts, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &ActEntry> {
        self.0.iter()
    }

    /// The log for the dialog, newest first.
    pub fn lines(&self) -> Vec<(String, String, Meaning)> {
        self.0.iter().rev().map(ActEntry::line).collect()
    }
}
