//! `bowline listen`: a tenant's events as they happen, for its developers, who have an API key and are no operators.

mod line;
mod secrets;

use std::process::ExitCode;
use std::time::Duration;

use bowline_api::EventId;
use bowline_api::v1::TenantEvent;
use clap::Args;
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::{Instant, sleep};

use crate::client::{
    Failure, ForwardTarget, Forwarder, Message, NotForwarded, ServerUrl, TenantClient, TenantStream,
    TenantTold,
};
use crate::terminal::now;

use super::global_options::{GlobalOptions, OutputFormat};
use super::output::Output;
use super::target::log;
use super::{CliError, Outcome};

use line::{Passed, as_json, as_text};
use secrets::{api_key, signer};

/// The first and the longest pause before a stream is opened again.
const REOPEN_PAUSES: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(30));
/// The first and the longest pause before an event is sent again to an app that does not answer.
const APP_PAUSES: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(5));
/// The server's address in the environment of the tenant's app, as the clients read it.
const APP_SERVER: &str = "BOWLINE_URL";

/// Which events are printed, and where they are passed on to.
#[derive(Debug, Args)]
#[command(after_help = "\
The server is the one that your app calls: --server, or else BOWLINE_SERVER, or else BOWLINE_URL, which the clients read
as well. The API key is in the environment as BOWLINE_API_KEY, or is prompted for, or is the first line of standard
input; it needs the permission webhooks.

Each event is sent as a webhook is, by Standard Webhooks. The signing secret is made at the start and printed, or is in
the environment as BOWLINE_WEBHOOK_SECRET (whsec_…). While the app does not answer, the event is sent again and the
others wait, so an app that is restarted misses nothing. An answer other than 2xx is told and not sent again.

Events name users and their accounts. --forward-to takes only addresses of this machine, so that a wrong address sends
them to nobody else; --allow-remote lifts that.

Prints one line of text for each event; with --json or --output ndjson one JSON document. If the connection breaks, it
goes on after the last event. ctrl-c ends it and tells the id of the last event, after which --since goes on, for up to
30 days (after an account.changed: 3).")]
pub struct ListenArguments {
    /// Send each event to this URL of an app on this machine, signed, such as `http://localhost:5000/hooks`; only print them if omitted
    #[arg(long, value_name = "URL")]
    forward_to: Option<String>,
    /// Only these types, such as account.linked, or all with this first part, such as account; with commas between
    #[arg(long, value_name = "TYPES", value_delimiter = ',')]
    events: Vec<String>,
    /// Begin after the event with this id (`evt_…`) instead of now
    #[arg(long, value_name = "ID")]
    since: Option<EventId>,
    /// Allow --forward-to on another machine, by https
    #[arg(long, requires = "forward_to")]
    allow_remote: bool,
}

/// Prints events and passes them on, until it is interrupted.
pub(super) async fn run(
    options: &GlobalOptions,
    wanted: &ListenArguments,
    out: &mut Output,
) -> Result<ExitCode, CliError> {
    if options.output == Some(OutputFormat::Csv) {
        return Err(CliError::Usage("events are printed as text or as ndjson".to_owned()));
    }
    let server = listened_server(options)?;
    let target = wanted.forward_to.as_deref();
    let target = target.map(|url| ForwardTarget::parse(url, wanted.allow_remote, options.insecure_http));
    let target = target.transpose().map_err(|failure| CliError::Usage(failure.to_string()))?;
    let forwarder = match target {
        Some(target) => Some(Forwarder::new(target, signer()?)?),
        None => None,
    };
    let log = log(options)?;
    if let Some(log) = &log {
        log.started(server.as_str());
    }
    let client = TenantClient::new(server, api_key().await?)?.logged(log);
    let is_known = |event: &str| TenantEvent::ALL.iter().any(|kind| fits_event_type(event, kind.as_str()));
    for unknown in wanted.events.iter().filter(|event| !is_known(event)) {
        Output::remark(&format!("no type of events that this bowline knows is {unknown}, or begins with it"));
    }
    let mut listening = Listening {
        client,
        forwarder,
        events: &wanted.events,
        last: wanted.since.map(|id| id.to_string()),
        was_ready: false,
        not_accepted: 0,
    };
    let (mut interrupt, mut end) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let mut hang_up = signal(SignalKind::hangup())?;
    tokio::select! {
        ended = listening.run(out) => ended.map(|()| Outcome::Success.into()),
        _ = interrupt.recv() => Err(CliError::Ended(130)),
        _ = end.recv() => Err(CliError::Ended(143)),
        _ = hang_up.recv() => Err(CliError::Ended(129)),
    }
}

/// The server that is named by an option or for this program, or else the one that the tenant's app calls.
fn listened_server(options: &GlobalOptions) -> Result<ServerUrl, CliError> {
    let of_app = std::env::var(APP_SERVER).ok();
    let named = options.server.clone().filter(|server| !server.is_empty()).or(of_app);
    let Some(server) = named.filter(|server| !server.is_empty()) else {
        let text = "say where the server is: --server URL, or BOWLINE_SERVER, or BOWLINE_URL";
        return Err(CliError::Usage(text.to_owned()));
    };
    Ok(ServerUrl::parse(&server, options.insecure_http)?)
}

