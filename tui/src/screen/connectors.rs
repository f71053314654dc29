//! A tenant's connectors: whether each works, its switch, and its app secret.

use bowline_api::admin::Connector;
use bowline_api::status::Role;
use chrono::{DateTime, Utc};
use ratatui::layout::Rect;

use crate::client::{Answer, Request};
use crate::dialog::change;
use crate::interface::command_line::CommandLine;
use crate::interface::dialog::Reaction;
use crate::interface::screen::{Screen, ScreenPart};
use crate::registry::action::Action;
use crate::registry::place::Place;
use crate::theme::Meaning;
use crate::when::stamp;
use crate::widget::canvas::Canvas;
use crate::widget::completion::Filter;
use crate::widget::queried_list::{Listed, Queried, QueriedList};
use crate::widget::query::Problem;
use crate::widget::query_bar::TenantSearch;
use crate::widget::surroundings::{Surroundings, Window};
use crate::widget::table::{Column, Size};

use super::label::{connector_label, marked};

/// A tenant's connectors.
#[derive(Debug, Default)]
pub struct Connectors {
    /// The rows, those of one tenant.
    pub list: QueriedList<Self>,
}

impl Listed for Connectors {
    type Row = Connector;
    type Query = TenantSearch;

    const COLUMNS: &'static [Column<Connector>] = COLUMNS;
    const HELP: &'static str = "type / and tenant:NAME, or come here from a tenant or an account";
    const FILTERS: &'static [Filter] = &[Filter::TENANT];
    const KEEPS_ROWS: bool = false;

    fn parse(text: &str) -> Result<TenantSearch, Problem> {
        TenantSearch::parse("connectors", text)
    }

    fn matches(query: &TenantSearch, connector_row: &Connector) -> bool {
        query.fits(&[&connector_row.name, &connector_row.id.to_string(), &connector_row.app_key])
    }
}

impl Screen for Connectors {
    fn actions(&self) -> &'static [Action] {
        &[
            Action::Open,
            Action::Search,
            Action::Pause,
            Action::ReplaceSecret,
            Action::EditUrls,
            Action::CopyId,
            Action::Columns,
        ]
    }

    fn roles(&self) -> &'static [(Action, Role)] {
        &[(Action::Pause, Role::Admin)]
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
        page.map(|_| (ScreenPart::Rows, Request::Connectors(tenant.clone()))).into_iter().collect()
    }

    fn take(&mut self, _part: ScreenPart, answer: Answer, window: &Window) -> Vec<Reaction> {
        if let Answer::Connectors(page) = answer {
            self.list.take_whole(page, window.rows);
        }
        Vec::new()
    }

    fn changed(&mut self, answer: &Answer, by_act: bool) {
        if let Some(changed) = answer.connector() {
            self.list.rows.update(changed, by_act);
        }
    }

    fn act(&mut self, action: Action, _now: DateTime<Utc>) -> Vec<Reaction> {
        let current = self.list.rows.current();
        match action {
            Action::Open => {
                let id = current.map(|connector| connector.id.to_string());
                let search = |value| Reaction::Search { place: Place::Accounts, key: "connector", value };
                id.map(search).into_iter().collect()
            }
            Action::Pause => vec![change::pause_connector(current)],
            Action::ReplaceSecret => vec![change::replace_secret(current)],
            Action::EditUrls => vec![change::edit_return_urls(current)],
            _ => Vec::new(),
        }
    }

    fn id(&self) -> Option<String> {
        self.list.rows.current().map(|connector| connector.id.to_string())
    }

    fn tenant(&self) -> Option<String> {
        self.list.query.tenant.as_ref().map(ToString::to_string)
    }

    fn details(&self, _around: &Surroundings<'_>) -> Vec<(String, String, Meaning)> {
        let Some(connector_row) = self.list.rows.current() else { return Vec::new() };
        let pair = |label: &str, text: &str| (label.to_owned(), text.to_owned(), Meaning::Text);
        let (status, meaning) = connector_label(connector_row.status);
        let mut pairs = vec![pair("name", &connector_row.name), ("status".to_owned(), status, meaning)];
        pairs.extend(connector_row.status_reason.as_deref().map(|reason| pair("reason", reason)));
        pairs.extend(connector_row.sandbox.then(|| pair("mode", "sandbox")));
        pairs.extend([
            pair("id", &connector_row.id.to_string()),
            pair("app key", &connector_row.app_key),
            pair("protocol", connector_row.protocol.as_str()),
            pair("completion", connector_row.completion.as_str()),
            pair("default", if connector_row.is_default { "yes" } else { "no" }),
            pair("callback", &connector_row.callback_url),
        ]);
        pairs.extend(connector_row.notice_url.as_deref().map(|url| pair("notices", url)));
        pairs.extend(connector_row.return_urls.iter().map(|url| pair("return URL", url)));
        pairs.extend(connector_row.scopes.iter().map(|scope| pair("scope", scope)));
        pairs.push(pair("added", &stamp(connector_row.created_at)));
        pairs
    }

    fn command(&self) -> CommandLine {
        CommandLine::new("connectors list").option("tenant", self.list.query.tenant.as_ref())
    }

    fn draw(&self, around: &Surroundings<'_>, canvas: &mut Canvas<'_, '_>, area: Rect) {
        let whose =
            self.list.query.tenant.as_ref().map_or_else(|| "choose a tenant".to_owned(), ToString::to_string);
        canvas.line(area, 0, &[(&format!("connectors › {whose}"), Meaning::Heading)]);
        let empty = match &self.list.query.tenant {
            Some(_) if !self.list.query.words.is_empty() => "no match; esc clears the search",
            Some(_) => "this tenant has no connector",
            None => "no tenant is chosen: type / and tenant:NAME",
        };
        self.list.draw(around, canvas, area, empty);
    }
}

const COLUMNS: &[Column<Connector>] = &[
    Column {
        title: "NAME",
        min_width: 0,
        size: Size::Share(2),
        cell: |connector_row, _| (marked(&connector_row.name, connector_row.sandbox), Meaning::Text),
    },
    Column {
        title: "STATUS",
        min_width: 0,
        size: Size::Fixed(11),
        cell: |connector_row, _| connector_label(connector_row.status),
    },
    Column {
        title: "REASON",
        min_width: 0,
        size: Size::Share(3),
        cell: |connector_row, _| (connector_row.status_reason.clone().unwrap_or_default(), Meaning::Warn),
    },
    Column {
        title: "APP KEY",
        min_width: 80,
        size: Size::Fixed(16),
        cell: |connector_row, _| (connector_row.app_key.clone(), Meaning::Muted),
    },
    Column {
        title: "PROTOCOL",
        min_width: 100,
        size: Size::Fixed(8),
        cell: |connector_row, _| (connector_row.protocol.to_string(), Meaning::Muted),
    },
    Column {
        title: "DEFAULT",
        min_width: 100,
        size: Size::Fixed(7),
        cell: |connector_row, _| {
            (if connector_row.is_default { "default" } else { "" }.to_owned(), Meaning::Muted)
        },
    },
];
