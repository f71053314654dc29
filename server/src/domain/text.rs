//! Short texts that people see: the rules for names and reasons, and the display of text from elsewhere.

use std::borrow::Cow;

use super::error::{Code, Result};
use super::invisible::deceives;

/// `text`, trimmed, if it has `min` to `max` characters and no deceptive ones: controls, directions, line breaks, and
/// invisible characters that no language or emoji needs in their place. The names of tenants, connectors and API keys
/// all follow this rule.
///
/// # Errors
/// `invalid_field`, with the name of `field`.
pub fn line(field: &'static str, text: &str, min: usize, max: usize) -> Result<String> {
    let text = text.trim();
    let characters: Vec<char> = text.chars().take(max.saturating_add(1)).collect();
    if characters.len() < min || characters.len() > max {
        let length = text.chars().count();
        let detail = format!("{field} must have {min} to {max} characters; it has {length}");
        return Err(Code::InvalidField.because(detail).field(field).into());
    }
    if let Some(at) = (0..characters.len()).find(|at| deceives(&characters, *at)) {
        let bad = u32::from(characters[at]);
        let detail = format!(
            "{field} must not have control, invisible or direction characters, nor begin with an accent: remove U+{bad:04X} at character {}",
            at + 1
        );
        return Err(Code::InvalidField.because(detail).field(field).into());
    }
    Ok(text.to_owned())
}

/// `text` for display on one of our pages: deceptive characters become U+FFFD, which is visible.
#[must_use]
pub fn shown(text: &str) -> Cow<'_, str> {
    let characters: Vec<char> = text.chars().collect();
    if !(0..characters.len()).any(|at| deceives(&characters, at)) {
        return Cow::Borrowed(text);
    }
    let seen = |at: usize| if deceives(&characters, at) { '\u{fffd}' } else { characters[at] };
    Cow::Owned((0..characters.len()).map(seen).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_a_terminal_would_obey() {
        assert_eq!(line("name", "  Acme Photos ", 1, 100).unwrap(), "Acme Photos");
        for bad in ["", "a\u{1b}[2J", "a\nb", "a\u{202e}b", &"x".repeat(101)] {
            assert_eq!(line("name", bad, 1, 100).unwrap_err().code(), Code::InvalidField, "{bad:?}");
        }
    }

    #[test]
    fn refuses_what_nobody_sees() {
        for bad in [
            "Ac\u{ad}me",
            "Ac\u{34f}me",
            "Acme\u{3164}",
            "\u{ffa0}\u{115f}",
            "Acme\u{e0041}\u{e0042}",
            "🏴\u{e0067}\u{e0062}",
            "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}",
            "🏴\u{e0075}\u{e0073}\u{e0074}\u{e0078}\u{e007f}",
            "x\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
            "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}\u{e0067}",
            "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}\u{e007f}",
            "\u{301}",
            "\u{301}Acme",
            "\u{93e}Acme",
            "Acme\u{1d159}",
            "\u{13441}",
            "Acme\u{2028}Photos",
            "Acme\u{2029}Photos",
            "Ac\u{200b}me",
            "Ac\u{200c}me",
            "Ac\u{200d}me",
            "\u{200d}Acme",
            "ای\u{200c}",
            "ا\u{200c}\u{200c}ی",
            "👩\u{200d}\u{200d}💻",
            "👩\u{200d}",
            "Ac\u{fe0f}me",
            "1\u{fe0f}",
            "Ac\u{e0100}me",
            "Ac\u{2066}me",
            "Ac\u{61c}me",
            "Ac\u{2060}me",
            "Ac\u{feff}me",
            "Ac\u{2800}me",
            "Ac\u{fffa}me",
            "Ac\u{1d173}me",
            "Ac\u{180e}me",
        ] {
            assert_eq!(line("name", bad, 1, 100).unwrap_err().code(), Code::InvalidField, "{bad:?}");
            assert!(shown(bad).contains('\u{fffd}'), "{bad:?}");
        }
    }

    #[test]
    fn accepts_what_languages_and_emoji_need() {
        for good in [
            "نرم\u{200c}افزار",
            "برادر\u{200c}ها",
            "مُحَمَّد\u{200c}رضا",
            "ه\u{200d}",
            "क्\u{200d}ष",
            "ന്\u{200d}",
            "র\u{200d}্য",
            "ශ්\u{200d}රී",
            "नमक्\u{200c}",
            "👩\u{200d}💻",
            "👩🏽\u{200d}🚀",
            "❤\u{fe0f}\u{200d}🔥",
            "❤\u{fe0f}",
            "1\u{fe0f}\u{20e3}",
            "葛\u{e0100}城",
            "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f} Crown",
            "🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}🏴\u{e0067}\u{e0062}\u{e0077}\u{e006c}\u{e0073}\u{e007f}",
            "e\u{301}A\u{30a}",
            "Müller & Söhne",
            "株式会社\u{3000}山田",
            "Acme 日本",
            "عمر",
            "אברהם",
        ] {
            assert_eq!(line("name", good, 1, 100).unwrap(), good, "{good:?}");
            assert_eq!(shown(good), good);
        }
    }
}
