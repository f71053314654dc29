//! The audit log screen: who did what, when, and why, with its query line.

use bowline_api::admin::AuditEvent;
use chrono::{DateTime, Utc};
use ratatui::layout::Rect;

use crate::client::{Answer, Request, TenantRef};
use crate::interface::command_line::CommandLine;
use crate::interface::dialog::Reaction;
use crate::interface::screen::{Part, Screen};
use crate::registry::action::Action;
use crate::text::short_id;
use crate::theme::Meaning;
use crate::when::stamp;
use crate::widget::canvas::Canvas;
use crate::widget::list::List;
use crate::widget::listing;
use crate::widget::query_bar::{QueryBar, only_tenant};
use crate::widget::rows::Rows;
use crate::widget::surroundings::Surroundings;
use crate::widget::table::{Column, Size};

use super::label::{actor_label, detail_text};

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
        &[Action::Search]
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

    fn requests(&mut self, now: DateTime<Utc>, height: usize) -> Vec<(Part, Request)> {
        let page = self.list.next_page(now, height);
        page.map(|page| (Part::Rows, Request::Audit(self.tenant.clone(), page))).into_iter().collect()
    }

    fn take(&mut self, _part: Part, answer: Answer, height: usize) -> Vec<Reaction> {
        if let Answer::Events(page) = answer {
            self.list.take(page, height);
        }
        Vec::new()
    }

    fn command(&self) -> CommandLine {
        CommandLine::new("audit list").option("tenant", self.tenant.as_ref())
    }

    fn draw(&self, around: &Surroundings<'_>, canvas: &mut Canvas<'_, '_>, area: Rect) {
        let heading = match &self.tenant {
            Some(tenant) => format!("audit › {tenant}"),
            None => "audit".to_owned(),
        };
        canvas.line(area, 0, &[(&heading, Meaning::Heading)]);
        canvas.right(area, 0, "verify with: bowline audit verify", Meaning::Muted);
        self.bar.draw(canvas, area, "tenant:NAME shows one tenant's log");
        listing::draw(around, canvas, area, COLUMNS, &self.list, "this log is empty");
    }
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
