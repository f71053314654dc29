//! The operators: who they are, what they may do, and whether they are disabled.

use bowline_api::admin::Operator;
use bowline_api::status::Role;
use chrono::{DateTime, Utc};
use ratatui::layout::Rect;

use crate::client::{Answer, Request};
use crate::dialog::change;
use crate::dialog::related::Related;
use crate::interface::command_line::CommandLine;
use crate::interface::dialog::Reaction;
use crate::interface::screen::{Screen, ScreenPart};
use crate::registry::action::Action;
use crate::registry::place::Place;
use crate::text::short_id;
use crate::theme::Meaning;
use crate::when::stamp;
use crate::widget::canvas::Canvas;
use crate::widget::queried_list::{Listed, Queried, QueriedList};
use crate::widget::query::{Problem, with_word};
use crate::widget::surroundings::{Surroundings, Window};
use crate::widget::table::{Column, Size, Sorted};

/// The operators.
#[derive(Debug, Default)]
pub struct Operators {
    /// The rows.
    pub list: QueriedList<Self>,
}

impl Listed for Operators {
    type Row = Operator;
    type Query = ();

    const COLUMNS: &'static [Column<Operator>] = COLUMNS;
    const HELP: &'static str = "who may log in here, disabled operators included";
    const HAS_BAR: bool = false;

    fn parse(_text: &str) -> Result<(), Problem> {
        Ok(())
    }

    fn sorted(_query: &()) -> Option<Sorted> {
        Some(Sorted { title: "NAME", is_descending: false })
    }
}

impl Screen for Operators {
    fn actions(&self) -> &'static [Action] {
        &[
            Action::Open,
            Action::Add,
            Action::SetRole,
            Action::SetPassword,
            Action::Pause,
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
        let page = self.list.rows.next_page(window.now, window.rows);
        page.map(|page| (ScreenPart::Rows, Request::Operators(page))).into_iter().collect()
    }

    fn take(&mut self, _part: ScreenPart, answer: Answer, window: &Window) -> Vec<Reaction> {
        if let Answer::Operators(page) = answer {
            self.list.take(page, window.rows);
        }
        Vec::new()
    }

    fn changed(&mut self, answer: &Answer, by_act: bool) {
        match answer {
            Answer::ChangedOperator(changed) => {
                self.list.rows.update(changed, by_act);
            }
            Answer::AddedOperator(_) => self.list.rows.refresh(),
            _ => {}
        }
    }

    fn act(&mut self, action: Action, _now: DateTime<Utc>) -> Vec<Reaction> {
        match action {
            Action::Open => self.list.rows.current().map(related_to_operator).into_iter().collect(),
            Action::Add => vec![change::add_operator()],
            Action::SetRole => vec![change::set_role(self.list.rows.current())],
            Action::SetPassword => vec![change::set_password(self.list.rows.current())],
            Action::Pause => vec![change::pause_operator(self.list.rows.current())],
            _ => Vec::new(),
        }
    }

    fn id(&self) -> Option<String> {
        self.list.rows.current().map(|operator| operator.id.to_string())
    }

    fn details(&self, around: &Surroundings<'_>) -> Vec<(String, String, Meaning)> {
        let mut pairs = self.list.details(around);
        if let Some(tenants) = self.list.rows.current().and_then(|operator| operator.tenants.as_ref()) {
            let ids: Vec<_> = tenants.iter().map(ToString::to_string).collect();
            pairs.push(("LIMITED TO".to_owned(), ids.join(" "), Meaning::Text));
        }
        let issuer = self.list.rows.current().and_then(|operator| operator.issuer.clone());
        pairs.extend(issuer.map(|issuer| ("LOGS IN AT".to_owned(), issuer, Meaning::Text)));
        pairs.extend(self.id().map(|id| ("ID".to_owned(), id, Meaning::Text)));
        pairs
    }

    fn command(&self) -> CommandLine {
        CommandLine::new("operators list")
    }

    fn draw(&self, around: &Surroundings<'_>, canvas: &mut Canvas<'_, '_>, area: Rect) {
        canvas.line(area, 0, &[("operators", Meaning::Heading)]);
        self.list.draw(around, canvas, area, "there are no operators");
    }
}

/// What belongs to an operator, to go there.
fn related_to_operator(operator: &Operator) -> Reaction {
    let did = with_word(&with_word("", "actor", &operator.id.to_string()), "tenant", "*");
    let sessions = with_word("", "operator", &operator.id.to_string());
    Reaction::Open(Box::new(Related::new(vec![
        (format!("what {} did, in every log", operator.name), Place::Audit, did),
        (format!("sessions of {}", operator.name), Place::Sessions, sessions),
    ])))
}

const COLUMNS: &[Column<Operator>] = &[
    Column {
        title: "NAME",
        min_width: 0,
        size: Size::Share(2),
        cell: |operator_row, _| (operator_row.name.clone(), Meaning::Text),
    },
    Column {
        title: "ROLE",
        min_width: 0,
        size: Size::Fixed(8),
        cell: |operator_row, _| (operator_row.role.to_string(), Meaning::Text),
    },
    Column {
        title: "STATE",
        min_width: 0,
        size: Size::Share(2),
        cell: |operator_row, _| match operator_row.disabled_at {
            Some(at) => (format!("‖ disabled {}", stamp(at)), Meaning::Warn),
            None => ("● enabled".to_owned(), Meaning::Good),
        },
    },
    Column {
        title: "TOTP",
        min_width: 70,
        size: Size::Fixed(4),
        cell: |operator_row, _| match (&operator_row.issuer, operator_row.totp_since) {
            // The identity provider asks for a second factor, or does not.
            (Some(_), _) => ("sso".to_owned(), Meaning::Muted),
            (None, Some(_)) => ("on".to_owned(), Meaning::Good),
            (None, None) => ("off".to_owned(), Meaning::Warn),
        },
    },
    Column {
        title: "TENANTS",
        min_width: 80,
        size: Size::Fixed(7),
        cell: |operator_row, _| match &operator_row.tenants {
            Some(tenants) => (tenants.len().to_string(), Meaning::Text),
            None => ("all".to_owned(), Meaning::Muted),
        },
    },
    Column {
        title: "ADDED",
        min_width: 90,
        size: Size::Fixed(20),
        cell: |operator_row, _| (stamp(operator_row.created_at), Meaning::Muted),
    },
    Column {
        title: "OPERATOR",
        min_width: 100,
        size: Size::Fixed(15),
        cell: |operator_row, _| (short_id(&operator_row.id.to_string()), Meaning::Muted),
    },
];
