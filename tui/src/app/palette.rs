//! The command palette, which finds actions by a few letters of their label.

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

use super::action::{Entry, REGISTRY, ScreenKind};
use super::text_field::TextField;

/// The open palette.
#[derive(Debug, Default)]
pub struct Palette {
    /// The search text.
    pub field: TextField,
    /// The index of the chosen match.
    pub selected: usize,
}

impl Palette {
    /// The actions that work on this kind of screen and match the search text, best match first.
    pub fn matches(&self, kind: ScreenKind) -> Vec<&'static Entry> {
        let pattern = Pattern::parse(self.field.text(), CaseMatching::Ignore, Normalization::Smart);
        let mut matcher = Matcher::new(Config::DEFAULT);
        let mut scored: Vec<_> = REGISTRY
            .iter()
            .filter(|entry| entry.works_on(kind))
            .filter_map(|entry| {
                let text = format!("{} {}", entry.name, entry.label);
                let mut buffer = Vec::new();
                pattern.score(Utf32Str::new(&text, &mut buffer), &mut matcher).map(|score| (score, entry))
            })
            .collect();
        scored.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
        scored.into_iter().map(|(_, entry)| entry).collect()
    }

    /// The chosen action.
    pub fn chosen(&self, kind: ScreenKind) -> Option<&'static Entry> {
        self.matches(kind).get(self.selected).copied()
    }

    /// Moves the choice by this many matches.
    pub fn step(&mut self, by: isize, kind: ScreenKind) {
        let last = self.matches(kind).len().saturating_sub(1);
        self.selected = self.selected.saturating_add_signed(by).min(last);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::action::Action;

    #[test]
    fn a_few_letters_find_the_action_and_only_where_it_works() {
        let palette = Palette { field: TextField::new("revok"), selected: 0 };
        assert_eq!(palette.chosen(ScreenKind::Accounts).map(|e| e.action), Some(Action::Revoke));
        assert!(palette.chosen(ScreenKind::Tenants).is_none());
        assert_eq!(
            Palette::default().matches(ScreenKind::Account).len(),
            REGISTRY.iter().filter(|e| e.works_on(ScreenKind::Account)).count()
        );
    }
}
