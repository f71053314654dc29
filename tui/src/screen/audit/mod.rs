//! The audit log screen: who did what, when, and why, with its query line.

mod query;

use bowline_api::admin::{AuditEvent, AuditVerification};
use chrono::{DateTime, Utc};
use ratatui::layout::Rect;

use crate::client::{Answer, AuditSearch, Failure, News, Request};
use crate::dialog::details::Details;
use crate::interface::command_line::CommandLine;
use crate::interface::dialog::Reaction;
use crate::interface::screen::{Screen, ScreenPart};
use crate::registry::action::Action;
use crate::text::short_id;
use crate::theme::Meaning;
use crate::when::stamp;
use crate::widget::call_state::CallState;
use crate::widget::canvas::Canvas;
use crate::widget::completion::Filter;
use crate::widget::follow::Follow;
use crate::widget::queried_list::{Listed, Queried, QueriedList};
use crate::widget::query::Problem;
use crate::widget::surroundings::{Surroundings, Window};
use crate::widget::table::{Column, Size, Sorted};

use super::label::{action_meaning, actor_label, detail_text, fact_text};

/// The audit log screen. It begins with all logs that the operator may see.
#[derive(Debug)]
pub struct Audit {
    /// The entries; the query has times as they were typed.
    pub list: QueriedList<Self>,
    /// The query with points in time, for all pages of the list.
    sent: AuditSearch,
    /// Whether the list is followed.
    pub follow: Follow,
    /// Whether the log is being checked.
    verifying: bool,
    /// What the check found.
    verified: Option<AuditVerification>,
    /// The state of the calls that check the log.
    verify_call: CallState,
}

impl Default for Audit {
    fn default() -> Self {
        let mut audit = Self {
            list: QueriedList::default(),
            sent: AuditSearch::default(),
            follow: Follow::default(),
            verifying: false,
            verified: None,
            verify_call: CallState::default(),
        };
        audit.list.query = query::all();
        audit
    }
}

impl Listed for Audit {
    type Row = AuditEvent;
    type Query = AuditSearch;

    const COLUMNS: &'static [Column<AuditEvent>] = COLUMNS;
    const HELP: &'static str =
        "type / and tenant:NAME (tenant:- the service) actor: action: subject: since: until:";
    const FILTERS: &'static [Filter] = query::FILTERS;

    fn columns(query: &AuditSearch) -> &'static [Column<AuditEvent>] {
        if query.all { COLUMNS_OF_ALL_LOGS } else { COLUMNS }
    }

    fn parse(text: &str) -> Result<AuditSearch, Problem> {
        query::parse(text)
    }

    fn sorted(_query: &AuditSearch) -> Option<Sorted> {
        Some(Sorted { title: "AT", is_descending: true })
    }
}

