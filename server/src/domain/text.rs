//! Checks of short texts that people see: names, reasons.

use super::error::{Code, Result};

/// `text` trimmed, if it has `min` to `max` characters and none that is a control or changes the direction of writing.
///
/// # Errors
/// `invalid_field` that names `field`.
pub fn line(field: &'static str, text: &str, min: usize, max: usize) -> Result<String> {
    let text = text.trim();
    let length = text.chars().count();
    if length < min || length > max {
        let detail = format!("{field} must have {min} to {max} characters; it has {length}");
        return Err(Code::InvalidField.because(detail).with("field", field).into());
    }
    if text.chars().any(|c| c.is_control() || is_invisible(c)) {
        let detail = format!("{field} must not have control, invisible or direction characters");
        return Err(Code::InvalidField.because(detail).with("field", field).into());
    }
    Ok(text.to_owned())
}

/// Whether `c` is one of the zero-width or bidirectional formatting characters of Unicode.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{61c}')
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
}
