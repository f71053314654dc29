//! The list of accounts.

mod columns;
mod marked;
mod query;
mod seen;

use bowline_api::admin::AccountSummary;
use bowline_api::status::AccountStatus;
use bowline_api::{AccountId, JobId};
use chrono::{DateTime, Utc};
use ratatui::layout::Rect;

use crate::client::{AccountSearch, Answer, News, Request, sort_name};
use crate::dialog::change;
use crate::dialog::export::ExportDialog;
use crate::interface::command_line::CommandLine;
use crate::interface::dialog::Reaction;
use crate::interface::screen::{Screen, ScreenPart};
use crate::registry::action::Action;
use crate::registry::place::Place;
use crate::text::{count, short_id};
use crate::theme::Meaning;
use crate::widget::behind::Behind;
use crate::widget::canvas::Canvas;
use crate::widget::completion::Filter;
use crate::widget::list::List;
use crate::widget::marks::Marks;
use crate::widget::queried_list::{Listed, Queried, QueriedList};
use crate::widget::query::Problem;
use crate::widget::surroundings::{Surroundings, Window};
use crate::widget::table::{Column, Sorted};

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
    /// The rows, and the query as a filter.
    pub list: QueriedList<Self>,
    /// The ids that were on the screen, which are found as the screen shortened them.
    seen: SeenIds,
    /// The shortened id of the account to open once it is found.
    wanted: Option<String>,
    /// What became of the request to revoke what is marked.
    bulk: Bulk,
    /// Whether something has happened to accounts that are shown.
    behind: Behind,
}

/// The account whose id is shortened to this, if there is one alone.
fn the_one(shortened: &str, rows: &[AccountSummary]) -> Option<AccountId> {
    let mut fitting =
        rows.iter().map(|row| row.account.id).filter(|id| short_id(&id.to_string()) == shortened);
    fitting.next().filter(|_| fitting.next().is_none())
}

/// The filter that a query stands for.
pub fn filter_of(query: &str) -> Result<AccountSearch, Problem> {
    query::parse(query, &SeenIds::default())
}

impl Listed for Accounts {
    type Row = AccountSummary;
    type Query = AccountSearch;

    const COLUMNS: &'static [Column<AccountSummary>] = COLUMNS;
    const HELP: &'static str = "status: tenant: scope: connector: sort: used<90d and words to search for";
    const FILTERS: &'static [Filter] = query::FILTERS;

    fn parse(text: &str) -> Result<AccountSearch, Problem> {
        filter_of(text)
    }

