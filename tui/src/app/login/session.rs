//! The session: logging in with the form, logging out, and what follows when the session ends.

use bowline_api::admin::{LoginMethods, NewSession};
use crossterm::event::KeyEvent;

use crate::app::message::{Effect, Slot, Streaming};
use crate::app::model::Model;
use crate::app::schedule::start;
use crate::app::setup::KnownContext;
use crate::client::{Failure, Request, SignOnStep, SignOnWay};
use crate::registry::action::Action;
use crate::widget::call_state::CallState;
use crate::widget::text_field::TextField;

use super::form::LoginForm;

/// Handles a key while the login form is open.
pub(in crate::app) fn key(model: &mut Model, key: KeyEvent) -> Vec<Effect> {
    let insecure = model.setup.insecure_http;
    let action = model.keymap.dialog_action(key);
    let Some(form) = &mut model.login else { return Vec::new() };
    if form.call.is_loading() {
        return match (action, &form.step) {
            (Some(Action::Close), _) => {
                form.call.reset();
                form.step = None;
                vec![Effect::GiveUp(Slot::Login)]
            }
            (Some(Action::SignOnBrowser), Some(step)) if step.address().is_some() => {
                let copy = step.address().map(|address| Effect::Copy(address.to_owned()));
                model.notify("the address of the login page was copied");
                copy.into_iter().collect()
            }
            _ => {
                model.changed = false;
                Vec::new()
            }
        };
    }
    let chosen = form.context.and_then(|at| model.setup.contexts.get(at)).filter(|known| known.has_session);
    match action {
        Some(Action::Confirm) if form.password.text().is_empty() && chosen.is_some() => {
            let name = chosen.map(|known| known.name.clone()).unwrap_or_default();
            return switch(model, &name);
        }
        Some(Action::Confirm) => match form.complete(insecure) {
            Err(why) => form.message = Some(why),
            Ok(server) => {
                form.message = None;
                form.server = TextField::new(server.as_str());
                let request = Request::Login { name: form.name.text().to_owned(), proof: form.proof() };
                return vec![
                    connect_with_session(model, server.as_str().to_owned()),
                    start(model, Slot::Login, request),
                ];
            }
        },
        Some(Action::SignOnBrowser) => return sign_on(model, SignOnWay::Browser),
        Some(Action::SignOnDevice) => return sign_on(model, SignOnWay::Device),
        Some(Action::NextField) => form.next(),
        Some(Action::PreviousField) => form.previous(),
        Some(Action::DialogDown) => choose_context(form, &model.setup.contexts, true),
        Some(Action::DialogUp) => choose_context(form, &model.setup.contexts, false),
        None if form.focused().key(key) => {}
        _ => model.changed = false,
    }
    Vec::new()
}

fn connect_with_session(model: &mut Model, server: String) -> Effect {
    model.connected_to.clone_from(&server);
    Effect::Connect { server }
}

/// Begins a login at the identity provider of the form's server.
fn sign_on(model: &mut Model, way: SignOnWay) -> Vec<Effect> {
    let insecure = model.setup.insecure_http;
    let Some(form) = &mut model.login else { return Vec::new() };
    match form.valid_server(insecure) {
        Err(why) => {
            form.message = Some(why);
            Vec::new()
        }
        Ok(server) => {
            (form.message, form.step) = (None, None);
            form.server = TextField::new(server.as_str());
            vec![
                connect_with_session(model, server.as_str().to_owned()),
                start(model, Slot::Login, Request::SignOn(way)),
            ]
        }
    }
}

/// Shows what the operator has to do at the identity provider, in the form or in the dialog that waits for the call with this number.
pub(in crate::app) fn must_sign_on(model: &mut Model, number: u64, step: SignOnStep) {
    let dialog = model.dialogs.iter_mut().find(|dialog| dialog.awaited() == Some(number));
    match (&mut model.login, dialog) {
        (Some(form), _) if form.call.is_awaiting(number) => form.step = Some(step),
        (_, Some(dialog)) => dialog.told(step),
        // It was given up.
        _ => model.changed = false,
    }
}

/// Asks the form's server how operators log in, once for each server that stands there.
pub(in crate::app) fn ask_methods(model: &mut Model) -> Vec<Effect> {
    let insecure = model.setup.insecure_http;
    let Some(form) = &mut model.login else { return Vec::new() };
    let Some(server) = form.unasked(insecure) else { return Vec::new() };
    let server = server.as_str().to_owned();
    form.server = TextField::new(&server);
    (form.asked, form.single_sign_on) = (Some(server.clone()), None);
    let connect = (server != model.connected_to).then(|| connect_with_session(model, server));
    connect.into_iter().chain([start(model, Slot::LoginMethods, Request::LoginMethods)]).collect()
}

