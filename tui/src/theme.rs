//! Colours by meaning; nowhere else stands a colour.

use ratatui::style::{Color, Modifier, Style};

/// What a piece of text means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// What is read.
    Text,
    /// Labels and what matters less.
    Muted,
    /// Titles of columns and sections.
    Heading,
    /// Frames and rules.
    Frame,
    /// Names of the program and of keys.
    Accent,
    /// As it should be.
    Good,
    /// Wants attention.
    Warn,
    /// Broken, gone, or about to be.
    Bad,
    /// On its way.
    Busy,
    /// The row or field under the cursor.
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
    /// No colour at all; what `NO_COLOR` asks for.
    Mono,
}

/// Themes by the names that people give them.
pub const THEMES: &[(&str, Theme)] = &[
    ("dark", Theme::Dark),
    ("light", Theme::Light),
    ("colour-blind", Theme::ColourBlind),
    ("mono", Theme::Mono),
];

impl Theme {
    /// The theme of that name.
    pub fn named(name: &str) -> Option<Self> {
        THEMES.iter().find(|(n, _)| *n == name).map(|(_, theme)| *theme)
    }

    /// How that meaning looks. Nothing is said by colour alone: a word or a sign stands with it.
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
