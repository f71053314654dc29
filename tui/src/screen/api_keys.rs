//! A tenant's API keys, without their secrets.

use bowline_api::admin::ApiKey;
use bowline_api::status::Role;
use chrono::{DateTime, Utc};
use ratatui::layout::Rect;

use crate::client::{Answer, Request};
use crate::dialog::change;
use crate::interface::command_line::CommandLine;
use crate::interface::dialog::Reaction;
use crate::interface::screen::{Screen, ScreenPart};
use crate::registry::action::Action;
use crate::text::short_id;
use crate::theme::Meaning;
use crate::when::{ago, stamp};
use crate::widget::canvas::Canvas;
use crate::widget::completion::Filter;
use crate::widget::queried_list::{Listed, Queried, QueriedList};
use crate::widget::query::Problem;
use crate::widget::query_bar::TenantSearch;
use crate::widget::surroundings::{Surroundings, Window};
use crate::widget::table::{Column, Size, Sorted};

/// A tenant's API keys.
#[derive(Debug, Default)]
pub struct ApiKeys {
    /// The rows, those of one tenant.
    pub list: QueriedList<Self>,
}

impl Listed for ApiKeys {
    type Row = ApiKey;
    type Query = TenantSearch;

    const COLUMNS: &'static [Column<ApiKey>] = COLUMNS;
    const HELP: &'static str = "type / and tenant:NAME, or come here from a tenant or an account";
    const FILTERS: &'static [Filter] = &[Filter::TENANT];
    const KEEPS_ROWS: bool = false;

    fn parse(text: &str) -> Result<TenantSearch, Problem> {
        TenantSearch::parse("API keys", text)
    }

    fn matches(query: &TenantSearch, key_row: &ApiKey) -> bool {
        query.fits(&[&key_row.name, &key_row.id.to_string()])
    }

    fn sorted(_query: &TenantSearch) -> Option<Sorted> {
        Some(Sorted { title: "ADDED", is_descending: true })
    }
}

impl Screen for ApiKeys {
    fn actions(&self) -> &'static [Action] {
        &[
            Action::Search,
            Action::Add,
            Action::Rotate,
            Action::Revoke,
            Action::Pause,
            Action::Announce,
            Action::CopyId,
            Action::Columns,
        ]
    }

    fn roles(&self) -> &'static [(Action, Role)] {
        &[(Action::Revoke, Role::Admin)]
    }

    fn list(&self) -> &dyn Queried {
        &self.list
    }

    fn list_mut(&mut self) -> &mut dyn Queried {
        &mut self.list
    }

    fn requests(&mut self, window: &Window) -> Vec<(ScreenPart, Request)> {
        let Some(tenant) = &self.list.query.tenant else { return Vec::new() };
        let page = self.list.rows.next_page(window.now, window.rows);
        page.map(|_| (ScreenPart::Rows, Request::ApiKeys(tenant.clone()))).into_iter().collect()
    }

    fn take(&mut self, _part: ScreenPart, answer: Answer, window: &Window) -> Vec<Reaction> {
        if let Answer::ApiKeys(page) = answer {
            self.list.take_whole(page, window.rows);
        }
        Vec::new()
    }

    fn changed(&mut self, answer: &Answer, by_act: bool) {
        match answer {
            Answer::ApiKey(changed) => {
                self.list.rows.update(changed, by_act);
            }
            Answer::NewApiKey(_) | Answer::RotatedApiKey(_) => self.list.rows.refresh(),
            _ => {}
        }
    }

    fn act(&mut self, action: Action, _now: DateTime<Utc>) -> Vec<Reaction> {
        match (action, &self.list.query.tenant) {
            (Action::Add, Some(tenant)) => vec![change::create_api_key(tenant)],
            (Action::Add, None) => {
                vec![Reaction::Notify("choose a tenant first: type / and tenant:NAME".to_owned())]
            }
            (Action::Rotate, Some(tenant)) => vec![change::rotate_api_key(tenant, self.list.rows.current())],
            (Action::Revoke, Some(tenant)) => vec![change::revoke_api_key(tenant, self.list.rows.current())],
            (Action::Pause, Some(tenant)) => vec![change::resume_api_key(tenant, self.list.rows.current())],
            (Action::Announce, Some(tenant)) => {
                vec![change::announce_fetch_of_key(tenant, self.list.rows.current())]
            }
            _ => Vec::new(),
        }
    }

    /// Only the automatic stop suspends a key.
    fn hint(&self, action: Action) -> Option<&'static str> {
        (action == Action::Pause).then_some("resume")
    }

    fn offers(&self, action: Action) -> bool {
        let Some(key) = self.list.rows.current() else {
            return matches!(action, Action::Search | Action::Add | Action::Columns);
        };
        match action {
            Action::Rotate | Action::Revoke | Action::Announce => key.revoked_at.is_none(),
            Action::Pause => key.revoked_at.is_none() && key.suspended.is_some(),
            _ => true,
        }
    }

    fn id(&self) -> Option<String> {
        self.list.rows.current().map(|key| key.id.to_string())
    }

    fn tenant(&self) -> Option<String> {
        self.list.query.tenant.as_ref().map(ToString::to_string)
    }

    fn details(&self, around: &Surroundings<'_>) -> Vec<(String, String, Meaning)> {
        let mut pairs = self.list.details(around);
        if let Some(key) = self.list.rows.current() {
            for (label, text, _) in &mut pairs {
                match label.as_str() {
                    "KEY" => *text = key.id.to_string(),
                    "ADDED" => *text = stamp(key.created_at),
                    _ => {}
                }
            }
        }
        pairs
    }

    fn command(&self) -> CommandLine {
        CommandLine::new("api-keys list").option("tenant", self.list.query.tenant.as_ref())
    }

    fn draw(&self, around: &Surroundings<'_>, canvas: &mut Canvas<'_, '_>, area: Rect) {
        let whose =
            self.list.query.tenant.as_ref().map_or_else(|| "choose a tenant".to_owned(), ToString::to_string);
        canvas.line(area, 0, &[(&format!("API keys › {whose}"), Meaning::Heading)]);
        let empty = match &self.list.query.tenant {
            Some(_) if !self.list.query.words.is_empty() => "no match; esc clears the search",
            Some(_) => "this tenant has no API key",
            None => "no tenant is chosen: type / and tenant:NAME",
        };
        self.list.draw(around, canvas, area, empty);
    }
}

