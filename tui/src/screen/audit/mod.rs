//! The audit log screen: who did what, when, and why, with its query line.

mod query;

use bowline_api::admin::{AuditEvent, AuditVerification};
use chrono::{DateTime, Utc};
use ratatui::layout::Rect;

use crate::client::{Answer, AuditSearch, Failure, Request};
use crate::dialog::details::Details;
use crate::interface::command_line::CommandLine;
use crate::interface::dialog::Reaction;
use crate::interface::screen::{Part, Screen};
use crate::registry::action::Action;
use crate::text::short_id;
use crate::theme::Meaning;
use crate::when::stamp;
use crate::widget::call_state::CallState;
use crate::widget::canvas::Canvas;
use crate::widget::follow::Follow;
use crate::widget::list::List;
use crate::widget::listing::{self, Texts};
use crate::widget::query_bar::QueryBar;
use crate::widget::rows::Rows;
use crate::widget::surroundings::{Surroundings, Window};
use crate::widget::table::{Column, Size};

use super::label::{action_meaning, actor_label, detail_text, fact_text};

/// The audit log screen.
#[derive(Debug, Default)]
pub struct Audit {
    /// The query line.
    pub bar: QueryBar,
    /// What is searched for, with times as they were typed.
    pub search: AuditSearch,
    /// The same with points in time, for all pages of the list.
    sent: AuditSearch,
    /// The entries.
    pub list: List<AuditEvent>,
    /// Whether the list is followed.
    pub follow: Follow,
    /// Whether the log is being checked.
    verifying: bool,
    /// What the check found.
    verified: Option<AuditVerification>,
    /// The state of the calls that check the log.
    verify_call: CallState,
}

