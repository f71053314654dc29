//! The symbols that the client draws: what stands for each in ASCII, and which say nothing that a word or a number beside them does not
//! say as well.

/// What a symbol is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    /// Frames and rules.
    Frame,
    /// Bars of a chart, beside their numbers.
    Chart,
    /// A sign before a word that says the same.
    Sign,
    /// A part of the text.
    Text,
}

/// Symbols, the character of ASCII of the same width that stands for each, and their use.
const SYMBOLS: &[(&str, char, Use)] = &[
    ("─", '-', Use::Frame),
    ("│", '|', Use::Frame),
    ("╭╮╰╯┌┐└┘├┤", '+', Use::Frame),
    ("▁", '_', Use::Chart),
    ("▂", '.', Use::Chart),
    ("▃", '-', Use::Chart),
    ("▄", '=', Use::Chart),
    ("▅", '+', Use::Chart),
    ("▆", '*', Use::Chart),
    ("▇", '%', Use::Chart),
    ("█▀", '#', Use::Chart),
    ("●", '*', Use::Sign),
    ("○", 'o', Use::Sign),
    ("◌", '~', Use::Sign),
    ("▲", '!', Use::Sign),
    ("▼✓", 'v', Use::Sign),
    ("‖", '=', Use::Sign),
    ("✕", 'x', Use::Sign),
    ("▶", '>', Use::Sign),
    ("◂", '<', Use::Sign),
    ("·", '-', Use::Sign),
    ("•", '*', Use::Text),
    ("–", '-', Use::Text),
    ("…≈", '~', Use::Text),
    ("›→", '>', Use::Text),
    ("‹≤", '<', Use::Text),
    ("×", 'x', Use::Text),
    ("↓", 'v', Use::Text),
    ("↑Δ", '^', Use::Text),
];

fn of(c: char) -> Option<(char, Use)> {
    // Most characters are of ASCII, and no symbol is.
    let symbol = if c.is_ascii() { None } else { SYMBOLS.iter().find(|(symbols, ..)| symbols.contains(c)) };
    symbol.map(|(_, ascii, used)| (*ascii, *used))
}

/// A symbol of ASCII of the same width for one of the client's own symbols. Other characters stay.
pub fn ascii(c: char) -> char {
    match c {
        '\u{2400}'..='\u{2426}' => '?',
        c => of(c).map_or(c, |(ascii, _)| ascii),
    }
}

/// Whether the character is a part of a frame.
pub fn is_frame(c: char) -> bool {
    matches!(of(c), Some((_, Use::Frame)))
}

/// Whether nothing is lost if the symbol is not read aloud.
pub fn is_decoration(c: char) -> bool {
    of(c).is_some_and(|(_, used)| used != Use::Text)
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthChar as _;

    use super::*;

    #[test]
    fn each_symbol_stands_once_and_is_as_wide_as_what_stands_for_it() {
        let all: Vec<char> = SYMBOLS.iter().flat_map(|(symbols, ..)| symbols.chars()).collect();
        for (at, c) in all.iter().enumerate() {
            assert!(!all[..at].contains(c), "{c} stands twice");
            assert_eq!((c.width(), ascii(*c).is_ascii()), (Some(1), true), "{c}");
        }
    }
}
