//! The list of tenants.

use bowline_api::admin::Tenant;
use chrono::{DateTime, Utc};
use ratatui::layout::Rect;

use crate::client::{Answer, Request};
use crate::interface::command_line::CommandLine;
use crate::interface::dialog::Reaction;
use crate::interface::screen::{Part, Screen};
use crate::registry::action::Action;
use crate::registry::place::Place;
use crate::theme::Meaning;
use crate::when::stamp;
use crate::widget::canvas::Canvas;
use crate::widget::queried_list::{Listed, Queried, QueriedList};
use crate::widget::query::Problem;
use crate::widget::surroundings::{Surroundings, Window};
use crate::widget::table::{Column, Size};

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
}

impl Screen for Tenants {
    fn actions(&self) -> &'static [Action] {
        &[Action::Open, Action::CopyId]
    }

    fn list(&self) -> &dyn Queried {
        &self.list
    }

    fn list_mut(&mut self) -> &mut dyn Queried {
        &mut self.list
    }

    fn requests(&mut self, window: &Window) -> Vec<(Part, Request)> {
        let page = self.list.rows.next_page(window.now, window.rows);
        page.map(|page| (Part::Rows, Request::Tenants(page))).into_iter().collect()
    }

    fn take(&mut self, _part: Part, answer: Answer, window: &Window) -> Vec<Reaction> {
        if let Answer::Tenants(page) = answer {
            self.list.rows.take(page, window.rows);
        }
        Vec::new()
    }

    fn act(&mut self, action: Action, _now: DateTime<Utc>) -> Vec<Reaction> {
        match (action, self.list.rows.current()) {
            (Action::Open, Some(tenant)) => {
                vec![Reaction::Search { place: Place::Accounts, key: "tenant", value: tenant.slug.clone() }]
            }
            _ => Vec::new(),
        }
    }

    fn id(&self) -> Option<String> {
        self.list.rows.current().map(|tenant| tenant.id.to_string())
    }

    fn tenant(&self) -> Option<String> {
        self.list.rows.current().map(|tenant| tenant.slug.clone())
    }

    fn details(&self, around: &Surroundings<'_>) -> Vec<(String, String, Meaning)> {
        self.list.details(around)
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
        cell: |row, _| (row.slug.clone(), Meaning::Text),
    },
    Column {
        title: "NAME",
        min_width: 0,
        size: Size::Share(1),
        cell: |row, _| (row.name.clone(), Meaning::Text),
    },
    Column {
        title: "ID",
        min_width: 100,
        size: Size::Fixed(34),
        cell: |row, _| (row.id.to_string(), Meaning::Muted),
    },
    Column {
        title: "ADDED",
        min_width: 80,
        size: Size::Fixed(20),
        cell: |row, _| (stamp(row.created_at), Meaning::Muted),
    },
];