impl Screen for Audit {
    fn actions(&self) -> &'static [Action] {
        &[Action::Open, Action::Search, Action::Follow, Action::Verify, Action::CopyId]
    }

    fn rows(&self) -> &dyn Rows {
        &self.list
    }

    fn rows_mut(&mut self) -> &mut dyn Rows {
        &mut self.list
    }

    fn bar(&self) -> Option<&QueryBar> {
        Some(&self.bar)
    }

    fn bar_mut(&mut self) -> Option<&mut QueryBar> {
        Some(&mut self.bar)
    }

    fn apply_query(&mut self) {
        let parsed = query::parse(self.bar.field.text());
        let log = (self.search.tenant.clone(), self.search.all);
        if self.bar.accept(parsed, &mut self.search) {
            self.list.restart();
            if log != (self.search.tenant.clone(), self.search.all) {
                self.forget_check();
            }
        }
    }

    fn call_mut(&mut self, part: Part) -> Option<&mut CallState> {
        match part {
            Part::Rows => Some(&mut self.list.call),
            Part::Aside => Some(&mut self.verify_call),
            Part::Detail => None,
        }
    }

    fn calls(&self) -> Vec<&CallState> {
        vec![&self.list.call, &self.verify_call]
    }

    fn requests(&mut self, window: &Window) -> Vec<(Part, Request)> {
        if self.follow.is_due(&self.list.call, window.now) {
            // On the first row the list shows what is new; below it, the selection stays with its row.
            if self.list.selected() == 0 { self.list.restart() } else { self.list.refresh() }
        }
        let mut requests = Vec::new();
        if let Some(page) = self.list.next_page(window.now, window.rows) {
            if page.cursor.is_none() {
                self.sent = query::resolved(&self.search, window.now);
            }
            requests.push((Part::Rows, Request::Audit(Box::new(self.sent.clone()), page)));
        }
        self.give_up_check();
        if self.verifying && self.verify_call.may_start(window.now) {
            requests.push((Part::Aside, Request::VerifyAudit(self.search.tenant.clone())));
        }
        requests
    }

    fn take(&mut self, _part: Part, answer: Answer, window: &Window) -> Vec<Reaction> {
        match answer {
            Answer::Events(page) => self.list.take(page, window.rows),
            Answer::Verified(found) => (self.verifying, self.verified) = (false, Some(found)),
            _ => {}
        }
        Vec::new()
    }

    fn act(&mut self, action: Action, now: DateTime<Utc>) -> Vec<Reaction> {
        match (action, self.list.current()) {
            (Action::Open, Some(event)) => {
                vec![Reaction::Open(Box::new(Details::new(" event ", in_full(event))))]
            }
            (Action::Follow, _) => {
                self.follow.toggle(now);
                Vec::new()
            }
            (Action::Verify, _) if self.search.all => {
                vec![Reaction::Notify("each log has its own chain: choose one with tenant:NAME".to_owned())]
            }
            (Action::Verify, _) => {
                self.forget_check();
                self.verifying = true;
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    fn step(&mut self, by: isize, window: &Window) {
        self.follow.attended(window.now);
        self.list.step(by, window.rows);
    }

    fn poll_at(&self) -> Option<DateTime<Utc>> {
        self.follow.next_at(&self.list.call)
    }

    fn id(&self) -> Option<String> {
        self.list.current().map(|event| event.subject.clone().unwrap_or_else(|| event.id.to_string()))
    }

    fn tenant(&self) -> Option<String> {
        self.search.tenant.as_ref().map(ToString::to_string)
    }

    fn details(&self, _around: &Surroundings<'_>) -> Vec<(String, String, Meaning)> {
        self.list.current().map(in_full).unwrap_or_default()
    }

    fn command(&self) -> CommandLine {
        let search = &self.search;
        let all = if search.all { "audit list --all-tenants" } else { "audit list" };
        CommandLine::new(all)
            .option("tenant", search.tenant.as_ref())
            .option("actor", search.actor.as_ref())
            .option("action", search.action.as_ref())
            .option("subject", search.subject.as_ref())
            .option("since", search.since.as_ref())
            .option("until", search.until.as_ref())
    }

    fn draw(&self, around: &Surroundings<'_>, canvas: &mut Canvas<'_, '_>, area: Rect) {
        let heading = match &self.search.tenant {
            Some(tenant) => format!("audit › {tenant}"),
            None if self.search.all => "audit › all logs".to_owned(),
            None => "audit › the service's own log".to_owned(),
        };
        canvas.line(area, 0, &[(&heading, Meaning::Heading)]);
        let labels: Vec<_> = self.check().into_iter().chain(self.follow.label()).collect();
        let text = labels.iter().map(|(text, _)| text.as_str()).collect::<Vec<_>>().join(" · ");
        canvas.right(area, 0, &text, labels.first().map_or(Meaning::Muted, |(_, meaning)| *meaning));
        self.bar.draw(
            canvas,
            area,
            "type / and tenant:NAME (tenant:* for all) actor: action: subject: since: until:",
        );
        let is_searched =
            self.search != AuditSearch { tenant: self.search.tenant.clone(), ..AuditSearch::default() };
        let empty = if is_searched { "no match; esc clears the search" } else { "this log is empty" };
        let texts = Texts { empty, complaint: self.bar.complaint() };
        listing::draw(around, canvas, area, COLUMNS, &self.list, texts);
    }
}

impl Audit {
    /// Discards the check of a log, because another one is shown or it is checked again.
    fn forget_check(&mut self) {
        (self.verifying, self.verified) = (false, None);
        self.verify_call = CallState::default();
    }

    /// Ends a check that has failed, because the server would walk the whole log once more for each retry. One that is
    /// only busy has not begun.
    fn give_up_check(&mut self) {
        if let Some(failed) = &mut self.verify_call.last_failure
            && !matches!(failed.failure, Failure::Busy { .. })
        {
            (self.verifying, failed.retry_at) = (false, None);
        }
    }

    /// What the heading says about the check of the log.
    fn check(&self) -> Option<(String, Meaning)> {
        if let Some(failed) = &self.verify_call.last_failure {
            return Some((format!("✕ not checked: {}", failed.failure), Meaning::Bad));
        }
        if self.verifying {
            return Some(("… checking the chain".to_owned(), Meaning::Busy));
        }
        self.verified.as_ref().map(|found| match found.broken_at {
            _ if found.intact => (format!("✓ intact: {} entries", found.checked), Meaning::Good),
            place => {
                let place = place.map_or_else(String::new, |at| format!(" at entry {at}"));
                let finding = found.finding.as_ref().map_or("modified", bowline_api::Named::as_str);
                (format!("✕ BROKEN{place}: {finding}"), Meaning::Bad)
            }
        })
    }
}

/// Everything about an event.
fn in_full(event: &AuditEvent) -> Vec<(String, String, Meaning)> {
    let pair = |label: &str, text: String| (label.to_owned(), text, Meaning::Text);
    let mut pairs = vec![
        pair("at", stamp(event.at)),
        pair("action", event.action.clone()),
        pair("who", actor_label(&event.actor)),
    ];
    pairs.extend(event.actor.id.clone().map(|id| pair("who's id", id)));
    pairs.extend(event.subject.clone().map(|subject| pair("subject", subject)));
    pairs.extend(event.tenant_id.map(|id| pair("tenant", id.to_string())));
    pairs.push(pair("entry", format!("{} ({})", event.sequence, event.id)));
    pairs.extend(event.detail.iter().map(|(name, value)| pair(name, fact_text(value))));
    pairs
}

const COLUMNS: &[Column<AuditEvent>] = &[
    Column {
        title: "AT",
        min_width: 0,
        size: Size::Fixed(20),
        cell: |row, _| (stamp(row.at), Meaning::Muted),
    },
    Column {
        title: "ACTION",
        min_width: 0,
        size: Size::Share(3),
        cell: |row, _| (row.action.clone(), action_meaning(&row.action)),
    },
    Column {
        title: "WHO",
        min_width: 0,
        size: Size::Share(3),
        cell: |row, _| (actor_label(&row.actor), Meaning::Text),
    },
    Column {
        title: "SUBJECT",
        min_width: 80,
        size: Size::Fixed(18),
        cell: |row, _| (row.subject.as_deref().map_or_else(|| "–".to_owned(), short_id), Meaning::Muted),
    },
    Column {
        title: "DETAIL",
        min_width: 100,
        size: Size::Share(5),
        cell: |row, _| (detail_text(row), Meaning::Muted),
    },
];