/// Offers the login at the identity provider, if the server has one.
pub(in crate::app) fn take_methods(model: &mut Model, methods: LoginMethods) {
    let Some(form) = &mut model.login else { return };
    model.changed = methods.single_sign_on.is_some() || !methods.passwords;
    form.single_sign_on = methods.single_sign_on;
    if !methods.passwords && form.message.is_none() {
        form.message = Some("log in at the identity provider; passwords are for emergencies".to_owned());
    }
}

fn choose_context(form: &mut LoginForm, contexts: &[KnownContext], forward: bool) {
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
    let known = &contexts[chosen];
    let message = known.has_session.then(|| "logged in there: enter switches".to_owned());
    *form = LoginForm::new(&known.server, &known.login, message);
    form.context = Some(chosen);
}

/// Continues with a new session.
pub(in crate::app) fn logged_in(model: &mut Model, session: Box<NewSession>) -> Vec<Effect> {
    if let Some(form) = model.login.take() {
        let server = form.server.text().to_owned();
        let name = match session.operator.issuer {
            // The identity provider has said who it is.
            Some(_) => session.operator.name.clone(),
            None => form.name.text().to_owned(),
        };
        let elsewhere = server != model.setup.server || name != model.setup.name;
        (model.setup.server, model.setup.name) = (server, name);
        if elsewhere {
            model.forget_everything();
        }
    }
    model.operator = Some(session.operator.clone());
    model.streaming = Streaming::Off;
    model.for_each_call(CallState::reset);
    vec![Effect::SaveSession(session)]
}

/// Shows another context in this terminal. What is in flight in the old one is dropped, except changes.
pub(in crate::app) fn switch(model: &mut Model, name: &str) -> Vec<Effect> {
    let Some(known) = model.setup.contexts.iter().find(|known| known.name == name).cloned() else {
        model.notify(format!("there is no context {name}"));
        return Vec::new();
    };
    if known.name == model.setup.context && model.login.is_none() {
        model.notify(format!("{name} is shown already"));
        return Vec::new();
    }
    model.forget_everything();
    let why = format!("not logged in to {name}");
    model.login = (!known.has_session).then(|| LoginForm::new(&known.server, &known.login, Some(why)));
    let mark = if model.setup.is_prod_at(&known.server) { "PROD " } else { "" };
    model.notify(format!("switched to {mark}{name}, in this terminal only"));
    model.connected_to.clone_from(&known.server);
    (model.setup.context, model.setup.server, model.setup.name) = (known.name, known.server, known.login);
    vec![Effect::Switch { context: model.setup.context.clone(), server: model.setup.server.clone() }]
}

/// Says in the form why the operator could not log in.
pub(in crate::app) fn login_failed(model: &mut Model, failure: &Failure) {
    if let Some(form) = &mut model.login {
        form.step = None;
        form.message = Some(match failure {
            Failure::CodeRequired(_) => {
                form.ask_for_code();
                "enter the code of your authenticator app, or a recovery code".to_owned()
            }
            Failure::Unauthorised(_) if form.code.is_some() => {
                form.ask_for_code();
                "the password or the code is wrong, or the code was used already; take the next one"
                    .to_owned()
            }
            Failure::Unauthorised(_) if !form.password.text().is_empty() => {
                "name or password is wrong".to_owned()
            }
            other => other.to_string(),
        });
    }
}

/// Asks the operator to log in again. Views, queries and open dialogs are kept behind the form, for the same operator at
/// the same server.
pub(in crate::app) fn ended(model: &mut Model) {
    model.setup.note_session(false);
    let why = "your session has ended; log in to continue where you left off".to_owned();
    model.login = Some(LoginForm::new(&model.setup.server, &model.setup.name, Some(why)));
}

/// Ends the session.
pub(in crate::app) fn log_out(model: &mut Model) -> Vec<Effect> {
    model.forget_everything();
    model.setup.note_session(false);
    model.login = Some(LoginForm::new(&model.setup.server, "", Some("logged out".to_owned())));
    model.setup.name.clear();
    // The call is sent with the session that is deleted afterwards.
    vec![start(model, Slot::Logout, Request::Logout), Effect::DeleteSession]
}
