//! The fault scenarios, one file per failing component.

pub mod clock;
pub mod crash;
pub mod disk;
pub mod exchange;
pub mod holder;
pub mod link;
pub mod network;
pub mod outage;
pub mod pool;
pub mod postgres;
pub mod provider;
pub mod refresh;
pub mod revoke;
pub mod stop;
pub mod webhook;

use std::time::Duration;

use anyhow::{Result, ensure};
use bowline_tests::{Answer, PATIENCE, Stack};
use dropbox_sim::{CallState, Operation};

/// The tolerance for bounds on a busy machine. A bound with this tolerance must still be far below the value that would
/// occur without the mechanism under test; otherwise it proves nothing. The report contains the measured value.
pub(crate) const SLACK: Duration = Duration::from_secs(3);

/// Waits until Dropbox holds a call of `operation`.
pub(crate) async fn parked(stack: &Stack, operation: Operation) -> Result<()> {
    let is_parked = |call: &dropbox_sim::Call| call.operation == operation && call.state == CallState::Parked;
    ensure!(
        stack.dropbox.wait_for_calls(1, PATIENCE, is_parked).await,
        "no call of {} came",
        operation.name()
    );
    Ok(())
}

/// The answer is a refusal with this status and code.
pub(crate) fn refused(answer: &Answer, status: u16, code: &str) -> Result<()> {
    let (is, said) = answer.refusal();
    ensure!((is, said.as_str()) == (status, code), "{status} {code} was expected: {is} {}", answer.text());
    Ok(())
}

/// A temporary refusal has a `Retry-After` between a second and an hour; returns it.
pub(crate) fn says_when(answer: &Answer) -> Result<u64> {
    let seconds: u64 = answer.header("retry-after").parse()?;
    ensure!((1..=3600).contains(&seconds), "Retry-After: {seconds}");
    Ok(seconds)
}

/// A client with a long timeout, for thousands of simultaneous calls.
pub(crate) fn patient_client() -> Result<reqwest::Client> {
    Ok(reqwest::Client::builder()
        .timeout(Duration::from_mins(5))
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .tls_certs_only([])
        .build()?)
}

/// Formats a duration in seconds.
pub(crate) fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}

/// The longest duration, formatted.
pub(crate) fn longest(all: &[Duration]) -> String {
    seconds(all.iter().copied().max().unwrap_or_default())
}
