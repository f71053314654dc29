//! Opens the dialogs about acts on many accounts: to prepare one, and to decide about it.

use bowline_api::admin::{AccountSummary, CreateJob, Job, JobDetail};
use bowline_api::status::JobState;

use crate::client::{Act, Answer, Proof, has_ended};
use crate::interface::dialog::Reaction;
use crate::registry::place::Place;
use crate::text::count;
use crate::when::clock;

use super::form::ChangeDialog;

/// How many accounts a dialog shows as examples.
const SAMPLE_ACCOUNTS: usize = 5;

/// The dialog that prepares a job; `what` says which accounts it is for. The dialog that confirms it comes next.
pub fn prepare_job(wanted: CreateJob, what: &str) -> Reaction {
    let about = vec![what.to_owned(), format!("tenant {}", wanted.tenant)];
    let act = Act::PrepareJob { wanted: Box::new(wanted) };
    let names = (format!("the revocation of {what}"), String::new());
    let dialog = ChangeDialog::new(act, "prepare", names, about).followed_by(confirm_prepared);
    Reaction::Open(Box::new(dialog))
}

fn confirm_prepared(act: &Act, answer: &Answer) -> Vec<Reaction> {
    let (Act::PrepareJob { wanted }, Answer::Job(detail)) = (act, answer) else { return Vec::new() };
    let marked = wanted.accounts.as_ref().map_or(0, Vec::len) as u64;
    let left_out = marked.saturating_sub(detail.job.total);
    let mut lines = Vec::new();
    if left_out > 0 {
        lines.push(format!("{} of those marked are left out: they are revoked already", count(left_out)));
    }
    lines.extend(sample_lines(detail));
    vec![confirm_job(Some(&detail.job), &lines)]
}

/// Some accounts of a job, a line for each.
pub fn sample_lines(detail: &JobDetail) -> Vec<String> {
    let line = |row: &AccountSummary| {
        let account = &row.account;
        format!("{} · {} · {}", account.email, account.external_user_id, account.status)
    };
    let mut lines: Vec<_> = detail.sample.iter().take(SAMPLE_ACCOUNTS).map(line).collect();
    let more = detail.job.total.saturating_sub(lines.len() as u64);
    lines.extend(
        (more > 0).then(|| {
            format!("… and {} more {}", count(more), if more == 1 { "account" } else { "accounts" })
        }),
    );
    lines
}

/// The dialog that confirms a prepared job, or approves one of another operator.
pub fn confirm_job(job: Option<&Job>, sample: &[String]) -> Reaction {
    let Some(job) = job else { return no_job() };
    let (id, proof) = (job.id, Proof::empty());
    match job.state.known() {
        Some(JobState::Prepared) => {
            let phrase = job.confirm.clone().unwrap_or_else(|| phrase("revoke", job, job.total));
            let act = Act::ConfirmJob { id, phrase: phrase.clone(), proof };
            decide_about_job(act, "revoke", job, phrase, sample)
        }
        Some(JobState::AwaitingApproval) => decide_about_job(
            Act::ApproveJob { id, proof },
            "approve",
            job,
            phrase("approve", job, job.total),
            sample,
        ),
        _ => Reaction::Notify(format!("this job is {}; there is nothing to confirm or approve", job.state)),
    }
}

/// The dialog that lets a job try again what is left and what failed.
pub fn retry_job(job: Option<&Job>) -> Reaction {
    let Some(job) = job else { return no_job() };
    let left = job.total.saturating_sub(job.done);
    match job.state.known() {
        Some(JobState::Stopped | JobState::Finished) if left == 0 => {
            Reaction::Notify("every account of this job is done".to_owned())
        }
        Some(JobState::Stopped | JobState::Finished) => {
            let act = Act::RetryJob { id: job.id, proof: Proof::empty() };
            decide_about_job(act, "retry", job, phrase("retry", job, left), &[])
        }
        _ => Reaction::Notify(format!("this job is {}; only one that has ended can be retried", job.state)),
    }
}

/// The dialog that stops a job.
pub fn stop_job(job: Option<&Job>) -> Reaction {
    let Some(job) = job else { return no_job() };
    if has_ended(job) {
        return Reaction::Notify(format!("this job is {} already", job.state));
    }
    // The server decides whether a state that only it knows can be stopped.
    let act = Act::StopJob { id: job.id, reason: String::new() };
    let names = (format!("the job for {}", of_tenant(job, job.total)), job.id.to_string());
    Reaction::Open(Box::new(ChangeDialog::new(act, "stop", names, about_job(job))))
}

/// A dialog with a phrase and the operator's own password.
fn decide_about_job(act: Act, verb: &'static str, job: &Job, phrase: String, sample: &[String]) -> Reaction {
    let mut lines = about_job(job);
    lines.extend(sample.iter().cloned());
    let names = (of_tenant(job, job.total), job.id.to_string());
    let show = |_: &Act, answer: &Answer| match answer {
        Answer::Job(detail) => vec![Reaction::Go(Place::Job(detail.job.id))],
        _ => Vec::new(),
    };
    let dialog = ChangeDialog::new(act, verb, names, lines).typed(phrase).followed_by(show);
    Reaction::Open(Box::new(dialog))
}

fn about_job(job: &Job) -> Vec<String> {
    let progress = match job.state.known() {
        Some(JobState::Prepared | JobState::AwaitingApproval) => {
            format!("found at {}, to be decided until {}", clock(job.created_at), clock(job.expires_at))
        }
        _ => format!("{} done, {} failed", count(job.done), count(job.failed)),
    };
    vec![
        format!("{} to be revoked", of_tenant(job, job.total)),
        progress,
        format!("reason: {} ({})", job.reason, job.created_by),
    ]
}

/// The phrase for this number of accounts, in the form of the server's own.
pub fn phrase(verb: &str, job: &Job, accounts: u64) -> String {
    let plural = if accounts == 1 { "account" } else { "accounts" };
    format!("{verb} {accounts} {plural} of {}", job.tenant)
}

fn of_tenant(job: &Job, accounts: u64) -> String {
    let plural = if accounts == 1 { "account" } else { "accounts" };
    format!("{} {plural} of {}", count(accounts), job.tenant)
}

fn no_job() -> Reaction {
    Reaction::Notify("no job is selected".to_owned())
}
