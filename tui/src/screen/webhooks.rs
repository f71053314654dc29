//! A tenant's endpoints for webhooks: where its events go, and whether they arrive.

use bowline_api::status::{Role, WebhookState};
use bowline_api::v1::WebhookEndpoint;
use chrono::{DateTime, Utc};
use ratatui::layout::Rect;

use crate::client::{Answer, Request};
use crate::dialog::change;
use crate::interface::command_line::CommandLine;
use crate::interface::dialog::Reaction;
use crate::interface::screen::{Screen, ScreenPart};
use crate::registry::action::Action;
use crate::registry::place::Place;
use crate::text::short_id;
use crate::theme::Meaning;
use crate::when::{ago, stamp};
use crate::widget::canvas::Canvas;
use crate::widget::completion::Filter;
use crate::widget::queried_list::{Listed, Queried, QueriedList};
use crate::widget::query::{Problem, with_word};
use crate::widget::query_bar::TenantSearch;
use crate::widget::surroundings::{Surroundings, Window};
use crate::widget::table::{Column, Size, Sorted};

use super::label::{webhook_label, why_disabled};

/// A tenant's endpoints.
#[derive(Debug, Default)]
pub struct Webhooks {
    /// The rows, those of one tenant.
    pub list: QueriedList<Self>,
}

impl Listed for Webhooks {
    type Row = WebhookEndpoint;
    type Query = TenantSearch;

    const COLUMNS: &'static [Column<WebhookEndpoint>] = COLUMNS;
    const HELP: &'static str = "type / and tenant:NAME, or come here from a tenant or an account";
    const FILTERS: &'static [Filter] = &[Filter::TENANT];
    const KEEPS_ROWS: bool = false;

    fn parse(text: &str) -> Result<TenantSearch, Problem> {
        TenantSearch::parse("webhook endpoints", text)
    }

    fn matches(query: &TenantSearch, endpoint_row: &WebhookEndpoint) -> bool {
        query.fits(&[&endpoint_row.url, &endpoint_row.id.to_string(), endpoint_row.state.as_str()])
    }

    fn sorted(_query: &TenantSearch) -> Option<Sorted> {
        Some(Sorted { title: "ADDED", is_descending: true })
    }
}

impl Screen for Webhooks {
    fn actions(&self) -> &'static [Action] {
        &[
            Action::Open,
            Action::Search,
            Action::Add,
            Action::EditUrls,
            Action::SendTest,
            Action::Pause,
            Action::Rotate,
            Action::DeleteEndpoint,
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
        page.map(|_| (ScreenPart::Rows, Request::Webhooks(tenant.clone()))).into_iter().collect()
    }

    fn take(&mut self, _part: ScreenPart, answer: Answer, window: &Window) -> Vec<Reaction> {
        if let Answer::Webhooks(page) = answer {
            self.list.take_whole(page, window.rows);
        }
        Vec::new()
    }

    fn changed(&mut self, answer: &Answer, by_act: bool) {
        match answer {
            Answer::Webhook(changed) => {
                self.list.rows.update(changed, by_act);
            }
            // What is done without a body may be the end of an endpoint.
            Answer::NewWebhook(_) | Answer::Done if by_act => self.list.rows.refresh(),
            _ => {}
        }
    }

    fn act(&mut self, action: Action, _now: DateTime<Utc>) -> Vec<Reaction> {
        let current = self.list.rows.current();
        let Some(tenant) = &self.list.query.tenant else {
            let first = || Reaction::Notify("choose a tenant first: type / and tenant:NAME".to_owned());
            return (action == Action::Add).then(first).into_iter().collect();
        };
        match action {
            Action::Open => {
                let query = current.map(|endpoint| {
                    with_word(&format!("endpoint:{}", endpoint.id), "tenant", &tenant.to_string())
                });
                let find = |query| Reaction::Find { place: Place::Deliveries, query };
                query.map(find).into_iter().collect()
            }
            Action::Add => vec![change::create_webhook(tenant)],
            Action::EditUrls => vec![change::edit_webhook(tenant, current)],
            Action::SendTest => vec![change::test_webhook(tenant, current)],
            Action::Pause => vec![change::pause_webhook(tenant, current)],
            Action::Rotate => vec![change::rotate_webhook(tenant, current)],
            Action::DeleteEndpoint => vec![change::delete_webhook(tenant, current)],
            _ => Vec::new(),
        }
    }

