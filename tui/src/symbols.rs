//! The symbols that the client draws: what stands for each in ASCII, and which say nothing that a word or a number beside them does not
//! say as well.

/// What a symbol is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SymbolUse {
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
const SYMBOLS: &[(&str, char, SymbolUse)] = &[
    ("─", '-', SymbolUse::Frame),
    ("│", '|', SymbolUse::Frame),
    ("╭╮╰╯┌┐└┘├┤", '+', SymbolUse::Frame),
    ("▁", '_', SymbolUse::Chart),
    ("▂", '.', SymbolUse::Chart),
    ("▃", '-', SymbolUse::Chart),
    ("▄", '=', SymbolUse::Chart),
    ("▅", '+', SymbolUse::Chart),
    ("▆", '*', SymbolUse::Chart),
    ("▇", '%', SymbolUse::Chart),
    ("█▀", '#', SymbolUse::Chart),
    ("●", '*', SymbolUse::Sign),
    ("○", 'o', SymbolUse::Sign),
    ("◌", '~', SymbolUse::Sign),
    ("▲", '!', SymbolUse::Sign),
    ("▼✓", 'v', SymbolUse::Sign),
    ("‖", '=', SymbolUse::Sign),
    ("✕", 'x', SymbolUse::Sign),
    ("▶", '>', SymbolUse::Sign),
    ("◂", '<', SymbolUse::Sign),
    ("·", '-', SymbolUse::Sign),
    ("•", '*', SymbolUse::Text),
    ("–", '-', SymbolUse::Text),
    ("…≈", '~', SymbolUse::Text),
    ("›→", '>', SymbolUse::Text),
    ("‹≤", '<', SymbolUse::Text),
    ("×", 'x', SymbolUse::Text),
    ("↓", 'v', SymbolUse::Text),
    ("↑Δ", '^', SymbolUse::Text),
];

fn symbol_of(c: char) -> Option<(char, SymbolUse)> {
    // Most characters are of ASCII, and no symbol is.
    let symbol = if c.is_ascii() { None } else { SYMBOLS.iter().find(|(symbols, ..)| symbols.contains(c)) };
    symbol.map(|(_, ascii, used)| (*ascii, *used))
}

/// A symbol of ASCII of the same width for one of the client's own symbols. Other characters stay.
pub fn ascii(c: char) -> char {
    match c {
        '\u{2400}'..='\u{2426}' => '?',
        c => symbol_of(c).map_or(c, |(ascii, _)| ascii),
    }
}

/// Whether the character is a part of a frame.
pub fn is_frame(c: char) -> bool {
    matches!(symbol_of(c), Some((_, SymbolUse::Frame)))
}

/// Whether nothing is lost if the symbol is not read aloud.
pub fn is_decoration(c: char) -> bool {
    symbol_of(c).is_some_and(|(_, used)| used != SymbolUse::Text)
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
