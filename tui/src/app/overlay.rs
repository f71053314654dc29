//! Handles keys while a dialog, the palette, the help or the login form is open.

use crossterm::event::{KeyCode, KeyEvent};
use secrecy::SecretString;

use crate::client::Request;

use super::act::act;
use super::calls::call;
use super::login::LoginForm;
use super::model::{Effect, Model, Overlay, Slot};
use super::revoke::RevokeFocus;

/// Handles a key while a dialog covers the screen.
pub(super) fn key(model: &mut Model, key: KeyEvent) -> Vec<Effect> {
    if key.code == KeyCode::Esc {
        model.overlay = None;
        return Vec::new();
    }
    match &mut model.overlay {
        Some(Overlay::Help(scroll)) => {
            match key.code {
                KeyCode::Down | KeyCode::Char('j') => *scroll = scroll.saturating_add(1).min(60),
                KeyCode::Up | KeyCode::Char('k') => *scroll = scroll.saturating_sub(1),
                KeyCode::Char('?' | 'q') | KeyCode::Enter => model.overlay = None,
                _ => model.changed = false,
            }
            Vec::new()
        }
        Some(Overlay::Palette(_)) => palette_key(model, key),
        Some(Overlay::Revoke(_)) => revoke_key(model, key),
        None => Vec::new(),
    }
}

fn palette_key(model: &mut Model, key: KeyEvent) -> Vec<Effect> {
    let kind = model.screen.kind();
    let Some(Overlay::Palette(palette)) = &mut model.overlay else { return Vec::new() };
    match key.code {
        KeyCode::Enter => {
            let chosen = palette.chosen(kind);
            model.overlay = None;
            return chosen.map_or_else(Vec::new, |entry| act(model, entry.action));
        }
        KeyCode::Down | KeyCode::Tab => palette.step(1, kind),
        KeyCode::Up | KeyCode::BackTab => palette.step(-1, kind),
        _ if palette.field.key(key) => palette.selected = 0,
        _ => model.changed = false,
    }
    Vec::new()
}

fn revoke_key(model: &mut Model, key: KeyEvent) -> Vec<Effect> {
    let Some(Overlay::Revoke(dialog)) = &mut model.overlay else { return Vec::new() };
    if dialog.call.is_loading() {
        model.changed = false;
        return Vec::new();
    }
    match key.code {
        KeyCode::Tab | KeyCode::BackTab | KeyCode::Down | KeyCode::Up => {
            dialog.focus = match dialog.focus {
                RevokeFocus::Reason => RevokeFocus::Typed,
                RevokeFocus::Typed => RevokeFocus::Reason,
            };
        }
        KeyCode::Enter if dialog.focus == RevokeFocus::Reason => dialog.focus = RevokeFocus::Typed,
        KeyCode::Enter => {
            dialog.message = dialog.missing();
            if dialog.message.is_none() {
                let reason = dialog.reason.text().trim().to_owned();
                let request = Request::Revoke { id: dialog.id, reason };
                return vec![call(&mut dialog.call, Slot::Revoke, request)];
            }
        }
        _ => {
            let field = match dialog.focus {
                RevokeFocus::Reason => &mut dialog.reason,
                RevokeFocus::Typed => &mut dialog.typed,
            };
            if field.key(key) {
                dialog.message = None;
            } else {
                model.changed = false;
            }
        }
    }
    Vec::new()
}

/// Handles a paste while a dialog covers the screen. The confirmation must be typed.
pub(super) fn paste(model: &mut Model, text: &str) {
    match &mut model.overlay {
        Some(Overlay::Palette(palette)) => palette.field.paste(text),
        Some(Overlay::Revoke(dialog)) if dialog.call.is_loading() => {}
        Some(Overlay::Revoke(dialog)) if dialog.focus == RevokeFocus::Reason => dialog.reason.paste(text),
        Some(Overlay::Revoke(dialog)) => {
            dialog.message = Some("pasting does not confirm; type it".to_owned());
        }
        Some(Overlay::Help(_)) | None => model.changed = false,
    }
}

/// Handles a key while the login form is open.
pub(super) fn login_key(model: &mut Model, key: KeyEvent) -> Vec<Effect> {
    let insecure = model.setup.insecure_http;
    let Some(form) = &mut model.login else { return Vec::new() };
    if model.login_call.is_loading() {
        if key.code == KeyCode::Esc {
            model.login_call.reset();
        } else {
            model.changed = false;
        }
        return Vec::new();
    }
    match key.code {
        KeyCode::Enter => match form.complete(insecure) {
            Err(why) => form.message = Some(why),
            Ok(server) => {
                form.message = None;
                let password = SecretString::from(form.password.text());
                let request = Request::Login { name: form.name.text().to_owned(), password };
                let connect = Effect::Connect { server: server.as_str().to_owned() };
                return vec![connect, call(&mut model.login_call, Slot::Login, request)];
            }
        },
        KeyCode::Tab => form.next(),
        KeyCode::BackTab => form.previous(),
        KeyCode::Down => choose_context(form, &model.setup.contexts, true),
        KeyCode::Up => choose_context(form, &model.setup.contexts, false),
        _ if form.focused().key(key) => {}
        _ => model.changed = false,
    }
    Vec::new()
}

fn choose_context(form: &mut LoginForm, contexts: &[(String, String, String)], forward: bool) {
    if contexts.is_empty() {
        return if forward { form.next() } else { form.previous() };
    }
    let count = contexts.len();
    let chosen = match (form.context, forward) {
        (None, true) => 0,
        (None, false) => count - 1,
        (Some(at), true) => (at + 1) % count,
        (Some(at), false) => (at + count - 1) % count,
    };
    let (_, server, name) = &contexts[chosen];
    *form = LoginForm::new(server, name, None);
    form.context = Some(chosen);
}
