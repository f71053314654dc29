//! What stands for a name where there is no logo.

/// The first letter or digit of a name.
pub(super) fn monogram(name: &str) -> String {
    let first = name.chars().find(|letter| letter.is_alphanumeric());
    first.map_or_else(|| "•".to_owned(), |letter| letter.to_uppercase().collect())
}