/// Whether a type is the wanted one, or begins with it.
fn fits_event_type(wanted: &str, kind: &str) -> bool {
    kind.strip_prefix(wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// The state of one run of `bowline listen`.
struct Listening<'a> {
    client: TenantClient,
    forwarder: Option<Forwarder>,
    events: &'a [String],
    /// The id of the tenant's event after which to go on.
    last: Option<String>,
    /// Whether the stream was up to date at least once.
    was_ready: bool,
    /// The number of events that the app has not accepted.
    not_accepted: u64,
}

/// However it ends, it tells what is needed to go on.
impl Drop for Listening<'_> {
    fn drop(&mut self) {
        if self.not_accepted > 0 {
            Output::remark(&format!("not accepted: {} of the events", self.not_accepted));
        }
        if let Some(last) = &self.last {
            Output::remark(&format!("last event: {last}"));
        }
    }
}

impl Listening<'_> {
    async fn run(&mut self, out: &mut Output) -> Result<(), CliError> {
        let mut pause = REOPEN_PAUSES.0;
        loop {
            let failure = match self.client.follow(self.last.as_deref()).await {
                Ok(mut stream) => {
                    let ended = self.tell_stream(&mut stream, out).await;
                    pause = REOPEN_PAUSES.0;
                    match ended {
                        Err(CliError::Api(failure)) => failure,
                        ended => return ended,
                    }
                }
                Err(Failure::Unauthorised(why)) => return Err(CliError::KeyRefused(why)),
                Err(failure) => failure,
            };
            if !failure.is_transient() {
                return Err(failure.into());
            }
            Output::remark(&format!("{failure}; connecting again"));
            sleep(failure.retry_after().unwrap_or(pause)).await;
            pause = (pause * 2).min(REOPEN_PAUSES.1);
        }
    }

    /// Prints and passes on what a stream tells until it ends.
    async fn tell_stream(&mut self, stream: &mut TenantStream, out: &mut Output) -> Result<(), CliError> {
        loop {
            match stream.next().await? {
                TenantTold::Event(message) => {
                    if self.events.is_empty()
                        || self.events.iter().any(|event| fits_event_type(event, &message.kind))
                    {
                        self.pass_event_on(&message, out).await?;
                    }
                    // After it was passed on: what comes twice can be told by its id, what is missing cannot.
                    self.last = Some(message.id);
                }
                TenantTold::Ready(id) => {
                    self.last = id.or(self.last.take());
                    let again = if std::mem::replace(&mut self.was_ready, true) { " again" } else { "" };
                    Output::remark(&format!("listening{again}; ctrl-c ends"));
                }
                TenantTold::Gap(detail) => Output::remark(&format!("gap: {detail}")),
                TenantTold::End(reason) if reason == "key_ended" => {
                    return Err(CliError::KeyRefused("it was revoked, or has expired".to_owned()));
                }
                TenantTold::End(reason) => return Err(Failure::Unreachable(reason).into()),
                TenantTold::Nothing => {}
            }
        }
    }

    /// Passes an event on, and prints it with the outcome.
    async fn pass_event_on(&mut self, message: &Message, out: &mut Output) -> Result<(), CliError> {
        let passed = match &self.forwarder {
            Some(forwarder) => Some(pass_on(forwarder, message).await),
            None => None,
        };
        self.not_accepted += u64::from(passed.as_ref().is_some_and(|passed| !passed.is_accepted()));
        let line = if out.is_json() {
            as_json(message, passed.as_ref())?
        } else {
            as_text(message, passed.as_ref())
        };
        writeln!(out.writer(), "{line}")?;
        Ok(out.writer().flush()?)
    }
}

/// Sends an event until somebody is there who answers, or does not answer in time.
async fn pass_on(forwarder: &Forwarder, message: &Message) -> Passed {
    let (mut attempts, mut pause) = (0, APP_PAUSES.0);
    loop {
        attempts += 1;
        let begun = Instant::now();
        let status = match forwarder.forward(message, now()).await {
            Ok(status) => Some(status),
            Err(NotForwarded::Timeout) => None,
            Err(NotForwarded::NobodyThere(why)) => {
                if attempts == 1 {
                    let (target, kind) = (forwarder.target(), &message.kind);
                    Output::remark(&format!("{target} does not answer ({why}): {kind} waits for it"));
                }
                sleep(pause).await;
                pause = (pause * 2).min(APP_PAUSES.1);
                continue;
            }
        };
        return Passed { status, attempts, took: begun.elapsed() };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_wanted_by_itself_and_by_its_first_part() {
        assert!(
            fits_event_type("account", "account.linked")
                && fits_event_type("account.linked", "account.linked")
        );
        assert!(!fits_event_type("acc", "account.linked") && !fits_event_type("account.linked", "account"));
        assert!(!fits_event_type("account.link", "account.linked"));
    }
}
