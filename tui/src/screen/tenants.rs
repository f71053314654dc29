//! The list of tenants.

use bowline_api::admin::Tenant;
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
use crate::when::{ago, stamp};
use crate::widget::canvas::Canvas;
use crate::widget::queried_list::{Listed, Queried, QueriedList};
use crate::widget::query::Problem;
use crate::widget::surroundings::{Surroundings, Window};
use crate::widget::table::{Column, Size, Sorted};

use super::label::marked;

/// The list of tenants.
#[derive(Debug, Default)]
pub struct Tenants {
    /// The rows.
    pub list: QueriedList<Self>,
}

impl Listed for Tenants {
    type Row = Tenant;
    type Query = ();

    const COLUMNS: &'static [Column<Tenant>] = COLUMNS;
    const HELP: &'static str = "enter shows a tenant's accounts";
    const HAS_BAR: bool = false;

    fn parse(_text: &str) -> Result<(), Problem> {
        Ok(())
    }

    fn sorted(_query: &()) -> Option<Sorted> {
        Some(Sorted { title: "TENANT", is_descending: false })
    }
}

impl Screen for Tenants {
    fn actions(&self) -> &'static [Action] {
        &[Action::Open, Action::Pause, Action::DrainStop, Action::Announce, Action::CopyId, Action::Columns]
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
        let page = self.list.rows.next_page(window.now, window.rows);
        page.map(|page| (ScreenPart::Rows, Request::Tenants(page))).into_iter().collect()
    }

    fn take(&mut self, _part: ScreenPart, answer: Answer, window: &Window) -> Vec<Reaction> {
        if let Answer::Tenants(page) = answer {
            self.list.take(page, window.rows);
        }
        Vec::new()
    }

    fn changed(&mut self, answer: &Answer, by_act: bool) {
        match answer {
            Answer::Tenant(changed) => {
                self.list.rows.update(changed, by_act);
            }
            Answer::DrainStop(_) => self.list.rows.refresh(),
            _ => {}
        }
    }

    fn act(&mut self, action: Action, _now: DateTime<Utc>) -> Vec<Reaction> {
        match (action, self.list.rows.current()) {
            (Action::Pause, tenant) => vec![change::pause_tenant(tenant)],
            (Action::DrainStop, tenant) => vec![change::set_drain_stop(tenant)],
            (Action::Announce, tenant) => vec![change::announce_fetch_of_tenant(tenant)],
            (Action::Open, Some(tenant)) => {
                vec![Reaction::Search { place: Place::Accounts, key: "tenant", value: tenant.slug.clone() }]
            }
            _ => Vec::new(),
        }
    }

    fn offers(&self, action: Action) -> bool {
        let has_stop = |tenant: &Tenant| tenant.drain_stop.is_some();
        action != Action::Announce || self.list.rows.current().is_some_and(has_stop)
    }

    fn id(&self) -> Option<String> {
        self.list.rows.current().map(|tenant| tenant.id.to_string())
    }

    fn tenant(&self) -> Option<String> {
        self.list.rows.current().map(|tenant| tenant.slug.clone())
    }

    fn details(&self, around: &Surroundings<'_>) -> Vec<(String, String, Meaning)> {
        let mut pairs = self.list.details(around);
        if let Some(freeze) = self.list.rows.current().and_then(|tenant| tenant.frozen.as_ref()) {
            let by = freeze.by.as_deref().unwrap_or("an operator");
            let text = format!("since {} by {by}: {}", stamp(freeze.since), freeze.reason);
            pairs.push(("FROZEN".to_owned(), text, Meaning::Warn));
        }
        if let Some(stop) = self.list.rows.current().and_then(|tenant| tenant.drain_stop) {
            let whose = stop.announced_key.map_or_else(String::new, |key| format!(" for {key}"));
            let until =
                stop.announced_until.map(|until| format!("; announced{whose} until {}", stamp(until)));
            let text = format!(
                "an API key above {} × its largest minute of seven days, and above {} accounts a minute{}",
                stop.times,
                stop.least,
                until.unwrap_or_default()
            );
            pairs.push(("SUSPENDED".to_owned(), text, Meaning::Text));
        }
        pairs
    }

    fn command(&self) -> CommandLine {
        CommandLine::new("tenants list")
    }

    fn draw(&self, around: &Surroundings<'_>, canvas: &mut Canvas<'_, '_>, area: Rect) {
        canvas.line(area, 0, &[("tenants", Meaning::Heading)]);
        self.list.draw(around, canvas, area, "no tenants are visible to you");
    }
}

const COLUMNS: &[Column<Tenant>] = &[
    Column {
        title: "TENANT",
        min_width: 0,
        size: Size::Fixed(20),
        cell: |tenant_row, _| (tenant_row.slug.clone(), Meaning::Text),
    },
    Column {
        title: "NAME",
        min_width: 0,
        size: Size::Share(1),
        cell: |tenant_row, _| (marked(&tenant_row.name, tenant_row.sandbox), Meaning::Text),
    },
    Column {
        title: "STATE",
        min_width: 0,
        size: Size::Fixed(16),
        cell: |tenant_row, at| match &tenant_row.frozen {
            Some(freeze) => (format!("‖ frozen {}", ago(at.now, freeze.since)), Meaning::Warn),
            None => ("● not frozen".to_owned(), Meaning::Good),
        },
    },
    Column {
        title: "KEY STOP",
        min_width: 110,
        size: Size::Fixed(9),
        cell: |tenant_row, at| match tenant_row.drain_stop {
            Some(stop) if stop.announced_until.is_some_and(|until| until > at.now) => {
                ("announced".to_owned(), Meaning::Warn)
            }
            Some(_) => ("on".to_owned(), Meaning::Good),
            None => ("off".to_owned(), Meaning::Muted),
        },
    },
    Column {
        title: "ID",
        min_width: 130,
        size: Size::Fixed(34),
        cell: |tenant_row, _| (tenant_row.id.to_string(), Meaning::Muted),
    },
    Column {
        title: "ADDED",
        min_width: 80,
        size: Size::Fixed(20),
        cell: |tenant_row, _| (stamp(tenant_row.created_at), Meaning::Muted),
    },
];
