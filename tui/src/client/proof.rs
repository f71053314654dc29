//! What an operator proves with that it is them.

use bowline_api::admin::ProvePassword;
use secrecy::{ExposeSecret as _, SecretString};

/// A password and, for operators who log in with one-time codes, a code.
#[derive(Debug, Clone)]
pub struct Proof {
    /// The password, which is never shown.
    pub password: SecretString,
    /// A one-time code or a recovery code.
    pub code: Option<SecretString>,
}

impl Proof {
    /// Nothing yet: what a form fills in.
    pub fn empty() -> Self {
        Self { password: SecretString::from(""), code: None }
    }

    /// The proof in the form of a request's body, or of its member `proof`.
    pub(super) fn body(&self) -> ProvePassword {
        ProvePassword { password: self.password(), code: self.code() }
    }

    /// The code in the form of a request's body.
    pub(super) fn code(&self) -> Option<String> {
        self.code.as_ref().map(|code| code.expose_secret().to_owned())
    }

    /// The password in the form of a request's body.
    pub(super) fn password(&self) -> String {
        self.password.expose_secret().to_owned()
    }
}

impl From<&SecretString> for Proof {
    fn from(password: &SecretString) -> Self {
        Self { password: password.clone(), code: None }
    }
}
