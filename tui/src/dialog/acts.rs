//! The log of acts: what this operator has changed since the program started, and the outcome of each.

use ratatui::layout::Rect;

use crate::interface::dialog::{Dialog, Reaction};
use crate::registry::action::Action;
use crate::theme::Meaning;
use crate::widget::canvas::Canvas;
use crate::widget::surroundings::Surroundings;

use super::details::Details;

/// The open log of acts.
#[derive(Debug)]
pub struct ActsLog(Details);

impl ActsLog {
    /// A dialog with these lines: when, what and how it ended.
    pub fn new(lines: Vec<(String, String, Meaning)>) -> Self {
        let nothing = || vec![(String::new(), "you have changed nothing yet".to_owned(), Meaning::Muted)];
        Self(Details::new(" what you have changed ", if lines.is_empty() { nothing() } else { lines }))
    }
}

impl Dialog for ActsLog {
    fn perform(&mut self, action: Action, around: &Surroundings<'_>) -> Vec<Reaction> {
        match action {
            Action::Acts => vec![Reaction::Close],
            other => self.0.perform(other, around),
        }
    }

    fn draw(&self, around: &Surroundings<'_>, canvas: &mut Canvas<'_, '_>, area: Rect) {
        self.0.draw(around, canvas, area);
    }
}
