//! Lists of scopes (RFC 6749, 3.3).

/// The longest accepted scope, in bytes.
const MAX_SCOPE: usize = 128;

/// Whether this is one scope of the characters that RFC 6749 allows.
pub(crate) fn is_scope(scope: &str) -> bool {
    (1..=MAX_SCOPE).contains(&scope.len())
        && scope.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"\\".contains(&byte))
}

/// The scopes of a list that is separated by spaces, in the order of their first occurrence, each once. None if one is
/// not well-formed.
pub(crate) fn parse_list(list: &str) -> Option<Vec<String>> {
    let mut scopes: Vec<String> = Vec::new();
    for scope in list.split_ascii_whitespace() {
        if !is_scope(scope) {
            return None;
        }
        if !scopes.iter().any(|known| known == scope) {
            scopes.push(scope.to_owned());
        }
    }
    Some(scopes)
}
