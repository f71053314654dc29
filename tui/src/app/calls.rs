//! Decides which calls the current screen needs, and when the passing of time alone changes something.

use bowline_api::admin::{AuditEvent, Tenant};
use chrono::{DateTime, DurationRound as _, TimeDelta, Utc};

use crate::client::{PageQuery, Request};

use super::fetch::Fetch;
use super::list::{List, PAGE_ROWS};
use super::model::{Effect, Model, Screen, Slot};

/// Starts every call that the current screen needs, unless it is in progress or waits after a failure.
pub(super) fn start_needed(model: &mut Model) -> Vec<Effect> {
    let mut effects = Vec::new();
    if model.login.is_some() {
        return effects;
    }
    let (now, height) = (model.now, model.list_height());
    if model.operator.is_none() && model.whoami.may_start(now) {
        effects.push(call(&mut model.whoami, Slot::WhoAmI, Request::WhoAmI));
    }
    match model.screen {
        Screen::Accounts => {
            let view = &mut model.accounts;
            let filter = &view.filter;
            let request = |place| Request::Accounts(filter.clone(), place);
            effects.extend(page(&mut view.list, now, height, Slot::Accounts, request));
        }
        Screen::Tenants => effects.extend(tenants(&mut model.tenants, now, height)),
        Screen::Audit => {
            let view = &mut model.audit;
            let tenant = &view.tenant;
            let request = |place| Request::Audit(tenant.clone(), place);
            effects.extend(page(&mut view.list, now, height, Slot::Audit, request));
        }
        Screen::Account(id) => {
            let Some(view) = model.account.as_mut() else { return effects };
            let due = view.next_poll_at().is_some_and(|at| at <= now);
            if due {
                view.timeline.refresh();
            }
            let is_wanted = view.is_stale() || view.fetch.last_failure.is_some();
            if (due || is_wanted) && view.fetch.may_start(now) {
                // The server records each read of a whole account, so polling for a change reads only its state.
                let request = if view.is_stale() { Request::Account(id) } else { Request::AccountState(id) };
                effects.push(call(&mut view.fetch, Slot::Account, request));
            }
            effects.extend(timeline(&mut view.timeline, now, height, id));
        }
    }
    effects
}

fn tenants(list: &mut List<Tenant>, now: DateTime<Utc>, height: usize) -> Option<Effect> {
    page(list, now, height, Slot::Tenants, Request::Tenants)
}

fn timeline(
    list: &mut List<AuditEvent>,
    now: DateTime<Utc>,
    height: usize,
    id: bowline_api::AccountId,
) -> Option<Effect> {
    page(list, now, height, Slot::Timeline, |place| Request::Timeline(id, place))
}

fn page<T>(
    list: &mut List<T>,
    now: DateTime<Utc>,
    height: usize,
    slot: Slot,
    request: impl FnOnce(PageQuery) -> Request,
) -> Option<Effect> {
    if !list.fetch.may_start(now) {
        return None;
    }
    let cursor = list.next_missing(height)?;
    Some(call(&mut list.fetch, slot, request(PageQuery { cursor, limit: PAGE_ROWS })))
}

/// Starts a call.
pub(super) fn call(fetch: &mut Fetch, slot: Slot, request: Request) -> Effect {
    Effect::Call { slot, generation: fetch.start(), request }
}

/// The fetches of the current screen, for states and countdowns.
pub(crate) fn fetches_on_screen(model: &Model) -> Vec<&Fetch> {
    match model.screen {
        Screen::Accounts => vec![&model.accounts.list.fetch],
        Screen::Tenants => vec![&model.tenants.fetch],
        Screen::Audit => vec![&model.audit.list.fetch],
        Screen::Account(_) => {
            model.account.iter().flat_map(|view| [&view.fetch, &view.timeline.fetch]).collect()
        }
    }
}

/// Whether the passing of time alone changes what is drawn: a countdown, an expired message, or a query that takes
/// effect.
pub(super) fn depends_on_time(model: &Model) -> bool {
    let over = |at: Option<DateTime<Utc>>| at.is_some_and(|at| at <= model.now);
    over(model.toast.as_ref().map(|(_, until)| *until))
        || [model.accounts.bar.due, model.audit.bar.due].into_iter().any(over)
        || fetches_on_screen(model).iter().any(|fetch| fetch.retry_at().is_some())
}

/// When the next [`Msg::Tick`](super::Msg::Tick) is due if nothing else happens. `None` means never, and the process
/// sleeps.
pub fn next_deadline(model: &Model) -> Option<DateTime<Utc>> {
    let mut deadlines = vec![model.toast.as_ref().map(|(_, until)| *until)];
    if model.login.is_none() {
        deadlines.extend([model.accounts.bar.due, model.audit.bar.due]);
        if model.operator.is_none() {
            deadlines.push(model.whoami.retry_at());
        }
        let retries: Vec<_> = fetches_on_screen(model).iter().filter_map(|fetch| fetch.retry_at()).collect();
        if !retries.is_empty() {
            // A countdown is visible, and the next full second changes it.
            let second = TimeDelta::seconds(1);
            deadlines.push(model.now.duration_trunc(second).ok().map(|t| t + second));
        }
        deadlines.extend(retries.into_iter().map(Some));
        if let (Screen::Account(_), Some(view)) = (model.screen, &model.account) {
            deadlines.push(view.next_poll_at());
        }
    }
    deadlines.into_iter().flatten().min()
}
