//! Colours by meaning. No other file names a colour.

use ratatui::style::{Color, Modifier, Style};

/// The meaning of a piece of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// Normal text.
    Text,
    /// Labels and secondary text.
    Muted,
    /// Titles of columns and sections.
    Heading,
    /// Frames and rules.
    Frame,
    /// Names of the program and of keys.
    Accent,
    /// A healthy state.
    Good,
    /// A state that needs attention.
    Warn,
    /// A broken or final state, or a destructive action.
    Bad,
    /// A state in progress.
    Busy,
    /// The selected row or field.
    Selected,
}

/// A set of colours. Text and background are always the terminal's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// For dark backgrounds.
    #[default]
    Dark,
    /// For light backgrounds.
    Light,
    /// Blue and orange instead of green and red.
    ColourBlind,
    /// No colours, which `NO_COLOR` selects.
    Mono,
}

/// The themes by name.
pub const THEMES: &[(&str, Theme)] = &[
    ("dark", Theme::Dark),
    ("light", Theme::Light),
    ("colour-blind", Theme::ColourBlind),
    ("mono", Theme::Mono),
];

impl Theme {
    /// The theme with this name.
    pub fn named(name: &str) -> Option<Self> {
        THEMES.iter().find(|(n, _)| *n == name).map(|(_, theme)| *theme)
    }

    /// The style of a meaning. Colour is never the only signal; a word or a symbol accompanies it.
    pub fn style(self, meaning: Meaning) -> Style {
        let style = Style::new().add_modifier(modifier(meaning));
        match self.colour(meaning) {
            Some(colour) => style.fg(colour),
            None => style,
        }
    }

    fn colour(self, meaning: Meaning) -> Option<Color> {
        use Meaning as M;
        Some(match (self, meaning) {
            (Self::Mono, _) | (_, M::Text | M::Selected | M::Heading) => return None,
            (Self::Light, M::Muted | M::Frame) => Color::DarkGray,
            (_, M::Muted | M::Frame) => Color::Indexed(245),
            (Self::Light, M::Accent) => Color::Blue,
            (_, M::Accent) => Color::Cyan,
            (Self::ColourBlind, M::Good) => Color::Indexed(75),
            (Self::ColourBlind, M::Warn) => Color::Indexed(221),
            (Self::ColourBlind, M::Bad) => Color::Indexed(208),
            (Self::Light, M::Warn) => Color::Indexed(130),
            (_, M::Good) => Color::Green,
            (_, M::Warn) => Color::Yellow,
            (_, M::Bad) => Color::Red,
            (Self::Light, M::Busy) => Color::Magenta,
            (_, M::Busy) => Color::LightBlue,
        })
    }
}

fn modifier(meaning: Meaning) -> Modifier {
    match meaning {
        Meaning::Heading | Meaning::Accent | Meaning::Bad => Modifier::BOLD,
        Meaning::Muted | Meaning::Frame => Modifier::DIM,
        Meaning::Selected => Modifier::REVERSED,
        Meaning::Text | Meaning::Good | Meaning::Warn | Meaning::Busy => Modifier::empty(),
    }
}
