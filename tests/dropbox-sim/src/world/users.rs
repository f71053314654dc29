//! The accounts, and who is signed in with which browser.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

use super::{User, UserView, World, files::File};
use crate::{
    config::{AccountType, UserConfig},
    entropy,
    secret::Secret,
};

/// The users that every simulator has.
pub(super) fn made_up() -> Vec<UserConfig> {
    [
        ("Amara Okafor", "amara@example.com", AccountType::Basic),
        ("Jonas Lindqvist", "jonas@example.com", AccountType::Pro),
        ("Mei Tanaka", "mei@example.org", AccountType::Basic),
        ("Zoë D’Ångström-Núñez", "zoe@example.net", AccountType::Pro),
        ("Priya Raman", "priya@acme.example", AccountType::Business),
    ]
    .map(|(name, email, account_type)| UserConfig { account_type, ..UserConfig::new(name, email) })
    .to_vec()
}

/// The account id: `dbid:` and 35 characters that depend only on the address.
fn account_id(email: &str) -> String {
    let digest = URL_SAFE_NO_PAD.encode(Sha256::digest(format!("account {email}")));
    format!("dbid:AA{}", &digest[..33])
}

fn uid(email: &str) -> String {
    let digest = Sha256::digest(format!("uid {email}"));
    let number = digest.iter().take(7).fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
    (100_000_000 + number % 900_000_000).to_string()
}

impl World {
    /// Adds a user, or finds the one with the same address; returns the account id.
    pub(crate) fn add_user(&mut self, config: &UserConfig) -> String {
        let email = config.email.trim().to_lowercase();
        let account_id = account_id(&email);
        if !self.user_index.contains_key(&account_id) {
            self.user_index.insert(account_id.clone(), self.users.len());
            self.users.push(User {
                uid: uid(&email),
                files: File::for_user(&email, config.files.as_deref()),
                view: UserView {
                    account_id: account_id.clone(),
                    name: config.name.trim().to_owned(),
                    email,
                    account_type: config.account_type,
                    suspended: false,
                },
            });
        }
        account_id
    }

    pub(crate) fn user(&self, account_id: &str) -> Option<&User> {
        self.users.get(*self.user_index.get(account_id)?)
    }

    /// False if there is no such user.
    pub(crate) fn suspend_user(&mut self, account_id: &str, suspended: bool) -> bool {
        let index = self.user_index.get(account_id).copied();
        match index.and_then(|index| self.users.get_mut(index)) {
            Some(user) => {
                user.view.suspended = suspended;
                true
            }
            None => false,
        }
    }

    /// Finds a user by account id or address; `new` creates one.
    pub(crate) fn find_user(&mut self, who: &str) -> Option<String> {
        if who == "new" {
            let tail = entropy::request_id();
            let email = format!("new-{tail}@example.com");
            return Some(self.add_user(&UserConfig::new(format!("New User {}", &tail[..6]), email)));
        }
        if self.user_index.contains_key(who) {
            return Some(who.to_owned());
        }
        let account_id = account_id(&who.trim().to_lowercase());
        self.user_index.contains_key(&account_id).then_some(account_id)
    }

    /// Signs a browser in; returns its cookie.
    pub(crate) fn sign_in(&mut self, account_id: &str) -> String {
        let cookie = entropy::token_tail();
        self.sessions.insert(Secret::new(cookie.as_str()), account_id.to_owned());
        cookie
    }

    pub(crate) fn sign_out(&mut self, cookie: &str) {
        self.sessions.remove(&Secret::new(cookie));
    }

    pub(crate) fn signed_in(&self, cookie: &str) -> Option<&User> {
        self.user(self.sessions.get(&Secret::new(cookie))?)
    }
}
