//! What the login form looks like.

use ratatui::layout::Rect;

use crate::app::setup::Setup;
use crate::client::SignOnStep;
use crate::registry::action::Action;
use crate::registry::keymap::Keymap;
use crate::theme::Meaning;
use crate::widget::canvas::Canvas;

use super::form::{LoginFocus, LoginForm};

/// Draws the form.
pub(in crate::app) fn draw(
    setup: &Setup,
    keymap: &Keymap,
    form: &LoginForm,
    canvas: &mut Canvas<'_, '_>,
    area: Rect,
) {
    let contexts = u16::try_from(setup.contexts.len()).unwrap_or(0).min(4);
    let offered = u16::from(form.offered().is_some());
    let rows = 10 + offered + if contexts > 0 { contexts + 2 } else { 0 };
    let inner = canvas.dialog((66.min(area.width), rows), " bowline ── log in ", Meaning::Frame);
    let mut fields = vec![
        ("server", &form.server, LoginFocus::Server),
        ("name", &form.name, LoginFocus::Name),
        ("password", &form.password, LoginFocus::Password),
    ];
    fields.extend(form.code.as_ref().map(|code| ("code", code, LoginFocus::Code)));
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
        if matches!(focus, LoginFocus::Password | LoginFocus::Code) {
            text.draw_masked(canvas, line, focused);
        } else {
            text.draw(canvas, line, focused);
        }
    }
    let below = Rect { y: inner.y + 5, height: 2, ..inner };
    if form.call.is_loading() {
        canvas.wrapped(below, &waiting_words(keymap, form), Meaning::Busy);
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
    if let Some(offer) = form.offered() {
        let (browser, device) =
            (keys_of(keymap, Action::SignOnBrowser), keys_of(keymap, Action::SignOnDevice));
        let way = |key| (key, Meaning::Accent);
        let ways = match &form.step {
            // The key that has begun the login copies the address of its page now.
            Some(step) if step.address().is_some() => {
                vec![way(&*browser), (" copy the address of the page", Meaning::Muted)]
            }
            _ if form.call.is_loading() => Vec::new(),
            _ if offer.device == Some(false) => {
                vec![way(&*browser), (" log in with a browser", Meaning::Muted)]
            }
            _ => vec![
                way(&*browser),
                (" log in with a browser  ", Meaning::Muted),
                way(&*device),
                (" on another device", Meaning::Muted),
            ],
        };
        canvas.line(inner, 8, &ways);
    }
    let used = 8 + offered;
    let rest = Rect { y: inner.y + used, height: inner.height.saturating_sub(used), ..inner };
    draw_contexts(setup, form, canvas, rest);
}

fn keys_of(keymap: &Keymap, action: Action) -> String {
    keymap.first_key(action).unwrap_or_default()
}

/// What the form waits for, and what the operator has to do meanwhile.
fn waiting_words(keymap: &Keymap, form: &LoginForm) -> String {
    let close = keys_of(keymap, Action::Close);
    let Some(step) = &form.step else { return format!("… logging in ({close} stops waiting)") };
    let words = step.words(&keys_of(keymap, Action::SignOnBrowser));
    if matches!(step, SignOnStep::Page { opened: false, .. }) {
        let device = keys_of(keymap, Action::SignOnDevice);
        return format!("{words}; {close} stops, {device} then gives a code");
    }
    format!("{words}; {close} stops")
}

fn draw_contexts(setup: &Setup, form: &LoginForm, canvas: &mut Canvas<'_, '_>, area: Rect) {
    if setup.contexts.is_empty() {
        return;
    }
    canvas.line(area, 1, &[("contexts (↑ ↓ choose)", Meaning::Heading)]);
    let first = form.context.map_or(0, |at| at.saturating_sub(3));
    for (row, (at, known)) in (2..).zip(setup.contexts.iter().enumerate().skip(first).take(4)) {
        let sign = if form.context == Some(at) { "▶ " } else { "  " };
        canvas.line(
            area,
            row,
            &[
                (sign, Meaning::Accent),
                (if setup.is_prod_at(&known.server) { "PROD " } else { "" }, Meaning::Bad),
                (&known.name, Meaning::Text),
                (if known.has_session { " ● " } else { "  " }, Meaning::Good),
                (&known.login, Meaning::Muted),
                (" at ", Meaning::Muted),
                (&known.server, Meaning::Muted),
            ],
        );
    }
}
