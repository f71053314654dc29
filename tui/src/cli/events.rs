//! `bowline events`: events as they happen, one on each line.

use std::io;
use std::process::ExitCode;
use std::time::Duration;

use bowline_api::admin::AuditEvent;
use clap::Args;
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at, sleep};

use crate::client::{Client, EventSearch, EventStream, EventTold, Failure, TenantRef};
use crate::text::{sanitize, sanitize_json};

use super::audit::row;
use super::global_options::OutputFormat;
use super::output::Output;
use super::target::CommandTarget;
use super::{CliError, Outcome};

/// How often the session is used. A stream is not a use, and the session would end.
const USE_SESSION_EVERY: Duration = Duration::from_mins(5);
/// The first and the longest pause before a stream is opened again.
const REOPEN_PAUSES: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(30));

/// Which events are printed.
#[derive(Debug, Args)]
#[command(after_help = "\
Prints one JSON document on each line, also without --output; --output table prints one line of text for each event.
The id of the last event is printed to standard error at the end: --since goes on there, for up to 24 hours.")]
pub struct EventsArguments {
    /// Only in the log of this tenant: short name or id; all logs that you may read if omitted
    #[arg(long)]
    tenant: Option<TenantRef>,
    /// Only this action, such as account.revoked, or all with this first part, such as account
    #[arg(long)]
    action: Option<String>,
    /// Only about this id, such as `acct_…`
    #[arg(long, value_name = "ID")]
    subject: Option<String>,
    /// Begin after the event with this id (`evt_…`), or with `now`
    #[arg(long, value_name = "ID", default_value = "now")]
    since: String,
    /// Wait for further events; connects again by itself if the connection breaks
    #[arg(long, short)]
    follow: bool,
}

/// Prints events until there are no more, or until it is interrupted.
pub(super) async fn run(
    target: &CommandTarget,
    wanted: &EventsArguments,
    format: Option<OutputFormat>,
    out: &mut Output,
) -> Result<ExitCode, CliError> {
    let as_text = match format {
        None | Some(OutputFormat::Json | OutputFormat::Ndjson) => false,
        Some(OutputFormat::Table) => true,
        Some(OutputFormat::Csv) => {
            return Err(CliError::Usage("events are printed as ndjson or as a table".to_owned()));
        }
    };
    let since = Some(wanted.since.as_str()).filter(|since| *since != "now");
    if since.is_none() && !wanted.follow {
        let text = "say --follow to wait for events, or --since ID for those after one";
        return Err(CliError::Usage(text.to_owned()));
    }
    let mut printing = Printing {
        client: target.client()?,
        search: EventSearch {
            tenant: wanted.tenant.clone(),
            action: wanted.action.clone(),
            subject: wanted.subject.clone(),
        },
        follow: wanted.follow,
        as_text,
        last: since.map(ToOwned::to_owned),
        since_use: used_from_now(),
    };
    let (mut interrupt, mut end) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let ended = tokio::select! {
        ended = printing.run(out) => ended,
        _ = interrupt.recv() => Err(CliError::Ended(130)),
        _ = end.recv() => Err(CliError::Ended(143)),
    };
    if let Some(last) = &printing.last {
        Output::remark(&format!("last event: {last}"));
    }
    ended.map(|()| Outcome::Success.into())
}

fn used_from_now() -> Interval {
    let mut uses = interval_at(Instant::now() + USE_SESSION_EVERY, USE_SESSION_EVERY);
    uses.set_missed_tick_behavior(MissedTickBehavior::Delay);
    uses
}

/// The state of one run of `bowline events`.
struct Printing {
    client: Client,
    search: EventSearch,
    follow: bool,
    as_text: bool,
    /// The id of the event after which to go on.
    last: Option<String>,
    since_use: Interval,
}

impl Printing {
    async fn run(&mut self, out: &mut Output) -> Result<(), CliError> {
        let mut pause = REOPEN_PAUSES.0;
        loop {
            let failure = match self.client.follow(&self.search, self.last.as_deref()).await {
                Ok(mut stream) => {
                    pause = REOPEN_PAUSES.0;
                    match self.print_stream(&mut stream, out).await {
                        Err(CliError::Api(failure)) => failure,
                        ended => return ended,
                    }
                }
                Err(failure) => failure,
            };
            if !self.follow || !failure.is_transient() {
                return Err(failure.into());
            }
            Output::remark(&format!("{failure}; connecting again"));
            sleep(failure.retry_after().unwrap_or(pause)).await;
            pause = (pause * 2).min(REOPEN_PAUSES.1);
        }
    }

    /// Prints the events that a stream tells until it ends.
    async fn print_stream(&mut self, stream: &mut EventStream, out: &mut Output) -> Result<(), CliError> {
        loop {
            let told = tokio::select! {
                told = stream.next() => told?,
                _ = self.since_use.tick() => {
                    self.client.whoami().await?;
                    continue;
                }
            };
            match told {
                EventTold::Event(event) => self.print_one(&event, out)?,
                EventTold::Ready if !self.follow => return Ok(()),
                EventTold::Gap(detail) if !self.follow => return Err(Failure::Refused(detail).into()),
                EventTold::Gap(detail) => Output::remark(&detail),
                EventTold::End { reason, detail } if reason == "session_ended" => {
                    return Err(Failure::Unauthorised(detail).into());
                }
                EventTold::End { detail, .. } => return Err(Failure::Unreachable(detail).into()),
                EventTold::Ready | EventTold::Nothing => {}
            }
            // After it was printed: what is printed twice can be told by its id, what is missing cannot.
            self.last = stream.last().map(ToOwned::to_owned);
        }
    }

    fn print_one(&self, event: &AuditEvent, out: &mut Output) -> io::Result<()> {
        let line = if self.as_text {
            sanitize(&row(event).join("  "))
        } else {
            sanitize_json(&serde_json::to_string(event)?, false)
        };
        writeln!(out.writer(), "{line}")?;
        out.writer().flush()
    }
}
