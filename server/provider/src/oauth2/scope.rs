//! Lists of scopes (RFC 6749, 3.3).

/// The longest single scope that is believed, in bytes.
const MAX_SCOPE: usize = 128;

/// Whether this is one scope, of the characters that RFC 6749 allows.
pub(crate) fn is_scope(scope: &str) -> bool {
    (1..=MAX_SCOPE).contains(&scope.len())
        && scope.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"\\".contains(&byte))
}

/// The scopes of a list divided by spaces, or nothing if one is not well-formed.
pub(crate) fn parse_list(list: &str) -> Option<Vec<String>> {
    list.split(' ')
        .filter(|scope| !scope.is_empty())
        .map(|scope| is_scope(scope).then(|| scope.to_owned()))
        .collect()
}
