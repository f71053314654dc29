//! Sessions of operators: one's own, or those of another operator, which an admin may end.

use bowline_api::OperatorId;
use bowline_api::admin::OperatorSession;
use chrono::{DateTime, Utc};
use ratatui::layout::Rect;

use crate::client::{Answer, Request};
use crate::dialog::change;
use crate::interface::command_line::CommandLine;
use crate::interface::dialog::Reaction;
use crate::interface::screen::{Screen, ScreenPart};
use crate::registry::action::Action;
use crate::theme::Meaning;
use crate::when::{ago, relative, stamp};
use crate::widget::canvas::Canvas;
use crate::widget::completion::Filter;
use crate::widget::queried_list::{Listed, Queried, QueriedList};
use crate::widget::query::{Problem, unknown_key, words};
use crate::widget::surroundings::{Surroundings, Window};
use crate::widget::table::{Column, Size, Sorted};

/// Sessions of operators.
#[derive(Debug, Default)]
pub struct Sessions {
    /// The sessions, one's own or those of one operator.
    pub list: QueriedList<Self>,
}

impl Listed for Sessions {
    type Row = OperatorSession;
    type Query = Option<OperatorId>;

    const COLUMNS: &'static [Column<OperatorSession>] = COLUMNS;
    const HELP: &'static str = "yours; the list of operators leads to those of another operator";
    const FILTERS: &'static [Filter] = &[Filter::free("operator", "of this operator: op_…")];
    const KEEPS_ROWS: bool = false;

    fn parse(text: &str) -> Result<Option<OperatorId>, Problem> {
        let mut of = None;
        for word in words(text) {
            match word.key.as_deref() {
                Some("operator") => {
                    let id = word.value.parse().map_err(|_| {
                        word.problem(
                            "operator: needs an id, op_…; the list of operators leads here with enter",
                        )
                    })?;
                    of = Some(id);
                }
                Some(_) => return Err(unknown_key(&word, Self::FILTERS, false)),
                None => return Err(word.problem("sessions can only be filtered by operator:ID")),
            }
        }
        Ok(of)
    }

    fn sorted(_query: &Option<OperatorId>) -> Option<Sorted> {
        Some(Sorted { title: "LOGGED IN", is_descending: true })
    }
}

impl Screen for Sessions {
    fn actions(&self) -> &'static [Action] {
        &[Action::Search, Action::EndSession, Action::CopyId, Action::Columns]
    }

    fn list(&self) -> &dyn Queried {
        &self.list
    }

    fn list_mut(&mut self) -> &mut dyn Queried {
        &mut self.list
    }

    fn requests(&mut self, window: &Window) -> Vec<(ScreenPart, Request)> {
        let page = self.list.rows.next_page(window.now, window.rows);
        page.map(|_| (ScreenPart::Rows, Request::Sessions(self.list.query))).into_iter().collect()
    }

    fn take(&mut self, _part: ScreenPart, answer: Answer, window: &Window) -> Vec<Reaction> {
        if let Answer::Sessions(page) = answer {
            self.list.take_whole(page, window.rows);
        }
        Vec::new()
    }

    fn changed(&mut self, answer: &Answer, by_act: bool) {
        if let (Answer::SessionsEnded(_), true) = (answer, by_act) {
            self.list.rows.refresh();
        }
    }

    fn act(&mut self, action: Action, _now: DateTime<Utc>) -> Vec<Reaction> {
        match action {
            Action::EndSession => vec![change::end_session(self.list.query, self.list.rows.current())],
            _ => Vec::new(),
        }
    }

    fn id(&self) -> Option<String> {
        self.list.rows.current().map(|session| session.id.to_string())
    }

    fn details(&self, around: &Surroundings<'_>) -> Vec<(String, String, Meaning)> {
        let mut pairs = self.list.details(around);
        if let Some(session) = self.list.rows.current() {
            pairs.push(("ID".to_owned(), session.id.to_string(), Meaning::Text));
            pairs.push(("ENDS".to_owned(), stamp(session.expires_at), Meaning::Text));
        }
        pairs
    }

    fn command(&self) -> CommandLine {
        CommandLine::new("sessions list").option("operator", self.list.query)
    }

    fn draw(&self, around: &Surroundings<'_>, canvas: &mut Canvas<'_, '_>, area: Rect) {
        let whose = self.list.query.map_or_else(|| "yours".to_owned(), |id| id.to_string());
        canvas.line(area, 0, &[("sessions › ", Meaning::Muted), (&whose, Meaning::Heading)]);
        self.list.draw(around, canvas, area, "no session: whoever it is has to log in");
    }
}

const COLUMNS: &[Column<OperatorSession>] = &[
    Column {
        title: "LOGGED IN",
        min_width: 0,
        size: Size::Fixed(20),
        cell: |session_row, _| (stamp(session_row.created_at), Meaning::Text),
    },
    Column {
        title: "USED",
        min_width: 0,
        size: Size::Fixed(7),
        cell: |session_row, at| (ago(at.now, session_row.last_used_at), Meaning::Text),
    },
    Column {
        title: "ENDS",
        min_width: 100,
        size: Size::Fixed(10),
        cell: |session_row, at| (relative(at.now, session_row.expires_at), Meaning::Muted),
    },
    Column {
        title: "ADDRESS",
        min_width: 0,
        size: Size::Share(2),
        cell: |session_row, _| (session_row.address.clone().unwrap_or_else(|| "–".to_owned()), Meaning::Text),
    },
    Column {
        title: "PROGRAM",
        min_width: 80,
        size: Size::Share(2),
        cell: |session_row, _| (session_row.client.clone().unwrap_or_else(|| "–".to_owned()), Meaning::Muted),
    },
    Column {
        title: "THIS ONE",
        min_width: 0,
        size: Size::Fixed(8),
        cell: |session_row, _| (if session_row.is_current { "● this" } else { "" }.to_owned(), Meaning::Good),
    },
];
