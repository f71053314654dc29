//! Which calls to start now, and when to look again because time has passed: the deadlines of messages, refreshes and
//! retries.

use chrono::{DateTime, DurationRound as _, TimeDelta, Utc};

use crate::client::Request;
use crate::widget::call_state::CallState;
use crate::widget::completion::FilterValues;

use super::liveness;
use super::message::{Effect, Slot, Streaming};
use super::model::Model;

/// Starts a call.
pub(super) fn start(model: &mut Model, slot: Slot, request: Request) -> Effect {
    model.last_call += 1;
    let number = model.last_call;
    if let Some(call) = model.call_mut(slot) {
        call.start(number);
    }
    Effect::Call { slot, number, request }
}

/// Starts every call that the current screen needs, unless it is in progress or waits after a failure.
pub(super) fn start_needed(model: &mut Model) -> Vec<Effect> {
    let mut effects = Vec::new();
    if model.login.is_some() {
        return effects;
    }
    let window = model.window();
    if model.operator.is_none() && model.whoami.may_start(window.now) {
        effects.push(start(model, Slot::WhoAmI, Request::WhoAmI));
    }
    if let Some(request) = names_of_tenants(model) {
        effects.push(start(model, Slot::TenantNames, request));
    }
    let id = model.views.current().id;
    if model.streaming == Streaming::Off
        && window.is_attended
        && model.operator.is_some()
        && model.screen().takes_news()
    {
        model.streaming = Streaming::Lost;
        effects.push(Effect::Subscribe);
    }
    for (part, request) in model.screen_mut().requests(&window) {
        effects.push(start(model, Slot::View(id, part), request));
    }
    effects
}

/// The request for names of tenants, while somebody types a query with the filter by tenant.
fn names_of_tenants(model: &Model) -> Option<Request> {
    let bar = model.screen().bar().filter(|bar| bar.editing && model.dialogs.is_empty())?;
    let typed = bar.field.text().to_lowercase();
    let mut filters = model.screen().list().filters().iter();
    let is_typed = filters.any(|filter| {
        matches!(filter.values, FilterValues::Tenant) && typed.contains(&format!("{}:", filter.key))
    });
    if is_typed { model.tenant_names.request(model.now) } else { None }
}

/// When the retries on the current screen are due.
fn retries_due(model: &Model) -> Vec<DateTime<Utc>> {
    model.screen().calls().into_iter().filter_map(CallState::retry_at).collect()
}

/// When the typed queries take effect.
fn queries_due(model: &Model) -> impl Iterator<Item = DateTime<Utc>> {
    model.views.iter().filter_map(|view| view.screen.bar()?.due)
}

/// Whether the passing of time alone changes what is drawn: a countdown, an expired message, or a query that takes
/// effect.
pub(super) fn depends_on_time(model: &Model) -> bool {
    let toast = model.toast.as_ref().map(|(_, until)| *until);
    let mark = model.screen().rows().next_change_end();
    let ended = toast.into_iter().chain(mark).chain(queries_due(model)).any(|at| at <= model.now);
    ended || !retries_due(model).is_empty()
}

/// When the next [`Msg::Tick`](super::Msg::Tick) is due if nothing else happens. `None` means never, and the process
/// sleeps.
pub fn next_deadline(model: &Model) -> Option<DateTime<Utc>> {
    let mut deadlines: Vec<_> = model.toast.iter().map(|(_, until)| *until).collect();
    if model.login.is_none() {
        deadlines.extend(queries_due(model));
        deadlines.extend(model.screen().rows().next_change_end());
        if model.operator.is_none() {
            deadlines.extend(model.whoami.retry_at());
        }
        let retries = retries_due(model);
        if !retries.is_empty() {
            // A countdown is visible, and the next full second changes it.
            let second = TimeDelta::seconds(1);
            deadlines.extend(model.now.duration_trunc(second).ok().map(|time| time + second));
        }
        deadlines.extend(retries);
        deadlines.extend(model.screen().poll_at().filter(|_| model.is_attended()));
        deadlines.extend(liveness::connection_changes_at(model));
    }
    deadlines.into_iter().min()
}
