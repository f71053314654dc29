//! What an operator proves with that it is them.

use bowline_api::admin::ProvePassword;
use secrecy::{ExposeSecret as _, SecretString};

use super::SignOnWay;

/// A password and, for operators who log in with one-time codes, a code; or a login anew at the identity provider.
#[derive(Debug, Clone)]
pub struct Proof {
    /// The password, which is never shown.
    pub password: SecretString,
    /// A one-time code or a recovery code.
    pub code: Option<SecretString>,
    /// Where an operator without a password logs in anew before the change is made. The secret of that login becomes the password.
    pub anew: Option<SignOnWay>,
}

impl Proof {
    /// An empty proof, which a form fills in.
    pub fn empty() -> Self {
        Self::typed(SecretString::from(""), None)
    }

    /// What was typed.
    pub fn typed(password: SecretString, code: Option<SecretString>) -> Self {
        Self { password, code, anew: None }
    }

    /// A login anew, which is still to be done.
    pub fn log_in_anew(way: SignOnWay) -> Self {
        Self { anew: Some(way), ..Self::empty() }
    }

    /// The proof in the form of a request's body, or of its member `proof`.
    pub(super) fn body(&self) -> ProvePassword {
        ProvePassword { password: self.password(), code: self.code() }
    }

    /// The proof's code in the form of a request's body.
    pub(super) fn code(&self) -> Option<String> {
        self.code.as_ref().map(|code| code.expose_secret().to_owned())
    }

    /// The proof's password in the form of a request's body.
    pub(super) fn password(&self) -> String {
        self.password.expose_secret().to_owned()
    }
}

impl From<&SecretString> for Proof {
    fn from(password: &SecretString) -> Self {
        Self::typed(password.clone(), None)
    }
}
