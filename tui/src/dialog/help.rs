//! The help, which lists the keys of all actions in the registry.

use ratatui::layout::Rect;

use crate::danger::Danger;
use crate::interface::dialog::{Dialog, Reaction};
use crate::registry::action::{Action, ActionEntry, HelpGroup, LABEL_COLUMNS, Works, registry};
use crate::text::fit;
use crate::theme::Meaning;
use crate::widget::canvas::Canvas;
use crate::widget::completion::Filter;
use crate::widget::surroundings::Surroundings;

/// The width of the keys in columns, if there is room.
const HELP_KEYS_COLUMNS: usize = 18;

/// The open help.
#[derive(Debug, Default)]
pub struct Help {
    /// How many lines the help is scrolled down.
    scroll: usize,
}

/// The help's entry for an action: its description, and the role that the operator lacks for it.
pub(super) fn label(entry: &ActionEntry, around: &Surroundings<'_>) -> String {
    match around.missing_role(entry) {
        Some(role) => format!("{} · needs {role}", entry.label),
        None => entry.label.to_owned(),
    }
}

/// Keys, or how a filter is typed, with what they do, and how the line looks; a heading has no second text.
type HelpLine = (String, String, Meaning);

/// All keys in their groups, and then the filters of this screen.
fn help_lines(around: &Surroundings<'_>) -> Vec<HelpLine> {
    let mut lines = Vec::new();
    for group in HelpGroup::ALL {
        lines.push((group.title().to_owned(), String::new(), Meaning::Heading));
        for entry in registry().filter(|e| e.group == group) {
            let keys = around.keymap.keys_of(entry.action);
            let here = entry.works_with(around.actions) || entry.works == Works::InDialogs;
            let may = around.missing_role(entry).is_none();
            let meaning = match entry.danger {
                _ if !here || !may => Meaning::Muted,
                Danger::Irreversible | Danger::Bulk => Meaning::Bad,
                Danger::Reversible => Meaning::Warn,
                Danger::Reads => Meaning::Text,
            };
            lines.push((keys, label(entry, around), meaning));
        }
    }
    if !around.filters.is_empty() {
        let search = around.keymap.first_key(Action::Search).unwrap_or_default();
        lines.push((format!("Filters of this screen, after {search}"), String::new(), Meaning::Heading));
        let filter =
            |filter: &Filter| (filter.beginnings().join(" "), filter.about.to_owned(), Meaning::Text);
        lines.extend(around.filters.iter().map(filter));
    }
    lines
}

impl Dialog for Help {
    fn perform(&mut self, action: Action, around: &Surroundings<'_>) -> Vec<Reaction> {
        let last = help_lines(around).len().saturating_sub(1);
        let scrolled = |by: isize| self.scroll.saturating_add_signed(by).min(last);
        self.scroll = match action {
            Action::Down | Action::DialogDown => scrolled(1),
            Action::Up | Action::DialogUp => scrolled(-1),
            Action::PageDown => scrolled(10),
            Action::PageUp => scrolled(-10),
            Action::First => 0,
            Action::Last => last,
            Action::Help | Action::Leave | Action::Confirm | Action::Open => return vec![Reaction::Close],
            _ => return vec![Reaction::Unchanged],
        };
        Vec::new()
    }

    fn draw(&self, around: &Surroundings<'_>, canvas: &mut Canvas<'_, '_>, area: Rect) {
        let lines = help_lines(around);
        let rows = u16::try_from(lines.len()).unwrap_or(u16::MAX).saturating_add(3);
        let inner = canvas.dialog((66, rows.min(area.height)), " keys ", Meaning::Frame);
        let room = inner.height.saturating_sub(1);
        let scroll = self.scroll.min(lines.len().saturating_sub(usize::from(room)));
        // Two columns of indent and one between keys and label.
        let keys_columns = usize::from(inner.width).saturating_sub(LABEL_COLUMNS + 3).min(HELP_KEYS_COLUMNS);
        for (row, (keys, label, meaning)) in (0..room).zip(lines.iter().skip(scroll)) {
            if label.is_empty() {
                canvas.line(inner, row, &[(keys, *meaning)]);
            } else {
                let keys = fit(keys, keys_columns);
                let indent = ("  ", Meaning::Text);
                canvas.line(
                    inner,
                    row,
                    &[indent, (&keys, Meaning::Accent), (" ", Meaning::Text), (label, *meaning)],
                );
            }
        }
        canvas.line(inner, room, &[("j k scroll · esc closes · change keys in config.toml", Meaning::Muted)]);
    }
}
