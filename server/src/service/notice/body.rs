//! What a notice says.

use serde::Deserialize;

use crate::domain::{Code, Result};

/// The beginning of the provider's id of an account.
const ACCOUNT_ID_PREFIX: &str = "dbid:";
/// Longer than any id of an account in a notice, in bytes.
const LONGEST_ACCOUNT_ID: usize = 100;

/// A notice. Dropbox also sends `delta.users`, the numeric ids of the same accounts, which Bowline does not keep.
#[derive(Deserialize)]
struct Notice {
    #[serde(default)]
    list_folder: ListFolder,
}

#[derive(Default, Deserialize)]
struct ListFolder {
    #[serde(default)]
    accounts: Vec<String>,
}

/// The accounts that a notice names, each once. Whatever else it says is ignored, because Dropbox may say more some day.
///
/// # Errors
/// `invalid_request` if it is no JSON object, or its accounts are not texts.
pub(super) fn accounts(body: &[u8]) -> Result<Vec<String>> {
    let refuse = || Code::InvalidRequest.because("the body is not a notice of Dropbox");
    // An array would do as well.
    if !body.trim_ascii_start().starts_with(b"{") {
        return Err(refuse().into());
    }
    let notice: Notice = serde_json::from_slice(body).map_err(|_| refuse())?;
    let mut accounts = notice.list_folder.accounts;
    accounts.retain(|id| {
        id.starts_with(ACCOUNT_ID_PREFIX) && id.len() <= LONGEST_ACCOUNT_ID && !id.contains('\0')
    });
    accounts.sort_unstable();
    accounts.dedup();
    Ok(accounts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_named_once_and_other_things_are_ignored() {
        let long = format!("dbid:{}", "x".repeat(LONGEST_ACCOUNT_ID));
        let body = format!(
            r#"{{"list_folder": {{"accounts": ["dbid:b", "dbid:a", "dbid:b", "7", "{long}", "dbid:\u0000"], "teams": {{}}}},
                "delta": {{"users": [12345678]}}, "more": true}}"#
        );
        assert_eq!(accounts(body.as_bytes()).unwrap(), ["dbid:a", "dbid:b"]);
        for none in ["{}", r#"{"delta": {"users": [1]}}"#, r#"{"list_folder": {}}"#] {
            assert_eq!(accounts(none.as_bytes()).unwrap(), [""; 0], "{none}");
        }
        for bad in ["", "[]", "nonsense", r#"{"list_folder": {"accounts": [7]}}"#, r#"{"list_folder": 7}"#] {
            assert_eq!(accounts(bad.as_bytes()).unwrap_err().code(), Code::InvalidRequest, "{bad}");
        }
        let deep = "[".repeat(100_000);
        assert!(accounts(deep.as_bytes()).is_err());
    }
}
