//! Simulated Dropbox users and their browser sessions.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::files::File;
use crate::config::AccountType;

/// A user as tests and the control API see them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserView {
    /// The account id: `dbid:` and 35 characters.
    pub account_id: String,
    /// The display name.
    pub name: String,
    /// The e-mail address.
    pub email: String,
    /// The kind of account.
    pub account_type: AccountType,
    /// API calls for a suspended user are answered with 401 `user_suspended`.
    pub suspended: bool,
}

/// A Dropbox user.
#[derive(Debug, Clone)]
pub(crate) struct User {
    pub(crate) view: UserView,
    pub(crate) uid: String,
    pub(crate) files: Vec<File>,
}

impl User {
    /// The response of `users/get_current_account`.
    pub(crate) fn full_account(&self) -> Value {
        let name = self.view.name.as_str();
        let (given, surname) = name.split_once(' ').unwrap_or((name, ""));
        let initials: String = [given, surname].iter().filter_map(|part| part.chars().next()).collect();
        json!({
            "account_id": self.view.account_id,
            "name": {
                "given_name": given,
                "surname": surname,
                "familiar_name": given,
                "display_name": name,
                "abbreviated_name": initials,
            },
            "email": self.view.email,
            "email_verified": true,
            "disabled": false,
            "country": "DE",
            "locale": "en",
            "referral_link": format!("https://www.dropbox.com/referrals/{}", self.uid),
            "is_paired": false,
            "account_type": {".tag": self.view.account_type.tag()},
            "root_info": {
                ".tag": "user",
                "root_namespace_id": self.uid,
                "home_namespace_id": self.uid,
            },
        })
    }
}
