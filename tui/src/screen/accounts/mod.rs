//! The list of accounts.

mod columns;
mod marked;
mod query;
mod seen;

use bowline_api::JobId;
use bowline_api::admin::AccountSummary;
use chrono::{DateTime, Utc};
use ratatui::layout::Rect;

use crate::client::{AccountFilter, Answer, Request, sort_name};
use crate::dialog::change;
use crate::dialog::export::ExportDialog;
use crate::interface::command_line::CommandLine;
use crate::interface::dialog::Reaction;
use crate::interface::screen::{Part, Screen};
use crate::registry::action::Action;
use crate::registry::place::Place;
use crate::text::count;
use crate::theme::Meaning;
use crate::widget::canvas::Canvas;
use crate::widget::list::List;
use crate::widget::listing::{self, Texts};
use crate::widget::marks::Marks;
use crate::widget::query_bar::QueryBar;
use crate::widget::rows::Rows;
use crate::widget::surroundings::{Surroundings, Window};

use columns::COLUMNS;
use seen::SeenIds;

/// What became of the request to revoke what is marked.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Bulk {
    /// There was none.
    #[default]
    None,
    /// The dialog that prepares a job was opened.
    Asked,
    /// This job was prepared.
    Prepared(JobId),
}

/// The list of accounts.
#[derive(Debug, Default)]
pub struct Accounts {
    /// The query line.
    pub bar: QueryBar,
    /// The filter that the query line stood for when it was last valid.
    pub filter: AccountFilter,
    /// The rows.
    pub list: List<AccountSummary>,
    /// The ids that were on the screen, which are found as the screen shortened them.
    seen: SeenIds,
    /// What became of the request to revoke what is marked.
    bulk: Bulk,
}

impl Screen for Accounts {
    fn actions(&self) -> &'static [Action] {
        &[
            Action::Open,
            Action::Search,
            Action::Sort,
            Action::Mark,
            Action::MarkRange,
            Action::MarkAll,
            Action::Revoke,
            Action::Pause,
            Action::CopyId,
            Action::Export,
        ]
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
        let parsed = query::parse(self.bar.field.text(), &self.seen);
        let before = self.filter.clone();
        if self.bar.accept(parsed, &mut self.filter) {
            self.list.restart();
            self.keep_marks(&before);
        }
    }

    fn requests(&mut self, window: &Window) -> Vec<(Part, Request)> {
        let page = self.list.next_page(window.now, window.rows);
        page.map(|page| (Part::Rows, Request::Accounts(self.filter.clone(), page))).into_iter().collect()
    }

    fn take(&mut self, _part: Part, answer: Answer, window: &Window) -> Vec<Reaction> {
        if let Answer::Accounts(page) = answer {
            self.seen.remember(page.items.iter().map(|row| row.account.id));
            self.list.take(page, window.rows);
        }
        Vec::new()
    }

    fn act(&mut self, action: Action, now: DateTime<Utc>) -> Vec<Reaction> {
        match action {
            Action::Open => {
                let id = self.list.current().map(|row| row.account.id);
                id.map(|id| Reaction::Go(Place::Account(id))).into_iter().collect()
            }
            Action::Sort => {
                let text = query::next_sort(self.bar.field.text(), self.filter.sort);
                self.bar.set(&text, now);
                Vec::new()
            }
            Action::Export => {
                let whose = self.filter.tenant.as_ref().map_or_else(|| "all".to_owned(), ToString::to_string);
                let name = format!("accounts-{whose}-{}.csv", now.format("%Y%m%d-%H%M%S"));
                vec![Reaction::Open(Box::new(ExportDialog::new(self.filter.clone(), &name)))]
            }
            Action::Mark => self.mark(),
            Action::MarkRange => self.mark_range(),
            Action::MarkAll => self.mark_all(),
            Action::Revoke if !self.list.marks.is_empty() => vec![self.revoke_marked()],
            Action::Revoke => vec![change::revoke(self.list.current())],
            Action::Pause => vec![change::pause(self.list.current())],
            _ => Vec::new(),
        }
    }

    fn id(&self) -> Option<String> {
        self.list.current().map(|row| row.account.id.to_string())
    }

    fn tenant(&self) -> Option<String> {
        let filtered = self.filter.tenant.as_ref().map(ToString::to_string);
        filtered.or_else(|| self.list.current().map(|row| row.tenant.clone()))
    }

    fn details(&self, around: &Surroundings<'_>) -> Vec<(String, String, Meaning)> {
        let mut pairs = listing::details(around, COLUMNS, &self.list);
        if let (Some(row), Some(first)) = (self.list.current(), pairs.first_mut()) {
            first.1 = row.account.id.to_string();
            let user = (String::from("USER"), row.account.external_user_id.clone(), Meaning::Text);
            pairs.push(user);
            let reason = row.account.status_reason.clone();
            pairs.extend(reason.map(|reason| ("REASON".to_owned(), reason, Meaning::Warn)));
        }
        pairs
    }

    fn unmark(&mut self) -> bool {
        let marked = !self.list.marks.is_empty();
        self.list.marks = Marks::default();
        marked
    }

    fn changed(&mut self, answer: &Answer, by_act: bool) {
        if let Answer::Job(detail) = answer
            && by_act
        {
            self.job_changed(detail);
        }
        let Answer::Account(detail) = answer else { return };
        let id = detail.summary.account.id;
        for row in self.list.loaded_mut().filter(|row| row.account.id == id) {
            *row = detail.summary.clone();
        }
    }

    fn command(&self) -> CommandLine {
        let filter = &self.filter;
        CommandLine::new("accounts list")
            .option("tenant", filter.tenant.as_ref())
            .option("status", filter.status)
            .option("connector", filter.connector)
            .option("scope", filter.scope.as_ref())
            .option("used-within", filter.ages.used_within)
            .option("unused-for", filter.ages.unused_for)
            .option("linked-within", filter.ages.linked_within)
            .option("linked-for", filter.ages.linked_for)
            .option("sort", Some(sort_name(filter.sort)))
            .option("search", Some(&filter.text).filter(|text| !text.is_empty()))
    }

    fn draw(&self, around: &Surroundings<'_>, canvas: &mut Canvas<'_, '_>, area: Rect) {
        let heading = match &self.filter.tenant {
            Some(tenant) => format!("accounts › {tenant}"),
            None => "accounts › all tenants".to_owned(),
        };
        canvas.line(area, 0, &[(&heading, Meaning::Heading)]);
        let order = format!("{}sort: {}", match_count(&self.list), sort_name(self.filter.sort));
        canvas.right(area, 0, &order, Meaning::Muted);
        self.bar.draw(
            canvas,
            area,
            "status: tenant: scope: connector: sort: used<90d and words to search for",
        );
        let empty = if self.bar.field.text().is_empty() {
            "no account is linked yet"
        } else {
            "no account matches; esc clears the search"
        };
        let texts = Texts { empty, complaint: self.bar.complaint() };
        listing::draw(around, canvas, area, COLUMNS, &self.list, texts);
    }
}

fn match_count(list: &List<AccountSummary>) -> String {
    let matching = match list.total() {
        Some(total) if total.approximate => format!("≈ {} match · ", count(total.count)),
        Some(total) => format!("{} match · ", count(total.count)),
        None => String::new(),
    };
    match list.unknown_state.len() {
        0 => matching,
        unknown => format!("{matching}{unknown} in a state that only a newer server knows · "),
    }
}
