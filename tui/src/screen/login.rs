//! The login form.

use ratatui::layout::Rect;

use crate::app::Model;
use crate::app::login::{LoginFocus, LoginForm};
use crate::theme::Meaning;

use super::canvas::Canvas;
use super::field;

/// Draws the form.
pub(super) fn draw(model: &Model, form: &LoginForm, canvas: &mut Canvas<'_, '_>, area: Rect) {
    let contexts = u16::try_from(model.setup.contexts.len()).unwrap_or(0).min(4);
    let rows = 10 + if contexts > 0 { contexts + 2 } else { 0 };
    let inner = canvas.dialog((66.min(area.width), rows), " bowline ── log in ", Meaning::Frame);
    let fields = [
        ("server", &form.server, LoginFocus::Server),
        ("name", &form.name, LoginFocus::Name),
        ("password", &form.password, LoginFocus::Password),
    ];
    for (row, (label, text, focus)) in (1..).zip(fields) {
        let focused = form.focus == focus;
        let sign = if focused { "▶ " } else { "  " };
        canvas.line(
            inner,
            row,
            &[(sign, Meaning::Accent), (label, if focused { Meaning::Accent } else { Meaning::Muted })],
        );
        let line =
            Rect { x: inner.x + 12, y: inner.y + row, width: inner.width.saturating_sub(12), height: 1 };
        if focus == LoginFocus::Password {
            field::draw_secret(canvas, line, text, focused);
        } else {
            field::draw(canvas, line, text, focused);
        }
    }
    let below = Rect { y: inner.y + 5, height: 2, ..inner };
    if model.login_call.is_loading() {
        canvas.line(below, 0, &[("… logging in (esc stops waiting)", Meaning::Busy)]);
    } else if let Some(message) = &form.message {
        canvas.wrapped(below, message, Meaning::Warn);
    }
    let hints = [
        ("enter", Meaning::Accent),
        (" log in  ", Meaning::Muted),
        ("tab", Meaning::Accent),
        (" next field  ", Meaning::Muted),
        ("ctrl-c", Meaning::Accent),
        (" quit", Meaning::Muted),
    ];
    canvas.line(inner, 7, &hints);
    draw_contexts(
        model,
        form,
        canvas,
        Rect { y: inner.y + 8, height: inner.height.saturating_sub(8), ..inner },
    );
}

fn draw_contexts(model: &Model, form: &LoginForm, canvas: &mut Canvas<'_, '_>, area: Rect) {
    if model.setup.contexts.is_empty() {
        return;
    }
    canvas.line(area, 1, &[("contexts (↑ ↓ choose)", Meaning::Heading)]);
    let first = form.context.map_or(0, |at| at.saturating_sub(3));
    for (row, (at, (name, server, who))) in
        (2..).zip(model.setup.contexts.iter().enumerate().skip(first).take(4))
    {
        let sign = if form.context == Some(at) { "▶ " } else { "  " };
        canvas.line(
            area,
            row,
            &[
                (sign, Meaning::Accent),
                (name, Meaning::Text),
                ("  ", Meaning::Text),
                (who, Meaning::Muted),
                (" at ", Meaning::Muted),
                (server, Meaning::Muted),
            ],
        );
    }
}
