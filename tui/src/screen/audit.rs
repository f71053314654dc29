//! The audit log screen: who did what, when, and why, with its query line.

use bowline_api::admin::AuditEvent;
use chrono::{DateTime, Utc};
use ratatui::layout::Rect;

use crate::client::{Answer, Request, TenantRef};
use crate::dialog::details::Details;
use crate::interface::command_line::CommandLine;
use crate::interface::dialog::Reaction;
use crate::interface::screen::{Part, Screen};
use crate::registry::action::Action;
use crate::text::short_id;
use crate::theme::Meaning;
use crate::when::stamp;
use crate::widget::canvas::Canvas;
use crate::widget::list::List;
use crate::widget::listing::{self, Texts};
use crate::widget::query_bar::{QueryBar, only_tenant};
use crate::widget::rows::Rows;
use crate::widget::surroundings::{Surroundings, Window};
use crate::widget::table::{Column, Size};

use super::label::{actor_label, detail_text, fact_text};

/// The audit log screen.
#[derive(Debug, Default)]
pub struct Audit {
    /// The query line.
    pub bar: QueryBar,
    /// The tenant whose log is shown; `None` for the log of the service itself.
    pub tenant: Option<TenantRef>,
    /// The entries.
    pub list: List<AuditEvent>,
}

impl Screen for Audit {
    fn actions(&self) -> &'static [Action] {
        &[Action::Open, Action::Search, Action::CopyId]
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
        let parsed = only_tenant("the audit log", self.bar.field.text());
        if self.bar.accept(parsed, &mut self.tenant) {
            self.list.restart();
        }
    }

    fn requests(&mut self, window: &Window) -> Vec<(Part, Request)> {
        let page = self.list.next_page(window.now, window.rows);
        page.map(|page| (Part::Rows, Request::Audit(self.tenant.clone(), page))).into_iter().collect()
    }

    fn take(&mut self, _part: Part, answer: Answer, window: &Window) -> Vec<Reaction> {
        if let Answer::Events(page) = answer {
            self.list.take(page, window.rows);
        }
        Vec::new()
    }

    fn act(&mut self, action: Action, _now: DateTime<Utc>) -> Vec<Reaction> {
        match self.list.current() {
            Some(event) if action == Action::Open => {
                vec![Reaction::Open(Box::new(Details::new(" event ", in_full(event))))]
            }
            _ => Vec::new(),
        }
    }

    fn id(&self) -> Option<String> {
        self.list.current().map(|event| event.subject.clone().unwrap_or_else(|| event.id.to_string()))
    }

    fn tenant(&self) -> Option<String> {
        self.tenant.as_ref().map(ToString::to_string)
    }

    fn details(&self, _around: &Surroundings<'_>) -> Vec<(String, String, Meaning)> {
        self.list.current().map(in_full).unwrap_or_default()
    }

    fn command(&self) -> CommandLine {
        CommandLine::new("audit list").option("tenant", self.tenant.as_ref())
    }

    fn draw(&self, around: &Surroundings<'_>, canvas: &mut Canvas<'_, '_>, area: Rect) {
        let heading = match &self.tenant {
            Some(tenant) => format!("audit › {tenant}"),
            None => "audit › the service's own log".to_owned(),
        };
        canvas.line(area, 0, &[(&heading, Meaning::Heading)]);
        canvas.right(area, 0, "verify with: bowline audit verify", Meaning::Muted);
        self.bar.draw(canvas, area, "type / and tenant:NAME: each tenant has a log of its own");
        let texts = Texts { empty: "this log is empty", complaint: self.bar.complaint() };
        listing::draw(around, canvas, area, COLUMNS, &self.list, texts);
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
        cell: |row, _| (row.action.clone(), Meaning::Text),
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
