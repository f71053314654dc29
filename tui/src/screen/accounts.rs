//! The list of accounts.

use bowline_api::admin::AccountSummary;
use bowline_api::status::AccountStatus;
use ratatui::layout::Rect;

use crate::app::Model;
use crate::app::list::List;
use crate::app::query_bar::QueryBar;
use crate::client::sort_name;
use crate::text::{count, short_id};
use crate::theme::Meaning;

use super::canvas::Canvas;
use super::table::{self, Column, Size, TableStyle};
use super::when::ago;
use super::{field, state};

const COLUMNS: &[Column<AccountSummary>] = &[
    Column {
        title: "ACCOUNT",
        min_width: 0,
        size: Size::Fixed(16),
        cell: |row, _| (short_id(&row.account.id.to_string()), Meaning::Muted),
    },
    Column {
        title: "E-MAIL",
        min_width: 0,
        size: Size::Share(3),
        cell: |row, _| (row.account.email.clone(), Meaning::Text),
    },
    Column {
        title: "NAME",
        min_width: 120,
        size: Size::Share(2),
        cell: |row, _| (row.account.display_name.clone(), Meaning::Text),
    },
    Column {
        title: "TENANT",
        min_width: 80,
        size: Size::Fixed(12),
        cell: |row, _| (row.tenant.clone(), Meaning::Text),
    },
    Column {
        title: "STATUS",
        min_width: 0,
        size: Size::Fixed(14),
        cell: |row, _| status_label(row.account.status),
    },
    Column {
        title: "SCOPES",
        min_width: 100,
        size: Size::Fixed(6),
        cell: |row, _| (row.account.scopes.len().to_string(), Meaning::Text),
    },
    Column {
        title: "LINKED",
        min_width: 140,
        size: Size::Fixed(7),
        cell: |row, now| (ago(now, row.account.linked_at), Meaning::Muted),
    },
    Column {
        title: "USED",
        min_width: 0,
        size: Size::Fixed(7),
        cell: |row, now| {
            (row.account.last_used_at.map_or_else(|| "never".to_owned(), |at| ago(now, at)), Meaning::Muted)
        },
    },
];

/// A status as a symbol and a word.
pub fn status_label(status: AccountStatus) -> (String, Meaning) {
    let (sign, meaning) = match status {
        AccountStatus::Active => ("●", Meaning::Good),
        AccountStatus::NeedsReauth => ("▲", Meaning::Warn),
        AccountStatus::Suspended => ("‖", Meaning::Warn),
        AccountStatus::Revoking => ("◌", Meaning::Busy),
        AccountStatus::Revoked => ("✕", Meaning::Bad),
    };
    (format!("{sign} {status}"), meaning)
}

/// Draws the screen.
pub(super) fn draw(model: &Model, canvas: &mut Canvas<'_, '_>, area: Rect) {
    let view = &model.accounts;
    let heading = match &view.filter.tenant {
        Some(tenant) => format!("accounts › {tenant}"),
        None => "accounts › all tenants".to_owned(),
    };
    canvas.line(area, 0, &[(&heading, Meaning::Heading)]);
    canvas.right(
        area,
        0,
        &format!("{}sort: {}", match_count(&view.list), sort_name(view.filter.sort)),
        Meaning::Muted,
    );
    query_line(canvas, area, &view.bar, "status: tenant: scope: connector: sort: and words to search for");
    let empty = if view.bar.field.text().is_empty() {
        "no account is linked yet"
    } else {
        "no account matches; esc clears the search"
    };
    list(model, canvas, area, COLUMNS, &view.list, empty);
}

fn match_count<T>(list: &List<T>) -> String {
    let matching = match list.total {
        Some(total) if total.approximate => format!("≈ {} match · ", count(total.count)),
        Some(total) => format!("{} match · ", count(total.count)),
        None => String::new(),
    };
    match list.unknown_state.len() {
        0 => matching,
        unknown => format!("{matching}{unknown} in a state that only a newer server knows · "),
    }
}

/// Draws the query line of a screen, and what is wrong with the query.
pub(super) fn query_line(canvas: &mut Canvas<'_, '_>, area: Rect, bar: &QueryBar, help: &str) {
    let used = canvas.line(area, 1, &[("/ ", Meaning::Accent)]);
    let line = Rect { x: area.x + used, y: area.y + 1, width: area.width - used, height: 1 };
    if bar.field.text().is_empty() {
        canvas.line(line, 0, &[(help, Meaning::Muted)]);
    }
    if let Some(problem) = &bar.problem {
        let text = format!("▲ {problem}");
        canvas.right(line, 0, &text, Meaning::Warn);
    }
    field::draw(canvas, line, &bar.field, bar.editing);
}

/// Draws a list with its state: everything below the rule.
pub(super) fn list<T>(
    model: &Model,
    canvas: &mut Canvas<'_, '_>,
    area: Rect,
    columns: &[Column<T>],
    list: &List<T>,
    empty: &str,
) {
    let body = Rect { y: area.y + 3, height: area.height.saturating_sub(4), ..area };
    let style =
        TableStyle { now: model.now, terminal: model.size.0, stale: list.fetch.last_failure.is_some() };
    table::draw(canvas, body, columns, list, &style);
    let (text, meaning) = state::describe(model, &list.fetch, !list.is_empty());
    let rows = Rect { y: body.y + 1, height: body.height.saturating_sub(1), ..body };
    if list.is_empty() {
        let answered = list.is_complete() && list.fetch.last_failure.is_none();
        let (text, meaning) =
            if answered { (empty.to_owned(), Meaning::Muted) } else { (text.clone(), meaning) };
        canvas.centred(rows, &text, meaning);
    }
    state_line(model, canvas, area, (&text, meaning), &position(list));
}

fn position<T>(list: &List<T>) -> String {
    if list.is_empty() {
        return String::new();
    }
    let row = count(list.selected() as u64 + 1);
    match (list.is_complete(), list.total) {
        (true, _) => format!("row {row} of {}", count(list.len() as u64)),
        (false, Some(total)) => {
            let sign = if total.approximate { "≈ " } else { "" };
            format!("row {row} of {sign}{}", count(total.count.max(list.len() as u64)))
        }
        (false, None) => format!("row {row} of more than {}", count(list.len() as u64)),
    }
}

/// Draws the line above the hints: a message to the operator or else the state, and the position at the right.
pub(super) fn state_line(
    model: &Model,
    canvas: &mut Canvas<'_, '_>,
    area: Rect,
    state: (&str, Meaning),
    place: &str,
) {
    let row = area.height - 1;
    let room = area.width.saturating_sub(u16::try_from(place.len() + 2).unwrap_or(0));
    let (text, meaning) = match &model.toast {
        Some((text, _)) => (text.as_str(), Meaning::Accent),
        None => state,
    };
    canvas.put(area.x, area.y + row, room, text, meaning);
    canvas.right(area, row, place, Meaning::Muted);
}
