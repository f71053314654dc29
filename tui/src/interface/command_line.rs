//! The command line that prints what a screen shows, for operators to copy.

/// A command line that an operator can copy.
#[derive(Debug)]
pub struct CommandLine(String);

impl CommandLine {
    /// The program with this command.
    pub fn new(command: &str) -> Self {
        Self(format!("bowline {command}"))
    }

    /// Adds an option if it has a value.
    #[must_use]
    pub fn option(mut self, name: &str, value: Option<impl ToString>) -> Self {
        if let Some(value) = value {
            self.0.extend([" --", name, "=", &shell_quoted(&value.to_string())]);
        }
        self
    }

    /// The text to copy.
    pub fn into_text(self) -> String {
        self.0
    }
}

/// Quotes text so that a POSIX shell reads it unchanged as one word.
pub fn shell_quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.:@/".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}