/// Whether a key is valid, in words.
fn key_state(key: &ApiKey, now: DateTime<Utc>) -> (String, Meaning) {
    match (key.revoked_at, &key.suspended, key.expires_at) {
        (Some(at), ..) => (format!("✕ revoked {}", stamp(at)), Meaning::Bad),
        (None, _, Some(at)) if at <= now => (format!("✕ expired {}", stamp(at)), Meaning::Bad),
        (None, Some(stop), _) => {
            (format!("‖ suspended {}: {}", ago(now, stop.since), stop.reason), Meaning::Warn)
        }
        (None, None, Some(at)) => (format!("● until {}", stamp(at)), Meaning::Good),
        (None, None, None) => ("● valid".to_owned(), Meaning::Good),
    }
}

const COLUMNS: &[Column<ApiKey>] = &[
    Column {
        title: "NAME",
        min_width: 0,
        size: Size::Share(2),
        cell: |key_row, _| (key_row.name.clone(), Meaning::Text),
    },
    Column {
        title: "STATE",
        min_width: 0,
        size: Size::Share(3),
        cell: |key_row, at| key_state(key_row, at.now),
    },
    Column {
        title: "PERMISSIONS",
        min_width: 80,
        size: Size::Share(3),
        cell: |key_row, _| {
            let all: Vec<_> = key_row.permissions.iter().map(bowline_api::Named::as_str).collect();
            (all.join(" "), Meaning::Text)
        },
    },
    Column {
        title: "ADDED",
        min_width: 100,
        size: Size::Fixed(7),
        cell: |key_row, at| (ago(at.now, key_row.created_at), Meaning::Muted),
    },
    Column {
        title: "USED ON",
        min_width: 100,
        size: Size::Fixed(10),
        cell: |key_row, _| {
            let day = key_row.last_used_on.map(|day| day.to_string());
            (day.unwrap_or_else(|| "–".to_owned()), Meaning::Muted)
        },
    },
    Column {
        title: "KEY",
        min_width: 0,
        size: Size::Fixed(15),
        cell: |key_row, _| (short_id(&key_row.id.to_string()), Meaning::Muted),
    },
];
