//! A tenant's API keys, without their secrets.

use bowline_api::Page;
use bowline_api::admin::ApiKey;
use bowline_api::status::Role;
use chrono::{DateTime, Utc};
use ratatui::layout::Rect;

use crate::client::{Answer, Request};
use crate::dialog::change;
use crate::interface::command_line::CommandLine;
use crate::interface::dialog::Reaction;
use crate::interface::screen::{Part, Screen};
use crate::registry::action::Action;
use crate::text::short_id;
use crate::theme::Meaning;
use crate::when::{ago, stamp};
use crate::widget::canvas::Canvas;
use crate::widget::list::List;
use crate::widget::listing::{self, Texts};
use crate::widget::query_bar::{QueryBar, TenantSearch};
use crate::widget::rows::Rows;
use crate::widget::surroundings::{Surroundings, Window};
use crate::widget::table::{Column, Size};

/// A tenant's API keys.
#[derive(Debug, Default)]
pub struct ApiKeys {
    /// The query line.
    pub bar: QueryBar,
    /// The tenant, and what is searched for.
    pub search: TenantSearch,
    /// The rows.
    pub list: List<ApiKey>,
}

impl Screen for ApiKeys {
    fn actions(&self) -> &'static [Action] {
        &[Action::Search, Action::Revoke, Action::CopyId]
    }

    fn roles(&self) -> &'static [(Action, Role)] {
        &[(Action::Revoke, Role::Admin)]
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
        let parsed = TenantSearch::parse("API keys", self.bar.field.text());
        if self.bar.accept(parsed, &mut self.search) {
            self.list = List::default();
        }
    }

    fn requests(&mut self, window: &Window) -> Vec<(Part, Request)> {
        let Some(tenant) = &self.search.tenant else { return Vec::new() };
        let page = self.list.next_page(window.now, window.rows);
        page.map(|_| (Part::Rows, Request::ApiKeys(tenant.clone()))).into_iter().collect()
    }

    fn take(&mut self, _part: Part, answer: Answer, window: &Window) -> Vec<Reaction> {
        if let Answer::ApiKeys(page) = answer {
            // The whole list is one page.
            let mut page = Page { next: None, prev: None, ..page };
            page.items.retain(|key| self.search.fits(&[&key.name, &key.id.to_string()]));
            self.list.take(page, window.rows);
        }
        Vec::new()
    }

    fn changed(&mut self, answer: &Answer, _by_act: bool) {
        let Answer::ApiKey(changed) = answer else { return };
        for row in self.list.loaded_mut().filter(|row| row.id == changed.id) {
            *row = changed.clone();
        }
    }

    fn act(&mut self, action: Action, _now: DateTime<Utc>) -> Vec<Reaction> {
        match (action, &self.search.tenant) {
            (Action::Revoke, Some(tenant)) => vec![change::revoke_api_key(tenant, self.list.current())],
            _ => Vec::new(),
        }
    }

    fn id(&self) -> Option<String> {
        self.list.current().map(|key| key.id.to_string())
    }

    fn tenant(&self) -> Option<String> {
        self.search.tenant.as_ref().map(ToString::to_string)
    }

    fn details(&self, around: &Surroundings<'_>) -> Vec<(String, String, Meaning)> {
        let mut pairs = listing::details(around, COLUMNS, &self.list);
        if let Some(key) = self.list.current() {
            pairs.push(("ID".to_owned(), key.id.to_string(), Meaning::Text));
            pairs.push(("ADDED".to_owned(), stamp(key.created_at), Meaning::Text));
        }
        pairs
    }

    fn command(&self) -> CommandLine {
        CommandLine::new("api-keys list").option("tenant", self.search.tenant.as_ref())
    }

    fn draw(&self, around: &Surroundings<'_>, canvas: &mut Canvas<'_, '_>, area: Rect) {
        let whose =
            self.search.tenant.as_ref().map_or_else(|| "choose a tenant".to_owned(), ToString::to_string);
        canvas.line(area, 0, &[(&format!("API keys › {whose}"), Meaning::Heading)]);
        self.bar.draw(canvas, area, "type / and tenant:NAME, or come here from a tenant or an account");
        let empty = match &self.search.tenant {
            Some(_) if !self.search.words.is_empty() => "no match; esc clears the search",
            Some(_) => "this tenant has no API key",
            None => "no tenant is chosen: type / and tenant:NAME",
        };
        let texts = Texts { empty, complaint: self.bar.complaint() };
        listing::draw(around, canvas, area, COLUMNS, &self.list, texts);
    }
}

/// Whether a key is valid, in words.
fn state(key: &ApiKey, now: DateTime<Utc>) -> (String, Meaning) {
    match (key.revoked_at, key.expires_at) {
        (Some(at), _) => (format!("✕ revoked {}", stamp(at)), Meaning::Bad),
        (None, Some(at)) if at <= now => (format!("✕ expired {}", stamp(at)), Meaning::Bad),
        (None, Some(at)) => (format!("● until {}", stamp(at)), Meaning::Good),
        (None, None) => ("● valid".to_owned(), Meaning::Good),
    }
}

const COLUMNS: &[Column<ApiKey>] = &[
    Column {
        title: "NAME",
        min_width: 0,
        size: Size::Share(2),
        cell: |row, _| (row.name.clone(), Meaning::Text),
    },
    Column { title: "STATE", min_width: 0, size: Size::Share(3), cell: state },
    Column {
        title: "PERMISSIONS",
        min_width: 80,
        size: Size::Share(3),
        cell: |row, _| {
            let all: Vec<_> = row.permissions.iter().map(bowline_api::Named::as_str).collect();
            (all.join(" "), Meaning::Text)
        },
    },
    Column {
        title: "ADDED",
        min_width: 100,
        size: Size::Fixed(7),
        cell: |row, now| (ago(now, row.created_at), Meaning::Muted),
    },
    Column {
        title: "KEY",
        min_width: 0,
        size: Size::Fixed(15),
        cell: |row, _| (short_id(&row.id.to_string()), Meaning::Muted),
    },
];
