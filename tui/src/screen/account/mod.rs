//! The account screen: one account with its timeline.

mod draw;
mod facts;
mod holders;
mod related;
mod state;
mod timeline;

use bowline_api::admin::AccountSummary;
use chrono::{DateTime, Utc};
use ratatui::layout::Rect;

use crate::client::{Answer, News, Request};
use crate::dialog::change;
use crate::interface::command_line::CommandLine;
use crate::interface::dialog::Reaction;
use crate::interface::screen::{Screen, ScreenPart};
use crate::registry::action::Action;
use crate::registry::place::Place;
use crate::screen::accounts::offered;
use crate::theme::Meaning;
use crate::widget::call_state::CallState;
use crate::widget::canvas::Canvas;
use crate::widget::queried_list::Queried;
use crate::widget::surroundings::{Surroundings, Window};

pub use facts::{Fact, facts, holder_count};
use holders::{HOLDERS_HEADING, holder_facts};
pub use state::Account;

impl Screen for Account {
    fn actions(&self) -> &'static [Action] {
        &[Action::Open, Action::Revoke, Action::Pause, Action::CopyId]
    }

    fn enter(&mut self, place: Place) {
        if let Place::Account(id) = place {
            self.show(id);
        }
    }

    fn is_list(&self) -> bool {
        false
    }

    fn list(&self) -> &dyn Queried {
        &self.timeline
    }

    fn list_mut(&mut self) -> &mut dyn Queried {
        &mut self.timeline
    }

    fn call_mut(&mut self, part: ScreenPart) -> Option<&mut CallState> {
        Some(match part {
            ScreenPart::Detail => &mut self.call,
            ScreenPart::Rows => &mut self.timeline.call,
            ScreenPart::Aside => &mut self.holders_call,
        })
    }

    fn calls(&self) -> Vec<&CallState> {
        vec![&self.call, &self.timeline.call, &self.holders_call]
    }

    fn requests(&mut self, window: &Window) -> Vec<(ScreenPart, Request)> {
        let now = window.now;
        let Some(id) = self.id else { return Vec::new() };
        let due = window.is_attended && self.next_poll_at().is_some_and(|at| at <= now);
        if due {
            self.timeline.refresh();
        }
        if window.is_attended && self.behind.take_due(&self.call, now) {
            (self.stale, self.holders_stale) = (true, true);
            self.timeline.refresh();
        }
        let mut requests = Vec::new();
        let is_wanted = due || self.is_stale() || self.call.last_failure.is_some();
        if is_wanted && self.call.may_start(now) {
            // The server records each read of a whole account, so polling for a change reads only its state.
            let request = if self.is_stale() { Request::Account(id) } else { Request::AccountState(id) };
            requests.push((ScreenPart::Detail, request));
        }
        let is_wanted = self.holders_stale || self.holders.is_none();
        if self.detail.is_some() && is_wanted && self.holders_call.may_start(now) {
            requests.push((ScreenPart::Aside, Request::TokenHolders(id)));
        }
        let page = self.timeline.next_page(now, window.rows);
        requests.extend(page.map(|page| (ScreenPart::Rows, Request::Timeline(id, page))));
        requests
    }

    fn take(&mut self, _part: ScreenPart, answer: Answer, window: &Window) -> Vec<Reaction> {
        match answer {
            Answer::Account(detail) => {
                return vec![Reaction::Changed(Box::new(Answer::Account(detail)))];
            }
            Answer::AccountState(state) if self.id == Some(state.id) => self.take_state(state),
            Answer::TokenHolders(holders) if self.id == Some(holders.account_id) => {
                self.holders = Some(*holders);
                self.holders_stale = false;
            }
            Answer::Events(page) => self.timeline.take(page, window.rows),
            _ => {}
        }
        Vec::new()
    }

    fn changed(&mut self, answer: &Answer, by_act: bool) {
        let Answer::Account(detail) = answer else { return };
        if self.id == Some(detail.summary.account.id) {
            self.take_detail((**detail).clone());
            if by_act {
                self.timeline.refresh();
            }
        }
    }

    fn offers(&self, action: Action) -> bool {
        self.subject().is_none_or(|row| offered(row, action))
    }

    fn act(&mut self, action: Action, _now: DateTime<Utc>) -> Vec<Reaction> {
        match action {
            Action::Open => related::open(self).into_iter().collect(),
            Action::Revoke => vec![change::revoke(self.subject())],
            Action::Pause => vec![change::pause(self.subject())],
            _ => Vec::new(),
        }
    }

    fn step(&mut self, by: isize, window: &Window) {
        timeline::step(&mut self.timeline, by, window.rows);
        let lines = draw::line_count(self, window);
        self.scroll_by(by, lines.saturating_sub(window.rows));
    }

    fn refresh(&mut self) {
        self.call.reset();
        self.holders_call.reset();
        (self.stale, self.holders_stale) = (true, true);
        self.timeline.refresh();
    }

    fn poll_at(&self) -> Option<DateTime<Utc>> {
        [self.next_poll_at(), self.behind.due_at(&self.call)].into_iter().flatten().min()
    }

    fn takes_news(&self) -> bool {
        true
    }

    fn take_news(&mut self, news: &News) {
        if self.id.is_some_and(|id| news.may_concern(&id.to_string())) {
            self.behind.note();
        }
    }

    fn id(&self) -> Option<String> {
        self.id.map(|id| id.to_string())
    }

    fn tenant(&self) -> Option<String> {
        self.detail.as_ref().map(|detail| detail.summary.tenant.clone())
    }

    fn details(&self, around: &Surroundings<'_>) -> Vec<(String, String, Meaning)> {
        let Some(detail) = &self.detail else { return Vec::new() };
        let pair = |fact| match fact {
            Fact::Section(_) => None,
            Fact::Pair(label, value, meaning) => Some((label.to_owned(), value, meaning)),
        };
        let mut all = facts(detail, around.now);
        all.extend(self.holder_facts(around.now));
        all.into_iter().filter_map(pair).collect()
    }

    fn command(&self) -> CommandLine {
        CommandLine::new(&format!("accounts show {}", self.id().unwrap_or_default()))
    }

    fn draw(&self, around: &Surroundings<'_>, canvas: &mut Canvas<'_, '_>, area: Rect) {
        draw::draw(self, around, canvas, area);
    }
}

impl Account {
    fn subject(&self) -> Option<&AccountSummary> {
        self.detail.as_ref().map(|detail| &detail.summary)
    }

    /// Who has the token, as far as that is known.
    fn holder_facts(&self, now: DateTime<Utc>) -> Vec<Fact> {
        let state = match (&self.holders, &self.holders_call.last_failure) {
            (Some(found), _) => return holder_facts(found, now),
            (None, Some(failed)) => (format!("✕ {}", failed.failure), Meaning::Bad),
            (None, None) => ("…".to_owned(), Meaning::Busy),
        };
        vec![Fact::Section(HOLDERS_HEADING), Fact::Pair("held by", state.0, state.1)]
    }
}
