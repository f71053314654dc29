//! The list of accounts.

mod columns;
mod query;

use bowline_api::admin::{AccountDetail, AccountSummary};
use chrono::{DateTime, Utc};
use ratatui::layout::Rect;

use crate::client::{AccountFilter, Answer, Request, sort_name};
use crate::dialog::revoke::RevokeDialog;
use crate::interface::command_line::CommandLine;
use crate::interface::dialog::Reaction;
use crate::interface::screen::{Part, Screen};
use crate::registry::action::Action;
use crate::registry::place::Place;
use crate::text::count;
use crate::theme::Meaning;
use crate::widget::canvas::Canvas;
use crate::widget::list::List;
use crate::widget::listing;
use crate::widget::query_bar::QueryBar;
use crate::widget::rows::Rows;
use crate::widget::surroundings::Surroundings;

use columns::COLUMNS;

/// The list of accounts.
#[derive(Debug, Default)]
pub struct Accounts {
    /// The query line.
    pub bar: QueryBar,
    /// The filter that the query line stood for when it was last valid.
    pub filter: AccountFilter,
    /// The rows.
    pub list: List<AccountSummary>,
}

impl Screen for Accounts {
    fn actions(&self) -> &'static [Action] {
        &[Action::Open, Action::Search, Action::Sort, Action::Revoke, Action::CopyId]
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
        if self.bar.accept(parsed, &mut self.filter) {
            self.list.restart();
        }
    }

    fn requests(&mut self, now: DateTime<Utc>, height: usize) -> Vec<(Part, Request)> {
        let page = self.list.next_page(now, height);
        page.map(|page| (Part::Rows, Request::Accounts(self.filter.clone(), page))).into_iter().collect()
    }

    fn take(&mut self, _part: Part, answer: Answer, height: usize) -> Vec<Reaction> {
        if let Answer::Accounts(page) = answer {
            self.list.take(page, height);
        }
        Vec::new()
    }

    fn act(&mut self, action: Action, now: DateTime<Utc>) -> Vec<Reaction> {
        match action {
            Action::Open => {
                let id = self.subject().map(|row| row.account.id);
                id.map(|id| Reaction::Go(Place::Account(id))).into_iter().collect()
            }
            Action::Sort => {
                let text = query::next_sort(self.bar.field.text(), self.filter.sort);
                self.bar.set(&text, now);
                Vec::new()
            }
            Action::Revoke => vec![RevokeDialog::open(self.subject())],
            _ => Vec::new(),
        }
    }

    fn subject(&self) -> Option<&AccountSummary> {
        self.list.current()
    }

    fn update_account(&mut self, detail: &AccountDetail, _changed: bool) {
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
        self.bar.draw(canvas, area, "status: tenant: scope: connector: sort: and words to search for");
        let empty = if self.bar.field.text().is_empty() {
            "no account is linked yet"
        } else {
            "no account matches; esc clears the search"
        };
        listing::draw(around, canvas, area, COLUMNS, &self.list, empty);
    }
}

fn match_count<T>(list: &List<T>) -> String {
    let matching = match list.total {
        Some(total) if total.approximate => format!("≈ {} match · ", count(total.count)),
        Some(total) => format!("{} match · ", count(total.count)),
        None => String::new(),
    };
    match list.unknown_state.len() {
        0 => matching,
        unknown => format!("{matching}{unknown} in a state that only a newer server knows · "),
    }
}
