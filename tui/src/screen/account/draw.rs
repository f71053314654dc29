//! What the account screen looks like: details on the left and timeline on the right, or one below the other on a
//! narrow terminal.

use bowline_api::admin::AuditEvent;
use chrono::{DateTime, Utc};
use ratatui::layout::Rect;

use crate::text::{fit, sanitize};
use crate::theme::Meaning;
use crate::widget::canvas::{Canvas, wrap};
use crate::widget::list::List;
use crate::widget::status_line;
use crate::widget::surroundings::{Surroundings, Window};

use super::facts::{Fact, facts};
use super::state::Account;
use super::timeline::{TimelineLine, first_of_selected, lines as card_lines};

/// The terminal width from which there are two panes, in columns.
const TWO_PANES: u16 = 100;
/// The width of a label, in columns.
const LABEL_COLUMNS: usize = 15;

/// Draws the screen.
pub(super) fn draw(view: &Account, around: &Surroundings<'_>, canvas: &mut Canvas<'_, '_>, area: Rect) {
    let Some(id) = view.id.map(|id| id.to_string()) else { return };
    canvas.line(area, 0, &[("accounts › ", Meaning::Muted), (&id, Meaning::Heading)]);
    if let Some(detail) = &view.detail {
        let account = &detail.summary.account;
        canvas.line(
            area,
            1,
            &[
                (&account.email, Meaning::Text),
                (" · ", Meaning::Muted),
                (&detail.summary.tenant, Meaning::Text),
            ],
        );
    }
    let body = Rect { y: area.y + 3, height: area.height.saturating_sub(4), ..area };
    let (text, meaning) = status_line::describe(around, &view.call, view.detail.is_some());
    if view.detail.is_none() {
        canvas.centred(body, &text, meaning);
    } else if around.columns >= TWO_PANES {
        let left = Rect { width: body.width * 11 / 20, ..body };
        let right = Rect { x: left.right() + 2, width: body.width - left.width - 2, ..body };
        let lines = fact_lines(view, around.now, left.width);
        draw_lines(canvas, left, &lines, view.scroll);
        timeline_pane(around, canvas, right, &view.timeline);
    } else {
        let mut lines = one_pane(view, around.now, body.width);
        if view.timeline.is_empty() {
            lines.push(vec![status_line::describe(around, &view.timeline.call, false)]);
        }
        draw_lines(canvas, body, &lines, view.scroll);
    }
    status_line::draw(around, canvas, area, (&text, meaning), "j k scroll");
}

/// The columns that the frame of the screen takes from the terminal's width.
const SCREEN_FRAME_COLUMNS: u16 = 4;

/// The number of lines that can be scrolled through in a terminal of this width.
pub(super) fn line_count(view: &Account, window: &Window) -> usize {
    let columns = window.columns.saturating_sub(SCREEN_FRAME_COLUMNS);
    if window.columns >= TWO_PANES {
        fact_lines(view, window.now, columns * 11 / 20).len()
    } else {
        one_pane(view, window.now, columns).len()
    }
}

/// The details, and below them the timeline.
fn one_pane(view: &Account, now: DateTime<Utc>, columns: u16) -> Vec<TimelineLine> {
    let mut lines = fact_lines(view, now, columns);
    lines.push(vec![("Timeline".to_owned(), Meaning::Heading)]);
    lines.extend(card_lines(view.timeline.loaded(), now, columns));
    lines
}

/// The details; a value that is too long for one line goes on in the next.
fn fact_lines(view: &Account, now: DateTime<Utc>, columns: u16) -> Vec<TimelineLine> {
    let Some(detail) = &view.detail else { return Vec::new() };
    let indent = LABEL_COLUMNS + 2;
    let room = columns.saturating_sub(u16::try_from(indent).unwrap_or(0)).max(8);
    let mut lines = Vec::new();
    let mut all = facts(detail, now);
    // Who has the token comes before what rarely matters at night.
    let place = all.iter().position(|fact| *fact == Fact::Section("Identity")).unwrap_or(all.len());
    all.splice(place..place, view.holder_facts(now));
    for fact in all {
        match fact {
            Fact::Section(title) => lines.push(vec![(title.to_owned(), Meaning::Heading)]),
            Fact::Pair(label, value, meaning) => {
                let label_meaning = if label.starts_with('▲') { meaning } else { Meaning::Muted };
                let mut start = (format!("  {}", fit(label, LABEL_COLUMNS)), label_meaning);
                for row in wrap(&sanitize(&value), room) {
                    let next = (" ".repeat(indent), Meaning::Text);
                    lines.push(vec![std::mem::replace(&mut start, next), (row, meaning)]);
                }
            }
        }
    }
    lines
}

fn draw_lines(canvas: &mut Canvas<'_, '_>, area: Rect, lines: &[TimelineLine], scroll: usize) {
    let scroll = scroll.min(lines.len().saturating_sub(usize::from(area.height)));
    for (row, line) in (0..area.height).zip(lines.iter().skip(scroll)) {
        let pieces: Vec<_> = line.iter().map(|(text, meaning)| (text.as_str(), *meaning)).collect();
        canvas.line(area, row, &pieces);
    }
}

fn timeline_pane(
    around: &Surroundings<'_>,
    canvas: &mut Canvas<'_, '_>,
    area: Rect,
    timeline: &List<AuditEvent>,
) {
    canvas.line(area, 0, &[("Timeline", Meaning::Heading)]);
    let rows = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
    if timeline.is_empty() {
        let text = match status_line::describe(around, &timeline.call, false) {
            _ if timeline.is_complete() && timeline.call.last_failure.is_none() => {
                ("nothing has happened yet".to_owned(), Meaning::Muted)
            }
            described => described,
        };
        canvas.wrapped(rows, &text.0, text.1);
        return;
    }
    let first = first_of_selected(timeline);
    let events = (first..timeline.len()).map_while(|place| timeline.row(place));
    let lines = card_lines(events, around.now, rows.width);
    draw_lines(canvas, rows, &lines, 0);
}
