//! The lines of the overview.

use bowline_api::admin::{FailingConnector, Job, Overview};
use bowline_api::status::ConnectorStatus;
use chrono::{DateTime, Utc};

use crate::screen::label::status_label;
use crate::text::{count, fit, sparkline};
use crate::theme::Meaning;
use crate::when::relative;

/// Pieces of text with their meanings, one after another.
pub(super) type Line = Vec<(String, Meaning)>;

/// The minutes that a sparkline shows, so that it fits half a terminal.
const MINUTES: usize = 30;

fn heading(text: &str) -> Line {
    vec![(text.to_owned(), Meaning::Heading)]
}

fn plain(text: &str, meaning: Meaning) -> Line {
    vec![(format!("  {text}"), meaning)]
}

/// What does not work now, and the jobs. The connectors come directly after the heading.
pub(super) fn failing(facts: &Overview, now: DateTime<Utc>) -> Vec<Line> {
    let mut lines = vec![heading("Failing now")];
    match &facts.failing {
        None => lines.push(plain("this server does not tell", Meaning::Muted)),
        Some(failing) => {
            lines.extend(failing.connectors.iter().map(|row| connector(row, now)));
            if failing.more_connectors {
                lines.push(plain("… and more connectors", Meaning::Muted));
            }
            let pending = &failing.revocations;
            if pending.retried > 0 {
                let text = format!(
                    "▲ revocations: {} of {} that wait have failed before, the oldest for {} min",
                    count(pending.retried),
                    count(pending.due),
                    pending.oldest_seconds / 60
                );
                lines.push(plain(&text, Meaning::Warn));
            }
            if pending.given_up > 0 {
                let text = format!("✕ revocations: {} given up within 24 h", count(pending.given_up));
                lines.push(plain(&text, Meaning::Bad));
            }
            for late in &failing.workers {
                let text = format!("▲ worker {}: its oldest work waits for {} s", late.worker, late.seconds);
                lines.push(plain(&text, Meaning::Warn));
            }
            if lines.len() == 1 {
                lines.push(plain("● nothing", Meaning::Good));
            }
        }
    }
    lines.push(heading("Jobs"));
    lines.extend(facts.jobs.iter().map(job));
    if facts.jobs.is_empty() {
        lines.push(plain("none runs or waits for a second operator", Meaning::Muted));
    }
    lines
}

fn connector(row: &FailingConnector, now: DateTime<Utc>) -> Line {
    let (sign, why, meaning) = match (row.status.known(), row.paused_until) {
        (Some(ConnectorStatus::Broken), _) => {
            ("✕", row.status_reason.clone().unwrap_or_default(), Meaning::Bad)
        }
        (_, Some(until)) => ("▲", format!("paused, tried {}", relative(now, until)), Meaning::Warn),
        (_, None) => ("▲", "paused after failures".to_owned(), Meaning::Warn),
    };
    vec![
        (format!("  {sign} connector {}", row.name), meaning),
        (format!(" · {}", row.tenant), Meaning::Text),
        (format!(" · {why}"), Meaning::Muted),
    ]
}

fn job(job: &Job) -> Line {
    let failed = if job.failed > 0 { format!(", {} failed", count(job.failed)) } else { String::new() };
    vec![
        (format!("  {} {}", job.kind, job.tenant), Meaning::Text),
        (format!(" · {}", job.state), Meaning::Busy),
        (format!(" · {} of {}{failed}", count(job.done), count(job.total)), Meaning::Muted),
    ]
}

/// How much there is, what happens each minute, and which tenants are slow.
pub(super) fn here(facts: &Overview) -> Vec<Line> {
    let mut lines = vec![heading("Accounts")];
    for row in &facts.accounts {
        let (label, meaning) = status_label(row.status);
        let about = if row.total.approximate { "≈ " } else { "" };
        let number = format!("{:>14}", format!("{about}{}", count(row.total.count)));
        lines.push(vec![(format!("  {}", fit(&label, 16)), meaning), (number, Meaning::Text)]);
    }
    if let Some(activity) = &facts.activity {
        lines.push(heading("Each minute of the last half hour"));
        for (label, minutes, is_failure) in [
            ("links", &activity.links, false),
            ("failed links", &activity.failed_links, true),
            ("refreshes", &activity.refreshes, false),
            ("failed refresh", &activity.failed_refreshes, true),
            ("tokens issued", &activity.issues, false),
        ] {
            let shown = &minutes[minutes.len().saturating_sub(MINUTES)..];
            let most = shown.iter().max().copied().unwrap_or(0);
            let meaning = if is_failure && most > 0 { Meaning::Warn } else { Meaning::Muted };
            lines.push(vec![
                (format!("  {}", fit(label, 15)), meaning),
                (sparkline(shown), if is_failure { meaning } else { Meaning::Good }),
                (format!(" ≤ {}", count(most)), Meaning::Muted),
            ]);
        }
    }
    if !facts.slowest.is_empty() {
        lines.push(heading("Slowest refreshes"));
    }
    for pace in &facts.slowest {
        let text =
            format!("{} ms · {} refreshes, {} failed", count(pace.mean_millis), pace.refreshes, pace.failed);
        lines.push(vec![(format!("  {}", fit(&pace.tenant, 15)), Meaning::Text), (text, Meaning::Muted)]);
    }
    lines
}
