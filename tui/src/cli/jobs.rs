//! `bowline jobs`: prepares, confirms and follows an act on many accounts.

use std::io::{IsTerminal as _, Write as _, stderr, stdin};
use std::process::ExitCode;

use bowline_api::admin::{CreateJob, Job, JobDetail, JobFilter};
use bowline_api::status::{AccountStatus, JobItemState, JobKind, JobState};
use bowline_api::{AccountId, Ages, AnyOf, ConnectorId, JobId};
use chrono::{DateTime, Utc};
use clap::{ArgGroup, Subcommand};
use secrecy::ExposeSecret as _;

use crate::client::{Act, Answer, Failure, Proof, TenantRef};
use crate::dialog::change::phrase;
use crate::terminal::{Asking, PromptAnswer, ask};
use crate::text::sanitize;
use crate::when::stamp;

use super::act::CommandChange;
use super::ages::AgeArgs;
use super::output::Output;
use super::page::{PageArgs, list};
use super::target::CommandTarget;
use super::{CliError, Outcome};

/// Commands for jobs.
#[derive(Debug, Subcommand)]
pub enum JobsCommand {
    /// List jobs, newest first
    List {
        /// Only of this tenant: short name or id
        #[arg(long)]
        tenant: Option<TenantRef>,
        /// The part of the list to print.
        #[command(flatten)]
        page: PageArgs,
    },
    /// Show a job: its progress, some of its accounts
    Show {
        /// `job_…`
        id: JobId,
    },
    /// List the accounts of a job
    Items {
        /// `job_…`
        id: JobId,
        /// Only those that are waiting, done or failed, or any of several with commas between
        #[arg(long)]
        state: Option<AnyOf<JobItemState>>,
        /// The part of the list to print.
        #[command(flatten)]
        page: PageArgs,
    },
    /// Prepare the revocation of many accounts of a tenant: finds them and changes nothing
    #[command(group = ArgGroup::new("filters").args(["status", "connector", "scope", "search", "unused_since"]).multiple(true))]
    Revoke {
        /// Tenant: short name or id
        #[arg(long)]
        tenant: TenantRef,
        /// These accounts; can be given several times
        #[arg(long = "account", value_name = "ID", conflicts_with_all = ["filters", "AgeArgs"])]
        accounts: Vec<AccountId>,
        /// All accounts of the tenant, such as for one that leaves
        #[arg(long, conflicts_with_all = ["accounts", "filters", "AgeArgs"])]
        all_accounts: bool,
        /// Only in this state, or in any of several with commas between: active, `needs_reauth` or suspended
        #[arg(long)]
        status: Option<AnyOf<AccountStatus>>,
        /// Only linked through this connector
        #[arg(long)]
        connector: Option<ConnectorId>,
        /// Only accounts that were granted this scope
        #[arg(long)]
        scope: Option<String>,
        /// Only accounts that this search finds
        #[arg(long, value_name = "TEXT")]
        search: Option<String>,
        /// Only accounts that were neither used nor linked from this time on, such as 2026-06-01T00:00:00Z
        #[arg(long, value_name = "TIME")]
        unused_since: Option<DateTime<Utc>>,
        /// Which ages.
        #[command(flatten)]
        ages: AgeArgs,
        /// Reason for the audit log: 3 to 500 characters
        #[arg(long)]
        reason: String,
    },
    /// Confirm a job that you have prepared; asks for its phrase and your password
    Confirm {
        /// `job_…`
        id: JobId,
        /// The job's phrase, such as "revoke 50 accounts of acme"; the password is then read from standard input
        #[arg(long)]
        phrase: Option<String>,
    },
    /// Approve a job that another operator has confirmed: shows it, and asks for a phrase and your password
    Approve {
        /// `job_…`
        id: JobId,
        /// Do not ask for the phrase; the password is then read from standard input, unless that is a terminal
        #[arg(long)]
        yes: bool,
    },
    /// Stop a job: no other account is begun
    Stop {
        /// `job_…`
        id: JobId,
        /// Reason for the audit log: 3 to 500 characters
        #[arg(long)]
        reason: String,
    },
    /// Try what is left and what failed: shows the job, and asks for a phrase and your password
    Retry {
        /// `job_…`
        id: JobId,
        /// Do not ask for the phrase; the password is then read from standard input, unless that is a terminal
        #[arg(long)]
        yes: bool,
    },
}

