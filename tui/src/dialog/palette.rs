//! The command palette, which finds actions by a few letters of their name or label.

use crossterm::event::KeyEvent;
use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};
use ratatui::layout::Rect;

use crate::found_secret::found_secret;
use crate::interface::dialog::{Dialog, Reaction};
use crate::registry::action::{Action, ActionEntry, HelpGroup, LABEL_COLUMNS, Works, registry};
use crate::text::fit;
use crate::theme::Meaning;
use crate::widget::canvas::Canvas;
use crate::widget::surroundings::Surroundings;
use crate::widget::text_field::TextField;

use super::help::label;
use super::jumps::{JUMPS, Jump};

/// What the palette finds.
#[derive(Debug, Clone, Copy)]
enum PaletteEntry<'a> {
    /// An action.
    Action(&'static ActionEntry),
    /// A saved query of the screen.
    Saved { name: &'a str, query: &'a str },
    /// Something that is done elsewhere.
    Jump(&'static Jump),
}

/// The open palette.
#[derive(Debug, Default)]
pub struct Palette {
    /// The search text.
    field: TextField,
    /// The index of the palette's chosen match.
    selected: usize,
}

impl Palette {
    /// The actions that work here and match the search text: the best match first, and among equal ones what the
    /// operator chose most often, then what belongs to this screen.
    fn palette_matches<'a>(&self, around: &Surroundings<'a>) -> Vec<PaletteEntry<'a>> {
        let pattern = Pattern::parse(self.field.text(), CaseMatching::Ignore, Normalization::Smart);
        let mut matcher = Matcher::new(Config::DEFAULT);
        let actions = registry().filter(|entry| entry.works_with(around.actions)).map(PaletteEntry::Action);
        let saved = around.own.queries.iter().map(|(name, query)| PaletteEntry::Saved { name, query });
        // They are found by their words, and would only be in the way of a list of everything.
        let jumps = JUMPS.iter().filter(|_| !self.field.text().trim().is_empty()).map(PaletteEntry::Jump);
        let mut scored: Vec<_> = actions
            .chain(saved)
            .chain(jumps)
            .filter_map(|found| {
                let text = match found {
                    PaletteEntry::Action(entry) => format!("{} {}", entry.name, entry.label),
                    PaletteEntry::Saved { name, .. } => format!("saved: {name}"),
                    PaletteEntry::Jump(jump) => format!("{} {}", jump.label, jump.words),
                };
                let mut buffer = Vec::new();
                pattern.score(Utf32Str::new(&text, &mut buffer), &mut matcher).map(|score| (score, found))
            })
            .collect();
        scored.sort_by_key(|(score, found)| {
            let uses = match found {
                PaletteEntry::Action(entry) => around.uses.get(&entry.action).copied().unwrap_or(0),
                PaletteEntry::Saved { .. } | PaletteEntry::Jump(_) => 0,
            };
            (std::cmp::Reverse((*score, uses)), distance_in_palette(found))
        });
        scored.into_iter().map(|(_, found)| found).collect()
    }

    /// What is chosen.
    fn chosen_match<'a>(&self, around: &Surroundings<'a>) -> Option<PaletteEntry<'a>> {
        self.palette_matches(around).get(self.selected).copied()
    }

    /// Moves the palette's choice by this many matches.
    fn step_choice(&mut self, by: isize, around: &Surroundings<'_>) {
        let last = self.palette_matches(around).len().saturating_sub(1);
        self.selected = self.selected.saturating_add_signed(by).min(last);
    }
}

/// How far an action is from what an operator looks for in a palette: first what changes or finds something on this very
/// screen, then other screens, then the program, and last the moves, for which there are keys.
fn distance_in_palette(found: &PaletteEntry<'_>) -> u8 {
    let entry = match found {
        PaletteEntry::Action(entry) => entry,
        PaletteEntry::Saved { .. } => return 1,
        PaletteEntry::Jump(_) => return 2,
    };
    match (entry.works, entry.group) {
        (_, HelpGroup::Move | HelpGroup::Dialog) => 4,
        (Works::WhereNamed, HelpGroup::Change) => 0,
        (Works::WhereNamed | Works::With(_), _) => 1,
        (_, HelpGroup::Go) => 2,
        _ => 3,
    }
}

impl Dialog for Palette {
    fn takes_text(&self) -> bool {
        true
    }

    fn perform(&mut self, action: Action, around: &Surroundings<'_>) -> Vec<Reaction> {
        match action {
            Action::Confirm => {
                if let Some(found) = found_secret(self.field.text()) {
                    return vec![Reaction::Close, Reaction::Found(found)];
                }
                let chosen = self.chosen_match(around);
                let perform = chosen.map(|found| match found {
                    PaletteEntry::Action(entry) => Reaction::Perform(entry.action),
                    PaletteEntry::Saved { query, .. } => Reaction::Query(query.to_owned()),
                    PaletteEntry::Jump(jump) => jump.reaction(),
                });
                return std::iter::once(Reaction::Close).chain(perform).collect();
            }
            Action::DialogDown | Action::NextField => self.step_choice(1, around),
            Action::DialogUp | Action::PreviousField => self.step_choice(-1, around),
            _ => return vec![Reaction::Unchanged],
        }
        Vec::new()
    }