    /// The types of events are edited together with the URL.
    fn hint(&self, action: Action) -> Option<&'static str> {
        (action == Action::EditUrls).then_some("edit")
    }

    fn offers(&self, action: Action) -> bool {
        let is_about_row = |action| {
            [
                Action::Open,
                Action::EditUrls,
                Action::SendTest,
                Action::Pause,
                Action::Rotate,
                Action::DeleteEndpoint,
                Action::CopyId,
            ]
            .contains(&action)
        };
        match self.list.rows.current() {
            None => !is_about_row(action),
            Some(endpoint) => action != Action::SendTest || endpoint.state != WebhookState::Disabled,
        }
    }

    fn id(&self) -> Option<String> {
        self.list.rows.current().map(|endpoint| endpoint.id.to_string())
    }

    fn tenant(&self) -> Option<String> {
        self.list.query.tenant.as_ref().map(ToString::to_string)
    }

    fn details(&self, _around: &Surroundings<'_>) -> Vec<(String, String, Meaning)> {
        let Some(endpoint_row) = self.list.rows.current() else { return Vec::new() };
        let pair = |label: &str, text: &str| (label.to_owned(), text.to_owned(), Meaning::Text);
        let (state, meaning) = webhook_label(endpoint_row);
        let mut pairs = vec![pair("URL", &endpoint_row.url), ("state".to_owned(), state, meaning)];
        pairs.extend(endpoint_row.state_reason.as_deref().map(|reason| pair("reason", why_disabled(reason))));
        let failing = |at| ("failing since".to_owned(), stamp(at), Meaning::Warn);
        pairs.extend(endpoint_row.failing_since.map(failing));
        pairs.push(pair("events", &endpoint_events(endpoint_row)));
        pairs.extend(endpoint_row.connector_id.map(|id| pair("connector", &id.to_string())));
        pairs.extend(endpoint_row.old_secret_expires_at.map(|at| pair("old secret until", &stamp(at))));
        pairs.extend([
            pair("id", &endpoint_row.id.to_string()),
            pair("added", &stamp(endpoint_row.created_at)),
        ]);
        pairs
    }

    fn command(&self) -> CommandLine {
        CommandLine::new("webhooks list").option("tenant", self.list.query.tenant.as_ref())
    }

    fn draw(&self, around: &Surroundings<'_>, canvas: &mut Canvas<'_, '_>, area: Rect) {
        let whose =
            self.list.query.tenant.as_ref().map_or_else(|| "choose a tenant".to_owned(), ToString::to_string);
        canvas.line(area, 0, &[(&format!("webhooks › {whose}"), Meaning::Heading)]);
        let empty = match &self.list.query.tenant {
            Some(_) if !self.list.query.words.is_empty() => "no match; esc clears the search",
            Some(_) => "this tenant has no webhook endpoint",
            None => "no tenant is chosen: type / and tenant:NAME",
        };
        self.list.draw(around, canvas, area, empty);
    }
}

/// The types of events that an endpoint gets.
fn endpoint_events(endpoint_row: &WebhookEndpoint) -> String {
    if endpoint_row.events.is_empty() { "all".to_owned() } else { endpoint_row.events.join(" ") }
}

const COLUMNS: &[Column<WebhookEndpoint>] = &[
    Column {
        title: "URL",
        min_width: 0,
        size: Size::Share(3),
        cell: |endpoint_row, _| (endpoint_row.url.clone(), Meaning::Text),
    },
    Column {
        title: "STATE",
        min_width: 0,
        size: Size::Fixed(20),
        cell: |endpoint_row, _| webhook_label(endpoint_row),
    },
    Column {
        title: "FAILING",
        min_width: 0,
        size: Size::Fixed(8),
        cell: |endpoint_row, at| match endpoint_row.failing_since {
            Some(since) => (ago(at.now, since), Meaning::Warn),
            None => ("–".to_owned(), Meaning::Muted),
        },
    },
    Column {
        title: "EVENTS",
        min_width: 80,
        size: Size::Share(2),
        cell: |endpoint_row, _| (endpoint_events(endpoint_row), Meaning::Text),
    },
    Column {
        title: "ADDED",
        min_width: 100,
        size: Size::Fixed(7),
        cell: |endpoint_row, at| (ago(at.now, endpoint_row.created_at), Meaning::Muted),
    },
    Column {
        title: "ENDPOINT",
        min_width: 100,
        size: Size::Fixed(15),
        cell: |endpoint_row, _| (short_id(&endpoint_row.id.to_string()), Meaning::Muted),
    },
];