/// Runs a command for jobs.
pub(super) async fn run(
    target: &CommandTarget,
    command: &JobsCommand,
    out: &mut Output,
) -> Result<ExitCode, CliError> {
    let client = target.client()?;
    let begin = |what: &str| CommandChange::begin(target, &client, what);
    let job = match command {
        JobsCommand::List { tenant, page } => {
            let fetch = async |place| client.jobs(tenant.as_ref(), place).await;
            return list(page, fetch, ["JOB", "STATE", "DONE", "TENANT", "AT", "BY", "REASON"], job_row, out)
                .await;
        }
        JobsCommand::Items { id, state, page } => {
            let fetch = async |place| client.job_items(*id, state.as_ref(), place).await;
            let item_row = |item: &bowline_api::admin::JobItem| {
                [item.account_id.to_string(), item.state.to_string(), item.error.clone().unwrap_or_default()]
            };
            return list(page, fetch, ["ACCOUNT", "STATE", "ERROR"], item_row, out).await;
        }
        JobsCommand::Show { id } => client.job(*id).await?,
        JobsCommand::Revoke { tenant, .. } => {
            let change = begin(&format!("find accounts of tenant {tenant}, to revoke them later"))?;
            of_job(change.make(Act::PrepareJob { wanted: Box::new(wanted_job(command)?) }).await?)?
        }
        JobsCommand::Confirm { id, phrase } => {
            let change = begin(&format!("confirm job {id}"))?;
            let phrase = match phrase {
                Some(phrase) => phrase.clone(),
                None => typed_phrase(&client.job(*id).await?, "revoke", "--phrase").await?,
            };
            of_job(change.make(Act::ConfirmJob { id: *id, phrase, proof: Proof::empty() }).await?)?
        }
        JobsCommand::Approve { id, yes } => {
            let change = begin(&format!("approve job {id}"))?;
            if !yes {
                typed_phrase(&client.job(*id).await?, "approve", "--yes").await?;
            }
            of_job(change.make(Act::ApproveJob { id: *id, proof: Proof::empty() }).await?)?
        }
        JobsCommand::Stop { id, reason } => {
            let change = begin(&format!("stop job {id}"))?;
            of_job(change.make(Act::StopJob { id: *id, reason: reason.trim().to_owned() }).await?)?
        }
        JobsCommand::Retry { id, yes } => {
            let change = begin(&format!("retry job {id}"))?;
            if !yes {
                typed_phrase(&client.job(*id).await?, "retry", "--yes").await?;
            }
            of_job(change.make(Act::RetryJob { id: *id, proof: Proof::empty() }).await?)?
        }
    };
    show_job(&job, out)
}

fn of_job(answer: Answer) -> Result<JobDetail, Failure> {
    match answer {
        Answer::Job(detail) => Ok(*detail),
        _ => Err(Failure::Malformed("it is about no job".to_owned())),
    }
}

fn wanted_job(command: &JobsCommand) -> Result<CreateJob, CliError> {
    let JobsCommand::Revoke {
        tenant,
        accounts,
        all_accounts,
        status,
        connector,
        scope,
        search,
        unused_since,
        ages,
        reason,
    } = command
    else {
        return Err(CliError::Usage("this command prepares no job".to_owned()));
    };
    let Ages { used_within, unused_for, linked_within, linked_for } = ages.ages();
    let filter = JobFilter {
        status: status.clone(),
        connector: *connector,
        scope: scope.clone(),
        q: search.clone(),
        unused_since: *unused_since,
        used_within,
        unused_for,
        linked_within,
        linked_for,
    };
    if accounts.is_empty() && !all_accounts && filter == JobFilter::default() {
        let text = "say which accounts: --account, --status, --connector, --scope, --search, an age such as --unused-for, or --all-accounts";
        return Err(CliError::Usage(text.to_owned()));
    }
    let by_list = !accounts.is_empty();
    Ok(CreateJob {
        kind: JobKind::RevokeAccounts,
        tenant: tenant.to_string(),
        accounts: by_list.then(|| accounts.clone()),
        filter: (!by_list).then_some(filter),
        reason: reason.trim().to_owned(),
    })
}