    fn text(&mut self, key: KeyEvent) -> Vec<Reaction> {
        if !self.field.key(key) {
            return vec![Reaction::Unchanged];
        }
        self.selected = 0;
        Vec::new()
    }

    fn paste(&mut self, text: &str) -> Vec<Reaction> {
        if let Some(found) = found_secret(text) {
            return vec![Reaction::Close, Reaction::Found(found)];
        }
        self.field.paste(text);
        self.selected = 0;
        Vec::new()
    }

    fn draw(&self, around: &Surroundings<'_>, canvas: &mut Canvas<'_, '_>, area: Rect) {
        let inner = canvas.dialog((66, 15.min(area.height)), " command ", Meaning::Frame);
        let used = canvas.line(inner, 0, &[(": ", Meaning::Accent)]);
        let line = Rect { x: inner.x + used, width: inner.width - used, height: 1, ..inner };
        if found_secret(self.field.text()).is_some() {
            self.field.draw_masked(canvas, line, true);
        } else {
            self.field.draw(canvas, line, true);
        }
        let found = self.palette_matches(around);
        if found.is_empty() {
            canvas.line(inner, 2, &[("  no matching command", Meaning::Muted)]);
        }
        let rows = Rect { y: inner.y + 2, height: inner.height.saturating_sub(2), ..inner };
        let first = (self.selected + 1).saturating_sub(usize::from(rows.height));
        for (row, (at, found)) in (0..rows.height).zip(found.iter().enumerate().skip(first)) {
            let chosen = at == self.selected;
            let sign = if chosen { "▶ " } else { "  " };
            let (text, keys, may) = match found {
                PaletteEntry::Action(entry) => (
                    label(entry, around),
                    around.keymap.keys_of(entry.action),
                    around.missing_role(entry).is_none(),
                ),
                PaletteEntry::Saved { name, query } => (format!("saved: {name}"), (*query).to_owned(), true),
                PaletteEntry::Jump(jump) => (jump.label.to_owned(), String::new(), true),
            };
            let label = fit(&text, usize::from(rows.width).saturating_sub(22).max(LABEL_COLUMNS));
            canvas.line(
                rows,
                row,
                &[
                    (sign, Meaning::Accent),
                    (&label, if may { Meaning::Text } else { Meaning::Muted }),
                    (" ", Meaning::Text),
                    (&keys, Meaning::Muted),
                ],
            );
            if chosen {
                canvas.select(Rect { y: rows.y + row, height: 1, ..rows });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, HashMap};

    use super::*;
    use crate::registry::keymap::Keymap;
    use crate::registry::screen_settings::NOTHING;
    use crate::widget::beside::KnownNames;

    const ACCOUNT_ACTIONS: &[Action] = &[Action::Open, Action::Search, Action::Revoke];

    fn on(actions: &'static [Action], text: &str, uses: &HashMap<Action, u32>) -> Vec<Action> {
        let keymap = Keymap::new(&BTreeMap::new()).unwrap();
        let (now, toast, role) = (chrono::DateTime::UNIX_EPOCH, None, None);
        let (columns, roles, own) = (80, &[], &NOTHING);
        let known = &KnownNames::default();
        let around = Surroundings {
            now,
            columns,
            toast,
            role,
            keymap: &keymap,
            actions,
            roles,
            filters: &[],
            is_typing: false,
            uses,
            own,
            known,
        };
        let palette = Palette { field: TextField::new(text), selected: 0 };
        let action = |found: &PaletteEntry<'_>| match found {
            PaletteEntry::Action(entry) => Some(entry.action),
            PaletteEntry::Saved { .. } | PaletteEntry::Jump(_) => None,
        };
        palette.palette_matches(&around).iter().filter_map(action).collect()
    }

    #[test]
    fn a_few_letters_find_the_action_and_only_where_it_works() {
        let none = HashMap::new();
        assert_eq!(on(ACCOUNT_ACTIONS, "revok", &none).first(), Some(&Action::Revoke));
        assert!(!on(&[Action::Open], "revok", &none).contains(&Action::Revoke));
        let all = registry().filter(|entry| entry.works_with(ACCOUNT_ACTIONS)).count();
        assert_eq!(on(ACCOUNT_ACTIONS, "", &none).len(), all);
    }

    #[test]
    fn what_the_screen_offers_comes_first_unless_something_else_is_used_more() {
        let mut uses = HashMap::new();
        assert_eq!(on(ACCOUNT_ACTIONS, "", &uses).first(), Some(&Action::Revoke));
        assert_eq!(on(ACCOUNT_ACTIONS, "", &uses).last(), Some(&Action::Last), "moves have keys");
        uses.insert(Action::LogOut, 2);
        assert_eq!(on(ACCOUNT_ACTIONS, "", &uses).first(), Some(&Action::LogOut));
    }
}
