//! `bowline overview`: what there is, what happened in the last hour, and what does not work now.

use std::process::ExitCode;

use bowline_api::admin::{Activity, Failing, FailingConnector, FailingWebhook, Overview};
use bowline_api::status::{ConnectorStatus, WebhookState};

use crate::screen::label::why_disabled;
use crate::text::sparkline;
use crate::when::stamp;

use super::output::Output;
use super::target::CommandTarget;
use super::{CliError, Outcome};

/// Prints the overview.
pub(super) async fn run(target: &CommandTarget, out: &mut Output) -> Result<ExitCode, CliError> {
    let overview = target.client()?.overview().await?;
    if out.is_json() {
        out.json(&overview)?;
    } else {
        show_overview(&overview, out)?;
    }
    Ok(Outcome::Success.into())
}

fn show_overview(overview: &Overview, out: &mut Output) -> Result<(), CliError> {
    out.line("accounts")?;
    for failing_row in &overview.accounts {
        let about = if failing_row.total.approximate { "≈ " } else { "" };
        out.pair(failing_row.status.as_str(), &format!("{about}{}", failing_row.total.count))?;
    }
    if let Some(activity) = &overview.activity {
        last_hour(activity, out)?;
    }
    if let Some(failing) = &overview.failing {
        out.line("failing now")?;
        let lines = failures_with_labels(failing);
        if lines.is_empty() {
            out.pair("nothing", "")?;
        }
        for (label, text) in lines {
            out.pair(label, &text)?;
        }
    }
    if !overview.jobs.is_empty() {
        out.line("jobs")?;
    }
    for job in &overview.jobs {
        let text = format!(
            "{} · {} of {} done, {} failed · {}",
            job.tenant, job.done, job.total, job.failed, job.id
        );
        out.pair(job.state.as_str(), &text)?;
    }
    if !overview.slowest.is_empty() {
        out.line("slowest refreshes in the last 15 minutes")?;
    }
    for pace in &overview.slowest {
        let text = format!(
            "{} ms on average · {} refreshes, {} failed",
            pace.mean_millis, pace.refreshes, pace.failed
        );
        out.pair(&pace.tenant, &text)?;
    }
    Ok(())
}

fn last_hour(activity: &Activity, out: &mut Output) -> Result<(), CliError> {
    out.line("each minute of the last hour")?;
    for (label, minutes) in [
        ("links", &activity.links),
        ("failed links", &activity.failed_links),
        ("refreshes", &activity.refreshes),
        ("failed refresh", &activity.failed_refreshes),
        ("tokens issued", &activity.issues),
    ] {
        let (sum, most) = (minutes.iter().sum::<u64>(), minutes.iter().max().copied().unwrap_or_default());
        out.pair(label, &format!("{}  {sum} in all, at most {most}", sparkline(minutes)))?;
    }
    Ok(())
}

/// What fails, each with a label; nothing if all is well.
fn failures_with_labels(failing: &Failing) -> Vec<(&'static str, String)> {
    let mut lines: Vec<_> =
        failing.connectors.iter().map(|failing_row| ("connector", failing_connector(failing_row))).collect();
    if failing.more_connectors {
        lines.push(("connector", "… and more".to_owned()));
    }
    let pending = &failing.revocations;
    if pending.retried > 0 {
        let text = format!(
            "{} of {} that wait have failed at Dropbox before; the oldest waits for {} s",
            pending.retried, pending.due, pending.oldest_seconds
        );
        lines.push(("revocations", text));
    }
    if pending.given_up > 0 {
        lines.push(("revocations", format!("{} given up in the last 24 hours", pending.given_up)));
    }
    let late =
        |worker: &str, seconds| format!("{worker} is behind: its oldest work has waited for {seconds} s");
    lines.extend(
        failing.workers.iter().map(|failing_row| ("worker", late(&failing_row.worker, failing_row.seconds))),
    );
    lines.extend(failing.webhooks.iter().map(|failing_row| ("webhook", failing_webhook(failing_row))));
    if failing.more_webhooks {
        lines.push(("webhook", "… and more".to_owned()));
    }
    lines
}

fn failing_webhook(failing_row: &FailingWebhook) -> String {
    let problem = match failing_row.state.known() {
        Some(WebhookState::Disabled) => {
            format!(
                "disabled: {}",
                why_disabled(failing_row.state_reason.as_deref().unwrap_or("no reason given"))
            )
        }
        _ => "it accepts nothing".to_owned(),
    };
    let since =
        failing_row.failing_since.map(|at| format!(" · failing since {}", stamp(at))).unwrap_or_default();
    format!("{} · {} · {problem}{since} · {}", failing_row.tenant, failing_row.url, failing_row.id)
}

fn failing_connector(failing_row: &FailingConnector) -> String {
    let reason = failing_row.status_reason.as_deref().unwrap_or("no reason given");
    let problem = match (failing_row.status.known(), failing_row.paused_until) {
        (Some(ConnectorStatus::Broken), _) => format!("Dropbox refuses its app key or secret ({reason})"),
        (_, Some(until)) => format!("calls to Dropbox are paused after failures until {}", stamp(until)),
        (_, None) => "calls to Dropbox are paused after failures".to_owned(),
    };
    format!("{} · {} · {problem} · {}", failing_row.tenant, failing_row.name, failing_row.id)
}
