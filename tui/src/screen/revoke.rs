//! Draws the dialog that revokes an account.

use ratatui::layout::Rect;

use crate::app::revoke::{RevokeDialog, RevokeFocus};
use crate::theme::Meaning;

use super::canvas::Canvas;
use super::field;

/// The width of a label, in columns.
const LABEL: u16 = 18;

/// Draws the dialog.
pub(super) fn draw(dialog: &RevokeDialog, canvas: &mut Canvas<'_, '_>, area: Rect) {
    let inner = canvas.dialog((70.min(area.width), 15), " revoke this account ", Meaning::Bad);
    let id = dialog.id.to_string();
    let expected = dialog.expected();
    let (head, tail) = id.split_at(id.len() - expected.len());
    canvas.line(inner, 0, &[("  ", Meaning::Text), (head, Meaning::Text), (tail, Meaning::Bad)]);
    canvas.line(inner, 1, &[("  ", Meaning::Text), (&dialog.email, Meaning::Text)]);
    let whose = format!("  tenant {} · user {}", dialog.tenant, dialog.external_user_id);
    canvas.line(inner, 2, &[(&whose, Meaning::Muted)]);
    let warning = "This cannot be undone: no more tokens are issued, the grant is revoked at Dropbox, and the user must link again.";
    canvas.wrapped(Rect { y: inner.y + 4, height: 2, ..inner }, warning, Meaning::Warn);
    let fields = [
        ("reason (required)", &dialog.reason, RevokeFocus::Reason),
        (&*format!("type {expected}"), &dialog.typed, RevokeFocus::Typed),
    ];
    for (row, (label, text, focus)) in [7, 8].into_iter().zip(fields) {
        let focused = dialog.focus == focus;
        let meaning = if focused { Meaning::Accent } else { Meaning::Muted };
        canvas.line(inner, row, &[(if focused { "▶ " } else { "  " }, Meaning::Accent), (label, meaning)]);
        let x = inner.x + LABEL + 2;
        let line = Rect { x, y: inner.y + row, width: inner.right().saturating_sub(x), height: 1 };
        field::draw(canvas, line, text, focused);
    }
    let message = Rect { y: inner.y + 10, height: 2, ..inner };
    if dialog.call.is_loading() {
        canvas.line(message, 0, &[("… revoking", Meaning::Busy)]);
    } else if let Some(text) = &dialog.message {
        canvas.wrapped(message, text, Meaning::Warn);
    } else if dialog.missing().is_none() {
        canvas.line(message, 0, &[("ready: press enter to revoke", Meaning::Bad)]);
    }
    let hints = [
        ("tab", Meaning::Accent),
        (" next field  ", Meaning::Muted),
        ("esc", Meaning::Accent),
        (" cancel", Meaning::Muted),
    ];
    canvas.line(inner, 12, &hints);
}
