//! The palette: actions found by a few letters of their label.

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

use super::action::{Entry, Place, REGISTRY};
use super::text_field::TextField;

/// The palette while it is open.
#[derive(Debug, Default)]
pub struct Palette {
    /// What is typed.
    pub field: TextField,
    /// Which of the matches is chosen.
    pub selected: usize,
}

impl Palette {
    /// Actions that work in that place and match what is typed, best first.
    pub fn matches(&self, place: Place) -> Vec<&'static Entry> {
        let pattern = Pattern::parse(self.field.text(), CaseMatching::Ignore, Normalization::Smart);
        let mut matcher = Matcher::new(Config::DEFAULT);
        let mut scored: Vec<_> = REGISTRY
            .iter()
            .filter(|entry| entry.works_in(place))
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
    pub fn chosen(&self, place: Place) -> Option<&'static Entry> {
        self.matches(place).get(self.selected).copied()
    }

    /// Moves the choice by so many.
    pub fn step(&mut self, by: isize, place: Place) {
        let last = self.matches(place).len().saturating_sub(1);
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
        assert_eq!(palette.chosen(Place::Accounts).map(|e| e.action), Some(Action::Revoke));
        assert!(palette.chosen(Place::Tenants).is_none());
        assert_eq!(
            Palette::default().matches(Place::Account).len(),
            REGISTRY.iter().filter(|e| e.works_in(Place::Account)).count()
        );
    }
}
