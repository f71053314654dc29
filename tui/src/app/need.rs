//! What the screen in view lacks, and when time alone will change something.

use bowline_api::admin::{AuditEvent, Tenant};
use chrono::{DateTime, DurationRound as _, TimeDelta, Utc};

use crate::client::{Place, Request};

use super::feed::Feed;
use super::list::{List, PAGE_ROWS};
use super::model::{Effect, Model, Screen, Slot};

/// Begins every call that the screen in view needs and that is neither under way nor barred by a failure.
pub(super) fn ensure(model: &mut Model) -> Vec<Effect> {
    let mut effects = Vec::new();
    if model.login.is_some() {
        return effects;
    }
    let (now, height) = (model.now, model.list_height());
    if model.operator.is_none() && model.whoami.may_begin(now) {
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
            let due = view.look_again_at().is_some_and(|at| at <= now);
            if due {
                view.timeline.refresh();
            }
            let is_wanted = view.is_stale() || view.feed.trouble.is_some();
            if (due || is_wanted) && view.feed.may_begin(now) {
                // Only a look at the whole account is recorded, so waiting for a change does without one.
                let request = if view.is_stale() { Request::Account(id) } else { Request::AccountState(id) };
                effects.push(call(&mut view.feed, Slot::Account, request));
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
    request: impl FnOnce(Place) -> Request,
) -> Option<Effect> {
    if !list.feed.may_begin(now) {
        return None;
    }
    let cursor = list.wanted(height)?;
    Some(call(&mut list.feed, slot, request(Place { cursor, limit: PAGE_ROWS })))
}

/// Begins a call.
pub(super) fn call(feed: &mut Feed, slot: Slot, request: Request) -> Effect {
    Effect::Call { slot, generation: feed.begin(), request }
}

/// The feeds of the screen in view, for states and countdowns.
pub(crate) fn feeds_in_view(model: &Model) -> Vec<&Feed> {
    match model.screen {
        Screen::Accounts => vec![&model.accounts.list.feed],
        Screen::Tenants => vec![&model.tenants.feed],
        Screen::Audit => vec![&model.audit.list.feed],
        Screen::Account(_) => {
            model.account.iter().flat_map(|view| [&view.feed, &view.timeline.feed]).collect()
        }
    }
}

/// Whether time alone changes what is drawn: a countdown, a word that has stayed long enough, a query whose time
/// has come.
pub(super) fn shows_time(model: &Model) -> bool {
    let over = |at: Option<DateTime<Utc>>| at.is_some_and(|at| at <= model.now);
    over(model.toast.as_ref().map(|(_, until)| *until))
        || [model.accounts.bar.due, model.audit.bar.due].into_iter().any(over)
        || feeds_in_view(model).iter().any(|feed| feed.retry_at().is_some())
}

/// When a [`Msg::Tick`](super::Msg::Tick) is due, if nothing else happens before; `None` means never, and the
/// process sleeps.
pub fn next_deadline(model: &Model) -> Option<DateTime<Utc>> {
    let mut deadlines = vec![model.toast.as_ref().map(|(_, until)| *until)];
    if model.login.is_none() {
        deadlines.extend([model.accounts.bar.due, model.audit.bar.due]);
        if model.operator.is_none() {
            deadlines.push(model.whoami.retry_at());
        }
        let retries: Vec<_> = feeds_in_view(model).iter().filter_map(|feed| feed.retry_at()).collect();
        if !retries.is_empty() {
            // A countdown is in sight: the next whole second changes it.
            let second = TimeDelta::seconds(1);
            deadlines.push(model.now.duration_trunc(second).ok().map(|t| t + second));
        }
        deadlines.extend(retries.into_iter().map(Some));
        if let (Screen::Account(_), Some(view)) = (model.screen, &model.account) {
            deadlines.push(view.look_again_at());
        }
    }
    deadlines.into_iter().flatten().min()
}
