//! The lines of the overview.

use bowline_api::admin::Overview;
use chrono::{DateTime, Utc};

use crate::screen::label::status_label;
use crate::text::{count, fit, sanitize, sparkline};
use crate::theme::Meaning;
use crate::widget::canvas::wrap;

use super::trouble::{OverviewLine, Trouble};

/// The minutes that a sparkline shows, so that it fits half a terminal.
const SPARKLINE_MINUTES: usize = 30;

fn overview_heading(text: &str) -> OverviewLine {
    vec![(text.to_owned(), Meaning::Heading)]
}

fn plain_line(text: &str, meaning: Meaning) -> OverviewLine {
    vec![(format!("  {text}"), meaning)]
}

/// A line, and the place of the row that it belongs to, if it can be selected.
pub(super) type Placed = (Option<usize>, OverviewLine);

/// What does not work now, and the jobs: `all` of these facts, in lines of at most this many columns.
pub(super) fn failing(facts: &Overview, all: &[&Trouble], now: DateTime<Utc>, columns: usize) -> Vec<Placed> {
    let first_job = all.iter().position(|trouble| trouble.is_job()).unwrap_or(all.len());
    let placed = |(at, trouble): (usize, &Trouble)| {
        let lines = wrapped_row(trouble.line(now), columns);
        lines.into_iter().map(move |line| (Some(at), line))
    };
    let mut lines = vec![(None, overview_heading("Failing now"))];
    lines.extend(all.iter().copied().enumerate().take(first_job).flat_map(placed));
    match &facts.failing {
        None => lines.push((None, plain_line("this server does not tell", Meaning::Muted))),
        Some(_) if first_job == 0 => lines.push((None, plain_line("● nothing", Meaning::Good))),
        Some(_) => {}
    }
    lines.push((None, overview_heading("Jobs")));
    lines.extend(all.iter().copied().enumerate().skip(first_job).flat_map(placed));
    if facts.jobs.is_empty() {
        lines.push((None, plain_line("none runs or waits for a second operator", Meaning::Muted)));
    }
    lines
}

/// The columns before a row, in which the selected one has its sign, and before a line that goes on.
const TROUBLE_INDENT: usize = 2;
const GOES_ON: usize = 4;

/// A row in lines of at most this many columns. What goes on in another line looks like its end.
fn wrapped_row(line: OverviewLine, columns: usize) -> Vec<OverviewLine> {
    let line: OverviewLine = line.into_iter().map(|(text, meaning)| (sanitize(&text), meaning)).collect();
    let text: String = line.iter().map(|(text, _)| text.as_str()).collect();
    let room = u16::try_from(columns.saturating_sub(GOES_ON).max(8)).unwrap_or(u16::MAX);
    let rows = wrap(&text, room);
    let mut left = rows.first().map_or(0, |row| row.chars().count());
    let mut first = vec![(" ".repeat(TROUBLE_INDENT), Meaning::Text)];
    let mut last = Meaning::Text;
    for (text, meaning) in line {
        let taken: String = text.chars().take(left).collect();
        left -= taken.chars().count();
        first.push((taken, meaning));
        last = meaning;
    }
    let rest = rows.into_iter().skip(1).map(|row| vec![(format!("{}{row}", " ".repeat(GOES_ON)), last)]);
    std::iter::once(first).chain(rest).collect()
}

/// How much there is, what happens each minute, and which tenants are slow.
pub(super) fn here(facts: &Overview) -> Vec<OverviewLine> {
    let mut lines = vec![overview_heading("Accounts")];
    for row in &facts.accounts {
        let (label, meaning) = status_label(row.status);
        let about = if row.total.approximate { "≈ " } else { "" };
        let number = format!("{:>14}", format!("{about}{}", count(row.total.count)));
        lines.push(vec![(format!("  {}", fit(&label, 16)), meaning), (number, Meaning::Text)]);
    }
    if let Some(activity) = &facts.activity {
        lines.push(overview_heading("Each minute of the last half hour"));
        for (label, minutes, is_failure) in [
            ("links", &activity.links, false),
            ("failed links", &activity.failed_links, true),
            ("refreshes", &activity.refreshes, false),
            ("failed refresh", &activity.failed_refreshes, true),
            ("tokens issued", &activity.issues, false),
        ] {
            let shown = &minutes[minutes.len().saturating_sub(SPARKLINE_MINUTES)..];
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
        lines.push(overview_heading("Slowest refreshes"));
    }
    for pace in &facts.slowest {
        let text =
            format!("{} ms · {} refreshes, {} failed", count(pace.mean_millis), pace.refreshes, pace.failed);
        lines.push(vec![(format!("  {}", fit(&pace.tenant, 15)), Meaning::Text), (text, Meaning::Muted)]);
    }
    lines
}
