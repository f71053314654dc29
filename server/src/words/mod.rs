//! The texts of the pages for end users, in every language. Translators edit the files in `server/locales`.

mod language;
mod text;

#[cfg(test)]
mod tests;

pub use language::Language;
pub use text::Words;
