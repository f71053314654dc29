//! Where session tokens are kept, as `config.toml` says.

use serde::{Deserialize, Serialize};

/// Where tokens are kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SessionStore {
    /// In the session's file.
    #[default]
    File,
    /// In the desktop's keyring, or in the file if there is none.
    Keyring,
}

impl SessionStore {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    pub(super) fn is_file(&self) -> bool {
        *self == Self::File
    }
}
