//! What a user is told whose account is to be linked again.

use bowline_api::status::AccountStatus;

use crate::domain::Result;
use crate::store::accounts::AccountRow;
use crate::store::link_sessions::LinkSessionRow;

/// The account that is linked again, and why.
#[derive(Debug)]
pub struct Again {
    /// Its e-mail address, of which most is hidden: whoever has the link may see it.
    pub email: String,
    /// Whether the provider no longer accepts the grant of the account that is linked again.
    pub has_ended: bool,
    /// Whether the account that is linked again was disconnected here.
    pub was_disconnected: bool,
    /// The requested scopes that the account to link again does not have yet.
    pub new_scopes: Vec<String>,
}

impl Again {
    /// # Errors
    /// `unknown_state` if only a newer version knows the account's state.
    pub(super) fn of(session: &LinkSessionRow, account: &AccountRow) -> Result<Self> {
        let status = account.status.known()?;
        let missing = session.scopes.iter().filter(|scope| !account.scopes.contains(scope));
        Ok(Self {
            email: hidden(&account.email),
            has_ended: status == AccountStatus::NeedsReauth,
            was_disconnected: matches!(status, AccountStatus::Revoking | AccountStatus::Revoked),
            new_scopes: missing.cloned().collect(),
        })
    }
}

/// An e-mail address of which only the first letter and the domain are left. A name of one letter is hidden too.
pub fn hidden(email: &str) -> String {
    match email.rsplit_once('@') {
        Some((name, domain)) => {
            let mut letters = name.chars();
            let first = letters.next().filter(|_| letters.next().is_some());
            format!("{}•••@{domain}", first.map(String::from).unwrap_or_default())
        }
        None => "•••".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::hidden;

    #[test]
    fn an_address_can_be_recognised_but_not_read() {
        assert_eq!(hidden("amara@example.com"), "a•••@example.com");
        assert_eq!(hidden("a@example.com"), "•••@example.com");
        assert_eq!(hidden("\"a@b\"@example.com"), "\"•••@example.com");
        assert_eq!(hidden("小林@example.jp"), "小•••@example.jp");
        assert_eq!(hidden("nothing"), "•••");
    }
}