/// Shows a job on standard error, and asks for its phrase, which begins with `verb`. `instead` is the option of scripts.
async fn typed_phrase(detail: &JobDetail, verb: &str, instead: &str) -> Result<String, CliError> {
    let job = &detail.job;
    let expected = match (verb, &job.confirm, job.state.known()) {
        ("revoke", Some(phrase), _) => phrase.clone(),
        ("approve", _, Some(JobState::AwaitingApproval)) => phrase(verb, job, job.total),
        ("retry", _, Some(JobState::Stopped | JobState::Finished)) if job.done < job.total => {
            phrase(verb, job, job.total - job.done)
        }
        _ => return Err(CliError::NotConfirmed(format!("the job is {}, {}", job.state, job_progress(job)))),
    };
    if !stdin().is_terminal() {
        let text = format!(
            "there is no terminal for a confirmation; pass {instead} and the password on standard input"
        );
        return Err(CliError::NotConfirmed(text));
    }
    let mut err = stderr();
    let mut tell = |line: &str| writeln!(err, "{}", sanitize(line));
    tell(&format!("revoke {} accounts of {}: {}", job.total, job.tenant, job_progress(job)))?;
    tell(&format!("reason: {} (prepared by {})", job.reason, job.created_by))?;
    for account in detail.sample.iter().map(|row| &row.account) {
        tell(&format!("  {} · {} · {}", account.email, account.external_user_id, account.status))?;
    }
    let more = job.total.saturating_sub(detail.sample.len() as u64);
    if more > 0 {
        tell(&format!("  … and {more} more"))?;
    }
    let question = format!("This cannot be undone. Type {} to confirm: ", sanitize(&expected));
    match ask(&question, Asking::Confirmation).await? {
        PromptAnswer::Line(line) if line.expose_secret().trim() == expected => Ok(expected),
        PromptAnswer::Line(_) => Err(CliError::NotConfirmed("that is not the phrase".to_owned())),
        PromptAnswer::Ended(code) => Err(CliError::Ended(code)),
    }
}

fn show_job(detail: &JobDetail, out: &mut Output) -> Result<ExitCode, CliError> {
    if out.is_json() {
        out.json(detail)?;
        return Ok(Outcome::Success.into());
    }
    let job = &detail.job;
    out.line(&format!("{}  {}", job.id, job.state))?;
    out.pair("tenant", &job.tenant)?;
    out.pair("accounts", &job_progress(job))?;
    if detail.pending_at_provider > 0 {
        out.pair("at Dropbox", &format!("{} still to be revoked", detail.pending_at_provider))?;
    }
    out.pair("reason", &job.reason)?;
    out.pair("prepared", &format!("{} by {}", stamp(job.created_at), job.created_by))?;
    if let Some(name) = &job.approved_by {
        out.pair("approved", &format!("by {name}"))?;
    }
    for row in &detail.sample {
        let account = &row.account;
        out.pair("", &format!("{}  {}  {}", account.id, account.email, account.status))?;
    }
    match job.state.known() {
        Some(JobState::Prepared) => {
            out.line(&format!("nothing is done yet; to go on: bowline jobs confirm {}", job.id))?;
            if let Some(phrase) = &job.confirm {
                out.line(&format!("it asks for your password and for: {phrase}"))?;
            }
        }
        Some(JobState::AwaitingApproval) => {
            out.line(&format!("another operator has to approve it: bowline jobs approve {}", job.id))?;
        }
        Some(JobState::Running | JobState::Stopped | JobState::Cancelled | JobState::Finished) => {}
        None => out.line(&format!("this bowline does not know the state {}: update it", job.state))?,
    }
    Ok(Outcome::Success.into())
}

fn job_progress(job: &Job) -> String {
    format!("{} of {} done, {} failed", job.done, job.total, job.failed)
}

fn job_row(job: &Job) -> [String; 7] {
    [
        job.id.to_string(),
        job.state.to_string(),
        format!("{}/{}", job.done, job.total),
        job.tenant.clone(),
        stamp(job.created_at),
        job.created_by.clone(),
        job.reason.clone(),
    ]
}
