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
    /// The selected row.
    Selected,
    /// A field that takes text.
    Field,
}

/// A set of colours. Text and background are always the terminal's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// For dark backgrounds.
    #[default]
    Dark,
    /// For light backgrounds.
    Light,
    /// Blue and orange instead of green and red, for those who confuse green and red.
    ColourBlind,
    /// Teal, pink and red, for those who confuse blue and green, or yellow and pink.
    Tritan,
    /// No colours, which `NO_COLOR` selects.
    Mono,
    /// No colours, and no symbols but those of ASCII, for terminals and fonts without them. Names stay in their script.
    Ascii,
}

/// The themes by name.
pub const THEMES: &[(&str, Theme)] = &[
    ("dark", Theme::Dark),
    ("light", Theme::Light),
    ("colour-blind", Theme::ColourBlind),
    ("tritan", Theme::Tritan),
    ("mono", Theme::Mono),
    ("ascii", Theme::Ascii),
];

impl Theme {
    /// The theme with this name.
    pub fn named(name: &str) -> Option<Self> {
        THEMES.iter().find(|(n, _)| *n == name).map(|(_, theme)| *theme)
    }

    /// The style of a meaning. Colour is never the only signal; a word or a symbol accompanies it.
    pub fn style(self, meaning: Meaning) -> Style {
        let style = Style::new().add_modifier(meaning_modifier(meaning));
        match self.colour_of_meaning(meaning) {
            Some(colour) => style.fg(colour),
            None => style,
        }
    }

    /// The colours are of the fixed part of the palette, so that their contrast is known. The first sixteen are the
    /// terminal's own, and may be anything.
    fn colour_of_meaning(self, meaning: Meaning) -> Option<Color> {
        use Meaning as M;
        Some(Color::Indexed(match (self, meaning) {
            (Self::Mono | Self::Ascii, _) | (_, M::Text | M::Selected | M::Heading | M::Field) => {
                return None;
            }
            (Self::Light, M::Muted) => 240,
            (Self::Light, M::Frame) => 241,
            (Self::Light, M::Accent) => 25,
            (Self::Light, M::Good) => 22,
            (Self::Light, M::Warn) => 94,
            (Self::Light, M::Bad) => 124,
            (Self::Light, M::Busy) => 90,
            (_, M::Muted) => 250,
            (_, M::Frame) => 246,
            (_, M::Accent) => 80,
            (Self::ColourBlind, M::Good) => 75,
            (Self::ColourBlind, M::Bad) => 208,
            (Self::ColourBlind, M::Busy) => 183,
            (Self::Tritan, M::Good) => 43,
            (Self::Tritan, M::Warn) => 218,
            (Self::Tritan, M::Bad) => 203,
            (Self::Tritan, M::Busy) => 188,
            (_, M::Good) => 114,
            (_, M::Warn) => 221,
            (_, M::Bad) => 210,
            (_, M::Busy) => 117,
        }))
    }
}

fn meaning_modifier(meaning: Meaning) -> Modifier {
    match meaning {
        Meaning::Heading | Meaning::Accent | Meaning::Bad => Modifier::BOLD,
        Meaning::Selected => Modifier::REVERSED,
        Meaning::Field => Modifier::UNDERLINED,
        Meaning::Text | Meaning::Muted | Meaning::Frame | Meaning::Good | Meaning::Warn | Meaning::Busy => {
            Modifier::empty()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL_MEANINGS: [Meaning; 11] = [
        Meaning::Text,
        Meaning::Muted,
        Meaning::Heading,
        Meaning::Frame,
        Meaning::Accent,
        Meaning::Good,
        Meaning::Warn,
        Meaning::Bad,
        Meaning::Busy,
        Meaning::Selected,
        Meaning::Field,
    ];

    /// Red, green and blue of a colour from the fixed part of the palette.
    fn rgb(index: u8) -> [u8; 3] {
        match index {
            232.. => [8 + 10 * (index - 232); 3],
            16.. => [(index - 16) / 36, (index - 16) / 6 % 6, (index - 16) % 6]
                .map(|step| if step == 0 { 0 } else { 55 + 40 * step }),
            _ => panic!("{index} is the terminal's own colour"),
        }
    }

    /// The relative luminance of WCAG 2.
    fn luminance(colour: [u8; 3]) -> f64 {
        let [red, green, blue] = colour.map(|part| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn every_colour_can_be_read_on_the_backgrounds_that_its_theme_is_for() {
        // Black, the usual dark grey, and Solarized's dark; white, light grey, and Solarized's light.
        let dark = [[0, 0, 0], [0x1e, 0x1e, 0x1e], [0x00, 0x2b, 0x36]];
        let light = [[0xff, 0xff, 0xff], [0xf0, 0xf0, 0xf0], [0xfd, 0xf6, 0xe3]];
        for (name, theme) in THEMES {
            let backgrounds = if *theme == Theme::Light { light } else { dark };
            for meaning in ALL_MEANINGS {
                let Some(colour) = theme.colour_of_meaning(meaning) else { continue };
                let Color::Indexed(index) = colour else { panic!("{name} {meaning:?} is not fixed") };
                for background in backgrounds {
                    let seen = contrast(rgb(index), background);
                    assert!(seen >= 4.5, "{name} {meaning:?} on {background:02x?}: {seen:.1}");
                }
            }
            assert!(!theme.style(Meaning::Muted).add_modifier.contains(Modifier::DIM), "{name}");
        }
    }
}
