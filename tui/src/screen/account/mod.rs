//! The account screen: one account with its timeline.

mod draw;
mod facts;
mod state;

use bowline_api::admin::{AccountDetail, AccountSummary};
use chrono::{DateTime, Utc};
use ratatui::layout::Rect;

use crate::client::{Answer, Request};
use crate::dialog::revoke::RevokeDialog;
use crate::interface::command_line::CommandLine;
use crate::interface::dialog::Reaction;
use crate::interface::screen::{Part, Screen};
use crate::registry::action::Action;
use crate::registry::place::Place;
use crate::widget::call_state::CallState;
use crate::widget::canvas::Canvas;
use crate::widget::rows::Rows;
use crate::widget::surroundings::Surroundings;

pub use facts::{Fact, facts};
pub use state::Account;

impl Screen for Account {
    fn actions(&self) -> &'static [Action] {
        &[Action::Revoke, Action::CopyId]
    }

    fn enter(&mut self, place: Place) {
        if let Place::Account(id) = place {
            self.show(id);
        }
    }

    fn rows(&self) -> &dyn Rows {
        &self.timeline
    }

    fn rows_mut(&mut self) -> &mut dyn Rows {
        &mut self.timeline
    }

    fn call_mut(&mut self, part: Part) -> Option<&mut CallState> {
        Some(match part {
            Part::Detail => &mut self.call,
            Part::Rows => &mut self.timeline.call,
        })
    }

    fn calls(&self) -> Vec<&CallState> {
        vec![&self.call, &self.timeline.call]
    }

    fn requests(&mut self, now: DateTime<Utc>, height: usize) -> Vec<(Part, Request)> {
        let Some(id) = self.id else { return Vec::new() };
        let due = self.next_poll_at().is_some_and(|at| at <= now);
        if due {
            self.timeline.refresh();
        }
        let mut requests = Vec::new();
        let is_wanted = due || self.is_stale() || self.call.last_failure.is_some();
        if is_wanted && self.call.may_start(now) {
            // The server records each read of a whole account, so polling for a change reads only its state.
            let request = if self.is_stale() { Request::Account(id) } else { Request::AccountState(id) };
            requests.push((Part::Detail, request));
        }
        let page = self.timeline.next_page(now, height);
        requests.extend(page.map(|page| (Part::Rows, Request::Timeline(id, page))));
        requests
    }

    fn take(&mut self, _part: Part, answer: Answer, height: usize) -> Vec<Reaction> {
        match answer {
            Answer::Account(detail) => return vec![Reaction::Account { detail, changed: false }],
            Answer::AccountState(state) if self.id == Some(state.id) => self.take_state(state),
            Answer::Events(page) => self.timeline.take(page, height),
            _ => {}
        }
        Vec::new()
    }

    fn update_account(&mut self, detail: &AccountDetail, changed: bool) {
        if self.id == Some(detail.summary.account.id) {
            self.take_detail(detail.clone());
        }
        if changed {
            self.timeline.refresh();
        }
    }

    fn act(&mut self, action: Action, _now: DateTime<Utc>) -> Vec<Reaction> {
        match action {
            Action::Revoke => vec![RevokeDialog::open(self.subject())],
            _ => Vec::new(),
        }
    }

    fn step(&mut self, by: isize, height: usize) {
        self.timeline.step(by, height);
        self.scroll_by(by);
    }

    fn refresh(&mut self) {
        self.call.reset();
        self.stale = true;
        self.timeline.refresh();
    }

    fn poll_at(&self) -> Option<DateTime<Utc>> {
        self.next_poll_at()
    }

    fn subject(&self) -> Option<&AccountSummary> {
        self.detail.as_ref().map(|detail| &detail.summary)
    }

    fn id(&self) -> Option<String> {
        self.id.map(|id| id.to_string())
    }

    fn command(&self) -> CommandLine {
        CommandLine::new(&format!("accounts show {}", self.id().unwrap_or_default()))
    }

    fn draw(&self, around: &Surroundings<'_>, canvas: &mut Canvas<'_, '_>, area: Rect) {
        draw::draw(self, around, canvas, area);
    }
}
