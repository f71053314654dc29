//! The audit log screen: who did what, when, and why.

use bowline_api::admin::{Actor, AuditEvent};
use ratatui::layout::Rect;

use crate::app::Model;
use crate::theme::Meaning;

use super::accounts::{list, query_line};
use super::canvas::Canvas;
use super::table::{Column, Size};
use super::when::stamp;
use crate::text::short_id;

const COLUMNS: &[Column<AuditEvent>] = &[
    Column {
        title: "AT",
        min_width: 0,
        size: Size::Fixed(20),
        cell: |row, _| (stamp(row.at), Meaning::Muted),
    },
    Column {
        title: "ACTION",
        min_width: 0,
        size: Size::Share(3),
        cell: |row, _| (row.action.clone(), Meaning::Text),
    },
    Column {
        title: "WHO",
        min_width: 0,
        size: Size::Share(3),
        cell: |row, _| (actor_label(&row.actor), Meaning::Text),
    },
    Column {
        title: "SUBJECT",
        min_width: 80,
        size: Size::Fixed(18),
        cell: |row, _| (row.subject.as_deref().map_or_else(|| "–".to_owned(), short_id), Meaning::Muted),
    },
    Column {
        title: "DETAIL",
        min_width: 100,
        size: Size::Share(5),
        cell: |row, _| (detail_text(row), Meaning::Muted),
    },
];

/// The actor's name and kind.
pub fn actor_label(actor: &Actor) -> String {
    match actor.name.as_ref().or(actor.id.as_ref()) {
        Some(name) => format!("{name} ({})", actor.kind),
        None => actor.kind.clone(),
    }
}

/// The details of an event in one line: `reason: …, status: …`.
pub fn detail_text(event: &AuditEvent) -> String {
    let fact = |(key, value): (&String, &serde_json::Value)| match value {
        serde_json::Value::String(text) => format!("{key}: {text}"),
        other => format!("{key}: {other}"),
    };
    event.detail.iter().map(fact).collect::<Vec<_>>().join(", ")
}

/// Draws the screen.
pub(super) fn draw(model: &Model, canvas: &mut Canvas<'_, '_>, area: Rect) {
    let view = &model.audit;
    let heading = match &view.tenant {
        Some(tenant) => format!("audit › {tenant}"),
        None => "audit".to_owned(),
    };
    canvas.line(area, 0, &[(&heading, Meaning::Heading)]);
    canvas.right(area, 0, "verify with: bowline audit verify", Meaning::Muted);
    query_line(canvas, area, &view.bar, "tenant:NAME shows one tenant's log");
    list(model, canvas, area, COLUMNS, &view.list, "this log is empty");
}