    fn sorted(query: &AccountSearch) -> Option<Sorted> {
        Some(columns::sorted(query.sort))
    }
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
            Action::Columns,
        ]
    }

    fn list(&self) -> &dyn Queried {
        &self.list
    }

    fn list_mut(&mut self) -> &mut dyn Queried {
        &mut self.list
    }

    fn apply_query(&mut self) {
        let parsed = query::parse(self.list.bar.field.text(), &self.seen);
        let before = self.list.query.clone();
        if self.list.accept(parsed) {
            self.keep_marks(&before);
        }
    }

    fn requests(&mut self, window: &Window) -> Vec<(ScreenPart, Request)> {
        if window.is_attended && self.behind.take_due(&self.list.rows.call, window.now) {
            self.list.rows.refresh();
        }
        let page = self.list.rows.next_page(window.now, window.rows);
        page.map(|page| (ScreenPart::Rows, Request::Accounts(self.list.query.clone(), page)))
            .into_iter()
            .collect()
    }

    fn take(&mut self, _part: ScreenPart, answer: Answer, window: &Window) -> Vec<Reaction> {
        if let Answer::Accounts(page) = answer {
            self.seen.remember(page.items.iter().map(|row| row.account.id));
            let found = self.wanted.take().and_then(|wanted| the_one(&wanted, &page.items));
            self.list.take(page, window.rows);
            return found.map(|id| Reaction::Go(Place::Account(id))).into_iter().collect();
        }
        Vec::new()
    }

    fn open_found(&mut self, id: &str, now: DateTime<Utc>) {
        self.list.bar.set(id, now);
        self.wanted = Some(id.to_owned());
    }

    fn act(&mut self, action: Action, now: DateTime<Utc>) -> Vec<Reaction> {
        match action {
            Action::Open => {
                let id = self.list.rows.current().map(|row| row.account.id);
                id.map(|id| Reaction::Go(Place::Account(id))).into_iter().collect()
            }
            Action::Sort => {
                let text = query::next_sort(self.list.bar.field.text(), self.list.query.sort);
                self.list.bar.set(&text, now);
                Vec::new()
            }
            Action::Export => {
                let whose =
                    self.list.query.tenant.as_ref().map_or_else(|| "all".to_owned(), ToString::to_string);
                let name = format!("accounts-{whose}-{}.csv", now.format("%Y%m%d-%H%M%S"));
                vec![Reaction::Open(Box::new(ExportDialog::new(self.list.query.clone(), &name)))]
            }
            Action::Mark => self.mark(),
            Action::MarkRange => self.mark_range(),
            Action::MarkAll => self.mark_all(),
            Action::Revoke if !self.list.rows.marks.is_empty() => vec![self.revoke_marked()],
            Action::Revoke => vec![change::revoke(self.list.rows.current())],
            Action::Pause => vec![change::pause(self.list.rows.current())],
            _ => Vec::new(),
        }
    }

    fn offers(&self, action: Action) -> bool {
        let of_row = matches!(action, Action::Open | Action::Mark | Action::CopyId);
        match self.list.rows.current() {
            _ if action == Action::Revoke && !self.list.rows.marks.is_empty() => true,
            Some(row) => offered(row, action),
            None => !of_row && !matches!(action, Action::Revoke | Action::Pause),
        }
    }

    fn poll_at(&self) -> Option<DateTime<Utc>> {
        self.behind.due_at(&self.list.rows.call)
    }

    fn takes_news(&self) -> bool {
        true
    }

    fn take_news(&mut self, news: &News) {
        if self.list.rows.loaded().any(|row| news.may_concern(&row.account.id.to_string())) {
            self.behind.note();
        }
    }

    fn id(&self) -> Option<String> {
        self.list.rows.current().map(|row| row.account.id.to_string())
    }

    fn tenant(&self) -> Option<String> {
        let filtered = self.list.query.tenant.as_ref().map(ToString::to_string);
        filtered.or_else(|| self.list.rows.current().map(|row| row.tenant.clone()))
    }

    fn details(&self, around: &Surroundings<'_>) -> Vec<(String, String, Meaning)> {
        let mut pairs = self.list.details(around);
        if let Some(row) = self.list.rows.current() {
            for (label, text, _) in &mut pairs {
                match label.as_str() {
                    "ACCOUNT" => *text = row.account.id.to_string(),
                    "CONNECTOR" => {
                        let id = row.account.connector_id.to_string();
                        *text = if *text == short_id(&id) { id } else { format!("{text} ({id})") };
                    }
                    _ => {}
                }
            }
        }
        pairs.retain(|(_, text, _)| !text.is_empty());
        pairs
    }

    fn unmark(&mut self) -> bool {
        let marked = !self.list.rows.marks.is_empty();
        self.list.rows.marks = Marks::default();
        marked
    }

    fn changed(&mut self, answer: &Answer, by_act: bool) {
        if let Answer::Job(detail) = answer
            && by_act
        {
            self.job_changed(detail);
        }
        if let Answer::Account(detail) = answer {
            self.list.rows.update(&detail.summary, by_act);
        }
    }

    fn command(&self) -> CommandLine {
        let filter = &self.list.query;
        CommandLine::new("accounts list")
            .option("tenant", filter.tenant.as_ref())
            .option("status", filter.status.as_ref())
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
        let heading = match &self.list.query.tenant {
            Some(tenant) => format!("accounts › {tenant}"),
            None => "accounts › all tenants".to_owned(),
        };
        canvas.line(area, 0, &[(&heading, Meaning::Heading)]);
        // A query that is not applied has no number of rows.
        let matching = self.list.unapplied().map_or_else(|| match_count(&self.list.rows), |_| String::new());
        let order = format!("{matching}sort: {}", sort_name(self.list.query.sort));
        canvas.right(area, 0, &order, Meaning::Muted);
        let empty = if self.list.bar.field.text().is_empty() {
            "no account is linked yet"
        } else {
            "no account matches; esc clears the search"
        };
        self.list.draw(around, canvas, area, empty);
    }
}

/// Whether this action can do something with an account in its state.
pub fn offered(row: &AccountSummary, action: Action) -> bool {
    let has_ended =
        matches!(row.account.status.known(), Some(AccountStatus::Revoked | AccountStatus::Revoking));
    !(has_ended && matches!(action, Action::Revoke | Action::Pause))
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