impl Screen for Audit {
    fn actions(&self) -> &'static [Action] {
        &[Action::Open, Action::Search, Action::Follow, Action::Verify, Action::CopyId, Action::Columns]
    }

    fn list(&self) -> &dyn Queried {
        &self.list
    }

    fn list_mut(&mut self) -> &mut dyn Queried {
        &mut self.list
    }

    fn apply_query(&mut self) {
        let log = (self.list.query.tenant.clone(), self.list.query.all);
        self.list.apply_query();
        if log != (self.list.query.tenant.clone(), self.list.query.all) {
            self.forget_check();
        }
    }

    fn call_mut(&mut self, part: ScreenPart) -> Option<&mut CallState> {
        match part {
            ScreenPart::Rows => Some(&mut self.list.rows.call),
            ScreenPart::Aside => Some(&mut self.verify_call),
            ScreenPart::Detail => None,
        }
    }

    fn calls(&self) -> Vec<&CallState> {
        vec![&self.list.rows.call, &self.verify_call]
    }

    fn requests(&mut self, window: &Window) -> Vec<(ScreenPart, Request)> {
        if self.follow.is_due(&self.list.rows.call, window) {
            // On the first row the list shows what is new; below it, the selection stays with its row.
            if self.list.rows.selected() == 0 { self.list.rows.restart() } else { self.list.rows.refresh() }
        }
        let mut requests = Vec::new();
        if let Some(page) = self.list.rows.next_page(window.now, window.rows) {
            if page.cursor.is_none() {
                self.sent = query::resolved(&self.list.query, window.now);
            }
            requests.push((ScreenPart::Rows, Request::Audit(Box::new(self.sent.clone()), page)));
        }
        self.give_up_check();
        if self.verifying && self.verify_call.may_start(window.now) {
            requests.push((ScreenPart::Aside, Request::VerifyAudit(self.list.query.tenant.clone())));
        }
        requests
    }

    fn take(&mut self, _part: ScreenPart, answer: Answer, window: &Window) -> Vec<Reaction> {
        match answer {
            Answer::Events(page) => self.list.take(page, window.rows),
            Answer::Verified(found) => (self.verifying, self.verified) = (false, Some(found)),
            _ => {}
        }
        Vec::new()
    }

    fn act(&mut self, action: Action, now: DateTime<Utc>) -> Vec<Reaction> {
        match (action, self.list.rows.current()) {
            (Action::Open, Some(event)) => {
                vec![Reaction::Open(Box::new(Details::new(" event ", in_full(event))))]
            }
            (Action::Follow, _) => {
                self.follow.toggle(now);
                Vec::new()
            }
            (Action::Verify, _) if self.list.query.all => {
                let why = "each log has its own chain: choose one with tenant:NAME, or tenant:- for the service's own";
                vec![Reaction::Notify(why.to_owned())]
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
        self.list.rows.step(by, window.rows);
    }

    fn takes_news(&self) -> bool {
        self.follow.is_on()
    }

    fn take_news(&mut self, _news: &News) {
        self.follow.take_news();
    }

    fn poll_at(&self) -> Option<DateTime<Utc>> {
        self.follow.next_at(&self.list.rows.call)
    }

    fn id(&self) -> Option<String> {
        self.list.rows.current().map(|event| event.subject.clone().unwrap_or_else(|| event.id.to_string()))
    }

    fn tenant(&self) -> Option<String> {
        self.list.query.tenant.as_ref().map(ToString::to_string)
    }

    fn details(&self, _around: &Surroundings<'_>) -> Vec<(String, String, Meaning)> {
        self.list.rows.current().map(in_full).unwrap_or_default()
    }

    fn command(&self) -> CommandLine {
        let search = &self.list.query;
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
        let heading = match &self.list.query.tenant {
            Some(tenant) => format!("audit › {tenant}"),
            None if self.list.query.all => "audit › all logs".to_owned(),
            None => "audit › the service's own log".to_owned(),
        };
        canvas.line(area, 0, &[(&heading, Meaning::Heading)]);
        let labels: Vec<_> = self.check_words().into_iter().chain(self.follow.label()).collect();
        let text = labels.iter().map(|(text, _)| text.as_str()).collect::<Vec<_>>().join(" · ");
        canvas.right(area, 0, &text, labels.first().map_or(Meaning::Muted, |(_, meaning)| *meaning));
        let AuditSearch { tenant, all, .. } = self.list.query.clone();
        let is_searched = self.list.query != AuditSearch { tenant, all, ..AuditSearch::default() };
        let empty = if is_searched { "no match; esc clears the search" } else { "this log is empty" };
        self.list.draw(around, canvas, area, empty);
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
    fn check_words(&self) -> Option<(String, Meaning)> {
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

const AT_COLUMN: Column<AuditEvent> = Column {
    title: "AT",
    min_width: 0,
    size: Size::Fixed(20),
    cell: |event_row, _| (stamp(event_row.at), Meaning::Muted),
};
const ACTION_COLUMN: Column<AuditEvent> = Column {
    title: "ACTION",
    min_width: 0,
    size: Size::Share(3),
    cell: |event_row, _| (event_row.action.clone(), action_meaning(&event_row.action)),
};
const ACTOR_COLUMN: Column<AuditEvent> = Column {
    title: "WHO",
    min_width: 0,
    size: Size::Share(3),
    cell: |event_row, _| (actor_label(&event_row.actor), Meaning::Text),
};
const TENANT_COLUMN: Column<AuditEvent> = Column {
    title: "TENANT",
    min_width: 80,
    size: Size::Fixed(12),
    cell: |event_row, beside| {
        let tenant = event_row.tenant_id.map(|id| beside.known.tenant(id));
        (tenant.unwrap_or_else(|| "–".to_owned()), Meaning::Text)
    },
};
const SUBJECT_COLUMN: Column<AuditEvent> = Column {
    title: "SUBJECT",
    min_width: 80,
    size: Size::Fixed(18),
    cell: |event_row, _| {
        (event_row.subject.as_deref().map_or_else(|| "–".to_owned(), short_id), Meaning::Muted)
    },
};
const DETAIL_COLUMN: Column<AuditEvent> = Column {
    title: "DETAIL",
    min_width: 100,
    size: Size::Share(5),
    cell: |event_row, _| (detail_text(event_row), Meaning::Muted),
};

const COLUMNS: &[Column<AuditEvent>] =
    &[AT_COLUMN, ACTION_COLUMN, ACTOR_COLUMN, SUBJECT_COLUMN, DETAIL_COLUMN];
/// The columns where the logs of several tenants are shown.
const COLUMNS_OF_ALL_LOGS: &[Column<AuditEvent>] =
    &[AT_COLUMN, ACTION_COLUMN, ACTOR_COLUMN, TENANT_COLUMN, SUBJECT_COLUMN, DETAIL_COLUMN];
