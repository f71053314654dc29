//! Writes all rows of a query to a file: asks for its name, shows the progress, and cancels when it is closed.

use std::path::PathBuf;

use crossterm::event::KeyEvent;
use ratatui::layout::Rect;

use crate::client::AccountSearch;
use crate::export::ExportFormat;
use crate::interface::dialog::{Dialog, Reaction};
use crate::registry::action::Action;
use crate::text::count;
use crate::theme::Meaning;
use crate::widget::canvas::Canvas;
use crate::widget::surroundings::Surroundings;
use crate::widget::text_field::TextField;

/// How far an export is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExportProgress {
    /// The export has not begun, or was given up for this reason.
    Idle(Option<String>),
    /// This number of rows is written.
    Running(u64),
    /// All rows are written.
    Done {
        /// Their number.
        rows: u64,
        /// The ids of those that were left out, in a state that only a newer server knows.
        left_out: Vec<String>,
    },
}

/// The dialog that exports the list of accounts.
#[derive(Debug)]
pub struct ExportDialog {
    filter: AccountSearch,
    field: TextField,
    /// How far it is.
    pub progress: ExportProgress,
}

impl ExportDialog {
    /// A dialog for the accounts of this filter, which suggests a name.
    pub fn new(filter: AccountSearch, name: &str) -> Self {
        Self { filter, field: TextField::new(name), progress: ExportProgress::Idle(None) }
    }

    fn begin_export(&mut self) -> Vec<Reaction> {
        let path = PathBuf::from(self.field.text().trim());
        let Some(format) = ExportFormat::of(&path) else {
            self.progress = ExportProgress::Idle(Some("end the name with .csv, .json or .ndjson".to_owned()));
            return Vec::new();
        };
        self.progress = ExportProgress::Running(0);
        vec![Reaction::Export { filter: self.filter.clone(), path, format }]
    }
}

impl Dialog for ExportDialog {
    fn takes_text(&self) -> bool {
        true
    }

    fn perform(&mut self, action: Action, _around: &Surroundings<'_>) -> Vec<Reaction> {
        match (action, &self.progress) {
            (Action::Confirm, ExportProgress::Idle(_)) => self.begin_export(),
            (Action::Confirm, ExportProgress::Done { .. }) => vec![Reaction::Close],
            _ => vec![Reaction::Unchanged],
        }
    }

    fn text(&mut self, key: KeyEvent) -> Vec<Reaction> {
        let edits = matches!(self.progress, ExportProgress::Idle(_)) && self.field.key(key);
        if edits { Vec::new() } else { vec![Reaction::Unchanged] }
    }

    fn paste(&mut self, text: &str) -> Vec<Reaction> {
        if matches!(self.progress, ExportProgress::Idle(_)) {
            self.field.paste(text);
        }
        Vec::new()
    }

    fn closed(&self, _around: &Surroundings<'_>) -> Vec<Reaction> {
        match self.progress {
            ExportProgress::Running(_) => vec![
                Reaction::CancelExport,
                Reaction::Notify("the export was cancelled, and its file removed".to_owned()),
            ],
            _ => Vec::new(),
        }
    }

    fn draw(&self, around: &Surroundings<'_>, canvas: &mut Canvas<'_, '_>, area: Rect) {
        let inner = canvas.dialog((70.min(area.width), 9), " export ", Meaning::Frame);
        let about = "all that match, to a file that only you can read";
        canvas.line(inner, 0, &[(about, Meaning::Muted)]);
        let used = canvas.line(inner, 2, &[("file ", Meaning::Accent)]);
        let line = Rect { x: inner.x + used, y: inner.y + 2, width: inner.width - used, height: 1 };
        self.field.draw(canvas, line, matches!(self.progress, ExportProgress::Idle(_)));
        let close = around.keymap.first_key(Action::Close).unwrap_or_default();
        let confirm = around.keymap.first_key(Action::Confirm).unwrap_or_default();
        let (text, meaning, hint) = match &self.progress {
            ExportProgress::Idle(None) => {
                let text = ".csv, .json or .ndjson; a file that exists is not overwritten".to_owned();
                (text, Meaning::Muted, format!("{confirm} begins  {close} cancel"))
            }
            ExportProgress::Idle(Some(why)) => {
                (format!("▲ {why}"), Meaning::Warn, format!("{confirm} begins  {close} cancel"))
            }
            ExportProgress::Running(rows) => {
                let text = format!("… {} rows are written", count(*rows));
                (text, Meaning::Busy, format!("{close} cancels and removes the file"))
            }
            ExportProgress::Done { rows, left_out } => {
                let text = format!("✓ {} rows are written", count(*rows));
                let hint = format!("{close} closes");
                if left_out.is_empty() {
                    (text, Meaning::Good, hint)
                } else {
                    let (number, ids) = (count(left_out.len() as u64), left_out.join(" "));
                    let why = "in a state that only a newer server knows";
                    (format!("{text}; {number} left out, {why}: {ids}"), Meaning::Warn, hint)
                }
            }
        };
        canvas.wrapped(Rect { y: inner.y + 3, height: 3, ..inner }, &text, meaning);
        canvas.line(inner, inner.height.saturating_sub(1), &[(&hint, Meaning::Muted)]);
    }
}
