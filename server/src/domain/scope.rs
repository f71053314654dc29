//! OAuth scopes: parsing, and comparing what was granted with what was asked for.

use super::error::{Code, Result};

/// `scopes` sorted and without doubles, if each is a scope-token of RFC 6749 section 3.3 and there are 1 to 100.
///
/// # Errors
/// `invalid_field` where one is not.
pub fn parse(scopes: &[String]) -> Result<Vec<String>> {
    let well_formed = |scope: &String| {
        (1..=100).contains(&scope.len())
            && scope.bytes().all(|b| matches!(b, 0x21 | 0x23..=0x5b | 0x5d..=0x7e))
    };
    if scopes.is_empty() || scopes.len() > 100 || !scopes.iter().all(well_formed) {
        let detail = "scopes must be 1 to 100 scope names without spaces, such as files.metadata.read";
        return Err(Code::InvalidField.because(detail).with("field", "scopes").into());
    }
    let mut sorted = scopes.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    Ok(sorted)
}

/// Those of `asked` that `granted` lacks.
pub fn missing(asked: &[String], granted: &[String]) -> Vec<String> {
    asked.iter().filter(|scope| !granted.contains(scope)).cloned().collect()
}
